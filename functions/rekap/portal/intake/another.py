"""Asking once: a form that would stand beside the one that counts, instead of continuing it.

The fold never turns a validly signed form away, so the same commands again after a typing error
make a public contradiction for ever. Here the sender is asked first. Who means it sends it again
with `insist`. Asking is a courtesy: the register may lag behind the log, and the fold decides.

Never asked is about a statement whose id is known: more signatures below it, or the same again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from rekap.core import codec
from rekap.core.errors import Rejected
from rekap.core.ledger import chain, findings
from rekap.core.ledger.offices import Record as Fields
from rekap.core.ledger.offices import View
from rekap.core.log.ports import Record
from rekap.core.signing import envelope as dsse
from rekap.core.statements import model
from rekap.portal.intake import answers

Find: TypeAlias = Callable[[str, int], Record | None]
"""Gives the record of a statement id that has an index of the log, None if it is not kept."""

COUNTED: Final = ("count", "figures", "attended", "children", "rows", "sheets", "corrections")
"""What a form says of the count. Equal in these, another statement would add nothing."""


class AnotherCounts(Rejected):
    """The question. `head` is the form that counts: id, index, revision, its figures if known.

    `code` is `head-moved` for a form that was held while another one came to count.
    """

    def __init__(self, head: dict[str, Any], code: str = "another-counts") -> None:
        said = answers.finding(code, "revision", index=head["index"], revision=head["revision"])
        super().__init__(answers.answer(said.code).status, (said,))
        self.head = head


def ask(fields: Fields, id: str, register: View, find: Find) -> Record | None:
    """Return None for a statement that can simply be taken, as far as the register knows.

    A form that counts the same as the head needs no second entry: then the head's record is
    returned. Raises Rejected 409 for any other form that would not become head, and for one that
    corrects what the forms below it do not say.
    """
    if fields["kind"] != "form" or register.get("ids", id) is not None:
        return None
    _ask_below(fields, register, find)
    told = register.get("heads", model.slot_key(fields))
    if chain.would_lead(fields, told):
        return None
    if told is None:
        raise answers.refuse([answers.finding("none-counts", "previous", id=fields["previous"])])
    record = find(told["id"], told["index"])
    counted = {} if record is None else _payload(record)
    if record is not None and all(fields.get(name) == counted.get(name) for name in COUNTED):
        return record
    head = {name: told[name] for name in ("id", "index", "revision")}
    raise AnotherCounts(head | {name: counted[name] for name in ("figures",) if counted})


def _ask_below(fields: Fields, register: View, find: Find) -> None:
    """Raise Rejected 409 for a form that corrects figures which the forms below it do not say, with
    all of them. What nobody has said yet, or is not kept, is not asked.
    """
    cells: dict[str, list[tuple[int, str, int]]] = {}
    for index, (child, field, before, _, _) in enumerate(fields.get("corrections", ())):
        cells.setdefault(child, []).append((index, field, before))
    found = []
    for child, said in cells.items():
        told = register.get("heads", findings.slot_of_child(model.slot_key(fields), child))
        record = find(told["id"], told["index"]) if told else None
        below = {} if record is None else _payload(record)["figures"]
        found += [
            answers.finding(
                "below-differs", f"corrections.{index}.2", child=child, before=before,
                below=below[field],
            )
            for index, field, before in said
            if below.get(field, before) != before
        ]  # fmt: skip
    if found:
        raise answers.refuse(sorted(found, key=lambda one: int(one.field.split(".")[1])))


def _payload(record: Record) -> dict[str, Any]:
    fields: dict[str, Any] = codec.decode(dsse.parse(record.envelope).payload, nulls=True)
    return fields
