"""The template holds every rule, and no bad template does."""

from __future__ import annotations

import copy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.infra.document import PATH, Document, read
from tests.infra.mutations import MUTATIONS
from tests.infra.rules import faults, is_faulty

DOCUMENT = read()


def test_the_template_holds_every_rule() -> None:
    assert list(faults(DOCUMENT)) == []


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_bad_template_is_named(name: str) -> None:
    changed = copy.deepcopy(DOCUMENT)
    MUTATIONS[name](changed)
    assert changed != DOCUMENT, "the mutation does nothing"
    assert is_faulty(changed), name


HARMLESS = ("Description", "Comment", "AlarmDescription", "AssertDescription", "Sid", "Budget")
"""Words for people: another word is no fault, though a missing one is."""
NEEDLESS = {
    ("Resources", name, "Metadata"): "cfn-lint complains without it" for name in ("Front", "Gate")
}
"""What may be left out, and who notices."""

Place = tuple[Any, ...]


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Yield the place of everything in the document: each key of a mapping, each item of a list."""
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, item in items:
        yield (*at, key)
        yield from places(item, (*at, key))


def is_leaf(value: Any) -> bool:
    return not isinstance(value, dict | list)


def put(document: Document, place: Place, act: Any) -> Document:
    """Return a copy with `act(holder, key)` done at a place."""
    *way, last = place
    copied = dict(document)
    at: Any = copied
    for step in way:
        at[step] = copy.copy(at[step])
        at = at[step]
    act(at, last)
    return copied


def remove(holder: Any, key: Any) -> None:
    del holder[key]


def other(value: Any) -> list[Any]:
    """Return values that a scalar could be changed to."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value * 1000 + 1, -1]
    return [wrong for wrong in ("*", f"{value}x", "") if wrong != value]


PLACES = list(places(DOCUMENT))
PARTS = 8


def value_at(place: Place) -> Any:
    at: Any = DOCUMENT
    for step in place:
        at = at[step]
    return at


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_can_be_left_out(part: int) -> None:
    """Every key and every item of the document, removed, is missed by some rule."""
    silent = [
        place
        for place in PLACES[part::PARTS]
        if place not in NEEDLESS and not is_faulty(put(DOCUMENT, place, remove))
    ]
    assert silent == []


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_can_be_changed(part: int) -> None:
    """Every scalar but words for people, changed, is noticed by some rule."""
    silent = []
    for place in PLACES[part::PARTS]:
        value = value_at(place)
        if not is_leaf(value) or any(step in HARMLESS for step in place):
            continue
        for wrong in other(value):
            changed = put(DOCUMENT, place, lambda at, key, wrong=wrong: at.__setitem__(key, wrong))
            if not is_faulty(changed):
                silent.append((place, wrong))
    assert silent == []


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_can_be_added(part: int) -> None:
    """A stranger's key in any mapping, a stranger's item in any list, is noticed by some rule."""

    def grow(at: Any, key: Any) -> None:
        held = at[key]
        at[key] = [*held, "Planted"] if isinstance(held, list) else {**held, "Planted": "x"}

    silent = [
        place
        for place in PLACES[part::PARTS]
        if not is_leaf(value_at(place)) and not is_faulty(put(DOCUMENT, place, grow))
    ]
    assert silent == []


def test_cfn_lint_finds_nothing() -> None:
    program = str(Path(sys.executable).with_name("cfn-lint"))
    done = subprocess.run([program, str(PATH)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
