"""Figures typed at the terminal, one after the other in the order of the paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from rekap.desk.elections.table import number
from rekap.desk.officials import labels
from rekap.desk.officials.forms.review import Names
from rekap.desk.officials.forms.sheet import WHOLE, Cells
from rekap.desk.officials.forms.slot import Slot
from rekap.desk.officials.forms.work import Work
from rekap.desk.officials.spelling import why_no_number, words
from rekap.desk.officials.talk import Fault, Talk
from rekap.desk.texts import both

_BACK: Final = frozenset({"kembali", "k", "back", "<"})
_AGAIN: Final = frozenset({"ulang", "again"})
_STOP: Final = frozenset({"berhenti", "simpan", "stop", "save"})
_HELP: Final = frozenset({"?", "bantuan", "help"})

Place = tuple[str, str]
"""Child and field."""


class Stopped(Fault):
    """The official stops for now; what was typed is in the work file."""

    def __init__(self, work: Work) -> None:
        super().__init__(
            f"Berhenti. Yang sudah diketik tersimpan di {work.path}; jalankan perintah yang sama"
            " untuk melanjutkan.",
            f"Stopped. What was typed is in {work.path}; run the same command to go on.",
        )


def read(answer: str, talk: Talk) -> int | None:
    """Return a typed number; None, after saying why, if it is none."""
    value = number(answer)
    if value is None:
        talk.tell(*why_no_number(answer), "  ")
    return value


def say(value: int, talk: Talk) -> None:
    """Say a number in words, below the digits that were typed."""
    talk.tell(words(value), words(value), " " * 12)


@dataclass(slots=True)
class Entry:
    """Asks for the figures of a slot; every answer is on the disk before the next question."""

    slot: Slot
    talk: Talk
    work: Work
    places: Sequence[Place] = field(init=False)

    def __post_init__(self) -> None:
        children = [child.code for child in self.slot.children] if self.slot.has_columns else []
        self.places = [(child, name) for child in (*children, WHOLE) for name in self.slot.fields]

    def run(self) -> Cells:
        """Ask for everything that was not typed before, and return all figures."""
        self._greet()
        at = self._start()
        while at < len(self.places):
            at = self._step(at)
        return self.work.cells

    def _greet(self) -> None:
        self.talk.tell(*both("entry.type_the_figures_of_the_paper"))
        if not self.slot.is_complete:
            self.talk.tell(*both("entry.enter_alone_where_the_source_has"))

    def _start(self) -> int:
        """The first place behind the last one that was typed."""
        typed = [at for at, place in enumerate(self.places) if place in self.work.cells]
        if not typed:
            return 0
        at = typed[-1] + 1
        missing = [at for at, place in enumerate(self.places) if place not in self.work.cells]
        if self.slot.is_complete and missing:
            at = missing[0]
        count = self.talk.say.number(len(typed))
        self.talk.tell(*both("entry.going_on_figures_were_typed_before", count=count))
        return at

    def _step(self, at: int) -> int:
        """Ask one question and return the place of the next one."""
        child, name = self.places[at]
        if at == 0 or self.places[at - 1][0] != child:
            self._announce(child)
        answer = self._ask_figure(child, name)
        told = answer.lower()
        if told in _BACK:
            return max(at - 1, 0)
        if told in _AGAIN:
            return next(i for i, place in enumerate(self.places) if place[0] == child)
        if told in _HELP:
            self._greet()
            return at
        if told in _STOP:
            raise Stopped(self.work)
        if answer == "":
            return self._leave(at)
        return at + 1 if self.take(child, name, answer) else at

    def _announce(self, child: str) -> None:
        if not self.slot.has_columns:
            return
        said = self.slot.child(child).called(self.talk.say)
        whole = self.talk.say(*both("entry.final_total"))
        self.talk.tell()
        self.talk.tell(f"— {said if child else whole} —", f"— {said if child else whole} —")

    def _ask_figure(self, child: str, name: str) -> str:
        names = Names(self.slot.kit, self.slot.kit.election, self.talk.say)
        called = names.figure(name, self.slot.contest["pairs"])
        old = self.work.cells.get((child, name))
        kept = f" [{self.talk.say.number(old)}]" if old is not None else ""
        with self._kept():
            return self.talk.ask_figure(labels.code(name), f"{called}{kept}")

    def _leave(self, at: int) -> int:
        """An empty answer keeps what was typed; in a replay it says that there is nothing."""
        if self.places[at] in self.work.cells or not self.slot.is_complete:
            return at + 1
        self.talk.tell(*both("entry.this_figure_is_required_write_0"), "  ")
        return at

    def take(self, child: str, name: str, answer: str) -> bool:
        """Keep a typed number and say it in words; say why if it is none."""
        value = read(answer, self.talk)
        if value is None:
            return False
        self.work.cells[child, name] = value
        self.work.save()
        say(value, self.talk)
        return True

    def amend(self) -> bool:
        """Ask which figure to correct; False when nothing is to be corrected any more."""
        column = "32.07.01.2001 V.A, " if self.slot.has_columns else ""
        self.talk.tell(*both("entry.which_figure_is_to_be_changed", column=column))
        with self._kept():
            answer = self.talk.ask(">", ">")
        if not answer:
            return False
        place = self.find(answer)
        if place is None:
            self.talk.tell(*both("entry.is_not_on_this_form", answer=answer), "  ")
            return True
        self.take(*place, self._ask_figure(*place))
        return True

    @contextmanager
    def _kept(self) -> Iterator[None]:
        try:
            yield
        except (Fault, KeyboardInterrupt) as error:
            raise Stopped(self.work) from error

    def find(self, text: str) -> Place | None:
        """The place that "V.A", "004 V.A" or "TPS 004 V.A" names."""
        finder = labels.Finder(self.slot.fields, self.slot.contest["pairs"])
        if (name := finder.find(text)) is not None:
            return WHOLE, name
        words_ = text.split()
        if words_ and words_[0].lower() == "tps":
            words_ = words_[1:]
        codes = {child.code: child.code for child in self.slot.children}
        codes |= {child.heading: child.code for child in self.slot.children}
        name = finder.find(" ".join(words_[1:])) if words_ else None
        return (codes[words_[0]], name) if name and words_[0] in codes else None
