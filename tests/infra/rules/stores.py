"""Rules of what is kept: tables, buckets, the key of the log, the secret of receipts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.infra.document import Stack
from tests.infra.pattern import mismatches, words

SORTED = {"RecordsTable": True, "OrderTable": False, "RegisterTable": True}
"""Whether items have a sort key."""


def _any(_: Any) -> bool:
    return True


def tables(stack: Stack) -> Iterator[str]:
    """A table is paid by use, encrypted, kept for 35 days back, and guarded against deletion."""
    for name, properties in stack.of("AWS::DynamoDB::Table").items():
        keys = {"pk": "HASH", **({"sk": "RANGE"} if SORTED.get(name) else {})}
        own = name.removesuffix("Table").lower()
        shape = {
            "TableName": f"${{AWS::StackName}}-{own}-{stack.values.get('TableSet')}",
            "BillingMode": "PAY_PER_REQUEST",
            "DeletionProtectionEnabled": True,
            "PointInTimeRecoverySpecification": {
                "PointInTimeRecoveryEnabled": True,
                "RecoveryPeriodInDays": 35,
            },
            "SSESpecification": {"SSEEnabled": True},
            "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in keys],
            "KeySchema": [{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],
            "ResourcePolicy": {"PolicyDocument": _any},
        }
        yield from mismatches(properties, shape, name)


def buckets(stack: Stack) -> Iterator[str]:
    """A bucket is closed, encrypted and versioned; what is public is locked, state is not kept."""
    for name, properties in stack.of("AWS::S3::Bucket").items():
        leftovers: dict[str, Any] = {
            "Id": "leftovers",
            "Status": "Enabled",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        }
        lock: dict[str, Any] = {}
        if name == "StateBucket":
            leftovers["NoncurrentVersionExpiration"] = {"NoncurrentDays": 30}
        else:
            kept = {"Mode": stack.values.get("LockMode"), "Days": stack.values.get("LockDays")}
            rule = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": kept}}
            lock = {"ObjectLockEnabled": True, "ObjectLockConfiguration": rule}
        algorithm = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        shape = {
            "BucketEncryption": {"ServerSideEncryptionConfiguration": [algorithm]},
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
            "VersioningConfiguration": {"Status": "Enabled"},
            "LifecycleConfiguration": {"Rules": [leftovers]},
            **lock,
        }
        if target := stack.values.get("AccessLogs"):
            prefix = f"${{AWS::StackName}}/{name}/"
            shape["LoggingConfiguration"] = {
                "DestinationBucketName": target,
                "LogFilePrefix": prefix,
            }
        yield from mismatches(properties, shape, name)


def keys(stack: Stack) -> Iterator[str]:
    """The log's key signs pure Ed25519 and lives thirty days longer than anybody wants."""
    for name, properties in stack.of("AWS::KMS::Key").items():
        shape = {
            "Description": words,
            "KeySpec": "ECC_NIST_EDWARDS25519",
            "KeyUsage": "SIGN_VERIFY",
            "PendingWindowInDays": 30,
            "KeyPolicy": _any,
        }
        yield from mismatches(properties, shape, name)


def secrets(stack: Stack) -> Iterator[str]:
    """No secret stands in the template, and none is made by it: the ceremony puts it there."""
    for name, properties in stack.of("AWS::SecretsManager::Secret").items():
        yield from mismatches(properties, {"Description": words}, name)


def policies(stack: Stack) -> Iterator[str]:
    """Every bucket, queue, secret and topic has one policy, and each policy its one thing."""
    for kind, target, key, document, more in (
        ("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "Bucket", "PolicyDocument", {}),
        ("AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "Queues", "PolicyDocument", {}),
        ("AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "Topics", "PolicyDocument", {}),
        (
            "AWS::SecretsManager::Secret", "AWS::SecretsManager::ResourcePolicy", "SecretId",
            "ResourcePolicy", {"BlockPublicPolicy": True},
        ),
    ):  # fmt: skip
        things = stack.of(kind)
        for name, properties in stack.of(target).items():
            thing = name.removesuffix("Policy")
            one = f"${{{thing}}}"
            named = [one] if key in ("Queues", "Topics") else one
            yield from mismatches(properties, {key: named, document: _any, **more}, name)
            if thing not in things:
                yield f"{name} is the policy of nothing"
        for thing in things.keys() - {n.removesuffix("Policy") for n in stack.of(target)}:
            yield f"{thing} has no policy"


RULES = (tables, buckets, keys, secrets, policies)
