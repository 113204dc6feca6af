"""Bring the site up to the published checkpoint: fold new entries, render what they touch.

Woken by the bell and every minute. A call ends before Lambda kills it, and the next one goes on
where it stopped. A contradiction, or a log that names another release, stops
publishing only: the call fails, what is published stays, and statements are still taken.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any

from handlers import access, backlog, entry_zero, journal, wiring
from rekap.core.errors import Conflict, Corrupt
from rekap.core.log.ports import CHECKPOINT, LogFiles
from rekap.core.pages import pages, release
from rekap.core.pages.look import verifier
from rekap.portal.publishing.budget import Left, endless
from rekap.portal.publishing.run import Outcome, Publisher


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
            done: Outcome = _publisher(portal).run(portal.clock(), _left(context))
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


def fold(event: dict[str, Any], portal: access.Portal, context: Any = None) -> dict[str, Any]:
    """Take new entries into the state and the register, and write no page."""
    with journal.call(portal, "fold", event, context) as call:
        size, folded = _publisher(portal).fold(_left(context))
        call.says(outcome="done", size=size, folded=folded)
        return {"batchItemFailures": []}


def _left(context: Any) -> Left:
    """Return what gives the seconds until this call is killed; on one machine nobody kills it."""
    if context is None:
        return endless
    return lambda: context.get_remaining_time_in_millis() / 1000


@lru_cache(maxsize=2)
def _publisher(portal: access.Portal) -> Publisher:
    """Return the publisher of a portal; it keeps decoded nodes, which never change."""
    objects = access.present(portal.objects, "REKAP_PUBLIC_BUCKET")
    register = access.present(portal.register, "REKAP_REGISTER_TABLE")
    own = portal.settings.release or release.current()
    key = entry_zero.log_key(LogFiles(objects))
    return Publisher(
        objects, register, log_key=key, release=own, each=portal.each, pool=portal.pool,
    )  # fmt: skip


wiring.prepare("publish")
