"""An administrator of the account who may do everything, and what the stack refuses him."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from scripts.rehearsal.cloud import REGION, Cloud
from scripts.rehearsal.stack import Deployed

_NAME: Final = "administrator"
_ALL: Final = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_REFUSED: Final = frozenset({"AccessDenied", "AccessDeniedException"})


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was tried and how it ended: `refused`, `done`, or the code of another error."""

    what: str
    outcome: str


def attempts(cloud: Cloud, stack: Deployed) -> Iterator[Attempt]:
    """Try everything that the template denies to all but one role."""
    clients = _clients(cloud)
    for what, act in _list(clients, stack):
        try:
            act()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            yield Attempt(what, "refused" if code in _REFUSED else code)
        else:
            yield Attempt(what, "done")


def _clients(cloud: Cloud) -> Callable[[str], Any]:
    iam = cloud.client("iam")
    iam.create_user(UserName=_NAME)
    policy = json.dumps({"Version": "2012-10-17", "Statement": [_ALL]})
    iam.put_user_policy(UserName=_NAME, PolicyName="all", PolicyDocument=policy)
    key = iam.create_access_key(UserName=_NAME)["AccessKey"]
    session = boto3.session.Session(key["AccessKeyId"], key["SecretAccessKey"], None, REGION)

    def client(service: str) -> Any:
        return session.client(  # type: ignore[call-overload]
            service,
            endpoint_url=cloud.endpoint,
            verify=str(cloud.authority),
            config=Config(proxies={}),
        )

    return client


def _list(
    client: Callable[[str], Any], stack: Deployed
) -> Iterator[tuple[str, Callable[[], object]]]:
    s3, tables, kms = client("s3"), client("dynamodb"), client("kms")
    public, state = {"Bucket": stack["PublicBucket"]}, {"Bucket": stack["StateBucket"]}
    record = {"pk": {"S": "leaf#00"}, "sk": {"S": "-"}}
    sign = {"MessageType": "RAW", "SigningAlgorithm": "ED25519_SHA_512"}
    queues = client("sqs")
    yield (
        "replace a page",
        lambda: s3.put_object(**public, Key="index.html", Body=b"x"),
    )
    yield (
        "add a page",
        lambda: s3.put_object(**public, Key="x.html", Body=b"x", IfNoneMatch="*"),
    )
    yield (
        "add a tile",
        lambda: s3.put_object(**public, Key="log/tile/0/999", Body=b"x", IfNoneMatch="*"),
    )
    words = {"Bucket": stack["AttachmentsBucket"], "Key": "lampiran/x.json", "Body": b"x"}
    yield "add words", lambda: s3.put_object(**words, IfNoneMatch="*")
    yield "replace words", lambda: s3.put_object(**words)
    yield "delete the checkpoint", lambda: s3.delete_object(**public, Key="log/checkpoint")
    yield "delete the public bucket", lambda: s3.delete_bucket(**public)
    yield "write state", lambda: s3.put_object(**state, Key="state/head", Body=b"x")
    yield (
        "add a record",
        lambda: tables.put_item(TableName=stack["RecordsTable"], Item=record),
    )
    yield (
        "move the order",
        lambda: tables.put_item(TableName=stack["OrderTable"], Item={"pk": {"S": "HEAD"}}),
    )
    yield (
        "change the register",
        lambda: tables.delete_item(TableName=stack["RegisterTable"], Key=record),
    )
    yield "drop the order", lambda: tables.delete_table(TableName=stack["OrderTable"])
    yield "sign a checkpoint", lambda: kms.sign(KeyId=stack["LogKey"], Message=b"x", **sign)
    yield (
        "end the log's key",
        lambda: kms.schedule_key_deletion(KeyId=stack["LogKey"], PendingWindowInDays=7),
    )
    yield (
        "read the receipts' key",
        lambda: client("secretsmanager").get_secret_value(SecretId=stack["ReceiptKey"]),
    )
    yield (
        "ring the sequencer",
        lambda: queues.send_message(QueueUrl=stack["SequenceQueue"], MessageBody="{}"),
    )
