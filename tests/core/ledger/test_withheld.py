"""Words beside the log that are served no more: who says so, what it touches, how it ends."""

from __future__ import annotations

from typing import Any

import pytest
from tests.core.ledger.realm import names
from tests.core.ledger.test_incidents import LATER, Desk
from tests.core.statements import builders

from rekap.core.ledger import withheld

WORDS = "5a" * 32
OPERATORS = names("operator", 2)


def said(**changes: Any) -> dict[str, Any]:
    return builders.withhold(**{"digest": WORDS, **changes})


def named() -> Desk:
    """Two lines name the same words."""
    desk = Desk()
    desk.objects(number=1, text=WORDS)
    desk.objects(number=2, text=WORDS)
    return desk


def words(desk: Desk, index: int) -> Any:
    return desk.twin(f"bukti/{index}/")["words"]


def test_one_operator_withholds_words_that_the_log_names_and_their_line_says_why() -> None:
    desk = named()
    first, second = desk.state.size - 2, desk.state.size - 1
    assert desk.try_(said(), "operator-1") == "effective"
    index = desk.state.size - 1
    why = {"index": index, "reason": "personal-data", "basis": "Surat pengelola 4/2024"}
    assert words(desk, first) == {"index": first, "withheld": why}
    assert words(desk, second) == words(desk, index) == {"index": first, "withheld": None}
    assert desk.touched() == {f"bukti/{first}/"}
    assert withheld.of(desk.state, WORDS) is not None
    assert index in desk.twin(f"bukti/{first}/")["evidence"]


def test_words_that_nothing_in_effect_names_cannot_be_withheld() -> None:
    desk = Desk()
    assert desk.try_(said(), "operator-1") == "void target"
    desk.try_(builders.objection(text=WORDS), "saksi-other-kelurahan")
    assert desk.try_(said(), "operator-1") == "void target"


@pytest.mark.parametrize("role", ["saksi-tps-1", "log", "root/kpu/1"])
def test_nobody_but_an_operator_withholds(role: str) -> None:
    assert named().try_(said(), role).startswith("void")


def test_what_is_withheld_is_served_again_by_a_revision_and_never_by_anything_else() -> None:
    desk = named()
    first = desk.state.size - 2
    one = desk.add(said(), "operator-1")
    again = said(state="served", revision=2, previous=one, at=LATER)
    for wrong in (said(state="served", at=LATER), {**again, "previous": "0" * 64}):
        assert desk.try_(wrong, *OPERATORS) == "void previous"
    assert withheld.of(desk.state, WORDS) is not None
    assert desk.try_(again, "operator-1") == "waiting", "one may not end what one began"
    assert desk.try_(again, "operator-2") == "effective"
    assert withheld.of(desk.state, WORDS) is None
    assert words(desk, first) == {"index": first, "withheld": None}
    assert desk.twin(f"bukti/{desk.state.ids.get(one)['effect']}/")["status"] == "superseded"
