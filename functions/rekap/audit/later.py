"""Files that are wrong at the size in `site.json`, sought at every later size.

A publisher that is at work, or was cut, leaves files of later sizes behind: pages each as of one
entry up to the checkpoint's last, bulk data of `data_next`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import Final

from rekap.audit import checks
from rekap.audit.claim import CLAIM
from rekap.audit.pages import Compared, ReadEntry, Render, Wrong, claimed, report_wrong, spellings
from rekap.audit.reader import Source, Unreadable
from rekap.audit.verdict import NAMED, NO_FILE, NOTHING, Report, Words, digest, more
from rekap.core.ledger.addresses import LANGUAGES, LEDGER, TEXTS
from rekap.core.ledger.state import State
from rekap.core.log.tiles import WIDTH

_LIMIT: Final = 16 * 1024 * 1024
_BULK: Final = re.compile(r"(?:en/)?[^/]+/data/.+")
_COPY: Final = re.compile(r"bukti/(0|[1-9][0-9]{0,17})\.json")
_DEEPEST: Final = 16
"""Folders of an address at most."""
_CLAIMLESS: Final = 1 << 14
"""Addresses that are sought at every size at most: more are not what a publisher left."""
_FULL: Final = re.compile(rf"{LEDGER}changes/(0|[1-9][0-9]{{0,15}})\.json")


class Later:
    """Takes files off the lists of what is wrong and unexpected as it finds where they belong."""

    def __init__(self, source: Source, render: Render, entries: ReadEntry) -> None:
        self._source = source
        self._render = render
        self._entries = entries
        self._wrong: dict[str, Wrong] = {}
        self._unread: list[Wrong] = []
        self._extra: dict[str, int | None] = {}
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
            data = self._read(path, _LIMIT)
            claim = self._extra[path] = None if data is None else claimed(path, data)
            for address, size in _homes(path, claim):
                self._sort_in(address, size)

    @property
    def has_wrong_bulk(self) -> bool:
        """Tell whether bulk data are wrong so far, or stand where none are expected."""
        return any(one.check is checks.BULK for one in self._wrong.values()) or any(
            _BULK.fullmatch(path) for path in self._extra
        )

    @property
    def empty(self) -> bool:
        """Nothing is left to be sought."""
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
        site = self._render(state, self._entries)
        for address in sorted(addresses):
            if not self._exists(state, address) or site.as_of(address) != state.size:
                continue
            for path, data in site.files(address).items():
                for spelled in spellings(path):
                    if spelled in self._wrong or spelled in self._extra:
                        self.offer(spelled, data, state.size)

    @staticmethod
    def _exists(state: State, address: str) -> bool:
        if state.meta.get("publication") is None:
            return False
        return address in TEXTS or state.site.get(address) is not None

    def offer(self, path: str, data: bytes, size: int) -> None:
        """Remember that a file is right at `size` if it holds `data`."""
        if self._read(path, len(data)) == data:
            self._allowed[path] = size

    def accuse_claim(self, path: str, data: bytes, size: int, report: Report) -> None:
        """Blame `site.json` (V14) for bulk data that are right at a size it does not speak of."""
        if path in self._allowed or (path not in self._wrong and path not in self._extra):
            return
        if self._read(path, len(data)) != data:
            return
        self._wrong.pop(path, None)
        self._extra.pop(path, None)
        found = f"{path}: data_size {size}"
        report.refute(checks.CLAIM, CLAIM, f"data_next ≥ {size}", found)

    def finish(self, site_size: int, top: int, report: Report) -> None:
        """Record what is ahead of `site_size`, and what is right at no size up to `top`."""
        for path, size in self._allowed.items():
            if path in self._wrong or path in self._extra:
                self._wrong.pop(path, None)
                self._extra.pop(path, None)
                wanted = f"size ≤ {site_size} (site.json)"
                report.run_ahead(checks.PAGES, path, wanted, f"size {size}")
        blind = [one for one in self._wrong.values() if self._is_blind(one.claim)]
        for one in blind:
            report.doubt(checks.RELEASE, one.path, one.expected, one.found)
        seen = [one for one in self._wrong.values() if one not in blind]
        report_wrong([*self._unread, *seen], top, report)
        for path, claim in islice(self._extra.items(), NAMED):
            found = _described(self._read(path, _LIMIT), claim)
            if self._is_blind(claim):
                report.doubt(checks.RELEASE, path, NOTHING, found)
            else:
                newer = claim is not None and claim > top
                report.refute(checks.EXPECTED, path, NOTHING, found, newer=newer)
        rest = list(islice(self._extra.items(), NAMED, None))
        if rest:
            blind_rest = all(self._is_blind(claim) for _, claim in rest)
            (report.doubt if blind_rest else report.refute)(
                checks.EXPECTED, path, NOTHING, more(len(rest))
            )

    def _read(self, path: str, limit: int) -> bytes | None:
        """Return a file that is wrong as it stands: one that cannot be read excuses nothing.

        It takes the way of `compare` if it was read once and cannot be read again.
        """
        try:
            return self._source.read(path, limit)
        except Unreadable as error:
            wrong = self._wrong.pop(path, None)
            if wrong is not None:
                self._unread.append(replace(wrong, found=Words.same(error), unread=True))
            return None

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
    for folder in LANGUAGES.values():
        path = path.removeprefix(folder)
    folders = path.split("/")[:-1]
    if len(folders) > _DEEPEST:
        return []
    return [("/".join(folders[:at]) + "/" if at else "", claim) for at in range(len(folders) + 1)]


def _described(data: bytes | None, claim: int | None) -> Words:
    words = NO_FILE if data is None else digest(data)
    if claim is None:
        return words
    return Words(f"{words.id} (as_of {claim})", f"{words.en} (as_of {claim})")
