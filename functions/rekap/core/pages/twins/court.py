"""The court's clock: until when a determined result can be taken to the Constitutional Court.

Information, no decision: the court alone decides what came in time. Weekends are left out; public
holidays stand in no entry, so the day may be later, never earlier.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

WORKING_DAYS: Final = 3
SOURCE: Final = "PMK 3/2024"
_COURT: Final = timezone(timedelta(hours=7))
_SATURDAY: Final = 5


def petition(announced_at: str) -> dict[str, Any]:
    """Return {days, until, source}: the end of the third working day in the court's zone (WIB).

    The day of the announcement is the first one if it is a working day: the earlier reading.
    Whoever signs a determination writes its time: one at an end of the calendar has a day too.
    """
    day = date.fromisoformat(announced_at[:10])
    if "T" in announced_at:
        with suppress(OverflowError):  # before the first day of the calendar comes a Sunday
            day = datetime.fromisoformat(announced_at).astimezone(_COURT).date()
    left = WORKING_DAYS
    while True:
        left -= day.weekday() < _SATURDAY
        if not left or day == date.max:
            break
        day += timedelta(days=1)
    return {"days": WORKING_DAYS, "until": f"{day}T23:59:00+07:00", "source": SOURCE}
