"""Words of Papua and Aceh: the place's own code decides what its levels and bodies are called."""

from __future__ import annotations

import json
import re
import tomllib

import pytest
from tests.core.pages import samples
from tests.core.pages.test_words import all_keys, text_of

from rekap.core import packaged
from rekap.core.ledger.addresses import LANGUAGES
from rekap.core.pages import pages
from rekap.core.pages.words import spoken

OF_PLACES = ("region", "tps", "missing", "findings", "absent", "incidents", "copies", "today")
STAYS = re.compile(r"D\.Hasil Kecamatan|Pengawas Kelurahan/Desa")
SAID = {
    "31": (r"\b[Dd]istrik\b|\b[Gg]ampong\b|\bKIP\b|\bPanwaslih\b", "Kecamatan"),
    "97": (r"\b[Dd]istrik\b|\b[Gg]ampong\b|\bKIP\b|\bPanwaslih\b", "Kecamatan"),
    "91": (r"\b[Kk]ecamatan\b|\b[Gg]ampong\b|\bKIP\b|\bPanwaslih\b", "Distrik"),
    "96": (r"\b[Kk]ecamatan\b|\b[Gg]ampong\b|\bKIP\b|\bPanwaslih\b", "Distrik"),
    "11": (
        r"\b[Dd]istrik\b|\b[Dd]esa \w|\b(?:KPU|Bawaslu) (?:Prov|Kab|of the (?:prov|reg))"
        r"|(?:Ditetapkan|Determined by) KPU",
        "Kecamatan",
    ),
}
"""Province: what none of its pages says, and what the page of its kecamatan is called."""


def moved(twin, province):
    """The same page of another province: all codes and addresses begin with that."""
    text = re.sub(r'(?<=["/])91(?=[./"])', province, json.dumps(twin))
    return json.loads(text)


def page(twin, language):
    return text_of(pages.render(twin, language).decode())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("province", SAID)
def test_no_page_of_a_place_has_the_words_of_another(province, language):
    never, title = SAID[province]
    seen = 0
    for name, sample in samples.all_pages():
        if sample["page"] not in OF_PLACES or name.startswith("replay"):
            continue
        text = STAYS.sub("", page(moved(sample, province), language))
        assert not re.search(never, text), (name, re.search(f".{{40}}(?:{never})", text))
        seen += 1
    assert seen > 30
    kecamatan = moved(samples.kecamatan(), province)
    said = pages.render(kecamatan, language).decode()
    assert f"<h1>{title} {kecamatan['region']['name']}</h1>" in said


@pytest.mark.parametrize(
    ("province", "language", "body", "said"),
    [
        ("11", "id", "kpu_prov", "KIP Provinsi"),
        ("11", "id", "kpu_kabko", "KIP Kabupaten/Kota"),
        ("11", "id", "bawaslu_kabko", "Panwaslih Kabupaten/Kota"),
        ("11", "en", "kpu_kabko", "KIP of the regency/city"),
        ("11", "en", "bawaslu_prov", "Panwaslih of the province"),
        ("11", "id", "kpu", "KPU"),
        ("91", "id", "panwascam", "Panwaslu Distrik"),
        ("91", "id", "kpu_prov", "KPU Provinsi"),
        ("31", "id", "panwascam", "Panwaslu Kecamatan"),
        ("31", "id", "bawaslu_prov", "Bawaslu Provinsi"),
    ],
)
def test_bodies_are_called_as_their_place_calls_them(province, language, body, said):
    place = pages.spoken.of_page(
        packaged.templates_folder() / "data", {"contest": {"region": f"{province}.01"}}
    )
    assert spoken.words(language, place).body(body) == said


@pytest.mark.parametrize(("place", "said"), [("papua", "Kampung Kai"), ("aceh", "Gampong Kai")])
def test_a_desa_is_called_as_its_place_calls_it_once(place, said):
    for name in ("Kai", said):
        desa = {"level": "kelurahan", "name": name, "code": "91.05.02.2001"}
        assert spoken.words("id", place).place(desa) == said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", ["papua", "aceh"])
def test_names_of_forms_and_holes_stay(place, language):
    usual, said = spoken.words(language), spoken.words(language, place)
    assert said("form.d_hasil_kecamatan") == "D.Hasil Kecamatan"
    changed = 0
    for key in all_keys():
        one, other = usual.text(key), said.text(key)
        assert re.findall(r"\{.+?\}|<.+?>", one) == re.findall(r"\{.+?\}|<.+?>", other), key
        changed += one != other
    assert changed > 5


def test_every_phrase_is_said_somewhere():
    """A row of the table that no text has is a word that was never chosen."""
    folder = packaged.templates_folder() / "data"
    table = tomllib.loads((folder / "places.toml").read_text("utf-8"))
    for language in LANGUAGES:
        texts = [spoken.words(language).text(key) for key in all_keys()]
        phrases = {*table["papua"][language], *table["aceh"][language], *table["stays"][language]}
        for phrase in phrases:
            whole = re.compile(rf"(?<![\w{{-]){re.escape(phrase)}(?![\w}}-])")
            assert any(whole.search(text) for text in texts), (language, phrase)
