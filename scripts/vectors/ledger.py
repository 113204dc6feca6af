"""Small logs with what becomes of every entry: golden vectors of the ledger, for `make_vectors.py`.

Each case has the entries (base64), per entry its status when it came and now, why it is void, and
its marks now, per slot its head and whether it is contested, per region its sum, per page its
as_of, and a story.
"""

from __future__ import annotations

import re
from typing import Any, Final

from scripts.vectors.cases import OTHER_KEY, PASSKEY_ORIGIN, PASSKEY_RP_ID, passkey
from scripts.vectors.payloads import (
    AT,
    CONTEST,
    ELECTION,
    KABKO,
    KECAMATAN,
    KELURAHAN,
    LATER,
    VOTES,
    Fields,
    after,
    election_fields,
    form,
    grant,
    key_of,
    log_fields,
    roster,
    signer,
    slot,
    summary,
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
            "status": record["s"],
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
            "counted": counted, "received": record["rec"], "expected": expected,
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


def make() -> list[Case]:
    """Return all cases."""
    firsts = ("policy", "policy: two logs", "unacceptable-key", "key-taken", "unknown")
    return [
        worked(),
        reasons(),
        replay(),
        *map(void_first, firsts),
        places(),
        lists(),
        doubts(),
        decisions(),
        court(),
        votes_again(),
        said_anew(),
        acting(),
        court_in_order("first"),
        court_in_order("recount"),
        roots(),
        pages_of_passkeys(),
        watchers(),
        hours(),
        hours_of_a_replay(),
        apps(),
        words_withheld(),
        advice(),
        copies(),
        readiness(),
        pictured(),
        incidents(),
        corrections(),
        many(),
    ]


def worked() -> Case:
    """The election of one TPS, from entry 0 to an answer."""
    book = _opened("rehearsal")
    first = form("001")
    book.add("C.Hasil of TPS 001, one of its KPPS", first, KPPS[0])
    one = book.add("the same bytes, a second one", first, KPPS[1])
    book.add("the same bytes, a third one", first, KPPS[2])
    book.add("the same figures at another time", {**first, "at": LATER}, *KPPS[:2])
    fixed = form("001", figures={**VOTES, "pair_1": 121, "pair_2": 94}, **after(one, 2))
    two = book.add("revision 2 of it", fixed, *KPPS[:2])
    other = form("001", figures={**VOTES, "pair_1": 119, "pair_2": 96})
    three = book.add("another revision 1", other, *KPPS[1:])
    about = slot("001", kind="answer", accept=three)
    book.add("an answer of the PPK that accepts it", about, "ppk/1", "ppk/2")
    book.add("revision 3, which continues what was set aside",
             form("001", figures=VOTES, **after(two, 3)), *KPPS[:2])  # fmt: skip
    book.add("C.Hasil of TPS 002 by the KPPS of TPS 001", form("002"), *KPPS[:2])
    return book.case("an election of one kelurahan with two TPS; thresholds are 2 and 1")


def reasons() -> Case:
    """Every reason for which an entry of a log that began well is void."""
    book = _opened("rehearsal")
    first = form("001")
    one = book.add("C.Hasil of TPS 001", first, *KPPS[:2])
    book.append("no envelope", b"{}")
    book.add("a kind of later", {**first, "kind": "video"}, KPPS[0])
    book.add("a second first entry", log_fields(book.origin, book.mode), "operator")
    book.add("a form for another log", form("001"), *KPPS[:2], log="log.example/live/log")
    book.add("a form of an unknown election", {**first, "election": "lain"}, *KPPS[:2])
    book.add("a running figure, in a rehearsal", summary(1), "root")
    book.add("a sheet without its columns",
             form(None, form="d_hasil_kelurahan"), "ppk/1", "ppk/2")  # fmt: skip
    book.add("a key that nobody granted", form("002"), "nobody")
    whole = envelope.sign(_bytes(book, form("002")), [signer("kpps/002/1")])
    book.append("a signature of other bytes", _forged(whole, book, first))
    book.add("the same envelope's keys again", first, *KPPS[:2])
    book.add("an office that may not", form("002"), "kpu/1", "kpu/2")
    there = slot("001", kind="answer", accept=one, region="90.01.02.1001")
    book.add("an answer about a kelurahan that no roster names", there, "kpu/1", "kpu/2")
    book.add("an answer about a TPS that no roster names",
             slot("009", kind="answer", accept=one), "ppk/1", "ppk/2")  # fmt: skip
    elsewhere = {**slot("001", kind="answer", accept=one), "contest": "lain"}
    book.add("an answer about another contest", elsewhere, "ppk/1", "ppk/2")
    book.add("votes for a third pair of two",
             form("001", figures={**VOTES, "pair_3": 1}), *KPPS[:2])  # fmt: skip
    book.add("a roster that continues another one",
             roster(KELURAHAN, ["001"], revision=2, previous="5f" * 32), "kpu/1")  # fmt: skip
    book.add("a grant of a key of small order",
             grant("kpps", KELURAHAN, "x", tps="002", keys=[bytes(32)]), "ppk/1")  # fmt: skip
    book.add("a grant of a key that has an owner",
             grant("kpps", KELURAHAN, "kpps/001", tps="002"), "ppk/1")  # fmt: skip
    book.add(
        "a grant of the key that signs checkpoints",
        grant("kpps", KELURAHAN, "x", tps="002", keys=[signer("log").public]),
        "ppk/1",
    )
    book.add(
        "a grant of the key that signs receipts",
        grant("kpps", KELURAHAN, "x", tps="002", keys=[signer("receipt").public]),
        "ppk/1",
    )
    revoked = {"kind": "revoke", "election": ELECTION, "reason": "lost"}
    book.add("a KPPS ends its own key", {**revoked, "keyid": signer(KPPS[2]).keyid}, KPPS[2])
    book.add("its next signature", form("001", **after(one, 2)), *KPPS[1:])
    book.add("the same end, once more by the PPK",
             {**revoked, "keyid": signer(KPPS[2]).keyid, "reason": "stolen"}, "ppk/1")  # fmt: skip
    book.add("the end of a root key", {**revoked, "keyid": signer("root").keyid}, "root")
    book.add("an answer that accepts what is not there",
             slot("001", kind="answer", accept="5f" * 32), "ppk/1", "ppk/2")  # fmt: skip
    book.add("the KPU accepts the form", slot("001", kind="answer", accept=one), "kpu/1", "kpu/2")
    book.add("so does the PPK, later",
             slot("001", kind="answer", accept=one, at=LATER), "ppk/1", "ppk/2")  # fmt: skip
    explained = [{"rule": "R7", "text": "Salah jumlah di kertas."}]
    book.add("the KPPS explains: one of it is enough",
             slot("001", kind="answer", explains=explained), KPPS[0])  # fmt: skip
    book.add("a roster that leaves TPS 001 out",
             roster(KELURAHAN, ["002"], revision=2, previous=book.rosters[KELURAHAN]),
             "kpu/1")  # fmt: skip
    return book.case("every reason of a void entry but those of entry 0")


def replay() -> Case:
    """Running figures beside forms, and a sheet with unknown cells."""
    book = _opened("replay")
    book.add("C.Hasil of TPS 001", form("001"), *KPPS[:2])
    running = book.add("a running figure of the kecamatan: two stations", summary(2), "root")
    book.add("C.Hasil of TPS 002", form("002", figures={"pair_1": 80, "pair_2": 70}),
             "kpps/002/1", "kpps/002/2")  # fmt: skip
    book.add("a later running figure: three stations",
             {**summary(3), **after(running, 2), "reason": {"code": "source"}}, "root")  # fmt: skip
    columns = {"children": ["001", "002"], "rows": {"pair_1": [120, None]}}
    book.add("a sheet with an unknown cell",
             form(None, form="d_hasil_kelurahan", figures={"pair_1": 200}, **columns),
             "ppk/1", "ppk/2")  # fmt: skip
    book.add("a TPS that comes after it",
             form("001", figures={**VOTES, "invalid": 11, "total": 226},
                  **after(book.last(0), 2)), *KPPS[:2])  # fmt: skip
    return book.case("a replay: a running figure counts while it has more stations")


def places() -> Case:
    """A TPS that a roster leaves out before it has a form, and after; a form after the close."""
    book = _opened("rehearsal")
    book.add("C.Hasil of TPS 001", form("001"), *KPPS[:2])
    for says, listed in (
        ("a roster that leaves TPS 002 out", ["001"]), ("one that names it again", ["001", "002"]),
        ("one that leaves it out again", ["001"]),
    ):  # fmt: skip
        before = book.rosters[KELURAHAN]
        revision = book.revision(KELURAHAN) + 1
        book.add(says, roster(KELURAHAN, listed, revision=revision, previous=before), "kpu/1")
        if revision == 2:
            book.add("C.Hasil of TPS 002, in no sum yet", form("002"), "kpps/002/1", "kpps/002/2")
    book.add("the close", {"kind": "close"}, "operator")
    fixed = form("002", figures={**VOTES, "invalid": 11, "total": 226}, **after(book.last(1), 2))
    book.add("revision 2 of TPS 002, after the close", fixed, "kpps/002/1", "kpps/002/2")
    return book.case("what was in a sum stays there, and what came late says so")


def lists() -> Case:
    """A TPS more before the first form, one more after it, and rosters that say the same."""
    book = _opened("rehearsal")
    kept = ["001", "002", "003"]
    for says, region, named, form_first in (
        ("a roster that adds TPS 003 before the first form", KELURAHAN, kept, False),
        ("the same once more, after it", KELURAHAN, kept, True),
        ("a roster that adds TPS 004", KELURAHAN, [*kept, "004"], False),
        ("the list of before", KELURAHAN, kept, False),
        ("a roster that adds a kelurahan", KECAMATAN, [KELURAHAN, f"{KECAMATAN}.1002"], False),
    ):
        if form_first:
            book.add("C.Hasil of TPS 001", form("001"), *KPPS[:2])
        before, revision = book.rosters[region], book.revision(region) + 1
        book.add(says, roster(region, named, revision=revision, previous=before), "kpu/1")
    above = roster("id", [KABKO[:2]], revision=2, previous=book.rosters["id"])
    book.add("a roster of id that names the provinsi of its kabko", above, "root")
    return book.case("a list that grows after the first form says so, and so do those after it")


def corrections() -> Case:
    """Sheets that correct the figures of a TPS: one that counts, and one that nobody can read."""
    book = _opened("rehearsal")
    book.add("C.Hasil of TPS 001", form("001"), *KPPS[:2])
    objected = slot("001", kind="objection", body="bawaslu_kabko", number=1, code="figures")
    seats = grant("bawaslu_kabko", KABKO, "bawaslu_kabko")
    book.add("keys of the supervisor of the city", seats, "bawaslu")
    about = book.add("its objection", objected, "bawaslu_kabko/1")
    moved = {**VOTES, "pair_1": 123, "pair_2": 92}
    initials = {"ketua": True, "pairs": [1], "supervisor": True}
    sheet = form(
        None, form="d_hasil_kelurahan", figures=moved, children=["001"],
        rows={name: [value] for name, value in moved.items()},
        because=[{"basis": "plano", "objection": about, "initials": initials}, {"basis": "event"}],
        corrections=[["001", "pair_1", 120, 123, 0], ["001", "pair_2", 95, 92, 1]],
    )  # fmt: skip
    book.add("the sheet, three votes moved", sheet, "ppk/1", "ppk/2")
    false = {**sheet, "at": LATER, "corrections": [["001", "pair_1", 120, 124, 0]]}
    book.add("one that corrects to what it does not say", false, "ppk/1", "ppk/2")
    book.add("it says no basis either", {**false, "because": []}, "ppk/1", "ppk/2")
    return book.case("a sheet corrects figures below it, and says why")


def many() -> Case:
    """As many elections as a log has, and one more; the last one goes on."""
    book = Book("rehearsal")
    book.add("entry 0", log_fields(book.origin, book.mode), "operator")
    for number in range(1, 42):
        name = f"e{number}"
        keys = {"kpu": {"k": 1, "keys": [key_of(name)]}}
        begun = {**election_fields(book.mode), "election": name, "roots": keys}
        found = book.add(f"election {number}", begun, name, "operator")
        if number == 40:
            book.add("again", {**begun, "revision": 2, "previous": found}, name, "operator")
    return book.case("a log has forty elections")


def doubts() -> Case:
    """Keys that are stolen, what they granted and revoked, and how a doubt ends."""
    book = _opened("rehearsal")
    paper = form("001")
    book.add("C.Hasil of TPS 001", paper, *KPPS[:2])
    stolen = {"kind": "revoke", "election": ELECTION, "reason": "stolen"}
    one, two = ({**stolen, "keyid": signer(role).keyid} for role in KPPS[:2])
    book.add("its first key was stolen before", {**one, "suspect_from": 12}, "ppk/1")
    book.add("a third one of the KPPS signs the same bytes", paper, KPPS[2])
    book.add("the second one ends its own key", {**two, "reason": "ended"}, KPPS[1])
    book.add("the PPK says that it was stolen", {**two, "suspect_from": 12}, "ppk/1")
    book.add("and says so again", {**two, "suspect_from": 13}, "ppk/1")
    whose = {**stolen, "keyid": signer("ppk/1").keyid}
    book.add("the PPK's key was stolen before the grants", {**whose, "suspect_from": 10}, "kpu/1")
    granted = grant("kpps", KELURAHAN, "kpps/001", tps="001")
    book.add("another one of the PPK signs the grant of TPS 001", granted, "ppk/2")
    return book.case("a doubt runs down from a key to all that rests on it, and can end")


def watchers() -> Case:
    """The bodies of Bawaslu and a pemantau: who grants them, and what each may watch."""
    book = _opened("rehearsal")
    for body, region, granter, fields in (
        ("bawaslu_prov", KABKO[:2], "bawaslu", {}), ("bawaslu_kabko", KABKO, "bawaslu", {}),
        ("panwascam", KECAMATAN, "bawaslu", {}),
        ("panwascam", KECAMATAN, "bawaslu_kabko/1", {}),
        ("pkd", KELURAHAN, "panwascam/1", {}), ("pkd", KELURAHAN, "bawaslu_kabko/2", {}),
        ("ptps", KELURAHAN, "bawaslu_kabko/1", {"tps": "001"}),
        ("pemantau", KABKO, "bawaslu", {"organisation": "lembaga"}),
        ("pemantau", KABKO, "kpu/1", {"organisation": "lembaga"}),
    ):  # fmt: skip
        book.add(f"keys of {body} by {granter}", grant(body, region, body, **fields), granter)
    book.add("C.Hasil of TPS 001, beside whose KPPS its PTPS signs", form("001"), *KPPS[:2],
             "ptps/1")  # fmt: skip
    for role, tps in (("ptps/1", "001"), ("ptps/1", "002"), ("pkd/1", "002"),
                      ("panwascam/1", "002"), ("pemantau/1", "002"), ("kpu/1", "002")):  # fmt: skip
        body = role.split("/", maxsplit=1)[0]
        body = "pkd" if body == "kpu" else body
        side = {"organisation": "lembaga"} if body == "pemantau" else {}
        objection = slot(tps, kind="objection", body=body,
                         number=1, code="figures", text="5f" * 32, **side)  # fmt: skip
        at = f"2024-11-27T14:{len(book.entries):02}:00+07:00"
        book.add(f"an objection of {role} about TPS {tps}", {**objection, "at": at}, role)
    return book.case("supervisors and observers watch their region and all below it")


def advice() -> Case:
    """What supervisors recommend, who may respond, and how both are revised."""
    book = _opened("rehearsal")
    for body, region, granter, fields in (
        ("bawaslu_kabko", KABKO, "bawaslu", {}), ("panwascam", KECAMATAN, "bawaslu_kabko/1", {}),
        ("ptps", KELURAHAN, "bawaslu_kabko/1", {"tps": "001"}),
    ):  # fmt: skip
        book.add(f"keys of {body}", grant(body, region, body, **fields), granter)
    paper = book.add("C.Hasil of TPS 001", form("001"), *KPPS[:2])
    other = book.add("C.Hasil of TPS 002", form("002"), "kpps/002/1", "kpps/002/2")
    says = {
        "kind": "recommendation", "election": ELECTION, "contest": CONTEST, "body": "panwascam",
        "region": KECAMATAN, "number": "1/PL", "to": {"body": "ppk", "region": KECAMATAN},
        "type": "repeat-vote", "ground": "double-vote", "revision": 1,
        "places": [{"region": KELURAHAN, "tps": "001"}],
    }  # fmt: skip
    ptps = {**says, "body": "ptps", "region": KELURAHAN, "tps": "001", "type": "advice",
            "to": {"body": "kpps", "region": KELURAHAN, "tps": "001"}}  # fmt: skip
    book.add("advice of a PTPS: one signature", ptps, "ptps/1")
    book.add("a PTPS recommends a repeat vote", {**ptps, "type": "repeat-vote"}, "ptps/1")
    book.add("a repeat vote, one of the Panwascam", says, "panwascam/1")
    one = book.add("the same bytes, a second one", says, "panwascam/2")
    book.add("Bawaslu in the name of the Panwascam", {**says, "number": "2/PL"},
             "bawaslu_kabko/1", "bawaslu_kabko/2")  # fmt: skip
    book.add("the same number once more", {**says, "at": LATER}, "panwascam/1", "panwascam/2")
    lost = {**says, "number": "3/PL", "places": [{"region": KELURAHAN, "tps": "009"}]}
    book.add("about a TPS that no roster names", lost, "panwascam/1", "panwascam/2")
    said = {"kind": "response", "election": ELECTION, "contest": CONTEST, "body": "ppk",
            "region": KECAMATAN, "to": one, "outcome": "scheduled", "date": "2024-12-01",
            "revision": 1}  # fmt: skip
    first = book.add("the PPK schedules it", said, "ppk/1", "ppk/2")
    kpps = {**said, "body": "kpps", "region": KELURAHAN, "tps": "001"}
    book.add("the KPPS, which nobody asks", kpps, *KPPS[:2])
    done = {name: value for name, value in said.items() if name != "date"} | {"outcome": "done"}
    again = {"revision": 2, "previous": first}
    book.add("it was held, with a form of another TPS", {**done, **again, "paper": other},
             "ppk/1", "ppk/2")  # fmt: skip
    book.add("it was held", {**done, **again, "paper": paper}, "ppk/1", "ppk/2")
    refused = {**done, "body": "kpu_kabko", "region": KABKO, "outcome": "not-done",
               "reason": "no-ground"}  # fmt: skip
    book.add("the KPU above refuses it, which counts", refused, "kpu/1", "kpu/2")
    wide = {**says, "revision": 2, "previous": one, "places": [{"region": KECAMATAN}]}
    two = book.add("revision 2 is about the kecamatan", wide, "panwascam/1", "panwascam/2")
    book.add("a response to revision 1", {**done, "at": LATER, "revision": 3, "previous": first},
             "ppk/1", "ppk/2")  # fmt: skip
    book.add("one to revision 2", {**done, "to": two}, "ppk/1", "ppk/2")
    stolen = {"kind": "revoke", "election": ELECTION, "reason": "stolen", "suspect_from": 12}
    thief = {**stolen, "keyid": signer("panwascam/1").keyid}
    book.add("a key of the Panwascam was stolen before", thief, "bawaslu_kabko/1")
    return book.case("a number of a register is said once, and the highest body's response counts")


def copies() -> Case:
    """Copies of C.Hasil: whose they are, before the form or not, and what a later one ends."""
    book = _opened("rehearsal")
    for body, region, granter, fields in (
        ("bawaslu_kabko", KABKO, "bawaslu", {}),
        ("ptps", KELURAHAN, "bawaslu_kabko/1", {"tps": "001"}),
        ("pemantau", KABKO, "kpu/1", {"organisation": "lembaga"}),
    ):  # fmt: skip
        book.add(f"keys of {body}", grant(body, region, body, **fields), granter)
    says = {
        "kind": "copy", "election": ELECTION, "contest": CONTEST, "region": KELURAHAN,
        "tps": "001", "body": "ptps", "count": "first", "figures": VOTES,
    }  # fmt: skip
    observer = {**says, "body": "pemantau", "organisation": "lembaga", "source": "board"}
    book.add("the PTPS, before any form", says, "ptps/1")
    paper = book.add("C.Hasil of TPS 001", form("001"), *KPPS[:2])
    book.add("the PTPS says it otherwise", {**says, "figures": {**VOTES, "pair_1": 1}}, "ptps/1")
    book.add("an observer", observer, "pemantau/1")
    book.add("one of another organisation", {**observer, "organisation": "lain"}, "pemantau/1")
    book.add("the PTPS about another TPS", {**says, "tps": "002"}, "ptps/1")
    book.add("an observer, of a TPS without a form", {**observer, "tps": "002"}, "pemantau/1")
    book.add("of a TPS that no roster names", {**observer, "tps": "009"}, "pemantau/1")
    book.add("votes of a pair that is not there", {**observer, "figures": {"pair_3": 1}},
             "pemantau/1")  # fmt: skip
    book.add("an observer who does not say what it read",
             {name: one for name, one in observer.items() if name != "source"},
             "pemantau/1")  # fmt: skip
    book.add("a KPPS", says, KPPS[0])
    again = form("001", revision=2, previous=paper, count="recount",
                 reason={"code": "court"})  # fmt: skip
    book.add("a recount, with which no copy of the first count is compared", again, *KPPS[:2])
    stolen = {"kind": "revoke", "election": ELECTION, "reason": "stolen", "suspect_from": 12}
    thief = {**stolen, "keyid": signer("pemantau/1").keyid}
    book.add("the observer's key was stolen before", thief, "kpu/1")
    return book.case("a copy is its holder's, ends by a later one, and is in no sum")


def readiness() -> Case:
    """What TPS have and give back: who says it with whom, what replaces it, what it touches."""
    book = _opened("rehearsal")
    for name, body, region, granter, fields in (
        ("PPS", "pps", KELURAHAN, "ppk/1", {}),
        ("PPS, by another body", "pps", KELURAHAN, "kpu/1", {}),
        ("PPS, of one TPS", "pps", KELURAHAN, "ppk/1", {"tps": "001"}),
        ("Bawaslu", "bawaslu_kabko", KABKO, "bawaslu", {}),
        ("the PTPS", "ptps", KELURAHAN, "bawaslu_kabko/1", {"tps": "001"}),
    ):  # fmt: skip
        role = body if name in ("PPS", "Bawaslu", "the PTPS") else f"{body}-{len(name)}"
        book.add(f"keys of {name}", grant(body, region, role, **fields), granter)
    both = grant("pps", KELURAHAN, "both")
    both["persons"][0]["person"] = "kpps-001-1"
    book.add("keys of a PPS of which one is of the KPPS too", both, "ppk/1")
    says: Fields = {
        "kind": "readiness", "election": ELECTION, "region": KELURAHAN, "tps": "001",
        "step": "arrived", "ballots": [{"contest": CONTEST, "sheets": 300}],
        "items": [{"item": "boxes", "number": 1}, {"item": "ink", "number": 2}],
    }  # fmt: skip
    book.add("the KPPS alone", says, KPPS[0])
    book.add("the same bytes, the PPS: the page of the day begins", says, "pps/1")
    book.add("the same bytes, the PTPS", says, "ptps/1")
    book.add("two of the KPPS", {**says, "at": LATER}, *KPPS[:2])
    book.add("one person in both bodies", {**says, "at": "2024-11-27T15:30:00+07:00"},
             "both/1", KPPS[0])  # fmt: skip
    book.add("the PPK in place of the PPS", {**says, "tps": "002"}, "ppk/1", "kpps/002/1")
    book.add("the KPPS of another TPS", {**says, "tps": "002"}, "pps/1", KPPS[0])
    lacks: list[Fields] = [{"item": "ballots", "lack": "short", "contest": CONTEST, "number": 12},
             {"item": "ink", "lack": "none"}]  # fmt: skip
    short = {**says, "tps": "002", "lacks": lacks}
    book.add("TPS 002, where something lacks", short, "pps/1", "kpps/002/1")
    wrong: tuple[tuple[str, Fields], ...] = (
        ("a lack of nothing that is there", {"lacks": [{"item": "ballots", "lack": "wet"}]}),
        ("lacks in another order", {"lacks": lacks[::-1]}),
        ("a lack with words", {"lacks": [{**lacks[1], "note": "x"}]}),
        ("without ballots", {"ballots": None}),
        ("with seals", {"seals_whole": 1}),
        ("of a contest that is not held there",
         {"ballots": [{"contest": "lain", "sheets": 1}]}),
    )  # fmt: skip
    for name, changed in wrong:
        said: Fields = {**says, "at": "2024-11-27T15:40:00+07:00", **changed}
        if said["ballots"] is None:
            del said["ballots"]
        book.add(name, said, "pps/1", KPPS[0])
    book.add("it is complete by now", {**short, "lacks": lacks[1:], "at": LATER}, "pps/2",
             "kpps/002/2")  # fmt: skip
    book.add("C.Hasil of TPS 001", form("001"), *KPPS[:2])
    opened = slot(None, kind="event", form="d_hasil_kecamatan", body="ppk", number=1,
                  code="opened", time=AT)  # fmt: skip
    book.add("the meeting is opened", {**opened, "region": KECAMATAN}, "ppk/1")
    back: Fields = {
        "kind": "readiness", "election": ELECTION, "region": KELURAHAN, "tps": "001",
        "step": "returned", "boxes": 1, "seals_whole": 4, "seals_broken": 0,
    }  # fmt: skip
    book.add("the box comes back, by the PPS", back, "pps/1", KPPS[0])
    book.add("by the PPK", back, "ppk/1", KPPS[0])
    book.add("a box comes back with ballots", {**back, "at": LATER, "ballots": says["ballots"]},
             "ppk/1", KPPS[0])  # fmt: skip
    stolen = {"kind": "revoke", "election": ELECTION, "reason": "stolen", "suspect_from": 12}
    thief = {**stolen, "keyid": signer("pps/1").keyid}
    book.add("a key of the PPS was stolen before", thief, "ppk/1")
    book.add("one person in both bodies, and another", {**says, "at": "2024-11-27T15:50:00+07:00"},
             "both/1", *KPPS[:2])  # fmt: skip
    other = {**stolen, "keyid": signer(KPPS[1]).keyid}
    book.add("the other's key was stolen before: one person is left", other, "ppk/1")
    fewer = roster(KELURAHAN, ["001"], revision=2, previous=book.rosters[KELURAHAN])
    book.add("the roster drops TPS 002", fewer, "kpu/1")
    return book.case("two persons of two bodies say what a TPS has, and it is in no sum")


def pictured() -> Case:
    """Pictures of forms: who names them, what replaces them, who named a file first."""
    book = _opened("rehearsal")
    _sides(book)
    page: Fields = {"document": "form", "page": 1, "sha256": "a1" * 32, "bytes": 310_000,
                    "width": 1_700, "height": 2_400}  # fmt: skip
    other = {**page, "page": 2, "sha256": "b2" * 32}
    named = slot("001", kind="pictures", pages=[page])
    held: Fields = {
        "kind": "withhold", "digest": page["sha256"], "revision": 1, "state": "withheld",
        "reason": "personal-data", "basis": "Surat 6/2024",
    }  # fmt: skip
    book.add("a picture that nothing names is withheld", held, "operator")
    book.add("a picture before the form, by one of the KPPS", named, KPPS[0])
    book.add("the same bytes, another of the KPPS", named, KPPS[1])
    book.add("by a witness", {**named, "at": LATER}, "saksi/1/1")
    book.add("by the KPPS of another TPS", {**named, "at": LATER}, "kpps/002/1")
    for name, changed in (
        ("a page twice", [page, {**other, "page": 1}]),
        ("pages in another order", [other, page]),
        ("a file twice", [page, {**page, "page": 2}]),
        ("a side too long", [{**page, "height": 2_401}]),
        ("too many bytes", [{**page, "bytes": 400_001}]),
        ("another paper", [{**page, "document": "daftar"}]),
        ("a page with words", [{**page, "note": "x"}]),
        ("none", []),
    ):  # fmt: skip
        book.add(name, {**named, "at": LATER, "pages": changed}, KPPS[0])
    book.add("C.Hasil of TPS 001", form("001"), *KPPS[:2])
    book.add("C.Hasil of TPS 002, of which no picture is named", form("002"), *_kpps("002")[:2])
    again = [page, other, {**page, "document": "incidents", "sha256": "c3" * 32}]
    book.add(
        "more of TPS 001, in place of the first", {**named, "at": LATER, "pages": again}, KPPS[1]
    )
    stolen = slot("002", kind="pictures", pages=[{**other, "page": 1}])
    book.add("TPS 002 names a file of TPS 001", stolen, _kpps("002")[0])
    book.add("a picture is withheld", {**held, "at": LATER}, "operator")
    line: Fields = {"kind": "objection", "body": "saksi", "pair": 1, "code": "procedure"}
    book.add("a witness calls a picture words", slot("001", **line, number=1, text=other["sha256"]),
             "saksi/1/1")  # fmt: skip
    book.add("it is withheld", {**held, "digest": other["sha256"]}, "operator")
    sheet = slot(None, kind="pictures", form="d_hasil_kelurahan",
                 pages=[{**page, "sha256": "d4" * 32}])  # fmt: skip
    book.add("of a sheet, by the KPPS", sheet, KPPS[0])
    book.add("of a sheet, by the PPK", sheet, "ppk/1")
    book.add(
        "of a running figure", slot(None, kind="pictures", form="summary", pages=[page]), "ppk/1"
    )
    thief = {"kind": "revoke", "election": ELECTION, "reason": "stolen", "suspect_from": 8}
    book.add(
        "a key of the KPPS was stolen before", {**thief, "keyid": signer(KPPS[1]).keyid}, "ppk/1"
    )
    return book.case(
        "one of a form's body names its pictures, and a file belongs to who named it first"
    )


def _kpps(tps: str) -> tuple[str, ...]:
    return tuple(f"kpps/{tps}/{number}" for number in (1, 2, 3))


def incidents() -> Case:
    """Objections and events: each side's own numbers, who answers, what is withdrawn."""
    book = _opened("rehearsal")
    _sides(book)
    book.add("C.Hasil of TPS 001", form("001"), *KPPS[:2])
    minute = iter(range(10, 60))

    def says(name: str, kind: str, *roles: str, tps: str = "001", **fields: Any) -> str:
        at = f"2024-11-27T15:{next(minute):02}:00+07:00"
        return book.add(name, slot(tps, kind=kind, at=at, **fields), *roles)

    first: Fields = {"body": "saksi", "pair": 1, "code": "figures", "claims": {"pair_1": 121}}
    one = says("pair 1 objects", "objection", "saksi/1/1", number=1, **first)
    two = says("number 2 of it", "objection", "saksi/1/2", number=2, **first)
    three = says("number 3 of it", "objection", "saksi/1/1", number=3, **first)
    says("pair 2 in the name of pair 1", "objection", "saksi/2/1", number=4, **first)
    says("a claim for a third pair of two", "objection", "saksi/1/1", number=4,
         **{**first, "claims": {"pair_3": 1}})  # fmt: skip
    seen: Fields = {"body": "pemantau", "organisation": "a", "code": "no-copy", "number": 1}
    four = says("an observer objects", "objection", "pemantau/1", **seen)
    says("another organisation in its name", "objection", "pemantau-b/1", **seen)
    five = says("the PTPS objects", "objection", "ptps/1", body="ptps", code="procedure", number=1)
    told = says("the KPPS tells an event", "event", KPPS[0], body="kpps", code="late", number=1)
    says("a KPPS of another TPS tells one", "event", "kpps/002/1", body="kpps", code="late",
         number=1)  # fmt: skip
    says("Bawaslu tells one", "event", "bawaslu_kabko/2", body="bawaslu_kabko", number=1,
         code="disturbance", time="2024-11-27T14:00:00+07:00")  # fmt: skip
    says("a meeting, by the PTPS", "event", "ptps/1", body="ptps", code="opened", number=2,
         time=AT)  # fmt: skip
    for number, code in ((1, "opened"), (2, "suspended")):
        meeting: Fields = {"form": "d_hasil_kelurahan", "body": "ppk", "code": code, "time": AT}
        says(f"the meeting of the PPK: {code}", "event", "ppk/1", tps="", number=number, **meeting)
    says("the KPPS rejects number 1, by one of two", "answer", KPPS[0], to=[one],
         outcome="rejected")  # fmt: skip
    says("by two", "answer", *KPPS[:2], to=[one], outcome="rejected")
    says("the PPK accepts it: its answer counts", "answer", "ppk/1", "ppk/2", to=[one],
         outcome="accepted")  # fmt: skip
    says("below the PPK the KPPS rejects it again", "answer", *KPPS[:2], to=[one],
         outcome="rejected")  # fmt: skip
    says("one of the KPPS passes on numbers 1 and 2", "answer", KPPS[2], to=sorted([one, two]),
         outcome="carried")  # fmt: skip
    says("number 2 alone", "answer", KPPS[2], to=[two], outcome="carried")
    says("the PPK passes on numbers 1 and 2", "answer", "ppk/1", "ppk/3", to=sorted([one, two]),
         outcome="carried")  # fmt: skip
    says("it accepts number 1 anew: number 2 stays carried", "answer", "ppk/1", "ppk/3", to=[one],
         outcome="accepted")  # fmt: skip
    says("pair 1 withdraws what was decided", "answer", "saksi/1/1", to=[one],
         outcome="withdrawn")  # fmt: skip
    says("pair 2 withdraws that of pair 1", "answer", "saksi/2/1", to=[two], outcome="withdrawn")
    says("pair 1 withdraws number 2, and what the observer said", "answer", "saksi/1/1",
         to=sorted([two, four]), outcome="withdrawn")  # fmt: skip
    says("pair 1 withdraws number 2", "answer", "saksi/1/3", to=[two], outcome="withdrawn")
    says("what was withdrawn is answered", "answer", "ppk/1", "ppk/2", to=[two],
         outcome="accepted")  # fmt: skip
    says("an event is answered", "answer", "ppk/1", "ppk/2", to=[told], outcome="accepted")
    says("that of another TPS is answered", "answer", "ppk/1", "ppk/2", tps="002", to=[three],
         outcome="accepted")  # fmt: skip
    says("pair 1 says number 3 anew", "objection", "saksi/1/2", number=3,
         **{**first, "code": "figures", "claims": {"pair_1": 122}})  # fmt: skip
    says("number 3 as it was is answered", "answer", "ppk/1", "ppk/2", to=[three],
         outcome="rejected")  # fmt: skip
    says("a withdrawal of nothing, by the root", "answer", "root", to=["5f" * 32],
         outcome="withdrawn")  # fmt: skip
    stolen = {"kind": "revoke", "election": ELECTION, "reason": "stolen", "suspect_from": 12}
    book.add("the key of the PTPS was stolen before", {**stolen, "keyid": signer("ptps/1").keyid},
             "bawaslu_kabko/1")  # fmt: skip
    says("the PPK answers the PTPS", "answer", "ppk/1", "ppk/3", to=[five], outcome="rejected")
    return book.case("objections by side and number, and what becomes of them")


def _sides(book: Book) -> None:
    """Witnesses of two pairs, a PTPS, observers of two organisations."""
    started = election_fields("rehearsal")
    one_root = [{"number": n, "k": 1, "keys": [key_of(f"pair/{n}")]} for n in (1, 2)]
    before = envelope.sign(_bytes(book, started), [signer("root")])
    revised = {**started, "revision": 2, "previous": envelope.parse(before).id,
               "roots": {**started["roots"], "pairs": one_root}}  # fmt: skip
    book.add("revision 2 names roots of two pairs", revised, "root", "operator")
    for name, granter, fields in (
        ("saksi/1", "pair/1", {"pair": 1}), ("saksi/2", "pair/2", {"pair": 2}),
        ("ptps", "bawaslu_kabko/1", {"tps": "001"}), ("pemantau", "kpu/1", {"organisation": "a"}),
        ("pemantau-b", "kpu/1", {"organisation": "b"}),
    ):  # fmt: skip
        if name == "ptps":
            book.add("keys of bawaslu_kabko", grant("bawaslu_kabko", KABKO, "bawaslu_kabko"),
                     "bawaslu")  # fmt: skip
        body = name.split("/", maxsplit=1)[0].split("-", maxsplit=1)[0]
        book.add(f"keys of {name}", grant(body, KELURAHAN, name, **fields), granter)


def decisions() -> Case:
    """What carries a form that an answer accepted, and what an answer says after the close."""
    book = _opened("rehearsal")
    book.add("C.Hasil of TPS 001", form("001"), *KPPS[:2])
    other = form("001", figures={**VOTES, "pair_1": 119, "pair_2": 96})
    two = book.add("another revision 1", other, *KPPS[:2])
    book.add("C.Hasil of TPS 002", form("002"), "kpps/002/1", "kpps/002/2")
    book.add("the close", {"kind": "close"}, "operator")
    for tps, accept, says in (("001", two, "the other"), ("002", book.last(2), "the head")):
        answer = slot(tps, kind="answer", accept=accept)
        book.add(f"an answer of the PPK that accepts {says}", answer, "ppk/1", "ppk/2")
    stolen = {"kind": "revoke", "election": ELECTION, "reason": "stolen", "suspect_from": 16}
    book.add("the keys of the PPK were stolen before", {**stolen, "keyid": signer("ppk/1").keyid},
             "kpu/1")  # fmt: skip
    again = slot("001", kind="answer", accept=two, at=LATER)
    book.add("the KPU accepts the same", again, "kpu/1", "kpu/2")
    return book.case("a form that an answer made count is in doubt while the answer is")


def pages_of_passkeys() -> Case:
    """An operator's passkey signs on a page that the operators name after entry 0."""
    book = _Telling("rehearsal")
    device, _ = passkey(b"")
    first = log_fields(book.origin, book.mode)
    keys = [key_of("operator"), {"alg": device["alg"], "key": _base64(device["public"])}]
    first |= {"operators": {"k": 1, "keys": keys}, "rp_id": PASSKEY_RP_ID}
    book.add("entry 0, which names no page of passkeys", first, "operator")
    data = _bytes(book, {"kind": "publication", "release": "ab" * 32})
    _, signature = passkey(envelope.pae(data))
    by_passkey = envelope.serialize(envelope.Envelope(data, (signature,)))
    book.append("the release, signed by passkey on a page", by_passkey)
    more: Fields = {"kind": "uploaders", "origins": [PASSKEY_ORIGIN]}
    beside = {**more, "origins": ["https://unggah.example", PASSKEY_ORIGIN]}
    book.add("that page, and one of another host", beside, "operator")
    book.add("that page, signed by the key of the log", more, "log")
    turned = {**more, "origins": [PASSKEY_ORIGIN, "https://kirim.rekap.example"]}
    book.add("two pages out of order", turned, "operator")
    book.add("that page", more, "operator")
    book.append("the release again", by_passkey)
    book.add("that page once more", {**more, "at": LATER}, "operator")
    return book.case("passkeys sign on a page from the entry on after which it is named")


def hours() -> Case:
    """The key of the log says the time, and nobody else does."""
    book = _Telling("rehearsal")
    book.add("entry 0", log_fields(book.origin, book.mode), "operator")
    told: Fields = {"kind": "clock", "at": "2024-11-27T14:06:00+07:00"}
    book.add("a time, signed by the operator", told, "operator")
    book.add("that time, signed by the key of the log and the operator", told, "log", "operator")
    book.add("that time, signed by the key of the log", told, "log")
    book.add("that time again", told, "log")
    same = {**told, "at": "2024-11-27T15:06:59+08:00"}
    book.add("59 seconds later, in another zone", same, "log")
    book.add("60 seconds later", {**told, "at": "2024-11-27T16:07:00+09:00"}, "log")
    book.add("an earlier time", {**told, "at": "2024-11-27T14:00:00+07:00"}, "log")
    book.add("the year 3000", {**told, "at": "3000-01-01T00:00:00+07:00"}, "log")
    book.add("a month later", {**told, "at": "2024-12-27T14:00:00+07:00"}, "log")
    return book.case("the writer of the log says the time")


def apps() -> Case:
    """The operators name the app in which officers sign, and then another."""
    book = _Telling("rehearsal")
    book.add("entry 0", log_fields(book.origin, book.mode), "operator")
    first: Fields = {"kind": "app", "files": "ab" * 32}
    book.add("an app, signed by the key of the log", first, "log")
    book.add("that app, signed by the operator", first, "operator")
    book.add("that app again", first, "operator")
    book.add("another app", {**first, "files": "cd" * 32}, "operator")
    book.add("the first app once more, later", {**first, "at": LATER}, "operator")
    return book.case("the operators name the officers' app")


def words_withheld() -> Case:
    """Operators withhold words that lines of a paper name, and serve them again."""
    book = _opened("rehearsal")
    _sides(book)
    line: Fields = {"kind": "objection", "body": "saksi", "pair": 1, "code": "procedure"}
    words = "ab" * 32
    held: Fields = {"kind": "withhold", "digest": words, "revision": 1, "state": "withheld",
                    "reason": "threat", "basis": "Surat 4/2024"}  # fmt: skip
    book.add("words that nothing names", held, "operator")
    for number in (1, 2):
        said = slot("001", **line, number=number, text=words)
        book.add(f"line {number} names words", said, "saksi/1/1")
    book.add("withheld by a witness", held, "saksi/1/1")
    one = book.add("withheld by an operator", {**held, "at": LATER}, "operator")
    book.add("once more as the first", {**held, "reason": "court"}, "operator")
    again: Fields = {"kind": "withhold", "digest": words, "revision": 2, "previous": one,
                     "basis": "Surat 5/2024"}  # fmt: skip
    book.add("served again with a reason", {**again, "state": "served", "reason": "other"},
             "operator")  # fmt: skip
    two = book.add("kept, by another paper", {**held, **again, "state": "withheld"}, "operator")
    book.add("served again", {**again, "state": "served", "revision": 3, "previous": two},
             "operator")  # fmt: skip
    return book.case("words are withheld, and served again")


def hours_of_a_replay() -> Case:
    """A replay's hours are those of its source."""
    book = _Telling("replay")
    book.add("entry 0", log_fields(book.origin, book.mode), "operator")
    book.add("a time", {"kind": "clock"}, "log")
    return book.case("in a replay nobody says the time")


def court() -> Case:
    """A result that is determined, taken to court, annulled for one TPS, and determined anew."""
    book = _opened("replay")
    one = book.add("C.Hasil of TPS 001", form("001"), *KPPS[:2])
    about = {"election": ELECTION, "contest": CONTEST, "region": KABKO}
    determined = {"kind": "determination", **about, "revision": 1, "number": "821 Tahun 2024",
                  "basis": "first", "announced_at": "2024-12-04"}  # fmt: skip
    book.add("a determination of a certificate that there is not",
             {**determined, "certificate": "5f" * 32}, "kpu/1", "kpu/2", "kpu/3")  # fmt: skip
    book.add("one that names the form of a TPS",
             {**determined, "certificate": one}, "kpu/1", "kpu/2", "kpu/3")  # fmt: skip
    own = book.add("D.Hasil of the kabupaten", form(None, form="d_hasil_kabko", region=KABKO),
                   "kpu/1", "kpu/2", "kpu/3")  # fmt: skip
    determined["certificate"] = own
    first = book.add("the determination", determined, "kpu/1", "kpu/2", "kpu/3")
    case = {"kind": "ruling", **about, "revision": 1, "court": "mk", "number": "28/PHPU.BUP/2025",
            "state": "registered", "date": "2025-01-03"}  # fmt: skip
    taken = book.add("a case is registered, signed by one", case, "kpu/1")
    book.add("the same bytes, a second and a third one", case, "kpu/2", "kpu/3")
    other = {**case, "number": "29/PHPU.BUP/2025"}
    two = book.add("another case, signed by the root", other, "root")
    dismissed = {**other, "state": "dismissed", "revision": 2, "previous": two}
    book.add("it is dismissed", dismissed, "root")
    granted = {**case, "state": "granted", "date": "2025-02-24", "revision": 2, "previous": taken}
    order = {"what": "repeat-vote", "by": "kpu_kabko", "days": 30, "places": [f"{KELURAHAN}/002"]}
    typed = {**case, "number": "92/PHPU.BUP/2025"}
    wrong = book.add("a case that there is not", typed, "root")
    book.add("it was recorded by mistake",
             {**typed, "state": "mistaken", "revision": 2, "previous": wrong}, "root")  # fmt: skip
    book.add("a mistake that takes nothing back",
             {**case, "number": "1/PHPU", "state": "mistaken"}, "root")  # fmt: skip
    whole = {"decision": "821 Tahun 2024", "places": [KABKO]}
    book.add("the whole region as a place", {**granted, "annuls": [whole]}, "root")
    part = {"decision": "Nomor 0821/2024", "places": [f"{KELURAHAN}/002"]}
    book.add("the first is granted for TPS 002",
             {**granted, "annuls": [part], "orders": [order]}, "root")  # fmt: skip
    sheet = form(None, form="d_hasil_kelurahan")
    book.add("the sheet above it", sheet, "ppk/1", "ppk/2")
    book.add("C.Hasil of TPS 002", form("002", count="repeat"), "kpps/002/1", "kpps/002/2")
    without = {"what": "retabulate", "by": "kpu_kabko", "except": [KELURAHAN]}
    third = {**case, "number": "30/PHPU.BUP/2025", "state": "granted", "orders": [without]}
    said = book.add("an order that leaves the kelurahan out", third, "root")
    book.add("it leaves one TPS out", {**third, "revision": 2, "previous": said, "orders": [
        {**without, "except": [f"{KELURAHAN}/001"]}]}, "root")  # fmt: skip
    fixed = form("001", figures={**VOTES, "invalid": 11, "total": 226}, **after(one, 2))
    book.add("revision 2 of TPS 001", fixed, *KPPS[:2])
    book.add("a ruling that begins its number again, spelled otherwise",
             {**case, "number": "28-phpu.bup-2025"}, "root")  # fmt: skip
    anew = {**determined, "number": "16 Tahun 2025", "revision": 2, "previous": first,
            "basis": "repeat-vote", "announced_at": "2025-03-24T10:32:00+07:00"}  # fmt: skip
    decided = {"kind": "elected", **about, "revision": 1, "number": "5 Tahun 2025",
              "announced_at": "2025-03-30T10:00:00+07:00"}  # fmt: skip
    book.add("nobody is elected, without an empty column",
             {**decided, "none": True}, "kpu/1", "kpu/2", "kpu/3")  # fmt: skip
    book.add("a pair that there is not", {**decided, "pair": 3}, "kpu/1", "kpu/2", "kpu/3")
    book.add("pair 1 is elected", {**decided, "pair": 1}, "kpu/1", "kpu/2", "kpu/3")
    book.add("the determination, anew", anew, "kpu/1", "kpu/2", "kpu/3")
    return book.case("what a court annulled makes nothing late, and one officer rules nothing")


def votes_again() -> Case:
    """A contest that follows another one: of the same region, with a day, and only once."""
    book = _Telling("rehearsal")
    book.add("entry 0", log_fields(book.origin, book.mode), "operator")
    first = election_fields("rehearsal")
    one = first["contests"][0]
    again = {**one, "id": "ulang", "date": "2025-08-06",
             "follows": {"contest": one["id"], "why": "repeat-vote"}}  # fmt: skip
    no_day = {name: value for name, value in again.items() if name != "date"}
    for what, contests in (
        ("it stands before the one that it follows", [again, one]),
        ("it follows itself", [{**again, "id": one["id"]}]),
        ("it has no day", [one, no_day]),
        ("two follow one", [one, again, {**again, "id": "ulang-2"}]),
        ("the repeat vote", [one, again]),
    ):
        book.add(what, {**first, "contests": contests}, "operator", "root")
    return book.case("a repeat vote with another ballot is a contest that follows")


def acting() -> Case:
    """Others do the work of a KPU whose members were dismissed; the two never add up."""
    book = _opened("replay")
    others = grant("kpu_kabko", KABKO, "selaku", acting="kpu_prov")
    book.add("KPU Provinsi acts for the KPU of the kabupaten", others, "root")
    book.add("a body below would act for it", {**others, "acting": "ppk"}, "root")
    book.add("somebody acts for a witness",
             grant("saksi", KABKO, "saksi", pair=1, acting="kpu"), "root")  # fmt: skip
    about = {"election": ELECTION, "contest": CONTEST, "region": KABKO}
    decided = {"kind": "determination", **about, "revision": 1, "number": "16/2025",
               "basis": "first", "announced_at": "2025-03-24"}  # fmt: skip
    book.add("a determination by two members and one who acts", decided,
             "kpu/1", "kpu/2", "selaku/1")  # fmt: skip
    book.add("two more who act", decided, "selaku/2", "selaku/3")
    return book.case("who acts for a body and who is of it are two offices")


def said_anew() -> Case:
    """What a later revision of an election may say of it, and an election that follows another."""
    book = _Telling("rehearsal")
    book.add("entry 0", log_fields(book.origin, book.mode), "operator")
    first = election_fields("rehearsal")
    one = first["contests"][0]
    note = {"code": "disqualified", "date": "2025-02-24", "source": "MK 5/PHPU/2025"}
    struck = {**one["pairs"][0], "notes": [note]}
    again = {**one, "id": "ulang", "date": "2025-04-19",
             "follows": {"contest": one["id"], "why": "repeat-vote"}}  # fmt: skip
    before = book.add("an election", first, "operator", "root")

    def anew(what: str, *contests: Any, revision: int = 2, **more: Any) -> str:
        fields = {**first, "contests": [*contests], "revision": revision,
                  "previous": before, **more}  # fmt: skip
        return book.add(what, fields, "operator", "root")

    anew("another contest that follows none", one, {**one, "id": "lain"})
    anew(
        "a note without its source",
        {
            **one,
            "pairs": [
                {**one["pairs"][0], "notes": [{"code": "died", "date": "2024-11-25"}]},
                one["pairs"][1],
            ],
        },
    )
    anew("holidays out of order", one, holidays=["2025-01-01", "2024-12-25"])
    noted = {**one, "pairs": [struck, one["pairs"][1]]}
    before = anew("a pair is struck off, and the vote repeated", noted, again,
                  holidays=["2025-04-18"])  # fmt: skip
    anew("the note is gone", one, again, revision=3, holidays=["2025-04-18"])
    anew("the holiday is gone", noted, again, revision=3)
    anew("the repeat vote is gone", noted, revision=3, holidays=["2025-04-18"])
    back = {**struck, "notes": [note, {**note, "code": "restored", "date": "2025-03-01"}]}
    anew("the pair is restored", {**one, "pairs": [back, one["pairs"][1]]}, again, revision=3,
         holidays=["2025-04-18", "2025-05-01"])  # fmt: skip
    rerun = {**one, "follows": {"election": ELECTION, "contest": one["id"], "why": "rerun"}}
    for what, name, follows, roles in (
        ("a rerun of a contest that there is not", "rerun-1", {"contest": "lain"}, ["root"]),
        ("a rerun that calls itself a repeat vote", "rerun-1", {"why": "repeat-vote"}, ["root"]),
        ("a rerun after an election that there is not", "rerun-1", {"election": "lain"}, []),
        ("the rerun, without leave of the root of the first election", "rerun-1", {}, []),
        ("by its leave", "rerun-1", {}, ["root"]),
        ("another rerun of the same, by its leave", "rerun-2", {}, ["root"]),
    ):
        contest = {**rerun, "follows": {**rerun["follows"], **follows}}
        roots = {"kpu": {"k": 1, "keys": [key_of(name)]}}
        book.add(what, {**first, "election": name, "contests": [contest], "roots": roots},
                 "operator", name, *roles)  # fmt: skip
    roots = {"kpu": {"k": 1, "keys": [key_of("lain")]}}
    book.add("an election that follows none, by that root too",
             {**first, "election": "lain", "contests": [one], "roots": roots},
             "operator", "lain", "root")  # fmt: skip
    return book.case("what becomes of an election is said by its revisions")


def court_in_order(basis: str) -> Case:
    """A case that granted, one that is open and one that is dismissed, with dates out of order."""
    book = _opened("replay")
    about = {"election": ELECTION, "contest": CONTEST, "region": KABKO}
    case = {"kind": "ruling", **about, "revision": 1, "court": "mk", "number": "28/PHPU.BUP/2025",
            "state": "granted", "date": "2099-02-24"}  # fmt: skip
    book.add("a case is granted before anything is determined",
             {**case, "annuls": [{"decision": "822 Tahun 2024"}]}, "root")  # fmt: skip
    first = {"kind": "determination", **about, "revision": 1, "number": "821 Tahun 2024",
             "basis": "first", "announced_at": "2024-12-04"}  # fmt: skip
    one = book.add("the determination", first, "kpu/1", "kpu/2", "kpu/3")
    ended = {**case, "number": "29", "state": "dismissed", "against": "821/2024"}
    book.add("a case is dismissed", ended, "root")
    other = {**ended, "number": "31", "against": "16/2025"}
    book.add("one against another decision is dismissed", other, "root")
    if basis != "first":
        opened = {**case, "number": "30", "state": "registered", "date": "2014-11-30"}
        book.add("a case is registered", opened, "root")
    decided = {"kind": "elected", **about, "revision": 1, "number": "5 Tahun 2025", "pair": 1,
               "announced_at": "2025-12-30"}  # fmt: skip
    book.add("pair 1 is elected", decided, "kpu/1", "kpu/2", "kpu/3")
    anew = {**first, "revision": 2, "previous": one, "basis": basis, "announced_at": "2024-12-05"}
    book.add(f"the determination, anew: {basis}", anew, "kpu/1", "kpu/2", "kpu/3")
    return book.case(f"the order of the log says what a case is about, no date: {basis}")


def roots() -> Case:
    """Revisions of an election that wait, and what the signatures of roots are worth by then."""
    book = _Telling("rehearsal")
    book.add("entry 0", log_fields(book.origin, book.mode), "operator")
    first = election_fields("rehearsal")
    keys = [key_of("root"), key_of("root/2")]
    first["roots"]["kpu"]["keys"] = sorted(keys, key=lambda one: str(one["key"]))
    one = book.add("revision 1, signed by a root", first, "root/2")
    own = {"roots": {"kpu": {"k": 1, "keys": [key_of("stranger")]}}}
    other = {**first, "revision": 2, "previous": one, **own}
    book.add("revision 2, signed by the root that it names", other, "stranger")
    book.add("revision 2, signed by the operator", other, "operator")
    book.add("revision 1, signed by the operator", first, "operator")
    book.add("revision 2, signed by the root that it names", other, "stranger")
    kept = {
        **first,
        "revision": 2,
        "previous": one,
        "roots": {"kpu": {"k": 1, "keys": [key_of("root/2")]}},
    }
    two = book.add("another revision 2, which drops a root", kept, "root/2")
    third = {**first, "revision": 3, "previous": two, **own}
    book.add("revision 3 of it, signed by that root", third, "root")
    book.add("a roster, signed by that root under k of 1", roster("id", [KABKO]), "root")
    book.add("the other revision 2, signed by the operator", kept, "operator")
    book.add("revision 3, signed by the operator", third, "operator")
    return book.case("a root's signature counts only while it is a root")


def void_first(why: str) -> Case:
    """Entry 0 that begins no log: every later entry is void."""
    book = _Telling("rehearsal")
    fields = log_fields(book.origin, book.mode)
    if why == "policy: two logs":
        fields["policy"].insert(0, f"log {OTHER_KEY.vkey}")
    elif why == "policy":
        fields["policy"] = ["quorum none"]
    elif why == "unknown":  # no browser lets a passkey of log.example sign there
        fields["uploaders"] = ["https://log.example", "https://unggah.example"]
    elif why == "key-taken":
        fields["operators"]["keys"].append(key_of("log"))
    else:
        fields["operators"]["keys"].append({"alg": "ed25519", "key": codec.b64encode(bytes(32))})
    book.add("entry 0", fields, "operator")
    book.add("the release", {"kind": "publication", "release": "ab" * 32}, "operator")
    return book.case(f"entry 0 is void: {why}")


class _Telling(Book):
    """A book that remembers its rosters and forms for what continues them."""

    def __init__(self, mode: str) -> None:
        super().__init__(mode)
        self.rosters: dict[str, str] = {}
        self.forms: list[str] = []

    def add(self, says: str, payload: Fields, *roles: str, log: str = "") -> str:
        found = super().add(says, payload, *roles, log=log)
        if payload["kind"] == "form":
            self.forms.append(found)
        if payload["kind"] == "roster" and self.state.entry(self.state.size - 1)["s"] != "void":
            self.rosters[payload["region"]] = found
        return found

    def revision(self, region: str) -> int:
        """The revision of the roster in force."""
        place = self.state.regions.get(rosters.key(ELECTION, region))
        return int(place["revision"])

    def last(self, number: int) -> str:
        """The id of a form in the order of telling."""
        return self.forms[number]


def _opened(mode: str) -> _Telling:
    """A log with everything that a form needs."""
    book = _Telling(mode)
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


def _base64(digits: str) -> str:
    return codec.b64encode(bytes.fromhex(digits))


def _bytes(book: Book, payload: Fields) -> bytes:
    return codec.encode({"log": book.origin, "at": AT, **payload})


def _forged(whole: bytes, book: Book, other: Fields) -> bytes:
    """The signatures of an envelope under another payload."""
    signed = envelope.parse(whole)
    return envelope.serialize(envelope.Envelope(_bytes(book, other), signed.signatures))
