"""The oracle finds what it is there to find."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from tests.check_log import History, check_log, signers_of_forms
from tests.portal.sequencing.builders import LOG_KEY, LOG_SIGNER, ORIGIN, Portal

from rekap.core import codec
from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.log.entry import leaf_hash
from rekap.core.signing import envelope, note
from rekap.core.signing.signer import derive


def grown(*sizes: int) -> Portal:
    portal, last = Portal(), 0
    for size in sizes:
        portal.accept_numbers(last, size)
        portal.run()
        last = size
    return portal


FILES = grown(3, 300, 520).objects.objects


def test_accepts_a_log_as_a_mapping_and_as_a_folder(tmp_path: Path) -> None:
    for path, data in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    entries = [b"%d" % number for number in range(520)]
    assert check_log(FILES, LOG_KEY.vkey) == entries
    assert check_log(tmp_path, LOG_KEY.vkey) == entries


@pytest.mark.parametrize("path", sorted(FILES))
@pytest.mark.parametrize("place", [0, 0.5, 1])
def test_finds_a_changed_byte_in_any_file(path: str, place: float) -> None:
    data = bytearray(FILES[path])
    data[int(place * (len(data) - 1))] ^= 1
    with pytest.raises((AssertionError, ValueError)):
        check_log({**FILES, path: bytes(data)}, LOG_KEY.vkey)


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/001", "tile/0/002.p/8", "tile/1/000.p/2"])
def test_finds_a_missing_file(path: str) -> None:
    files = {name: data for name, data in FILES.items() if name != f"log/{path}"}
    with pytest.raises((AssertionError, KeyError)):
        check_log(files, LOG_KEY.vkey)


def test_finds_a_file_that_was_published_and_is_gone_or_changed() -> None:
    history = History()
    check_log(FILES, LOG_KEY.vkey, history=history)
    partial = "log/tile/0/000.p/3"
    files = {name: data for name, data in FILES.items() if name != partial}
    with pytest.raises(AssertionError, match="is gone"):
        check_log(files, LOG_KEY.vkey, history=history)


def test_finds_a_log_that_shrank_or_forked() -> None:
    history = History()
    check_log(grown(5).objects.objects, LOG_KEY.vkey, history=history)
    fork = Portal()
    fork.accept_numbers(10, 16)
    fork.run()
    history.files.clear()
    with pytest.raises(AssertionError, match="another root"):
        check_log(fork.objects.objects, LOG_KEY.vkey, history=history)
    history.files.clear()
    with pytest.raises(AssertionError, match="shrank"):
        check_log(grown(4).objects.objects, LOG_KEY.vkey, history=history)


def test_finds_a_receipt_without_its_entry() -> None:
    inside, outside = leaf_hash(b"5").hex(), leaf_hash(b"nobody").hex()
    check_log(FILES, LOG_KEY.vkey, [inside])
    with pytest.raises(AssertionError, match="not in the log"):
        check_log(FILES, LOG_KEY.vkey, [inside, outside])
    text = f"{ORIGIN}/receipt\n{codec.b64encode(leaf_hash(b'nobody'))}\n".encode()
    receipt = note.sign(text, f"{ORIGIN}/receipt", LOG_SIGNER)
    with pytest.raises(AssertionError, match="not in the log"):
        check_log(FILES, LOG_KEY.vkey, [receipt])


def test_finds_an_entry_that_stands_twice() -> None:
    leaves = [leaf_hash(b"a")] * 2
    root = hashlib.sha256(b"\x01" + b"".join(leaves)).digest()
    files = {
        "log/checkpoint": sign_checkpoint(Checkpoint(ORIGIN, 2, root), LOG_SIGNER),
        "log/tile/0/000.p/2": b"".join(leaves),
        "log/tile/entries/000.p/2": b"\x00\x01a" * 2,
    }
    with pytest.raises(AssertionError, match="entry 1: is entry 0 again"):
        check_log(files, LOG_KEY.vkey)


def test_lists_the_distinct_persons_of_each_form_with_their_grants() -> None:
    ketua, anggota, stranger = (derive("seed", name) for name in ("ketua", "anggota", "stranger"))
    persons = [
        {
            "alg": signer.alg,
            "key": base64.b64encode(signer.public).decode(),
            "person": name,
            "position": name,
        }
        for name, signer in (("ketua", ketua), ("anggota", anggota))
    ]
    grant = codec.encode({"kind": "grant", "persons": persons})
    form = codec.encode({"kind": "form", "revision": 1})
    portal = Portal()
    portal.accept(envelope.sign(grant, [ketua]), at=0)
    portal.accept(envelope.sign(form, [ketua, stranger]), at=1)
    portal.accept(envelope.sign(form, [anggota]), at=2)
    portal.run()
    assert signers_of_forms(portal.objects.objects) == {
        envelope.statement_id(form): {"ketua": 0, "anggota": 0}
    }
