"""Bells as messages: a queue wakes the next function, once, twice or never.

A message carries nothing. Its loss costs at most a minute: each function looks every minute anyway.
A queue in order (its address ends with .fifo) has one group, so that one call at a time is woken,
and each ring there is a message of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rekap.portal.store.aws.patience import error_code


def _nobody(_queue: str, _reason: str) -> None:
    """Tell nobody."""


class QueueBell:
    """Sends a message to the queue of a function; a queue without an address is nobody's.

    `ring` never raises for what the service answers, not even for a right or a queue that is
    missing: the caller has done its work and the receipt must go out. `lost` is told the queue and
    the code each time. `fresh` gives a name that no ring had before, at most 128 ASCII letters.
    An address that is none is a RuntimeError when the bell is made.
    """

    def __init__(
        self,
        client: Any,
        urls: Mapping[str, str],
        *,
        fresh: Callable[[], str],
        lost: Callable[[str, str], object] = _nobody,
    ) -> None:
        for queue, url in urls.items():
            if not url.startswith(("https://", "http://")):
                raise RuntimeError(f"the queue {queue!r} has no address: {url!r}")
        self._client = client
        self._urls = dict(urls)
        self._fresh = fresh
        self._lost = lost

    def ring(self, queue: str) -> None:
        """Send one message, or report that it is lost."""
        url = self._urls.get(queue)
        if url is None:
            return
        order = {}
        if url.endswith(".fifo"):
            order = {"MessageGroupId": queue, "MessageDeduplicationId": self._fresh()}
        try:
            self._client.send_message(QueueUrl=url, MessageBody=queue, **order)
        except (ClientError, BotoCoreError) as error:
            self._lost(queue, error_code(error) or type(error).__name__)
