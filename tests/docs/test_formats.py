"""`docs/formats.md` and `docs/files.md` say what the code does: vectors, fields, codes, columns."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from scripts.schemas import fields
from tests.core.statements.markdown import tables
from tests.elections import tiny

from rekap.audit.claim import Claim
from rekap.core import codec
from rekap.core.ledger import fold
from rekap.core.ledger import kinds as effects
from rekap.core.pages.twins import overview
from rekap.core.signing import envelope
from rekap.core.statements import kinds_people, model, schema, shapes
from rekap.core.statements.kinds import KINDS
from rekap.core.statements.rules import RULES
from rekap.portal.intake import answers

ROOT = Path(__file__).parents[2]
NAMES = ("formats.md", "files.md")
TEXT = "".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in NAMES)
TABLES = {**tables("formats.md"), **tables("files.md")}
VECTOR = re.compile(
    r"<!-- vector (text|bytes|hex|pae) ([a-z-]+\.json) ([a-z_0-9.]+) -->\n```\n(.*?)```\n",
    re.DOTALL,
)
EXAMPLES = VECTOR.findall(TEXT)


@pytest.mark.parametrize(("form", "file", "path", "shown"), EXAMPLES)
def test_an_example_equals_its_vector(form: str, file: str, path: str, shown: str) -> None:
    value = json.loads((ROOT / "tests" / "vectors" / file).read_text(encoding="utf-8"))
    for step in path.split("."):
        value = value[int(step)] if step.isdigit() else value[step]
    wanted = {
        "text": lambda: value,
        "bytes": lambda: bytes.fromhex(value).decode(),
        "hex": lambda: bytes.fromhex(value).hex(" "),
        "pae": lambda: envelope.pae(value.encode()).decode(),
    }[form]()
    assert shown in (wanted, wanted + "\n")


def test_every_kind_of_vector_has_an_example() -> None:
    ours = {path.name for path in (ROOT / "tests" / "vectors").glob("*.json")}
    named = {file for _, file, _, _ in EXAMPLES}
    assert ours - named == {"ed25519-profile.json"}
    assert "`tests/vectors/ed25519-profile.json`" in TEXT
    assert TEXT.count("<!-- vector ") == len(EXAMPLES)


def test_examples_of_statements_are_statements() -> None:
    shown = re.findall(r"<!-- statement -->\n```\n(.*)\n```\n", TEXT)
    assert shown
    for payload in shown:
        assert schema.parse_statement(payload.encode()).kind in KINDS


def test_tables_of_fields_are_made_of_the_types() -> None:
    text = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    assert fields.written(text) == text, "run scripts/make_schemas.py"
    marked = re.findall(r"<!-- fields ?([a-z]*) -->\n\| field ", text)
    assert marked == ["", *(kind for kind in KINDS if kind not in ("clock", "close"))]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_exactly_the_fields_of_its_type(kind: str) -> None:
    common = [tuple(row[:2]) for row in TABLES["Fields of every kind"]]
    assert common == fields.kinds()[kind][: fields.OF_EVERY_KIND]
    assert [tuple(row[:2]) for row in TABLES.get(kind, [])] == fields.own(kind)


def test_fields_of_several_kinds_stand_once_with_their_kinds() -> None:
    groups: dict[str, set[str]] = {}
    for kind, row in KINDS.items():
        for group in (row.about, effects.KINDS[kind].ends.by):
            groups.setdefault(group, set()).add(kind)
    written = {}
    for name, value, of, _ in TABLES["Fields of several kinds"]:
        named = re.findall("`([a-z]+)`", of)
        of_groups = set().union(*(groups[group] for group in named if group in groups))
        written[name, value] = set(named) if of.startswith("`") else of_groups
    assert written == {row: set(kinds) for row, kinds in fields.several().items()}


def test_a_form_is_written_in_the_order_of_the_levels() -> None:
    (row,) = (row for row in TABLES["Statements"] if row[0] == "form")
    assert re.findall("`([a-z_]+)`", row[1]) == list(model.FORMS)


def test_objects_of_several_kinds_are_those_of_the_schema() -> None:
    written = {row[0]: row[1] for row in TABLES["Statements"]}
    for struct, name in fields.SHARED.items():
        assert re.findall(r"`([a-z]+)` \(", written[name]) == fields.names(struct)
    assert re.findall(r"`([A-Z][0-9]+)`", written["explanation"]) == sorted(RULES)
    assert f"1…{kinds_people.KEYS_MAX}" in written["k of keys"]


def test_figures_are_those_of_the_paper_in_its_order() -> None:
    told = TEXT.partition("\n### Figures\n")[2].partition("\n### ")[0]
    named = re.findall(r"`([a-z0-9_]+)`", told)
    wanted = list(model.figure_fields(model.PAIRS_MAX))
    pairs = [name for name in wanted if name.startswith("pair_")]
    assert named == [name for name in wanted if name not in pairs[1:-1]]


def test_bounds_of_all_statements() -> None:
    for bound in (codec.MAX_BYTES, codec.MAX_INTEGER):
        assert f"{bound:,}" in TEXT
    assert f"At most {codec.MAX_DEPTH} levels" in TEXT
    assert f"sorted list of 1…{model.COLUMNS_MAX} " in TEXT


def test_thresholds_are_the_defaults_of_the_code() -> None:
    numbers = {row[1].strip("`"): row[2] for row in TABLES["Who must sign"] if row[1]}
    numbers["grant"] = TABLES["Who must sign"][5][2]
    assert {name: int(text.split(" of ")[0]) for name, text in numbers.items()} == dict(
        model.THRESHOLDS
    )


def test_reasons_of_void_entries() -> None:
    assert " ".join(f"`{reason}`" for reason in fold.VOID_REASONS) in TEXT.splitlines()


def test_reserved_ids() -> None:
    for place, ids in (
        ("election", model.RESERVED_ELECTIONS),
        ("contest", model.RESERVED_CONTESTS),
    ):
        named = " ".join(f"`{one}`" for one in sorted(ids))
        assert f"Reserved {place} ids: {named}." in TEXT.splitlines()


def test_codes_of_refusals() -> None:
    codes = {name: (one.status, one.final) for name, one in answers.CODES.items()}
    written = {
        code: (int(status), final == "yes")
        for status, final, named in TABLES["Refusals"]
        for code in re.findall("`([^`]+)`", named)
    }
    assert written == codes
    assert " ".join(f"`{code}`" for code in sorted(shapes.SENTENCES)) + "." in TEXT.splitlines()


def test_statuses_of_forms_are_those_of_the_code() -> None:
    named = {status for status in model.STATUSES if f"`{status}`" in TEXT}
    assert named == set(model.STATUSES) - {"void"}


def test_the_claim_has_the_fields_that_are_written() -> None:
    named = re.findall(r"`([a-z_]+)`", " ".join(row[0] for row in TABLES["site.json"]))
    assert sorted(named) == sorted(Claim.__dataclass_fields__)


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the tiny folder, imported through the functions."""
    from rekap.desk.replay.importer import Plan, run

    work = tmp_path_factory.mktemp("docs")
    run(Plan((tiny().write(work / "tiny"),), work / "portal"), lambda wave, counts: None)
    return work / "portal" / "public"


def test_columns_of_bulk_data(public: Path) -> None:
    for row in TABLES["CSV"]:
        name = row[0].split("`")[1]
        pattern = re.escape(row[1].strip("`")).replace(r",\{figures\}", "(?:,[a-z0-9_]+)*")
        found = [path.read_text("utf-8").split("\n")[0] for path in public.rglob(name)]
        assert found, name
        assert all(re.fullmatch(pattern, header) for header in found), (name, found)


def test_no_other_csv_is_published(public: Path) -> None:
    named = {row[0].split("`")[1] for row in TABLES["CSV"]}
    assert {path.name for path in public.rglob("*.csv")} == named


def test_every_twin_has_the_written_fields_and_a_known_page(public: Path) -> None:
    rows = TABLES["Twins"]
    common = set(re.findall(r"`([a-z_]+)`", " ".join(row[0] for row in rows)))
    kinds = re.findall(r"`([a-z]+)`", rows[0][1])
    twins = [json.loads(path.read_bytes()) for path in public.rglob("index.json")]
    assert all(common <= twin.keys() for twin in twins)
    # No copy, no objection, no clock, no readiness in this tiny folder.
    unseen = {"copies", "incidents", "times", "today"}
    assert sorted({twin["page"] for twin in twins} | unseen) == kinds
    assert set(overview.TEXT_PAGES.values()) <= set(kinds)


def test_every_address_of_a_site_is_written(public: Path) -> None:
    shown = TEXT.partition("## Addresses\n")[2].partition("```\n")[2].partition("```")[0]
    folders = {line.split("/")[0] for line in shown.replace("  ", "\n").split("\n") if line.strip()}
    for path in public.iterdir():
        assert path.name in folders or (path / "data").is_dir(), path.name
