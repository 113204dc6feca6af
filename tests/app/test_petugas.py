"""docs/petugas.id.md in Chromium: every button that it names is tapped, in its order."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.app.portal import ROOT, Served
from tests.app.telephone import ORDER, VOTES, Telephone
from tests.app.test_evening import PAPER, portal
from tests.browser.test_verifier import browser

__all__ = ["browser", "portal"]
pytestmark = pytest.mark.chromium

DOCUMENT = (ROOT / "docs" / "petugas.id.md").read_text(encoding="utf-8")
TPS = "011"


def buttons(section: str) -> list[str]:
    """The buttons that the steps of a section tap, in order."""
    body = DOCUMENT.split(f"\n## {section}\n", 1)[1].split("\n## ", 1)[0]
    steps = [line for line in body.splitlines() if re.match(r"[0-9]\. ", line)]
    return [name for step in steps for name in re.findall(r"\*\*([^*]{2,})\*\*", step)]


def walk(one: Telephone, names: list[str], figures: dict[str, list[int]] | None = None) -> None:
    """Tap the buttons; behind one that `figures` names, type what the step says."""
    for name in names:
        one.tap(re.compile(f"^{re.escape(name)}"))
        for number in (figures or {}).get(name, []):
            one.type(number)


def test_a_kpps_does_what_the_two_pages_say(browser: Any, portal: Served) -> None:
    first = [Telephone(browser, portal, TPS, number, worker=True) for number in (2, 3, 1)]
    before = buttons("Sebelum hari pemungutan")
    assert before == ["Benar, siapkan telepon ini", "Buat kunci", "Perbarui", "Ke beranda"]
    lines = {}
    for one in first:
        one.open(f"#pilkada-31/gubernur-31/71/06/1001/{TPS}/?nomor={one.number}")
        walk(one, before[:1])
        one.sees("Buat kunci tanda tangan")
        walk(one, before[1:2])
        one.sees("Belum diberi PPK")
        lines[one.number] = str(one.page.locator("#baris").input_value()).splitlines()[-1]
    portal.grant(TPS, lines)
    for one in first:
        walk(one, before[2:3])
        one.sees("Sudah diberi PPK")
        walk(one, before[3:])
        one.sees("belum mulai")
    second, third, ketua = first

    typing, present, sign = buttons("Satu anggota mengisi")
    assert len(ORDER) == 28
    assert "Ketik 28 angka" in DOCUMENT
    walk(second, [typing, present, sign], {typing: [PAPER[field] for field in ORDER]})
    second.sees("Disimpan portal sampai")

    votes = [PAPER[field] for field in VOTES]
    for one, section, end in (
        (third, "Anggota kedua membaca sendiri", "Disimpan portal sampai"),
        (ketua, "Ketua paling akhir", "Diterima portal pukul"),
    ):
        steps = buttons(section)
        walk(one, steps[:1])
        one.sees("Ada formulir yang menunggu")
        walk(one, steps[1:3], {steps[1]: votes})
        one.sees(end)
    steps = buttons("Ketua paling akhir")[3:]
    assert steps == ["Tanda terima", "Lihat halaman"]
    portal.settle()
    walk(ketua, steps[:1])
    with ketua.context.expect_page() as opened:
        walk(ketua, steps[1:])
    assert TPS in opened.value.inner_text("main")

    begin, why, compare, again = buttons("Angka salah sesudah diterima portal")
    ketua.open("#antrean")
    walk(ketua, [begin])
    ketua.sees("Belum ada baris yang berubah")
    for field in ("voted_disabled_m", "voted_disabled"):
        ketua.page.locator(f'a[href="#isi/{ORDER.index(field)}"]').tap()
        ketua.sees("dari 28")
        ketua.type(1)
        ketua.sees("Baris mana yang salah?")
    walk(ketua, [why])
    ketua.page.get_by_text("Salah baca").tap()
    ketua.sees("cocokkan dengan kertas")
    walk(ketua, [compare])
    ketua.sees("2 baris berubah")
    walk(ketua, [again])
    ketua.sees("Disimpan portal sampai")
    for one in first:
        one.context.close()


def test_every_message_that_it_explains_is_one_of_the_app() -> None:
    folders = (ROOT / "app", ROOT / "app" / "desk")
    app = "".join(path.read_text("utf-8") for one in folders for path in sorted(one.glob("*.js")))
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("| ")][2:]
    messages = [line.split("|")[1].strip() for line in rows]
    assert len(messages) == 6
    for message in [*messages, *re.findall("“([^”…]+?) ?…?”", DOCUMENT)]:
        assert message in app, message
    for name in re.findall(r"\*([A-Z][a-z ]+)\*", DOCUMENT.replace("**", "")):
        assert name in app, name


def test_the_sheet_for_saksi_names_what_the_app_shows() -> None:
    folders = (ROOT / "app", ROOT / "app" / "saksi")
    app = "".join(path.read_text("utf-8") for one in folders for path in sorted(one.glob("*.js")))
    sheet = (ROOT / "docs" / "saksi.id.md").read_text(encoding="utf-8")
    named = re.findall(r"\*\*([^*]{2,})\*\*|“([^”…]+?) ?…?”|(?<!\*)\*([A-Z][a-z: ]+)\*", sheet)
    assert len(named) >= 15
    for name in ("".join(one) for one in named):
        assert name in app, name


def test_they_are_two_pages_for_a_kpps_one_for_a_ppk_and_one_for_a_saksi() -> None:
    before, own = DOCUMENT.split("\n## Meja rekap PPK\n", 1)
    desk, after = own.split("\n## ", 1)
    assert len(before.split()) + len(after.split()) <= 1_000
    assert len(desk.split()) <= 300
    assert len((ROOT / "docs" / "saksi.id.md").read_text(encoding="utf-8").split()) <= 550
