"""One province's night: its log is made, filled, audited and removed; what is kept is its row.

    sign      the law's three persons sign each form, two each grant
    submit    all of `submit` without HTTP, records in SQLite; a wave is one second's uploads
    sequence  order, tiles, checkpoint
    audit     `rekap verify --pages none`, with anchors as from paper and a checkpoint kept at noon

Pages are not made. The stores do not wait for the disk: a night that is cut is made again.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

from scripts.lab.loading.country import ELECTION, Country

from rekap.audit.audit import audit
from rekap.audit.plan import Plan
from rekap.audit.reader import FolderSource
from rekap.audit.verdict import Report
from rekap.core import codec
from rekap.core.ledger import chain
from rekap.core.ledger.fold import fold
from rekap.core.ledger.state import State
from rekap.core.log import tiles
from rekap.core.log.policy import Block, Policy
from rekap.core.log.ports import CHECKPOINT, LogFiles
from rekap.core.pages.site import Site
from rekap.core.signing import note
from rekap.core.signing.note import NoteKey
from rekap.core.signing.signer import Ed25519Signer
from rekap.portal.intake.accept import Accepted, Desk, accept
from rekap.portal.publishing.claims import Claims, Published
from rekap.portal.publishing.entries import Bundles
from rekap.portal.publishing.register import HEADS
from rekap.portal.sequencing import sequencer
from rekap.portal.store.local.bell import SilentBell
from rekap.portal.store.local.database import Database
from rekap.portal.store.local.guard import SqliteGuard
from rekap.portal.store.local.objects import FolderObjects
from rekap.portal.store.local.order import SqliteOrder
from rekap.portal.store.local.records import SqliteRecords

WAVE: Final = 256
NOON: Final = 1_928_386_800
"""2031-02-09 in Unix seconds; receipts count from it."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Province:
    """What to make: its number from 1, how many stations it has (two forms each)."""

    number: int
    stations: int
    seed: int
    release: str


@dataclass(slots=True)
class Night:
    """What came of it. `seconds`: processor time by step; `broken`: invariants that do not hold."""

    number: int
    forms: int = 0
    entries: int = 0
    signatures: int = 0
    elapsed: float = 0.0
    mebibytes: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    root: str = ""
    broken: list[str] = field(default_factory=list)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Add the processor time of a block to a step."""
        began = time.process_time()
        yield
        self.seconds[step] = self.seconds.get(step, 0.0) + time.process_time() - began


class Known:
    """The register that intake asks, straight from a folded state."""

    def __init__(self, state: State) -> None:
        self._state = state

    def get(self, name: str, key: str) -> Any:
        """Return the value of `key` in map `name`, or None."""
        if name == HEADS:
            return chain.counted(self._state.get("slots", key))
        return self._state.get(name, key)

    def size(self) -> int:
        """Return how many entries are known."""
        return self._state.size


class Log:
    """The log of one province in a folder: it takes waves, and is audited in the end."""

    def __init__(self, folder: Path, country: Country, database: Database, night: Night) -> None:
        self._public = folder / "public"
        self._country = country
        self._night = night
        self._signer = Ed25519Signer(country.private("log"))
        self._objects = FolderObjects(folder)
        self._records = SqliteRecords(database)
        self._ports = sequencer.Ports(
            self._records, SqliteOrder(database), self._objects, SilentBell()
        )
        self._guard = SqliteGuard(database)
        self._second = NOON
        self._kept: bytes | None = None
        self._receipts = Ed25519Signer(country.private("receipt"))
        self._leaves: set[bytes] = set()
        self._first = ""

    def take(self, wave: Iterable[bytes], state: State) -> int:
        """Send a wave and order it; return the size of the log."""
        self._second += 1
        desk = Desk(
            self._country.origin, self._records, Known(state), self._receipts,
            lambda: self._second, self._guard,
        )  # fmt: skip
        with self._night.timed("submit"):
            for body in wave:
                taken = accept(body, desk)
                if not isinstance(taken, Accepted):
                    self._night.broken.append(f"{taken.id}: held")
                    continue
                if taken.status != 201 or not taken.receipt:
                    self._night.broken.append(f"{taken.leaf}: {taken.status}")
                self._leaves.add(bytes.fromhex(taken.leaf))
                self._first = self._first or taken.id
        with self._night.timed("sequence"):
            settings = sequencer.Settings(self._country.origin)
            while (done := sequencer.run(self._ports, self._signer, settings)).more:
                pass
        return done.size

    def entries(self, first: int, end: int) -> Iterator[bytes]:
        """Yield entries as they were published."""
        read = Bundles(LogFiles(self._objects), end)
        return (read(index) for index in range(first, end))

    def keep(self) -> None:
        """Keep the checkpoint of this moment, as a reader does."""
        self._kept = (self._public / CHECKPOINT).read_bytes()

    def policy(self) -> Policy:
        """Return the log's anchors, as they would be on paper."""
        key = NoteKey.of(self._country.origin, note.ED25519, self._signer.public)
        roots = tuple(sorted(self._country.signer(f"root-{n}").keyid for n in (1, 2, 3)))
        return Policy((Block(key, log_id=self._first, roots=((ELECTION, roots),)),))

    def audit(self) -> Report:
        """Audit everything from the published files, as a reader who has the anchors."""
        plan = Plan(
            render=Site, release=self._country.release, pages=0, policy=self.policy(),
            since=self._kept,
        )  # fmt: skip
        report = Report("national")
        audit(FolderSource(self._public), plan, report, _no_steps)
        return report

    def close(self) -> None:
        """Say in site.json what a publisher without pages would; compare receipts and log."""
        tree = self._ports.order.tree()
        if tree is None:
            raise RuntimeError("nothing was ordered")
        root = codec.b64encode(tree.root)
        published = Published(size=tree.size, root=root, release=self._country.release)
        claims = Claims(self._objects)
        claims.swap(published, None)
        claims.claim()
        logged: list[bytes] = []
        for tile in tiles.tiles_for(tree.size):
            if tile.level == 0:
                data = (self._public / "log" / tile.path).read_bytes()
                logged += tiles.split_hashes(data, tile.width)
        if len(logged) != len(self._leaves) or set(logged) != self._leaves:
            self._night.broken.append("not every receipt is in the log exactly once")
        self._leaves.clear()


def night(province: Province) -> Night:
    """Make, audit and remove the log of one province."""
    began = time.perf_counter()
    done = Night(province.number)
    country = Country(
        province.stations,
        seed=province.seed,
        release=province.release,
        origin=f"provinsi-{province.number:02}.example/rehearsal/log",
    )
    with tempfile.TemporaryDirectory(prefix="rekap-national-") as made:
        folder = Path(made)
        with closing(Database(folder / "portal.db", durable=False)) as database:
            log = Log(folder, country, database, done)
            signed = fill(log, country, done)
            log.close()
        with done.timed("audit"):
            report = log.audit()
        _check(report, signed, done)
    done.elapsed = time.perf_counter() - began
    done.mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024
    return done


def fill(log: Log, country: Country, done: Night) -> Counter[str]:
    """Send everything; return the sums of the governor's contest as they were signed."""
    state = State(pages=False)
    size = 0
    for _, statements in country.stages():
        for wave in _waves(statements, done):
            last, size = size, log.take(wave, state)
            with done.timed("fold"):
                for entry in log.entries(last, size):
                    fold(state, entry, check=_verified_by_submit)
    signed: Counter[str] = Counter()
    forms = 2 * country.stations
    for uploads in _waves(country.uploads(), done):
        for upload in uploads:
            if upload.item.fields["contest"].startswith("governor-"):
                signed.update(upload.item.fields["figures"])
        size = log.take([upload.item.data for upload in uploads], state)
        done.forms += len(uploads)
        if done.forms - len(uploads) < forms // 2 <= done.forms:
            log.keep()
    done.entries = size
    return signed


def _waves(items: Iterable[Item], done: Night) -> Iterator[tuple[Item, ...]]:
    each = iter(items)
    while True:
        with done.timed("sign"):
            wave = tuple(islice(each, WAVE))
        if not wave:
            return
        yield wave


def _verified_by_submit(*_: Any) -> None:
    """Each of these was verified when it was taken; the audit verifies it again."""


def _no_steps(_what: str, _done: int, _total: int) -> None:
    """The rows are the output."""


def _check(report: Report, signed: Counter[str], done: Night) -> None:
    """Hold what the audit found against what was sent."""
    facts = report.facts
    done.signatures, done.root = int(facts["signatures"]), str(facts["root"])
    if report.refuted or report.undecided:
        done.broken += [one.line("en") for one in (*report.refuted, *report.undecided)][:9]
    if not set(facts["statuses"]) <= {"effective", "head"}:
        done.broken.append(f"statements without effect: {facts['statuses']}")
    summed = next(c["sum"] for c in facts["contests"] if c["contest"].startswith("governor-"))
    if summed != dict(signed):
        done.broken.append("the sums are not those of the forms that were signed")
