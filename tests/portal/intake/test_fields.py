"""Every field of every kind, wrong, missing or invented, through the whole of submit: 422.

Row 4 of the threat table: an envelope or payload with an extra field is never half understood.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from tests.portal.intake.office import Office
from tests.portal.intake.statements import examples
from tests.portal.intake.world import World, sign

WORLD = World.begun()
NAMES = tuple(examples(WORLD))
WRONG = {"type", "time", "id", "hex", "base64"}
Path = tuple[str | int, ...]


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every member, of the figures and rows only the first."""
    items: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
        if path in (("figures",), ("rows",)):
            items = items[:1]
    elif isinstance(value, list):
        items = list(enumerate(value))[:1]
    for name, item in items:
        yield (*path, name)
        yield from paths(item, (*path, name))


def at(value: Any, path: Path) -> Any:
    for name in path:
        value = value[name]
    return value


def dotted(path: Path) -> str:
    return ".".join(map(str, path))


def refuse(name: str, fields: dict[str, Any]) -> list[tuple[str, str]]:
    """Send it signed by the right persons; return the errors of a 422 after checking the rest."""
    office = Office(WORLD)
    answer = office.send(sign(fields, *examples(WORLD)[name][1]))
    assert answer.status == 422, (name, answer.body)
    assert office.records.pending_count() == 0
    return answer.errors


@pytest.mark.parametrize("name", NAMES)
def test_every_field_with_a_value_of_another_type(name: str) -> None:
    fields = examples(WORLD)[name][0]
    for path in paths(fields):
        changed = copy.deepcopy(fields)
        wrong: Any = {} if isinstance(at(fields, path), str | int) else "text"
        at(changed, path[:-1])[path[-1]] = wrong
        errors = refuse(name, changed)
        if path == ("kind",):
            assert errors == [("kind", "kind")]
        else:
            assert any(
                code in WRONG and field in (dotted(path), dotted(path[:-1]))
                for code, field in errors
            ), (
                path,
                errors,
            )


@pytest.mark.parametrize("name", NAMES)
def test_every_object_with_an_unknown_field(name: str) -> None:
    fields = examples(WORLD)[name][0]
    for path in [(), *paths(fields)]:
        if isinstance(at(fields, path), dict):
            changed = copy.deepcopy(fields)
            at(changed, path)["zzz"] = 1
            assert ("unknown-field", dotted((*path, "zzz"))) in refuse(name, changed)


REQUIRED = {
    "log": "log at mode log_key receipt_key operators rp_id policy",
    "publication": "log at release",
    "uploaders": "log at origins",
    "app": "log at files",
    "withhold": "log at digest revision state basis",
    "clock": "log at",
    "close": "log at",
    "election": "log at election name date timezone contests roots revision previous",
    "roster": "log at election region children revision previous",
    "roster of stations": "log at election region tps revision",
    "grant": "log at election body region tps persons",
    "grant of a witness": "log at election body region pair persons",
    "revoke": "log at election keyid reason",
    "form": "log at election contest form region tps revision previous reason count figures",
    "form of a kecamatan": "log at election contest form region revision count figures rows "
    "children sheets",
    "determination": "log at election contest region revision number basis announced_at",
    "elected": "log at election contest region revision number announced_at",
    "ruling": "log at election contest region revision court number state date",
    "objection": "log at election contest form region tps body number code pair",
    "event": "log at election contest form region tps body number code",
    "answer": "log at election contest form region tps",
    "copy": "log at election contest region tps body count figures",
    "readiness": "log at election region tps step boxes seals_whole seals_broken",
    "pictures": "log at election contest form region tps pages",
    "recommendation": "log at election contest body region number to type ground places revision",
    "response": "log at election contest body region to outcome revision",
}


@pytest.mark.parametrize("name", NAMES)
def test_every_required_field_missing(name: str) -> None:
    fields = examples(WORLD)[name][0]
    assert set(REQUIRED[name].split()) <= fields.keys()
    for missing in REQUIRED[name].split():
        changed = {key: value for key, value in fields.items() if key != missing}
        found = refuse(name, changed)
        assert any(code == "missing-field" and field == missing for code, field in found), missing
    without_kind = {key: value for key, value in fields.items() if key != "kind"}
    assert refuse(name, without_kind) == [("kind", "kind")]


@pytest.mark.parametrize("name", NAMES)
def test_every_list_empty(name: str) -> None:
    fields = examples(WORLD)[name][0]
    for path in paths(fields):
        if isinstance(at(fields, path), list):
            changed = copy.deepcopy(fields)
            at(changed, path[:-1])[path[-1]] = []
            found = refuse(name, changed)
            codes = {code for code, field in found if field == dotted(path)}
            assert codes & {"empty", "columns"}, (path, found)


def test_the_examples_show_every_kind() -> None:
    from rekap.core.statements.kinds import KINDS

    assert {fields["kind"] for fields, _ in examples(WORLD).values()} == set(KINDS)
