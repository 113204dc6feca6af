"""The whole site of a province, from its log to files: pages, twins, feeds, CSV, both languages.

SIMULASI: one contest, every TPS with its form. Signing the log and folding it are told apart;
what is measured is what `rekap rebuild` does then, in as many processes as there are cores.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.lab.loading.country import Country

from rekap.audit import rebuilding as rebuild
from rekap.audit.workers import each
from rekap.core.ledger.fold import fold
from rekap.core.ledger.state import State
from rekap.core.pages.site import Site

Say = Callable[[str, str], None]


class Province(Country):
    """One contest, as in a city of fifteen thousand TPS."""

    offices = ("governor",)


@dataclass(slots=True)
class Log:
    """Entries of a log that only we read, and the pages of its TPS, shuffled."""

    entries: list[bytes]
    stations: list[str]

    @classmethod
    def of(cls, stations: int, release: str) -> Log:
        """Sign everything; nothing is sent or ordered by anybody."""
        country = Province(stations, seed=1, release=release)
        entries = [one for _, statements in country.stages() for one in statements]
        uploads = list(country.uploads())
        entries += [upload.item.data for upload in uploads]
        return cls(entries, [upload.page for upload in uploads])

    def site(self) -> Site:
        """Fold without looking at signatures: what they cost is measured elsewhere."""
        state = State(read_entry=self.entries.__getitem__)
        for entry in self.entries:
            fold(state, entry, check=_trusted)
        return Site(state, self.entries.__getitem__)


def _trusted(*_: Any) -> None:
    """Signed by this process a moment ago."""


def measure(log: Log, folder: Path, say: Say) -> Site:
    """Write the whole site below `folder` and say what it took; return it."""
    began = time.process_time()
    site = log.site()
    name = f"whole site, {len(log.stations):,} TPS"
    say(f"{name}: fold without signatures, processor seconds", f"{time.process_time() - began:.1f}")
    processes = os.cpu_count() or 1
    pages, files, elapsed, worked = _written(site, folder, processes)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    say(f"{name}: pages, files, bytes", f"{pages:,}, {files:,}, {size:,}")
    say(f"{name}: seconds on {processes} cores, processor seconds", f"{elapsed:.1f}, {worked:.1f}")
    say(f"{name}: pages/s, and for each processor second",
        f"{pages / elapsed:,.0f}, {pages / worked:,.0f}")  # fmt: skip
    say(f"{name}: memory of a process at most", f"{_mebibytes():,} MiB")
    return site


def _written(site: Site, folder: Path, processes: int) -> tuple[int, int, float, float]:
    """Write; return (pages, files, seconds elapsed, processor seconds with those of children)."""

    def put(path: str, data: bytes) -> None:
        place = folder / path
        try:
            place.write_bytes(data)
        except FileNotFoundError:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)

    began, before = time.perf_counter(), _worked()
    files = rebuild.write_pages(site, put, each, processes, lambda _done, _total: None)
    files += rebuild.write_bulk(site, put)
    return len(site.addresses()), files, time.perf_counter() - began, _worked() - before


def _worked() -> float:
    """Processor seconds of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _mebibytes() -> int:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return max(one.ru_maxrss for one in used) // 1_024
