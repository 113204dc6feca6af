"""What a statement says, against what the register knows: the early half of the fold's questions.

The fold decides. What is refused here as final can never take effect in this log, or breaks a rule
of the paper without saying why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from rekap.core import codec
from rekap.core.errors import Finding, Malformed
from rekap.core.ledger import (
    effects,
    incidents,
    recommendations,
    rosters,
    rulings,
    slots,
    withheld,
)
from rekap.core.ledger.authority import uploaders_in_force
from rekap.core.ledger.keys import adds_nothing
from rekap.core.ledger.kinds import KINDS
from rekap.core.ledger.offices import Record, View
from rekap.core.ledger.places import contest_of
from rekap.core.signing import keys
from rekap.core.signing.note import ED25519, NoteKey
from rekap.core.signing.signer import Signer
from rekap.core.statements import kinds, regions, rules, schema, shapes
from rekap.core.statements.model import ARRIVED, READINESS, TIMEZONES, Statement
from rekap.portal.intake import answers
from rekap.portal.intake.receipt import key_name

REPLAY: Final = "replay"
_ABOUT_PLACES: Final = frozenset({"recommendation", "copy"})
"""Kinds about a contest whose region is another than the contest's own."""
_NAMES_EARLIER: Final = ("previous", "accept", "to", "certificate")


def can_be_judged(fields: Record, register: View) -> bool:
    """Tell whether the register knows enough to say who may sign this."""
    if fields["kind"] == "log":
        return True
    if register.get("meta", "log") is None:
        return False
    if "election" not in fields or fields["kind"] == "election":
        return True
    return register.get("meta", f"election/{fields['election']}") is not None


class Portal(Protocol):
    """What the checks need to know of the portal."""

    @property
    def origin(self) -> str: ...

    @property
    def register(self) -> View: ...

    @property
    def signer(self) -> Signer: ...


def check(statement: Statement, id: str, portal: Portal) -> Iterator[Finding]:
    """Yield every finding about a payload whose own fields are sound; `id` is the statement's."""
    fields, register, origin = statement.fields, portal.register, portal.origin
    if fields["log"] != origin:
        yield answers.finding("other-log", "log", other=fields["log"], origin=origin)
    yield from _check_begun(fields, portal)
    if fields["kind"] == "clock":
        yield answers.finding("writer-only", "kind")
    if register.get("ids", id) is None:
        # A co-signature of what took effect brings no key and continues nothing.
        yield from _check_keys(fields, register)
        yield from _check_current(fields, register)
    yield from _check_earlier(fields, register)
    log = register.get("meta", "log")
    if log is None:
        return
    yield from schema.mode_findings(statement, log["mode"])
    if fields["kind"] == "uploaders":
        yield from schema.uploader_findings(fields, log["rp_id"])
        if uploaders_in_force(register).issuperset(fields["origins"]):
            yield answers.finding("already", "origins")
    if fields["kind"] == "withhold" and not withheld.named(register, fields["digest"]):
        yield answers.finding("unknown-attachment", "digest")
    if "election" not in fields or fields["kind"] == "election":
        return
    election = register.get("meta", f"election/{fields['election']}")
    if election is None:
        yield answers.finding("unknown-election", "election", election=fields["election"])
        return
    yield from _check_places(fields, election, register)
    yield from _check_named(fields, election, register)
    if "figures" in fields and (contest := contest_of(election, fields["contest"])):
        pair_count = len(contest["pairs"])
        # A holder says as many figures of a copy as can be read.
        mode = log["mode"] if fields["kind"] == "form" else REPLAY
        yield from schema.figure_findings(fields, pair_count, mode)
        if mode != REPLAY:
            yield from _check_arithmetic(fields, pair_count)


def mode_of(register: View) -> str | None:
    """Return the mode of the log, None before its entry 0. In a replay a folder's whole election
    comes at once.
    """
    log = register.get("meta", "log")
    return None if log is None else str(log["mode"])


def early(fields: Record, register: View, now: int) -> Iterator[Finding]:
    """What arrived at a TPS is logged from the eve of its first vote on, by the day of its zone:
    who means to take it learns nothing of it while it is under way or in store.

    `now` is in Unix seconds. The fold does not ask: a log knows no hour that it could trust. Nor is
    a replay asked, whose vote is long past.
    """
    if fields["kind"] != READINESS or fields["step"] != ARRIVED:  # first: each reading is a call
        return
    election = register.get("meta", f"election/{fields.get('election', '')}")
    if election is None or mode_of(register) in (None, REPLAY):
        return
    held = [
        one for one in election["contests"] if regions.is_within(fields["region"], one["region"])
    ]
    votes = [one.get("date", election["date"]) for one in held] or [election["date"]]
    eve = datetime.fromisoformat(f"{min(votes)}T00:00:00{TIMEZONES[election['timezone']]}")
    if now < (eve - timedelta(days=1)).timestamp():
        yield answers.finding("too-early", "step", day=(eve - timedelta(days=1)).date().isoformat())


def _check_ballots(fields: Record, election: dict[str, Any]) -> Iterator[Finding]:
    """Ballots are of contests that are held there."""
    for index, one in enumerate(fields["ballots"]):
        path, contest = f"ballots.{index}.contest", contest_of(election, one["contest"])
        if contest is None:
            yield answers.finding("unknown-contest", path, contest=one["contest"])
        elif not regions.is_within(fields["region"], contest["region"]):
            yield answers.finding(
                "outside-contest", path, region=fields["region"], contest=one["contest"]
            )


def _check_earlier(fields: Record, register: View) -> Iterator[Finding]:
    """Statements that this one names are logged."""
    for name in _NAMES_EARLIER:
        named = fields.get(name, ())
        if isinstance(named, dict):  # `to` of a recommendation is who is asked to act
            continue
        for one in (named,) if isinstance(named, str) else named:
            if isinstance(one, str) and register.get("ids", one) is None:
                yield answers.finding("previous-not-ordered", name, id=one)
    for index, reason in enumerate(fields.get("because", ())):
        path, named = f"because.{index}.objection", reason.get("objection")
        if named is not None and register.get("ids", named) is None:
            yield answers.finding("previous-not-ordered", path, id=named)
        elif named is not None and register.get("meta", f"objection-of/{named}") is None:
            yield answers.finding("no-such-target", path)


def _check_named(fields: Record, election: dict[str, Any], register: View) -> Iterator[Finding]:
    """What a response or an answer is to, the pairs of which an objection claims votes, and the
    contests of which ballots are told.
    """
    if fields["kind"] == "response":
        yield from _check_target(fields, register)
    if fields["kind"] == "answer":
        yield from _check_objections(fields, register)
    if "ballots" in fields:
        yield from _check_ballots(fields, election)
    known = contest_of(election, fields["contest"]) if "claims" in fields else None
    if known is not None and slots.pairs_fault(election, fields, "claims"):
        report = shapes.Report()
        report.add("pairs", "claims")
        yield from report.findings


def _check_begun(fields: Record, portal: Portal) -> Iterator[Finding]:
    """Entry 0 comes first, once, and names the receipt key that this portal really has."""
    begun, origin = portal.register.get("meta", "log") is not None, portal.origin
    if fields["kind"] != "log":
        if not begun:
            yield answers.finding("no-log", "kind")
        return
    if begun:
        yield answers.finding("log-exists", "kind")
    if fields["log"] == origin:
        own = NoteKey.of(key_name(origin), ED25519, portal.signer.public).vkey
        if fields["receipt_key"] != own:
            yield answers.finding("other-key", "receipt_key")
    if not effects.has_policy(fields):
        yield answers.finding("no-policy", "policy")


def _check_keys(fields: Record, register: View) -> Iterator[Finding]:
    """Keys that a statement brings are acceptable, and belong to nobody else."""
    for path, key in _keys_in(fields, ""):
        public = codec.b64decode(key["key"])
        try:
            keys.check_public(key["alg"], public)
        except Malformed as error:
            yield answers.finding("unacceptable-key", path, reason=error.message)
            continue
        keyid = keys.keyid(key["alg"], public)
        owner = register.get("keys", keyid)
        if owner is not None and not _is_own_root(owner, fields):
            yield answers.finding("key-taken", path, keyid=keyid)


def _is_own_root(owner: Record, fields: Record) -> bool:
    """Tell whether a registered key is a root that a later revision of its election names again."""
    return (
        fields["kind"] == "election"
        and owner["election"] == fields["election"]
        and str(owner["body"]).startswith("roots")
        and owner.get("revoked") is None
    )


def _check_current(fields: Record, register: View) -> Iterator[Finding]:
    """What must continue the one in force, or happens once."""
    in_force = KINDS[fields["kind"]].ends.in_force
    if fields["kind"] == "revoke":
        key = register.get("keys", fields["keyid"])
        if key is None or key["election"] != fields["election"] or key["body"].startswith("roots"):
            yield answers.finding("no-such-key", "keyid", keyid=fields["keyid"])
        elif adds_nothing(key, fields.get("suspect_from")):
            yield answers.finding("already", "keyid")
    if in_force is None:
        return
    current, revision = in_force(register, fields)
    known = "previous" not in fields or register.get("ids", fields["previous"]) is not None
    if known and (fields.get("previous") != current or fields["revision"] != revision + 1):
        yield answers.finding("not-current", "revision", revision=revision)
    if fields["kind"] == "election" and current is None:
        begun = register.get("meta", "elections") or {"ids": ()}
        if len(begun["ids"]) >= effects.ELECTIONS_MAX:
            yield answers.finding("too-many-elections", "election", most=effects.ELECTIONS_MAX)


def _keys_in(value: Any, path: str) -> Iterator[tuple[str, Record]]:
    """Yield every {alg, key} below a payload with its dotted path."""
    if isinstance(value, dict):
        if "alg" in value and "key" in value:
            yield shapes.join(path, "key"), value
        for name, item in value.items():
            yield from _keys_in(item, shapes.join(path, name))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _keys_in(item, shapes.join(path, at))


def _check_places(fields: Record, election: dict[str, Any], register: View) -> Iterator[Finding]:
    """Contest, regions and TPS are named by the election and by the rosters."""
    spots = [("", fields)]
    if fields["kind"] == "recommendation":
        about = [(f"places.{index}", one) for index, one in enumerate(fields["places"])]
        spots += [("to", fields["to"]), *about]
    elif fields["kind"] == "response":
        about = []
    else:
        about = list(spots)
        spots += _named_by_a_court(fields)
    if "contest" in fields:
        contest = contest_of(election, fields["contest"])
        if contest is None:
            yield answers.finding("unknown-contest", "contest", contest=fields["contest"])
        else:
            for path, one in about:
                if not _is_within(fields["kind"], one["region"], contest["region"]):
                    yield answers.finding(
                        "outside-contest", shapes.join(path, "region"), region=one["region"],
                        contest=fields["contest"],
                    )  # fmt: skip
    for path, one in spots:
        yield from _check_place(fields["election"], one, path, register)


def _named_by_a_court(fields: Record) -> Iterator[tuple[str, Record]]:
    """Yield (path, place) of all that a ruling names."""
    for path, place in rulings.places(fields) if fields["kind"] == "ruling" else ():
        code, _, tps = place.partition("/")
        yield path, {"region": code, **({"tps": tps} if tps else {})}


def _check_place(election: str, place: Record, path: str, register: View) -> Iterator[Finding]:
    region = place.get("region")
    if region is None or region == regions.COUNTRY:
        return
    known = register.get("regions", f"{election}/{region}")
    if known is None:
        yield answers.finding("not-in-roster", shapes.join(path, "region"), place=region)
        return
    tps = place.get("tps")  # of a roster it is a list
    if isinstance(tps, str) and not rosters.admits(known, tps):
        where = f"{region} TPS {tps}"
        yield answers.finding("not-in-roster", shapes.join(path, "tps"), place=where)


def _is_within(kind: str, region: str, top: str) -> bool:
    """Tell whether a region belongs to a contest; some kinds are about the contest itself."""
    own = kinds.KINDS[kind].about == kinds.CONTEST and kind not in _ABOUT_PLACES
    return region == top if own else regions.is_within(region, top)


def _check_target(fields: Record, register: View) -> Iterator[Finding]:
    """A response is about a recommendation in force, by whom it asks or by one above."""
    if register.get("ids", fields["to"]) is None:
        return  # that is said already
    record = recommendations.target(register, fields)
    if record is None or not recommendations.may_respond(record, fields):
        yield answers.finding("no-such-target", "to")


def _check_objections(fields: Record, register: View) -> Iterator[Finding]:
    """What an answer names are objections in force of its slot, which it may answer."""
    found = [incidents.in_force(register, fields, one) for one in fields.get("to", ())]
    for index, one in enumerate(found):
        if register.get("ids", fields["to"][index]) is None:
            continue  # that is said already
        if one is None or not incidents.may_answer(one, found[0], fields["outcome"]):
            yield answers.finding("no-such-target", f"to.{index}")


def _check_arithmetic(fields: Record, pair_count: int) -> Iterator[Finding]:
    """Every broken hard rule needs an explanation in the signed form itself."""
    for found in rules.findings(fields, pair_count):
        if found.hard and rules.explained(found, fields.get("explanations", ())) is None:
            rule = rules.RULES[found.part if found.part in rules.RULES else found.rule]
            said = answers.finding(
                "unexplained",
                ",".join(found.fields),
                sentence_id=rule.sentence_id,
                sentence_en=rule.sentence_en,
                found=found.found,
                expected=found.expected,
            )
            yield replace(said, rule=found.rule, child=found.child or "", part=found.part or "")
