"""How far a function is behind, for its metrics: a constant number of reads, whatever waits."""

from __future__ import annotations

import json
from typing import Final

from handlers.access import Portal, present
from rekap.core.log.checkpoint import parse
from rekap.core.log.ports import CHECKPOINT, Objects
from rekap.core.signing.note import Note

_SITE: Final = "site.json"


def of_sequence(portal: Portal) -> dict[str, float]:
    """Return the age of the oldest record without a place, and of the oldest place unpublished.

    In seconds, 0 if there is none. Two reads when all is published, else four, and one query.
    """
    now = portal.clock()
    records = present(portal.records, "REKAP_RECORDS_TABLE")
    waiting, unpublished = records.oldest_pending(), _unpublished_since(portal)
    return {
        "PendingAge": 0 if waiting is None else max(0, now - waiting),
        "CheckpointAge": 0 if unpublished is None else max(0, now - unpublished),
    }


def of_publish(portal: Portal) -> dict[str, float]:
    """Return how many entries of the published checkpoint the site does not show; two reads."""
    objects = present(portal.objects, "REKAP_PUBLIC_BUCKET")
    site = objects.get(_SITE)
    shown = json.loads(site.data)["size"] if site else 0
    return {"Lag": max(0, _published(objects) - shown)}


def _published(objects: Objects) -> int:
    stored = objects.get(CHECKPOINT)
    return parse(Note.parse(stored.data).text).size if stored else 0


def _unpublished_since(portal: Portal) -> int | None:
    """Return when the first entry after the checkpoint was received: it begins a batch."""
    order = present(portal.order, "REKAP_ORDER_TABLE")
    size = _published(present(portal.objects, "REKAP_PUBLIC_BUCKET"))
    if size >= order.head().next:
        return None
    record = present(portal.records, "REKAP_RECORDS_TABLE").read(order.batch(size)[0])
    return None if record is None else record.received_at
