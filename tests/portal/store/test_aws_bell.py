"""A bell on AWS may be lost; it never stops the one who rings, and says that it was lost."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import boto3
import pytest
from tests.portal.store.cloud import Cloud, cloud
from tests.portal.store.faults import LOST, SILENT, Fault, Faults, refused

from rekap.portal.store.aws import clients
from rekap.portal.store.aws.bell import QueueBell

_numbers = itertools.count()
URL = "https://sqs.ap-southeast-3.amazonaws.com/123456789012/nobody"


def fresh() -> str:
    return f"ring-{next(_numbers)}"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with cloud() as made:
        monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
        yield made


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (refused("ThrottlingException"), "ThrottlingException"),
        (refused("RequestThrottled", 403), "RequestThrottled"),
        (refused("AccessDenied", 403), "AccessDenied"),
        (refused("InternalFailure", 500), "InternalFailure"),
        (SILENT, "ReadTimeoutError"),
    ],
)
def test_a_ring_that_fails_is_lost_and_reported(account: Cloud, fault: Fault, code: str) -> None:
    lost: list[tuple[str, str]] = []
    client = boto3.client("sqs", config=clients.client("sqs").meta.config)
    faults = Faults(client, [("SendMessage", fault)] * 2)
    bell = QueueBell(client, account.queues, fresh=fresh, lost=lambda *told: lost.append(told))
    bell.ring("sequence")
    assert lost == [("sequence", code)]
    assert 1 <= faults.count("SendMessage") <= 2
    faults.plan.clear()
    bell.ring("sequence")
    assert (account.heard("sequence"), len(lost)) == (1, 1)


def test_a_ring_whose_answer_was_lost_may_ring_twice(account: Cloud) -> None:
    client = boto3.client("sqs")
    Faults(client, [("SendMessage", LOST)])
    QueueBell(client, account.queues, fresh=fresh).ring("sequence")
    assert account.heard("sequence") == 2


def test_a_queue_in_order_takes_a_ring_once_and_gives_one_caller_at_a_time(account: Cloud) -> None:
    client = boto3.client("sqs")
    Faults(client, [("SendMessage", LOST)])
    bell, url = QueueBell(client, account.queues, fresh=fresh), account.queues["publish"]
    bell.ring("publish")
    (first,) = client.receive_message(QueueUrl=url, VisibilityTimeout=300)["Messages"]
    bell.ring("publish")
    assert "Messages" not in client.receive_message(QueueUrl=url), "the first is not done"
    client.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
    assert account.heard("publish") == 1


def test_a_queue_that_does_not_exist_is_lost_and_reported(account: Cloud) -> None:
    lost: list[tuple[str, str]] = []
    bell = QueueBell(
        boto3.client("sqs"), {"sequence": URL}, fresh=fresh, lost=lambda *told: lost.append(told)
    )
    bell.ring("sequence")
    assert [queue for queue, _ in lost] == ["sequence"]
    assert "NonExistentQueue" in lost[0][1]


def test_without_anybody_to_tell_it_is_lost_in_silence(account: Cloud) -> None:
    QueueBell(boto3.client("sqs"), {"sequence": URL}, fresh=fresh).ring("sequence")


@pytest.mark.parametrize("url", ["", "SequenceQueue", "arn:aws:sqs:ap-southeast-3:1:q"])
def test_an_address_that_is_none_is_refused_when_the_bell_is_made(url: str) -> None:
    with pytest.raises(RuntimeError, match="'sequence'"):
        QueueBell(None, {"sequence": url}, fresh=fresh)


def test_a_message_says_only_which_queue_it_is_for(account: Cloud) -> None:
    QueueBell(clients.client("sqs"), account.queues, fresh=fresh).ring("publish")
    (message,) = boto3.client("sqs").receive_message(QueueUrl=account.queues["publish"])["Messages"]
    assert message["Body"] == "publish"
