"""Barito Utara 2024, from the first count to the second ruling: what is official when, in words.

The real figures of a contest whose result a court annulled twice. Each size of the log says what
was so then.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

import pytest

from rekap.core.ledger import slots
from rekap.core.ledger.fold import fold
from rekap.core.ledger.state import State
from rekap.core.pages import pages
from rekap.core.pages.site import Site
from rekap.desk.elections.folder import read
from rekap.desk.replay.stages import waves
from rekap.desk.replay.statements import Writer, midnight

FOLDER = Path(__file__).parents[2] / "elections" / "kalteng-barito-utara-2024"
TOP = "pilkada-2024-barito-utara/bupati-62.05/"
AUGUST = "pilkada-2024-barito-utara/bupati-62.05-ulang/"
MELAYU = f"{TOP}05/1014/001/"
AFTER = {
    "the first certificate": ("d_hasil_kabko 1", 1),
    "decision 821": ("determination", 1),
    "ruling 28": ("ruling", 1),
    "the repeat vote": ("c_hasil 2", 1),
    "decision 16": ("determination", 2),
    "ruling 313": ("ruling", 2),
    "August": ("d_hasil_kabko 1", 2),
}
"""A day, and the stage of the replay by which it is told: which of its name."""


@lru_cache(maxsize=1)
def _log() -> tuple[list[bytes], dict[str, int]]:
    """The entries, and the size of the log after each of those days."""
    election = read(FOLDER)
    writer = Writer("contoh.example/replay/log", "benih", midnight(election))
    entries: list[bytes] = []
    sizes: dict[str, int] = {}
    seen: list[str] = []
    for wave in waves(writer, [election], "ab" * 32, fixed=True):
        entries += wave.envelopes
        stage = wave.stage.removeprefix("pilkada-2024-barito-utara ")
        seen.append(stage)
        for day, (name, which) in AFTER.items():
            if (name, which) == (stage, seen.count(stage)):
                sizes[day] = len(entries)
    return entries, sizes


@lru_cache(maxsize=len(AFTER))
def site(day: str) -> Site:
    entries, sizes = _log()
    state = State()
    for entry in entries[: sizes[day]]:
        fold(state, entry)
    return Site(state, lambda index: entries[index])


def _said(day: str, address: str, language: str = "id") -> str:
    twin = json.loads(site(day).twins(address)[0])
    html = pages.render(twin, language).decode()
    html = re.sub(r"<(script|style).*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace(" ,", ",")


OFFICIAL = {
    "the first certificate": (
        "D.Hasil tercatat, penetapan belum tercatat", "D.Hasil recorded, determination not",
    ),
    "decision 821": (
        "Hasil resmi. Ditetapkan KPU, nomor 821 Tahun 2024; batas ke MK 6 Desember 2024",
        "Official result. Determined by KPU, number 821 Tahun 2024",
    ),
    "ruling 28": (
        "Penetapan nomor 821 Tahun 2024 dibatalkan sebagian oleh MK: perkara"
        " 28/PHPU.BUP-XXIII/2025, 24 Februari 2025",
        "Determination number 821 Tahun 2024 annulled in part",
    ),
    "the repeat vote": ("dibatalkan sebagian oleh MK", "annulled in part"),
    "decision 16": (
        "Hasil resmi. Ditetapkan KPU, nomor 16 Tahun 2025; batas ke MK 26 Maret 2025",
        "Official result. Determined by KPU, number 16 Tahun 2025",
    ),
    "August": (
        "Penetapan nomor 16 Tahun 2025 dibatalkan MK: perkara 313/PHPU.BUP-XXIII/2025, 14 Mei 2025",
        "Determination number 16 Tahun 2025 annulled by the Constitutional Court",
    ),
    "ruling 313": (
        "Penetapan nomor 16 Tahun 2025 dibatalkan MK: perkara 313/PHPU.BUP-XXIII/2025, 14 Mei 2025",
        "Determination number 16 Tahun 2025 annulled by the Constitutional Court",
    ),
}  # fmt: skip


@pytest.mark.parametrize("day", AFTER)
def test_what_is_official_when(day: str) -> None:
    indonesian, english = OFFICIAL[day]
    for address in (TOP, "pilkada-2024-barito-utara/", ""):
        assert indonesian in _said(day, address), address
        assert english in _said(day, address, "en"), address
        said = _said(day, address)
        assert ("Hasil resmi" in said) == indonesian.startswith("Hasil resmi"), address
        assert "memenuhi syarat" not in said, address


@pytest.mark.parametrize("day", AFTER)
def test_which_time_to_go_to_court_runs(day: str) -> None:
    """None under a decision that a court took away, wholly or in part."""
    until = {"decision 821": "6 Desember 2024", "decision 16": "26 Maret 2025"}
    said = _said(day, TOP)
    assert ("Permohonan ke MK" in said) == (day in until)
    if day in until:
        assert f"sampai {until[day]}" in said


def test_the_hour_of_a_decision_that_no_source_tells_is_not_midnight() -> None:
    said = _said("decision 821", TOP)
    assert "nomor 821 Tahun 2024, diumumkan 4 Desember 2024, dasar: penghitungan," in said
    assert "00.00" not in said
    later = "mengubah atau menggantikan yang dicatat sebelumnya, dasar: pemungutan suara ulang"
    assert f"24 Maret 2025, 10.32 WIB, {later}" in _said("decision 16", TOP)


@pytest.mark.parametrize(
    ("day", "votes"),
    [("decision 821", (42310, 42302)), ("ruling 28", (42310, 42302)),
     ("decision 16", (42239, 42578)), ("ruling 313", (42239, 42578))],
)  # fmt: skip
def test_the_votes_stand_under_the_decision_that_is_about_them(
    day: str, votes: tuple[int, int]
) -> None:
    result = json.loads(site(day).twins(TOP)[0])["result"]
    assert tuple(one["votes"] for one in result["pairs"]) == votes


def test_nobody_has_a_result_in_force_after_the_second_ruling() -> None:
    for address in (TOP, ""):
        said = _said("ruling 313", address)
        assert "Tidak ada hasil yang berlaku." in said, address
        assert "Terakhir dihitung:" in said, address
    assert json.loads(site("ruling 313").twins(TOP)[0])["result"]["elected"] is None


def test_the_places_of_the_ruling_are_named_in_words() -> None:
    said = _said("ruling 28", TOP)
    assert "hanya di TPS 001 Kelurahan Melayu, TPS 004 Desa Malawaken" in said
    assert "pemungutan suara ulang oleh KPU Kabupaten/Kota" in said
    assert "dalam 30 hari" in said


def test_no_vote_that_the_court_ordered_is_late() -> None:
    """Four forms of the repeat vote came under the mark of a decision that was annulled there."""
    state = site("decision 16").context.state
    marks = {mark for index in range(state.size) for mark in slots.marks_of(state, index)}
    assert marks == set()


def test_two_stations_are_no_whole_regency() -> None:
    """The roster of two TPS is all that has a source: nothing is compared with 42,310 votes."""
    twin = json.loads(site("ruling 313").twins(TOP)[0])
    assert twin["stations"]["expected"] is None
    assert twin["findings"] == []
    assert twin["findings_below"] == {"open": 0, "answered": 0}
    for address in (TOP, "pilkada-2024-barito-utara/", ""):
        assert "Jumlah TPS berbeda" not in _said("ruling 313", address), address


def test_the_station_shows_both_votes() -> None:
    twin = json.loads(site("decision 16").twins(MELAYU)[0])
    assert [one["figures"] for one in sorted(twin["statements"], key=lambda s: s["revision"])] == [
        {"pair_1": 281, "pair_2": 149}, {"pair_1": 185, "pair_2": 326},
    ]  # fmt: skip


def test_no_vote_of_august_stands_under_a_name_of_november() -> None:
    november, august = _said("August", TOP), _said("August", AUGUST)
    for names, votes in (("Gogo", "42.239"), ("Akhmad Gunadi", "42.578")):
        assert names in november
        assert votes in november
        assert names not in august
    for names, votes in (("Shalahuddin", "40.400"), ("Jimmy Carter", "36.989")):
        assert names in august
        assert votes in august
        assert names not in november
    assert "Dilanjutkan oleh pemungutan suara ulang 6 Agustus 2025, dengan surat suara lain" in (
        november
    )
    assert "Melanjutkan pemungutan suara 27 November 2024" in august
    assert "D.Hasil tercatat, penetapan belum tercatat." in august
    assert "Pemilihan bupati, 6 Agustus 2025" in august


def test_the_front_tells_both_votes_apart() -> None:
    said = _said("August", "")
    assert "Bupati Barito Utara, pemungutan suara ulang" in said
    assert "Pemungutan suara 6 Agustus 2025" in said
    assert "Dilanjutkan oleh pemungutan suara ulang 6 Agustus 2025" in said
