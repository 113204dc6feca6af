"""ML-DSA cosignatures (type 0x06) beside lines that we know: ignored by readers, without harm."""

from __future__ import annotations

import base64

import pytest
from cryptography.exceptions import InvalidSignature
from tests.core.log import mldsa
from tests.portal.sequencing.builders import LOG_KEY, ORIGIN, Portal
from tests.portal.sequencing.test_witness import NAMES, POLICY, Bench, go, key, published

from rekap.core.errors import Malformed, NotVerified
from rekap.core.log import checkpoint
from rekap.core.log.policy import Policy, meets, open_checkpoint
from rekap.core.log.witness import Reply
from rekap.core.signing.note import Note, SignatureLine

SEED = bytes(range(64, 96))
NEWER = "saksi.example/pers"


def added(body: bytes) -> tuple[bytes, SignatureLine]:
    text = Note.parse(body.partition(b"\n\n")[2]).text
    return text, mldsa.cosign(text, NEWER, SEED)


def test_the_line_is_a_true_one() -> None:
    text = checkpoint.Checkpoint(ORIGIN, 3, bytes(range(32))).body()
    line = mldsa.cosign(text, NEWER, SEED)
    assert (len(mldsa.public(SEED)), len(line.signature)) == (1_312, 8 + 2_420)
    mldsa.verify(line, text, SEED)
    other = checkpoint.Checkpoint(ORIGIN, 4, bytes(range(32))).body()
    with pytest.raises(InvalidSignature):
        mldsa.verify(line, other, SEED)


@pytest.mark.parametrize("first", [True, False])
def test_a_witness_that_sends_both_kinds_is_heard_by_the_one_we_know(first: bool) -> None:
    portal, bench = Portal(), Bench()
    known = bench.witnesses["pers"]

    def both(body: bytes) -> Reply:
        lines = [added(body)[1].format(), known.add_checkpoint(body).body]
        return Reply(200, "text/plain", b"".join(lines if first else reversed(lines)))

    bench.broken = {"pers": both}
    portal.accept_numbers(0, 3)
    go(portal, bench)
    assert published(portal) == (3, set(NAMES))
    lines = Note.parse(portal.objects.objects["log/checkpoint"]).lines
    assert [len(line.signature) for line in lines] == [64, 72, 72, 72]


def test_a_witness_that_sends_only_the_newer_kind_is_silent_to_us() -> None:
    portal, bench = Portal(), Bench()
    bench.broken = {"pers": lambda body: Reply(200, "text/plain", added(body)[1].format())}
    portal.accept_numbers(0, 3)
    outcome = go(portal, bench)
    assert outcome.asked.silent == (
        ("pers", f"no cosignature: {NEWER}: no line of the witness's key"),
    )
    assert published(portal) == (3, {"partai", "kampus"})


def test_readers_ignore_such_lines_and_a_writer_keeps_them() -> None:
    portal, bench = Portal(), Bench()
    portal.accept_numbers(0, 3)
    go(portal, bench)
    note = Note.parse(portal.objects.objects["log/checkpoint"])
    more = [mldsa.cosign(note.text, name, SEED) for name in (ORIGIN, NEWER)]
    merged = note.merge(more).format()
    _, verified = open_checkpoint(merged, POLICY)
    assert set(verified) == {LOG_KEY, *(key(name) for name in NAMES)}
    assert meets(POLICY, verified)
    assert checkpoint.open_checkpoint(merged, ORIGIN, LOG_KEY).size == 3
    alone = Note(note.text, tuple(more))
    with pytest.raises(NotVerified, match="no signature of a known key"):
        checkpoint.open_checkpoint(alone.format(), ORIGIN, LOG_KEY)
    portal.objects.objects["log/checkpoint"] = merged
    assert not go(portal, bench).published
    assert portal.objects.objects["log/checkpoint"] == merged, "a line is never dropped"


def test_a_line_of_the_newer_kind_by_a_key_that_we_know_is_not_its_cosignature() -> None:
    """The key id says the kind: under the old id such bytes are a bad line of a known key."""
    portal, bench = Portal(), Bench()

    def disguised(body: bytes) -> Reply:
        line = added(body)[1]
        return Reply(
            200, "text/plain", SignatureLine(NEWER, key("pers").key_id, line.signature).format()
        )

    bench.broken = {"pers": disguised}
    portal.accept_numbers(0, 3)
    assert [name for name, _ in go(portal, bench).asked.silent] == ["pers"]
    assert published(portal) == (3, {"partai", "kampus"})


def test_a_policy_names_no_key_of_the_newer_kind() -> None:
    material = base64.b64encode(bytes([mldsa.KIND]) + mldsa.public(SEED)).decode()
    vkey = f"{NEWER}+{mldsa.key_id(NEWER, SEED).hex()}+{material}"
    with pytest.raises(Malformed, match=r"key kind 0x06|a key of kind"):
        Policy.of_lines([f"log {LOG_KEY.vkey}", f"witness pers {vkey}", "quorum pers"])
