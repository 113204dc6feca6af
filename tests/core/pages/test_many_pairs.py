"""Five pairs and more: what decides stands beside the name of a place, not behind the edge."""

from __future__ import annotations

import itertools
import re

import pytest
from tests.core.pages import blocks, samples
from tests.core.pages.test_front import _shown

from rekap.core.pages import pages
from rekap.core.pages.look import drawings
from rekap.core.pages.tables import rows


def told(pairs: int) -> str:
    """A provinsi whose first kab/kota gave most votes to the last pair."""
    twin = samples.province()
    twin["contest"]["pairs"] = blocks.contest(pairs)["pairs"]
    twin["children"][0]["figures"] = {f"pair_{pairs}": 8000, "valid": 10000}
    twin["result"]["pairs"] = [
        {**twin["result"]["pairs"][0], "number": n} for n in range(1, pairs + 1)
    ]
    last = {f"pair_{number}": 0 for number in range(4, pairs + 1)}
    twin["differences"][0]["difference"] |= last
    return pages.render(twin).decode()


def test_a_place_names_the_pair_with_most_votes_beside_its_name() -> None:
    beside = r'<small class="pk" aria-hidden="true">(<span.*?</span>) ([^<]+)</small>'
    badge, share = re.findall(beside, told(6))[0]
    assert (re.sub("<.*?>", "", badge).split()[-1], share) == ("6", "80,00%")
    assert not re.findall(beside, told(4)), "four fit beside each other"


def test_a_difference_says_its_valid_votes_below_the_name() -> None:
    assert '<b class="pk" aria-hidden="true">Sah +2.542.</b>' in told(6)
    assert "Sah +2.542.</b>" not in told(3)


@pytest.mark.parametrize(("twin", "counted"), [
    (samples.province(), "14.825 dari 14.835 TPS ·"), (samples.kelurahan(), "41 dari 43 TPS ·"),
])  # fmt: skip
def test_how_much_is_counted_stands_below_the_state(twin: blocks.Twin, counted: str) -> None:
    said = _shown(twin)
    assert said.index(twin["region"]["name"]) < said.index(counted) < said.index("Perolehan suara")


def test_a_station_with_an_open_finding_is_marked_beside_its_number() -> None:
    twin = samples.kelurahan()
    for one in twin["children"]:
        one["findings"] = {"open": 0, "answered": 0}
    marked = '<span class="pk df"'
    quiet = pages.render(twin).decode().count(marked)
    twin["children"][0]["findings"]["open"] = 2
    assert pages.render(twin).decode().count(marked) == quiet + 1


def test_a_table_of_differences_adds_up_to_its_total() -> None:
    twin = samples.province()
    left = {"pair_1": 14, "pair_2": 344, "pair_3": 1300, "valid": 18}
    assert rows.rest(twin) == left
    assert "Selebihnya +14 +344 +1.300 +18" in _shown(twin)
    html = pages.render(twin).decode()
    assert re.search(
        r'id="selisih".*/selisih/index.html">Di mana tingkat berbeda</a></p></section>',
        html,
        re.DOTALL,
    )
    whole = twin["comparison"]["difference"]
    twin["comparison"]["difference"] = {field: whole[field] - left[field] for field in whole}
    assert "Selebihnya" not in _shown(twin)


def test_the_page_of_a_running_contest_says_first_who_leads() -> None:
    """Of twelve pairs the leading one may stand four screens below."""
    figures = {f"pair_{n}": 8 + (n == 11) for n in range(1, 13)} | {"valid": 97}
    twin = blocks.region(
        "91", figures, certified=None, contest=blocks.contest(12), determination=None,
        sum={"via": "forms", "counted": 6, "expected": 14, "fields": {}},
        stations=blocks.stations(14, 6), result=blocks.result("sum", figures, 12),
    )  # fmt: skip
    name = "Nomor 11, Pasangan Contoh Sebelas dan Wakil Contoh 11, "
    leads = f"{name}unggul sementara dengan 9,28% suara sah."
    assert _shown(twin).index(leads) < _shown(twin).index("jumlah 6 dari 14 TPS")
    granted = {**twin, "standing": samples.ruled("granted")}
    assert f"Terakhir dihitung: n{leads[1:]}" in _shown(granted)
    twin["result"]["pairs"][0]["leads"], twin["result"]["pairs"][10]["leads"] = False, False
    assert "unggul" not in _shown(twin)
    kecamatan = blocks.region("91.01.06", figures, certified=None, contest=blocks.contest(12),
                              result=blocks.result("sum", figures, 12))  # fmt: skip
    assert "unggul" not in _shown(kecamatan), "nobody wins a kecamatan"


def test_twelve_pairs_have_six_colours_and_two_shapes_of_badges() -> None:
    pairs = blocks.contest(12)["pairs"]
    looks = [rows.badge_class(pair) for pair in pairs]
    assert len(set(looks)) == len(looks)
    fills = [drawings.fill(pair) for pair in pairs]
    assert all(one != other for one, other in itertools.pairwise(fills)), "neighbours in one bar"
    assert "f0" not in fills, "grey is the empty column"
    assert rows.badge_class({"number": 8, "empty_column": True}) == "b0"
