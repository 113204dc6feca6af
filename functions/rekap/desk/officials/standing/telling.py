"""The words of `rekap status`: those of the pages, in lines of at most 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rekap.audit.commands.speech import Say, clean
from rekap.core.ledger import addresses
from rekap.desk.officials import caption, labels, troubles
from rekap.desk.officials.forms import remarks
from rekap.desk.officials.outbox import replies
from rekap.desk.officials.standing.standing import WAITS, Standing, State
from rekap.desk.officials.talk import WIDTH, wrap
from rekap.desk.texts import both

_STEPS: Final = {
    "orphan": both("telling.orphan"),
    "rival": both("telling.rival"),
    "set_aside": both("telling.set_aside"),
    "void": both("telling.void"),
    "waiting": both("telling.waiting"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """Tells standings. `base`: what addresses stand below; `size`: of the log that was read."""

    say: Say
    base: str
    source: str
    size: int
    remote: bool
    zone: str = ""

    def brief(self, one: Standing) -> Iterator[str]:
        """Yield the line of one statement among many, and what to do if it is not fine."""
        told = self._short(one)
        name = self._name(one)
        room = WIDTH - len(told) - 2
        if len(name) > room:
            yield name[:WIDTH]
            name = ""
        yield f"{name:<{room}}  {told}"
        if one.code == 1 or one.state is State.QUEUED:
            yield from self._steps(one)

    def full(self, one: Standing) -> Iterator[str]:
        """Yield the paragraph of a single statement, with its addresses."""
        yield self._name(one)
        yield f"  leaf {one.target.leaf.hex()}"
        if one.index is not None:
            number, size = self.say.number(one.index), self.say.number(self.size)
            yield from self._wrap(
                self.say(*both("telling.in_the_log_number_of_entries", number=number, size=size))
            )
        yield from self._wrap(self._long(one))
        yield from self._steps(one)
        if one.shown is not None and one.shown.address is not None:
            yield f"  {self.say(*both('word.page'))}: {self._link(one.shown.address)}"
        if one.index is not None:
            address = addresses.statement(one.index)
            yield f"  {self.say(*both('word.entry'))}: {self._link(address)}"

    def _name(self, one: Standing) -> str:
        if one.target.item:
            return caption.of(one.target.fields, self.say)
        return self.say(*both("telling.statement")) + one.target.leaf.hex()[:16] + "…"

    def _link(self, address: str) -> str:
        return clean(f"{self.base}{address}" + ("" if self.remote else "index.html"))

    def _short(self, one: Standing) -> str:
        number = "" if one.index is None else f"no. {self.say.number(one.index)}  "
        told = number + self._state(one)
        if one.state is State.PROMISED and one.told is not None:
            zone = self.zone or caption.offset(one.target.fields)
            at = caption.moment(one.told.logged_by, zone, self.say, day=False)
            told += self.say(*both("telling.until", at=at))
        return told

    def _state(self, one: Standing) -> str:
        if one.fault and one.state is State.LOGGED:
            return self.say(*both("telling.page_does_not_fit"))
        if one.shown is not None:
            return labels.name(self.say, "status", one.shown.status)
        return self.say(*_STATES[one.state])

    def _long(self, one: Standing) -> str:
        words = self._state(one)
        page = one.shown
        if page is not None and page.why:
            words += ": " + labels.name(self.say, "void_reason", page.why)
        if page is not None and page.marks:
            marks = (labels.name(self.say, "mark", mark) for mark in page.marks)
            words += "; " + ", ".join(marks)
        if page is not None and page.status == WAITS:
            counted = [position for position, counts in page.signers if counts]
            words += self.say(
                *both("telling.so_far", counted=len(counted), named=", ".join(counted))
            )
        if one.told is not None:
            zone = self.zone or caption.offset(one.target.fields)
            at = caption.moment(one.told.logged_by, zone, self.say)
            words += f" s.d. {at}" if self.say.lang == "id" else f" until {at}"
        return clean(words)

    def _steps(self, one: Standing) -> Iterator[str]:
        """Yield what to do."""
        if one.fault:
            yield from self._wrap(clean(one.fault)[:300])
        if one.state in {State.REFUSED, State.QUEUED}:
            found = replies.errors(one.target.refusal or one.target.last or {})
            for error in found[:4]:
                yield from remarks.refusal(error, self.say)
        elif one.state is State.DOUBTFUL:
            yield from self._wrap(troubles.sentence("receipt", self.say))
        elif one.state is State.OVERDUE:
            yield from self._wrap(self.say(*both("telling.by_this_clock_the_promise_is")))
            yield f"  rekap verify {self.source} --receipt {one.target.place}"
        elif one.state is State.LOGGED and not one.fault:
            yield from self._wrap(self.say(*both("telling.its_page_will_follow")))
        elif one.state is State.ABSENT or (one.state is State.PROMISED and not self.remote):
            yield from self._wrap(self.say(*both("telling.it_is_not_among_all_entries")))
        elif one.shown is not None and one.shown.status in _STEPS:
            yield from self._wrap(self.say(*_STEPS[one.shown.status]))

    def _wrap(self, text: str) -> list[str]:
        return wrap(text, "  ")


_STATES: Final = {
    State.REFUSED: both("telling.refused"),
    State.QUEUED: both("telling.queued"),
    State.ABSENT: both("telling.absent"),
    State.DOUBTFUL: both("telling.doubtful"),
    State.PROMISED: both("telling.promised"),
    State.OVERDUE: both("telling.overdue"),
    State.LOGGED: both("telling.logged"),
}


def summary(standings: Sequence[Standing], say: Say) -> str:
    """The last line: how many stand where."""
    names = (("berlaku atau selesai", "done"), ("bermasalah", "with a problem"),
             ("belum", "not yet"))  # fmt: skip
    counts = [sum(one.code == code for one in standings) for code in range(3)]
    return ", ".join(
        f"{say.number(count)} {say(*name)}"
        for count, name in zip(counts, names, strict=True)
        if count or not any(counts)
    )
