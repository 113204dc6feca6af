"""The night by the clock: taps besides figures, and minutes on a slow telephone.

In `make soak` its processor is slowed too, which costs the machine as many seconds as it takes.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from tests.app.portal import Served
from tests.app.telephone import ORDER, VOTES, Telephone
from tests.app.test_evening import PAPER, closed, portal, telephones
from tests.app.test_foto import cover, photographed
from tests.browser.test_verifier import browser
from tests.soak import SOAK

__all__ = ["browser", "portal"]
pytestmark = pytest.mark.chromium

TAPS = 25
SECONDS = 360
KEY, TAP, PRINT = 0.8, 3, 4
"""Seconds that somebody practised takes for a key, for a tap with a look, for his fingerprint."""


def slow(one: Telephone) -> None:
    """A network of 400 kbit/s, and in a soak a processor a quarter as fast."""
    session = one.context.new_cdp_session(one.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4 if SOAK else 1})
    session.send("Network.enable")
    speed = {"latency": 200, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
    session.send("Network.emulateNetworkConditions", {"offline": False, **speed})


def keys(*fields: str) -> int:
    """Keys of some figures: fewer digits than boxes end with one more."""
    return sum(min(len(str(PAPER[field])) + 1, 3) for field in fields)


def reads(one: Telephone, end: str) -> None:
    one.tap("Ada yang sudah mengisi: baca sendiri")
    one.sees("Ada formulir yang menunggu")
    one.tap("Formulir 1")
    one.sees("0 dari 6")
    for field in VOTES:
        one.type(PAPER[field])
    one.tap("Tanda tangani")
    one.sees(end)


def test_from_the_first_photograph_to_the_receipt_by_three_in_six_minutes_and_25_taps(
    browser: Any, portal: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second, third, ketua = telephones(browser, portal, "006", 2, 3, 1, worker=True)
    photo = photographed(second, tmp_path)
    for one in (second, third, ketua):
        slow(one)
        one.finger = True
        one.taps = 0
    begun = time.monotonic()

    second.tap("Foto C.Hasil")
    second.sees("Belum ada foto")
    second.page.set_input_files("#berkas", photo)
    second.sees("Tutup nama")
    cover(second, 0.05, 0.75, 0.95, 0.95)
    second.taps += 3  # the field, the camera's button, the box
    second.tap("Nama dan tanda tangan sudah tertutup")
    second.sees("1 halaman siap")
    second.tap("Tanda tangani foto")
    second.sees("Diterima portal pukul")
    second.tap("Ke beranda")
    second.fill(PAPER)
    second.tap("Semua saksi hadir dan tanda tangan")
    second.tap("Sama dengan kertas")
    second.sees("Disimpan portal sampai")
    reads(third, "Disimpan portal sampai")
    reads(ketua, "Diterima portal pukul")
    ketua.tap("Tanda terima")
    ketua.sees("Tanda tangan portal sudah diperiksa")

    software = time.monotonic() - begun
    taps = second.taps + third.taps + ketua.taps
    pressed = keys(*ORDER) + 2 * keys(*VOTES)
    whole = software + pressed * KEY + taps * TAP + 4 * PRINT
    with capsys.disabled():
        print(f"\napp: {taps} taps, {pressed} keys, {software:.0f} s of the app, {whole:.0f} s")
    assert taps <= TAPS
    assert whole <= SECONDS
    # The bytes of a picture are handed in until the log that names it is published.
    second.said = [line for line in second.said if "status of 404" not in line]
    closed(second, third, ketua)
