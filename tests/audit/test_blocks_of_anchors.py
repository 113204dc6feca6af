"""Anchors of several logs in one file: each block speaks of its own log, and of no other.

The case that decides: somebody shows the true log of A without its last correction, signed by the
key of B, to a reader whose anchors name both.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from tests.audit.shelf import Evening, Portal, anchors, audit, places
from tests.core.ledger.world import signer
from tests.core.statements import builders

from rekap.audit.hashes import TreeHashes
from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.log.entry import leaf_hash
from rekap.core.log.policy import Policy
from rekap.core.signing import note
from rekap.core.signing.note import Note, NoteKey

pytestmark = pytest.mark.usefixtures("remembered")

SIZE, CUT = 40, 39
B = signer("log of B")
B_KEY = NoteKey.parse(builders.vkey("lain.example/log", B.public))


@cache
def sites() -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The true site of A, and A's log cut before its last entry under a checkpoint of B."""
    evening = Evening(4).grow(SIZE)
    true, cut = (Portal(evening.entries, evening.origin).whole(size) for size in (SIZE, CUT))
    root = TreeHashes([leaf_hash(one) for one in evening.entries[:CUT]]).root(CUT)
    false = {p: data for p, data in cut.items() if not p.endswith(".tlog-proof")}
    false["log/checkpoint"] = sign_checkpoint(Checkpoint(B_KEY.name, CUT, root), B)
    return true, false


def both(order: int) -> Policy:
    """Anchors that name A, with all that A's policy.txt states, and B."""
    (a,) = anchors(sites()[0]).logs
    (b,) = Policy.of_log(B_KEY).logs
    return Policy((a, b) if order == 0 else (b, a))


@pytest.mark.parametrize("order", [0, 1])
def test_a_history_of_one_log_signed_by_another_of_the_anchors_is_refuted(order: int) -> None:
    report = audit(sites()[1], policy=both(order))
    assert report.status == 1
    assert "entry 0" in places(report), "A's first entry is none of B's"


@pytest.mark.parametrize("order", [0, 1])
def test_the_order_of_blocks_refutes_no_true_site(order: int) -> None:
    report = audit(sites()[0], policy=both(order))
    assert report.refuted == report.undecided == []
    assert [one for one in report.limits if "do not name" in one.en] == []


def test_what_one_block_states_is_not_held_against_the_log_of_another() -> None:
    policy = both(0)
    a, b = policy.logs
    strange = replace(b, log_id="0" * 64, roots=(("pemilihan-lain", ("5f" * 16,)),))
    assert audit(sites()[0], policy=replace(policy, logs=(strange, a))).refuted == []
    own = replace(a, roots=(*a.roots, ("pemilihan-lain", ("5f" * 16,))))
    assert audit(sites()[0], policy=replace(policy, logs=(own, b))).status == 1


def test_anchors_of_another_log_make_up_for_nothing_that_the_own_block_lacks() -> None:
    (a,) = anchors(sites()[0]).logs
    bare = replace(a, log_id=None, roots=())
    lent = replace(both(0).logs[1], log_id=a.log_id, roots=a.roots)
    report = audit(sites()[0], policy=Policy((bare, lent)))
    assert len([one for one in report.limits if "do not name" in one.en]) == 2


def signed_by_both() -> dict[str, bytes]:
    """The true site of A whose checkpoint B has signed too."""
    files = sites()[0]
    whole = Note.parse(files["log/checkpoint"])
    line = Note.parse(note.sign(whole.text, B_KEY.name, B)).lines
    return {**files, "log/checkpoint": whole.merge(line).format()}


def test_a_checkpoint_signed_by_two_logs_of_the_anchors_is_refuted() -> None:
    changed = signed_by_both()
    assert places(audit(changed, policy=both(0))) >= {"log/checkpoint"}
    known = audit(changed, policy=anchors(changed))
    assert known.refuted == [], "to readers who know A alone B is a stranger"


def test_the_published_anchors_begin_with_their_log() -> None:
    lines = sites()[0]["policy.txt"].decode().splitlines()
    assert [" ".join(line.split()[:2]).split(" rekap.")[0] for line in lines] == [
        "log", "#rekap log", "#rekap root", "quorum none",
    ]  # fmt: skip
