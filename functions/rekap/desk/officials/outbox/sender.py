"""Sending a queue until everything in it has an answer that lasts.

Time, sleep and chance are arguments. The order of what happens to one statement:

    1  it is in the queue, on the disk
    2  its bytes are sent
    3  the receipt is verified, then kept on the disk: done

A cut before 3 leaves it waiting; sending it again gives the same receipt. After 3 it is never sent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from rekap.core.errors import Malformed, NotVerified
from rekap.desk.officials.item import Item
from rekap.desk.officials.outbox import receipts, replies
from rekap.desk.officials.outbox.queue import Queue, Settings
from rekap.desk.officials.outbox.receipts import ReceiptKey
from rekap.desk.officials.outbox.replies import Reply, What
from rekap.desk.officials.outbox.upload import Raw, Unreached

BASE_S: Final = 2.0
MOST_S: Final = 120.0
"""Seconds of the first and of the longest pause between two attempts."""
DOUBTS: Final = 3
"""Receipts for one statement that do not verify: after so many a run asks for no more."""


@dataclass(frozen=True, slots=True)
class Time:
    """What a sender needs of the world. `chance()` is 0…1; `steady()` counts seconds and never
    jumps, `now()` is Unix time and may be wrong."""

    steady: Callable[[], float]
    now: Callable[[], float]
    sleep: Callable[[float], None]
    chance: Callable[[], float]


class Post(Protocol):
    """The portal's intake."""

    def post(self, envelope: bytes, *, insist: bool = False) -> Raw:
        """Send a statement and return the answer; raises Unreached."""


class Evidence(Protocol):
    """The portal's log, where a portal's word is not enough."""

    def holds(self, item: Item, leaf: str, index: int | None) -> bool:
        """Tell whether the envelope `leaf` has all signatures of the item's; raises Unreached."""

    def prove(self, item: Item, index: int) -> bytes | None:
        """Return the verified proof that the item is entry `index`; raises Unreached."""

    def says_same(self, item: Item, index: int) -> bool:
        """Tell whether entry `index` is a form of the item's place with the same figures."""


class Ear(Protocol):
    """Hears what happens, as it happens."""

    def settled(self, item: Item, reply: Reply) -> None:
        """A statement got an answer that lasts, or one that needs a person."""

    def doubtful(self, item: Item, reply: Reply) -> None:
        """A receipt does not verify; it was kept."""

    def insists(self, item: Item, asked: Reply) -> bool:
        """Another form counts: tell whether a person wants this one beside it all the same."""

    def pausing(self, reply: Reply, seconds: float, waiting: int) -> None:
        """Nothing can be sent for a while."""


@dataclass
class Pace:
    """How long to wait for one thing that fails again and again: doubling, with chance."""

    time: Time
    failures: int = 0
    until: float = 0.0

    def back_off(self, at_least: float | None) -> float:
        """Note a failure; return the seconds to wait. `at_least`: what the portal asked for."""
        most = min(BASE_S * float(1 << self.failures), MOST_S)
        self.failures = min(self.failures + 1, 16)
        pause = most / 2 + most / 2 * self.time.chance()
        if at_least is not None:
            # All clients were told the same moment: they should not all come at it.
            pause = max(pause, at_least * (1 + 0.1 * self.time.chance()))
        self.until = self.time.steady() + pause
        return pause

    def reset(self) -> None:
        """Note a success."""
        self.failures, self.until = 0, 0.0


@dataclass
class Sender:
    """Sends what waits in a queue. `once`: every statement at most once, and no waiting.

    `patience`: seconds without any progress after which a run gives up. `named`: leaves that a
    person asks about now; what another form was counted beside is sent for nobody else. `look`
    finds such a form before anything is sent.
    """

    queue: Queue
    portal: Post
    evidence: Evidence
    key: ReceiptKey
    time: Time
    ear: Ear
    once: bool = False
    patience: float = 600.0
    named: frozenset[str] = frozenset()
    look: Callable[[Item], Reply | None] = lambda _: None
    parked: set[str] = field(default_factory=set)
    skew: float | None = None
    last: Reply | None = None
    _paces: dict[str, Pace] = field(default_factory=dict)
    _doubts: dict[str, int] = field(default_factory=dict)

    def run(self) -> None:
        """Send until nothing waits any more, or patience ends."""
        portal = Pace(self.time)
        deadline = self.time.steady() + self.patience
        while items := self.waiting():
            now = self.time.steady()
            due = [one for one in items if self._pace(one).until <= now >= portal.until]
            if not due:
                if not self._wait(items, portal, deadline):
                    return
                continue
            for item in due:
                reply = self._send(item)
                if reply.what is What.PORTAL:
                    self.last = reply
                    portal.back_off(reply.retry_after)
                    break
                portal.reset()
                if self._take(item, reply):
                    deadline = self.time.steady() + self.patience
            if self.once:
                return

    def waiting(self) -> list[Item]:
        """Return what is still to be sent, in order, without what needs a person first."""
        return [
            item
            for item in self.queue.items()
            if item.leaf not in self.parked
            and is_open(self.queue, item, self.key)
            and (item.leaf in self.named or not is_asked(self.queue, item))
        ]

    def _send(self, item: Item) -> Reply:
        """Send a statement; a form beside one that counts only if a person insists."""
        try:
            asked = self.look(item)
            if asked is None:
                asked = self._post(item)
                if asked.what is not What.ASKED:
                    return asked
            return self._post(item, insist=True) if self.ear.insists(item, asked) else asked
        except Unreached as error:
            return replies.unreached(error)

    def _post(self, item: Item, *, insist: bool = False) -> Reply:
        raw = self.portal.post(item.data, insist=True) if insist else self.portal.post(item.data)
        reply = replies.judge(raw, item, self.key, self.time.now())
        if reply.skew is not None:
            self.skew = reply.skew
        return self._look(item, reply)

    def _look(self, item: Item, reply: Reply) -> Reply:
        """Look into the log where the portal's answer leaves something open."""
        if reply.what is What.ELSEWHERE and reply.told is not None:
            if self.evidence.holds(item, reply.told.leaf, reply.index):
                return Reply(What.DONE, receipt=reply.receipt, told=reply.told, said=reply.said)
            return Reply(What.LATER, "elsewhere", said=reply.said)
        if reply.what is What.LOGGED and reply.index is not None:
            proof = self.evidence.prove(item, reply.index)
            if proof is None:
                return Reply(What.LATER, "not-proved", said=reply.said)
            return Reply(What.LOGGED, receipt=proof, index=reply.index, said=reply.said)
        if reply.what is What.SAME:
            if reply.index is None or not self.evidence.says_same(item, reply.index):
                return Reply(What.LATER, "not-proved", said=reply.said)
            return replies.counted_already(reply.index)
        return reply

    def _take(self, item: Item, reply: Reply) -> bool:
        """Keep what an answer means, on the disk before anybody hears of it; True: progress."""
        if reply.what is What.DONE:
            self.queue.keep_receipt(item.leaf, reply.receipt)
        elif reply.what is What.LOGGED:
            self.queue.keep_proof(item.leaf, reply.receipt)
        elif reply.what in (What.FINAL, What.SAME):
            self.queue.refuse(item.leaf, reply.said)
        elif reply.what is What.DOUBT:
            self._doubt(item, reply)
            return False
        else:
            self.queue.note(item.leaf, reply.said)
            self.last = reply
            self._pace(item).back_off(reply.retry_after)
            if reply.what in (What.PERSON, What.ASKED):
                self.parked.add(item.leaf)
                self.ear.settled(item, reply)
            return False
        self.ear.settled(item, reply)
        return True

    def _doubt(self, item: Item, reply: Reply) -> None:
        self.queue.doubt(item.leaf, reply.receipt)
        self.ear.doubtful(item, reply)
        self.last = reply
        self._pace(item).back_off(reply.retry_after)
        self._doubts[item.leaf] = self._doubts.get(item.leaf, 0) + 1
        if self._doubts[item.leaf] >= DOUBTS:
            self.parked.add(item.leaf)

    def _wait(self, items: list[Item], portal: Pace, deadline: float) -> bool:
        """Sleep until something is due; False if that would be after the deadline."""
        now = self.time.steady()
        until = max(min(self._pace(item).until for item in items), portal.until)
        if until > deadline:
            return False
        if self.last is not None:
            self.ear.pausing(self.last, until - now, len(items))
        self.time.sleep(max(until - now, 0.0))
        return True

    def _pace(self, item: Item) -> Pace:
        return self._paces.setdefault(item.leaf, Pace(self.time))


def learn(
    find: Callable[[], Settings], time: Time, ear: Ear, waiting: int, patience: float
) -> Settings:
    """Return what the log says of its receipts as soon as that can be read.

    Raises Unreached if that takes longer than `patience` seconds.
    """
    pace = Pace(time)
    deadline = time.steady() + patience
    while True:
        try:
            return find()
        except Unreached as error:
            pause = pace.back_off(None)
            if time.steady() + pause > deadline:
                raise
            ear.pausing(replies.unreached(error), pause, waiting)
            time.sleep(pause)


def is_open(queue: Queue, item: Item, key: ReceiptKey) -> bool:
    """Tell whether a statement still waits for an answer that lasts."""
    return not is_done(queue, item, key) and queue.refusal(item.leaf) is None


def is_asked(queue: Queue, item: Item) -> bool:
    """Tell whether the last answer asked if a form is meant beside the one that counts."""
    return replies.is_question(queue.last_answer(item.leaf))


def is_done(queue: Queue, item: Item, key: ReceiptKey) -> bool:
    """Tell whether a verified receipt or a proof of a statement is kept."""
    kept = queue.receipt(item.leaf)
    if kept is not None:
        try:
            receipts.check(kept, item, key)
        except (Malformed, NotVerified):
            return False
        return True
    return queue.proof(item.leaf) is not None
