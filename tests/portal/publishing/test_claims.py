"""How far the site is, told by two runs at once: nothing that was done is forgotten."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from random import Random
from typing import Any

import pytest
from tests.fakes import CONFLICT, FakeObjects, Plan, faulty

from rekap.core.errors import Conflict, Corrupt
from rekap.portal.publishing.budget import Budget
from rekap.portal.publishing.claims import SITE, STATE_SITE, Claims, Part, Published, Reached

OURS = Published(
    size=9, root="root of 9", hour="hour of 9", tree="tree of 9", release="r", proofs=9,
    data_size=4, data_next=4, data_root="root of 4", data_tree="tree of 4", data_at=40,
    frontier=["9"], data_frontier=["4"],
)  # fmt: skip
MORE = {
    "data_size": 6, "data_next": 6, "data_root": "root of 6", "data_tree": "tree of 6",
    "data_at": 60, "data_frontier": ["6"],
}  # fmt: skip
BEGUN = MORE | {"data_size": 4, "data_root": "root of 4", "data_at": 40}


def _met(theirs: Published, ours: Published = OURS) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """Put ours where others have put theirs since: (state/site then, the tag, site.json)."""
    objects = FakeObjects()
    objects.put_new(STATE_SITE, theirs.encode())
    claims = Claims(objects)
    tag = claims.swap(replace(ours), None)
    claims.claim()
    stored, claim = objects.get(STATE_SITE), objects.get(SITE)
    assert stored is not None
    assert claim is not None
    assert tag == stored.tag
    return asdict(Published.parse(stored.data)), tag, json.loads(claim.data)


@pytest.mark.parametrize("size", [9, 8])
@pytest.mark.parametrize(
    ("theirs", "kept"),
    [
        ({}, {}),
        (MORE, MORE),
        (BEGUN, BEGUN),
        (MORE | {"data_at": 30}, MORE | {"data_at": 40}),
        ({"data_size": 2, "data_next": 3, "data_root": "old", "data_at": 50}, {}),
        ({"data_tree": "of other code", "data_frontier": ["other"], "data_at": 50}, {}),
        ({"proofs": 12}, {"proofs": 12}),
        ({"proofs": 3} | MORE, MORE),
    ],
)
def test_what_a_run_that_shows_no_more_has_done_is_taken_over(
    size: int, theirs: dict[str, Any], kept: dict[str, Any]
) -> None:
    tree = OURS.tree if size == 9 else "theirs"
    shown, _, claim = _met(replace(OURS, size=size, tree=tree, **theirs))
    assert shown == asdict(replace(OURS, **kept))
    names = ("size", "root", "hour", "release", "proofs", "data_size", "data_next", "data_root")
    assert claim == {name: shown[name] for name in names} | {"proofs": min(shown["proofs"], 9)}


def test_bulk_data_that_another_run_finished_meanwhile_are_finished() -> None:
    shown, _, claim = _met(replace(OURS, **MORE), replace(OURS, **BEGUN))
    assert (shown, claim["data_size"]) == (asdict(replace(OURS, **MORE)), 6)
    shown, _, claim = _met(replace(OURS, **BEGUN), replace(OURS, **MORE))
    assert (shown, claim["data_size"]) == (asdict(replace(OURS, **MORE)), 6)


def test_a_run_that_shows_more_stays() -> None:
    theirs = replace(OURS, size=10, root="root of 10")
    assert _met(theirs)[0] == asdict(theirs)
    assert _met(theirs)[2]["root"] == "root of 10"


def test_the_claim_is_made_again_when_its_answer_was_a_conflict() -> None:
    objects = FakeObjects()
    plan = Plan({3: CONFLICT})
    claims = Claims(faulty(objects, plan))
    tag = claims.swap(OURS, None)
    claims.claim()
    assert plan.calls.count("put_if") == 3
    assert json.loads(objects.objects[SITE])["size"] == 9
    claims.swap(replace(OURS, **MORE), tag)
    claims.claim()
    assert json.loads(objects.objects[SITE])["data_size"] == 6


class _Overtaken(FakeObjects):
    """Another run finishes bulk data right after this one has looked at its first object."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = False

    def get(self, path: str) -> Any:
        found = super().get(path)
        if self.looks:
            self.looks = False
            state = super().get(STATE_SITE)
            assert state is not None
            others = Claims(self)
            others.swap(replace(OURS, **MORE), state.tag)
            others.claim()
        return found


def test_a_claim_that_was_overtaken_is_not_put_over_a_newer_one_of_the_same_size() -> None:
    objects = _Overtaken()
    claims = Claims(objects)
    claims.swap(replace(OURS), None)
    objects.looks = True
    claims.claim()
    assert [json.loads(one)["data_size"] for one in objects.written[SITE]] == [6]


class _Refusing(FakeObjects):
    """Answers the first write with a conflict although nothing is there, as S3 may."""

    refused = False

    def put_if(self, path: str, data: bytes, tag: str | None) -> str:
        if not self.refused:
            self.refused = True
            raise Conflict(path)
        return super().put_if(path, data, tag)


def test_the_state_is_put_again_where_a_conflict_left_none() -> None:
    objects = _Refusing()
    tag = Claims(objects).swap(Published(), None)
    stored = objects.get(STATE_SITE)
    assert stored is not None
    assert tag == stored.tag


def test_another_release_of_the_same_size_takes_nothing_back() -> None:
    theirs = replace(OURS, release="old", root="of old", tree="tree of old", frontier=["old"])
    assert _met(theirs)[0] == asdict(OURS)


def test_what_only_a_beginning_says_is_no_claim() -> None:
    objects = FakeObjects()
    claims = Claims(objects)
    claims.swap(Published(made="r", first=Part("", Reached(9, "tree of 9"), "bukti/3/")), None)
    claims.claim()
    assert SITE not in objects.objects


NINE, TWELVE = Reached(9, "tree of 9", ["9"]), Reached(12, "tree of 12", ["12"])
HALF = replace(OURS, made="r", leaves=NINE, first=Part("tree of 9", TWELVE, "bukti/20/"))


@pytest.mark.parametrize(
    ("theirs", "kept"),
    [
        ({"first": Part("tree of 9", TWELVE, "bukti/10/")}, {}),
        ({"first": None}, {}),
        ({"first": Part("tree of 9", TWELVE, "bukti/99/")}, {"first": "bukti/99/"}),
        ({"leaves": TWELVE, "first": None}, {"leaves": 12, "first": None}),
        ({"made": "other", "leaves": TWELVE, "first": None}, {}),
        ({"above": Part("tree of 9", TWELVE, "a/")}, {"above": "a/"}),
        ({"above": Part("tree of 4", NINE, "a/")}, {}),
    ],
)
def test_of_pages_that_two_runs_write_what_is_further_stays(
    theirs: dict[str, Any], kept: dict[str, Any]
) -> None:
    shown, _, _ = _met(replace(HALF, **theirs), HALF)
    assert shown["leaves"]["size"] == kept.get("leaves", 9)
    for name, after in {"first": "bukti/20/", "above": None, **kept}.items():
        if name != "leaves":
            assert (shown[name] and shown[name]["after"]) == after


def test_a_part_of_more_entries_is_further_than_a_later_page_of_fewer() -> None:
    more = Part("tree of 9", Reached(15, "tree of 15", ["15"]), "bukti/1/")
    shown, _, _ = _met(replace(HALF, first=more), HALF)
    assert shown["first"]["to"]["size"] == 15


def test_pages_of_a_new_release_are_still_to_be_written_at_the_size_that_the_old_one_shows() -> (
    None
):
    """All of them: nothing of what the old release shows is done for the new one."""
    begun = replace(OURS, made="new", leaves=NINE)
    assert begun.behind()
    assert not replace(begun, release="new").behind()
    shown, _, _ = _met(replace(begun, above=Part("", NINE, "a/")), begun)
    assert shown["above"]["after"] == "a/"


def test_what_is_kept_for_later_and_for_the_end_is_not_kept_twice() -> None:
    left = [240.0]
    budget = Budget(lambda: left[0])
    left[0] = 130.0
    assert budget.spare(later=1 / 2) == 10
    assert budget.spare() == 120


def test_of_each_file_to_come_the_time_of_the_longest_is_held_back() -> None:
    left = [240.0]
    budget = Budget(lambda: left[0])
    has = budget.units()
    left[0] = 200.0
    assert has(2), "what passed before the first unit is none"
    left[0] = 140.0
    assert budget.spare() == 130
    assert has(4), "two took 60: four take 120"
    left[0] = 70.0
    assert has(2), "one took 30 at most: two fit exactly"
    assert not budget.units()(3)


def test_what_is_done_between_units_of_two_kinds_is_none() -> None:
    left = [240.0]
    budget = Budget(lambda: left[0])
    for now in (239.0, 238.0):
        has = budget.units()
        left[0] = now
        assert has(1)
    left[0] = 100.0
    assert budget.units()(90)


def test_of_two_runs_each_fact_is_whole_that_of_the_further_and_ours_where_both_are_as_far() -> (
    None
):
    """No field of one stands beside a field of the other that was said with it."""
    groups = (
        ("data_next", "data_size", "data_files", "data_tree", "data_root", "data_frontier"),
        ("size", "root", "hour", "tree", "release", "frontier"),
    )
    draw = Random(7)

    def some(name: str) -> Published:
        far = [draw.randrange(3) for _ in range(4)]
        return Published(
            size=far[0], root=name, hour=name, tree=name, release=name, frontier=[name],
            data_next=far[1], data_size=far[2], data_files=far[3],
            data_tree=name, data_root=name, data_frontier=[name],
        )  # fmt: skip

    for _ in range(300):
        ours, theirs = some("ours"), some("theirs")
        joined = replace(ours)
        joined.join(theirs)
        again = replace(joined)
        again.join(theirs)
        assert again == joined, "what was taken over once is taken over"
        for names in groups:
            ranks = 3 if names[0] == "data_next" else 1
            told = [[getattr(one, name) for name in names] for one in (joined, ours, theirs)]
            assert told[0] == max(told[1:], key=lambda one: one[:ranks])


def test_one_flipped_bit_of_what_says_how_far_the_site_is_is_found() -> None:
    """A page that is skipped, or a size that no page shows, would be claimed."""
    objects = FakeObjects()
    Claims(objects).swap(HALF, None)
    data = objects.objects[STATE_SITE]
    assert Published.parse(data) == HALF
    for at in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[at // 8] ^= 1 << at % 8
        with pytest.raises(Corrupt, match="other bytes; delete it"):
            Published.parse(bytes(flipped))
