"""The engine of the pages writes what Jinja2 alone would write, with less work."""

from __future__ import annotations

from typing import Any, Final

import pytest
from jinja2 import Environment, StrictUndefined, UndefinedError
from markupsafe import Markup

from rekap.core.pages import engine

PIECES: Final = (
    "{{ text }} {{ ours }} {{ number }} {{ flag }} {{ nothing }} {{ listed }} {{ decimal }}",
    "{{ text ~ ours }} {{ (text ~ text)|upper }} {{ [text, ours]|join(', ') }} {{ '<' }}",
    "{{ called(text) }} {{ called(ours, twice=true) }} {{ called(**{'value': text}) }}",
    "{{ called(*[text, true]) }} {{ made() }} {{ made()|length }}",
    "{% macro one(a, b='&') %}{{ a }}{{ b }}{% endmacro %}"
    "{{ one(text) }} {{ one(text, b=ours)|length }}",
    "{% macro two(a) %}{{ a }}{{ caller() }}{% endmacro %}"
    "{% call two(a='<') %}{{ text }}{% endcall %}",
    "{% for one in listed %}{{ loop.index }}{{ loop.cycle('a', 'b<') }}{{ one }}{% endfor %}",
    "{% set kept %}{{ text }}{% endset %}{{ kept }}{{ kept|length }}{{ listed.count('<b>') }}",
    "{% for one in listed recursive %}{{ one }}{{ loop([]) }}{% endfor %}",
)
GIVEN: Final[dict[str, Any]] = {
    "text": "a & \"b\" <c> 'd'", "ours": Markup("<b>&amp;</b>"), "number": -1234567,
    "flag": True, "nothing": None, "listed": ["<b>", Markup("<i>")], "decimal": 1.5,
}  # fmt: skip


def _called(value: str, twice: bool = False) -> str:
    return value + value if twice else value


FUNCTIONS: Final = {"called": _called, "made": lambda: Markup("<u>")}


@pytest.mark.parametrize("piece", PIECES)
def test_every_value_is_written_as_jinja2_alone_writes_it(piece: str) -> None:
    made = [
        kind(autoescape=True, undefined=StrictUndefined)
        for kind in (engine.PageEnvironment, Environment)
    ]
    ours, theirs = (one.from_string(piece).render(**GIVEN, **FUNCTIONS) for one in made)
    assert ours == theirs
    assert "&lt;" in ours or "<u>" in ours


@pytest.mark.parametrize("piece", ["{{ lacks }}", "{{ lacks() }}", "{{ given.lacks }}"])
def test_what_is_lacking_is_never_written_as_nothing(piece: str) -> None:
    environment = engine.PageEnvironment(autoescape=True, undefined=StrictUndefined)
    with pytest.raises(UndefinedError):
        environment.from_string(piece).render(given={})
