"""Give waiting records their place, derive the log's files, sign and publish the checkpoint.

Woken by the bell and every minute. An event carries no work: every run looks itself.
"""

from __future__ import annotations

from typing import Any

from handlers import journal, wiring
from rekap.errors import Conflict, Corrupt
from rekap.log import sequencer


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Do one run of the environment's portal."""
    return respond(event, wiring.portal())


def respond(event: dict[str, Any], portal: wiring.Portal) -> dict[str, Any]:
    """Do one run. A store that contradicts itself closes intake, and the call fails."""
    if portal.log_signer is None:
        raise RuntimeError("this function has no log key: set REKAP_KEYS")
    ports = sequencer.Ports(portal.records, portal.order, portal.objects, portal.bell)
    with journal.call(portal.journal, "sequence", event) as said:
        try:
            done = sequencer.run(
                ports, portal.log_signer, sequencer.Settings(portal.settings.origin)
            )
        except Conflict:
            said["outcome"] = "conflict"
            return journal.failed(event)
        except Corrupt as error:
            said |= {"outcome": "corrupt", "reason": str(error)}
            portal.guard.stop(str(error))
            raise
        said |= {"outcome": "done", "size": done.size, "entries": done.entries}
        return {"batchItemFailures": []}
