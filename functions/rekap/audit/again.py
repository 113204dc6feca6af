"""Auditing a source until it stands still: a publisher may be at work while it is read."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from rekap.audit import checks
from rekap.audit.audit import Outcome, audit
from rekap.audit.log import Progress
from rekap.audit.plan import Earlier, Plan
from rekap.audit.reader import Source, Unreadable
from rekap.audit.texts import both
from rekap.audit.verdict import READABLE, Report, Words

GRACE_S: Final = 330
"""Seconds for which an address is read again: as long as the caches before it may keep a page, by
`max-age` and `stale-while-revalidate` of the headers that `infra/template.yaml` sets."""
_PAUSE_S: Final = 5.0
_RACES: Final = 3


def repeat(
    source: Source,
    plan: Plan,
    grace: float,
    progress: Progress,
    ended: Callable[[], None] = lambda: None,
) -> tuple[Report, Outcome | None]:
    """Audit until the source stands still: a URL for `grace` seconds, a folder a few times.

    What an address showed first is not forgotten: it stays refuted unless the log gives it.

    `ended` is called after each audit. Never raises: what stopped an audit is in its report.
    """
    deadline = time.monotonic() + grace
    races = 0
    while True:
        report, outcome = _audit_once(source, plan, progress)
        ended()
        if source.remote:
            plan = replace(plan, earlier=remember(plan.earlier, report))
        if report.sound:
            break
        if source.remote and (report.moving or report.changed):
            if time.monotonic() + _PAUSE_S > deadline:
                break
            time.sleep(_PAUSE_S)
        elif report.changed and races < _RACES:
            races += 1
        else:
            break
    report.excuse_change()
    return report, outcome


def remember(earlier: Earlier, report: Report) -> Earlier:
    """Return what is still owed after an audit; what that did not come to stays in its report."""
    told = [*report.refuted, *report.undecided]
    claims = {(one.place, one.claimed) for one in told if one.claimed is not None}
    for one in earlier.failures:
        again = one in told if one.claimed is None else (one.place, one.claimed) in claims
        if not again and one not in report.settled:
            (report.undecided if one.check is checks.RELEASE else report.refuted).append(one)
    report.undecided += [one for one in earlier.doubts if one not in report.undecided]
    doubts = tuple(one for one in report.undecided if one.stands)
    owed = [
        one
        for one in (*report.refuted, *report.undecided)
        if one.claimed is not None or (one.stands and one not in doubts)
    ]
    shown = earlier.trees if report.tree is None else (report.tree, *earlier.trees)
    trees = {(one.size, one.root, one.hashes is None): one for one in shown}
    sizes = report.facts.get("site", report.facts)
    since = min(earlier.since or sizes.get("size", 0), sizes.get("size", 0))
    report.fork = report.fork or earlier.fork
    return Earlier(tuple(dict.fromkeys(owed)), tuple(trees.values()), since, doubts, report.fork)


def _audit_once(source: Source, plan: Plan, progress: Progress) -> tuple[Report, Outcome | None]:
    report = Report(source.name)
    try:
        outcome = audit(source, plan, report, progress)
    except Unreadable as error:
        report.doubt(checks.FINISHED, report.stage, READABLE, str(error))
        outcome = None
    except Exception as error:  # the last line of defence: nothing found so far may be lost
        done = Words(*both("again.a_finished_check"))
        report.doubt(checks.FINISHED, report.stage, done, f"{type(error).__name__}: {error}")
        outcome = None
    return report, outcome
