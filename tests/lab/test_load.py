"""The load generator: an open loop whose sums are right, and which tells a loss.

No test looks at a wall clock: the loop's clock is turned by hand, or what is counted is counted.
"""

from __future__ import annotations

import asyncio
import json
import random
import selectors
import threading
from collections.abc import Callable, Coroutine, Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from scripts.lab import load
from scripts.lab.loading import portal, reports, scenarios, schedule
from scripts.lab.loading.accounts import Seen, Spread, percentile, promises, tally
from scripts.lab.loading.clients import DOUBT, Crowd, Fate, Order
from scripts.lab.loading.country import ORIGIN, Country
from scripts.lab.loading.reports import Result
from scripts.lab.loading.watching import Growth

from rekap.core.pages import release
from rekap.desk.officials.item import Item
from rekap.desk.officials.outbox.receipts import ReceiptKey
from rekap.desk.officials.outbox.sender import BASE_S, MOST_S
from rekap.desk.officials.outbox.upload import Raw
from rekap.portal.intake import receipt

# ---------------------------------------------------------------- a clock that is turned by hand


class Turned(asyncio.SelectorEventLoop):
    """An event loop that never waits: where others sleep, it moves its own clock."""

    def __init__(self) -> None:
        super().__init__(Jumping(self))
        self.now = 0.0

    def time(self) -> float:
        return getattr(self, "now", 0.0)


class Jumping(selectors.DefaultSelector):
    def __init__(self, loop: Turned) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        if timeout:
            self._loop.now += timeout
        return super().select(0)


COUNTRY = Country(8, seed=1, release="0" * 64)
ITEM = next(COUNTRY.uploads()).item
KEY = ReceiptKey.parse(ORIGIN, COUNTRY.receipt_key(), "test")
CHANCE = random.Random(7)


def simulate(
    post: Callable[[bytes], Coroutine[None, None, Raw]], arrivals: list[float], end: float
) -> list[Fate]:
    """Run clients against `post` on the turned clock."""
    crowd = Crowd(post, KEY, CHANCE)
    with asyncio.Runner(loop_factory=Turned) as runner:
        runner.run(crowd.run(arrivals, [Order(b"", ITEM)] * len(arrivals), end))
    return crowd.fates


def signed(item: Item) -> str:
    """The portal's own receipt."""
    key = COUNTRY.signer("receipt")
    told = {"origin": ORIGIN, "leaf": item.leaf, "id": item.id}
    return receipt.issue(**told, received_at=1_732_690_000, signer=key).decode()


TAKEN = Raw(
    201, {}, json.dumps({"leaf": ITEM.leaf, "id": ITEM.id, "receipt": signed(ITEM)}).encode()
)


def refused(status: int, code: str, retry_after: int | None = None) -> Raw:
    headers = {"content-type": "application/problem+json"}
    if retry_after is not None:
        headers["retry-after"] = str(retry_after)
    said = {"status": status, "code": code, "errors": [{"code": code}]}
    return Raw(status, headers, json.dumps(said).encode())


def now() -> float:
    return asyncio.get_running_loop().time()


class TestTheLoopIsOpen:
    ARRIVALS = [n / 100 for n in range(1000)]

    def test_no_answer_moves_an_arrival(self) -> None:
        async def silent(_: bytes) -> Raw:
            await asyncio.sleep(1e6)
            raise AssertionError

        fates = simulate(silent, self.ARRIVALS, 20)
        assert [fate.due for fate in fates] == self.ARRIVALS
        assert max(fate.lag for fate in fates) < 1e-6
        assert tally(fates, Seen()).without == 1000

    def test_a_pause_of_the_server_is_in_the_figures_of_all_who_came_meanwhile(self) -> None:
        """One slow answer would be all that a closed loop sees of it."""

        async def freezes(_: bytes) -> Raw:
            await asyncio.sleep(max(0.01, 7.0 - now() if now() >= 2 else 0.01))
            return TAKEN

        sums = tally(simulate(freezes, self.ARRIVALS, 60), Seen())
        assert sums.accepted == 1000
        assert sums.latency.most == pytest.approx(5.0, abs=0.02)
        assert sums.latency.p50 == pytest.approx(0.01, abs=0.02)
        assert sums.latency.p90 == pytest.approx(4.0, abs=0.05)

    def test_waiting_for_a_free_connection_counts(self) -> None:
        one = asyncio.Semaphore(1)

        async def narrow(_: bytes) -> Raw:
            async with one:
                await asyncio.sleep(1)
            return TAKEN

        fates = simulate(narrow, [0.0, 0.1, 0.2], 60)
        assert [fate.latency for fate in fates] == pytest.approx([1.0, 1.9, 2.8])

    def test_a_late_sender_is_told_and_not_hidden(self) -> None:
        fate = Fate(2.0, begun=2.5, ended=3.0, outcome="accepted")
        sums = tally([fate], Seen())
        assert (sums.lag.most, sums.latency.most) == (0.5, 1.0)


class TestClientsTryAgain:
    def script(self, *replies: Raw | Exception) -> tuple[Fate, list[float]]:
        left, times = list(replies), list[float]()

        async def post(_: bytes) -> Raw:
            times.append(now())
            one = left.pop(0)
            if isinstance(one, Exception):
                raise one
            return one

        (fate,) = simulate(post, [0.0], 3600)
        return fate, times

    def test_not_before_the_server_asks(self) -> None:
        fate, times = self.script(refused(503, "backlog", 30), refused(429, "busy", 5), TAKEN)
        assert times[1] - times[0] >= 30
        assert times[2] - times[1] >= 5
        assert (fate.outcome, fate.tries, fate.latency) == ("accepted", 3, times[2])
        assert dict(fate.answers) == {"503 backlog": 1, "429 busy": 1, "201": 1}

    def test_after_a_lost_connection_and_after_silence(self) -> None:
        fate, _ = self.script(ConnectionResetError(), TimeoutError(), TAKEN)
        assert fate.outcome == "accepted"
        assert dict(fate.answers) == {"connection lost": 1, "no answer in time": 1, "201": 1}

    def test_but_not_after_a_final_refusal(self) -> None:
        fate, times = self.script(refused(401, "bad-signature", 30))
        assert (fate.outcome, len(times)) == ("bad-signature", 1)
        assert tally([fate], Seen()).final == {"bad-signature": 1}

    def test_nor_after_a_receipt_that_does_not_verify(self) -> None:
        forged = Raw(201, {}, TAKEN.body.replace(b"1732690000", b"1732690001"))
        fate, times = self.script(forged)
        assert (fate.outcome, len(times)) == (DOUBT, 1)
        assert tally([fate], Seen()).accepted == 0

    def test_while_a_refusal_may_change(self) -> None:
        fate, _ = self.script(refused(401, "unknown-key", 30), Raw(500, {}, b""), TAKEN)
        assert fate.outcome == "accepted"

    def test_as_the_officials_command_does_with_chance_and_a_bound(self) -> None:
        """One policy: a crowd that comes back after a stop is spread over a growing time."""
        fates = []
        for _ in range(8):
            gone = [ConnectionRefusedError()] * 9
            fates.append(self.script(*gone, TAKEN)[1])
        pauses = [b - a for times in fates for a, b in pairwise(times)]
        assert min(pauses) >= BASE_S / 2
        assert max(pauses) <= MOST_S
        assert len({round(times[1], 6) for times in fates}) == len(fates)


# ---------------------------------------------------------------- sums


@pytest.mark.parametrize(
    ("per_cent", "wanted"), [(0, 1), (1, 1), (50, 50), (90, 90), (99, 99), (99.5, 100), (100, 100)]
)
def test_percentiles_are_values_that_occurred(per_cent: float, wanted: int) -> None:
    values = list(range(1, 101))
    random.Random(1).shuffle(values)
    assert percentile(values, per_cent) == wanted


def test_percentiles_of_few_and_of_none() -> None:
    assert percentile([], 99) == 0
    assert Spread.of([3.0, 1.0]) == Spread(1.0, 3.0, 3.0, 3.0, 3.0)


def test_promises_are_held_against_the_log() -> None:
    found = promises(["a", "b", "c"], ["x", "a", "c", "y", "c"], ["b"])
    assert (found.kept, found.broken, found.doubled, found.false) == (1, ("b",), ("c",), ("b",))
    assert not found.hold
    assert promises(["a"], ["x", "a"]).hold
    assert not promises([], ["x", "x"]).hold
    assert not promises(["a"], ["a"], ["a"]).hold


def test_growth_tells_when_an_entry_was_covered_first() -> None:
    growth = Growth()
    for at, size in ((1.0, 10), (2.0, 10), (3.0, 30), (4.0, 20)):
        growth.see(at, size)
    assert [growth.covers(index) for index in (0, 9, 10, 29, 30)] == [1.0, 1.0, 3.0, 3.0, None]


class TestSchedule:
    def test_the_same_seed_gives_the_same_arrivals_in_order(self) -> None:
        one = schedule.poisson(200, 30, 5)
        assert one == schedule.poisson(200, 30, 5) == sorted(one)
        assert one != schedule.poisson(200, 30, 6)

    def test_rate_and_spread_are_those_of_independent_senders(self) -> None:
        arrivals = schedule.poisson(100, 200, 1)
        counts = [bucket.count for bucket in schedule.per_interval(arrivals, 1.0, 200)]
        mean = sum(counts) / len(counts)
        assert mean == pytest.approx(100, rel=0.03)
        variance = sum((count - mean) ** 2 for count in counts) / len(counts)
        assert variance == pytest.approx(mean, rel=0.4)

    def test_an_evening_keeps_its_shape_when_it_is_faster(self) -> None:
        slow, fast = (schedule.evening(2000, factor, 1) for factor in (1, 96))
        assert [at / 96 for at in slow] == pytest.approx(fast)
        assert slow[0] > 0
        assert slow[-1] < 8 * 3600

    def test_zones_close_one_after_the_other(self) -> None:
        hours = [at / 3600 for at in schedule.evening(20_000, 1, 2)]
        early = sum(hour < 2 for hour in hours)
        assert 0 < early < 0.21 * len(hours)
        by_hour = [b.count for b in schedule.per_interval(hours, 1.0, 8)]
        assert by_hour.index(max(by_hour)) in (3, 4)

    def test_every_arrival_is_in_one_interval(self) -> None:
        buckets = schedule.per_interval([0.0, 0.99, 1.0, 2.5], 1.0, 3.0)
        assert [(b.start, b.count) for b in buckets] == [(0.0, 2), (1.0, 1), (2.0, 1)]


def test_a_storm_stops_the_portal_while_arrivals_go_on() -> None:
    one = scenarios.storm(30, 300, 1)
    assert (one.stop, one.down) == (10, 300)
    assert one.arrivals[-1] > 360
    assert sum(10 < at < 310 for at in one.arrivals) == pytest.approx(9000, rel=0.05)
    with pytest.raises(ValueError, match="cannot be stopped"):
        scenarios.disturbance(one, None)


def test_an_evening_is_a_share_of_the_nation() -> None:
    assert len(scenarios.evening(0.01, 96, 1).arrivals) == 8_500


def test_a_curve_accounts_for_everybody() -> None:
    fates = [Fate(n / 10, ended=n / 10 + (5 if n == 3 else 0.01)) for n in range(100)]
    for fate in fates:
        fate.outcome = "accepted"
    fates.append(Fate(9.95))
    scenario = scenarios.Scenario("one", tuple(fate.due for fate in fates), width=2.0)
    sums = tally(fates, Seen())
    result = Result(scenario, sums, promises([], []), fates, 0.1)
    steps = list(reports.curve(result))
    assert sum(step.arrived for step in steps) == 101
    assert sum(step.receipts for step in steps) == 100
    assert [step.waiting for step in steps] == [1, 1, 0, 0, 1]
    assert steps[0].p99 == pytest.approx(5.0)
    lines = reports.curve_table(result).splitlines()
    assert len(lines) == 2 + len(steps)
    assert {line.count("|") for line in lines} == {6}
    assert {line.count("|") for line in reports.steady_table([result]).splitlines()} == {14}


# ---------------------------------------------------------------- statements


def test_uploads_are_the_same_for_a_seed_and_different_from_each_other() -> None:
    country = Country(9, seed=4, release="0" * 64)
    bodies = [one.item.data for one in country.uploads()]
    assert bodies == [one.item.data for one in Country(9, seed=4, release="0" * 64).uploads()]
    assert len(set(bodies)) == len(bodies) == 18
    assert len({one.page for one in country.uploads()}) == 18


# ---------------------------------------------------------------- the real portal


def test_short_runs_of_each_kind_lose_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "portal"
    arguments = "--rates 20 --seconds 2 --storm 10 --down 2 --evening 9600 --share 0.0001 --table"
    arguments += " --rest 90"
    assert load.main([*arguments.split(), "--dir", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "rekap verify: exit 3" in out
    assert "connection lost" in out
    assert out.count("0 lost, 0 twice in the log, 0 not signed") == 3
    assert "evening of 85 forms, 9600 times as fast: 85 arrivals, 85 receipts" in out
    assert "| from | arrivals | receipts |" in out


def test_a_folder_that_is_taken_is_left_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert load.main(["--dir", str(tmp_path), "--seconds", "1"]) == 2
    assert "give a new folder" in capsys.readouterr().err


class Losing(BaseHTTPRequestHandler):
    """Passes everything on, but swallows the third upload and forges the fifth receipt."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    gateway: portal.Gateway
    taken: list[bytes]
    lock = threading.Lock()

    def do_GET(self) -> None:
        if self.path == "/site.json":
            portal.ring(self.gateway.folder)
        self._pass(b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        with self.lock:
            self.taken.append(body)
            number = len(self.taken)
        if number == 3:
            item = Item.parse(body)
            self._answer(201, {"leaf": item.leaf, "id": item.id, "receipt": signed(item)})
        else:
            self._pass(body, forge=number == 5)

    def _pass(self, body: bytes, *, forge: bool = False) -> None:
        client = HTTPConnection("127.0.0.1", self.gateway.port, timeout=60)
        client.request(self.command, self.path, body or None, dict(self.headers))
        answer = client.getresponse()
        data, place = answer.read(), answer.headers.get("location")
        client.close()
        self._send(answer.status, data.replace(b"\\n17", b"\\n18") if forge else data, place)

    def _answer(self, status: int, said: dict[str, Any]) -> None:
        self._send(status, json.dumps(said).encode())

    def _send(self, status: int, data: bytes, place: str | None = None) -> None:
        self.send_response(status)
        if place:
            self.send_header("location", place)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def losing(tmp_path: Path) -> Iterator[str]:
    arrivals = scenarios.steady(10, 2, 1).arrivals
    country = Country(max(8, -(-len(arrivals) // 2)), seed=1, release=release.current())
    folder = tmp_path / "portal"
    portal.begin(folder, country)
    gateway = portal.Gateway(folder, country.release, processes=1)
    gateway.start()
    own = {"gateway": gateway, "taken": []}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Here", (Losing,), own))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    gateway.stop()


def test_a_server_that_loses_what_it_acknowledged_is_found_out(
    losing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The site is true, and yet a receipt is broken: only the sender can know."""
    code = load.main(
        ["--url", losing, "--rates", "10", "--seconds", "2", "--promise", "5", "--rest", "90"]
    )
    out = capsys.readouterr().out
    assert "rekap verify: exit 3" in out
    assert "1 lost, 0 twice in the log, 1 not signed" in out
    assert code == 1


def test_a_portal_that_does_not_answer_is_no_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    assert load.main(["--url", "http://127.0.0.1:9/", "--seconds", "1"]) == 2
    assert "load: ConnectionRefusedError" in capsys.readouterr().err
