"""Pages of a part in ranges of at most 64, each written by whoever has time for it.

    {"after": , "base": , "begun": , "code": , "first": , "release": , "single": , "to": {},
     "until": , "written": }

A task says which trees differ, and between which two addresses: it has no list of pages, so it is
as small as it is, whatever the election is. Whoever writes it finds the same pages as whoever cut.

    state/done/{digest of the task}    its mark: all of its files are there, or newer ones

The mark is named after everything that the task says, so one of an older part, of another release,
or of a range that was cut otherwise, is the mark of something else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final

from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.portal.publishing.claims import Part, Reached
from rekap.portal.publishing.dirty import Dirty

RANGE: Final = 64
"""Pages of a range."""
TASK_BYTES: Final = 8_192
"""What the text of a task has at most: two addresses, and a frontier."""


@dataclass(frozen=True, slots=True)
class Range:
    """Pages one after the other: all that are to be written behind `after`, up to `until`."""

    after: str | None
    pages: list[Dirty]

    @property
    def until(self) -> str:
        """The last address."""
        return self.pages[-1][0]


def cut(left: Iterable[Dirty], after: str | None) -> Iterator[Range]:
    """Cut pages behind `after` into ranges, as far as they are asked for."""
    pages = iter(left)
    while some := list(islice(pages, RANGE)):
        one = Range(after, some)
        yield one
        after = one.until


@lru_cache(maxsize=1)
def own_code() -> str:
    """Return the digest of these modules: they say which pages a range has. A release does not."""
    modules = sorted(Path(__file__).parent.glob("*.py"))
    return codec.sha256_hex(b"".join(module.read_bytes() for module in modules))


@dataclass(frozen=True, slots=True)
class Task:
    """The pages of a part behind `after` up to `until`, to be written by the release `release`.

    `first`: those of statements and TPS, else those above. `begun`: when the part was, in Unix
    seconds. All up to `written` are there. `single`: a page a call, since a call for more was
    killed. `code`: of whoever cut it; other code may find other pages between the same addresses.
    """

    release: str
    first: bool
    base: str
    to: Reached
    begun: int
    after: str | None
    until: str
    written: str | None = None
    single: bool = False
    code: str = field(default_factory=own_code)

    @classmethod
    def of(cls, part: Part, after: str | None, until: str, *, first: bool, release: str) -> Task:
        """Return the task of a range of a part."""
        return cls(release, first, part.base, part.to, part.begun, after, until)

    def encode(self) -> bytes:
        """Return the text of a task."""
        return codec.encode_public(asdict(self))

    @classmethod
    def parse(cls, data: bytes) -> Task:
        """Read what `encode` gave; raises Malformed for anything else."""
        if len(data) > TASK_BYTES:
            raise Malformed("a task is shorter", "task")
        try:
            value = json.loads(data)
            task = cls(**{**value, "to": Reached(**value["to"])})
            if task.encode() == data and task._is_whole():
                return task
        except (ValueError, KeyError, TypeError, RecursionError, Malformed):
            pass
        raise Malformed("not a task", "task")

    def _is_whole(self) -> bool:
        """Tell whether each value is of its type: those of JSON are not said by their names."""
        texts = (self.release, self.code, self.base, self.until, self.to.tree, *self.to.frontier)
        perhaps = [text for text in (self.after, self.written) if text is not None]
        numbers = (self.begun, self.to.size)
        return (
            all(type(text) is str for text in (*texts, *perhaps))
            and all(type(number) is int for number in numbers)
            and type(self.first) is type(self.single) is bool
        )

    def mark(self) -> str:
        """Return the path of its mark, the same however much of it is written, and how."""
        whole = replace(self, written=None, single=False)
        return f"state/done/{codec.sha256_hex(whole.encode())}"
