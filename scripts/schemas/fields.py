"""What a type of a statement admits, as the tables of `docs/formats.md` write it.

`rows` walks a type and gives (path, needed, value) for every field below it. `written` makes the
tables behind the marks `<!-- fields KIND -->` again, `<!-- fields -->` for those of every kind; the
last column, what a field means, stays as a person wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from msgspec import inspect

from rekap.core.statements import kinds_people, kinds_result
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
_TABLE: Final = re.compile(r"(<!-- fields ?([a-z]*) -->\n)((?:\|.*\n)+)")

Row = tuple[str, str, str]


def kinds() -> dict[str, list[Row]]:
    """The rows of every kind of statement."""
    return {kind: list(of_kind(kind)) for kind in KINDS}


def own(kind: str) -> list[Row]:
    """The rows that a kind shares with no other."""
    return [row for row in kinds()[kind][OF_EVERY_KIND:] if row[0] not in OF_SEVERAL]


def several() -> list[tuple[str, str, str, str]]:
    """The rows that several kinds have, and the kinds that have each."""
    found: dict[Row, list[str]] = {}
    for kind, rows_of_it in kinds().items():
        for row in rows_of_it:
            if row[0] in OF_SEVERAL:
                found.setdefault(row, []).append(kind)
    ordered_rows = sorted(found, key=lambda row: OF_SEVERAL.index(row[0]))
    return [(*row, " ".join(f"`{kind}`" for kind in found[row])) for row in ordered_rows]


def written(text: str) -> str:
    """Return a document with its tables of fields made again."""
    return _TABLE.sub(lambda found: found[1] + _table(found[2], found[3]), text)


def _table(kind: str, old: str) -> str:
    made = own(kind) if kind else kinds()["close"]
    head, rule, *lines = old.splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    meanings = {row[0].strip("`"): row[3] for row in cells}
    told = [
        f"| `{path}` | {needed} | {value} | {meanings.get(path, '')}".rstrip() + " |"
        for path, needed, value in made
    ]
    return "\n".join([head, rule, *told]) + "\n"


def of_kind(kind: str) -> Iterator[Row]:
    """Yield the rows of a kind, what every statement has first."""
    info = inspect.type_info(KINDS[kind].type)
    yield "kind", "yes", "this kind"
    yield from rows(info, "", "")


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


def rows(info: inspect.Type, path: str, needed: str, *, flag: bool = False) -> Iterator[Row]:
    """Yield a row for the field itself (none for the payload), then those below it.

    `flag`: of a field that is `true` or absent.
    """
    if path:
        yield path, needed, "`true`" if flag else value(info)
    if isinstance(info, inspect.VarTupleType):
        yield from list(rows(info.item_type, f"{path}[]", "yes"))[1:]
    if isinstance(info, inspect.StructType) and info.cls not in SHARED:
        for field in ordered(info):
            name = f"{path}.{field.encode_name}" if path else field.encode_name
            is_flag = isinstance(field.type, inspect.BoolType) and not field.required
            yield from rows(field.type, name, "yes" if field.required else "no", flag=is_flag)
    if isinstance(info, inspect.Metadata) and isinstance(info.type, inspect.DictType):
        for word in (info.extra or {}).get("keys", ()):
            yield from rows(info.type.value_type, f"{path}.{word}", "no")


def value(info: inspect.Type) -> str:
    """What a field may hold, in the words of the document."""
    if isinstance(info, inspect.Metadata):
        return named(info.type, info.extra or {})
    if isinstance(info, inspect.VarTupleType):
        return f"list of 1…{info.max_length:,}: {value(info.item_type)}"
    if isinstance(info, inspect.TupleType):
        return "[" + ", ".join(map(value, info.item_types)) + "]"
    if isinstance(info, inspect.StructType):
        return SHARED.get(info.cls, "object")
    assert isinstance(info, inspect.BoolType)
    return "`true` or `false`"


def named(info: inspect.Type, extra: dict[str, Any]) -> str:
    """What a value that has a check of its own may be."""
    if "called" in extra:
        return str(extra["called"])
    if "words" in extra:
        return " ".join(f"`{word}`" for word in sorted(extra["words"]))
    if isinstance(info, inspect.IntType):
        return f"{info.ge}…{info.le:,}"
    assert isinstance(info, inspect.StrType)
    return f"{'text' if info.pattern else 'plain text'} of 1…{info.max_length}"
