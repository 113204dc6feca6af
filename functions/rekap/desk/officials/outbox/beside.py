"""Forms of one place that would stand beside each other, and what distinguishes their figures.

Two forms of a slot that continue the same form (or none) cannot both count: the second is shown as
contested. So whoever drafts, signs or sends one looks into his own queue and at the public page.
What is found there is only a reason to ask: the portal asks again, and the ledger decides.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from rekap.audit.commands.speech import Say, clean
from rekap.core.errors import Malformed
from rekap.core.ledger import addresses, chain
from rekap.core.statements import model, regions, rules
from rekap.desk.officials import labels
from rekap.desk.officials.item import Item
from rekap.desk.officials.outbox.queue import Queue
from rekap.desk.officials.outbox.replies import Reply, What
from rekap.desk.officials.outbox.sender import is_asked
from rekap.desk.officials.talk import wrap
from rekap.desk.texts import both
from rekap.portal.intake.another import COUNTED

_VOTES: Final = frozenset((*model.pair_fields(model.PAIRS_MAX), "valid", "invalid", "total"))
_WIDTH: Final = 14
_CELLS: Final = 12
"""Cells of columns that are shown; the others are counted."""


def slot(fields: Mapping[str, Any]) -> str | None:
    """Return the slot of a form, None for what is none."""
    if fields.get("kind") != "form":
        return None
    try:
        return model.slot_key(dict(fields))
    except (KeyError, TypeError):
        return None


def is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two forms are of one slot and count the same."""
    same = all(one.get(name) == other.get(name) for name in COUNTED)
    return same and slot(one) is not None and slot(one) == slot(other)


def forms(queue: Queue, key: str) -> list[Item]:
    """Return the forms of a slot that a queue has sent or will send, as they were added."""
    if not queue.folder.is_dir():
        return []
    found: dict[str, Item] = {}
    for item in sorted(queue.items(), key=lambda one: queue.added(one.leaf)):
        if slot(item.fields) == key and queue.refusal(item.leaf) is None:
            found.setdefault(item.id, item)
    return list(found.values())


def in_queue(queue: Queue, id: str, fields: Mapping[str, Any]) -> Item | None:
    """Return a form of the queue that a form `id` cannot count with, None if there is none.

    One that was added later, that waits for an answer of its own, or that says the same is none.
    """
    key = slot(fields)
    for one in forms(queue, key) if key is not None else ():
        if one.id == id:
            return None
        if one.fields.get("previous") == fields.get("previous") and not is_asked(queue, one):
            return None if is_same(one.fields, fields) else one
    return None


def newest(queue: Queue, key: str) -> list[Item]:
    """Return the forms of a slot in a queue that no other one there continues, and that wait for
    no answer of a person.
    """
    found = [one for one in forms(queue, key) if not is_asked(queue, one)]
    continued = {one.fields.get("previous") for one in found}
    return [one for one in found if one.id not in continued]


@dataclass
class Looking:
    """Looks for a form that counts already, before another is sent. `get` reads a site's file.

    `tops` are the regions of contests, by election and contest, as far as they are known.
    """

    queue: Queue
    get: Callable[[str], bytes | None]
    tops: dict[tuple[str, str], str] = field(default_factory=dict)

    def __call__(self, item: Item) -> Reply | None:
        """Return the question that a form raises, None if there is none."""
        other = in_queue(self.queue, item.id, item.fields)
        if other is not None:
            return _asks(item.fields, other.fields, other.id, None)
        head = self._on_page(item)
        if head is None:
            return None
        said = self._said(head)
        if all(item.fields.get(name) == said.get(name) for name in COUNTED):
            return None  # the portal says so, with its number
        return _asks(item.fields, said, str(head.get("id")), head.get("index"))

    def _on_page(self, item: Item) -> Mapping[str, Any] | None:
        """Return the form that a page shows as counting, if this one would not continue it."""
        twin = self._twin(item.fields)
        head = twin.get("certified" if item.fields.get("tps") is None else "head")
        known = {str(one.get("id")): one.get("status") for one in _records(twin.get("statements"))}
        repeats = {id for id, status in known.items() if status == chain.REPEAT}
        if not isinstance(head, dict) or not isinstance(head.get("revision"), int):
            return None
        told = {**head, "also": sorted(repeats)}
        if item.id in {*known, head.get("id")} or chain.would_lead(item.fields, told):
            return None
        return head

    def _said(self, head: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the whole form that a page shows, as its paper has it, from its entry's bytes;
        what the page shows if they are not to be had.
        """
        index = head.get("index")
        data = self.get(addresses.entry(index)) if isinstance(index, int) else None
        try:
            item = Item.parse(data or b"")
        except Malformed:
            return head
        return item.fields if item.id == head.get("id") else head

    def _twin(self, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the twin of the page of a form's place; {} if there is none to be read."""
        if slot(fields) is None or not regions.is_code(fields.get("region", "")):
            return {}
        names = [str(fields[name]) for name in ("election", "contest")]
        code, tps = str(fields["region"]), fields.get("tps")
        known = self.tops.get((names[0], names[1]))
        tops = [known] if known else [*regions.upward(code, code[:2])][::-1]
        for top in tops:
            if not regions.is_within(code, top):
                continue
            place = addresses.place(
                names[0], names[1], top, code, None if tps is None else str(tps)
            )
            twin = _object(self.get(f"{place}index.json"))
            region = twin.get("region")
            if isinstance(region, dict) and region.get("code") == code and twin.get("tps") == tps:
                self.tops[names[0], names[1]] = top
                return twin
        return {}


def _object(data: bytes | None) -> dict[str, Any]:
    try:
        value = json.loads(data or b"null")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _records(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _asks(own: Mapping[str, Any], head: Mapping[str, Any], id: str, index: object) -> Reply:
    """Return the question of `intake.another` about a form that was found elsewhere."""
    told = {name: head.get(name) for name in ("revision", "figures")} | {"id": id}
    if "rows" in own and "rows" in head:
        cells = _cells_apart(head, own)
        told |= {"columns": cells[:_CELLS], "more": max(0, len(cells) - _CELLS)}
    if isinstance(index, int):
        told["index"] = index
    one = {"code": "another-counts", "field": "revision", "id": _SENTENCE[0], "en": _SENTENCE[1]}
    return Reply(What.ASKED, said={"code": one["code"], "errors": [one], "head": told})


_SENTENCE: Final = both("beside.sentence")


def lines(item: Item, said: Mapping[str, Any], say: Say) -> Iterator[str]:
    """Yield what an official must see before he insists: the form that counts, and what differs."""
    head = said.get("head")
    if not isinstance(head, dict):
        return
    revision, index = head.get("revision"), head.get("index")
    number = say.number(index) if isinstance(index, int) else None
    logged = say(*both("beside.entry", number=number)) if number else ""
    at = say.number(revision) if isinstance(revision, int) else "?"
    yield from paragraph(say(*both("beside.a_form_of_this_place_counts", at=at, logged=logged)))
    yield from _beside(head, head.get("columns"), head.get("more"), item.fields, say)


def difference(counted: Mapping[str, Any], own: Mapping[str, Any], say: Say) -> Iterator[str]:
    """Yield the figures in which two forms differ, side by side, in the order of the paper."""
    cells = _cells_apart(counted, own)
    yield from _beside(counted, cells[:_CELLS], len(cells) - _CELLS, own, say)


def _cells_apart(counted: Mapping[str, Any], own: Mapping[str, Any]) -> list[list[Any]]:
    """Return [column, figure, counted, own] of the cells in which two D forms differ: first the
    votes of all columns, then what else there is.
    """
    one, other = _cells(counted), _cells(own)
    columns = sorted({child for child, _ in {*one, *other}})
    names = rules.in_order({name for _, name in {*one, *other}})
    return [
        [child, name, one.get((child, name)), other.get((child, name))]
        for votes in (True, False)
        for child in columns
        for name in names
        if (name in _VOTES) is votes and one.get((child, name)) != other.get((child, name))
    ]


def _cells(fields: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    """Return the cells of a D form's columns by (column, figure); a site may have sent it."""
    children, rows = fields.get("children"), fields.get("rows")
    if not isinstance(children, list) or not isinstance(rows, dict):
        return {}
    return {
        (child, name): cell
        for name, row in rows.items()
        if name in model.FIGURES and isinstance(row, list)
        for child, cell in zip(children, row, strict=False)
        if isinstance(child, str)
    }


def _beside(
    counted: Mapping[str, Any], cells: object, more: object, own: Mapping[str, Any], say: Say
) -> Iterator[str]:
    """Yield the totals and cells that differ. `cells`: the first of those above and how many `more`
    there are, or nothing if nobody knows them.

    All but `own` may be what a portal said: nothing of it is believed to be well formed.
    """
    figures, mine = counted.get("figures"), own.get("figures")
    if not isinstance(figures, dict) or not isinstance(mine, dict):
        return
    known = model.FIGURES.intersection({*figures, *mine})
    rows = [
        (f"{labels.code(name)} {labels.short(say, name)}", figures.get(name), mine.get(name))
        for name in rules.in_order(known)
        if figures.get(name) != mine.get(name)
    ]
    apart = [one for one in cells if _is_cell(one)] if isinstance(cells, list) else []
    rows += [
        (f"{child} {labels.code(name)} {labels.short(say, name)}", theirs, ours)
        for child, name, theirs, ours in apart
    ]
    if not rows and "rows" in own and not isinstance(cells, list):
        yield say(*both("beside.the_totals_are_the_same_the"))
        return
    if not rows:
        yield say(*both("beside.the_figures_are_the_same"))
        return
    heads = (say(*both("beside.counted")), say(*both("beside.this_file")))
    yield f"  {'':<48}" + "".join(f"{head:>{_WIDTH}}" for head in heads)
    for label, *values in rows:
        yield f"  {label[:48]:<48}" + "".join(f"{_shown(one, say):>{_WIDTH}}" for one in values)
    if isinstance(more, int) and more > 0:
        n = _shown(more, say)
        yield say(*both("beside.and_more_figures_of_columns", n=n))


def _is_cell(one: object) -> bool:
    """Tell whether this is [column, figure, counted, own]."""
    if not isinstance(one, list) or len(one) != 4:
        return False
    child, name = one[:2]
    is_place = isinstance(child, str) and (regions.is_code(child) or regions.is_tps(child))
    return is_place and isinstance(name, str) and name in model.FIGURES


def _shown(value: object, say: Say) -> str:
    return say.number(value) if type(value) is int and 0 <= value < 1_000_000_000 else "?"


def paragraph(text: str) -> list[str]:
    """Return a paragraph as lines, indented as the others here."""
    return wrap(text, "  ")


def correct(fields: Mapping[str, Any], say: Say) -> Sequence[str]:
    """Return the words of the command that makes a correction of the form of a place."""
    names = (name for name in ("contest", "form", "region", "tps") if name in fields)
    named = [f"--{name} {clean(str(fields[name]))}" for name in names]
    target = say(*both("beside.to_file"))
    return ["rekap correct", "--kit KIT", *named, "--reason typing", target]
