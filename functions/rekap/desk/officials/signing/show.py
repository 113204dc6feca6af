"""A statement of any kind as its signers read it: everything that it says, in 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rekap.audit.commands.speech import Say
from rekap.core import codec
from rekap.core.ledger.offices import Record
from rekap.core.signing.keys import PublicKey
from rekap.desk.officials import caption, labels
from rekap.desk.officials.forms import review
from rekap.desk.officials.forms.review import Names
from rekap.desk.officials.keys.enrolment import grouped
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.talk import wrap
from rekap.desk.texts import both

_COMMON: Final = ("kind", "log", "at", "election")


def lines(fields: Record, names: Names, kit: Kit | None) -> list[str]:
    """Return the lines that show all of a statement."""
    kind = fields["kind"]
    if kind == "form":
        return [*_head(fields, names), *review.form(fields, names)]
    told = [*_head(fields, names), labels.name(names.say, "kind", kind)]
    if kind == "grant":
        return [*told, *_grant(fields, names)]
    if kind == "revoke":
        return [*told, *_revoke(fields, names, kit)]
    rest = {name: value for name, value in fields.items() if name not in _COMMON}
    return [*told, *_flat(rest, "", names.say)]


def _head(fields: Record, names: Names) -> list[str]:
    say = names.say
    said = [f"{say(*both('word.log_label'))}: {fields['log']}"]
    if "election" in fields:
        called = names.election()
        said.append(f"{say(*both('word.election_label'))}: {fields['election']}"
                    f"{f' · {called}' if called else ''}")  # fmt: skip
    if fields["kind"] != "form":
        said.append(f"{say(*both('word.time_label'))}: {caption.clock(fields['at'], say)}")
    return [*(line for one in said for line in wrap(one, "  ", "")), ""]


def _grant(fields: Record, names: Names) -> Iterator[str]:
    say = names.say
    body = labels.name(say, "body", fields["body"])
    pair = f" {fields['pair']}" if "pair" in fields else ""
    tps = f", TPS {fields['tps']}" if "tps" in fields else ""
    yield from wrap(f"{body}{pair}: {names.place(fields['region'])}{tps}", "  ", "")
    count = len(fields["persons"])
    yield say(*both("show.persons", count=count))
    for person in fields["persons"]:
        position = labels.name(say, "position", person["position"])
        yield from wrap(f"{position}: {person['person']}", "      ", "  ")
        key = PublicKey(person["alg"], codec.b64decode(person["key"]))
        yield f"      {say(*both('word.fingerprint'))} {grouped(key.keyid)}"
        yield f"      {person['alg']} {person['key']}"


def _revoke(fields: Record, names: Names, kit: Kit | None) -> Iterator[str]:
    say = names.say
    keyid = fields["keyid"]
    yield f"{say(*both('word.fingerprint'))} {grouped(keyid)}"
    key = kit.get("keys", keyid) if kit is not None else None
    if key is None:
        yield say(*both("show.this_key_is_not_in_the"))
    else:
        body, position = (labels.name(say, table, key[table]) for table in ("body", "position"))
        tps = f", TPS {key['tps']}" if key.get("tps") else ""
        told = f"{body}, {position}: {key['person']}, {names.place(key['region'])}{tps}"
        yield from wrap(told, "  ", "")
    reason = labels.name(say, "revoke_reason", fields["reason"])
    yield f"{say(*both('word.reason_label'))}: {reason}"
    if "suspect_from" in fields:
        start = say.number(fields["suspect_from"])
        yield from wrap(say(*both("show.its_signatures_from_entry_on_are", start=start)))


def _flat(value: Any, path: str, say: Say) -> Iterator[str]:
    """Every leaf of a payload with its path, in the order of the payload."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _flat(item, f"{path}.{name}" if path else name, say)
    elif isinstance(value, list):
        for at, item in enumerate(value, 1):
            yield from _flat(item, f"{path}[{at}]", say)
    else:
        told = say.number(value) if type(value) is int else value
        yield from wrap(f"{path}: {told}", "    ", "")
