"""The court's clock: three working days, never later than the court may count them."""

from __future__ import annotations

import pytest

from rekap.core.pages.twins.court import petition


@pytest.mark.parametrize(
    ("announced", "until"),
    [
        ("2024-12-08T16:01:30+07:00", "2024-12-11"),  # Sunday: Monday is the first day
        ("2024-12-04T10:00:00+07:00", "2024-12-06"),  # Wednesday counts itself
        ("2024-12-06T23:59:59+07:00", "2024-12-10"),  # Friday, Monday, Tuesday
        ("2024-12-07T00:00:00+07:00", "2024-12-11"),  # Saturday
        ("2024-12-09T01:30:00+09:00", "2024-12-11"),  # still Sunday in the court's zone
        ("2024-12-30T12:00:00+08:00", "2025-01-01"),  # holidays stand in no entry
    ],
)
def test_the_last_day(announced: str, until: str) -> None:
    assert petition(announced) == {
        "days": 3, "until": f"{until}T23:59:00+07:00", "source": "PMK 3/2024",
    }  # fmt: skip
