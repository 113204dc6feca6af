"""What counts in a slot: every rule of the chain in its order, late signatures, answers, marks."""

from __future__ import annotations

import copy
from functools import lru_cache
from typing import Any

import pytest
from tests.core.ledger.realm import Fork, Realm, names
from tests.core.ledger.world import World, key, keyid
from tests.core.statements import builders

from rekap.core.ledger import counts, findings, slots
from rekap.core.signing.envelope import statement_id

C = {"region": "90.01.01.1001", "tps": "001"}
SIBLING = {"region": "90.01.01.1001", "tps": "002"}
KPPS = names("kpps-90.01.01.1001-001")
PPK = names("ppk-90.01.01", 2)
KABKO = names("kpu-kabko-90.01", 2)
PROV = names("kpu-prov-90", 2)
ROOT = names("kpu", 2)
LEVELS = [
    ("d_hasil_kelurahan", "90.01.01.1001", "ppk-90.01.01"),
    ("d_hasil_kecamatan", "90.01.01", "ppk-90.01.01"),
    ("d_hasil_kabko", "90.01", "kpu-kabko-90.01"),
    ("d_hasil_prov", "90", "kpu-prov-90"),
]
"""D forms above the first TPS: (form, region, office)."""


@lru_cache(maxsize=1)
def _realm() -> Realm:
    return Realm(other=False)


class Desk(Fork):
    """A fork that speaks of one slot, by default the first TPS."""

    def __init__(self, realm: Realm | None = None) -> None:
        realm = realm or _realm()
        super().__init__(realm)
        self.clock = 0

    def say(self, votes: int = 120, *roles: str, form: str = "c_hasil", **fields: Any) -> str:
        """Send a form of the slot with `votes` for pair 1, said at another minute each time."""
        self.clock += 1
        at = f"2024-11-27T{self.clock // 60:02}:{self.clock % 60:02}:00+07:00"
        place = C if form == "c_hasil" else {}
        if form == "c_hasil":
            place = {**place, "pair_1": votes, "pair_2": 215 - votes}
        payload = builders.form(form, **{**place, "at": at, **fields})
        self.try_(payload, *(roles or KPPS))
        self.payload = payload
        return str(self.last["id"])

    def next(self, previous: str, revision: int = 2, votes: int = 130, *roles: str) -> str:
        """Send a revision."""
        return self.say(votes, *roles, revision=revision, previous=previous)

    def answer(self, *roles: str, place: dict[str, Any] | None = None, **fields: Any) -> str:
        """Answer about the slot and return what became of it."""
        self.clock += 1
        at = f"2024-11-28T{self.clock // 60:02}:{self.clock % 60:02}:00+07:00"
        payload = builders.answer(**{**(place or C), "at": at, **fields})
        if "accept" in fields and "explains" not in fields:
            del payload["explains"]
        return self.try_(payload, *(roles or PPK))

    def record(self, form: str = "c_hasil", place: str = "90.01.01.1001/001") -> dict[str, Any]:
        """The slot's record."""
        found = self.state.slots.get(f"{builders.ELECTION}/{builders.CONTEST}/{form}/{place}")
        return copy.deepcopy(found or slots.empty())

    def is_now(self, **wanted: Any) -> None:
        """The statuses by id, what counts, and whether the slot is contested."""
        record = self.record()
        for name, value in wanted.items():
            if name == "votes":
                assert record["figures"]["pair_1"] == value
                total = self.state.totals.get(f"{builders.ELECTION}/{builders.CONTEST}/90")
                assert total["figures"]["pair_1"] == [value, 1]
            elif name == "contested":
                assert record.get("contested", False) is value
            else:
                raise AssertionError(name)

    def statuses(self) -> dict[str, str]:
        """Id -> status now."""
        return {one["id"]: one["status"] for one in self.record()["statements"]}

    def rules(self, form: str = "c_hasil", place: str = "90.01.01.1001/001") -> set[str]:
        """The rules that the slot's head breaks."""
        prefix = f"{builders.ELECTION}/{builders.CONTEST}/{form}/{place}|"
        return {found["rule"] for _, found in self.state.findings.scan(prefix)}

    def above(self, form: str, region: str, office: str) -> str:
        """Let a D form take effect."""
        self.clock += 1
        statement = self.try_(builders.form(form, region=region), *names(office))
        assert statement == "head"
        return str(self.last["id"])


# ------------------------------------------------------------------ repeat, orphan, head, rival


def test_the_first_revision_of_an_empty_chain_is_the_head() -> None:
    desk = Desk()
    one = desk.say(120)
    assert desk.statuses() == {one: "head"}
    desk.is_now(votes=120, contested=False)


@pytest.mark.parametrize(("more", "told"), [(0, None), (1, "pairs"), (2, "pairs")])
def test_a_form_names_no_pair_that_its_contest_has_not(more: int, told: str | None) -> None:
    fork = _realm().fork()
    election = fork.state.meta.get(f"election/{builders.ELECTION}")
    pairs = len(election["contests"][0]["pairs"])
    payload = builders.form(**C)
    payload["figures"] |= {f"pair_{pairs + n}": 0 for n in range(1, more + 1)}
    fork.try_(payload, *KPPS)
    assert fork.last.get("why") == told


def test_a_void_form_is_about_its_slot_and_changes_nothing_in_it() -> None:
    desk = Desk()
    desk.say(120, *names("kpps-90.01.01.1001-002"))
    assert desk.outcome(-1) == "void not-entitled"
    assert desk.record()["statements"] == []
    assert desk.record()["entries"] == [desk.state.size - 1]
    one = desk.say(121)
    assert desk.statuses() == {one: "head"}


def test_the_same_form_said_again_is_a_repeat_whatever_the_first_became() -> None:
    desk = Desk()
    one = desk.say(120)
    again = desk.say(120)
    assert again != one
    assert desk.statuses() == {one: "head", again: "repeat"}
    two = desk.next(one)
    desk.above(*LEVELS[1])
    late = desk.say(120)
    assert _marks(desk, late) == [], "nothing new was said"
    rival = desk.say(110)
    rival_again = desk.say(110)
    assert desk.statuses() == {one: "superseded", again: "repeat", two: "head", late: "repeat",
                               rival: "rival", rival_again: "repeat"}  # fmt: skip
    desk.is_now(votes=130, contested=True)


def test_the_id_of_a_repeat_names_the_same_statement() -> None:
    desk = Desk()
    one = desk.say(120)
    again = desk.say(120)
    two = desk.next(again)
    assert desk.statuses() == {one: "superseded", again: "repeat", two: "head"}
    assert desk.answer(accept=again) == "effective"
    assert desk.statuses() == {one: "head", again: "repeat", two: "set_aside"}
    assert desk.answer(accept=two) == "effective"
    assert desk.statuses() == {one: "superseded", again: "repeat", two: "head"}


def test_a_revision_said_again_with_the_other_name_of_its_previous_is_a_repeat() -> None:
    desk = Desk()
    one = desk.say(120)
    again = desk.say(120)
    two = desk.next(one)
    two_again = desk.next(again)
    assert desk.statuses() == {one: "superseded", again: "repeat", two: "head", two_again: "repeat"}
    desk.is_now(contested=False)


def test_what_only_waits_is_not_repeated() -> None:
    desk = Desk()
    early = desk.say(120, KPPS[0])
    waiting = desk.payload
    one = desk.say(120)
    assert desk.statuses() == {early: "waiting", one: "head"}
    assert desk.try_(waiting, *KPPS[1:]) == "repeat"
    assert desk.statuses() == {early: "repeat", one: "head"}


def test_a_repeat_differs_in_nothing_but_the_time() -> None:
    for fields in ({"count": "recount"}, {"explanations": [{"rule": "R8", "text": "x"}]},
                   {"scans": [{"page": 1, "sha256": builders.hex_id("s"), "bytes": 9,
                               "type": "image/png"}]}):  # fmt: skip
        desk = Desk()
        one = desk.say(120)
        other = desk.say(120, **fields)
        assert desk.statuses() == {one: "head", other: "rival"}, fields


def test_an_orphan_has_no_previous_that_took_effect_in_its_slot() -> None:
    desk = Desk()
    waiting = desk.say(119, KPPS[0])
    elsewhere = desk.above(*LEVELS[0])
    one = desk.say(120)
    lost = desk.next(builders.hex_id("lost"))
    unsigned = desk.next(waiting, votes=131)
    foreign = desk.next(elsewhere, votes=132)
    jump = desk.next(one, 3, 133)
    assert desk.statuses() == {waiting: "waiting", one: "head", lost: "orphan", unsigned: "orphan",
                               foreign: "orphan", jump: "orphan"}  # fmt: skip
    desk.is_now(votes=120, contested=False)


def test_an_orphan_stays_one_when_its_previous_arrives() -> None:
    desk = Desk()
    first = desk.say(120, KPPS[0])
    payload = desk.payload
    two = desk.next(first)
    assert desk.try_(payload, *KPPS[1:]) == "head"
    assert desk.statuses() == {first: "head", two: "orphan"}
    assert desk.answer(accept=two) == "effective"
    assert desk.statuses() == {first: "superseded", two: "head"}
    desk.is_now(votes=130, contested=False)


def test_what_continues_an_orphan_is_an_orphan() -> None:
    desk = Desk()
    one = desk.say(120)
    two = desk.next(builders.hex_id("lost"))
    three = desk.next(two, 3, 140)
    assert desk.statuses() == {one: "head", two: "orphan", three: "orphan"}
    desk.is_now(contested=False)
    assert desk.answer(accept=three) == "effective"
    assert desk.statuses() == {one: "set_aside", two: "superseded", three: "head"}


def test_a_slot_with_an_orphan_alone_counts_nothing() -> None:
    desk = Desk()
    desk.next(builders.hex_id("lost"))
    assert "head" not in desk.record()
    assert desk.state.totals.get(f"{builders.ELECTION}/{builders.CONTEST}/90") is None
    one = desk.say(120)
    assert desk.statuses()[one] == "head", "the chain was empty"


def test_a_chain_of_revisions() -> None:
    desk = Desk()
    ids = [desk.say(100)]
    for revision in range(2, 6):
        ids.append(desk.next(ids[-1], revision, 100 + revision))
        assert desk.statuses() == {**dict.fromkeys(ids[:-1], "superseded"), ids[-1]: "head"}
        assert desk.record()["revision"] == revision
        desk.is_now(votes=100 + revision, contested=False)


def test_a_rival_contests_the_slot_and_the_chain_counts() -> None:
    desk = Desk()
    one = desk.say(120)
    rival = desk.say(110)
    assert desk.statuses() == {one: "head", rival: "rival"}
    desk.is_now(votes=120, contested=True)
    two = desk.next(one)
    assert desk.statuses() == {one: "superseded", rival: "rival", two: "head"}
    now = [slots.status_of(desk.state, desk.state.size - n) for n in (3, 2, 1)]
    assert now == ["superseded", "rival", "head"]
    desk.is_now(votes=130, contested=True)


def test_a_second_revision_of_the_same_form_is_a_rival() -> None:
    desk = Desk()
    one = desk.say(120)
    two = desk.next(one)
    other = desk.next(one, votes=140)
    on_top = desk.next(other, 3, 150)
    three = desk.next(two, 3, 160)
    assert desk.statuses() == {one: "superseded", two: "superseded", other: "rival",
                               on_top: "rival", three: "head"}  # fmt: skip


# ------------------------------------------------------------------ answers


def test_an_answer_makes_the_chain_what_it_accepts() -> None:
    desk = Desk()
    one = desk.say(120)
    two = desk.next(one)
    rival = desk.say(110)
    top = desk.next(rival, 2, 111)
    other = desk.say(90)
    assert desk.answer(accept=top) == "effective"
    assert desk.statuses() == {one: "set_aside", two: "set_aside", rival: "superseded", top: "head",
                               other: "set_aside"}  # fmt: skip
    desk.is_now(votes=111, contested=False)


def test_an_answer_can_confirm_the_head_or_go_back() -> None:
    desk = Desk()
    one = desk.say(120)
    rival = desk.say(110)
    assert desk.answer(accept=one) == "effective"
    assert desk.statuses() == {one: "head", rival: "set_aside"}
    assert not {"moves", "said"} & desk.record().keys(), "nothing else counts, nothing is explained"
    desk.is_now(votes=120, contested=False)
    two = desk.next(one)
    assert desk.answer(accept=one) == "effective"
    assert desk.statuses() == {one: "head", rival: "set_aside", two: "set_aside"}
    desk.is_now(votes=120, contested=False)


def test_after_an_answer_only_the_accepted_line_is_extended() -> None:
    desk = Desk()
    one = desk.say(120)
    rival = desk.say(110)
    desk.answer(accept=rival)
    beside = desk.next(one, votes=131)
    assert desk.statuses()[beside] == "rival", "what was set aside is no chain"
    desk.is_now(votes=110, contested=True)
    two = desk.next(rival, votes=112)
    assert desk.statuses() == {one: "set_aside", rival: "superseded", beside: "rival", two: "head"}
    repeated = desk.say(120)
    assert desk.statuses()[repeated] == "repeat", "what was set aside can be said again"
    fresh = desk.say(99)
    assert desk.statuses()[fresh] == "rival", "a new revision 1 never begins a second chain"


def test_a_later_answer_replaces_an_earlier_one_but_never_one_of_a_higher_body() -> None:
    bodies = [PPK, KABKO, PROV, ROOT]
    for first, one_body in enumerate(bodies):
        for second, other_body in enumerate(bodies):
            desk = Desk()
            one = desk.say(120)
            rival = desk.say(110)
            assert desk.answer(*one_body, accept=rival) == "effective"
            wanted = "effective" if second >= first else "void higher-body"
            assert desk.answer(*other_body, accept=one) == wanted, (one_body, other_body)
            desk.is_now(votes=120 if second >= first else 110, contested=False)
            last = "void higher-body" if second > first else "effective"
            assert desk.answer(*one_body, accept=rival) == last, (one_body, other_body)


def test_an_answer_of_two_bodies_is_one_of_the_higher() -> None:
    desk = Desk()
    one = desk.say(120)
    rival = desk.say(110)
    assert desk.answer(*PPK, *KABKO, accept=rival) == "effective"
    assert desk.answer(*PPK, accept=one) == "void higher-body"
    assert desk.answer(*KABKO, accept=one) == "effective"


def test_a_lower_body_may_still_explain() -> None:
    desk = Desk()
    desk.say(120, valid=999)
    assert desk.answer(*ROOT, accept=desk.record()["head"]) == "effective"
    assert desk.answer(KPPS[0], explains=[{"rule": "R6", "text": "Salah tulis."}]) == "effective"


@pytest.mark.parametrize("what", ["waiting", "nothing", "void", "elsewhere"])
def test_an_answer_accepts_only_what_took_effect_in_the_slot(what: str) -> None:
    desk = Desk()
    one = desk.say(120)
    waiting = desk.say(110, KPPS[0])
    void = desk.say(100, *PPK)
    desk.try_(builders.form(**SIBLING), *names("kpps-90.01.01.1001-002"))
    ids = {"waiting": waiting, "nothing": builders.hex_id("x"), "void": void,
           "elsewhere": str(desk.last["id"])}  # fmt: skip
    assert desk.answer(accept=ids[what]) == "void accept"
    assert desk.statuses() == {one: "head", waiting: "waiting"}


def test_an_answer_leaves_what_waits_as_it_is() -> None:
    desk = Desk()
    one = desk.say(120)
    rival = desk.say(110)
    waiting = desk.say(100, KPPS[0])
    payload = desk.payload
    assert desk.answer(accept=rival) == "effective"
    assert desk.statuses() == {one: "set_aside", rival: "head", waiting: "waiting"}
    assert desk.try_(payload, *KPPS[1:]) == "rival"


def test_an_answer_below_its_number_changes_nothing_until_it_is_complete() -> None:
    desk = Desk()
    one = desk.say(120)
    rival = desk.say(110)
    payload = builders.answer(**C, accept=rival)
    assert desk.try_(payload, PPK[0]) == "waiting"
    assert desk.statuses() == {one: "head", rival: "rival"}
    assert desk.try_(payload, PPK[1]) == "effective"
    assert desk.statuses() == {one: "set_aside", rival: "head"}
    assert slots.status_of(desk.state, desk.state.size - 2) == "effective"


def test_an_explanation_is_for_the_statement_that_it_was_given_about() -> None:
    desk = Desk()
    broken = {"rule": "R6", "text": "Salah tulis."}
    one = desk.say(120, pair_2=94)
    for _ in range(3):
        assert desk.answer(explains=[broken]) == "effective"
    assert _open(desk) == {"R6": True}
    said = [index for index, _, _ in desk.record()["explained"]]
    assert said == [desk.state.size - n for n in (3, 2, 1)]
    two = desk.say(110, pair_2=90)
    assert desk.answer(accept=two) == "effective"
    assert _open(desk) == {"R6": False}, "another form, another mistake"
    assert desk.answer(accept=one) == "effective"
    assert _open(desk) == {"R6": True}, "what was said about it still holds"


def test_what_a_form_explains_is_not_said_for_its_next_revision() -> None:
    desk = Desk()
    one = desk.say(120, pair_2=94, explanations=[{"rule": "R6", "text": "Salah tulis."}])
    assert _open(desk) == {"R6": True}
    desk.say(130, pair_2=84, revision=2, previous=one)
    assert _open(desk) == {"R6": False}


def test_an_answer_that_accepts_explains_what_it_accepts() -> None:
    desk = Desk()
    desk.say(120, pair_2=94)
    rival = desk.say(110, pair_2=90)
    said = [{"rule": "R6", "text": "Salah jumlah."}]
    assert desk.answer(accept=rival, explains=said) == "effective"
    assert _open(desk) == {"R6": True}
    two = desk.next(rival, votes=111)
    assert desk.statuses()[two] == "head"
    assert _open(desk) == {}


def _open(desk: Desk) -> dict[str, bool]:
    """Rule -> whether the finding of the head is explained."""
    prefix = f"{builders.ELECTION}/{builders.CONTEST}/c_hasil/90.01.01.1001/001|"
    return {f["rule"]: f["explanation"] is not None for _, f in desk.state.findings.scan(prefix)}


# ------------------------------------------------------------------ late signatures


def test_signatures_that_come_one_by_one_take_effect_with_the_last() -> None:
    desk = Desk()
    start = desk.state.size
    one = desk.say(120, KPPS[1])
    payload = desk.payload
    assert desk.try_(payload, KPPS[0]) == "waiting"
    assert desk.statuses() == {one: "waiting"}
    assert "head" not in desk.record()
    assert desk.try_(payload, KPPS[2]) == "head"
    (record,) = desk.record()["statements"]
    assert (record["first"], record["effect"]) == (start, start + 2)
    known = desk.state.ids.get(one)
    assert (known["first"], known["effect"]) == (start, start + 2)
    assert known["entries"] == [start, start + 1, start + 2]
    assert [s["keyid"] for s in known["signers"]] == sorted(map(keyid, KPPS))
    assert [slots.status_of(desk.state, start + n) for n in range(3)] == ["head"] * 3


def test_the_chain_is_asked_at_the_index_that_completes() -> None:
    desk = Desk()
    early = desk.say(120, *KPPS[:2])
    payload = desk.payload
    one = desk.say(110)
    assert desk.statuses() == {early: "waiting", one: "head"}
    assert desk.try_(payload, KPPS[2]) == "rival"
    desk.is_now(votes=110, contested=True)


def test_who_strips_signatures_and_comes_first_gains_nothing() -> None:
    desk = Desk()
    stripped = desk.say(120, KPPS[0])
    payload = desk.payload
    assert desk.try_(payload, *KPPS) == "head"
    assert desk.statuses() == {stripped: "head"}
    assert desk.try_(payload, KPPS[0]) == "void no-new-signature"
    assert desk.try_(payload, *KPPS) == "void no-new-signature"
    assert slots.status_of(desk.state, desk.state.size - 1) == "void"
    assert desk.statuses() == {stripped: "head"}
    assert len(desk.state.ids.get(stripped)["signers"]) == 3


def test_one_person_twice_is_one_person() -> None:
    desk = Desk()
    desk.say(120, KPPS[0], KPPS[1])
    assert desk.try_(desk.payload, KPPS[0], KPPS[1]) == "void no-new-signature"
    assert desk.outcome(-2) == "waiting"


@pytest.mark.parametrize("watcher", ["saksi-tps-1", "saksi-kec-1", "pengawas-1"])
def test_a_watcher_signs_beside_and_is_never_counted(watcher: str) -> None:
    desk = Desk()
    one = desk.say(120, *KPPS[:2], watcher)
    assert desk.statuses() == {one: "waiting"}
    assert desk.try_(desk.payload, KPPS[2]) == "head"
    counted = {s["person"]: s["counted"] for s in desk.state.ids.get(one)["signers"]}
    assert counted == {watcher: False, **dict.fromkeys(KPPS, True)}


def test_to_co_sign_changes_nothing_but_the_list_of_signers() -> None:
    desk = Desk()
    one = desk.say(120)
    before = desk.record()
    assert desk.try_(desk.payload, "saksi-tps-1") == "cosigned"
    after = desk.record()
    assert {**after, "entries": before["entries"]} == before
    assert after["entries"] == [*before["entries"], desk.state.size - 1]
    signers = desk.state.ids.get(one)["signers"]
    assert [s["person"] for s in signers if not s["counted"]] == ["saksi-tps-1"]
    assert desk.try_(desk.payload, *PPK) == "void not-entitled"


def test_a_place_that_becomes_known_while_a_form_waits() -> None:
    """The entry that came before its region was in the roster belongs to the slot all the same."""
    desk = Desk()
    office, place = names("ppk-90.01.01"), "90.01.01.1009"
    first = desk.state.size
    payload = builders.form("d_hasil_kelurahan", region=place)
    assert desk.try_(payload, office[0]) == "waiting"
    assert desk.record("d_hasil_kelurahan", place)["statements"] == [], "there is no such slot yet"
    before = desk.state.regions.get(f"{builders.ELECTION}/90.01.01")["roster"]
    kids = [builders.child(code) for code in ("90.01.01.1001", "90.01.01.1002", place)]
    revised = builders.roster("90.01.01", revision=2, previous=before, children=kids)
    assert desk.try_(revised, *KABKO) == "effective"
    assert desk.try_(payload, office[1]) == "waiting"
    assert [one["first"] for one in desk.record("d_hasil_kelurahan", place)["statements"]] == [
        first
    ]
    assert desk.try_(payload, office[2]) == "head"
    record = desk.record("d_hasil_kelurahan", place)
    assert record["entries"] == [first, first + 2, first + 3]
    assert record["head_index"] == first
    assert slots.status_of(desk.state, first) == "head"
    assert desk.state.entry(first)["slot"].endswith(place)


# ------------------------------------------------------------------ marks


def _marks(desk: Desk, statement: str) -> list[str]:
    return next(list(one["marks"]) for one in desk.record()["statements"] if one["id"] == statement)


@pytest.mark.parametrize(("form", "region", "office"), LEVELS)
def test_a_form_after_a_certificate_above_is_late(form: str, region: str, office: str) -> None:
    desk = Desk()
    desk.above(form, region, office)
    certified = desk.record(form, region)["figures"]
    one = desk.say(120)
    assert _marks(desk, one) == ["L1"]
    two = desk.next(one)
    assert _marks(desk, two) == ["L1"]
    assert "L1" in desk.rules()
    desk.is_now(votes=130)
    assert desk.record(form, region)["figures"] == certified


def test_a_revision_before_any_certificate_is_not_late() -> None:
    desk = Desk()
    one = desk.say(120)
    two = desk.next(one)
    desk.above(*LEVELS[1])
    assert _marks(desk, one) == _marks(desk, two) == []
    assert "L1" not in desk.rules()
    three = desk.next(two, 3, 140)
    assert _marks(desk, three) == ["L1"]


def test_a_certificate_elsewhere_makes_nobody_late() -> None:
    desk = Desk()
    for form, region, office in (
        ("d_hasil_kelurahan", "90.01.01.1002", "ppk-90.01.01"),
        ("d_hasil_kecamatan", "90.01.02", "ppk-90.01.02"),
        ("d_hasil_kabko", "90.02", "kpu-kabko-90.02"),
    ):
        desk.above(form, region, office)
    assert _marks(desk, desk.say(120)) == []


@pytest.mark.parametrize("low", range(4))
def test_certificates_below_or_of_the_same_level_make_no_form_late(low: int) -> None:
    desk = Desk()
    for form, region, office in LEVELS[: low + 1]:
        desk.above(form, region, office)
    form, region, office = LEVELS[low]
    (one,) = desk.record(form, region)["statements"]
    assert one["marks"] == []
    payload = builders.form(form, region=region, revision=2, previous=one["id"], count="recount")
    assert desk.try_(payload, *names(office)) == "head"
    assert desk.record(form, region)["statements"][-1]["marks"] == []


@pytest.mark.parametrize("low", range(3))
def test_a_sheet_revised_after_a_certificate_above_is_late(low: int) -> None:
    desk = Desk()
    form, region, office = LEVELS[low]
    one = desk.above(form, region, office)
    desk.above(*LEVELS[low + 1])
    payload = builders.form(form, region=region, revision=2, previous=one, count="recount")
    assert desk.try_(payload, *names(office)) == "head"
    assert [s["marks"] for s in desk.record(form, region)["statements"]] == [[], ["L1"]]
    assert "L1" in desk.rules(form, region)


def test_after_the_determination_every_form_is_later_still() -> None:
    desk = Desk()
    one = desk.say(120)
    desk.above(*LEVELS[1])
    assert desk.try_(builders.determination(), *names("kpu-prov-90")) == "effective"
    assert _marks(desk, one) == []
    two = desk.next(one)
    assert _marks(desk, two) == ["L2"]
    assert "L2" in desk.rules()
    assert "L1" not in desk.rules()
    desk.above(*LEVELS[2])
    assert desk.record("d_hasil_kabko", "90.01")["statements"][0]["marks"] == ["L2"]


def test_a_form_that_comes_after_the_close_says_so() -> None:
    """The front page said that nothing more is taken, and a later revision changed the result."""
    desk = Desk()
    one = desk.say(120)
    assert desk.try_(builders.close(), *names("operator", 2)) == "effective"
    two = desk.next(one)
    assert (_marks(desk, one), _marks(desk, two)) == ([], ["L3"])
    assert "L3" in desk.rules()
    desk.say(130, revision=2, previous=one)
    assert desk.record()["statements"][-1]["marks"] == [], "a repeat is no other form"
    desk.above(*LEVELS[1])
    assert _marks(desk, desk.next(two, 3, 110)) == ["L1", "L3"]
    assert desk.try_(builders.determination(), *names("kpu-prov-90")) == "effective"
    assert _marks(desk, desk.say(100)) == ["L2", "L3"]
    assert desk.answer(accept=one) == "effective"
    closed = desk.state.meta.get("closed")
    assert (closed["statements"], closed["forms"]) == (6, 4)


def test_a_late_rival_is_late_when_an_answer_accepts_it() -> None:
    desk = Desk()
    desk.say(120)
    desk.above(*LEVELS[1])
    rival = desk.say(110)
    assert "L1" not in desk.rules(), "the chain is what was there before"
    desk.answer(accept=rival)
    assert "L1" in desk.rules()
    assert _marks(desk, rival) == ["L1"]


def test_a_form_without_the_chair_says_so() -> None:
    realm = Realm(other=False, policy={"c_hasil": 2})
    desk = Desk(realm)
    one = desk.say(120, *KPPS[1:])
    assert desk.statuses() == {one: "head"}
    assert _marks(desk, one) == ["S1"]
    assert desk.rules() == {"S1"}
    assert desk.try_(desk.payload, "saksi-tps-1") == "cosigned"
    assert desk.rules() == {"S1"}, "a witness is no chair"
    assert desk.try_(desk.payload, KPPS[0]) == "cosigned"
    assert _marks(desk, one) == []
    assert desk.rules() == set()
    two = desk.next(one, 2, 130, *KPPS[1:])
    rival = desk.say(110, *KPPS[1:])
    assert desk.try_(desk.payload, KPPS[0]) == "cosigned"
    assert (_marks(desk, two), _marks(desk, rival)) == (["S1"], [])
    assert desk.rules() == {"S1"}, "the chair signed the rival only"


def test_a_chair_who_signed_first_is_there() -> None:
    realm = Realm(other=False, policy={"c_hasil": 2})
    desk = Desk(realm)
    one = desk.say(120, KPPS[0])
    assert desk.try_(desk.payload, KPPS[2]) == "head"
    assert _marks(desk, one) == []


def _suspect(desk: Desk, role: str, start: int) -> None:
    desk.clock += 1
    granters = PPK if role.startswith("kpps") else KABKO
    payload = builders.revoke(keyid=keyid(role), suspect_from=start)
    assert desk.try_(payload, *granters) == "effective"


def test_a_form_of_a_suspect_key_counts_and_says_so() -> None:
    desk = Desk()
    start = desk.state.size
    one = desk.say(120)
    _suspect(desk, KPPS[1], start)
    desk.is_now(votes=120)
    assert desk.rules() == {"K1"}
    assert _marks(desk, one) == ["K1"]


def test_two_suspect_signers_are_one_suspicion() -> None:
    desk = Desk()
    start = desk.state.size
    one = desk.say(120)
    for role in KPPS[:2]:
        _suspect(desk, role, start)
    assert _marks(desk, one) == ["K1"]
    assert desk.answer(accept=one) == "effective"
    assert (_marks(desk, one), desk.rules()) == ([], set())


def test_what_names_no_slot_does_not_end_the_search_for_suspect_forms() -> None:
    """A body of PPK signed a grant, and a sheet after it."""
    desk = Desk()
    start = desk.state.size
    new = {**builders.person("kpps-new"), **key("kpps-new")}
    assert desk.try_(builders.grant("kpps", **C, persons=[new]), *PPK) == "effective"
    form, region, office = LEVELS[0]
    desk.above(form, region, office)
    _suspect(desk, f"{office}-1", start)
    assert desk.rules(form, region) == {"K1"}


def test_a_form_older_than_the_suspicion_is_not_marked() -> None:
    desk = Desk()
    desk.say(120)
    _suspect(desk, KPPS[1], desk.state.size)
    assert desk.rules() == set()


def test_an_ended_key_without_suspicion_marks_nothing() -> None:
    desk = Desk()
    desk.say(120)
    assert desk.try_(builders.revoke(keyid=keyid(KPPS[0])), *PPK) == "effective"
    assert desk.rules() == set()


def test_a_new_revision_ends_the_suspicion() -> None:
    desk = Desk()
    start = desk.state.size
    one = desk.say(120)
    _suspect(desk, KPPS[1], start)
    person = {**builders.person("kpps-new"), **key("kpps-new")}
    grant = builders.grant("kpps", **C, persons=[person])
    assert desk.try_(grant, *PPK) == "effective"
    two = desk.next(one, 2, 130, KPPS[0], KPPS[2], "kpps-new")
    assert desk.statuses() == {one: "superseded", two: "head"}
    assert desk.rules() == set()


def test_an_answer_that_accepts_a_form_ends_its_suspicion_and_no_other_does() -> None:
    for fields, left in (
        ({"explains": [{"rule": "R8", "text": "Bukan ini."}]}, {"K1"}),
        ({"explains": [{"rule": "K1", "text": "Diperiksa, benar."}]}, {"K1"}),
        ({"accept": "head"}, set()),
    ):
        desk = Desk()
        start = desk.state.size
        one = desk.say(120)
        _suspect(desk, KPPS[1], start)
        said = {name: one if value == "head" else value for name, value in fields.items()}
        assert desk.answer(**said) == "effective"
        assert desk.rules() == left, fields


@pytest.mark.parametrize(("later", "marks"), [(-1, ["K1"]), (0, ["K1"]), (1, [])])
def test_a_form_that_waits_while_its_signer_becomes_suspect(later: int, marks: list[str]) -> None:
    """`later`: how many entries after his signature the suspicion begins."""
    desk = Desk()
    start = desk.state.size
    one = desk.say(120, *KPPS[:2])
    payload = desk.payload
    _suspect(desk, KPPS[1], start + later)
    assert desk.try_(payload, KPPS[2]) == "head"
    assert _marks(desk, one) == marks
    assert desk.rules() == set(marks)
    slot = f"{builders.ELECTION}/{builders.CONTEST}/c_hasil/90.01.01.1001/001"
    assert all(f["index"] == start for f in findings.of_slot(desk.state, slot))


def test_a_suspect_rival_is_suspect_when_it_is_accepted() -> None:
    desk = Desk()
    desk.say(120, KPPS[0], KPPS[2], *KPPS[1:2])
    start = desk.state.size
    rival = desk.say(110)
    _suspect(desk, KPPS[1], start)
    assert desk.rules() == set()
    assert desk.answer(accept=rival) == "effective"
    assert desk.rules() == set(), "who accepts it has looked at it"


def test_without_named_sheets_the_last_signature_tells_which_form_is_older() -> None:
    """In a replay a kecamatan form need not name its sheets."""
    realm = Realm(mode="replay", other=False)
    sheet = builders.form(LEVELS[0][0], region=LEVELS[0][1])
    kecamatan = builders.form(LEVELS[1][0], region=LEVELS[1][1], sheets=builders.ABSENT)
    office = names(LEVELS[0][2])
    for first, second, late in ((sheet, kecamatan, True), (kecamatan, sheet, False)):
        desk = Desk(realm)
        assert desk.try_(first, office[0]) == "waiting"
        assert desk.try_(second, *office) == "head"
        assert desk.try_(first, *office[1:]) == "head"
        assert ("X6" in desk.rules(*LEVELS[1][:2])) is late


def test_objections_stand_beside_the_chain() -> None:
    desk = Desk()
    one = desk.say(120)
    assert desk.try_(builders.objection(**C), "saksi-tps-1") == "effective"
    assert len(desk.record()["incidents"]) == 1
    assert desk.statuses() == {one: "head"}
    desk.is_now(votes=120, contested=False)


def test_summaries_are_for_replays_and_never_late_nor_without_a_chair() -> None:
    desk = Desk(Realm(mode="replay", other=False))
    desk.above(*LEVELS[3])
    payload = builders.form("summary", region="90.01.01")
    assert desk.try_(payload, *ROOT) == "head"
    assert desk.record("summary", "90.01.01")["statements"][0]["marks"] == []
    assert desk.rules("summary", "90.01.01") == set()
    revised = {**payload, "revision": 2, "previous": str(desk.last["id"]), "stations_in": 2,
               "reason": {"code": "source"}}  # fmt: skip
    assert desk.try_(revised, *ROOT) == "head"
    total = desk.state.totals.get(f"{builders.ELECTION}/{builders.CONTEST}/90")
    assert (total["counted"], total["figures"]["pair_1"]) == (2, [120, 2])


def test_statements_keep_the_order_of_their_first_appearance() -> None:
    desk = Desk()
    early = desk.say(120, KPPS[0])
    payload = desk.payload
    one = desk.say(110)
    desk.try_(payload, *KPPS[1:])
    assert [s["id"] for s in desk.record()["statements"]] == [early, one]


def test_a_kecamatan_form_beside_sheets_that_do_not_count() -> None:
    """X6 is about sheets in force: one that waits or is an orphan is none."""
    for extra in ({}, {"revision": 2, "previous": builders.hex_id("lost")}):
        desk = Desk()
        sheet = builders.form("d_hasil_kelurahan", region="90.01.01.1001", **extra)
        roles = names("ppk-90.01.01", 3 if extra else 1)
        assert desk.try_(sheet, *roles) == ("orphan" if extra else "waiting")
        desk.above(*LEVELS[1])
        assert desk.rules("d_hasil_kecamatan", "90.01.01") == set()
        desk.above(LEVELS[0][0], "90.01.01.1002", LEVELS[0][2])
        assert "X6" in desk.rules("d_hasil_kecamatan", "90.01.01"), "the next one counts"


@pytest.mark.parametrize("late", [False, True])
def test_a_sheet_named_by_the_id_of_its_repeat_is_named(late: bool) -> None:
    """Whether the repeat came before the kecamatan form that names it, or after."""
    desk = Desk()
    office = names("ppk-90.01.01")
    sheets, repeats = {}, []
    for region in ("90.01.01.1001", "90.01.01.1002"):
        sheet = builders.form("d_hasil_kelurahan", region=region)
        assert desk.try_(sheet, *office) == "head"
        repeats.append({**sheet, "at": "2024-11-28T08:00:00+07:00"})
        assert desk.try_(repeats[-1], *office[: 1 if late else 3]) == (
            "waiting" if late else "repeat"
        )
        sheets[region] = str(desk.last["id"])
    form = builders.form("d_hasil_kecamatan", region="90.01.01", sheets=list(sheets.values()))
    assert desk.try_(form, *office) == "head"
    assert ("X6" in desk.rules("d_hasil_kecamatan", "90.01.01")) is late
    if late:
        for repeat in repeats:
            assert desk.try_(repeat, *office[1:]) == "repeat"
    assert "X6" not in desk.rules("d_hasil_kecamatan", "90.01.01")


def test_what_a_third_saying_repeats_is_the_statement_and_not_its_first_repeat() -> None:
    """The first repeat stands before what it repeats, because it waited there."""
    desk = Desk()
    office = names("ppk-90.01.01")
    sheet = builders.form("d_hasil_kelurahan", region="90.01.01.1001")
    early, third = ({**sheet, "at": f"2024-11-28T0{n}:00:00+07:00"} for n in (8, 9))
    assert desk.try_(early, office[0]) == "waiting"
    assert desk.try_(sheet, *office) == "head"
    assert desk.try_(early, *office[1:]) == "repeat"
    assert desk.try_(third, *office) == "repeat"
    form = builders.form("d_hasil_kecamatan", region="90.01.01", sheets=[str(desk.last["id"])])
    assert desk.try_(form, *office) == "head"
    assert "X6" not in desk.rules("d_hasil_kecamatan", "90.01.01")


def test_a_rival_that_an_answer_makes_count_after_the_determination_is_late() -> None:
    """It was planted before, and moved the result afterwards without a mark."""
    world = World(mode="replay")
    world.begin()
    world.form()
    planted = world.form(figures={**builders.form()["figures"], "pair_1": 0, "pair_2": 215})
    assert world.last["status"] == "rival"
    determined = builders.determination(region="90", contest="gubernur-90")
    world.add(determined, *world.persons("kpu-prov-90"))
    world.add(builders.close(), "operator/1")
    world.add(builders.answer(accept=planted), *world.persons("ppk-90.01.01", 2))
    assert world.last["status"] == "effective"
    slot = world.state.slots.get(f"{builders.ELECTION}/gubernur-90/c_hasil/90.01.01.1001/001")
    assert slot["head"] == planted
    assert [one["marks"] for one in slot["statements"]] == [[], ["L2", "L3"]]
    assert slots.marks_of(world.state, world.state.size - 1) == ["L2", "L3"], "the answer too"
    assert counts.marked(world.state)["L2"] == 1
    again = {**builders.answer(accept=planted), "at": "2024-12-20T10:00:00+07:00"}
    world.add(again, *world.persons("ppk-90.01.01", 2))
    assert world.last["status"] == "effective"
    assert slots.marks_of(world.state, world.state.size - 1) == [], "it changes nothing"


def test_a_correction_logged_before_what_it_corrects_counts_when_it_is_said_again() -> None:
    """It was an orphan for ever, and said again the repeat of one: it never counted."""
    world = World()
    world.begin()
    first = builders.form("c_hasil", log=world.origin)
    told = {
        **builders.form("c_hasil", revision=2, reason={"code": "counting"}),
        "log": world.origin,
    }
    told["previous"] = statement_id(builders.encode(first))
    office = world.persons("kpps-90.01.01.1001-001")
    world.add(told, *office)
    assert world.last["status"] == "orphan"
    assert counts.marked(world.state)["orphans"] == 1
    world.add({**told, "at": "2024-11-28T08:00:00+07:00"}, *office)
    assert world.last["status"] == "orphan", "nothing that it continues is there yet"
    world.add(first, *office)
    assert world.last["status"] == "head"
    world.add({**told, "at": "2024-11-28T09:00:00+07:00"}, *office)
    assert world.last["status"] == "head"
    world.add({**told, "at": "2024-11-28T10:00:00+07:00"}, *office)
    assert world.last["status"] == "repeat"
    assert counts.marked(world.state)["orphans"] == 2
