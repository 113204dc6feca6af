"""Who is in doubt when a key is: what it signed, what it granted, and how a doubt ends."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest
from tests.core.ledger.realm import Fork, Realm, grant, names
from tests.core.ledger.world import key, keyid, payload_of
from tests.core.statements import builders

from rekap.core.ledger import findings, slots
from rekap.core.statements import model

ONE = "90.01.01.1001"
C = {"region": ONE, "tps": "001"}
KPPS = names(f"kpps-{ONE}-001")
PPK = names("ppk-90.01.01")
KABKO = names("kpu-kabko-90.01")
PROV = names("kpu-prov-90")
ROOT = names("kpu", 2)
SLOT = f"{builders.ELECTION}/{builders.CONTEST}/c_hasil/{ONE}/001"


@lru_cache(maxsize=1)
def _realm() -> Realm:
    return Realm(other=False)


class Inquiry(Fork):
    """A fork in which keys are stolen."""

    def __init__(self) -> None:
        super().__init__(_realm())
        self.minute = 0

    def ok(self, payload: dict[str, Any], *roles: str) -> int:
        """Add a statement that is not void, said at another minute each time; return its index."""
        self.minute += 1
        at = f"2024-11-28T{self.minute // 60:02}:{self.minute % 60:02}:00+07:00"
        return self.again({**payload, "at": at}, *roles)

    def again(self, payload: dict[str, Any], *roles: str) -> int:
        """Add these very bytes; they must not be void."""
        outcome = self.try_(payload, *roles)
        assert not outcome.startswith("void"), outcome
        self.payload = payload
        return self.state.size - 1

    def revoke(self, role: str, start: int, *by: str) -> int:
        """Say that a key is suspect from an entry on."""
        payload = builders.revoke(keyid=keyid(role), reason="stolen", suspect_from=start)
        return self.ok(payload, *by)

    def marks(self, index: int) -> list[str]:
        """What stands against the statement of an entry."""
        return slots.marks_of(self.state, index)

    def rules(self) -> set[str]:
        """The findings of the first TPS's head."""
        return {found["rule"] for found in findings.of_slot(self.state, SLOT)}

    def granting(self, office: str) -> tuple[int, dict[str, Any]]:
        """The entry and the payload by which an office got its keys."""
        index = self.state.keys.get(keyid(f"{office}-1"))["grant"]
        return index, self.said(index)

    def said(self, index: int) -> dict[str, Any]:
        """The payload of an entry."""
        return payload_of(self.entries[index])


# ------------------------------------------------------------------ keys that are stolen


@pytest.mark.parametrize("reason", ["ended", "lost", "replaced"])
def test_a_stolen_key_that_ends_itself_is_suspect_all_the_same(reason: str) -> None:
    """A thief ended the keys that he forged with, and what he forged could never be doubted."""
    case = Inquiry()
    forged = case.ok(builders.form(**C, pair_1=1, pair_2=214), *KPPS)
    for role in KPPS:
        case.ok(builders.revoke(keyid=keyid(role), reason=reason), role)
    assert case.marks(forged) == []
    case.revoke(KPPS[0], forged, *PPK[:2])
    assert case.marks(forged) == ["K1"]
    assert case.rules() == {"K1"}
    key = case.state.keys.get(keyid(KPPS[0]))
    assert (key["revoked"], key["revoke_reason"]) == (forged + 1, "stolen")


def test_who_acts_for_a_body_makes_up_for_no_member_in_doubt() -> None:
    """Neither is enough alone, and they never add up: no more when one of them is in doubt."""
    case = Inquiry()
    case.ok(grant("kpps", ONE, ["selaku-1"], tps="001", acting="ppk"), *PPK[:2])
    form = case.ok(builders.form(**C), *KPPS, "selaku-1")
    assert case.marks(form) == []
    case.revoke(KPPS[0], form, *PPK[:2])
    assert case.marks(form) == ["K1"]


def test_a_doubt_may_begin_earlier_and_never_ends_by_saying_it_again() -> None:
    case = Inquiry()
    first = case.ok(builders.form(**C), *KPPS)
    second = case.ok(
        builders.form(**C, revision=2, previous=case.last["id"], pair_1=1, pair_2=214), *KPPS
    )
    case.revoke(KPPS[1], second, *PPK[:2])
    assert (case.marks(first), case.marks(second)) == ([], ["K1"])
    again = builders.revoke(keyid=keyid(KPPS[1]), reason="stolen", suspect_from=second)
    assert case.try_({**again, "at": "2024-11-29T00:00:00+07:00"}, *PPK[:2]) == "effective"
    later = {**again, "suspect_from": second + 1}
    assert case.try_(later, *PPK[:2]) == "effective"
    assert (case.marks(first), case.marks(second)) == ([], ["K1"])
    ended = builders.revoke(keyid=keyid(KPPS[1]), at="2024-11-29T01:00:00+07:00")
    assert case.try_(ended, *PPK[:2]) == "void already"
    case.revoke(KPPS[1], first, *PPK[:2])
    assert (case.marks(first), case.marks(second)) == (["K1"], ["K1"])


def test_keys_that_stolen_keys_granted_sign_in_doubt() -> None:
    """Two stolen keys of a PPK granted three of their own, and a form by these stood unmarked."""
    case = Inquiry()
    honest = case.ok(builders.form(**C), *KPPS)
    start = case.ok(grant("kpps", ONE, names("palsu"), tps="001"), *PPK[:2])
    fields = {**C, "revision": 2, "pair_1": 1, "pair_2": 214}
    previous = case.state.entry(honest)["id"]
    before = case.ok(builders.form(**fields, previous=previous), *names("palsu"))
    case.revoke(PPK[0], start, *KABKO[:2])
    assert case.marks(start) == ["K1"], "one clean signature is too few"
    assert case.marks(before) == ["K1"]
    assert case.marks(honest) == []
    fields |= {"revision": 3, "pair_1": 2, "pair_2": 213}
    previous = case.state.entry(before)["id"]
    after = case.ok(builders.form(**fields, previous=previous), *names("palsu"))
    assert case.marks(after) == ["K1"], "the keys live, and are in doubt"
    assert case.rules() == {"K1"}


def test_a_stolen_key_that_only_co_signed_honest_grants_marks_nothing() -> None:
    """One stolen key of a PPK would have put every form of its kecamatan in doubt."""
    case = Inquiry()
    formed = case.ok(builders.form(**C), *KPPS)
    granted, payload = case.granting(f"kpps-{ONE}-001")
    case.again(payload, PPK[2])
    size = case.state.size
    case.revoke(PPK[2], 0, *KABKO[:2])
    assert case.marks(granted) == case.marks(formed) == []
    assert case.rules() == set()
    page = f"{builders.ELECTION}/{builders.CONTEST}/01/01/1001/001/"
    assert case.state.site.get(page) <= size, "and no page of a form is made again"


def test_a_pairs_root_marks_no_form_that_its_witness_co_signed() -> None:
    case = Inquiry()
    formed = case.ok(builders.form(**C), *KPPS, "saksi-tps-1")
    case.revoke("saksi-tps-1", 0, "pair1-1")
    assert case.marks(formed) == []
    assert case.rules() == set()
    signers = case.state.ids.get(case.state.entry(formed)["id"])["signers"]
    assert [one["counted"] for one in signers].count(False) == 1


def test_what_a_thief_says_of_honest_keys_makes_nothing_suspect() -> None:
    """Two stolen keys of a PPK ended three honest ones and put their form in doubt for ever."""
    case = Inquiry()
    formed = case.ok(builders.form(**C), *KPPS)
    start = case.state.size
    for role in KPPS:
        case.revoke(role, 0, *PPK[:2])
    assert case.marks(formed) == ["K1"]
    case.revoke(PPK[0], start, *KABKO[:2])
    assert case.marks(formed) == []
    assert case.rules() == set()
    assert case.marks(start) == ["K1"], "his revocation says so itself"
    assert all(case.state.keys.get(keyid(role))["revoked"] for role in KPPS), "ended they stay"
    assert "suspect_from" not in case.state.keys.get(keyid(KPPS[0]))
    case.revoke(KPPS[0], formed, PPK[1], PPK[2])
    assert case.marks(formed) == ["K1"], "who is entitled and honest may still say it"


# ------------------------------------------------------------------ how a doubt ends


def test_a_clean_co_signature_lifts_a_doubt_and_all_that_rests_on_it() -> None:
    case = Inquiry()
    formed = case.ok(builders.form(**C), *KPPS)
    granted, payload = case.granting(f"kpps-{ONE}-001")
    case.revoke(PPK[0], granted, *KABKO[:2])
    assert (case.marks(granted), case.marks(formed)) == (["K1"], ["K1"])
    case.again(payload, PPK[2])
    assert (case.marks(granted), case.marks(formed)) == ([], [])
    assert case.rules() == set()


def test_a_substitute_who_signs_the_same_paper_lifts_the_doubt() -> None:
    case = Inquiry()
    formed = case.ok(builders.form(**C), *KPPS)
    paper = case.payload
    case.revoke(KPPS[2], formed, *PPK[:2])
    assert case.marks(formed) == ["K1"]
    case.ok(grant("kpps", ONE, ["substitute"], tps="001"), *PPK[:2])
    case.again(paper, "saksi-tps-1")
    assert case.marks(formed) == ["K1"], "a witness is none of them"
    case.again(paper, "substitute")
    assert case.marks(formed) == []


def test_an_explanation_explains_and_lifts_nothing() -> None:
    """One key of a KPPS, which may be the stolen one, could talk the doubt away."""
    case = Inquiry()
    formed = case.ok(builders.form(**C), *KPPS)
    case.revoke(KPPS[1], formed, *PPK[:2])
    explains = [{"rule": "K1", "text": "Sudah dicek."}]
    case.ok({**builders.answer(**C), "explains": explains}, KPPS[0])
    assert case.marks(formed) == ["K1"]
    (found,) = findings.of_slot(case.state, SLOT)
    assert found["explanation"]["text"] == "Sudah dicek."


def test_an_answer_that_accepts_a_form_stands_for_its_signers_while_it_is_clean_itself() -> None:
    case = Inquiry()
    formed = case.ok(builders.form(**C), *KPPS)
    case.revoke(KPPS[1], formed, *PPK[:2])
    accept = case.state.entry(formed)["id"]
    answered = case.ok(builders.answer(**C, accept=accept), *PPK[:2])
    paper = case.payload
    assert case.marks(formed) == []
    case.revoke(PPK[1], answered, *KABKO[:2])
    assert (case.marks(answered), case.marks(formed)) == (["K1"], ["K1"])
    assert case.rules() == {"K1"}
    case.again(paper, PPK[2])
    assert (case.marks(answered), case.marks(formed)) == ([], [])


def test_a_form_that_an_answer_left_is_in_doubt_again() -> None:
    case = Inquiry()
    formed = case.ok(builders.form(**C), *KPPS)
    rival = case.ok(builders.form(**C, pair_1=1, pair_2=214), *KPPS)
    case.revoke(KPPS[1], formed, *PPK[:2])
    first, second = (case.state.entry(one)["id"] for one in (formed, rival))
    case.ok(builders.answer(**C, accept=first), *PPK[:2])
    assert (case.marks(formed), case.marks(rival)) == ([], ["K1"])
    case.ok(builders.answer(**C, accept=second), *KABKO[:2])
    assert (case.marks(formed), case.marks(rival)) == (["K1"], [])


def test_a_form_that_counts_by_an_answer_in_doubt_is_in_doubt() -> None:
    """Two stolen keys of a PPK accepted a rival, and it counted without a mark."""
    case = Inquiry()
    honest = case.ok(builders.form(**C), *KPPS)
    planted = case.ok(builders.form(**C, pair_1=1, pair_2=214), *KPPS)
    accept = case.state.entry(planted)["id"]
    answered = case.ok(builders.answer(**C, accept=accept), *PPK[:2])
    paper = case.payload
    assert (case.marks(planted), case.rules()) == ([], set())
    case.revoke(PPK[1], answered, *KABKO[:2])
    assert (case.marks(honest), case.marks(planted), case.rules()) == ([], ["K1"], {"K1"})
    case.again(paper, PPK[2])
    assert (case.marks(answered), case.marks(planted), case.rules()) == ([], [], set())


def test_an_answer_in_doubt_from_the_beginning_marks_the_form_that_it_accepts() -> None:
    case = Inquiry()
    case.ok(builders.form(**C), *KPPS)
    planted = case.ok(builders.form(**C, pair_1=1, pair_2=214), *KPPS)
    granted, paper = case.granting("ppk-90.01.01")
    case.revoke(KABKO[0], granted, *PROV[:2])
    accept = case.state.entry(planted)["id"]
    answered = case.ok(builders.answer(**C, accept=accept), *PPK[:2])
    assert (case.marks(answered), case.marks(planted)) == (["K1"], ["K1"])
    case.again(paper, KABKO[2])
    assert (case.marks(answered), case.marks(planted)) == ([], [])


def test_an_answer_in_doubt_that_accepts_the_head_takes_nothing_from_it() -> None:
    """It counts by its own signatures, whatever thieves say of it besides."""
    case = Inquiry()
    formed = case.ok(builders.form(**C), *KPPS)
    accept = case.state.entry(formed)["id"]
    answered = case.ok(builders.answer(**C, accept=accept), *PPK[:2])
    case.revoke(PPK[1], answered, *KABKO[:2])
    assert (case.marks(answered), case.marks(formed)) == (["K1"], [])
    case.revoke(KPPS[1], formed, names("ppk-90.01.01")[0], PPK[2])
    assert case.marks(formed) == ["K1"], "neither carries it now"


def test_thieves_who_repeat_an_answer_take_nothing_from_it() -> None:
    case = Inquiry()
    case.ok(builders.form(**C), *KPPS)
    other = case.ok(builders.form(**C, pair_1=1, pair_2=214), *KPPS)
    accept = case.state.entry(other)["id"]
    case.ok(builders.answer(**C, accept=accept), *PPK[1:])
    repeated = case.ok(builders.answer(**C, accept=accept), *PPK[:2])
    case.revoke(PPK[0], repeated, *KABKO[:2])
    assert (case.marks(repeated), case.marks(other)) == (["K1"], [])


def test_an_answer_that_comes_back_to_a_form_carries_it_alone() -> None:
    """What another decision took away does not carry it any more."""
    case = Inquiry()
    one = case.ok(builders.form(**C), *KPPS)
    two = case.ok(builders.form(**C, pair_1=1, pair_2=214), *KPPS)
    first, second = (case.state.entry(index)["id"] for index in (one, two))
    for accept in (second, first):
        case.ok(builders.answer(**C, accept=accept), *PPK[1:])
    back = case.ok(builders.answer(**C, accept=second), *PPK[:2])
    assert case.marks(two) == []
    case.revoke(PPK[0], back, *KABKO[:2])
    assert (case.marks(one), case.marks(two), case.rules()) == ([], ["K1"], {"K1"})


def test_a_correction_of_what_an_answer_accepted_counts_by_its_own_signatures() -> None:
    case = Inquiry()
    case.ok(builders.form(**C), *KPPS)
    other = case.ok(builders.form(**C, pair_1=1, pair_2=214), *KPPS)
    accept = case.state.entry(other)["id"]
    answered = case.ok(builders.answer(**C, accept=accept), *PPK[:2])
    mended = {**C, "revision": 2, "previous": accept, "pair_1": 2, "pair_2": 213}
    later = case.ok(builders.form(**mended), *KPPS)
    case.revoke(PPK[0], answered, *KABKO[:2])
    assert (case.marks(other), case.marks(later), case.rules()) == (["K1"], [], set())


def test_other_roots_later_change_no_threshold_of_an_answer() -> None:
    """What suffices to lift a doubt is what sufficed when the answer took effect."""
    case = Inquiry()
    formed = case.ok(builders.form(**C), *KPPS)
    explains = [{"rule": "K1", "text": "Sudah dicek."}]
    answered = case.ok({**builders.answer(**C), "explains": explains}, KPPS[0])
    case.revoke(KPPS[0], formed, *PPK[:2])
    assert case.marks(answered) == ["K1"]
    election = _realm().election
    kpu = {**election["roots"]["kpu"], "k": 1}
    previous = case.state.meta.get(f"election/{builders.ELECTION}")["statement"]
    case.ok({**election, "revision": 2, "previous": previous,
             "roots": {**election["roots"], "kpu": kpu}}, *ROOT, *names("operator", 2))  # fmt: skip
    paper = case.said(answered)
    case.again(paper, ROOT[0])
    assert case.marks(answered) == ["K1"], "one root would be enough for a new answer"
    case.again(paper, ROOT[1])
    assert case.marks(answered) == []


def test_a_revocation_that_is_clean_again_counts_beside_a_later_one() -> None:
    case = Inquiry()
    first = case.ok(builders.form(**C), *KPPS)
    fields = {**C, "revision": 2, "pair_1": 1, "pair_2": 214}
    second = case.ok(builders.form(**fields, previous=case.last["id"]), *KPPS)
    said = case.revoke(KPPS[0], first, *PPK[:2])
    paper = case.payload
    case.revoke(PPK[0], said, *KABKO[:2])
    case.revoke(KPPS[0], second, *PPK[1:])
    assert (case.marks(first), case.marks(second)) == ([], ["K1"])
    case.again(paper, PPK[2])
    assert (case.marks(first), case.marks(second)) == (["K1"], ["K1"])


def test_a_thief_who_says_the_truth_first_does_not_take_the_honest_word_away() -> None:
    """Stolen keys ended the forgers, the same by clean keys was void, and the mark was lifted."""
    case = Inquiry()
    extra = names("ppk-lain", 2)
    case.ok(grant("ppk", "90.01.01", extra), *KABKO[:2])
    forged = case.ok(builders.form(**C), *KPPS)
    said = [case.revoke(role, forged, *PPK[:2]) for role in KPPS]
    for role in KPPS:
        case.revoke(role, forged, *extra)
    for role in PPK[:2]:
        case.revoke(role, said[0], *KABKO[:2])
    assert [case.marks(one) for one in said] == [["K1"]] * 3
    assert case.marks(forged) == ["K1"]
    assert case.state.keys.get(keyid(KPPS[0]))["suspect_from"] == forged


def test_other_roots_later_change_no_threshold_of_a_revocation() -> None:
    """One root sufficed for it; a root more was asked for later, and the key was suspect."""
    case = Inquiry()
    watcher = "saksi-tps-1"
    ended = case.ok(builders.revoke(keyid=keyid(watcher), reason="lost"), "pair1-1", watcher)
    election = _realm().election
    _, two = election["roots"]["pairs"]
    more = {"number": 1, **builders.keyset(key("pair1-1"), key("pair1-2"), k=2)}
    previous = case.state.meta.get(f"election/{builders.ELECTION}")["statement"]
    case.ok({**election, "revision": 2, "previous": previous,
             "roots": {**election["roots"], "pairs": [more, two]}},
            *ROOT, *names("operator", 2))  # fmt: skip
    case.revoke(watcher, 0, "pair1-1", "pair1-2")
    assert case.marks(ended) == [], "the pair's root was enough by then"


def test_a_form_whose_keys_come_into_doubt_one_after_another_has_its_mark() -> None:
    """Keys of two grants signed it: the second doubt found it marked, and forgot it was not."""
    case = Inquiry()
    for persons in (["satu"], ["dua", "tiga"]):
        case.ok(grant("kpps", ONE, persons, tps="001"), *PPK[:2])
    formed = case.ok(builders.form(**C), "satu", "dua", "tiga")
    case.revoke(PPK[0], 0, *KABKO[:2])
    assert case.marks(formed) == ["K1"]
    assert case.rules() == {"K1"}


def test_a_root_that_was_dropped_while_a_statement_waited_stands_in_for_no_stolen_key() -> None:
    """One root more, counted by nobody when the ruling took effect, kept it free of its mark."""
    case = Inquiry()
    case.ok(builders.ruling(), "kpu-1")
    paper = case.payload
    election = _realm().election
    previous = case.state.meta.get(f"election/{builders.ELECTION}")["statement"]
    without = builders.keyset(*(key(role) for role in ("kpu-2", "kpu-3")), k=2)
    case.ok({**election, "revision": 2, "previous": previous,
             "roots": {**election["roots"], "kpu": without}},
            *ROOT, *names("operator", 2))  # fmt: skip
    case.again(paper, "kpu-2")
    ruled = case.again(paper, *PROV)
    assert case.state.entry(ruled)["status"] == "effective", "by the province alone"
    case.revoke(PROV[0], ruled, "kpu-2", "kpu-3")
    assert case.marks(ruled) == ["K1"], "two of the province and one root are too few"


# ------------------------------------------------------------------ every kind


def _roster() -> dict[str, Any]:
    before = _realm().state.regions.get(f"{builders.ELECTION}/{ONE}")["roster"]
    return builders.roster(ONE, revision=2, previous=before)


def _kinds() -> list[tuple[str, dict[str, Any], list[str], list[str]]]:
    explains = [{"rule": "R6", "text": "Sudah dicek."}]
    return [
        ("form", builders.form(**C), KPPS, PPK[:2]),
        ("sheet", builders.form("d_hasil_kelurahan", region=ONE), PPK, KABKO[:2]),
        ("determination", builders.determination(), PROV, ROOT),
        ("elected", builders.elected(), PROV, ROOT),
        ("ruling", builders.ruling(), PROV, ROOT),
        ("roster", _roster(), KABKO[:2], PROV[:2]),
        ("answer", {**builders.answer(**C), "explains": explains}, PPK[:2], KABKO[:2]),
        ("objection", builders.objection(**C), ["saksi-tps-1"], ["pair1-1"]),
        ("event", builders.event(**C), KPPS[:1], PPK[:2]),
        ("grant", grant("kpps", ONE, ["new"], tps="001"), PPK[:2], KABKO[:2]),
        ("revoke", builders.revoke(keyid=keyid(KPPS[0])), PPK[:2], KABKO[:2]),
    ]


@pytest.mark.parametrize("kind", [kind for kind, *_ in _kinds()])
def test_a_statement_of_any_kind_is_suspect_without_enough_clean_signatures(kind: str) -> None:
    """Three stolen keys determined a result, and nothing was said of it."""
    payload, signers, granters = next(rest for one, *rest in _kinds() if one == kind)
    case = Inquiry()
    index = case.ok(payload, *signers)
    case.revoke(signers[0], index + 1, *granters)
    assert case.marks(index) == [], "it was stolen afterwards"
    case.revoke(signers[0], index, *granters)
    assert case.marks(index) == ["K1"]


@pytest.mark.parametrize("kind", [kind for kind, *_ in _kinds() if kind not in model.ALONE])
def test_a_statement_that_waited_for_the_last_signature_is_suspect_from_the_first(
    kind: str,
) -> None:
    payload, signers, granters = next(rest for one, *rest in _kinds() if one == kind)
    case = Inquiry()
    case.ok(payload, *signers[:-1])
    paper, first = case.payload, case.state.size - 1
    case.revoke(signers[0], first, *granters)
    index = case.again(paper, signers[-1])
    assert case.marks(index) == ["K1"]


def test_a_suspect_revocation_that_waited_makes_nothing_suspect() -> None:
    case = Inquiry()
    formed = case.ok(builders.form(**C), *KPPS)
    case.ok(builders.revoke(keyid=keyid(KPPS[0]), reason="stolen", suspect_from=0), PPK[0])
    paper = case.payload
    case.revoke(PPK[0], formed, *KABKO[:2])
    case.again(paper, PPK[1])
    assert case.marks(formed) == []
    case.again(paper, PPK[2])
    assert case.marks(formed) == ["K1"], "two who are not in doubt say so now"


def test_a_grant_that_waited_for_a_thief_gives_keys_in_doubt() -> None:
    case = Inquiry()
    case.ok(grant("kpps", ONE, names("new"), tps="001"), PPK[0])
    paper = case.payload
    case.revoke(PPK[0], 0, *KABKO[:2])
    granted = case.again(paper, PPK[1])
    assert case.marks(granted) == ["K1"]
    formed = case.ok(builders.form(**C), *names("new"))
    assert case.marks(formed) == ["K1"]
    case.again(paper, PPK[2])
    assert (case.marks(granted), case.marks(formed)) == ([], [])


def test_a_doubt_runs_down_from_the_province_to_the_form() -> None:
    case = Inquiry()
    formed = case.ok(builders.form(**C), *KPPS)
    chain = [case.granting(office)[0] for office in
             ("kpu-kabko-90.01", "ppk-90.01.01", f"kpps-{ONE}-001")]  # fmt: skip
    case.revoke(PROV[0], 0, *ROOT)
    assert [case.marks(index) for index in (*chain, formed)] == [["K1"]] * 4
    case.again(case.granting("kpu-kabko-90.01")[1], PROV[2])
    assert [case.marks(index) for index in (*chain, formed)] == [[]] * 4
