"""JSON Schemas of statements, from their types in `rekap.core.statements`.

`of_kind` walks the type of a kind; what a kind demands across its fields is added here, and a test
holds schema and check against each other on disturbed payloads.

A schema says less than the check: sorted lists, sums, keys and real dates are beyond it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec import inspect

from rekap.core import codec
from rekap.core.statements import kinds_result, model
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
_NO_EIGHT: Final = "(?!.*[0-9]{8})"
_FIGURE: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": codec.MAX_INTEGER}
FIGURE_NAMES: Final[Schema] = {
    "anyOf": [{"enum": list(model.FIELDS)}, {"pattern": "^pair_(?:[1-9]|[1-9][0-9])$"}]
}
_FORMATS: Final = {"time": "date-time", "date": "date"}
"""Name of a value -> the format that says more than its pattern."""
_MAPS: Final[dict[str, Schema]] = {
    "figure": FIGURE_NAMES,
    "figures": {
        "type": "object",
        "minProperties": 1,
        "propertyNames": FIGURE_NAMES,
        "additionalProperties": _FIGURE,
    },
    "rows": {
        "type": "object",
        "propertyNames": FIGURE_NAMES,
        "additionalProperties": {
            "type": "array",
            "maxItems": model.COLUMNS_MAX,
            "items": {**_FIGURE, "type": ["integer", "null"]},
        },
    },
}


def _text(pattern: str, **more: Any) -> Schema:
    return {"type": "string", "pattern": f"^(?:{pattern})$", **more}


def of_kind(kind: str) -> Schema:
    """Return the schema of the payload of a kind."""
    made = _of(inspect.type_info(KINDS[kind].type))
    made["properties"]["kind"] = {"const": kind}
    made = {"$schema": DRAFT, "title": kind, **made}
    across = _ACROSS.get(kind, list)()
    return {**made, "allOf": across} if across else made


def _of(info: inspect.Type) -> Schema:
    if isinstance(info, inspect.Metadata):
        return _named(info.type, info.extra or {})
    if isinstance(info, inspect.StructType):
        fields = {field.encode_name: field for field in info.fields}
        needed = [name for name, field in fields.items() if field.required]
        names = [*fields, *([info.tag_field] if info.tag_field else [])]
        return {
            "type": "object",
            "properties": {
                name: _of_field(fields[name]) if name in fields else {} for name in sorted(names)
            },
            "required": sorted(needed + [name for name in names if name not in fields]),
            "additionalProperties": False,
        }
    if isinstance(info, inspect.VarTupleType):
        return {
            "type": "array",
            "minItems": info.min_length,
            "maxItems": info.max_length,
            "items": _of(info.item_type),
        }
    if isinstance(info, inspect.TupleType):
        items = [_of(item) for item in info.item_types]
        return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}
    return {"type": "boolean"}


def _of_field(field: inspect.Field) -> Schema:
    flag = isinstance(field.type, inspect.BoolType) and not field.required
    return {"const": True} if flag else _of(field.type)


def _named(info: inspect.Type, extra: dict[str, Any]) -> Schema:
    """The schema of a value that has a check of its own."""
    called = extra.get("called", "")
    if called in _MAPS:
        return dict(_MAPS[called])
    if isinstance(info, inspect.DictType):
        return {
            "type": "object",
            "properties": {name: _of(info.value_type) for name in sorted(extra["keys"])},
            "required": [],
            "additionalProperties": False,
        }
    if called == "columns":
        return {**_of(info), "uniqueItems": True}
    if isinstance(info, inspect.IntType):
        return {"type": "integer", "minimum": info.ge, "maximum": info.le}
    if "words" in extra:
        return {"enum": sorted(extra["words"])}
    if not isinstance(info, inspect.StrType):
        raise TypeError(f"no schema of {info}")
    if info.max_length is not None:
        lookahead = _NO_EIGHT if info.pattern else ""
        bounds = {"minLength": info.min_length, "maxLength": info.max_length}
        return _text(lookahead + _CHARACTERS, **bounds)
    more = {"format": _FORMATS[called]} if called in _FORMATS else {}
    return {"type": "string", "pattern": info.pattern, **more}


# ---------------------------------------------------------------- across the fields of a kind


def _if(field: str, values: Schema, then: Schema, other: Schema | None = None) -> Schema:
    """`then` if the field is there and fits `values`, else `other`."""
    made = {"if": {"properties": {field: values}, "required": [field]}, "then": then}
    return {**made, "else": other} if other is not None else made


def _needs(*fields: str) -> Schema:
    return {"required": list(fields)}


def _without(*fields: str) -> Schema:
    return {"properties": dict.fromkeys(fields, False)}


def _free(reserved: frozenset[str]) -> Schema:
    return {"not": {"anyOf": [{"enum": sorted(reserved)}, {"pattern": model.FILE_NAME}]}}


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
        "then": _without("names", "notes"),
        "else": {
            **_needs("names"),
            "if": {"properties": {"names": {"maxItems": 1}}},
            "then": {"properties": {"notes": {"items": {"properties": {"who": {"const": 1}}}}}},
        },
    }
    offices = [
        _if("office", {"const": office}, {"properties": {"region": _text(_CODES[level])}})
        for office, level in model.OFFICES.items()
    ]
    contest = {
        "properties": {
            "id": _free(model.RESERVED_CONTESTS),
            "pairs": {"items": pair},
        },
        "allOf": offices,
    }
    fields = {
        "election": _free(model.RESERVED_ELECTIONS),
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
    found = [
        _exactly("body", {"const": "saksi"}, "pair"),
        _exactly("body", {"const": "pemantau"}, "organisation"),
    ]
    for body, one in model.BODIES.items():
        level = one.level
        person = {"properties": {"position": {"enum": list(one.positions)}}}
        fields: Schema = {"persons": {"items": person}}
        if level is not None:
            fields["region"] = _text(_CODES[level])
        then: Schema = {"properties": fields}
        if one.of_tps:
            then |= _needs("tps")
        elif level is not None:
            fields["tps"] = False
        else:  # an observer of one TPS: the region is its kelurahan
            in_kelurahan = {"properties": {"region": _text(_CODES["kelurahan"])}}
            then["dependentSchemas"] = {"tps": in_kelurahan}
        found.append(_if("body", {"const": body}, then))
    return found


def _seats(bodies: tuple[str, ...]) -> list[Schema]:
    """The region has the level of the body; a body of one TPS names it, no other does."""
    found = []
    for body in bodies:
        one = model.BODIES[body]
        where = {"properties": {"region": _text(_CODES[one.level or ""])}}
        tps = _needs("tps") if one.of_tps else _without("tps")
        found += [_if("body", {"const": body}, where), _if("body", {"const": body}, tps)]
    return found


def _recommendation() -> list[Schema]:
    advice = {"const": model.ADVICE}
    kelurahan = {"properties": {"region": _text(_CODES["kelurahan"])}}
    place = {"dependentSchemas": {"tps": kelurahan}}
    who, others = (
        {"properties": {"body": {"enum": list(bodies)}}}
        for bodies in (model.ADVISERS, model.RECOMMENDERS)
    )
    return [
        *_revised(), *_seats(model.SUPERVISORS), _if("type", advice, who, others),
        {"properties": {"to": {"allOf": _seats(model.ADDRESSED)}, "places": {"items": place}}},
    ]  # fmt: skip


def _response() -> list[Schema]:
    return [
        *_revised(),
        *_seats(model.ADDRESSED),
        _exactly("outcome", {"const": "not-done"}, "reason"),
        _exactly("outcome", {"const": "scheduled"}, "date"),
        _if("outcome", {"const": "done"}, {}, _without("paper")),
    ]


def _copy() -> list[Schema]:
    return [
        {"properties": {"region": _text(_CODES["kelurahan"])}},
        _exactly("body", {"const": "saksi"}, "pair"),
        _exactly("body", {"const": "pemantau"}, "organisation", "source"),
    ]


def _readiness() -> list[Schema]:
    returned = {"const": "returned"}
    of_ballots = _if("item", {"const": model.BALLOTS}, _needs("contest"), _without("contest"))
    return [
        {"properties": {"region": _text(_CODES["kelurahan"]), "lacks": {"items": of_ballots}}},
        _exactly("step", returned, "boxes", "seals_whole", "seals_broken"),
        _if("step", returned, _without("ballots", "items", "lacks"), _needs("ballots")),
    ]


def _withhold() -> list[Schema]:
    return [*_revised(), _exactly("state", {"const": model.WITHHELD}, "reason")]


def _pictures() -> list[Schema]:
    return [
        *_slot(),
        {"properties": {"form": {"enum": [n for n, f in model.FORMS.items() if f.body]}}},
    ]


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
        _if("form", {"const": model.STATION_FORM}, {}, _without("attended")),
        _if("form", {"enum": list(model.SHEETS)}, {}, _without("children", "rows")),
        _if("form", {"const": "d_hasil_kecamatan"}, {}, _without("sheets")),
        {
            "dependentRequired": {
                "children": ["rows"],
                "rows": ["children"],
                "because": ["corrections", "rows"],
                "corrections": ["because", "rows"],
            }
        },
        {"properties": {"attended": {"minProperties": 1}}},
        {"properties": {"because": {"items": {"properties": {"initials": {"minProperties": 1}}}}}},
        {"properties": {"witnesses": {"items": witness}}},
    ]


def _answer() -> list[Schema]:
    return [
        *_slot(),
        {"anyOf": [_needs(name) for name in ("explains", "accept", "to")]},
        {"dependentRequired": {"to": ["outcome"], "outcome": ["to"]}},
        _if("outcome", {"const": "withdrawn"}, _without("explains", "accept")),
    ]


def _objection() -> list[Schema]:
    return [
        *_slot(),
        _exactly("body", {"const": "saksi"}, "pair"),
        _exactly("body", {"const": "pemantau"}, "organisation"),
        _if("code", {"const": "figures"}, {}, _without("claims")),
    ]


def _event() -> list[Schema]:
    meets = {"enum": list(model.MEETINGS)}
    found = [*_slot(), _if("code", meets, _needs("time"))]
    for name, form in model.FORMS.items():
        own = [form.body] if form.body else []
        tells = {"properties": {"body": {"enum": [*own, *model.SUPERVISORS]}}}
        holds = {"properties": {"body": {"enum": own}}} if own else {"not": {}}
        found.append(_if("form", {"const": name}, {**tells, **_if("code", meets, holds)}))
    return found


def _elected() -> list[Schema]:
    return [*_revised(), {"oneOf": [_needs("pair"), _needs("none")]}]


def _ruling() -> list[Schema]:
    only_granted = _if("state", {"enum": list(model.GRANTS)}, {}, _without("annuls", "orders"))
    return [
        *_revised(),
        only_granted,
        _if("state", {"const": "mistaken"}, {"required": ["previous"]}),
    ]


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
    "determination": _revised,
    "elected": _elected,
    "ruling": _ruling,
    "objection": _objection,
    "event": _event,
    "answer": _answer,
    "recommendation": _recommendation,
    "response": _response,
    "copy": _copy,
    "readiness": _readiness,
    "pictures": _pictures,
    "withhold": _withhold,
}
