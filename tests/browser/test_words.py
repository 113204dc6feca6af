"""Words of who objects: shown as theirs, never as markup, only if the ledger names them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.browser import saved
from tests.browser.test_verifier import Served, browser
from tests.core.pages import samples
from tests.core.pages.blocks import Twin, tps

from rekap.core import codec, packaged
from rekap.core.errors import Malformed
from rekap.core.pages.look import box
from rekap.core.statements import attachments
from rekap.core.statements.attachments import Attachment

__all__ = ["browser"]
pytestmark = pytest.mark.chromium

TEXT = '<img src=x onerror=alert(1)> "Angka" 3 dibaca \\ 8: é…'
WORDS = Attachment("5a" * 32, TEXT)
OTHER = Attachment("5a" * 32, "Lain.").format()
LINK = "isinya, bila diserahkan dan tidak ditahan"


def _cases(digest: str) -> list[Twin]:
    return [{**one, "text": digest} for one in samples.lines(1)]


def _twin(kind: str, digest: str) -> Twin:
    cases = _cases(digest)
    if kind == "incidents":
        return samples.incidents_of(open=cases, rest=[])
    told = samples.told(cases=cases, counts=None)
    return (tps() if kind == "tps" else samples.regency()) | {"incidents": told}


def _open(browser: Any, folder: Path, twin: Twin, words: bytes | None) -> tuple[Any, Served]:
    saved.page(folder, twin)
    files = {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*.*")}
    files |= box.files(packaged.templates_folder())
    if words is not None:
        files[f"lampiran/{WORDS.digest}.json"] = words
    site = Served(files)
    page = browser.new_context(viewport={"width": 360, "height": 640}).new_page()
    page.errors = []
    page.on("pageerror", lambda said: page.errors.append(str(said)))
    page.goto(site.base + twin["address"])
    return page, site


@pytest.mark.parametrize("kind", ["tps", "incidents", "region"])
def test_words_are_shown_as_those_of_who_objects(browser: Any, tmp_path: Path, kind: str) -> None:
    page, site = _open(browser, tmp_path, _twin(kind, WORDS.digest), WORDS.format())
    assert not any("lampiran" in path for path in site.asked), "nobody asked for them"
    page.get_by_role("link", name=LINK).click()
    said = page.locator("dl [role=status]")
    said.wait_for()
    assert said.inner_text() == f"Kata yang menyatakannya, bukan kata portal ini: “{TEXT}”"
    assert page.locator("dl img").count() == 0
    assert page.errors == []
    site.server.shutdown()
    site.server.server_close()


@pytest.mark.parametrize(("words", "said"), [
    (None, "Isinya tidak diserahkan, atau ditahan: lihat catatannya."),
    (OTHER, "Berkas yang ada di sini bukan isi yang ditandatangani."),
])  # fmt: skip
def test_words_that_the_ledger_does_not_name_are_not_shown(
    browser: Any, tmp_path: Path, words: bytes | None, said: str
) -> None:
    page, site = _open(browser, tmp_path, _twin("tps", WORDS.digest), words)
    page.get_by_role("link", name=LINK).click()
    told = page.locator("dl [role=status]")
    told.wait_for()
    assert told.inner_text() == said
    site.server.shutdown()
    site.server.server_close()


def _spelled(text: str, salt: str = "5a" * 32) -> bytes:
    return b'{"salt":"%s","text":"%s"}' % (salt.encode(), text.encode())


NO_WORDS = [
    b'{"salt":"","text":null}', _spelled(""), _spelled("x", "5A" * 32),
    _spelled("y" * 1_001),
    _spelled("z" * 5_000), _spelled("3171012345678901"), _spelled("a\u202eb"), _spelled("a\\nb"),
    b"\xef\xbb\xbf" + _spelled("b"), _spelled("c").replace(b"{", b"{ "), _spelled("d") + b"\n",
    _spelled("e").replace(b"}", b',"title":"f"}'), b'"g"', b"\xff",
]  # fmt: skip
"""What somebody signed in place of words: of another shape, longer, with numbers of persons."""


@pytest.mark.parametrize("words", NO_WORDS, ids=range(len(NO_WORDS)))
def test_signed_bytes_without_words_are_shown_as_a_file_and_not_as_words(
    browser: Any, tmp_path: Path, words: bytes
) -> None:
    """The link leads to the file, which says what stands there: nobody's words, withheld or not."""
    with pytest.raises(Malformed):
        attachments.parse(words)
    twin = _twin("tps", codec.sha256_hex(words))
    page, site = _open(browser, tmp_path, twin, None)
    site.files[f"lampiran/{codec.sha256_hex(words)}.json"] = words
    page.get_by_role("link", name=LINK).click()
    page.wait_for_url("**/lampiran/*.json", timeout=10_000)
    site.server.shutdown()
    site.server.server_close()


def test_without_a_script_the_link_leads_to_the_file(browser: Any, tmp_path: Path) -> None:
    twin = _twin("tps", WORDS.digest)
    html = saved.page(tmp_path, twin).read_text()
    assert f'lampiran/{WORDS.digest}.json" data-words>{LINK}</a>' in html
    calm = tps() | {"incidents": samples.told(cases=[{**samples.lines(1)[0], "text": None}])}
    assert "data-theirs" not in saved.page(tmp_path, calm).read_text()
