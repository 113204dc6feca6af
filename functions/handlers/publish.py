"""Bring the site up to the published checkpoint: fold new entries, render what they touch.

Woken by its queue, where sequence and the clock ring: the queue is in order, so one call runs at a
time; what is killed lets go of its bell within seconds. A call ends before Lambda kills it, rings
again if work is left, and the next one goes on where it stopped. A contradiction, or a log that
names another release, stops publishing only: what is published stays, and statements are still
taken.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from handlers import access, backlog, journal, publisher, wiring
from rekap.core.errors import Corrupt
from rekap.core.log.ports import CHECKPOINT
from rekap.core.pages import pages
from rekap.portal.publishing.run import Outcome


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Do one run of the environment's portal."""
    portal = wiring.portal("publish")
    return journal.answered(lambda: respond(event, portal, context))


def respond(event: dict[str, Any], portal: access.Portal, context: Any = None) -> dict[str, Any]:
    """Do one run. Raises Conflict if a faster writer was met, Corrupt for a contradiction."""
    objects = access.present(portal.objects, "REKAP_PUBLIC_BUCKET")
    access.present(portal.register, "REKAP_REGISTER_TABLE")
    behind = partial(backlog.of_publish, portal)
    with (
        publisher.held(portal, "publish", event),
        journal.call(portal, "publish", event, context, behind) as call,
    ):
        if objects.get(CHECKPOINT) is None:
            call.says(outcome="empty")
            return {}
        try:
            done: Outcome = publisher.of(portal).run(portal.clock(), publisher.left(context))
        except Corrupt as error:
            call.says(outcome="corrupt", reason=str(error))
            raise
        if done.cut and portal.bell is not None:
            portal.bell.ring("publish")
        if done.shown and portal.retire is not None:
            portal.retire("aset", pages.assets())
        call.says(outcome="done", size=done.size, folded=done.folded, pages=done.pages)
        call.measures({"Size": done.size, "Pages": done.pages})
        return {}


wiring.prepare("publish")
