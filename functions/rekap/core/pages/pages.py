"""Twin in, HTML out.

A page is a pure function of its twin and of `templates/`: no clock, no random, no file read after
the first page. Style is one sheet that lies below the base of the site, so a page keeps its rules
when it is mirrored or opened from disk. All links are relative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from markupsafe import Markup

from rekap.core import codec
from rekap.core.ledger import addresses
from rekap.core.ledger.addresses import LANGUAGES
from rekap.core.packaged import templates_folder
from rekap.core.pages import engine
from rekap.core.pages.look import box, maps, scripts, squares, style, summary, verifier
from rekap.core.pages.tables import rows
from rekap.core.pages.words import spoken

_CLAIMS: Final = ("region", "statement", "tps")
"""Kinds of pages that name their twin: what they show of forms and statements."""
_LONGEST: Final = 150
"""Children of a region whose printed page has a square code."""


def assets() -> dict[str, bytes]:
    """Return {path: bytes} of what pages of this release load, and of the check as one file.

    Their names have their digests, and they are the same at every size.
    """
    path, sheet = style.sheet(templates_folder() / "style")
    return {path: sheet, **verifier.files(templates_folder())}


def render(twin: Mapping[str, Any], language: str = engine.INDONESIAN) -> bytes:
    """Return the HTML of a page in a language from its twin, which is one for all languages.

    Same twin and same release: same bytes. A field that the page needs and the twin lacks raises
    `jinja2.UndefinedError` or KeyError: a twin is made by us, never by a sender.
    """
    return _render(twin, _look(twin, None), language)


def editions(twin: Mapping[str, Any], encoded: bytes | None = None) -> Iterator[tuple[str, bytes]]:
    """Yield (path, HTML) of a page in every language; what they share is made once.

    `encoded` are the twin's published bytes, where they are at hand already.
    """
    look = _look(twin, encoded)
    for language, folder in LANGUAGES.items():
        yield f"{folder}{twin['address']}index.html", _render(twin, look, language)
        if summary.has(twin):
            yield f"{folder}{twin['address']}{summary.FOLDER}index.html", _summary(twin, language)


def _look(twin: Mapping[str, Any], encoded: bytes | None) -> tuple[maps.Map | None, str]:
    """What no language changes: the map, the digest of the twin."""
    drawn = maps.of(templates_folder() / "maps", twin) if twin["page"] == "region" else None
    if twin["page"] not in _CLAIMS:
        return drawn, ""
    return drawn, codec.sha256_hex(encoded or codec.encode_public(dict(twin)))


def _render(twin: Mapping[str, Any], look: tuple[maps.Map | None, str], language: str) -> bytes:
    drawn, digest = look
    templates, folder = templates_folder(), LANGUAGES[language]
    own = f"{folder}{twin['address']}"
    head, inline, allowed = Markup(""), Markup(""), ""
    if twin["page"] == verifier.PAGE:
        head, allowed = verifier.of_page(templates, "../" * own.count("/"))
    if twin["page"] in box.PAGES:
        up, listed = "../" * own.count("/") or "./", twin.get("nested", False)
        head, inline, allowed = box.script(templates, twin["page"], up, listed=listed)
    if twin["page"] == "today" or rows.leads_above(twin):
        inline, allowed = scripts.inline(templates / "around.js", "'none'")
    elif rows.compares(twin):
        inline, allowed = scripts.inline(templates / "own.js", "'none'")
    elif rows.sorts(twin):
        head, allowed = box.areas(templates, "../" * own.count("/"))
    words = Markup("")
    if rows.quotes(twin):
        words, allowed = scripts.also(templates / "words.js", allowed)
    styles, simulated = templates / "style", twin["simulated"]
    switch = _links(twin, LANGUAGES[engine.other(language)], own)(twin["address"])
    return engine.template(twin["page"], language, _spoken(twin)).render(
        twin=twin, map=drawn, own=own, href=_links(twin, folder),
        policy=style.policy(
            styles, twin["page"], simulated=simulated, script=allowed,
            pictures=bool(twin.get("pictures")),
        ),
        sheet=style.sheet(styles)[0], style=style.alone(styles, twin["page"]),
        switch=switch, head=head, digest=digest,
        summary=summary.has(twin), square=_square(twin, folder), inline=inline, words=words,
        sorted=rows.sorts(twin), areas=box.AREAS,
    ).encode()  # fmt: skip


def _square(twin: Mapping[str, Any], folder: str) -> str | None:
    """The code on a sheet of paper: where to ask what this page said at its as_of.

    None for other pages, and for the longest lists, which would no longer fit the first flight.
    """
    if twin["page"] not in ("region", "tps") or len(twin.get("children", ())) > _LONGEST:
        return None
    base = f"https://{twin['origin'].removesuffix('log')}{folder}{addresses.CHECK}"
    return squares.path(f"{base}#{twin['address']}@{twin['as_of']}".encode())


def _summary(twin: Mapping[str, Any], language: str) -> bytes:
    templates, folder = templates_folder(), LANGUAGES[language]
    script, allowed = summary.script(templates)
    styles, kind = templates / "style", "summary"
    policy = style.policy(styles, kind, simulated=twin["simulated"], script=allowed)
    own = f"{folder}{twin['address']}{summary.FOLDER}"
    return engine.template(kind, language, _spoken(twin)).render(
        twin=twin, policy=policy, style=style.alone(styles, kind), script=script,
        href=_links(twin, folder, own),
    ).encode()  # fmt: skip


def _spoken(twin: Mapping[str, Any]) -> str:
    return spoken.of_page(templates_folder() / "data", twin)


def _links(twin: Mapping[str, Any], folder: str, here: str | None = None) -> Callable[[str], str]:
    """Return the function that writes an address of the site as the shortest link from this page.

    Addresses are folders with a final slash ("" is the portal), which are pages and lead into the
    language whose `folder` is given, or files, which all languages share. `here` is the page itself
    where it lies in another language. `404.html` is served at any address, so its links start at
    the base of the site, which the origin of the log names.
    """
    if twin["page"] == "notfound":
        base = "/" + twin["origin"].removesuffix("log").partition("/")[2]
        return lambda address: f"{base}{_file(address, folder)}"
    own = f"{folder}{twin['address']}" if here is None else here
    above = _folders(own)

    def href(address: str) -> str:
        path = _file(address, folder)
        return next(f"{up}{path[at:]}" for up, top, at in above if path.startswith(top))

    return href


def _folders(own: str) -> list[tuple[str, str, int]]:
    """The folder of a page and those above it: the way up, the folder, the length of its name."""
    names = own.split("/")[:-1]
    above = ("".join(f"{name}/" for name in names[:depth]) for depth in range(len(names), -1, -1))
    return [("../" * rungs, top, len(top)) for rungs, top in enumerate(above)]


def _file(address: str, folder: str) -> str:
    return f"{folder}{address}index.html" if address[-1:] in ("", "/") else address
