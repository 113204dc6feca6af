"""The first page and the page of an election: what a citizen sees in ten seconds."""

from __future__ import annotations

import re
from typing import Any

from tests.core.pages import samples
from tests.core.pages.test_touched import KPPS, ONE, PPK, TOP, C, E, Press
from tests.core.statements import builders

from rekap.core.pages import pages
from rekap.core.pages.twins import contests
from rekap.core.pages.words import spoken
from rekap.core.pages.words.apart import votes_apart


def _texts(html: str) -> str:
    body = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def _shown(twin: dict[str, Any], language: str = "id") -> str:
    return _texts(pages.render(twin, language).decode())


def _front(press: Press) -> dict[str, Any]:
    return press.twin("")


def test_the_front_page_shows_votes_shares_and_what_is_counted() -> None:
    said = _shown(samples.portal())
    for part in ("39,40%", "1.718.160", "60,60%", "2.642.469", "14.825 dari 14.835 TPS",
                 "10 TPS belum masuk", "Jumlah TPS berbeda 2.559 suara"):  # fmt: skip
        assert part in said, part
    assert "60.60%" in _shown(samples.portal(), "en")


def test_who_leads_and_how_much_is_counted_stand_above_the_bars() -> None:
    """Twelve pairs with long names would push both below the second screen of a telephone."""
    said = _shown(samples.portal())
    places = [
        said.index(part) for part in ("suara terbanyak", "14.825 dari", "berbeda 2.559", "39,40%")
    ]
    assert places == sorted(places)


def test_shares_that_do_not_add_up_are_said_beside_the_bars() -> None:
    twin = samples.portal()
    result = twin["elections"][0]["contests"][0]["result"]
    told = "Suara pasangan berjumlah 4.360.629, suara sah tertulis 4.300.000: bagiannya"
    assert told[:24] not in _shown(twin)
    result["valid"] = 4_300_000
    assert told in _shown(twin)
    result["pairs"][0]["votes"] = None
    assert told[:24] not in _shown(twin)


def test_the_first_page_names_no_keys_and_the_about_page_all() -> None:
    keys = [samples.KEY, "Kunci operator"]
    front, about = _shown(samples.portal()), _shown(samples.about())
    assert not any(key in front for key in keys)
    assert all(key in about for key in keys)
    assert "Kunci induk" not in _shown(samples.election())


def test_from_four_contests_on_each_has_a_row() -> None:
    few, many = (pages.render(samples.portal(*samples.many_headlines(n))).decode() for n in (3, 4))
    assert (few.count('class="ct"'), few.count('class="cl"')) == (3, 0)
    assert (many.count('class="ct"'), many.count('class="ld"')) == (0, 4)


def test_a_row_names_who_has_most_votes() -> None:
    shown = samples.many_headlines(4)
    html = pages.render(samples.portal(*shown)).decode()
    led = [
        next(pair for pair in one["pairs"] if pair["number"] == first["number"])
        for one in shown
        for first in one["result"]["pairs"]
        if first["leads"]
    ]
    assert html.count('class="who"') == len(led) > 0
    assert html.count('<span class="who">Pasangan Contoh Dua dan Wakil Contoh 2</span>') == len(led)


def test_every_result_is_one_step_from_the_front() -> None:
    for count in (1, 40):
        shown = samples.many_headlines(count)
        html = pages.render(samples.portal(*shown)).decode()
        assert all(f'href="{one["address"]}index.html"' in html for one in shown)


def test_a_form_shows_on_the_front_at_once() -> None:
    press = Press()
    before = _front(press)["elections"][0]["contests"][0]
    assert before["result"]["basis"] is None
    changed = press.changed_by(lambda: press.ok(builders.form(**C), *KPPS))
    assert {"", f"{E}/"} <= changed
    after = _front(press)["elections"][0]["contests"][0]
    assert after["stations"]["counted"] == 1
    assert after["lead"]["gap"] == abs(
        after["result"]["pairs"][0]["votes"] - after["result"]["pairs"][1]["votes"]
    )


def test_the_front_and_the_page_of_the_contest_say_the_same() -> None:
    press = Press()
    press.ok(builders.form(**C), *KPPS)
    press.ok(builders.form("d_hasil_kelurahan", region=ONE), *PPK)
    site = press.site()
    region = site._page(TOP)[0][0]
    for page in (_front(press)["elections"][0], site._page(f"{E}/")[0][0]):
        (one,) = page["contests"]
        assert one["stations"] == region["stations"]
        assert one["comparison"] == region["comparison"]
        assert one["determination"] == region["determination"]
        assert one["standing"] == region["standing"]
        assert one["result"] == {name: region["result"][name] for name in one["result"]}


def test_the_front_reads_the_region_of_the_contest_alone() -> None:
    press = Press()
    press.ok(builders.form(**C), *KPPS)
    seen: dict[str, set[str]] = {}
    site = press.site()
    for name in ("totals", "regions", "slots", "findings", "columns"):
        one = getattr(press.state, name)
        read = seen.setdefault(name, set())

        def get(key: str, one: Any = one, read: set[str] = read) -> Any:
            read.add(key)
            return type(one).get(one, key)

        def scan(prefix: str, read: set[str] = read) -> Any:
            read.add(f"scan {prefix}")
            return iter(())

        one.get, one.scan = get, scan
    site._page("")
    contest = f"{E}/{builders.CONTEST}"
    assert seen["totals"] == {f"{contest}/90"}
    assert seen["regions"] == {f"{E}/90"}
    assert seen["slots"] == {f"{contest}/d_hasil_prov/90"}
    assert not seen["findings"] | seen["columns"]


def test_a_tps_without_a_form_is_not_touched_by_its_neighbours() -> None:
    press = Press()
    found = press.touched_by(lambda: press.ok(builders.form(**C), *KPPS))
    assert f"{TOP}01/01/1001/002/" not in found


def test_policy_and_lost_pages_change_with_elections_only() -> None:
    press = Press()
    before = press.site().files("tentang/")
    found = press.touched_by(lambda: press.ok(builders.form(**C), *KPPS))
    assert "tentang/" not in found
    after = press.site().files("tentang/")
    assert {"policy.txt", "404.html"} <= before.keys()
    assert (before["policy.txt"], before["404.html"]) == (after["policy.txt"], after["404.html"])
    assert "policy.txt" not in press.site().files("")


def test_votes_that_only_moved_from_one_pair_to_another_are_told() -> None:
    contest = {"pairs": [{"number": 1}, {"number": 2}]}
    assert votes_apart(contest, {"pair_1": 5, "pair_2": -5, "valid": 0}) == 5
    assert votes_apart(contest, {"pair_1": 915, "pair_2": 344}) == 1259
    assert votes_apart(contest, {"pair_1": 3, "pair_2": 0, "valid": 2}) == 2
    assert votes_apart(contest, {"pair_2": -7}) == 7
    assert votes_apart(contest, {"pair_1": 0, "pair_2": 0, "invalid": 4}) == 0
    assert votes_apart(contest, {}) == 0


def test_nobody_leads_while_votes_lack_or_are_equal() -> None:
    def result(*votes: int | None, leads: int | None = None) -> dict[str, Any]:
        return {
            "pairs": [
                {"number": number, "votes": count, "leads": number == leads}
                for number, count in enumerate(votes, 1)
            ]
        }

    assert contests.lead(result(None, None)) is None
    assert contests.lead(result(5, None, leads=1)) is None
    assert contests.lead(result(5, 5)) is None
    assert contests.lead(result(0, 0)) is None
    assert contests.lead(result(4, 9, leads=2)) == {"number": 2, "second": 1, "gap": 5}
    assert contests.lead(result(4, leads=1)) == {"number": 1, "second": None, "gap": 4}


def test_a_contest_is_called_by_its_office_and_place() -> None:
    words = spoken.words()
    for full, short in (
        ("Kabupaten Ciamis", "Ciamis"),
        ("Kota Administrasi Jakarta Pusat", "Jakarta Pusat"),
        ("Daerah Khusus Ibukota Jakarta", "Jakarta"),
        ("Kotamobagu", "Kotamobagu"),
        ("Kota", "Kota"),
    ):
        assert words.short(full) == short
