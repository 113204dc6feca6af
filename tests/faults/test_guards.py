"""The writer refuses to start where its stores do not tell one history, and says why in public.

Each incident is made of a portal that grew in steps: a store is put back to an earlier one, or is
another portal's, or one bit of it is another. Uploads are taken all the while, up to the cap.
"""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.check_log import check_log
from tests.fakes import Clock, FakeBell, FakeGuard
from tests.faults import watch
from tests.faults.election import LOG_KEY, ORIGIN, POLICY, form, log_files, signer
from tests.faults.evenings import EVENING, add, after
from tests.faults.portal import OneWitness, Run, State, perform

from handlers import access, sequence, witnesses
from rekap.core.errors import Corrupt, Malformed, NotVerified, RekapError
from rekap.core.log import status
from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.log.entry import encode_bundle
from rekap.core.log.policy import meets, open_checkpoint
from rekap.core.log.ports import CHECKPOINT, Head, Record, Stored, Tree
from rekap.portal.intake import accept
from rekap.portal.sequencing.guards import own_checkpoint

STEPS = (0, 3, 8)
"""Steps of the evening after which a backup was made: the log has 15, 16, then 19 entries."""


@dataclasses.dataclass
class Portal:
    """The functions that a portal runs, on a state that somebody has spoilt."""

    state: State
    guard: FakeGuard = dataclasses.field(default_factory=FakeGuard)
    lines: list[Any] = dataclasses.field(default_factory=list)

    def ports(self, cap: int = 100) -> access.Portal:
        return access.Portal(
            access.Settings(ORIGIN, backlog_cap=cap), self.state.records, self.state.order,
            self.state.objects, self.state.register, self.guard, FakeBell(), Clock(),
            self.lines.append, signer("log"), signer("receipt"),
        )  # fmt: skip

    def sequence(self) -> dict[str, Any]:
        return sequence.respond({}, self.ports())

    def upload(self, body: bytes, cap: int = 100) -> int:
        return accept.accept(body, self.ports(cap).desk()).status

    def said(self) -> status.Status | None:
        data = self.state.objects.objects.get(status.STATUS)
        return None if data is None else status.parse(data)


@pytest.fixture(autouse=True)
def one_witness(monkeypatch: pytest.MonkeyPatch) -> list[OneWitness]:
    """The policy's witness is asked without a network; it remembers whatever is restored."""
    known: list[OneWitness] = []
    monkeypatch.setattr(witnesses, "carrier", lambda portal, policy: known[0] if known else None)
    monkeypatch.setattr(witnesses, "policy", lambda portal: POLICY)
    return known


# ---------------------------------------------------------------- incidents


def restored_tables(old: State, new: State) -> State:
    return dataclasses.replace(new.copy(), records=old.copy().records, order=old.copy().order)


def restored_order(old: State, new: State) -> State:
    return dataclasses.replace(new.copy(), order=old.copy().order)


def restored_records(old: State, new: State) -> State:
    return dataclasses.replace(new.copy(), records=old.copy().records)


def restored_bucket(old: State, new: State) -> State:
    return dataclasses.replace(new.copy(), objects=old.copy().objects)


def lost_bucket(_: State, new: State) -> State:
    spoilt = new.copy()
    spoilt.objects.objects.clear()
    return spoilt


def another_root(_: State, new: State) -> State:
    """The bucket shows a tree of the same size that this key signed too."""
    spoilt = new.copy()
    size = watch.published(spoilt)
    fork = sign_checkpoint(Checkpoint(ORIGIN, size, bytes(32)), signer("log"))
    spoilt.objects.objects[CHECKPOINT] = fork
    return spoilt


def another_log(_: State, new: State) -> State:
    """The bucket of another portal."""
    spoilt = new.copy()
    other = "rekap.example/elsewhere/log"
    note = sign_checkpoint(Checkpoint(other, 7, bytes(32)), signer("another"))
    spoilt.objects.objects[CHECKPOINT] = note
    return spoilt


def another_election(_: State, new: State) -> State:
    """Files of another log under our own name: a rehearsal's bucket, signed by the same key."""
    spoilt = new.copy()
    spoilt.objects.objects.clear()
    spoilt.objects.objects.update(log_files((form("001"), form("002"))))
    return spoilt


SEEN: list[tuple[Callable[[State, State], State], str]] = [
    (restored_tables, "is above TREE.size"),
    (restored_order, "is above TREE.size"),
    (restored_bucket, "is no prefix of size"),
    (lost_bucket, "is missing"),
    (another_root, "is no prefix of size"),
    (another_log, "is not signed by this log"),
    (another_election, "is no prefix of size"),
]


def spoilt_portals(make: Callable[[State, State], State]) -> Iterator[Portal]:
    for old in STEPS[:-1]:
        yield Portal(make(after(old), after(STEPS[-1])))


def evidence(state: State) -> dict[str, bytes]:
    return {p: d for p, d in state.objects.objects.items() if p != status.STATUS}


@pytest.mark.parametrize(("make", "words"), SEEN, ids=[make.__name__ for make, _ in SEEN])
@pytest.mark.parametrize("waiting", [False, True])
def test_the_writer_refuses_and_says_why(
    make: Callable[[State, State], State], words: str, waiting: bool
) -> None:
    for portal in spoilt_portals(make):
        if waiting:
            add(portal.state, b"it waits", 9_000)
        files, tree = evidence(portal.state), portal.state.order.tree()
        head = portal.state.order.head()
        with pytest.raises(Corrupt, match=words):
            portal.sequence()
        assert evidence(portal.state) == files
        assert (portal.state.order.tree(), portal.state.order.head()) == (tree, head)
        reason = portal.lines[-1]["reason"]
        assert portal.lines[-1]["outcome"] == "corrupt"
        assert portal.guard.reason() == reason
        said = None if make is another_log else status.Status(ORIGIN, "stopped", reason)
        assert portal.said() == said


@pytest.mark.parametrize("make", [make for make, _ in SEEN])
def test_uploads_are_receipted_up_to_the_cap_while_the_writer_stands(
    make: Callable[[State, State], State],
) -> None:
    portal = next(spoilt_portals(make))
    with pytest.raises(Corrupt):
        portal.sequence()
    cap = portal.state.records.pending_count() + 2
    bodies = [form("002", 3, 3), form("001", 3, 4), form("002", 4, 3)]
    assert [portal.upload(body, cap) for body in bodies[:2]] == [201, 201]
    with pytest.raises(accept.Rejected) as refused:
        portal.upload(bodies[2], cap)
    assert refused.value.status == 503
    assert [one.code for one in refused.value.findings] == ["stopped", "backlog"]
    assert refused.value.retry_after
    assert portal.upload(bodies[0], cap) == 200


def test_once_the_store_is_back_the_writer_goes_on_and_says_so() -> None:
    whole = after(STEPS[-1])
    portal = Portal(restored_bucket(after(3), whole))
    with pytest.raises(Corrupt):
        portal.sequence()
    told = portal.said()
    portal.upload(form("002", 4, 3))
    portal.state.objects.objects.update(whole.objects.objects)
    portal.sequence()
    assert told is not None
    assert portal.said() == status.Status(ORIGIN, "running", told.reason)
    assert portal.guard.reason() == told.reason
    entries = check_log(portal.state.objects.objects, LOG_KEY.vkey)
    assert entries[-1] == form("002", 4, 3)


def test_records_alone_put_back_are_refused_when_their_batch_is_looked_at() -> None:
    portal = Portal(restored_records(after(3), after(STEPS[-1])))
    with pytest.raises(Corrupt, match=r"unknown|ordered at"):
        portal.sequence()


def test_both_put_back_is_what_only_a_witness_remembers(
    one_witness: list[OneWitness],
) -> None:
    """Tables and bucket agree on an older history; the witness has signed a newer one."""
    new, portal = after(STEPS[-1]), Portal(after(3).copy())
    one_witness.append(new.witness.copy())
    add(portal.state, b"it waits", 9_000)
    before = portal.state.objects.objects[CHECKPOINT]
    with pytest.raises(Corrupt, match=f"w1 signed size {new.witness.size}, larger than"):
        portal.sequence()
    assert portal.state.objects.objects[CHECKPOINT] == before
    said = portal.said()
    assert said is not None
    assert said.writer == "stopped"


def test_a_fork_of_the_same_size_is_what_only_a_witness_remembers(
    one_witness: list[OneWitness],
) -> None:
    new, portal = after(STEPS[-1]), Portal(after(3).copy())
    one_witness.append(new.witness.copy())
    while portal.state.order.head().next < new.witness.size:
        add(portal.state, b"other %d" % portal.state.order.head().next, 9_000)
        with pytest.raises(Corrupt):
            portal.sequence()
    with pytest.raises(Corrupt, match=r"w1 (has another tree|refuses|signed)"):
        portal.sequence()


# ---------------------------------------------------------------- one bit


class Flipping(Run):
    """A run in which one bit of what one call gives is another, or of what it stores."""

    def __init__(self, state: State, at: int, chance: random.Random, *, stored: bool) -> None:
        super().__init__(state)
        self._at, self._chance, self._stored = at, chance, stored
        self.flipped = ""

    def call(self, port: str, method: str, effect: Any, *arguments: Any) -> Any:
        hit = len(self.calls) == self._at
        if hit and self._stored:
            # The store acknowledges the write and keeps other bytes.
            result = super().call(port, method, effect, *arguments)
            if port == "objects" and method.startswith("put"):
                path = arguments[0]
                self.state.objects.objects[path] = self._flip(arguments[1])
                self.flipped = f"{method} {path}"
            return result
        result = super().call(port, method, effect, *arguments)
        if hit and not self._stored:
            flipped = self._flip(result)
            if flipped is not result:
                self.flipped = f"{port}.{method}"
                return flipped
        return result

    def _flip(self, value: Any) -> Any:
        if isinstance(value, bytes) and value:
            at = self._chance.randrange(len(value))
            return (
                value[:at] + bytes([value[at] ^ 1 << self._chance.randrange(8)]) + value[at + 1 :]
            )
        if isinstance(value, str) and len(value) == 64:
            return self._flip(bytes.fromhex(value)).hex()
        if isinstance(value, tuple) and value:
            at = self._chance.randrange(len(value))
            return (*value[:at], self._flip(value[at]), *value[at + 1 :])
        if isinstance(value, Stored):
            return Stored(self._flip(value.data), value.tag)
        if isinstance(value, Record):
            name = self._chance.choice(["leaf", "envelope"])
            return dataclasses.replace(value, **{name: self._flip(getattr(value, name))})
        if isinstance(value, Tree):
            name = self._chance.choice(["root", "frontier", "checkpoint", "size"])
            old = getattr(value, name)
            new = old ^ 1 << self._chance.randrange(5) if name == "size" else self._flip(old)
            return dataclasses.replace(value, **{name: new})
        if isinstance(value, Head):
            return dataclasses.replace(value, next=value.next ^ 1 << self._chance.randrange(5))
        return value


def committed_is_right(state: State) -> None:
    """What TREE commits to is in the files, whatever was flipped on the way."""
    tree = state.order.tree()
    assert tree is not None
    check_log({**state.objects.objects, CHECKPOINT: tree.checkpoint}, LOG_KEY.vkey)


def nobody_takes(published: bytes, tree: Tree | None) -> None:
    """A bit of the log's own part: no checkpoint of it; of a witness's line: no policy is met."""
    assert tree is not None
    if not published.startswith(tree.checkpoint):
        with pytest.raises(Corrupt):
            own_checkpoint(published, LOG_KEY, "it")
    try:
        _, verified = open_checkpoint(published, POLICY)
    except (Malformed, NotVerified):
        return
    assert not meets(POLICY, verified)


def test_no_bit_of_a_published_checkpoint_can_be_flipped() -> None:
    state = after(7).copy()
    perform(EVENING[1], Run(state))
    published = state.objects.objects[CHECKPOINT]
    for at in range(8 * len(published)):
        flipped = bytearray(published)
        flipped[at // 8] ^= 1 << at % 8
        nobody_takes(bytes(flipped), state.order.tree())


@pytest.mark.parametrize("stored", [False, True], ids=["read", "stored"])
def test_a_flipped_bit_at_any_hand_over_is_never_signed_for(stored: bool) -> None:
    """Of the sequencer: the run refuses, or the bit made no difference to what it wrote."""
    counts: Counter[str] = Counter()
    base = after(7)
    count = Run(base.copy())
    perform(EVENING[1], count)
    for at in range(len(count.calls)):
        for seed in range(6):
            state = base.copy()
            before = state.order.tree()
            run = Flipping(state, at, random.Random(1_000 * at + seed), stored=stored)
            try:
                perform(EVENING[1], run)
                outcome = "no harm"
            except (RekapError, ValueError, KeyError):
                outcome = "refused"
            if not run.flipped:
                continue
            counts[outcome] += 1
            if run.flipped == f"put_if {CHECKPOINT}":
                nobody_takes(state.objects.objects[CHECKPOINT], state.order.tree())
            elif state.order.tree() != before:
                committed_is_right(state)
    print(dict(counts))
    assert counts["refused"] >= 12


def test_a_flipped_bit_in_anything_stored_is_refused_or_makes_no_difference() -> None:
    """Of the sequencer, at rest: the right edge, TREE, HEAD, a batch, a record, the checkpoint."""
    counts: Counter[str] = Counter()
    base = after(7)
    for seed in range(300):
        chance = random.Random(seed)
        state = base.copy()
        flip = Flipping(state, 0, chance, stored=False)._flip
        kind = chance.choice(["object", "tree", "head", "batch", "record"])
        if kind == "object":
            log = sorted(path for path in state.objects.objects if path.startswith("log/"))
            path = chance.choice(log)
            state.objects.objects[path] = flip(state.objects.objects[path])
        elif kind == "tree":
            state.order._tree = flip(state.order._tree)
        elif kind == "head":
            state.order._head = flip(state.order._head)
        elif kind == "batch":
            first = state.order._head.last
            state.order._batches[first] = flip(state.order._batches[first])
        else:
            leaf = chance.choice(sorted(state.records.records))
            state.records.records[leaf] = flip(state.records.records[leaf])
        signed = len(_signed_roots(state))
        try:
            perform(EVENING[1], Run(state))
            counts[f"{kind}: no harm"] += 1
        except watch.Broken:
            raise
        except (RekapError, ValueError, KeyError):
            counts[f"{kind}: refused"] += 1
            assert len(_signed_roots(state)) == signed
    print(dict(sorted(counts.items())))


def _signed_roots(state: State) -> set[bytes]:
    tree = state.order.tree()
    return set() if tree is None else {tree.checkpoint}


@pytest.mark.parametrize("seed", range(20))
def test_a_flipped_node_of_the_state_is_refused_or_makes_no_difference(seed: int) -> None:
    """Of the publisher: a node is named by its digest; without the state it folds again."""
    chance = random.Random(seed)
    state = after(8).copy()
    nodes = sorted(path for path in state.objects.objects if path.startswith("state/"))
    path = chance.choice([*nodes, "state/head", "state/site"])
    flip = Flipping(state, 0, chance, stored=False)._flip
    state.objects.objects[path] = flip(state.objects.objects[path])
    before = evidence(state)
    try:
        perform(EVENING[2], Run(state))
    except watch.Broken:
        raise
    except Exception:
        after_it = evidence(state)
        changed = {p for p in after_it if after_it[p] != before.get(p)}
        assert not any(one.startswith("log/") or one == "site.json" for one in changed)
    watch.never_refuted(state)  # right pages may have been written before it was met


def test_a_publisher_refuses_entries_that_are_not_the_checkpoints() -> None:
    state = after(2)
    size = watch.published(state)
    entries = check_log(state.objects.objects, LOG_KEY.vkey)
    bundle = encode_bundle([*entries[:-1], form("002")])
    state.objects.objects[f"log/tile/entries/000.p/{size}"] = bundle
    before = evidence(state)
    with pytest.raises(Corrupt, match="have root"):
        perform(EVENING[2], Run(state))
    after_it = evidence(state)
    assert {p: d for p, d in after_it.items() if not p.startswith("state/")} == {
        p: d for p, d in before.items() if not p.startswith("state/")
    }
    assert after_it["state/head"] == before["state/head"]


def test_a_publisher_refuses_another_content_of_a_page_at_the_same_as_of() -> None:
    state = after(3)
    page = "buku-besar/index.html"
    good = state.objects.objects[page]
    for path in [path for path in state.objects.objects if path.startswith("state/")]:
        del state.objects.objects[path]
    state.objects.objects[page] = good.replace(b"</html>", b" </html>")
    assert state.objects.objects[page] != good
    with pytest.raises(Corrupt, match="has other bytes than this release gives"):
        perform(EVENING[2], Run(state))
