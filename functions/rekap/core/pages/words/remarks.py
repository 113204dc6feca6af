"""Findings, checks and changes of a form as plain sentences with their numbers.

A finding is a fact about the paper: what is written and what it should agree with, no verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias

from markupsafe import Markup, escape

from rekap.core.ledger import corrections
from rekap.core.pages.words.words import Words, capital
from rekap.core.statements import model, rules, ruletable

Twin: TypeAlias = Mapping[str, Any]
Sentence: TypeAlias = tuple[Markup, Markup]
"""What is said first, in bold, and the rest."""

_HOLDS: Final = {"=": " = ", "<=": " \u2264 ", ">=": " \u2265 ", "near": " \u2248 "}
_FAILS: Final = {"<=": " > ", ">=": " < "}
_UNLIKE: Final = {"=": "tps.unlike", "near": "tps.unlike_near"}
"""Said in words: few fonts of phones and printers have the crossed signs."""
_R9_PARTS: Final = (
    ("voted_disabled", "voted"),
    ("ballots_returned", "ballots_received"),
    ("ballots_unused", "ballots_received"),
)
_NONE: Final = Markup("")
Check: TypeAlias = tuple[str, str, str, str]
"""Rule, state, its sentence, the sums."""


def finding(words: Words, one: Twin) -> Markup:
    """A finding as a plain sentence with its numbers."""
    rule, fields = one["rule"], one["fields"]
    if rule == "X3":
        inner = finding(words, {**one, "rule": one["part"], "part": None, "child": None})
        return words("finding.X3", child=one["child"], sentence=inner)
    key, label, other = _finding_key(rule, one), fields[0] if fields else "", ""
    if one["expected"] is None or key is None:
        return _rule_sentence(words, one)
    if rule == "R1":
        label = label.removesuffix("_m").removesuffix("_f")
    elif rule == "R8":
        label = "ballots_used" if "ballots_used" in fields else "voted"
    elif rule == "R9":
        label, other = next((two for two in _R9_PARTS if two[0] in fields), ("", ""))
    short = words.field(label, "short")
    sentence = words(
        f"finding.{key}",
        field=short if rule == "R8" else capital(short),
        other=words.field(other, "short"),
        child=one["child"],
        expected=words.numbers.thousands(one["expected"]),
        found=words.numbers.thousands(one["found"]),
    )
    also = fields[1:] if rule in _COMPARED else ()
    return sentence + _also(words, also)


_COMPARED: Final = ("X1", "X2", "D1")
"""Rules whose findings list every field that differs; the numbers are those of the first."""


def _also(words: Words, fields: Sequence[str]) -> Markup:
    shown = [words.field(f, "short") for f in fields if not f.endswith(("_m", "_f"))]
    return words("finding.also", fields=Markup(", ").join(shown)) if shown else _NONE


def _finding_key(rule: str, one: Twin) -> str | None:
    """The sentence for a rule with numbers; None where the rule's own sentence must do."""
    if rule == "R13" and (one["expected"], one["found"]) == (1, 0):
        return "R13_zero"
    if rule == "X2" and "columns" in (one["part"], *one["broken"][:1]):
        return "X2_columns"
    return rule if rule in _NUMBERED else None


_NUMBERED: Final = frozenset("R1 R2 R3 R4 R5 R6 R7 R8 R9 R11 R12 R13 R17 X1 X2 X5 D1".split())


def notice(words: Words, one: Twin) -> Markup:
    """A notice of a TPS as a plain sentence with its numbers."""
    figures = one["figures"]
    pair = next((field for field in figures if field.startswith("pair_")), None)
    voted = figures.get("voted", figures.get("total"))
    if one["rule"] == "R16":
        return words("notice.R16", differing=Markup(", ").join(_attendance(words, one)))
    said = {**figures, "voted": voted, "listed": next(iter(one["others"]), None)}
    numbers = {
        name: words.numbers.thousands(said.get(name) or 0)
        for name in ("registered", "valid", "invalid", "total", "voted", "listed")
    }
    return words(
        f"notice.{one['rule']}", pair=words.field(pair, "short") if pair else "", **numbers
    )


def _attendance(words: Words, one: Twin) -> Iterator[Markup]:
    """What the form and the attendance list say of who voted, by list."""
    for (field, found), signed in zip(one["figures"].items(), one["others"], strict=True):
        told = {"name": words.field(field, "short"), "form": words.numbers.thousands(found)}
        yield words("notice.attended", signed=words.numbers.thousands(signed), **told)


def _rule_sentence(words: Words, one: Twin) -> Markup:
    if one["rule"] == "X6" and one["child"]:
        return words("finding.X6", child=one["child"])
    return escape(sentence(words, one["rule"]))


def sentence(words: Words, code: str) -> str:
    """What a rule says, in the language of the page; the code itself of one that is not known."""
    rule = rules.RULES.get(code)
    if rule is None:
        return code
    return rule.sentence_en if words.language == "en" else rule.sentence_id


def answer(words: Words, one: Twin) -> Markup:
    """What explains a finding, or "Tanpa penjelasan."."""
    explanation = one["explanation"]
    if explanation is None:
        return words("finding.open")
    below = corrections.are_below(explanation)
    bases = Markup(", ").join(words(f"correction_basis.{one}") for one in explanation["basis"])
    return words(
        "finding.by_correction_below" if below else f"finding.by_{explanation['by']}",
        index=words.numbers.thousands(explanation["index"]),
        text=bases if explanation["text"] is None else explanation["text"],
    )


def checks(words: Words, twin: Twin) -> tuple[list[Check], list[str], int, int]:
    """The rules of a TPS's form; codes that cannot be tested; sums that agree, sums tested.

    One line per rule: the sums that do not agree, else those that do, or how many they are.
    """
    figures, pair_count = twin["head"]["figures"], len(twin["contest"]["pairs"])
    parts: dict[str, list[Twin]] = {}
    seen: dict[str, int] = {}
    passed = tested = 0
    for result in twin["checks"]:
        seen[result["rule"]] = seen.get(result["rule"], 0) + 1
        if result["state"] != rules.UNTESTABLE:
            tested += 1
            passed += result["state"] == rules.PASS
            parts.setdefault(result["rule"], []).append(result)
    lines = [
        _check(words, code, some, seen[code], figures, pair_count) for code, some in parts.items()
    ]
    return lines, [code for code in seen if code not in parts], passed, tested


def _check(
    words: Words,
    code: str,
    parts: Sequence[Twin],
    whole: int,
    figures: Mapping[str, int],
    pair_count: int,
) -> Check:
    """One rule: never agreed as a whole where only some of its sums could be tested."""
    failing = [part for part in parts if part["state"] == rules.FAIL]
    shown = failing or [part for part in parts if part["op"] != ">="]
    state = rules.FAIL if failing else rules.PASS
    if not failing and len(parts) > _SUMS_SHOWN:
        sums = str(words("tps.rows_ok", n=len(parts)))
    else:
        few = shown[:_SUMS_SHOWN]
        sums = "; ".join(_equation(words, part, figures, pair_count) for part in few)
    if not failing and len(parts) < whole:
        sums = f"{sums}. {words('tps.some_tested', n=len(parts), whole=whole)}".lstrip(". ")
    return code, state, sentence(words, code), sums


_SUMS_SHOWN: Final = 3


def _equation(words: Words, part: Twin, figures: Mapping[str, int], pair_count: int) -> str:
    """ "104 + 38 + 128 = 270": the sum first; "bukan" or ">" where it does not agree."""
    right = _terms(part["rule"], part["part"], pair_count)
    fails, op = part["state"] == rules.FAIL, part["op"]
    thousands = words.numbers.thousands
    found, expected = thousands(part["found"]), thousands(part["expected"])
    added, unlike = op == "=" and len(right) > 1, fails and op in _UNLIKE
    if added:
        sums = " + ".join(thousands(figures[field]) for field in right) + f" = {expected}"
    else:
        sums = found if unlike else f"{found}{(_FAILS if fails else _HOLDS)[op]}{expected}"
    sums = sums.replace(" ", "\u00a0")
    if not unlike:
        return sums
    return str(words(_UNLIKE[op], sums=sums, other=found if added else expected))


@lru_cache(maxsize=512)
def _terms(code: str, part: str, pair_count: int) -> tuple[str, ...]:
    """The fields that a part adds up on its right side, with the pairs written out."""
    pairs = model.pair_fields(pair_count)
    right = next((one.right for one in rules.RULES[code].parts if one.name == part), ())
    return tuple(f for name in right for f in (pairs if name == ruletable.PAIRS else (name,)))


def history(words: Words, item: Twin) -> Sentence:
    """One line of a chain: "Versi 2, berlaku." and what changed, why, and its marks."""
    status = followed_by(words, item) or words.name(item["status"], "status")
    if item["kind"] == "form" and item["revision"] is not None:
        first = words("region.version", n=item["revision"])
    else:
        first = words.name(item["kind"] or "unknown", "kind")
    if item["number"] is not None:
        first = words("region.history_numbered", what=first, number=item["number"])
    rest = _changes(words, item["changes"])
    if item["count"] not in (None, "first"):
        rest.append(words("tps.count", count=words.name(item["count"], "count")))
    table = WHAT.get(item["kind"] or "")
    if item["reason"] is not None and table is not None:
        rest.append(capital(words.name(item["reason"]["code"], table)) + ".")
    elif item["reason"] is not None:
        rest.append(words("region.history_reason", reason=_reason(words, item)))
    rest += [capital(words.name(mark, "mark")) + "." for mark in item["marks"]]
    is_said = item["kind"] == "ruling" and item["status"] == "effective"  # of a case: its state
    return first + ("" if is_said else ", " + status) + ".", Markup(" ").join(rest)


def followed_by(words: Words, item: Twin) -> Markup | None:
    """What came after a decision or a case, which need not end what it said; None of others."""
    if item["status"] != "superseded" or item["kind"] not in _DECISIONS:
        return None
    return words.name(item["kind"], "followed_by")


_DECISIONS: Final = ("determination", "elected", "ruling")
CHANGES: Final = 8
"""Changed figures that a line of a history names, whatever they are."""
_VOTERS_AND_BALLOTS: Final = frozenset(model.FIELDS) - {"valid", "invalid", "total"}
WHAT: Final = {"objection": "objection_code", "event": "event_code", "answer": "incident_state",
                "ruling": "ruling_state"}  # fmt: skip
"""Kind -> table of the words that say what a statement is about."""


def _reason(words: Words, item: Twin) -> Markup:
    reason = item["reason"]
    text = words.name(reason["code"], "reason")
    return text + "; " + escape(reason["text"]) if reason["text"] else text


def _changes(words: Words, changes: Sequence[Twin]) -> list[Markup]:
    """All of a few; of many those of the votes, and how many others the entry has."""
    told = changes
    if len(changes) > CHANGES:
        told = [one for one in changes if one["field"] not in _VOTERS_AND_BALLOTS]
    said = [_change(words, one) for one in told]
    others = len(changes) - len(told)
    return [*said, words("region.history_others", n=others)] if others else said


def _change(words: Words, change: Twin) -> Markup:
    return words(
        "region.history_change",
        field=capital(words.field(change["field"], "short")),
        old=_value(words, change["old"]),
        new=_value(words, change["new"]),
    )


def _value(words: Words, value: int | None) -> str:
    return words("region.ladder_absent") if value is None else words.numbers.thousands(value)


def is_exception(item: Twin) -> bool:
    """Tell whether a line of a chain deserves the loud marker."""
    return item["status"] not in ("head", "superseded") or bool(item["marks"])
