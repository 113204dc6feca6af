"""Small logs with what becomes of every entry: golden vectors of the ledger."""

from __future__ import annotations

from scripts.vectors.book import KPPS, Book, Case, Telling, a_log, payload_of
from scripts.vectors.cases import OTHER_KEY, PASSKEY_ORIGIN, PASSKEY_RP_ID, passkey
from scripts.vectors.decided import (
    acting,
    court,
    court_in_order,
    decisions,
    elected_that_day,
    ruled_at,
    said_anew,
    votes_again,
)
from scripts.vectors.payloads import (
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
from scripts.vectors.said import (
    advice,
    copies,
    incidents,
    pictured,
    readiness,
    watchers,
    words_withheld,
)

from rekap.core import codec
from rekap.core.signing import envelope


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
        elected_that_day("822 Tahun 2024", "2024-12-04"),
        elected_that_day("Nomor 0821/2024", "2024-12-04"),
        elected_that_day("822 Tahun 2024", "2024-12-04T17:30:00+07:00"),
        elected_that_day("0821/2024", "2024-12-04T17:30:00+08:00"),
        ruled_at(replaced=False),
        ruled_at(replaced=True),
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
    book = a_log("rehearsal")
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
    book = a_log("rehearsal")
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
    whole = envelope.sign(payload_of(book, form("002")), [signer("kpps/002/1")])
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
    book = a_log("replay")
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
    book = a_log("rehearsal")
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
    book = a_log("rehearsal")
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
    book = a_log("rehearsal")
    book.add("C.Hasil of TPS 001", form("001"), *KPPS[:2])
    attended = form("002", attended={"listed": 199, "moved": 0})
    book.add("that of TPS 002, and who signed two lists", attended, "kpps/002/1", "kpps/002/2")
    book.add("of no list", {**attended, "attended": {}}, "kpps/002/1", "kpps/002/2")
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
    book.add("it says who attended", {**sheet, "attended": {"listed": 1}}, "ppk/1", "ppk/2")
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
    book = a_log("rehearsal")
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


def pages_of_passkeys() -> Case:
    """An operator's passkey signs on a page that the operators name after entry 0."""
    book = Telling("rehearsal")
    device, _ = passkey(b"")
    first = log_fields(book.origin, book.mode)
    keys = [key_of("operator"), {"alg": device["alg"], "key": _base64(device["public"])}]
    first |= {"operators": {"k": 1, "keys": keys}, "rp_id": PASSKEY_RP_ID}
    book.add("entry 0, which names no page of passkeys", first, "operator")
    data = payload_of(book, {"kind": "publication", "release": "ab" * 32})
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
    book = Telling("rehearsal")
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
    book = Telling("rehearsal")
    book.add("entry 0", log_fields(book.origin, book.mode), "operator")
    first: Fields = {"kind": "app", "files": "ab" * 32}
    book.add("an app, signed by the key of the log", first, "log")
    book.add("that app, signed by the operator", first, "operator")
    book.add("that app again", first, "operator")
    book.add("another app", {**first, "files": "cd" * 32}, "operator")
    book.add("the first app once more, later", {**first, "at": LATER}, "operator")
    return book.case("the operators name the officers' app")


def hours_of_a_replay() -> Case:
    """A replay's hours are those of its source."""
    book = Telling("replay")
    book.add("entry 0", log_fields(book.origin, book.mode), "operator")
    book.add("a time", {"kind": "clock"}, "log")
    return book.case("in a replay nobody says the time")


def roots() -> Case:
    """Revisions of an election that wait, and what the signatures of roots are worth by then."""
    book = Telling("rehearsal")
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
    book = Telling("rehearsal")
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


def _base64(digits: str) -> str:
    return codec.b64encode(bytes.fromhex(digits))


def _forged(whole: bytes, book: Book, other: Fields) -> bytes:
    """The signatures of an envelope under another payload."""
    signed = envelope.parse(whole)
    return envelope.serialize(envelope.Envelope(payload_of(book, other), signed.signatures))
