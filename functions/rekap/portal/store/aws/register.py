"""The register in DynamoDB: a cache of the ledger's maps, from which submit answers early.

    head             head     tree, size; claim, aim, unfinished
    {map}#{key}      value    JSON text, none if removed; claim: the write that put it there

Thousands of values do not fit in one transaction, so a write first *claims* the head: it numbers
itself, and adds its tree to `unfinished`. Each transaction of values checks that the claim still
stands, and the last one moves tree and size and empties `unfinished`. So

- a publisher that another one has overtaken writes nothing more, whenever it wakes up;
- the size only grows, and the head says it only after all its values are there;
- after an interrupted write the copy is of no single tree: `bases` names all that it may hold
  values of, and the next write is made from the differences to each.

A change that fits in one transaction needs no claim: it is all or nothing.

What submit may see: while a write is under way, and after one that was interrupted, some values
newer than `size` says. Never a value older than what the same key showed before. The fold decides
anyway.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeAlias

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from rekap.core.errors import Conflict
from rekap.portal.store.aws import table as tables
from rekap.portal.store.aws.patience import PATIENT, Patience, asking

_HEAD: Final = ("head", "head")
_MOST_VALUES: Final = tables.MOST_IN_A_TRANSACTION - 1
_MOST_CHARACTERS: Final = 1_000_000
"""Of values in one transaction: at three bytes each still below DynamoDB's 4 MB."""

_Value: TypeAlias = tuple[str, str | None]


class RegisterItem(tables.SortedItem):
    """The head or a value; which attributes it has is said by its key."""

    tree = UnicodeAttribute(null=True)
    size = NumberAttribute(null=True)
    claim = NumberAttribute(null=True)
    aim = NumberAttribute(null=True)
    unfinished = UnicodeSetAttribute(null=True)
    value = UnicodeAttribute(null=True)


class DynamoRegister:
    """The port `Register` of intake and of the publisher."""

    def __init__(self, table: str, *, patience: Patience = PATIENT) -> None:
        self._item = tables.bind(RegisterItem, table)
        self._patience = patience

    def get(self, name: str, key: str) -> Any:
        """Return the JSON value of `key` in the map `name`, or None."""
        item = tables.read(self._item, *_value_key(name, key))
        return None if item is None or item.value is None else json.loads(item.value)

    def size(self) -> int:
        """Return how many entries of the log the register knows at least."""
        return int(self._head().size or 0)

    def bases(self) -> tuple[str, ...]:
        """Return the trees whose values the register may hold; () before the first."""
        return _bases(self._head())

    def apply(
        self, bases: Sequence[str], tree: str, size: int, changes: Iterable[tuple[str, str, Any]]
    ) -> None:
        """Make the register show `tree`; a change is (map, key, value), with None to remove.

        Raises:
            Conflict: it does not hold what `bases` says, it knows more than `size` entries, or
                another publisher took over; what was written stays, and is named by `bases`.
            Unavailable: as Conflict, or all is done; `bases` tells.
        """
        head = self._head()
        if _bases(head) != tuple(bases):
            raise Conflict("the register holds other values than those the changes were made from")
        self._write(head, tree, size, _texts(changes))

    def replace(self, tree: str, size: int, items: Iterable[tuple[str, str, Any]]) -> None:
        """Make the register hold exactly `items`; as `apply`, but whatever it held before.

        Values that this write did not put are removed at its end, before the head moves; to find
        them it reads the whole table.
        """
        head = self._head()
        claim = self._claim(head, tree, size)
        self._put(claim, _texts(items))
        with asking("list the register"):
            found = self._item.scan(self._item.claim < claim, consistent_read=True)
            older: list[_Value] = [(item.pk, None) for item in found if item.value is not None]
        self._put(claim, older)
        self._finish(claim, tree, size)

    def _write(self, head: RegisterItem, tree: str, size: int, values: list[_Value]) -> None:
        chunks = list(_chunks(values))
        if len(chunks) > 1:
            claim = self._claim(head, tree, size)
            self._put(claim, values)
            self._finish(claim, tree, size)
            return
        self._check_size(head, size)
        claim = int(head.claim or 0) + 1
        item = self._item

        def fill(writes: TransactWrite) -> None:
            moved = [*self._moved(tree, size), item.claim.set(claim)]
            writes.update(item(*_HEAD), actions=moved, condition=self._still(head))
            self._fill(writes, claim, values)

        tables.transact(item, f"move the register to size {size}", fill, self._patience)

    def _claim(self, head: RegisterItem, tree: str, size: int) -> int:
        self._check_size(head, size)
        item = self._item
        claim = int(head.claim or 0) + 1
        actions = [item.claim.set(claim), item.aim.set(size), item.unfinished.add({tree})]

        def once() -> None:
            with asking("claim the register"):
                item(*_HEAD).update(actions, condition=self._still(head))

        self._patience.insist("claim the register", once)
        return claim

    def _put(self, claim: int, values: list[_Value]) -> None:
        item = self._item
        for chunk in _chunks(values):

            def fill(writes: TransactWrite, chunk: list[_Value] = chunk) -> None:
                writes.condition_check(item, *_HEAD, condition=item.claim == claim)
                self._fill(writes, claim, chunk)

            tables.transact(item, f"write the register as {claim}", fill, self._patience)

    def _fill(self, writes: TransactWrite, claim: int, values: list[_Value]) -> None:
        for pk, text in values:
            writes.save(self._item(pk, "value", value=text, claim=claim))

    def _finish(self, claim: int, tree: str, size: int) -> None:
        item = self._item

        def once() -> None:
            with asking(f"move the register to size {size}"):
                item(*_HEAD).update(self._moved(tree, size), condition=item.claim == claim)

        self._patience.insist("move the register", once)

    def _head(self) -> RegisterItem:
        return tables.read(self._item, *_HEAD) or self._item(*_HEAD)

    def _moved(self, tree: str, size: int) -> list[Action]:
        item = self._item
        return [
            item.tree.set(tree),
            item.size.set(size),
            item.aim.set(size),
            item.unfinished.remove(),
        ]

    def _still(self, head: RegisterItem) -> Any:
        """Return the condition that nobody has claimed the head since it was read."""
        claim = self._item.claim
        return claim == head.claim if head.claim else claim.does_not_exist()

    def _check_size(self, head: RegisterItem, size: int) -> None:
        known = int(max(head.size or 0, head.aim or 0))
        if known > size:
            raise Conflict(f"the register knows or awaits {known} entries, more than {size}")


def _bases(head: RegisterItem) -> tuple[str, ...]:
    return tuple(([head.tree] if head.tree else []) + sorted(head.unfinished or ()))


def _texts(changes: Iterable[tuple[str, str, Any]]) -> list[_Value]:
    """Return (hash key, JSON text) of each value; of two for one key the later."""
    texts: dict[str, str | None] = {}
    for name, key, value in changes:
        text = (
            None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        )
        texts[_value_key(name, key)[0]] = text
    return list(texts.items())


def _chunks(values: list[_Value]) -> Iterator[list[_Value]]:
    """Cut values into parts that fit in one transaction; at least one part, perhaps empty."""
    chunk: list[_Value] = []
    characters = 0
    for value in values:
        length = len(value[1] or "")
        if len(chunk) == _MOST_VALUES or (chunk and characters + length > _MOST_CHARACTERS):
            yield chunk
            chunk, characters = [], 0
        chunk.append(value)
        characters += length
    yield chunk


def _value_key(name: str, key: str) -> tuple[str, str]:
    return f"{name}#{key}", "value"
