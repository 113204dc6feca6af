"""The function `submit` over ports in memory, and one strict way to say what it answered."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from tests.fakes import Clock, FakeBell, FakeObjects, FakeOrder, FakeRecords
from tests.portal.intake.world import World, signer

from handlers import submit
from handlers.access import Portal, Settings


class FakeGuard:
    """A guard that a test sets."""

    def __init__(self) -> None:
        self.because: str | None = None

    def reason(self) -> str | None:
        return self.because

    def stop(self, reason: str) -> None:
        self.because = self.because or reason


@dataclass(frozen=True)
class Answer:
    """What came back. `errors` are (code, field) in order."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def errors(self) -> list[tuple[str, str]]:
        return [(one["code"], one["field"]) for one in self.body.get("errors", [])]

    @property
    def codes(self) -> set[str]:
        return {code for code, _ in self.errors}


@dataclass
class Office:
    """A portal whose register is a world's state."""

    world: World
    records: Any = field(default_factory=FakeRecords)
    guard: FakeGuard = field(default_factory=FakeGuard)
    bell: FakeBell = field(default_factory=FakeBell)
    clock: Clock = field(default_factory=Clock)
    lines: list[dict[str, Any]] = field(default_factory=list)
    cap: int = 100
    attachments: Any = field(default_factory=FakeObjects)

    def portal(self) -> Portal:
        ports: Any = (self.records, FakeOrder(), FakeObjects(), self.world, self.guard, self.bell)
        settings = Settings(self.world.origin, backlog_cap=self.cap)
        return Portal(
            settings, *ports, self.clock, self.lines.append, receipt_signer=signer("receipt"),
            attachments=self.attachments,
        )  # fmt: skip

    def send(self, body: bytes | str, kind: str = "application/json", **event: Any) -> Answer:
        """Post a body; text goes as text, bytes as base64, as Lambda does."""
        is_bytes = isinstance(body, bytes)
        made = {
            "headers": {"content-type": kind},
            "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
            "isBase64Encoded": is_bytes,
        }
        return self._respond(_request("POST", "/v1/statements") | made | event)

    def insists(self, body: bytes) -> Answer:
        """Send with `insist`, as a person's tap does."""
        return self.send(body, queryStringParameters={"insist": "1"})

    def log(self) -> None:
        """Give everything that waits its place, and fold it: the register knows it from here on."""
        for record in self.records.pending(self.cap):
            self.records.mark(self.world.size(), [record.leaf])
            self.world.log(record.envelope)

    def holds(self, body: bytes) -> Answer:
        """Send what waits for more signatures; nothing is in line for the log after it."""
        before, rung = self.records.pending_count(), list(self.bell.rung)
        answer = self.send(body)
        assert (answer.status, answer.body["status"]) == (202, "held"), answer.body
        assert self.records.pending_count() == before
        assert self.bell.rung == rung
        return answer

    def held(self, id: str) -> Answer:
        return self._respond(_request("GET", f"/v1/held/{id}"))

    def held_of(self, slot: str) -> list[dict[str, Any]]:
        event = _request("GET", "/v1/held") | {"queryStringParameters": {"slot": slot}}
        found: list[dict[str, Any]] = self._respond(event).body["held"]
        return found

    def hands_in(self, data: bytes, kind: str = "application/json") -> Answer:
        """Send the words of an objection or event."""
        made = {
            "headers": {"content-type": kind}, "body": base64.b64encode(data).decode(),
            "isBase64Encoded": True,
        }  # fmt: skip
        return self._respond(_request("POST", "/v1/attachments") | made)

    def shows(self, data: bytes, kind: str = "image/jpeg") -> Answer:
        """Send a picture of a form."""
        made = {
            "headers": {"content-type": kind}, "body": base64.b64encode(data).decode(),
            "isBase64Encoded": True,
        }  # fmt: skip
        return self._respond(_request("POST", "/v1/pictures") | made)

    def ask(self, leaf: str) -> Answer:
        return self._respond(_request("GET", f"/v1/statements/{leaf}"))

    def _respond(self, event: dict[str, Any]) -> Answer:
        answered = json.loads(
            json.dumps(submit.respond(json.loads(json.dumps(event)), self.portal()))
        )
        body = json.loads(answered["body"])
        if answered["statusCode"] >= 400:
            _check_problem(answered, body)
        return Answer(answered["statusCode"], body, answered["headers"])

    def refuses(self, body: bytes | str, status: int, *errors: tuple[str, str]) -> Answer:
        """Send what must be refused with exactly these errors; nothing may be stored or rung."""
        before, rung = self.records.pending_count(), list(self.bell.rung)
        answer = self.send(body)
        assert (answer.status, answer.errors) == (status, list(errors)), answer.body
        assert self.records.pending_count() == before
        assert self.bell.rung == rung
        return answer

    def takes(self, body: bytes | str) -> Answer:
        """Send what must be accepted as new."""
        answer = self.send(body)
        assert answer.status == 201, answer.body
        return answer


def _request(method: str, path: str) -> dict[str, Any]:
    http = {"method": method, "path": path}
    return {
        "version": "2.0",
        "rawPath": path,
        "headers": {},
        "requestContext": {"requestId": "r", "stage": "$default", "http": http},
    }


def _check_problem(answered: dict[str, Any], body: dict[str, Any]) -> None:
    """Every refusal has both languages, a stable code, and findings with sentences."""
    assert answered["headers"]["content-type"] == "application/problem+json"
    assert body["status"] == answered["statusCode"]
    for name in ("title", "title_en", "detail", "detail_en", "code"):
        assert body[name]
    assert body["errors"]
    for one in body["errors"]:
        assert one["id"]
        assert one["en"]
        assert "{" not in one["id"] + one["en"]
