"""Jinja2 as pages use it: strict, escaping, with the filters and functions that templates call."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator, Frame

from rekap.core.ledger import addresses
from rekap.core.ledger.addresses import LANGUAGES
from rekap.core.ledger.kinds import KINDS
from rekap.core.packaged import templates_folder
from rekap.core.pages.look import box, charts, drawings, verifier
from rekap.core.pages.tables import ladder, people, rows
from rekap.core.pages.words import apart, courts, headlines, numbers, remarks, sentences, spoken
from rekap.core.pages.words.words import Words, capital, html
from rekap.core.statements.regions import is_within

INDONESIAN, ENGLISH = LANGUAGES


class PageCode(CodeGenerator):
    """The code of our templates: same output, without work that they never need.

    What is put out is escaped into plain text, not into an object of its own, and functions are
    called as they are: none of ours asks for Jinja2's context.
    """

    def visit_Template(  # noqa: N802
        self, node: nodes.Template, frame: Frame | None = None
    ) -> None:
        """Bring our way to escape before all other names."""
        self.writeline(f"from {html.__module__} import html")
        super().visit_Template(node, frame)

    def visit_Call(  # noqa: N802
        self, node: nodes.Call, frame: Frame, forward_caller: bool = False
    ) -> None:
        """Write `function(arguments)`."""
        if node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in [*node.args, *node.kwargs]:
            self.visit(argument, frame)
            self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")

    def _output_child_pre(self, *_: Any) -> None:
        self.write("html(")


class PageEnvironment(Environment):
    """Jinja2 that reads `a.b` of a dict as its key only: a twin's `items` is never a method."""

    code_generator_class = PageCode

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return the key of a dict, else what Jinja2 finds; undefined names raise on use."""
        if type(obj) is dict:
            try:
                return obj[attribute]
            except KeyError:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


def other(language: str) -> str:
    """The language that a page links to."""
    return ENGLISH if language == INDONESIAN else INDONESIAN


@cache
def environment(language: str = INDONESIAN, place: str = spoken.USUAL) -> PageEnvironment:
    """The template engine of a language as a place says it, made once."""
    texts = spoken.words(language, place)
    made = engine(texts, lambda name: _source(texts, name))
    made.globals["other"] = spoken.words(other(language), place)
    made.globals["icon"] = made.get_template("parts/icons.html").module
    return made


def engine(texts: Words, source: Callable[[str], str | None]) -> PageEnvironment:
    """A template engine: strict, escaping, with our filters; `source` gives a template by name."""
    made = PageEnvironment(
        loader=FunctionLoader(source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.filters.update(_filters(texts))
    made.globals.update(_functions(texts))
    return made


@lru_cache(maxsize=256)
def template(kind: str, language: str, place: str) -> Template:
    """The template of a kind of page."""
    return environment(language, place).get_template(f"{kind}.html")


def _source(texts: Words, name: str) -> str | None:
    """A template's source with the sentences of a language put in."""
    path = templates_folder() / name
    return texts.expand(path.read_text("utf-8")) if path.is_file() else None


def _filters(texts: Words) -> dict[str, Callable[..., Any]]:
    return {
        "num": texts.numbers.thousands,
        "signed": texts.numbers.signed,
        "share": texts.numbers.share,
        "size": texts.numbers.size,
        "permille": texts.numbers.per_mille,
        "day": texts.numbers.day,
        "moment": texts.numbers.moment,
        "hour": texts.numbers.hour,
        "clock": texts.numbers.short,
        "blocks": numbers.blocks,
        "root": numbers.root_blocks,
        "key": numbers.short_key,
        "named": texts.name,
        "called": texts.called,
        "pair": texts.pair,
        "field": texts.field,
        "body": texts.body,
        "role": texts.role,
        "office": texts.office,
        "teller": texts.teller,
        "seat": texts.seat,
        "reason": lambda code: capital(texts.name(code, "void_reason")),
        "capital": capital,
        "pretty": _pretty,
        "at": _at,
    }


def _functions(texts: Words) -> dict[str, Any]:
    def bound(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *arguments: function(texts, *arguments)

    return {
        "out_of": texts.numbers.out_of,
        "place": texts.place,
        "level_with": apart.level_with,
        "region_state": bound(sentences.region_state),
        "region_alert": bound(sentences.region_alert),
        "no_certificate": bound(sentences.no_certificate),
        "station_state": bound(sentences.station_state),
        "station_alert": bound(sentences.station_alert),
        "station_note": bound(sentences.station_note),
        "finding": bound(remarks.finding),
        "notice": bound(remarks.notice),
        "rule_sentence": bound(remarks.sentence),
        "answer": bound(remarks.answer),
        "checks": bound(remarks.checks),
        "history": bound(remarks.history),
        "followed_by": bound(remarks.followed_by),
        "is_exception": remarks.is_exception,
        "badges": lambda pairs: rows.badges(pairs, texts("base.number")),
        "pair_names": bound(rows.pair_names),
        "crumbs": bound(rows.crumbs),
        "spot": bound(rows.spot),
        "ladder": bound(ladder.rungs),
        "ladder_fields": ladder.fields,
        "news_words": bound(box.news_words),
        "contests_of": headlines.contests,
        "blocks_shown": headlines.BLOCKS,
        "head_source": headlines.head_source,
        "own_source": headlines.own_source,
        "source_of": headlines.source,
        "contest_title": bound(headlines.title),
        "contest_state": bound(headlines.state),
        "contest_said": bound(headlines.said),
        "contest_alert": bound(headlines.alert),
        "is_reserved": courts.is_reserved,
        "ruling_places": bound(courts.places),
        "ruled": bound(courts.ruled),
        "ruling_received": bound(courts.received),
        "followed": bound(courts.followed),
        "follows": bound(courts.follows),
        "pair_notes": bound(courts.notes),
        "rows": rows,
        "people": people,
        "drawings": drawings,
        "charts": charts,
        "statement_part": _statement_part,
        "page_of": _page_of,
        "entry_of": _entry_of,
        "feeds": _feeds,
        "languages": LANGUAGES,
        "verifier_digest": lambda: verifier.digest(templates_folder()),
        "verifier_file": lambda: verifier.path(templates_folder(), "html"),
    }


def _page_of(twin: Mapping[str, Any], code: str, tps: str | None = None) -> str | None:
    """The page of a place of which a statement that took effect speaks, in its contest; None where
    nobody asked whether there is such a place, or the contest is not held there.
    """
    contest = twin["contest"]
    if twin["effect"] is None or contest is None or not is_within(code, contest["region"]):
        return None
    return addresses.place(twin["election"]["id"], contest["id"], contest["region"], code, tps)


def _entry_of(twin: Mapping[str, Any], named: str) -> int | None:
    """The entry of a statement that another names; None of one that is not known."""
    return next((one["index"] for one in twin["named"] if one["id"] == named), None)


def _statement_part(twin: Mapping[str, Any]) -> str:
    """The template of what a statement says; what is not known is shown as text."""
    known = twin["kind"] is not None and twin["payload"]
    return f"kinds/{KINDS[twin['kind']].page if known else 'unknown.html'}"


def _feeds(twin: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The feeds that a page offers, for readers that look for them in its head."""
    if twin["page"] == "election":
        return [{"label": "corrections", "address": f"{twin['address']}data/corrections.atom"}]
    return [one for one in twin.get("downloads", ()) if one["address"].endswith(".atom")]


def _at(mapping: Mapping[str, Any] | None, key: str) -> Any:
    return None if mapping is None else mapping.get(key)


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
