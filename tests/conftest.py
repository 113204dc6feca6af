"""Tests never assert wall-clock times: a busy machine must not fail a property."""

from __future__ import annotations

import gc
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from tests import once

LONG = (
    "tests/docs/test_operations.py",
    "tests/scripts/test_make_nation.py",
    "tests/app/test_desk.py",
    "tests/app/test_evening.py",
    "tests/scripts/test_tamper.py",
    "tests/app/test_contests.py",
    "tests/faults/test_calls.py",
    "tests/packaging/test_artifact.py",
    "tests/faults/test_planted.py",
    "tests/test_kill.py",
    "tests/app/test_petugas.py",
    "tests/docs/test_walkthrough.py",
    "tests/app/test_between.py",
)
"""Files with a test that takes longest: begun first, so that no worker waits for it at the end."""

MEMORY = Path("/dev/shm")
ENOUGH = 4 << 30
"""Bytes that must be free in it; a run of all tests leaves far less, and removes it if all pass."""

settings.register_profile("rekap", deadline=None)
settings.load_profile("rekap")


def pytest_configure(config: pytest.Config) -> None:
    """Workers share what is made once, and one folder for temporary files."""
    if not hasattr(config, "workerinput"):
        _write_to_memory()
        once.begin()


def _write_to_memory() -> None:
    """Have temporary files in memory, those of started programs too, unless TMPDIR says where.

    Tests make some million files: on a disk that is a third of their time, and more beside others.
    """
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK):
        return
    free = os.statvfs(MEMORY)
    if free.f_bavail * free.f_frsize >= ENOUGH:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # it is asked for again


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are processors: tests wait for browsers, gateways and programs."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    gone = [name for name in LONG if not (config.rootpath / name).is_file()]
    assert not gone, f"LONG in tests/conftest.py names files that are not there: {gone}"
    rank = {name: at for at, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.nodeid.partition("::")[0], len(LONG)))


def pytest_collection_finish() -> None:
    """Have the garbage collector pass over what lasts: thousands of tests, and all modules.

    A worker looked through a million objects again and again, several seconds each time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        once.end()
