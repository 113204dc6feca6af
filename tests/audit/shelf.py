"""A small portal in memory with every kind of file, and audits of copies of its public folder.

`published()` is made once: a log of more than one bundle, published in several runs, so that old
partial tiles, revised pages and bulk data are there. Rendering is done once too: `RENDER` gives
pages of a root that it has seen again without computing them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from tests import once
from tests.core.ledger.night import Night
from tests.core.ledger.world import signer
from tests.core.statements import builders
from tests.fakes import FakeObjects, FakeRegister

from rekap.audit import audit as audits
from rekap.audit.hashes import TreeHashes
from rekap.audit.plan import ALL, Plan
from rekap.audit.verdict import Report
from rekap.core.ledger.state import State
from rekap.core.log import tiles
from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.log.entry import encode_bundle, leaf_hash
from rekap.core.log.policy import Policy, Source
from rekap.core.pages.site import Site
from rekap.core.signing import note
from rekap.core.signing.note import NoteKey
from rekap.portal.publishing.run import Publisher

RELEASE = builders.hex_id("release")
LOG = signer("log")


class Evening(Night):
    """A night whose log holds no entry twice and one release, as a real sequencer's does."""

    def append(self, entry: bytes) -> str:
        return "" if entry in self.entries else super().append(entry)

    def _release(self) -> None:
        self._rubbish()

    def grow(self, size: int) -> Evening:
        """Add random events until there are `size` entries."""
        while len(self.entries) < size:
            self.step()
        return self


class Portal:
    """Objects of one log; `log` publishes a size below `log/`, `publish` the site."""

    def __init__(self, entries: list[bytes], origin: str, policy: str = "") -> None:
        self.entries = entries
        self.origin = origin
        self.objects = FakeObjects()
        self.register = FakeRegister()
        self.log_key = NoteKey.parse(builders.vkey(origin, LOG.public))

    def log(self, size: int) -> None:
        """Write every tile and bundle of `size` and the checkpoint."""
        self.tiles(size)
        root = TreeHashes([leaf_hash(entry) for entry in self.entries[:size]]).root(size)
        note = sign_checkpoint(Checkpoint(self.origin, size, root), LOG)
        stored = self.objects.get("log/checkpoint")
        self.objects.put_if("log/checkpoint", note, stored.tag if stored else None)

    def tiles(self, size: int) -> None:
        """Write every tile and bundle of `size`, as a sequencer that is cut before signing."""
        hashes = TreeHashes([leaf_hash(entry) for entry in self.entries[:size]])
        for tile in tiles.tiles_for(size):
            path = f"log/{tile.path}"
            if self.objects.get(path) is None:
                first = tile.n * tiles.WIDTH
                bundle = encode_bundle(self.entries[first : first + tile.width])
                data = hashes.tile(tile.level, tile.n, tile.width) if tile.level >= 0 else bundle
                assert data is not None
                self.objects.put_new(path, data)

    def publish(self, now: int = 0, objects: Any = None) -> None:
        """One run of a publisher."""
        Publisher(
            objects or self.objects, self.register,
            log_key=self.log_key, release=RELEASE, fixed_release=True,
        ).run(now)  # fmt: skip

    def public(self) -> dict[str, bytes]:
        """A copy of the public folder."""
        return {p: d for p, d in self.objects.objects.items() if not p.startswith("state/")}

    def whole(self, size: int | None = None) -> dict[str, bytes]:
        """The public folder of a size, of all entries if none is said, with its bulk data."""
        self.log(len(self.entries) if size is None else size)
        self.publish(0)
        self.publish(999)
        return self.public()


@dataclass
class Files:
    """A source in memory."""

    files: Mapping[str, bytes]
    name: str = "memory"
    remote: bool = False
    reads: list[str] = field(default_factory=list)

    def read(self, path: str, limit: int) -> bytes | None:
        self.reads.append(path)
        data = self.files.get(path)
        return None if data is None else data[: limit + 1]

    def paths(self, below: str = "") -> Iterator[str] | None:
        return iter(sorted(path for path in self.files if path.startswith(below)))


class Rendered:
    """The pages of one size; those that were computed before are not computed again."""

    def __init__(self, site: Site, files: dict[str, Any]) -> None:
        self._site = site
        self._files = files

    def addresses(self) -> list[str]:
        return self._once("addresses", self._site.addresses)

    def as_of(self, address: str) -> int:
        return self._site.as_of(address)

    def files(self, address: str) -> dict[str, bytes]:
        return self._once(f"files {address}", lambda: self._site.files(address))

    def bulk(self) -> Iterator[tuple[str, bytes]]:
        return iter(self._once("bulk", lambda: list(self._site.bulk())))

    def verifier(self) -> dict[str, bytes]:
        return self._site.verifier()

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self._files:
            self._files[name] = make()
        return self._files[name]


@dataclass
class Kept:
    """Renders as the publisher does, every page of every root once."""

    files: dict[bytes, dict[str, Any]] = field(default_factory=dict)

    def __call__(self, state: State, entries: Any) -> Rendered:
        return Rendered(Site(state, entries), self.files.setdefault(state.root(), {}))


RENDER = Kept()
SIZES = (2, 3, 20, 45, 120, 200, 256, 270)
SIZE = 280


@cache
def _evening() -> Evening:
    return Evening(4).grow(SIZE)


def _publish() -> tuple[dict[str, bytes], ...]:
    evening = _evening()
    portal = Portal(evening.entries, evening.origin)
    stages = []
    for number, size in enumerate((*SIZES, SIZE)):
        portal.log(size)
        portal.publish(now=1_000 * number)
        portal.publish(now=1_000 * number + 999)
        stages.append(portal.public())
    return tuple(stages)


@cache
def _stages() -> tuple[dict[str, bytes], ...]:
    return once.shared("evening", _publish)


def published() -> tuple[dict[str, bytes], dict[str, bytes], Evening]:
    """The public folder at `SIZE` entries, the one at 270, and the evening."""
    stages = _stages()
    return stages[-1], stages[-2], _evening()


def history() -> tuple[dict[str, bytes], ...]:
    """The public folder as it stood at each of `SIZES`."""
    return _stages()[:-1]


def audit(files: Mapping[str, bytes], source: Any = None, **plan: Any) -> Report:
    """Audit files in memory."""
    report = Report("memory")
    source = source or Files(files)
    fields = {"render": RENDER, "release": RELEASE, "pages": ALL, **plan}
    audits.audit(source, Plan(**fields), report, lambda what, done, total: None)
    _tells_the_same_in_both_languages(report)
    return report


def _tells_the_same_in_both_languages(report: Report) -> None:
    """Each sentence has one figure for another: nobody reads both, so nobody else would see it."""
    failures = (*report.refuted, *report.undecided, *report.ahead)
    said = {words for one in failures for words in (one.expected, one.found)}
    for words in (*report.limits, *report.notes, *said):
        figures = [Counter(re.findall("[0-9]+", text)) for text in words]
        assert figures[0] == figures[1], words


def places(report: Report) -> set[str]:
    """The places of all failures."""
    return {failure.place for failure in report.refuted}


def witnessed(files: Mapping[str, bytes], at: int = 1) -> tuple[Policy, bytes]:
    """Whole anchors: the site's own with a witness, and the checkpoint that it cosigned then."""
    name, key = "saksi.example/w1", signer("saksi-log")
    witness = NoteKey.of(name, note.COSIGNATURE, key.public)
    policy = replace(anchors(files), witnesses=(Source("w1", witness),), quorum="w1")
    whole = note.Note.parse(files["log/checkpoint"])
    return policy, whole.merge([note.cosign(whole.text, name, key, at)]).format()


def anchors(files: Mapping[str, bytes]) -> Policy:
    """The site's own policy.txt, as a reader would hold it on paper."""
    return Policy.parse(files["policy.txt"])
