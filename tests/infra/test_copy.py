"""The copy of the log in another Region: S3 alone writes it, and nobody takes anything away."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from scripts.stack import template
from tests.infra import rights
from tests.infra.document import LIVE, TRIAL, evaluate, read
from tests.live_portal import ROOT

DOCUMENT = {"Mappings": {}, "Conditions": {}} | yaml.load(
    (ROOT / "infra/copy.yaml").read_text(), template._Loader
)
STACK = evaluate(DOCUMENT, {"Source": "asal", "LockMode": "COMPLIANCE", "LockDays": 1825})
SAID = dict(rights.policies(STACK))


def test_the_copy_is_locked_and_closed_as_its_source() -> None:
    (copy,) = STACK.of("AWS::S3::Bucket").values()
    source = dict(evaluate(read(), LIVE).of("AWS::S3::Bucket")["PublicBucket"])
    for own in ("LoggingConfiguration", "ReplicationConfiguration"):
        del source[own]
    source["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]["Days"] = 1825
    assert copy == source
    for name in ("Bucket", "BucketPolicy"):
        one = STACK.resources[name]
        assert (one["DeletionPolicy"], one["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_only_the_role_of_the_copy_writes_it_and_it_reads_the_log_alone() -> None:
    log = "arn:AWS::Partition:s3:::asal"
    assert rights.sentences(SAID["Role"]) == [
        f"may s3:GetReplicationConfiguration s3:ListBucket on {log}",
        "may s3:GetObjectLegalHold s3:GetObjectRetention s3:GetObjectVersionAcl"
        " s3:GetObjectVersionForReplication s3:GetObjectVersionTagging"
        f" on {log}/log/* {log}/site.json {log}/bukti/* {log}/policy.txt",
        "may s3:ReplicateObject s3:ReplicateTags on Bucket/*",
    ]
    tls, nobody, role = rights.sentences(SAID["Bucket"])
    assert tls == "never s3:* on Bucket Bucket/* if Bool aws:SecureTransport=false"
    denied = set(nobody.removeprefix("never ").partition(" on ")[0].split())
    assert denied >= {"s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion",
                      "s3:ReplicateDelete", "s3:BypassGovernanceRetention"}  # fmt: skip
    assert " if " not in nobody
    assert role == ("never s3:ReplicateObject on Bucket/* if StringNotEquals aws:PrincipalArn=Role")
    (trust,) = STACK.of("AWS::IAM::Role")["Role"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "s3.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}}


@pytest.mark.parametrize("given", [TRIAL, LIVE])
def test_what_makes_all_pages_again_is_copied_at_once_and_no_deletion_is(
    given: dict[str, Any],
) -> None:
    bucket = evaluate(read(), given).of("AWS::S3::Bucket")["PublicBucket"]
    if "Copy" not in given:
        assert "ReplicationConfiguration" not in bucket
        return
    said = bucket["ReplicationConfiguration"]
    assert said["Role"] == given["CopyRole"]
    assert [one["Filter"]["Prefix"] for one in said["Rules"]] == [
        "log/", "site.json", "bukti/", "policy.txt",
    ]  # fmt: skip
    assert len({one["Priority"] for one in said["Rules"]}) == len(said["Rules"])
    for one in said["Rules"]:
        assert (one["Status"], one["DeleteMarkerReplication"]) == (
            "Enabled", {"Status": "Disabled"},
        )  # fmt: skip
        assert one["Destination"] == {"Bucket": given["Copy"]}
