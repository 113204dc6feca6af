"""Who may do what: every sentence of every policy stands in rights.txt, and the documents agree."""

from __future__ import annotations

import re

import pytest
from tests.core.statements.markdown import tables
from tests.infra import rights
from tests.infra.document import LIVE, TRIAL, Stack, evaluate, read
from tests.live_portal import ROOT
from tests.portal.store.calls import written

LISTED = (ROOT / "tests/infra/rights.txt").read_text("utf-8")
PERSONS = {"BreakGlass": "BreakGlass", "KeyAdministrator": "KeyAdministrator"}
ROLES = {
    "submit": "Submit",
    "sequence": "Sequence",
    "publish": "Publish",
    "render": "Render",
    "watch": "Watch",
    "the clock": "Clock",
    "an administrator of the account": "",
}
ASKED = {
    "submit": (
        {
            "secretsmanager:GetSecretValue ReceiptKey",
            "dynamodb:PutItem RecordsTable leaf#*",
            "s3:PutObject AttachmentsBucket/lampiran/*",
            "s3:PutObject AttachmentsBucket/gambar/*",
        },
        {
            "kms:Sign LogKey",
            "dynamodb:PutItem RecordsTable guard",
            "dynamodb:UpdateItem RecordsTable guard",
            "dynamodb:DeleteItem RecordsTable",
            "dynamodb:PutItem OrderTable",
            "dynamodb:PutItem RegisterTable",
            "s3:PutObject PublicBucket/*",
        },
    ),
    "sequence": (
        {
            "kms:Sign LogKey",
            "s3:PutObject PublicBucket/log/*",
            "dynamodb:UpdateItem RecordsTable guard",
        },
        {
            "s3:DeleteObjectVersion PublicBucket/log/*",
            "s3:PutObject PublicBucket/*",
            "secretsmanager:GetSecretValue ReceiptKey",
            "kms:CreateGrant LogKey",
            "dynamodb:DeleteItem OrderTable",
        },
    ),
    "publish": (
        {
            "s3:PutObject PublicBucket/*",
            "dynamodb:PutItem RegisterTable",
        },
        {
            "s3:PutObject PublicBucket/log/*",
            "s3:DeleteObject PublicBucket/*",
            "dynamodb:PutItem RecordsTable",
            "kms:Sign LogKey",
        },
    ),
    "render": (
        {
            "s3:PutObject PublicBucket/*",
            "s3:PutObject StateBucket/state/done/*",
        },
        {
            "s3:PutObject PublicBucket/log/*",
            "s3:PutObject PublicBucket/site.json",
            "s3:PutObject StateBucket/state/*",
            "dynamodb:PutItem RegisterTable",
            "s3:DeleteObject PublicBucket/*",
        },
    ),
    "watch": (
        {
            "logs:PutLogEvents WatchLog",
            "s3:PutObject StateBucket/state/watch/*",
        },
        {
            "s3:PutObject StateBucket/state/*",
            "sqs:SendMessage SequenceQueue",
            "sns:Publish AlarmTopic",
        },
    ),
    "the clock": (
        {
            "lambda:InvokeFunction Sequence",
        },
        {
            "lambda:InvokeFunction Submit",
            "lambda:UpdateFunctionCode Sequence",
        },
    ),
    "an administrator of the account": (
        {
            "s3:PutBucketPolicy PublicBucket",
            "kms:PutKeyPolicy LogKey",
        },
        {
            "kms:Sign LogKey",
            "dynamodb:PutItem OrderTable",
            "s3:PutObject PublicBucket",
            "s3:DeleteObjectVersion PublicBucket",
            "secretsmanager:GetSecretValue ReceiptKey",
            "kms:ScheduleKeyDeletion LogKey",
            "dynamodb:DeleteTable OrderTable",
            "dynamodb:UpdateTimeToLive RecordsTable",
            "s3:PutLifecycleConfiguration PublicBucket",
        },
    ),
}
"""Of each role in the threat model: rights that it has, and rights that it has not."""
NOT_CALLS = {
    "Submit": {"logs"},
    "Sequence": {"logs", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
    "Publish": {"logs", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
    "Render": {"logs", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
}
"""Rights that no adapter asks for: lines, and the event source."""


def said(stack: Stack) -> str:
    lines = []
    for name, statements in rights.policies(stack):
        lines += [name, *(f"  {line}" for line in rights.sentences(statements))]
    return "\n".join(lines) + "\n"


def test_policies_say_what_is_listed_and_nothing_else() -> None:
    assert said(evaluate(read(), {**LIVE, **PERSONS})) == LISTED


def test_without_an_administrator_the_account_manages_the_key_and_nobody_breaks_glass() -> None:
    account = "arn:AWS::Partition:iam::AWS::AccountId:root"
    ends = "  BreakGlass may kms:DisableKey kms:ScheduleKeyDeletion on *\n"
    assert ends in LISTED
    wanted = LISTED.replace(ends, "").replace("BreakGlass", "nobody")
    assert said(evaluate(read(), TRIAL)) == wanted.replace("KeyAdministrator", account)


def test_an_allow_names_actions_and_things_and_only_a_deny_has_wildcards() -> None:
    for line in LISTED.splitlines():
        before, may, after = line.partition(" may ")
        if may:
            assert "*" not in before + after.split(" on ")[0], line
            assert " on *" not in after or before.strip() in {"SequenceRole", *PERSONS}, line


@pytest.mark.parametrize("given", [TRIAL, LIVE])
def test_a_role_is_taken_by_one_service_and_has_one_policy(given: dict[str, str]) -> None:
    stack = evaluate(read(), given)
    roles = stack.of("AWS::IAM::Role")
    policies = stack.of("AWS::IAM::Policy")
    assert {kind["Type"] for kind in stack.resources.values() if "IAM" in kind["Type"]} == {
        "AWS::IAM::Role", "AWS::IAM::Policy",
    }  # fmt: skip
    assert [one["Roles"] for one in policies.values()] == [[f"${{{name}}}"] for name in roles]
    for name, role in roles.items():
        boundary = {"PermissionsBoundary"} if "PermissionsBoundary" in given else set()
        assert role.keys() == {"Description", "AssumeRolePolicyDocument"} | boundary
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole"}
        trust["Principal"] = {"Service": "lambda.amazonaws.com"}
        if name == "ClockRole":
            trust["Principal"] = {"Service": "scheduler.amazonaws.com"}
            trust["Condition"] = {"StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}}
        assert role["AssumeRolePolicyDocument"]["Statement"] == [trust]


def test_every_bucket_queue_topic_and_secret_has_a_policy_of_its_own() -> None:
    stack = evaluate(read(), LIVE)
    for kind, policy, key in (
        ("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "Bucket"),
        ("AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "Queues"),
        ("AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "Topics"),
        ("AWS::SecretsManager::Secret", "AWS::SecretsManager::ResourcePolicy", "SecretId"),
    ):
        things = stack.of(kind)
        assert things
        carried = {name: one[key] for name, one in stack.of(policy).items()}
        named = ("Queues", "Topics")
        assert carried == {
            f"{name}Policy": [f"${{{name}}}"] if key in named else f"${{{name}}}"
            for name in things
        }  # fmt: skip


# ---------------------------------------------------------------- documents


def rows(name: str, columns: int) -> list[list[str]]:
    lines = (ROOT / "docs" / name).read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line]
    return [row for row in cells if len(row) == columns and not row[0].startswith(("---", "role"))]


def test_a_stolen_role_can_what_is_written_and_cannot_what_is_written() -> None:
    """Of an administrator, who has all rights: what policies of things refuse him."""
    stack = evaluate(read(), LIVE)
    table = tables("threat-model.md")["A stolen role"]
    assert [row[0] for row in table[: len(ROLES)]] == list(ROLES) == list(ASKED)
    for name, (yes, no) in ASKED.items():
        if role := ROLES[name]:
            assert yes <= rights.given(stack, role), name
            assert not no & rights.given(stack, role), name
            below = {label for label in no if re.sub(r"/.*", "/*", label) in yes}
            assert below <= rights.given(stack, role, "Deny"), name
            continue
        for label in yes | no:
            action, thing = label.split()
            assert (action in rights.refused(stack, thing)) == (label in no), label


def calls() -> dict[str, set[tuple[str, str]]]:
    """Return what each function needs: (right, on what), for its calls and besides them."""
    besides = [(row[0], row[1].strip("`"), row[2]) for row in rows("aws.md", 4)]
    found: dict[str, set[tuple[str, str]]] = {name: set() for name in NOT_CALLS}
    for function, right, on in [*besides, *((c.function, c.needs, c.on) for c in written())]:
        if function.capitalize() in found:
            found[function.capitalize()].add((right, on.split("/")[0]))
    return found


@pytest.mark.parametrize("role", NOT_CALLS)
def test_each_call_of_an_adapter_has_its_right_and_each_right_its_call(role: str) -> None:
    own = [label.split()[:2] for label in rights.given(evaluate(read(), LIVE), role)]
    granted = {(action, thing.split("/")[0]) for action, thing in own}
    needed = calls()[role]
    assert needed
    assert needed <= granted
    idle = NOT_CALLS[role]
    assert {one for one, _ in granted - needed if not {one, one.split(":")[0]} & idle} == set()
