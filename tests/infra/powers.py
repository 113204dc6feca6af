"""What every role can do, asked of the policies as an attacker would: all of these questions.

`CAN` is the whole answer. What is not in it must be refused, for roles of functions by the absence
of a right, for administrators of the account by the policies of what they reach for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tests.infra.access import ANYONE, Request, Statement, decide
from tests.infra.document import Stack, as_dict, as_list

KEYS = {
    "RecordsTable": {"leaf": "leaf#00", "id": "id#00", "pending": "pending#0", "guard": "guard"},
    "OrderTable": {"HEAD": "HEAD", "TREE": "TREE", "BATCH": "BATCH#0"},
    "RegisterTable": {"head": "head", "value": "keys#00"},
}
OBJECTS = {
    "PublicBucket": {
        "checkpoint": "log/checkpoint", "tile": "log/tile/0/000", "page": "a/b/index.html",
        "claim": "site.json", "proof": "bukti/1.tlog-proof", "asset": "aset/verify-0a.js",
    },
    "StateBucket": {"head": "state/head", "node": "state/00", "stray": "elsewhere"},
}  # fmt: skip
ITEMS = (
    "GetItem BatchGetItem Query Scan PutItem UpdateItem DeleteItem BatchWriteItem "
    "ConditionCheckItem PartiQLSelect PartiQLInsert PartiQLUpdate PartiQLDelete"
).split()
TABLES = (
    "DeleteTable UpdateTable UpdateContinuousBackups RestoreTableToPointInTime DescribeTable "
    "PutResourcePolicy DeleteResourcePolicy ExportTableToPointInTime CreateBackup UpdateTimeToLive"
).split()
FILES = (
    "GetObject GetObjectVersion DeleteObject DeleteObjectVersion PutObjectAcl PutObjectVersionAcl "
    "PutObjectRetention PutObjectLegalHold BypassGovernanceRetention PutObjectTagging"
).split()
BUCKETS = (
    "ListBucket ListBucketVersions DeleteBucket PutBucketPolicy DeleteBucketPolicy PutBucketAcl "
    "PutBucketVersioning PutLifecycleConfiguration PutBucketObjectLockConfiguration "
    "PutBucketPublicAccessBlock PutReplicationConfiguration PutBucketNotification"
).split()
QUEUES = (
    "SendMessage ReceiveMessage DeleteMessage GetQueueAttributes ChangeMessageVisibility "
    "PurgeQueue DeleteQueue SetQueueAttributes AddPermission StartMessageMoveTask"
).split()
KEY = (
    "GetPublicKey DescribeKey CreateGrant PutKeyPolicy ScheduleKeyDeletion DisableKey EnableKey "
    "ReplicateKey Decrypt GetKeyPolicy TagResource UntagResource CancelKeyDeletion ListGrants "
    "ListKeyPolicies ListResourceTags RevokeGrant RetireGrant UpdateKeyDescription UpdateAlias "
    "ImportKeyMaterial DeriveSharedSecret"
).split()
SECRET = (
    "GetSecretValue PutSecretValue UpdateSecret DeleteSecret PutResourcePolicy "
    "DeleteResourcePolicy RotateSecret DescribeSecret"
).split()
FUNCTIONS = (
    "InvokeFunction InvokeFunctionUrl UpdateFunctionCode UpdateFunctionConfiguration "
    "AddPermission DeleteFunction PutFunctionConcurrency GetFunction"
).split()
LINES = "CreateLogStream PutLogEvents DeleteLogGroup DeleteLogStream PutRetentionPolicy".split()
ELSEWHERE = (
    "iam:PassRole iam:PutRolePolicy iam:AttachRolePolicy iam:CreateUser iam:CreateAccessKey "
    "sts:AssumeRole s3:GetObject s3:PutObject s3:ListAllMyBuckets dynamodb:PutItem dynamodb:Scan "
    "kms:Sign kms:Decrypt sqs:SendMessage secretsmanager:GetSecretValue lambda:InvokeFunction "
    "lambda:UpdateFunctionCode logs:CreateLogGroup logs:PutLogEvents logs:DeleteLogGroup "
    "ec2:RunInstances ec2:CreateNetworkInterface cloudfront:CreateInvalidation "
    "cloudfront:UpdateDistribution cloudformation:DeleteStack cloudformation:UpdateStack "
    "cloudwatch:PutMetricData cloudwatch:DeleteAlarms sns:Publish sns:Subscribe "
    "events:PutRule scheduler:DeleteSchedule apigateway:PATCH xray:PutTraceSegments "
    "ssm:GetParameter"
).split()
_SIGN: dict[str, dict[str, str]] = {
    "raw": {"kms:SigningAlgorithm": "ED25519_SHA_512", "kms:MessageType": "RAW"},
    "digest": {"kms:SigningAlgorithm": "ED25519_PH_SHA_512", "kms:MessageType": "DIGEST"},
    "odd": {"kms:SigningAlgorithm": "ED25519_SHA_512", "kms:MessageType": "DIGEST"},
    "hashed": {"kms:SigningAlgorithm": "ED25519_PH_SHA_512", "kms:MessageType": "RAW"},
    "bare": {},
}
_PUT: dict[str, dict[str, str]] = {
    "new": {"s3:if-none-match": "*"},
    "over": {"s3:if-match": "tag"},
    "blind": {},
}

_OWN_LINES = "logs:CreateLogStream {0}Log; logs:PutLogEvents {0}Log"
_OWN_BELLS = (
    "sqs:ReceiveMessage {0}Queue; sqs:DeleteMessage {0}Queue; sqs:GetQueueAttributes {0}Queue"
)
CAN = {
    "Submit": f"""
        dynamodb:GetItem RecordsTable leaf id guard
        dynamodb:PutItem RecordsTable leaf pending
        dynamodb:UpdateItem RecordsTable id
        dynamodb:Query RecordsTable pending
        dynamodb:GetItem RegisterTable head value other
        secretsmanager:GetSecretValue ReceiptKey
        sqs:SendMessage SequenceQueue
        {_OWN_LINES.format("Submit")}
    """,
    "Sequence": f"""
        dynamodb:GetItem RecordsTable leaf
        dynamodb:BatchGetItem RecordsTable leaf
        dynamodb:Query RecordsTable pending
        dynamodb:UpdateItem RecordsTable leaf guard
        dynamodb:DeleteItem RecordsTable pending
        dynamodb:GetItem OrderTable HEAD TREE BATCH
        dynamodb:PutItem OrderTable TREE BATCH
        dynamodb:UpdateItem OrderTable HEAD
        s3:ListBucket PublicBucket
        s3:GetObject PublicBucket checkpoint tile
        s3:PutObject PublicBucket checkpoint:new checkpoint:over tile:new
        kms:Sign LogKey raw
        kms:GetPublicKey LogKey
        sqs:SendMessage SequenceQueue
        sqs:SendMessage PublishQueue
        {_OWN_BELLS.format("Sequence")}
        {_OWN_LINES.format("Sequence")}
    """,
    "Publish": f"""
        s3:ListBucket PublicBucket
        s3:ListBucket StateBucket
        s3:GetObject PublicBucket checkpoint tile page claim proof asset
        s3:PutObject PublicBucket page:new page:over claim:new claim:over proof:new asset:new
        s3:GetObject StateBucket head node
        s3:PutObject StateBucket head:new head:over node:new node:over
        dynamodb:GetItem RegisterTable head value other
        dynamodb:PutItem RegisterTable head value other
        dynamodb:UpdateItem RegisterTable head value other
        dynamodb:ConditionCheckItem RegisterTable head value other
        dynamodb:Scan RegisterTable whole
        sqs:SendMessage PublishQueue
        {_OWN_BELLS.format("Publish")}
        {_OWN_LINES.format("Publish")}
    """,
    "Watch": _OWN_LINES.format("Watch"),
    "Clock": """
        lambda:InvokeFunction Sequence
        lambda:InvokeFunction Publish
        lambda:InvokeFunction Watch
    """,
}
"""The whole list. `new` creates an object, `over` replaces the one whose tag is named."""


@dataclass(frozen=True, slots=True)
class Question:
    """An action on something, with the name that `CAN` gives it."""

    label: str
    action: str
    resource: str
    owner: str
    context: Mapping[str, Any]


def questions() -> Iterator[Question]:
    """Yield all that is asked."""
    for table, keys in KEYS.items():
        arn = f"${{{table}.Arn}}"
        for key, value in [*keys.items(), ("other", "#"), ("whole", None)]:
            context: dict[str, Any] = {} if value is None else {"dynamodb:LeadingKeys": [value]}
            for action in ITEMS:
                if (action == "Scan") == (key == "whole"):
                    yield _ask(f"dynamodb:{action}", table, arn, key, context)
        for action in TABLES:
            yield _ask(f"dynamodb:{action}", table, arn)
    for bucket, names in OBJECTS.items():
        arn = f"${{{bucket}.Arn}}"
        for name, path in names.items():
            for how, context in _PUT.items():
                yield _ask("s3:PutObject", bucket, f"{arn}/{path}", f"{name}:{how}", context)
            for action in FILES:
                yield _ask(f"s3:{action}", bucket, f"{arn}/{path}", name)
        for action in BUCKETS:
            yield _ask(f"s3:{action}", bucket, arn)
    for queue in ("SequenceQueue", "PublishQueue", "SequenceLost", "PublishLost"):
        for action in QUEUES:
            yield _ask(f"sqs:{action}", queue)
    for how, context in _SIGN.items():
        yield _ask("kms:Sign", "LogKey", variant=how, context=context)
    for action in KEY:
        yield _ask(f"kms:{action}", "LogKey")
    for action in SECRET:
        yield _ask(f"secretsmanager:{action}", "ReceiptKey", "${ReceiptKey}")
    for function in ("Submit", "Sequence", "Publish", "Watch"):
        for action in FUNCTIONS:
            yield _ask(f"lambda:{action}", function)
    for log in ("SubmitLog", "SequenceLog", "PublishLog", "WatchLog", "ApiLog"):
        for action in LINES:
            yield _ask(f"logs:{action}", log)
    for action in ELSEWHERE:
        yield Question(f"{action} elsewhere", action, "arn:aws:elsewhere", "elsewhere", {})


def _ask(
    action: str, owner: str, resource: str = "", variant: str = "", context: Any = None
) -> Question:
    label = f"{action} {owner} {variant}".strip()
    return Question(label, action, resource or f"${{{owner}.Arn}}", owner, context or {})


QUESTIONS = tuple(questions())


def expected(role: str) -> frozenset[str]:
    """Return the labels of `CAN`, one for each variant."""
    found = set()
    for line in CAN.get(role, "").replace(";", "\n").splitlines():
        if words := line.split():
            found |= {" ".join([*words[:2], one]).strip() for one in words[2:] or [""]}
    return frozenset(found)


def expected_alone(role: str) -> frozenset[str]:
    """Return what the role's own policies give: a bucket adds how an object may be written."""
    found = set()
    for label in expected(role):
        place, colon, _ = label.rpartition(":")
        is_put = label.startswith("s3:PutObject") and colon
        found |= {f"{place}:{how}" for how in _PUT} if is_put else {label}
    return frozenset(found)


def principal(name: str) -> str:
    """Return the ARN of a role here."""
    return f"${{{name}Role.Arn}}"


def own_statements(stack: Stack, role: str) -> list[Statement]:
    """Return all statements of a role, wherever they stand."""
    found = list(as_list(stack.resources.get(role, {}).get("Properties", {}).get("Policies")))
    for kind in ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy"):
        for one in stack.of(kind).values():
            named = [*as_list(one.get("Roles")), *as_list(one.get("RoleName"))]
            if f"${{{role}}}" in named:
                found.append(one)
    return [
        s for one in found for s in as_list(as_dict(one.get("PolicyDocument")).get("Statement"))
    ]


def their_statements(stack: Stack, name: str) -> list[Statement]:
    """Return the statements of the policy of a resource, wherever it stands."""
    own = stack.resources.get(name, {}).get("Properties", {})
    documents = [own.get("KeyPolicy"), as_dict(own.get("ResourcePolicy")).get("PolicyDocument")]
    for kind, key, document in (
        ("AWS::S3::BucketPolicy", "Bucket", "PolicyDocument"),
        ("AWS::SQS::QueuePolicy", "Queues", "PolicyDocument"),
        ("AWS::SNS::TopicPolicy", "Topics", "PolicyDocument"),
        ("AWS::SecretsManager::ResourcePolicy", "SecretId", "ResourcePolicy"),
    ):
        documents += [
            one.get(document)
            for one in stack.of(kind).values()
            if f"${{{name}}}" in as_list(one.get(key))
        ]
    return [s for one in documents for s in as_list(as_dict(one).get("Statement"))]


def powers(stack: Stack, who: str, own: Sequence[Statement]) -> frozenset[str]:
    """Return the labels of everything that a principal with these statements can do."""
    theirs = {name: their_statements(stack, name) for name in {q.owner for q in QUESTIONS}}
    return _powers(who, json.dumps(own), json.dumps(theirs))


@lru_cache(maxsize=256)
def _powers(who: str, own_text: str, theirs_text: str) -> frozenset[str]:
    own, theirs = json.loads(own_text), json.loads(theirs_text)
    return frozenset(
        one.label
        for one in QUESTIONS
        if decide(
            Request(who, one.action, one.resource, one.context),
            own,
            theirs.get(one.owner, []),
            theirs_first=one.owner in theirs and one.owner == "LogKey",
        )
    )


def alone(who: str, own: Sequence[Statement]) -> frozenset[str]:
    """Return what these statements give where no policy of a resource takes part."""
    return _powers(who, json.dumps(own), "{}")


def anonymous(stack: Stack) -> frozenset[str]:
    """Return what somebody without any credentials can do."""
    return powers(stack, ANYONE, [])
