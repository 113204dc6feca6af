"""Bulk data is what its package says: by another validator, by the closed lists, by the sums."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import frictionless
import pytest
from tests.core.ledger.night import Night
from tests.core.ledger.realm import OTHER, Fork, Realm, names
from tests.core.statements import builders
from tests.elections import tiny

from rekap.core.pages.data import codebook
from rekap.core.pages.site import Site
from rekap.core.pages.tables import tables
from rekap.core.statements import model, schema
from rekap.core.statements.rules import RULES
from rekap.desk.main import main

ONE = "90.01.01.1001"
HOSTILE = tiny().replace("election.toml", '"Calon Satu"', '"=HYPERLINK(1), \\"a\\""')


def _bulk(world: Any) -> dict[str, bytes]:
    return dict(Site(world.state, lambda index: world.entries[index]).bulk())


def _rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def _write(files: dict[str, bytes], folder: Path) -> list[Path]:
    """Write the bulk data of all elections; return their packages."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return sorted(folder.rglob("datapackage.json"))


def _errors(package: Path) -> set[str]:
    report = frictionless.Package(str(package)).validate()
    found = report.flatten(["type"]) if not report.valid else []
    return {kind for (kind,) in found}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bulk data of the tiny folder, with a hostile name, imported through the functions."""
    work = tmp_path_factory.mktemp("bulk")
    folder = HOSTILE.write(work / "folder")
    assert main(["import", str(folder), "--to", str(work / "portal")]) == 0
    return work / "portal" / "public" / "contoh-1" / "data"


def test_a_validator_of_others_accepts_the_package(data: Path) -> None:
    assert _errors(data / "datapackage.json") == set()


@pytest.mark.parametrize("seed", range(2))
def test_a_validator_of_others_accepts_whatever_a_night_leaves(seed: int, tmp_path: Path) -> None:
    night = Night(seed, mode="replay" if seed % 2 else "rehearsal")
    for _ in range(90):
        night.step()
    (package,) = _write(_bulk(night), tmp_path)
    assert _errors(package) == set()


@pytest.mark.parametrize(
    ("file", "old", "new", "error"),
    [
        ("forms.csv", b",first,100,", b",first,seratus,", "type-error"),
        ("forms.csv", b",first,100,", b",first,-100,", "constraint-error"),
        ("forms.csv", b"c_hasil,97.01.01.1001", b"b_hasil,97.01.01.1001", "constraint-error"),
        ("forms.csv", b"bupati,c_hasil", b"gubernur,c_hasil", "foreign-key"),
        ("roster.csv", b"97.01.01.1001,002", b"97.01.01.1001,001", "primary-key"),
        ("regions.csv", b"97.01.01.2002", b"97.01.01.2003", "foreign-key"),
        ("findings.csv", b",hard,", b",heavy,", "constraint-error"),
        ("pairs.csv", b",0,\n", b",no,\n", "type-error"),
        ("revisions.csv", b",reading,", b",joking,", "constraint-error"),
        ("codebook.csv", b"\nforms,form,,", b"\nforms,form,c_hasil,", "primary-key"),
    ],
)
def test_the_validator_sees_a_changed_cell(
    data: Path, tmp_path: Path, file: str, old: bytes, new: bytes, error: str
) -> None:
    files = {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()}
    assert old in files[file]
    files[file] = files[file].replace(old, new, 1)
    (package,) = _write(files, tmp_path)
    assert _errors(package) & {"hash-count", "byte-count"}, "its digest is another one"
    described = json.loads(files["datapackage.json"])
    for resource in described["resources"]:
        resource["bytes"] = len(files[resource["path"]])
        resource["hash"] = f"sha256:{sha256(files[resource['path']]).hexdigest()}"
    package.write_text(json.dumps(described))
    assert error in _errors(package)


def test_a_hostile_name_is_a_text_in_every_cell(data: Path) -> None:
    row = _rows((data / "pairs.csv").read_bytes())[0]
    assert row["name"] == '\'=Hyperlink(1), "a"'
    assert tables.unguard(row["name"]) == '=Hyperlink(1), "a"'
    for path in data.glob("*.csv"):
        for cells in csv.reader(io.StringIO(path.read_text("utf-8"), newline=""), strict=True):
            for cell in cells:
                assert cell.lstrip("-").isdigit() or not cell.startswith(("=", "+", "-", "@"))


def test_the_package_names_size_root_and_every_column_in_both_languages(data: Path) -> None:
    package = json.loads((data / "datapackage.json").read_bytes())
    site = json.loads((data / "../../site.json").read_bytes())
    assert (package["size"], package["root"]) == (site["data_size"], site["data_root"])
    assert {r["path"] for r in package["resources"]} == {p.name for p in data.glob("*.csv")}
    for resource in package["resources"]:
        described = [field["name"] for field in resource["schema"]["fields"]]
        header = (data / resource["path"]).read_text("utf-8").partition("\n")[0]
        assert described == header.split(",")
        for field in resource["schema"]["fields"]:
            assert field["description"] != field["description_en"]


# ------------------------------------------------------------------ the codebook


def test_the_codebook_tells_every_column_and_every_code(data: Path) -> None:
    package = json.loads((data / "datapackage.json").read_bytes())
    told = {
        (r["file"], r["column"], r["value"]) for r in _rows((data / "codebook.csv").read_bytes())
    }
    wanted = set()
    for resource in package["resources"]:
        for field in resource["schema"]["fields"]:
            wanted.add((resource["name"], field["name"], ""))
            for value in field.get("constraints", {}).get("enum", ()):
                wanted.add((resource["name"], field["name"], value))
    assert told == wanted


def test_codes_of_the_codebook_are_the_closed_lists() -> None:
    values = {name: list(codes) for name, codes in codebook._book()["values"].items()}
    assert values["form"] == list(model.FORMS)
    assert values["count"] == list(model.COUNTS)
    assert values["correction"] == [*model.REASONS, "answer"]
    assert values["level"] == list(model.LEVELS)
    assert values["rule"] == list(RULES)
    assert set(values["position"]) == {p for of in model.BODIES.values() for p in of.positions}


def test_the_codebook_has_each_figure_and_the_sentences_of_the_rules() -> None:
    book = codebook._book()
    assert list(book["figures"]) == [*model.FIELDS[:-3], "pair_n", *model.FIELDS[-3:]]
    assert all(said["id"] and said["en"] for said in book["figures"].values())
    for code, said in book["values"]["rule"].items():
        assert said == {"id": RULES[code].sentence_id, "en": RULES[code].sentence_en}


def test_every_column_of_the_codebook_is_used_by_some_file(data: Path) -> None:
    files = {p.stem: p.read_text("utf-8").split("\n")[0].split(",") for p in data.glob("*.csv")}
    every = {f"{file}.{name}" for file, names_ in files.items() for name in names_}
    every |= {name for names_ in files.values() for name in names_}
    assert set(codebook._book()["columns"]) <= every


# ------------------------------------------------------------------ corrections


@pytest.fixture(scope="module")
def realm() -> Realm:
    return Realm(other=False)


def _form(fork: Fork, votes: int, **fields: Any) -> tuple[int, str]:
    figures = {**builders.STATION, "pair_1": votes, "valid": votes + 95, "total": votes + 105}
    payload = builders.form(region=ONE, tps="001", figures=figures, **fields)
    status = fork.try_(payload, *names(f"kpps-{ONE}-001"))
    assert not status.startswith("void"), status
    return fork.state.size - 1, fork.state.entry(fork.state.size - 1)["id"]


def _corrections(fork: Fork) -> list[dict[str, str]]:
    return _rows(_bulk(fork)[f"{builders.ELECTION}/data/revisions.csv"])


def _short(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[n] for n in ("index", "from", "to", "reason", "field", "old", "new", "change"))


def test_a_revision_shows_each_changed_figure_and_the_move_of_the_sum(realm: Realm) -> None:
    fork = realm.fork()
    first, one = _form(fork, 120)
    second, _ = _form(
        fork, 125, revision=2, previous=one, reason={"code": "typing", "text": "Salah ketik 120."}
    )
    rows = _corrections(fork)
    at = (str(second), str(first), str(second), "typing")
    assert [_short(row) for row in rows] == [
        (*at, "pair_1", "120", "125", "5"),
        (*at, "valid", "215", "220", "5"),
        (*at, "total", "225", "230", "5"),
    ]
    assert {(row["total"], row["text"], row["tps"], row["revision"]) for row in rows} == {
        ("sum", "Salah ketik 120.", "001", "2")
    }


def test_a_correction_has_the_hour_at_which_it_came(realm: Realm) -> None:
    fork = realm.fork()
    _, one = _form(fork, 120)
    assert fork.try_(builders.clock(at="2024-11-28T02:30:00+09:00"), "log") == "effective"
    _, two = _form(fork, 125, revision=2, previous=one)
    assert {row["hour"] for row in _corrections(fork)} == {"2024-11-28T00:30:00+07:00"}
    assert fork.try_(builders.clock(at="2024-11-28T03:30:00+09:00"), "log") == "effective"
    _form(fork, 126, revision=3, previous=two)
    assert [row["hour"][11:16] for row in _corrections(fork)] == ["00:30"] * 3 + ["01:30"] * 3


def test_a_correction_in_a_log_without_clocks_has_no_hour(realm: Realm) -> None:
    fork = realm.fork()
    _, one = _form(fork, 120)
    _form(fork, 125, revision=2, previous=one)
    assert {row["hour"] for row in _corrections(fork)} == {""}


def test_an_answer_that_accepts_a_rival_is_a_correction(realm: Realm) -> None:
    fork = realm.fork()
    first, _ = _form(fork, 120)
    rival, two = _form(fork, 122, at="2024-11-27T20:00:00+07:00")
    assert _corrections(fork) == [], "both are shown, the first one counts"
    answer = builders.answer(region=ONE, tps="001", accept=two, explains=None)
    fork.try_({k: v for k, v in answer.items() if v is not None}, *names("ppk-90.01.01", 2))
    by = fork.state.size - 1
    assert [_short(row)[:5] for row in _corrections(fork)] == [
        (str(by), str(first), str(rival), "answer", field) for field in ("pair_1", "valid", "total")
    ]


def test_a_revision_without_another_figure_has_one_row(realm: Realm) -> None:
    fork = realm.fork()
    first, one = _form(fork, 120)
    second, _ = _form(fork, 120, revision=2, previous=one, count="recount")
    assert [_short(row) for row in _corrections(fork)] == [
        (str(second), str(first), str(second), "typing", "", "", "", "")
    ]


def test_a_region_that_is_left_out_takes_those_below_with_it(realm: Realm) -> None:
    fork = realm.fork()
    before = fork.state.regions.get(f"{builders.ELECTION}/90.01")["roster"]
    kids = [builders.child("90.01.02")]
    roster = builders.roster("90.01", revision=2, previous=before, children=kids)
    places = []
    for left_out in (False, True):
        if left_out:
            assert fork.try_(roster, *names("kpu-prov-90", 2)) == "effective"
        files = {path.rpartition("/")[2]: data for path, data in _bulk(fork).items()}
        codes = [row["code"] for row in _rows(files["regions.csv"])]
        places.append((codes, [row["region"] for row in _rows(files["roster.csv"])]))
    for before, after in zip(*places, strict=True):
        assert after == [code for code in before if not code.startswith("90.01.01")] != before
        assert "90.01.02.1001" in after


def test_the_register_of_an_election_has_its_own_keys_and_the_operators() -> None:
    both = Realm()
    files = list(_bulk(both))
    assert files[-1].endswith("/data/datapackage.json"), "it describes what is there by then"
    bodies = set()
    for election in (builders.ELECTION, OTHER):
        rows = _rows(_bulk(both)[f"{election}/data/register.csv"])
        own = {both.state.keys.get(row["keyid"])["election"] for row in rows}
        assert own == {election, ""}
        bodies |= {row["body"] for row in rows}
    assert {"operator", "kpps", "ppk"} <= bodies


def _heads(night: Night) -> Iterator[tuple[tuple[str, ...], dict[str, int], dict[str, int]]]:
    """Yield (place, figures of the first head, figures of the head) of every slot."""
    site = Site(night.state, lambda index: night.entries[index])
    for key, slot in night.state.slots.scan(""):
        if slot.get("head"):
            first = slot["moves"][0][1] if "moves" in slot else slot["head_index"]
            yield tuple(key.split("/")[1:]), site._ctx.payload(first)["figures"], slot["figures"]


def test_corrections_lead_from_the_first_figures_to_those_in_force() -> None:
    moved = 0
    for seed in range(12):
        night = Night(seed)
        for _ in range(60):
            night.step()
        changes: dict[tuple[str, ...], Counter[str]] = {}
        for row in _rows(_bulk(night)[f"{builders.ELECTION}/data/revisions.csv"]):
            place = tuple(row[n] for n in ("contest", "form", "region", "tps") if row[n])
            if row["field"]:
                changes.setdefault(place, Counter())[row["field"]] += int(row["change"] or 0)
        for place, first, now in _heads(night):
            for field in first.keys() & now.keys():
                assert now[field] - first[field] == changes.get(place, Counter())[field]
                moved += now[field] != first[field]
    assert moved > 50


def test_no_election_and_no_contest_has_the_name_of_a_file() -> None:
    """An election `index.json`, a contest `datapackage.json`: no folder could hold such a site."""
    night = Night(1)
    site = Site(night.state, lambda index: night.entries[index])
    paths = [path for path, _ in site.bulk()]
    paths += [path for address in site.addresses() for path in site.files(address)]
    files = {path.rpartition("/")[2] for path in paths}
    assert {"index.json", "datapackage.json", "forms.csv", "corrections.atom"} <= files
    for name in sorted(files):
        for payload in (
            builders.election(election=name),
            builders.election(contests=[builders.contest(id=name)]),
        ):
            with pytest.raises(schema.SchemaErrors):
                schema.check_statement(payload)
