"""Small logs of what others say beside the forms: observers, supervisors, witnesses, handovers."""

from __future__ import annotations

from typing import Any

from scripts.vectors.book import KPPS, Book, Case, a_log, payload_of
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
    election_fields,
    form,
    grant,
    key_of,
    roster,
    signer,
    slot,
)

from rekap.core.signing import envelope


def watchers() -> Case:
    """The bodies of Bawaslu and a pemantau: who grants them, and what each may watch."""
    book = a_log("rehearsal")
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
    book = a_log("rehearsal")
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
    book = a_log("rehearsal")
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
    book = a_log("rehearsal")
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
    book = a_log("rehearsal")
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
    book = a_log("rehearsal")
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
    before = envelope.sign(payload_of(book, started), [signer("root")])
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


def words_withheld() -> Case:
    """Operators withhold words that lines of a paper name, and serve them again."""
    book = a_log("rehearsal")
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
