"""How often a key may say what one person says alone: 60 statements an hour, 20 about one slot, 4
of them with pictures: each names up to 40 files.

A flood of objections would make those who must answer them lose the night. Each key is counted by
itself, so nobody uses up what others may say. Only a statement that would be recorded is counted:
one that is known already, or that another check refuses, is not. Two calls at once count twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final, Protocol

from rekap.core.errors import Rejected
from rekap.portal.intake import answers

OF_A_KEY: Final = 60
OF_A_SLOT: Final = 20
PICTURES: Final = 4
_HOUR_S: Final = 3_600


class Counters(Protocol):
    """Counts by name and hour; what an hour before counted may be forgotten."""

    def count(self, name: str, hour: int) -> int:
        """Add one to what is counted under a name in an hour (Unix hours); return the sum."""


def spend(fields: Mapping[str, Any], keyids: Collection[str], counters: Counters, now: int) -> None:
    """Count a statement for each key that is new in it; raises Rejected 409 `said-too-often`."""
    slot, hour = _slot(fields), now // _HOUR_S
    for keyid in sorted(keyids):
        limits = [(f"{keyid}/{slot}", OF_A_SLOT), (keyid, OF_A_KEY)]
        if fields.get("kind") == "pictures":
            limits.append((f"{keyid}/{slot}/pictures", PICTURES))
        for name, most in limits:
            if counters.count(name, hour) > most:
                wait = (hour + 1) * _HOUR_S - now
                said = answers.finding(
                    "said-too-often", keyid=keyid, most=most, minutes=-(-wait // 60)
                )
                raise Rejected(answers.answer(said.code).status, (said,), wait)


def _slot(fields: Mapping[str, Any]) -> str:
    """What a statement is about: its slot, or as much of one as it names."""
    names = ("election", "contest", "form", "region", "tps")
    return "/".join(fields.get(name, "") for name in names)
