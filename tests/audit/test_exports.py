"""What `rekap export` writes for others says what the pages say, and in the others' own format."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from tests.core.ledger.night import KABKO_OFFICERS, KECAMATAN, KELURAHAN, Night
from tests.core.statements import builders
from tests.elections import tiny

from rekap.audit.exports import cdf, workbook
from rekap.core.pages.data import codebook, results
from rekap.core.pages.site import Site
from rekap.desk.main import main

E = builders.ELECTION
NOW = 1_732_700_000
BARE = f"{KECAMATAN}.2099"

# NIST SP 1500-100 version 2, the classes that we write: {attribute: type}; "!" needed, "*" a list.
# A type is a class, a Python type, or the words of an enumeration.
STATUS = "certified correction pre-election recount unofficial-complete unofficial-partial"
ITEM = "completed in-process not-processed unknown"
UNIT = "country state county city precinct other"
CLASSES: dict[str, dict[str, Any]] = {
    "ElectionReport": {
        "Format!": "precinct-level", "GeneratedDate!": str, "Issuer!": str, "IsTest": bool,
        "IssuerAbbreviation!": str, "TestType": str, "Notes": str, "SequenceStart!": int,
        "SequenceEnd!": int, "Status!": STATUS, "VendorApplicationId!": str,
        "ExternalIdentifier*": "ExternalIdentifier", "GpUnit*": "ReportingUnit",
        "Election*": "Election",
    },
    "Election": {
        "Name!": "InternationalizedText", "Type!": "general", "StartDate!": str, "EndDate!": str,
        "ElectionScopeId!": str, "ExternalIdentifier*": "ExternalIdentifier",
        "Candidate*": "Candidate", "Contest*": "CandidateContest",
    },
    "ReportingUnit": {
        "@id!": str, "Type!": UNIT, "OtherType": str, "Name": str, "Number": str,
        "ComposingGpUnitIds*": str, "SubUnitsReported": int, "TotalSubUnits": int,
        "CountStatus*": "CountStatus", "VotersRegistered": int, "VotersParticipated": int,
        "ExternalIdentifier*": "ExternalIdentifier",
    },
    "CandidateContest": {
        "@id!": str, "Name!": str, "ElectoralDistrictId!": str, "VotesAllowed!": int,
        "NumberElected": int, "VoteVariation": "majority plurality", "SubUnitsReported": int,
        "TotalSubUnits": int, "SummaryCounts*": "SummaryCounts",
        "BallotSelection*": "CandidateSelection",
    },
    "CandidateSelection": {
        "@id!": str, "CandidateIds!*": str, "SequenceOrder": int, "VoteCounts*": "VoteCounts",
    },
    "Candidate": {
        "@id!": str, "BallotName!": "InternationalizedText", "PreElectionStatus": "withdrawn",
    },
    "VoteCounts": {"Type!": "total", "Count!": int, "GpUnitId": str},
    "SummaryCounts": {
        "Type!": "total", "GpUnitId": str, "BallotsCast": int, "BallotsRejected": int,
    },
    "CountStatus": {"Type!": "total", "Status!": ITEM},
    "ExternalIdentifier": {"Type!": "other", "OtherType": str, "Value!": str},
    "InternationalizedText": {"Text!*": "LanguageString"},
    "LanguageString": {"Content!": str, "Language!": "id en"},
}  # fmt: skip


def _faults(found: Any, name: str, where: str = "") -> Iterator[str]:
    """Yield what of an object does not fit its class."""
    attributes = {key.rstrip("!*").rstrip("!"): key for key in CLASSES[name]}
    if found.get("@type") != f"ElectionResults.{name}":
        yield f"{where}: @type {found.get('@type')}"
    for key in CLASSES[name]:
        if "!" in key and key.rstrip("!*") not in found:
            yield f"{where}: {key} is missing"
    for key, value in found.items():
        if key == "@type":
            continue
        if key not in attributes:
            yield f"{where}: {key} is unknown to {name}"
            continue
        declared = attributes[key]
        kind = CLASSES[name][declared]
        for one in value if declared.endswith("*") else [value]:
            here = f"{where}/{key}"
            if isinstance(kind, str) and kind in CLASSES:
                yield from _faults(one, kind, here)
            elif isinstance(kind, str):
                if one not in kind.split():
                    yield f"{here}: {one!r} is none of {kind}"
            elif type(one) is not kind:
                yield f"{here}: {one!r} is no {kind.__name__}"


def _night(seed: int, steps: int = 60) -> Site:
    """A night's site; of the kelurahan that is named last no roster says which TPS it has."""
    night = Night(seed, mode="replay" if seed % 2 else "rehearsal")
    for _ in range(steps):
        night.step()
    named = [builders.child(code) for code in (*KELURAHAN, BARE)]
    night.roster(KECAMATAN, *KABKO_OFFICERS, children=named)
    return Site(night.state, lambda index: night.entries[index])


def _reports(site: Site) -> dict[str, Any]:
    return {path: json.loads(data) for path, data in cdf.files(site.context, NOW)}


def test_a_report_has_the_standards_classes_and_refers_only_to_what_it_holds() -> None:
    seen = set()
    for seed, steps in ((0, 3), (1, 15), (2, 60), (3, 60)):
        for report in _reports(_night(seed, steps)).values():
            assert list(_faults(report, "ElectionReport")) == []
            units = [unit["@id"] for unit in report["GpUnit"]]
            assert len(set(units)) == len(units)
            text = json.dumps(report)
            told = set(re.findall(r'"GpUnitId": "([^"]+)"', text))
            held = "ComposingGpUnitIds"
            below = [unit[held] for unit in report["GpUnit"] if held in unit]
            composed = [one for some in below for one in some]
            assert all(below), "what holds nothing says nothing"
            assert BARE in {unit["@id"] for unit in report["GpUnit"] if held not in unit}
            (election,) = report["Election"]
            assert sorted([*composed, election["ElectionScopeId"]]) == sorted(units)
            (contest,) = election["Contest"]
            told |= {election["ElectionScopeId"], contest["ElectoralDistrictId"]}
            assert told <= set(units)
            people = {one["@id"] for one in election["Candidate"]}
            used = {one for s in contest["BallotSelection"] for one in s["CandidateIds"]}
            assert used == people
            seen.add(report["Status"])
    assert "unofficial-partial" in seen


def test_the_check_of_classes_finds_a_wrong_report() -> None:
    (report, *_) = _reports(_night(1)).values()
    for spoil in (
        lambda r: r.pop("Issuer"),
        lambda r: r.update(Colour="red"),
        lambda r: r.update(Status="final"),
        lambda r: r["GpUnit"][0].update(Type="hamlet"),
        lambda r: r["Election"][0]["Contest"][0].update(VotesAllowed="1"),
    ):
        wrong = json.loads(json.dumps(report))
        spoil(wrong)
        assert len(list(_faults(wrong, "ElectionReport"))) == 1


def test_votes_of_regions_and_stations_are_those_of_the_tables() -> None:
    counted = 0
    for seed in range(6):
        site = _night(seed)
        tables = dict(site.bulk())
        rows = csv.DictReader(io.StringIO(tables[f"{E}/data/results.csv"].decode()))
        forms = csv.DictReader(io.StringIO(tables[f"{E}/data/forms.csv"].decode()))
        expected = {
            (row["contest"], row["region"], int(row["number"])): int(row["votes"])
            for row in rows if row["votes"]
        }  # fmt: skip
        roster = csv.DictReader(io.StringIO(tables[f"{E}/data/roster.csv"].decode()))
        listed = {(row["region"], row["tps"]) for row in roster}
        for row in forms:
            if row["form"] == "c_hasil" and (row["region"], row["tps"]) in listed:
                for column, cell in row.items():
                    if column.startswith("pair_") and cell:
                        unit = f"{row['region']}/{row['tps']}"
                        expected[row["contest"], unit, int(column[5:])] = int(cell)
        found = {
            (contest["@id"], count["GpUnitId"], choice["SequenceOrder"]): count["Count"]
            for report in _reports(site).values()
            for contest in report["Election"][0]["Contest"]
            for choice in contest["BallotSelection"]
            for count in choice["VoteCounts"]
        }
        assert found == expected
        counted += len(found)
    assert counted > 40


def test_ballots_cast_and_rejected_are_those_of_the_forms_that_say_either() -> None:
    halves = 0
    for seed in range(6):
        site = _night(seed)
        forms = csv.DictReader(io.StringIO(dict(site.bulk())[f"{E}/data/forms.csv"].decode()))
        (report, *_) = _reports(site).values()
        units = {unit["@id"] for unit in report["GpUnit"]}
        found = {
            one["GpUnitId"]: (one.get("BallotsCast"), one.get("BallotsRejected"))
            for one in report["Election"][0]["Contest"][0]["SummaryCounts"]
        }
        for row in forms:
            unit = f"{row['region']}/{row['tps']}".rstrip("/")
            if row["form"] != "summary" and unit in units:
                said = tuple(int(row[name]) if row[name] else None for name in ("total", "invalid"))
                assert found.get(unit, (None, None)) == said
                halves += (said[0] is None) != (said[1] is None)
    assert halves


def test_simulated_and_replayed_data_say_so() -> None:
    for seed, word in ((0, "SIMULASI"), (1, "PEMUTARAN ULANG")):
        site = _night(seed)
        (report, *_) = _reports(site).values()
        assert report["IsTest"] is True
        assert (report["SequenceStart"], report["SequenceEnd"]) == (1, 1), "one file is the whole"
        assert report["TestType"] == (
            "SIMULASI" if word == "SIMULASI" else "replay of official data"
        )
        sheets = _sheets(dict(workbook.files(site.context, "id"))[f"{E}.xlsx"])
        for name, sheet in sheets.items():
            assert word in sheet.header, name
        about = next(iter(sheets.values())).rows
        assert about[0] == [site.context.election(E)["name"]["id"]]
        assert word in about[1][0]


class Sheet:
    """The rows of a worksheet, texts and numbers, and its printed header."""

    def __init__(self, data: bytes, strings: list[str]) -> None:
        tree = ET.fromstring(data)
        space = {"m": tree.tag[1:].partition("}")[0]}
        self.header = tree.findtext("m:headerFooter/m:oddHeader", "", space)
        self.formulas = tree.findall(".//m:f", space)
        self.rows: list[list[Any]] = []
        for row in tree.iterfind(".//m:row", space):
            cells: dict[int, Any] = {}
            for cell in row.iterfind("m:c", space):
                value = cell.findtext("m:v", None, space)
                if value is not None:
                    column = _column(cell.attrib["r"])
                    is_text = cell.get("t") == "s"
                    cells[column] = strings[int(value)] if is_text else float(value)
            self.rows.append([cells.get(at) for at in range(max(cells, default=-1) + 1)])


def _column(reference: str) -> int:
    letters = reference.rstrip("0123456789")
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _sheets(data: bytes) -> dict[str, Sheet]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        tree = ET.fromstring(file.read("xl/sharedStrings.xml"))
        space = {"m": tree.tag[1:].partition("}")[0]}
        strings = ["".join(one.itertext()) for one in tree.iterfind("m:si", space)]
        book = ET.fromstring(file.read("xl/workbook.xml"))
        names = [one.attrib["name"] for one in book.iterfind("m:sheets/m:sheet", space)]
        return {
            name: Sheet(file.read(f"xl/worksheets/sheet{number}.xml"), strings)
            for number, name in enumerate(names, start=1)
        }


@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_cell_of_every_table_is_in_the_workbook_as_number_or_text(lang: str) -> None:
    site = _night(3)
    sheets = _sheets(dict(workbook.files(site.context, lang))[f"{E}.xlsx"])
    folder = f"{E}/data/"
    seen = 0
    for path, data in site.bulk():
        name = path.removeprefix(folder)
        if not path.startswith(folder) or "/" in name or not name.endswith(".csv"):
            continue
        header, *rows = csv.reader(io.StringIO(data.decode()))
        sheet = sheets[name.removesuffix(".csv")]
        assert sheet.rows[0] == header
        assert sheet.formulas == []
        types = [
            one["type"] for one in codebook.schema(name.removesuffix(".csv"), header)["fields"]
        ]
        for row, written in zip(rows, sheet.rows[1:], strict=True):
            for at, cell in enumerate(row):
                here = written[at] if at < len(written) else None
                wanted: Any = cell or None
                if cell and types[at] == "integer":
                    wanted = float(cell)
                assert here == wanted, (path, header[at])
                seen += 1
    assert seen > 500


def test_results_have_a_row_a_region_and_a_column_a_pair() -> None:
    site = _night(3)
    sheets = _sheets(dict(workbook.files(site.context, "id"))[f"{E}.xlsx"])
    rows = list(csv.DictReader(io.StringIO(dict(site.bulk())[f"{E}/data/results.csv"].decode())))
    words, checked = workbook._Workbook(site.context, site.context.election(E), "id")._words, 0
    for contest in {row["contest"] for row in rows}:
        header, *lines = sheets[f"Hasil {contest}"].rows
        mine = [row for row in rows if row["contest"] == contest]
        assert [line[0] for line in lines] == list(dict.fromkeys(row["region"] for row in mine))
        by_region = {line[0]: dict(zip(header, line, strict=True)) for line in lines}
        for row in mine:
            named = by_region[row["region"]]
            pair = f"{row['number']} {row['pair'] or 'kolom kosong'}"
            votes, share = named.get(f"{pair}: suara"), named.get(f"{pair}: % suara sah")
            assert votes == (float(row["votes"]) if row["votes"] else None)
            assert share == (int(row["share"]) / results.MILLION if row["share"] else None)
            for name in ("valid", "invalid", "counted", "expected"):
                assert named[words[name]] == (float(row[name]) if row[name] else None), name
            for name, table in (("level", "level"), ("basis", "basis"), ("state", "comparison")):
                assert named[words[name]] == codebook.word(table, row[name], "id"), name
            assert named[words["name"]] == row["name"]
            checked += 1
    assert checked > 5


def test_the_same_log_gives_the_same_workbook() -> None:
    first, second = (dict(workbook.files(_night(2).context, "id")) for _ in range(2))
    assert first == second


def test_long_and_equal_names_of_sheets_stay_apart() -> None:
    site = _night(0)
    book = workbook._Workbook(site.context, site.context.election(E), "id")
    asked = [*["x" * 40] * 11, "Hasil Kota", "HASIL KOTA", "Hasil kota"]
    assert [book._sheet(name).get_name() for name in asked] == [
        "x" * 31, *(f"{'x' * 29} {number}" for number in range(2, 10)),
        *(f"{'x' * 28} {number}" for number in (10, 11)),
        "Hasil Kota", "HASIL KOTA 2", "Hasil kota 3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "names"), [("xlsx", ["contoh-1.xlsx"]), ("cdf", ["contoh-1.bupati.cdf.json"])]
)
def test_the_command_writes_them_and_nothing_of_a_refuted_log(
    tmp_path: Path, form: str, names: list[str]
) -> None:
    folder = tiny().write(tmp_path / "folder")
    assert main(["import", str(folder), "--to", str(tmp_path / "portal")]) == 0
    public = tmp_path / "portal/public"
    assert main(["export", str(public), "--to", str(tmp_path / "out"), "--as", form]) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    assert main(["export", str(public), "--to", str(tmp_path / "out"), "--as", form]) == 2
    bundle = next(
        path for path in sorted((public / "log/tile/entries").rglob("*")) if path.is_file()
    )
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(bytes(data))
    assert main(["export", str(public), "--to", str(tmp_path / "bad"), "--as", form]) != 0
    assert not (tmp_path / "bad").exists()
