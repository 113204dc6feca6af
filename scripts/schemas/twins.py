"""JSON Schemas of twins: what all twins of a page have in common, seen in very many of them.

The builders of twins are the only source of what a twin has, so its schema is read off what they
make: a field is required if no twin lacks it, may be null if one is, and no other field is known.
Words of closed lists, digests, codes and figures are named by the field that holds them. What a
field says of the log stands beside it, as `twins.toml` has it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from re import compile as pattern
from typing import Any, Final

from rekap.core.pages.data.statement_schemas import DRAFT, FIGURE_NAMES, Schema
from rekap.core.statements import model
from rekap.core.statements.rules import RULES

_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "mode": model.MODES,
    "form": tuple(model.FORMS),
    "count": model.COUNTS,
    "office": tuple(model.OFFICES),
    "win": model.WINS,
    "timezone": tuple(model.TIMEZONES),
    "rule": tuple(RULES),
    "alg": tuple(model.ALGORITHMS),
}
"""Field -> its closed list, where every value that was seen is one of it."""
_SPELLINGS: Final = (
    "[0-9a-f]{64}",
    "[0-9a-f]{32}",
    "[A-Za-z0-9+/]{43}=",
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+0[789]:00",
    "[0-9]{4}-[0-9]{2}-[0-9]{2}",
)
"""Spellings that a field keeps to if all its values do."""
_COUNTED: Final = frozenset(
    {"as_of", "index", "effect", "revision", "number", "grant", "evidence", "entries"}
)
"""Fields whose integers are never negative."""
_OPEN: Final = frozenset({"payload"})
"""Fields that hold another format: the statement itself has its own schemas."""
_TABLES: Final = frozenset({"counts"})
"""Fields whose keys are words of the log, not names of the format."""


@dataclass
class Seen:
    """What was seen of one place in many twins."""

    times: int = 0
    kinds: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    fields: dict[str, Seen] = field(default_factory=dict)
    objects: int = 0
    item: Seen | None = None

    def add(self, value: Any) -> None:
        """Take one value into account."""
        self.times += 1
        kind = _kind(value)
        self.kinds.add(kind)
        if kind == "string":
            self.texts.add(value)
        elif kind == "object":
            self.objects += 1
            for name, one in value.items():
                self.fields.setdefault(name, Seen()).add(one)
        elif kind == "array":
            self.item = self.item or Seen()
            for one in value:
                self.item.add(one)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    kinds = {bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}
    return kinds[type(value)]


def of_page(page: str, twins: Iterable[dict[str, Any]]) -> Schema:
    """Return the schema of the twins of a page from as many of them as there are."""
    seen = Seen()
    for twin in twins:
        seen.add(twin)
    made = _schema("", seen)
    made["properties"]["page"] = {"const": page}
    for path, said in told().get(page, {}).items():
        _at(made, path)["description"] = said
    return {"$schema": DRAFT, "title": page, **made}


def told() -> dict[str, dict[str, str]]:
    """Return {page: {path of a field: what it says}}."""
    text = Path(__file__).with_suffix(".toml").read_text("utf-8")
    found: dict[str, dict[str, str]] = {}
    for pages, said in tomllib.loads(text).items():
        for page in pages.split():
            found.setdefault(page, {}).update(said)
    return found


def _at(schema: Schema, path: str) -> Schema:
    """Return the schema of a field; lists on the way are entered. Raises KeyError for no field."""
    for name in path.split("."):
        schema = schema.get("items", schema)["properties"][name]
    return schema


def _schema(name: str, seen: Seen) -> Schema:
    kinds = sorted(seen.kinds)
    if not kinds:
        return {}
    made: Schema = {"type": kinds[0] if len(kinds) == 1 else kinds}
    if name in _OPEN:
        return made
    if "string" in kinds:
        made |= _text(name, seen.texts, nullable="null" in kinds)
    if "integer" in kinds and name in _COUNTED:
        made["minimum"] = 0
    if "array" in kinds and seen.item is not None:
        made |= {"items": _schema(name, seen.item)} if seen.item.times else {"maxItems": 0}
    if "object" in kinds:
        made |= _object(name, seen)
    return made


def _text(name: str, texts: set[str], *, nullable: bool) -> Schema:
    known = _WORDS.get(name)
    if known and texts <= set(known):
        return {"enum": [*known, None] if nullable else list(known)}
    for spelling in _SPELLINGS:
        if all(pattern(spelling).fullmatch(text) for text in texts):
            return {"pattern": f"^{spelling}$"}
    return {}


def _object(name: str, seen: Seen) -> Schema:
    if name in _TABLES or seen.fields.keys() <= model.FIGURES:  # figures of a form, or of none
        value = Seen()
        for one in seen.fields.values():
            _merge(value, one)
        if not value.times:
            return {"additionalProperties": False}
        names = {} if name in _TABLES else {"propertyNames": FIGURE_NAMES}
        return {**names, "additionalProperties": _schema("", value)}
    return {
        "properties": {field: _schema(field, one) for field, one in sorted(seen.fields.items())},
        "required": sorted(f for f, one in seen.fields.items() if one.times == seen.objects),
        "additionalProperties": False,
    }


def _merge(into: Seen, other: Seen) -> None:
    into.times += other.times
    into.kinds |= other.kinds
    into.texts |= other.texts
    into.objects += other.objects
    for name, one in other.fields.items():
        _merge(into.fields.setdefault(name, Seen()), one)
    if other.item is not None:
        into.item = into.item or Seen()
        _merge(into.item, other.item)
