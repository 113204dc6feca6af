"""The environment of the peers: programs of others, with a Python of their own.

Skipped with the reason where it is missing, unless REKAP_REQUIRE names `peers`.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.live_portal import ROOT

BIN = ROOT / ".venv-peers" / "bin"
REQUIRED = "peers" in os.environ.get("REKAP_REQUIRE", "").replace(",", " ").split()
PEERS = ("aics", "scales")


def need() -> None:
    """Skip, or fail where it is required, if the peers are not installed."""
    if not (BIN / "aics-witness").exists():
        reason = "the peers are missing: make setup-peers (it needs Python 3.12 or newer)"
        if REQUIRED:
            pytest.fail(reason)
        pytest.skip(reason)


def ask(*words: object) -> subprocess.CompletedProcess[str]:
    """Run `peer.py`; nothing of our environment reaches it."""
    program = Path(__file__).with_name("peer.py")
    return subprocess.run(
        [str(BIN / "python"), "-I", str(program), *map(str, words)],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
