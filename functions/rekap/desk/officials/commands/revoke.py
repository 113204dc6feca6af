"""`rekap revoke`: a draft that ends one key, and may doubt what it signed before."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.core import codec
from rekap.core.ledger.kinds import requirements
from rekap.core.ledger.offices import Office
from rekap.core.statements import model, schema
from rekap.desk.officials import caption, labels
from rekap.desk.officials.arguments import given
from rekap.desk.officials.arguments.declared import add_kit, add_time, check_target, tell_signing
from rekap.desk.officials.keys.enrolment import grouped, ungrouped
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.paper import DRAFT, Paper
from rekap.desk.officials.talk import REFUSED, Fault, Talk
from rekap.desk.texts import both
from rekap.portal.intake import content

_DIGITS: Final = 32


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    take = taking(parser, say)
    parser.epilog = _epilog(say)
    add_kit(parser, say)
    which = parser.add_mutually_exclusive_group(required=True)
    taking(which, say)("--key", both("revoke.32_hex_digits"), "KEYID")
    taking(which, say)("--person", both("revoke.a_person_with_one_key"), "P")
    parser.add_argument(
        "--reason",
        required=True,
        choices=model.REVOKE_REASONS,
        metavar=say(*both("arguments.reason")),
        help=labels.listed(say, "revoke_reason", model.REVOKE_REASONS),
    )
    take("--suspect-from", both("revoke.entries_from_n_on_that_this"), "N", type=int)
    take(
        "--to",
        both("revoke.the_draft_name", draft=DRAFT),
        both("arguments.file"),
        required=True,
        type=Path,
    )
    add_time(parser, say)


def _epilog(say: Say) -> str:
    return say(*both("revoke.a_lost_key_is_revoked_by", draft=DRAFT))


def run(options: Namespace, say: Say) -> int:
    """Write the draft; 0 done, 1 this key cannot be revoked so, 2 could not."""
    talk = Talk.here(say)
    return talk.carry_out(lambda: _run(options, talk))


def _run(options: Namespace, talk: Talk) -> int:
    kit = given.open_kit(options.kit)
    check_target(options.to, talk.say)
    keyid = _keyid(kit, options)
    key = kit.get("keys", keyid)
    if options.suspect_from is not None:
        _check_suspect(kit, key, options.suspect_from)
    moment = options.at or caption.now(kit.record["timezone"])
    fields = {
        "kind": "revoke", "log": kit.origin, "at": moment,
        "election": kit.election, "keyid": keyid, "reason": options.reason,
    }  # fmt: skip
    if options.suspect_from is not None:
        fields["suspect_from"] = options.suspect_from
    paper = _paper(fields, kit, talk)
    paper.write(options.to, talk.say)
    _tell(kit, paper, key, options.to, talk)
    tell_signing(talk, options.kit, str(options.to))
    return 0


def _keyid(kit: Kit, options: Namespace) -> str:
    """Return the key that is meant; raises Fault if the kit knows no such granted key in force."""
    if options.key is not None:
        keyid = ungrouped(options.key)
        key = kit.get("keys", keyid)
        if key is None:
            raise Fault(*both("revoke.this_kit_has_no_key_check", keyid=keyid[:_DIGITS]), REFUSED)
        _check_granted(keyid, key)
        return keyid
    found = {
        keyid: key
        for keyid, key in kit.register.maps["keys"].items()
        if key["person"] == options.person and key["body"] in model.BODIES
    }
    force = sorted(keyid for keyid, key in found.items() if key.get("revoked") is None)
    if len(force) == 1:
        return force[0]
    if force:
        told = "; ".join(grouped(keyid) for keyid in force)
        raise Fault(
            *both(
                "revoke.has_keys_name_one_with_key",
                person=options.person,
                force=len(force),
                told=told,
            ),
            REFUSED,
        )
    raise Fault(*both("revoke.has_no_key_in_force_in", person=options.person), REFUSED)


def _check_granted(keyid: str, key: Mapping[str, Any]) -> None:
    if key["body"] not in model.BODIES:
        raise Fault(*both("revoke.is_a_key_of_a_root", keyid=keyid, body=key["body"]), REFUSED)
    if key.get("revoked") is not None:
        raise Fault(
            *both("revoke.was_revoked_by_entry_there_is", keyid=keyid, revoked=key["revoked"]),
            REFUSED,
        )


def _check_suspect(kit: Kit, key: Mapping[str, Any], start: int) -> None:
    """A key can have signed only after its grant; entries that the kit does not know may exist."""
    if not 0 <= start <= codec.MAX_INTEGER:
        raise Fault(*both("revoke.suspect_from_is_the_index_of"))
    if start < key["grant"]:
        raise Fault(*both("revoke.this_key_was_granted_by_entry", grant=key["grant"]), REFUSED)
    if start > kit.size:
        raise Fault(*both("revoke.this_kit_knows_entries_only_take", size=kit.size), REFUSED)


def _paper(fields: dict[str, Any], kit: Kit, talk: Talk) -> Paper:
    """Return the draft that intake would take; raises Fault with everything it would refuse."""
    try:
        paper = Paper(codec.encode(fields))
        found = list(content.check(paper.statement, paper.id, kit))
    except schema.SchemaErrors as error:
        raise _refused(
            error.findings[0].field, error.findings[0].id, error.findings[0].en
        ) from error
    for one in found:
        talk.complain(*both("revoke.line", field=one.field, one=(one.id, one.en)))
    if found:
        raise Fault(*both("revoke.nothing_was_written_2"), REFUSED)
    return paper


def _refused(field: str, indonesian: str, english: str) -> Fault:
    return Fault(
        *both("revoke.nothing_was_written", field=field, indonesian=(indonesian, english)), REFUSED
    )


def _tell(kit: Kit, paper: Paper, key: Mapping[str, Any], path: Path, talk: Talk) -> None:
    say = talk.say
    fields = paper.statement.fields
    position = labels.name(say, "position", key["position"])
    rows = [
        (say(*both("revoke.draft")), str(path)),
        ("id", paper.id),
        (say(*both("revoke.key")), grouped(fields["keyid"])),
        (say(*both("revoke.person")), f"{key['person']}, {position}"),
        (say(*both("revoke.at")), _place(kit, key["region"], key.get("tps"), say)),
        (say(*both("revoke.reason_2")), labels.name(say, "revoke_reason", fields["reason"])),
    ]
    if "suspect_from" in fields:
        start = say.number(fields["suspect_from"])
        rows.append(
            (
                say(*both("revoke.suspect")),
                say(*both("revoke.from_entry_on_in_force_k1", start=start)),
            )
        )
    offices = requirements(kit, fields)[0].offices
    told = say(*both("revoke.or")).join(_office(kit, office, say) for office in offices)
    rows.append((say(*both("revoke.to_sign")), told))
    talk.table(rows)


def _office(kit: Kit, office: Office, say: Say) -> str:
    if office.key is not None:
        return say(*both("revoke.that_key_itself"))
    body = labels.name(say, "body", office.body)
    where = _place(kit, office.region, office.tps, say)
    return say(*both("revoke.persons_of", number=office.number, body=body, where=where))


def _place(kit: Kit, code: str, tps: str | None, say: Say) -> str:
    known = kit.get("regions", f"{kit.election}/{code}") or {}
    return labels.place(say, code, known.get("name", "")) + (f" TPS {tps}" if tps else "")
