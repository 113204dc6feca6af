"""Programs that a machine may lack: a test that needs one is skipped with its reason.

REKAP_REQUIRE names those without which it fails instead: `app` (what `make app` gets), `chromium`,
`go`, `hunspell`, `peers`, `sam`. CI names them all.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

PATIENCE = 600.0
"""Seconds after which a test gives up waiting for another process, however busy the machine is."""
REQUIRED = frozenset(os.environ.get("REKAP_REQUIRE", "").replace(",", " ").split())


def lacking(what: str, reason: str) -> NoReturn:
    """Skip, or fail where `what` is required."""
    if what in REQUIRED:
        pytest.fail(f"REKAP_REQUIRE names {what}: {reason}")
    pytest.skip(reason)


def chromium() -> str:
    """Return the path of the system's Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        lacking("chromium", "no Chromium")
    return path


def small_chromium() -> str:
    """Return the path of the Chromium without windows, else that of the whole one.

    The same pages take a half to a third of the processor's time in it.
    """
    return shutil.which("chromium-headless-shell") or chromium()


def node() -> str:
    """Return a program that runs JavaScript: the system's, or that of Chromium's driver."""
    from playwright._impl._driver import compute_driver_executable

    found = shutil.which("node") or str(compute_driver_executable()[0])
    if not Path(found).exists():
        lacking("chromium", "no JavaScript runs here")
    return found


def hunspell() -> None:
    """Stop here where no words can be looked up."""
    if shutil.which("hunspell") is None:
        lacking("hunspell", "no hunspell: apt-get install hunspell hunspell-id hunspell-en-us")
