"""What an address showed at an earlier reading of this run, held against what the log gives now.

A host may show a false page first and the true one when it is asked again. So what was wrong is
remembered by its digest, and forgiven only where the log gives exactly these bytes at some size.
"""

from __future__ import annotations

from typing import Final

from rekap.audit import checks
from rekap.audit.later import is_bulk, new_files
from rekap.audit.pages import ReadEntry, Render, Rendering
from rekap.audit.plan import Earlier
from rekap.audit.verdict import Claimed, Failure, Report
from rekap.core.ledger.state import State

_OLDEST: Final = 4_096
"""Entries below `site.json` at which a file without an as_of is sought: a cache keeps no older."""


class Owed:
    """The open failures of earlier readings."""

    def __init__(self, earlier: Earlier, render: Render, entries: ReadEntry) -> None:
        self._render = render
        self._entries = entries
        self._from = earlier.since - _OLDEST
        self._open = [(one, one.claimed) for one in earlier.failures if one.claimed is not None]
        self._settled: list[Failure] = []
        self._blind_from: int | None = None

    @property
    def has_bulk(self) -> bool:
        """Tell whether bulk data are among them: they belong to the sizes in `site.json`."""
        return any(is_bulk(one.place) for one, _ in self._open)

    def wants(self, size: int) -> bool:
        """Tell whether a page may belong to a size: it states it, or states none."""
        return bool(self._due(size))

    def look(self, state: State, *, renders: bool) -> None:
        """Settle what the log gives at the state's size; another release's pages are not judged."""
        if not renders:
            self._blind_from = self._blind_from or state.size
            return
        addresses = {claimed.address for _, claimed in self._due(state.size)}
        site = self._render(state, self._entries)
        for path, data in new_files(site, state, addresses):
            self._offer(path, data)

    def look_at_bulk(self, site: Rendering) -> None:
        """Settle bulk data by those of one size."""
        for path, data in site.bulk():
            self._offer(path, data)

    def finish(self, top: int, report: Report) -> None:
        """Record what the log gives at no size up to `top`, and what is settled.

        What states a size that is known and is not its page is false at any size.
        """
        report.settled += self._settled
        for one, claimed in self._open:
            size, words = claimed.size, (one.expected, one.found)
            if self._blind_from is not None and (size is None or size >= self._blind_from):
                report.doubt(checks.RELEASE, one.place, *words, claimed=claimed)
                continue
            stated = size is not None and not is_bulk(one.place)
            newer = stated and (size or 0) > top
            report.refute(
                one.check, one.place, *words, newer=newer, stands=stated and not newer,
                claimed=claimed,
            )  # fmt: skip

    def _due(self, size: int) -> list[tuple[Failure, Claimed]]:
        return [
            (one, claimed)
            for one, claimed in self._open
            if not is_bulk(one.place)
            and (claimed.size == size or (claimed.size is None and size >= self._from))
        ]

    def _offer(self, path: str, data: bytes) -> None:
        for one, claimed in self._open:
            if one.place == path and claimed.seen.fits(data, begins=True):
                self._settled.append(one)
        self._open = [pair for pair in self._open if pair[0] not in self._settled]
