"""A bell on AWS is hidden while a call answers it, and a call that is killed lets go of it soon.

moto's clock stands still here, and is set forward.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from tests.portal.store.cloud import Cloud, cloud
from tests.portal.store.faults import SILENT, Fault, Faults, refused

from rekap.portal.store.aws import clients
from rekap.portal.store.aws.hold import FAILED_S, HELD_S, QueueHold

OF_THE_QUEUE_S = 360
CHANGE = "ChangeMessageVisibilityBatch"


class Account:
    """A queue in order whose bells are taken as the event source takes them, and its clock."""

    def __init__(self, made: Cloud) -> None:
        self.url = made.queues["publish"]
        self.urls = made.queues
        self.now = time.time()
        self.client = boto3.client("sqs")
        self.lost: list[tuple[str, str]] = []
        self.rung = 0

    def take(self) -> list[str]:
        """Return the handles of what the queue gives to the next call."""
        asked = self.client.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10, VisibilityTimeout=OF_THE_QUEUE_S
        )
        return [one["ReceiptHandle"] for one in asked.get("Messages", [])]

    def ring(self) -> None:
        """A bell that nobody takes before the ones in front of it."""
        self.rung += 1
        self.client.send_message(
            QueueUrl=self.url, MessageBody="publish", MessageGroupId="publish",
            MessageDeduplicationId=str(self.rung),
        )  # fmt: skip

    def hold(self, client: Any = None, beat_s: float = 1_000.0) -> QueueHold:
        """A hold whose thread says nothing within a test, unless it is told to."""
        return QueueHold(
            client or self.client, self.urls, lost=lambda *told: self.lost.append(told),
            beat_s=beat_s,
        )  # fmt: skip


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with cloud() as made:
        one = Account(made)
        monkeypatch.setattr("moto.sqs.models.unix_time_millis", lambda: one.now * 1_000)
        monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
        yield one


def test_a_publisher_that_is_killed_keeps_the_next_one_waiting_for_seconds_not_for_minutes(
    account: Account,
) -> None:
    account.ring()
    account.hold().begin("publish", account.take())  # and the process ends here
    account.ring()
    account.now += HELD_S - 1
    assert account.take() == []
    account.now += 2
    assert account.take(), "the group moves again, long before the queue's own time"
    assert HELD_S <= 15, "the forms that waited for it are late by so much"


def test_while_a_run_lasts_no_other_is_woken_however_long_it_is(account: Account) -> None:
    account.ring()
    taken = account.take()
    said = Faults(account.client)
    with account.hold(beat_s=0.005).begin("publish", taken):
        account.ring()
        for _ in range(4):
            account.now += HELD_S - 1
            enough, end = said.count(CHANGE) + 2, time.monotonic() + 10
            while said.count(CHANGE) < enough and time.monotonic() < end:
                time.sleep(0.005)
            assert account.take() == []
    beats = said.count(CHANGE)
    time.sleep(0.02)
    assert said.count(CHANGE) == beats, "a call that has ended says nothing more"
    for handle in taken:  # Lambda does it
        account.client.delete_message(QueueUrl=account.url, ReceiptHandle=handle)
    assert len(account.take()) == 1
    assert account.lost == []


def test_what_failed_comes_again_after_a_while_and_not_at_once(account: Account) -> None:
    account.ring()
    with pytest.raises(OSError, match="away"), account.hold().begin("publish", account.take()):
        raise OSError("away")
    account.now += FAILED_S - 1
    assert account.take() == []
    account.now += 2
    assert account.take()


@pytest.mark.parametrize(
    ("fault", "code"),
    [(refused("AccessDenied", 403), "AccessDenied"), (SILENT, "ReadTimeoutError")],
)
def test_a_queue_that_does_not_answer_stops_no_run(
    account: Account, fault: Fault, code: str
) -> None:
    client = boto3.client("sqs", config=clients.client("sqs").meta.config)
    faults = Faults(client, [(CHANGE, fault)] * 2)
    account.ring()
    with account.hold(client).begin("publish", account.take()):
        assert account.lost == [("publish", code)]
    assert 1 <= faults.count(CHANGE) <= 2
    account.now += OF_THE_QUEUE_S - 1
    assert account.take() == [], "the queue's own time holds it"


def test_a_bell_that_is_held_by_another_meanwhile_is_told(account: Account) -> None:
    account.ring()
    taken = account.take()
    account.client.delete_message(QueueUrl=account.url, ReceiptHandle=taken[0])
    with account.hold().begin("publish", taken):
        assert [queue for queue, _ in account.lost] == ["publish"]
