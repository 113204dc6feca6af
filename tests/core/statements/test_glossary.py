"""The glossary has a row for every name of the formats, in the order of the code."""

import pytest
from tests.core.statements.markdown import tables

from rekap.core.ledger import incidents, rulings
from rekap.core.statements import model, rules
from rekap.core.statements.kinds import KINDS

GLOSSARY = tables("glossary.md")

SECTIONS = {
    "Statements": tuple(KINDS),
    "Modes": model.MODES,
    "Offices": tuple(model.OFFICES),
    "Winning rules": model.WINS,
    "Levels of regions": (*model.LEVELS, "tps"),
    "Forms": tuple(model.FORMS),
    "Figures": (*model.FIELDS[:-3], "pair_n", *model.FIELDS[-3:]),
    "Counts": model.COUNTS,
    "Reasons of a revision": model.REASONS,
    "What an objection is about": model.OBJECTIONS,
    "What happened": (*model.EVENTS, *model.MEETINGS),
    "What becomes of an objection": incidents.STATES,
    "Bases of a determination": model.BASES,
    "Why a contest follows another": model.FOLLOWS,
    "States of a ruling": model.RULING_STATES,
    "Orders of a court": model.ORDERS,
    "Where a contest stands": rulings.STANDINGS,
    "Reasons of a revocation": model.REVOKE_REASONS,
    "Reasons of a witness": model.WITNESS_REASONS,
    "Bodies": tuple(model.BODIES),
    "Positions": ("ketua", "anggota", "saksi", "pengawas", "pemantau"),
    "Statuses": model.STATUSES,
    "Results of a rule": (rules.PASS, rules.FAIL, rules.UNTESTABLE),
}


@pytest.mark.parametrize("section", SECTIONS)
def test_every_identifier_has_its_row(section):
    identifiers = tuple(row[2].strip("`") for row in GLOSSARY[section])
    assert identifiers == SECTIONS[section]


KEPT = "Kept in both languages"


@pytest.mark.parametrize("section", [name for name in GLOSSARY if name != KEPT])
def test_every_row_says_its_three_things_and_may_say_its_source(section):
    for row in GLOSSARY[section]:
        assert len(row) in (3, 4)
        assert all(row), row
        assert row[2].startswith("`")
        assert row[2].endswith("`")
    assert len({row[2] for row in GLOSSARY[section]}) == len(GLOSSARY[section])


def test_every_word_that_is_kept_says_what_it_is():
    assert all(len(row) == 2 and all(row) for row in GLOSSARY[KEPT])


def test_every_position_is_one_of_the_bodies():
    used = {position for body in model.BODIES.values() for position in body.positions}
    assert used == set(SECTIONS["Positions"])
