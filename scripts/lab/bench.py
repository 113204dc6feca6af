"""The numbers to reach, measured in one run on this machine: rates and ratios, no verdict.

    python scripts/lab/bench.py [--stations 1000] [--site 15000] [--load-seconds 5] [--to DIR]

Makes a simulated election of its own, so that figures can be compared between machines. Everything
runs in this process, one core, unless a line says otherwise; the load is that of `load.py` against
the gateway's processes, short, so its own tables say more. The audit is measured in processor time,
the least of five runs, so that other work disturbs it less. Tessera's POSIX storage is measured on
the same disk where Go and its modules are at hand, Hugo on the same pages where `make setup-hugo`
put it. What it prints goes into `docs/measurements.md` by hand, with the machine and the date.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from scripts.lab import load
from scripts.lab.loading import reports
from scripts.lab.loading.country import Country
from scripts.lab.loading.passkeys import PasskeyCountry
from scripts.lab.loading.province import Log, Night, fill
from scripts.lab.measuring import hugo, site, tessera
from scripts.simulation.election import Simulation
from scripts.simulation.places import Shape

from rekap.audit.audit import audit
from rekap.audit.plan import Plan as AuditPlan
from rekap.audit.reader import FolderSource
from rekap.audit.verdict import Report
from rekap.core import codec
from rekap.core.ledger.fold import fold
from rekap.core.ledger.state import State
from rekap.core.log.checkpoint import parse
from rekap.core.log.entry import leaf_hash
from rekap.core.log.ports import LogFiles, Record
from rekap.core.pages.release import current
from rekap.core.pages.site import Site
from rekap.core.signing import envelope as dsse
from rekap.core.signing.keys import PublicKey, WebAuthnScope, read_key, verify
from rekap.core.signing.note import Note
from rekap.core.signing.signature import Signature
from rekap.core.signing.signer import Ed25519Signer
from rekap.desk.replay.importer import Counts, Plan
from rekap.desk.replay.importer import run as replay
from rekap.portal.publishing.entries import Bundles
from rekap.portal.sequencing import sequencer
from rekap.portal.store.local.bell import SilentBell
from rekap.portal.store.local.database import Database
from rekap.portal.store.local.objects import FolderObjects
from rekap.portal.store.local.order import SqliteOrder
from rekap.portal.store.local.records import SqliteRecords
from scripts import make_simulation

ORDERED = 20_480
RUNS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure everything and print one line per figure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stations", type=int, default=1_000)
    parser.add_argument("--site", type=int, default=15_000, help="TPS of the whole site; 0: none")
    parser.add_argument("--load-seconds", type=float, default=5.0, help="of each rate; 0: no load")
    parser.add_argument("--to", type=Path, default=None, metavar="DIR")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as made:
        base = options.to or Path(made)
        portal = base / "portal"
        _import(base / "folder", portal, options.stations)
        _ordering(base / "ordering")
        tessera.measure(base / "tessera", ORDERED, _say)
        entries = _entries(portal)
        _audit("simulation, Ed25519", portal, entries)
        for name, kind in (("C forms, Ed25519", Country), ("C forms, passkeys", PasskeyCountry)):
            folder = base / kind.__name__
            _night(kind(options.stations // 2, seed=1, release=current()), folder)
            _audit(name, folder, _entries(folder))
        _render(entries)
        if options.site:
            log = site.Log.of(options.site, current())
            hugo.measure(log, site.measure(log, base / "site", _say), base / "hugo", _say)
        if options.load_seconds:
            _load(options.load_seconds)
    return 0


def _say(what: str, figure: str) -> None:
    print(f"{what:<76} {figure}", flush=True)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def _import(folder: Path, portal: Path, stations: int) -> None:
    shape = Shape(stations=stations, fields="all", mistakes=50, missing=10, revised=20)
    make_simulation.write(Simulation(shape), folder)
    plan = Plan((folder,), portal)
    seconds, (counts, _) = _timed(lambda: replay(plan, _no_progress))
    _say(
        f"import, {stations} stations: statements per second", f"{counts.statements / seconds:,.0f}"
    )


def _no_progress(_wave: object, _counts: Counts) -> None:
    """The figures are the output."""


def _ordering(folder: Path) -> None:
    """Order, tiles and checkpoint on SQLite and a folder, 256 entries per batch."""
    database = Database(folder / "portal.db", durable=False)
    records = SqliteRecords(database)
    for number in range(ORDERED):
        data = b"%d" % number
        leaf = leaf_hash(data).hex()
        records.add(Record(leaf, leaf, data, number, b""), (), 0)
    database.settle()  # from here on every commit reaches the disk
    ports = sequencer.Ports(records, SqliteOrder(database), FolderObjects(folder), SilentBell())
    signer = Ed25519Signer(bytes(range(32)))
    settings = sequencer.Settings("bench.example/replay/log")

    def order() -> int:
        size = 0
        while size < ORDERED:
            size = sequencer.run(ports, signer, settings).size
        return size

    seconds, size = _timed(order)
    _say("order + tiles + checkpoint, 256 per batch: entries/s", f"{size / seconds:,.0f}")


def _entries(portal: Path) -> list[bytes]:
    objects = FolderObjects(portal)
    note = (portal / "public" / "log" / "checkpoint").read_bytes()
    size = parse(Note.parse(note).text).size
    read = Bundles(LogFiles(objects), size)
    return [read(index) for index in range(size)]


def _night(country: Country, folder: Path) -> None:
    """Forms and grants of a country, taken and ordered as `make national` does."""
    with closing(Database(folder / "portal.db", durable=False)) as database:
        done = Night(0)
        log = Log(folder, country, database, done)
        fill(log, country, done)
        log.close()
    (folder / "public" / "policy.txt").write_bytes(log.policy().format())


def _audit(name: str, portal: Path, entries: list[bytes]) -> None:
    """Full audit without pages against the bare verification of the same signatures."""
    bare, count = _worked(lambda: sum(1 for _ in _signatures(entries)))
    parsed = list(_parsed(entries))
    alone, _ = _worked(lambda: sum(1 for _ in map(verify, *zip(*parsed, strict=True))))
    plan = AuditPlan(render=Site, release=current(), pages=0, processes=1)
    made: list[Report] = []

    def prove() -> None:
        made.append(Report("bench"))
        audit(FolderSource(portal / "public"), plan, made[-1], _no_steps)

    full, _ = _worked(prove)
    # A night of `load` publishes no pages, so nobody claims any.
    unclear = {one.check.code for report in made for one in report.undecided} - {"V14"}
    if unclear or any(report.refuted for report in made):
        raise RuntimeError("the portal of the benchmark does not verify")
    _say(f"{name}: entries, signatures", f"{len(entries):,}, {count:,}")
    _say(f"{name}: bare verification, signatures/s", f"{count / bare:,.0f}")
    _say(f"{name}: full audit (--pages none), entries/s", f"{len(entries) / full:,.0f}")
    _say(f"{name}: full audit / bare verification", f"{full / bare:.2f}")
    _say(f"{name}: full audit / signatures parsed beforehand", f"{full / alone:.2f}")


def _worked(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the least processor time of several runs, and what came of the last."""
    least, result = float("inf"), None
    for _ in range(RUNS):
        began = time.process_time()
        result = work()
        least = min(least, time.process_time() - began)
    return least, result


def _no_steps(_what: str, _done: int, _total: int) -> None:
    """The figures are the output."""


def _signatures(entries: Iterable[bytes]) -> Iterator[None]:
    """Parse every envelope, find the keys that its statement names, verify its signatures."""
    for one in _parsed(entries):
        verify(*one)
        yield None


Parsed = tuple[PublicKey, bytes, Signature, WebAuthnScope]


def _parsed(entries: Iterable[bytes]) -> Iterator[Parsed]:
    """Yield the arguments of `verify` for every signature of a log."""
    keys: dict[str, PublicKey] = {}
    scope = WebAuthnScope(frozenset(), "")
    for index, entry in enumerate(entries):
        envelope = dsse.parse(entry)
        fields = codec.decode(envelope.payload, nulls=True)
        if index == 0:
            scope = WebAuthnScope(frozenset(fields.get("uploaders", ())), fields["rp_id"])
        for key in _named(fields):
            keys[key.keyid] = key
        message = envelope.message
        for signature in envelope.signatures:
            yield keys[signature.keyid], message, signature, scope


def _named(fields: dict[str, Any]) -> Iterator[PublicKey]:
    groups = [fields.get("persons", ()), fields.get("operators", {}).get("keys", ())]
    groups.append(fields.get("roots", {}).get("kpu", {}).get("keys", ()))
    for group in groups:
        for key in group:
            yield read_key(key["alg"], key["key"])


def _render(entries: list[bytes]) -> None:
    state = State(read_entry=entries.__getitem__)

    def fold_all() -> None:
        for entry in entries:
            fold(state, entry)

    seconds, _ = _timed(fold_all)
    _say("fold with signatures, in memory: entries/s", f"{len(entries) / seconds:,.0f}")
    made_site = Site(state, entries.__getitem__)
    addresses = made_site.addresses()
    sizes: dict[str, tuple[int, str]] = {}

    def render() -> int:
        made = 0
        for address in addresses:
            for path, data in made_site.files(address).items():
                made += 1
                if path.endswith(".html"):
                    _largest(sizes, address, data)
        return made

    seconds, _ = _timed(render)
    _say("pages with twins and gzip -9: pages/s", f"{len(addresses) / seconds:,.0f}")
    for kind, (size, address) in sorted(sizes.items()):
        _say(f"largest page, gzip -9: {kind}", f"{size:,} bytes  {address}")


def _largest(sizes: dict[str, tuple[int, str]], address: str, data: bytes) -> None:
    parts = address.split("/")
    kind = "bukti" if parts[0] == "bukti" else f"depth {len(parts) - 1}"
    size = len(gzip.compress(data, 9, mtime=0))
    if size > sizes.get(kind, (0, ""))[0]:
        sizes[kind] = (size, address)


def _load(seconds: float) -> None:
    """Uploads through the gateway: four rates, a stop of twice that time, a thousandth evening."""
    asked = f"--rates 50,100,200,400 --seconds {seconds} --storm 30 --down {2 * seconds}"
    done = load.load(load.parsed([*asked.split(), "--evening", "960", "--share", "0.001"]), _silent)
    if not done.holds:
        raise RuntimeError("an acknowledged upload is lost, or the site under load does not verify")
    for result in done.results:
        t, name = result.tally, result.scenario.name
        _say(f"{name}: receipts / arrivals", f"{t.accepted:,} / {t.offered:,}, {t.rate:.0f}/s")
        _say(f"{name}: arrival to receipt", reports.spread(t.latency))
        _say(f"{name}: arrival to TPS page", reports.spread(t.visible))
        _say(f"{name}: acknowledged and lost", str(len(result.promises.broken)))


def _silent(_line: str) -> None:
    """The figures are the output."""


if __name__ == "__main__":
    sys.exit(main())
