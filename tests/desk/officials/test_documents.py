"""`docs/files.md` and the first lines of modules say of officials' files what the code does."""

from __future__ import annotations

import re

from tests.desk.officials.bench import kit_of
from tests.docs.test_formats import TABLES, TEXT
from tests.portal.intake.world import World

from rekap.core.statements import model
from rekap.desk.officials.commands import grant
from rekap.desk.officials.keys import enrolment, keyfile, people
from rekap.desk.officials.kits import kit


def test_columns_of_the_list() -> None:
    written = {row[0].strip("`"): (row[1].strip("`"), row[2]) for row in TABLES["List of persons"]}
    assert written == {
        name: (own, "yes" if name in people.NEEDED else "no")
        for name, own in people.COLUMNS.items()
    }
    positions = sorted({one for body in model.BODIES.values() for one in body.positions})
    row = next(row for row in TABLES["List of persons"] if row[0] == "`position`")
    assert sorted(row[3].replace("`", "").split(", ")) == positions


def test_members_of_a_kit() -> None:
    written = re.findall('"([a-z]+)":', kit.__doc__ or "")
    value = kit._decode(kit_of(World.begun()).serialize())
    assert sorted(written) == sorted(value)
    assert f"`{kit.FORMAT}`" in TEXT


def test_bounds() -> None:
    for bound in (keyfile.ROUNDS, keyfile.MAX_KEY_FILE, kit.MAX_KIT, people.MAX_ROWS):
        assert f"{bound:,}" in TEXT
    assert f"at least {keyfile.PASSPHRASE_MIN} printable" in TEXT
    assert f"more than {grant.PERSONS_MAX} persons" in TEXT
    assert f"`{enrolment.NAME}`" in TEXT
