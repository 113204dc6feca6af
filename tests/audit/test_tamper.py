"""The tamper matrix, run: every kind of file × every way to touch it is refuted by name.

`REKAP_SOAK=all` takes many more mutations of each cell (`make soak` prints the figures); the seed
is REKAP_SEED.
"""

from __future__ import annotations

from functools import cache

import pytest
from tests.audit.matrix import (
    COLUMNS,
    Site,
    Touched,
    apply,
    carries,
    cell,
    kind_of,
    rows,
    together,
)
from tests.audit.shelf import audit, history, places, published
from tests.soak import SEED, SOAK

from rekap.audit import later
from rekap.core.log.status import STATUS, STOPPED, Status

pytestmark = pytest.mark.usefixtures("remembered")

LEAVES, CARRIERS = (700, 200) if SOAK else (20, 4)
"""Mutations of each cell."""
MANY = 50
"""Swaps and copies that every cell must have at least."""


@cache
def site() -> Site:
    files, _, _ = published()
    return Site.of(files, *history())


def _kinds(*, carrying: bool) -> list[str]:
    return [kind for kind, paths in site().rows.items() if carries(paths[0]) == carrying]


def test_every_published_file_has_a_row() -> None:
    named = set(site().rows)
    assert named >= {
        "checkpoint", "policy.txt", "site.json", "bundle", "partial bundle", "tile of level 0",
        "partial tile of level 0", "partial tile of level 1", "proof", "copy of an entry",
        "page tps (id)", "twin tps (id)", "page statement (id)", "bulk forms.csv",
        "bulk datapackage.json", "table forms.csv", "404.html",
    }  # fmt: skip
    assert sum(map(len, site().rows.values())) == len(published()[0])


@pytest.mark.parametrize("path", ["log/index", "log/tile/0/1", "log/bukti/000", "log/tile/x/000"])
def test_a_new_sort_of_file_of_the_log_stops_the_matrix(path: str) -> None:
    with pytest.raises(LookupError, match="no row"):
        rows({**published()[0], path: b""})


def test_languages_assets_and_bulk_files_to_come_are_rows_of_their_own() -> None:
    files = {
        "en/a/b/index.html": b"", "a/b/index.json": b'{"page":"tps"}', "aset/peta.9f86.svg": b"",
        "p/data/forms.parquet": b"", "p/data/cdf/results.json": b"", "en/index.html": b"",
        "index.json": b'{"page":"portal"}', "p/c/71/06/suara.csv": b"", "p/c/71/umpan.xml": b"",
        "en/404.html": b"", "cara/x/index.html": b"",
    }  # fmt: skip
    assert [kind_of(path, files) for path in sorted(files)] == [
        "twin tps (id)", "asset svg", "cara/x/index.html", "404.html (en)", "page tps (en)",
        "page portal (en)", "twin portal (id)", "table suara.csv", "p/c/N/umpan.xml",
        "bulk results.json", "bulk forms.parquet",
    ]  # fmt: skip


@pytest.mark.parametrize("column", COLUMNS)
def test_every_touched_file_is_named_and_no_other(
    column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(later, "NAMED", 1_000_000)  # the long run adds more files than are named
    cells = {kind: cell(site(), kind, column, LEAVES, SEED) for kind in _kinds(carrying=False)}
    _check_sizes(column, cells, LEAVES)
    for gathered in together(cells):
        touched = {path: data for _, one in gathered for path, data in one.items()}
        report = audit(apply(site().files, touched))
        assert report.status == 1
        assert places(report) == set(touched), places(report) ^ set(touched)


def _carried() -> list[tuple[str, str]]:
    names = ["checkpoint", "policy.txt", "site.json"]
    names += [f"{p}{w}" for w in ("bundle", "tile of level 0") for p in ("", "partial ")]
    return [(kind, column) for kind in [*names, "partial tile of level 1"] for column in COLUMNS]


@pytest.mark.parametrize(("kind", "column"), _carried())
def test_every_touched_carrier_is_named(kind: str, column: str) -> None:
    mutations = cell(site(), kind, column, CARRIERS, SEED)
    _check_sizes(column, {kind: mutations}, CARRIERS)
    for touched in mutations:
        report = audit(apply(site().files, touched))
        if _only_behind(touched):
            assert report.status == 2, touched
            assert not report.undecided
        else:
            assert report.status == 1, touched
            assert set(touched) <= places(report), (set(touched), report.as_json())
        if all("/tile/" in path for path in touched):
            assert places(report) == set(touched)


def test_a_status_that_was_touched_is_named_or_says_something_else_and_blames_nobody() -> None:
    """Nobody signs it: another reason in the right form cannot be told from the writer's own."""
    true = Status(published()[2].origin, STOPPED, "HEAD.next 3 is below TREE.size 5").format()
    files = {**site().files, STATUS: true}
    assert kind_of(STATUS, files) == "status"
    changed = Site.of(files)
    for column in ("flip", "truncate"):
        for touched in cell(changed, "status", column, MANY, SEED):
            assert places(audit(apply(files, touched), pages=0)) <= {STATUS}
            assert column == "flip" or places(audit(apply(files, touched), pages=0))


def test_no_carrier_is_left_out() -> None:
    assert {kind for kind, _ in _carried()} == set(_kinds(carrying=True))


def _only_behind(touched: Touched) -> bool:
    """Tell whether this is what a cut publisher leaves: an older `site.json`, all else new.

    Bulk data must then be those that the older one speaks of; if not, it is refuted by them.
    """
    older = [before for before in history() if before.get("site.json") == touched.get("site.json")]
    bulk = {path for path in site().files if "/data/" in path}
    return any(all(before.get(p) == site().files[p] for p in bulk) for before in older)


def _check_sizes(column: str, cells: dict[str, list[Touched]], wanted: int) -> None:
    """A cell has fewer mutations than wanted only if its files give no more."""
    for kind, mutations in cells.items():
        assert len(mutations) >= min(wanted, _possible(column, site().rows[kind])), (kind, column)


def _possible(column: str, paths: list[str]) -> int:
    octets = sum(len(site().files[path]) for path in paths)
    if column == "stale":
        pairs = ((path, before.get(path)) for path in paths for before in history())
        return len({(p, data) for p, data in pairs if data not in (None, site().files[p])})
    return {"flip": 8 * octets, "truncate": octets, "delete": len(paths)}.get(column, MANY)


def test_the_untouched_site_and_every_earlier_one_are_proved() -> None:
    for files in (*history(), published()[0]):
        report = audit(files)
        assert report.sound, report.as_json()


def test_the_matrix_is_large_enough() -> None:
    """Says the figures where somebody reads them (`pytest -rP`)."""
    by_column = {
        column: sum(
            len(cell(site(), kind, column, CARRIERS if carries(paths[0]) else LEAVES, SEED))
            for kind, paths in site().rows.items()
        )
        for column in COLUMNS
    }
    total = sum(by_column.values())
    print(f"tamper matrix: {total} mutations of {len(site().rows)} kinds, seed {SEED}: {by_column}")
    assert total >= (250_000 if SOAK else 2_500)
