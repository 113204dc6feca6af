"""What is highest and lowest among the places of a region: told, and called no fault."""

from __future__ import annotations

import functools
from typing import Any

from tests.core.pages import samples

from rekap.core.pages import pages
from rekap.core.pages.look import maps
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


def _row(twin: Any, table: str, place: Any, said: Any, **fewer: list[int]) -> list[str]:
    """The cells of `place` in a table of `twin` where so many forms report each figure."""
    place["sum"] = said | fewer
    html = pages.render(twin).decode()
    found = html[html.index(f'<section id="{table}"') :]
    found = found[found.index("Alas</a>") :]
    return found[: found.index("</tr>")].split("<td")[1:]


def test_below_what_fewer_forms_say_is_no_share_of_what_more_say() -> None:
    """A replay's source may lack figures of a form: a row below has its sums, and no more."""
    for make, table in ((samples.regency, "wilayah"), (samples.province, "kecamatan")):
        twin = make()
        places = twin["children" if table == "wilayah" else "kecamatan_below"]
        place = places[0] = {**places[0], "name": "Alas", "basis": "sum", "stations": {
            "expected": 2, "received": 2, "counted": 2, "off": 0, "missing": 0}}  # fmt: skip
        pairs = [f"pair_{pair['number']}" for pair in twin["contest"]["pairs"]]
        place["figures"] = dict.fromkeys(pairs, 10) | {"pair_1": 30, "valid": 80, "invalid": 20}
        place["figures"]["valid"] = sum(place["figures"][pair] for pair in pairs)
        said = {field: [value, 2] for field, value in place["figures"].items()}
        row = functools.partial(_row, twin, table, place, said)
        whole = row()
        assert all("%" in cell for cell in whole[: len(pairs)])
        assert "<b>" in whole[0]
        no_invalid = row(invalid=[20, 1])
        assert "%" in no_invalid[0]
        assert "%" not in no_invalid[-1]
        assert "%" in row(valid=[80, 1])[0], "of all pairs' votes"
        cells = row(pair_2=[10, 1])
        assert not any("%" in cell or "<b>" in cell for cell in cells[: len(pairs)])


def test_on_a_map_nobody_leads_where_fewer_forms_say_one_pair_than_another() -> None:
    twin = {"contest": {"pairs": [{"number": n, "empty_column": False} for n in (1, 2)]}}
    figures = {"pair_1": 60, "pair_2": 40, "valid": 100}
    place = {"figures": figures, "basis": "sum", "sum": {f: [v, 2] for f, v in figures.items()}}
    found = maps.lead(place, twin)
    assert found is not None
    assert found.number == 1
    place["sum"] = {**place["sum"], "pair_2": [40, 1]}
    assert maps.lead(place, twin) is None
