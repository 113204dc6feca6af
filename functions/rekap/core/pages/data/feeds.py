"""Atom feeds (RFC 4287): what is new in a region, and corrections only.

    {election}/{contest}/…/feed.atom            the region and all below it, down to a kecamatan
    {election}/{contest}/corrections.atom       of the contest
    {election}/data/corrections.atom            of the election; bulk data

The first two are files of a region's page and have its as_of. `updated` is the hour of the
entry; where the log has none, what the statement itself says (`at`). The order is that of the log.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from rekap.core.ledger import addresses, clocks, feeds
from rekap.core.ledger.state import Record
from rekap.core.packaged import templates_folder
from rekap.core.pages.data import codebook
from rekap.core.pages.twins.context import Context, common
from rekap.core.pages.twins.feed_addresses import CORRECTIONS, paths
from rekap.core.pages.words import remarks, spoken
from rekap.core.statements import model

Item = dict[str, Any]


def of_region(ctx: Context, election: Record, contest: Record, code: str) -> dict[str, bytes]:
    """Return the feeds of `paths` with their bytes."""
    start = f"{election['id']}/{contest['id']}"
    place = ctx.name(election["id"], code)
    made = {}
    for path in paths(election, contest, code):
        kind = path.rpartition("/")[2].removesuffix(".atom")
        items = _items(ctx, f"{start}/{code if kind == 'feed' else feeds.CORRECTIONS}")
        made[path] = _feed(ctx, election, path, kind, place, items)
    return made


def of_election(ctx: Context, election: Record) -> bytes:
    """Return the newest corrections of all contests."""
    path = addresses.data(election["id"]) + CORRECTIONS
    items = [
        item
        for contest in election["contests"]
        for item in _items(ctx, f"{election['id']}/{contest['id']}/{feeds.CORRECTIONS}")
    ]
    newest = sorted(items, key=lambda item: -int(item["index"]))[: feeds.NEWEST]
    return _feed(ctx, election, path, "corrections", election["name"]["id"], newest)


def _items(ctx: Context, key: str) -> list[Item]:
    """Return the items of a feed, newest first."""
    record = ctx.state.feeds.get(key) or {"new": []}
    return [dict(zip(feeds.FIELDS, item, strict=True)) for item in reversed(record["new"])]


@lru_cache(maxsize=1)
def _texts() -> dict[str, Any]:
    return tomllib.loads((templates_folder() / "data" / "feed.toml").read_text("utf-8"))


def _feed(
    ctx: Context, election: Record, path: str, kind: str, place: str, items: Iterable[Item]
) -> bytes:
    """Return the bytes of a feed at `path`, `kind` feed or corrections, newest item first."""
    log = ctx.log or {}
    base = f"https://{str(log.get('log')).removesuffix('log')}"
    mark = _mark(ctx, election)
    items = list(items)
    offset = model.TIMEZONES[election["timezone"]]
    updated = _updated(items[0], offset) if items else f"{election['date']}T00:00:00{offset}"
    title = _texts()["title"][kind]["id"].format(place=place)
    up = "../" * path.count("/")
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="id">',
        f"<id>{escape(base + path)}</id>",
        f"<title>{escape(mark + title)}</title>",
        f"<updated>{updated}</updated>",
        f"<author><name>{escape(str(log.get('log')))}</name></author>",
        f'<link rel="self" href={quoteattr(path.rpartition("/")[2])}/>',
        '<link rel="alternate" type="text/html" href="index.html"/>' if kind == "feed" else "",
        *(line for item in items for line in _entry(item, base, up, mark, offset)),
        "</feed>",
    ]
    return "".join(f"{line}\n" for line in lines if line).encode()


def _mark(ctx: Context, election: Record) -> str:
    """What a title begins with where figures could be taken for a live result."""
    twin = common(ctx, "", addresses.election(election["id"]), election)
    name = "simulated" if twin["simulated"] else twin["mode"]
    text = _texts()["mode"].get(name)
    return f"{text}: " if text else ""


def _updated(item: Item, zone: str) -> str:
    hour = item["hour"]
    return str(item["at"]) if hour is None else clocks.words(hour, zone)


def _entry(item: Item, base: str, up: str, mark: str, zone: str) -> Iterator[str]:
    page = addresses.statement(item["index"])
    titles = {language: _title(item, language) for language in addresses.LANGUAGES}
    notes = {language: _note(item, language) for language in addresses.LANGUAGES}
    yield "<entry>"
    yield f"<id>{escape(base + page)}</id>"
    yield f"<title>{escape(mark + titles['id'])}</title>"
    yield f"<updated>{_updated(item, zone)}</updated>"
    yield f'<link rel="alternate" type="text/html" href={quoteattr(f"{up}{page}index.html")}/>'
    for name in ("kind", "form", "status", "region"):
        if item[name] is not None:
            yield f"<category term={quoteattr(item[name])} scheme={quoteattr(f'{base}#{name}')}/>"
    summary = f"{notes['id']} {titles['en']}. {notes['en']}"
    yield f"<summary>{escape(summary)}</summary>"
    yield "</entry>"


def _title(item: Item, language: str) -> str:
    texts = _texts()
    status = texts["status"].get(item["status"], {}).get(language, item["status"])
    place = item["place"] or item["region"]
    return str(texts["title"][item["kind"]][language]).format(
        form=_form(item["form"], language),
        place=f"TPS {item['tps']} {place}" if item["tps"] else place,
        revision=item["revision"],
        status=status,
    )


def _form(form: str | None, language: str) -> str:
    """What a form is called before its place: the name of a kab/kota or provinsi says its level."""
    if form in ("d_hasil_kabko", "d_hasil_prov"):
        return spoken.words(language).name(form, "form_short")
    return codebook.word("form", form, language)


def _note(item: Item, language: str) -> str:
    texts = _texts()
    note = str(texts["note"]["entry"][language]).format(index=item["index"])
    if item["reason"] is None:
        return note
    key, table = "reason", remarks.WHAT.get(item["kind"])
    if table is None:
        word = codebook.word("correction", item["reason"], language)
    else:
        word = spoken.words(language).name(item["reason"], table)
    if item["kind"] in _STATES:
        key, word = "said", word[:1].upper() + word[1:]
    return f"{note} {texts['note'][key][language].format(reason=word)}"


_STATES: Final = ("answer", "event", "ruling")
"""Kinds whose `reason` is what was said, not why."""
