"""The table of kinds: who signs a statement, when it takes effect, what it changes, how it ends.

Read it beside `statements.kinds`, which has the same kinds and says what each may say. Whatever
differs by kind in the release is a cell here; a test holds that every kind has every cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from rekap.core.ledger import (
    answers,
    clocks,
    copies,
    decisions,
    effects,
    incidents,
    keys,
    offices,
    pictures,
    readiness,
    recommendations,
    rosters,
    rulings,
    touched,
    withheld,
)
from rekap.core.ledger.complete import EFFECTIVE, Complete
from rekap.core.ledger.offices import Record as Fields
from rekap.core.ledger.offices import Requirement, View
from rekap.core.ledger.state import Record, State
from rekap.core.ledger.touches import Touches
from rekap.core.statements import kinds as statements

SignedBy: TypeAlias = Callable[[View, Fields, str], tuple[Requirement, ...]]
Condition: TypeAlias = Callable[[State, Complete], str | None]
"""Why a statement whose signatures suffice is void after all, or None; it changes nothing."""
Effect: TypeAlias = Callable[[State, Touches, Complete], str]
"""Changes the state and returns the status; it touches only what is forgotten by the change."""
Touched: TypeAlias = Callable[[Touches, State, Record, Record], None]
InForce: TypeAlias = Callable[[View, Fields], tuple[str | None, int]]
"""(Id, revision) of the statement in force that a new one must continue; (None, 0): there is none.
"""


@dataclass(frozen=True, slots=True)
class Ends:
    """How a mistaken statement of a kind ends."""

    by: str
    """`never`; `later`: a later one; `chain`: that of its slot; `revoke`: key by key;
    `revision`: one that names it in `previous`.
    """
    in_force: InForce | None = None

    def fault(self, view: View, fields: Fields) -> str | None:
        """Return `previous` if a statement must continue the one in force and does not."""
        if self.in_force is None:
            return None
        current, revision = self.in_force(view, fields)
        follows = fields["revision"] == revision + 1 and fields.get("previous") == current
        return None if follows else "previous"


NEVER, LATER, CHAIN, REVOKE = (Ends(by) for by in ("never", "later", "chain", "revoke"))


def _revision(in_force: InForce) -> Ends:
    return Ends("revision", in_force)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What the ledger and the pages must know of a kind of statement."""

    signed_by: SignedBy
    policy: str
    """Name of its threshold in the policy of an election; "" where other numbers decide."""
    condition: Condition
    effect: Effect
    touched: Touched
    ends: Ends
    feed: bool
    """Whether feeds of its region tell it."""
    page: str
    """Template of what it says, below `templates/kinds/`."""
    persons: int = 0
    """How many of those who count must be different persons, whatever their bodies."""

    def has_persons(self, signers: Iterable[Fields]) -> bool:
        """Tell whether those of some signers who count are as many persons as this needs."""
        return len({one["person"] for one in signers if one["counted"]}) >= self.persons


KINDS: Final[dict[str, Kind]] = {
    "log": Kind(
        signed_by=offices.log, policy="", condition=effects.log_fault, effect=effects.log,
        touched=touched.log, ends=NEVER, feed=False, page="log.html",
    ),
    "publication": Kind(
        signed_by=offices.operators, policy="", condition=effects.no_fault,
        effect=effects.publication, touched=touched.publication, ends=LATER, feed=False,
        page="publication.html",
    ),
    "uploaders": Kind(
        signed_by=offices.operators, policy="", condition=effects.uploaders_fault,
        effect=effects.uploaders, touched=touched.nothing, ends=NEVER, feed=False,
        page="uploaders.html",
    ),
    "app": Kind(
        signed_by=offices.operators, policy="", condition=effects.no_fault, effect=effects.app,
        touched=touched.app, ends=LATER, feed=False, page="app.html",
    ),
    "clock": Kind(
        signed_by=offices.clock, policy="", condition=clocks.fault, effect=clocks.apply,
        touched=touched.nothing, ends=LATER, feed=False, page="clock.html",
    ),
    "election": Kind(
        signed_by=offices.election, policy="", condition=effects.election_fault,
        effect=effects.election, touched=touched.election,
        ends=_revision(effects.election_in_force), feed=False, page="election.html",
    ),
    "roster": Kind(
        signed_by=offices.roster, policy="roster", condition=effects.roster_fault,
        effect=effects.roster, touched=touched.roster, ends=_revision(rosters.in_force),
        feed=False, page="roster.html",
    ),
    "grant": Kind(
        signed_by=offices.grant, policy="grant", condition=keys.grant_fault, effect=keys.grant,
        touched=touched.grant, ends=REVOKE, feed=False, page="grant.html",
    ),
    "revoke": Kind(
        signed_by=offices.revoke, policy="grant", condition=keys.revoke_fault,
        effect=keys.revoke, touched=touched.revoke, ends=NEVER, feed=False, page="revoke.html",
    ),
    "form": Kind(
        signed_by=offices.form, policy="", condition=effects.form_fault, effect=effects.form,
        touched=touched.slot, ends=CHAIN, feed=True, page="form.html",
    ),
    "determination": Kind(
        signed_by=offices.determination, policy="determination",
        condition=decisions.determination_fault, effect=decisions.determination,
        touched=touched.determination, ends=_revision(decisions.determination_in_force), feed=True,
        page="determination.html",
    ),
    "elected": Kind(
        signed_by=offices.determination, policy="determination", condition=decisions.elected_fault,
        effect=decisions.elected, touched=touched.determination,
        ends=_revision(decisions.elected_in_force), feed=True, page="elected.html",
    ),
    "ruling": Kind(
        signed_by=offices.ruling, policy="determination", condition=decisions.whole_contest_fault,
        effect=decisions.ruling, touched=touched.ruling, ends=_revision(rulings.in_force),
        feed=True, page="ruling.html",
    ),
    "objection": Kind(
        signed_by=offices.objection, policy="", condition=incidents.objection_fault,
        effect=incidents.apply, touched=incidents.touch, ends=LATER, feed=True,
        page="objection.html",
    ),
    "event": Kind(
        signed_by=offices.event, policy="", condition=effects.no_fault, effect=incidents.apply,
        touched=incidents.touch, ends=LATER, feed=True, page="event.html",
    ),
    "answer": Kind(
        signed_by=offices.answer, policy="answer", condition=answers.fault, effect=answers.apply,
        touched=incidents.touch, ends=LATER, feed=True, page="answer.html",
    ),
    "recommendation": Kind(
        signed_by=offices.recommendation, policy="recommendation",
        condition=recommendations.fault, effect=recommendations.apply,
        touched=recommendations.touch, ends=_revision(recommendations.in_force), feed=False,
        page="recommendation.html",
    ),
    "response": Kind(
        signed_by=offices.response, policy="response", condition=recommendations.response_fault,
        effect=recommendations.respond, touched=recommendations.touch_response,
        ends=_revision(recommendations.response_in_force), feed=False, page="response.html",
    ),
    "copy": Kind(
        signed_by=offices.copy, policy="", condition=copies.fault, effect=copies.apply,
        touched=copies.touch, ends=LATER, feed=False, page="copy.html",
    ),
    "readiness": Kind(
        signed_by=offices.readiness, policy="", condition=readiness.fault,
        effect=readiness.apply, touched=readiness.touch, ends=LATER, feed=False,
        page="readiness.html", persons=2,
    ),
    "pictures": Kind(
        signed_by=offices.pictures, policy="", condition=effects.no_fault, effect=pictures.apply,
        touched=pictures.touch, ends=LATER, feed=False, page="pictures.html",
    ),
    "withhold": Kind(
        signed_by=offices.withhold, policy="", condition=withheld.fault, effect=withheld.apply,
        touched=withheld.touch, ends=_revision(withheld.in_force), feed=False,
        page="withhold.html",
    ),
    "close": Kind(
        signed_by=offices.operators, policy="", condition=effects.no_fault, effect=effects.close,
        touched=touched.portal, ends=NEVER, feed=False, page="close.html",
    ),
}  # fmt: skip


def requirements(view: View, fields: Fields) -> tuple[Requirement, ...]:
    """Return what must sign a statement: every requirement, by one of its offices each."""
    kind = KINDS[fields["kind"]]
    return kind.signed_by(view, fields, kind.policy)


def fault(state: State, done: Complete) -> str | None:
    """Return why a statement is void although enough have signed it, or None."""
    kind = KINDS[done.fields["kind"]]
    found = kind.condition(state, done)
    if found is None and not kind.has_persons(done.signers):
        found = "person"
    return found or kind.ends.fault(state, done.fields)


def touch(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """Touch what an entry changes, as its kind says; `record` is that of map `entries`."""
    kind = record["kind"]
    if kind is not None and (record["status"] == EFFECTIVE or _is_about_a_slot(kind)):
        KINDS[kind].touched(touches, state, record, fields)


def _is_about_a_slot(kind: str) -> bool:
    return statements.KINDS[kind].about == statements.SLOT
