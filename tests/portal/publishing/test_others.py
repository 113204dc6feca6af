"""Two publishers at once, call by call: what is newer stays, and what the other has done counts."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from tests.core.ledger.world import World, key, signer
from tests.core.statements import builders
from tests.fakes import FakeObjects, faulty
from tests.portal.publishing.test_incremental import RELEASE, Shelf
from tests.portal.sequencing.builders import Portal

from rekap.core.errors import Corrupt
from rekap.core.log.ports import CHECKPOINT
from rekap.core.signing import note
from rekap.core.signing.note import Note, NoteKey
from rekap.portal.publishing.budget import Budget
from rekap.portal.publishing.claims import SITE, STATE_SITE, Claims, Published
from rekap.portal.publishing.files import Page, SiteFiles
from rekap.portal.publishing.proofs import Proofs
from rekap.portal.publishing.run import Publisher

BULK = "pemilihan/data/forms.csv"


# ---------------------------------------------------------------- bulk data


def test_bulk_data_that_another_run_begins_meanwhile_are_not_written_over() -> None:
    """Who is current is asked after the tag was read: what comes later is a conflict."""
    objects = FakeObjects()
    first = objects.put_if(BULK, b"first", None)
    files, answers = SiteFiles(objects), [True, False]

    def is_current() -> bool:
        answer = answers.pop(0)
        if answer:
            objects.put_if(BULK, b"newer", first)
        return answer

    assert files.put(BULK, b"older", is_current) is None
    assert objects.objects[BULK] == b"newer"


def test_bulk_data_tell_whether_they_changed() -> None:
    files = SiteFiles(FakeObjects())
    assert [files.put(BULK, data, lambda: True) for data in (b"a", b"a", b"b")] == [
        True, False, True,
    ]  # fmt: skip


# ---------------------------------------------------------------- pages


def page(as_of: int, text: str = "", *, fresh: bool = False) -> Page:
    html = f'<meta name="as-of" content="{as_of}">{text}'.encode()
    twin = json.dumps({"as_of": as_of, "text": text}).encode()
    return Page("x/", as_of, {"x/index.json": twin, "x/index.html": html, "x/f.csv": html}, fresh)


@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize("remembers", [False, True])
def test_a_page_is_replaced_by_a_newer_one_only(fresh: bool, remembers: bool) -> None:
    objects = FakeObjects()
    files, other = SiteFiles(objects), SiteFiles(objects)
    assert (files if remembers else other).put_page(page(3, fresh=True)) == 3
    assert other.put_page(page(5)) == 3
    newer = dict(objects.objects)
    assert files.put_page(page(4, fresh=fresh)) == 0
    assert files.put_page(page(5, fresh=fresh)) == 0
    assert objects.objects == newer
    with pytest.raises(Corrupt, match=r"x/index.json at as_of 5 has other bytes"):
        files.put_page(page(5, "other"))
    assert objects.objects == newer
    assert files.put_page(page(6)) == 3


def test_other_bytes_than_the_entry_has_are_refused_beside_its_page() -> None:
    objects = FakeObjects()
    objects.put_new("bukti/3.json", b"other")
    with pytest.raises(Corrupt, match=r"bukti/3.json at as_of 4 has other bytes"):
        SiteFiles(objects).put_page(Page("bukti/3/", 4, {"bukti/3.json": b"entry"}))


# ---------------------------------------------------------------- state/site and site.json


def claims(objects: FakeObjects, **fields: Any) -> None:
    """Another run has put `state/site` there."""
    own = Claims(objects)
    _, tag = own.read()
    own.swap(Published(**{"release": "r", **fields}), tag)
    own.claim()


def test_who_published_less_leaves_what_is_there() -> None:
    objects = FakeObjects()
    claims(objects, size=7, root="r7")
    before = dict(objects.objects)
    own = Claims(objects)
    own.swap(Published(size=6, root="r6"), None)
    own.claim()
    assert objects.objects == before


def test_a_larger_site_json_stays_and_a_smaller_one_is_brought_up() -> None:
    objects = FakeObjects()
    claims(objects, size=7, root="r7")
    newest = objects.objects[SITE]
    objects.objects[STATE_SITE] = Published(size=6, root="r6", release="r").encode()
    Claims(objects).claim()
    assert objects.objects[SITE] == newest
    objects.objects[STATE_SITE] = Published(size=8, root="r8", release="r").encode()
    Claims(objects).claim()
    assert json.loads(objects.objects[SITE])["size"] == 8


THEIRS = {"data_next": 5, "data_size": 5, "data_tree": "t5", "data_root": "r5", "data_at": 50,
          "data_frontier": ["f5"], "proofs": 4}  # fmt: skip


@pytest.mark.parametrize(
    ("ours", "taken"),
    [
        ({"data_next": 5, "data_size": 3, "data_at": 40, "proofs": 7}, True),
        ({"data_next": 4, "data_size": 4, "data_at": 60, "proofs": 2}, True),
        ({"data_next": 5, "data_size": 5, "data_at": 40, "data_root": "own"}, False),
        ({"data_next": 6, "data_size": 3, "data_at": 40, "data_tree": "own"}, False),
    ],
)
def test_what_another_run_has_done_meanwhile_is_taken_over(
    ours: dict[str, Any], taken: bool
) -> None:
    objects = FakeObjects()
    claims(objects, size=9, **THEIRS)
    mine = Published(size=9, release="r", **ours)
    expected = copy.deepcopy(mine)
    expected.proofs = max(mine.proofs, 4)
    if taken:
        for name in ("data_next", "data_size", "data_tree", "data_root", "data_frontier"):
            setattr(expected, name, THEIRS[name])
        expected.data_at = max(mine.data_at, 50)
    Claims(objects).swap(mine, None)
    assert Claims(objects).read()[0] == expected


# ---------------------------------------------------------------- proofs


def test_proofs_wait_for_a_checkpoint_that_meets_the_policy_of_entry_0() -> None:
    world, witness = World(), signer("witness")
    log_key = NoteKey.parse(builders.vkey(world.origin, signer("log").public))
    vkey = NoteKey.of("saksi.example/w1", note.COSIGNATURE, witness.public).vkey
    world.add(
        builders.log(
            log=world.origin, log_key=log_key.vkey, operators=builders.keyset(key("operator/1")),
            receipt_key=builders.vkey(f"{world.origin}/receipt", signer("receipt").public),
            policy=[f"log {log_key.vkey}", f"witness w1 {vkey}", "quorum w1"],
        ),
        "operator/1",
    )  # fmt: skip
    world.add(builders.publication(), "operator/1")
    shelf: Any = Shelf(world)  # type: ignore[arg-type]  # it asks for entries and origin only

    def publish() -> int:
        """Return how many proofs a run wrote, as it says."""
        made = Publisher(shelf.objects, shelf.register, log_key=shelf.log_key, release=RELEASE)
        return made.run(0).proofs

    def proofs() -> list[str]:
        return sorted(path for path in shelf.objects.objects if path.endswith(".tlog-proof"))

    shelf.log(2)
    assert (publish(), proofs()) == (0, [])
    assert "bukti/1/index.html" in shelf.objects.objects
    bare = Note.parse(shelf.objects.objects[CHECKPOINT])
    line = note.cosign(bare.text, "saksi.example/w1", witness, 1)
    shelf.objects.objects[CHECKPOINT] = bare.merge([line]).format()
    assert (publish(), proofs()) == (2, ["bukti/0.tlog-proof", "bukti/1.tlog-proof"])
    assert Claims(shelf.objects).read()[0].proofs == 2


def test_the_time_of_the_longest_proof_is_held_back_before_the_next() -> None:
    """Each takes 30 of 100 seconds: the fourth would outlive the run."""
    portal, left = Portal(), [100.0]
    portal.accept_numbers(0, 9)
    portal.run()

    class Slow:
        def call(self, name: str, effect: Any) -> Any:
            left[0] -= 30 * (name == "put_new")
            return effect()

    stored = portal.objects.get(CHECKPOINT)
    assert stored is not None
    proofs = Proofs(faulty(portal.objects, Slow()), 9, stored.data)
    assert proofs.write(0, 9, map, Budget(lambda: left[0]).units()) == (3, 3)
