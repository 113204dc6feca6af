"""Small logs of what decides a contest: determinations, who is elected, the court, votes again."""

from __future__ import annotations

from typing import Any

from scripts.vectors.book import KPPS, Case, Telling, a_log
from scripts.vectors.payloads import (
    CONTEST,
    ELECTION,
    KABKO,
    KELURAHAN,
    LATER,
    VOTES,
    after,
    election_fields,
    form,
    grant,
    key_of,
    log_fields,
    signer,
    slot,
)


def decisions() -> Case:
    """What carries a form that an answer accepted, and what an answer says after the close."""
    book = a_log("rehearsal")
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


def court() -> Case:
    """A result that is determined, taken to court, annulled for one TPS, and determined anew."""
    book = a_log("replay")
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
    partly = {**granted, "state": "granted-part", "annuls": [part], "orders": [order]}
    book.add("the first is granted for TPS 002", partly, "root")
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


def ruled_at(*, replaced: bool) -> Case:
    """A court has every TPS but one count again; and then, instead, places that there are not."""
    book = a_log("replay")
    one = book.add("C.Hasil of TPS 001", form("001"), *KPPS[:2])
    order = {"what": "recount", "by": "kpu"}
    case = {"kind": "ruling", "election": ELECTION, "contest": CONTEST, "region": KABKO,
            "revision": 1, "court": "mk", "number": "31/PHPU.BUP/2025", "state": "granted",
            "date": "2025-02-24"}  # fmt: skip
    said = book.add(
        "every TPS but one is to count again",
        {**case, "orders": [{**order, "except": [f"{KELURAHAN}/001"]}]}, "root",
    )  # fmt: skip
    if replaced:
        places = [KELURAHAN, f"{KELURAHAN}/009", "90.01.09.1001", "90.01.09.1001/001"]
        book.add("places instead, of which there is one", {**case, "revision": 2,
                 "previous": said, "orders": [{**order, "places": places}]}, "root")  # fmt: skip
    again = form("001", count="recount", **after(one, 2))
    book.add("C.Hasil of TPS 001, counted again", again, *KPPS[:2])
    return book.case("a ruling is told where it has something done again")


def votes_again() -> Case:
    """A contest that follows another one: of the same region, with a day, and only once."""
    book = Telling("rehearsal")
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
    book = a_log("replay")
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
    book = Telling("rehearsal")
    book.add("entry 0", log_fields(book.origin, book.mode), "operator")
    first = election_fields("rehearsal")
    one = first["contests"][0]
    note = {"code": "disqualified", "date": "2025-02-24", "source": "MK 5/PHPU/2025", "who": 1}
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
    alone = {**one["pairs"][0], "names": one["pairs"][0]["names"][:1]}
    late = {**alone, "notes": [{**note, "who": 2}]}
    anew("a note of a second candidate whom a pair lacks",
         {**one, "pairs": [late, one["pairs"][1]]})  # fmt: skip
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
    book = a_log("replay")
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


def elected_that_day(number: str, chosen_at: str) -> Case:
    """Who was elected by one determination, and another one of the same day."""
    book = a_log("replay")
    about = {"election": ELECTION, "contest": CONTEST, "region": KABKO}
    day = "2024-12-04"
    first = {"kind": "determination", **about, "revision": 1, "number": "821 Tahun 2024",
             "basis": "first", "announced_at": day}  # fmt: skip
    one = book.add("the determination", first, "kpu/1", "kpu/2", "kpu/3")
    chosen = {"kind": "elected", **about, "revision": 1, "number": "5", "pair": 1,
              "announced_at": chosen_at}  # fmt: skip
    book.add("pair 1 is elected", chosen, "kpu/1", "kpu/2", "kpu/3")
    anew = {**first, "number": number, "revision": 2, "previous": one, "basis": "correction",
            "announced_at": f"{day}T18:00:00+08:00"}  # fmt: skip
    book.add("the determination, anew", anew, "kpu/1", "kpu/2", "kpu/3")
    return book.case(f"elected at {chosen_at}, then by {number}")
