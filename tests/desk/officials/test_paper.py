"""Papers on their way: read strictly, written whole, never with a signature less."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.portal.intake.world import World, identify, sign, signers

from rekap.audit.commands import files
from rekap.audit.commands.speech import Say
from rekap.core import codec
from rekap.core.errors import Conflict, Malformed
from rekap.core.statements.schema import SchemaErrors
from rekap.desk.officials.paper import DRAFT, SIGNED, Paper

WORLD = World()
FIELDS = WORLD.form()
PAYLOAD = codec.encode(FIELDS)
ONE, TWO, THREE = WORLD.kpps()


def paper(*roles: str) -> Paper:
    return Paper.parse(sign(FIELDS, *roles)) if roles else Paper(PAYLOAD)


# ------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not-json"),
        (PAYLOAD + b"\n", "not-canonical"),
        (b" " + PAYLOAD, "not-canonical"),
        (PAYLOAD.replace(b'"tps":"001"', b'"tps":"1"'), "spelling"),
        (b'{"payload":"e30="}', "envelope"),
        (sign(FIELDS, ONE) + b"\n", "not-json"),
        (b"x" * 65_536, "too-large"),
    ],
)
def test_files_that_are_no_papers(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / f"a{DRAFT}"
    path.write_bytes(data)
    for say, advice in ((Say(), "Jangan menyunting"), (Say("en"), "Do not edit")):
        with pytest.raises(Malformed, match=advice) as caught:
            Paper.read(path, say)
        assert str(path) in str(caught.value)
    with pytest.raises(Malformed) as inner:
        Paper.parse(data)
    assert inner.value.code in (code, "not-canonical", "not-json", "envelope")


def test_a_payload_that_is_no_statement() -> None:
    with pytest.raises(SchemaErrors):
        Paper(b'{"kind":"form"}')


def test_nothing_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / f"a{SIGNED}"
    paper(ONE, TWO).write(path)
    before = path.read_bytes()
    other = Paper.parse(sign(WORLD.form("002"), ONE, TWO, THREE))
    for wrong in (paper(), paper(ONE), paper(ONE, THREE), other):
        with pytest.raises(Conflict, match="tidak ada yang ditimpa"):
            wrong.write(path)
        assert path.read_bytes() == before
    path.write_bytes(b"garbage")
    with pytest.raises(Conflict):
        paper(ONE).write(path)
    assert path.read_bytes() == b"garbage"


def test_a_crash_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"a{SIGNED}"
    paper(ONE).write(path)
    before = path.read_bytes()

    def fails(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", fails)
    with pytest.raises(OSError, match="No space"):
        paper(ONE, TWO).write(path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_a_name_is_taken_once(tmp_path: Path) -> None:
    path = tmp_path / "a"
    files.write(path, b"1", new=True)
    with pytest.raises(FileExistsError):
        files.write(path, b"2", new=True)
    assert path.read_bytes() == b"1"
    assert len(list(tmp_path.iterdir())) == 1


# ------------------------------------------------------------ what is kept


def test_a_draft_is_its_payload_and_keeps_its_id(tmp_path: Path) -> None:
    path = tmp_path / f"a{DRAFT}"
    paper().write(path)
    assert path.read_bytes() == PAYLOAD
    read = Paper.read(path)
    assert (read, read.id, read.is_signed) == (paper(), identify(FIELDS), False)
    assert paper(ONE).id == read.id
    assert read.statement.fields == FIELDS


def test_a_signed_paper_is_the_envelope_that_is_sent(tmp_path: Path) -> None:
    path = tmp_path / f"a{SIGNED}"
    paper(TWO, ONE).write(path)
    assert path.read_bytes() == sign(FIELDS, ONE, TWO)
    paper(ONE, TWO).write(path)
    paper(ONE, TWO, THREE).write(path)
    assert path.read_bytes() == sign(FIELDS, ONE, TWO, THREE)


@given(st.lists(st.sets(st.sampled_from([ONE, TWO, THREE]), min_size=1), min_size=1, max_size=4))
def test_signatures_add_up_in_any_order(groups: list[set[str]]) -> None:
    """Whatever copies come together, in whatever order: the union, as if signed at once."""
    made = paper()
    for group in groups:
        made = made.signed(paper(*sorted(group)).signatures)
    everybody = sorted(set().union(*groups))
    assert made.data == sign(FIELDS, *everybody)
    assert made.keyids == tuple(sorted(one.keyid for one in signers(*everybody)))
