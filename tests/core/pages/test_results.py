"""results.csv says what the pages of the regions say, in rows that add up."""

from __future__ import annotations

import csv
import io
from typing import Any

from tests.core.ledger.night import Night
from tests.core.statements import builders

from rekap.core.pages.data.results import COLUMNS, MILLION, share
from rekap.core.pages.site import Site
from rekap.core.pages.twins import figures

E = builders.ELECTION


def _site(seed: int) -> tuple[list[dict[str, str]], dict[str, Any]]:
    night = Night(seed, mode="replay" if seed % 2 else "rehearsal")
    for _ in range(50):
        night.step()
    site = Site(night.state, lambda index: night.entries[index])
    data = dict(site.bulk())[f"{E}/data/results.csv"].decode()
    twins = [twin for a in site.addresses() for twin in site._page(a)[0]]
    regions = {
        (twin["contest"]["id"], twin["region"]["code"]): twin
        for twin in twins
        if twin["page"] == "region" and twin["election"]["id"] == E
    }
    return list(csv.DictReader(io.StringIO(data))), regions


def test_rows_are_the_results_of_the_pages() -> None:
    seen = 0
    for seed in range(6):
        rows, regions = _site(seed)
        for row in rows:
            twin = regions[row["contest"], row["region"]]
            number, result = int(row["number"]), twin["result"]
            (one,) = (pair for pair in result["pairs"] if pair["number"] == number)
            assert row["votes"] == ("" if one["votes"] is None else str(one["votes"]))
            assert row["basis"] == result["basis"]
            assert row["state"] == twin["comparison"]["state"]
            top = regions[row["contest"], twin["contest"]["region"]]
            assert row["standing"] == top["standing"]["state"]
            assert int(row["counted"]) == twin["sum"]["counted"]
            assert row["name"] == twin["region"]["name"]
            seen += 1
        told = {(row["contest"], row["region"]) for row in rows}
        assert {key for key in told if regions[key]["result"]["basis"] is None} == set()
    assert seen > 20


def test_shares_are_integers_that_add_up() -> None:
    for seed in range(6):
        rows, _ = _site(seed)
        shares: dict[tuple[str, str], list[int]] = {}
        for row in rows:
            assert tuple(row) == COLUMNS
            if row["share"]:
                assert abs(int(row["share"]) * int(row["valid"]) - MILLION * int(row["votes"])) <= (
                    int(row["valid"])
                )
                shares.setdefault((row["contest"], row["region"]), []).append(int(row["share"]))
        assert shares


def test_a_share_never_rounds_across_none_half_or_all() -> None:
    valid = 29_999_999
    assert share(14_999_999, valid) == 499_999
    assert share(15_000_000, valid) == 500_001
    assert share(1, valid) == 1
    assert share(valid - 1, valid) == 999_999
    for exact, said in ((0, 0), (valid, MILLION)):
        assert share(exact, valid) == said
    assert share(50, 100) == MILLION // 2
    assert share(1, 3) == 333_333
    assert share(2, 3) == 666_667


def test_what_some_forms_do_not_say_is_no_share_of_what_all_say() -> None:
    """A replay's source may lack figures of a form: the sums stay, and nothing is made of them."""
    contest = {"pairs": [{"number": 1}, {"number": 2}], "region": "90", "win": "most"}
    all_ = {"pair_1": [60, 2], "pair_2": [40, 2], "registered": [200, 2], "valid": [100, 2],
            "voted": [110, 2], "total": [110, 2]}  # fmt: skip

    def of(**fewer: list[int]) -> dict[str, Any]:
        shown = {"counted": 2, "fields": all_ | fewer}
        return figures.result(contest, "90", None, shown, determined=False)

    whole = of()
    assert (whole["valid"], whole["turnout"]) == (100, {"voters": 110, "registered": 200})
    assert [pair["leads"] for pair in whole["pairs"]] == [True, False]
    assert of(registered=[100, 1])["turnout"] is None
    assert of(voted=[50, 1])["turnout"] == {"voters": 110, "registered": 200}
    assert of(valid=[50, 1])["valid"] == 100
    lacking = of(pair_2=[10, 1])
    assert (lacking["valid"], [pair["leads"] for pair in lacking["pairs"]]) == (
        None,
        [False, False],
    )
    assert [pair["votes"] for pair in lacking["pairs"]] == [60, 10]
