"""What is missing in a contest, and where its levels differ, held against the pages of places."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from typing import Any

import pytest
from tests.core.ledger.night import Night
from tests.core.statements import builders

from rekap.core.pages.site import Site

DATA = f"{builders.ELECTION}/data/"
OWN = f"{DATA}{builders.CONTEST}/"


def _site(seed: int) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The bulk files of a night, and the twins of its regions, TPS and lists by address."""
    night = Night(seed)
    for _ in range(60):
        night.step()
    site = Site(night.state, lambda index: night.entries[index])
    start = f"{builders.ELECTION}/{builders.CONTEST}/"
    found = [a for a in site.addresses() if a.startswith(start)]
    twins = [json.loads(json.dumps(twin)) for a in found for twin in site._page(a)[0]]
    return dict(site.bulk()), {twin["address"]: twin for twin in twins}


@pytest.fixture(scope="module")
def nights() -> list[tuple[dict[str, bytes], dict[str, Any]]]:
    return [_site(seed) for seed in range(18)]


def _rows(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    rows = list(csv.DictReader(io.StringIO(files[f"{DATA}{name}"].decode())))
    return [row for row in rows if row["contest"] == builders.CONTEST]


def test_what_is_missing_is_what_the_lists_of_the_kecamatan_say(nights) -> None:
    seen = 0
    for files, twins in nights:
        regions = [twin for twin in twins.values() if twin["page"] == "region"]
        gone = {kid["code"] for twin in regions for kid in twin["children"] if not kid["listed"]}
        lists = [
            twin
            for twin in twins.values()
            if twin["page"] == "missing" and twin["region"]["code"] not in gone
        ]
        wanted = {
            (kelurahan["code"], tps["tps"])
            for twin in lists
            for kelurahan in twin["kelurahan"]
            for tps in kelurahan["missing"]
        }
        rows = _rows(files, "missing.csv")
        assert {(row["region"], row["tps"]) for row in rows} == wanted
        page = json.loads(files[f"{OWN}belum-masuk/index.json"])
        assert (
            page["stations"]["absent"]
            == sum(int(row["missing"]) for row in rows)
            == sum(k["missing"] for k in page["kecamatan"])
        )
        named = [tps["address"] for k in page["kecamatan"] for tps in k["tps"]]
        assert [twins[address]["status"] for address in named] == [
            "waiting" if row["waiting"] == "1" else "missing" for row in rows
        ]
        seen += len(rows)
    assert seen > 8


def _is_told(twin: dict[str, Any]) -> bool:
    """A region that differs, or is incomplete while its children do not tell where."""
    state = twin["comparison"]["state"]
    kids = [
        kid for kid in twin["children"] if kid["listed"] and twin["region"]["level"] != "kelurahan"
    ]
    told = bool(kids) and all(kid["certified"] for kid in kids)
    return state == "different" or (state == "incomplete" and not told)


def _shown(twins: dict[str, Any]) -> Counter[tuple[str, str, str, str, int]]:
    """(form, region, child, field, difference) of all that the pages of regions show."""
    shown: Counter[tuple[str, str, str, str, int]] = Counter()
    for twin in twins.values():
        if twin["page"] == "region" and _is_told(twin):
            form, code = twin["certified"]["form"], twin["region"]["code"]
            for field, gap in twin["comparison"]["difference"].items():
                shown[form, code, "", field, gap] += bool(gap)
        column = twin.get("column")
        if column and column["difference"]:
            child = twin["tps"] if twin["page"] == "tps" else twin["region"]["code"]
            for field, gap in column["difference"].items():
                shown[column["form"], column["region"]["code"], child, field, gap] += 1
    return +shown


def test_differences_are_those_of_the_pages_the_largest_first(nights) -> None:
    rules: Counter[str] = Counter()
    for files, twins in nights:
        rows = _rows(files, "differences.csv")
        found = Counter(
            (row["form"], row["region"], row["child"], row["field"], int(row["difference"]))
            for row in rows
        )
        assert found == _shown(twins)
        assert all(
            int(row["above"]) - int(row["below"]) == int(row["difference"]) != 0 for row in rows
        )
        page = json.loads(files[f"{OWN}selisih/index.json"])
        sizes = [(one["apart"], one["largest"]) for one in page["gaps"]]
        assert sizes == sorted(sizes, reverse=True)
        assert all(one["place"]["address"] in twins for one in page["gaps"])
        assert sum(len(one["figures"]) for one in page["gaps"]) == len(rows)
        assert page["counts"]["incomplete"] == sum(one["rule"] is None for one in page["gaps"])
        assert page["counts"]["open"] + page["counts"]["incomplete"] == sum(
            not one["explanation"] for one in page["gaps"]
        )
        rules.update(one["rule"] for one in page["gaps"])
    assert {"X1", "D1", None} <= rules.keys()


def test_the_page_of_the_data_says_how_large_each_table_is(nights) -> None:
    files, _ = nights[0]
    page = json.loads(files[f"{DATA}index.json"])
    for table in page["tables"]:
        data = files[f"{DATA}{table['file']}"]
        assert table["bytes"] == len(data)
        assert table["rows"] == len(list(csv.reader(io.StringIO(data.decode())))) - 1
    package = json.loads(files[f"{DATA}datapackage.json"])
    assert [one["file"] for one in page["tables"]] == [one["path"] for one in package["resources"]]
    assert (page["as_of"], page["root"]) == (package["size"], package["root"])
    assert f'content="{page["as_of"]}"'.encode() in files[f"en/{DATA}index.html"]


def test_a_provinsi_shows_every_kecamatan_as_its_kabko_does(nights) -> None:
    seen = 0
    for _, twins in nights:
        whole = twins[f"{builders.ELECTION}/{builders.CONTEST}/"]
        below = [
            {**kid, "above": kabko["name"]}
            for kabko in whole["children"]
            for kid in twins[kabko["address"]]["children"]
        ]
        found = whole["kecamatan_below"]
        assert [one["code"] for one in found] == [one["code"] for one in below]
        for one, kid in zip(found, below, strict=True):
            figures, said = (
                {
                    field: votes
                    for field, votes in (kid[name] or {}).items()
                    if re.fullmatch(r"pair_\d+|valid|invalid", field)
                }
                for name in ("figures", "sum")
            )
            kept = {name: kid[name] for name in one}
            assert one == {**kept, "figures": figures or None, "sum": said}
            seen += bool(figures)
    assert seen
