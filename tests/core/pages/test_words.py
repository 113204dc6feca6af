"""Sentences that pages say: findings, states, alerts, checks and changes, in fixed words."""

from __future__ import annotations

import re
import tomllib

import pytest
from markupsafe import Markup, escape
from tests.core.pages import blocks, samples

from rekap.core import packaged
from rekap.core.pages import pages
from rekap.core.pages.look import style
from rekap.core.pages.words import remarks, sentences, spoken
from rekap.core.pages.words.words import fill, html
from rekap.core.statements import model, rules

FIXED = {
    "missing": "belum masuk",
    "not-in-source": "tidak kami punya",
    "waiting": "menunggu tanda tangan",
    "contested": "dua formulir berbeda",
}
STATUSES = {
    "waiting": "menunggu tanda tangan",
    "rival": "dua formulir berbeda",
    "repeat": "ulangan",
    "orphan": "tidak menyambung",
    "set_aside": "tidak dipakai",
}


def all_keys():
    """Every "table.key" of the texts."""
    text = packaged.templates_folder() / "text" / "id.toml"
    tables = tomllib.loads(text.read_text("utf-8"))
    return [f"{table}.{key}" for table, texts in tables.items() for key in texts]


def text_of(html):
    body = re.sub(r"<(style|script).*?</\1>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def page(twin):
    return text_of(pages.render(twin).decode())


@pytest.mark.parametrize(
    ("finding", "sentence"),
    [
        (blocks.finding("R6"), "Suara pasangan berjumlah 338, tertulis 339."),
        (
            blocks.finding("R1", fields=["voted_m", "voted_f", "voted"]),
            "Pengguna hak pilih: laki-laki dan perempuan berjumlah 338, tertulis 339.",
        ),
        (
            blocks.finding("R8", fields=["voted", "total"], expected=287, found=282),
            "Suara sah dan tidak sah tertulis 282, pengguna hak pilih 287. "
            "Beda ini dapat menjadi alasan hitung ulang.",
        ),
        (
            blocks.finding("R9", fields=["ballots_received", "ballots_unused"]),
            "Surat suara tidak digunakan tertulis 339, surat suara diterima 338.",
        ),
        (blocks.finding("R13", expected=1, found=0), "Semua perolehan suara tertulis 0."),
        (
            blocks.finding("X1", child="004", fields=["pair_3", "valid"], expected=128, found=123),
            "Kolom 004: Nomor 3 tertulis 123, di formulirnya 128. Juga suara sah.",
        ),
        (
            blocks.finding("X3", part="R6", child="004"),
            "Kolom 004: Suara pasangan berjumlah 338, tertulis 339.",
        ),
        (
            blocks.finding("X2", part="columns", fields=["valid"]),
            "Suara sah: kolom berjumlah 338, jumlah akhir tertulis 339.",
        ),
        (
            blocks.finding("D1", fields=["pair_1"]),
            "Nomor 1: D.Hasil 339, jumlah TPS 338.",
        ),
        (
            blocks.finding("X5", fields=[], expected=43, found=42),
            "Kolom pada formulir 42, dalam daftar 43.",
        ),
        (
            blocks.finding("S1", fields=[], expected=None, found=None),
            rules.RULES["S1"].sentence_id,
        ),
    ],
)
def test_findings_are_plain_sentences(finding, sentence):
    assert remarks.finding(spoken.words(), finding) == sentence


@pytest.mark.parametrize("rule", [rule for rule in rules.RULES if rule != "R10"])
def test_every_rule_has_a_sentence(rule):
    part, child = ("R6" if rule == "X3" else None), "004"
    said = remarks.finding(spoken.words(), blocks.finding(rule, part=part, child=child))
    assert said
    assert "{" not in said
    for word in ("salah", "error", "curang", "None"):
        assert word not in said


@pytest.mark.parametrize(("status", "words"), FIXED.items())
def test_a_tps_without_a_form_says_why(status, words):
    twin = samples.contested_tps() if status == "contested" else samples.absent_tps(status)
    shown = page(twin)
    assert words in shown.lower()
    assert "0 suara" not in shown


@pytest.mark.parametrize("status", model.STATUSES)
def test_statuses_of_statements(status):
    item = blocks.history_item(status=status)
    first, _ = remarks.history(spoken.words(), item)
    assert STATUSES.get(status, "") in first
    twin = samples.statement("form", status=status, chain=[item])
    assert STATUSES.get(status, "") in page(twin).lower()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("unknown", "Tidak dikenal."),
        ("not-entitled", "Tidak berwenang."),
        ("later-code", "Later-code."),
    ],
)
def test_void_says_why(reason, words):
    assert words in page(samples.statement("form", status="void", void_reason=reason))


def test_marks_of_a_form():
    shown = page(samples.differing_tps())
    for words in ("Sesudah D.Hasil.", "Tanda tangan diragukan."):
        assert words in shown


def test_a_place_without_a_form_shows_no_zero():
    shown = page(samples.empty_region())
    assert "Belum masuk. Belum ada formulir untuk wilayah ini." in shown
    assert "Jumlah seluruh TPS tidak diketahui" in shown
    assert "0,00%" not in shown


def test_shares_stand_beside_how_many():
    shown = page(samples.running())
    assert "46,74%" in shown
    lacks, awaited = "D.Hasil tidak ada di sumber kami.", "D.Hasil belum masuk."
    assert (shown.count(lacks), shown.count(awaited)) == (2, 0), "its state, and its own form"
    contest = {**samples.running()["contest"], "source_forms": None}
    live = page(samples.running() | {"contest": contest})
    assert (live.count(lacks), live.count(awaited)) == (0, 2)
    for word in ("Hasil resmi", "terpilih", "di atas batas"):
        assert word not in shown


def test_official_result_and_line():
    shown = page(samples.province())
    assert "Nomor 3, Pasangan Contoh Tiga dan Wakil Contoh 3, memperoleh 50,07%" in shown
    assert "2.924 suara di atas batas 50%." in shown
    assert "Hasil resmi. Ditetapkan KPU, nomor 210/2024" in shown
    assert "paling sedikit 2.180.315 suara" in shown
    assert "nomor 3 menurut D.Hasil." in shown
    assert "1% suara sah: 43.606 suara. Jarak nomor 3 dari 1: 465.079 suara." in shown
    assert "nomor 210/2024, diumumkan 8 Desember 2024, 16.01.30 WIB" in shown


def test_an_incomplete_sum_is_not_called_not_compared_beside_its_difference():
    said = sentences.region_state(
        spoken.words(), samples.province() | {"region": blocks.region_of("91.01")}
    )
    assert "belum dibandingkan" not in " ".join(said)


def test_the_alert_says_by_how_many_votes_and_how_many_nobody_explained():
    twin = samples.province()
    votes = {"pair_1": 915, "pair_2": 344, "pair_3": 1300}
    twin["comparison"] = {"state": "incomplete", "difference": votes}
    said, _ = sentences.region_alert(spoken.words(), twin)
    assert "2.559 suara" in said


def test_the_only_anomaly_of_a_tps_is_said_first():
    found = {"rule": "R13", "part": None, "hard": False, "fields": ["total"], "expected": 285,
             "found": 287, "child": None, "broken": [], "explanation": None}  # fmt: skip
    twin = samples.tps() | {"findings": [found], "column": None}
    said, anchor = sentences.station_alert(spoken.words(), twin)
    assert "287" in said
    assert "285" in said
    assert anchor == "temuan"


def test_a_replay_shows_no_hour_that_its_source_lacks():
    shown = page(samples.replay(samples.statement("form")))
    assert "Waktu menurut penanda tangan" not in shown


def test_no_word_of_winning_without_the_twin():
    twin = samples.province()
    twin["result"] |= {"line": None, "elected": None, "margin": None}
    twin |= {
        "determination": None,
        "standing": {"state": "undetermined", "rulings": [], "open": []},
    }
    shown = page(twin)
    for word in ("terpilih", "batas 50%", "Pasal 158"):
        assert word not in shown


def test_empty_column_and_exact_line():
    shown = page(samples.two_choices())
    assert "Nomor 1, kolom kosong, memperoleh 50,0004% suara sah, tepat sebanyak batas" in shown
    assert "49,9996%" in shown


@pytest.mark.parametrize(
    ("votes", "magnified"),
    [(494_999, False), (495_000, True), (500_001, True), (505_000, True), (505_001, False)],
)
def test_magnifier_only_within_half_a_point(votes, magnified):
    figures = {"pair_1": votes, "pair_2": 1_000_000 - votes, "valid": 1_000_000}
    line = {"needed": 500_001, "number": 1, "above": votes - 500_001}
    twin = blocks.region(
        "91", figures, contest=blocks.contest(2),
        result=blocks.result("certified", figures, 2, line=line),
    )  # fmt: skip
    assert ("Diperbesar" in page(twin)) is magnified


def test_one_alert_at_most():
    """On a page of contests one of each: its loudest."""
    for name, twin in samples.all_pages():
        elections = twin.get("elections", [twin])
        contests = sum(len(one.get("contests", ())) for one in elections)
        assert pages.render(twin).count(b'<div class="alert">') <= max(1, contests), name


def test_a_normal_page_has_no_alert():
    for twin in (blocks.tps(), samples.sparse_tps(), blocks.region("91.01.06")):
        assert b'class="alert"' not in pages.render(twin)


def test_the_loudest_exception_is_said_first():
    twin = samples.kecamatan()
    assert "Dua formulir berbeda." in sentences.region_alert(spoken.words(), twin)[0]
    twin["contested"] = False
    assert "Jumlah TPS berbeda dari D.Hasil" in sentences.region_alert(spoken.words(), twin)[0]


@pytest.mark.parametrize("state", ["incomplete", "different"])
def test_an_alert_leads_to_a_part_of_its_page(state):
    """Below the contest's own region there may be no list of where a difference comes from."""
    twin = samples.province()
    twin["comparison"] = {"state": state, "difference": {"pair_1": 902}}
    for differences, anchor in ((twin["differences"], "selisih"), ([], "tangga")):
        html = pages.render({**twin, "differences": differences}).decode()
        assert re.search(r'class="alert">.*?<a href="#([a-z]+)"', html)[1] == anchor
        assert f'id="{anchor}"' in html


def test_what_was_not_compared_is_not_called_different():
    shown = page(samples.province())
    ladder = shown[shown.index("Rekapitulasi berjenjang") : shown.index("Rincian selisih", 900)]
    assert "tidak diuji" in ladder
    assert "+2.559" in ladder
    assert " berbeda" not in ladder


def test_a_page_without_an_election_says_nothing_of_its_figures():
    """Over the sheet of an invented form the check said "Angka nyata dari sumber publik"."""
    for kind in ("check", "how", "terms"):
        shown = page({**samples.text_page(kind), "mode": "replay", "simulated": False})
        assert "Pemutaran ulang. Tanda tangan contoh, bukan petugas KPU." in shown
        assert "Angka nyata dari sumber" not in shown


@pytest.mark.parametrize("mode", ["replay", "rehearsal", "live"])
def test_the_first_page_says_what_it_is(mode):
    twin = samples.replay(samples.portal(), mode=mode)
    shown = page(twin)
    replay = "Angka nyata dari sumber publik; tanda tangan contoh, bukan petugas KPU"
    assert (replay in shown) is (mode == "replay")
    assert ("Bukan hasil pemilihan." in shown) is (mode == "rehearsal")


def test_simulated_pages_are_marked():
    html = pages.render(blocks.tps()).decode()
    assert "SIMULASI" in html
    assert " data-simulated>" in html
    _, sheet = style.sheet(packaged.templates_folder() / "style")
    assert b'[data-simulated] main{background:url("data:image/svg+xml' in sheet
    real = pages.render(samples.sparse_tps()).decode()
    assert "SIMULASI" not in real
    assert "data-simulated" not in real


def test_the_footer_states_its_prefix():
    shown = page(blocks.tps())
    assert "Data sampai catatan 9.418." in shown
    assert blocks.ROOT not in shown
    assert "b6f6 39fe 6f88 5bd8 2970 251b edff 9ef4" in shown
    assert "Cara memeriksa sendiri" in shown


def test_source_is_on_every_page_of_a_replay():
    assert "Sumber angka: Contoh sumber publik" in page(samples.sparse_tps())


def test_checks_show_their_sums():
    shown = page(blocks.tps())
    assert "104 + 38 + 128 = 270" in shown
    assert "276 + 5 + 6 = 287" in shown
    assert "567 \u2264 600" in shown
    broken = page(blocks.tps(blocks.full(valid=271)))
    assert "104 + 38 + 128 = 270, bukan 271" in broken
    assert "Ada hitungan pada formulir yang tidak cocok." in broken


def test_what_cannot_be_tested_is_said():
    shown = page(samples.sparse_tps())
    assert "sumber kami: R1, R2, R4, R5, R8, R9, R12, R17." in shown
    assert "6 dari 6 hitungan yang dapat diuji cocok." in shown


def test_no_officer_has_a_name():
    shown = page(blocks.tps())
    assert "KPPS, ketua" in shown
    assert "7f3a 91c2" in shown


NAMED = (
    "form", "reason", "count", "kind", "level", "court", "ruling_state", "order", "ordered_body",
    "recommended_type", "ground", "outcome", "refusal", "basis", "copy_source",
    "objection_code", "event_code", "incident_state", "pair_note", "follows",
    "readiness_step", "readiness_item",
    "readiness_lack", "correction_basis", "withholding", "withhold_reason", "picture_document",
)  # fmt: skip
"""Tables of words for values of a payload."""


def test_statement_shows_everything_it_says():
    for name, payload in samples.payloads().items():
        shown = page(samples.statement(name)).replace(" ", "")
        for value in _texts(payload):
            known = spoken.words()
            named = {str(known.name(value, t)) for t in NAMED}
            named |= {str(known.field(value, "short"))} if value in model.FIGURES else set()
            spelled = {value, *named, *_spellings(value)}
            assert any(_squeezed(s) in shown for s in spelled), (name, value)


def _texts(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in SKIPPED:
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value[:3]:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


SKIPPED = frozenset("kind sheets en id office win position body reason mode election".split())
"""Shown as words, or by the name of what they stand for."""


def _spellings(value):
    numbers = spoken.words().numbers
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return [numbers.day(value)]
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}T.*", value):
        return [numbers.moment(value)]
    return []


def _squeezed(text):
    return re.sub(r"\s", "", text).replace("<", "&lt;").replace(">", "&gt;").replace(
        '"', "&#34;"
    ).replace("'", "&#39;")  # fmt: skip


@pytest.mark.parametrize(
    "value",
    ["", "plain", "a & b", "<b>", "it's", '"', Markup("<b>"), 7, -7, True, None, ["<"], "é\u2026"],
)
def test_text_is_escaped_once(value):
    assert html(value) == str(escape(value))
    assert html(Markup(html(value))) == html(value)


def test_holes_are_filled_and_escaped():
    assert fill(Markup("<b>{a}</b> {b}{a}"), {"a": "<", "b": 1}) == "<b>&lt;</b> 1&lt;"
    with pytest.raises(KeyError):
        fill(Markup("{a}"), {"b": 1})
    assert isinstance(fill(Markup("{a}"), {"a": "x"}), Markup)


def test_the_way_to_a_desa_tells_it_from_its_kecamatan():
    twin = samples.kelurahan()
    twin["crumbs"] = [*twin["crumbs"][:-1], {**twin["crumbs"][-1], "name": "Contohan"}]
    shown = page(twin)
    assert "Distrik Contohan Kelurahan Contohan" in " ".join(shown.split())


def test_a_certificate_of_a_city_is_not_named_regency_and_city():
    twin = samples.ledger()
    twin["latest"][0] |= {"form": "d_hasil_kabko", "region": "91.71", "tps": None,
                          "place": "Kota Administrasi Contoh"}  # fmt: skip
    shown = " ".join(page(twin).split())
    assert "D.Hasil Kota Administrasi Contoh" in shown
    assert "Kabupaten/Kota Kota" not in shown


@pytest.mark.parametrize(
    ("language", "told"), [("id", "TPS: tempat pem"), ("en", "TPS: polling st")]
)
def test_each_page_says_once_what_its_abbreviations_are(language: str, told: str) -> None:
    kinds = {"portal", "election", "region", "tps", "statement"}
    shown = set()
    for name, twin in samples.all_pages():
        count = pages.render(twin, language).decode().count(told)
        assert count == (twin["page"] in kinds), name
        shown.add(twin["page"])
    assert kinds <= shown


def test_a_station_that_lacks_ballots_of_another_contest_names_no_id():
    supplied = samples.supplied()
    supplied["arrived"]["lacks"][0]["contest"] = "wali-kota-90.71"
    shown = page(samples.tps() | {"readiness": supplied})
    assert "surat suara pemilihan lain" in shown
    assert "wali-kota-90.71" not in shown


def test_a_place_whose_name_says_what_it_is_is_not_called_so_twice() -> None:
    said = spoken.words().place
    desa = {"level": "kelurahan", "code": "35.20.01.2001", "name": "Desa Sombo"}
    assert said(desa) == said({**desa, "name": "Sombo"}) == "Desa Sombo"
    assert said({**desa, "name": "Kelurahan Sombo"}) == "Desa Kelurahan Sombo"
    above = {"level": "kecamatan", "code": "35.20.01", "name": "Kecamatan Poncol"}
    assert said(above) == "Kecamatan Poncol"
    assert said({"level": "kabko", "code": "35.20", "name": "Kabupaten X"}) == "Kabupaten X"
