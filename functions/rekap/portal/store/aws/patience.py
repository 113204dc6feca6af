"""How often and how long we wait for a service that is busy, and what we say when it stays so.

The client libraries repeat a call a few times themselves (see `clients`). Here is what they do not
repeat: a write that met another one at the same item. Pauses grow twofold and are drawn at random
below that, so that two who met do not meet again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, IncompleteReadError
from botocore.exceptions import ConnectionError as NoConnection
from pynamodb.exceptions import PynamoDBException, TransactWriteError

from rekap.core.errors import Conflict

Result = TypeVar("Result")

_CONDITION: Final = ("ConditionalCheckFailed", "ConditionalCheckFailedException")
_SILENCE: Final = (NoConnection, HTTPClientError, IncompleteReadError)
_FAILED: Final = (500, 502, 503, 504)
"""Statuses of a service that failed, or of a balancer before it, which knows no code of it."""
_MET: Final = frozenset({"TransactionConflict", "TransactionConflictException"})
_BUSY: Final = frozenset({
    "LimitExceededException", "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled",
    "RequestTimeout", "ThrottledException", "Throttling", "ThrottlingError", "ThrottlingException",
    "TooManyRequestsException", "TransactionInProgressException",
})  # fmt: skip


class Unavailable(Exception):
    """A service was busy or silent until our attempts were used up.

    What was asked may have happened or not: whoever asks again must read first, or ask with a
    condition, as every write here does.
    """


class Met(Exception):
    """A write did nothing because another one was under way, and may be repeated."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Bounded repetition. `jitter` gives numbers from 0 up to 1; `sleep` takes seconds."""

    sleep: Callable[[float], None]
    jitter: Callable[[], float]
    attempts: int = 8
    first_s: float = 0.05
    longest_s: float = 1.0

    def tries(self, what: str, at_last: type[Exception] = Unavailable) -> Iterator[int]:
        """Yield the number of each attempt, pausing in between; then raise `at_last`."""
        for attempt in range(self.attempts):
            if attempt:
                self.sleep(self.jitter() * min(self.longest_s, self.first_s * 2.0**attempt))
            yield attempt
        raise at_last(f"{what}: others were faster {self.attempts} times")

    def insist(
        self, what: str, act: Callable[[], Result], at_last: type[Exception] = Unavailable
    ) -> Result:
        """Return what `act` returns, repeating it while it raises Met; then raise `at_last`."""
        tries = self.tries(what, at_last)
        while True:
            next(tries)
            try:
                return act()
            except Met:
                continue


def _fraction() -> float:
    return int.from_bytes(os.urandom(2), "big") / 65_536


PATIENT: Final = Patience(time.sleep, _fraction)
"""At most eight attempts and five seconds of pauses in all."""


@contextmanager
def asking(what: str) -> Iterator[None]:
    """Name the reaction that an error of a service asks for; `what` says what was asked.

    Raises:
        Conflict: a condition did not hold.
        Met: the write did nothing because another one was under way, or the service was busy
            with a part of a transaction: the client repeats neither.
        Unavailable: the service is busy or silent.
        RuntimeError: everything else is a mistake in the deployment or in our code: a missing
            table, a disabled key, a right that the role does not have. It names the code.
    """
    try:
        yield
    except (ClientError, BotoCoreError, PynamoDBException) as error:
        codes = _codes(error)
        names = ", ".join(sorted(codes))
        if codes.intersection(_CONDITION):
            raise Conflict(f"{what}: the condition did not hold") from error
        cancelled = error_code(error) == "TransactionCanceledException"
        if codes and codes <= (_MET | _BUSY if cancelled else _MET):
            raise Met(f"{what}: {names}") from error
        busy = (codes and codes <= _MET | _BUSY) or _status(error) in _FAILED
        if busy or isinstance(_cause(error), _SILENCE):
            raise Unavailable(f"{what}: {names or _cause(error)}") from error
        raise RuntimeError(f"{what}: {_cause(error)}") from error


def error_code(error: BaseException) -> str:
    """Return the service's own code of an error, "" if the service gave none."""
    return str(_response(_cause(error)).get("Error", {}).get("Code", ""))


def _status(error: BaseException) -> int | None:
    """Return the HTTP status of an error, which the mapper leaves in the one below its own."""
    cause = _cause(error)
    said = {**_response(cause.__cause__), **_response(cause)}
    status: int | None = said.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return status


def _response(error: BaseException | None) -> dict[str, Any]:
    return getattr(error, "response", None) or {}


def _codes(error: BaseException) -> frozenset[str]:
    """Return the codes of an error; of a cancelled transaction, those of its reasons.

    The reasons come in the order condition checks, deletes, puts, updates and not in that of our
    calls, so nothing here depends on their places.
    """
    if isinstance(error, TransactWriteError):
        reasons = frozenset(reason.code for reason in error.cancellation_reasons if reason)
        if reasons:
            return reasons
    code = error_code(error)
    return frozenset({code}) if code else frozenset()


def _cause(error: BaseException) -> BaseException:
    """Return the client's own error below the one of the mapper."""
    if isinstance(error, PynamoDBException) and error.cause is not None:
        return error.cause
    return error
