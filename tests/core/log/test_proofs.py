"""Proofs made from published tiles, and proofs as files."""

from __future__ import annotations

import base64
import functools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.log.test_checkpoint import GOLDEN
from tests.core.log.test_merkle import LEAVES, mth, path, proof
from tests.portal.sequencing.builders import LOG_KEY, WITNESS_KEY, Portal

from rekap.core.errors import Malformed, NotVerified
from rekap.core.log.entry import leaf_hash
from rekap.core.log.merkle import verify_consistency, verify_inclusion
from rekap.core.log.policy import Policy
from rekap.core.log.ports import LogFiles
from rekap.core.log.proofs import HashReader, TlogProof, consistency_proof, inclusion_proof

POLICY = Policy.parse(f"log {LOG_KEY.vkey}\nwitness w {WITNESS_KEY.vkey}\nquorum w\n".encode())


@functools.cache
def portal(size: int) -> Portal:
    made = Portal()
    made.accept_numbers(0, size)
    made.run()
    return made


def files(size: int) -> LogFiles:
    return LogFiles(portal(size).objects)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 255, 256, 257, 300])
def test_proofs_from_tiles_are_those_of_the_definition(size: int) -> None:
    hashes = HashReader(files(size), size)
    for index in range(size):
        assert inclusion_proof(index, size, hashes) == path(index, 0, size)
    for old in range(1, size):
        assert consistency_proof(old, size, hashes) == proof(old, 0, size)
    assert consistency_proof(0, size, hashes) == consistency_proof(size, size, hashes) == []


def test_golden_proofs_of_size_1000() -> None:
    def ends(hashes: list[bytes]) -> list[str]:
        return [base64.b64encode(value).decode() for value in (hashes[0], hashes[-1])]

    included = inclusion_proof(777, 1000, files(1000))
    assert len(included) == 10
    assert ends(included) == [
        "B+seTZBmKkAIWXHVxBBzohfjl/4rIMb8eUwP5Ig96zg=",
        "1LIWJJXKYJ3AY5DTU8oMVRB3ZcYJ4CJut0fYkQXcjVU=",
    ]
    last = "6MgmnzELTtw8rMA7i5ACIDoiGZOiStSL9fx4+TYbM7Q="
    consistent = consistency_proof(300, 1000, files(1000))
    assert len(consistent) == 9
    assert ends(consistent) == ["HuZT7dMxMDThyAK3APZzd4QVHaFqkoVF7vgCSOKmc0o=", last]
    assert ends(consistency_proof(256, 1000, files(1000))) == [
        "fZWzJ1D0wS8NsHcq5PiUfOINRhZtmFwj+iCv6UvHlAs=",
        last,
    ]


def test_an_older_size_is_proved_from_newer_tiles_where_its_partials_are_gone() -> None:
    """Whoever deletes partial tiles keeps the full ones; a reader cuts them."""
    full = {
        path.removeprefix("log/"): data
        for path, data in portal(1000).objects.objects.items()
        if ".p/" not in path
    }

    class Full:
        def read(self, path: str) -> bytes | None:
            return full.get(path)

    assert inclusion_proof(100, 200, Full()) == path(100, 0, 200)
    with pytest.raises(Malformed, match="tile is missing"):
        inclusion_proof(100, 1000, Full())


def test_a_tile_of_the_wrong_length_is_malformed() -> None:
    class Cut:
        def read(self, path: str) -> bytes | None:
            return bytes(33)

    with pytest.raises(Malformed):
        inclusion_proof(0, 5, Cut())


def test_proofs_read_few_tiles() -> None:
    read: list[str] = []

    class Counting:
        def read(self, path: str) -> bytes | None:
            read.append(path)
            return files(1000).read(path)

    hashes = HashReader(Counting(), 1000)
    for index in range(512, 768):
        inclusion_proof(index, 1000, hashes)
    assert len(read) == len(set(read)) == 3


def test_many_tiles_do_not_fill_memory() -> None:
    read: list[str] = []

    class Same:
        def read(self, path: str) -> bytes | None:
            read.append(path)
            width = int(path.rpartition(".p/")[2]) if ".p/" in path else 256
            return bytes(32 * width)

    hashes = HashReader(Same(), 256 * 200)
    for n in range(200):
        hashes.node(0, 256 * n)
    assert len(hashes._tiles) == 64
    hashes.node(0, 256 * 136)
    hashes.node(0, 256 * 199)
    assert len(read) == 200, "the last ones are kept"
    hashes.node(0, 256 * 135)
    assert len(read) == 201


def test_misuse_is_a_value_error() -> None:
    for bad in (
        lambda: inclusion_proof(5, 5, files(300)),
        lambda: inclusion_proof(-1, 5, files(300)),
        lambda: inclusion_proof(1, 200, HashReader(files(300), 300)),
    ):
        with pytest.raises(ValueError):  # noqa: PT011
            bad()
    for old in (5, -1):
        with pytest.raises(ValueError, match="no proof from"):
            consistency_proof(old, 4, files(300))


def test_random_proofs_of_a_larger_log_verify() -> None:
    chance = random.Random(5)
    size = 1000
    hashes = HashReader(files(size), size)
    root = base64.b64decode(portal(size).objects.objects["log/checkpoint"].split(b"\n")[2])
    for _ in range(300):
        index = chance.randrange(size)
        verify_inclusion(
            index=index,
            size=size,
            leaf=leaf_hash(b"%d" % index),
            proof=inclusion_proof(index, size, hashes),
            root=root,
        )
        old = chance.randrange(1, 301)
        verify_consistency(
            old_size=old,
            old_root=mth(0, old),
            new_size=size,
            new_root=root,
            proof=consistency_proof(old, size, hashes),
        )


# ---------------------------------------------------------------- proofs as files


def golden() -> TlogProof:
    return TlogProof(777, tuple(inclusion_proof(777, 1000, files(1000))), GOLDEN)


def test_a_proof_file_round_trip() -> None:
    for value in (golden(), TlogProof(0, (), GOLDEN), TlogProof(5, (), GOLDEN, b"extra \xff")):
        assert TlogProof.parse(value.format()) == value
    assert golden().format().startswith(b"c2sp.org/tlog-proof@v1\nindex 777\nB+seTZBm")


def test_a_proof_file_verifies_against_a_policy() -> None:
    assert golden().verify(leaf_hash(b"777"), POLICY).size == 1000


def test_a_proof_file_is_refused() -> None:
    good = golden()
    with pytest.raises(NotVerified):
        good.verify(leaf_hash(b"778"), POLICY)
    for wrong in (
        TlogProof(778, good.hashes, GOLDEN),
        TlogProof(777, good.hashes[:-1], GOLDEN),
        TlogProof(777, (*good.hashes, LEAVES[0]), GOLDEN),
        TlogProof(1000, good.hashes, GOLDEN),
    ):
        with pytest.raises(NotVerified):
            wrong.verify(leaf_hash(b"777"), POLICY)
    unwitnessed = GOLDEN[: GOLDEN.rindex("— saksi".encode())]
    with pytest.raises(NotVerified, match="quorum"):
        TlogProof(777, good.hashes, unwitnessed).verify(leaf_hash(b"777"), POLICY)


H = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v1",
        "c2sp.org/tlog-proof@v1\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 1\n",
        "c2sp.org/tlog-proof@v2\nindex 1\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 01\n\nx",
        "c2sp.org/tlog-proof@v1\nindex -1\n\nx",
        "c2sp.org/tlog-proof@v1\nindex ١\n\nx",
        "c2sp.org/tlog-proof@v1\nindex  1\n\nx",
        "c2sp.org/tlog-proof@v1\nindex\n\nx",
        "c2sp.org/tlog-proof@v1\nextra\nindex 1\n\nx",
        "c2sp.org/tlog-proof@v1\nextra AB==\nindex 1\n\nx",
        "c2sp.org/tlog-proof@v1\nextra AA==\n\nx",
        "c2sp.org/tlog-proof@v1\nextra AA==\nextra AA==\nindex 1\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 1\nextra AA==\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx",
        f"c2sp.org/tlog-proof@v1\nindex 1\n{H[:-1]}\n\nx",
        f"c2sp.org/tlog-proof@v1\nindex 1\n{H} \n\nx",
        f"c2sp.org/tlog-proof@v1\r\nindex 1\r\n{H}\r\n\r\nx",
        "c2sp.org/tlog-proof@v1\nindex 1\n" + f"{H}\n" * 64 + "\nx",
        "c2sp.org/tlog-proof@v1\nindex 10000000000000000000\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 1\n\n" + "x" * 65_505,
    ],
)
def test_refuses_what_is_no_proof_file(text: str) -> None:
    with pytest.raises(Malformed):
        TlogProof.parse(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "c2sp.org/tlog-proof@v1\nindex 9999999999999999999\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 1\n" + f"{H}\n" * 63 + "\nx",
        "c2sp.org/tlog-proof@v1\nindex 1\n\n" + "x" * 65_504,
    ],
)
def test_takes_the_largest_proof_files(text: str) -> None:
    assert TlogProof.parse(text.encode()).format() == text.encode()


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_round_trip(data: bytes) -> None:
    for text in (data, b"c2sp.org/tlog-proof@v1\nindex 1\n" + data):
        try:
            parsed = TlogProof.parse(text)
        except Malformed:
            continue
        assert parsed.format() == text


def test_a_tile_that_is_asked_for_again_and_again_is_read_once() -> None:
    read: list[str] = []

    class Reader:
        def read(self, path: str) -> bytes:
            read.append(path)
            return bytes(32 * 256)

    hashes = HashReader(Reader(), 256 * 200)
    for n in range(100):
        hashes.node(0, 256 * n)
        hashes.node(0, 0)
    assert read.count("tile/0/000") == 1
    assert len(read) == 100


@pytest.mark.parametrize("hashes", [2, 4, 256])
def test_a_partial_tile_of_another_width_than_its_path_names_is_refused(hashes: int) -> None:
    class Reader:
        def read(self, path: str) -> bytes:
            assert path == "tile/0/000.p/3"
            return bytes(32 * hashes)

    with pytest.raises(Malformed):
        HashReader(Reader(), 3).node(0, 0)


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_proof_that_ends_before_its_checkpoint_is_refused(end: bytes) -> None:
    with pytest.raises(Malformed):
        TlogProof.parse(b"c2sp.org/tlog-proof@v1\nindex 0" + end)


def test_a_proof_with_an_empty_extra_line_keeps_it() -> None:
    data = b"c2sp.org/tlog-proof@v1\nextra \nindex 1\n\nx"
    proof = TlogProof.parse(data)
    assert (proof.extra, proof.format()) == (b"", data)
