"""The publisher of a portal, how long a call may use it, what wakes it, and its fold alone."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import Any

from handlers import access, entry_zero, journal
from rekap.core.log.ports import LogFiles
from rekap.portal.publishing.budget import Left, endless
from rekap.portal.publishing.run import Publisher


@lru_cache(maxsize=2)
def of(portal: access.Portal) -> Publisher:
    """Return the publisher of a portal; it keeps decoded nodes, which never change."""
    objects = access.present(portal.objects, "REKAP_PUBLIC_BUCKET")
    register = access.present(portal.register, "REKAP_REGISTER_TABLE")
    key = entry_zero.log_key(LogFiles(objects))
    return Publisher(
        objects, register, log_key=key, release=portal.renders(), each=portal.each,
        pool=portal.pool, renderers=portal.renderers,
    )  # fmt: skip


def left(context: Any) -> Left:
    """Return what gives the seconds until a call is killed; on one machine nobody kills it."""
    if context is None:
        return endless
    return lambda: context.get_remaining_time_in_millis() / 1000


def held(
    portal: access.Portal, queue: str, event: Mapping[str, Any]
) -> AbstractContextManager[None]:
    """Keep the messages of an event from other calls of this function, while a block lasts."""
    handles = [one["receiptHandle"] for one in event.get("Records", ()) if "receiptHandle" in one]
    return portal.hold.begin(queue, handles) if portal.hold and handles else nullcontext()


def fold(event: dict[str, Any], portal: access.Portal, context: Any = None) -> dict[str, Any]:
    """Take new entries into the state and the register, and write no page."""
    with journal.call(portal, "fold", event, context) as call:
        size, folded = of(portal).fold(left(context))
        call.says(outcome="done", size=size, folded=folded)
        return {}
