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

_STEPS: Final = {
    "orphan": (
        "Versi ini tidak menyambung versi yang tercatat. Buat dari yang berlaku: rekap correct.",
        "This version does not continue the one that is logged. Make it from that: rekap correct.",
    ),
    "rival": (
        "Sudah ada formulir lain untuk tempat ini; keduanya ditampilkan. Badan di atas menjawab.",
        "There is another form of this place; both are shown. The body above has to answer.",
    ),
    "set_aside": (
        "Badan di atas menerima formulir lain untuk tempat ini.",
        "The body above has accepted another form of this place.",
    ),
    "void": (
        "Tercatat dan ditampilkan, tetapi tidak dihitung. Perbaiki sebabnya dan kirim yang baru.",
        "It is logged and shown but does not count. Mend the reason and send a new one.",
    ),
    "waiting": (
        "Belum dihitung di mana pun. Tanda tangan lain: rekap sign, lalu rekap submit.",
        "It counts nowhere yet. Further signatures: rekap sign, then rekap submit.",
    ),
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
                self.say(
                    f"tercatat di log: nomor {number} (dari {size} catatan), terbukti",
                    f"in the log: number {number} (of {size} entries), proved",
                )
            )
        yield from self._wrap(self._long(one))
        yield from self._steps(one)
        if one.shown is not None and one.shown.address is not None:
            yield f"  {self.say('halaman', 'page')}: {self._link(one.shown.address)}"
        if one.index is not None:
            address = addresses.statement(one.index)
            yield f"  {self.say('catatan', 'entry')}: {self._link(address)}"

    def _name(self, one: Standing) -> str:
        if one.target.item:
            return caption.of(one.target.fields, self.say)
        return self.say("Pernyataan ", "Statement ") + one.target.leaf.hex()[:16] + "…"

    def _link(self, address: str) -> str:
        return clean(f"{self.base}{address}" + ("" if self.remote else "index.html"))

    def _short(self, one: Standing) -> str:
        number = "" if one.index is None else f"no. {self.say.number(one.index)}  "
        told = number + self._state(one)
        if one.state is State.PROMISED and one.told is not None:
            zone = self.zone or caption.offset(one.target.fields)
            at = caption.moment(one.told.logged_by, zone, self.say, day=False)
            told += self.say(f" s.d. {at}", f" until {at}")
        return told

    def _state(self, one: Standing) -> str:
        if one.fault and one.state is State.LOGGED:
            return self.say("halaman tidak cocok", "page does not fit")
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
                f" (baru {len(counted)}: {', '.join(counted)})",
                f" ({len(counted)} so far: {', '.join(counted)})",
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
            yield from self._wrap(
                self.say(
                    "Menurut jam komputer ini janjinya lewat. Tanda terima buktinya: simpan, lalu",
                    "By this clock the promise is broken. The receipt proves it: keep it",
                )
            )
            yield f"  rekap verify {self.source} --receipt {one.target.place}"
        elif one.state is State.LOGGED and not one.fault:
            yield from self._wrap(
                self.say("Halamannya menyusul.", "Its page will follow."),
            )
        elif one.state is State.ABSENT or (one.state is State.PROMISED and not self.remote):
            yield from self._wrap(
                self.say(
                    "Tidak ada di antara semua catatan yang dibaca. Bila ini salinan, tanyakan pada"
                    " situsnya; bila belum dikirim: rekap submit.",
                    "It is not among all entries that were read. If this is a copy, ask the site;"
                    " if it was not sent yet: rekap submit.",
                )
            )
        elif one.shown is not None and one.shown.status in _STEPS:
            yield from self._wrap(self.say(*_STEPS[one.shown.status]))

    def _wrap(self, text: str) -> list[str]:
        return wrap(text, "  ")


_STATES: Final = {
    State.REFUSED: ("ditolak portal", "refused by the portal"),
    State.QUEUED: ("di antrean, belum terkirim", "queued, not sent yet"),
    State.ABSENT: ("tidak ada di log", "not in the log"),
    State.DOUBTFUL: ("tanda terima tidak dapat dipercaya", "receipt cannot be trusted"),
    State.PROMISED: ("belum tercatat, janji", "not logged yet, promised"),
    State.OVERDUE: ("JANJI TERLEWAT, belum tercatat", "PROMISE BROKEN, not logged"),
    State.LOGGED: ("tercatat", "logged"),
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
