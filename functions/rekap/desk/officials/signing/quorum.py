"""Who has signed a paper, and what that amounts to: intake and the ledger asked with a kit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rekap.audit.commands.speech import Say
from rekap.core.errors import Finding
from rekap.core.ledger import authority, offices
from rekap.core.ledger.authority import Verdict
from rekap.core.ledger.kinds import requirements
from rekap.core.ledger.offices import Record
from rekap.core.ledger.state import REGISTER_MAPS
from rekap.core.signing.envelope import Envelope
from rekap.core.statements.model import SUMMARY
from rekap.desk.officials import labels
from rekap.desk.officials.kits.kit import Kit, Register
from rekap.desk.officials.paper import Paper
from rekap.desk.texts import both
from rekap.portal.intake import content, signatures

UNKNOWN: Final = "unknown-key"


@dataclass(frozen=True, slots=True)
class Quorum:
    """`signers` hold a key of the kit and their signatures verify; `faults` are of the others.

    `verdict` is None where the kit does not know enough to judge.
    """

    signers: tuple[tuple[str, Record], ...]
    faults: tuple[Finding, ...]
    verdict: Verdict | None
    wanted: tuple[offices.Requirement, ...]

    @property
    def broken(self) -> tuple[Finding, ...]:
        """Signatures for which the whole envelope will be refused: false ones, revoked keys."""
        return tuple(one for one in self.faults if one.code != UNKNOWN)

    @property
    def unknown(self) -> tuple[Finding, ...]:
        """Signatures by keys that the kit does not know: they cannot be checked with it."""
        return tuple(one for one in self.faults if one.code == UNKNOWN)


_NOTHING: Final = Register({name: {} for name in REGISTER_MAPS}, 0)


def _view(kit: Kit | None) -> Register:
    """The register that is asked; without a kit the empty one, by which a log begins."""
    return _NOTHING if kit is None else kit.register


def of(paper: Paper, kit: Kit | None) -> Quorum:
    """Verify every signature of a paper and judge its signers."""
    fields, view = paper.statement.fields, _view(kit)
    envelope = Envelope(paper.payload, paper.signatures)
    signers, faults = signatures.check(envelope, fields, view)
    verdict = None
    wanted: tuple[offices.Requirement, ...] = ()
    if content.can_be_judged(fields, view):
        wanted = requirements(view, fields)
        verdict = authority.judge(wanted, fields, signers)
    return Quorum(tuple(signers), tuple(faults), verdict, wanted)


def lines(quorum: Quorum, fields: Record, say: Say) -> Iterator[str]:
    """Say how many persons of each body have signed, and how many are missing."""
    if quorum.verdict is None:
        yield say(*both("quorum.this_kit_does_not_know_enough"))
        return
    for requirement in quorum.wanted:
        counts = [(office, _persons(quorum, office)) for office in requirement.offices]
        office, persons = max(counts, key=lambda one: len(one[1]) / one[0].number)
        yield _count(office, list(persons.values()), say)
    watching = len(quorum.verdict.observers)
    if watching:
        yield say(*both("quorum.co_signed_not_counted_witnesses_or", watching=watching))
    if lacks_ketua(quorum, fields):
        yield say(*both("quorum.finding_s1_the_chair_is_not"))


def _persons(quorum: Quorum, office: offices.Office) -> dict[str, str]:
    """Persons of an office who signed, with their positions."""
    return {key["person"]: key["position"] for keyid, key in quorum.signers
            if office.holds(key, keyid)}  # fmt: skip


def _count(office: offices.Office, positions: list[str], say: Say) -> str:
    place = office.region if office.tps is None else f"{office.region} TPS {office.tps}"
    body = labels.name(say, "body", office.body)
    # Of the roots the election: those of one that is followed must sign too.
    at = f"{body} {office.election if place == 'id' else place}".strip()
    told = ", ".join(labels.name(say, "position", one) for one in sorted(positions, key=_first))
    present, missing = len(positions), office.number - len(positions)
    rest = say(*both("quorum.enough"))
    if missing > 0:
        rest = say(*both("quorum.still_missing", missing=missing))
    who = f": {told}" if told else ""
    return say(
        *both("quorum.of_persons", at=at, present=present, number=office.number, who=who, rest=rest)
    )


def _first(position: str) -> tuple[bool, str]:
    return position != "ketua", position


def lacks_ketua(quorum: Quorum, fields: Record) -> bool:
    """S1: enough persons signed a form, and no ketua is among those who count."""
    if fields["kind"] != "form" or fields["form"] == SUMMARY or quorum.verdict is None:
        return False
    counted = [key for keyid, key in quorum.signers if keyid in quorum.verdict.counted]
    return quorum.verdict.effective and all(key["position"] != "ketua" for key in counted)


def record(paper: Paper, kit: Kit | None, keyid: str) -> Record | None:
    """What the register says of a key, or of one that a first `log` or `election` names itself."""
    view = _view(kit)
    known: Record | None = view.get("keys", keyid)
    return known or authority.known_key(view, paper.statement.fields, keyid)


def may_sign(paper: Paper, kit: Kit | None, keyid: str, key: Record) -> bool:
    """Whether a key's signature counts or is welcome; a stranger's spoils the envelope."""
    fields, view = paper.statement.fields, _view(kit)
    if not content.can_be_judged(fields, view):
        return True
    return (
        keyid not in authority.judge(requirements(view, fields), fields, [(keyid, key)]).strangers
    )


def who(key: Record, say: Say) -> str:
    """Who holds a key, by office and position: "KPPS 32.07.01.2001 TPS 004, ketua (…)"."""
    body = labels.name(say, "body", key["body"])
    place = "" if key["region"] == "id" else f" {key['region']}"
    tps = f" TPS {key['tps']}" if key.get("tps") else ""
    pair = f" {key['pair']}" if key.get("pair") is not None else ""
    position = labels.name(say, "position", key["position"])
    return f"{body}{pair}{place}{tps}, {position} ({key['person']})"
