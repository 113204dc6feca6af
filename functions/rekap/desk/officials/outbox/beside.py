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
from rekap.core.ledger import addresses, chain
from rekap.core.statements import model, regions, rules
from rekap.desk.officials import labels
from rekap.desk.officials.item import Item
from rekap.desk.officials.outbox.queue import Queue
from rekap.desk.officials.outbox.replies import Reply, What
from rekap.desk.officials.outbox.sender import is_asked
from rekap.desk.officials.talk import wrap

_COUNTED: Final = ("count", "figures", "children", "rows", "sheets")
_FIGURES: Final = frozenset(model.figure_fields(model.PAIRS_MAX))
_WIDTH: Final = 14


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
    same = all(one.get(name) == other.get(name) for name in _COUNTED)
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
            return _asks(other.fields, other.id, None)
        head = self._on_page(item)
        return None if head is None else _asks(head, str(head.get("id")), head.get("index"))

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
        same = ("count", "figures")
        is_columned = "rows" in item.fields
        if not is_columned and all(item.fields.get(name) == head.get(name) for name in same):
            return None
        return head

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
            place = (
                addresses.region(names[0], names[1], top, code)
                if tps is None
                else addresses.station(names[0], names[1], top, code, str(tps))
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


def _asks(head: Mapping[str, Any], id: str, index: object) -> Reply:
    """Return the question of `intake.another` about a form that was found elsewhere."""
    told = {name: head.get(name) for name in ("revision", "figures")} | {"id": id}
    if isinstance(index, int):
        told["index"] = index
    one = {"code": "another-counts", "field": "revision", "id": _SENTENCE[0], "en": _SENTENCE[1]}
    return Reply(What.ASKED, said={"code": one["code"], "errors": [one], "head": told})


_SENTENCE: Final = (
    "Di tempat ini sudah ada formulir lain. Yang kedua akan tampil sebagai Bertentangan.",
    "There is another form of this place. The second will be shown as contested.",
)


def lines(item: Item, said: Mapping[str, Any], say: Say) -> Iterator[str]:
    """Yield what an official must see before he insists: the form that counts, and what differs."""
    head = said.get("head")
    if not isinstance(head, dict):
        return
    revision, index = head.get("revision"), head.get("index")
    number = say.number(index) if isinstance(index, int) else None
    logged = say(f", catatan nomor {number}", f", entry {number}") if number else ""
    at = say.number(revision) if isinstance(revision, int) else "?"
    yield from paragraph(
        say(
            f"Sudah ada formulir tempat ini yang dihitung: revisi {at}{logged}.",
            f"A form of this place counts already: revision {at}{logged}.",
        )
    )
    yield from difference(head.get("figures"), item.fields.get("figures"), say)


def difference(counted: object, own: object, say: Say) -> Iterator[str]:
    """Yield the figures in which two forms differ, side by side, in the order of the paper."""
    if not isinstance(counted, dict) or not isinstance(own, dict):
        return
    known = _FIGURES.intersection({*counted, *own})
    names = [name for name in rules.in_order(known) if counted.get(name) != own.get(name)]
    if not names:
        yield say("  Angkanya sama.", "  The figures are the same.")
        return
    heads = (say("yang dihitung", "counted"), say("berkas ini", "this file"))
    yield f"  {'':<48}" + "".join(f"{head:>{_WIDTH}}" for head in heads)
    for name in names:
        label = f"{labels.code(name)} {labels.short(say, name)}"[:48]
        yield f"  {label:<48}" + "".join(f"{_shown(one, say):>{_WIDTH}}" for one in
                                         (counted.get(name), own.get(name)))  # fmt: skip


def _shown(value: object, say: Say) -> str:
    return say.number(value) if type(value) is int and 0 <= value < 1_000_000_000 else "?"


def paragraph(text: str) -> list[str]:
    """Return a paragraph as lines, indented as the others here."""
    return wrap(text, "  ")


def correct(fields: Mapping[str, Any], say: Say) -> Sequence[str]:
    """Return the words of the command that makes a correction of the form of a place."""
    names = (name for name in ("contest", "form", "region", "tps") if name in fields)
    named = [f"--{name} {clean(str(fields[name]))}" for name in names]
    target = say("--to BERKAS", "--to FILE")
    return ["rekap correct", "--kit KIT", *named, "--reason typing", target]
