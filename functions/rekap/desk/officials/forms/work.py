"""The work file beside a draft: what was typed, so that nothing typed is lost.

    {"cells":{"|valid":339,"004|valid":180},"explanations":[…],"format":"rekap-kerja/1",
     "slot":"pemilihan/kontes/c_hasil/32.07.01.2001/004"}

It is written after every answer and removed when the draft is on the disk.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rekap.audit.commands import files
from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.desk.officials.forms.sheet import Cells
from rekap.desk.officials.talk import REFUSED, Fault
from rekap.desk.texts import both

FORMAT: Final = "rekap-kerja/1"
SUFFIX: Final = ".kerja"
_MOST: Final = 8 * 1024 * 1024


@dataclass(slots=True)
class Work:
    """Figures and explanations typed so far for one slot. `found` is what a run before left."""

    path: Path
    slot: str
    cells: Cells = field(default_factory=dict)
    explanations: list[dict[str, Any]] = field(default_factory=list)
    found: bool = False

    @classmethod
    def of(cls, draft: Path, slot: str) -> Work:
        """Return the work on a draft, continued if there is some. Raises Fault for another's."""
        path = draft.with_name(draft.name + SUFFIX)
        work = cls(path, slot)
        try:
            value = json.loads(files.read(path, _MOST))
            if value["format"] != FORMAT:
                raise ValueError(value["format"])
            other = value["slot"]
            for key, number in value["cells"].items():
                child, name = key.split("|")
                work.cells[child, name] = int(number)
            work.explanations = [dict(one) for one in value["explanations"]]
        except FileNotFoundError:
            return work
        except (ValueError, KeyError, TypeError, AttributeError, Malformed) as error:
            raise Fault(*both("work.this_work_file_is_damaged_move", path=path)) from error
        if other != slot:
            raise Fault(
                *both("work.holds_work_on_use_another_name", path=path, other=other), REFUSED
            )
        work.found = True
        return work

    def save(self) -> None:
        """Put everything on the disk."""
        value: dict[str, Any] = {
            "format": FORMAT, "slot": self.slot, "explanations": self.explanations,
            "cells": {f"{child}|{name}": number for (child, name), number in self.cells.items()},
        }  # fmt: skip
        files.write(self.path, codec.encode_public(value))

    def remove(self) -> None:
        """Delete the file: the draft holds everything."""
        files.remove(self.path)
