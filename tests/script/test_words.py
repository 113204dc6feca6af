"""What the check says, in every language: each cause has a sentence of its own."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from rekap.core.pages import pages

TEMPLATES: Path = pages.templates_folder()
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
