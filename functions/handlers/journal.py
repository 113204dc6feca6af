"""One JSON line when a call begins and one when it ends; a call without an end was killed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from handlers.wiring import Journal


@contextmanager
def call(journal: Journal, function: str, event: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Write both lines around a block; what the block puts into the dict stands in the second.

    Put identifiers, outcomes and counts there, never the content of a form.
    """
    began = time.perf_counter()
    names = {"function": function, "request": request_id(event)}
    journal({"event": "start", **names})
    said: dict[str, Any] = {"outcome": "error"}
    try:
        yield said
    except Exception as error:
        said["error"] = type(error).__name__
        raise
    finally:
        took = round((time.perf_counter() - began) * 1000, 1)
        journal({"event": "end", **names, **said, "ms": took})


def request_id(event: Mapping[str, Any]) -> str:
    """Return the id that the event's sender gave it: HTTP, queue or schedule."""
    context = event.get("requestContext")
    if isinstance(context, dict):
        return str(context.get("requestId", ""))
    records = event.get("Records")
    if isinstance(records, list) and records and isinstance(records[0], dict):
        return str(records[0].get("messageId", ""))
    return str(event.get("id", ""))


def failed(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer that gives every message of a queue event back to its queue."""
    records = event.get("Records", [])
    return {"batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in records]}
