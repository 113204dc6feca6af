"""The hours of the log: what its writer says the time is, between entries.

An entry came no earlier than the last clock before it said. `meta/clock` is that clock; the record
of each entry after it repeats it, so that a page finds its hour where it finds its root.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

from rekap.core.ledger.complete import EFFECTIVE, Complete
from rekap.core.ledger.state import Record, State
from rekap.core.ledger.touches import Touches
from rekap.core.log.ports import CLOCK_EVERY_S
from rekap.core.statements.model import TIMEZONES

JAKARTA: Final = TIMEZONES["Asia/Jakarta"]
"""The zone of what is of no election."""


def seconds(at: str) -> int:
    """Return the Unix seconds of a statement's time."""
    return int(datetime.fromisoformat(at).timestamp())


def words(at: int, zone: str) -> str:
    """Return Unix seconds as a time in the zone `zone`: "+07:00"."""
    offset = timezone(timedelta(hours=int(zone[:3])))
    return datetime.fromtimestamp(at, offset).isoformat()


def hour(state: State, index: int, zone: str) -> str | None:
    """Return the earliest time at which an entry came, None before the first clock."""
    at = state.entry(index).get("hour")
    return None if at is None else words(at, zone)


def newest(state: State) -> str | None:
    """Return the hour of the last entry, in the zone of Jakarta; a state without pages has it."""
    last = state.meta.get("clock")
    return None if last is None else words(last["hour"], JAKARTA)


def fault(state: State, done: Complete) -> str | None:
    """`clock`: in a replay, whose hours are its source's; or not a minute after the last one."""
    if state.meta.get("log")["mode"] == "replay":
        return "clock"
    last = state.meta.get("clock")
    early = last is not None and seconds(done.fields["at"]) < last["hour"] + CLOCK_EVERY_S
    return "clock" if early else None


def apply(state: State, touches: Touches, done: Complete) -> str:
    """What follows came no earlier than this; the clock's own entry too."""
    state.meta.put("clock", {"index": done.index, "hour": seconds(done.fields["at"])})
    return EFFECTIVE


def note(state: State, record: Record) -> None:
    """Say in an entry's record which clock was the last before it: its index, its Unix seconds."""
    last = state.meta.get("clock")
    if last is not None:
        record["clock"], record["hour"] = last["index"], last["hour"]
