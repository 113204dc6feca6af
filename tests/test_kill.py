"""Functions killed with SIGKILL in the middle of a call, under eight clients that never give up.

After every kill everything is frozen and the public folder is kept as the kill left it; then the
oracle reads its log, and `rekap verify` must not refute it (2 or 3, never 1): after ten kills,
evenly spread, if there are more. At the end, after a last kill of the whole gateway and a start,
`rekap verify` proves the site, and the statement of every receipt is in the log exactly once. A
soak kills each function ten times, CI once, `REKAP_KILLS` as often as it says; the seed and the
counts are printed. Renderers run on AWS only: `tests/portal/publishing/test_tasks.py` kills them.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from tests.check_log import History, check_log
from tests.live_portal import PATIENCE, ROOT, Gateway, Lines, begin, freeze, thaw
from tests.portal.intake.world import KELURAHAN, World, sign, vkey
from tests.soak import KILLS, SEED, SOAK

VERIFIED = 10
"""Kills after which the whole folder is verified, at most: nothing takes longer."""
CLIENTS = 8
THINKS_S = max(0.1, KILLS / 80)
"""Between two uploads of a client: eight of them make a busy evening for one machine. Many kills
last long, and a publisher that is killed each time must not fall behind for ever."""
STATIONS = tuple(f"{n:03d}" for n in range(1, 301 if SOAK else 61))


@dataclass
class Crowd:
    """Eight clients; each sends its statements until it holds their receipts."""

    gateway: Gateway
    world: World
    receipts: dict[bytes, str] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    different: list[bytes] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)
    going: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        self.going.set()
        for number in range(CLIENTS):
            thread = threading.Thread(target=self._work, args=(number,), daemon=True)
            thread.start()
            self.threads.append(thread)

    def end(self) -> None:
        """Let each client finish the statement that it is about."""
        self.ending.set()
        self.going.set()
        for thread in self.threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def _work(self, number: int) -> None:
        own = random.Random(SEED + number)
        for body in self._bodies(number):
            self.going.wait()
            if self.ending.is_set():
                return
            self._send(body)
            if own.random() < 0.2:
                self._send(body)
            time.sleep(THINKS_S)

    def _bodies(self, number: int) -> Iterator[bytes]:
        """Yield forms of the client's own stations, then co-signatures of them, then recounts."""
        mine = STATIONS[number::CLIENTS]
        for tps in mine:
            yield sign(self.world.form(tps), *self.world.kpps(tps))
        for member in (4, 5, 6, 7):
            for tps in mine:
                yield sign(self.world.form(tps), f"kpps-{KELURAHAN}-{tps}-{member}")
        for number_of_scan in count():
            for tps in mine:
                scan = {"page": 1, "sha256": f"{number_of_scan:064x}", "bytes": 1}
                form = self.world.form(tps, scans=[scan | {"type": "image/png"}])
                yield sign(form, *self.world.kpps(tps))

    def _send(self, body: bytes) -> None:
        """Send until there is a receipt; the same bytes must always get the same one.

        A recount of the same figures insists: else it would get the receipt of the form that
        counts already, and the end could not tell whether its own bytes were lost.
        """
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                status, answer = self.gateway.post(body, insist=True)
            except (OSError, http.client.HTTPException):
                self.answers["connection lost"] += 1
                time.sleep(0.05)
                continue
            self.answers[str(status)] += 1
            if status in (200, 201):
                if self.receipts.setdefault(body, answer["receipt"]) != answer["receipt"]:
                    self.different.append(body)
                return
            assert status == 503, answer
            time.sleep(0.1)
        raise AssertionError("no receipt within a minute")


@dataclass
class Killer:
    """Kills a process that is inside a call, and proves it by the call's missing last line."""

    gateway: Gateway
    lines: Lines
    chance: random.Random

    def kill(self, function: str, snapshot: Path) -> str:
        """Kill inside a call of `function`; keep the public folder as it was at that moment.

        Return the request that never ended.
        """
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            pid = self._wait_for_call(function, end)
            time.sleep(self.chance.random() * (0.002 if function == "submit" else 0.05))
            supervisor = self.gateway.process
            assert supervisor is not None
            freeze([supervisor.pid])
            everybody = self.gateway.children()
            if pid not in everybody:
                thaw([supervisor.pid])
                continue
            os.kill(pid, 9)
            freeze([one for one in everybody if one != pid])
            self.lines.read()
            cut = [r for p, name, r in self.lines.open if (p, name) == (pid, function)]
            if cut:
                _keep(self.gateway.folder / "public", snapshot)
            thaw([*everybody, supervisor.pid])
            for call in [one for one in self.lines.open if one[0] == pid]:
                del self.lines.open[call]
            if cut:
                return cut[0]
        raise AssertionError(f"{function} was never inside a call")

    def _wait_for_call(self, function: str, end: float) -> int:
        while time.monotonic() < end:
            self.lines.read()
            running = self.lines.running(function)
            if running:
                return running[-1]
            time.sleep(0.0005)
        raise AssertionError(f"no call of {function} begins")


def _keep(public: Path, snapshot: Path) -> None:
    """Link every file: contents never change in place, so this is one moment of the folder."""
    subprocess.run(["cp", "-al", str(public), str(snapshot)], check=True)


def verify(public: Path, pages: str) -> int:
    """Return the exit status of `rekap verify`; what it says is shown when the test fails."""
    command = [sys.executable, "-m", "rekap.desk.main", "verify", str(public), "--pages", pages]
    own = {**os.environ, "PYTHONPATH": str(ROOT / "functions")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=own)
    print(done.stdout[-3000:], done.stderr[-2000:])
    return done.returncode


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    folder = tmp_path / "portal"
    begin(folder, World(stations=STATIONS))
    running = Gateway(folder, World().origin, processes=2)
    running.start()
    yield running
    running.stop()


def test_nothing_acknowledged_is_lost_whatever_is_killed(gateway: Gateway, tmp_path: Path) -> None:
    world = World(stations=STATIONS)
    log_key = vkey(world.origin, "log")
    chance = random.Random(SEED)
    crowd = Crowd(gateway, world)
    killer = Killer(gateway, Lines(gateway.lines), chance)
    history, kills, verdicts = History(), Counter[str](), Counter[int]()
    crowd.begin()
    plan = ["submit", "sequence", "publish"] * KILLS
    chance.shuffle(plan)
    every = -(-len(plan) // VERIFIED)
    for number, function in enumerate(plan):
        snapshot = tmp_path / "snapshot"
        killer.kill(function, snapshot)
        kills[function] += 1
        crowd.going.clear()  # the evidence is checked; the portal goes on repairing itself
        check_log(snapshot, log_key, history=history)
        if number % every == 0:
            verdict = verify(snapshot, "20")
            verdicts[verdict] += 1
            assert verdict in (2, 3)
        shutil.rmtree(snapshot)
        crowd.going.set()
    gateway.kill()
    gateway.start()
    crowd.end()
    size = gateway.wait_until_quiet()
    receipts = [receipt.encode() for receipt in crowd.receipts.values()]
    entries = check_log(gateway.folder / "public", log_key, receipts, history)
    assert crowd.different == []
    assert len(entries) == size
    counted = Counter(entries)
    assert {counted[body] for body in crowd.receipts} == {1}
    print(
        json.dumps(
            {
                "seed": SEED, "kills": dict(kills), "answers": dict(crowd.answers),
                "receipts": len(receipts), "entries": size,
                "verdicts after kills": dict(verdicts),
            }
        )
    )  # fmt: skip
    assert verify(gateway.folder / "public", "all") == 3
