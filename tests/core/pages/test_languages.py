"""The second language: nothing is missing from it, nothing of the first is left in it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from tests.core.pages import samples

from rekap.core import packaged
from rekap.core.pages import engine, pages
from rekap.core.pages.words import spoken

TEXTS = {
    language: tomllib.loads((packaged.templates_folder() / f"text/{language}.toml").read_text())
    for language in ("id", "en")
}
KEPT = re.search(
    r"^## Kept in both languages$(.*?)^## ",
    (Path(__file__).parents[3] / "docs/glossary.md").read_text(),
    re.DOTALL | re.MULTILINE,
)
HOLE = re.compile(r"\{([a-z0-9_]+)\}")
WORD = re.compile(r"[A-Za-z]{2,}")


def words_of(text: str) -> set[str]:
    """The words of a text or page, without markup, holes, codes and addresses."""
    hashes = r'<span class="hash[^>]*>.*?</span>|<p class="hash[^>]*>.*?</p>'
    text = re.sub(hashes, " ", text)  # groups of digits may spell a word
    text = re.sub(r"<(style|script|pre|code)[^>]*>.*?</\1>|<[^>]+>", " ", text, flags=re.DOTALL)
    text = re.sub(r"&[a-z]+;|&#\d+;|\{[a-z0-9_]+\}|\S+\.(?:txt|json|csv)\b", " ", text)
    return {word.lower() for word in WORD.findall(text)}


def texts(language: str) -> set[str]:
    """All words that a language's texts use."""
    return {
        word
        for table in TEXTS[language].values()
        for text in table.values()
        for word in words_of(text)
    }


def kept() -> set[str]:
    """Words that the glossary keeps in English, and those that both languages spell alike."""
    assert KEPT is not None
    return words_of(" ".join(re.findall(r"^\| ([^|]+)", KEPT[1], re.MULTILINE))) | ALIKE


ALIKE = set(
    """april atom bahasa browser checkpoint csv data digital english excel folder id ii iii
    indonesia internet iv json log menu november operator package per portal program proof register
    rekap rp september sha share simulasi status terbuka tlog total utf verify xlsx""".split()
)
"""The same word in both languages, names of formats, and the product's own name."""


def test_both_have_the_same_tables_keys_and_holes() -> None:
    shapes = {
        language: {
            (table, key, *sorted(set(HOLE.findall(text))))
            for table, given in tables.items()
            for key, text in given.items()
        }
        for language, tables in TEXTS.items()
    }
    assert shapes["id"] == shapes["en"]


@pytest.mark.parametrize(
    ("key", "values", "said"),
    [
        ("region.votes", {"n": "1"}, "1 vote"),
        ("region.votes", {"n": "1,001"}, "1,001 votes"),
        ("state.tps_voted", {"voted": "1", "registered": "2"}, "1 person voted out of 2 voters."),
        ("tps.checks_done", {"n": 1, "tested": 25}, "1 of 25 sums that can be tested agrees."),
    ],
)
def test_english_counts_one_as_one(key: str, values: dict[str, object], said: str) -> None:
    english = spoken.words("en")
    assert english(key, **values) == said
    holes = "".join(f"; {name}={name}" for name in values)
    template = engine.environment("en").from_string(english.expand(f"[[{key}{holes}]]"))
    assert template.render(values) == said


def test_no_page_counts_one_as_many() -> None:
    many = {
        noun
        for given in TEXTS["en"].values()
        for text in given.values()
        for noun in re.findall(r"\?[a-z ]+\|([a-z ]+)\}", text)
    }
    wrong = re.compile(rf"(?<![0-9.,/-])1 (?:[a-z]+ )?(?:{'|'.join(many - {'are'})})\b")
    assert wrong.search("1 invalid votes")
    chosen = re.sub(r"\{[a-z0-9_]+\?[^|}]*\|[^}]*\}", "", "".join(TEXTS["en"]["script"].values()))
    assert "|" not in chosen, "the script chooses between two words as pages do"
    for name, twin in samples.all_pages():
        html = pages.render(twin, "en").decode()
        html = re.sub(r"<(style|script).*?</\1>|<[^>]+>", "", html, flags=re.DOTALL)
        assert "|" not in html.partition("| Rekap Terbuka")[2], name
        assert not wrong.search(" ".join(html.split())), name


def test_both_use_the_same_markup() -> None:
    """A list in one is a list in the other; only English marks quotations from the log."""
    for table, given in TEXTS["id"].items():
        for key, text in given.items():
            here, there = (
                re.findall(r"</?[a-z0-9]+", re.sub(r"<span lang=\"id\">(.*?)</span>", r"\1", one))
                for one in (text, TEXTS["en"][table][key])
            )
            assert here == there, (table, key)


def test_no_indonesian_is_left_in_english() -> None:
    left = (texts("id") & texts("en")) - kept()
    assert not left


@pytest.mark.parametrize(("name", "twin"), list(samples.all_pages()), ids=lambda one: str(one)[:30])
def test_an_english_page_has_no_indonesian_sentence(name: str, twin: dict[str, object]) -> None:
    """What comes from the log stands in an element that says so, or is a name."""
    html = pages.render(twin, "en").decode()
    html = re.sub(r'<(\w+)([^>]*) lang="id"[^>]*>.*?</\1>', " ", html, flags=re.DOTALL)
    spoken = texts("id") - texts("en") - kept()
    said = words_of(html) - words_of(str(twin))
    assert not said & spoken, name
