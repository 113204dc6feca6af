"""DynamoDB as the adapters use it: a model bound to a table, transactions, batches of reads.

No secondary index, no stream, no expiry. Every read is consistent: it sees every write that was
acknowledged before it began.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

from pynamodb.attributes import UnicodeAttribute
from pynamodb.connection import TableConnection
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from rekap.portal.store.aws.clients import POOL, TABLES, session
from rekap.portal.store.aws.patience import Patience, asking

MOST_IN_A_TRANSACTION: Final = 100
_MOST_IN_A_READ: Final = 100


class Item(Model):
    """An item by its hash key."""

    pk = UnicodeAttribute(hash_key=True)


class SortedItem(Item):
    """An item by its hash key and its sort key."""

    sk = UnicodeAttribute(range_key=True)


Bound = TypeVar("Bound", bound=Item)


@lru_cache(maxsize=64)
def bind(model: type[Bound], table: str) -> type[Bound]:
    """Return `model` for the table of this name, with our limits on waiting.

    All tables share one client: the mapper would make one for each, at a tenth of a second.
    """

    class Meta:
        table_name = table
        connect_timeout_seconds = TABLES.connect_s
        read_timeout_seconds = TABLES.read_s
        max_retry_attempts = TABLES.attempts - 1
        max_pool_connections = POOL

    bound: type[Bound] = type(model).__call__(type(model), model.__name__, (model,), {"Meta": Meta})
    mapper = connection(bound).connection
    if _shared:
        mapper._client = _shared[0]
    else:
        mapper._local.session = session()._session
        _shared.append(mapper.client)
    return bound


_shared: Final[list[Any]] = []


def read(model: type[Bound], *key: str) -> Bound | None:
    """Return the item of a key, or None."""
    with asking(f"read {key[0]}"):
        try:
            return model.get(*key, consistent_read=True)  # type: ignore[misc,arg-type]
        except model.DoesNotExist:
            return None


def read_all(
    model: type[Bound],
    keys: Sequence[tuple[str, str]],
    patience: Patience,
    attributes: Sequence[str] | None = None,
) -> Iterator[Bound]:
    """Yield the items that exist, in no order; with `attributes` only these of each.

    DynamoDB may leave keys out when it is busy or the answer is long: they are asked for again.
    """
    table = connection(model)
    for at in range(0, len(keys), _MOST_IN_A_READ):
        left: list[Any] = [{"pk": pk, "sk": sk} for pk, sk in keys[at : at + _MOST_IN_A_READ]]
        for _ in patience.tries("read a batch"):
            with asking("read a batch"):
                answer = table.batch_get_item(
                    left, consistent_read=True, attributes_to_get=attributes
                )
            for raw in answer["Responses"].get(table.table_name, []):
                yield model.from_raw_data(raw)
            left = answer.get("UnprocessedKeys", {}).get(table.table_name, {}).get("Keys", [])
            if not left:
                break


def transact(
    model: type[Bound], what: str, fill: Callable[[TransactWrite], None], patience: Patience
) -> None:
    """Do the writes that `fill` adds, all or none.

    Raises:
        Conflict: a condition of one of them did not hold.
        Unavailable: as `patience` says, or the outcome is not known.
    """

    def once() -> None:
        with asking(what), TransactWrite(connection=connection(model).connection) as writes:
            fill(writes)

    patience.insist(what, once)


def connection(model: type[Item]) -> TableConnection:
    """Return the connection of a bound model; the mapper offers transactions only with one."""
    return model._get_connection()
