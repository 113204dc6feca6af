"""Small logs for tests: entries, a portal in memory, and one call to run the sequencer."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any

from tests.check_log import History, check_log
from tests.fakes import FakeBell, FakeObjects, FakeOrder, FakeRecords, faulty

from rekap.core.log.entry import leaf_hash
from rekap.core.log.ports import Record
from rekap.core.signing import note
from rekap.core.signing.note import NoteKey
from rekap.core.signing.signer import Ed25519Signer
from rekap.portal.sequencing.sequencer import Outcome, Ports, Settings, run

ORIGIN = "log.example/rekap"
LOG_SIGNER = Ed25519Signer(bytes(range(32)))
WITNESS_SIGNER = Ed25519Signer(bytes(range(32, 64)))
LOG_KEY = NoteKey.of(ORIGIN, note.ED25519, LOG_SIGNER.public)
WITNESS_KEY = NoteKey.of("saksi.example/w1", note.COSIGNATURE, WITNESS_SIGNER.public)


def record(entry: bytes, at: int = 0) -> Record:
    leaf = leaf_hash(entry).hex()
    return Record(leaf, hashlib.sha256(entry).hexdigest(), entry, at, b"receipt")


@dataclass
class Portal:
    """The ports in memory, and what an outsider remembers of the log."""

    records: FakeRecords = field(default_factory=FakeRecords)
    order: FakeOrder = field(default_factory=FakeOrder)
    objects: FakeObjects = field(default_factory=FakeObjects)
    bell: FakeBell = field(default_factory=FakeBell)
    history: History = field(default_factory=History)

    def clone(self) -> Portal:
        """Return an independent copy; values inside are immutable."""
        twin = Portal()
        twin.records.records = dict(self.records.records)
        twin.records.ids = dict(self.records.ids)
        twin.records.marks = set(self.records.marks)
        twin.order._head, twin.order._tree = self.order._head, self.order._tree
        twin.order._batches = dict(self.order._batches)
        twin.objects.objects = dict(self.objects.objects)
        twin.objects.written = {path: [*all_] for path, all_ in self.objects.written.items()}
        twin.history = History(dict(self.history.checkpoints), dict(self.history.files))
        return twin

    def accept(self, *entries: bytes, at: int = 0) -> None:
        for entry in entries:
            self.records.add(record(entry, at), (), 0)

    def accept_numbers(self, first: int, end: int) -> None:
        """Accept the entries "first" … in the order of their numbers."""
        for number in range(first, end):
            self.accept(b"%d" % number, at=number)

    def run(self, plan: Any = None, **settings: int) -> Outcome:
        ports: tuple[Any, ...] = (self.records, self.order, self.objects, self.bell)
        if plan is not None:
            ports = tuple(faulty(port, plan) for port in ports)
        return run(Ports(*ports), LOG_SIGNER, Settings(ORIGIN, **settings))

    def check(self, complete: bool = True) -> list[bytes]:
        """Ask the oracle; `complete`: everything accepted must be in the log."""
        receipts = list(self.records.records) if complete else []
        for path, contents in self.objects.written.items():
            if path not in ("log/checkpoint", "log/status.json"):
                assert len(contents) == 1, f"{path} was written twice"
        sizes = []
        for data in self.objects.written.get("log/checkpoint", []):
            _, size, root, *_ = data.split(b"\n")
            sizes.append(int(size))
            known = self.history.checkpoints.setdefault(int(size), base64.b64decode(root))
            assert known == base64.b64decode(root), f"two roots were published at size {size!r}"
        assert sizes == sorted(sizes), f"the checkpoint shrank: {sizes}"
        return check_log(self.objects.objects, LOG_KEY.vkey, receipts, self.history)
