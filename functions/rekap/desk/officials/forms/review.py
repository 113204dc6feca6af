"""A form as its officers read it before signing: every figure, in 80 columns.

    V.A        suara sah                       339  tiga ratus tiga puluh sembilan

The columns of a D form come in blocks, as many as fit; the totals follow in digits and words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final

from rekap.audit.commands.speech import Say
from rekap.core.ledger.offices import Record
from rekap.core.ledger.places import contest_of
from rekap.core.statements import regions, rules
from rekap.desk.officials import caption, labels
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.spelling import words
from rekap.desk.officials.talk import WIDTH, wrap
from rekap.desk.texts import both

_CODE: Final = 10
_WIDE: Final = 37
"""Columns of a label and its digits: the longer the numbers, the narrower the label."""
_UNKNOWN: Final = "?"


class Names:
    """What a kit calls places and pairs; what it does not know is called by its code."""

    def __init__(self, kit: Kit | None, election: str, say: Say) -> None:
        same = kit is not None and bool(election) and kit.election == election
        self._kit = kit if same else None
        self.say = say

    def pairs(self, contest: str) -> Sequence[Record]:
        """The pairs of a contest."""
        found = contest_of(self._kit.record, contest) if self._kit else None
        return found["pairs"] if found else ()

    def place(self, code: str) -> str:
        """ "Desa Ciamis (32.07.01.2001)"."""
        record = self._kit.get("regions", f"{self._kit.election}/{code}") if self._kit else None
        return labels.place(self.say, code, (record or {}).get("name", ""))

    def child(self, code: str) -> str:
        """ "TPS 004", or a place."""
        return f"TPS {code}" if regions.is_tps(code) else self.place(code)

    def election(self) -> str:
        """The name of the election, "" if the kit is of another one."""
        if self._kit is None:
            return ""
        called = self._kit.record["name"]
        return str(called.get(self.say.lang) or called["id"])

    def figure(self, name: str, pairs: Sequence[Record]) -> str:
        """The short name of a figure; a pair by number and names."""
        if not name.startswith("pair_"):
            return labels.short(self.say, name)
        number = int(name[5:])
        pair = next((one for one in pairs if one["number"] == number), None)
        if pair is None:
            return labels.short(self.say, name)
        return f"{number}. {labels.of_pair(self.say, pair)}"


def form(fields: Record, names: Names) -> list[str]:
    """Return the lines that show all of a form's statement."""
    return [
        *heading(fields, names),
        "",
        *_columns(fields, names),
        *figures(fields["figures"], fields["contest"], names),
        *_rest(fields, names),
    ]


def heading(fields: Record, names: Names) -> list[str]:
    """Return the lines that say which form of which place it is, and how it came about."""
    say = names.say
    title = labels.name(say, "form", fields["form"])
    if "tps" in fields:
        title += f", TPS {fields['tps']}"
    above = (names.place(code) for code in regions.ancestors(fields["region"])[:-1])
    places = [names.place(fields["region"]), *(one for one in above if not regions.is_code(one))]
    called = names.election()
    rows = [
        (say(*both("review.place")), ", ".join(places)),
        (say(*both("review.contest")), f"{fields['contest']}{f' · {called}' if called else ''}"),
        (say(*both("review.revision")), _revision(fields, say)),
    ]
    if "count" in fields:
        rows.append((say(*both("review.count")), labels.name(say, "count", fields["count"])))
    rows.append((say(*both("review.time")), caption.clock(fields["at"], say)))
    return [title, "=" * min(len(title), WIDTH), *_named(rows)]


def _revision(fields: Record, say: Say) -> str:
    number = say.number(fields["revision"])
    if "reason" not in fields:
        return number
    reason = labels.name(say, "reason", fields["reason"]["code"])
    text = fields["reason"].get("text")
    return f"{number}: {reason}{f' · {text}' if text else ''}"


def _named(rows: Sequence[tuple[str, str]]) -> list[str]:
    lines = []
    for name, text in rows:
        lines += wrap(text, " " * _CODE, f"{name:<{_CODE}}")
    return lines


def figures(values: Mapping[str, int], contest: str, names: Names) -> list[str]:
    """Return figures in digits and words, in the order of the paper."""
    pairs = names.pairs(contest)
    lines = []
    part = ""
    digits = max((len(names.say.number(value)) for value in values.values()), default=0)
    for name in rules.in_order(values):
        code = labels.code(name)
        if part and code.partition(".")[0].split()[0] != part:
            lines.append("")
        part = code.partition(".")[0].split()[0]
        lines += _figure(name, values[name], names, pairs, digits)
    return lines


def _figure(name: str, value: int, names: Names, pairs: Sequence[Record], digits: int) -> list[str]:
    """One figure: its place on the paper, what it is, digits, words."""
    width = _WIDE - digits
    told = narrow(names.figure(name, pairs), width)
    spelled = narrow(words(value), WIDTH - _CODE - _WIDE - 4)
    numbers, codes = [names.say.number(value)], [labels.code(name)]
    return [
        f"{code:<{_CODE}}{label:<{width}} {number:>{digits}}   {text}".rstrip()
        for code, label, number, text in zip_longest(codes, told, numbers, spelled, fillvalue="")
    ]


def narrow(text: str, width: int) -> list[str]:
    """Break a text into lines of `width`; a longer word is broken too, nothing is left out."""
    lines = [""]
    for word in text.split():
        if len(f"{lines[-1]} {word}".strip()) <= width:
            lines[-1] = f"{lines[-1]} {word}".strip()
            continue
        pieces = [word[at : at + width] for at in range(0, len(word), width)]
        lines += pieces if lines[-1] else []
        if not lines[0]:
            lines = pieces
    return lines


def _columns(fields: Record, names: Names) -> Iterator[str]:
    """The columns of a D form in blocks."""
    if "children" not in fields:
        return
    children, rows = fields["children"], fields["rows"]
    heads = [code.rpartition(".")[2] for code in children]
    if not regions.is_tps(children[0]):
        for code, head in zip(children, heads, strict=True):
            yield from wrap(names.place(code), " " * 7, f"{head:<4} = ")
        yield ""
    cells = [len(_cell(value, names.say)) for row in rows.values() for value in row]
    width = max(*cells, *map(len, heads), 5) + 2
    label = 24
    count = max((WIDTH - _CODE - label) // width, 1)
    order = rules.in_order(rows)
    for start in range(0, len(children), count):
        block = slice(start, start + count)
        title = names.say(*both("review.column"))
        yield f"{'':<{_CODE}}{title:<{label}}" + "".join(f"{one:>{width}}" for one in heads[block])
        for name in order:
            values = "".join(f"{_cell(one, names.say):>{width}}" for one in rows[name][block])
            yield from _row(labels.code(name), labels.short(names.say, name), label, values)
        yield ""
    yield names.say(*both("review.final_total"))
    yield ""


def _row(code: str, called: str, label: int, values: str) -> Iterator[str]:
    for at, text in enumerate(narrow(called, label)):
        yield f"{code if at == 0 else '':<{_CODE}}{text:<{label}}{'' if at else values}".rstrip()


def _cell(value: int | None, say: Say) -> str:
    return _UNKNOWN if value is None else say.number(value)


_TITLES: Final = {
    "explanations": ("Penjelasan", "Explanations"),
    "witnesses": ("Saksi", "Witnesses"),
    "scans": ("Pindaian", "Scans"),
    "corrections": ("Pembetulan", "Corrections"),
    "sheets": ("Lembar kelurahan", "Sheets"),
}


def _rest(fields: Record, names: Names) -> list[str]:
    """What a form says besides figures: explanations, witnesses, scans, sheets, what it follows."""
    rows: list[str] = []
    for name, title in _TITLES.items():
        if name in fields:
            rows += ["", names.say(*title)]
            for one in fields[name]:
                told = [*one, fields["because"]] if name == "corrections" else one
                rows += wrap(detail(name, told, names), "    ", "  ")
    if "previous" in fields:
        rows += ["", *wrap(names.say(*both("review.replaces_id")), "  ", "")]
        rows.append(f"  {fields['previous']}")
    if "attended" in fields:
        told = ", ".join(
            f"{labels.short(names.say, f'voted_{name}')} {_cell(value, names.say)}"
            for name, value in fields["attended"].items()
        )
        rows += ["", *wrap(f"{names.say(*both('review.attended'))}: {told}", "    ", "  ")]
    for name in ("stations_in", "stations_expected", "as_of_text"):
        if name in fields:
            rows += ["", *wrap(f"{name}: {fields[name]}", "  ", "")]
    return rows


def detail(name: str, one: Any, names: Names) -> str:
    """One line about an item of `explanations`, `witnesses`, `scans`, or of another field."""
    if name == "explanations":
        return _explanation(one, names)
    if name == "witnesses":
        return _witness(one, names.say)
    if name == "scans":
        return _scan(one, names.say)
    if name == "corrections":
        return _correction(one, names)
    if name == "count":
        return labels.name(names.say, "count", one)
    return str(one)


def _explanation(one: Record, names: Names) -> str:
    about = [one["rule"]]
    if "child" in one:
        about.append(names.child(one["child"]))
    if "part" in one:
        about.append(one["part"])
    return f"{' / '.join(about)}: {one['text']}"


def _correction(one: list[Any], names: Names) -> str:
    """One of `corrections`, with all of `because` behind it."""
    child, field, before, after, at, because = one
    told = f"{names.child(child)} / {labels.code(field)}: {before} → {after}"
    if at >= len(because):
        return told
    initials = because[at].get("initials", {})
    words = [labels.name(names.say, "correction_basis", because[at]["basis"])]
    words += [because[at]["objection"]] if "objection" in because[at] else []
    words += ["ketua"] if "ketua" in initials else []
    words += [str(pair) for pair in initials.get("pairs", ())]
    words += ["pengawas"] if "supervisor" in initials else []
    return f"{told} ({', '.join(words)})"


def _witness(one: Record, say: Say) -> str:
    number = one["pair"]
    if not one["present"]:
        state = say(*both("review.absent"))
    elif one["signed"]:
        state = say(*both("review.present_signed"))
    else:
        state = say(*both("review.present_did_not_sign"))
    if "reason" in one:
        state += f" ({labels.name(say, 'witness_reason', one['reason'])})"
    return say(*both("review.pair", number=number, state=state))


def _scan(one: Record, say: Say) -> str:
    size = say.number(one["bytes"])
    page = say(*both("review.page", page=one["page"]))
    return f"{page}: {one['type']}, {size} byte, sha256 {one['sha256']}"
