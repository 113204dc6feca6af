"""The bodies of an election as seats for persons: their ids, their numbers, what they must sign."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rekap.core import codec
from rekap.core.signing.keys import PublicKey
from rekap.core.statements import model


@dataclass(frozen=True, slots=True, order=True)
class Seat:
    """A body at a place; `pair` of a witness, else 0; `tps` "" if the body is not of one TPS.

    `organisation` of a pemantau, else "".
    """

    body: str
    region: str
    tps: str = ""
    pair: int = 0
    organisation: str = ""

    @property
    def prefix(self) -> str:
        """What ids of its persons begin with, without the number."""
        body = self.body.replace("_", "-") + (f"-{self.pair}" if self.pair else "")
        body += f"-{self.organisation}" if self.organisation else ""
        return "-".join([body, self.region, *([self.tps] if self.tps else [])])

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of a `grant` that name it."""
        more = {"tps": self.tps, "pair": self.pair, "organisation": self.organisation}
        given = {name: value for name, value in more.items() if value}
        return {"body": self.body, "region": self.region, **given}


@dataclass(frozen=True, slots=True)
class Person:
    """A row that is granted: its id, position and key."""

    line: int
    person: str
    position: str
    public: PublicKey

    @property
    def fields(self) -> dict[str, str]:
        """The person as a `grant` names him."""
        key = codec.b64encode(self.public.public)
        return {"person": self.person, "position": self.position, "alg": self.public.alg,
                "key": key}  # fmt: skip


def needs(body: str, policy: Mapping[str, int]) -> tuple[str, int]:
    """Return what of a body needs most signatures, and how many persons that are."""
    numbers = {task: model.needed(task, policy) for task in model.tasks(body)}
    task = max(numbers, key=lambda name: numbers[name])
    return task, numbers[task]


class Numbers:
    """Yields ids of a seat that nobody has, in order, after the greatest number that is taken."""

    def __init__(self, prefix: str, taken: set[str], is_taken: Callable[[str], bool]) -> None:
        self._prefix = prefix
        self._is_taken = is_taken
        ends = (name.removeprefix(f"{prefix}-") for name in taken if name.startswith(f"{prefix}-"))
        self._last = max((int(end) for end in ends if end.isdigit() and len(end) < 6), default=0)

    def __iter__(self) -> Numbers:
        return self

    def __next__(self) -> str:
        self._last += 1
        while self._is_taken(f"{self._prefix}-{self._last}"):
            self._last += 1
        return f"{self._prefix}-{self._last}"
