"""`docs/rules.md` says what the table of rules says, row by row."""

import re

from tests.core.statements.markdown import DOCS, tables

from rekap.core.statements.ruletable import PAIRS, TABLE, Part

TEXT = (DOCS / "rules.md").read_text("utf-8")
WORDED = {
    ("R12", "reserve"): "`abs(ballots_received - registered - ceil(registered / 40)) <= 2`",
    ("R13", "turnout"): (
        "`voted`, else `total`, `<= registered + voted_moved + voted_unlisted`, as far as present"
    ),
    ("R13", "votes"): "`pair_1 + … + pair_n + valid + invalid + total >= 1`, as far as present",
    ("X2", "columns"): "each total of the form = the sum of its columns",
    ("X2", "below"): "each total of the form = the sum of the certified forms one level below",
}


def holds_when(rule: str, part: Part) -> str:
    if (rule, part.name) in WORDED:
        return WORDED[rule, part.name]
    left, right = (
        " + ".join("pair_1 + … + pair_n" if name == PAIRS else name for name in names)
        for names in (part.left, part.right)
    )
    return f"`{left} {part.op} {right or part.constant}`"


def test_every_part_is_written_as_it_is_tested():
    assert tables("rules.md")["How a rule is tested"] == [
        ["X3", "`R1` … `R9`", "that rule holds in each column"]
        if rule.code == "X3"
        else [rule.code, f"`{part.name}`", holds_when(rule.code, part)]
        for rule in TABLE
        for part in (rule.parts[:1] if rule.code == "X3" else rule.parts)
    ]
    columns = next(rule for rule in TABLE if rule.code == "X3")
    assert [part.name for part in columns.parts] == [f"R{n}" for n in range(1, 10)]


def test_rules_without_parts_have_their_sentences():
    assert tables("rules.md")["Rules"] == [
        [rule.code, rule.sentence_en] for rule in TABLE if not rule.parts
    ]


def test_soft_rules_are_named():
    (line,) = (line for line in TEXT.splitlines() if line.startswith("*Soft* rules"))
    assert re.findall("`([A-Z0-9]+)`", line) == [rule.code for rule in TABLE if not rule.hard]


def test_every_rule_has_its_source():
    assert all(rule.source and rule.sentence_id and rule.sentence_en for rule in TABLE)


def test_worded_parts_have_the_numbers_of_the_table():
    numbers = {
        (rule.code, part.name): part.constant
        for rule in TABLE
        for part in rule.parts
        if part.constant
    }
    assert numbers == {
        ("R11", "registered"): 600,
        ("R12", "reserve"): 2,
        ("R13", "votes"): 1,
    }
