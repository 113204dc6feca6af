"""The verifier in the reader's browser: the script of `periksa/`, and one file to keep.

Modules stand in `templates/script/`, each with its imports. The script is all of them, but for
lines of comments, each as a function of its own behind those it imports: one request, one digest.
The file to keep is a page that holds the script and asks nothing of the network; its SHA-256 is the
`verifier` of a `publication`, and the beginning of it names both files.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from rekap.core.ledger import rulings
from rekap.core.ledger.addresses import LANGUAGES
from rekap.core.ledger.effects import ELECTIONS_MAX
from rekap.core.log.ports import CLOCK_EVERY_S
from rekap.core.pages.look import scripts, style
from rekap.core.statements import kinds_incident, model
from rekap.core.statements.rules import RULES

_IMPORT: Final = re.compile(r'^import \{([^}]*)\} from "\./([a-z0-9]+)\.js";\n', re.MULTILINE)
_EXPORT: Final = re.compile(
    r"^export (?:async )?(?:function|class|const) (?:(\w+)|\[([^\]]*)\])", re.MULTILINE
)
_COMMENT: Final = re.compile(r"^ *//.*\n", re.MULTILINE)
"""No line of a module begins inside a text, so none of these is one: a test looks."""
_LOADER: Final = "load.js"
_TEXTS: Final = "texts"
_TABLES: Final = "tables"
_TOLD: Final[dict[str, tuple[str, ...]]] = {
    "numbers": ("months", "clock"),
    "base": ("lang", "number"),
    "region": ("empty_column", "two", "chosen", "chosen_pair", "chosen_none"),
    "statement": tuple(
        "name date timezone source revision previous thresholds win population margin source_forms "
        "children stations_list registered registered_unknown code tps persons position key "
        "revoked_key body region reason suspect_from contest form accepts explains digest number "
        "announced release verifier fixed mode origin log_key receipt_key operators uploaders "
        "app_files "
        "rp_id policy predecessor court case ruling_state ruling_date annuls orders "
        "ruling_digest register_number recommends ground addressee due places responds_to "
        "outcome basis certificate decided follows holder holidays against copy_source copy_row "
        "copy_figure count line about when words picture picture_file answers step ballots "
        "items lacks boxes seals".split()
    ),
    "ruling": ("only", "without", "days"),
    "acting": ("said",),
}
"""Texts of pages that sheets use too, besides whole tables."""
_NAMES: Final = (
    "basis", "body", "copy_source", "count", "court", "event_code", "follows", "form", "ground",
    "incident_state", "kind", "level", "level_title", "mode", "objection_code", "office",
    "office_short", "order", "ordered_body", "outcome", "pair_note", "picture_document", "position",
    "readiness_item", "readiness_lack", "readiness_step", "recommended_type", "refusal",
    "revoke_reason",
    "ruling_state", "short", "withhold_reason", "withholding", "status", "win", "witness_reason",
)  # fmt: skip
"""Tables of names that sheets use."""
_ENTRIES: Final = ("desk", "keep")
"""Modules whose exports are the script's."""
PAGE: Final = "check"
"""The kind of the page with the script."""
_KEPT_STYLE: Final = ("base", "prose", "notes", "button", "pairs", "pairs-more", "desk", "sheet")


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
    text = style.text(templates / "style", _KEPT_STYLE)
    policy = (
        f"default-src 'none'; style-src '{style.sri(text.encode())}'; "
        f"script-src '{style.sri(code.encode())}'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
        "trusted-types 'none'"
    )
    icons = (templates / "parts" / "icons.html").read_text("utf-8")
    told = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in _languages(templates)}
    holes = {
        "name": told["id"]["base"]["name"],
        "fallback": " ".join(texts["script"]["desk_none"] for texts in told.values()),
        "symbols": "".join(re.findall(r'<symbol id="(?:ok|dt|xx|qq)".*?</symbol>', icons)),
        "policy": policy,
        "style": text,
        "script": code,
    }
    for hole, value in holes.items():
        page = page.replace(f"{{{{ {hole} }}}}", value)
    return page.encode()


@lru_cache(maxsize=2)
def script(templates: Path) -> bytes:
    """Return the script: an ES module."""
    return _whole(modules(templates), _ENTRIES)


@lru_cache(maxsize=2)
def table(templates: Path) -> bytes:
    """Return the script that makes a workbook of results, with all that it needs."""
    return _whole(modules(templates), ("table",))


def _whole(sources: dict[str, str], entries: Iterable[str]) -> bytes:
    """Return modules and all that they import as one, which exports what the `entries` do."""
    blocks = "".join(_block(name, sources[name]) for name in _ordered(sources, entries))
    exports = [f"export const {{ {_said(sources[name])} }} = ${name};\n" for name in entries]
    return (blocks + "".join(exports)).encode()


def modules(templates: Path) -> dict[str, str]:
    """Return {name: source} of all modules, those made of texts and of our tables too."""
    sources = {p.stem: p.read_text("utf-8") for p in (templates / "script").glob("*.js")}
    return {**sources, _TEXTS: _texts(_languages(templates)), _TABLES: _tables()}


_OF_THE_MODEL: Final = (
    "ACTING", "ORGANISERS",
    "LEVELS", "THRESHOLDS", "MODES", "WINS", "COUNTS", "REASONS", "WITNESS_REASONS",
    "REVOKE_REASONS", "SCAN_TYPES", "OBJECTIONS", "EVENTS", "MEETINGS", "ANSWERS", "FOLLOWS",
    "NOTES", "BASES", "COURTS", "RULING_STATES", "GRANTS", "ORDERS", "ORDERED_BODIES",
    "SUPERVISORS",
    "RECOMMENDERS", "ADVISERS", "ADDRESSED", "RECOMMENDED", "HOLDERS", "COPY_SOURCES", "GROUNDS",
    "OUTCOMES", "REFUSALS", "STEPS", "ITEMS", "ITEM_MAX", "LACKS", "CORRECTION_BASES",
    "CORRECTIONS_MAX", "BECAUSE_MAX", "WITHHOLDINGS", "WITHHOLD_REASONS", "DOCUMENTS",
    "PICTURES_MAX", "PICTURE_SIDE", "PICTURE_BYTES",
)  # fmt: skip
"""Tables that the script has as they are."""


def _tables() -> str:
    """Return a module with the tables of statements: levels are 1 provinsi … 4 kelurahan.

    Of a form `level` is that of its region, null for any, `signed` that of the body that signs it,
    0 for the roots; of a body `level` is null if its region may be any, `station` is whether it is
    of one TPS.
    """
    levels: dict[str | None, int | None] = {None: None}
    levels |= {level: at for at, level in enumerate(model.LEVELS, 1)}
    bodies = {
        name: {
            "level": levels[body.level],
            "positions": body.positions,
            "station": body.of_tps,
            "observes": body.observes,
        }
        for name, body in model.BODIES.items()
    }
    forms = {
        name: {
            "level": levels[form.level],
            "signed": levels[model.BODIES[form.body].level] if form.body else 0,
            "column": form.column,
        }
        for name, form in model.FORMS.items()
    }
    tables: dict[str, Any] = {name: getattr(model, name) for name in _OF_THE_MODEL} | {
        "OFFICES": {office: levels[level] for office, level in model.OFFICES.items()},
        "FORMS": forms,
        "BODIES": bodies,
        "TIMEZONES": list(model.TIMEZONES),
        "TELLERS": kinds_incident.TELLERS,
        "PARTS": {name: [part.name for part in rule.parts] for name, rule in RULES.items()},
        "HELD_AGAIN": rulings.HELD_AGAIN,
        "RETABULATE": rulings.RETABULATE,
        "ELECTIONS_MAX": ELECTIONS_MAX,
        "CLOCK_EVERY_S": CLOCK_EVERY_S,
        "RESERVED": sorted(model.RESERVED_ELECTIONS),
        "RESERVED_CONTESTS": sorted(model.RESERVED_CONTESTS),
    }
    return "".join(f"export const {name} = {_packed(one)};\n" for name, one in tables.items())


def _languages(templates: Path) -> list[Path]:
    return sorted((templates / "text").glob("*.toml"), key=lambda path: (path.stem != "id", path))


def _texts(languages: list[Path]) -> str:
    """Return a module with the texts of sheets in every language, Indonesian first.

    FIELDS are the figures of a form in the order of the paper.
    """
    told: dict[str, Any] = {}
    for path in languages:
        tables = tomllib.loads(path.read_text("utf-8").replace("&nbsp;", " "))
        page = {table: {key: tables[table][key] for key in keys} for table, keys in _TOLD.items()}
        page |= {table: tables[table] for table in _NAMES}
        told[path.stem] = {**tables["script"], "folder": LANGUAGES[path.stem], "page": page}
    pairs = tuple(f"pair_{number}" for number in range(1, model.PAIRS_MAX + 1))
    fields = (*model.FIELDS[: -len(_VOTES)], *pairs, *_VOTES)
    at = {language: f"of(BOTH, {index})" for index, language in enumerate(told)}
    return (
        f"const BOTH = {_beside(*told.values())};\n{_OF}"
        f"export const TEXTS = {{ {', '.join(map(': '.join, at.items()))} }};\n"
        f"export const FIELDS = {_packed(fields)};\n"
    )


def _packed(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _beside(*told: Any) -> str:
    """Return texts, each beside the same in other languages: so they are packed smaller."""
    if isinstance(told[0], str):
        return _packed(told)
    names = (f'"{name}":{_beside(*(one[name] for one in told))}' for name in told[0])
    return "{" + ",\n".join(names) + "}"


_OF: Final = """\
const of = (told, at) =>
  Array.isArray(told)
    ? told[at]
    : Object.fromEntries(Object.entries(told).map(([name, one]) => [name, of(one, at)]));
"""
_VOTES: Final = ("valid", "invalid", "total")


def _ordered(sources: dict[str, str], entries: Iterable[str]) -> list[str]:
    """Return the names of the modules that are needed, each behind all that it imports."""
    done: list[str] = []

    def visit(name: str) -> None:
        for _, below in _IMPORT.findall(sources[name]):
            visit(below)
        if name not in done:
            done.append(name)

    for name in entries:
        visit(name)
    return done


def _block(name: str, source: str) -> str:
    """Return a module as a function that gives what it exports."""
    body = _COMMENT.sub("", source)
    body = _IMPORT.sub(lambda line: f"const {{{line[1]}}} = ${line[2]};\n", body)
    body = re.sub(r"^export ", "", body, flags=re.MULTILINE)
    end = f"return {{ {_said(source)} }};\n}})();\n"
    return f"// ---- {name}.js\nconst ${name} = (() => {{\n{body}{end}"


def _said(source: str) -> str:
    return ", ".join(one or many for one, many in _EXPORT.findall(source))


@lru_cache(maxsize=4)
def of_page(templates: Path, up: str) -> tuple[Markup, str]:
    """Return what `periksa/` holds: (elements of its head, its own policy).

    `up` leads from the page to the base of the site.
    """
    at = up + path(templates, "js")
    loader = (templates / "script" / _LOADER).read_text("utf-8")
    load = f'<script data-script="{at}">{loader}</script>'
    return scripts.on_demand(at, script(templates), load, "'none'")
