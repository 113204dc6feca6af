"""A message is hidden while a call works on it, a few seconds at a time.

A queue hides what it gives away for longer than a call may take: Lambda refuses a shorter time. A
call that is killed would keep its message so long, and a queue in order all that is behind it. So
a call hides its messages for seconds only, says again and again that it lives, and what is killed
falls silent. A thread that is late lets the next call begin beside this one: it costs, and writes
the same bytes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from rekap.portal.store.aws.patience import error_code

HELD_S: Final = 15
"""Seconds for which a message is hidden after the last word of a call."""
BEAT_S: Final = 5.0
"""Between two words: two may be lost."""
FAILED_S: Final = 90
"""After so many seconds what failed comes again."""


class QueueHold:
    """Holds messages of the queues of functions, at most ten that came together.

    Nothing raises for what the service answers: then the queue's own time counts. `lost` is told
    the queue and the code each time.
    """

    def __init__(
        self,
        client: Any,
        urls: Mapping[str, str],
        *,
        lost: Callable[[str, str], object],
        beat_s: float = BEAT_S,
    ) -> None:
        self._client = client
        self._urls = dict(urls)
        self._lost = lost
        self._beat_s = beat_s

    def begin(self, queue: str, handles: Sequence[str]) -> AbstractContextManager[None]:
        """Hide messages from now on, and until the block is left; not at all if there are none."""
        return _Held(lambda seconds: self._hide(queue, handles, seconds), self._beat_s)

    def _hide(self, queue: str, handles: Sequence[str], seconds: int) -> None:
        entries = [
            {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": seconds}
            for number, handle in enumerate(handles)
        ]
        try:
            answer = self._client.change_message_visibility_batch(
                QueueUrl=self._urls[queue], Entries=entries
            )
        except (ClientError, BotoCoreError) as error:
            self._lost(queue, error_code(error) or type(error).__name__)
            return
        for code in sorted({one["Code"] for one in answer.get("Failed", [])}):
            self._lost(queue, code)


class _Held(AbstractContextManager[None]):
    """What is hidden from when it is made; a thread hides it again while the block lasts."""

    def __init__(self, hide: Callable[[int], None], beat_s: float) -> None:
        self._hide = hide
        self._beat_s = beat_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)
        hide(HELD_S)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        if kind is not None:
            self._hide(FAILED_S)

    def _beat(self) -> None:
        while not self._ended.wait(self._beat_s):
            self._hide(HELD_S)
