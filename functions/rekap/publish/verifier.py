"""The verifier in the reader's browser: one script for pages, and one file to keep.

Modules stand in `templates/script/`, each with its imports. The script is all of them, unshortened,
each as a function of its own behind those it imports: one request, one digest. The file to keep is
a page that holds the script and asks nothing of the network; its SHA-256 is the `verifier` of a
`publication`, and the beginning of it names both files.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from rekap.forms import rules
from rekap.ledger.addresses import LANGUAGES
from rekap.publish import scripts, style

_IMPORT: Final = re.compile(r'^import \{([^}]*)\} from "\./([a-z0-9]+)\.js";\n', re.MULTILINE)
_EXPORT: Final = re.compile(
    r"^export (?:async )?(?:function|class|const) (?:(\w+)|\[([^\]]*)\])", re.MULTILINE
)
_LOADER: Final = "load.js"
_TEXTS: Final = "texts"
_LOOKS: Final = "looks"
_BEGINNING: Final = 24
_ELSEWHERE: Final = frozenset(
    "portal findings search missing officials ledger notfound check how terms about".split()
)
"""Texts of pages without a claim."""
_ENTRIES: Final = ("check", "desk", "keep")
"""Modules whose exports are the script's."""
_CLAIMS: Final = ("region", "statement", "tps")
_PAGES: Final = frozenset({*_CLAIMS, "check"})
"""Kinds of pages with a script."""
_TYPES: Final = "rekap-berkas"
"""The one policy of Trusted Types: pages that a reader gives are parsed, never run."""
_KEPT_STYLE: Final = ("base", "prose", "notes", "front", "desk")


def files(templates: Path) -> dict[str, bytes]:
    """Return {path below the base of the site: bytes} of all that is published of it."""
    return {path(templates, "html"): keep(templates), path(templates, "js"): script(templates)}


@lru_cache(maxsize=2)
def digest(templates: Path) -> str:
    """Return the SHA-256 of the file to keep: 64 hex digits."""
    return hashlib.sha256(keep(templates)).hexdigest()


def path(templates: Path, suffix: str) -> str:
    """Return the path of the script (`js`) or the file to keep (`html`)."""
    return f"aset/periksa-{digest(templates)[:16]}.{suffix}"


@lru_cache(maxsize=2)
def keep(templates: Path) -> bytes:
    """Return the file to keep. What runs in it is the script with one call behind it."""
    page = (templates / "script" / "keep.html").read_text("utf-8")
    code = script(templates).decode() + "openKept(document);\n"
    text, _ = style.style(templates / "style", _KEPT_STYLE)
    policy = (
        f"default-src 'none'; style-src '{style.sri(text.encode())}'; "
        f"script-src '{style.sri(code.encode())}'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
        f"trusted-types {_TYPES}"
    )
    icons = (templates / "parts" / "icons.html").read_text("utf-8")
    told = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in _languages(templates)}
    holes = {
        "name": told["id"]["base"]["name"],
        "fallback": " ".join(texts["script"]["desk_none"] for texts in told.values()),
        "symbols": "".join(re.findall(r'<symbol id="(?:ok|df|dt)".*?</symbol>', icons)),
        "policy": policy,
        "style": text,
        "script": code,
    }
    for hole, value in holes.items():
        page = page.replace(f"{{{{ {hole} }}}}", value)
    return page.encode()


@lru_cache(maxsize=2)
def script(templates: Path) -> bytes:
    """Return the script of pages: an ES module."""
    sources = modules(templates)
    order = _ordered(sources)
    blocks = "".join(_block(name, sources[name]) for name in order)
    exports = [f"export const {{ {_said(sources[name])} }} = ${name};\n" for name in _ENTRIES]
    return (blocks + "".join(exports)).encode()


def modules(templates: Path) -> dict[str, str]:
    """Return {name: source} of all modules, those made of texts and styles too."""
    sources = {p.stem: p.read_text("utf-8") for p in (templates / "script").glob("*.js")}
    return {**sources, _TEXTS: _texts(_languages(templates)), _LOOKS: _looks(templates)}


def _languages(templates: Path) -> list[Path]:
    return sorted((templates / "text").glob("*.toml"), key=lambda path: (path.stem != "id", path))


def _texts(languages: list[Path]) -> str:
    """Return a module with the texts of scripts and pages in every language, Indonesian first."""
    told: dict[str, Any] = {}
    for path in languages:
        tables = tomllib.loads(path.read_text("utf-8").replace("&nbsp;", " "))
        own = tables.pop("script")
        page = {name: texts for name, texts in tables.items() if name not in _ELSEWHERE}
        page["rules"] = {
            code: rule.sentence_en if path.stem == "en" else rule.sentence_id
            for code, rule in rules.RULES.items()
        }
        folder = LANGUAGES[path.stem]
        told[path.stem] = {**own, "folder": folder, "body": tables["body"], "page": page}
    return f"export const TEXTS = {json.dumps(told, ensure_ascii=False, indent=1)};\n"


def _looks(templates: Path) -> str:
    """Return a module with the digests of what pages may have as style and script.

    A piece of style is known by its first characters.
    """
    loader = _digest((templates / "script" / _LOADER).read_bytes())
    maps = (json.loads(path.read_text("utf-8")) for path in (templates / "maps").glob("*.json"))
    pieces = {
        text[:_BEGINNING]: [len(text), _digest(text.encode())]
        for text in style.pieces(templates / "style")
    }
    looks = {
        "loader": loader,
        "maps": sorted({outlines["source"] for outlines in maps}),
        "beginning": _BEGINNING,
        "styles": pieces,
    }
    return f"export const LOOKS = {json.dumps(looks, ensure_ascii=False, indent=1)};\n"


def _digest(data: bytes) -> str:
    return style.sri(data).removeprefix("sha256-")


def _ordered(sources: dict[str, str]) -> list[str]:
    """Return the names of the modules that are needed, each behind all that it imports."""
    done: list[str] = []

    def visit(name: str) -> None:
        for _, below in _IMPORT.findall(sources[name]):
            visit(below)
        if name not in done:
            done.append(name)

    for name in _ENTRIES:
        visit(name)
    return done


def _block(name: str, source: str) -> str:
    """Return a module as a function that gives what it exports."""
    body = _IMPORT.sub(lambda line: f"const {{{line[1]}}} = ${line[2]};\n", source)
    body = re.sub(r"^export ", "", body, flags=re.MULTILINE)
    end = f"return {{ {_said(source)} }};\n}})();\n"
    return f"// ---- {name}.js\nconst ${name} = (() => {{\n{body}{end}"


def _said(source: str) -> str:
    return ", ".join(one or many for one, many in _EXPORT.findall(source))


def has_script(kind: str) -> bool:
    """Tell whether a page of this kind has the script."""
    return kind in _PAGES


@lru_cache(maxsize=64)
def of_page(templates: Path, kind: str, up: str) -> tuple[Markup, str, str]:
    """Return what a page of this kind holds: (elements of its head, its script, its own policy).

    `up` leads from the page to the base of the site. All three are empty for a page without.
    """
    if kind not in _PAGES:
        return Markup(""), "", ""
    at = up + path(templates, "js")
    loader = (templates / "script" / _LOADER).read_text("utf-8")
    types = _TYPES if kind == "check" else "'none'"
    head, policy = scripts.on_demand(at, script(templates), f"<script>{loader}</script>", types)
    return head, at, policy
