"""`rekap revoke`: a draft that ends one key, and may doubt what it signed before."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rekap.audit.commands.speech import Say
from rekap.core import codec
from rekap.core.ledger.kinds import requirements
from rekap.core.ledger.offices import Office
from rekap.core.statements import model, schema
from rekap.desk.officials import caption, given, labels
from rekap.desk.officials.arguments import add_kit, add_time, check_target, tell_signing
from rekap.desk.officials.keys.enrolment import grouped, ungrouped
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.paper import DRAFT, Paper
from rekap.desk.officials.talk import REFUSED, Fault, Talk
from rekap.portal.intake import content

_DIGITS: Final = 32


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    parser.epilog = _epilog(say)
    add_kit(parser, say)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "--key", metavar="KEYID", help=say("sidik kunci, 32 angka heksadesimal", "32 hex digits")
    )
    which.add_argument(
        "--person", metavar="P", help=say("id orang dengan satu kunci", "a person with one key")
    )
    parser.add_argument(
        "--reason",
        required=True,
        choices=model.REVOKE_REASONS,
        metavar=say("ALASAN", "REASON"),
        help=labels.listed(say, "revoke_reason", model.REVOKE_REASONS),
    )
    parser.add_argument(
        "--suspect-from",
        type=int,
        metavar="N",
        help=say(
            "catatan sejak N yang ditandatangani kunci ini diragukan",
            "entries from N on that this key signed are suspect",
        ),
    )
    parser.add_argument(
        "--to",
        required=True,
        type=Path,
        metavar=say("BERKAS", "FILE"),
        help=say(f"draf, NAMA{DRAFT}", f"the draft, NAME{DRAFT}"),
    )
    add_time(parser, say)


def _epilog(say: Say) -> str:
    return say(
        "Kunci yang hilang dicabut dua petugas jenjang di atasnya, atau pemiliknya\n"
        "sendiri (tanpa --suspect-from). Yang sudah ditandatangani tetap berlaku. Contoh:\n"
        "  rekap revoke --kit ppk.kit.json --person kpps-32.07.06.2001-001-2 \\\n"
        f"    --reason lost --to cabut{DRAFT}\n"
        f"  rekap sign --kit ppk.kit.json --key saya.kunci.pem cabut{DRAFT}\n"
        "Orangnya didaftarkan lagi dengan kunci baru lewat `rekap grant`.",
        "A lost key is revoked by two officials of the level above, or by its owner\n"
        "(without --suspect-from). What it signed stays in force. Example:\n"
        "  rekap revoke --kit ppk.kit.json --person kpps-32.07.06.2001-001-2 \\\n"
        f"    --reason lost --to end{DRAFT}\n"
        f"  rekap sign --kit ppk.kit.json --key mine.kunci.pem end{DRAFT}\n"
        "The person is granted a new key by `rekap grant`.",
    )


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
            raise Fault(
                f"Kunci {keyid[:_DIGITS]} tidak ada dalam kit ini. Periksa sidiknya, atau ambil"
                " kit baru dengan `rekap kit`.",
                f"This kit has no key {keyid[:_DIGITS]}. Check the fingerprint, or take a new kit"
                " with `rekap kit`.",
                REFUSED,
            )
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
            f"{options.person} punya {len(force)} kunci. Sebutkan salah satu dengan --key: {told}.",
            f"{options.person} has {len(force)} keys. Name one with --key: {told}.",
            REFUSED,
        )
    raise Fault(
        f"{options.person} tidak punya kunci yang berlaku dalam kit ini. Periksa idnya di halaman"
        " pejabat, atau ambil kit baru.",
        f"{options.person} has no key in force in this kit. Check the id on the page of officials,"
        " or take a new kit.",
        REFUSED,
    )


def _check_granted(keyid: str, key: Mapping[str, Any]) -> None:
    if key["body"] not in model.BODIES:
        raise Fault(
            f"{keyid} adalah kunci {key['body']}. Kunci akar diganti dengan revisi pemilihan.",
            f"{keyid} is a key of {key['body']}. A root is replaced by a revision of the election.",
            REFUSED,
        )
    if key.get("revoked") is not None:
        raise Fault(
            f"{keyid} sudah dicabut oleh catatan {key['revoked']}. Tidak ada yang perlu dilakukan.",
            f"{keyid} was revoked by entry {key['revoked']}. There is nothing to do.",
            REFUSED,
        )


def _check_suspect(kit: Kit, key: Mapping[str, Any], start: int) -> None:
    """A key can have signed only after its grant; entries that the kit does not know may exist."""
    if not 0 <= start <= codec.MAX_INTEGER:
        raise Fault(
            "--suspect-from adalah nomor catatan.", "--suspect-from is the index of an entry."
        )
    if start < key["grant"]:
        raise Fault(
            f"Kunci ini diberikan oleh catatan {key['grant']}. Pakai --suspect-from {key['grant']}"
            " untuk meragukan semua yang ditandatanganinya.",
            f"This key was granted by entry {key['grant']}. Use --suspect-from {key['grant']} to"
            " doubt everything that it signed.",
            REFUSED,
        )
    if start > kit.size:
        raise Fault(
            f"Kit ini hanya tahu {kit.size} catatan. Ambil kit baru, atau periksa --suspect-from.",
            f"This kit knows {kit.size} entries only. Take a new kit, or check --suspect-from.",
            REFUSED,
        )


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
        talk.complain(f"{one.field}: {one.id}", f"{one.field}: {one.en}")
    if found:
        raise Fault("Tidak ada yang ditulis.", "Nothing was written.", REFUSED)
    return paper


def _refused(field: str, indonesian: str, english: str) -> Fault:
    return Fault(
        f"--{field}: {indonesian} Tidak ada yang ditulis.",
        f"--{field}: {english} Nothing was written.",
        REFUSED,
    )


def _tell(kit: Kit, paper: Paper, key: Mapping[str, Any], path: Path, talk: Talk) -> None:
    say = talk.say
    fields = paper.statement.fields
    position = labels.name(say, "position", key["position"])
    rows = [
        (say("draf", "draft"), str(path)),
        ("id", paper.id),
        (say("kunci", "key"), grouped(fields["keyid"])),
        (say("orang", "person"), f"{key['person']}, {position}"),
        (say("di", "at"), _place(kit, key["region"], key.get("tps"), say)),
        (say("alasan", "reason"), labels.name(say, "revoke_reason", fields["reason"])),
    ]
    if "suspect_from" in fields:
        start = say.number(fields["suspect_from"])
        rows.append(
            (
                say("diragukan", "suspect"),
                say(
                    f"sejak catatan {start}: tetap berlaku, K1 bila tanda tangan lain kurang",
                    f"from entry {start} on: in force, K1 where the other signatures are too few",
                ),
            )
        )
    offices = requirements(kit, fields)[0].offices
    told = say(" atau ", " or ").join(_office(kit, office, say) for office in offices)
    rows.append((say("tanda tangan", "to sign"), told))
    talk.table(rows)


def _office(kit: Kit, office: Office, say: Say) -> str:
    if office.key is not None:
        return say("kunci itu sendiri", "that key itself")
    body = labels.name(say, "body", office.body)
    where = _place(kit, office.region, office.tps, say)
    return say(
        f"{office.number} orang {body}, {where}", f"{office.number} persons of {body}, {where}"
    )


def _place(kit: Kit, code: str, tps: str | None, say: Say) -> str:
    known = kit.get("regions", f"{kit.election}/{code}") or {}
    return labels.place(say, code, known.get("name", "")) + (f" TPS {tps}" if tps else "")
