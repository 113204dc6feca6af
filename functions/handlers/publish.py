"""Bring the site up to the published checkpoint: fold new entries, render what they touch.

Woken by the bell and every minute. A contradiction, or a log that names another release, stops
publishing only: the call fails, what is published stays, and statements are still taken.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from handlers import journal, wiring
from rekap.errors import Conflict, Corrupt
from rekap.log.ports import CHECKPOINT
from rekap.publish import release
from rekap.publish.run import Outcome, Publisher


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Do one run of the environment's portal."""
    return respond(event, wiring.portal())


def respond(event: dict[str, Any], portal: wiring.Portal) -> dict[str, Any]:
    """Do one run; a faster writer's success gives the messages back to their queue."""
    with journal.call(portal.journal, "publish", event) as said:
        if portal.objects.get(CHECKPOINT) is None:
            said["outcome"] = "empty"
            return {"batchItemFailures": []}
        try:
            done: Outcome = _publisher(portal).run(portal.clock())
        except Conflict:
            said["outcome"] = "conflict"
            return journal.failed(event)
        except Corrupt as error:
            said |= {"outcome": "corrupt", "reason": str(error)}
            raise
        said |= {"outcome": "done", "size": done.size, "folded": done.folded, "pages": done.pages}
        return {"batchItemFailures": []}


@lru_cache(maxsize=2)
def _publisher(portal: wiring.Portal) -> Publisher:
    """Return the publisher of a portal; it keeps decoded nodes, which never change."""
    return Publisher(
        portal.objects,
        portal.register,
        log_key=wiring.log_key(portal.objects),
        release=portal.settings.release or release.current(),
    )
