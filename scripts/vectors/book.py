"""A small log that is told line by line, and what became of it: a golden vector of the ledger.

A case has the entries (base64), per entry its status when it came and now, why it is void, and its
marks now, per slot its head and whether it is contested, per region its sum, per page its as_of,
and a story.
"""

from __future__ import annotations

import re
from typing import Any, Final

from scripts.vectors.payloads import (
    AT,
    CONTEST,
    ELECTION,
    KABKO,
    KECAMATAN,
    KELURAHAN,
    Fields,
    election_fields,
    grant,
    log_fields,
    roster,
    signer,
)

from rekap.core import codec
from rekap.core.ledger import rosters, rulings, slots, totals
from rekap.core.ledger.fold import fold
from rekap.core.ledger.state import State
from rekap.core.pages.site import addresses
from rekap.core.pages.twins.context import as_of
from rekap.core.signing import envelope

Case = dict[str, Any]

_LETTERS: Final = re.compile("cari/[^/]+/[a-z0-9]{2}/")
KPPS: Final = ("kpps/001/1", "kpps/001/2", "kpps/001/3")


class Book:
    """A log that is told line by line; `add` returns the statement's id."""

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self.origin = f"log.example/{mode}/log"
        self.entries: list[bytes] = []
        self.says: list[str] = []
        self.state = State(read_entry=lambda index: self.entries[index])

    def add(self, says: str, payload: Fields, *roles: str, log: str = "") -> str:
        """Sign a payload by roles, and append it."""
        data = codec.encode({"log": log or self.origin, "at": AT, **payload}, nulls=True)
        self.append(says, envelope.sign(data, [signer(role) for role in roles]))
        return envelope.statement_id(data)

    def append(self, says: str, entry: bytes) -> None:
        """Append any bytes."""
        self.entries.append(entry)
        self.says.append(says)
        fold(self.state, entry)

    def case(self, what: str) -> Case:
        """Return what became of all that was told."""
        verdicts = [self._verdict(index) for index in range(len(self.entries))]
        return {
            "what": what,
            "entries": [codec.b64encode(entry) for entry in self.entries],
            "verdicts": verdicts,
            "slots": {
                key.partition("/")[2]: {
                    "head": slot.get("head_index"), "contested": slot.get("contested", False),
                }
                for key, slot in self.state.slots.scan("")
            },
            "sums": {code: self._sum(code) for code in (KABKO, KECAMATAN, KELURAHAN)},
            "standing": {CONTEST: self._standing()},
            "as_of": self._as_of(),
            "story": self._story(verdicts),
        }  # fmt: skip

    def _standing(self) -> Case:
        state, told = rulings.standing(self.state, ELECTION, CONTEST)
        pending = rulings.open_cases(self.state, ELECTION, CONTEST)
        return {
            "state": state,
            "rulings": [one["index"] for one in told],
            "open": [one["index"] for one in pending],
        }

    def _verdict(self, index: int) -> Case:
        record = self.state.entry(index)
        return {
            "status": record["status"],
            "now": slots.status_of(self.state, index),
            "void_reason": record.get("why"),
            "marks": sorted(slots.marks_of(self.state, index)),
        }

    def _sum(self, code: str) -> Case:
        place = self.state.regions.get(rosters.key(ELECTION, code))
        record = self.state.totals.get(totals.key(ELECTION, CONTEST, code)) or totals.empty()
        counted, fields, _ = totals.used(record)
        expected = rosters.expected(place)
        return {
            "counted": counted, "received": record["received"], "expected": expected,
            "missing": totals.missing(expected, record), "fields": dict(sorted(fields.items())),
        }  # fmt: skip

    def _as_of(self) -> dict[str, int]:
        """Return the as_of of every page; indexes of names, which are no pages, are left out."""
        pages = [a for a in addresses(self.state) if not _LETTERS.fullmatch(a)]
        return {address: as_of(self.state, address) for address in pages}

    def _story(self, verdicts: list[Case]) -> str:
        lines = []
        for index, (says, verdict) in enumerate(zip(self.says, verdicts, strict=True)):
            why = f" ({verdict['void_reason']})" if verdict["void_reason"] else ""
            now = "" if verdict["now"] == verdict["status"] else f", now {verdict['now']}"
            lines.append(f"{index:2} {says}: {verdict['status']}{why}{now}\n")
        return "".join(lines)


class Telling(Book):
    """A book that remembers its rosters and forms for what continues them."""

    def __init__(self, mode: str) -> None:
        super().__init__(mode)
        self.rosters: dict[str, str] = {}
        self.forms: list[str] = []

    def add(self, says: str, payload: Fields, *roles: str, log: str = "") -> str:
        found = super().add(says, payload, *roles, log=log)
        if payload["kind"] == "form":
            self.forms.append(found)
        last = self.state.entry(self.state.size - 1)
        if payload["kind"] == "roster" and last["status"] != "void":
            self.rosters[payload["region"]] = found
        return found

    def revision(self, region: str) -> int:
        """The revision of the roster in force."""
        place = self.state.regions.get(rosters.key(ELECTION, region))
        return int(place["revision"])

    def last(self, number: int) -> str:
        """The id of a form in the order of telling."""
        return self.forms[number]


def a_log(mode: str) -> Telling:
    """A log with everything that a form needs."""
    book = Telling(mode)
    book.add("entry 0", log_fields(book.origin, book.mode), "operator")
    book.add("the release", {"kind": "publication", "release": "ab" * 32}, "operator")
    started = election_fields(mode)
    book.add("the election, signed by its root", started, "root")
    book.add("the same bytes, signed by the operator", started, "operator")
    for region, children, role in (
        ("id", [KABKO], "root"), (KABKO, [KECAMATAN], "root"), (KECAMATAN, [KELURAHAN], "kpu/1"),
        (KELURAHAN, ["001", "002"], "kpu/1"),
    ):  # fmt: skip
        if region == KECAMATAN:
            book.add("keys of the KPU of the city", grant("kpu_kabko", KABKO, "kpu"), "root")
        book.add(f"roster of {region}", roster(region, children), role)
    book.add("keys of the PPK", grant("ppk", KECAMATAN, "ppk"), "kpu/1")
    for tps in ("001", "002"):
        keys = grant("kpps", KELURAHAN, f"kpps/{tps}", tps=tps)
        book.add(f"keys of the KPPS of TPS {tps}", keys, "ppk/1")
    return book


def payload_of(book: Book, payload: Fields) -> bytes:
    return codec.encode({"log": book.origin, "at": AT, **payload})
