"""JSON Schemas of statements, from the checks of `rekap.core.statements` themselves.

A check of `rekap.core.statements.shapes` is a function made by a function; what it was made from
stands in its closure. `of_kind` walks the check of a kind; what a kind demands across its fields
is added here, and a test holds schema and check against each other on disturbed payloads.

A schema says less than the check: sorted lists, sums, keys and real dates are beyond it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from rekap.core import codec
from rekap.core.statements import (
    kinds_election,
    kinds_log,
    kinds_people,
    kinds_result,
    model,
    regions,
    shapes,
)
from rekap.core.statements.kinds import KINDS

Schema = dict[str, Any]
DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"

_CHARACTERS: Final = r"[ -~\u00a1-\u00ac\u00ae-\u017f\u2013\u2014\u2018\u2019\u201c\u201d\u2026]*"
_TWO: Final = "[0-9]{2}"
_CODES: Final = {
    "provinsi": _TWO,
    "kabko": rf"{_TWO}\.{_TWO}",
    "kecamatan": rf"{_TWO}\.{_TWO}\.{_TWO}",
    "kelurahan": rf"{_TWO}\.{_TWO}\.{_TWO}\.[0-9]{{4}}",
}
_REGION: Final = rf"{_TWO}(?:\.{_TWO}(?:\.{_TWO}(?:\.[0-9]{{4}})?)?)?"
_TPS: Final = "(?!000)[0-9]{3}"
_ID: Final = "[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?"
_NO_EIGHT: Final = "(?!.*[0-9]{8})"
_HOST: Final = "[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?"
_FIGURE: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": codec.MAX_INTEGER}
FIGURE_NAMES: Final[Schema] = {
    "anyOf": [{"enum": list(model.FIELDS)}, {"pattern": "^pair_(?:[1-9]|[1-9][0-9])$"}]
}


def _text(pattern: str, **more: Any) -> Schema:
    return {"type": "string", "pattern": f"^(?:{pattern})$", **more}


_NAMED: Final[dict[Any, Schema]] = {
    shapes.identifier: _text(_ID),
    shapes.time: _text(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+0[789]:00", format="date-time"
    ),
    shapes.boolean: {"type": "boolean"},
    shapes.true: {"const": True},
    shapes.origin: _text(rf"(?=.{{1,200}}$){_HOST}(?::[0-9]{{1,5}})?(?:/[a-z0-9._~-]+)*"),
    shapes.rp_id: _text(rf"(?=.*\.){_HOST}|localhost"),
    shapes.uploader: _text(
        rf"https://{_HOST}(?::[0-9]{{1,5}})?|http://localhost(?::[0-9]{{1,5}})?"
    ),
    shapes.tps: _text(_TPS),
    shapes.region: _text(_REGION),
    kinds_people.public_key: _text(
        "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=|A[g-z0-9+/][A-Za-z0-9+/]{42}"
    ),
    kinds_people._person: _text(_NO_EIGHT + _ID),
    kinds_log._root: _text("[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="),
    kinds_result._figures: {
        "type": "object",
        "minProperties": 1,
        "propertyNames": FIGURE_NAMES,
        "additionalProperties": _FIGURE,
    },
    kinds_result._rows: {
        "type": "object",
        "propertyNames": FIGURE_NAMES,
        "additionalProperties": {
            "type": "array",
            "maxItems": model.COLUMNS_MAX,
            "items": {**_FIGURE, "type": ["integer", "null"]},
        },
    },
    kinds_result._columns: {
        "type": "array",
        "minItems": 1,
        "maxItems": model.COLUMNS_MAX,
        "uniqueItems": True,
        "items": _text(f"{_TPS}|{_REGION}"),
    },
}
_SPELLED: Final[dict[Any, Schema]] = {
    kinds_election._is_date: _text("[0-9]{4}-[0-9]{2}-[0-9]{2}", format="date"),
    kinds_election._is_region_or_country: _text(f"{regions.COUNTRY}|{_REGION}"),
    kinds_result._is_child: _text(f"{_TPS}|{_REGION}"),
}


def of_kind(kind: str) -> Schema:
    """Return the schema of the payload of a kind."""
    made = _of(KINDS[kind].fields)
    made["properties"]["kind"] = {"const": kind}
    made = {"$schema": DRAFT, "title": kind, **made}
    across = _ACROSS.get(kind, list)()
    return {**made, "allOf": across} if across else made


def _of(check: Any) -> Schema:
    if check in _NAMED:
        return dict(_NAMED[check])
    cells = _cells(check)
    if "item" in cells:
        return {
            "type": "array",
            "minItems": 1,
            "maxItems": cells["most"],
            "items": _of(cells["item"]),
        }
    if "checks" in cells:
        return {
            "type": "object",
            "properties": {name: _of_field(one) for name, one in sorted(cells["checks"].items())},
            "required": sorted(cells["needed"]),
            "additionalProperties": False,
        }
    if "least" in cells:
        return {"type": "integer", "minimum": cells["least"], "maximum": cells["most"]}
    if "known" in cells:
        return {"enum": sorted(cells["known"])}
    if "digits" in cells:
        return _text(f"[0-9a-f]{{{cells['digits']}}}")
    if "free" in cells:
        lookahead = _NO_EIGHT if cells["free"] else ""
        return _text(lookahead + _CHARACTERS, minLength=1, maxLength=cells["most"])
    return dict(_SPELLED[cells["is_spelled"]])


def _of_field(check: Any) -> Schema:
    return {} if check is shapes._known else _of(check)


def _cells(check: Any) -> dict[str, Any]:
    """The names and values that a check was made from."""
    names = check.__code__.co_freevars
    return dict(zip(names, (cell.cell_contents for cell in check.__closure__ or ()), strict=True))


# ---------------------------------------------------------------- across the fields of a kind


def _if(field: str, values: Schema, then: Schema, other: Schema | None = None) -> Schema:
    """`then` if the field is there and fits `values`, else `other`."""
    made = {"if": {"properties": {field: values}, "required": [field]}, "then": then}
    return {**made, "else": other} if other is not None else made


def _needs(*fields: str) -> Schema:
    return {"required": list(fields)}


def _without(*fields: str) -> Schema:
    return {"properties": dict.fromkeys(fields, False)}


def _exactly(field: str, values: Schema, *fields: str) -> Schema:
    """`fields` stand exactly if `field` fits `values`."""
    return _if(field, values, _needs(*fields), _without(*fields))


def _revised() -> list[Schema]:
    return [_exactly("revision", {"minimum": 2}, "previous")]


def _slot() -> list[Schema]:
    """A C form has its TPS; the region has the level of the form."""
    levels = [
        _if("form", {"const": form}, {"properties": {"region": _text(_CODES[level])}})
        for form, level in ((name, one.level) for name, one in model.FORMS.items())
        if level is not None
    ]
    return [_exactly("form", {"const": model.STATION_FORM}, "tps"), *levels]


def _election() -> list[Schema]:
    pair = {
        "if": _needs("empty_column"),
        "then": _without("names", "withdrawn"),
        "else": _needs("names"),
    }
    offices = [
        _if("office", {"const": office}, {"properties": {"region": _text(_CODES[level])}})
        for office, level in model.OFFICES.items()
    ]
    contest = {
        "properties": {
            "id": {"not": {"enum": sorted(model.RESERVED_CONTESTS)}},
            "pairs": {"items": pair},
        },
        "allOf": offices,
    }
    fields = {
        "election": {"not": {"enum": sorted(model.RESERVED_ELECTIONS)}},
        "policy": {"minProperties": 1},
        "contests": {"items": contest},
    }
    return [*_revised(), {"properties": fields}]


def _roster() -> list[Schema]:
    kelurahan = _text(_CODES["kelurahan"])
    stations = {**_needs("tps"), **_without("children")}
    return [
        *_revised(),
        _if("region", kelurahan, stations, {**_needs("children"), **_without("tps")}),
    ]


def _grant() -> list[Schema]:
    found = [_exactly("body", {"const": "saksi"}, "pair")]
    for body, one in model.BODIES.items():
        level = one.level
        person = {"properties": {"position": {"enum": list(one.positions)}}}
        fields: Schema = {"persons": {"items": person}}
        if level is not None:
            fields["region"] = _text(_CODES[level])
        then: Schema = {"properties": fields}
        if body == "kpps":
            then |= _needs("tps")
        elif level is not None:
            fields["tps"] = False
        else:  # an observer of one TPS: the region is its kelurahan
            in_kelurahan = {"properties": {"region": _text(_CODES["kelurahan"])}}
            then["dependentSchemas"] = {"tps": in_kelurahan}
        found.append(_if("body", {"const": body}, then))
    return found


def _form() -> list[Schema]:
    summary = {"const": model.SUMMARY}
    of_summaries = kinds_result._OF_SUMMARIES
    witness = {
        "if": {"properties": {"present": {"const": True}, "signed": {"const": False}}},
        "else": _without("reason"),
        "not": {"properties": {"present": {"const": False}, "signed": {"const": True}}},
    }
    return [
        *_slot(),
        _exactly("revision", {"minimum": 2}, "previous", "reason"),
        _exactly("form", summary, *of_summaries),
        _if("form", summary, _without("count", *kinds_result._NOT_OF_SUMMARIES), _needs("count")),
        _if("form", {"enum": list(model.SHEETS)}, {}, _without("children", "rows")),
        _if("form", {"const": "d_hasil_kecamatan"}, {}, _without("sheets")),
        {"dependentRequired": {"children": ["rows"], "rows": ["children"]}},
        {"properties": {"witnesses": {"items": witness}}},
    ]


def _answer() -> list[Schema]:
    return [*_slot(), {"anyOf": [_needs("explains"), _needs("accept")]}]


def _log() -> list[Schema]:
    return [
        _if("mode", {"const": mode}, {"properties": {"log": {"pattern": f"^[^/]+{path}$"}}})
        for mode, path in ((m, "/log" if m == "live" else f"/{m}/log") for m in model.MODES)
    ]


_ACROSS: Final[dict[str, Callable[[], list[Schema]]]] = {
    "log": _log,
    "election": _election,
    "roster": _roster,
    "grant": _grant,
    "form": _form,
    "objection": _slot,
    "answer": _answer,
}
