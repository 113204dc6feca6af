"""What can be said of a site from outside within one call: a glance, or the audit of all of it."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from handlers.access import Outside
from handlers.glance import Glance, look
from rekap.audit.again import repeat
from rekap.audit.attachments import SAMPLE
from rekap.audit.plan import Plan
from rekap.audit.reader import Unreadable, UrlSource
from rekap.audit.verdict import in_order, printable
from rekap.core.log.policy import Policy
from rekap.core.pages import release
from rekap.core.pages.site import Site
from rekap.net.client import Client, Refused, Unfinished, split

GLANCE_S: Final = 20.0
"""Seconds that one look may take, whatever the site does."""
PAGES: Final = 200
"""Addresses that an audit compares, others each time, and ones that no publisher can know."""
GRACE_S: Final = 60.0
"""How long an audit waits for a publisher that is at work: less than a cache may keep a page, so
what is only late is a doubt here."""
_MAX_PROBLEM: Final = 4096
_PLACE: Final = 200
"""Characters of a place that are repeated: the site may have chosen them."""


@dataclass(slots=True)
class Sight:
    """`wrong` and `doubts`: (check, place); a doubt is what could not be decided."""

    wrong: list[tuple[str, str]] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)
    size: int | None = None
    lag: int | None = None
    late: int | None = None

    @property
    def outcome(self) -> str:
        """One word for the log line."""
        if self.wrong:
            return "refuted"
        if self.doubts:
            return "undecided"
        return "empty" if self.size is None else "sound"


def see(outside: Outside, until: float, *, whole: bool) -> Sight:
    """Look at the site until `until` (of time.monotonic). Never raises for what the site does."""
    sight = Sight()
    try:
        found = _glance(outside, until)
    except Unreadable as error:
        sight.doubts.append(("V23", printable(str(error))[:_PLACE]))
        return sight
    sight.wrong += found.wrong
    sight.doubts += found.doubts
    sight.size, sight.lag, sight.late = found.size, found.lag, found.late
    if whole and (found.wrong or found.size is not None):
        _audit(outside, until, sight)
    return sight


def gate_answers(gate: str) -> bool:
    """Ask where statements are sent for one that nobody has: whoever says so is there."""
    url = f"{gate}/{'0' * 64}"
    try:
        answer = Client(split(url).hostname or "").ask(
            url, time.monotonic() + GLANCE_S, lambda _status: _MAX_PROBLEM
        )
        return answer.status == HTTPStatus.NOT_FOUND and "code" in json.loads(answer.body)
    except (Unfinished, Refused, OSError, ValueError, RecursionError):
        return False


def _glance(outside: Outside, until: float) -> Glance:
    """Look; if something seems wrong, again when no cache can have made it up."""
    found = _look(outside, until)
    if found.wrong or found.doubts:
        time.sleep(outside.caches_s)
        found = _look(outside, until)
    if not found.forked:
        outside.memory.keep(found.seen)
    return found


def _look(outside: Outside, until: float) -> Glance:
    end = min(until, time.monotonic() + GLANCE_S)
    source = UrlSource(outside.site, end)
    return look(source, outside.log_key, outside.memory.recall(), outside.clock())


def _audit(outside: Outside, until: float, sight: Sight) -> None:
    """Do what `rekap verify URL` does. One process: on Lambda none may be forked."""
    key = outside.log_key
    policy = None if key is None else Policy.of_log(key)
    plan = Plan(
        Site, release.current(), PAGES, policy, now=outside.clock(), seed=secrets.token_hex(16),
        pictures=SAMPLE,
        app=UrlSource(outside.app, until) if outside.app else None,
    )  # fmt: skip
    grace = min(GRACE_S, (until - time.monotonic()) / 4)
    report, _ = repeat(UrlSource(outside.site, until), plan, grace, _in_time(until))
    late = [one for one in report.refuted if one.newer]
    wrong = [one for one in report.refuted if not one.newer]
    for failures, places in ((wrong, sight.wrong), ([*report.undecided, *late], sight.doubts)):
        places += [(one.check.code, printable(one.place)[:_PLACE]) for one in in_order(failures)]


def _in_time(until: float) -> Callable[[str, int, int], None]:
    def progress(what: str, done: int, total: int, /) -> None:
        if time.monotonic() > until:
            raise Unreadable(f"no time left: {what} {done} of {total}")

    return progress
