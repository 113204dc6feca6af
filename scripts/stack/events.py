"""Events as Lambda gets them: function URL (payload format 2.0), SQS, EventBridge Scheduler."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

ACCOUNT = "000000000000"
REGION = "local"
_DEFAULT = "$default"
_TEXT = re.compile(
    r"text/.*|application/(?:json|javascript|xml|x-www-form-urlencoded)|.*\+(?:json|xml)"
)


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request: header names in lower case, the body's exact bytes."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    address: str


def http(request: Request) -> dict[str, Any]:
    """Return the event of a request to a function's own address."""
    now = datetime.now(UTC)
    path = unquote(request.path)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": _DEFAULT,
        "rawPath": path,
        "rawQueryString": request.query,
        "headers": dict(request.headers),
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": request.headers.get("host", "localhost"),
            "domainPrefix": "local",
            "http": {
                "method": request.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.address,
                "userAgent": request.headers.get("user-agent", ""),
            },
            "requestId": uuid.uuid4().hex[:16],
            "routeKey": _DEFAULT,
            "stage": _DEFAULT,
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now.timestamp() * 1000),
        },
        "isBase64Encoded": False,
    }
    if request.query:
        values: dict[str, str] = {}
        for name, value in parse_qsl(request.query, keep_blank_values=True):
            values[name] = f"{values[name]},{value}" if name in values else value
        event["queryStringParameters"] = values
    if request.body:
        event["body"], event["isBase64Encoded"] = _body(request)
    return event


def _body(request: Request) -> tuple[str, bool]:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if _TEXT.fullmatch(kind):
        try:
            return request.body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(request.body).decode(), True


def queue(name: str, messages: Mapping[str, int]) -> dict[str, Any]:
    """Return the event of messages (id -> times received before) of a queue; bells are empty."""
    now = str(int(time.time() * 1000))
    body = "{}"
    return {
        "Records": [
            {
                "messageId": message,
                "receiptHandle": message,
                "body": body,
                "attributes": {
                    "ApproximateReceiveCount": str(received + 1),
                    "SentTimestamp": now,
                    "SenderId": ACCOUNT,
                    "ApproximateFirstReceiveTimestamp": now,
                },
                "messageAttributes": {},
                "md5OfBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}",
                "awsRegion": REGION,
            }
            for message, received in messages.items()
        ]
    }


def schedule(name: str, own: str = "") -> dict[str, Any]:
    """Return the event of one tick of a schedule: its own, given in JSON, or the usual one."""
    if own:
        event: dict[str, Any] = json.loads(own)
        return event
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": ACCOUNT,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{name}"],
        "detail": {},
    }
