"""How much of everything: counted, read from the template, or assumed; each says which.

`tests/portal/store/test_whole_way_aws.py` counts one form again, `tests/lab/test_cost.py` a wave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

WAVE: Final = 15
"""Forms of the larger wave that was counted."""


@dataclass(frozen=True, slots=True)
class Count:
    """What one run asks for with one form, and with `WAVE` forms; in between on a line."""

    one: float
    many: float

    def at(self, wave: float) -> float:
        """Return the quantity of a run with `wave` forms."""
        return self.one + (self.many - self.one) / (WAVE - 1) * (wave - 1)


COUNTED: Final[Mapping[str, Mapping[str, Count]]] = {
    "submit": {
        "calls": Count(22, 22 * WAVE),
        "reads": Count(20, 20 * WAVE),
        "writes": Count(8, 8 * WAVE),
        "messages": Count(1, WAVE),
    },
    "sequence": {
        "reads": Count(56, 98),
        "writes": Count(11, 95),
        "gets log": Count(10, 10),
        "puts log": Count(3, 3),
        "signatures": Count(1, 1),
        "messages": Count(1, 1),
    },
    "publish": {
        "reads": Count(3, 3),
        "writes": Count(8, 64),
        "gets log": Count(6, 6),
        "gets site": Count(4, 4),
        "puts site": Count(44, 168),
    },
}
"""Function -> what -> count, on moto, in waves of TPS forms; DynamoDB in charged units."""

STATE: Final[Mapping[str, Count]] = {
    "gets": Count(4, 4),
    "puts": Count(4, 4),
    "bytes": Count(116_297, 368_848),
}
"""Objects of the state that one run reads and writes in a log of 600 stations, and bytes written.

Counted by `python scripts/lab/cost.py --recount 600` on the embedded engine: objects are the same.
"""

AT_ONCE: Final = 32
"""Calls that a publisher makes at the same time: `POOL` of the adapters."""

FILES: Final[Mapping[str, int]] = {
    "tps": 3,
    "statement": 5,
    "kelurahan": 3,
    "kecamatan": 10,
    "kabko": 6,
    "provinsi": 6,
    "election": 3,
    "portal": 3,
    "ledger": 4,
    "claim": 1,
}
"""Files of the site that a form rewrites, by the page they belong to; counted."""

BYTES: Final[Mapping[str, float]] = {
    "record": 1_720,
    "id": 240,
    "entry": 1_470,
    "site file": 9_380,
    "page": 5_440,
}
"""Mean sizes, counted: items of a form, its entry, a file that is put, a page packed."""

ALARMS: Final = 27
METRICS: Final = 30
MINUTES_A_MONTH: Final = 43_800
WHOLE_A_MONTH: Final = 730
"""Alarms and schedules of the template; metrics by name, and some codes of refusals."""


@dataclass(frozen=True, slots=True)
class Assumed:
    """A number that nobody measured here. `why` says where it is from."""

    name: str
    value: float
    unit: str
    why: str


ASSUMED: Final = {
    one.name: one
    for one in (
        Assumed("forms", 850_000, "TPS forms", "governors and regents, November 2024"),
        Assumed("hours", 8, "hours", "in which they arrive, from the first zone's close"),
        Assumed("logs", 38, "logs", "one portal for each province"),
        Assumed("largest", 0.17, "of all forms", "the largest province; from memory"),
        Assumed("peak", 6, "times the mean", "three times the mean of the busiest four hours"),
        Assumed("kabko", 508, "regions", "with an election in 2024"),
        Assumed("kecamatan", 7_288, "regions", "whole country"),
        Assumed("kelurahan", 83_000, "regions", "whole country; from memory"),
        Assumed("read", 4, "milliseconds", "one answer of DynamoDB to a read"),
        Assumed("write", 12, "milliseconds", "one transaction of DynamoDB"),
        Assumed("get", 20, "milliseconds", "one small object from S3"),
        Assumed("put", 35, "milliseconds", "one small object to S3"),
        Assumed(
            "request", 2, "milliseconds", "processor for one request to S3, twice what is measured"
        ),
        Assumed("message", 8, "milliseconds", "one message to SQS; one signature of KMS"),
        Assumed("submit", 5, "milliseconds", "processor for one upload, twice what is measured"),
        Assumed("publish", 40, "milliseconds", "processor for one form, twice what is measured"),
        Assumed("lines", 1_600, "bytes", "log lines of one call, with those of Lambda itself"),
        Assumed("misses", 0.005, "of all views", "a page that the edge does not hold"),
        Assumed("overhead", 700, "bytes", "headers of one answer"),
        Assumed("pictures", 5, "of each form", "four sheets of C.Hasil and the special events"),
    )
}
