"""Every single bit of what carries the trust: checkpoint, tiles, bundle, proof, receipt.

No change of one bit may leave the verdict "proved"; a receipt or kept file that was changed accuses
nobody, since the log did not sign it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.audit.shelf import Files, Portal, audit, history, places, published
from tests.core.ledger.world import signer
from tests.core.statements import builders

from rekap.audit import anchors, evidence
from rekap.audit.hashes import TreeHashes
from rekap.audit.log import LogContent, check_log
from rekap.audit.receipt import check_receipt
from rekap.audit.verdict import Report
from rekap.core.ledger.fold import fold_all
from rekap.core.ledger.state import State
from rekap.core.log.entry import leaf_hash
from rekap.core.log.policy import Policy
from rekap.core.signing import envelope, note
from rekap.portal.intake.receipt import issue

pytestmark = pytest.mark.usefixtures("remembered")


def bits(data: bytes) -> Iterator[bytes]:
    """All contents that differ from `data` in one bit."""
    for at in range(len(data)):
        for bit in range(8):
            yield data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


def _quiet(what: str, done: int, total: int) -> None:
    pass


@pytest.mark.parametrize("size", [1, 2, 7, 20])
def test_every_bit_of_the_tiles_and_bundle_of_a_small_log(size: int) -> None:
    """The files are named and the entries are found as long as one of two copies is whole."""
    portal = Portal([b"%d" % n for n in range(size)], "rekap.example/rehearsal/log")
    portal.log(size)
    files = portal.public()
    root = TreeHashes([leaf_hash(entry) for entry in portal.entries]).root(size)
    for path in (f"log/tile/0/000.p/{size}", f"log/tile/entries/000.p/{size}"):
        for changed in bits(files[path]):
            report = Report("memory")
            content = check_log(Files({**files, path: changed}), size, root, report, _quiet)
            assert places(report) == {path}
            assert content.proved


def test_every_bit_of_a_checkpoint() -> None:
    files = history()[0]
    for changed in bits(files["log/checkpoint"]):
        report = audit({**files, "log/checkpoint": changed}, pages=0)
        assert report.status == 1, changed
        assert "log/checkpoint" in places(report), changed


def test_every_bit_of_a_cosignature() -> None:
    """A line of a witness that the anchors know must verify; one of a stranger is ignored."""
    files = history()[0]
    key = note.NoteKey.of("saksi.example/w1", note.COSIGNATURE, signer("saksi-log").public)
    text = files["policy.txt"].decode().replace("quorum none", f"witness w1 {key.vkey}\nquorum w1")
    policy = Policy.parse(text.encode())
    checkpoint = note.Note.parse(files["log/checkpoint"])
    cosignature = note.cosign(checkpoint.text, key.name, signer("saksi-log"), 1)
    whole = checkpoint.merge([cosignature]).format()
    assert whole.startswith(files["log/checkpoint"])
    assert audit({**files, "log/checkpoint": whole}, policy=policy, pages=0).sound
    start = len(files["log/checkpoint"])
    for line in bits(whole[start:]):
        changed = {**files, "log/checkpoint": whole[:start] + line}
        report = audit(changed, policy=policy, pages=0)
        assert report.status != 0, line
        assert {f.place for f in report.refuted + report.undecided} == {"log/checkpoint"}


def test_every_bit_of_a_proof() -> None:
    files, _, evening = published()
    hashes = TreeHashes([leaf_hash(entry) for entry in evening.entries])
    policy = Policy.parse(files["policy.txt"])
    for index in (0, 131, 279):
        path = f"bukti/{index}.tlog-proof"
        for changed in bits(files[path]):
            report = Report("memory")
            evidence.check_proofs(
                Files({path: changed}), [index], hashes, policy, required=lambda _: True,
                keep=None, report=report, progress=_quiet, processes=1,
            )  # fmt: skip
            assert places(report) == {path}, changed


def lines(data: bytes) -> Iterator[bytes]:
    """Contents that differ in one line: gone, doubled, moved, spelled or ended in another way."""
    rows = data.split(b"\n")
    other = [
        lambda row: (), lambda row: (row, row), lambda row: (b"", row), lambda row: (b" " + row,),
        lambda row: (b"0" + row,), lambda row: (b"+" + row,), lambda row: (row.swapcase(),),
        lambda row: (row.replace(b"=", b""),), lambda row: (row + b"=",),
        *(lambda row, end=end: (row + end,) for end in ENDS),
    ]  # fmt: skip
    for at, row in enumerate(rows):
        for change in other:
            yield b"\n".join([*rows[:at], *change(row), *rows[at + 1 :]])
        for before in range(at):
            moved = [*rows]
            moved[at], moved[before] = rows[before], row
            yield b"\n".join(moved)
    yield data[:-1]
    yield b"\xef\xbb\xbf" + data
    yield data.replace(b"\n", b"\r\n")
    yield data.replace("—".encode(), b"-")


ENDS = (b" ", b"\t", b"\r", b"\0", "\u00a0".encode(), "\u2028".encode())


def test_every_line_of_a_proof_and_of_a_checkpoint() -> None:
    files, _, evening = published()
    hashes = TreeHashes([leaf_hash(entry) for entry in evening.entries])
    policy = Policy.parse(files["policy.txt"])
    path = "bukti/131.tlog-proof"
    for changed in {*lines(files[path])} - {files[path]}:
        report = Report("memory")
        evidence.check_proofs(
            Files({path: changed}), [131], hashes, policy, required=lambda _: True,
            keep=None, report=report, progress=_quiet, processes=1,
        )  # fmt: skip
        assert places(report) == {path}, changed
    whole = files["log/checkpoint"]
    for changed in {*lines(whole)} - {whole}:
        report = Report("memory")
        anchors.read_checkpoint(changed, anchors.Anchors(policy, own=False), report)
        assert places(report) == {"log/checkpoint"}, changed


def test_every_bit_of_a_receipt() -> None:
    """One that names an entry of the log, and one of a statement that was withheld."""
    _, _, evening = published()
    size = 60
    state = State(read_entry=evening.entries.__getitem__)
    fold_all(state, evening.entries[:size])
    hashes = TreeHashes([leaf_hash(entry) for entry in evening.entries[:size]])
    content = LogContent(size, evening.entries.__getitem__, hashes, size, proved=True)  # type: ignore[arg-type]
    for entry, kept in ((evening.entries[5], True), (evening.entries[200], False)):
        receipt = issue(
            origin=evening.origin, leaf=leaf_hash(entry).hex(),
            id=envelope.parse(entry).id if kept else builders.hex_id("withheld"),
            received_at=1_732_700_000, signer=signer("receipt"),
        )  # fmt: skip
        report = Report("memory")
        check_receipt(receipt, state, content, 2**40, report)
        assert (report.refuted == []) == kept
        for changed in bits(receipt):
            report = Report("memory")
            check_receipt(changed, state, content, 2**40, report)
            assert [(f.check.code, f.place) for f in report.undecided] == [("V22", "--receipt")]
            assert report.refuted == []
            assert "receipt" not in report.facts
