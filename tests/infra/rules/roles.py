"""Rules of rights: who may do what, and in which words it may be said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.infra import powers
from tests.infra.access import OPERATORS
from tests.infra.document import Stack, as_dict, as_list
from tests.infra.pattern import mismatches, words

SERVICES = {"Clock": "scheduler.amazonaws.com"}
"""Who may take a role; Lambda where nothing is said."""

_ALWAYS = {"Effect", "Action", "Resource"}
_SOMETIMES = {"Sid", "Condition", "Principal", "NotResource"}

THINGS = {
    "dynamodb": r"\$\{\w+Table\.Arn\}",
    "kms": r"\$\{LogKey\.Arn\}",
    "lambda": r"\$\{[A-Z][a-z]+\.Arn\}",
    "logs": r"\$\{\w+Log\.Arn\}",
    "s3": r"\$\{\w+Bucket\.Arn\}(/([a-z-]+/)*\*)?",
    "secretsmanager": r"\$\{ReceiptKey\}",
    "sqs": r"\$\{\w+Queue\.Arn\}",
}
"""Services that a role may ask, and how a thing of each is named; a prefix ends with its slash."""

SELF = ("RecordsTable.", "OrderTable.", "RegisterTable.", "LogKey.", "ReceiptKeyPolicy.")
"""Policies whose `*` is the thing that carries them, and which cannot name it."""

_FRONT = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Front}"
ASKED: dict[str, tuple[str, ...]] = {
    "aws:SecureTransport": ("false",),
    "aws:SourceArn": (_FRONT,),
    "aws:SourceAccount": ("${AWS::AccountId}",),
    "aws:PrincipalArn": tuple(powers.principal(role) for role in powers.CAN),
    "s3:if-none-match": ("true",),
    "s3:if-match": ("true",),
    "dynamodb:LeadingKeys": ("leaf#*", "id#*", "pending#*", "guard", "HEAD", "TREE", "BATCH#*"),
    "kms:SigningAlgorithm": ("ED25519_SHA_512",),
    "kms:MessageType": ("RAW",),
}
"""Every condition key that a policy may ask for, and every value: one more is a way round."""

PRINCIPALS = {
    "PublicBucketPolicy": ["cloudfront.amazonaws.com"],
    "AlarmTopicPolicy": ["cloudwatch.amazonaws.com"],
    "LogKey": ["${SequenceRole.Arn}", "KeyAdministrator", "BreakGlass"],
}
"""Whom the policy of a resource may allow anything: nobody where nothing is said."""


def trust(stack: Stack) -> Iterator[str]:
    """Each role is taken by one service, has one policy, no policy of AWS's, and the boundary."""
    boundary = stack.values.get("PermissionsBoundary")
    policies = stack.of("AWS::IAM::Policy")
    for name, properties in stack.of("AWS::IAM::Role").items():
        short = name.removesuffix("Role")
        statement: dict[str, Any] = {
            "Effect": "Allow",
            "Principal": {"Service": SERVICES.get(short, "lambda.amazonaws.com")},
            "Action": "sts:AssumeRole",
        }
        if short in SERVICES:
            account = {"aws:SourceAccount": "${AWS::AccountId}"}
            statement["Condition"] = {"StringEquals": account}
        shape = {
            "Description": words,
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        }
        if boundary:
            shape["PermissionsBoundary"] = boundary
        yield from mismatches(properties, shape, name)
        if not any(one.get("Roles") == [f"${{{name}}}"] for one in policies.values()):
            yield f"{name} has no policy"
    for name, properties in policies.items():
        shape = {
            "PolicyName": name.removesuffix("Policy").lower(),
            "Roles": [f"${{{name.removesuffix('Policy')}Role}}"],
            "PolicyDocument": lambda _: True,
        }
        yield from mismatches(properties, shape, name)


def documents(stack: Stack) -> Iterator[tuple[str, str, Any]]:
    """Yield every policy: whose it is, `own` of a role or `theirs` of a resource, the document."""
    for name, one in stack.resources.items():
        properties = one["Properties"]
        if one["Type"] == "AWS::IAM::Policy":
            yield name, "own", properties.get("PolicyDocument")
        elif one["Type"].endswith("Policy") and "IAM" not in one["Type"]:
            if "CloudFront" not in one["Type"]:
                key = "ResourcePolicy" if "Secrets" in one["Type"] else "PolicyDocument"
                yield name, "theirs", properties.get(key)
        elif one["Type"] == "AWS::KMS::Key":
            yield name, "theirs", properties.get("KeyPolicy")
        elif one["Type"] == "AWS::DynamoDB::Table":
            policy = as_dict(properties.get("ResourcePolicy")).get("PolicyDocument")
            yield name, "theirs", policy


def language(stack: Stack) -> Iterator[str]:
    """Policies are written in the words that the rules can read, each statement once."""
    for name, kind, document in documents(stack):
        if as_dict(document).get("Version") != "2012-10-17":
            yield f"{name}: a policy is not of version 2012-10-17"
        if as_dict(document).keys() - {"Version", "Statement"}:
            yield f"{name}: a policy has a part that nobody reads"
        statements = as_list(as_dict(document).get("Statement"))
        sids = [as_dict(one).get("Sid") for one in statements]
        if not statements or len(set(sids)) < len(sids) or not all(map(words, sids)):
            yield f"{name}: statements have no names of their own"
        for one in map(as_dict, statements):
            yield from _statement(f"{name}.{one.get('Sid')}", kind, one)
            yield from _conditions(stack, f"{name}.{one.get('Sid')}", one)
            if kind == "theirs" and one.get("Effect") == "Allow":
                yield from _allowed(stack, name, one)


def _statement(where: str, kind: str, one: Mapping[str, Any]) -> Iterator[str]:
    denies = one.get("Effect") == "Deny"
    if not denies and one.get("Effect") != "Allow":
        yield f"{where} neither allows nor denies"
    wanted = _ALWAYS | ({"Principal"} if kind == "theirs" else set())
    if "NotResource" in one and denies:
        wanted = wanted - {"Resource"}
    for part in (wanted - one.keys()) | (one.keys() - _ALWAYS - _SOMETIMES):
        yield f"{where}: {part}"
    if kind == "own" and "Principal" in one:
        yield f"{where} names a principal"
    yield from _reach(where, kind, one, denies)


def _conditions(stack: Stack, where: str, one: Mapping[str, Any]) -> Iterator[str]:
    """Conditions ask for what is known, once; in a Deny each further one would let somebody by."""
    conditions = as_dict(one.get("Condition"))
    if "Condition" in one and len(conditions) != 1:
        yield f"{where} has {len(conditions)} kinds of conditions"
    for operator, keys in conditions.items():
        if operator not in OPERATORS or not as_dict(keys):
            yield f"{where}: the condition {operator}"
        for key, values in as_dict(keys).items():
            known = ASKED.get(key, ())
            if key == "aws:PrincipalArn":
                known = (*known, stack.values.get("BreakGlass"))
            for value in as_list(values):
                if value not in known:
                    yield f"{where}: {key} is {value}"
            if not as_list(values):
                yield f"{where}: {key} is nothing"


def _allowed(stack: Stack, name: str, one: Mapping[str, Any]) -> Iterator[str]:
    """Whom a resource's policy allows something is named in PRINCIPALS."""
    root = "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"
    known = [stack.values.get(who, who) or root for who in PRINCIPALS.get(name, [])]
    named = [part for value in as_dict(one.get("Principal")).values() for part in as_list(value)]
    for who in named:
        if who not in known:
            yield f"{name}.{one.get('Sid')} allows {who}"


def _reach(where: str, kind: str, one: Mapping[str, Any], denies: bool) -> Iterator[str]:
    """An Allow names actions, things and principals; wildcards stand in a Deny only."""
    actions = as_list(one.get("Action"))
    for action in actions:
        if not isinstance(action, str) or ":" not in action:
            yield f"{where}: the action {action}"
        elif "*" in action and not denies:
            yield f"{where} allows {action}"
        elif not re.fullmatch(r"[a-z0-9]+:([A-Z][A-Za-z]+|\*)", action):
            yield f"{where}: the action {action} is spelt as no other"
    if kind == "own":
        yield from _things(where, actions, as_list(one.get("Resource")))
    for resource in as_list(one.get("Resource")):
        if not isinstance(resource, str):
            yield f"{where}: the resource {resource}"
        elif not denies and resource == "*" and not where.startswith("LogKey."):
            yield f"{where} allows everything"
        elif denies and resource == "*" and not where.startswith(SELF):
            yield f"{where} speaks of everything"
        elif resource != "*" and not resource.startswith("${"):
            yield f"{where}: {resource} is not of this stack"
    principal = one.get("Principal")
    if kind == "theirs" and not denies and (principal == "*" or not as_dict(principal)):
        yield f"{where} allows everybody"
    if kind == "theirs" and denies and principal != "*":
        yield f"{where} denies only {principal}"


def _things(where: str, actions: list[Any], resources: list[Any]) -> Iterator[str]:
    """A role's statement is about things of the service that it asks."""
    for service in {str(action).partition(":")[0] for action in actions}:
        for resource in resources:
            if not re.fullmatch(THINGS.get(service, "nothing"), str(resource)):
                yield f"{where}: {resource} for {service}"


def roles(stack: Stack) -> Iterator[str]:
    """Asked all questions, each role can do exactly what is listed."""
    for name in stack.of("AWS::IAM::Role").keys() | {f"{one}Role" for one in powers.CAN}:
        short = name.removesuffix("Role")
        own = powers.own_statements(stack, name)
        can = powers.powers(stack, powers.principal(short), own)
        yield from _compare(name, can, powers.expected(short))
        # The same without the policies of what is asked for: neither layer leans on the other.
        alone = powers.alone(powers.principal(short), own)
        yield from _compare(f"{name} of itself", alone, powers.expected_alone(short))


def _compare(who: str, can: frozenset[str], wanted: frozenset[str]) -> Iterator[str]:
    for label in sorted(can - wanted):
        yield f"{who} can {label}"
    for label in sorted(wanted - can):
        yield f"{who} cannot {label}"


RULES = (trust, language, roles)
