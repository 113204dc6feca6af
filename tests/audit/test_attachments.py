"""V26: what stands at lampiran/ is what was signed, and nobody owes it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from rekap.audit.attachments import check_attachments
from rekap.audit.reader import FolderSource
from rekap.audit.verdict import Report
from rekap.core import codec
from rekap.core.ledger.incidents import attachment_key
from rekap.core.ledger.state import State
from rekap.core.statements import attachments
from rekap.core.statements.attachments import Attachment

FIRST, SECOND, OTHER = (Attachment(f"{n:064x}", f"Isi {n}.") for n in (1, 2, 3))


@pytest.fixture
def state() -> State:
    """A ledger that names two texts."""
    made = State()
    for index, one in enumerate((FIRST, SECOND)):
        made.meta.put(attachment_key(one.digest), {"index": index})
    return made


def checked(
    site: Path, state: State, *, listed: bool, whole: bool = True, had: Collection[str] = ()
) -> tuple[Report, dict[str, bytes]]:
    source, report, kept = FolderSource(site), Report("site"), {}
    check_attachments(
        source, state, list(source.paths()) if listed else None, whole=whole, processes=1,
        keep=kept.__setitem__, report=report, progress=lambda *_: None, had=had,
    )  # fmt: skip
    return report, kept


def wrong(report: Report) -> Iterator[tuple[str, str]]:
    return ((one.check.code, one.place) for one in report.refuted)


def put(site: Path, named: str, data: bytes) -> None:
    place = site / attachments.path(named)
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(data)


@pytest.mark.parametrize("listed", [True, False], ids=["folder", "address"])
def test_words_that_were_signed_are_kept_and_those_that_are_absent_are_owed_by_nobody(
    tmp_path: Path, state: State, listed: bool
) -> None:
    put(tmp_path, FIRST.digest, FIRST.format())
    report, kept = checked(tmp_path, state, listed=listed)
    assert (report.refuted, report.undecided) == ([], [])
    assert report.facts["attachments"] == 1
    assert kept == {attachments.path(FIRST.digest): FIRST.format()}


@pytest.mark.parametrize("listed", [True, False], ids=["folder", "address"])
@pytest.mark.parametrize(
    "data",
    [OTHER.format(), FIRST.format() + b"\n", FIRST.format()[:-1], b"", b"<html>", b"x" * 70_000],
    ids=["other words", "a newline", "cut", "nothing", "a page", "too large"],
)
def test_other_words_at_a_named_digest_refute(
    tmp_path: Path, state: State, listed: bool, data: bytes
) -> None:
    put(tmp_path, FIRST.digest, data)
    report, kept = checked(tmp_path, state, listed=listed)
    assert list(wrong(report)) == [("V26", attachments.path(FIRST.digest))]
    assert kept == {}


def test_words_with_the_signed_digest_that_no_reader_may_be_shown_refute(tmp_path: Path) -> None:
    """Their author signed the digest of bytes that no portal takes."""
    data = b'{"salt":"","text":"NIK 3171060112800001"}'
    state = State()
    named = codec.sha256_hex(data)
    state.meta.put(attachment_key(named), {"index": 0})
    put(tmp_path, named, data)
    report, _ = checked(tmp_path, state, listed=True)
    assert list(wrong(report)) == [("V26", attachments.path(named))]


def withhold(state: State, named: str, said: str = "withheld") -> None:
    record = {"state": said, "basis": "Surat", "reason": "threat", "revision": 1, "index": 2}
    state.meta.put(f"withheld/{named}", record)


@pytest.mark.parametrize("listed", [True, False], ids=["folder", "address"])
def test_words_that_are_withheld_and_still_served_are_named_and_not_kept(
    tmp_path: Path, state: State, listed: bool
) -> None:
    withhold(state, FIRST.digest)
    put(tmp_path, FIRST.digest, FIRST.format())
    report, kept = checked(tmp_path, state, listed=listed)
    assert (report.refuted, report.undecided, kept) == ([], [], {})
    assert [attachments.path(FIRST.digest) in note.en for note in report.notes] == [True]


@pytest.mark.parametrize("listed", [True, False], ids=["folder", "address"])
def test_words_that_a_copy_has_are_there_still_or_a_statement_says_why_not(
    tmp_path: Path, state: State, listed: bool
) -> None:
    had = {attachments.path(FIRST.digest)}
    report, _ = checked(tmp_path, state, listed=listed, had=had)
    assert list(wrong(report)) == [("V26", attachments.path(FIRST.digest))]
    report, _ = checked(tmp_path, state, listed=listed, had=had, whole=False)
    assert (report.refuted, len(report.undecided)) == ([], 1), "a later entry may withhold them"
    withhold(state, FIRST.digest, "served")
    report, _ = checked(tmp_path, state, listed=listed, had=had)
    assert len(report.refuted) == 1
    withhold(state, FIRST.digest)
    report, _ = checked(tmp_path, state, listed=listed, had=had)
    assert (report.refuted, report.undecided, report.notes) == ([], [], [])


@pytest.mark.parametrize("name", [OTHER.digest, "x", f"{FIRST.digest}.json"])
def test_words_that_no_entry_names_refute(tmp_path: Path, state: State, name: str) -> None:
    put(tmp_path, name, OTHER.format())
    report, _ = checked(tmp_path, state, listed=True)
    assert list(wrong(report)) == [("V26", attachments.path(name))]
    report, _ = checked(tmp_path, state, listed=True, whole=False)
    assert (report.refuted, len(report.undecided)) == ([], 1), "a later entry may name them"
