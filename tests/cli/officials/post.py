"""A queue, statements for it, and the command in a process of its own, for tests of sending."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.intake.world import World, sign, vkey
from tests.live_portal import ROOT

from rekap.cli.officials.queue import Item
from rekap.cli.officials.receipts import ReceiptKey

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "functions"), "PYTHONIOENCODING": "utf-8"}


def form(world: World, tps: str = "001", **changed: Any) -> bytes:
    """Return the envelope of a sound form of a station, signed by three."""
    return sign(world.form(tps, **changed), *world.kpps(tps))


def item(world: World, tps: str = "001", **changed: Any) -> Item:
    return Item.parse(form(world, tps, **changed))


def receipt_key(world: World) -> ReceiptKey:
    return ReceiptKey.parse(world.origin, vkey(f"{world.origin}/receipt", "receipt"), "test")


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "rekap.cli.main", *map(str, words)]


def run(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """Run `rekap` in a folder and return its end."""
    return subprocess.run(
        command(*words), cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
