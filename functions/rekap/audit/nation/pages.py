"""The files of a front: pages in two languages, its figures as JSON, indexes of names, evidence.

    index.html                 progress, what is held back, contests, portals
    portal/{id}/               one portal: how far it is believed, all its contests
    cari/                      every kab/kota, leading to the lists of its portal
    cara/                      what was computed, and what was not
    nation.json                all figures of the front
    bukti/{id}.json            evidence of two histories
    cari/{letters}.json        places of which a word begins with two letters
    en/…                       each page in English

A page is a pure function of the figures; style is inline and named in the page's policy; links
between pages are relative, links to portals are those of the list.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from rekap.audit.nation.faults import FORKED, OLDER, REFUTED
from rekap.audit.nation.front import Record
from rekap.core import codec, packaged
from rekap.core.ledger.addresses import LANGUAGES
from rekap.core.pages import engine
from rekap.core.pages.look import drawings
from rekap.core.pages.look.style import minify, sri
from rekap.core.pages.words.words import Words

_LOOK: Final = Path(__file__).resolve().parent / "look"
_STYLES: Final = (
    "base", "simulated", "notes", "pairs", "result", "contests", "links", "pairs-more", "ask",
)  # fmt: skip
_POLICY: Final = (
    "default-src 'none'; style-src '{style}'; {images}{script}base-uri 'none'; form-action 'none'"
)
_SCRIPT: Final = (
    "script-src '{script}'; connect-src 'self'; require-trusted-types-for 'script'; "
    "trusted-types 'none'; "
)
_ASKS: Final = frozenset({"front", "search"})
"""Pages with the box in which a name is typed."""


def files(front: Mapping[str, Any], names: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yield (path, bytes) of every file but evidence; `names` are the indexes of `places.of`."""
    yield "nation.json", codec.encode_public(dict(front))
    for letters, index in names["indexes"].items():
        yield f"cari/{letters}.json", codec.encode_public(index)
    kinds: list[tuple[str, str, Record]] = [
        ("front", "", {}),
        ("search", "cari/", {"areas": names["areas"]}),
        ("how", "cara/", {}),
        *(("portal", f"portal/{one['id']}/", {"portal": one}) for one in front["portals"]),
    ]
    for language, folder in LANGUAGES.items():
        for kind, address, more in kinds:
            path = f"{folder}{address}index.html"
            yield path, _page(kind, language, address, {"front": front, **more})


def _page(kind: str, language: str, address: str, values: Mapping[str, Any]) -> bytes:
    folder = LANGUAGES[language]
    own = f"{folder}{address}"
    script = _script() if kind in _ASKS else ""
    text, policy = _style(values["front"]["simulated"], script)
    other = next(one for one in LANGUAGES if one != language)
    template = _engine(language).get_template(f"{kind}.html")
    return template.render(
        **values, own=own, folder=folder, style=text, policy=policy, script=script,
        href=_links(own, folder), file=_links(own, ""), at=_portal_links(own, folder),
        switch=_links(own, LANGUAGES[other])(address),
    ).encode()  # fmt: skip


def _links(own: str, folder: str) -> Callable[[str], str]:
    """Return the function that writes an address of the front as a link from the page `own`."""
    up = "../" * own.count("/")

    def href(address: str) -> str:
        path = f"{folder}{address}"
        return f"{up}{path}index.html" if address[-1:] in ("", "/") else f"{up}{path}"

    return href


def _portal_links(own: str, folder: str) -> Callable[[str, str], str]:
    """Return the function that writes an address of a portal as a link, in the same language.

    Its base is the `link` of the list: an address, or a folder beside the front.
    """
    up = "../" * own.count("/")

    def at(link: str, path: str) -> str:
        return f"{'' if '://' in link else up}{link}{folder}{path}index.html"

    return at


def _stack(row: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    """One bar of all pairs of a contest; see `drawings.stack`."""
    return drawings.stack(row["pairs"], [{"votes": votes} for _, votes in row["votes"]], row["bar"])


def _hour(texts: Words, value: str, at: str) -> str:
    """A time as short as it can be said on a page that was made `at`: of the same day, the hour."""
    whole = texts.numbers.moment(value)
    return whole.rpartition(", ")[2] if value[:10] == at[:10] else whole


_LETTERS: Final = 3_000
"""Of names of who has most votes on a page; of a whole country it would be too large."""
_PARTS: Final = 240
"""Parts of all bars of a page."""


def _room(listed: Sequence[Mapping[str, Any]]) -> dict[str, bool]:
    """Tell what the rows of a page have room for, however long a stranger's lists and names are."""
    letters = sum(
        len(name)
        for row in listed
        for pair in row["pairs"]
        if pair["number"] == row["lead"]
        for name in pair.get("names") or ()
    )
    parts = sum(len(row["votes"]) for row in listed)
    return {"names": letters <= _LETTERS, "bars": parts <= _PARTS}


_SIGNS: Final = {FORKED: "df", REFUTED: "df", OLDER: "df"}


def _sign(state: str) -> Markup:
    """The shape of a state that is not believed."""
    name = _SIGNS.get(state, "qq")
    return Markup(f'<svg class="i df" aria-hidden="true"><use href="#{name}"/></svg>')  # noqa: S704 our own


@lru_cache(maxsize=4)
def _style(simulated: bool, script: str) -> tuple[str, str]:
    """Return the text of the style, and the policy that allows it and the script alone."""
    core = packaged.templates_folder() / "style"
    parts = [core / f"{name}.css" for name in _STYLES]
    text = minify("".join(path.read_text("utf-8") for path in (*parts, _LOOK / "nation.css")))
    allowed = _SCRIPT.format(script=sri(script.encode())) if script else "connect-src 'self'; "
    images = "img-src data:; " if simulated else ""
    return text, _POLICY.format(style=sri(text.encode()), images=images, script=allowed)


@lru_cache(maxsize=1)
def _script() -> str:
    return (_LOOK / "search.js").read_text("utf-8")


@lru_cache(maxsize=len(LANGUAGES))
def _words(language: str) -> Words:
    """The texts of the pages of portals, and those of the front."""
    core = packaged.templates_folder() / "text" / f"{language}.toml"
    tables = [tomllib.loads(path.read_text("utf-8")) for path in (core, _LOOK / f"{language}.toml")]
    return Words({**tables[0], **tables[1]})


@lru_cache(maxsize=len(LANGUAGES))
def _engine(language: str) -> engine.PageEnvironment:
    texts = _words(language)
    other = next(one for one in LANGUAGES if one != language)

    def source(name: str) -> str | None:
        for folder in (_LOOK, packaged.templates_folder()):
            if (folder / name).is_file():
                return texts.expand((folder / name).read_text("utf-8"))
        return None

    made = engine.engine(texts, source)
    made.globals |= {"other": _words(other), "stack": _stack, "sign": _sign, "room_of": _room}
    made.globals["hour"] = partial(_hour, texts)
    made.globals["icon"] = made.get_template("parts/icons.html").module
    return made
