"""Sums, counters and findings between forms against a recount from the papers, at every step."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from tests.core.ledger.night import Night
from tests.core.ledger.realm import KELURAHAN, STATIONS, Realm, Shelf, names
from tests.core.ledger.recount import Recount
from tests.core.statements import builders

from rekap.core.ledger import rosters, slots, totals, tree
from rekap.core.ledger.fold import fold
from rekap.core.ledger.state import MAPS, State
from rekap.core.signing.envelope import statement_id

E, G = builders.ELECTION, builders.CONTEST
SHEET_FORMS = ("d_hasil_kelurahan", "d_hasil_kecamatan", "d_hasil_kabko", "d_hasil_prov")
MARKS = ("K1", "S1", "L1", "L2", "L3")


def _check(night: Night, label: str) -> Counter[str]:
    """Compare everything that the ledger keeps up to date with a recount; count the findings."""
    count = Recount(night, E, G, "90")
    state = night.state
    for code in count.regions():
        record = state.totals.get(f"{E}/{G}/{code}") or {
            "counted": 0, "figures": {}, "unlisted": 0, "received": 0, "rival": 0,
        }  # fmt: skip
        stations, fields, off = count.below(code)
        fields = {field: pair for field, pair in fields.items() if pair[1]}
        where = f"{label}, {code}"
        assert (record["counted"], record["figures"], record["unlisted"]) == (
            stations,
            fields,
            off,
        ), where
        assert record["received"] == count.received(code), where
        for form in SHEET_FORMS:
            rung = totals.rung(record if "rungs" in record else None, form)
            assert (rung["counted"], rung["unlisted"], rung["figures"]) == count.rung(code, form), (
                f"{where} {form}"
            )
        assert record["rival"] == count.contested(code), where
        expected = rosters.expected(state.regions.get(f"{E}/{code}"))
        assert expected == count.expected(code), where
    wanted = count.findings()
    kept: dict[tuple[Any, ...], bool] = {}
    for key, f in state.findings.scan(f"{E}/{G}/"):
        if f["rule"] not in MARKS:
            slot = key.split("|")[0]
            one = (
                slot,
                f["rule"],
                f["child"],
                f["part"],
                tuple(f["fields"]),
                f["expected"],
                f["found"],
            )
            assert one not in kept, f"{label}: twice {one}"
            kept[one] = True
    assert set(kept) == wanted, f"{label}: {set(kept) ^ wanted}"
    corrected = {
        (key.split("|")[0], f["rule"], f["child"])
        for key, f in state.findings.scan(f"{E}/{G}/")
        if (f["explanation"] or {}).get("by") == "correction"
    }
    assert corrected == count.corrected(), label
    _check_counters(state, count, label)
    _check_slots(state, count, label)
    return Counter([one[1] for one in wanted] + [f"{rule} corrected" for _, rule, _ in corrected])


def _check_counters(state: State, count: Recount, label: str) -> None:
    """Open and answered findings of every region are those of the map of findings."""
    tally: dict[str, list[int]] = {code: [0, 0] for code in count.regions()}
    for key, found in state.findings.scan(f"{E}/{G}/"):
        code = key.split("|")[0].split("/")[3]
        for place, counts in tally.items():
            if code == place or code.startswith(f"{place}."):
                counts[bool(found["explanation"])] += 1
    for code, (opened, answered) in tally.items():
        record = state.totals.get(f"{E}/{G}/{code}") or {"open": 0, "answered": 0}
        assert (record["open"], record["answered"]) == (opened, answered), f"{label}, {code}"


def _check_slots(state: State, count: Recount, label: str) -> None:
    for key, chain in count.chains.items():
        slot = state.slots.get(key) or slots.empty()
        now = {one["id"]: one["status"] for one in slot["statements"] if one["effect"] is not None}
        assert now == chain.status, f"{label}, {key}"
        assert slot.get("head") == chain.head, f"{label}, {key}"
        contested = "rival" in chain.status.values()
        assert slot.get("contested", False) == contested, f"{label}, {key}"


@pytest.mark.parametrize("mode", ["rehearsal", "replay"])
@pytest.mark.parametrize("part", range(2))
def test_every_step_of_random_nights_equals_a_recount(part: int, mode: str) -> None:
    seen: Counter[str] = Counter()
    for seed in range(part, 24, 2):
        night = Night(9_324 + seed, mode)
        for step in range(45):
            night.step()
            seen += _check(night, f"{mode} {seed}, step {step}, entry {night.state.size - 1}")
    print(dict(sorted(seen.items())))
    assert {"X1", "X2", "X5", "X6", "X7", "D1", "R6"} <= set(seen)
    assert "X1 corrected" in seen


# ------------------------------------------------------------------ order, parts, and memory


def _night_figures(state: State) -> dict[str, Any]:
    """All figures, and all findings without the index of the form that they are of."""
    found = {}
    for key, kept in state.findings.scan(""):
        text = kept["explanation"] and kept["explanation"]["text"]
        found[key] = {**kept, "index": None, "explanation": text}
    slots_ = {key: slot.get("figures") for key, slot in state.slots.scan("")}
    return {"totals": dict(state.totals.scan("")), "findings": found, "slots": slots_}


@pytest.mark.parametrize("mode", ["rehearsal", "replay"])
def test_forms_of_different_stations_may_change_places(mode: str) -> None:
    """C forms that are not first seen after a D form above give the same in any order."""
    realm = Realm(mode=mode, other=False, policy={"c_hasil": 1, "answer": 1})
    chance = random.Random(5)
    stations = [(region, tps) for region in KELURAHAN for tps in STATIONS]
    for _ in range(12):
        chains = {
            place: _chain(chance, realm.origin, *place) for place in chance.sample(stations, 6)
        }
        sheets = [_sheet(chance, form, region) for form, region in SHEETS]
        outcomes = []
        for _ in range(3):
            fork = realm.fork()
            left = {place: list(chain) for place, chain in chains.items()}
            while left:
                place = chance.choice(sorted(left))
                payload, role = left[place].pop(0)
                assert not fork.try_(payload, role).startswith("void")
                left = {p: rest for p, rest in left.items() if rest}
            for payload, office in sheets:
                assert fork.try_(payload, *names(office)) == "head"
            outcomes.append(_night_figures(fork.state))
        assert outcomes[0] == outcomes[1] == outcomes[2]


SHEETS = [("d_hasil_kelurahan", KELURAHAN[0]), ("d_hasil_kelurahan", KELURAHAN[1]),
          ("d_hasil_kecamatan", "90.01.01"), ("d_hasil_kabko", "90.01"),
          ("d_hasil_prov", "90")]  # fmt: skip


def _chain(
    chance: random.Random, origin: str, region: str, tps: str
) -> list[tuple[dict[str, Any], str]]:
    """Up to three forms of a TPS, a rival perhaps, and an answer perhaps."""
    role = f"kpps-{region}-{tps}-1"
    sent: list[tuple[dict[str, Any], str]] = []
    previous = None
    for revision in range(1, chance.randint(2, 4)):
        extra: dict[str, Any] = {"previous": previous} if previous else {}
        payload = builders.form(log=origin, region=region, tps=tps, revision=revision, **extra)
        payload["figures"]["pair_1"] = chance.randint(110, 125)
        previous = statement_id(builders.encode(payload))
        sent.append((payload, role))
    if chance.random() < 0.3:
        rival = builders.form(log=origin, region=region, tps=tps, pair_1=99)
        sent.append((rival, role))
        if chance.random() < 0.5:
            accept = statement_id(builders.encode(rival))
            answer = builders.answer(region=region, tps=tps, accept=accept)
            sent.append((answer, f"ppk-{region[:8]}-1"))
    return sent


def _sheet(chance: random.Random, form: str, region: str) -> tuple[dict[str, Any], str]:
    office = {13: f"ppk-{region[:8]}", 8: f"ppk-{region}", 5: f"kpu-kabko-{region}",
              2: f"kpu-prov-{region}"}[len(region)]  # fmt: skip
    payload = builders.form(form, region=region)
    payload["figures"]["pair_1"] += chance.choice([0, 0, 3])
    return payload, office


def test_a_state_over_nodes_gives_what_memory_gives_wherever_it_is_cut() -> None:
    for seed in range(4):
        night = Night(700 + seed, "replay" if seed % 2 else "rehearsal")
        for _ in range(60):
            night.step()
        chance = random.Random(seed)
        cache = tree.NodeCache(Shelf())
        state = State(cache, read_entry=lambda i, n=night: n.entries[i])
        for entry in night.entries:
            fold(state, entry)
            if chance.random() < 0.3:
                head = state.commit()
                cache = tree.NodeCache(cache._nodes, limit=chance.choice([3, 4_096]))
                state = State(cache, head, read_entry=lambda i, n=night: n.entries[i])
        for name in MAPS:
            ours, theirs = state._maps[name].scan(""), night.state._maps[name].scan("")
            assert list(ours) == list(theirs), name
        assert state.root() == night.state.root()


def test_a_state_in_memory_says_the_same_when_records_rest_after_every_entry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    night = Night(704, "rehearsal")
    for _ in range(120):
        night.step()
    monkeypatch.setattr("rekap.core.ledger.state.PACK_EVERY", 1)
    state = State(read_entry=night.entries.__getitem__)
    for entry in night.entries:
        fold(state, entry)
    assert any(type(value) is bytes for value in state.slots._changed.values())
    for name in MAPS:
        assert list(state._maps[name].scan("")) == list(night.state._maps[name].scan("")), name


def test_a_difference_is_of_what_both_have_for_every_station() -> None:
    fields = {"valid": [18, 2], "pair_1": [9, 1], "total": [20, 2]}
    record = {**totals.empty(), "counted": 2, "figures": fields}
    certified = {"pair_1": 10, "invalid": 1, "valid": 20, "total": 20}
    assert list(totals.difference(certified, record).items()) == [("total", 0), ("valid", 2)]


def test_parts_add_to_the_whole() -> None:
    for seed in range(10):
        night = Night(800 + seed, "replay")
        for _ in range(60):
            night.step()
        state = night.state
        for key, record in state.totals.scan(f"{E}/{G}/"):
            code = key.split("/")[2]
            kids = (state.regions.get(f"{E}/{code}") or {}).get("children") or []
            if not kids:
                continue
            below = [state.totals.get(f"{E}/{G}/{kid}") or totals.empty() for kid in kids]
            shown = [totals.used(one) for one in below]
            assert record["counted"] == sum(count for count, _, _ in shown)
            for field in {f for _, fields, _ in shown for f in fields} | record["figures"].keys():
                parts = [fields.get(field, [0, 0]) for _, fields, _ in shown]
                whole = [sum(p[at] for p in parts) for at in (0, 1)]
                assert record["figures"].get(field, [0, 0]) == whole
            assert record["received"] == sum(one["received"] for one in below)
            own = [s for k, s in state.slots.scan(f"{E}/{G}/") if k.split("/")[3] == code]
            contested = sum(bool(s.get("contested")) for s in own)
            assert record["rival"] == sum(one["rival"] for one in below) + contested
