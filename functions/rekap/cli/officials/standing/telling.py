"""The words of `rekap status`: those of the pages, in lines of at most 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rekap.cli.officials import caption, troubles
from rekap.cli.officials.forms import remarks
from rekap.cli.officials.sending import replies
from rekap.cli.officials.standing.standing import WAITS, Standing, State
from rekap.cli.officials.talk import WIDTH, wrap
from rekap.cli.speech import Say, clean
from rekap.ledger import addresses

STATUSES: Final = {
    "waiting": ("menunggu tanda tangan", "waiting for signatures"),
    "head": ("berlaku", "counts"),
    "superseded": ("diganti versi baru", "replaced by a new version"),
    "repeat": ("ulangan", "a repeat"),
    "orphan": ("terputus", "cut off"),
    "rival": ("bertentangan", "contested"),
    "set_aside": ("disisihkan", "set aside"),
    "void": ("tidak berlaku", "void"),
    "effective": ("berlaku", "in force"),
    "cosigned": ("tanda tangan tambahan", "further signatures"),
}
"""Status → the words of the pages (`templates/text/`), and English ones."""

WHY: Final = {
    "unknown": ("tidak dikenal", "unknown"),
    "unreadable": ("tidak dikenal: tidak dapat dibaca", "unknown: cannot be read"),
    "unknown-key": ("tidak berwenang: kunci tidak terdaftar", "not entitled: unknown key"),
    "not-entitled": ("tidak berwenang", "not entitled"),
    "bad-signature": ("tanda tangan tidak cocok", "a signature does not verify"),
    "no-new-signature": ("tanpa tanda tangan baru", "without a new signature"),
    "other-log": ("ditujukan ke buku besar lain", "for another log"),
    "not-first": ("pembuka buku besar hanya satu", "a log opens only once"),
    "no-log": ("mendahului pembuka buku besar", "before the log's opening"),
    "no-election": ("pemilihannya tidak dikenal", "its election is unknown"),
    "contest": ("kontesnya tidak dikenal", "its contest is unknown"),
    "region": ("wilayahnya di luar daftar", "its region is not in the roster"),
    "tps": ("TPS-nya di luar daftar", "its TPS is not in the roster"),
    "previous": ("tidak menyambung versi sebelumnya", "does not continue the version before"),
    "pairs": ("pasangannya tidak cocok", "its pairs do not fit"),
    "replay-only": ("hanya untuk pemutaran ulang", "only for a replay"),
    "policy": ("kebijakannya bukan kebijakan log ini", "its policy is not this log's"),
    "key": ("kuncinya tidak terdaftar", "its key is not registered"),
    "key-taken": ("kuncinya sudah dipakai orang lain", "its key belongs to somebody else"),
    "already": ("sudah berlaku sebelumnya", "was in force before"),
    "accept": (
        "yang diterima bukan formulir tempat ini",
        "what it accepts is no form of this place",
    ),
    "higher-body": (
        "sudah ada jawaban badan yang lebih tinggi",
        "a higher body has answered already",
    ),
}
"""Reason of a void entry → the words of the pages, and English ones."""

MARKS: Final = {
    "L1": ("sesudah sertifikat", "after the certificate"),
    "L2": ("sesudah penetapan", "after the determination"),
    "S1": ("tanpa tanda tangan ketua", "without the chair's signature"),
    "K1": ("kunci diragukan", "a doubtful key"),
}

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
            return self.say(*STATUSES.get(one.shown.status, (one.shown.status,) * 2))
        return self.say(*_STATES[one.state])

    def _long(self, one: Standing) -> str:
        words = self._state(one)
        page = one.shown
        if page is not None and page.why:
            words += ": " + self.say(*WHY.get(page.why, (page.why,) * 2))
        if page is not None and page.marks:
            marks = (self.say(*MARKS.get(mark, (mark,) * 2)) for mark in page.marks)
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
