"""The time that a statement carries: the clock of this machine in the election's zone."""

from __future__ import annotations

from datetime import datetime

from rekap.forms.model import TIMEZONES


def at(timezone: str) -> str:
    """Return the present second as statements spell it; it is compared with nothing.

    The zones are those of statements, so no time zone database is needed.
    """
    zone = datetime.strptime(TIMEZONES[timezone], "%z").tzinfo
    return datetime.now(zone).isoformat(timespec="seconds")
