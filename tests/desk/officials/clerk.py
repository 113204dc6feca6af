"""An official at a desk: a kit, key files, sheets, and the command run with typed answers."""

from __future__ import annotations

import contextlib
import csv
import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from tests.portal.intake.office import Office
from tests.portal.intake.world import AT, ELECTION, KELURAHAN, World, figures, sign

from rekap.core.signing.signer import derive_private
from rekap.desk.main import main
from rekap.desk.officials.forms.slot import Child, Slot
from rekap.desk.officials.keys import keyfile
from rekap.desk.officials.kits.cut import Scope, cut
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.paper import Paper

KECAMATAN = "31.71.06"
PASSPHRASE = "sepeda biru di sungai"
C_FORM = ("--form", "c_hasil", "--region", KELURAHAN, "--tps", "001")
SHEET = ("--form", "d_hasil_kelurahan", "--region", KELURAHAN)


@dataclass(frozen=True)
class Said:
    """What a command printed and its exit code. Every line fits a terminal of 80 columns."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """Both streams as one line: wrapping makes no difference."""
        return " ".join(f"{self.out} {self.err}".split())

    def wide(self) -> list[str]:
        """Lines over 80 columns that could have been broken."""
        lines = [*self.out.splitlines(), *self.err.splitlines()]
        return [line for line in lines if len(line) > 80 and " " in line.strip()]


class Typing(io.StringIO):
    """What the official types; a terminal shows it behind the question."""

    def __init__(self, text: str, screen: io.StringIO) -> None:
        super().__init__(text)
        self._screen = screen

    def readline(self, size: int | None = -1, /) -> str:
        line = super().readline(size)
        self._screen.write(line)
        return line


@dataclass
class Clerk:
    """Runs commands in a folder. `world` is the log that the kit was cut from."""

    folder: Path
    world: World = field(default_factory=World.begun)

    def __post_init__(self) -> None:
        self.take_kit()

    def take_kit(self, region: str = KECAMATAN, levels: int | None = None) -> Kit:
        entries = self.world.entries
        kit = cut(self.world.state, lambda at: entries[at], Scope(ELECTION, region, levels=levels))
        kit.write(self.path("kit.json"))
        return kit

    @property
    def kit(self) -> Kit:
        return Kit.read(self.path("kit.json"))

    def path(self, name: str) -> Path:
        return self.folder / name

    def run(self, *words: str | Path, typed: str = "") -> Said:
        """Run `rekap WORDS…` here; `typed` is what the official types."""
        out, err = io.StringIO(), io.StringIO()
        with (
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            mock.patch.object(sys, "stdin", Typing(typed, out)),
        ):
            try:
                code = main([str(word) for word in words])
            except SystemExit as end:
                code = int(str(end.code))
        said = Said(code, out.getvalue(), err.getvalue())
        assert said.wide() == []
        assert "Traceback" not in said.err
        return said

    def form(self, *words: str, typed: str = "", to: str = "a", slot: Any = C_FORM) -> Said:
        target = f"{to}.pernyataan.json"
        return self.run("form", "--kit", "kit.json", *slot, "--to", target, "--at", AT, *words,
                        typed=typed)  # fmt: skip

    def draft(self, to: str = "a") -> Paper:
        return Paper.read(self.path(f"{to}.pernyataan.json"))

    def signed(self, to: str = "a") -> Paper:
        return Paper.read(self.path(f"{to}.dsse.json"))

    def key(self, role: str) -> str:
        """The file of a role's key, made when it is first asked for."""
        path = self.path(f"{role}.kunci.pem")
        if not path.exists():
            keyfile.save(path, derive_private("rekap tests", role), PASSPHRASE)
        return path.name

    def sheet(self, cells: Mapping[str, object], name: str = "a.csv", separator: str = ",") -> str:
        """Write a C form's sheet with rows `field,value`."""
        rows = [("field", "value"), *cells.items()]
        return self.table(rows, name, separator)

    def table(self, rows: Any, name: str = "a.csv", separator: str = ",") -> str:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=separator).writerows(rows)
        self.path(name).write_text(out.getvalue(), "utf-8")
        return name

    def columns(self, columns: Mapping[str, Mapping[str, int]], name: str = "d.csv") -> str:
        """Write a D form's sheet; the column "" is the final total."""
        heads = [f"TPS {code}" if len(code) == 3 else code for code in columns if code]
        rows: list[list[object]] = [["field", *heads, "jumlah akhir"]]
        order = [*(code for code in columns if code), ""]
        rows += [[field, *(columns[code][field] for code in order)] for field in columns[""]]
        return self.table(rows, name, ";")

    def office(self) -> Office:
        """A portal whose register is what the kit was cut from."""
        return Office(self.world)

    def log_form(self, tps: str = "001", **changed: Any) -> dict[str, Any]:
        """Put a form into the log and take a new kit."""
        fields = self.world.form(tps, **changed)
        self.world.log(sign(fields, *self.world.kpps(tps)))
        self.take_kit()
        return fields

    def slot(self, **changed: Any) -> Slot:
        kit = self.kit
        fields: dict[str, Any] = {
            "kit": kit, "contest": kit.record["contests"][0], "form": "c_hasil",
            "region": KELURAHAN, "tps": "001", "children": (),
        }  # fmt: skip
        return Slot(**(fields | changed))

    def kelurahan(self) -> Slot:
        children = tuple(Child(number) for number in self.world.stations)
        return self.slot(form="d_hasil_kelurahan", tps=None, children=children)


def three_columns(**changed: int) -> dict[str, dict[str, int]]:
    """Columns of the three stations and their total; `changed` replaces figures of the total."""
    columns = {code: figures() for code in ("001", "002", "003")}
    total = {name: 3 * value for name, value in figures().items()}
    return {**columns, "": {**total, **changed}}
