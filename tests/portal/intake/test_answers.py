"""Every answer of the closed list: exact status, code and field, nothing stored, never a 5xx."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.fakes import FakeRecords
from tests.portal.intake import statements
from tests.portal.intake.office import Office
from tests.portal.intake.world import (
    KELURAHAN,
    World,
    figures,
    identify,
    key,
    sign,
    signer,
    signers,
    vkey,
)

from rekap.core import codec
from rekap.core.ledger import offices
from rekap.core.ledger.authority import Shortfall
from rekap.core.ledger.effects import ELECTIONS_MAX
from rekap.core.signing import envelope
from rekap.core.statements import model, regions, shapes
from rekap.portal.intake import answers, content, signatures

Errors = list[tuple[str, str]]
Case = tuple[bytes | str, int, Errors]


def raw(payload: bytes, *roles: str) -> bytes:
    """Sign bytes that need not be a statement."""
    return envelope.sign(payload, signers(*roles))


def replaced(world: World, old: bytes, new: bytes) -> bytes:
    """Sign a form's payload with some of its bytes replaced."""
    payload = codec.encode(world.form())
    assert old in payload
    return raw(payload.replace(old, new, 1), *world.kpps())


def broken(world: World) -> bytes:
    body = bytearray(sign(world.form(), *world.kpps(count=4)))
    body[body.rindex(b'"sig":"') + 10] ^= 1
    return bytes(body)


def revoked(world: World) -> bytes:
    keyid = signer(world.kpps()[0]).keyid
    revoke = world.of_election("revoke", keyid=keyid, reason="lost")
    world.log(sign(revoke, *world.ppk(2)))
    return sign(world.form(), *world.kpps(count=4))


def twice_granted(world: World) -> bytes:
    return sign(world.grant("kpps", KELURAHAN, tps="002", count=6), *world.ppk(2))


def small_order_key(world: World) -> bytes:
    grant = world.grant("kpps", KELURAHAN, tps="001", count=1)
    grant["persons"][0]["key"] = codec.b64encode(bytes([1]) + bytes(31))
    return sign(grant, *world.ppk(2))


def response_to_a_form(world: World) -> bytes:
    form = world.form()
    world.log(sign(form, *world.kpps()))
    fields = {
        "contest": form["contest"],
        "body": "ppk",
        "region": KELURAHAN[:8],
        "to": identify(form),
    }
    response = world.of_election("response", **fields, outcome="done", revision=1)
    return sign(response, *world.ppk(2))


def answer_to_a_form(world: World) -> bytes:
    form = world.form()
    world.log(sign(form, *world.kpps()))
    slot = {name: form[name] for name in ("contest", "form", "region", "tps")}
    answer = world.of_election("answer", **slot, to=[identify(form)], outcome="rejected")
    return sign(answer, *world.kpps())


def objection_for_a_pair_too_many(world: World) -> bytes:
    slot = {name: world.form()[name] for name in ("contest", "form", "region", "tps")}
    said = {"body": "saksi", "pair": 1, "number": 1, "code": "figures", "claims": {"pair_9": 1}}
    return sign(world.of_election("objection", **slot, **said), f"saksi-{KELURAHAN}-1")


def beside(world: World) -> bytes:
    world.log(sign(world.form(), *world.kpps()))
    return sign(world.form(figures=figures((100, 90, 50))), *world.kpps())


def closed(world: World) -> bytes:
    world.log(sign(world.of_log("close"), "operator-1"))
    return sign(world.form(), *world.kpps())


def one_too_many(world: World) -> bytes:
    """A 41st election was taken, with a receipt, and void in the log."""

    def election(n: int) -> bytes:
        roots = {"kpu": {"k": 1, "keys": [key(f"root-of-{n}")]}}
        fields = world.election(election=f"pemilihan-{n}", roots=roots)
        return sign(fields, "operator-1", f"root-of-{n}")

    world.log(*map(election, range(1, ELECTIONS_MAX)))
    return election(ELECTIONS_MAX)


def ended_twice(world: World) -> bytes:
    def end(reason: str) -> bytes:
        fields = world.of_election("revoke", keyid=KPPS1, reason=reason)
        return sign(fields, *world.ppk(2))

    world.log(end("lost"))
    return end("stolen")


def another_log(world: World) -> dict[str, Any]:
    return World("replay").form()


KPPS1 = signer(f"kpps-{KELURAHAN}-001-1").keyid

CASES: dict[str, Callable[[World], Case]] = {
    "not-json": lambda w: ("not json", 400, [("not-json", "")]),
    "duplicate-key": lambda w: (
        '{"payload":"YQ==","payload":"YQ=="}',
        400,
        [("duplicate-key", "")],
    ),
    "number": lambda w: (
        replaced(w, b'"revision":1', b'"revision":1.5'),
        400,
        [("number", "payload")],
    ),
    "depth": lambda w: ('[[[[[[[[[["x"]]]]]]]]]]', 400, [("depth", "0.0.0.0.0.0.0.0")]),
    "envelope": lambda w: ('{"payload":"YQ=="}', 400, [("envelope", "")]),
    "too-large": lambda w: ("x" * 65_536, 413, [("too-large", "")]),
    "bad-signature": lambda w: (broken(w), 401, [("bad-signature", "signatures.3")]),
    "unknown-key": lambda w: (
        sign(w.form(), *w.kpps(), "stranger"),
        401,
        [("unknown-key", f"signatures.{_place(w, 'stranger')}")],
    ),
    "revoked-key": lambda w: (
        revoked(w),
        403,
        [("revoked-key", f"signatures.{_place(w, w.kpps()[0], count=4)}")],
    ),
    "not-entitled": lambda w: (
        sign(w.form(), *w.kpps(), "operator-1"),
        403,
        [("not-entitled", f"signatures.{_place(w, 'operator-1')}")],
    ),
    "below-threshold": lambda w: (
        sign(w.form(), f"saksi-{KELURAHAN}-1"),
        403,
        [("below-threshold", "signatures")],
    ),
    "unknown-election": lambda w: (
        sign(w.form(election="pilkada-99"), *w.kpps()),
        403,
        [("unknown-election", "election")],
    ),
    "previous-not-ordered": lambda w: (
        sign(
            w.form(revision=2, previous="0" * 64, reason={"code": "typing"}),
            *w.kpps(),
        ),
        409,
        [("previous-not-ordered", "previous")],
    ),
    "no-such-key": lambda w: (
        sign(w.of_election("revoke", keyid="0" * 32, reason="lost"), "root-1", "root-2"),
        409,
        [("no-such-key", "keyid")],
    ),
    "another-counts": lambda w: (beside(w), 409, [("another-counts", "revision")]),
    "none-counts": lambda w: (
        sign(
            w.form(revision=2, previous=identify(w.election()), reason={"code": "typing"}),
            *w.kpps(),
        ),
        409,
        [("none-counts", "previous")],
    ),
    "closed": lambda w: (closed(w), 410, [("closed", "")]),
    "not-canonical": lambda w: (
        replaced(w, b'"revision":1', b'"revision": 1'),
        422,
        [("not-canonical", "")],
    ),
    "other-log": lambda w: (sign(another_log(w), *w.kpps()), 422, [("other-log", "log")]),
    "log-exists": lambda w: (sign(w.log_statement(), "operator-1"), 422, [("log-exists", "kind")]),
    "writer-only": lambda w: (sign(w.of_log("clock"), "log"), 422, [("writer-only", "kind")]),
    "unacceptable-key": lambda w: (
        small_order_key(w),
        422,
        [("unacceptable-key", "persons.0.key")],
    ),
    "key-taken": lambda w: (
        twice_granted(w),
        422,
        [("key-taken", f"persons.{n}.key") for n in range(6)],
    ),
    "not-current": lambda w: (
        sign(
            w.roster(KELURAHAN, tps=[{"number": "001"}]), "kpu_kabko-31.71-1", "kpu_kabko-31.71-2"
        ),
        422,
        [("not-current", "revision")],
    ),
    "too-many-elections": lambda w: (one_too_many(w), 422, [("too-many-elections", "election")]),
    "already": lambda w: (ended_twice(w), 422, [("already", "keyid")]),
    "unknown-contest": lambda w: (
        sign(w.form(contest="bupati-31"), *w.kpps()),
        422,
        [("unknown-contest", "contest")],
    ),
    "outside-contest": lambda w: (
        sign(
            w.of_election(
                "determination",
                contest="gubernur-31",
                region="31.71",
                revision=1,
                number="1",
                basis="first",
                announced_at="2024-12-08T10:00:00+07:00",
            ),
            *(f"kpu_kabko-31.71-{n}" for n in (1, 2, 3)),
        ),
        422,
        [("outside-contest", "region")],
    ),
    "not-in-roster": lambda w: (
        sign(w.grant("kpps", KELURAHAN, tps="009"), *w.ppk(2)),
        422,
        [("not-in-roster", "tps")],
    ),
    "no-such-target": lambda w: (response_to_a_form(w), 422, [("no-such-target", "to")]),
    "unexplained": lambda w: (
        sign(w.form(figures=figures(total=251)), *w.kpps()),
        422,
        [("unexplained", "valid,invalid,total"), ("unexplained", "voted,ballots_used,total")],
    ),
}


def _place(world: World, role: str, count: int = 3) -> int:
    """Return where a signer stands in an envelope of a KPPS and him."""
    keyids = {signer(one).keyid for one in (*world.kpps(count=count), role)}
    return sorted(keyids).index(signer(role).keyid)


@pytest.mark.parametrize(
    ("made", "error"),
    [(answer_to_a_form, ("no-such-target", "to.0")),
     (objection_for_a_pair_too_many, ("pairs", "claims"))],
)  # fmt: skip
def test_what_an_objection_or_its_answer_gets_wrong_is_said(
    made: Callable[[World], bytes], error: tuple[str, str]
) -> None:
    world = World.begun()
    answer = Office(world).send(made(world))
    assert (answer.status, answer.errors) == (422, [error])


@pytest.mark.parametrize("code", CASES)
def test_refuses_with_exactly_this_code(code: str) -> None:
    world = World.begun()
    body, status, errors = CASES[code](world)
    assert code in {found for found, _ in errors}
    assert answers.answer(code).status == status
    answer = Office(world).refuses(body, status, *errors)
    vain = any(answers.answer(one).final for one in answer.codes) or answer.codes <= answers.ASKED
    assert ("retry-after" in answer.headers) is not vain


def test_wrong_content_type_stands_alone() -> None:
    office = Office(World.begun())
    for kind in ("", "text/plain", "multipart/form-data; boundary=x", "application/jsonx"):
        answer = office.send("not json", kind)
        assert (answer.status, answer.errors) == (415, [("wrong-type", "")])
    for kind in ("application/json; charset=utf-8", "APPLICATION/JSON"):
        assert office.send("not json", kind).status == 400


def test_too_large_comes_before_the_type() -> None:
    assert Office(World.begun()).send(b"x" * 65_536, "text/plain").status == 413


def test_an_unknown_leaf_or_route_is_not_found() -> None:
    """Row 22: a path from the address reaches no file and no other record."""
    office = Office(World.begun())
    for leaf in ("0" * 64, "%2e%2e", "' OR 1=1 --"):
        assert office.ask(leaf).errors == [("unknown-leaf", "leaf")]
    for leaf in ("", "../keys/log.key"):
        answer = office.ask(leaf)
        assert (answer.status, answer.errors) == (404, [("unknown-route", "")])
    answer = office.send("{}", rawPath="/v1/statement")
    assert (answer.status, answer.errors) == (404, [("unknown-route", "")])


def test_a_log_begins_with_its_own_statement() -> None:
    world = World()
    form = sign(world.form(), *world.kpps())
    answer = Office(world).send(form)
    assert answer.status == 401
    assert answer.codes == {"unknown-key", "no-log"}
    early = sign(world.of_log("publication", release="cd" * 32), "operator-1")
    assert Office(world).send(early).codes == {"unknown-key", "no-log"}
    Office(world).takes(sign(world.log_statement(), "operator-1"))


def test_a_log_with_another_receipt_key_is_refused() -> None:
    """Row 35: a portal that runs with test keys refuses the production's entry 0, and back."""
    world = World()
    other = world.log_statement(receipt_key=vkey(f"{world.origin}/receipt", "another portal"))
    Office(world).refuses(sign(other, "operator-1"), 422, ("other-key", "receipt_key"))
    own, other = (
        world.log_statement()["policy"],
        f"log {vkey('lain.example/log', 'another portal')}",
    )
    for lines in (["quorum none"], [*own, other], [other, *own]):
        aimless = world.log_statement(policy=lines)
        Office(world).refuses(sign(aimless, "operator-1"), 422, ("no-policy", "policy"))
    rehearsed = sign(world.log_statement(), "operator-1")
    Office(World("replay")).refuses(rehearsed, 422, ("other-log", "log"))


def test_a_full_queue_and_a_guard_answer_503_and_keep_nothing() -> None:
    """Row 17: a flood meets a cap, and says so."""
    world = World.begun()
    office = Office(world, cap=1)
    office.takes(sign(world.form(), *world.kpps()))
    office.bell.rung.clear()
    second = sign(world.form("002"), *world.kpps("002"))
    answer = office.refuses(second, 503, ("backlog", ""))
    assert answer.headers["retry-after"] == "30"
    office.guard.stop("two roots")
    office.refuses(second, 503, ("stopped", ""), ("backlog", ""))
    # What is known is still answered, and a wrong form is told what is wrong with it.
    assert office.send(sign(world.form(), *world.kpps())).status == 200
    office.bell.rung.clear()
    office.refuses(
        sign(world.form("002"), f"saksi-{KELURAHAN}-1"), 403, ("below-threshold", "signatures")
    )


class _AlwaysFaster(FakeRecords):
    """Somebody else always writes first."""

    def add(self, *args: Any) -> None:
        from rekap.core.errors import Conflict

        raise Conflict("faster")


class _Gone(FakeRecords):
    """The store does not answer."""

    def read(self, leaf: str) -> Any:
        raise ConnectionError("no route to the store, and a secret in the text")


def test_a_store_that_never_lets_us_write_answers_busy() -> None:
    world = World.begun()
    answer = Office(world, records=_AlwaysFaster()).send(sign(world.form(), *world.kpps()))
    assert (answer.status, answer.errors) == (503, [("busy", "")])


def test_an_unexpected_error_is_503_with_a_stable_code_and_no_detail() -> None:
    world = World.begun()
    office = Office(world, records=_Gone())
    answer = office.send(sign(world.form(), *world.kpps()))
    assert (answer.status, answer.errors) == (503, [("unavailable", "")])
    assert "secret" not in str(answer.body) + str(office.lines)
    assert office.lines[-1]["error"] == "ConnectionError"


TESTED_ELSEWHERE = {
    "wrong-type", "unknown-leaf", "unknown-route", "no-log", "no-policy", "other-key", "backlog",
    "stopped", "busy", "unavailable", "unknown-held", "held-recently", "head-moved",
    "below-differs", "said-too-often", "unknown-attachment", "attachment", "withheld", "picture",
    "too-early",
}  # fmt: skip


def test_every_code_of_the_table_has_its_test() -> None:
    assert CASES.keys() | TESTED_ELSEWHERE == answers.CODES.keys()
    assert not CASES.keys() & TESTED_ELSEWHERE


def test_codes_of_fields_and_codes_of_answers_are_two_lists() -> None:
    assert not answers.CODES.keys() & shapes.SENTENCES.keys()
    for code in shapes.SENTENCES:
        assert (answers.answer(code).status, answers.answer(code).final) == (422, True)
    with pytest.raises(KeyError):
        answers.answer("no-such-code")


def test_who_signs_with_an_unknown_key_is_told_how_far_the_register_is() -> None:
    """A key that was granted a minute ago is unknown to a register that lags."""
    world = World.begun()
    said = Office(world).send(sign(world.form(), "stranger"))
    assert said.errors[0] == ("unknown-key", "signatures.0")
    for words in (said.body["detail"], said.body["detail_en"]):
        assert f" {world.size()} " in words


def test_a_root_of_a_pair_is_named_in_both_languages() -> None:
    """The catalogue has no words for it: its code says which pair."""
    assert answers.body("roots.pairs.2") == ("roots.pairs.2", "roots.pairs.2")
    assert answers.body("saksi") == ("saksi", "witnesses")


def test_every_code_and_every_status_has_its_words_in_both_languages() -> None:
    folder = Path(answers.__file__).parents[1] / "text"
    holes = []
    for language in ("id", "en"):
        tables = tomllib.loads((folder / f"{language}.toml").read_text())
        assert tables.keys() == {"title", "body", "refusal"}
        assert set(map(int, tables["title"])) == {one.status for one in answers.CODES.values()}
        assert tables["refusal"].keys() == answers.CODES.keys()
        assert tables["body"].keys() >= model.BODIES.keys()
        assert all(text for table in tables.values() for text in table.values())
        # `sentence_id` and `sentence_en` of a rule are one thing.
        named = {
            code: {name.removesuffix(f"_{language}") for name in re.findall(r"{(\w+)}", text)}
            for code, text in tables["refusal"].items()
        }
        holes.append(named)
    assert holes[0] == holes[1]


def test_all_findings_come_at_once_and_the_smallest_status_answers() -> None:
    world = World.begun()
    form = world.form(
        contest="bupati-31",
        figures=figures(total=251),
        revision=2,
        previous="1" * 64,
        reason={"code": "typing"},
    )
    answer = Office(world).send(sign(form, world.kpps()[0], "stranger", "operator-1"))
    assert answer.status == 401
    assert answer.codes == {
        "unknown-key", "not-entitled", "below-threshold", "previous-not-ordered", "unknown-contest",
    }  # fmt: skip
    assert answer.body["code"] == "unknown-key"
    assert answer.body["register_size"] == world.size()
    # One of them is final, so sending the same bytes again is vain.
    assert "retry-after" not in answer.headers


def test_a_form_shows_schema_and_signature_faults_together() -> None:
    world = World.begun()
    form = world.form(count="never")
    answer = Office(world).send(sign(form, *world.kpps(), "stranger"))
    assert answer.status == 401
    assert answer.codes == {"value", "unknown-key"}


def test_below_threshold_names_positions_present_and_required() -> None:
    world = World.begun()
    beside = world.form(figures=figures(total=251))  # with another fault a form is not held
    answer = Office(world).send(sign(beside, *world.kpps(count=2)))
    told = next(one for one in answer.body["errors"] if one["code"] == "below-threshold")
    assert told["id"] == (
        f"Perlu tanda tangan 3 orang KPPS {KELURAHAN} TPS 001, baru 2 (anggota, ketua)."
        " Minta yang lain menandatangani pernyataan yang sama, lalu kirim lagi."
    )
    assert told["en"] == (
        f"3 persons of KPPS {KELURAHAN} TPS 001 must sign, 2 have (anggota, ketua)."
        " Ask the others to sign the same statement, then send it again."
    )


def test_below_threshold_names_the_election_whose_roots_lack() -> None:
    """An election that follows another is signed by roots of both."""
    roots = offices.Office(offices.ROOT_KPU, regions.COUNTRY, 3, election="pilkada-91")
    told = signatures.shortfall(Shortfall(roots, 1, ("root",)))
    assert told.id.startswith("Perlu tanda tangan 3 orang akar KPU pilkada-91, baru 1 (root).")
    operators = offices.Office("operator", regions.COUNTRY, 2)
    assert " id, baru 0." in signatures.shortfall(Shortfall(operators, 0, ())).id


def test_an_explained_rule_is_no_refusal() -> None:
    world = World.begun()
    wrong = world.form(figures=figures(total=251))
    office = Office(world)
    texts = [{"rule": "R7", "text": "salah jumlah di kertas"}]
    answer = office.send(sign(wrong | {"explanations": texts}, *world.kpps()))
    assert [(one["rule"], one["code"]) for one in answer.body["errors"]] == [("R8", "unexplained")]
    texts.append({"rule": "R8", "text": "salah jumlah di kertas"})
    office.takes(sign(wrong | {"explanations": texts}, *world.kpps()))


def test_a_soft_rule_refuses_nothing() -> None:
    """R11 and R12: a TPS of 700 voters, with ballots for 400."""
    world = World.begun()
    large = figures(registered=700, registered_m=350, registered_f=350)
    Office(world).takes(sign(world.form(figures=large), *world.kpps()))


def test_what_only_a_replay_says_is_refused_elsewhere() -> None:
    world = World.begun("live")
    fixed = world.of_log("publication", release="cd" * 32, fixed=True)
    Office(world).refuses(sign(fixed, "operator-1"), 422, ("replay-only", "fixed"))


def test_a_replay_refuses_no_arithmetic() -> None:
    world = World.begun("replay")
    form = world.form(figures={"valid": 5, "invalid": 1, "total": 7})
    Office(world).takes(sign(form, *world.kpps()))


@pytest.mark.parametrize("mode", ["live", "rehearsal"])
def test_a_live_form_has_every_figure_of_its_paper(mode: str) -> None:
    world = World.begun(mode)
    paper = figures()
    del paper["voted_disabled"]
    Office(world).refuses(
        sign(world.form(figures=paper), *world.kpps()),
        422,
        ("missing-field", "figures.voted_disabled"),
    )


@pytest.mark.parametrize("mode", ["live", "rehearsal"])
def test_a_copy_of_which_one_figure_can_be_read_is_taken(mode: str) -> None:
    world = World.begun(mode)
    fields, roles = statements.examples(world)["copy"]
    assert fields["figures"] == {"pair_1": 120}
    Office(world).takes(sign(fields, *roles))


ELECTION_DAY = 1_732_640_400
"""27 November 2024, 00.00 WIB."""


@pytest.mark.parametrize(
    ("now", "code", "mode"),
    [(ELECTION_DAY - 86_401, "too-early", "rehearsal"), (ELECTION_DAY - 86_401, None, "replay"),
     (ELECTION_DAY - 86_400, None, "rehearsal"), (ELECTION_DAY, None, "rehearsal")],
)  # fmt: skip
def test_what_arrived_is_logged_from_the_eve_on_and_never_before(
    now: int, code: str | None, mode: str
) -> None:
    """Whoever means to take ballots learns nothing of them while they are under way."""
    world = World.begun(mode)
    world.log(sign(world.grant("pps", KELURAHAN), *world.ppk(2)))
    office = Office(world)
    office.clock.now = now
    place = {"region": KELURAHAN, "tps": "001"}
    arrived = {**place, "step": "arrived", "ballots": [{"contest": "gubernur-31", "sheets": 410}]}
    roles = f"pps-{KELURAHAN}-1", world.kpps()[0]
    said = sign(world.of_election("readiness", **arrived), *roles)
    if code is None:
        office.takes(said)
    else:
        office.refuses(said, 403, (code, "step"))
    later = {**arrived, "ballots": [{"contest": "lain", "sheets": 1}]}
    answer = office.send(sign(world.of_election("readiness", **later), *roles))
    assert ("unknown-contest", "ballots.0.contest") in answer.errors


@pytest.mark.parametrize(
    ("region", "day"), [(KELURAHAN, "2025-04-16"), ("32.01.01.1001", "2024-11-27")]
)
def test_what_arrived_waits_for_the_day_of_the_contests_of_its_place(region: str, day: str) -> None:
    """A contest that is held again has a day of its own; where there is none, the election has."""
    again = {"region": "31", "date": "2025-04-16"}
    election = {"date": "2024-11-27", "timezone": "Asia/Jakarta", "contests": [again]}
    known = {"log": {"mode": "live"}, "election/e": election}
    fields = {"kind": "readiness", "step": "arrived", "election": "e", "region": region}
    eve = int(datetime.fromisoformat(f"{day}T00:00:00+07:00").timestamp()) - 86_400

    class Register:
        def get(self, kind: str, key: str) -> Any:
            return known.get(key)

    codes = [
        [one.code for one in content.early(fields, Register(), now)]  # type: ignore[arg-type]
        for now in (eve - 1, eve)
    ]
    assert codes == [["too-early"], []]


def test_what_came_back_waits_for_no_day_and_needs_both_bodies() -> None:
    world = World.begun()
    fields, roles = statements.examples(world)["readiness"]
    office = Office(world)
    office.holds(sign(fields, roles[0]))
    assert "not-entitled" in office.send(sign(fields, roles[1], "kpu_kabko-31.71-1")).codes
    office.takes(sign(fields, *roles))


def test_a_recommendation_waits_for_no_statement_that_it_is_addressed_to() -> None:
    world = World.begun()
    fields, roles = statements.examples(world)["recommendation"]
    Office(world).takes(sign(fields, *roles))


def test_a_recommendation_to_an_organiser_of_no_place_is_refused() -> None:
    world = World.begun()
    fields, roles = statements.examples(world)["recommendation"]
    to = {"body": "ppk", "region": "31.71.07"}
    places = [{"region": "31.71.07.1001", "tps": "001"}]
    said = Office(world).send(sign(fields | {"to": to, "places": places}, *roles))
    assert ("not-in-roster", "to.region") in said.errors


def test_an_unsigned_identity_number_never_enters() -> None:
    """Row 26, as far as text goes: eight digits in a row in free text are refused."""
    world = World.begun()
    form = world.form(explanations=[{"rule": "R7", "text": "NIK 3171061234567890"}])
    Office(world).refuses(sign(form, *world.kpps()), 422, ("digits", "explanations.0.text"))


def test_the_keys_of_a_statement_are_the_portals_only_for_entry_zero() -> None:
    world = World()
    fields = world.log_statement(operators={"k": 2, "keys": [key("operator-1"), key("operator-2")]})
    office = Office(world)
    office.refuses(sign(fields, "operator-1"), 403, ("below-threshold", "signatures"))
    office.takes(sign(fields, "operator-1", "operator-2"))


def test_a_receipt_promises_a_minute_and_verifies() -> None:
    from rekap.core.signing.note import ED25519, NoteKey
    from rekap.portal.intake.receipt import key_name, open_receipt

    world = World.begun()
    office = Office(world)
    office.clock.now = 1_732_700_000
    form = world.form()
    answer = office.takes(sign(form, *world.kpps()))
    known = NoteKey.of(key_name(world.origin), ED25519, signer("receipt").public)
    receipt = open_receipt(answer.body["receipt"].encode(), [known])
    assert (receipt.origin, receipt.id) == (world.origin, identify(form))
    assert (receipt.received_at, receipt.logged_by) == (1_732_700_000, 1_732_700_060)
    assert receipt.leaf == answer.body["leaf"]
    assert answer.headers["location"] == f"statements/{receipt.leaf}"
    assert office.bell.rung == ["sequence"]


def test_who_signs_a_new_election_is_asked_before_anything_knows_it() -> None:
    world = World.begun()
    fields = {**world.election(), "election": "pilkada-2029"}
    refused = Office(world).send(sign(fields, "root-1"))
    assert refused.codes >= {"below-threshold", "not-entitled"}


def test_pages_that_are_known_already_are_no_news() -> None:
    world = World.begun()
    said = world.of_log("uploaders", origins=["https://rekap.example"])
    Office(world).refuses(sign(said, "operator-1"), 422, ("already", "origins"))
