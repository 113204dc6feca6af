"""What a revision changes: old and new figures in digits and words, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rekap.core.ledger.offices import Record
from rekap.core.statements import rules
from rekap.desk.officials import labels
from rekap.desk.officials.forms import review
from rekap.desk.officials.forms.drafting import cells_of
from rekap.desk.officials.forms.review import Names
from rekap.desk.officials.forms.sheet import WHOLE
from rekap.desk.officials.spelling import words
from rekap.desk.officials.talk import wrap
from rekap.desk.texts import both

_APART = frozenset({"at", "revision", "previous", "reason"})
_SUMS = ("valid", "invalid", "total")


def is_nothing(old: Record, new: Record) -> bool:
    """Whether a revision says the same as the form that it follows."""
    return _content(old) == _content(new)


def _content(fields: Record) -> dict[str, object]:
    return {name: value for name, value in fields.items() if name not in _APART}


def lines(old: Record, new: Record, names: Names) -> list[str]:
    """Return the lines that show what changed, then the totals before and after."""
    say = names.say
    told = [*review.heading(new, names), "", say(*both("changes.what_changed")), ""]
    before, after = cells_of(old), cells_of(new)
    places = [place for place in _order({*before, *after}) if before.get(place) != after.get(place)]
    for child, name in places:
        told += _cell(child, name, (before.get((child, name)), after.get((child, name))), names,
                      new["contest"])  # fmt: skip
    for name in _others(old, new):
        told += _other(name, old, new, names)
    return [*told, "", *_totals(old["figures"], new["figures"], names, new["contest"])]


def _order(places: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Column by column, the totals last, figures in the order of the paper."""
    by_child: dict[str, list[str]] = {}
    for child, name in places:
        by_child.setdefault(child, []).append(name)
    order = [*sorted(child for child in by_child if child != WHOLE), WHOLE]
    return [(child, name) for child in order for name in rules.in_order(by_child.get(child, ()))]


def _cell(
    child: str, name: str, values: tuple[int | None, int | None], names: Names, contest: str
) -> list[str]:
    column = f"{names.child(child)}, " if child != WHOLE else ""
    called = f"{column}{names.figure(name, names.pairs(contest))}"
    old, new = (names.say.number(one) if one is not None else "?" for one in values)
    spelled = [words(one) if one is not None else "?" for one in values]
    return [
        *wrap(called, " " * 10, f"{labels.code(name):<10}"),
        *wrap(f"{old} → {new}", " " * 12, " " * 10),
        *wrap(f"{spelled[0]} → {spelled[1]}", " " * 12, " " * 10),
    ]


def _others(old: Record, new: Record) -> list[str]:
    apart = {*_APART, "figures", "rows"}
    return sorted(name for name in {*old, *new} - apart if old.get(name) != new.get(name))


def _other(name: str, old: Record, new: Record, names: Names) -> list[str]:
    """What changed besides figures: the old part struck out with "-", the new one with "+"."""
    told = [name]
    for sign, fields in (("-", old), ("+", new)):
        value = fields.get(name, [])
        for one in value if isinstance(value, list) else [value]:
            told += wrap(review.detail(name, one, names), "    ", f"  {sign} ")
    return told


def _totals(
    old: Mapping[str, int], new: Mapping[str, int], names: Names, contest: str
) -> list[str]:
    """The votes before and after, changed or not."""
    say = names.say
    pairs = names.pairs(contest)
    width = 12
    told = [f"{'':<38}{say(*both('word.before')):>{width}}{say(*both('word.after')):>{width}}"
            f"{say(*both('word.difference')):>{width}}"]  # fmt: skip
    for name in rules.in_order({*old, *new}):
        if name not in _SUMS and not name.startswith("pair_"):
            continue
        first, second = old.get(name), new.get(name)
        shown = [say.number(one) if one is not None else "?" for one in (first, second)]
        gap = "" if first is None or second is None else _signed(second - first, names)
        label = review.narrow(names.figure(name, pairs), 26)
        told.append(f"{labels.code(name):<10}{label[0]:<28}"
                    + "".join(f"{one:>{width}}" for one in (*shown, gap)))  # fmt: skip
        told += [f"{'':<10}{more}" for more in label[1:]]
    return told


def _signed(value: int, names: Names) -> str:
    if value == 0:
        return "0"
    return ("+" if value > 0 else "-") + names.say.number(abs(value))
