"""The app's rules and words are the portal's: the same figures, the same answers."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from tests.app.modules import answered, modules
from tests.portal.intake.world import figures

from rekap.core.statements import model, rules, schema
from rekap.core.statements.model import STATION_FORM, figure_fields
from rekap.desk.officials import spelling
from scripts import build_app

ANSWERS = """
import { readFileSync } from "node:fs";
import { fromUtf8 } from "./verify/bytes.js";
import { check } from "./rules.js";
import { copyOf, incidentOf, payloadOf } from "./paper.js";
import { called, maySend, personIn } from "./role.js";
import { signersOf } from "./kit.js";
import { numberOf, words } from "./numbers.js";
const asked = JSON.parse(readFileSync(0));
process.stdout.write(JSON.stringify({
  rules: asked.papers.map(({ figures, pairs }) => check(figures, pairs)),
  words: asked.numbers.map(words), typed: asked.typed.map(numberOf),
  signers: asked.elections.map((one) => signersOf(one)),
  said: asked.links.flatMap((link) => {
    const me = personIn(link, "x/");
    const made = {
      copy: () => copyOf(me, { pair_1: 7, valid: 7 }, "first", "board"),
      objection: () => incidentOf(me, "objection", 2, "figures", { pair_1: 7 }, "ab".repeat(32)),
      event: () => incidentOf(me, "event", 2, "figures", {}, ""),
    };
    const kinds = Object.keys(made).filter((kind) => maySend(me, kind));
    return kinds.map((kind) => payloadOf(asked.place, made[kind](), new Date(0))).map(fromUtf8);
  }),
  persons: asked.links.map((link) => personIn(link, "x/")),
  called: asked.links.map((link) => called(personIn(link, "x/"))),
  sends: asked.links.map((link) =>
    ["form", "copy", "objection", "event"].filter((kind) => maySend(personIn(link, "x/"), kind))),
}));
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return modules(tmp_path_factory.mktemp("app"), ANSWERS)


def answers(app: Path, **asked: Any) -> Any:
    asked = {
        "papers": [],
        "numbers": [],
        "typed": [],
        "elections": [],
        "links": [],
        "place": {},
    } | asked
    return answered(app, asked)


def papers(count: int) -> list[dict[str, Any]]:
    """Sound papers, papers with one wrong figure, with some missing, and of chance alone."""
    chance = random.Random(20241127)
    made = []
    for number in range(count):
        pairs = chance.choice((2, 3, 5))
        fields = figure_fields(pairs)
        sound = figures(tuple(chance.randrange(120) for _ in range(pairs)), chance.randrange(30))
        told = {field: sound.get(field, 0) for field in fields}
        for field in chance.sample(fields, chance.choice((0, 0, 1, 2))):
            told[field] = chance.randrange(999)
        for field in chance.sample(fields, chance.choice((0, 0, 3, 20))):
            del told[field]
        if number % 10 == 0:
            told = dict.fromkeys(told, 0)
        made.append({"figures": told, "pairs": pairs})
    return made


def test_every_rule_says_of_every_paper_what_the_portal_says(app: Path) -> None:
    asked = papers(1_000)
    states = set()
    for paper, said in zip(asked, answers(app, papers=asked)["rules"], strict=True):
        want = rules.check_figures(STATION_FORM, paper["figures"], paper["pairs"])
        told = [
            (one.rule, one.part, one.state, list(one.fields), one.expected, one.found, one.op)
            for one in want
        ]
        names = ("rule", "part", "state", "fields", "expected", "found", "op")
        assert [tuple(one[name] for name in names) for one in said] == told
        states |= {(one.rule, one.part, one.state) for one in want}
    tested = {(rule, part) for rule, part, _ in states}
    for rule, part in tested:
        assert {(rule, part, "pass"), (rule, part, "fail")} <= states, (rule, part)


def test_hard_rules_and_their_sentences_are_those_of_the_table(app: Path) -> None:
    (said,) = answers(app, papers=[{"figures": figures(), "pairs": 3}])["rules"]
    for one in said:
        rule = rules.RULES[one["rule"]]
        assert (one["hard"], one["sentence"]) == (rule.hard, rule.sentence_id)


def test_numbers_are_said_as_the_command_says_them(app: Path) -> None:
    numbers = [*range(1_200), 1_999, 2_000, 10_011, 100_000, 111_111, 999_999]
    assert answers(app, numbers=numbers)["words"] == [spelling.words(one) for one in numbers]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0", 0), ("00", 0), ("7", 7), ("X7", 7), ("XX7", 7), ("38", 38), ("X38", 38), ("104", 104),
        ("007", 7), ("", None), ("X", None), ("XX", None), ("XXX", None), ("1X", None),
        ("-1", None), ("1234", None), ("1 2", None), ("٣", None),
    ],
)  # fmt: skip
def test_three_boxes_are_a_number_or_none(app: Path, typed: str, number: int | None) -> None:
    assert answers(app, typed=[typed])["typed"] == [number]


def test_a_form_needs_as_many_signers_as_its_election_says(app: Path) -> None:
    asked = [{}, {"policy": {"grant": 1}}, {"policy": {STATION_FORM: 5, "grant": 1}}]
    want = [model.THRESHOLDS[STATION_FORM]] * 2 + [5]
    assert answers(app, elections=asked)["signers"] == want


def test_a_link_says_who_somebody_is_and_the_bodies_what_he_may_send(app: Path) -> None:
    links = ["nomor=1", "nomor=3", "saksi=2", "ptps", "pemantau=lembaga-satu", "ppk=1", "ppk=2"]
    said = answers(
        app, links=[*links, "nomor=8", "saksi=0", "saksi=100", "ptps=1", "pemantau=", ""]
    )
    assert said["persons"] == [
        {"address": "x/", "body": "kpps", "number": "1"},
        {"address": "x/", "body": "kpps", "number": "3"},
        {"address": "x/", "body": "saksi", "pair": 2},
        {"address": "x/", "body": "ptps"},
        {"address": "x/", "body": "pemantau", "organisation": "lembaga-satu"},
        {"address": "x/", "body": "ppk", "number": "1"},
        {"address": "x/", "body": "ppk", "number": "2"},
        *[None] * 6,
    ]
    names = ["Ketua", "Anggota 3", "Saksi nomor 2", "PTPS", "Pemantau lembaga-satu"]
    assert said["called"][:7] == [*names, "Ketua PPK", "Anggota 2 PPK"]
    of_kpps, observed = ["form", "event"], ["copy", "objection"]
    assert said["sends"] == [
        of_kpps, of_kpps, observed, [*observed, "event"], observed, of_kpps, of_kpps, *[[]] * 6,
    ]  # fmt: skip


def test_what_the_app_says_for_each_body_is_a_statement_of_its_kind(app: Path) -> None:
    place = {
        "log": "rekap.example/rehearsal/log", "election": "pilkada-31", "contest": "gubernur-31",
        "region": "31.71.06.1001", "tps": "001", "timezone": "Asia/Makassar",
    }  # fmt: skip
    links = ["nomor=1", "saksi=2", "ptps", "pemantau=lembaga-satu"]
    made = [
        schema.parse_statement(one.encode())
        for one in answers(app, links=links, place=place)["said"]
    ]
    assert [(one.fields["kind"], one.fields["body"]) for one in made] == [
        ("event", "kpps"), ("copy", "saksi"), ("objection", "saksi"), ("copy", "ptps"),
        ("objection", "ptps"), ("event", "ptps"), ("copy", "pemantau"), ("objection", "pemantau"),
    ]  # fmt: skip
    assert {one.fields["at"] for one in made} == {"1970-01-01T08:00:00+08:00"}


def test_every_file_is_in_the_list_with_its_digest_and_kept_by_the_worker(app: Path) -> None:
    made = build_app.files()
    listed = json.loads(made[build_app.LIST])
    assert listed.keys() == made.keys() - {build_app.LIST}
    worker = made[build_app.WORKER].decode()
    assert "{{" not in worker
    for path in listed.keys() - {"index.html", build_app.WORKER}:
        assert f'"{path}"' in worker


def test_no_text_of_a_module_loses_what_begins_its_lines() -> None:
    """The build takes indentation out: a text of several lines would change with it."""
    modules = {
        name: data.decode() for name, data in build_app.files().items() if name[-3:] == ".js"
    }
    assert len(modules) > 60
    for name in (one for one in modules if not one.startswith("qr/")):
        for line in modules[name].splitlines():
            assert line == line.lstrip(" ")
            assert line.count("`") % 2 == 0, (name, line)


def test_a_changed_file_makes_another_worker(tmp_path: Path) -> None:
    source = tmp_path / "app"
    source.mkdir()
    for path in (build_app.ROOT / "app").iterdir():
        if path.is_file():
            (source / path.name).write_bytes(path.read_bytes())
    (source / "style.css").write_text("body {}")
    own, changed = build_app.files(), build_app.files(source)
    assert own[build_app.WORKER] != changed[build_app.WORKER]
