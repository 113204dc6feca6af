"""Every derived object again, from a state alone: the writing side of `rekap rebuild`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, Protocol

from rekap.audit.workers import chunks

_CHUNK: Final = 64

Put = Callable[[str, bytes], None]
"""Writes one file by its path below the site's base; may be called from forked processes."""


class Pages(Protocol):
    """A site at one size: `rekap.core.pages.site.Site`."""

    def addresses(self) -> list[str]: ...

    def files(self, address: str) -> dict[str, bytes]: ...

    def bulk(self) -> Iterator[tuple[str, bytes]]: ...


class InOrder(Protocol):
    """Calls a function for each item, perhaps in other processes; yields its results in order."""

    def __call__(
        self, work: Callable[[Sequence[str]], int], items: Sequence[Sequence[str]], processes: int
    ) -> Iterator[int]: ...


def write_pages(
    site: Pages, put: Put, each: InOrder, processes: int, progress: Callable[[int, int], None]
) -> int:
    """Write every page of the state with all files that share its as_of; return how many files."""

    def work(addresses: Sequence[str]) -> int:
        files = 0
        for address in addresses:
            for path, data in site.files(address).items():
                put(path, data)
                files += 1
        return files

    addresses = site.addresses()
    total = 0
    for done, files in enumerate(each(work, chunks(addresses, _CHUNK), processes), 1):
        total += files
        progress(min(done * _CHUNK, len(addresses)), len(addresses))
    return total


def write_bulk(site: Pages, put: Put) -> int:
    """Write the bulk data of the state; return how many files."""
    files = 0
    for path, data in site.bulk():
        put(path, data)
        files += 1
    return files
