"""Sending with a clock, a sleep and chance of our own, to the real intake in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.desk.officials.post import item, receipt_key
from tests.fakes import Clock
from tests.portal.intake.office import Office
from tests.portal.intake.world import World, sign, signer

from rekap.core.errors import Malformed
from rekap.desk.officials.item import Item
from rekap.desk.officials.outbox import receipts, replies, sender
from rekap.desk.officials.outbox.queue import Queue
from rekap.desk.officials.outbox.replies import RETRY_AFTER_MAX_S, Reply, What
from rekap.desk.officials.outbox.sender import Pace, Sender, Time
from rekap.desk.officials.outbox.upload import Raw, Unreached
from rekap.portal.intake import answers, receipt

WORLD = World.begun()
NOW = 1_732_700_000.0

Step = Callable[[bytes], Raw]


@dataclass
class Hours:
    """Time that passes only by sleeping."""

    at: float = 0.0
    slept: list[float] = field(default_factory=list)
    chances: Iterator[float] = field(default_factory=lambda: iter([]))

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept.append(seconds)
        self.at += seconds

    def time(self) -> Time:
        return Time(
            lambda: self.at, lambda: NOW + self.at, self.sleep, lambda: next(self.chances, 1.0)
        )


@dataclass
class Script:
    """A portal: scripted answers first, then those of the real intake."""

    office: Office
    steps: list[Step] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    insisted: list[bool] = field(default_factory=list)

    def post(self, envelope: bytes, *, insist: bool = False) -> Raw:
        self.sent.append(envelope)
        self.insisted.append(insist)
        if self.steps:
            return self.steps.pop(0)(envelope)
        answer = self.office.insists(envelope) if insist else self.office.send(envelope)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Raw(answer.status, headers, json.dumps(answer.body).encode())


@dataclass
class Told:
    """Hears everything."""

    settled_: list[tuple[Item, Reply]] = field(default_factory=list)
    doubts: list[Reply] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    asked: list[Reply] = field(default_factory=list)
    tap: bool = False

    def insists(self, item: Item, asked: Reply) -> bool:
        self.asked.append(asked)
        return self.tap

    def settled(self, item: Item, reply: Reply) -> None:
        self.settled_.append((item, reply))

    def doubtful(self, item: Item, reply: Reply) -> None:
        self.doubts.append(reply)

    def pausing(self, reply: Reply, seconds: float, waiting: int) -> None:
        self.pauses.append(seconds)


@dataclass
class Proofs:
    """A log that proves what a test says."""

    held: bool = False
    proof: bytes | None = None
    same: bool = False

    def says_same(self, item: Item, index: int) -> bool:
        return self.same

    def holds(self, item: Item, leaf: str, index: int | None) -> bool:
        return self.held

    def prove(self, item: Item, index: int) -> bytes | None:
        return self.proof


@dataclass
class Desk:
    """Everything of one sending."""

    queue: Queue
    office: Office
    script: Script
    world: Hours = field(default_factory=Hours)
    told: Told = field(default_factory=Told)
    proofs: Proofs = field(default_factory=Proofs)

    def sender(self, **more: Any) -> Sender:
        return Sender(
            self.queue, self.script, self.proofs, receipt_key(WORLD), self.world.time(), self.told,
            **more,
        )  # fmt: skip

    def run(self, **more: Any) -> Sender:
        made = self.sender(**more)
        made.run()
        return made

    def whats(self) -> list[What]:
        return [reply.what for _, reply in self.told.settled_]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    queue = Queue(tmp_path)
    office = Office(WORLD, clock=Clock(int(NOW)))
    return Desk(queue, office, Script(office))


def fails(reason: str = "timeout") -> Step:
    def step(_: bytes) -> Raw:
        raise Unreached(reason)

    return step


def says(status: int, body: object, kind: str = "application/json", **headers: str) -> Step:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: Raw(status, {"content-type": kind, **named}, data)


def problem(status: int, code: str, **headers: str) -> Step:
    errors = [{"code": code, "field": "", "id": "kalimat", "en": "sentence"}]
    body = {"title": "t", "status": status, "code": code, "errors": errors}
    return says(status, body, "application/problem+json", **headers)


def issued(own: Item, **changed: Any) -> bytes:
    fields: dict[str, Any] = {
        "origin": WORLD.origin, "leaf": own.leaf, "id": own.id, "received_at": int(NOW),
        "signer": signer("receipt"),
    }  # fmt: skip
    return receipt.issue(**(fields | changed))


def accepts(own: Item, data: bytes, status: int = 201, **changed: Any) -> Step:
    body = {"status": "pending", "leaf": own.leaf, "id": own.id, "receipt": data.decode()}
    return says(status, body | changed)


def test_a_receipt_is_verified_and_kept_before_anybody_hears_of_it(desk: Desk):
    own = item(WORLD)
    desk.queue.add(own)
    desk.run()
    kept = desk.queue.receipt(own.leaf)
    assert kept is not None
    assert receipts.check(kept, own, receipt_key(WORLD)).leaf == own.leaf
    assert desk.whats() == [What.DONE]
    desk.run()
    assert desk.script.sent == [own.data]


def test_an_unknown_outcome_is_sent_again_and_gives_the_same_receipt(desk: Desk):
    own = item(WORLD)
    desk.queue.add(own)

    def lost(envelope: bytes) -> Raw:
        desk.office.takes(envelope)
        raise Unreached("cut")

    desk.script.steps = [lost, fails("dns"), says(200, b"<html>log in</html>", "text/html")]
    desk.run()
    assert desk.script.sent == [own.data] * 4
    assert desk.whats() == [What.DONE]
    assert len(desk.office.records.records) == 1


def test_pauses_double_up_to_two_minutes_and_chance_shortens_them(desk: Desk):
    desk.queue.add(item(WORLD))
    desk.script.steps = [fails() for _ in range(9)]
    desk.run(patience=1e9)
    assert desk.world.slept == [2, 4, 8, 16, 32, 64, 120, 120, 120]
    pace = Pace(Hours(chances=iter([0.0, 0.5])).time())
    assert [pace.back_off(None), pace.back_off(None)] == [1.0, 3.0]


def test_patience_ends_and_the_statement_stays(desk: Desk):
    own = item(WORLD)
    desk.queue.add(own)
    desk.script.steps = [fails() for _ in range(99)]
    made = desk.run(patience=100.0)
    assert sum(desk.world.slept) <= 100
    assert made.last is not None
    assert made.last.reason == "timeout"
    assert [one.leaf for one in made.waiting()] == [own.leaf]


def test_one_look_is_one_look(desk: Desk):
    for tps in ("001", "002"):
        desk.queue.add(item(WORLD, tps))
    desk.script.steps = [fails()]
    desk.run(once=True, patience=0.0)
    assert len(desk.script.sent) == 1
    assert desk.world.slept == []
    desk.run(once=True, patience=0.0)
    assert desk.whats() == [What.DONE, What.DONE]


def test_a_broken_portal_stops_the_round_but_one_bad_statement_does_not(desk: Desk):
    chain = WORLD.form("001")
    orphan = {**chain, "revision": 2, "previous": "0" * 64, "reason": {"code": "typing"}}
    desk.queue.add(Item.parse(sign(orphan, *WORLD.kpps("001"))))
    for tps in ("002", "003"):
        desk.queue.add(item(WORLD, tps))
    made = desk.run(patience=40.0)
    assert desk.whats() == [What.DONE, What.DONE]
    assert made.last is not None
    assert made.last.codes == ("previous-not-ordered",)
    assert desk.world.slept[0] >= 30


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("30", 30, 33),
        ("1000000000", RETRY_AFTER_MAX_S, RETRY_AFTER_MAX_S * 1.1),
        ("9" * 400, RETRY_AFTER_MAX_S, RETRY_AFTER_MAX_S * 1.1),
        ("1e9", 1, 2),
        ("-5", 1, 2),
        ("soon", 1, 2),
        ("", 1, 2),
        ("²", 1, 2),
        ("Wed, 27 Nov 2024 09:00:00 GMT", 1, 2),
        ("Wed, 27 Nov 2999 10:00:00 GMT", RETRY_AFTER_MAX_S, RETRY_AFTER_MAX_S * 1.1),
        ("Wed, 99 Nov 2024 99:00:00 GMT", 1, 2),
    ],
)
def test_retry_after_is_honoured_within_bounds(desk: Desk, header: str, least: int, most: float):
    desk.queue.add(item(WORLD))
    desk.script.steps = [problem(503, "backlog", retry_after=header)]
    desk.run(patience=1e6)
    assert least <= desk.world.slept[0] <= most
    assert desk.whats() == [What.DONE]


def test_a_date_to_retry_at_is_read_by_the_portals_own_clock(desk: Desk):
    desk.queue.add(item(WORLD))
    desk.script.steps = [
        problem(
            503, "stopped", retry_after="Wed, 27 Nov 2013 10:01:00 GMT",
            date="Wed, 27 Nov 2013 10:00:00 GMT",
        )
    ]  # fmt: skip
    desk.run()
    assert 60 <= desk.world.slept[0] <= 66


def test_everybody_was_told_the_same_moment_and_nobody_comes_at_it():
    pauses = set()
    for chance in (0.0, 0.3, 0.9):
        pauses.add(Pace(Hours(chances=iter([chance, chance])).time()).back_off(30.0))
    assert len(pauses) == 3
    assert min(pauses) >= 30


@pytest.mark.parametrize("code", sorted(answers.CODES))
def test_every_answer_of_the_table_is_final_or_not_as_the_table_says(desk: Desk, code: str):
    own = item(WORLD)
    desk.queue.add(own)
    status = answers.CODES[code].status
    desk.script.steps = [problem(status, code) for _ in range(50)]
    made = desk.run(patience=20.0)
    routes = {"unknown-route", "unknown-leaf"}
    if answers.CODES[code].final and code not in routes:
        assert desk.whats() == [What.FINAL]
        assert desk.queue.refusal(own.leaf) is not None
        assert len(desk.script.sent) == 1
    else:
        assert desk.queue.refusal(own.leaf) is None
        assert What.FINAL not in desk.whats()
        assert made.last is not None


@pytest.mark.parametrize(
    "step",
    [
        says(422, b"", "application/problem+json"),
        says(422, {"status": 422}, "application/problem+json"),
        says(422, {"message": "no"}),
        says(413, {"message": "Request Too Long"}),
        says(400, b"<html>Bad Request</html>", "text/html"),
        says(403, b"<html>Blocked</html>", "text/html"),
        says(404, b"<html>404</html>", "text/html"),
        says(410, {"status": 422, "code": "closed", "errors": [{"code": "closed"}]},
             "application/problem+json"),
        says(302, b"", location="https://wifi.example/login"),
        says(307, b"", location="https://other.example/v1/statements"),
        says(204, b""),
        says(100, b""),
        says(500, b"Internal Server Error", "text/plain"),
        says(200, b"<!DOCTYPE html><title>Wi-Fi</title>", "text/html"),
        says(200, b"{}"),
        says(200, b"[]"),
        says(201, b'{"leaf":"aa","id":"bb"'),
        says(200, b"\xff\xfe"),
        says(200, b"[" * 100_000),
    ],
)  # fmt: skip
def test_nothing_but_the_portals_own_words_is_final(desk: Desk, step: Step):
    own = item(WORLD)
    desk.queue.add(own)
    desk.script.steps = [step]
    desk.run()
    assert desk.whats() == [What.DONE]
    assert len(desk.script.sent) == 2


def _lies(own: Item) -> dict[str, Step]:
    other = item(WORLD, "002")
    forged = issued(own).replace(b"\n1732700060\n", b"\n1732700061\n")
    return {
        "another key": accepts(own, issued(own, signer=signer("log"))),
        "another statement": accepts(own, issued(own, id=other.id)),
        "another log": accepts(own, issued(own, origin="rekap.example/other/log")),
        "another answer": accepts(own, issued(own), leaf=other.leaf),
        "a changed time": accepts(own, forged),
        "no receipt": says(201, {"leaf": own.leaf, "id": own.id}),
        "a number": says(201, {"leaf": own.leaf, "id": own.id, "receipt": 7}),
        "a text": accepts(own, b"terima kasih"),
        "empty": accepts(own, b""),
        "a surrogate": says(201, b'{"leaf":"a","id":"b","receipt":"\\ud800"}'),
    }


@pytest.mark.parametrize("lie", sorted(_lies(item(WORLD))))
def test_a_receipt_that_does_not_verify_is_kept_and_the_statement_stays(desk: Desk, lie: str):
    own = item(WORLD)
    desk.queue.add(own)
    desk.script.steps = [_lies(own)[lie]] * 10
    made = desk.run()
    assert len(desk.script.sent) == sender.DOUBTS
    assert len(desk.told.doubts) == sender.DOUBTS
    assert desk.queue.receipt(own.leaf) is None
    assert len(list(desk.queue.folder.glob(f"{own.leaf}.ragu-*"))) == 1
    assert sender.is_open(desk.queue, own, made.key)
    desk.script.steps = []
    desk.run()
    assert desk.whats() == [What.DONE]


def test_a_promise_that_is_too_long_is_none(monkeypatch: pytest.MonkeyPatch, desk: Desk):
    own = item(WORLD)
    desk.queue.add(own)
    monkeypatch.setattr(receipt, "LOGGED_WITHIN_S", 86_400)
    lie = accepts(own, issued(own))
    monkeypatch.undo()
    desk.script.steps = [lie]
    desk.run()
    assert len(desk.told.doubts) == 1


def test_a_kept_receipt_that_is_damaged_is_fetched_again(desk: Desk):
    own = item(WORLD)
    desk.queue.add(own)
    desk.run()
    path = desk.queue.folder / f"{own.leaf}.tanda-terima"
    good = path.read_bytes()
    for torn in (b"", good[:-20], good.replace(own.id.encode(), item(WORLD, "002").id.encode())):
        path.write_bytes(torn)
        desk.run()
        assert path.read_bytes() == good


def test_signatures_that_the_portal_holds_in_another_envelope_wait_for_the_log(desk: Desk):
    full = Item.parse(sign(WORLD.form("001"), *WORLD.kpps("001", 4)))
    desk.office.takes(full.data)
    own = item(WORLD)
    desk.queue.add(own)
    made = desk.run(patience=20.0)
    assert made.last is not None
    assert made.last.reason == "elsewhere"
    assert desk.queue.receipt(own.leaf) is None
    desk.proofs.held = True
    desk.run()
    assert desk.whats() == [What.DONE]
    kept = desk.queue.receipt(own.leaf)
    assert kept is not None
    assert receipts.check(kept, own, receipt_key(WORLD)).leaf == full.leaf


def test_an_entry_without_a_receipt_is_done_when_the_log_proves_it(desk: Desk):
    own = item(WORLD)
    desk.queue.add(own)
    logged = says(200, {"status": "logged", "leaf": own.leaf, "id": own.id, "index": 7})
    desk.script.steps = [logged] * 9
    made = desk.run(patience=20.0)
    assert made.last is not None
    assert made.last.reason == "not-proved"
    desk.proofs.proof = b"proof"
    desk.script.steps = [logged]
    desk.run()
    assert desk.whats() == [What.LOGGED]
    assert desk.queue.proof(own.leaf) == b"proof"
    assert not sender.is_open(desk.queue, own, made.key)


def test_too_few_signatures_wait_for_people_not_for_time(desk: Desk):
    few = Item.parse(sign(WORLD.form("001"), *WORLD.kpps("001", 1)))
    desk.queue.add(few)
    desk.run()
    assert desk.whats() == [What.PERSON]
    assert desk.world.slept == []
    assert (desk.queue.last_answer(few.leaf) or {})["code"] == "held"
    desk.run()
    assert len(desk.script.sent) == 2


def test_a_form_that_waited_at_the_portal_gets_its_receipt_when_the_others_have_signed(desk: Desk):
    few = Item.parse(sign(WORLD.form("001"), *WORLD.kpps("001", 1)))
    desk.queue.add(few)
    made = desk.run()
    assert sender.is_open(desk.queue, few, made.key)
    for officer in WORLD.kpps("001")[1:]:
        desk.office.send(sign(WORLD.form("001"), officer))
    desk.proofs.held = True  # the log has the receipt's envelope, with this signature in it
    made = desk.run()
    assert desk.whats() == [What.PERSON, What.DONE]
    assert sender.is_done(desk.queue, few, made.key)


def test_what_comes_into_the_queue_meanwhile_is_sent_too(desk: Desk):
    first, second = item(WORLD), item(WORLD, "002")
    desk.queue.add(first)

    def meanwhile(envelope: bytes) -> Raw:
        desk.queue.add(second)
        raise Unreached("cut")

    desk.script.steps = [meanwhile]
    desk.run()
    assert {one.leaf for one, _ in desk.told.settled_} == {first.leaf, second.leaf}


def test_the_portals_clock_is_compared_with_ours(desk: Desk):
    own = item(WORLD)
    raw = Raw(503, {"date": "Wed, 27 Nov 2024 09:33:20 GMT"}, b"")
    reply = replies.judge(raw, own, receipt_key(WORLD), NOW - 86_400)
    assert reply.skew is not None
    assert round(reply.skew) == 86_400
    assert replies.judge(Raw(503, {"date": "x"}, b""), own, receipt_key(WORLD), NOW).skew is None


def test_a_form_of_words_of_every_reason_exists():
    from rekap.audit.commands.speech import Say
    from rekap.desk.officials import troubles

    for reason in troubles.SENTENCES:
        for language in ("id", "en"):
            assert troubles.sentence(reason, Say(language), "x\x1b[31m\n").endswith("(x?[31m?)")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
SAID = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("leaf", "id", "receipt", "index", "status", "code", "errors"), JSON),
)


@settings(max_examples=300, deadline=None)
@given(
    st.integers(100, 599),
    SAID | JSON,
    st.sampled_from(["application/json", "application/problem+json", "text/html", ""]),
    st.text(max_size=30),
)
def test_no_answer_is_believed_by_accident(status: int, said: Any, kind: str, header: str):
    headers = {"content-type": kind, "retry-after": header, "date": header}
    raw = Raw(status, headers, json.dumps(said).encode())
    reply = replies.judge(raw, item(WORLD), receipt_key(WORLD), NOW)
    assert reply.what not in (What.DONE, What.ELSEWHERE)
    assert reply.retry_after is None or 0 <= reply.retry_after <= RETRY_AFTER_MAX_S


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_text_is_a_receipt_or_none(data: bytes):
    with suppress(Malformed):
        receipts.receipts.parse(receipts.Note.parse(receipts.restore(data)).text)


# ---------------------------------------------------------------- a form beside the one that counts


def counts(own: Item, index: int = 5) -> Step:
    """The question that another form counts, with its number."""
    one = {"code": "another-counts", "field": "revision", "id": "Sudah ada.", "en": "One counts."}
    body = {"status": 409, "code": "another-counts", "errors": [one],
            "head": {"id": "ab" * 32, "index": index, "revision": 1}}  # fmt: skip
    return says(409, body, "application/problem+json")


def test_the_queue_never_sends_a_form_again_by_itself_beside_the_one_that_counts(desk: Desk):
    own, other = item(WORLD), item(WORLD, "002")
    desk.queue.add(own)
    desk.script.steps = [counts(own)]
    desk.run(patience=1000.0)
    assert (len(desk.script.sent), desk.whats()) == (1, [What.ASKED])
    desk.run(patience=1000.0)
    assert len(desk.script.sent) == 1  # a later run, too
    desk.queue.add(other)
    desk.run(patience=1000.0)
    assert desk.script.sent[1:] == [other.data]  # and it holds nothing else up
    assert desk.queue.refusal(own.leaf) is None  # and is not final
    assert desk.script.insisted == [False, False]


def test_who_names_the_form_again_is_asked_again_and_a_tap_sends_it(desk: Desk):
    own = item(WORLD)
    desk.queue.add(own)
    desk.script.steps = [counts(own)] * 2
    desk.run()
    desk.run(named=frozenset({own.leaf}))
    assert (len(desk.script.sent), len(desk.told.asked)) == (2, 2)
    desk.told.tap = True
    desk.script.steps = [counts(own)]
    desk.run(named=frozenset({own.leaf}))
    assert desk.script.insisted == [False, False, False, True]
    assert desk.whats()[-1] is What.DONE
    assert desk.queue.receipt(own.leaf) is not None


def test_what_was_found_before_anything_was_sent_is_sent_only_on_a_tap(desk: Desk):
    own = item(WORLD)
    desk.queue.add(own)
    asks = Reply(What.ASKED, said=json.loads(counts(own)(b"").body))
    desk.run(look=lambda _: asks)
    assert desk.script.sent == []
    desk.told.tap = True
    desk.run(look=lambda _: asks, named=frozenset({own.leaf}))
    assert desk.script.insisted == [True]
    assert desk.queue.receipt(own.leaf) is not None


def test_an_earlier_statement_that_is_not_logged_yet_is_waited_for_without_a_person(desk: Desk):
    own = item(WORLD)
    desk.queue.add(own)
    desk.script.steps = [problem(409, "previous-not-ordered")] * 2
    desk.run(patience=1000.0)
    assert (len(desk.script.sent), desk.told.asked) == (3, [])
    assert desk.queue.receipt(own.leaf) is not None


@pytest.mark.parametrize("proved", [True, False])
def test_the_number_of_a_form_that_counts_the_same_is_believed_only_with_the_log(
    desk: Desk, proved: bool
):
    own, other = item(WORLD), item(WORLD, at="2024-11-27T16:00:00+07:00")
    desk.queue.add(own)
    desk.proofs.same = proved
    body = {"status": "logged", "leaf": other.leaf, "id": other.id, "index": 7,
            "receipt": issued(other).decode()}  # fmt: skip
    desk.script.steps = [says(200, body)]
    made = desk.run(once=True)
    if proved:
        assert desk.whats() == [What.SAME]
        assert desk.queue.refusal(own.leaf)["code"] == "same-figures"
        assert "7" in desk.queue.refusal(own.leaf)["errors"][0]["id"]
    else:
        assert (desk.whats(), made.last.what, made.last.reason) == ([], What.LATER, "not-proved")
        assert desk.queue.refusal(own.leaf) is None
    assert desk.queue.receipt(own.leaf) is None
