"""Every kind of statement has every cell: a new one that lacks something is named here."""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
import tomllib

import pytest
from tests.core.statements.markdown import tables

from rekap.core.ledger import kinds, offices
from rekap.core.pages.look import verifier
from rekap.core.pages.pages import templates_folder
from rekap.core.statements import kinds as statements
from rekap.core.statements import model
from rekap.desk.officials import caption

ABOUT = (
    statements.LOG, statements.ELECTION, statements.PLACE, statements.CONTEST, statements.SLOT,
)  # fmt: skip
ENDS = {"never", "later", "chain", "revoke", "revision"}


def test_both_halves_of_the_table_have_the_same_kinds_in_one_order() -> None:
    assert list(kinds.KINDS) == list(statements.KINDS)


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_a_kind_has_every_cell(kind: str) -> None:
    says, row = statements.KINDS[kind], kinds.KINDS[kind]
    assert says.name == kind
    assert says.about in ABOUT
    for half in (says, row):
        for cell in dataclasses.fields(half):
            assert getattr(half, cell.name) is not None, cell.name
    for function, names in (
        (row.signed_by, ["view", "fields", "policy"]),
        (row.condition, ["state", "done"]),
        (row.effect, ["state", "touches", "done"]),
        (row.touched, ["touches", "state", "record", "fields"]),
    ):
        assert list(inspect.signature(function).parameters) == names
    assert row.ends.by in ENDS
    assert (row.ends.in_force is not None) == (row.ends.by == "revision")
    assert row.policy in {"", *model.THRESHOLDS}


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_a_kind_has_its_page_and_its_names(kind: str) -> None:
    row, folder = kinds.KINDS[kind], templates_folder()
    assert (folder / "kinds" / row.page).is_file()
    for language in ("id", "en"):
        texts = tomllib.loads((folder / "text" / f"{language}.toml").read_text("utf-8"))
        assert texts["kind"][kind]
    assert kind == "form" or kind in caption._KINDS


def test_no_template_is_of_no_kind() -> None:
    """What is of no kind is included by others, or is the page of a kind that is not known."""
    files = {
        path.name: path.read_text("utf-8") for path in (templates_folder() / "kinds").iterdir()
    }
    included = re.findall(r"{% include 'kinds/([a-z]+[.]html)'", "".join(files.values()))
    named = {row.page for row in kinds.KINDS.values()} | {"unknown.html"}
    assert files.keys() == named | set(included)


@pytest.mark.parametrize(("file", "table"), [("statement", "KINDS"), ("contents", "KINDS"),
                                             ("offices", "REQUIREMENTS")])  # fmt: skip
def test_the_check_in_the_browser_has_every_kind(file: str, table: str) -> None:
    source = (templates_folder() / "script" / f"{file}.js").read_text("utf-8")
    (rows,) = re.findall(rf"^const {table} = {{\n(.*?)^}};$", source, re.DOTALL | re.MULTILINE)
    named = set(re.findall(r"^  ([a-z]+)(?::|\()", rows, re.MULTILINE))
    missing = {"form"} if file == "contents" else set()
    assert named == set(kinds.KINDS) - missing
    for language in ("id", "en"):
        text = (templates_folder() / "text" / f"{language}.toml").read_text("utf-8")
        assert set(re.findall(r"^says_([a-z]+) =", text, re.MULTILINE)) >= named - {"form"}


def test_the_check_in_the_browser_has_our_tables_and_no_other() -> None:
    sources = verifier.modules(templates_folder())
    for name in ("FORMS", "BODIES", "THRESHOLDS", "LEVELS", "OFFICES", "RESERVED"):
        said = [file for file, text in sources.items() if f"const {name} =" in text]
        assert said == ["tables"], name
    (forms,) = re.findall(r"^export const FORMS = (.*);$", sources["tables"], re.MULTILINE)
    assert {name: one["column"] for name, one in json.loads(forms).items()} == {
        name: form.column for name, form in model.FORMS.items()
    }


def test_every_label_of_the_check_is_among_its_texts() -> None:
    source = (templates_folder() / "script" / "contents.js").read_text("utf-8")
    named = set(re.findall(r'label\("([a-z_]+)"\)', source))
    assert named <= set(verifier._TOLD["statement"])


def test_kinds_are_told_at_a_glance_as_they_are() -> None:
    told = tables("formats.md")
    for heading, of_kind in (
        ("Kinds", {kind: statements.KINDS[kind].about for kind in kinds.KINDS}),
        ("How kinds end", {kind: row.ends.by for kind, row in kinds.KINDS.items()}),
    ):
        written = [(kind, row[0].strip("`")) for row in told[heading] for kind in row[-1].split()]
        assert sorted(written) == sorted((f"`{kind}`", group) for kind, group in of_kind.items())


class _Register:
    """One election whose policy asks a number of its own of every threshold."""

    def get(self, name: str, key: str) -> object:
        policy = {name: 50 + at for at, name in enumerate(model.THRESHOLDS)}
        roots = {"kpu": {"k": 1}}
        known = {
            "log": {"operators": {"k": 1}},
            "election/e": {"policy": policy, "roots": roots, "provincial": True},
        }
        return known.get(key) if name == "meta" else None


@pytest.mark.parametrize(("kind", "more"), [
    ("roster", {"region": "90.01.01"}),
    ("grant", {"region": "90.01.01", "body": "ppk"}),
    ("determination", {"region": "90.01"}),
    ("elected", {"region": "90.01"}),
    ("ruling", {"region": "90.01"}),
    ("answer", {"form": "d_hasil_kabko", "region": "90.01", "accept": "0"}),
    *(("form", {"form": form, "region": "90.01.01.1001", "tps": "001"})
      for form in model.FORMS if form != model.SUMMARY),
])  # fmt: skip
def test_the_threshold_of_a_kind_is_the_one_that_its_row_names(kind: str, more: dict) -> None:
    view = _Register()
    (asked,) = kinds.requirements(view, {"kind": kind, "election": "e", **more})
    name = kinds.KINDS[kind].policy or more["form"]
    assert asked.offices[0].number == view.get("meta", "election/e")["policy"][name]
    assert asked.offices[0].body != offices.ROOT_KPU
