r"""The one JSON of the project: canonical bytes in, plain values out, and back.

Statements use RFC 8785 restricted until no two parsers can disagree: UTF-8, sorted ASCII keys, no
white space, integers 0…999,999,999, a closed set of characters, at most eight levels. A reader
bounds the size, parses, checks tokens and structure, then encodes again and compares, so every
other spelling of a value is refused: duplicate keys, escapes that are not needed, exponents.

    {"a":[1,true],"b":"Rekap \"Terbuka\""}

Nothing here raises anything but `Malformed` for bytes or values outside the format.
"""

from __future__ import annotations

import binascii
import hashlib
import json
import re
from datetime import UTC, datetime
from itertools import chain
from typing import Any, TypeAlias

import msgspec

from rekap.core.errors import Malformed

JSON: TypeAlias = "bool | int | str | list[JSON] | dict[str, JSON] | None"

MAX_BYTES = 65_535
MAX_INTEGER = 999_999_999
MAX_DEPTH = 8
_MAX_PUBLIC_DEPTH = 32
_PUBLIC = frozenset({dict, list, tuple, str, int, bool, type(None)})

# U+0020–7E, U+00A1–017F without the soft hyphen, and the typographic marks of Indonesian texts:
# no character here is changed by any Unicode normalisation form C.
_BEYOND_ASCII = "\u00a1-\u00ac\u00ae-\u017f\u2013\u2014\u2018\u2019\u201c\u201d\u2026"
_TEXT = re.compile(f"[ -~{_BEYOND_ASCII}]*+")
_DOCUMENT = re.compile(rf'(?:[ -\[\]-~{_BEYOND_ASCII}]++|\\["\\])*+')
EIGHT_DIGITS = re.compile("[0-9]{8}")  # may be an identity (NIK) or a telephone number
_ID = re.compile("[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?")
_HEX = re.compile("[0-9a-f]*")
_TIME = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\\+0[789]:00")

_dump = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode
_encode_sorted = msgspec.json.Encoder(order="sorted").encode
"""The same bytes for what stands in the subset; of other values it may make others."""


def encode(value: JSON, *, nulls: bool = False) -> bytes:
    """Return the canonical bytes of a value of the statement subset.

    Raises:
        Malformed: the value lies outside the subset; `field` is the dotted path to it.
    """
    _check_values(value, nulls=nulls)
    _check_keys(value)
    text = _dump(value)
    if not _DOCUMENT.fullmatch(text):
        raise _outside_set()
    return text.encode()


def is_in_alphabet(data: bytes) -> bool:
    """Tell whether canonical bytes have only allowed characters and escapes.

    Raises ValueError for what is not UTF-8.
    """
    return _DOCUMENT.fullmatch(str(data, "utf-8")) is not None


def encode_again(value: JSON) -> bytes:
    """Return the canonical bytes of what `decode` gave, or of a part of it: nothing is checked."""
    return _encode_sorted(value)


def decode(data: bytes, *, limit: int = MAX_BYTES, nulls: bool = False) -> Any:
    """Return the value whose canonical bytes are exactly `data`.

    `limit` is in bytes. `nulls` admits `null`: the caller decides where it may stand.

    Raises:
        Malformed: with code `too-large`, `not-json`, `duplicate-key`, `number`, `null`, `depth`,
            `text` or `not-canonical`.
    """
    if len(data) > limit:
        raise Malformed(f"{len(data)} bytes, at most {limit}", code="too-large")
    try:
        text = str(data, "utf-8")
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON in UTF-8", code="not-json") from error
    _check_values(value, nulls=nulls)
    if _dump(value) != text:
        raise _not_canonical(text)
    if not _DOCUMENT.fullmatch(text):
        raise _outside_set()
    if not text.isascii():
        _check_keys(value)
    return value


def decode_again(data: bytes) -> Any:
    """Return the value of bytes that `decode` has taken before, without asking anything again."""
    return msgspec.json.decode(data)


def encode_public(value: JSON) -> bytes:
    """Return JSON for pages' twins, `site.json` and state: canonical, with a final newline.

    Wider than a statement: negative integers, `null`, 32 levels and any character may stand here.

    Raises:
        Malformed: a float, a key that is not text, a lone surrogate or an unknown type.
    """
    _check_public(value)
    try:
        return (_dump(value) + "\n").encode()
    except (ValueError, RecursionError) as error:
        raise Malformed("cannot be written as JSON", code="not-json") from error


def b64encode(data: bytes) -> str:
    """Return standard padded base64 (RFC 4648 section 4)."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def b64decode(text: str, field: str = "") -> bytes:
    """Return the bytes of standard padded base64 with canonical trailing bits.

    Raises:
        Malformed: any other spelling, code `base64`.
    """
    try:
        data = binascii.a2b_base64(text)
    except (ValueError, TypeError) as error:
        raise Malformed("not base64", field, "base64") from error
    if binascii.b2a_base64(data, newline=False) != text.encode("ascii"):
        raise Malformed("not standard padded base64", field, "base64")
    return data


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of `data` as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def check_text(value: object, limit: int, field: str, *, free: bool = False) -> None:
    """Refuse what is not a text of 1…`limit` allowed characters.

    `free` marks text that a person typed: eight digits in a row there could be an identity or a
    telephone number and are refused.

    Raises:
        Malformed: code `type`, `empty`, `too-long`, `text` or `digits`.
    """
    if not isinstance(value, str):
        raise Malformed("not a text", field, "type")
    if not value:
        raise Malformed("empty text", field, "empty")
    if len(value) > limit:
        raise Malformed(f"{len(value)} characters, at most {limit}", field, "too-long")
    if not _TEXT.fullmatch(value):
        raise Malformed("a character outside the allowed set", field, "text")
    if free and EIGHT_DIGITS.search(value):
        raise Malformed("eight digits in a row", field, "digits")


def check_id(value: object, field: str) -> None:
    """Refuse what is not an id `[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?`, with code `id`."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Malformed("not an id", field, "id")


def check_hex(value: object, field: str, digits: int = 64) -> None:
    """Refuse what is not exactly `digits` lower-case hex digits, with code `hex`."""
    if not isinstance(value, str) or len(value) != digits or not _HEX.fullmatch(value):
        raise Malformed(f"not {digits} hex digits", field, "hex")


def check_time(value: object, field: str) -> None:
    """Refuse what is not a real date and time spelled `2024-11-27T14:05:00+07:00`.

    The offset is +07:00, +08:00 or +09:00. Code `time`.
    """
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Malformed("not a time such as 2024-11-27T14:05:00+07:00", field, "time")
    try:
        year, month, day, hour, minute, second = map(int, match.groups())
        datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise Malformed("no such date or time", field, "time") from error


def _check_values(root: Any, *, nulls: bool) -> None:
    """Check types, integer range and depth level by level; the top container is level 1."""
    level = [root]
    for depth in range(1, MAX_DEPTH + 2):
        below: list[Any] = []
        for value in level:
            kind = type(value)
            if kind is int:
                if not 0 <= value <= MAX_INTEGER:
                    raise Malformed(f"not 0…{MAX_INTEGER}", _path(root, value), "number")
            elif kind is dict or kind is list:
                if depth > MAX_DEPTH:
                    raise Malformed(f"deeper than {MAX_DEPTH}", _path(root, value), "depth")
                below.extend(value.values() if kind is dict else value)
            elif kind is float:
                raise Malformed("not an integer", _path(root, value), "number")
            elif value is None:
                if not nulls:
                    raise Malformed("null", _path(root, value), "null")
            elif kind is not str and kind is not bool:
                raise Malformed(f"a {kind.__name__}", _path(root, value), "type")
        level = below


def _check_public(root: Any) -> None:
    level = [root]
    for _ in range(_MAX_PUBLIC_DEPTH):
        strange = set(map(type, level)) - _PUBLIC
        if strange:
            value = next(value for value in level if type(value) in strange)
            raise Malformed(f"a {type(value).__name__}", _path(root, value), "type")
        objects = [value for value in level if type(value) is dict]
        for value in objects:
            if set(map(type, value)) - {str}:
                raise Malformed("a key that is not text", _path(root, value), "type")
        arrays = [value for value in level if type(value) is list or type(value) is tuple]
        level = [*chain.from_iterable(map(dict.values, objects)), *chain.from_iterable(arrays)]
    if level:
        raise Malformed(f"deeper than {_MAX_PUBLIC_DEPTH}", code="depth")


def _check_keys(value: Any) -> None:
    if type(value) is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii():
                raise Malformed("a key that is not ASCII text", code="text")
            if type(item) is dict or type(item) is list:
                _check_keys(item)
    elif type(value) is list:
        for item in value:
            if type(item) is dict or type(item) is list:
                _check_keys(item)


def _outside_set() -> Malformed:
    return Malformed("a character outside the allowed set", code="text")


def _not_canonical(text: str) -> Malformed:
    """Say whether a text that encodes differently has duplicate keys or only another spelling."""
    duplicates: list[int] = []

    def count(pairs: list[tuple[str, Any]]) -> None:
        duplicates.append(len(pairs) - len(dict(pairs)))

    json.loads(text, object_pairs_hook=count)
    if any(duplicates):
        return Malformed("a key stands twice", code="duplicate-key")
    return Malformed("not the canonical spelling of its value", code="not-canonical")


def _path(root: Any, target: Any) -> str:
    """Return the dotted path of the first value that is `target`, for a message."""
    pending: list[tuple[str, Any, int]] = [("", root, 0)]
    while pending:
        path, value, depth = pending.pop()
        if value is target:
            return path
        if depth > MAX_DEPTH + 1:
            continue
        if type(value) is dict:
            items = [(str(key), item) for key, item in value.items()]
        elif type(value) is list or type(value) is tuple:
            items = [(str(index), item) for index, item in enumerate(value)]
        else:
            continue
        pending.extend(
            (f"{path}.{name}" if path else name, item, depth + 1) for name, item in reversed(items)
        )
    return ""
