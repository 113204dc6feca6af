"""The tree against its recursive definition, other people's vectors, and golden roots."""

from __future__ import annotations

import base64
import functools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekap.core.errors import NotVerified
from rekap.core.log.entry import leaf_hash
from rekap.core.log.merkle import (
    EMPTY_ROOT,
    Frontier,
    node_hash,
    subtrees,
    verify_consistency,
    verify_inclusion,
)

PUBLIC = json.loads((Path(__file__).parents[2] / "vectors/public/merkle-proofs.json").read_text())
LEAVES = [leaf_hash(b"%d" % number) for number in range(300)]


@functools.cache
def mth(start: int, end: int) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if end == start:
        return EMPTY_ROOT
    if end - start == 1:
        return LEAVES[start]
    middle = start + half(end - start)
    return node_hash(mth(start, middle), mth(middle, end))


def half(width: int) -> int:
    return 1 << ((width - 1).bit_length() - 1)


def path(index: int, start: int, end: int) -> list[bytes]:
    """RFC 6962 section 2.1.1."""
    if end - start == 1:
        return []
    middle = start + half(end - start)
    if index < middle:
        return [*path(index, start, middle), mth(middle, end)]
    return [*path(index, middle, end), mth(start, middle)]


def proof(old: int, start: int, end: int, known: bool = True) -> list[bytes]:
    """RFC 6962 section 2.1.2; `old` counts from 0."""
    if old == end:
        return [] if known else [mth(start, end)]
    middle = start + half(end - start)
    if old <= middle:
        return [*proof(old, start, middle, known), mth(middle, end)]
    return [*proof(old, middle, end, False), mth(start, middle)]


def test_the_eight_leaf_vector() -> None:
    """The roots that every implementation of RFC 6962 knows."""
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
    leaves.append("606162636465666768696a6b6c6d6e6f")
    roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    frontier = Frontier()
    assert frontier.root() == EMPTY_ROOT
    for leaf, root in zip(leaves, roots, strict=True):
        frontier = frontier.append(leaf_hash(bytes.fromhex(leaf)))
        assert frontier.root().hex() == root


@pytest.mark.parametrize(
    ("size", "root"),
    [
        (1, "2zQm6HgGjSjSabbIcXIyLOU3K2V1bQeJAB00g19gHAM="),
        (2, "ywCYnZSlacCmeK4EK2Pc1GJduWRAUX83put5duok7Us="),
        (3, "cl1SMNto9VdHDcNfHYhlgTrNfrsHrRUndBQd7LrnEyc="),
        (255, "Mvhbyqh9e80Fco8J6a66NQumovczgwCH8Fl2goSL5cs="),
        (256, "goUV0DPBnYyQHzfsy4rtkZZncDSG+NL/8c9wQDIcXbE="),
        (257, "HtoEmkNR2G92JSvX7At3Rq11t/oDFq1fVB29pFijEsQ="),
        (1000, "Y4r6mAIpJbrP3a2xXvIv0BmcGsmcKXO2FYJD0T/OBcI="),
    ],
)
def test_golden_roots(size: int, root: str) -> None:
    frontier = Frontier().extend(leaf_hash(b"%d" % number) for number in range(size))
    assert base64.b64encode(frontier.root()).decode() == root


def test_the_frontier_gives_the_defined_root_at_every_size() -> None:
    frontier = Frontier()
    for size in range(300):
        assert frontier.root() == mth(0, size)
        assert len(frontier.hashes) == size.bit_count()
        frontier = frontier.append(LEAVES[size])
    assert frontier == Frontier().extend(LEAVES)


@pytest.mark.parametrize("size", [1, 255, 65_535, 65_537, 823_236, 2**40 + 2**17 + 5, 2**63 - 1])
def test_a_log_of_a_whole_country_splits_into_subtrees_without_a_gap(size: int) -> None:
    end, above = 0, 64
    for level, index in subtrees(size):
        assert level < above, "largest first"
        assert index << level == end, "each begins where the one before ended"
        end, above = (index + 1) << level, level
    assert end == size


@pytest.mark.parametrize("bad", [(-1, ()), (1, ()), (2, (b"x",) * 2)])
def test_a_frontier_has_one_hash_for_each_bit(bad) -> None:
    with pytest.raises(ValueError, match="frontier"):
        Frontier(*bad)


def test_every_inclusion_proof_to_size_300() -> None:
    for size in range(1, 301):
        root = mth(0, size)
        for index in range(size):
            verify_inclusion(
                index=index,
                size=size,
                leaf=LEAVES[index],
                proof=path(index, 0, size),
                root=root,
            )


def test_every_consistency_proof_to_size_300() -> None:
    for new in range(301):
        for old in range(new + 1):
            hashes = [] if old in (0, new) else proof(old, 0, new)
            verify_consistency(
                old_size=old,
                old_root=mth(0, old),
                new_size=new,
                new_root=mth(0, new),
                proof=hashes,
            )


def accepts(check, **arguments) -> bool:
    try:
        check(**arguments)
    except NotVerified:
        return False
    return True


def corrupted(hashes: list[bytes], bit: int = 0) -> list[list[bytes]]:
    """Proofs that are too short, too long, out of order, or differ in one bit."""
    bad = [[*hashes, LEAVES[0]], [LEAVES[0], *hashes], [*hashes, b"short"]]
    for at, value in enumerate(hashes):
        flipped = bytearray(value)
        flipped[bit // 8] ^= 1 << bit % 8
        bad.append([*hashes[:at], bytes(flipped), *hashes[at + 1 :]])
        bad.append([*hashes[:at], *hashes[at + 1 :]])
        bad.append([*hashes[:at], value[:31], *hashes[at + 1 :]])
        bad.append([*hashes[:at], value + b"\x00", *hashes[at + 1 :]])
    if len(hashes) > 1:
        bad.append(hashes[::-1])
    return bad


@given(st.integers(1, 300), st.integers(0, 299), st.integers(0, 255))
def test_refuses_wrong_inclusion_proofs(size: int, index: int, bit: int) -> None:
    index %= size
    hashes, root, leaf = path(index, 0, size), mth(0, size), LEAVES[index]
    good = {"index": index, "size": size, "leaf": leaf, "proof": hashes, "root": root}
    assert accepts(verify_inclusion, **good)
    for bad in corrupted(hashes, bit):
        assert not accepts(verify_inclusion, **{**good, "proof": bad})
    for change in (
        {"index": size},
        {"index": -1},
        {"size": 0},
        {"leaf": leaf[:31]},
        {"root": root + b"\x00"},
        {"root": bytes(32)},
        {"leaf": bytes(32)},
    ):
        assert not accepts(verify_inclusion, **{**good, **change})
    for other in range(size):
        if other != index:
            assert not accepts(verify_inclusion, **{**good, "index": other})


@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 255))
def test_refuses_wrong_consistency_proofs(one: int, two: int, bit: int) -> None:
    old, new = sorted((one, two))
    if old == new:
        return
    hashes = proof(old, 0, new)
    good = {
        "old_size": old,
        "old_root": mth(0, old),
        "new_size": new,
        "new_root": mth(0, new),
        "proof": hashes,
    }
    assert accepts(verify_consistency, **good)
    for bad in corrupted(hashes, bit):
        assert not accepts(verify_consistency, **{**good, "proof": bad})
    for change in (
        {"old_root": bytes(32)},
        {"new_root": bytes(32)},
        {"old_root": mth(0, old)[:31]},
        {"old_size": new, "new_size": old},
        {"old_size": -1},
        {"old_size": new},
        {"old_size": 0},
        {"new_size": old},
    ):
        assert not accepts(verify_consistency, **{**good, **change})


def test_the_empty_tree_has_one_root() -> None:
    good = {"old_size": 0, "new_size": 5, "new_root": mth(0, 5), "proof": []}
    assert accepts(verify_consistency, old_root=EMPTY_ROOT, **good)
    assert not accepts(verify_consistency, old_root=bytes(32), **good)
    zero = {"old_size": 0, "old_root": EMPTY_ROOT, "new_size": 0, "proof": []}
    assert accepts(verify_consistency, new_root=EMPTY_ROOT, **zero)
    assert not accepts(verify_consistency, new_root=bytes(32), **zero)


def test_says_how_many_hashes_are_wanted() -> None:
    with pytest.raises(NotVerified, match="proof has 1 hashes, want 2"):
        verify_inclusion(index=0, size=3, leaf=LEAVES[0], proof=[LEAVES[1]], root=mth(0, 3))


def decoded(case: dict, *names: str) -> list[bytes]:
    return [base64.b64decode(case[name] or "") for name in names]


@pytest.mark.parametrize("case", PUBLIC["inclusion"], ids=lambda case: case["name"])
def test_public_inclusion_vectors(case: dict) -> None:
    leaf, root = decoded(case, "leafHash", "root")
    hashes = [base64.b64decode(value) for value in case["proof"] or ()]
    answer = accepts(
        verify_inclusion,
        index=case["leafIdx"],
        size=case["treeSize"],
        leaf=leaf,
        proof=hashes,
        root=root,
    )
    assert answer != case["wantErr"]


@pytest.mark.parametrize("case", PUBLIC["consistency"], ids=lambda case: case["name"])
def test_public_consistency_vectors(case: dict) -> None:
    old_root, new_root = decoded(case, "root1", "root2")
    if old_root == new_root == b"don't care 2":
        # Two equal roots that are no hashes: theirs compares them, ours refuses the length.
        case = {**case, "wantErr": True}
    hashes = [base64.b64decode(value) for value in case["proof"] or ()]
    answer = accepts(
        verify_consistency,
        old_size=case["size1"],
        old_root=old_root,
        new_size=case["size2"],
        new_root=new_root,
        proof=hashes,
    )
    assert answer != case["wantErr"]
