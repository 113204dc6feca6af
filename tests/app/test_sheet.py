"""What the desk makes of a table is a D form as the portal reads it: same rules, same cells."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest
from tests.app.modules import answered, modules
from tests.portal.intake.world import figures

from rekap.core.statements import rules, schema
from rekap.core.statements.model import figure_fields
from scripts import build_app

PROGRAM = """
import { readFileSync } from "node:fs";
import { fromUtf8 } from "./verify/bytes.js";
import { payloadOf, rowsOf } from "./paper.js";
import {
  besideOf, changesOf, findingsOf, formOf, movedIn, namesOthers, obstaclesOf,
} from "./desk/sheet.js";
const asked = JSON.parse(readFileSync(0));
const map = (one) => new Map(Object.entries(one ?? {}));
const workOf = ({ form, pairs, columns, typed, causes, texts, witnesses, own, reason }) => ({
  form, pairs, columns, own: own ?? null, reason: reason ?? {},
  rows: rowsOf(Array.from({ length: pairs }, (_, at) => ({ number: at + 1, names: ["A"] }))),
  typed: map(typed), causes: map(causes), texts: map(texts), witnesses: map(witnesses),
});
process.stdout.write(JSON.stringify(asked.sheets.map((sheet) => {
  const work = workOf(sheet);
  const said = formOf(work);
  return {
    findings: findingsOf(work), obstacles: obstaclesOf(work),
    changes: work.columns.map((column) => changesOf(work, column)),
    payload: fromUtf8(payloadOf(asked.place, said, new Date(0))),
    beside: besideOf(said, sheet.seen ?? work.columns),
    others: namesOthers(said, sheet.seen ?? work.columns),
    moved: movedIn(work.columns, sheet.seen ?? work.columns).map(({ code }) => code),
  };
})));
"""
PLACE = {
    "log": "rekap.example/rehearsal/log", "election": "pilkada-31", "contest": "gubernur-31",
    "region": "31.71.06.1001", "timezone": "Asia/Jakarta",
}  # fmt: skip
PLANO = {"basis": "plano", "ketua": True, "pairs": [2, 1], "supervisor": False}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return modules(tmp_path_factory.mktemp("app"), PROGRAM)


def answers(app: Path, *sheets: dict[str, Any]) -> Any:
    return answered(app, {"sheets": sheets, "place": PLACE})


def column(code: str, said: dict[str, int] | None) -> dict[str, Any]:
    return {
        "code": code, "name": f"TPS {code}", "address": "x/", "id": f"{int(code):064x}",
        "revision": 1, "figures": said, "contested": False, "fault": "",
    }  # fmt: skip


def sheet(columns: int = 3, **more: Any) -> dict[str, Any]:
    made = [column(f"{at:03d}", dict(figures((at, 80, 60)))) for at in range(1, columns + 1)]
    return {"form": "d_hasil_kelurahan", "pairs": 3, "columns": made} | more


def sheets(count: int) -> list[dict[str, Any]]:
    """Tables of chance: some cells typed over, some TPS without a form and typed whole."""
    chance = random.Random(20241128)
    fields = figure_fields(3)
    made = []
    for _ in range(count):
        one = sheet(chance.randrange(1, 6), typed={}, causes={})
        for place in one["columns"]:
            if chance.random() < 0.2:
                one["typed"] |= {f"{place['code']}/{f}": str(place["figures"][f]) for f in fields}
                place["figures"] = None
            for field in chance.sample(fields, chance.choice((0, 0, 1, 3))):
                one["typed"][f"{place['code']}/{field}"] = str(chance.randrange(700))
            one["causes"][place["code"]] = chance.choice((PLANO, PLANO | {"basis": "event"}))
        made.append(one)
    return made


def test_every_table_is_a_form_whose_rules_and_cells_are_the_portals(app: Path) -> None:
    asked = sheets(120)
    broken = 0
    for given, said in zip(asked, answers(app, *asked), strict=True):
        fields = schema.parse_statement(said["payload"].encode()).fields
        want = rules.findings(fields, 3)
        told = [
            (one["rule"], one["child"] or None, one["part"] or None, one["found"], one["expected"])
            for one in said["findings"]
        ]
        assert told == [(one.rule, one.child, one.part, one.found, one.expected) for one in want]
        broken += len(told)
        for at, place in enumerate(given["columns"]):
            cells = {field: row[at] for field, row in fields["rows"].items()}
            differing = rules.compare_columns(cells, place["figures"] or {})
            named = [
                (field, to, before)
                for child, field, before, to, _ in fields.get("corrections", [])
                if child == place["code"]
            ]
            assert sorted(named) == sorted(differing)
        assert all(one["named"] for one in said["beside"])
    assert broken > 100


def test_a_sheet_is_signed_only_with_every_cell_basis_text_and_witness(app: Path) -> None:
    changed = {"002/pair_3": "55", "002/valid": "137", "002/invalid": "15"}
    causes = {"002": PLANO}
    witnesses = {"1": {"state": "signed"}, "2": {"state": "refused", "reason": "left"}}
    lacks = sheet(typed=changed, causes=causes)
    lacks["columns"][0]["figures"] = None
    said = answers(
        app,
        lacks,
        sheet(typed=changed),
        sheet(typed=changed, causes={"002": {"basis": "plano"}}),
        sheet(typed={"002/pair_3": "55"}, causes=causes),
        sheet(typed=changed, causes=causes, witnesses={"1": {"state": ""}}),
        sheet(typed=changed, causes=causes, witnesses={"1": {"state": "refused"}}),
        sheet(typed=changed, causes=causes, witnesses=witnesses),
    )
    assert [one["obstacles"] for one in said] == [
        ["TPS 001 belum lengkap"],
        ["TPS 002 belum ada dasar atau paraf"],
        ["TPS 002 belum ada dasar atau paraf"],
        ["2 hitungan belum dijelaskan"],
        ["saksi nomor 1 belum dicatat"],
        ["saksi nomor 1 belum dicatat"],
        [],
    ]
    fields = schema.parse_statement(said[-1]["payload"].encode()).fields
    assert fields["because"] == [{"basis": "plano", "initials": {"ketua": True, "pairs": [1, 2]}}]
    assert fields["witnesses"] == [
        {"pair": 1, "present": True, "signed": True},
        {"pair": 2, "present": True, "signed": False, "reason": "left"},
    ]


def test_whoever_signs_second_sees_cells_that_nobody_named(app: Path) -> None:
    """The first desk lies about what stands below: it shows its own figures as those of the TPS."""
    lied = sheet()
    lied["columns"][1]["figures"]["pair_1"] += 1
    lied["seen"] = sheet()["columns"]
    moved = sheet(typed={"003/pair_1": "4"}, causes={"003": PLANO})
    moved["seen"] = [*sheet()["columns"][:2], column("003", figures((9, 80, 60)))]
    moved["seen"][2]["id"] = "f" * 64
    first, second = answers(app, lied, moved)
    assert first["beside"] == [
        {"code": "002", "field": "pair_1", "below": 2, "says": 3, "named": False}
    ]
    unnamed = {(one["field"], one["below"]) for one in second["beside"] if not one["named"]}
    assert ("pair_1", 9) in unnamed  # corrected from 3, which is not what stands there now
    assert (first["moved"], second["moved"]) == ([], ["003"])


def test_a_sheet_that_names_other_forms_than_a_telephone_proved_is_told(app: Path) -> None:
    kecamatan = sheet(form="d_hasil_kecamatan")
    lied = sheet(form="d_hasil_kecamatan", seen=sheet()["columns"])
    lied["seen"][2]["id"] = "f" * 64
    assert [one["others"] for one in answers(app, kecamatan, lied, sheet())] == [False, True, False]


def test_a_correction_of_a_sheet_names_the_one_before_and_why(app: Path) -> None:
    fields = figure_fields(3)
    own = {
        "id": "a" * 64, "revision": 2, "count": "recount", "figures": {},
        "children": ["001"], "rows": {f: [figures((1, 80, 60))[f]] for f in fields},
    }  # fmt: skip
    same, bare, full = answers(
        app,
        sheet(1, own=own),
        sheet(1, own=own, typed={"001/pair_2": "81", "001/pair_3": "59"}, causes={"001": PLANO}),
        sheet(
            1, own=own, typed={"001/pair_2": "81", "001/pair_3": "59"}, causes={"001": PLANO},
            reason={"code": "counting", "text": "Dihitung lagi."},
        ),
    )  # fmt: skip
    assert same["obstacles"] == ["sama dengan yang sudah tercatat"]
    assert bare["obstacles"] == ["alasan pembetulan belum dipilih"]
    assert full["obstacles"] == []
    said = schema.parse_statement(full["payload"].encode()).fields
    assert (said["revision"], said["previous"], said["count"]) == (3, "a" * 64, "recount")
    assert said["reason"] == {"code": "counting", "text": "Dihitung lagi."}


def test_a_telephone_keeps_no_file_of_a_desk_or_a_saksi_before_one_is_opened() -> None:
    made = build_app.files()
    desk = {path for path in made if path.startswith(build_app.LATER)}
    first, later = made[build_app.WORKER].decode().split("const LATER = ", 1)
    assert desk
    assert not any(path in first for path in desk)
    assert all(f'"{path}": "' in later for path in desk)


def test_every_button_that_the_page_for_a_ppk_names_is_one_of_the_desk() -> None:
    document = (build_app.ROOT / "docs" / "petugas.id.md").read_text(encoding="utf-8")
    section = document.split("\n## Meja rekap PPK\n", 1)[1].split("\n## ", 1)[0]
    desk = "".join(
        data.decode()
        for path, data in build_app.files().items()
        if path.startswith(("bersama/", "desk/")) and path.endswith(".js")
    )
    named = re.findall(r"\*\*([^*]{2,})\*\*", section)
    assert len(named) == 17
    for name in named:
        words = name.replace("C.Hasil", "${below}")
        assert f'button("{name}"' in desk or f"button(`{words}`" in desk or f'"{name}"' in desk, (
            name
        )
