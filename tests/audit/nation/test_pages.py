"""The pages of a front: what stands on them, what cannot run on them, how large they are."""

from __future__ import annotations

import base64
import gzip
import hashlib
import random
import re
import string
import tomllib
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Any

import pytest
from tests.audit.nation.province import AT, LATER, Kept, grown, listed, made, read

from rekap.audit.nation import front, pages, places
from rekap.audit.nation.faults import CODES, OLDER_PAGE, READ
from rekap.audit.nation.front import TILES
from rekap.audit.nation.portals import Portals
from rekap.audit.nation.reading import blank
from rekap.core.ledger.addresses import LANGUAGES

STATES = tuple(dict.fromkeys((READ, *CODES.values())))
FLIGHT = 14 * 1024
HOSTILE = '"><script>alert(1)</script>'


def site(
    readings: dict[str, Any], portals: list[Any], at: str = AT, known: Any = None
) -> dict[str, bytes]:
    whole = Portals({"id": "Pilkada contoh", "en": "Example elections"}, tuple(portals))
    figures = front.of(whole, readings, at)
    return dict(pages.files(figures, places.of(figures, known or {})))


def one(reading: Any = None, at: str = AT, **fields: Any) -> dict[str, bytes]:
    portal = listed(made(), **fields)
    return site({portal.id: reading or read(made())}, [portal], at)


def many(number: int = 38) -> dict[str, bytes]:
    """A front as large as the nation: a governor and 14 others in each provinsi."""
    base = read(made())
    governor, regent = sorted(base["contests"], key=lambda row: row["office"])
    portals, readings, known = [], {}, {}
    for code in list(TILES)[:number]:
        name, link = f"Provinsi Nama Panjang {code}", f"https://hasil-{code}.provinsi.example/"
        portal = listed(made(), id=f"p{code}", name=name, regions=(code,), link=link)
        rows = [{**governor, "region": code, "name": name}]
        rows += [
            {**regent, "region": f"{code}.{n:02}", "name": f"Kabupaten Bernama {code} {n}",
             "contest": f"bupati-{code}{n:02}", "address": f"pemilihan-contoh/bupati-{code}{n:02}/",
             "votes": [[1, 1000 * n], [2, 900 + n]], "valid": 1000 * n + 900 + n}
            for n in range(1, 15)
        ]  # fmt: skip
        portals.append(portal)
        state = STATES[int(code) % 13] if int(code) % 13 < len(STATES) else "read"
        wrong = (
            {} if state == "read" else {"state": state, "code": _code(state), "place": "x/y.json"}
        )
        readings[portal.id] = {**base, "contests": rows, **wrong}
        known[portal.id] = {
            f"{code}.{n:02}": {"name": f"Kabupaten Bernama {code} {n}", "at": AT, "rows": [],
                               "address": f"cari/pemilihan-contoh/{code}.{n:02}/"}
            for n in range(1, 15)
        }  # fmt: skip
    return site(readings, portals, known=known)


def _code(state: str) -> str:
    return next(code for code, of in CODES.items() if of == state)


class Page(HTMLParser):
    """Elements, links and texts of a page."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(data.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def html(files: dict[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if path.endswith(".html")}


@pytest.mark.parametrize("make", [one, many])
def test_a_page_fits_the_first_flight(make: Any) -> None:
    for path, data in html(make()).items():
        assert len(gzip.compress(data, 9, mtime=0)) <= FLIGHT, path


def test_a_page_of_a_portal_that_shows_as_much_as_it_may_fits_it_too() -> None:
    """Sixty contests, names of eighty letters that no gzip shortens, ninety-nine pairs."""
    base, rng = read(made()), random.Random(1)
    row = base["contests"][0]

    def name(length: int) -> str:
        return "".join(rng.choice(string.ascii_letters) for _ in range(length))

    for pairs, office in ((5, "regent"), (6, "governor"), (99, "regent")):
        rows = [
            {**row, "name": name(80), "contest": name(60), "address": f"{name(60)}/",
             "office": office, "valid": 10**8, "lead": 1,
             "pairs": [{**row["pairs"][0], "number": n, "names": [name(100), name(100)]}
                       for n in range(1, pairs + 1)],
             "votes": [[n, rng.randint(1, 10**6)] for n in range(1, pairs + 1)]}
            for _ in range(60)
        ]  # fmt: skip
        faults = [
            {"election": "x", "contest": one["contest"], "code": OLDER_PAGE,
             "place": f"{one['address']}index.json", "found": ""}
            for one in rows
        ]  # fmt: skip
        for path, data in html(one({**base, "contests": rows, "faults": faults})).items():
            size = len(gzip.compress(data, 9, mtime=0))
            assert size <= FLIGHT, (pairs, path, size)


def test_a_row_names_who_has_most_votes_where_there_is_room() -> None:
    """A number in a square was all that said who leads: "2 28,24%"."""
    who = re.compile(r'<span class="who">([^<]+)</span>')
    files = one()
    for page in ("index.html", "portal/p90/index.html"):
        assert who.findall(files[page].decode()) == ["Calon 1 dan Wakil 1"] * 2, page
    files = many()
    assert len(who.findall(files["portal/p32/index.html"].decode())) == 15


def test_the_key_of_the_map_names_marks_not_a_darkness_that_is_bright_at_night() -> None:
    files = many()
    for path, mark in (("index.html", "Tanda ≠:"), ("en/index.html", "Mark ≠:")):
        html = files[path].decode()
        assert mark in html
        assert re.search(r"\b(gelap|dark) ≠", html, re.IGNORECASE) is None


def test_every_page_is_there_in_both_languages() -> None:
    found = set(html(many()))
    indonesian = {path for path in found if not path.startswith("en/")}
    assert found == indonesian | {f"en/{path}" for path in indonesian}
    assert {"index.html", "cari/index.html", "cara/index.html", "portal/p11/index.html"} <= found


def test_links_between_pages_lead_somewhere_and_links_to_portals_are_the_lists() -> None:
    files = many()
    for path, data in html(files).items():
        for link in Page(data).all("a"):
            href = str(link["href"])
            if href.startswith("https://"):
                assert re.fullmatch(
                    r"https://hasil-\d\d\.provinsi\.example/[\w./-]*index\.html", href
                )
                assert ("/en/" in href) == path.startswith("en/")
                continue
            if href.startswith("#"):
                continue
            place: list[str] = []
            for part in PurePosixPath(path).parent.joinpath(href).parts:
                place = place[:-1] if part == ".." else [*place, part]
            target = "/".join(place)
            assert target in files or target.startswith("bukti/"), (path, href)


def test_only_its_own_style_and_script_may_run() -> None:
    for path, data in html(many()).items():
        page = Page(data)
        (policy,) = [m["content"] for m in page.all("meta") if "http-equiv" in m]
        allowed = set(re.findall(r"'(sha256-[^']+)'", str(policy)))
        used = {
            "sha256-" + base64.b64encode(hashlib.sha256(text).digest()).decode()
            for text in re.findall(
                rb"<(?:style|script[^>]*)>(.*?)</(?:style|script)>", data, re.DOTALL
            )
        }
        assert used == allowed, path
        assert str(policy).startswith("default-src 'none'; ")
        assert "unsafe" not in str(policy)
        assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
        assert not [attrs for _, attrs in page.tags if "style" in attrs]


def test_hostile_words_make_no_element() -> None:
    """Whatever comes through: words of errors, of a list, of a reading that was kept."""
    reading = read(made())
    for row in reading["contests"]:
        row["name"] = HOSTILE
        row["pairs"][0]["names"] = [HOSTILE, HOSTILE]
    clean = one()
    reading |= {"unanchored": [HOSTILE], "stopped": True}
    reading["faults"] = [{"election": "x", "contest": HOSTILE, "code": "missing", "place": HOSTILE,
                          "found": HOSTILE}]  # fmt: skip
    for state in STATES:
        wrong = {**reading, "state": state, "code": _code(state) if state != "read" else "",
                 "place": HOSTILE, "found": HOSTILE}  # fmt: skip
        files = one(wrong, name=HOSTILE)
        for path, data in html(files).items():
            scripts = len(Page(clean[path]).all("script"))
            assert len(Page(data).all("script")) == scripts, (state, path)
            assert HOSTILE.encode() not in data


def test_a_certificate_and_a_portals_word_are_told_apart() -> None:
    page = Page(one()["index.html"]).text
    assert "Sertifikat bertanda tangan, 3 orang KPU Kabupaten/Kota." in page
    assert "Menurut portal, 1 dari 2 TPS" in page
    english = Page(one()["en/index.html"]).text
    assert "Signed certificate, 3 persons of" in english
    assert "By the portal, 1 of 2 TPS" in english


@pytest.mark.parametrize(
    ("standing", "says", "leads"),
    [
        ("determined", "Ditetapkan KPU, nomor 821; tidak ada perkara MK", True),
        ("disputed", "ada perkara atau putusan MK, menurut portal", True),
        ("annulled", "Penetapan nomor 821 dibatalkan MK, menurut portal", False),
        ("annulled-part", "821 dibatalkan sebagian oleh MK, menurut portal", False),
        (None, "ada perkara atau putusan MK, menurut portal", True),
    ],
)
def test_an_annulled_result_names_nobody_first_and_no_court_is_more_than_the_portals_word(
    standing: str | None, says: str, leads: bool
) -> None:
    reading = read(made())
    said = {"number": "821", "index": 3, "standing": standing, "replaced": False}
    rows = [{**row, "determined": said, "contested": False} for row in reading["contests"]]
    shown = Page(one({**reading, "contests": rows})["index.html"])
    assert says in shown.text
    assert "menurut portal" in shown.text
    named = [t for t, attrs in shown.tags if t == "span" and "b1" in str(attrs.get("class"))]
    assert bool(named) == leads


def test_a_portal_that_is_not_believed_has_no_figure_anywhere() -> None:
    first = read(made())
    for state in STATES[1:]:
        wrong = {**first, "state": state, "code": _code(state)}
        files = one(wrong)
        for path, data in html(files).items():
            text = Page(data).text
            assert "55,81" not in text, path  # the share of the certificate
            assert "% TPS terhitung" not in text
        assert b'"votes":[]' in files["nation.json"]


def test_a_portal_that_nobody_read_is_named() -> None:
    files = one(blank("p90"))
    assert "Provinsi 90 belum dapat diperiksa." in Page(files["index.html"]).text


def test_lateness_is_told_by_what_this_reader_saw() -> None:
    kept, first = Kept(), read(made())
    again = read(made(), kept, LATER, first)
    assert again["grown"] == AT
    assert "terakhir 21.42 WIB" in Page(one(again, LATER)["index.html"]).text
    assert "terakhir 21.42" not in Page(one()["index.html"]).text
    whole = read(grown(), kept, LATER, first)
    assert "terakhir" not in Page(one(whole, LATER)["index.html"]).text.partition("per portal")[2]


def test_a_reader_whose_clock_was_put_back_still_says_who_is_late() -> None:
    """A year ahead once, and no portal was late for a year, nor was its list of places new."""
    ahead = read(made(), at="2025-11-27T21:42:00+07:00")
    back = read(made(), at=AT, last=ahead)
    assert back["grown"] == AT
    again = read(made(), at=LATER, last=back)
    assert "terakhir 21.42 WIB" in Page(one(again, LATER)["index.html"]).text
    assert places._is_old(ahead["at"], AT)
    assert not places._is_old(AT, LATER)


def test_a_witness_of_the_future_is_told() -> None:
    reading = read(made())
    for seconds, told in ((0, False), (3_600, True), (1 << 36, True)):
        text = Page(
            one({**reading, "cosigned": reading["cosigned"] + seconds})["portal/p90/index.html"]
        ).text
        assert ("Jam saksi itu lebih maju" in text) is told


def test_more_than_all_is_no_share_and_is_named() -> None:
    reading = read(made())
    rows = [
        {**row, "valid": 100, "counted": 9, "expected": 4, "votes": [[1, 500], [2, 3]]}
        for row in reading["contests"]
    ]
    files = one({**reading, "contests": rows})
    for path, says in (
        ("index.html", ("lebih banyak daripada suara sah", "lebih banyak daripada TPS yang ada")),
        ("en/index.html", ("more votes than there are valid", "More TPS are counted than")),
    ):
        page = Page(files[path])
        assert all(page.text.count(one) == 2 for one in says)
        assert re.search("500[,.]00%", page.text) is None


def test_pages_behind_their_log_are_told() -> None:
    reading = read(made())
    text = Page(one({**reading, "size": reading["pages"] + 7})["portal/p90/index.html"]).text
    assert "7 catatan terakhir belum tampak" in text


def test_contests_that_cannot_be_checked_are_named() -> None:
    reading = read(
        made().edit("pemilihan-contoh/bupati/index.json", lambda v: v.update(evidence=[0]))
    )
    files = one(reading)
    assert "1 pemilihan belum dapat diperiksa" in Page(files["index.html"]).text
    assert "bupati." in Page(files["portal/p90/index.html"]).text


def test_a_rehearsal_says_so_on_every_page() -> None:
    for path, data in html(one()).items():
        assert re.search("SIMULASI|SIMULATION", Page(data).text), path
        assert [m for m in Page(data).all("meta") if m.get("name") == "robots"]


def test_nothing_is_added_up_over_portals_of_several_modes() -> None:
    portals = [listed(made()), listed(made("91"), mode="replay")]
    readings = {"p90": read(made()), "p91": {**read(made()), "portal": "p91"}}
    text = Page(site(readings, portals)["index.html"]).text
    assert "Jumlah TPS terhitung belum dapat disebut." in text


def test_every_state_and_code_has_words_in_both_languages() -> None:
    tables = []
    for language in LANGUAGES:
        words = tomllib.loads((pages._LOOK / f"{language}.toml").read_text())
        assert set(words["nation_code"]) == set(CODES)
        assert set(words["nation_state"]) == set(STATES)
        assert set(words["how_state"]) == set(STATES) - {"read"}
        assert set(words["nation_group"]) == {tile[0] for tile in TILES.values()} | {"lain"}
        tables.append({(table, key) for table, texts in words.items() for key in texts})
    assert tables[0] == tables[1]


def test_every_sentence_is_used() -> None:
    used = "".join(path.read_text() for path in pages._LOOK.glob("*.html"))
    words = tomllib.loads((pages._LOOK / "id.toml").read_text())
    for table in ("nation", "how_nation"):
        for key in words[table]:
            assert re.search(rf"\[\[{table}\.{key}\b", used), key


MAP = """\
ACE . . . . . . . . . . . . . .
. SUT . . . . . . . . . . . . .
SBR RIA . KEP . . . KUT . GTO SUL . PBD . .
. BKL JAM . . KBR KTG KTM . STG . MUT PBR . PAP
. . SSL BBL . . KSL . . SBA . . . PTG PPG
. . LAM . . . . . . SSN STR MAL . . PSL
. . . . JKT . . . . . . . . . .
. . . BTN JBR JTG JTM . . . . . . . .
. . . . . DIY . BAL NTB NTT . . . . .
"""


def test_the_map_has_every_provinsi_where_a_reader_looks_for_it() -> None:
    places = {(x, y): short for _, short, x, y in TILES.values()}
    drawn = [" ".join(places.get((x, y), ".") for x in range(15)) for y in range(9)]
    assert drawn == MAP.splitlines()
    assert len(TILES) == len(set(places.values())) == 38


@pytest.mark.parametrize(
    ("region", "group", "tile"),
    [
        ("31", "jawa", {"short": "JKT", "x": 4, "y": 6}),
        ("31.01", "jawa", {"short": "JKT", "x": 4, "y": 6}),
        ("90.01", "lain", None),
    ],
)
def test_a_portal_of_a_kabko_lies_in_its_provinsi(region: str, group: str, tile: Any) -> None:
    portal = listed(made(), regions=(region,))
    figures = front.of(Portals({"id": "x", "en": "x"}, (portal,)), {portal.id: read(made())}, AT)
    (view,) = figures["portals"]
    assert (view["group"], view["tile"]) == (group, tile)
    assert [one["id"] for one in figures["tiles"]] == ([portal.id] if tile else [])


@pytest.mark.parametrize(
    ("counted", "expected", "told"),
    [((3, 2), (3, 3), 6), ((3, 3), (3, 3), 6), ((4, 3), (3, 3), None), ((3, 3), (3, None), None)],
)
def test_an_area_of_which_every_station_is_counted_says_how_many_there_are(
    counted: tuple[int, int], expected: tuple[int, int | None], told: int | None
) -> None:
    rows = [
        {"office": "regent", "counted": some, "expected": all_, "basis": front.CERTIFICATE}
        for some, all_ in zip(counted, expected, strict=True)
    ]
    said = {"counted": sum(counted), "expected": told, "certified": True}
    assert front._progress(rows) == said
