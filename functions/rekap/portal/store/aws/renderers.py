"""Tasks of pages as messages of a standard queue, ten to a call; the queue wakes renderers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rekap.portal.publishing.tasks import Task
from rekap.portal.store.aws.patience import Unavailable

_AT_ONCE: Final = 10


class QueueRenderers:
    """Sends tasks to the queue at `url`; an address that is none is a RuntimeError."""

    def __init__(self, client: Any, url: str) -> None:
        if not url.startswith(("https://", "http://")):
            raise RuntimeError(f"the queue 'render' has no address: {url!r}")
        self._client = client
        self._url = url

    def send(self, tasks: Sequence[Task]) -> None:
        """Send all tasks; Unavailable, or the client's error, if one may be lost."""
        for at in range(0, len(tasks), _AT_ONCE):
            entries = [
                {"Id": str(number), "MessageBody": task.encode().decode()}
                for number, task in enumerate(tasks[at : at + _AT_ONCE])
            ]
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            if failed := answer.get("Failed"):
                codes = ", ".join(sorted({one["Code"] for one in failed}))
                raise Unavailable(f"{len(failed)} tasks were not taken: {codes}")
