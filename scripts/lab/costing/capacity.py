"""Units that DynamoDB charges for, from the bytes of items in its own JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

READ_BYTES: Final = 4_096
WRITE_BYTES: Final = 1_024
IN_TRANSACTION: Final = 2
"""A write inside a transaction is charged twice."""


def item_bytes(item: Mapping[str, Mapping[str, Any]]) -> int:
    """Return the size of an item: names and values (Developer Guide, item sizes and formats)."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, data),) = value.items()
    if kind == "S":
        return len(data.encode())
    if kind == "B":
        return len(data)
    if kind == "N":
        return len(data.lstrip("-")) // 2 + 2
    if kind in ("SS", "NS", "BS"):
        return sum(_value_bytes({kind[0]: one}) for one in data)
    if kind == "L":
        return 3 + sum(1 + _value_bytes(one) for one in data)
    if kind == "M":
        return 3 + len(data) + item_bytes(data)
    return 1


def read_units(size: int) -> int:
    """Return the units of one consistent read; what is not there costs as much as the smallest."""
    return max(1, math.ceil(size / READ_BYTES))


def write_units(size: int, *, transaction: bool) -> int:
    """Return the units of one write; the larger of the item before and after counts."""
    return max(1, math.ceil(size / WRITE_BYTES)) * (IN_TRANSACTION if transaction else 1)
