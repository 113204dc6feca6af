"""What the check says, in every language: each cause has a sentence of its own."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

from tests import needed

from rekap.core import packaged

TEMPLATES: Path = packaged.templates_folder()
LANGUAGES = ("id", "en")
OF_FORM = {
    "malformed", "not-verified", "policy", "proof", "tile", "note", "vkey", "key-name", "key-kind",
    "public-key", "unchecked",
}  # fmt: skip
"""Codes of bytes that are not of their format: they may share a sentence."""


def codes() -> set[str]:
    """Every code that the modules of a check give for an entry, a page or a file."""
    names = "register evidence examination twin desk reader keys statement tiles".split()
    found: set[str] = set()
    for name in names:
        source = (TEMPLATES / "script" / f"{name}.js").read_text()
        thrown = r"new (?:Malformed|NotVerified|Unchecked)\([^;]*?, \"([a-z-]+)\""
        found |= {*re.findall(thrown, source), *re.findall(r'code: "([a-z-]+)"', source)}
    return found - OF_FORM


def test_each_cause_of_a_fault_has_a_sentence_of_its_own() -> None:
    every = codes()
    named = {"region", "previous", "contest", "pairs", "replay-only", "unknown", "key-taken"}
    assert named <= every
    notes = {"contested", "status", "later", "suspect", "unread"}
    for language in LANGUAGES:
        texts = tomllib.loads((TEMPLATES / "text" / f"{language}.toml").read_text())["script"]
        told = {code: texts.get(f"fault_{code.replace('-', '_')}") for code in every - notes}
        assert None not in told.values(), sorted(code for code in told if told[code] is None)
        assert len(set(told.values())) == len(told)
        assert texts["fault_malformed"] not in told.values()


def test_a_saved_file_counts_the_places_that_it_leaves_out() -> None:
    """Behind twenty the file for a dispute was silent: it looked whole."""
    source = (TEMPLATES / "script" / "bundle.js").read_text()
    most, function = re.findall(
        r"^const MOST = \d+;|^export function noted.*?^}", source, re.MULTILINE | re.DOTALL
    )
    kinds = [
        "contested: true",
        "contested_below: 1",
        "findings: { open: 1 }",
        "findings: { open: 0 }",
    ]
    asked = f"""{most} {function.removeprefix("export ")}
      const kinds = [{", ".join(f"{{ {one} }}" for one in kinds)}];
      const child = (_, n) => ({{ address: `a/${{n}}/`, ...kinds[n % 4] }});
      const children = Array.from({{ length: 32 }}, child);
      const {{ taken, left }} = noted({{ children }});
      console.log(JSON.stringify([taken.length, left, taken[3], noted({{}}).left]));"""
    said = subprocess.run([needed.node(), "-e", asked], capture_output=True, text=True, check=True)
    assert json.loads(said.stdout) == [20, 4, "a/4/", 0]
