"""The tamper matrix: every kind of published file × every way to touch it is refuted by name.

Pages, twins, CSV, copies and proofs do not lean on each other, so thousands of them are changed at
once, and the audit must name exactly those: none is missed and nothing else is blamed. Files of the
log, `policy.txt` and `site.json` carry the others, so each is changed alone.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable

import pytest
from tests.verify.shelf import SIZE, audit, places, published

from rekap.signing import keys
from rekap.verify import signatures

CARRIERS = ("log/", "policy.txt", "site.json")
_mutations: dict[str, int] = {}
_verified: set[object] = set()


@pytest.fixture(autouse=True)
def _verify_signatures_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The entries are the same in most audits here: remember signatures that were verified."""

    def verify(public, message, signature, scope=None):
        if (public, message, signature) not in _verified:
            keys.verify(public, message, signature, scope)
            _verified.add((public, message, signature))

    monkeypatch.setattr(signatures, "verify", verify)


def _count(name: str, number: int) -> None:
    _mutations[name] = _mutations.get(name, 0) + number


def _flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "flip the first byte": lambda data: _flip(data, 0),
    "flip the middle byte": lambda data: _flip(data, len(data) // 2),
    "flip the last byte": lambda data: _flip(data, len(data) - 1),
    "flip a byte near the end": lambda data: _flip(data, len(data) * 7 // 8),
    "cut one byte": lambda data: data[:-1],
    "cut half": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "one more byte": lambda data: data + b"\n",
}


def _leaves() -> list[str]:
    files, _, _ = published()
    return sorted(path for path in files if not path.startswith(CARRIERS))


def _carriers() -> list[str]:
    files, _, _ = published()
    return sorted(path for path in files if path.startswith(CARRIERS))


def _kind(path: str) -> str:
    return re.sub("[0-9]+", "N", path)


@pytest.mark.parametrize("change", CHANGES)
def test_every_changed_file_is_named_and_no_other(change: str) -> None:
    files, _, _ = published()
    touched = {p: CHANGES[change](files[p]) for p in _leaves() if files[p]}
    report = audit({**files, **touched})
    assert report.status == 1
    assert places(report) == set(touched)
    _count(change, len(touched))


@pytest.mark.parametrize("part", range(2))
def test_every_missing_file_is_named_and_no_other(part: int) -> None:
    files, _, _ = published()
    gone = set(_leaves()[part::2])
    report = audit({path: data for path, data in files.items() if path not in gone})
    assert report.status == 1
    assert places(report) == gone
    _count("delete", len(gone))


def _other_name(path: str) -> str:
    if path.endswith(".tlog-proof"):
        return re.sub("[0-9]+", lambda found: str(int(found[0]) + SIZE), path)
    folder, _, name = path.rpartition("/")
    return f"{folder}/salinan-{name}" if folder else f"salinan-{name}"


def test_every_copy_under_another_name_is_named() -> None:
    files, _, _ = published()
    copies = {_other_name(path): files[path] for path in _leaves()}
    assert len(copies) == len(_leaves())
    report = audit({**files, **copies})
    assert report.status == 1
    assert places(report) == set(copies)
    _count("copy", len(copies))


@pytest.mark.parametrize("seed", range(2))
def test_both_of_two_swapped_files_are_named(seed: int) -> None:
    files, _, _ = published()
    groups: dict[str, list[str]] = {}
    for path in _leaves():
        groups.setdefault(_kind(path) if seed else "", []).append(path)
    swapped: dict[str, bytes] = {}
    for group in groups.values():
        random.Random(seed).shuffle(group)
        for one, other in zip(group[::2], group[1::2], strict=False):
            if files[one] != files[other]:
                swapped |= {one: files[other], other: files[one]}
    report = audit({**files, **swapped})
    assert report.status == 1
    assert places(report) == set(swapped)
    _count("swap", len(swapped) // 2)


def test_every_stale_file_is_named() -> None:
    files, earlier, _ = published()
    stale = {p: earlier[p] for p in _leaves() if p in earlier and earlier[p] != files[p]}
    assert {_kind(path) for path in stale} >= {"buku-besar/index.html", "bukti/N/index.json"}
    report = audit({**files, **stale})
    assert report.status == 1
    assert places(report) == set(stale)
    _count("stale", len(stale))


@pytest.mark.parametrize(
    "path",
    ["halaman.html", "log/tile/halaman", "log/tile/0/009", "log/tile/entries/001.p/200",
     "log/tile/0/000.p/300", "log/checkpoint.old", "bukti/01.json", "bukti/280.json",
     "bukti/280/index.html", "bukti/280.tlog-proof", "pemilihan-contoh/index.htm", "en/index.html",
     "pemilihan-contoh/gubernur-90/01/01/1001/009/index.html", ".htaccess", "state/head"],
)  # fmt: skip
def test_an_extra_file_is_named(path: str) -> None:
    files, _, _ = published()
    for content in (b"", b"isi", files["log/checkpoint"]):
        report = audit({**files, path: content})
        assert report.status == 1, path
        assert places(report) == {path}
    _count("extra", 3)


@pytest.mark.parametrize("change", [*CHANGES, "delete"])
def test_every_touched_carrier_is_named(change: str) -> None:
    files, _, _ = published()
    for path in _carriers():
        changed = dict(files)
        if change == "delete":
            del changed[path]
        else:
            changed[path] = CHANGES[change](files[path])
        report = audit(changed)
        assert report.status == 1, path
        assert path in places(report), (path, report.as_json())
        _count(change, 1)


@pytest.mark.parametrize("path", ["log/checkpoint", "site.json", "policy.txt"])
def test_every_single_byte_of_a_small_carrier_counts(path: str) -> None:
    files, _, _ = published()
    for at in range(0, len(files[path]), 7):
        report = audit({**files, path: _flip(files[path], at)})
        assert report.status == 1, at
        assert path in places(report), at
        _count("flip in a small carrier", 1)


def test_a_bit_anywhere_in_a_tile_or_bundle_is_found() -> None:
    files, _, _ = published()
    for path in (p for p in _carriers() if "/tile/" in p):
        for at in random.Random(path).sample(range(len(files[path])), 4):
            report = audit({**files, path: _flip(files[path], at)})
            assert report.status == 1, (path, at)
            assert places(report) == {path}, at
            _count("flip in a tile", 1)


def test_swapped_carriers_are_both_named() -> None:
    files, _, _ = published()
    carriers = [path for path in _carriers() if "/tile/" in path]
    for one, other in itertools.pairwise(carriers):
        report = audit({**files, one: files[other], other: files[one]})
        assert report.status == 1
        assert {one, other} <= places(report), (one, other)
        _count("swap", 1)


def test_a_tile_copied_to_another_place_is_named() -> None:
    files, _, _ = published()
    for path in (p for p in _carriers() if "/tile/" in p):
        for name in ("log/tile/0/002", "log/tile/entries/000.p/7", "log/tile/2/000.p/1"):
            report = audit({**files, name: files[path]})
            assert report.status == 1, (path, name)
            assert places(report) == {name}
            _count("copy", 1)


def test_a_stale_checkpoint_is_named() -> None:
    files, earlier, _ = published()
    report = audit({**files, "log/checkpoint": earlier["log/checkpoint"]})
    assert report.status == 1
    assert {"log/checkpoint", "site.json"} <= places(report)
    _count("stale", 1)


def test_a_stale_claim_is_named_by_the_bulk_data_that_it_does_not_speak_of() -> None:
    files, earlier, _ = published()
    report = audit({**files, "site.json": earlier["site.json"]})
    assert report.status == 1
    assert places(report) == {"site.json"}
    ahead = {failure.place for failure in report.ahead}
    new = {path for path in files if files[path] != earlier.get(path)}
    assert ahead == {p for p in new if p != "site.json" and not p.startswith("log/")} - {
        path for path in files if "/data/" in path
    }
    _count("stale", 1)


def test_two_wrong_files_of_the_log_are_both_named() -> None:
    files, _, _ = published()
    tile, bundle = "log/tile/0/000", "log/tile/entries/001.p/24"
    touched = {tile: _flip(files[tile], 99), bundle: _flip(files[bundle], 99)}
    report = audit({**files, **touched})
    assert report.status == 1
    assert places(report) == set(touched)
    touched = {
        "log/tile/entries/000": _flip(files["log/tile/entries/000"], 99),
        "log/tile/0/001.p/24": _flip(files["log/tile/0/001.p/24"], 99),
    }
    report = audit({**files, **touched})
    assert places(report) == set(touched)


def test_the_matrix_is_large_enough() -> None:
    print(_mutations)
    if len(_mutations) > 10:
        assert sum(_mutations.values()) >= 5_000
