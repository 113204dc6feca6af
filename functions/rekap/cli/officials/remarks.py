"""Findings and refusals about a form, said before it is signed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from rekap.cli.officials import labels, preview
from rekap.cli.officials.kit import Kit
from rekap.cli.officials.paper import Paper
from rekap.cli.officials.preview import Outlook
from rekap.cli.officials.review import Names
from rekap.cli.officials.talk import wrap
from rekap.cli.speech import Say
from rekap.errors import Finding
from rekap.forms import rules
from rekap.ledger.offices import Record

UNEXPLAINED: Final = "unexplained"
_FIELDS_SHOWN: Final = 12
_INDENT: Final = " " * 7


def fault(one: Finding, say: Say) -> list[str]:
    """Return the lines of one refusal of intake: its code, where, and what to do."""
    place = f" ({one.field})" if one.field else ""
    return wrap(f"[{one.code}] {say(one.id, one.en)}{place}", "    ", "  ")


def finding(one: Record, names: Names) -> list[str]:
    """Return the lines of one finding: rule, strength, sentence, figures, explanation."""
    say = names.say
    rule = rules.RULES[_rule_of(one)]
    strength = ("perlu penjelasan", "needs an explanation") if one["hard"] else ("catatan", "note")
    where = f"{names.child(one['child'])}: " if one["child"] else ""
    lines = wrap(
        f"[{called(one)}] {say(*strength)}. {where}{say(rule.sentence_id, rule.sentence_en)}",
        _INDENT,
        "  ",
    )
    if one["fields"]:
        lines += wrap(f"{say('Isian', 'Rows')}: {_codes(one['fields'], say)}", _INDENT, _INDENT)
    if one["expected"] is not None:
        lines += wrap(_numbers(one, say), _INDENT, _INDENT)
    if one["explanation"]:
        told = say("Penjelasan", "Explanation")
        lines += wrap(f"{told}: {one['explanation']['text']}", _INDENT, _INDENT)
    return lines


def _rule_of(one: Record) -> str:
    """The rule whose sentence says it: of a broken column the rule that it breaks."""
    part = one["part"]
    return part if part in rules.RULES else str(one["rule"])


def called(one: Record) -> str:
    """How an explanation names a finding: "R6", "X3/004/R6", "X2/columns"."""
    return "/".join(filter(None, (one["rule"], one["child"], one["part"])))


def about(one: Record) -> dict[str, str]:
    """The fields of an explanation that name a finding."""
    named = {name: one[name] for name in ("rule", "child", "part")}
    return {name: value for name, value in named.items() if value}


def _codes(fields: Sequence[str], say: Say) -> str:
    codes = [f"{labels.code(name)} {labels.short(say, name)}" for name in fields[:_FIELDS_SHOWN]]
    more = len(fields) - _FIELDS_SHOWN
    rest = say(f"; dan {more} lagi", f"; and {more} more") if more > 0 else ""
    return "; ".join(codes) + rest


def _numbers(one: Record, say: Say) -> str:
    found, expected = say.number(one["found"]), say.number(one["expected"])
    bound = {
        "<=": say("paling banyak", "at most"),
        ">=": say("paling sedikit", "at least"),
        "near": say("kira-kira", "about"),
    }.get(one["op"], say("seharusnya", "expected"))
    return say(f"Tertulis {found}, {bound} {expected}.", f"Written {found}, {bound} {expected}.")


def of_column_above(found: Iterable[Record], names: Names) -> list[str]:
    """Return what the D form above, already in force, will say of this form."""
    say = names.say
    lines = []
    for one in found:
        told = say(
            f"[{called(one)}] Kolom {names.child(one['child'])} pada D.Hasil yang sudah berlaku"
            f" memuat angka lain: {_codes(one['fields'], say)}.",
            f"[{called(one)}] The column {names.child(one['child'])} of the D.Hasil in force has"
            f" other figures: {_codes(one['fields'], say)}.",
        )
        lines += wrap(told, _INDENT, "  ")
        lines += wrap(_numbers(one, say), _INDENT, _INDENT)
    return lines


def all_of(paper: Paper, kit: Kit, names: Names) -> tuple[list[str], bool]:
    """Return what intake and the ledger will say of a paper, and whether it is surely refused."""
    fields = paper.statement.fields
    refused = preview.faults(paper.payload, kit)
    lines = [line for one in refused if one.code != UNEXPLAINED for line in fault(one, names.say)]
    if fields["kind"] == "form":
        lines += _of_form(fields, kit, names)
    final = any(preview.is_final(one) for one in refused)
    return [names.say("Temuan:", "Findings:"), *lines] if lines else [], final


def _of_form(fields: dict[str, Any], kit: Kit, names: Names) -> list[str]:
    outlook = preview.outlook(fields, kit)
    return of_outlook(outlook, names) if outlook else []


def of_outlook(outlook: Outlook, names: Names) -> list[str]:
    """Return the lines of all findings of a form, and of the column above it."""
    lines = []
    for one in outlook.findings:
        lines += finding(one, names)
        for field, found, below in outlook.details.get(called(one), ()):
            shown = (names.say.number(found), names.say.number(below))
            told = names.say(
                f"{labels.code(field)}: kolom {shown[0]}, formulir di bawahnya {shown[1]}",
                f"{labels.code(field)}: column {shown[0]}, form below {shown[1]}",
            )
            lines += wrap(told, _INDENT, _INDENT)
    return lines + of_column_above(outlook.above, names)
