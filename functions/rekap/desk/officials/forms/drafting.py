"""From figures to a draft: shown, checked by intake and the ledger, explained, written.

`form` and `correct` share it. Nothing is written that intake would surely refuse.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rekap.audit.commands import files
from rekap.core import codec
from rekap.core.errors import Finding
from rekap.core.ledger.offices import Record
from rekap.core.statements import schema
from rekap.desk.officials.arguments.declared import tell_signing
from rekap.desk.officials.forms import explain, preview, remarks, review
from rekap.desk.officials.forms.preview import Head, Outlook
from rekap.desk.officials.forms.review import Names
from rekap.desk.officials.forms.sheet import WHOLE, Cells
from rekap.desk.officials.forms.slot import Slot
from rekap.desk.officials.paper import Paper
from rekap.desk.officials.talk import REFUSED, Fault, Talk
from rekap.desk.texts import both


@dataclass(frozen=True, slots=True)
class More:
    """What a form says besides its figures. `before` is (previous id, its revision)."""

    at: str
    count: str = "first"
    explanations: Sequence[Record] = ()
    scans: Sequence[Record] = ()
    witnesses: Sequence[Record] = ()
    sheets: Sequence[str] = ()
    before: tuple[str, int] | None = None
    reason: Record | None = None
    corrected: Record = field(default_factory=dict)
    attended: Record = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drafting:
    """One draft in the making. `others` are sheets made today, by slot.

    `explained` are the explanations of the form that this one follows.
    """

    slot: Slot
    more: More
    options: Namespace
    talk: Talk
    others: Mapping[str, Head]
    show: Callable[[dict[str, Any], Names], Sequence[str]] = review.form
    explained: Sequence[Record] = ()

    @property
    def names(self) -> Names:
        """What the kit calls things."""
        return Names(self.slot.kit, self.slot.kit.election, self.talk.say)

    def finish(self, cells: Cells) -> int:
        """Show, check and write the draft. Raises Fault if it is not to be written."""
        fields = self._fields(cells, self._explanations(cells))
        self._print(["", *self.show(fields, self.names), ""])
        outlook, refused = self._outlook(fields), self._faults(fields)
        self._tell(outlook, refused)
        final = [one for one in refused if preview.is_final(one)]
        if any(one.code != remarks.UNEXPLAINED for one in final):
            raise _not_written()
        if outlook is not None and outlook.status == "repeat":
            raise Fault(*both("drafting.it_is_the_same_as_the"), REFUSED)
        self._demand_explanations(outlook, {_key(one) for one in refused})
        if final:
            raise _not_written()
        return self._write(fields)

    def _explanations(self, cells: Cells) -> Sequence[Record]:
        """Those given now; of older ones only those whose finding is still there, and say so."""
        texts = explain.given(self.options.explain)
        before = self.explained
        outlook = self._outlook(self._fields(cells, before))
        if outlook is not None:
            there = {explain.triple(one) for one in outlook.findings}
            idle = [one for one in before if explain.triple(one) not in there]
            for one in idle:
                self.talk.tell(*both("drafting.an_older_explanation_is_left_out", rule=one["rule"]))
            before = [one for one in before if one not in idle]
        return explain.kept(before, texts) + texts

    def _outlook(self, fields: dict[str, Any]) -> Outlook | None:
        if not _is_statement(fields):
            return None
        return preview.outlook(fields, self.slot.kit, self.others)

    def _fields(self, cells: Cells, explanations: Sequence[Record]) -> dict[str, Any]:
        return compose(self.slot, cells, replace(self.more, explanations=explanations))

    def _print(self, lines: Sequence[str]) -> None:
        for line in lines:
            print(line, file=self.talk.stdout)

    def _faults(self, fields: dict[str, Any]) -> list[Finding]:
        return preview.faults(codec.encode(fields, nulls=True), self.slot.kit)

    def _tell(self, outlook: Outlook | None, refused: Sequence[Finding]) -> None:
        """Print every finding and refusal, or that there is none."""
        say = self.talk.say
        lines = remarks.all_of(refused, outlook, self.names)
        title = say(*both("drafting.findings")) if lines else say(*both("drafting.no_findings"))
        self._print([title, *lines])

    def _demand_explanations(
        self, outlook: Outlook | None, refused: set[tuple[str, str, str]]
    ) -> None:
        """Raise Fault for hard findings without one, unless they may stay so and were said to."""
        found = outlook.findings if outlook else ()
        open_ = [one for one in found if one["hard"] and not one["explanation"]]
        needed = any(_name(one) in refused for one in open_)
        if needed or (open_ and not self.options.unexplained):
            told = " ".join(f'--explain "{remarks.called(one)}: …"' for one in open_)
            raise Fault(*both("drafting.explain_each_finding_with", told=told), REFUSED)

    def _write(self, fields: dict[str, Any]) -> int:
        path: Path = self.options.to
        paper = Paper(codec.encode(fields, nulls=True))
        if self.options.replace:
            files.write(path, paper.data)
        else:
            paper.write(path, self.talk.say)
        self.talk.tell()
        self.talk.tell(*both("drafting.draft", path=path))
        self.talk.tell(f"id: {paper.id}", f"id: {paper.id}")
        tell_signing(self.talk, self.options.kit, str(path))
        return 0


def _is_statement(fields: dict[str, Any]) -> bool:
    """Whether the payload is a statement at all, so that the ledger can be asked."""
    try:
        schema.check_statement(fields)
    except schema.SchemaErrors:
        return False
    return True


def _key(one: Finding) -> tuple[str, str, str]:
    return one.rule, one.child, one.part


def _name(one: Record) -> tuple[str, str, str]:
    return one["rule"], one["child"] or "", one["part"] or ""


def _not_written() -> Fault:
    return Fault(*both("drafting.the_draft_was_not_written_since"), REFUSED)


def compose(slot: Slot, cells: Mapping[tuple[str, str], int], more: More) -> dict[str, Any]:
    """Return the payload of a form. What is absent or wrong in it is for the checks to say."""
    fields: dict[str, Any] = {
        "kind": "form", "log": slot.kit.origin, "at": more.at, **slot.names,
        "revision": more.before[1] + 1 if more.before else 1,
        "count": more.count,
        "figures": {name: cells[WHOLE, name] for name in slot.fields if (WHOLE, name) in cells},
    }  # fmt: skip
    columns = sorted({child for child, _ in cells if child != WHOLE})
    if columns:
        fields["children"] = columns
        fields["rows"] = {
            name: [cells.get((child, name)) for child in columns] for name in fields["figures"]
        }
    if more.before:
        fields["previous"] = more.before[0]
    if more.reason:
        fields["reason"] = dict(more.reason)
    for name in ("explanations", "scans", "witnesses"):
        if values := getattr(more, name):
            fields[name] = [dict(one) for one in values]
    if more.sheets:
        fields["sheets"] = list(more.sheets)
    if more.attended:
        fields["attended"] = dict(more.attended)
    fields.update(more.corrected)
    return fields


def cells_of(fields: Record) -> Cells:
    """Return the figures of a form's payload as a sheet has them."""
    cells: Cells = {(WHOLE, name): value for name, value in fields["figures"].items()}
    for name, row in fields.get("rows", {}).items():
        for child, value in zip(fields["children"], row, strict=True):
            if value is not None:
                cells[child, name] = value
    return cells
