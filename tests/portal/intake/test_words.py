"""Words of objections and events: handed in once the log names them, and never others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.fakes import AFTER, BEFORE, CONFLICT, LATE_CONFLICT, Plan, faulty
from tests.portal.intake.office import Office
from tests.portal.intake.statements import SAKSI
from tests.portal.intake.world import CONTEST, KELURAHAN, World, identify, sign

from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.statements import attachments
from rekap.core.statements.attachments import Attachment

WORDS = Attachment("5a" * 32, "Suara pasangan 1 ditulis 90; pada C.Hasil 100.")


def objection(world: World, named: str) -> dict[str, Any]:
    return world.of_election(
        "objection", contest=CONTEST, form="c_hasil", region=KELURAHAN, tps="001", body="saksi",
        pair=1, number=1, code="figures", text=named,
    )  # fmt: skip


def office(named: str = WORDS.digest) -> Office:
    """A portal whose log names these words."""
    made = Office(World.begun())
    made.takes(sign(objection(made.world, named), *SAKSI))
    made.log()
    return made


def test_words_are_served_once_the_log_names_them_and_the_same_again_changes_nothing() -> None:
    made = office()
    data = WORDS.format()
    first, again = (made.hands_in(data) for _ in range(2))
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body == {"path": f"lampiran/{WORDS.digest}.json"}
    assert made.attachments.objects == {f"lampiran/{WORDS.digest}.json": data}


def test_words_that_no_entry_names_wait_for_it() -> None:
    made = Office(World.begun())
    made.takes(
        sign(objection(made.world, WORDS.digest), *SAKSI)
    )  # taken, and not in the register yet
    answer = made.hands_in(WORDS.format())
    assert (answer.status, answer.errors) == (404, [("unknown-attachment", "")])
    assert "retry-after" in answer.headers
    made.log()
    assert made.hands_in(WORDS.format()).status == 201


def test_other_words_than_those_signed_are_not_stored() -> None:
    made = office()
    other = Attachment(WORDS.salt, "Suara pasangan 1 ditulis 90; pada C.Hasil 200.")
    assert made.hands_in(other.format()).errors == [("unknown-attachment", "")]
    assert made.attachments.objects == {}


@pytest.mark.parametrize("fault", [BEFORE, AFTER, CONFLICT, LATE_CONFLICT])
def test_a_write_that_fails_or_whose_answer_is_lost_is_made_good_by_the_same_words(
    fault: str,
) -> None:
    made = office()
    kept = made.attachments
    made.attachments = faulty(kept, Plan({0: fault}))
    first = made.hands_in(WORDS.format())
    served = kept.objects == {attachments.path(WORDS.digest): WORDS.format()}
    assert first.status == {BEFORE: 503, AFTER: 503, CONFLICT: 503, LATE_CONFLICT: 200}[fault]
    made.attachments = kept
    assert made.hands_in(WORDS.format()).status == (200 if served else 201)
    assert kept.objects == {attachments.path(WORDS.digest): WORDS.format()}


def test_withheld_words_are_refused_until_they_are_served_again() -> None:
    made = office()
    fields = made.world.of_log(
        "withhold", digest=WORDS.digest, revision=1, state="withheld", reason="threat", basis="S 1"
    )
    other = sign({**fields, "digest": "0" * 64}, "operator-1")
    made.refuses(other, 404, ("unknown-attachment", "digest"))
    made.takes(sign(fields, "operator-1"))
    made.log()
    answer = made.hands_in(WORDS.format())
    assert (answer.status, answer.errors, made.attachments.objects) == (409, [("withheld", "")], {})
    again = {**fields, "revision": 2, "previous": identify(fields), "state": "served"}
    made.takes(sign({k: v for k, v in again.items() if k != "reason"}, "operator-1"))
    made.log()
    assert made.hands_in(WORDS.format()).status == 201


def spelled(**members: object) -> str:
    return json.dumps(members, separators=(",", ":"))


SALT = "5a" * 32
SPELLINGS = {
    "a name's carrier": spelled(salt=SALT, text="NIK 3171060112800001"),
    "a newline": WORDS.format().decode() + "\n",
    "spaces": json.dumps({"salt": SALT, "text": "baik"}),
    "another member": spelled(salt=SALT, text="baik", x=1),
    "no salt": spelled(text="baik"),
    "a short salt": spelled(salt="5a", text="baik"),
    "no text": spelled(salt=SALT, text=""),
    "a long text": spelled(salt=SALT, text="a" * 1001),
    "a list": "[]",
    "no JSON": "baik",
}


@pytest.mark.parametrize("what", SPELLINGS)
def test_what_is_no_attachment_is_refused_though_it_was_signed(what: str) -> None:
    data = SPELLINGS[what].encode()
    with pytest.raises(Malformed):
        attachments.parse(data)
    named = codec.sha256_hex(data)
    made = office(named)
    answer = made.hands_in(data)
    assert (answer.status, [code for code, _ in answer.errors]) == (422, ["attachment"])
    assert made.attachments.objects == {}


def test_the_longest_words_fit_and_more_bytes_are_refused_before_anything_else() -> None:
    longest = Attachment("5a" * 32, "\u2026" * attachments.LONGEST)
    assert attachments.parse(longest.format()) == longest
    assert office(longest.digest).hands_in(longest.format()).status == 201
    answer = office().hands_in(b" " * (attachments.MAX_ATTACHMENT + 1))
    assert (answer.status, answer.errors) == (413, [("too-large", "")])


def test_words_come_as_json() -> None:
    assert office().hands_in(WORDS.format(), kind="text/html").status == 415
