"""Shapes of values: what must be there, exactly, and what may be there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Maybe:
    """A value that may be absent; if it is there, it has this shape."""

    shape: Any


def between(low: int, high: int) -> Callable[[Any], bool]:
    """Accept whole numbers in a range, both ends included."""
    return lambda value: type(value) is int and low <= value <= high


def like(text: str) -> Callable[[Any], bool]:
    """Accept texts that a regular expression matches whole."""
    return lambda value: isinstance(value, str) and re.fullmatch(text, value) is not None


def one_of(*values: Any) -> Callable[[Any], bool]:
    """Accept one of these values."""
    return lambda value: any(same(value, one) for one in values)


def words(value: Any) -> bool:
    """Accept any sentence."""
    return isinstance(value, str) and len(value) > 3


def same(found: Any, wanted: Any) -> bool:
    """Compare as CloudFormation does not: 1 is not true, and "1" is not 1."""
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    return bool(found == wanted)


def mismatches(found: Any, shape: Any, where: str) -> Iterator[str]:
    """Yield each place where a value does not have its shape.

    A mapping has exactly these keys, a list exactly these items; a function says yes or no; all
    else is equal.
    """
    if isinstance(shape, Maybe):
        shape = shape.shape
    if isinstance(shape, dict):
        if not isinstance(found, dict):
            yield f"{where}: {_short(found)} is no mapping"
            return
        for key, inner in shape.items():
            if key in found:
                yield from mismatches(found[key], inner, f"{where}.{key}")
            elif not isinstance(inner, Maybe):
                yield f"{where}.{key} is missing"
        for key in found.keys() - shape.keys():
            yield f"{where}.{key} is not expected"
    elif isinstance(shape, list):
        if not isinstance(found, list) or len(found) != len(shape):
            yield f"{where}: {_short(found)}, want {len(shape)} items"
            return
        for at, inner in enumerate(shape):
            yield from mismatches(found[at], inner, f"{where}[{at}]")
    elif callable(shape):
        if not shape(found):
            yield f"{where}: {_short(found)} is not allowed"
    elif not same(found, shape):
        yield f"{where}: {_short(found)}, want {_short(shape)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 80 else text[:77] + "…"
