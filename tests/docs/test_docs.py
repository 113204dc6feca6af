"""Documents and repository agree: names resolve, commands run, links lead somewhere."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path

import pytest
from tests.core.statements.markdown import tables

from rekap.desk.main import COMMANDS, main

ROOT = Path(__file__).parents[2]
KEPT_OUT = re.compile(r"\.git|\.venv.*|var|dist|node_modules|.*\.egg-info")


def _documents() -> Iterator[Path]:
    """Every document; what others brought, ten thousands of files, is not walked through."""
    for folder, below, files in os.walk(ROOT):
        below[:] = [name for name in below if not KEPT_OUT.fullmatch(name)]
        yield from (Path(folder) / name for name in files if name.endswith(".md"))


DOCUMENTS = sorted(_documents())
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
ARCHITECTURE = tables("architecture.md")
PLACES = [row[1].strip("`") for row in ARCHITECTURE["Where is it"]]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`[^`\n]*`")
MEASURED = re.compile(r"\b\d[\d.,]* ?(?:ms|MB|GB|[a-z]*/s)\b")
OURS_ONLY = re.compile(r"(?<![\w.}])/(?:home|root|tmp|work|Users)/|pypi\.org|index-url")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(name: str) -> Iterator[str]:
    """Every line and code span of a document that is a command of ours."""
    fenced = [line for block in FENCE.findall(text(name)) for line in block.splitlines()]
    spans = re.findall(r"`([^`\n]+)`", FENCE.sub("", text(name)))
    for one in (*fenced, *spans):
        words = re.split(r" {2,}#", one)[0].strip()
        if re.match(
            r"([A-Z]+=\S+ )?make( [a-z-]+)+$|(\.venv/bin/)?(rekap (?!enrolment v)|python scripts/)",
            words,
        ):
            yield words


# ---------------------------------------------------------------- architecture


@pytest.mark.parametrize("place", PLACES)
def test_what_the_table_names_is_there(place: str) -> None:
    file, _, name = place.partition(":")
    assert (ROOT / file).is_file(), file
    if name:
        assert name in defined(ROOT / file), f"{file} defines no {name}"


def defined(path: Path) -> set[str]:
    """Functions, classes, methods and constants at the top of a module."""
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {
                f"{node.name}.{below.name}"
                for below in node.body
                if isinstance(below, ast.FunctionDef)
            }
        if isinstance(node, ast.Assign):
            names |= {one.id for one in node.targets if isinstance(one, ast.Name)}
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names


def test_no_task_and_no_place_stands_twice() -> None:
    rows = ARCHITECTURE["Where is it"]
    assert len({row[0] for row in rows}) == len(rows)
    assert len(set(PLACES)) == len(PLACES)


def test_every_package_of_the_flow_is_described() -> None:
    named = " ".join(row[0] for row in ARCHITECTURE["Packages"])
    package = ROOT / "functions" / "rekap"
    found = {path.parent.name for path in package.glob("*/__init__.py")}
    assert all(f"`rekap.{name}`" in named for name in found)


@pytest.mark.parametrize(
    "name",
    [
        "audit",
        "audit/nation",
        "core/ledger",
        "core/log",
        "core/pages",
        "core/pages/data",
        "core/pages/look",
        "core/pages/tables",
        "core/pages/twins",
        "core/pages/words",
        "core/signing",
        "core/statements",
        "net",
        "portal",
        "portal/intake",
        "portal/publishing",
        "portal/sequencing",
    ],
)
def test_a_package_names_its_modules(name: str) -> None:
    folder = ROOT / "functions" / "rekap" / name
    said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or ""
    named = [word for line in said.splitlines()[1:] for word in re.split(" {2,}", line)[:-1]]
    inside = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    inside |= {path.parent.name for path in folder.glob("*/__init__.py")}
    assert sorted(named) == sorted(inside)


def test_write_orders_stand_in_the_docstrings_that_are_named() -> None:
    said = text("docs/architecture.md").partition("## Write order")[2].partition("\n## ")[0]
    files = re.findall(r"`(\S+\.py)`", said)
    assert len(files) == 5
    for file in files:
        steps = re.findall(
            r"^ *(\d+|V\d+|W\d+)\b", ast.get_docstring(ast.parse(text(file))) or "", re.MULTILINE
        )
        assert len(steps) >= 3, file


def packages(lock: str) -> set[str]:
    lines = text(f"requirements/{lock}").splitlines()
    return {re.split("[=; ]", line)[0] for line in lines if re.match("[a-z]", line)}


def test_every_library_has_its_reason() -> None:
    asked = packages("run.in") | packages("lambda.in")
    end = 1 + len(asked)  # the table's heading is a row too
    direct, brought = (
        [re.findall("`([^`]+)`", row[0]) for row in part]
        for part in (ARCHITECTURE["Dependencies"][:end], ARCHITECTURE["Dependencies"][end:])
    )
    assert {name for names in direct for name in names} == asked
    named = {name for names in brought for name in names if name != "library"}
    assert named == packages("run.txt") - asked


# ---------------------------------------------------------------- commands


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))


@pytest.mark.parametrize("name", NAMES)
def test_make_targets_exist(name: str) -> None:
    for command in commands(name):
        words = command.split()
        if "make" in words[:2]:
            assert set(words[words.index("make") + 1 :]) <= targets(), command


@pytest.mark.parametrize(("name", "place"), [("README.md", 1), ("README.id.md", 0)])
def test_the_two_commands_of_the_front_page(name: str, place: int) -> None:
    first = FENCE.findall(text(name))[place].splitlines()
    assert [line.split("#")[0].strip() for line in first[1:-1]] == ["make demo", "make test"]
    assert re.search(r"\d+ (minutes|menit): ", first[1])


def test_both_front_pages_say_what_does_not_exist_yet() -> None:
    english = text("README.md").split("## What does not exist yet")[1].split("\n## ")[0]
    indonesian = text("README.id.md").split("## Yang belum ada")[1].split("\n## ")[0]
    assert english.count("\n- ") == indonesian.count("\n- ") > 0


def test_the_picture_of_the_front_page_is_small() -> None:
    assert 10_000 < (ROOT / "docs" / "result.png").stat().st_size <= 150_000


USED = sorted({c for name in NAMES for c in commands(name) if "make" not in c.split()[:2]})


@pytest.mark.parametrize("command", USED)
def test_a_command_takes_the_arguments_that_are_written(command: str) -> None:
    words = command.split()
    # `rekap draft` has kinds with arguments of their own.
    below = words[2:3] if words[1] == "draft" else []
    is_rekap = words[0].endswith("rekap")
    told = usage(words[1], *below) if is_rekap else usage_of_script(words[1])
    for option in re.findall(r"--[a-z]+", command):
        assert option in told, option


@cache
def usage(*words: str) -> str:
    """What `rekap` says of the arguments of a command: most stand in many commands."""
    with redirect_stdout(StringIO()) as said, pytest.raises(SystemExit) as stopped:
        main([*words, "--help"])
    assert stopped.value.code in (None, 0), words
    return said.getvalue()


@cache
def usage_of_script(path: str) -> str:
    done = subprocess.run(
        [sys.executable, str(ROOT / path), "--help"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_command_that_exists_is_on_the_front_page() -> None:
    pages = ("README.md", "docs/walkthrough.md")
    shown = {one.split()[1] for name in pages for one in commands(name) if "rekap " in one}
    assert shown - {"--version"} == {command.name for command in COMMANDS}


# ---------------------------------------------------------------- links and words


@pytest.mark.parametrize("name", NAMES)
def test_relative_links_lead_somewhere(name: str) -> None:
    for target in LINK.findall(SPAN.sub("code", FENCE.sub("", text(name)))):
        if re.match("[a-z]+:", target):
            continue
        path, _, heading = target.partition("#")
        found = (ROOT / name).parent / path if path else ROOT / name
        assert found.exists(), target
        if heading:
            assert heading in slugs(found), target


def slugs(path: Path) -> set[str]:
    """Anchors of a document's headings, as forges make them."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", path.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings}


def test_every_decision_is_a_row() -> None:
    assert [path.name for path in (ROOT / "docs" / "adr").iterdir()] == ["README.md"]
    for number, *said in tables("adr/README.md")["Short ones"]:
        assert re.fullmatch("[0-9]{4}", number)
        assert len(said) == 4, number
        assert said[1] in ("one-way", "two-way"), number


@pytest.mark.parametrize("name", NAMES)
def test_a_document_names_no_machine_and_no_index_of_packages(name: str) -> None:
    assert not OURS_ONLY.search(text(name))


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith("docs/") or "/" not in n])
def test_figures_that_were_measured_stand_in_one_place(name: str) -> None:
    if name != "docs/measurements.md":
        assert not MEASURED.findall(text(name))


def test_an_entry_has_the_indonesian_word_of_the_glossary():
    """Pages, commands, answers and documents say "catatan"; "entri" would be a second word."""
    assert "| Catatan | one signed statement in the log | `entry` |" in text("docs/glossary.md")
    spoken = [
        *ROOT.glob("functions/**/*.py"),
        *ROOT.glob("templates/**/*.*"),
        *ROOT.glob("docs/*.md"),
        ROOT / "README.id.md",
    ]
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in spoken
        if path.suffix in {".py", ".toml", ".html", ".md"}
        for match in re.finditer(r"\bentri(?:nya)?\b", path.read_text("utf-8"), re.IGNORECASE)
    ]
    assert found == []
