"""The organisation's policy denies an administrator what would harm a portal, and no more."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import Final

import botocore.session
import pytest
from tests.live_portal import ROOT

TEXT: Final = (ROOT / "infra/scp.json").read_text("utf-8")
CHANGES, LEAVES = json.loads(TEXT)["Statement"]
RIGHTS: Final = (ROOT / "tests/infra/rights.txt").read_text("utf-8")
NO_CALLS: Final = {
    "account:CloseAccount", "iam:PassRole", "s3:BypassGovernanceRetention",
    "s3:PutAccountPublicAccessBlock", "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration", "s3:PutReplicationConfiguration",
}  # fmt: skip
"""Rights that are named otherwise than a call, or belong to no call alone."""


def denied(right: str) -> bool:
    return any(fnmatchcase(right, one) for one in (*CHANGES["Action"], *LEAVES["Action"]))


def test_every_right_that_is_denied_exists_and_the_policy_is_short_enough() -> None:
    session = botocore.session.get_session()
    assert len(json.dumps(json.loads(TEXT), separators=(",", ":"))) <= 5_120
    for one in {*CHANGES["Action"], *LEAVES["Action"]} - NO_CALLS:
        service, _, name = one.partition(":")
        names = session.get_service_model(service).operation_names
        assert any(fnmatchcase(call, name) for call in names), one
    assert CHANGES["Action"] == sorted(CHANGES["Action"])


@pytest.mark.parametrize(
    "right",
    [
        "dynamodb:PutResourcePolicy", "iam:CreateRole", "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy", "kms:PutKeyPolicy", "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration", "organizations:LeaveOrganization",
        "s3:DeleteBucketPolicy", "s3:PutBucketPolicy", "secretsmanager:PutResourcePolicy",
    ],
)  # fmt: skip
def test_an_administrator_opens_no_second_door_and_becomes_no_function(right: str) -> None:
    assert denied(right)


def test_no_function_needs_what_is_denied_nor_does_whoever_is_on_duty() -> None:
    needed = set(re.findall(r"\b[a-z0-9]+:[A-Z]\w+", "\n".join(
        line for line in RIGHTS.splitlines() if line.startswith("  may ")
    )))  # fmt: skip
    assert len(needed) > 20
    on_duty = {
        "cloudfront:CreateInvalidation", "cloudwatch:SetAlarmState", "kms:CancelKeyDeletion",
        "lambda:PutFunctionConcurrency", "lambda:DeleteFunctionConcurrency", "sqs:PurgeQueue",
    }  # fmt: skip
    assert [right for right in needed | on_duty if denied(right)] == []


def test_who_deploys_and_who_breaks_glass_are_named_and_nobody_may_leave() -> None:
    (names,) = CHANGES["Condition"]["ArnNotLike"].values()
    roles = [one.rpartition("/")[2] for one in names]
    said = "\n".join((ROOT / "docs" / name).read_text() for name in ("account.md", "operations.md"))
    assert all(f"`{role}`" in said for role in roles)
    assert f"role/{roles[1]}" in said, "the role of the runbook"
    assert "Condition" not in LEAVES
