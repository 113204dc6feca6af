"""Asking once: the same commands again after a typing error make no public Bertentangan unasked."""

from __future__ import annotations

from typing import Any

import pytest
from tests.fakes import FakeRegister
from tests.portal.intake.office import Answer, Office
from tests.portal.intake.statements import PPK, corrected, sheet
from tests.portal.intake.world import AT, KELURAHAN, World, figures, identify, sign, signer

from rekap.core.ledger import chain
from rekap.core.log.entry import leaf_hash
from rekap.core.log.ports import Record
from rekap.core.statements.model import slot_key
from rekap.portal.intake import another

LATER = "2024-11-27T16:00:00+07:00"
TYPED = figures((100, 90, 50))
"""What the paper says; the first form has 80 and 60."""


def office(*forms: tuple[dict[str, Any], tuple[str, ...]]) -> Office:
    """An office of a log in which these forms were sent, logged and folded."""
    made = Office(World.begun())
    for fields, roles in forms:
        made.takes(sign(fields, *roles))
        made.log()
    return made


def after_a_first_form() -> tuple[Office, dict[str, Any], tuple[str, ...]]:
    world = World()
    fields, roles = world.form(), world.kpps()
    return office((fields, roles)), fields, roles


def refused(said: Answer) -> dict[str, Any]:
    """Return what a refusal says of the form that counts; nothing else is wrong."""
    assert (said.status, said.errors) == (409, [("another-counts", "revision")]), said.body
    assert "retry-after" not in said.headers
    head: dict[str, Any] = said.body["head"]
    return head


def status_of(made: Office, fields: dict[str, Any]) -> dict[str, str]:
    """Return {statement id: status} of the slot of a form."""
    slot = made.world.state.slots.get(slot_key(fields))
    return {one["id"]: one["status"] for one in slot["statements"]}


def correction(fields: dict[str, Any], **changed: Any) -> dict[str, Any]:
    continued = {"previous": identify(fields), "revision": fields["revision"] + 1}
    return fields | {"at": LATER, "reason": {"code": "typing"}, **continued} | changed


# ---------------------------------------------------------------- asked


def test_the_same_commands_again_after_a_typing_error_do_not_make_a_public_contradiction() -> None:
    made, first, roles = after_a_first_form()
    again = sign(first | {"at": LATER, "figures": TYPED}, *roles)
    head = refused(made.refuses(again, 409, ("another-counts", "revision")))
    index = made.world.size() - 1
    told = {"id": identify(first), "index": index, "revision": 1, "figures": first["figures"]}
    assert head == told
    made.log()
    assert set(status_of(made, first).values()) == {chain.HEAD}


def test_the_question_names_the_form_that_counts_in_both_languages() -> None:
    made, first, roles = after_a_first_form()
    said = made.send(sign(first | {"figures": TYPED}, *roles))
    index = str(made.world.size() - 1)
    told = ("another-counts", "Cannot be recorded yet")
    assert (said.body["code"], said.body["title_en"]) == told
    for name in ("detail", "detail_en"):
        assert index in said.body[name]


def test_who_insists_makes_the_contested_slot() -> None:
    made, first, roles = after_a_first_form()
    again = first | {"at": LATER, "figures": TYPED}
    said = made.insists(sign(again, *roles))
    assert (said.status, said.body["status"]) == (201, "pending")
    made.log()
    assert status_of(made, first) == {identify(first): chain.HEAD, identify(again): chain.RIVAL}


@pytest.mark.parametrize("query", [{}, {"insist": "0"}, {"insist": ""}, {"insist": "true"},
                                   {"insist": "1,1"}, {"Insist": "1"}, None])  # fmt: skip
def test_nothing_but_insist_1_insists(query: dict[str, str] | None) -> None:
    made, first, roles = after_a_first_form()
    again = sign(first | {"figures": TYPED}, *roles)
    refused(made.send(again, queryStringParameters=query))


def test_insisting_lifts_no_other_refusal() -> None:
    made, first, roles = after_a_first_form()
    few = sign(first | {"figures": TYPED}, *roles[:2])
    assert made.insists(few).status == 202
    wrong = sign(first | {"figures": figures(total=251)}, *roles)
    assert made.insists(wrong).codes == {"unexplained"}


def test_two_officers_who_correct_at_once_are_told_of_each_other() -> None:
    made, first, roles = after_a_first_form()
    one = correction(first, figures=TYPED)
    made.takes(sign(one, *roles))
    made.log()
    other = correction(first, figures=figures((100, 80, 61)))
    head = refused(made.send(sign(other, *roles)))
    assert (head["id"], head["revision"], head["figures"]) == (identify(one), 2, TYPED)


def test_a_correction_with_an_outdated_kit_is_asked_about_and_not_lost() -> None:
    world = World()
    first, roles = world.form(), world.kpps()
    second = correction(first, figures=TYPED)
    made = office((first, roles), (second, roles))
    late = correction(first, figures=figures((101, 80, 59)))
    body = sign(late, *roles)
    assert refused(made.send(body))["revision"] == 2
    assert made.insists(body).status == 201
    made.log()
    assert status_of(made, first)[identify(late)] == chain.RIVAL


def test_a_revision_that_leaves_one_out_would_be_an_orphan_and_is_asked_about() -> None:
    made, first, roles = after_a_first_form()
    gap = correction(first, revision=3, figures=TYPED)
    body = sign(gap, *roles)
    assert refused(made.send(body))["id"] == identify(first)
    made.insists(body)
    made.log()
    assert status_of(made, first)[identify(gap)] == chain.ORPHAN


def test_what_continues_a_statement_of_another_place_is_asked_about() -> None:
    made, first, _ = after_a_first_form()
    other = made.world.form("002", revision=2, previous=identify(first), reason={"code": "typing"})
    body = sign(other, *made.world.kpps("002"))
    said = made.refuses(body, 409, ("none-counts", "previous"))
    assert "head" not in said.body
    assert identify(first) in said.body["detail"]
    assert made.insists(body).status == 201
    made.log()
    assert status_of(made, other) == {identify(other): chain.ORPHAN}


def test_a_form_that_counts_for_whom_no_record_is_kept_is_named_without_figures() -> None:
    made, first, roles = after_a_first_form()
    made.records = type(made.records)()
    head = refused(made.send(sign(first | {"figures": TYPED}, *roles)))
    assert set(head) == {"id", "index", "revision"}


def test_what_is_not_logged_yet_is_waited_for_and_not_asked_about() -> None:
    made, first, roles = after_a_first_form()
    unknown = correction(first, previous="0" * 64)
    made.refuses(sign(unknown, *roles), 409, ("previous-not-ordered", "previous"))


def test_what_is_wrong_in_itself_is_said_before_anything_is_asked() -> None:
    made, first, roles = after_a_first_form()
    made.refuses(
        sign(first | {"figures": figures(total=251)}, *roles), 422,
        ("unexplained", "valid,invalid,total"), ("unexplained", "voted,ballots_used,total"),
    )  # fmt: skip


def test_a_full_queue_does_not_keep_the_question_back() -> None:
    made, first, roles = after_a_first_form()
    made.cap = 0
    refused(made.send(sign(first | {"figures": TYPED}, *roles)))


# ---------------------------------------------------------------- not asked


def test_a_correction_of_the_form_that_counts_is_simply_taken() -> None:
    made, first, roles = after_a_first_form()
    second = correction(first, figures=TYPED)
    made.takes(sign(second, *roles))
    made.log()
    made.takes(sign(correction(second, figures=first["figures"]), *roles))


def test_a_form_of_another_place_is_simply_taken() -> None:
    made, _, _ = after_a_first_form()
    made.takes(sign(made.world.form("002"), *made.world.kpps("002")))
    made.takes(sign(sheet(made.world), *PPK))


def test_a_signature_that_comes_later_is_never_asked_about() -> None:
    made, first, roles = after_a_first_form()
    second = correction(first, figures=TYPED)
    made.takes(sign(second, *roles))
    made.log()
    fourth = made.world.kpps(count=4)[3]
    made.takes(sign(second, fourth))
    made.takes(sign(first, fourth))  # of what is superseded, too
    fifth = made.world.kpps(count=5)[4]
    made.records = type(made.records)()  # the register alone knows them
    made.takes(sign(second, fifth, *roles))
    made.takes(sign(first, fifth, *roles))


def test_a_signature_below_a_statement_that_waits_is_never_asked_about() -> None:
    """Its first envelope was taken before the register knew the other one."""
    world = World()
    first, roles = world.form(), world.kpps(count=4)
    made = office()
    rival = first | {"figures": TYPED}
    made.takes(sign(rival, *roles[:3]))
    made.world.log(sign(first, *roles[:3]))
    made.takes(sign(rival, roles[3]))


def test_the_same_bytes_again_get_the_same_receipt_however_contested_they_are() -> None:
    made, first, roles = after_a_first_form()
    again = sign(first | {"figures": TYPED}, *roles)
    receipt = made.insists(again).body["receipt"]
    assert made.send(again).body["receipt"] == receipt
    made.log()
    said = made.send(again)
    assert (said.status, said.body["receipt"], said.body["status"]) == (200, receipt, "logged")


def test_what_continues_a_repeat_of_the_form_that_counts_is_simply_taken() -> None:
    made, first, roles = after_a_first_form()
    repeat = first | {"at": LATER}
    made.insists(sign(repeat, *roles))
    made.log()
    assert status_of(made, first)[identify(repeat)] == chain.REPEAT
    second = correction(repeat, figures=TYPED)
    made.takes(sign(second, *roles))
    made.log()
    assert status_of(made, first)[identify(second)] == chain.HEAD


def test_a_grant_a_roster_and_an_objection_are_never_asked_about() -> None:
    made, first, _ = after_a_first_form()
    slot = {name: first[name] for name in ("contest", "form", "region", "tps")}
    said = {"body": "saksi", "pair": 1, "number": 1, "code": "figures"}
    objection = made.world.of_election("objection", **slot, **said)
    made.takes(sign(objection, f"saksi-{KELURAHAN}-1"))


# ---------------------------------------------------------------- the same figures


def test_the_same_figures_in_a_new_form_are_answered_with_the_number_of_the_one_that_counts() -> (
    None
):
    made, first, roles = after_a_first_form()
    receipt = made.records.read(made.records.by_id(identify(first)).leaves[0]).receipt.decode()
    again = first | {"at": LATER, "witnesses": [{"pair": 1, "present": True, "signed": True}]}
    said = made.send(sign(again, *roles))
    assert said.status == 200
    told = {name: said.body[name] for name in ("id", "index", "receipt", "status")}
    index = made.world.size() - 1
    wanted = {"id": identify(first), "index": index, "receipt": receipt, "status": "logged"}
    assert told == wanted
    assert made.records.pending_count() == 0


def test_the_same_figures_of_the_first_form_after_a_correction_are_asked_about() -> None:
    made, first, roles = after_a_first_form()
    made.takes(sign(correction(first, figures=TYPED), *roles))
    made.log()
    assert refused(made.send(sign(first | {"at": LATER}, *roles)))["revision"] == 2


def test_a_recount_with_the_same_figures_says_more_and_is_asked_about() -> None:
    made, first, roles = after_a_first_form()
    refused(made.send(sign(first | {"at": LATER, "count": "recount"}, *roles)))


def test_who_attended_says_more_than_the_same_figures() -> None:
    """Asked after the receipt, it comes with the figures that count: it was thrown away."""
    made, first, roles = after_a_first_form()
    more = correction(first, figures=first["figures"], attended={"listed": 5})
    made.takes(sign(more, *roles))
    made.log()
    assert status_of(made, first)[identify(more)] == chain.HEAD


def test_the_same_totals_over_other_columns_are_asked_about() -> None:
    world = World()
    paper = sheet(world)
    two = {name: paper[name] for name in ("children", "rows")}
    made = office((paper, PPK))
    other = paper | {"at": LATER}
    assert made.send(sign(other, *PPK)).status == 200
    for name, value in two.items():
        changed = {**other, name: _changed(value)}
        refused(made.send(sign(changed | _explained(name), *PPK)))
    refused(made.send(sign(other | {"sheets": ["cd" * 32]}, *PPK)))


def test_beside_a_form_whose_source_lacks_a_cell_another_is_asked_about() -> None:
    """Of a replay: the question was no answer at all, since `null` in a form could not be read."""
    paper = sheet(World())
    cells = paper["rows"]["registered_m"]
    lacking = paper | {"rows": paper["rows"] | {"registered_m": [None, *cells[1:]]}}
    register, envelope = FakeRegister(), sign(lacking, *PPK)
    head = {"id": identify(lacking), "index": 7, "revision": 1}
    register.apply((), "tree", 8, [("heads", slot_key(lacking), head)])
    kept = Record(leaf_hash(envelope).hex(), head["id"], envelope, 0, b"")
    with pytest.raises(another.AnotherCounts) as asked:
        another.ask(paper, identify(paper), register, lambda id, index: kept)
    assert asked.value.head == head | {"figures": lacking["figures"]}


def _changed(value: Any) -> Any:
    if isinstance(value, list):
        return ["31.71.06.1002"]
    return value | {"registered_m": [value["registered_m"][0] + 1]}


def _explained(name: str) -> dict[str, Any]:
    """The rules that the changed rows break, or the other column."""
    column = {"rule": "X3", "child": KELURAHAN, "part": "R1", "text": "x"}
    totals = {"rule": "X2", "part": "columns", "text": "x"}
    return {"explanations": [column, totals] if name == "rows" else [column]}


# ---------------------------------------------------------------- figures of the forms below


def test_corrections_of_figures_that_the_form_below_does_not_say_are_asked_about() -> None:
    made, _, _ = after_a_first_form()
    said = made.refuses(
        sign(corrected(made.world, before=98), *PPK), 409,
        ("below-differs", "corrections.0.2"), ("below-differs", "corrections.1.2"),
    )  # fmt: skip
    assert "98 di kolom 001" in said.body["errors"][0]["id"]
    assert "says 100" in said.body["errors"][0]["en"]
    assert "retry-after" not in said.headers
    body = sign(corrected(made.world, before=98), *PPK)
    assert made.insists(body).status == 201, "the fold decides"
    made.takes(sign(corrected(made.world), *PPK))


def test_corrections_above_a_form_that_is_not_there_yet_are_taken() -> None:
    made = office()
    made.takes(sign(corrected(made.world, before=7 + 20), *PPK))


def test_an_objection_that_corrections_name_must_be_logged_and_be_one() -> None:
    made, first, _ = after_a_first_form()
    named = ({"basis": "event", "objection": "ab" * 32}, {"basis": "event"})
    cells = [[*cell[:4], at] for at, cell in enumerate(corrected(made.world)["corrections"])]
    paper = corrected(made.world, because=list(named), corrections=cells)
    made.refuses(sign(paper, *PPK), 409, ("previous-not-ordered", "because.0.objection"))
    paper["because"] = [{"basis": "event", "objection": identify(first)}, named[1]]
    made.refuses(sign(paper, *PPK), 422, ("no-such-target", "because.0.objection"))


# ---------------------------------------------------------------- a register that lags


def test_a_register_that_lags_leads_to_a_contested_slot_and_not_to_a_loss() -> None:
    world = World()
    first, roles = world.form(), world.kpps()
    made = office()
    other = first | {"figures": TYPED}
    receipts = [made.takes(sign(fields, *roles)).body["receipt"] for fields in (first, other)]
    made.log()
    statuses = sorted(status_of(made, first).values())
    assert statuses == [chain.HEAD, chain.RIVAL]
    said = [made.send(sign(fields, *roles)) for fields in (first, other)]
    assert [(one.status, one.body["receipt"]) for one in said] == [(200, one) for one in receipts]


def test_a_writer_that_was_killed_before_it_marked_the_head_does_not_hide_its_figures() -> None:
    world = World()
    first, roles = world.form(), world.kpps()
    made = office()
    made.takes(sign(first, *roles))
    made.world.log(sign(first, *roles))  # ordered, published and folded; its record is not marked
    assert refused(made.send(sign(first | {"figures": TYPED}, *roles)))["figures"] == figures()
    assert made.send(sign(first | {"at": LATER}, *roles)).status == 200


def test_a_key_that_was_revoked_cannot_ask_what_counts() -> None:
    made, first, roles = after_a_first_form()
    keyid = signer(roles[0]).keyid
    lost = made.world.of_election("revoke", keyid=keyid, reason="lost")
    made.world.log(sign(lost, *made.world.ppk(2)))
    said = made.send(sign(first | {"figures": TYPED}, *roles))
    assert (said.status, "head" in said.body) == (403, False)
    assert first["at"] == AT
