"""`rekap submit --wait`: until the log has what was sent, and the pages show it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rekap.cli.officials import receipts, trust
from rekap.cli.officials.evidence import Evidence
from rekap.cli.officials.lookup import Log
from rekap.cli.officials.queue import Item
from rekap.cli.officials.sender import Time
from rekap.cli.officials.shown import Pages
from rekap.cli.officials.standing import Reading, Standing, State, look
from rekap.cli.officials.targets import Target
from rekap.errors import Malformed, NotVerified
from rekap.verify.reader import Unreadable

PAUSE_S: Final = 2.0
"""Seconds between two looks: about the time that one batch needs."""


@dataclass(frozen=True, slots=True)
class Wait:
    """How to wait. `tell` hears of each statement that has come through, `still` of the others."""

    evidence: Evidence
    time: Time
    patience: float
    tell: Callable[[Standing, Log], None]
    still: Callable[[int], None]

    def run(self, items: Sequence[Item]) -> int:
        """Return 0 when all items are shown and count, 1 if one does not, 2 if patience ended.

        Patience is counted in seconds without progress.
        """
        left = {item.leaf: item for item in items}
        codes = {0}
        deadline = self.time.steady() + self.patience
        while left:
            for one, log in self._look(list(left.values())):
                if one.state is State.SHOWN or one.code == 1:
                    self.tell(one, log)
                    codes.add(one.code)
                    del left[one.target.leaf.hex()]
                    deadline = self.time.steady() + self.patience
            if left:
                if self.time.steady() + PAUSE_S > deadline:
                    codes.add(2)
                    break
                self.still(len(left))
                self.time.sleep(PAUSE_S)
        return 1 if 1 in codes else max(codes)

    def _look(self, items: Sequence[Item]) -> list[tuple[Standing, Log]]:
        """Look once; nothing if the site cannot be read or is being written just now."""
        asked = [self._target(item) for item in items]
        try:
            log = self.evidence.open()
            key = trust.receipt_key(self.evidence.settings)
            reading = Reading(log, Pages(log), key, self.time.now(), live=True)
            return [(one, log) for one in look(asked, reading)]
        except (Unreadable, Malformed, NotVerified):
            return []

    def _target(self, item: Item) -> Target:
        receipt = self.evidence.queue.receipt(item.leaf)
        told = None
        key = trust.receipt_key(self.evidence.settings)
        if receipt is not None and key is not None:
            try:
                told = receipts.check(receipt, item, key)
            except (Malformed, NotVerified):
                receipt = None
        return Target(item.leaf, bytes.fromhex(item.leaf), item, receipt, told)
