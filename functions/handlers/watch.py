"""Look at the public site from outside, believe nothing, and raise the alarm.

Every minute a glance: two files, and proofs of what is new. With {"whole": true} the audit of
`rekap verify` too. What is refuted is a metric and a log line, and the call succeeds: trying again
would change nothing. So does it when the site cannot be read: that is an alarm if it stays so until
the next glance, or for three audits. A glance also asks the host that takes statements for one that
is not there. That a sample of pages was looked at, by the log's key alone, is
what an audit of ours always is. Nothing is written anywhere.
"""

from __future__ import annotations

import time
from typing import Any, Final

from handlers import access, journal, outlook, wiring

NAMED: Final = 20
"""Findings of one call that its log line names; all are counted."""
_MARGIN_S: Final = 10.0


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Do one run of the environment's watch."""
    return respond(event, wiring.outside("watch"), context)


def respond(event: dict[str, Any], outside: access.Outside, context: Any = None) -> dict[str, Any]:
    """Look, and say what is wrong."""
    left = context.get_remaining_time_in_millis() / 1000 - _MARGIN_S if context else 60.0
    with journal.call(outside, "watch", event, context) as call:
        whole = event.get("whole") is True
        sight = outlook.see(outside, time.monotonic() + left, whole=whole)
        call.says(outcome=sight.outcome, whole=whole, size=sight.size, lag=sight.lag)
        for name, places in (("findings", sight.wrong), ("undecided", sight.doubts)):
            if places:
                call.says(**{name: places[:NAMED], f"all_{name}": len(places)})
        call.measures({"Runs": 1, "Findings": len(sight.wrong)})
        if whole:
            call.measures({"AuditsDone": not sight.doubts})
        else:
            call.measures({"Undecided": bool(sight.doubts)})
            if outside.gate:
                call.measures({"GateDown": not outlook.gate_answers(outside.gate)})
        if sight.lag is not None:
            call.measures({"Lag": sight.lag})
        if sight.late is not None:
            call.measures({"Late": sight.late})
    return {}


wiring.prepare("watch", wiring.outside)
