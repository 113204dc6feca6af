"""AWS inside this process: moto with tables, buckets and queues as the template makes them.

No request leaves the process: credentials are invented and every service that is asked is moto's.
moto is not made for threads, so one request is served at a time; the adapters' threads still run.
"""

from __future__ import annotations

import copy
import itertools
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace
from typing import Any
from unittest import mock

import boto3
from moto import mock_aws
from moto.core.models import botocore_stubber
from moto.dynamodb import models as dynamodb
from moto.dynamodb.models import DynamoDBBackend, Table

REGION = "ap-southeast-3"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}

client = lru_cache(boto3.client)
"""A client without any limits of ours."""

_serve_one = threading.RLock()
_numbers = itertools.count()


@dataclass(frozen=True)
class Cloud:
    """The names of what exists."""

    records: str
    order: str
    register: str
    public: str
    state: str
    attachments: str
    queues: dict[str, str]

    def heard(self, queue: str) -> int:
        """Take what waits in a queue and return how many messages it were."""
        return len(self.taken(queue))

    def taken(self, queue: str) -> list[dict[str, Any]]:
        """Take up to ten messages that wait in a queue."""
        sqs, url = client("sqs"), self.queues[queue]
        asked = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        messages: list[dict[str, Any]] = asked.get("Messages", [])
        for message in messages:  # a message that is only received comes back after a while
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return messages


@contextmanager
def cloud() -> Iterator[Cloud]:
    """Give an empty account with the portal's resources; names differ each time."""
    stubber = type(botocore_stubber)
    answer = stubber.__call__

    def one_at_a_time(self: Any, *args: Any, **kwargs: Any) -> Any:
        with _serve_one:
            return answer(self, *args, **kwargs)

    environment = mock.patch.dict(os.environ, ENVIRONMENT)
    # A session of its own would read the descriptions of the services again, for each test.
    session = mock.patch.object(boto3, "DEFAULT_SESSION", _session())
    kept = {"core": {"reset_boto3_session": False}}
    alone = mock.patch.object(stubber, "__call__", one_at_a_time)
    once = mock.patch.object(DynamoDBBackend, "transact_write_items", _copying_once)
    with environment, session, alone, once, mock_aws(config=kept):
        yield _make(f"rekap-{next(_numbers)}")


@lru_cache
def _session() -> boto3.Session:
    return boto3.Session()


def _copying_once(backend: Any, transact_items: list[dict[str, Any]]) -> None:
    """Do a transaction of moto, which copies the whole table for each of up to 100 items."""
    copies: dict[int, Any] = {}

    def deepcopy(value: Any) -> Any:
        if not isinstance(value, Table):
            return copy.deepcopy(value)
        if id(value) not in copies:
            copies[id(value)] = copy.deepcopy(value)
        return copies[id(value)]

    with mock.patch.object(dynamodb, "copy", SimpleNamespace(deepcopy=deepcopy, copy=copy.copy)):
        _transact(backend, transact_items)


_transact = DynamoDBBackend.transact_write_items


def _make(name: str) -> Cloud:
    tables = client("dynamodb")
    for table, keys in (("records", ("pk", "sk")), ("order", ("pk",)), ("register", ("pk", "sk"))):
        tables.create_table(
            TableName=f"{name}-{table}",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            KeySchema=[
                {"AttributeName": key, "KeyType": kind}
                for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
        )
    buckets = client("s3")
    for bucket in ("public", "state", "attachments"):
        buckets.create_bucket(
            Bucket=f"{name}-{bucket}", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        buckets.put_bucket_versioning(
            Bucket=f"{name}-{bucket}", VersioningConfiguration={"Status": "Enabled"}
        )
    queues = {
        queue: client("sqs").create_queue(
            # What nobody deletes is there again at once, however slow the machine is.
            QueueName=f"{name}-{queue}" + (".fifo" if order else ""),
            Attributes={"VisibilityTimeout": "0", **order},
        )["QueueUrl"]
        for queue, order in (("sequence", {}), ("publish", {"FifoQueue": "true"}), ("render", {}))
    }
    return Cloud(
        f"{name}-records",
        f"{name}-order",
        f"{name}-register",
        f"{name}-public",
        f"{name}-state",
        f"{name}-attachments",
        queues,
    )
