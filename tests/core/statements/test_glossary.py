"""The glossary has a row for every body, and names the table of words of every other code."""

import re
import tomllib

import pytest
from tests.core.statements.markdown import tables

from rekap.core import packaged
from rekap.core.ledger import copies, incidents, recommendations
from rekap.core.statements import model
from rekap.core.statements.kinds import KINDS

GLOSSARY = tables("glossary.md")
POSITIONS = ("ketua", "anggota", "saksi", "pengawas", "pemantau")
OF_OTHERS = ("effective", "cosigned", "annulled", "annulled-part", "mistaken", "unbacked")
"""Statuses of statements that are no forms."""

SECTIONS = {
    "Bodies": tuple(model.BODIES),
}


CODES = {
    "kind": (*KINDS, "unknown"),
    "mode": model.MODES,
    "win": model.WINS,
    "level": (*model.LEVELS, "tps", "id"),
    "form": tuple(model.FORMS),
    "count": model.COUNTS,
    "reason": model.REASONS,
    "position": (*POSITIONS, "root", "akar", "operator"),
    "status": (*model.STATUSES, *OF_OTHERS),
    "office": model.OFFICES,
    "objection_code": model.OBJECTIONS,
    "event_code": (*model.EVENTS, *model.MEETINGS),
    "incident_state": incidents.STATES,
    "basis": model.BASES,
    "correction_basis": model.CORRECTION_BASES,
    "pair_note": (*model.NOTES, "replaced_by"),
    "follows": model.FOLLOWS,
    "ruling_state": model.RULING_STATES,
    "order": model.ORDERS,
    "picture_document": model.DOCUMENTS,
    "withholding": model.WITHHOLDINGS,
    "withhold_reason": model.WITHHOLD_REASONS,
    "revoke_reason": model.REVOKE_REASONS,
    "witness_reason": model.WITNESS_REASONS,
    "recommended_type": model.RECOMMENDED,
    "ground": model.GROUNDS,
    "outcome": model.OUTCOMES,
    "refusal": model.REFUSALS,
    "case_state": recommendations.STATES,
    "copy_source": model.COPY_SOURCES,
    "copy_state": copies.STATES,
    "readiness_step": model.STEPS,
    "readiness_item": (model.BALLOTS, *model.ITEMS),
    "readiness_lack": model.LACKS,
}


@pytest.mark.parametrize("section", SECTIONS)
def test_every_identifier_has_its_row(section):
    named = (name for row in GLOSSARY[section] for name in re.findall("`([^`]+)`", row[2]))
    assert tuple(named) == SECTIONS[section]


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_tables_that_the_glossary_names_have_a_word_for_each_code(language):
    text = (packaged.templates_folder() / f"text/{language}.toml").read_text("utf-8")
    words = tomllib.loads(text)
    named = [name for row in GLOSSARY["Codes"] for name in re.findall("`([^`]+)`", row[1])]
    assert sorted(named) == sorted(CODES)
    assert all(set(words[table]) == set(codes) for table, codes in CODES.items())


KEPT = "Kept in both languages"


@pytest.mark.parametrize("section", [name for name in GLOSSARY if name not in (KEPT, "Codes")])
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
    assert used == set(POSITIONS)
