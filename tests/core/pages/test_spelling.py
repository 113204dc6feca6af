"""Every word that pages say is spelled as a dictionary, the glossary, or the list below has it.

Skipped with the reason where hunspell or a dictionary is missing, unless REKAP_REQUIRE names
`hunspell` (Debian: hunspell, hunspell-id, hunspell-en-us).
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests import needed
from tests.core.pages import samples

from rekap.core.pages import pages

DICTIONARIES = {"id": "id_ID", "en": "en_US"}
WORD = re.compile(r"[A-Za-zÀ-ž]+(?:-[A-Za-z]+)*")
FORMATS = frozenset("excel internet json k kb mb n package share tlog-proof xlsx".split())
"""Names of formats, programs and columns, the k of k keys, the n of numbers, and sizes of files."""
PAPER = frozenset("i iii iv l p v".split())
"""Chapters and columns of the forms."""
SPELLED = {
    "id": frozenset(
        """angkanya bermandat bita bitanya cocokkan dibulatkan dicermati didiskualifikasi dikoreksi
        diperbesar diputus direkomendasikan disabilitas diskors diulang formulirnya gladi
        halamannya hurufnya ketercakupan kodenya ktp-el kuki memperagakan nomornya pembukti penampil
        pengunggah pindaian ponsel rincian sematkan terbantah tercetak""".split()
    ),
    "en": frozenset("codebook simulasi terbuka tlog".split()),
}
"""Words that are right and that the dictionaries lack: endings, and words younger than they are."""


def _unknown(language: str, words: set[str]) -> set[str]:
    done = subprocess.run(
        ["hunspell", "-i", "utf-8", "-l", "-d", DICTIONARIES[language]],
        input="\n".join(sorted(words)), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(done.stdout.split())


def _said(twin: dict[str, Any], language: str) -> set[str]:
    """The words of a page that are the portal's own: not from the log, not code."""
    html = pages.render(twin, language).decode()
    html = re.sub(r"<(style|script|pre|code)[^>]*>.*?</\1>", " ", html, flags=re.DOTALL)
    other = "id" if language == "en" else "en"
    html = re.sub(rf'<(\w+)[^>]* lang="{other}"[^>]*>.*?</\1>', " ", html, flags=re.DOTALL)
    html = re.sub(r'<(\w+)[^>]* class="hash[^>]*>.*?</\1>', " ", html, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>|&[a-z0-9#]+;", " ", html)
    text = re.sub(r"\S*[0-9/@]\S*|\S+\.(?:txt|json|csv)\b", " ", text)
    given = {word.lower() for word in WORD.findall(str(twin))}
    return {word for word in WORD.findall(text) if word.lower() not in given}


def _glossary() -> set[str]:
    text = (Path(__file__).parents[3] / "docs/glossary.md").read_text()
    return {word.lower() for word in WORD.findall(text)}


@pytest.mark.parametrize("language", DICTIONARIES)
def test_no_word_is_misspelled(language: str) -> None:
    needed.hunspell()
    said = {word for _, twin in samples.all_pages() for word in _said(twin, language)}
    known = _glossary() | FORMATS | PAPER | SPELLED[language]
    wrong = {word for word in _unknown(language, said) if word.lower() not in known}
    assert not wrong
    assert len(said) > 500
    assert _unknown(language, {"formlir", "certifcate"}) == {"formlir", "certifcate"}
