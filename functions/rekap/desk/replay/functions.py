"""The portal's functions, called in process with the events that they get in the cloud.

Every event and every answer goes through JSON, so nothing passes that a network would not carry.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from rekap.core.errors import RekapError
from rekap.core.statements import attachments, pictures

Event: TypeAlias = dict[str, Any]
Respond: TypeAlias = Callable[[Event, Any], Event]

REPORTED = 20
"""Findings of a refusal that are printed; a replay stops at the first refusal."""


class Refused(RekapError):
    """The portal did not take a statement of the replay; `answer` is its problem document."""

    def __init__(self, status: int, answer: Any) -> None:
        errors = answer.get("errors", ()) if isinstance(answer, dict) else ()
        said = "; ".join(f"{e.get('code')} {e.get('field')}: {e.get('en')}" for e in errors)
        super().__init__(f"status {status}: {said or answer}")
        self.status = status
        self.answer = answer
        self.errors = tuple(errors)[:REPORTED]


@dataclass(slots=True)
class Functions:
    """`submit`, `sequence`, `publish` of one portal; counts the calls of each."""

    portal: Any
    submit_respond: Respond
    sequence_respond: Respond
    publish_respond: Respond
    submits: int = 0
    sequences: int = 0
    publishes: int = 0
    minutes: int = 0

    def submit(self, envelope: bytes, *, insist: bool = False) -> str:
        """Upload one statement and return its receipt; `insist` takes a form beside another.

        Raises:
            Refused: any answer but 201: in a replay nothing is known before it is sent.
        """
        self.submits += 1
        answer = _call(
            self.submit_respond, _upload(envelope, self.submits, insist=insist), self.portal
        )
        body = json.loads(answer["body"])
        if answer["statusCode"] != 201:
            raise Refused(answer["statusCode"], body)
        return str(body["receipt"])

    def hand_in(self, path: str, data: bytes) -> None:
        """Hand in words or a picture that a statement in the log names.

        Raises:
            Refused: the portal did not take it.
        """
        door, kind = next(_DOORS[folder] for folder in _DOORS if path.startswith(folder))
        answer = _call(self.submit_respond, _upload(data, self.submits, door, kind), self.portal)
        if answer["statusCode"] not in (200, 201):
            raise Refused(answer["statusCode"], json.loads(answer["body"]))

    def sequence(self) -> None:
        """Let the waiting statements be ordered and a checkpoint be signed."""
        self.sequences += 1
        _woken(self.sequence_respond, "sequence", self.sequences, self.portal)

    def publish(self) -> None:
        """Let the new entries be folded and their pages be written."""
        self.publishes += 1
        _woken(self.publish_respond, "publish", self.publishes, self.portal)

    def publish_by_the_minute(self) -> None:
        """Let the minute run do what waits for a quiet log: bulk data."""
        self.minutes += 1
        event = {
            "version": "0",
            "id": f"minute-{self.minutes}",
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "resources": ["arn:aws:events:local:000000000000:rule/every-minute"],
            "detail": {},
        }
        _run(self.publish_respond, event, self.portal)


_DOORS = {
    attachments.FOLDER: ("/v1/attachments", "application/json"),
    pictures.FOLDER: ("/v1/pictures", "image/jpeg"),
}
"""Where a file of a folder is handed in, and as what."""


def _upload(
    data: bytes, number: int, door: str = "/v1/statements", kind: str = "application/json",
    *, insist: bool = False,
) -> Event:  # fmt: skip
    """The event of a function's own address, payload format 2.0, with a binary body."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": door,
        "rawQueryString": "insist=1" if insist else "",
        **({"queryStringParameters": {"insist": "1"}} if insist else {}),
        "headers": {"content-type": kind, "content-length": str(len(data))},
        "requestContext": {
            "requestId": f"submit-{number}",
            "stage": "$default",
            "http": {"method": "POST", "path": door, "protocol": "HTTP/1.1"},
        },
        "body": base64.b64encode(data).decode("ascii"),
        "isBase64Encoded": True,
    }


def _run(respond: Respond, event: Event, portal: Any) -> None:
    """Run a function that looks for work itself; whatever it raises is an error of the replay."""
    _call(respond, event, portal)


def _woken(respond: Respond, queue: str, number: int, portal: Any) -> None:
    """Send the queue event of one bell."""
    event = {
        "Records": [
            {
                "messageId": f"{queue}-{number}",
                "receiptHandle": f"{queue}-{number}",
                "body": "{}",
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:local:000000000000:{queue}",
                "awsRegion": "local",
            }
        ]
    }
    _run(respond, event, portal)


def _call(respond: Respond, event: Event, portal: Any) -> Event:
    answer: Event = json.loads(json.dumps(respond(json.loads(json.dumps(event)), portal)))
    return answer
