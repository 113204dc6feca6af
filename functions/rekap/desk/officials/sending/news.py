"""What `rekap submit` says while it works and when it ends, in lines of at most 80 columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rekap.audit.commands.speech import Say, clean
from rekap.desk.officials import caption, troubles
from rekap.desk.officials.forms import remarks
from rekap.desk.officials.item import Item
from rekap.desk.officials.outbox import beside, receipts, replies
from rekap.desk.officials.outbox.queue import Queue
from rekap.desk.officials.outbox.receipts import ReceiptKey
from rekap.desk.officials.outbox.replies import Reply, What
from rekap.desk.officials.outbox.sender import is_asked, is_done
from rekap.desk.officials.sending import card
from rekap.desk.officials.standing.lookup import Log
from rekap.desk.officials.standing.standing import Standing
from rekap.desk.officials.standing.telling import Words
from rekap.desk.officials.talk import COULD_NOT, REFUSED, WIDTH, Talk, wrap
from rekap.desk.texts import both

DONE: Final = 0
_SAME: Final = both("news.same")
_SKEW_S: Final = 300
"""Seconds by which clocks may differ before it is said."""
_FINDINGS: Final = 8
"""Findings of a refusal that are shown; all of them are in the queue."""


@dataclass
class News:
    """Tells on standard output what became of statements, on standard error what is amiss now.

    `zone` is the offset of the election, "" where each statement's own is used. `insisted`: leaves
    that a person wants beside the form that counts; `may_ask`: somebody is there to be asked.
    """

    talk: Talk
    queue: Queue
    now: Callable[[], float]
    zone: str = ""
    insisted: frozenset[str] = frozenset()
    may_ask: bool = False
    total: int = 0
    base: str = ""
    single: bool = False
    _count: int = 0
    _doubts: set[str] = field(default_factory=set)
    _persons: set[str] = field(default_factory=set)
    _told: set[str] = field(default_factory=set)
    _said: set[str] = field(default_factory=set)
    _line: bool = False
    _asked: dict[str, bool] = field(default_factory=dict)

    @property
    def say(self) -> Say:
        """The language."""
        return self.talk.say

    # ------------------------------------------------------------ while it works

    def queued(self, new: int, named: int) -> None:
        """Say what is safe in the queue."""
        if named:
            number = self.say.number(new)
            safe = self.say.count(named, "pernyataan", "statement is", "statements are")
            self.talk.tell(
                *both("news.safe_in_new", safe=safe, folder=self.queue.folder, number=number)
            )

    def too_few(self, count: int) -> None:
        """Say that statements lack signatures, which the portal will ask for too."""
        if count:
            told = self.say.count(count, "pernyataan", "statement", "statements")
            self.talk.warn(*both("news.by_the_kit_must_be_signed", told=told))

    def no_address(self) -> None:
        """Say that nothing is sent because nobody said where to."""
        self.talk.complain(*both("news.only_queued_this_queue_does_not"))

    def other_sender(self) -> None:
        """Say that another process is sending."""
        self.talk.complain(*both("news.another_rekap_submit_is_sending_this"))

    def settled(self, item: Item, reply: Reply) -> None:
        """See `sender.Ear`."""
        self._count += 1
        self._clear()
        if reply.what is What.DONE and reply.told is not None:
            at = caption.moment(reply.told.received_at, self.zone_of(item), self.say, day=False)
            self._item(item, self.say(*both("news.received", at=at)))
        elif reply.what is What.LOGGED:
            at = self.say.number(reply.index or 0)
            self._item(item, self.say(*both("news.logged_as_number", at=at)))
        elif reply.what is What.SAME:
            self._item(item, self.say(*_SAME))
            self._refusal(item, reply.said)
        elif reply.what is What.FINAL:
            self._item(item, self.say(*both("news.refused")))
            self._refusal(item, reply.said)
        elif reply.what is What.ASKED:
            self._persons.add(item.leaf)
            if item.leaf not in self._asked:
                self._question(item, reply.said)
            self._said.add(self._why(reply))
        else:
            self._persons.add(item.leaf)
            self._item(item, self.say(*both("news.not_taken_yet")))
            self._refusal(item, reply.said)
            self._said.add(self._why(reply))

    def insists(self, item: Item, asked: Reply) -> bool:
        """See `sender.Ear`. Nobody is asked twice in a run."""
        if item.leaf in self.insisted:
            return True
        if self.may_ask and item.leaf not in self._asked:
            self._clear()
            self._question(item, asked.said)
            answer = self.talk.ask(*both("news.send_it_all_the_same_to"))
            self._asked[item.leaf] = answer.lower() in ("kirim", "send")
        return self._asked.get(item.leaf, False)

    def _question(self, item: Item, said: Mapping[str, Any]) -> None:
        """Show the form that counts beside this one, and the way on."""
        self._item(item, self.say(*both("news.needs_your_answer")))
        self._refusal(item, said)
        for line in beside.lines(item, said, self.say):
            print(line, file=self.talk.stdout)
        self._paragraph(self.say(*both("news.is_it_a_correction_do_not")))
        self.talk.command(*beside.correct(item.fields, self.say))
        self._paragraph(self.say(*both("news.if_it_is_meant_to_stand")))

    def doubtful(self, item: Item, reply: Reply) -> None:
        """See `sender.Ear`."""
        self._clear()
        if item.leaf not in self._doubts:
            self._doubts.add(item.leaf)
            self._item(item, self.say(*both("news.doubtful_receipt")))
            told = self._why(reply)
            self._said.add(told)
            self._paragraph(told)

    def pausing(self, reply: Reply, seconds: float, waiting: int) -> None:
        """See `sender.Ear`."""
        told = self._why(reply)
        if told not in self._said:
            self._clear()
            self._said.add(told)
            for line in wrap(f"rekap: {told}", indent="  ", first=""):
                print(line, file=self.talk.stderr)
            safe = self.say(*both("news.all_is_safe_in_the_queue"))
            print(f"  {safe}", file=self.talk.stderr)
        number, pause = self.say.number(waiting), self.say.number(round(seconds))
        self._progress(
            self.say(*both("news.waiting_trying_again_in_s", number=number, pause=pause))
        )

    # ------------------------------------------------------------ while it waits for the pages

    def expect(self, base: str, *, single: bool) -> None:
        """Say that pages are waited for; `base` is the site's address."""
        self.base, self.single = base, single
        self.talk.tell(*both("news.waiting_until_it_is_logged_and"))
        self.talk.stdout.flush()

    def appeared(self, one: Standing, log: Log) -> None:
        """Tell a statement that has come through."""
        self._clear()
        words = Words(self.say, self.base, self.base, log.size, True, self.zone)
        for line in words.full(one) if self.single else words.brief(one):
            print(line, file=self.talk.stdout, flush=True)

    def looking(self, left: int) -> None:
        """Say how many are still waited for."""
        self._progress("  " + self.say.count(left, "belum tampak", *("not shown yet",) * 2))

    # ------------------------------------------------------------ files that statements name

    def handed(self, file: Path, path: str) -> None:
        """See `handing.Ear`."""
        self._clear()
        self.talk.tell(*both("news.handed_in", file=file, address=f"{self.base}{path}"))

    def not_handed(self, file: Path, reply: Reply) -> None:
        """See `handing.Ear`."""
        self._clear()
        self.talk.tell(*both("news.not_handed_in", file=file))
        for one in replies.errors(reply.said):
            for line in remarks.refusal(one, self.say):
                print(line, file=self.talk.stdout)
        if not reply.said:
            self._paragraph(self._why(reply))

    def holding(self, file: Path, reply: Reply, seconds: float) -> None:
        """See `handing.Ear`."""
        told = self._why(reply)
        if told not in self._said:
            self._said.add(told)
            self._clear()
            self.talk.complain(told, told)
        pause = self.say.number(round(seconds))
        self._progress(self.say(*both("news.not_yet_again_in", file=file.name, pause=pause)))

    # ------------------------------------------------------------ when it ends

    def report(
        self, named: Sequence[Item], key: ReceiptKey | None, *, last: Reply | None, faults: int
    ) -> int:
        """Say where the named statements stand, show the card of a single one, return the code."""
        self._clear()
        done, same, refused, waiting = [], [], [], []
        for item in named:
            if key is not None and is_done(self.queue, item, key):
                done.append(item)
            elif replies.is_same(self.queue.refusal(item.leaf)):
                same.append(item)
            elif self.queue.refusal(item.leaf) is not None:
                refused.append(item)
            else:
                waiting.append(item)
        if len(named) == 1:
            self._single(named[0], key)
        self._old_refusals(refused)
        self._old_answers(same, waiting)
        self._summary(len(done), len(same), len(refused), len(waiting), last)
        if refused or any(item.leaf in self._doubts | self._persons for item in named):
            return REFUSED
        return COULD_NOT if waiting or faults else DONE

    def skew(self, seconds: float | None) -> None:
        """Say that the clock of this computer is wrong, if it is by minutes."""
        if seconds is None or abs(seconds) < _SKEW_S:
            return
        minutes = self.say.number(round(abs(seconds) / 60))
        behind = seconds > 0
        self.talk.complain(
            *both(
                "news.this_computer_s_clock_is_minutes",
                minutes=minutes,
                way=("lambat" if behind else "cepat", "behind" if behind else "ahead of"),
            )
        )

    def zone_of(self, item: Item) -> str:
        """The offset on whose clock times of a statement are told."""
        return self.zone or caption.offset(item.fields)

    def _single(self, item: Item, key: ReceiptKey | None) -> None:
        screen = card.Screen.of(self.talk.stdout)
        zone, kept = self.zone_of(item), self.queue.receipt(item.leaf)
        lines: Iterator[str] = iter(())
        if key is not None and kept is not None and is_done(self.queue, item, key):
            told = receipts.check(kept, item, key)
            lines = card.of_receipt(item, kept, told, zone, screen, self.say)
        elif self._only_waits(item):
            lines = card.of_queue(item, int(self.now()), zone, screen, self.say)
        for at, line in enumerate(lines):
            print(line if at else f"\n{line}", file=self.talk.stdout)

    def _only_waits(self, item: Item) -> bool:
        """Tell whether a statement has no answer yet, and needs nothing but a network."""
        settled = self.queue.proof(item.leaf) or self.queue.refusal(item.leaf)
        return not settled and item.leaf not in self._doubts | self._persons

    def _old_refusals(self, refused: Sequence[Item]) -> None:
        """Tell refusals of earlier runs again: nothing was sent, and the reason still counts."""
        for item in refused:
            if item.leaf not in self._told:
                self._item(item, self.say(*both("news.refused")))
                self._refusal(item, self.queue.refusal(item.leaf) or {})

    def _old_answers(self, same: Sequence[Item], waiting: Sequence[Item]) -> None:
        """Tell again what is not sent: forms that add nothing, and those that need an answer."""
        for item in same:
            if item.leaf not in self._told:
                self._item(item, self.say(*_SAME))
                self._refusal(item, self.queue.refusal(item.leaf) or {})
        for item in waiting:
            if item.leaf not in self._told and is_asked(self.queue, item):
                self._question(item, self.queue.last_answer(item.leaf) or {})
                self._persons.add(item.leaf)

    def _summary(
        self, done: int, same: int, refused: int, waiting: int, last: Reply | None
    ) -> None:
        if not done + same + refused + waiting:
            self.talk.tell(*both("news.nothing_is_waiting_in", folder=self.queue.folder))
            return
        parts = [
            self.say(f"{self.say.number(count)} {name[0]}", f"{self.say.number(count)} {name[1]}")
            for count, name in (
                (done, both("news.with_a_receipt")),
                (same, both("news.counted_already")),
                (refused, ("ditolak", "refused")),
                (waiting, both("news.still_queued")),
            )
            if count or name[0].startswith("dengan")
        ]
        print(f"{', '.join(parts)}: {self.queue.folder}/", file=self.talk.stdout)
        if waiting and last is not None and self._why(last) not in self._said:
            self._paragraph(self._why(last))
        if waiting > len(self._persons):
            again = f"rekap submit --queue {self.queue.folder}"
            if not self.queue.settings().url:
                again += self.say(*both("news.to_url"))
            self._paragraph(self.say(*both("news.go_on_at_any_time", again=again)))

    # ------------------------------------------------------------ lines

    def _why(self, reply: Reply) -> str:
        if reply.reason:
            return troubles.sentence(reply.reason, self.say, reply.detail)
        first = next(iter(replies.errors(reply.said)), {})
        return clean(str(first.get(self.say.lang, "")))[:400]

    def _item(self, item: Item, told: str) -> None:
        place = f"{self._count}/{self.total} " if self.total > 1 else ""
        name = f"{place}{caption.of(item.fields, self.say)}"
        room = WIDTH - len(told) - 2
        if len(name) > room:
            print(name[:WIDTH], file=self.talk.stdout)
            name = ""
        print(f"{name:<{room}}  {told}", file=self.talk.stdout, flush=True)
        self._told.add(item.leaf)

    def _refusal(self, item: Item, said: Mapping[str, Any]) -> None:
        found = replies.errors(said)
        for one in found[:_FINDINGS]:
            for line in remarks.refusal(one, self.say):
                print(line, file=self.talk.stdout)
        if len(found) > _FINDINGS:
            more = self.say.number(len(found) - _FINDINGS)
            self._paragraph(
                self.say(
                    *both(
                        "news.and_more_in_ditolak_json",
                        more=more,
                        folder=self.queue.folder,
                        leaf=item.leaf[:8],
                    )
                )
            )

    def _paragraph(self, text: str) -> None:
        for line in wrap(text, indent="  "):
            print(line, file=self.talk.stdout)

    def _progress(self, text: str) -> None:
        if self.talk.stderr.isatty():
            print(f"{text}\033[K", end="\r", file=self.talk.stderr, flush=True)
            self._line = True

    def _clear(self) -> None:
        if self._line:
            print("\033[K", end="", file=self.talk.stderr, flush=True)
            self._line = False
