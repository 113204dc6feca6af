"""The kinds of statements: what each is about, and what a payload of it may say.

A kind has its row here and one in `ledger.kinds`, which says who signs it and what it does. A new
one needs both, its fields in a module `kinds_…`, its page, and its sentences: a test names what
lacks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from rekap.core.statements import (
    kinds_advice,
    kinds_copy,
    kinds_court,
    kinds_election,
    kinds_incident,
    kinds_log,
    kinds_people,
    kinds_picture,
    kinds_readiness,
    kinds_result,
    shapes,
    values,
)
from rekap.core.statements.shapes import Check, Report

Across: TypeAlias = Callable[[Report, dict[str, Any]], None]
"""A check of the whole payload: what its fields demand of each other, or what a mode forbids."""

LOG, ELECTION, PLACE, CONTEST, SLOT = "log", "election", "place", "contest", "slot"


def _nothing(report: Report, fields: dict[str, Any]) -> None:
    """Each field stands alone, or every mode allows all of them."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a statement of a kind is about, and what its payload shows by itself."""

    name: str
    about: str
    """`log`, `election`, `contest`, `place`: a TPS in all contests, or `slot`: the form of one."""
    type: type[values.Statement]
    across: Across = _nothing
    replay_only: Across = _nothing
    """What only a replay may say."""

    @property
    def fields(self) -> Check:
        """Finds all that is wrong with a payload's fields, by the type."""
        return shapes.check_of(self.type)


KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind("log", LOG, kinds_log.Log, kinds_log.check_log),
        Kind("publication", LOG, kinds_log.Publication,
             replay_only=kinds_log.publication_of_a_replay),
        Kind("uploaders", LOG, kinds_log.Uploaders, kinds_log.check_uploaders),
        Kind("app", LOG, kinds_log.App),
        Kind("clock", LOG, kinds_log.Clock, kinds_log.check_clock),
        Kind("election", ELECTION, kinds_election.Election, kinds_election.check_election,
             kinds_election.election_of_a_replay),
        Kind("roster", ELECTION, kinds_election.Roster, kinds_election.check_roster),
        Kind("grant", ELECTION, kinds_people.Grant, kinds_people.check_grant),
        Kind("revoke", ELECTION, kinds_people.Revoke),
        Kind("form", SLOT, kinds_result.Form, kinds_result.check_form,
             kinds_result.form_of_a_replay),
        Kind("determination", CONTEST, kinds_result.Determination,
             kinds_result.check_determination,
             kinds_result.decision_of_a_replay),
        Kind("elected", CONTEST, kinds_result.Elected, kinds_result.check_elected,
             kinds_result.decision_of_a_replay),
        Kind("ruling", CONTEST, kinds_court.Ruling, kinds_court.check_ruling),
        Kind("objection", SLOT, kinds_incident.Objection, kinds_incident.check_objection),
        Kind("event", SLOT, kinds_incident.Event, kinds_incident.check_event,
             kinds_incident.event_of_a_replay),
        Kind("answer", SLOT, kinds_result.Answer, kinds_result.check_answer),
        Kind("recommendation", CONTEST, kinds_advice.Recommendation,
             kinds_advice.check_recommendation),
        Kind("response", CONTEST, kinds_advice.Response, kinds_advice.check_response),
        Kind("copy", CONTEST, kinds_copy.Copy, kinds_copy.check_copy),
        Kind("readiness", PLACE, kinds_readiness.Readiness, kinds_readiness.check_readiness),
        Kind("pictures", SLOT, kinds_picture.Pictures, kinds_picture.check_pictures),
        Kind("withhold", LOG, kinds_log.Withhold, kinds_log.check_withhold),
        Kind("close", LOG, kinds_log.Close),
    )
}  # fmt: skip
"""Every kind, in the order in which statements build on each other."""
