"""`rekap revoke`: one key ends; what cannot be is said, and nothing is written."""

from __future__ import annotations

import pytest
from tests.desk.officials.bench import Done, inside, kit_file, run
from tests.portal.intake.office import Office
from tests.portal.intake.world import AT, KELURAHAN, World, key, sign, signer

from rekap.desk.officials.keys.enrolment import grouped
from rekap.desk.officials.paper import Paper

LOST = f"kpps-{KELURAHAN}-001-2"
TWO = f"kpps-{KELURAHAN}-002-1"
GONE = f"kpps-{KELURAHAN}-003-1"


@pytest.fixture(scope="module")
def world() -> World:
    """A log in which one person has two keys, and one key is revoked."""
    world = World.begun()
    second = world.grant("kpps", KELURAHAN, tps="002", count=1)
    second["persons"][0] |= key("second")
    world.log(sign(second, *world.ppk(2)))
    gone = world.of_election("revoke", keyid=signer(GONE).keyid, reason="lost")
    world.log(sign(gone, *world.ppk(2)))
    return world


@pytest.fixture
def revoke(monkeypatch, tmp_path, world):
    kit = kit_file(tmp_path, world)

    def command(*words: object, to: str = "end.pernyataan.json") -> Done:
        named = ("--kit", kit, "--to", tmp_path / to)
        words = words if "--reason" in words else (*words, "--reason", "lost")
        return run(monkeypatch, "revoke", *named, *words)

    return command


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--key", "ab" * 16), 1, "tidak ada dalam kit ini"),
        (("--key", "x"), 1, "tidak ada dalam kit ini"),
        (("--key", signer("root-1").keyid), 1, "Kunci akar"),
        (("--key", signer("operator-1").keyid), 1, "adalah kunci operator"),
        (("--key", signer(GONE).keyid), 1, "sudah dicabut oleh catatan 17"),
        (("--person", "nobody"), 1, "tidak punya kunci yang berlaku"),
        (("--person", GONE), 1, "tidak punya kunci yang berlaku"),
        (("--person", TWO), 1, "punya 2 kunci"),
        (("--person", LOST, "--suspect-from", "3"), 1, "diberikan oleh catatan 11"),
        (("--person", LOST, "--suspect-from", "19"), 1, "hanya tahu 18 catatan"),
        (("--person", LOST, "--suspect-from", "-1"), 2, "nomor catatan"),
        (("--person", LOST, "--at", "now"), 1, "Bukan waktu yang sah"),
        (("--person", LOST, "--reason", "tired"), 2, "argumen salah"),
        ((), 2, "argumen salah"),
    ],
)
def test_what_cannot_be_revoked(revoke, tmp_path, words, code, told) -> None:
    done = revoke(*words)
    assert done.code == code
    assert told in done.told
    assert inside(tmp_path) == {"kit.json"}


def test_a_draft_has_its_own_ending(revoke, tmp_path) -> None:
    done = revoke("--person", LOST, to="end.json")
    assert done.code == 2
    assert ".pernyataan.json" in done.told
    assert inside(tmp_path) == {"kit.json"}


def test_nothing_is_written_over(revoke, tmp_path) -> None:
    (tmp_path / "end.pernyataan.json").write_text("mine")
    done = revoke("--person", LOST)
    assert (done.code, "Pilih nama lain." in done.told) == (1, True)
    assert (tmp_path / "end.pernyataan.json").read_text() == "mine"


def test_names_both_keys_of_a_person(revoke) -> None:
    told = revoke("--person", TWO).told
    assert grouped(signer(TWO).keyid) in told
    assert grouped(signer("second").keyid) in told


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize(
    "named",
    [
        ("--person", LOST),
        ("--key", signer(LOST).keyid),
        ("--key", grouped(signer(LOST).keyid).upper()),
    ],
)
def test_a_draft_says_what_it_does(revoke, tmp_path, world, named, lang) -> None:
    done = revoke(*named, "--reason", "stolen", "--suspect-from", "12", "--at", AT, "--lang", lang)
    assert done.code == 0, done.err
    paper = Paper.read(tmp_path / "end.pernyataan.json")
    assert paper.statement.fields == world.of_election(
        "revoke", keyid=signer(LOST).keyid, reason="stolen", suspect_from=12
    )
    for told in (paper.id, LOST, grouped(signer(LOST).keyid), "TPS 001", "K1", "PPK"):
        assert told in done.told
    office = Office(world)
    office.takes(sign(paper.statement.fields, *world.ppk(2)))


def test_an_owner_may_end_his_own_key_without_doubt(revoke, tmp_path, world) -> None:
    done = revoke("--person", LOST)
    assert "atau kunci itu sendiri" in done.told
    fields = Paper.read(tmp_path / "end.pernyataan.json").statement.fields
    Office(world).takes(sign(fields, LOST))
    assert "kunci itu sendiri" not in revoke(
        "--person", LOST, "--suspect-from", "12", to="b.pernyataan.json"
    ).told  # fmt: skip
