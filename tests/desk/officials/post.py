"""A queue, statements for it, and the command in a process of its own, for tests of sending."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.live_portal import PATIENCE, ROOT, Gateway
from tests.portal.intake.world import RELEASE, World, sign, vkey

from handlers import access, publish, sequence, wiring
from rekap.desk.officials.item import Item
from rekap.desk.officials.outbox.receipts import ReceiptKey
from rekap.portal.intake import accept
from rekap.portal.store.local.bell import SilentBell

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "functions"), "PYTHONIOENCODING": "utf-8"}


def form(world: World, tps: str = "001", **changed: Any) -> bytes:
    """Return the envelope of a sound form of a station, signed by three."""
    return sign(world.form(tps, **changed), *world.kpps(tps))


def item(world: World, tps: str = "001", **changed: Any) -> Item:
    return Item.parse(form(world, tps, **changed))


def receipt_key(world: World) -> ReceiptKey:
    return ReceiptKey.parse(world.origin, vkey(f"{world.origin}/receipt", "receipt"), "test")


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "rekap.desk.main", *map(str, words)]


def run(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """Run `rekap` in a folder and return its end."""
    return subprocess.run(
        command(*words), cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )


def logged(gateway: Gateway) -> int:
    """Return how many entries the log has."""
    note = (gateway.folder / "public" / "log" / "checkpoint").read_text()
    return int(note.split("\n")[1])


def settle(gateway: Gateway, size: int) -> None:
    """Wait until the log and the pages have `size` entries."""
    public = gateway.folder / "public"
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        entries = logged(gateway)
        shown = json.loads((public / "site.json").read_bytes())["size"]
        assert entries <= size, f"{entries} entries, want {size}"
        if entries == shown == size:
            return
        time.sleep(0.05)
    raise AssertionError(f"the portal does not come to {size} entries")


def log_all(folder: Path, world: World, bodies: Iterable[bytes]) -> None:
    """Take statements into a portal's folder, log them in one batch and publish, in process."""
    portal = wiring.embedded(
        folder,
        access.Settings(world.origin, release=RELEASE),
        bell=SilentBell(),
        clock=lambda: 1_732_700_000,
        journal=lambda _: None,
    )
    for body in bodies:
        accept.accept(body, portal.desk())
    sequence.respond({}, portal)
    publish.respond({}, portal)
