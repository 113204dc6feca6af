"""What a printed page's square code leads to: has the page changed, which form counted then."""

from __future__ import annotations

import base64
import json
import re
import threading
from typing import Any

import pytest
from tests.browser import axe
from tests.browser.test_verifier import (  # noqa: F401 fixtures
    Served,
    asked,
    browser,
    drawn,
    page,
    reader,
    site,
    twins,
)

from rekap.core import codec

pytestmark = pytest.mark.chromium


def revised(site: Served) -> Any:  # noqa: F811
    """A TPS whose form was revised, as most are: without rivals or answers."""
    twin = twins(site, lambda t: t["page"] == "tps" and len(t["statements"]) > 1)[0]
    plain = [one for one in twin["statements"] if one["status"] in ("head", "superseded")]
    twin["statements"] = plain
    give(site, twin)
    return twin


def give(site: Served, twin: Any) -> None:  # noqa: F811
    site.changes[f"{twin['address']}index.json"] = codec.encode_public(twin)


def test_a_page_that_has_not_changed(page, site):  # noqa: F811
    twin = revised(site)
    asked(page, site, f"{twin['address']}@{twin['as_of']}")
    assert "Menurut situs, halaman belum berubah" in page.locator(".cetakan").inner_text()
    page.get_by_text("Kembali ke halamannya").click()
    assert page.url == f"{site.base}{twin['address']}index.html"


def test_the_form_that_counted_then_is_proved_by_its_own_sheet(page, site):  # noqa: F811
    twin = revised(site)
    first = min(twin["statements"], key=lambda one: one["effect"])
    asked(page, site, f"{twin['address']}@{first['effect'] + 1}", "en/")
    assert "As the site says, the page has changed" in page.locator(".cetakan").inner_text()
    page.locator(".cetakan a").click()
    page.wait_for_selector(".wh:has-text('Entry')")
    assert page.url.endswith(f"#bukti/{first['index']}/")
    assert page.locator("article").get_attribute("data-head") == "proved"


def test_sums_are_computed_from_the_log(page, site):  # noqa: F811
    twin = twins(site, lambda t: t["page"] == "region" and t["as_of"] > 100)[0]
    asked(page, site, f"{twin['address']}@100")
    assert f"{twin['address']}@100" in page.locator(".cetakan pre").inner_text()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("nowhere/at/all/@5", "Berkas tidak ada"),
        ("{address}@999999", "Muat ulang sesaat lagi"),
        ("buku-besar/x/@5", "Berkas tidak ada"),
    ],
)
def test_what_cannot_be_answered_is_said(page, site, code, words):  # noqa: F811
    asked(page, site, code.format(address=revised(site)["address"]))
    assert words in page.locator("#lembar").inner_text()


def test_names_of_a_changed_twin_stay_out(page, site):  # noqa: F811
    twin = revised(site)
    twin["statements"][0]["index"] = "<img src=x onerror=alert(1)>"
    give(site, twin)
    asked(page, site, f"{twin['address']}@{twin['statements'][0]['effect'] + 1}")
    assert "onerror" not in page.locator("#lembar").inner_text()
    assert page.locator("#lembar img").count() == 0


def sheets(site: Served) -> dict[str, str]:  # noqa: F811
    """An address for each look of a sheet; the twin of the second one lies."""
    every = twins(site, lambda t: t["page"] in ("tps", "region", "statement"))
    stations = [t for t in every if t["page"] == "tps" and t["head"]]
    lie = stations[1]
    lie["head"]["figures"]["pair_1"] += 1
    give(site, lie)
    kelurahan = [t for t in every if t["page"] == "region" and t["region"]["level"] == "kelurahan"]
    return {
        "proved": stations[0]["address"],
        "differs": lie["address"],
        "unchecked": next(t["address"] for t in every if t["page"] == "tps" and not t["head"]),
        "added up": kelurahan[0]["address"],
        "certificate": next(t["address"] for t in every if t["page"] == "region"),
        "statement": next(t["address"] for t in every if t.get("kind") == "grant"),
    }


def test_axe_finds_nothing_in_a_sheet(page, site):  # noqa: F811
    """In both languages; by night the colours of one."""
    wrong = []
    for language, schemes in (("", ("light", "dark")), ("en/", ("light",))):
        for name, address in sheets(site).items():
            asked(page, site, address, language)
            for scheme in schemes:
                page.emulate_media(color_scheme=scheme)
                rules = axe.RULES if scheme == "light" else axe.COLOURS
                wrong += [(name, language, scheme, *one) for one in axe.wrong(page, rules)]
    assert wrong == []


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_no_sheet_scrolls_sideways(page, site, width):  # noqa: F811
    page.set_viewport_size({"width": width, "height": 740})
    for name, address in sheets(site).items():
        asked(page, site, address)
        wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], name


def test_a_printed_sheet_carries_its_verdict_and_nothing_to_press(page, site):  # noqa: F811
    page.emulate_media(media="print")
    for address in sheets(site).values():
        asked(page, site, address)
        assert page.locator(".vd h2").is_visible()
        assert page.locator(".tidak li").first.is_visible()
        assert not page.locator("article .btn").first.is_visible()
        assert not page.locator("#meja").is_visible()
        assert not page.locator("footer").is_visible(), "it names another address and tree"
        text = page.locator("#lembar").inner_text()
        assert f"Lembar dari alamat {address}" in text
        root = site.files["log/checkpoint"].decode().split("\n")[2]
        assert root in text.replace(" ", "")


def test_the_sheet_is_reached_and_left_with_the_keyboard(page, site):  # noqa: F811
    twin = revised(site)
    page.goto(site.base + twin["address"])
    page.locator("#bukti .btn").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#lembar[data-state=done] > *")
    assert page.evaluate("document.activeElement.tagName") == "H2"
    pressed = []
    for _ in range(4):
        page.keyboard.press("Tab")
        pressed.append(page.evaluate("document.activeElement.textContent"))
    assert pressed[:4] == [
        "Simpan bukti", "Cetak", "Simpan berkas sengketa", "Kembali ke halamannya"
    ]  # fmt: skip


def test_a_form_that_does_not_count_is_never_called_the_true_one(page, site):  # noqa: F811
    """Superseded, rival, orphan, set aside, repeat, a contested TPS: the signatures are proved."""
    found = {}
    for twin in twins(site, lambda t: t["page"] == "statement" and t.get("kind") == "form"):
        found.setdefault(twin["status"], twin["address"])
    assert {"head", "superseded", "rival", "orphan", "set_aside", "repeat"} <= set(found)
    found["contested"] = twins(site, lambda t: t["page"] == "tps" and t["head"] and t["contested"])[
        0
    ]["address"]
    for language, words, counts in (
        ("", "Tanda tangan formulir ini terbukti", "formulir inilah yang dihitung"),
        ("en/", "The signatures of this form are proved", "the one that counts"),
    ):
        for status, address in found.items():
            if status in ("waiting", "void"):
                continue
            assert asked(page, site, address, language) == "proved", status
            verdict = page.locator(".vd").inner_text()
            assert (words in verdict) == (status != "head"), status
            assert (counts in verdict) == (status == "head"), status
            assert "benar" not in verdict
            assert "true" not in verdict


def test_every_sheet_names_what_it_does_not_prove(page, site):  # noqa: F811
    """No rival, no cause that voids the entry, the sums, the paper: in every look of a sheet."""
    for name, address in sheets(site).items():
        asked(page, site, address)
        limits = page.locator(".tidak").inner_text()
        for words in ("versi", "pencabutan kunci", "tingkat atasnya", "kertasnya benar"):
            assert words in limits or (words == "versi" and name == "statement"), (name, words)
        assert ("formulir lain" in limits) == (name != "statement"), name


def test_in_force_is_the_word_of_the_site_and_only_verify_sees_a_later_one(page, site):  # noqa: F811
    """Where a reader reads that something counts, or is in force, and nowhere else."""
    found = twins(site, lambda t: t["page"] == "statement" and t["effect"] is not None)
    known = {twin["status"]: twin for twin in found}
    assert {"effective", "head", "superseded"} <= known.keys()
    for status in ("effective", "head", "superseded"):
        assert asked(page, site, known[status]["address"]) == "proved"
        verdict = page.locator(".vd").inner_text()
        claims = "Menurut situs" in verdict
        assert (claims, "hanya terlihat dengan rekap verify" in verdict) == (
            status != "superseded",
        ) * 2, status
    for twin in twins(site, lambda t: t["page"] == "region"):
        below = twin["region"]["level"] == "kelurahan"
        if below and asked(page, site, twin["address"], "en/") == "proved":
            assert "seen by rekap verify alone" in page.locator(".vd").inner_text()


def of_each_kind(site: Served) -> dict[str, Any]:  # noqa: F811
    """{kind: twin of a statement of it that took effect}; each kind but forms."""
    found: dict[str, Any] = {}
    for twin in twins(site, lambda t: t["page"] == "statement" and t["effect"] is not None):
        found[twin["kind"]] = twin
    del found["form"]
    return found


def test_a_statement_is_told_in_words_and_its_text_stands_behind_a_disclosure(page, site):  # noqa: F811
    every = of_each_kind(site)
    assert len(every) >= 10, "every kind"
    for language, words in (("", "Isi mentah"), ("en/", "The raw text")):
        for kind, twin in every.items():
            assert asked(page, site, twin["address"], language) == "proved", kind
            told = page.locator(".isi").inner_text()
            assert "{" not in told, kind
            assert "says_" not in told, kind
            assert len(page.locator(".isi > p").inner_text()) > 20, kind
            page.get_by_text(words).click()
            entry = json.loads(site.files[twin["json"]])
            signed = base64.b64decode(entry["payload"]).decode()
            shown = page.locator(".isi pre").text_content()
            assert shown == re.sub(r'"person":"[^"]*"', '"person":"…"', signed), kind
    assert page.said == []


def test_words_of_a_statement_say_who_gives_what_to_whom(page, site):  # noqa: F811
    every = of_each_kind(site)
    asked(page, site, every["grant"]["address"])
    told = page.locator(".isi").inner_text()
    payload = every["grant"]["payload"]
    assert f"kepada {len(payload['persons'])} orang" in told
    assert all(one["key"] in told for one in payload["persons"])
    asked(page, site, every["revoke"]["address"])
    assert every["revoke"]["payload"]["keyid"] in page.locator(".isi").inner_text()
    rosters = twins(site, lambda t: t.get("kind") == "roster" and t["effect"] is not None)
    for twin in (next(t for t in rosters if name in t["payload"]) for name in ("tps", "children")):
        asked(page, site, twin["address"], "en/")
        told = page.locator(".isi").inner_text()
        lists = twin["payload"].get("tps") or twin["payload"]["children"]
        assert all((one.get("number") or one["name"]) in told for one in lists)


def test_a_time_is_marked_as_written_and_not_as_proved(page, site):  # noqa: F811
    asked(page, site, revised(site)["address"])
    line = page.locator(".duk li", has_text="menurut penanda tangan")
    assert "Tertulis, tidak terbukti" in line.inner_text()
    assert line.locator("use").get_attribute("href") == "#dt"


def test_every_sheet_names_its_election_and_contest(page, site):  # noqa: F811
    for language, office in (("", "Pemilihan gubernur, "), ("en/", "Election of governor, ")):
        for name, address in sheets(site).items():
            asked(page, site, address, language)
            lines = page.locator("article > div .meta").all_inner_texts()
            assert lines[0] in ("Pemilihan Contoh", "Example election"), (name, lines)
            if name != "statement":
                assert any(one.startswith(office) for one in lines), (name, lines)


NOT_ADDRESSES = ["#{address}/..", "#{bare}", "#%E0%A4%A", "#log/x/", "#", "#pemilihan-contoh/"]


@pytest.mark.parametrize("code", NOT_ADDRESSES)
def test_no_other_fragment_leaves_the_sheet_before(page, site, code):  # noqa: F811
    address = revised(site)["address"]
    assert asked(page, site, address) == "proved"
    page.evaluate(
        "(code) => { location.hash = code }", code.format(address=address, bare=address[:-1])
    )
    page.wait_for_selector("#lembar:not([data-state])", state="attached")
    assert page.locator("#lembar > *").count() == 0
    status = page.locator("#kemajuan").inner_text()
    assert status == "" if code == "#" else "bukan alamat" in status
    assert page.said == []


def test_a_sheet_goes_when_the_next_check_begins(page, site):  # noqa: F811
    first, second = twins(site, lambda t: t["page"] == "tps" and t["head"])[:2]
    assert asked(page, site, first["address"]) == "proved"
    site.slow[f"{second['address']}index.json"] = gate = threading.Event()
    page.evaluate("(hash) => { location.hash = hash }", f"#{second['address']}")
    page.wait_for_selector("#kemajuan:has-text('Memeriksa')")
    assert page.locator("#lembar > *").count() == 0
    gate.set()
    assert drawn(page) == "proved"


def test_a_check_that_stops_says_so_and_leaves_nothing(page, site):  # noqa: F811
    """Whatever breaks inside, here the drawing itself, the reader is told that nothing is known."""
    first, second = twins(site, lambda t: t["page"] == "tps" and t["head"])[:2]
    assert asked(page, site, first["address"]) == "proved"
    page.evaluate(
        "() => { document.createElementNS = () => { throw new Error('a fault of this browser') } }"
    )
    page.evaluate("(hash) => { location.hash = hash }", f"#{second['address']}")
    assert drawn(page) == "unchecked"
    text = page.locator("#lembar").inner_text()
    assert text.startswith("Belum dapat diperiksa")
    assert "kesalahannya sendiri" in text


def test_a_certificate_that_lies_stands_beside_the_certificate(page, site):  # noqa: F811
    level = "kelurahan"
    every = twins(site, lambda t: t["page"] == "region" and t["region"]["level"] == level)
    twin = next(one for one in every if one["certified"])
    for figures in (twin["certified"]["figures"], twin["result"]["figures"]):
        figures["pair_1"] = 7_777
    give(site, twin)
    assert asked(page, site, twin["address"]) == "differs"
    column = "(rows) => rows.map((one) => one.cells[2]?.innerText ?? '')"
    row = "tr[data-field=pair_1]"
    assert page.locator(f"section:not(.jumlah) > table {row}").evaluate_all(column) == ["7.777"]
    assert "7.777" not in page.locator(f".jumlah {row}").evaluate_all(column)
    assert "Ditandatangani" in page.locator(".duk").first.inner_text()


def test_a_sites_own_text_is_no_figure_and_no_word_of_a_sheet(page, site):  # noqa: F811
    text = "DIBATALKAN, menang nomor 2, hubungi kpu-asli.example \u202e911"
    own = twins(site, lambda t: t["page"] == "tps" and t["head"])[0]
    own["head"]["figures"]["pair_1"] = text
    form = twins(site, lambda t: t.get("kind") == "form" and t["status"] == "superseded")[0]
    form["status"] = text
    for twin in (own, form):
        give(site, twin)
        assert asked(page, site, twin["address"]) != "proved" or twin is form
        shown = page.locator("#lembar").inner_text()
        assert "DIBATALKAN" not in shown
        assert "\u202e" not in shown
        wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1]


@pytest.mark.parametrize("level", ["tps", "kelurahan"])
def test_all_that_a_sheet_reads_is_asked_for_while_the_script_comes(page, site, level):  # noqa: F811
    """On a slow line the entries and tiles are there when the script is; each is asked for once."""
    last = r"/[0-9]{3}/$" if level == "tps" else r"/[0-9]{4}/$"
    twin = twins(site, lambda t: re.search(last, t["address"]) and t.get("evidence"))[0]
    script = next(path for path in site.files if re.fullmatch(r"aset/periksa-\w+\.js", path))
    site.slow[script] = gate = threading.Event()
    page.goto("about:blank")
    page.goto(f"{site.base}periksa/#{twin['address']}", wait_until="commit")
    early = -1
    while early < len(site.asked):
        early = len(site.asked)
        page.wait_for_timeout(1_000)
    gate.set()
    assert drawn(page) == "proved"
    assert site.asked[early:] == []
    assert len(site.asked) == len({*site.asked})


@pytest.mark.parametrize("size", ["Infinity", "9" * 15, "-1", "0", "1", "1e9", ""])
def test_a_head_that_misleads_what_is_asked_early_keeps_no_device_busy(page, site, size):  # noqa: F811
    address = revised(site)["address"]
    site.changes["log/checkpoint"] = f"rekap.example/log\n{size}\nAAAA\n".encode()
    assert asked(page, site, address) in ("unchecked", "differs")
    assert len(site.asked) < 60


@pytest.mark.parametrize(
    "wrong",
    [
        b"", b"null\n", b"[]\n", b'{"evidence":7}\n', b'{"evidence":["../x",1e9,-1,null]}\n',
        b'{"children":{},"evidence":[],"page":"region"}\n',
        b'{"children":[null],"evidence":[],"page":"region"}\n',
    ],
)  # fmt: skip
def test_a_twin_that_misleads_what_is_asked_early_changes_no_sheet(page, site, wrong):  # noqa: F811
    """What comes before the script decides nothing: the script reads the twin and refuses it."""
    address = revised(site)["address"]
    site.changes[f"{address}index.json"] = wrong
    assert asked(page, site, address) in ("unchecked", "differs")
    assert not [path for path in site.asked if ".." in path or "null" in path]
