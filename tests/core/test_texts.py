"""Catalogues of sentences: whole in both languages, every key in the code, none left over."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from rekap.core.texts import LANGUAGES, Catalogue

PACKAGE = Path(__file__).parents[2] / "functions" / "rekap"
OWNERS = ("audit", "desk")


WHOLE = {"cover": "audit/bundle/cover.py", "workbook": "audit/exports/workbook.py"}
"""Tables of a document in one language: read whole, their keys stand in its module."""


def read(owner: str, language: str) -> dict[str, str]:
    """The sentences of an owner by "table.key"."""
    tables = tomllib.loads((PACKAGE / owner / "text" / f"{language}.toml").read_text())
    return {
        f"{table}.{key}": text for table, texts in tables.items() for key, text in texts.items()
    }


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def calls(owner: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of `both`, with its place."""
    for path in (PACKAGE / owner).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "both":
                yield f"{path.name}:{node.lineno}", node


@pytest.mark.parametrize("owner", OWNERS)
def test_both_languages_have_the_same_keys_and_no_empty_sentence(owner):
    indonesian, english = (read(owner, language) for language in LANGUAGES)
    assert list(indonesian) == list(english)
    assert all(indonesian.values())
    assert all(english.values())


@pytest.mark.parametrize("owner", OWNERS)
def test_every_key_is_written_whole_in_the_code_and_used(owner):
    composed = [
        place
        for place, call in calls(owner)
        if not (isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str))
    ]
    assert composed == []
    used = {call.args[0].value for _, call in calls(owner)}
    known = {key for key in read(owner, "id") if key.partition(".")[0] not in WHOLE}
    assert (used - known, known - used) == (set(), set())


@pytest.mark.parametrize("table", WHOLE)
def test_every_sentence_of_a_document_is_in_it(table):
    code = (PACKAGE / WHOLE[table]).read_text()
    tables = tomllib.loads((PACKAGE / "audit" / "text" / "id.toml").read_text())
    assert [key for key in tables[table] if f'"{key}"' not in code and f"'{key}'" not in code] == []


LATER = {
    "corrections", "people", "problems", "proofs", "seats", "sheet", "spreadsheet",
    "verdict.of_files",
}  # fmt: skip
"""Sentences, and tables of such, whose holes are filled by whoever knows the details."""


@pytest.mark.parametrize("owner", OWNERS)
def test_every_hole_is_filled_and_every_value_has_a_hole(owner):
    texts = [read(owner, language) for language in LANGUAGES]
    wrong = []
    for place, call in calls(owner):
        given, key = {keyword.arg for keyword in call.keywords}, call.args[0].value
        found = [holes(text[key]) for text in texts]
        later = not given and LATER & {key, key.partition(".")[0]}
        if given != found[0] | found[1] and not later:
            wrong.append((place, given, found))
    assert wrong == []


SPEAKERS = {
    "say", "tell", "complain", "ask", "note", "fault", "Fault", "Weak", "Problem", "Refused",
}  # fmt: skip
"""What takes a sentence in Indonesian and in English; `count` takes a noun and its plural."""
WORDED = {"desk/parser.py"}
"""Modules with a table from what Python's argparse says in English to Indonesian."""


def prose(node: ast.expr) -> str:
    """What a literal says in words, without its holes; nothing of a code or a call."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    said = [part.value for part in parts if isinstance(part, ast.Constant)]
    text = " ".join(one for one in said if isinstance(one, str))
    is_code = re.fullmatch(r"\w+([-./]\w+)+", text)
    return text if re.search("[A-Za-z]{3}", text) and not is_code else ""


def beside(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Two sentences that stand beside each other: said by a call, or a pair with spaces."""
    if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1].lstrip("_") in SPEAKERS:
        yield from zip(map(prose, node.args), map(prose, node.args[1:]), strict=False)
    if isinstance(node, ast.Tuple) and len(node.elts) == 2:
        pair = (prose(node.elts[0]), prose(node.elts[1]))
        if all(" " in one.strip() for one in pair):
            yield pair


@pytest.mark.parametrize("owner", OWNERS)
def test_no_sentence_stands_beside_its_translation_in_the_code(owner):
    found = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}: {one} / {other}"
        for path in sorted((PACKAGE / owner).rglob("*.py"))
        if str(path.relative_to(PACKAGE)) not in WORDED
        for node in ast.walk(ast.parse(path.read_text()))
        for one, other in beside(node)
        if one and other and one != other
    ]
    assert found == []


def test_a_value_that_differs_between_the_languages_is_a_pair(tmp_path):
    (tmp_path / "id.toml").write_text('[a]\nb = "{n} dari {what}, {{x}}"\nc = "{n}"\n')
    (tmp_path / "en.toml").write_text('[a]\nb = "{n} of {what}"\nc = "{n}!"\n')
    both = Catalogue(tmp_path).both
    assert both("a.b", n=3, what=("log", "a log")) == ("3 dari log, {x}", "3 of a log")
    assert both("a.c") == ("{n}", "{n}!")
    with pytest.raises(KeyError):
        both("a.d")
