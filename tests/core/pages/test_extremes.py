"""What is highest and lowest among the places of a region: told, and called no fault."""

from __future__ import annotations

from typing import Any

from tests.core.pages import samples

from rekap.core.pages import pages
from rekap.core.pages.tables import rows


def regency(*shares: tuple[int, int], **changes: Any) -> dict[str, Any]:
    """A regency whose children have (invalid, voted) of 100 valid votes and 400 voters."""
    twin = samples.regency(len(shares))
    for child, (invalid, voted) in zip(twin["children"], shares, strict=True):
        child["figures"] |= {"valid": 100, "invalid": invalid, "voted": voted, "registered": 400}
        child["stations"] |= {"counted": 3, "expected": 3}
        child |= {"listed": True, **changes}
    return twin


def ends(twin: dict[str, Any]) -> dict[str, tuple[int, int]]:
    codes = [child["code"] for child in twin["children"]]
    return {
        kind: (codes.index(high[0]["code"]), codes.index(low[0]["code"]))
        for kind, high, low in rows.extremes(twin)
    }


FIVE = ((4, 200), (9, 210), (1, 300), (4, 120), (9, 300))


def test_the_highest_and_the_lowest_of_complete_places_the_first_of_equal_ones() -> None:
    twin = regency(*FIVE)
    assert ends(twin) == {"invalid": (1, 2), "turnout": (2, 3)}
    twin["children"][2]["stations"]["counted"] = 2
    assert ends(twin) == {}, "four are complete"
    six = regency(*FIVE, (50, 399))
    six["children"][5]["stations"]["counted"] = 2
    assert ends(six) == {"invalid": (1, 2), "turnout": (2, 3)}
    six["children"][5]["stations"]["counted"] = 3
    assert ends(six) == {"invalid": (5, 2), "turnout": (5, 3)}


def test_nothing_is_told_of_few_or_equal_places_or_without_figures() -> None:
    assert ends(regency(*FIVE[:4])) == {}
    assert ends(regency(*[(4, 200)] * 6)) == {}
    assert ends(regency(*FIVE, figures=None)) == {}
    assert ends(regency(*FIVE, listed=False)) == {}


def test_the_page_names_both_ends_and_says_that_they_are_no_fault() -> None:
    twin = regency(*FIVE)
    names = [child["name"] for child in twin["children"]]
    html = pages.render(twin).decode()
    told = f"Suara tidak sah: tertinggi {names[1]} (8,26%), terendah {names[2]} (0,99%)."
    assert told in html
    assert "bukan tanda kesalahan" in html
    assert "no sign of a fault" in pages.render(twin, "en").decode()


def test_a_place_where_fewer_forms_say_the_one_than_the_other_has_no_turnout() -> None:
    twin = regency(*FIVE, basis="sum", sum={"voted": [200, 3], "registered": [400, 3]})
    first = twin["children"][0]
    assert rows.turnouts(twin)[first["code"]] == (200, 400)
    first["sum"] = {"voted": [200, 3], "total": [200, 3], "registered": [400, 2]}
    assert rows.turnouts(twin)[first["code"]] == (0, 0)
