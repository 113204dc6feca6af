"""How often witnesses are asked: at most so many questions a day each, said in `log/status.json`.

A witness of somebody else lets a log put so many questions a day (`qpd` of its list). A run that
comes earlier goes on without it, and the next one that may ask has the newest checkpoint. Who asks
says so before: of two runs at once, one asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rekap.core.log import status
from rekap.core.log.policy import Source
from rekap.core.log.ports import Objects
from rekap.core.log.status import NAME, Reached
from rekap.core.log.witness import ROUNDS, Asked

DAY: Final = 86_400
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What one run needs: `questions` a day to each witness, at least 1; `now` in Unix seconds."""

    objects: Objects
    origin: str
    questions: int
    now: int

    def due(self, sources: Sequence[Source]) -> tuple[list[Source], dict[str, int]]:
        """Return those of `sources` that may be asked now, and the sizes that they signed, by name.

        It is put down before they are asked; whom another run asks meanwhile is left to that.
        """
        if not sources:
            return [], {}
        before = status.witnesses(self.objects, self.origin)
        told = {one.name: one for one in before}
        waiting = [one for one in sources if self._is_due(told.get(_label(one)))]
        sizes = {one.name: _size(told.get(_label(one))) for one in waiting}
        again = self.now + self._seconds(1)
        begun = [Reached(_label(one), sizes[one.name], again) for one in waiting]
        if not begun or not status.tell_witnesses(self.objects, self.origin, begun, before):
            return [], {}
        return waiting, sizes

    def told(self, waiting: Sequence[Source], asked: Asked, size: int) -> None:
        """Say what came of asking about a tree of `size`: who signed it, and when to ask again."""
        if not waiting:
            return
        signed = {(line.name, line.key_id) for line in asked.lines}
        again = self.now + self._seconds(max(1, asked.rounds))
        told = {one.name: one for one in status.witnesses(self.objects, self.origin)}
        ended = []
        for one in waiting:
            said = told.get(_label(one), Reached(_label(one), 0, 0))
            heard = (one.key.name, one.key.key_id) in signed
            reached = max(said.size, size) if heard else said.size
            ended.append(Reached(said.name, reached, max(said.again, again)))
        status.tell_witnesses(self.objects, self.origin, ended)

    def _is_due(self, said: Reached | None) -> bool:
        """A pause that no run can have begun is one of a clock that was wrong."""
        return said is None or not 0 < said.again - self.now <= self._seconds(ROUNDS)

    def _seconds(self, questions: int) -> int:
        """Return how long so many questions last."""
        return -(-questions * DAY // self.questions)


def _label(source: Source) -> str:
    """The policy's name of a witness; its key's id where that is no word of printable ASCII."""
    return source.name if NAME.fullmatch(source.name) else source.key.key_id.hex()


def _size(said: Reached | None) -> int:
    return 0 if said is None else said.size
