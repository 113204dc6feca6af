"""Faults of AWS that moto does not have, put into a client between its requests and moto.

    faults = Faults(client, [("PutObject", refused("ConditionalRequestConflict", 409))])

Each planned fault is met once, by the next request of its operation; `seen` lists all requests.

    refused(code, status)    an answer with that code; nothing was done
    cancelled(*reasons)      a transaction that was cancelled for these reasons, one per item
    SILENT                   the request is lost: no answer, nothing was done
    LOST                     the request is served, its answer is lost
    a function               is called with (request, serve) and returns the answer
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError
from moto.core.models import botocore_stubber

from rekap.portal.store.aws.patience import Patience

Serve: TypeAlias = Callable[[Any], AWSResponse]
Fault: TypeAlias = Callable[[Any, Serve], AWSResponse]


def refused(code: str, status: int = 400) -> Fault:
    def answer(request: Any, _serve: Serve) -> AWSResponse:
        if ".s3." in request.url:
            xml = f"<Error><Code>{code}</Code><Message>injected</Message></Error>"
            return made(request, status, xml.encode())
        return made(request, status, json.dumps({"__type": code, "message": "injected"}).encode())

    return answer


def cancelled(*reasons: str) -> Fault:
    def answer(request: Any, _serve: Serve) -> AWSResponse:
        told = {
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "message": f"Transaction cancelled [{', '.join(reasons)}]",
            "CancellationReasons": [{"Code": code, "Message": "injected"} for code in reasons],
        }
        return made(request, 400, json.dumps(told).encode())

    return answer


def SILENT(request: Any, _serve: Serve) -> AWSResponse:
    raise ReadTimeoutError(endpoint_url=request.url)


def LOST(request: Any, serve: Serve) -> AWSResponse:
    assert serve(request).status_code < 400
    raise ReadTimeoutError(endpoint_url=request.url)


def made(request: Any, status: int, body: bytes, headers: dict[str, str] | None = None) -> Any:
    """Return an answer with these bytes."""
    answer = AWSResponse(request.url, status, headers or {}, None)
    answer._content = body
    return answer


@dataclass
class Faults:
    """What the next requests of a client meet, until `stop`.

    `each` is asked about a request that nothing is planned for.
    """

    client: Any
    plan: list[tuple[str, Fault]] = field(default_factory=list)
    each: Callable[[str, Any], Fault | None] = lambda _operation, _request: None
    seen: list[tuple[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take moto's place: botocore asks everybody who listens, so moto would serve as well."""
        self.client.meta.events.unregister("before-send", botocore_stubber)
        self.client.meta.events.register("before-send", self._meet)

    def stop(self) -> None:
        self.client.meta.events.unregister("before-send", self._meet)
        self.client.meta.events.register("before-send", botocore_stubber)

    def bodies(self, operation: str) -> list[dict[str, Any]]:
        """Return the JSON bodies of the requests of an operation."""
        return [json.loads(request.body) for name, request in self.seen if name == operation]

    def count(self, operation: str) -> int:
        return sum(name == operation for name, _ in self.seen)

    def _meet(self, event_name: str, request: Any, **kwargs: Any) -> AWSResponse:
        operation = event_name.rsplit(".", 1)[1]
        self.seen.append((operation, request))

        def serve(asked: Any) -> AWSResponse:
            answer: Any = botocore_stubber(event_name, asked, **kwargs)
            return answer

        for at, (name, fault) in enumerate(self.plan):
            if name == operation:
                del self.plan[at]
                return fault(request, serve)
        other = self.each(operation, request)
        return serve(request) if other is None else other(request, serve)


@dataclass
class Pauses:
    """A patience that does not wait: it notes how long it would have."""

    seconds: list[float] = field(default_factory=list)
    attempts: int = 4

    def patience(self) -> Patience:
        return Patience(self.seconds.append, lambda: 0.5, attempts=self.attempts)
