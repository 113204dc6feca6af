"""Keys of members at a desk: whose they say they are, what waits, the grants that come of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.app.modules import answered, modules
from tests.portal.intake.world import KELURAHAN, World, signer

from rekap.core.ledger import offices
from rekap.core.ledger.kinds import requirements
from rekap.core.statements import schema
from rekap.desk.officials.keys import enrolment
from rekap.portal.intake import held

PROGRAM = """
import { readFileSync } from "node:fs";
import { fromUtf8 } from "./verify/bytes.js";
import { encodePublic } from "./verify/json.js";
import * as enrol from "./desk/enrol.js";
const { texts, kit, places, theirs } = JSON.parse(readFileSync(0));
const said = texts.map((text) => enrol.saidIn(text));
const claims = [];
const wrong = [];
for (const one of said.flat()) {
  try {
    claims.push(await enrol.claimOf(one, kit));
  } catch (error) {
    wrong.push(error.message);
  }
}
const all = enrol.judged(claims, places);
const ready = all.filter(({ why }) => !why).map(({ claim }) => claim);
const own = (place) => ready.filter((one) => one.place === place.code);
const said_of = { at: "2024-11-27T14:05:00+07:00", election: kit.election, log: kit.log };
const grant = (place) => encodePublic({ ...said_of, ...enrol.grantOf(place, own(place)) });
process.stdout.write(JSON.stringify({
  said, wrong, why: all.map(({ why }) => why), bodies: enrol.GRANTS,
  slots: places.map((place) => enrol.grantSlot(kit.election, place)),
  grants: places.map((place) => own(place).length && fromUtf8(grant(place)).trim()),
  beside: (theirs ?? []).map((fields) => enrol.besideMine(fields, places[0], ready)),
}));
"""
WORLD = World.begun()
KIT = {"log": WORLD.origin, "election": "pilkada-31", "uploaders": [], "rpId": "localhost"}
PLACE = f"{KELURAHAN}/001"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return modules(tmp_path_factory.mktemp("app"), PROGRAM)


def line(role: str, election: str = "pilkada-31", origin: str = WORLD.origin) -> str:
    return enrolment.enrol(origin, election, signer(role)).line


def place(*keys: dict[str, Any], **more: Any) -> dict[str, Any]:
    at = {"code": PLACE, "region": KELURAHAN, "tps": "001", "name": "TPS 001", "body": "kpps"}
    return {**at, "keys": list(keys), "unproved": 0, **more}


def known(role: str, number: int, *, ended: bool = False) -> dict[str, Any]:
    made = {"keyid": signer(role).keyid, "person": f"x-{number}", "position": "anggota"}
    return {**made, "number": number, "ended": ended}


def asks(app: Path, *texts: str, places: Any = None, theirs: Any = ()) -> Any:
    given = {"texts": texts, "kit": KIT, "places": places or [place()], "theirs": theirs}
    return answered(app, given)


def test_a_grant_of_scanned_keys_is_one_of_the_portal_and_waits_where_it_does(app: Path) -> None:
    said = asks(app, f"# {PLACE} 2\n{line('two')}\n\n# {PLACE} 1\n{line('one')}\r\n")
    fields = schema.parse_statement(said["grants"][0].encode()).fields
    assert [(one["person"], one["position"]) for one in fields["persons"]] == [
        (f"kpps-{KELURAHAN}-001-1", "ketua"), (f"kpps-{KELURAHAN}-001-2", "anggota"),
    ]  # fmt: skip
    assert said["slots"] == [held.slot(fields)]


def test_a_list_of_persons_is_read_as_the_command_reads_it(app: Path) -> None:
    rows = [("wilayah", "tps", "jabatan", "kunci")] + [
        (KELURAHAN, "1", position, line(str(at)))
        for at, position in enumerate(("anggota", "ketua", "anggota"))
    ]
    said = asks(app, "\n".join(";".join(row) for row in rows))["said"][0]
    assert [(one["place"], one["number"]) for one in said] == [(PLACE, 2), (PLACE, 1), (PLACE, 3)]


def test_what_a_list_says_instead_of_a_place_is_not_shown_as_one(app: Path) -> None:
    words = "TPS 001 sudah diperiksa ketua. Tanda tangani"
    said = asks(app, f"wilayah;tps;jabatan;kunci\n{words};;ketua;{line('one')}")["said"][0]
    assert [(one["place"], one["number"]) for one in said] == [("", 1)]


def test_a_mark_speaks_of_the_next_line_alone(app: Path) -> None:
    said = asks(app, f"# {PLACE} 1\n{line('one')}\n{line('two')}\n# {PLACE} 2\nhalo\n{line('3')}")
    assert [one["number"] for one in said["said"][0]] == [1, 0, 0]
    assert said["why"] == ["", "place", "place"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (line("one", election="pilkada-32"), "other-election"),
        (line("one", origin="other.example/log"), "other-log"),
        (re.sub(" [^ ]+$", "", line("one")) + line("two")[line("two").rindex(" "):], "proof"),
        (line("one").replace("ed25519", "webauthn-es256"), "proof"),
    ],
)  # fmt: skip
def test_a_key_without_its_proof_for_this_election_is_not_taken(
    app: Path, text: str, code: str
) -> None:
    assert asks(app, text)["wrong"] == [code]


@pytest.mark.parametrize(
    ("keys", "number", "why"),
    [
        ([], "1", ""),
        ([known("old", 1)], "1", "taken"),
        ([known("old", 1, ended=True)], "1", ""),
        ([known("one", 1)], "1", "granted"),
        ([known("one", 1, ended=True)], "1", "ended"),
    ],
)
def test_a_seat_has_one_key_in_force(
    app: Path, keys: list[dict[str, Any]], number: str, why: str
) -> None:
    said = asks(app, f"# {PLACE} {number}\n{line('one')}", places=[place(*keys)])
    assert said["why"] == [why]


def test_two_keys_of_one_member_are_asked_about_and_neither_is_granted(app: Path) -> None:
    said = asks(app, f"# {PLACE} 1\n{line('one')}\n# {PLACE} 1\n{line('two')}")
    assert (said["why"], said["grants"]) == (["twice", "twice"], [0])


def test_a_key_that_was_granted_elsewhere_is_not_granted_here(app: Path) -> None:
    there = place(known("one", 1), code=f"{KELURAHAN}/002", tps="002")
    said = asks(app, f"# {PLACE} 1\n{line('one')}", places=[place(), there])
    assert said["why"] == ["elsewhere"]


def test_what_a_colleague_signed_is_what_was_scanned_here_or_is_told(app: Path) -> None:
    mine = f"# {PLACE} 1\n{line('one')}\n# {PLACE} 2\n{line('two')}"
    same = schema.parse_statement(asks(app, mine)["grants"][0].encode()).fields
    fewer = {**same, "persons": same["persons"][:1]}
    swapped = [
        {**one, "person": other["person"], "position": other["position"]}
        for one, other in zip(same["persons"], reversed(same["persons"]), strict=True)
    ]
    theirs = [same, fewer, {**same, "persons": swapped}, {**same, "tps": "002"}]
    assert asks(app, mine, theirs=theirs)["beside"] == ["", "differs", "differs", "differs"]
    assert asks(app, "", theirs=[same])["beside"] == ["alone"]


def test_a_grant_that_says_more_than_a_table_shows_is_signed_by_nobody_unseen(app: Path) -> None:
    mine = f"# {PLACE} 1\n{line('one')}\n# {PLACE} 2\n{line('two')}"
    same = schema.parse_statement(asks(app, mine)["grants"][0].encode()).fields
    one, two = same["persons"]
    hidden = [
        {**same, "acting": "ppk"},
        {**same, "persons": [one, {**two, "person": "kpps-lain-1"}]},
        {**same, "persons": [one, two, {**two, "person": "kpps-lain-9"}]},
        {**same, "persons": [one, {**two, "person": "tanpa-nomor"}]},
        {**same, "persons": [one, {**two, "position": "ketua"}]},
    ]
    for text in (mine, ""):
        assert asks(app, text, theirs=hidden)["beside"] == ["differs"] * len(hidden)


def test_a_desk_grants_what_the_ledger_lets_it(app: Path) -> None:
    region = {"ppk": "31.71.06", "kpu_kabko": "31.71", "kpu_prov": "31"}
    below = {"kpps": KELURAHAN, "pps": KELURAHAN, "ppk": "31.71.06", "kpu_kabko": "31.71"}
    for body, granted in asks(app, "")["bodies"].items():
        for one in granted:
            more = {"tps": "001"} if one == "kpps" else {}
            fields = WORLD.grant(one, below[one], count=1, **more)
            (office,) = requirements(WORLD, fields)[0].offices
            assert isinstance(office, offices.Office)
            assert (office.body, office.region) == (body, region[body])
