"""Build the officers' app: our files, the verifier's modules, and the list of their digests.

    python scripts/build_app.py --to var/app

Nothing of ours is compiled: what is served is what stands in `app/` and in `templates/script/`
without its lines of comment and indentation, with two modules made of our tables. The one library
draws and reads square codes; `make app` gets it by `app/package-lock.json` and takes its comments
out. Without it the app is built without codes. `files.json` names each file with its SHA-256; the
service worker keeps exactly these. Types stand in the comments: `make app` checks them in a folder
that `--commented` made.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "functions")]

from rekap.core import packaged  # noqa: E402
from rekap.core.pages.look import verifier  # noqa: E402
from rekap.core.statements import model  # noqa: E402
from rekap.core.statements.parts import IN_COLUMNS, OF_STATIONS  # noqa: E402
from rekap.core.statements.ruletable import TABLE  # noqa: E402
from rekap.portal.intake import held  # noqa: E402

SERVED: Final = (".css", ".html", ".js", ".json", ".svg")
NOT_SERVED: Final = frozenset({"package.json", "package-lock.json", "tsconfig.json"})
LIBRARY: Final = ROOT / "app" / "node_modules" / ".qr"
"""The library's modules without comments, as `make app` leaves them."""

WORKER: Final = "worker.js"
LIST: Final = "files.json"
LATER: Final = ("bersama/", "desk/", "foto/", "saksi/")
"""Folders that a device keeps from the first time that its owner opens a screen of them."""

_SHARED: Final = re.compile(r'from "\.{1,2}/verify/([a-z0-9]+)\.js"')
_COMMENT: Final = re.compile(r"^ *(?://[^\n]*|/\*\*(?:(?!\*/).)*\*/)\n", re.MULTILINE | re.DOTALL)
"""Lines that are comment alone: a telephone's first visit leaves them out."""
_BESIDE: Final = re.compile(r'from "\./([a-z0-9]+)\.js"')


def files(
    source: Path = ROOT / "app", library: Path = LIBRARY, *, commented: bool = False
) -> dict[str, bytes]:
    """Return {path below /app/: bytes} of all that is served; no codes where no library is."""
    own = {
        path.relative_to(source).as_posix(): path.read_bytes()
        if commented or path.suffix != ".js"
        else bare(path.read_text("utf-8"))
        for path in sorted(
            [*source.iterdir(), *(one for name in LATER for one in (source / name).glob("*"))]
        )
        if path.suffix in SERVED and path.name not in NOT_SERVED
    }
    worker = own.pop(WORKER).decode()
    codes = {f"qr/{path.name}": flush(path.read_bytes()) for path in library.glob("*.js")}
    made = {
        **own,
        "table.js": table(),
        "desk/table.js": desk_table(),
        **together(),
        **_shared(own),
        **codes,
    }
    digests = {path: hashlib.sha256(data).hexdigest() for path, data in sorted(made.items())}
    version = hashlib.sha256((worker + json.dumps(digests)).encode()).hexdigest()[:16]
    later = {path: digest for path, digest in digests.items() if path.startswith(LATER)}
    paths = '", "'.join(["./", *sorted(made.keys() - later.keys() - {"index.html"})])
    kept_later = json.dumps(later).strip("{}")
    holes = {"{{ version }}": version, "{{ files }}": paths, '"{{ later }}": ""': kept_later}
    for hole, text in holes.items():
        worker = worker.replace(hole, text)
    made[WORKER] = worker.encode()
    digests[WORKER] = hashlib.sha256(made[WORKER]).hexdigest()
    made[LIST] = (json.dumps(digests, indent=1, sort_keys=True) + "\n").encode()
    return made


def bare(module: str) -> bytes:
    """Return a module without its lines of comment and without indentation."""
    return flush(_COMMENT.sub("", module).encode())


def flush(module: bytes) -> bytes:
    """Return a module without indentation; its texts are of one line each."""
    return re.sub(rb"(?m)^ +", b"", module)


def desk_table() -> bytes:
    """Return the module with what a desk knows of D forms: who signs, their rules and words."""
    made = {
        "DESKS": {
            body: {
                name: model.FORMS[name].column
                for name in model.SHEETS
                if model.FORMS[name].body == body
            }
            for body in {form.body: None for form in model.FORMS.values() if form.column}
        },
        "LEVEL_OF": {name: model.FORMS[name].level for name in model.SHEETS},
        "IN_COLUMNS": IN_COLUMNS,
        "SENTENCES": {rule.code: rule.sentence_id for rule in TABLE},
        "CORRECTIONS_MAX": model.CORRECTIONS_MAX,
        "BECAUSE_MAX": model.BECAUSE_MAX,
    }
    words = {
        "CORRECTION_BASIS": ("correction_basis", model.CORRECTION_BASES),
        "REVOKE_REASON": ("revoke_reason", model.REVOKE_REASONS),
        "FORM": ("form", model.SHEETS),
    }
    return _module(made | _named(words))


def together() -> dict[str, bytes]:
    """Return the modules of what several sign that is no form: its slots, its codes in words."""
    bodies = (*model.ADDRESSED, *model.RECOMMENDERS, *model.ADVISERS, *model.HOLDERS)
    words = {
        "ITEM": ("readiness_item", (model.BALLOTS, *model.ITEMS)),
        "LACK": ("readiness_lack", model.LACKS),
    }
    of_cases = {
        "ANSWER": ("incident_state", model.ANSWERS),
        "OUTCOME": ("outcome", model.OUTCOMES),
        "REFUSAL": ("refusal", model.REFUSALS),
        "BASIS": ("basis", model.BASES),
        "TYPE": ("recommended_type", model.RECOMMENDED),
        "GROUND": ("ground", model.GROUNDS),
        "STATE": ("case_state", ("held", "refused", "waiting", "silent")),
        "BODY": ("body", tuple(dict.fromkeys(bodies))),
    }
    return {
        "bersama/table.js": _module({"WAITS": held.WAITS} | _named(words)),
        "bersama/words.js": _module(_named(of_cases) | {"ORDER": model.ADDRESSED}),
    }


def _named(words: Mapping[str, tuple[str, tuple[str, ...]]]) -> dict[str, object]:
    """Return {name: [code, its Indonesian words] in order} by the table of texts of each."""
    with (packaged.templates_folder() / "text" / "id.toml").open("rb") as file:
        texts = tomllib.load(file)
    return {
        name: [[code, texts[table][code]] for code in order]
        for name, (table, order) in words.items()
    }


def table() -> bytes:
    """Return the module with the rules of a C form, who may send what, and the codes in words."""
    rules = [
        {
            "code": rule.code,
            "hard": rule.hard,
            "sentence": rule.sentence_id,
            "parts": [
                {
                    "name": part.name,
                    "left": part.left,
                    "op": part.op,
                    "right": part.right,
                    "constant": part.constant,
                }
                for part in rule.parts
            ],
        }
        for rule in TABLE
        if rule.code in IN_COLUMNS + OF_STATIONS
    ]
    return _module({"RULES": rules, "SENDS": sends(), "CODES": codes()})


def _module(made: Mapping[str, object]) -> bytes:
    texts = (
        f"export const {name} = {json.dumps(value, ensure_ascii=False)};\n"
        for name, value in made.items()
    )
    return "".join(texts).encode()


def sends() -> dict[str, list[str]]:
    """Return {body: kinds that the app sends for it}."""
    forms = {form.body: None for form in model.FORMS.values() if form.body}
    return {
        body: [
            *(["form"] if body in forms else ()),
            *(["copy"] if body in model.HOLDERS else ()),
            *(kind for kind in model.ALONE if kind in model.BODIES[body].signs),
        ]
        for body in (*forms, *model.HOLDERS)
    }


def codes() -> dict[str, object]:
    """Return {kind: its codes with their words}; of a witness why he did not sign the paper."""
    named = {"objection": model.OBJECTIONS, "event": model.EVENTS}
    words = {kind: (f"{kind}_code", order) for kind, order in named.items()}
    return _named(words | {"witness": ("witness_reason", model.WITNESS_REASONS)})


def _shared(own: dict[str, bytes]) -> dict[str, bytes]:
    """Return the verifier's modules that ours import, and theirs, without lines of comment."""
    modules = verifier.modules(packaged.templates_folder())
    wanted = {name for data in own.values() for name in _SHARED.findall(data.decode())}
    found: dict[str, bytes] = {}
    while wanted:
        name = wanted.pop()
        found[f"verify/{name}.js"] = bare(modules[name])
        below = set(_BESIDE.findall(modules[name]))
        wanted |= {one for one in below if f"verify/{one}.js" not in found}
    return found


def write(folder: Path, *, commented: bool = False) -> dict[str, bytes]:
    """Write the files into a folder, remove what is none of them, and return them."""
    made = files(commented=commented)
    for path, data in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    for old in folder.rglob("*"):
        if old.is_file() and old.relative_to(folder).as_posix() not in made:
            old.unlink()
    return made


def main(argv: list[str] | None = None) -> int:
    """Write the app, and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--to", type=Path, default=ROOT / "var" / "app")
    parser.add_argument("--commented", action="store_true", help="with the types, not served")
    options = parser.parse_args(argv)
    made = write(options.to, commented=options.commented)
    without = "" if LIBRARY.is_dir() else ", without square codes: run make app"
    print(f"{options.to}: {len(made)} files, {sum(map(len, made.values())):,} bytes{without}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
