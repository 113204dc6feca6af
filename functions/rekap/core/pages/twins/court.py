"""The court's clock: until when a determined result can be taken to the Constitutional Court.

Information, no decision: the court alone decides what came in time. Weekends are left out, and the
holidays that the election names; where it names none, the day may be later, never earlier.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

WORKING_DAYS: Final = 3
SOURCE: Final = "PMK 3/2024"
_COURT: Final = timezone(timedelta(hours=7))
_SATURDAY: Final = 5


def petition(announced_at: str, holidays: Collection[str] = ()) -> dict[str, Any]:
    """Return {days, until, holidays, source}: the end of the third working day in the court's zone
    (WIB), and the holidays that were passed over; null where the election names none at all.

    The day of the announcement is the first one if it is a working day: the earlier reading.
    Whoever signs a determination writes its time: one at an end of the calendar has a day too.
    """
    day = date.fromisoformat(announced_at[:10])
    if "T" in announced_at:
        with suppress(OverflowError):  # before the first day of the calendar comes a Sunday
            day = datetime.fromisoformat(announced_at).astimezone(_COURT).date()
    left, passed = WORKING_DAYS, []
    while True:
        works = day.weekday() < _SATURDAY
        if works and day.isoformat() in holidays:
            passed.append(day.isoformat())
        elif works:
            left -= 1
        if not left or day == date.max:
            break
        day += timedelta(days=1)
    return {
        "days": WORKING_DAYS, "until": f"{day}T23:59:00+07:00",
        "holidays": passed if holidays else None, "source": SOURCE,
    }  # fmt: skip
