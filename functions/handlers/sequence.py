"""Give waiting records their place, derive the log's files, sign and publish the checkpoint.

Woken by the bell and every minute. An event carries no work: every run looks itself.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from handlers import access, backlog, journal, wiring, witnesses
from rekap.core.errors import Corrupt
from rekap.core.log import status
from rekap.core.log.policy import Policy
from rekap.portal.sequencing import sequencer


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Do one run of the environment's portal."""
    portal = wiring.portal("sequence")
    return journal.answered(lambda: respond(event, portal, context))


def respond(event: dict[str, Any], portal: access.Portal, context: Any = None) -> dict[str, Any]:
    """Do one run. Raises Corrupt, said in public too, or Conflict if a faster writer was met."""
    signer = access.present(portal.log_signer, "REKAP_KEYS")
    objects = access.present(portal.objects, "REKAP_PUBLIC_BUCKET")
    behind = partial(backlog.of_sequence, portal)
    with journal.call(portal, "sequence", event, context, behind) as call:
        try:
            policy = witnesses.policy(portal)
            settings = sequencer.Settings(portal.settings.origin, policy=policy)
            done = sequencer.run(_ports(portal, policy), signer, settings)
        except Corrupt as error:
            call.says(outcome="corrupt", reason=str(error))
            access.present(portal.guard, "REKAP_RECORDS_TABLE").stop(str(error))
            status.tell_stopped(objects, portal.settings.origin, str(error))
            raise
        status.tell_running(objects, portal.settings.origin)
        counted = {**witnesses.counted(policy, done.asked), "ClockDoubts": done.doubts}
        call.says(
            outcome="done", size=done.size, entries=done.entries, **witnesses.said(done.asked)
        )
        call.measures({"Entries": done.entries, "Size": done.size, **counted})
        return {}


def _ports(portal: access.Portal, policy: Policy) -> sequencer.Ports:
    return sequencer.Ports(
        access.present(portal.records, "REKAP_RECORDS_TABLE"),
        access.present(portal.order, "REKAP_ORDER_TABLE"),
        access.present(portal.objects, "REKAP_PUBLIC_BUCKET"),
        access.present(portal.bell, "REKAP_QUEUES"),
        witnesses.carrier(portal, policy),
        witnesses.pace(portal),
        portal.hours(),
    )


wiring.prepare("sequence")
