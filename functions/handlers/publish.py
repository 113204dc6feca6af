"""Bring the site up to the published checkpoint: fold new entries, render what they touch.

Woken by the bell and every minute. A call ends before Lambda kills it, and the next one goes on
where it stopped. A contradiction, or a log that names another release, stops
publishing only: the call fails, what is published stays, and statements are still taken.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from handlers import access, backlog, journal, publisher, wiring
from rekap.core.errors import Conflict, Corrupt
from rekap.core.log.ports import CHECKPOINT
from rekap.core.pages import pages
from rekap.core.pages.look import verifier
from rekap.portal.publishing.run import Outcome


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Do one run of the environment's portal."""
    return respond(event, wiring.portal("publish"), context)


def respond(event: dict[str, Any], portal: access.Portal, context: Any = None) -> dict[str, Any]:
    """Do one run; a faster writer's success gives the messages back to their queue."""
    objects = access.present(portal.objects, "REKAP_PUBLIC_BUCKET")
    access.present(portal.register, "REKAP_REGISTER_TABLE")
    behind = partial(backlog.of_publish, portal)
    with journal.call(portal, "publish", event, context, behind) as call:
        if objects.get(CHECKPOINT) is None:
            call.says(outcome="empty")
            return {"batchItemFailures": []}
        try:
            done: Outcome = publisher.of(portal).run(portal.clock(), publisher.left(context))
        except Conflict:
            call.says(outcome="conflict")
            call.measures({"Conflicts": 1})
            return journal.failed(event)
        except Corrupt as error:
            call.says(outcome="corrupt", reason=str(error))
            raise
        if done.shown and portal.retire is not None:
            portal.retire("aset", verifier.files(pages.templates_folder()))
        call.says(outcome="done", size=done.size, folded=done.folded, pages=done.pages)
        call.measures({"Size": done.size, "Pages": done.pages, "Conflicts": 0})
        return {"batchItemFailures": []}


wiring.prepare("publish")
