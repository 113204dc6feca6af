# ruff: noqa: F811 fixtures
"""Pages and twins that lie: the sheet shows the signed figures whatever a page shows.

A lie of a page alone changes nothing. A lie of a twin is named with both figures, or stands nowhere
in the sheet. What is left out, replaced, oversized or slow leaves the sheet open, never proved.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from tests.browser import demonstration
from tests.browser.demonstration import CONTEST, HOSTILE, PAGE
from tests.browser.test_verifier import (  # noqa: F401 fixtures
    Served,
    asked,
    browser,
    check,
    drawn,
    encoded,
    figures,
    given,
    judged,
    keeper,
    kept,
    page,
    reader,
    remember,
    written,
)

from rekap.core import codec
from rekap.core.pages import pages

pytestmark = pytest.mark.chromium

STATION = f"{PAGE}002/"
SIGNED = written(demonstration.figures(2))


@pytest.fixture(scope="module")
def site() -> Iterator[Served]:
    made = Served(demonstration.published())
    yield made
    made.server.shutdown()
    made.server.server_close()


def twin_of(site: Served, address: str = STATION) -> Any:
    return json.loads(site.files[f"{address}index.json"])


# ---------------------------------------------------------- the page lies, its twin does not

TABLE = "(<table data-s.*?</table>)"
PAGES = {
    "true table never drawn, a false one shown": (
        TABLE,
        r'<svg width="0" height="0"><title>\1</title></svg><p>999 suara untuk nomor 1</p>',
    ),
    "true table in closed details": (TABLE, r"<details>\1</details>999"),
    "true table in a hidden button": (TABLE, r"<button hidden>\1</button>999"),
    "figure replaced": (r'(<td class="n">)122', r"\g<1>999"),
    "free text beside the evidence": (r'(<section class="bk" id="bukti">)', r"<p>DIBATALKAN</p>\1"),
    "everything inside the evidence": (r"<main id=\"isi\">", '<main id="isi"><b>999</b>'),
    "a tick of its own": (r'(<ul class="bukti">)', r'\1<li class="ok">999 terbukti</li>'),
    "known words in another order": (r"(<h1>)", r"\1Suara tidak sah 999. "),
    "for screen readers alone": (r"(<table data-s)", r'<p role="img" aria-label="999"></p>\1'),
    "style": (r"</head>", "<style>td{display:none}body::before{content:'999'}</style></head>"),
    "links exchanged": (r'href="([^"]*)002/', r'href="\g<1>001/'),
}  # fmt: skip


@pytest.mark.parametrize("lie", PAGES)
def test_what_a_page_shows_does_not_reach_the_sheet(page: Any, site: Served, lie: str) -> None:
    path = f"{STATION}index.html"
    pattern, instead = PAGES[lie]
    html = site.files[path].decode()
    changed = re.sub(pattern, instead, html, count=1, flags=re.DOTALL)
    assert changed != html or lie == "links exchanged", lie
    site.changes[path] = changed.encode()
    assert check(page, site, STATION) == "proved"
    assert figures(page) == SIGNED
    assert "999" not in page.locator("tbody").first.inner_text()
    assert "DIBATALKAN" not in page.locator("#lembar").inner_text()


# ---------------------------------------------------------- the twin lies, and its page with it

TWINS: dict[str, tuple[str, str, Any]] = {
    "votes": (STATION, "head.figures.pair_1", 999),
    "a figure that nobody signed": (STATION, "head.figures.voted_disabled_m", 999),
    "a figure left out": (STATION, "head.figures.invalid", None),
    "invented witnesses": (STATION, "head.witnesses", [
        {"pair": 2, "present": True, "signed": False, "reason": "figures"}]),
    "witnesses left out": (STATION, "head.witnesses", []),
    "another count": (STATION, "head.count", "court"),
    "another revision": (STATION, "head.revision", 9),
    "a reason": (STATION, "head.reason", {"code": "court", "text": None}),
    "an explanation": (STATION, "head.explanations", [
        {"rule": "R6", "child": None, "part": None, "text": "palsu"}]),
    "another signer": (STATION, "head.signers.0.keyid", "0" * 32),
    "another office": (STATION, "head.signers.0.position", "anggota luar biasa"),
    "another place": (STATION, "tps", "009"),
    "names of a pair": (STATION, "contest.pairs.1.names", ["Orang Lain", "Wakil Lain"]),
    "date of the election": (STATION, "election.date", "2024-11-28"),
    "the certificate": (f"{CONTEST}01/01/", "certified.figures.pair_1", 999),
    "the result of the certificate": (f"{CONTEST}01/01/", "result.pairs.0.votes", 999),
    "the sum of a kelurahan": (PAGE, "sum.fields.pair_1.0", 999),
    "the row of a TPS": (PAGE, "children.3.figures.pair_1", 999),
    "a determination": (f"{CONTEST}01/01/", "determination", {"number": "999", "index": 9,
                "announced_at": "2024-12-08T16:01:00+07:00", "petition": None,
                "basis": "first", "decided_at": None, "certificate": None}),
}  # fmt: skip


def told(twin: Any, path: str, value: Any) -> Any:
    lie = json.loads(json.dumps(twin))
    *way, last = path.split(".")
    part = lie
    for step in way:
        part = part[int(step) if step.isdigit() else step]
    part[int(last) if last.isdigit() else last] = value
    return lie


@pytest.mark.parametrize("name", TWINS)
def test_a_twin_that_lies_about_what_was_signed_does_not_match(
    page: Any,
    site: Served,
    kept: Any,
    name: str,
) -> None:
    address, path, value = TWINS[name]
    lie = told(twin_of(site, address), path, value)
    site.changes[f"{address}index.json"] = codec.encode_public(lie)
    assert asked(page, site, address) == "differs"
    assert page.locator("#lembar h2").first.inner_text() == "Tidak cocok"
    if address == STATION:
        rest = {field: value for field, value in figures(page).items() if field in SIGNED}
        assert rest == SIGNED, "the first column is the signed one"
        if value == 999:
            assert "999" in figures(page, 2).values(), "and the site's stands beside it"
    with page.expect_download() as download:
        page.locator("#lembar a[download]").click()
    saved = download.value.path().read_bytes()
    assert judged(kept, given("bukti.json", saved)) == ["differs"]


UNHELD: dict[str, tuple[str, str, Any]] = {
    "turnout": (f"{CONTEST}01/01/", "result.turnout", {"voters": 1, "registered": 999}),
    "margin": (f"{CONTEST}01/01/", "result.margin", {"gap": 999_999, "limit": 1, "per_mille": 1,
               "numbers": [1, 2], "source": "palsu"}),
    "comparison": (f"{CONTEST}01/01/", "comparison.state", "sama palsu"),
    "a check": (STATION, "checks.0.state", "palsu"),
    "an invented finding": (STATION, "findings", [{"rule": "R8", "text": "palsu"}]),
    "the name of the place": (STATION, "region.name", "Desa Palsu"),
    "the column above": (STATION, "column", {"figures": {"pair_1": 999}, "form": "palsu"}),
    "the registered voters": (STATION, "registered", 999),
    "an answer in the history": (STATION, "history", [
        {"index": 9_999, "kind": "answer", "at": None, "revision": None, "text": "palsu"}]),
}  # fmt: skip


@pytest.mark.parametrize("name", UNHELD)
def test_what_a_twin_says_besides_is_not_in_the_sheet(page: Any, site: Served, name: str) -> None:
    address, path, value = UNHELD[name]
    assert asked(page, site, address) == "proved"
    before = page.locator("article > section:not(.duk), .wh").all_inner_texts()
    lie = told(twin_of(site, address), path, value)
    site.changes[f"{address}index.json"] = codec.encode_public(lie)
    assert asked(page, site, address) == "proved"
    assert page.locator("article > section:not(.duk), .wh").all_inner_texts() == before
    text = page.locator("article").inner_text().lower()
    assert "palsu" not in text
    assert "999" not in text


def test_a_state_invented_by_the_site_is_a_note_and_not_proved(page: Any, site: Served) -> None:
    lie = told(told(twin_of(site), "contested", True), "head.signers.0.suspect", True)
    site.changes[f"{STATION}index.json"] = codec.encode_public(lie)
    assert asked(page, site, STATION) == "proved"
    assert "Menurut situs, tidak dibuktikan" in page.locator(".catat").inner_text()
    assert figures(page) == SIGNED


def test_the_renderers_own_page_of_a_lying_twin_leads_to_the_truth(page: Any, site: Served) -> None:
    """E1 to E9: page and twin lie together, the page is one that this release makes."""
    lie = told(twin_of(site), "head.figures.pair_1", 999)
    site.changes[f"{STATION}index.json"] = codec.encode_public(lie)
    site.changes |= dict(pages.editions(lie))
    assert check(page, site, STATION) == "differs"
    assert (figures(page)["pair_1"], figures(page, 2)["pair_1"]) == ("122", "999")


# ------------------------------------------------------------------ left out, replaced, too much


def test_tps_that_a_kelurahan_leaves_out_are_counted(page: Any, site: Served) -> None:
    twin = twin_of(site, PAGE)
    assert asked(page, site, PAGE) == "proved"
    assert page.locator("#lembar h2").first.inner_text() == "29 dari 29 TPS terbukti"
    shown, rest = twin["children"][:-6], twin["children"][-6:]
    names = twin["sum"]["fields"]
    fewer = {name: [sum(c["figures"][name] for c in shown), 23] for name in names}
    for change in (
        {"children": shown},
        {"children": [*shown, *({**c, "index": None, "figures": None} for c in rest)]},
        {"children": [*shown, *({**c, "evidence": []} for c in rest)]},
    ):  # fmt: skip
        lie = {**twin, **change, "sum": {**twin["sum"], "fields": fewer}, "result": None}
        site.changes[f"{PAGE}index.json"] = codec.encode_public(lie)
        assert asked(page, site, PAGE) == "unchecked"
        text = page.locator("#lembar").inner_text()
        assert text.startswith("23 dari 29 TPS terbukti")
        assert "6 TPS tidak ditunjukkan situs" in text
        assert "TPS 024, 025, 026, 027, 028, 029." in text


def test_an_older_revision_says_which_it_is(page: Any, site: Served) -> None:
    """Nobody sees from one file that a later one exists: the sheet names what it shows."""
    address = f"{PAGE}001/"
    twin = twin_of(site, address)
    old = next(one for one in twin["statements"] if one["revision"] == 1)
    own = json.loads(site.files[f"bukti/{old['index']}/index.json"])
    history = [one for one in twin["history"] if one["revision"] == 1]
    lie = {**twin, "head": {**old, "status": "head"}, "history": history,
           "evidence": sorted({*twin["evidence"], *own["evidence"]})}  # fmt: skip
    site.changes[f"{address}index.json"] = codec.encode_public(lie)
    assert asked(page, site, address) == "proved"
    text = page.locator("#lembar").inner_text()
    assert "versi 1" in text
    assert "bahwa tidak ada versi sesudah versi 1" in text
    assert "Sudah ada versi sesudah ini" in text


def test_the_form_of_another_tps_is_not_that_of_this_address(page: Any, site: Served) -> None:
    other = twin_of(site, f"{PAGE}003/")
    lie = {**other, "address": STATION}
    site.changes[f"{STATION}index.json"] = codec.encode_public(lie)
    assert asked(page, site, STATION) == "differs"
    assert "tempat formulir" in page.locator("#lembar").inner_text()
    for kind in (".json", ".tlog-proof"):
        index = twin_of(site)["head"]["index"]
        site.changes[f"bukti/{index}{kind}"] = site.files[f"bukti/{other['head']['index']}{kind}"]
    site.changes[f"{STATION}index.json"] = site.files[f"{STATION}index.json"]
    assert asked(page, site, STATION) == "differs"
    assert "voted" not in figures(page)


def test_another_grant_entitles_nobody(page: Any, site: Served) -> None:
    twin = twin_of(site)
    grants = {one["grant"] for one in twin["head"]["signers"]}
    other = {one["grant"] for one in twin_of(site, f"{PAGE}003/")["head"]["signers"]}
    above = twin_of(site, PAGE)  # its as_of lies above the other grant
    lie = {**twin, "evidence": sorted({*twin["evidence"], *other} - grants)}
    lie |= {"as_of": above["as_of"], "root": above["root"]}
    site.changes[f"{STATION}index.json"] = codec.encode_public(lie)
    assert asked(page, site, STATION) == "unchecked"
    assert "Kunci tidak diberi wewenang" in page.locator("#lembar").inner_text()


def test_names_that_look_like_elements_are_text(page: Any, site: Served, kept: Any) -> None:
    assert asked(page, site, STATION) == "proved"
    assert HOSTILE in page.locator("#lembar .wh").inner_text()
    assert page.locator("#lembar").inner_text().count(HOSTILE) >= 2
    with page.expect_download() as download:
        page.locator("#lembar a[download]").click()
    assert judged(kept, given("b.json", download.value.path().read_bytes())) == ["proved"]
    for drawing in (page, kept):
        assert drawing.locator("#lembar img").count() == 0
        assert drawing.said == []


def test_words_of_a_link_are_no_name_in_the_sheet(page: Any, site: Served) -> None:
    """A stranger's link to a true site: its words stand where the sheet names its address, once."""
    words = "dibatalkan-mk/nomor-2-menang/hubungi.example/"
    assert asked(page, site, words) == "unchecked"
    assert "Alamat ini: buktinya tidak lengkap" in page.locator(".vd").inner_text()
    assert "Ditandatangani" not in page.locator("article").inner_text()
    assert page.locator("article").inner_text().count("nomor-2-menang") == 1
    assert f"Lembar dari alamat {words}" in page.locator(".duk").inner_text()


def test_a_column_is_named_only_where_there_are_two(page: Any, site: Served) -> None:
    lies = {"names": told(twin_of(site), "contest.pairs.1.names", ["Orang Lain"]),
            "votes": told(twin_of(site), "head.figures.pair_1", 999)}  # fmt: skip
    for name, lie in lies.items():
        site.changes[f"{STATION}index.json"] = codec.encode_public(lie)
        assert asked(page, site, STATION) == "differs"
        column = "Yang ditandatangani kolom Formulir" in page.locator(".vd").inner_text()
        assert column == (name == "votes")


HUGE = b"[" + b" " * (9 * 1024 * 1024)


@pytest.mark.parametrize("data", [None, b"", b"{}\n", b"<!DOCTYPE html>", HUGE])
@pytest.mark.parametrize("path", ["index.json", "entry", "tile", "grant", "policy.txt"])
def test_files_that_are_missing_empty_or_too_large_prove_nothing(
    page: Any,
    site: Served,
    path: str,
    data: bytes | None,
) -> None:
    head, size = twin_of(site)["head"], site.files["log/checkpoint"].decode().split("\n")[1]
    paths = {
        "index.json": f"{STATION}index.json", "entry": f"bukti/{head['index']}.json",
        "tile": next(one for one in site.files if one.startswith(f"log/tile/0/000.p/{size}")),
        "grant": f"bukti/{head['signers'][0]['grant']}.json", "policy.txt": "policy.txt",
    }  # fmt: skip
    site.changes[paths[path]] = data
    assert asked(page, site, STATION) in ("unchecked", "differs")
    assert not set(figures(page)) & {"voted", "ballots_used"}, "no figure of the form is shown"
    if data is None:
        assert page.locator("article").get_attribute("data-head") == "unchecked"
    assert page.locator(".tidak li").count() >= 4


def test_a_slow_file_leaves_the_progress_to_be_seen(page: Any, site: Served) -> None:
    index = twin_of(site)["head"]["index"]
    site.slow[f"bukti/{index}.json"] = gate = threading.Event()
    page.goto(f"{site.base}periksa/#{STATION}")
    page.wait_for_selector("#kemajuan:has-text(' bukti')")
    assert page.locator("#lembar").get_attribute("data-state") == "busy"
    gate.set()
    assert drawn(page) == "proved"


def test_another_log_with_anchors_of_its_own_is_named_by_them(page: Any, site: Served) -> None:
    """An imitated ledger has anchors too: the sheet prints its id, and whose they are."""
    assert asked(page, site, STATION) == "proved"
    text = page.locator("#lembar").inner_text()
    anchor = site.files["policy.txt"].decode().split("#rekap log ")[1][:64]
    assert anchor in text.replace(" ", "").replace("\n", "")
    assert "Buku besar tiruan juga punya acuan" in text
    assert "kunci contoh, bukan petugas KPU" in page.locator(".vd").inner_text()


def test_evidence_with_files_of_another_shape_is_refused(kept: Any) -> None:
    shape = {"address": STATION, "files": {}, "format": "rekap-bukti/1"}
    for whole in ({"format": shape["format"]}, {**shape, "address": 5}, {**shape, "files": []}):
        assert judged(kept, given("b.json", encoded(whole))) in (["unchecked"], ["differs"])


CRIMES = ["nothing", "bytes that are no text", "another history", "a shorter log", "a wrong tile"]


@pytest.mark.parametrize("crime", CRIMES)
def test_saved_evidence_says_what_the_page_said(
    page: Any,
    site: Served,
    kept: Any,
    crime: str,
) -> None:
    """Of a crime too: bytes that are no text, the head, tiles and the remembered note are saved."""
    entry = f"bukti/{twin_of(site)['head']['index']}.json"
    assert asked(page, site, STATION) == "proved"
    if crime == "bytes that are no text":
        site.changes[entry] = b"\xff\xfe" + site.files[entry]
    elif crime == "another history":
        remember(page, site, None)
    elif crime == "a shorter log":
        remember(page, site, 9_999)
    elif crime == "a wrong tile":
        remember(page, site, 5)
        tiles = [path for path in site.files if path.startswith("log/tile/0/")]
        site.changes |= {path: bytes(len(site.files[path])) for path in tiles}
    said = asked(page, site, STATION)
    assert (said == "proved") == (crime == "nothing")
    with page.expect_download() as download:
        page.locator("#lembar a[download]").click()
    assert download.value.suggested_filename.endswith(".json")
    saved = download.value.path().read_bytes()
    assert json.loads(saved)["head"]
    assert judged(kept, given("bukti.json", saved)) == [said]
    words = [drawing.locator(".vd").all_inner_texts() for drawing in (page, kept)]
    assert words[0] == words[1]
    assert page.said == []
    assert kept.said == []
