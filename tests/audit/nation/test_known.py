"""What a few entries prove: who holds a log's key can log anything, and proves nothing by it."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import pytest
from tests.audit.nation.province import GOVERNOR, REGENT, Province
from tests.core.ledger.crowd import Crowd
from tests.core.ledger.test_authority import UNUSABLE
from tests.core.ledger.test_incidents import SLOT, Desk
from tests.core.ledger.world import key, keyid, payload_of, signer
from tests.core.statements import builders

from rekap.audit.history import first_roots
from rekap.audit.nation.known import OF_A_CONTEST, SILENT, Elsewhere, Known, certifies
from rekap.core.errors import Malformed, NotVerified
from rekap.core.ledger import authority
from rekap.core.log.policy import Block
from rekap.core.signing import envelope as dsse
from rekap.core.signing.note import NoteKey
from rekap.core.statements.kinds import KINDS

ELECTION = "pemilihan-contoh"
KABKO, PROV = "90.01", "90"


@cache
def _province() -> Province:
    """A log up to its grants, no forms."""
    return Province(PROV)


def anchors(**other: Any) -> Block:
    world = _province()
    own = {
        "key": NoteKey.parse(builders.vkey(world.origin, signer("log").public)),
        "log_id": dsse.parse(world.entries[0]).id,
        "roots": ((ELECTION, (keyid("root/kpu/1"),)),),
    }
    return Block(**{**own, **other})


def known(mode: str = "rehearsal", upto: int | None = None, **other: Any) -> Known:
    """The register after the first entries of the province."""
    found = Known(anchors(**other), mode)
    for index, entry in enumerate(_province().entries[:upto]):
        found.read(index, entry)
    return found


def entry(payload: dict[str, Any], *roles: str, origin: str = "") -> bytes:
    """An entry as anybody makes it who has the keys of these roles."""
    whole = {**payload, "log": origin or _province().origin}
    return dsse.sign(builders.encode(whole), [signer(role) for role in roles])


def form(**fields: Any) -> dict[str, Any]:
    columns = {f"{KABKO}.01": builders.STATION}
    own = {"contest": REGENT, "region": KABKO, "columns": columns, **fields}
    return builders.form("d_hasil_kabko", **own)


KPU = tuple(Province.persons(f"kpu-kabko-{KABKO}"))
KPU_PROV = tuple(Province.persons(f"kpu-prov-{PROV}"))
OPERATORS = ("operator/1",)
KPPS = tuple(Province.persons(f"kpps-{KABKO}.01.1001-001"))
THREE = {f"{KABKO}.01": {**builders.STATION, "pair_3": 1}}
END = len(_province().entries)


def test_the_body_of_the_place_proves_its_form() -> None:
    said = known().read(END, entry(form(), *KPU))
    assert certifies(said, ELECTION, REGENT, KABKO)
    assert said.counted == tuple(sorted(map(keyid, KPU)))
    assert not certifies(said, ELECTION, GOVERNOR, PROV)
    assert not certifies(said, ELECTION, REGENT, "90.02")
    assert not certifies(said, "lain", REGENT, KABKO)


def test_signatures_of_two_entries_add_up_and_one_person_counts_once() -> None:
    found = known()
    assert found.read(END, entry(form(), KPU[0], KPU[1])).effect is None
    with pytest.raises(NotVerified, match="did not before"):
        found.read(END + 1, entry(form(), KPU[1]))
    assert found.read(END + 2, entry(form(), KPU[2])).effect == END + 2


def _broken(data: bytes) -> bytes:
    whole = dsse.parse(data)
    first, *rest = whole.signatures
    sig = bytes([first.sig[0] ^ 1]) + first.sig[1:]
    broken = type(first)(first.keyid, sig, first.authenticator_data, first.client_data)
    return dsse.serialize(dsse.Envelope(whole.payload, (broken, *rest)))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (lambda: b"rubbish", Malformed),
        (lambda: _broken(entry(form(), *KPU)), NotVerified),
        (lambda: entry(form(), *KPPS), NotVerified),
        (lambda: entry(form(), *KPU_PROV), NotVerified),
        (lambda: entry(form(), *KPU, KPU_PROV[0]), NotVerified),
        (lambda: entry(form(), "nobody-1", "nobody-2", "nobody-3"), Elsewhere),
        (lambda: entry(form(), "root/kpu/1"), NotVerified),
        (lambda: entry(form(), "operator/1"), NotVerified),
        (lambda: entry(form(contest="lain"), *KPU), NotVerified),
        (lambda: entry(form(election="lain"), *KPU), Elsewhere),
        (lambda: entry(form(), *KPU, origin="p91.example/rehearsal/log"), NotVerified),
        (lambda: entry(form(columns=THREE), *KPU), NotVerified),
        (lambda: entry(form(reason={"code": "source"}, revision=2), *KPU), NotVerified),
        (lambda: _province().entries[0], NotVerified),
        (lambda: entry(builders.election(), "root/kpu/1", "operator/1"), NotVerified),
    ],
)
def test_what_nobody_entitled_signed_proves_nothing(data: Any, error: type[Exception]) -> None:
    found = known()
    before = dict(found.said)
    with pytest.raises(error):
        found.read(END, data())
    assert found.said == before


def test_too_few_persons_are_no_certificate() -> None:
    said = known().read(END, entry(form(), *KPU[:2]))
    assert said.effect is None
    assert not certifies(said, ELECTION, REGENT, KABKO)


def test_officers_that_the_operator_granted_himself_prove_nothing() -> None:
    persons = [{**builders.person(name), **key(name)} for name in ("a-1", "a-2", "a-3")]
    grant = builders.grant("kpu_kabko", region=KABKO, persons=persons)
    with pytest.raises(NotVerified):
        known().read(END, entry(grant, "operator/1"))
    with pytest.raises(Elsewhere):
        known().read(END, entry(grant, "a-1", "a-2", "a-3"))


def test_a_key_is_granted_once() -> None:
    persons = [{**builders.person(name), **key(KPU[at])} for at, name in enumerate(("b-1", "b-2"))]
    grant = builders.grant("kpu_kabko", region=KABKO, persons=persons)
    with pytest.raises(NotVerified):
        known().read(END, entry(grant, *KPU_PROV[:2]))


@pytest.mark.parametrize(("alg", "public"), UNUSABLE)
def test_a_key_by_which_nothing_verifies_is_granted_by_nobody(alg: str, public: bytes) -> None:
    weak = builders.named_key(alg, public)
    persons = [builders.person("fresh"), {**builders.person("weak"), **weak}]
    found = known()
    kept = copy.deepcopy(found._maps["keys"])
    grant = builders.grant("kpu_kabko", region=KABKO, persons=persons)
    with pytest.raises(NotVerified, match="nothing can verify"):
        found.read(END, entry(grant, *KPU_PROV[:2]))
    assert found._maps["keys"] == kept


def test_a_key_that_was_ended_signs_nothing_more() -> None:
    found = known()
    ends = builders.revoke(keyid=keyid(KPU[0]))
    found.read(END, entry(ends, *KPU_PROV[:2]))
    with pytest.raises(Elsewhere):
        found.read(END + 1, entry(form(), *KPU))
    assert found.read(END + 1, entry(form(), *KPU[1:])).effect is None


def test_a_revocation_of_another_election_ends_no_key_of_this_one() -> None:
    found = known()
    fields = builders.revoke(keyid=keyid(KPU[0]), election="pemilihan-lain")
    with pytest.raises(Elsewhere):
        found._revoke(END, fields, "")
    assert "revoked" not in found.get("keys", keyid(KPU[0]))


def test_without_a_grant_its_keys_are_elsewhere() -> None:
    """Evidence that leaves out a grant refutes nobody: the grant may stand in the log."""
    found = Known(anchors(), "rehearsal")
    for index, one in enumerate(_province().entries):
        if payload_of(one)["kind"] in ("log", "election"):
            found.read(index, one)
    with pytest.raises(Elsewhere):
        found.read(END, entry(form(), *KPU))


@pytest.mark.parametrize(
    "other",
    [
        {"log_id": "0" * 64},
        {"key": NoteKey.parse(builders.vkey("p90.example/rehearsal/log", signer("lain").public))},
        {"roots": ((ELECTION, ("0" * 32,)),)},
        {"roots": ()},
    ],
)
def test_other_anchors_prove_nothing(other: dict[str, Any]) -> None:
    with pytest.raises(NotVerified):
        known(**other)


def test_another_mode_than_the_list_says_proves_nothing() -> None:
    with pytest.raises(NotVerified):
        known("live", upto=1)


def test_an_older_revision_after_a_newer_one_is_refused() -> None:
    found = known()
    first = next(s for s in found.said.values()
                 if s.fields["kind"] == "roster" and s.fields["region"] == KABKO)  # fmt: skip
    again = {"region": KABKO, "children": [builders.child(f"{KABKO}.01")]}
    later = builders.roster(**again, revision=2, previous=first.id)
    found.read(END, entry(later, *KPU_PROV[:2]))
    for wrong in (
        builders.roster(**again, revision=1, at="2024-11-27T15:00:00+07:00"),
        builders.roster(**again, revision=2, previous="0" * 64),
        builders.roster(**again, revision=3, previous=first.id),
    ):
        with pytest.raises(NotVerified):
            found.read(END + 1, entry(wrong, *KPU_PROV[:2]))


def test_a_revision_that_the_ledger_would_void_changes_no_name() -> None:
    """Whoever has all keys can log it; the ledger finds it void, so a certificate is not of it."""
    first = next(index for index, data in enumerate(_province().entries)
                 if payload_of(data)["kind"] == "election")  # fmt: skip
    before = payload_of(_province().entries[first])
    swapped = copy.deepcopy(before)
    for contest in swapped["contests"]:
        one, other, *_ = contest["pairs"]
        one["names"], other["names"] = other["names"], one["names"]
    own = dsse.parse(_province().entries[first]).id
    for fields in (
        {**swapped, "revision": 2, "previous": own},
        {**swapped, "revision": 7, "previous": "0" * 64},
        {**before, "revision": 3, "previous": own},
    ):
        found = known()
        with pytest.raises(NotVerified):
            found.read(END, entry(fields, "root/kpu/1", *OPERATORS))
        assert found.election(ELECTION)["contests"] == before["contests"]


def test_a_revision_that_is_refused_ends_no_root() -> None:
    first = next(index for index, data in enumerate(_province().entries)
                 if payload_of(data)["kind"] == "election")  # fmt: skip
    found, before = known(), payload_of(_province().entries[first])
    kept = copy.deepcopy(found._maps["keys"])
    taken = {**before, "revision": 2, "previous": dsse.parse(_province().entries[first]).id}
    taken["roots"] = {**before["roots"], "kpu": {**before["roots"]["kpu"], "keys": [key(KPU[0])]}}
    with pytest.raises(NotVerified, match="somebody already"):
        found.read(END, entry(taken, "root/kpu/1", *OPERATORS))
    assert found._maps["keys"] == kept


def test_a_kabko_determines_no_contest_of_its_provinsi() -> None:
    """Three persons of any kabko could call the governor's result determined."""
    other = builders.determination(contest=GOVERNOR, region=KABKO)
    with pytest.raises(NotVerified, match="own region"):
        known().read(END, entry(other, *KPU))
    own = builders.determination(contest=GOVERNOR, region=PROV)
    assert known().read(END, entry(own, *KPU_PROV)).effect == END


def test_a_determination_rests_on_a_certificate_of_its_contest_that_took_effect() -> None:
    found, effective = known(), entry(form(), *KPU)
    waiting = entry(form(at="2024-11-27T15:00:00+07:00"), *KPU[:2])
    station = entry(builders.form(contest=REGENT, region=f"{KABKO}.01.1001", tps="001"), *KPPS)
    for index, one in enumerate((effective, waiting, station), END):
        found.read(index, one)
    for name, error in (
        ("0" * 64, Elsewhere),
        (dsse.parse(waiting).id, NotVerified),
        (dsse.parse(station).id, NotVerified),
        (dsse.parse(_province().entries[0]).id, NotVerified),
    ):
        said = builders.determination(contest=REGENT, region=KABKO, certificate=name)
        with pytest.raises(error):
            found.read(END + 3, entry(said, *KPU))
    own = dsse.parse(effective).id
    said = builders.determination(contest=REGENT, region=KABKO, certificate=own)
    assert found.read(END + 3, entry(said, *KPU)).effect == END + 3


def test_a_kabko_names_no_other_region() -> None:
    names = known().names
    assert names[ELECTION, KABKO] == builders.child(KABKO)["name"]
    assert (ELECTION, "90.02") not in names


def test_pages_of_passkeys_that_operators_name_are_taken() -> None:
    """A portal that names one is read like every other."""
    found = known()
    page = "https://lain.rekap.example"
    said = found.read(END, entry(builders.uploaders(origins=[page]), *OPERATORS))
    assert said.effect == END
    assert page in authority.uploaders_in_force(found)
    strange = builders.uploaders(origins=["https://palsu.example"])
    with pytest.raises(NotVerified, match="no passkey of this log"):
        known().read(END, entry(strange, *OPERATORS))


def test_every_kind_is_read_by_a_rule_of_its_own() -> None:
    """What a new kind changes for a reader of some entries is decided here, by name."""
    told = {"log", "election", "grant", "revoke", "roster", "uploaders"}
    assert told | SILENT | OF_A_CONTEST == set(KINDS)


BY_SIGNATURES = ("unknown-key", "bad-signature", "not-entitled", "no-new-signature")
"""Why entries are void by their signatures and those of the entries before them alone."""


def _told(log: Any) -> Known:
    """Nothing yet, by the anchors of a log that was folded."""
    block = Block(
        key=NoteKey.parse(log.state.meta.get("log")["log_key"]),
        log_id=dsse.parse(log.entries[0]).id,
        roots=tuple((name, keyids) for name, (_, keyids) in first_roots(log.state).items()),
    )
    return Known(block, log.state.meta.get("log")["mode"])


def test_of_two_objections_each_side_withdraws_its_own() -> None:
    """The later one, of another side, does not take the place of the first."""
    desk = Desk()
    one, other = desk.objects(), desk.objects("saksi-two", pair=2)
    found = _told(desk)
    for index, data in enumerate(desk.entries):
        found.read(index, data)
    end = len(desk.entries)
    origin = desk.state.meta.get("log")["log"]
    for said, own, else_ in (
        (one, "saksi-tps-1", "saksi-two"),
        (other, "saksi-two", "saksi-tps-1"),
    ):
        withdrawn = builders.outcome([said], "withdrawn", **SLOT)
        with pytest.raises(NotVerified):
            found.read(end, entry(withdrawn, else_, origin=origin))
        assert found.read(end, entry(withdrawn, own, origin=origin)).effect == end


@pytest.mark.parametrize("seed", range(8))
def test_signatures_of_a_random_log_are_read_as_the_fold_reads_them(seed: int) -> None:
    """Every statement is of the same signers, counted alike, in effect by the same entry.

    Entries that are void by another rule are left out: what the whole log says is not known here.
    """
    crowd = Crowd(seed, 120)
    found = _told(crowd)
    for index, data in enumerate(crowd.entries):
        record = crowd.state.entry(index)
        void = record["status"] == "void"
        if void and record["why"] not in BY_SIGNATURES:
            continue
        if void:
            with pytest.raises(NotVerified):
                found.read(index, data)
        else:
            found.read(index, data)
    assert found.said
    for name, said in found.said.items():
        there = crowd.state.ids.get(name)
        assert (said.effect, said.signers.keys()) == (
            there["effect"], {one["keyid"] for one in there["signers"]},
        ), said.fields  # fmt: skip
        counted = {one["keyid"] for one in there["signers"] if one["counted"]}
        assert set(said.counted) == counted, said.fields
