"""Published files against the rendering: true, current, ahead, missing, unexpected.

A page is *true* if it equals the rendering at the as_of that it states, *current* if that is the
newest one at the size in `site.json`, *ahead* if it belongs to a later size up to the checkpoint's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Protocol

from rekap.audit import checks
from rekap.audit.checks import Check
from rekap.audit.log import Progress
from rekap.audit.reader import Doubtful, Source, Unreadable
from rekap.audit.shown import BARE, MARK, is_page
from rekap.audit.texts import both
from rekap.audit.verdict import ABSENT, Claimed, Report, Seen, Words, difference, digest
from rekap.audit.workers import chunks, each
from rekap.core.ledger import addresses as paths
from rekap.core.ledger.state import State

_CHUNK: Final = 64
_HEAD: Final = 16_384
_LINE: Final = 300
LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a published file that are read at most."""
_LONGER: Final = 256 * 1024
_HTML_AS_OF: Final = re.compile(rb'<meta name="as-of" content="(0|[1-9][0-9]{0,17})">')
_TWIN_AS_OF: Final = re.compile(rb'"as_of":(0|[1-9][0-9]{0,17})[,}]')

ReadEntry = Callable[[int], bytes]


class Rendering(Protocol):
    """The pages of one state. Passed in: the verifier must not depend on the publisher.

    `files` of an address are the same at its as_of and at any later size with the same as_of.
    """

    def addresses(self) -> list[str]:
        """Return the addresses of all pages."""

    def as_of(self, address: str) -> int:
        """Return 1 + the greatest index of an entry that touches the page, 0 for none."""

    def files(self, address: str) -> dict[str, bytes]:
        """Return the page with everything that shares its as_of, by path."""

    def bulk(self) -> Iterator[tuple[str, bytes]]:
        """Yield (path, bytes) of the bulk data."""

    def verifier(self) -> dict[str, bytes]:
        """Return {path: bytes} of the verifier in the browser: the same at every size."""


Render = Callable[[State, ReadEntry], Rendering]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A published file that is not the rendering.

    `as_of` is the page's, `claim` the one that the file states itself, if any. `stands`: it claims
    the as_of of the rendering that it is not, and is not the beginning of it; or, `unread`, that an
    answer was shown. `seen`: what stood
    there when it was read; it is never read again.
    """

    check: Check
    address: str
    path: str
    expected: Words
    found: Words
    as_of: int | None = None
    claim: int | None = None
    unread: bool = False
    stands: bool = False
    seen: Seen | None = None

    @property
    def claimed(self) -> Claimed | None:
        """What another size may settle; None where nothing was read."""
        return None if self.seen is None else Claimed(self.address, self.claim, self.seen)


@dataclass(slots=True)
class Compared:
    """The outcome of comparing many files: what was expected to be there, and what is wrong."""

    paths: set[str] = field(default_factory=set)
    wrong: list[Wrong] = field(default_factory=list)
    pages: int = 0

    def add(self, other: Compared) -> None:
        """Take in another outcome."""
        self.paths |= other.paths
        self.wrong += other.wrong
        self.pages += other.pages


def check_pages(
    source: Source, site: Rendering, addresses: Sequence[str], processes: int, progress: Progress,
    take: Callable[[Compared], None],
) -> Compared:  # fmt: skip
    """Compare the pages at `addresses` with the rendering; `take` hears of some at a time."""

    def work(chunk: Sequence[str]) -> Compared:
        compared = Compared()
        for address in chunk:
            compared.add(_check_page(source, site, address))
        return compared

    total = Compared()
    for compared in each(work, chunks(addresses, _CHUNK), processes):
        take(compared)
        total.add(compared)
        progress("pages", total.pages, len(addresses))
    return total


def _check_page(source: Source, site: Rendering, address: str) -> Compared:
    """Compare all files of a page; one that cannot be rendered hides nothing else."""
    compared = Compared(pages=1)
    try:
        as_of = site.as_of(address)
        files = site.files(address)
    except Exception as error:  # one page must not hide what is wrong with others
        words = Words(*both("pages.failed", error=repr(error)))
        compared.wrong.append(
            Wrong(checks.PAGES, address, f"{address}index.html", RENDERED, words, unread=True)
        )
        return compared
    for path, data in files.items():
        compared.paths.add(path)
        wrong = compare(source, checks.PAGES, path, data, address, as_of)
        if wrong is not None:
            compared.wrong.append(wrong)
        for spelled in spellings(path)[1:] if source.remote else ():
            wrong = compare(source, checks.PAGES, spelled, data, address, as_of)
            if wrong is not None and wrong.check is not checks.PRESENT:
                compared.wrong.append(wrong)
    return compared


def spellings(path: str) -> tuple[str, ...]:
    """Return how people write a path: `x/index.html`, `x/` and `x`; the first page `./` and `.`.

    A server answers each as it likes. Nothing need be at the others.
    """
    if not path.endswith(_INDEX):
        return (path,)
    folder = path.removesuffix(_INDEX)
    return (path, folder, folder.rstrip("/")) if folder else (path, "./", BARE)


_INDEX: Final = "index.html"
RENDERED: Final = Words(*both("pages.the_rendering"))


def compare(
    source: Source, check: Check, path: str, data: bytes, address: str = "",
    as_of: int | None = None,
) -> Wrong | None:  # fmt: skip
    """Compare one published file with its expected bytes; None if they are equal."""
    try:
        found, seen = _read(source, path, len(data))
    except Unreadable as error:
        shown = isinstance(error, Doubtful)
        words = Words.same(error)
        return Wrong(check, address, path, digest(data), words, unread=True, stands=shown)
    if found == data:
        return None
    if found is None:
        return Wrong(checks.PRESENT, address, path, stating(digest(data), as_of), ABSENT, as_of)
    claim = claimed(path, found)
    words = stating(_joined(digest(found), difference(data, found)), claim)
    if found.startswith(MARK):
        words = _joined(words, Words.same(found[:_LINE].partition(b"\n")[0].decode("latin-1")))
    stands = claim is not None and claim == as_of and not data.startswith(found)
    expected = stating(digest(data), as_of)
    return Wrong(check, address, path, expected, words, as_of, claim, stands=stands, seen=seen)


def _read(source: Source, path: str, expected: int) -> tuple[bytes | None, Seen | None]:
    """Return what one reading of a file gives, of whatever length.

    Much more than `expected` bytes takes two questions: whoever answers the second otherwise is
    judged by the first.
    """
    limit = expected + _LONGER
    found = source.read(path, limit)
    if found is None or len(found) <= limit:
        return found, None if found is None else Seen.of(found)
    whole = source.read(path, max(LARGEST, 2 * expected))
    if whole is None or not whole.startswith(found):
        return found, Seen.of(found, cut=True)
    return whole, Seen.of(whole)


def claimed(path: str, data: bytes) -> int | None:
    """Return the as_of that a page or twin states, None if it states none."""
    pattern = _TWIN_AS_OF if path.endswith(".json") else _HTML_AS_OF
    if not path.endswith(".json") and not is_page(path):
        return None
    match = pattern.search(data, 0, _HEAD)
    return int(match[1]) if match else None


def stating(words: Words, as_of: int | None) -> Words:
    """Add the as_of that a file states, if any."""
    if as_of is None:
        return words
    return Words(*both("pages.as_of", words=(words.id, words.en), as_of=as_of))


def _joined(left: Words, right: Words) -> Words:
    return Words(*both("pages.line", left=(left.id, left.en), right=(right.id, right.en)))


def check_bulk(source: Source, files: Iterable[tuple[str, bytes]], progress: Progress) -> Compared:
    """Compare bulk data with what the log gives."""
    compared = Compared()
    for at, (path, data) in enumerate(files):
        progress("bulk", at, 0)
        compared.paths.add(path)
        wrong = compare(source, checks.BULK, path, data)
        if wrong is not None:
            compared.wrong.append(wrong)
    return compared


def sample(
    addresses: Sequence[str], always: Collection[str], root: bytes, number: int, seed: str
) -> list[str]:
    """Return `always`, and of the other addresses `number` with the smallest SHA-256 of
    root ‖ seed ‖ address.

    Whoever writes the pages knows the root by then: only a seed that nobody could guess surprises
    him.
    """
    start = root + seed.encode()
    others = [address for address in addresses if address not in always]
    others.sort(key=lambda address: sha256(start + address.encode()).digest())
    return [*(address for address in addresses if address in always), *others[:number]]


def always_looked_at(state: State, addresses: Iterable[str]) -> set[str]:
    """Return the addresses that every sample has: what most people read, and few are.

    The portal, the search, elections, contests, regions down to the kab/kota; the texts, with the
    style sheet of all pages, the check in the browser, and what a host may show in place of any
    page that is lost.
    """
    wanted = {paths.PORTAL, paths.SEARCH, *paths.TEXTS}
    provinces = []
    for election in (state.meta.get("elections") or {"ids": []})["ids"]:
        wanted.add(paths.election(election))
        for contest in state.meta.get(f"election/{election}")["contests"]:
            top = contest["region"]
            page = paths.region(election, contest["id"], top, top)
            wanted.add(page)
            if "." not in top:
                provinces.append(re.escape(page))
    below = re.compile(f"(?:{'|'.join(provinces)})[0-9]{{2}}/" if provinces else "(?!)")
    return {one for one in addresses if one in wanted or below.fullmatch(one)}


def report_wrong(wrong: Iterable[Wrong], top: int, report: Report) -> None:
    """Record what is wrong.

    A claim above `top`, the checkpoint's size, tells of a newer checkpoint; one below the page's
    as_of may be a cache's.
    """
    for one in wrong:
        if one.unread:
            report.doubt(one.check, one.path, one.expected, one.found, stands=one.stands)
        else:
            newer = one.claim is not None and not (one.as_of or 0) <= one.claim <= top
            report.refute(
                one.check, one.path, one.expected, one.found,
                newer=newer, stands=one.stands, claimed=one.claimed,
            )  # fmt: skip
