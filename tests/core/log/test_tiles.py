"""Bundles, tiles and their paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekap.core.errors import Malformed
from rekap.core.log import tiles
from rekap.core.log.entry import decode_bundle, encode_bundle, leaf_hash
from rekap.core.log.tiles import (
    ENTRIES,
    Tile,
    entries_path,
    parse_path,
    paths_for,
    tiles_for,
)

# ---------------------------------------------------------------- bundles


def test_the_full_form_of_a_partial_bundle_is_a_bundle() -> None:
    assert tiles.Tile(tiles.ENTRIES, 3, 7).full.path == "tile/entries/003"
    assert tiles.Tile(1, 3, 7).full.path == "tile/1/003"


def test_the_bytes_of_a_bundle() -> None:
    assert encode_bundle([b"0", b"1"]).hex(" ") == "00 01 30 00 01 31"
    assert leaf_hash(b"").hex() == (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_bundle_round_trip(entries: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(entries), len(entries)) == tuple(entries)


@given(st.binary(max_size=80), st.integers(1, 5))
def test_any_bytes_are_refused_or_a_bundle(data: bytes, count: int) -> None:
    try:
        entries = decode_bundle(data, count)
    except Malformed:
        return
    assert encode_bundle(entries) == data
    assert len(entries) == count


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (b"", 1),
        (b"\x00", 1),
        (b"\x00\x01", 1),
        (b"\x00\x02a", 1),
        (b"\x00\x01ab", 1),
        (b"\x00\x01a", 2),
        (b"\x00\x01a\x00", 1),
        (b"\x00\x01a\x00", 2),
        (b"\x00\x01a", 0),
        (b"", 0),
        (b"\x00\x00" * 257, 257),
    ],
)
def test_refuses_a_bundle(data: bytes, count: int) -> None:
    with pytest.raises(Malformed):
        decode_bundle(data, count)


def test_says_which_entry_is_cut() -> None:
    cut = encode_bundle([b"a", b"bc", b"d"])[:5]
    with pytest.raises(Malformed, match="the bundle ends inside entry 1 of 3"):
        decode_bundle(cut, 3)


def test_an_entry_has_at_most_65535_bytes() -> None:
    assert len(encode_bundle([bytes(65_535)])) == 65_537
    with pytest.raises(Malformed):
        encode_bundle([bytes(65_536)])


# ---------------------------------------------------------------- paths


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 999), "tile/0/999"),
        (Tile(0, 1000), "tile/0/x001/000"),
        (Tile(2, 1234067), "tile/2/x001/x234/067"),
        (Tile(0, 1234, 5), "tile/0/x001/234.p/5"),
        (Tile(1, 0, 255), "tile/1/000.p/255"),
        (Tile(ENTRIES, 0), "tile/entries/000"),
        (Tile(ENTRIES, 3, 232), "tile/entries/003.p/232"),
    ],
)
def test_paths(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse_path(path) == tile


@given(st.integers(-1, 7), st.integers(0, 2**55), st.integers(1, 256))
def test_path_round_trip(level: int, n: int, width: int) -> None:
    tile = Tile(level, n, width)
    assert parse_path(tile.path) == tile
    assert level >= 0 or tile.path == entries_path(n, width)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "checkpoint",
        "tile/0",
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/8/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/001/000",
        "tile/0/x1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/data/000",
        "tile/0/٠٠٠",
        "tile/0/x001/x234/x067",
    ],
)
def test_refuses_a_path(path: str) -> None:
    with pytest.raises(Malformed):
        parse_path(path)


@pytest.mark.parametrize(
    ("size", "count"),
    [
        (0, 0),
        (1, 2),
        (255, 2),
        (256, 3),
        (257, 5),
        (1000, 9),
        (65_536, 514),
        (70_000, 551),
    ],
)
def test_how_many_files_a_tree_has(size: int, count: int) -> None:
    paths = list(paths_for(size))
    assert len(paths) == len(set(paths)) == count


def test_the_check_table_of_70000() -> None:
    by_level: dict[int, list[int]] = {}
    for tile in tiles_for(70_000):
        by_level.setdefault(tile.level, []).append(tile.width)
    assert by_level[0] == by_level[ENTRIES] == [256] * 273 + [112]
    assert by_level[1] == [256, 17]
    assert by_level[2] == [1]


@given(st.integers(0, 3_000), st.integers(0, 3_000))
def test_new_tiles_are_what_the_larger_tree_has_and_the_smaller_lacks(one: int, two: int) -> None:
    old, new = sorted((one, two))
    assert list(tiles.new_tiles(old, new)) == [
        tile for tile in tiles_for(new) if tile not in set(tiles_for(old))
    ]


def test_appending_one_entry_to_a_huge_log_makes_few_files() -> None:
    assert len(list(tiles.new_tiles(256**4 - 1, 256**4))) == 6
    assert len(list(tiles.new_tiles(10**9, 10**9 + 1))) == 2


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 70_000])
def test_width_in(size: int) -> None:
    for tile in tiles_for(size):
        assert tiles.width_in(tile.level, tile.n, size) == tile.width
    assert tiles.width_in(0, size // 256 + 1, size) == 0


def test_a_tile_has_32_bytes_for_each_hash() -> None:
    assert tiles.split_hashes(bytes(64), 2) == [bytes(32)] * 2
    for data in (b"", bytes(31), bytes(33), bytes(96)):
        with pytest.raises(Malformed):
            tiles.split_hashes(data, 2)
