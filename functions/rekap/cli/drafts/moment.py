"""The time that a statement carries: the clock of this machine in the election's zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def at(timezone: str) -> str:
    """Return the present second as statements spell it; it is compared with nothing."""
    return datetime.now(ZoneInfo(timezone)).isoformat(timespec="seconds")
