"""When the publisher stops instead of publishing, and when bulk data are due."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from tests.core.ledger.world import World, signer
from tests.core.statements import builders
from tests.portal.publishing.test_incremental import RELEASE, Shelf

from rekap.core import codec, packaged
from rekap.core.errors import Corrupt
from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.log.entry import encode_bundle
from rekap.core.log.ports import CHECKPOINT
from rekap.core.pages import release
from rekap.core.pages.look import verifier
from rekap.portal.publishing import folding
from rekap.portal.publishing.claims import Part, Published
from rekap.portal.publishing.run import Outcome, Publisher

OTHER = builders.hex_id("another release")
TEN_MINUTES = 600
OWN = verifier.digest(packaged.templates_folder())


def shelf(*publications: dict[str, Any]) -> Shelf:
    """A log of entry 0, a publication of RELEASE, and further ones; its files are published."""
    world = World()
    world.open()
    for fields in publications:
        world.add(builders.publication(**fields), "operator/1")
    made: Any = Shelf(world)  # type: ignore[arg-type]  # it asks for entries and origin only
    made.log(len(made.entries))
    return made


def publish(on: Shelf, program: str = RELEASE, now: int = 0) -> Outcome:
    made = Publisher(on.objects, on.register, log_key=on.log_key, release=program, fold=program)
    return made.run(now)


def site(on: Shelf) -> dict[str, Any]:
    return json.loads(on.objects.objects["site.json"])


def refuses(on: Shelf, words: str, program: str = RELEASE) -> None:
    """A run raises Corrupt, and whatever readers see is as before."""
    before = on.site()
    with pytest.raises(Corrupt, match=words):
        publish(on, program)
    assert on.site() == before


def test_only_the_release_that_the_log_names_last_may_render() -> None:
    first = shelf()
    refuses(first, f"the log says release {RELEASE}, this program is {OTHER}", OTHER)
    publish(first)
    assert site(first)["release"] == RELEASE
    later = shelf({"release": OTHER})
    refuses(later, f"the log says release {OTHER}, this program is {RELEASE}")
    publish(later, OTHER)
    assert site(later)["release"] == OTHER


@pytest.mark.parametrize("bulk", ["written", "being written"])
def test_state_that_another_release_left_is_not_read(bulk: str) -> None:
    """Its nodes may have any form, so nothing is asked of what they name."""
    portal, alone = shelf({"release": OTHER}), shelf({"release": OTHER})
    portal.log(2)
    publish(portal)
    publish(portal)
    objects, gone = portal.objects.objects, f"{'f' * 32}:1-f-0:0:9"
    head = json.loads(objects["state/head"])
    objects["state/head"] = codec.encode_public({**head, "tree": gone})
    left = replace(Published.parse(objects["state/site"]), tree=gone, data_tree=gone)
    if bulk == "being written":
        left = replace(left, data_size=0, data_root=Published().data_root)
    objects["state/site"] = left.encode()
    for on in (portal, alone):
        on.log(3)
        for now in (0, TEN_MINUTES, 2 * TEN_MINUTES):
            publish(on, OTHER, now)
    assert portal.site() == alone.site()


def test_a_release_that_shows_otherwise_folds_nothing_again() -> None:
    """Its pages are all written, from the state that the release before it left."""
    portal, alone = shelf({"release": OTHER}), shelf({"release": OTHER})
    portal.log(2)
    publish(portal)
    portal.log(3)
    made = Publisher(
        portal.objects, portal.register, log_key=portal.log_key, release=OTHER, fold=RELEASE
    ).run(0)
    assert made.folded == 1
    again = publish(alone, OTHER)
    assert (again.folded, again.pages) == (3, made.pages)
    assert portal.site() == alone.site()


def test_this_release_must_have_the_verifier_that_the_log_names() -> None:
    own = release.current()
    false = shelf({"release": own, "verifier": "0" * 64})
    refuses(false, f"the log says verifier {'0' * 64}, this release has {OWN}", own)
    for said in ({"verifier": OWN}, {}):
        good = shelf({"release": own, **said})
        publish(good, own)
        assert site(good)["size"] == 3


def test_where_there_is_no_log_a_run_does_nothing() -> None:
    portal = shelf()
    portal.objects.objects.clear()
    done = publish(portal)
    assert (done.size, done.folded, done.pages, done.files, done.proofs, done.bulk) == (0,) * 6
    assert (done.shown, done.cut) == (False, False)
    assert portal.objects.objects == {}


def test_another_tree_of_the_size_that_was_published_is_refused() -> None:
    portal = shelf()
    publish(portal)
    fork = Checkpoint(portal.night.origin, 2, bytes(32))
    portal.objects.objects[CHECKPOINT] = sign_checkpoint(fork, signer("log"))
    refuses(portal, "have root .* checkpoint says AAAA")


def test_new_entries_of_another_root_are_neither_shown_nor_kept() -> None:
    portal = shelf({})
    portal.log(2)
    publish(portal)
    true = portal.entries[2]
    portal.entries[2] = b"nothing"
    portal.log(3)
    portal.entries[2] = true
    bundle = next(p for p in portal.objects.objects if p.endswith("entries/000.p/3"))
    portal.objects.objects[bundle] = encode_bundle(portal.entries)
    kept = portal.objects.objects["state/head"]
    refuses(portal, "entries 0…2 have root .* checkpoint says")
    assert portal.objects.objects["state/head"] == kept
    portal.log(3)
    publish(portal)
    assert site(portal)["size"] == 3


def test_a_long_log_is_folded_in_steps_that_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "FOLD_BATCH", 3)
    monkeypatch.setattr(folding, "AHEAD", 2)
    portal = shelf(*[{}] * 6)
    assert [publish(portal).folded for _ in range(2)] == [8, 0]
    heads = [json.loads(data)["size"] for data in portal.objects.written["state/head"]]
    assert heads == [3, 6, 8]


@pytest.mark.parametrize(("begun", "first"), [(None, 9), ("first", 6), ("above", 6), ("leaves", 6)])
def test_a_fold_leaves_half_of_a_run_to_pages_that_are_begun(begun: str | None, first: int) -> None:
    """Eight seconds are left: as many entries as seconds are committed first, or half of those."""
    portal = shelf(*[{}] * 8)
    portal.log(2)
    publish(portal)
    objects = portal.objects
    site_is = Published.parse(objects.objects["state/site"])
    if begun == "leaves":
        site_is = replace(site_is, size=0, tree="", release="")
    elif begun:
        site_is = replace(site_is, **{begun: Part("", site_is.leaves)})
    objects.objects["state/site"] = site_is.encode()
    portal.log(10)
    made = Publisher(
        objects, portal.register, log_key=portal.log_key, release=RELEASE, fold=RELEASE
    )
    assert made.run(0, lambda: 8.0).size == 10
    assert [json.loads(one)["size"] for one in objects.written["state/head"]] == [2, first, 10]


@pytest.mark.parametrize(("left", "folded"), [(0.5, 0), (1.0, 0), (1.01, 1)])
def test_a_fold_that_has_no_time_beyond_its_end_folds_nothing(left: float, folded: int) -> None:
    """Of 24 seconds one is kept for the end; with less than an entry takes, one is folded."""
    portal = shelf()
    portal.log(2)
    made = Publisher(
        portal.objects, portal.register, log_key=portal.log_key, release=RELEASE, fold=RELEASE
    )
    clock = iter([24.0, left, left, left, 0.0])
    assert made.fold(lambda: next(clock, 0.0)) == (folded, folded)


def test_a_run_without_an_end_says_nothing_of_the_time_that_an_entry_takes() -> None:
    portal = shelf(*[{}] * 8)
    made = Publisher(
        portal.objects, portal.register, log_key=portal.log_key, release=RELEASE, fold=RELEASE
    )
    for size, left in ((2, math.inf), (10, 8.0)):
        portal.log(size)
        assert made.run(0, lambda left=left: left).size == size
    assert [json.loads(one)["size"] for one in portal.objects.written["state/head"]] == [2, 9, 10]


def test_a_checkpoint_that_shrank_is_refused() -> None:
    portal = shelf({})
    publish(portal)
    portal.log(2)
    refuses(portal, "state/head has 3 entries, checkpoint 2")


def test_a_log_whose_entries_are_gone_is_refused() -> None:
    portal = shelf()
    del portal.objects.objects["log/tile/entries/000.p/2"]
    refuses(portal, r"log/tile/entries/000.p/2 is missing")


def test_bulk_data_wait_for_a_quiet_log_or_ten_minutes() -> None:
    portal = shelf(*[{}] * 6)
    for size, now, data_size, shown in (
        (2, 0, 0, False),
        (3, TEN_MINUTES - 1, 0, False),
        (4, TEN_MINUTES, 4, True),
        (5, 2 * TEN_MINUTES - 1, 4, True),
        (6, 2 * TEN_MINUTES + 7, 6, True),
        (7, 2 * TEN_MINUTES + 8, 6, True),
        (7, 2 * TEN_MINUTES + 9, 7, True),
        (7, 9 * TEN_MINUTES, 7, False),
    ):
        portal.log(size)
        assert publish(portal, now=now).shown == shown, (
            "what the release before needs may go, or not"
        )
        claim = site(portal)
        assert (claim["size"], claim["data_size"], claim["data_next"]) == (
            size, data_size, data_size,
        )  # fmt: skip
