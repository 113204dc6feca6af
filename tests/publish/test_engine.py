"""The fast template engine against Jinja2 as it comes: the same bytes, the same refusals."""

from __future__ import annotations

import pytest
from jinja2 import DictLoader, Environment, UndefinedError
from jinja2.compiler import CodeGenerator
from markupsafe import Markup, escape
from tests.publish import samples

from rekap.publish import pages
from rekap.publish.engine import PageEnvironment
from rekap.publish.words import fill, html


class Plain(PageEnvironment):
    """Jinja2's own code and includes."""

    code_generator_class = CodeGenerator
    _parse = Environment._parse


def test_every_page_is_what_jinja_makes_of_its_template(monkeypatch):
    ours = {name: pages.render(twin) for name, twin in samples.all_pages()}
    monkeypatch.setattr(pages, "PageEnvironment", Plain)
    plain = pages.environment.__wrapped__(pages.INDONESIAN)
    monkeypatch.setattr(pages, "_template", lambda kind, _: plain.get_template(f"{kind}.html"))
    assert {name: pages.render(twin) for name, twin in samples.all_pages()} == ours


@pytest.mark.parametrize(
    "value",
    ["", "plain", "a & b", "<b>", "it's", '"', Markup("<b>"), 7, -7, True, None, ["<"], "é\u2026"],
)
def test_text_is_escaped_once(value):
    assert html(value) == str(escape(value))
    assert html(Markup(html(value))) == html(value)


def rendered(environment: type[Environment], **templates: str) -> str:
    made = environment(DictLoader(templates))
    return made.get_template("page").render(one={"items": "<i>"}, many=[1, 2])


@pytest.mark.parametrize(
    "templates",
    [
        {"page": "{% set x = 1 %}{% include 'part' %}{{ x }}", "part": "{% set x = 2 %}{{ x }}\n"},
        {"page": "{% for x in many %}{% include 'part' %}{% endfor %}", "part": "<{{ x }}>"},
        {"page": "{{ '<' ~ one.items }}{% set a %}<{{ one.items }}>{% endset %}{{ a }}"},
        {"page": "{% macro m(a, b=2) %}{{ a }}<{{ b }}>{% endmacro %}{{ m(1) }}{{ m('<', b=3) }}"},
        {"page": "{% if one.absent is defined %}1{% endif %}{{ one.items if many else '' }}"},
    ],
)  # fmt: skip
def test_a_template_says_the_same(templates):
    assert rendered(PageEnvironment, **templates) == rendered(Plain, **templates)


@pytest.mark.parametrize(
    "page", ["{{ one.absent }}", "{{ nobody }}", "{{ nobody.x }}", "{{ f() }}"]
)
def test_what_is_not_there_is_refused(page):
    with pytest.raises(UndefinedError):
        rendered(PageEnvironment, page=page)


def test_holes_are_filled_and_escaped():
    assert fill(Markup("<b>{a}</b> {b}{a}"), {"a": "<", "b": 1}) == "<b>&lt;</b> 1&lt;"
    with pytest.raises(KeyError):
        fill(Markup("{a}"), {"b": 1})
    assert isinstance(fill(Markup("{a}"), {"a": "x"}), Markup)
