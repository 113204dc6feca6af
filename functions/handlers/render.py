"""Write pages that `publish` has sent: a task in each message, ranges of at most 64 pages.

Woken by a queue without order, many at a time. What is written rings `publish`, which counts it;
what the time of a call leaves of a task is sent as another one. A task of another release, or of
other code, falls: around a deployment that is as it should be, and an alarm tells if it goes on. A
task that fails, or finds no function free, is brought again by the queue; from the third time on
it is written a page a call: the one that killed it has the whole time of a call. What comes five
times in vain lies with the dead letters, and begins with the page that is to blame: the claim waits
for it, and an alarm tells.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from handlers import access, journal, publisher, wiring
from rekap.portal.publishing.rendering import Foreign, Renderer
from rekap.portal.publishing.tasks import Task

SINGLE: Final = 3
"""When a task comes for the so manieth time, its pages are written one a call."""


@lru_cache(maxsize=2)
def of(portal: access.Portal) -> Renderer:
    """Return the renderer of a portal; it keeps decoded nodes, which never change."""
    objects = access.present(portal.objects, "REKAP_PUBLIC_BUCKET")
    return Renderer(objects, release=portal.renders(), each=portal.each)


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Write the tasks of an event; an error gives its messages back."""
    portal = wiring.portal("render")
    for record in event["Records"]:
        respond(record, portal, context)
    return {}


def respond(record: dict[str, Any], portal: access.Portal, context: Any = None) -> dict[str, Any]:
    """Write one task, unless other code cut it. Raises Malformed for what is none."""
    bell = access.present(portal.bell, "REKAP_QUEUES")
    renderers = access.present(portal.renderers, "REKAP_QUEUES")
    event = {"Records": [record]}
    with (
        publisher.held(portal, "render", event),
        journal.call(portal, "render", event, context) as call,
    ):
        task = Task.parse(record["body"].encode())
        after = task.after if task.written is None else task.written
        call.says(release=task.release, size=task.to.size, after=after, until=task.until)
        again = int(record.get("attributes", {}).get("ApproximateReceiveCount", 1)) >= SINGLE
        try:
            rest = of(portal).render(task, publisher.left(context), again=again)
        except Foreign:
            call.says(outcome="foreign")
            call.measures({"Foreign": 1})
            return {}
        if rest is None:
            bell.ring("publish")
        else:
            renderers.send([rest])
        call.says(outcome="done" if rest is None else "cut")
        return {}


wiring.prepare("render")
