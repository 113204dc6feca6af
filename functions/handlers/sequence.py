"""Give waiting records their place, derive the log's files, sign and publish the checkpoint.

Woken by the bell and every minute. An event carries no work: every run looks itself, so a run
that fails gives all its messages back, and one that succeeds none.
"""

from __future__ import annotations

from typing import Any

from handlers import backlog, journal, wiring, witnesses
from rekap.errors import Conflict, Corrupt
from rekap.log import sequencer
from rekap.log.witness import Witnesses


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Do one run of the environment's portal."""
    return respond(event, wiring.portal("sequence"), context)


def respond(event: dict[str, Any], portal: wiring.Portal, context: Any = None) -> dict[str, Any]:
    """Do one run. A store that contradicts itself closes intake, and the call fails."""
    signer = wiring.present(portal.log_signer, "REKAP_KEYS")
    with journal.call(
        portal, "sequence", event, context, lambda: backlog.of_sequence(portal)
    ) as call:
        try:
            policy = witnesses.policy(portal)
            settings = sequencer.Settings(portal.settings.origin, policy=policy)
            done = sequencer.run(
                _ports(portal, witnesses.carrier(portal, policy)), signer, settings
            )
        except Conflict:
            call.says(outcome="conflict")
            call.measures({"Conflicts": 1})
            return journal.failed(event)
        except Corrupt as error:
            call.says(outcome="corrupt", reason=str(error))
            wiring.present(portal.guard, "REKAP_RECORDS_TABLE").stop(str(error))
            raise
        call.says(
            outcome="done", size=done.size, entries=done.entries, **witnesses.said(done.asked)
        )
        call.measures({"Entries": done.entries, "Size": done.size, "Conflicts": 0})
        call.measures(witnesses.counted(policy, done.asked))
        return {"batchItemFailures": []}


def _ports(portal: wiring.Portal, asked: Witnesses | None) -> sequencer.Ports:
    return sequencer.Ports(
        wiring.present(portal.records, "REKAP_RECORDS_TABLE"),
        wiring.present(portal.order, "REKAP_ORDER_TABLE"),
        wiring.present(portal.objects, "REKAP_PUBLIC_BUCKET"),
        wiring.present(portal.bell, "REKAP_QUEUES"),
        asked,
    )


wiring.prepare("sequence")
