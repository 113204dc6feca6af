"""What the records of a kit must hold, so that a damaged kit is refused when it is read.

Only what the checks of intake and ledger rely on is asked; the ledger may know more of a record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.signing import keys
from rekap.core.signing.keys import PublicKey
from rekap.core.statements import regions, schema

_LOG_ONLY: Final = ("id", "index")
_ELECTION_ONLY: Final = ("id", "statement", "index", "base", "first_roots", "known", "provincial")
"""What the ledger adds to the statement of which it made its record."""

_Is = Callable[[Any], bool]


def _text(value: Any) -> bool:
    return type(value) is str


def _number(value: Any) -> bool:
    return type(value) is int and value >= 0


def _flag(value: Any) -> bool:
    return type(value) is bool


def _or_none(check: _Is) -> _Is:
    return lambda value: value is None or check(value)


def _each(check: _Is) -> _Is:
    return lambda value: type(value) is list and all(map(check, value))


def _station(value: Any) -> bool:
    return (
        type(value) is list
        and len(value) == 2
        and _text(value[0])
        and regions.is_tps(value[0])
        and _or_none(_number)(value[1])
    )


_KEY: Final[dict[str, _Is]] = {
    **dict.fromkeys(("alg", "key", "election", "body", "person", "position", "region"), _text),
    "grant": _number,
}
_KEY_MAY: Final[dict[str, _Is]] = {
    "tps": _text, "pair": _number, "revoked": _number, "revoke_reason": _text,
    "suspect_from": _number, "organisation": _text, "acting": _text,
}  # fmt: skip
_REGION: Final[dict[str, _Is]] = {
    "name": _text, "level": _text, "parent": _or_none(_text), "listed": _flag, "expected": _number,
    "unknown": _number,
}  # fmt: skip
_REGION_MAY: Final[dict[str, _Is]] = {
    "roster": _text, "revision": _number, "children": _each(_text), "tps": _each(_station),
    "gone": _each(_text),
}  # fmt: skip
_ID: Final[dict[str, _Is]] = {
    "kind": _text, "first": _number, "effect": _or_none(_number), "entries": _each(_number),
    "signers": _each(lambda one: type(one) is dict and _text(one.get("keyid"))),
}  # fmt: skip


def check_log(record: Any, place: str) -> None:
    """Refuse what the ledger cannot have made of an entry 0."""
    _check_statement(record, _LOG_ONLY, "log", place)


def check_election(record: Any, place: str) -> None:
    """Refuse what the ledger cannot have made of an `election`."""
    _check_statement(record, _ELECTION_ONLY, "election", place)
    counted = _number(record["known"]) and _flag(record["provincial"])
    if record["id"] != record["election"] or not counted:
        raise Malformed("not the record of an election", place, "kit")
    codec.check_hex(record["statement"], place)


def check_key(keyid: str, record: Any) -> None:
    """Refuse what is not the record of this key."""
    place = f"keys.{keyid}"
    _check_fields(record, _KEY, _KEY_MAY, place)
    public = PublicKey(record["alg"], codec.b64decode(record["key"], place))
    keys.check_public(public.alg, public.public)
    if public.keyid != keyid:
        raise Malformed("the record of another key", place, "kit")
    _check_place(record["region"], place)


def check_region(key: str, record: Any, election: str) -> None:
    """Refuse what is not the record of a region of this election."""
    place = f"regions.{key}"
    start, _, code = key.partition("/")
    if start != election:
        raise Malformed("of another election", place, "kit")
    _check_place(code, place)
    _check_fields(record, _REGION, _REGION_MAY, place)


def check_id(statement_id: str, record: Any) -> None:
    """Refuse what does not say what became of a statement."""
    place = f"ids.{statement_id}"
    codec.check_hex(statement_id, place)
    _check_fields(record, _ID, {}, place)


def _check_statement(record: Any, added: tuple[str, ...], kind: str, place: str) -> None:
    if not isinstance(record, dict) or any(name not in record for name in added):
        raise Malformed(f"not the record of a `{kind}`", place, "kit")
    fields = {name: value for name, value in record.items() if name not in added}
    if schema.check_statement(fields).kind != kind:
        raise Malformed(f"not the record of a `{kind}`", place, "kit")


def _check_fields(
    record: Any, needed: Mapping[str, _Is], may: Mapping[str, _Is], place: str
) -> None:
    if not isinstance(record, dict):
        raise Malformed("not a record", place, "kit")
    for name, check in needed.items():
        if name not in record or not check(record[name]):
            raise Malformed(f"no sound {name}", place, "kit")
    for name, check in may.items():
        if record.get(name) is not None and not check(record[name]):
            raise Malformed(f"no sound {name}", place, "kit")


def _check_place(code: str, place: str) -> None:
    if code != regions.COUNTRY and not regions.is_code(code):
        raise Malformed("not a region", place, "kit")
