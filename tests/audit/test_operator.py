"""Somebody with every key of the portal: each of his lies against each thing that a reader kept.

The lies are consistent: a whole log under the true key, made anew. What refutes it is the past that
others hold. What nobody can see is a row here too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from tests.audit.shelf import RELEASE, Evening, Files, Portal, audit
from tests.core.ledger.world import signer
from tests.core.statements import builders

from rekap.core.log import proofs
from rekap.core.log.entry import leaf_hash
from rekap.core.log.policy import Policy
from rekap.core.log.ports import LogFiles
from rekap.core.log.proofs import TlogProof
from rekap.core.signing import envelope
from rekap.core.signing.note import NoteKey
from rekap.desk import main as command
from rekap.portal.intake.receipt import issue

SIZE = 24
LAST = SIZE - 1
Entries = list[bytes]
RUBBISH = b"nothing that anybody signed"


@cache
def evening() -> Evening:
    return Evening(4).grow(SIZE)


def true() -> Entries:
    return list(evening().entries)


def elsewhere() -> bytes:
    """A statement of another log, with signatures that hold there."""
    fields = {**builders.publication(release=RELEASE), "log": "lain.example/rehearsal/log"}
    return envelope.sign(builders.encode(fields), [signer("operator/1")])


def shown(entries: Entries) -> dict[str, bytes]:
    """What he shows: the log alone, which is all that a reader who believes nothing asks for."""
    portal = Portal(entries, evening().origin)
    portal.log(len(entries))
    return portal.public()


LIES: dict[str, Callable[[Entries], Entries]] = {
    "one form is left out": lambda e: [*e[:12], *e[13:]],
    "one is replaced": lambda e: [*e[:12], RUBBISH, *e[13:]],
    "two change places": lambda e: [*e[:12], e[13], e[12], *e[14:]],
    "the last one is withheld": lambda e: e[:LAST],
    "the last one is withheld and another comes": lambda e: [*e[:LAST], RUBBISH],
    "one is put in": lambda e: [*e[:12], RUBBISH, *e[12:]],
    "the end is another": lambda e: [*e[:12], *(RUBBISH + b"%d" % n for n in range(30))],
    "it begins anew": lambda e: [e[0], *reversed(e[1:])],
}


def anchors() -> Policy:
    """The log's key as it stands on paper."""
    key: NoteKey = Portal(true(), evening().origin).log_key
    return Policy.parse(f"log {key.vkey}\nquorum none\n".encode())


def refuted(entries: Entries, **kept: object) -> set[tuple[str, str]]:
    files = shown(entries)
    source = Files(files, remote=True)
    report = audit(files, source=source, policy=anchors(), pages=0, **kept)
    return {(one.check.code, one.place) for one in report.refuted}


@pytest.mark.parametrize("lie", LIES)
def test_a_kept_checkpoint_refutes_another_history_and_a_proof_is_one(lie: str) -> None:
    mine = shown(true())
    entries = LIES[lie](true())
    portal = Portal(true(), evening().origin)
    portal.log(SIZE)
    path = proofs.inclusion_proof(3, SIZE, LogFiles(portal.objects))
    proof = TlogProof(3, tuple(path), mine["log/checkpoint"]).format()
    for kept in (mine["log/checkpoint"], proof):
        assert refuted(entries, since=kept) == {("V24", "log/checkpoint")}, lie
        assert refuted(true(), since=kept) == set()


@pytest.mark.parametrize("at", range(1, SIZE, 4))
def test_a_log_that_forks_anywhere_is_refuted_and_one_that_stops_is_not_a_fork(at: int) -> None:
    """Older checkpoints than the fork cannot show it: so keep the newest."""
    older, newest = (shown(true()[:size])["log/checkpoint"] for size in (at, SIZE))
    forked = [*true()[:at], *(RUBBISH + b"%d" % n for n in range(SIZE - at))]
    assert refuted(forked, since=newest) == {("V24", "log/checkpoint")}
    assert refuted(forked, since=older) == set()


@pytest.mark.parametrize("lie", ["one form is left out", "the last one is withheld"])
def test_a_receipt_refutes_what_leaves_its_statement_out(lie: str) -> None:
    """Also one that says another time than it was: times are compared with nothing."""
    entries = LIES[lie](true())
    (lost,) = set(true()) - set(entries)
    for received_at in (1, 5_000):
        receipt = issue(
            origin=evening().origin, leaf=leaf_hash(lost).hex(), received_at=received_at,
            id=envelope.parse(lost).id, signer=signer("receipt"),
        )  # fmt: skip
        assert refuted(entries, receipt=receipt, now=10_000) == {("V22", "--receipt")}
        assert refuted(true(), receipt=receipt, now=10_000) == set()


def test_what_was_signed_for_another_log_or_twice_counts_nowhere_and_is_told() -> None:
    report = audit(shown([*true(), elsewhere()]), policy=anchors(), pages=0)
    assert report.refuted == []
    void = {one["index"]: one["reason"] for one in report.facts["void"]}
    assert void[SIZE] == "other-log"
    assert ("V09", f"entry {SIZE}") in refuted([*true(), true()[12]])


def test_a_log_without_its_checkpoint_is_refuted_and_a_missing_claim_is_named_too() -> None:
    files = {path: data for path, data in shown(true()).items() if path != "log/checkpoint"}
    report = audit({**files, "policy.txt": anchors().format()})
    assert [failure.place for failure in report.refuted] == ["log/checkpoint"]
    assert "site.json" in [failure.place for failure in report.undecided]
    report = audit(files)
    assert [failure.place for failure in report.refuted] == ["log/checkpoint"]
    assert {"site.json", "policy.txt"} <= {failure.place for failure in report.undecided}
    assert audit({"index.html": b""}).refuted == []


@pytest.fixture
def compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Compares two folders, or files, of what was shown; gives code and words."""
    paper = tmp_path / "paper"
    paper.write_bytes(anchors().format())

    def compare(*sides: tuple[Entries, bool]) -> tuple[int, str]:
        words = []
        for number, (entries, whole) in enumerate(sides):
            for path, data in shown(entries).items():
                place = tmp_path / str(number) / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
            words.append(tmp_path / str(number) / ("" if whole else "log/checkpoint"))
        given = ["--policy", paper, "--to", tmp_path / "fork.json", "--lang", "en"]
        code = command.main(["compare", *map(str, [*words, *given])])
        (tmp_path / "fork.json").unlink(missing_ok=True)
        said = capsys.readouterr()
        return code, said.out + said.err

    return compare


def test_two_sizes_for_two_readers_are_one_history_until_one_of_them_is_another(compared) -> None:
    mine, other = true(), LIES["one form is left out"](true())
    code, said = compared((mine[:20], True), (mine, True))
    assert (code, "AGREE" in said) == (0, True)
    code, said = compared((mine, True), (other, True))
    assert (code, "First entry that differs: 12" in said) == (1, True)
    code, said = compared((other, False), (mine, True))
    assert (code, "FORKED" in said) == (1, True)


def test_a_kept_checkpoint_that_is_newer_than_a_site_says_that_there_was_more(compared) -> None:
    code, said = compared((true(), False), (LIES["one form is left out"](true()), True))
    assert (code, "the log signed 24 entries" in said, "keep" in said) == (2, True, True)


def test_two_kept_checkpoints_of_one_size_convict_without_any_entry(compared) -> None:
    other = LIES["two change places"](true())
    code, said = compared((true(), False), (other, False))
    assert (code, "FORKED" in said) == (1, True)
