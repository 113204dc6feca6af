"""Rules of guards: what policies of tables, buckets, queues, key and secret refuse themselves.

They are asked on behalf of people who have all rights of the account, and of each role as if it
had them too, so that a right given by mistake meets a second door.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.infra import powers
from tests.infra.access import Request, decide
from tests.infra.document import Stack

ADMIN: list[Any] = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
_OPEN = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}

_WRITES = (
    "dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem dynamodb:BatchWriteItem "
    "dynamodb:PartiQLInsert dynamodb:PartiQLUpdate dynamodb:PartiQLDelete"
).split()
_EXPIRES = "dynamodb:UpdateTimeToLive s3:PutLifecycleConfiguration".split()
_ENDS = "kms:ScheduleKeyDeletion kms:DisableKey".split()
GUARDED = (
    *_WRITES, *_ENDS, *_EXPIRES, "dynamodb:DeleteTable", "s3:PutObject", "s3:DeleteObject",
    "s3:DeleteObjectVersion", "s3:PutObjectAcl", "s3:PutObjectVersionAcl", "s3:PutObjectRetention",
    "s3:PutObjectLegalHold", "s3:BypassGovernanceRetention", "s3:DeleteBucket", "s3:PutBucketAcl",
    "sqs:SendMessage", "kms:Sign", "kms:CreateGrant", "secretsmanager:GetSecretValue",
    "secretsmanager:DeleteSecret",
)  # fmt: skip
"""What not even an administrator of the account can do without changing a policy first."""

FREE = {"SequenceLost", "PublishLost", "elsewhere"}
"""Things that policies here do not guard: their senders are services, or they are not ours."""

BREAKS_GLASS = (
    *_WRITES, *_ENDS, *_EXPIRES, "dynamodb:DeleteTable", "secretsmanager:DeleteSecret",
)  # fmt: skip
"""What the break-glass role can do beyond that."""

MANAGES = (
    "kms:GetPublicKey kms:DescribeKey kms:PutKeyPolicy kms:EnableKey kms:GetKeyPolicy "
    "kms:TagResource kms:UntagResource kms:CancelKeyDeletion kms:ListGrants kms:ListKeyPolicies "
    "kms:ListResourceTags kms:RevokeGrant kms:UpdateKeyDescription"
).split()
"""What administrators of the log key can do with it; the others of the account, nothing."""

WRITERS = {
    "RecordsTable": ("Submit", "Sequence"),
    "OrderTable": ("Sequence",),
    "RegisterTable": ("Publish",),
    "SequenceQueue": ("Submit", "Sequence"),
    "PublishQueue": ("Sequence", "Publish"),
    "ReceiptKey": ("Submit",),
}
"""Whose writes, bells and reading of a secret the policy of a thing lets through."""


def administrators(stack: Stack) -> Iterator[str]:
    """Even with all rights of the account, what is guarded stays guarded; the rest does not."""
    named, glass = stack.values.get("KeyAdministrator"), stack.values.get("BreakGlass")
    for who in {"${Elsewhere.Arn}", str(named or "${Elsewhere.Arn}"), str(glass)} - {"nobody"}:
        can = powers.powers(stack, who, ADMIN)
        manages = MANAGES if who == named or not named else []
        for one in powers.QUESTIONS:
            wanted = one.action not in GUARDED or one.owner in FREE
            if one.owner == "LogKey":
                wanted = one.action in manages
            if who == glass and one.action in BREAKS_GLASS:
                wanted = True
            if (one.label in can) != wanted:
                yield f"{who} {'cannot' if wanted else 'can'} {one.label}"


def roles_with_more(stack: Stack) -> Iterator[str]:
    """A role that gets all rights by mistake still meets the guards of what is not its own."""
    for role in powers.CAN:
        can = powers.powers(stack, powers.principal(role), ADMIN)
        listed = powers.expected(role)
        for one in powers.QUESTIONS:
            if one.action not in GUARDED or one.owner in FREE:
                continue
            wanted = one.label in listed
            if one.action in (*_WRITES, "sqs:SendMessage", "secretsmanager:GetSecretValue"):
                wanted = role in WRITERS.get(one.owner, ())
            if one.label in (
                "s3:PutObject StateBucket stray:new",
                "s3:PutObject StateBucket stray:over",
            ):
                wanted = role == "Publish"
            if (one.label in can) != wanted:
                yield f"{role} with all rights {'cannot' if wanted else 'can'} {one.label}"


def key(stack: Stack) -> Iterator[str]:
    """The key refuses what ends or lends it, whatever else is allowed; and allows little anyway."""
    for name in stack.of("AWS::KMS::Key"):
        theirs = powers.their_statements(stack, name)
        allows = [one for one in theirs if one.get("Effect") == "Allow"]
        for who in ("${Elsewhere.Arn}", powers.principal("Publish"), "anonymous"):
            for action in ("kms:Sign", "kms:CreateGrant", *_ENDS):
                asked = Request(who, action, f"${{{name}.Arn}}")
                if decide(asked, ADMIN, [*theirs, _OPEN], theirs_first=True):
                    yield f"{name} does not refuse {action} to {who}"
                if decide(asked, ADMIN, allows, theirs_first=True):
                    yield f"{name} allows {action} to {who}, though another statement refuses it"


def strangers(stack: Stack) -> Iterator[str]:
    """Nobody without credentials can do anything."""
    for label in sorted(powers.anonymous(stack)):
        yield f"anybody can {label}"


def unencrypted(stack: Stack) -> Iterator[str]:
    """Without TLS nobody reaches a bucket, a queue or the topic."""
    plain = {"aws:SecureTransport": "false", "s3:if-none-match": "*", "aws:SourceArn": _front()}
    for kind, action, below in (
        ("AWS::S3::Bucket", "s3:GetObject", "/log/checkpoint"),
        ("AWS::S3::Bucket", "s3:PutObject", "/log/checkpoint"),
        ("AWS::S3::Bucket", "s3:PutBucketTagging", ""),
        ("AWS::SQS::Queue", "sqs:ReceiveMessage", ""),
        ("AWS::SQS::Queue", "sqs:SendMessage", ""),
        ("AWS::SNS::Topic", "sns:Publish", ""),
    ):
        for name in stack.of(kind):
            theirs = powers.their_statements(stack, name)
            arn = f"${{{name}}}" if kind == "AWS::SNS::Topic" else f"${{{name}.Arn}}{below}"
            everyone = [*map(powers.principal, powers.CAN), "cloudfront.amazonaws.com"]
            for who in everyone:
                if decide(Request(who, action, arn, plain), ADMIN, theirs):
                    yield f"{name}: {who} may {action} without TLS"


def _front() -> str:
    return "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Front}"


def services(stack: Stack) -> Iterator[str]:
    """The front reads the public bucket, alarms speak; each only for this account's own."""
    front, other = {"aws:SourceArn": _front()}, {"aws:SourceArn": _front()[:-1] + "X}"}
    for name in stack.of("AWS::S3::Bucket"):
        theirs = powers.their_statements(stack, name)
        for action, below in (
            ("s3:GetObject", "/log/checkpoint"), ("s3:GetObject", "/a/index.html"),
            ("s3:ListBucket", ""), ("s3:PutObject", "/a"), ("s3:GetObjectVersion", "/a"),
        ):  # fmt: skip
            wanted = name == "PublicBucket" and action in ("s3:GetObject", "s3:ListBucket")
            for context, right in ((front, wanted), (other, False), ({}, False)):
                asked = Request(
                    "cloudfront.amazonaws.com", action, f"${{{name}.Arn}}{below}",
                    {"s3:if-none-match": "*", **context},
                )  # fmt: skip
                if decide(asked, [], theirs) is not right:
                    yield f"{name}: a front and {action}, {json.dumps(context)}"
    for name in stack.of("AWS::SNS::Topic"):
        theirs = powers.their_statements(stack, name)
        for account, right in (("${AWS::AccountId}", True), ("999999999999", False)):
            context = {"aws:SourceAccount": account}
            asked = Request("cloudwatch.amazonaws.com", "sns:Publish", f"${{{name}}}", context)
            if decide(asked, [], theirs) is not right:
                yield f"{name}: alarms of {account}"


RULES = (administrators, roles_with_more, key, strangers, unencrypted, services)
