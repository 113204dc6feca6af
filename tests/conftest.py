"""Tests never assert wall-clock times: a busy machine must not fail a property."""

from __future__ import annotations

import pytest
from hypothesis import settings
from tests import once

settings.register_profile("rekap", deadline=None)
settings.load_profile("rekap")


def pytest_configure(config: pytest.Config) -> None:
    """Workers share what is made once."""
    if not hasattr(config, "workerinput"):
        once.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        once.end()
