"""Findings and refusals about a form, said before it is signed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rekap.audit.commands.speech import Say, clean
from rekap.core.errors import Finding
from rekap.core.ledger.offices import Record
from rekap.core.statements import rules
from rekap.desk.officials import labels
from rekap.desk.officials.forms.preview import Outlook
from rekap.desk.officials.forms.review import Names
from rekap.desk.officials.talk import wrap
from rekap.desk.texts import both

UNEXPLAINED: Final = "unexplained"
_STATUSES: Final = {
    "rival": both("remarks.rival"),
    "orphan": both("remarks.orphan"),
    "repeat": both("remarks.repeat"),
}
_FIELDS_SHOWN: Final = 12
_INDENT: Final = " " * 7


def fault(one: Finding, say: Say) -> list[str]:
    """Return the lines of one refusal of intake: its code, where, and what to do."""
    return _fault(one.code, one.field, say(one.id, one.en))


def refusal(one: Record, say: Say) -> list[str]:
    """Return the same lines from an answer of a portal, tamed."""
    code, field = clean(str(one.get("code"))), clean(str(one.get("field", "")))
    return _fault(code, field, clean(str(one.get(say.lang, ""))))


def _fault(code: str, field: str, told: str) -> list[str]:
    place = f" ({field})" if field not in ("", "signatures") else ""
    return wrap(f"[{code}] {told}{place}", "    ", "  ")


def finding(one: Record, names: Names) -> list[str]:
    """Return the lines of one finding: rule, strength, sentence, figures, explanation."""
    say = names.say
    rule = rules.RULES[_rule_of(one)]
    strength = (
        both("remarks.needs_an_explanation")
        if one["hard"]
        else both("remarks.may_stay_unexplained")
    )
    where = f"{names.child(one['child'])}: " if one["child"] else ""
    lines = wrap(
        f"[{called(one)}] {say(*strength)}. {where}{say(rule.sentence_id, rule.sentence_en)}",
        _INDENT,
        "  ",
    )
    if one["fields"]:
        lines += wrap(
            f"{say(*both('word.rows_label'))}: {_codes(one['fields'], say)}", _INDENT, _INDENT
        )
    if one["expected"] is not None:
        lines += wrap(_numbers(one, say), _INDENT, _INDENT)
    if one["explanation"]:
        told = say(*both("remarks.explanation"))
        basis = (labels.name(say, "correction_basis", code) for code in one["explanation"]["basis"])
        text = one["explanation"]["text"] or ", ".join(basis) or say(*both("remarks.below"))
        lines += wrap(f"{told}: {text}", _INDENT, _INDENT)
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
    rest = say(*both("remarks.and_more", more=more)) if more > 0 else ""
    return "; ".join(codes) + rest


def _numbers(one: Record, say: Say) -> str:
    found, expected = say.number(one["found"]), say.number(one["expected"])
    bound = {
        "<=": say(*both("remarks.at_most")),
        ">=": say(*both("remarks.at_least")),
        "near": say(*both("remarks.about")),
    }.get(one["op"], say(*both("remarks.expected")))
    return say(*both("remarks.written", found=found, bound=bound, expected=expected))


def of_column_above(found: Iterable[Record], names: Names) -> list[str]:
    """Return what the D form above, already in force, will say of this form."""
    say = names.say
    lines = []
    for one in found:
        told = say(
            *both(
                "remarks.the_column_of_the_d_hasil",
                one=called(one),
                child=names.child(one["child"]),
                say=_codes(one["fields"], say),
            )
        )
        lines += wrap(told, _INDENT, "  ")
        first, there, here = one["fields"][0], say.number(one["found"]), say.number(one["expected"])
        lines += wrap(
            say(
                *both("remarks.column_this_form", first=labels.code(first), there=there, here=here)
            ),
            _INDENT,
            _INDENT,
        )
    return lines


def all_of(refused: Sequence[Finding], outlook: Outlook | None, names: Names) -> list[str]:
    """Return the lines of everything that intake and the ledger will say of a form, each once."""
    said = {_name(one) for one in outlook.findings} if outlook else set()
    others = [one for one in refused if one.code != UNEXPLAINED or _triple(one) not in said]
    lines = [line for one in others for line in fault(one, names.say)]
    if outlook is None:
        return lines
    status = _STATUSES.get(outlook.status)
    if status is not None:
        lines += wrap(names.say(*status), _INDENT, "  ")
    return lines + of_outlook(outlook, names)


def _name(one: Record) -> tuple[str, str, str]:
    return one["rule"], one["child"] or "", one["part"] or ""


def _triple(one: Finding) -> tuple[str, str, str]:
    return one.rule, one.child, one.part


def of_outlook(outlook: Outlook, names: Names) -> list[str]:
    """Return the lines of all findings of a form, and of the column above it."""
    lines = []
    for one in outlook.findings:
        lines += finding(one, names)
        for field, found, below in outlook.details.get(called(one), ()):
            shown = (names.say.number(found), names.say.number(below))
            told = names.say(
                *both(
                    "remarks.column_form_below",
                    field=labels.code(field),
                    shown=shown[0],
                    below=shown[1],
                )
            )
            lines += wrap(told, _INDENT, _INDENT)
    return lines + of_column_above(outlook.above, names)
