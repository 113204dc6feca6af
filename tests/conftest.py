"""Tests never assert wall-clock times: a busy machine must not fail a property."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings
from tests import once

LONG = (
    "tests/docs/test_operations.py",
    "tests/faults/test_calls.py",
    "tests/packaging/test_artifact.py",
    "tests/faults/test_planted.py",
    "tests/test_kill.py",
    "tests/app/test_petugas.py",
    "tests/docs/test_walkthrough.py",
    "tests/app/test_between.py",
)
"""Files with a test that takes longest: begun first, so that no worker waits for it at the end."""

settings.register_profile("rekap", deadline=None)
settings.load_profile("rekap")


def pytest_configure(config: pytest.Config) -> None:
    """Workers share what is made once."""
    if not hasattr(config, "workerinput"):
        once.begin()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are processors: tests wait for browsers, gateways and programs."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    gone = [name for name in LONG if not (config.rootpath / name).is_file()]
    assert not gone, f"LONG in tests/conftest.py names files that are not there: {gone}"
    rank = {name: at for at, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.nodeid.partition("::")[0], len(LONG)))


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        once.end()
