"""What a stranger takes from a page at a glance: loud things first, gaps that look like gaps."""

from __future__ import annotations

import re

import pytest
from tests.core.pages import samples
from tests.core.pages.blocks import Twin, history_item, rung, tps
from tests.core.pages.test_front import _shown

from rekap.core.pages import pages
from rekap.core.pages.tables import ladder
from rekap.core.pages.words import remarks, spoken
from rekap.core.statements import model


def _first(twin: Twin, language: str = "id") -> str:
    """The page before its first figures."""
    html = pages.render(twin, language).decode()
    return html.partition("<main")[2].partition("<section")[0]


def _row(twin: Twin, name: str) -> str:
    table = pages.render(twin).decode().partition('data-s="children"')[2]
    return table.partition(f">{name}</a>")[2].partition("</tr>")[0]


def _waiting(count: int, more: int = 0) -> Twin:
    cases = [{**one, "state": "open", "answer": None} for one in samples.lines(count)]
    return tps() | {"incidents": samples.told(counts=None, cases=cases, more=more)}


def test_objections_that_wait_are_told_before_the_figures() -> None:
    assert '<a href="#kejadian">3 keberatan menunggu jawaban.</a>' in _first(_waiting(3))
    assert '<a href="#kejadian">Keberatan menunggu jawaban.</a>' in _first(_waiting(3, more=2))
    answered = [one for one in samples.lines() if one["state"] != "open"]
    calm = tps() | {"incidents": samples.told(counts=None, cases=answered, more=0)}
    assert 'id="kejadian"' in pages.render(calm).decode()
    assert "#kejadian" not in _first(calm)
    region = samples.kelurahan() | {"incidents": samples.told(counts={"open": 7}, cases=[])}
    assert "7 keberatan menunggu jawaban." in _first(region)


def test_recommendations_and_unlike_copies_are_told_before_the_figures() -> None:
    pages_of = dict(samples.all_pages())
    assert 'href="#rekomendasi"' in _first(pages_of["tps-recommended"])
    assert '#salinan-lain">Salinan C.Hasil: ' in _first(pages_of["tps-copies"])
    assert '#salinan-lain">Salinan C.Hasil: 3 berbeda' in _first(pages_of["region-copies-3"])
    assert "#salinan-lain" not in _first(pages_of["region-copies-0"])
    assert "<a " not in _first(tps()).partition("<h1>")[2].partition('class="meta"')[2]


def test_a_rule_of_which_one_sum_was_tested_says_so() -> None:
    said = _shown(tps({"pair_1": 185, "pair_2": 326}, pairs=2))
    assert "dan ada suara. Hanya 1 dari 2 hitungan aturan ini dapat diuji." in said
    assert "Hanya " not in _shown(tps())


def test_a_figure_that_a_form_lacks_is_not_said_like_zero() -> None:
    first = samples.form_view("c_hasil", "91.01.06.1001", {"pair_1": 281, "pair_2": 149}, tps="004")
    second = samples.form_view(
        "c_hasil", "91.01.06.1001", {"pair_1": 185, "pair_2": 326, "valid": 511}, tps="004"
    )
    twin = tps(second["figures"], pairs=2) | {"statements": [first, second]}
    table = re.search(r'data-s="statements".*?</table>', pages.render(twin).decode(), re.DOTALL)
    assert table is not None
    assert table[0].count("tidak ada</td>") == 1
    assert 'data-f="invalid"' not in table[0], "no version has it"
    assert "nihil" not in _shown(twin)
    assert ">none<" not in pages.render(twin, "en").decode()


def test_a_place_whose_pairs_differ_is_not_said_to_differ_by_nothing() -> None:
    twin = samples.province()
    one = twin["children"][0]
    one["comparison"] = {"state": "different", "difference": {"pair_1": 4, "valid": 0}}
    row = _row(twin, one["name"])
    assert ">berbeda</small>" in row
    assert "<b>berbeda</b>" in row


def test_a_finding_stands_beside_the_name_of_its_place() -> None:
    twin = samples.province()
    one = twin["children"][0]
    one["comparison"] = {"state": "no-certified", "difference": {}}
    one["findings"] = {"open": 1, "answered": 0}
    row = _row(twin, one["name"])
    assert '<small class="pk df" aria-hidden="true">1 temuan</small>' in row


def test_a_region_of_places_without_figures_lists_them() -> None:
    twin = samples.regency()
    twin["contest"]["source_forms"] = ["d_hasil_kabko"]
    for one in twin["children"]:
        one |= {"figures": None, "contested": False}
        one["stations"] = {**one["stations"], "counted": 0}
    html = pages.render(twin).decode()
    assert 'data-s="children"' not in html
    assert "Wilayah dalam daftar. Angkanya tidak kami punya." in html
    assert all(one["name"] in html for one in twin["children"])
    twin["children"][0]["figures"] = {"pair_1": 3}
    assert 'data-s="children"' in pages.render(twin).decode()


def test_no_winner_is_read_where_a_court_took_the_decision_away() -> None:
    """The words of the court come first, and nobody's name or share is bold or in the corner."""
    words = {
        "annulled": ("Tidak ada hasil yang berlaku.", "No result is in force."),
        "annulled-part": ("Angka dapat memuat suara yang dibatalkan", "The figures may hold votes"),
        "granted": ("Belum ada penetapan sesudah putusan MK.", "No determination followed"),
    }
    for state, told in words.items():
        ruled = samples.headline(standing=samples.ruled(state))
        for language, first in zip(("id", "en"), told, strict=True):
            block = pages.render(samples.portal(ruled), language).decode()
            block = block.partition('<section class="ct">')[2].partition("</section>")[0]
            assert f'<p class="say"><b>{first}' in block
            assert (
                "</b>"
                not in block.partition('class="say"')[2].partition("</b>")[2].partition("</p>")[0]
            )
            assert "<b>" not in block.partition('<ol class="rc">')[2]
            many = samples.portal(ruled, *samples.many_headlines(3))
            rows = pages.render(many, language).decode().partition('<ol class="cl">')[2]
            row = next(one for one in rows.split("<li>") if f'"{ruled["address"]}' in one)
            assert '<span class="ld"></span>' in row
            assert f'<span class="who"><b>{first}' in row
            assert "Pasangan Contoh Dua" not in row
    ordinary = pages.render(samples.portal(samples.headline())).decode()
    assert "<b>Pasangan Contoh Dua" in ordinary


def test_what_waits_today_is_said_of_which_contest() -> None:
    twin = dict(samples.all_pages())["today"]
    assert len(twin["contests"]) == 2
    html = pages.render(twin).decode().partition('id="atas"')[2].partition("</dl>")[0]
    assert html.count("<small>Angkanya di halaman itu.</small>") == 2, "until a script fetched it"
    labels = re.findall(r"<dt>(Keberatan[^<]*)</dt>", html)
    assert len({*labels}) == 2, labels
    assert all(one.partition(", ")[2].startswith("Pemilihan") for one in labels), labels


def test_the_places_of_a_recommendation_are_a_sentence_of_their_own() -> None:
    said = _shown(dict(samples.all_pages())["recommendations"])
    assert "dan 2 tempat lain. Diminta paling lambat" in said
    assert "lain Diminta" not in said


def test_facts_of_two_contests_stand_side_by_side() -> None:
    """Two columns on a telephone: a fact of one contest beside the same fact of the other."""
    twin = next(one for _, one in samples.all_pages() if one["page"] == "today")
    first = twin["contests"][0]
    two = [first, {**first, "office": "regent"}]
    html = pages.render({**twin, "contests": two}, "id").decode()
    facts = html.partition('id="atas"')[2].partition("</dl>")[0]
    told = [fact.partition(",")[0] for fact in re.findall(r"<dt>(.*?)</dt>", facts)][2:]
    assert len(told) == 6
    assert told[::2] == told[1::2]


def test_a_station_with_two_forms_says_in_which_figures_they_differ() -> None:
    """Both lines said that they differ; the other figures stood three screens below."""
    head, rival = samples.contested_tps()["statements"]
    rival = rival | {"figures": head["figures"] | {"pair_1": 1_036, "valid": 1_160}}
    twin = samples.contested_tps() | {"statements": [head, rival]}
    shown = {field: f"{head['figures'][field]:,}".replace(",", ".") for field in head["figures"]}
    alert = " ".join(re.sub("<[^>]*>", " ", _first(twin).partition('class="alert"')[2]).split())
    assert f"Nomor 1: {shown['pair_1']} dan 1.036. Suara sah: {shown['valid']} dan 1.160." in alert
    assert "Dua formulir berbeda" not in alert
    same = samples.contested_tps() | {"statements": [head, rival | {"figures": head["figures"]}]}
    assert "Dua formulir berbeda." in _first(same).partition('class="alert"')[2]


def test_a_kelurahan_with_two_forms_of_a_station_says_so_before_its_figures() -> None:
    """The mark stood three screens below, and in no page above it at all."""
    twin = samples.kelurahan()
    said = " ".join(re.sub("<[^>]*>", "", _first(twin)).split())
    assert "TPS 015: dua formulir berbeda." in said
    calm = twin | {"findings": []}
    assert "<b>TPS 015: dua formulir berbeda.</b> Yang pertama masuk dihitung" in _first(calm)
    assert '<a href="#strip">' in _first(calm)
    assert "<b>TPS 015: two forms that differ.</b>" in _first(calm, "en")
    for child in calm["children"][:5]:
        child["contested"] = True
    assert "<b>Di 6 TPS ada dua formulir berbeda.</b>" in _first(calm)


def test_a_region_says_how_many_places_below_have_two_forms_and_in_which_of_them() -> None:
    twin = samples.regency() | {"contested_below": 2}
    twin["children"][0]["contested_below"] = 2
    assert "<b>Dua formulir berbeda di 2 tempat di bawahnya.</b>" in _first(twin)
    assert '<a href="#wilayah">' in _first(twin)
    name = twin["children"][0]["name"]
    below, _, state = _row(twin, name).partition("</th>")
    assert "dua formulir berbeda: 2" in below
    assert '<small class="df">dua formulir: 2</small>' in state, "a longer word hides it"
    own = twin | {"contested_below": 1, "contested": True}
    assert "di bawahnya" not in _first(own), "itself is not below it"


def test_the_page_about_checking_tells_each_answer_of_the_command() -> None:
    """It knew three of four, and called the second one otherwise than the command does."""
    for language, said in (("id", "3 sesuai sejauh dilihat"), ("en", "3 right as far as was seen")):
        html = pages.render(samples.text_page("how"), language).decode()
        assert said in html
        assert ("1 terbantah" if language == "id" else "1 refuted") in html


def test_places_of_a_recommendation_stand_in_a_sentence() -> None:
    """A link that is a child of its list keeps a distance: "TPS 001   ." on a desk."""
    html = pages.render(samples.recommendations()).decode()
    named = re.findall(r"<dd>.*?</dd>", html, re.DOTALL)
    assert named
    assert all(re.search(r"<span>(<a [^>]*>[^<]*</a>[, ]*)+.*?\.</span>", one) for one in named)


def test_who_signed_for_a_pair_is_told_with_its_number() -> None:
    """ "Ditandatangani 1 kunci (Saksi pasangan nomor)": of which, the page did not say."""
    twin = samples.statement("objection")
    twin["signers"] = [{**twin["signers"][0], "body": "saksi", "pair": 2, "counted": True}]
    html = pages.render(twin).decode()
    assert "kunci Saksi pasangan nomor 2</span>" in html
    assert "pasangan nomor 2 2" not in html


def test_a_decision_leads_to_its_contest_and_names_who_is_elected() -> None:
    """The pages of determination, elected and ruling were ends: no name and no way on."""
    for name in ("elected", "determination", "ruling", "copy", "recommendation", "response"):
        twin = samples.statement(name)
        address = f"{twin['election']['id']}/{twin['contest']['id']}/index.html"
        assert f'{address}">' in pages.render(twin).decode(), name
    twin = samples.statement("elected")
    names = twin["contest"]["pairs"][twin["payload"]["pair"] - 1]["names"]
    assert f"nomor {twin['payload']['pair']}, {names[0]}" in pages.render(twin).decode()


def test_the_list_of_entries_says_what_came_after_a_decision_as_its_page_does() -> None:
    later = [{**samples.ledger()["latest"][0], "kind": kind, "status": "superseded", "form": None}
             for kind in ("determination", "elected", "ruling", "election")]  # fmt: skip
    said = _shown(samples.ledger() | {"latest": later})
    for one in ("ada penetapan sesudahnya", "ada keputusan sesudahnya", "ada kabar sesudahnya"):
        assert said.count(one) == 1, one
    assert said.count("diganti versi baru") == 1, "an election has versions"


def test_places_on_the_way_to_a_page_of_no_contest_are_called_what_they_are() -> None:
    for twin, last in ((samples.today(), "Distrik "), (samples.officials(), "Kelurahan ")):
        way = pages.render(twin).decode().partition('class="crumb"')[2].partition("</ol>")[0]
        *above, here = re.findall(r"<li><[^>]+>(.*?)</", way)
        assert here == last + twin["region"]["name"], above
        assert all(one.startswith(("Kabupaten ", "Distrik ")) for one in above[2:])


@pytest.mark.parametrize(("language", "said"), [("id", "didiskualifikasi"), ("en", "disqualified")])
def test_what_became_of_one_of_two_candidates_says_which(language: str, said: str) -> None:
    twin = samples.province()
    pair = twin["contest"]["pairs"][0]
    note = {"code": "disqualified", "date": "2025-02-24", "source": "MK 195/2025"}
    pair["notes"] = [note, {**note, "who": 2}]
    told = re.findall(rf"(\S.{{0,20}}){said} 24 Feb", _shown(twin, language))
    assert [one.endswith(f"{pair['names'][1]}: ") for one in told] == [False, True], told
    pair["notes"] = [{**note, "code": "replaced", "who": 2}]
    came = {"id": "menggantikan calon semula", "en": "in place of an earlier candidate"}
    assert f"{pair['names'][1]}: {came[language]} 24 Feb" in _shown(twin, language)


def test_levels_above_a_place_that_a_court_left_out_are_not_said_to_differ() -> None:
    """The column of the kab/kota of a province stood in red, as if somebody had taken votes."""
    twin = samples.annulled_province()
    whole, rest = {"pair_1": 90, "valid": 90}, {"pair_1": 60, "valid": 60}
    less = {"pair_1": -30, "valid": -30}
    levels = (
        ("tps", "c_hasil", whole, None),
        ("kecamatan", "d_hasil_kecamatan", whole, {}),
        ("kabko", "d_hasil_kabko", rest, less),
        ("provinsi", "d_hasil_prov", rest, {}),
    )
    twin["ladder"] = [rung(level, form, figures, 6, difference=gap)
                      for level, form, figures, gap in levels]  # fmt: skip
    told = ladder.rungs(spoken.words(), twin)
    assert [one.verdict for one in told] == ["first", "same", "incomplete", "incomplete"]
    assert not any(one.gaps for one in told)
    del twin["left_out"][0]
    assert ladder.rungs(spoken.words(), twin)[2].verdict == "different"


def test_the_entry_of_a_case_says_what_became_of_it_and_is_replaced_by_none() -> None:
    """ "Perkara di MK: Berlaku." and "Ada penetapan sesudahnya. Diganti versi 2"."""
    case = samples.statement("ruling")
    said = remarks.capital(spoken.words().name(case["payload"]["state"], "ruling_state"))
    for status, there in (("effective", f"<b>{said}.</b>"), ("mistaken", "<b>Dicabut, salah")):
        assert there in pages.render(case | {"status": status}).decode()
    after = {"index": 9500, "revision": 2, "address": "bukti/9500/"}
    for kind in ("determination", "ruling", "elected"):
        ended = samples.statement(kind) | {"status": "superseded", "after": after}
        state = pages.render(ended).decode().partition('class="state"')[2].partition("</p>")[0]
        assert "Sesudahnya: catatan 9.500." in state, kind
        assert "Diganti" not in state, kind


def test_two_forms_of_a_tps_are_told_apart_in_the_list_of_entries() -> None:
    """A night has a form for the governor and one for the mayor: two lines that said the same."""
    first = {
        **samples.ledger()["latest"][0],
        "kind": "form",
        "form": "c_hasil",
        "revision": 1,
        "region": "91.01.06.1001",
        "tps": "004",
        "place": "Mawar",
        "status": "head",
    }
    lines = [{**first, "office": office} for office in ("governor", "mayor", None)]
    case = {**first, "kind": "ruling", "form": None, "revision": 2, "tps": None, "office": None}
    said = _shown(samples.ledger() | {"latest": [*lines, case]})
    for one in ("C.Hasil Mawar, TPS 004, pemilihan gubernur", "TPS 004, pemilihan wali kota"):
        assert said.count(one) == 1, one
    assert "versi 2" not in said, "news of a case is no version"


def test_a_place_of_a_list_is_called_what_it_is() -> None:
    """ "Contohan" alone may be a kecamatan or the desa of the same name in it."""
    twin = dict(samples.all_pages())["incidents"]
    twin["open"][0]["name"] = "Contohan"
    assert ">Distrik Contohan</a>" in pages.render(twin).decode()
    upper = pages.render(samples.kelurahan()).decode()
    above = upper.partition('id="asal"')[2].partition("</section>")[0]
    assert re.search(r">Distrik [^<]+</a></dd>", above), above


def test_a_line_of_a_history_names_every_vote_and_counts_the_rest_of_many_changes() -> None:
    """Twenty-five figures in one paragraph hid those that people look for."""
    fields = [*model.FIELDS[:8], "pair_1", "pair_2", "valid", "total"]
    changes = [{"field": field, "old": 1, "new": 2} for field in fields]
    item = history_item(revision=2, changes=changes)
    words = spoken.words()
    said = remarks.history(words, item)[1].striptags()
    assert said.startswith("Nomor 1: 1 menjadi 2. Nomor 2: 1 menjadi 2. Suara sah: 1 menjadi 2.")
    assert "Juga 8 isian lain, dalam catatannya." in said
    assert said.count("menjadi") == 4
    few = remarks.history(words, {**item, "changes": changes[:8]})[1].striptags()
    assert few.count("menjadi") == 8
    assert "Juga" not in few


def test_an_office_with_a_slash_leaves_room_for_what_became_of_its_signature() -> None:
    """ "Kabupaten/Kota," is one word: it moved the last column off 360 px."""
    twin = samples.statement("determination")
    twin["signers"] = [{**one, "body": "kpu_kabko"} for one in twin["signers"]]
    signers = pages.render(twin).decode().partition('id="ttd"')[2].partition("</section>")[0]
    assert signers.count("KPU Kabupaten/<wbr>Kota, ") == len(twin["signers"])


@pytest.mark.parametrize(
    "kind", ["determination", "elected", "ruling", "recommendation", "response"]
)
def test_a_revision_leads_to_the_one_before(kind: str) -> None:
    twin = samples.statement(kind)
    before = "ab" * 32
    twin["payload"] = {**twin["payload"], "revision": 2, "previous": before}
    assert 'href="../9102/index.html"' not in _says(twin | {"named": []})
    assert 'href="../9102/index.html"' in _says(twin | {"named": [{"id": before, "index": 9102}]})


def _says(twin: Twin) -> str:
    return pages.render(twin).decode().partition('id="isi-pernyataan"')[2].partition("</section")[0]


def test_a_top_without_figures_has_no_script_of_what_is_above() -> None:
    twin = samples.empty_region()
    assert 'querySelector("#atas")' in pages.render(twin).decode()
    top = {**twin["region"], "code": twin["contest"]["region"]}
    html = pages.render(twin | {"region": top, "crumbs": twin["crumbs"][:2]}).decode()
    assert "<script" not in html
