"""The published checkpoint: who is asked about it, and what may replace it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.fakes import FakeObjects
from tests.portal.sequencing.builders import LOG_KEY, LOG_SIGNER, ORIGIN, Portal
from tests.portal.sequencing.test_witness import POLICY, Bench, key, signer

from rekap.core.errors import Conflict, Corrupt
from rekap.core.log.checkpoint import Checkpoint, parse, sign_checkpoint
from rekap.core.log.ports import CHECKPOINT, Stored, Tree
from rekap.core.log.witness import NOBODY
from rekap.core.signing import note
from rekap.core.signing.note import Note, SignatureLine
from rekap.portal.sequencing import publication


def grown(size: int) -> Portal:
    portal = Portal()
    portal.accept_numbers(0, size)
    portal.run()
    return portal


def tree(portal: Portal) -> Tree:
    found = portal.order.tree()
    assert found
    return found


def line(portal: Portal, name: str, time: int = 7) -> SignatureLine:
    text = Note.parse(tree(portal).checkpoint).text
    return note.cosign(text, f"saksi.example/{name}", signer(name), time)


def size(objects: FakeObjects) -> int:
    return parse(Note.parse(objects.objects[CHECKPOINT]).text).size


def publish(objects: FakeObjects, portal: Portal, *lines: SignatureLine) -> bool:
    return publication.publish(objects, LOG_KEY, tree(portal), lines)


class Meanwhile(FakeObjects):
    """Somebody else writes between the first read and the write that follows it."""

    def __init__(self, other: Callable[[FakeObjects], None]) -> None:
        super().__init__()
        self._other: Callable[[FakeObjects], None] | None = other

    def get(self, path: str) -> Stored | None:
        found = super().get(path)
        other, self._other = self._other, None
        if other is not None:
            other(self)
        return found


@pytest.mark.parametrize("newer", [4, 9])
def test_who_was_overtaken_asks_nobody_and_replaces_nothing(newer: int) -> None:
    ahead, bench = grown(newer), Bench()
    published = ahead.objects.objects[CHECKPOINT]
    late = grown(3)
    asked = publication.cosign(ahead.objects, late.order, bench, POLICY, LOG_KEY, tree(late))
    assert (asked, bench.rounds) == (NOBODY, 0)
    assert not publish(ahead.objects, late, line(late, "pers"))
    assert ahead.objects.objects[CHECKPOINT] == published


def test_claims_about_what_another_run_has_committed_meanwhile_stop_nobody() -> None:
    """Its witnesses signed the larger tree before its checkpoint was published."""
    late, ahead, bench = grown(3), grown(9), Bench()
    publication.cosign(ahead.objects, ahead.order, bench, POLICY, LOG_KEY, tree(ahead))
    asked = publication.cosign(late.objects, ahead.order, bench, POLICY, LOG_KEY, tree(late))
    assert asked == NOBODY
    with pytest.raises(Corrupt, match="signed size 9, larger than 3"):
        publication.cosign(late.objects, late.order, bench, POLICY, LOG_KEY, tree(late))


def test_who_has_no_way_to_the_witnesses_asks_nobody() -> None:
    portal = grown(3)
    asked = publication.cosign(portal.objects, portal.order, None, POLICY, LOG_KEY, tree(portal))
    assert asked == NOBODY


def test_a_larger_tree_replaces_a_smaller_one() -> None:
    older, newer = grown(3), grown(4)
    assert publish(older.objects, newer)
    assert size(older.objects) == 4


@pytest.mark.parametrize("root", [bytes(32), b"\xff" * 32])
def test_another_root_at_the_same_size_is_refused(root: bytes) -> None:
    portal, other = grown(3), grown(3)
    other.objects.objects[CHECKPOINT] = sign_checkpoint(Checkpoint(ORIGIN, 3, root), LOG_SIGNER)
    with pytest.raises(Corrupt, match="two roots at size 3"):
        publish(other.objects, portal)


def test_lines_are_added_behind_those_that_stand_and_a_witness_is_heard_once() -> None:
    portal = grown(3)
    assert publish(portal.objects, portal, line(portal, "pers"))
    assert publish(portal.objects, portal, line(portal, "kampus"))
    data = portal.objects.objects[CHECKPOINT]
    assert not publish(portal.objects, portal, line(portal, "pers", time=8))
    assert portal.objects.objects[CHECKPOINT] == data
    names = [one.name for one in Note.parse(data).lines]
    assert names == [LOG_KEY.name, key("pers").name, key("kampus").name]


def test_more_lines_than_a_note_holds_stay_out_and_the_log_goes_on() -> None:
    """A policy may name more witnesses than a note has lines."""
    portal = grown(3)
    names = [f"saksi-{n}" for n in range(70)]
    assert publish(portal.objects, portal, *(line(portal, name) for name in names[:40]))
    assert publish(portal.objects, portal, *(line(portal, name) for name in names))
    lines = Note.parse(portal.objects.objects[CHECKPOINT]).lines
    assert [one.name for one in lines] == [ORIGIN, *(f"saksi.example/{n}" for n in names[:63])]
    assert not publish(portal.objects, portal, line(portal, "saksi-69"))
    portal.accept_numbers(3, 5)
    portal.run()
    assert size(portal.objects) == 5


def test_a_checkpoint_that_came_in_between_is_not_written_over() -> None:
    portal, ahead = grown(3), grown(5)

    def other(objects: FakeObjects) -> None:
        objects.put_if(CHECKPOINT, ahead.objects.objects[CHECKPOINT], None)

    objects = Meanwhile(other)
    assert not publish(objects, portal)
    assert size(objects) == 5


def test_a_line_that_came_in_between_is_kept() -> None:
    portal = grown(3)
    objects = Meanwhile(lambda objects: publish(objects, portal, line(portal, "pers")) and None)
    assert publish(objects, portal, line(portal, "kampus"))
    names = {one.name for one in Note.parse(objects.objects[CHECKPOINT]).lines}
    assert names == {LOG_KEY.name, key("pers").name, key("kampus").name}


def test_endless_conflicts_are_told() -> None:
    portal = grown(3)

    class Lost(FakeObjects):
        def put_if(self, path: str, data: bytes, tag: str | None) -> str:
            raise Conflict("always")

    with pytest.raises(Conflict, match="again and again"):
        publish(Lost(), portal)
