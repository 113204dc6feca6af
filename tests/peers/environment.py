"""The environment of the peers: programs of others, with a Python of their own."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests import needed
from tests.live_portal import ROOT

BIN = ROOT / ".venv-peers" / "bin"
PEERS = ("aics", "scales")


def need() -> None:
    """Stop here if the peers are not installed."""
    if not (BIN / "aics-witness").exists():
        reason = "the peers are missing: make setup-peers (it needs Python 3.12 or newer)"
        needed.lacking("peers", reason)


def ask(*words: object) -> subprocess.CompletedProcess[str]:
    """Run `peer.py`; nothing of our environment reaches it."""
    program = Path(__file__).with_name("peer.py")
    return subprocess.run(
        [str(BIN / "python"), "-I", str(program), *map(str, words)],
        check=False,
        capture_output=True,
        text=True,
        timeout=needed.PATIENCE,
    )
