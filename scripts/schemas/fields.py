"""What a type of a statement admits, as the tables of `docs/formats.md` write it.

`rows` walks a type and gives (name, value) for every field below it; what may be absent has a name
that ends with `?`. `written` makes the tables behind the marks `<!-- fields KIND -->` again, and
`<!-- fields -->`, those of every kind; what a field means stays as a person wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from msgspec import inspect

from rekap.core.statements import kinds_people, kinds_result, model
from rekap.core.statements.kinds import KINDS

SHARED: Final[dict[type, str]] = {
    kinds_people.Key: "key",
    kinds_people.KeySet: "k of keys",
    kinds_result.Explanation: "explanation",
}
"""Objects that several kinds hold, and that the document writes once."""

OF_EVERY_KIND: Final = 3
"""Rows that every kind has first: kind, log, at."""
OF_SEVERAL: Final = ("election", "contest", "form", "revision", "previous")
"""Fields that are the same wherever they stand: one table has them, with their kinds."""
OF_A_SLOT: Final = ("region", "tps")
"""Likewise, in kinds about a slot."""
OF_A_SIDE: Final = ("pair", "organisation")
"""Likewise, in kinds that a witness of a pair or an observer may say."""
_TABLE: Final = re.compile(r"(<!-- fields ?([a-z]*) -->\n)((?:\|.*\n)+)")

_SHORT: Final = {
    "object": "{}",
    "region code": "region",
    "region code or `id`": "region or `id`",
    "TPS number": "TPS",
    "TPS number or region code": "TPS or region",
    "id without eight digits in a row": "bare id",
}
"""What a check calls its values, as the tables write it: their values have a row each."""

Row = tuple[str, str]


def kinds() -> dict[str, list[Row]]:
    """The rows of every kind of statement."""
    return {kind: list(of_kind(kind)) for kind in KINDS}


def own(kind: str) -> list[Row]:
    """The rows that a kind shares with no other."""
    rows_of_it = kinds()[kind][OF_EVERY_KIND:]
    return [row for row in rows_of_it if bare(row) not in shared(kind, rows_of_it)]


def shared(kind: str, rows_of_it: list[Row]) -> tuple[str, ...]:
    """The fields of a kind that stand in the table of several kinds, in its order."""
    of_a_slot = OF_A_SLOT if KINDS[kind].about == "slot" else ()
    of_a_side = OF_A_SIDE if "organisation" in map(bare, rows_of_it) else ()
    return (*OF_SEVERAL, *of_a_slot, *of_a_side)


def several() -> dict[Row, list[str]]:
    """The rows that several kinds have, each with these kinds."""
    found: dict[Row, list[str]] = {}
    for kind, rows_of_it in kinds().items():
        for row in rows_of_it:
            if bare(row) in shared(kind, rows_of_it):
                found.setdefault(row, []).append(kind)
    return found


def bare(row: Row) -> str:
    """The name of a row's field."""
    return row[0].strip("`?")


def written(text: str) -> str:
    """Return a document with its tables of fields made again."""
    return _TABLE.sub(lambda found: found[1] + _table(found[2], found[3]), text)


def _table(kind: str, old: str) -> str:
    made = own(kind) if kind else kinds()["close"]
    head, rule, *lines = old.splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    meanings = {row[0].strip("`?"): row[2] for row in cells}
    told = [
        f"| {row[0]} | {row[1]} | {meanings.get(bare(row), '')}".rstrip() + " |" for row in made
    ]
    return "\n".join([head, rule, *told]) + "\n"


def of_kind(kind: str) -> Iterator[Row]:
    """Yield the rows of a kind, what every statement has first."""
    info = inspect.type_info(KINDS[kind].type)
    yield "`kind`", "this kind"
    yield from rows(info, "")


def names(struct: type) -> list[str]:
    """The fields of an object in the order of its type, those of its base first."""
    return [field.encode_name for field in ordered(_struct(struct))]


def _struct(struct: type) -> inspect.StructType:
    info = inspect.type_info(struct)
    if not isinstance(info, inspect.StructType):
        raise TypeError(f"{struct} is no object")
    return info


def ordered(info: inspect.StructType) -> list[inspect.Field]:
    """Fields in the order of the document: those that are needed, the base's own first."""
    bases = reversed(info.cls.__mro__)
    places = {name: at for at, name in enumerate(
        name for base in bases for name in vars(base).get("__annotations__", ())
    )}  # fmt: skip
    return sorted(info.fields, key=lambda field: (not field.required, places[field.name]))


def rows(
    info: inspect.Type, path: str, *, needed: bool = True, flag: bool = False
) -> Iterator[Row]:
    """Yield a row for the field itself (none for the payload), then those below it.

    `flag`: of a field that is `true` or absent.
    """
    if path:
        yield f"`{path}`{'' if needed else '?'}", "`true`" if flag else value(info)
    if isinstance(info, inspect.VarTupleType):
        yield from list(rows(info.item_type, f"{path}[]"))[1:]
    if isinstance(info, inspect.StructType) and info.cls not in SHARED:
        for field in ordered(info):
            name = f"{path}.{field.encode_name}" if path else field.encode_name
            is_flag = isinstance(field.type, inspect.BoolType) and not field.required
            yield from rows(field.type, name, needed=field.required, flag=is_flag)
    if (
        isinstance(info, inspect.Metadata)
        and isinstance(info.type, inspect.DictType)
        and "keys" in (info.extra or {})
    ):
        yield from rows(info.type.value_type, f"{path}.NAME", needed=False)


def value(info: inspect.Type) -> str:
    """What a field may hold, in the words of the document."""
    if isinstance(info, inspect.Metadata):
        return named(info.type, info.extra or {})
    if isinstance(info, inspect.VarTupleType):
        return f"[1…{info.max_length:,}] {value(info.item_type)}"
    if isinstance(info, inspect.TupleType):
        return "[" + ", ".join(map(value, info.item_types)) + "]"
    if isinstance(info, inspect.StructType):
        return SHARED.get(info.cls, "{}")
    assert isinstance(info, inspect.BoolType)
    return "boolean"


def named(info: inspect.Type, extra: dict[str, Any]) -> str:
    """What a value that has a check of its own may be."""
    if "called" in extra:
        return _short(str(extra["called"]))
    if set(extra.get("words", ())) == set(model.FORMS):
        return "form"
    if "words" in extra:
        return " ".join(f"`{word}`" for word in sorted(extra["words"]))
    if isinstance(info, inspect.IntType):
        return f"{info.ge}…{info.le:,}"
    assert isinstance(info, inspect.StrType)
    return f"{'text' if info.pattern else 'plain'} {info.max_length}"


def _short(called: str) -> str:
    if digits := re.fullmatch("([0-9]+) hex digits", called):
        return f"hex {digits[1]}"
    return _SHORT.get(called, called)
