"""What intake is told of a slot says beforehand what the chain makes of a form."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from tests.core.ledger.night import Night
from tests.core.statements import builders

from rekap.core.ledger import chain
from rekap.core.statements.model import slot_key

SEEDS = 12
STEPS = 60


def test_what_would_lead_is_head_and_nothing_else_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random nights: every form whose signatures suffice is judged just before it is taken."""
    seen: Counter[tuple[bool, str]] = Counter()
    take = chain.take

    def judged(slot: dict[str, Any], fields: dict[str, Any], *rest: Any) -> dict[str, Any]:
        leads = chain.would_lead(fields, chain.counted(slot))
        one = take(slot, fields, *rest)
        seen[leads, one["status"]] += 1
        return one

    monkeypatch.setattr(chain, "take", judged)
    for seed in range(SEEDS):
        night = Night(seed)
        for _ in range(STEPS):
            night.step()
        for key, slot in night.state.slots.scan(""):
            heads = [one["id"] for one in slot["statements"] if one["status"] == chain.HEAD]
            told = chain.counted(slot)
            assert heads == ([told["id"]] if told else []), key
    assert {status for leads, status in seen if leads} == {chain.HEAD}
    others = {status for leads, status in seen if not leads}
    assert others == {chain.RIVAL, chain.ORPHAN, chain.REPEAT}


def test_a_slot_of_which_only_waiting_forms_are_known_has_no_head() -> None:
    night = Night(0)
    payload = {**builders.form(), "log": night.origin}
    night.add(payload, "kpps-90.01.01.1001-001-1")
    slot = night.state.slots.get(slot_key(payload))
    assert [one["status"] for one in slot["statements"]] == [chain.WAITING]
    assert chain.counted(slot) is chain.counted(None) is None
    assert chain.would_lead(payload, None)
