"""The officers' app for those who watch a TPS: copy, objection and event, each by one telephone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from tests.app.portal import KELURAHAN, WITH_FILES, Served
from tests.app.telephone import VOTES, Telephone
from tests.app.test_evening import PAPER, closed, portal
from tests.browser.test_browser import browser
from tests.portal.intake.world import sign

__all__ = ["browser", "portal"]
pytestmark = pytest.mark.chromium


def saksi(browser: Any, portal: Served, tps: str, width: int = 360) -> Telephone:
    """The telephone of a witness of pair 1, whom the pair granted for the whole kelurahan."""
    one = Telephone(browser, portal, tps, 1, width, who="saksi=1")
    line = one.install()
    one.sees("Belum diberi tim pasangan calon")
    grant = portal.world.grant("saksi", KELURAHAN, pair=1, count=1)
    portal.give(grant, {1: line}, "pair-root-1")
    one.granted()
    return one


def copies(one: Telephone, read: Mapping[str, int]) -> None:
    """Copy the six rows of votes; the telephone dies after the second of them."""
    one.tap("Salin angka dari kertas saya")
    for at, field in enumerate(VOTES):
        one.type(read[field])
        if at == 1:
            one.until(lambda: one.typed().get("pair_2") == str(read["pair_2"]))
            one.reload()
            one.sees("2 dari 6")


def test_a_saksi_from_the_link_to_the_page(browser: Any, portal: Served) -> None:
    one = saksi(browser, portal, WITH_FILES, 320)
    own = PAPER | {"pair_2": PAPER["pair_2"] + 5}
    one.flight(True)
    one.reload()
    copies(one, own)
    one.sees("240 seharusnya 245")  # the copy does not add up; it is sent as it stands
    one.reload()
    one.tap("Sama dengan kertas saya")
    one.sees("Menunggu sinyal")
    one.reload()
    one.sees("Menunggu sinyal")
    portal.log(sign(portal.world.form(WITH_FILES), *portal.world.kpps(WITH_FILES)))
    one.flight(False)
    one.sees("Diterima portal pukul")
    portal.settle()

    copy = json.loads(portal.entries()[-1].payload)
    figures = {field: own[field] for field in VOTES}
    assert {name: copy[name] for name in ("kind", "body", "pair", "figures", "count")} == {
        "kind": "copy", "body": "saksi", "pair": 1, "figures": figures, "count": "first",
    }  # fmt: skip
    one.tap("Bandingkan dengan C.Hasil")
    one.sees("C.Hasil TPS ini belum tercatat")
    one.tap("Perbarui")
    one.sees("1 baris berbeda dengan C.Hasil")
    closed(one)
