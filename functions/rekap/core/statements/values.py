"""Values of fields as types: a pattern or bounds, and the check that says what is wrong.

A type answers yes or no while bytes are decoded; its `check` finds the code for whoever must be
told. Patterns are searched, so each is bound at both ends; that `$` lets a final newline pass does
no harm, because the alphabet of a whole document has none (`codec`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Final, TypeAlias

from msgspec import Meta, Struct

from rekap.core import codec
from rekap.core.codec import MAX_INTEGER
from rekap.core.errors import Malformed
from rekap.core.statements import model, regions, shapes
from rekap.core.statements.shapes import Check, Report

_NO_EIGHT_DIGITS: Final = "^(?!.*[0-9]{8})"
_HOST: Final = r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?"
ID: Final = r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?"
_BASE64_OF_32: Final = "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="
_BASE64_OF_A_POINT: Final = "A[g-z0-9+/][A-Za-z0-9+/]{42}"
"""33 bytes, of which the first is 2 or 3."""


def whole(pattern: str, check: Check, called: str) -> Meta:
    """A text that is spelled like this from its beginning to its end; documents have its name."""
    return Meta(pattern=f"^(?:{pattern})$", extra={"check": check, "called": called})


def _spelled(pattern: str, called: str) -> Meta:
    return whole(pattern, shapes.spelled(re.compile(pattern).fullmatch), called)


def among(words: Iterable[str]) -> Meta:
    """A word of a closed list."""
    known = tuple(words)
    pattern = "|".join(map(re.escape, known))
    return Meta(pattern=f"^(?:{pattern})$", extra={"check": shapes.one_of(known), "words": known})


def text(most: int) -> Meta:
    """1…`most` characters that a person typed: eight digits in a row are refused."""
    return Meta(
        min_length=1, max_length=most, pattern=_NO_EIGHT_DIGITS,
        extra={"check": shapes.text(most)},
    )  # fmt: skip


def plain(most: int) -> Meta:
    """1…`most` characters."""
    return Meta(min_length=1, max_length=most, extra={"check": shapes.text(most, free=False)})


def listed(most: int) -> Meta:
    """A list of 1…`most`: an empty one is absent."""
    return Meta(min_length=1, max_length=most)


def integer(least: int, most: int = MAX_INTEGER) -> Meta:
    """An integer in `least`…`most`, both included."""
    return Meta(ge=least, le=most, extra={"check": shapes.integer(least, most)})


Id: TypeAlias = Annotated[str, whole(ID, shapes.identifier, "id")]
_ORIGIN: Final = rf"(?=.{{1,200}}$){_HOST}(?::[0-9]{{1,5}})?(?:/[a-z0-9._~-]+)*"
is_origin: Final = shapes.spelled(re.compile(_ORIGIN).fullmatch)
Origin: TypeAlias = Annotated[str, whole(_ORIGIN, is_origin, "origin")]
"""The name of a log: host, port if any, path; without a scheme."""
RelyingParty: TypeAlias = Annotated[str, _spelled(rf"(?=.*\.){_HOST}|localhost", "relying party")]
"""Of passkeys; browsers refuse a name without a dot, but this machine's."""
WebOrigin: TypeAlias = Annotated[
    str,
    _spelled(
        rf"https://{_HOST}(?::[0-9]{{1,5}})?|http://localhost(?::[0-9]{{1,5}})?", "web origin"
    ),
]
"""From which officers sign; `http` only for this machine itself."""
Tps: TypeAlias = Annotated[str, whole(regions.TPS, shapes.spelled(regions.is_tps), "TPS number")]
Region: TypeAlias = Annotated[
    str, whole(regions.CODE, shapes.spelled(regions.is_code), "region code")
]
Place: TypeAlias = Annotated[
    str, _spelled(f"{regions.COUNTRY}|{regions.CODE}", "region code or `id`")
]
"""A region, or the country."""
Column: TypeAlias = Annotated[
    str, _spelled(f"{regions.TPS}|{regions.CODE}", "TPS number or region code")
]
Digest: TypeAlias = Annotated[str, whole("[0-9a-f]{64}", shapes.hexadecimal(64), "64 hex digits")]
KeyId: TypeAlias = Annotated[str, whole("[0-9a-f]{32}", shapes.hexadecimal(32), "32 hex digits")]
Time: TypeAlias = Annotated[
    str,
    whole(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+0[789]:00", shapes.time, "time"),
]
"""Whether there is such a day and hour is asked behind the type."""
When: TypeAlias = Annotated[
    str,
    whole(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}\+0[789]:00)?",
        shapes.when,
        "time or date",
    ),
]
"""A time, or of a replay the date alone where its source knows no hour."""
Name: TypeAlias = Annotated[str, text(shapes.NAME_MAX)]
Text: TypeAlias = Annotated[str, text(shapes.TEXT_MAX)]
Natural: TypeAlias = Annotated[int, integer(0)]
Positive: TypeAlias = Annotated[int, integer(1)]
PairNumber: TypeAlias = Annotated[int, integer(1, model.PAIRS_MAX)]
Level: TypeAlias = Annotated[str, among(model.LEVELS)]
FormName: TypeAlias = Annotated[str, among(model.FORMS)]
Algorithm: TypeAlias = Annotated[str, among(model.ALGORITHMS)]


_DATE: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _has_date(value: str) -> bool:
    if not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


is_date: Final = shapes.spelled(_has_date, "date")
Date: TypeAlias = Annotated[str, whole(_DATE.pattern, is_date, "date")]
"""Whether there is such a day is asked behind the type."""


def _root(report: Report, value: Any, path: str) -> None:
    try:
        if len(codec.b64decode(value, path)) != 32:
            report.add("base64", path)
    except Malformed as error:
        report.add(error.code, path)


Root: TypeAlias = Annotated[str, whole(_BASE64_OF_32, _root, "base64 of 32 bytes")]
"""A root hash as a checkpoint spells it: base64 of 32 bytes."""


def _public_key(report: Report, value: Any, path: str) -> None:
    if type(value) is not str:
        report.add("type", path)
        return
    try:
        data = codec.b64decode(value, path)
    except Malformed as error:
        report.add(error.code, path)
        return
    if len(data) not in model.ALGORITHMS.values() or (len(data) == 33 and data[0] not in (2, 3)):
        report.add("key", path)


Public: TypeAlias = Annotated[
    str, whole(f"{_BASE64_OF_32}|{_BASE64_OF_A_POINT}", _public_key, "public key")
]
"""A base64 key whose length fits some algorithm; `check_keys` compares it with its own."""


class Part(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """An object with the fields that it names, and no others."""


class Statement(Part, tag_field="kind", frozen=True, kw_only=True):
    """What every statement says; `kind` is the tag of its type."""

    log: Origin
    at: Time


class OfAnElection(Statement, frozen=True, kw_only=True):
    """What every statement of an election says."""

    election: Id
