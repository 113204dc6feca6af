"""`rekap submit` killed with SIGKILL again and again, against a portal that is killed too.

At the end every statement is in the log exactly once, its receipt is on the disk and verifies, and
every file that was queued is there byte for byte. A soak kills many times as often; seed and counts
are printed.
"""

from __future__ import annotations

import json
import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.check_log import check_log
from tests.desk.officials.post import ENVIRONMENT, command, form, receipt_key, run, settle
from tests.live_portal import PATIENCE, Gateway, begin
from tests.portal.intake.world import KELURAHAN, World, sign, vkey
from tests.soak import SEED, SOAK

from rekap.desk.officials.outbox import receipts
from rekap.desk.officials.outbox.queue import Queue

KILLS = 150 if SOAK else 8
STATIONS = tuple(f"{n:03d}" for n in range(1, 401 if SOAK else 49))


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    folder = tmp_path / "portal"
    begin(folder, World(stations=STATIONS))
    running = Gateway(folder, World().origin, processes=1)
    running.start()
    yield running
    running.stop()


class Trouble(threading.Thread):
    """Kills the gateway and starts it again until it is told to end."""

    def __init__(self, gateway: Gateway, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self.gateway, self.chance = gateway, chance
        self.ending = threading.Event()
        self.kills = 0

    def run(self) -> None:
        while not self.ending.wait(self.chance.uniform(1.0, 3.0)):
            self.gateway.kill()
            self.kills += 1
            self.ending.wait(self.chance.uniform(0.0, 0.5))
            self.gateway.start()


def start(folder: Path, *words: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command("submit", *words), cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip


def wait_for_moment(process: subprocess.Popen[bytes], chance: random.Random) -> None:
    """Wait until a process is at work: for a time, or until it has told of some receipts."""
    assert process.stdout is not None
    if chance.random() < 0.4:
        time.sleep(chance.uniform(0.05, 0.6))
        return
    lines = chance.randint(1, 5)
    while lines and (line := process.stdout.readline()):
        lines -= b"diterima" in line or b"tersimpan" in line
    time.sleep(chance.uniform(0.0, 0.02))


def test_nothing_is_lost_or_doubled_whoever_is_killed(gateway: Gateway, tmp_path: Path) -> None:
    world, chance = World(stations=STATIONS), random.Random(SEED)
    source = tmp_path / "in"
    source.mkdir()
    bodies = [form(world, tps) for tps in STATIONS]
    bodies += [sign(world.form(tps), f"kpps-{KELURAHAN}-{tps}-4") for tps in STATIONS[::4]]
    for number, body in enumerate(bodies):
        (source / f"{number:03d}.dsse.json").write_bytes(body)
    url = f"http://127.0.0.1:{gateway.port}/"
    queue = Queue(tmp_path / "antrean")
    trouble = Trouble(gateway, random.Random(SEED + 1))
    trouble.start()
    ends: Counter[int] = Counter()
    for number in range(KILLS):
        running = [start(tmp_path, "in", "--to", url, "--for", 5)]
        if number % 4 == 3:
            running.append(start(tmp_path, "in", "--to", url, "--once"))
        wait_for_moment(running[0], chance)
        for process in running:
            process.kill()
            with process:
                ends[process.wait(PATIENCE)] += 1
    trouble.ending.set()
    trouble.join(PATIENCE)
    assert not trouble.is_alive()
    before = len(list(queue.folder.glob("*.tanda-terima"))) if queue.folder.is_dir() else 0
    last = run(tmp_path, "submit", "in", "--to", url)
    assert last.returncode == 0, (last.stdout, last.stderr)
    settle(gateway, len(world.beginning()) + len(bodies))
    kept = []
    for item in queue.items():
        receipt = queue.receipt(item.leaf)
        assert receipt is not None
        assert receipts.check(receipt, item, receipt_key(world)).leaf == item.leaf
        kept.append(receipt)
    assert sorted(one.data for one in queue.items()) == sorted(bodies)
    assert [(source / f"{n:03d}.dsse.json").read_bytes() for n in range(len(bodies))] == bodies
    assert not list(queue.folder.glob("*.ditolak.json"))
    assert not list(queue.folder.glob("*.ragu-*"))
    entries = Counter(check_log(gateway.folder / "public", vkey(world.origin, "log"), kept))
    assert {entries[body] for body in bodies} == {1}
    assert len(entries) == len(world.beginning()) + len(bodies)
    print(
        json.dumps(
            {
                "seed": SEED, "kills of submit": ends[-9], "other ends": dict(ends),
                "kills of the gateway": trouble.kills, "statements": len(bodies),
                "receipts before the last run": before,
            }
        )
    )  # fmt: skip
    assert ends[-9] >= KILLS // 5
    assert trouble.kills
