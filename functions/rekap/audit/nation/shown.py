"""What a portal shows, read within bounds: a whole portal costs so many bytes and no more.

Every file here is a stranger's. A twin must be public JSON in its one spelling and have the fields
that are asked for, each of its type; what it says is held against what was signed elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, TypeVar

from rekap.audit.nation.faults import Fault
from rekap.audit.reader import Redirected, Source, Unreadable
from rekap.core import codec
from rekap.core.errors import Malformed

MAX_TWIN: Final = 2 << 20
MAX_BYTES: Final = 64 << 20
"""Of one portal in one run, tiles among them."""
MAX_FILES: Final = 6_000
Record = dict[str, Any]
_Kind = TypeVar("_Kind")
_MOST: Final = 999_999_999


class Bounded:
    """A source (see `reader.Source`) that ends with a Fault once it gave too much."""

    def __init__(self, source: Source) -> None:
        self.name = source.name
        self.remote = source.remote
        self._source = source
        self._bytes = MAX_BYTES
        self._files = MAX_FILES

    def read(self, path: str, limit: int) -> bytes | None:
        """See Source. Raises Fault: too much, another address, no answer."""
        self._files -= 1
        if self._files < 0 or self._bytes < 0:
            raise Fault("too-many", path)
        try:
            data = self._source.read(path, limit)
        except Redirected as error:
            raise Fault("redirected", path, str(error)) from error
        except Unreadable as error:
            raise Fault("no-answer", path, str(error)) from error
        if data is None:
            return None
        self._bytes -= len(data)
        if len(data) > limit:
            raise Fault("too-large", path, f"> {limit}")
        return data

    def paths(self, below: str = "") -> Iterator[str] | None:
        """See Source."""
        return self._source.paths(below)


def twin(source: Bounded, path: str, page: str, address: str) -> Record:
    """Return the twin at `path`, which is of the page and address that it must be of.

    Raises Fault.
    """
    data = source.read(path, MAX_TWIN)
    if data is None:
        raise Fault("missing", path)
    try:
        value = json.loads(data)
        if not isinstance(value, dict) or codec.encode_public(value) != data:
            raise Malformed("not public JSON in its one spelling")
    except (ValueError, RecursionError, Malformed) as error:
        raise Fault("twin", path, str(error)) from error
    if value.get("page") != page or value.get("address") != address:
        raise Fault("twin", path, "of another page")
    return value


def want(value: Any, kind: type[_Kind], path: str) -> _Kind:
    """Return a value of exactly this type; a number lies within 0…999,999,999. Raises Fault."""
    if type(value) is not kind or not (kind is not int or _is_number(value)):
        raise Fault("twin", path, f"not {kind.__name__}")
    return value


def _is_number(value: Any) -> bool:
    return bool(0 <= value <= _MOST)


def field(record: Any, name: str, kind: type[_Kind], path: str) -> _Kind:
    """Return a field of a twin. Raises Fault."""
    return want(want(record, dict, path).get(name), kind, f"{path} {name}")


def maybe(record: Any, name: str, kind: type[_Kind], path: str) -> _Kind | None:
    """Return as `field`, or None where the twin says null."""
    value = want(record, dict, path).get(name)
    return None if value is None else want(value, kind, f"{path} {name}")


def items(record: Any, name: str, most: int, path: str) -> list[Record]:
    """Return a list of at most `most` objects. Raises Fault."""
    found = field(record, name, list, path)
    if len(found) > most:
        raise Fault("too-large", f"{path} {name}")
    return [want(one, dict, f"{path} {name}") for one in found]


def indexes(record: Any, name: str, most: int, path: str) -> list[int]:
    """Return a list of at most `most` indexes, ascending, each once. Raises Fault."""
    found = [want(one, int, f"{path} {name}") for one in field(record, name, list, path)]
    if len(found) > most or found != sorted(set(found)):
        raise Fault("twin", f"{path} {name}")
    return found


def an_id(value: Any, path: str) -> str:
    """Return an id as statements have them. Raises Fault."""
    try:
        codec.check_id(value, path)
    except Malformed as error:
        raise Fault("twin", path, "not an id") from error
    return str(value)


def is_before(one: str, other: str) -> bool:
    """Tell whether a time of this reader lies before another: its clock was put back, then."""
    return datetime.fromisoformat(one) < datetime.fromisoformat(other)
