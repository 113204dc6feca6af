"""Files that are wrong at the size in `site.json`, sought at every later size.

A publisher that is at work, or was cut, leaves files of later sizes behind: pages each as of one
entry up to the checkpoint's last, bulk data of `data_next`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from rekap.audit import checks
from rekap.audit.claim import CLAIM
from rekap.audit.pages import (
    LARGEST,
    Compared,
    ReadEntry,
    Render,
    Rendering,
    Wrong,
    claimed,
    report_wrong,
    spellings,
    stating,
)
from rekap.audit.reader import Source, Unreadable
from rekap.audit.texts import both
from rekap.audit.verdict import NAMED, NO_FILE, NOTHING, Report, Seen, Words, digest, more
from rekap.core.ledger.addresses import CHECK, LANGUAGES, LEDGER, TEXTS
from rekap.core.ledger.state import State
from rekap.core.log.tiles import WIDTH

_BULK: Final = re.compile(r"(?:en/)?[^/]+/data/.+")
_COPY: Final = re.compile(r"bukti/(0|[1-9][0-9]{0,17})\.json")
_DEEPEST: Final = 16
"""Folders of an address at most."""
_ASSETS: Final = "aset/"
_CLAIMLESS: Final = 1 << 14
"""Addresses that are sought at every size at most: more are not what a publisher left."""
_FULL: Final = re.compile(rf"{LEDGER}changes/(0|[1-9][0-9]{{0,15}})\.json")


@dataclass(frozen=True, slots=True)
class _Extra:
    """A file that nothing expects, as it was read; nothing is `seen` of what is no file."""

    found: Words
    claim: int | None = None
    seen: Seen | None = None


class Later:
    """Takes files off the lists of what is wrong and unexpected as it finds where they belong."""

    def __init__(self, source: Source, render: Render, entries: ReadEntry) -> None:
        self._source = source
        self._render = render
        self._entries = entries
        self._wrong: dict[str, Wrong] = {}
        self._extra: dict[str, _Extra] = {}
        self._early: dict[str, _Extra] = {}
        self._claims: dict[int, set[str]] = {}
        self._claimless: set[str] = set()
        self._allowed: dict[str, int] = {}
        self.blind_from: int | None = None

    def take(self, compared: Compared) -> None:
        """Take over what is wrong."""
        for one in compared.wrong:
            self._wrong[one.path] = one
            self._sort_in(one.address, one.claim)

    def take_extra(self, paths: Iterable[str]) -> None:
        """Take over files that nothing expects."""
        for path in paths:
            extra = self._extra[path] = self._early.get(path) or self._read(path)
            for address, size in _homes(path, extra.claim):
                self._sort_in(address, size)

    @property
    def has_wrong_bulk(self) -> bool:
        """Tell whether bulk data are wrong so far, or stand where none are expected."""
        return any(one.check is checks.BULK for one in self._wrong.values()) or any(
            map(is_bulk, self._extra)
        )

    @property
    def empty(self) -> bool:
        """Tell whether nothing is left to be sought."""
        return not self._wrong and not self._extra

    def look(self, state: State, *, renders: bool) -> None:
        """Compare at the state's size what may belong there.

        `renders` is False from the entry on that names another release: what is ahead of it can be
        neither proved nor refuted by this program.
        """
        if not renders:
            self.blind_from = self.blind_from or state.size
            return
        addresses = self._claims.get(state.size, set()) | self._claimless
        if self.empty or not addresses:
            return
        for path, data in new_files(self._render(state, self._entries), state, addresses):
            self.offer(path, data, state.size)

    def offer(self, path: str, data: bytes, size: int) -> None:
        """Remember that a file is right at `size` if it held `data` when it was read.

        Bulk data may be offered before anybody knows which files are foreign.
        """
        if path not in self._wrong and path not in self._extra and not self._source.remote:
            self._early[path] = self._read(path)
        if self._held(path, data):
            self._allowed[path] = size

    def accuse_claim(self, path: str, data: bytes, size: int, report: Report) -> None:
        """Blame `site.json` (V14) for bulk data that are right at a size it does not speak of."""
        if path in self._allowed or not self._held(path, data):
            return
        self._wrong.pop(path, None)
        self._extra.pop(path, None)
        found = f"{path}: data_size {size}"
        report.refute(checks.CLAIM, CLAIM, f"data_next ≥ {size}", found)

    def finish(self, site_size: int, top: int, report: Report) -> None:
        """Record what is ahead of `site_size`, and what is right at no size up to `top`."""
        count = 0
        for path, size in self._allowed.items():
            if path in self._wrong or path in self._extra:
                self._wrong.pop(path, None)
                self._extra.pop(path, None)
                wanted = f"size ≤ {site_size} (site.json)"
                report.run_ahead(checks.PAGES, path, wanted, f"size {size}")
                count += not _COPY.fullmatch(path)
        if count:
            report.limit(*both("later.files_are_newer_than_site_json", count=count))
        blind = [one for one in self._wrong.values() if self._is_blind(one.claim)]
        for one in blind:
            report.doubt(checks.RELEASE, one.path, one.expected, one.found, claimed=one.claimed)
        seen = [one for one in self._wrong.values() if one not in blind]
        report_wrong(seen, top, report)
        for path, extra in islice(self._extra.items(), NAMED):
            if self._is_blind(extra.claim):
                report.doubt(checks.RELEASE, path, NOTHING, extra.found)
            else:
                newer = extra.claim is not None and extra.claim > top
                report.refute(checks.EXPECTED, path, NOTHING, extra.found, newer=newer)
        rest = list(islice(self._extra.items(), NAMED, None))
        if rest:
            blind_rest = all(self._is_blind(extra.claim) for _, extra in rest)
            (report.doubt if blind_rest else report.refute)(
                checks.EXPECTED, path, NOTHING, more(len(rest))
            )

    def _read(self, path: str) -> _Extra:
        """Return what stands where nothing should: one that cannot be read excuses nothing."""
        try:
            data = self._source.read(path, LARGEST)
        except Unreadable:
            data = None
        if data is None:
            return _Extra(NO_FILE)
        claim = claimed(path, data)
        return _Extra(stating(digest(data), claim), claim, Seen.of(data))

    def _held(self, path: str, data: bytes) -> bool:
        """Tell whether a wrong or foreign file held `data` when it was read."""
        one = self._wrong.get(path) or self._extra.get(path) or self._early.get(path)
        return one is not None and one.seen is not None and one.seen.fits(data)

    def give_up(self, top: int, report: Report) -> None:
        """Record what no later size could clear, where the later sizes were not reached."""
        report_wrong([one for one in self._wrong.values() if one.stands], top, report)

    def _is_blind(self, claim: int | None) -> bool:
        return self.blind_from is not None and (claim is None or claim >= self.blind_from)

    def _sort_in(self, address: str, claim: int | None) -> None:
        if claim is None:
            if len(self._claimless) < _CLAIMLESS:
                self._claimless.add(address)
        else:
            self._claims.setdefault(claim, set()).add(address)


def _homes(path: str, claim: int | None) -> list[tuple[str, int | None]]:
    """Return the addresses whose files could include `path`, each with the size to look at.

    None is any size. A copy of an entry belongs to its own size, as does a file of changes to that
    of its last entry. In folders deeper than any address nothing of ours can be.
    """
    for pattern, width in ((_COPY, 1), (_FULL, WIDTH)):
        match = pattern.fullmatch(path)
        if match:
            size = int(match[1]) * width + width
            return [(f"bukti/{size - 1}/", size)]
    if path.startswith(_ASSETS):  # they come before the first page, and say no size
        return [(CHECK, None)]
    for folder in LANGUAGES.values():
        path = path.removeprefix(folder)
    folders = path.split("/")[:-1]
    if len(folders) > _DEEPEST:
        return []
    return [("/".join(folders[:at]) + "/" if at else "", claim) for at in range(len(folders) + 1)]


def is_bulk(path: str) -> bool:
    """Tell whether a path is one of bulk data."""
    return _BULK.fullmatch(path) is not None


def new_files(
    site: Rendering, state: State, addresses: Iterable[str]
) -> Iterator[tuple[str, bytes]]:
    """Yield the files of those addresses that changed with the last entry of the state.

    Each by every spelling of its path.
    """
    if state.meta.get("publication") is None:
        return
    for address in sorted(addresses):
        known = address in TEXTS or state.site.get(address) is not None
        if known and site.as_of(address) == state.size:
            for path, data in site.files(address).items():
                yield from ((spelled, data) for spelled in spellings(path))
