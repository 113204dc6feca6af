"""The template: what linters do not see. Handlers exist, references resolve, nobody may delete."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from scripts.stack import template
from tests.live_portal import ROOT

PATH = ROOT / "infra" / "template.yaml"
DOCUMENT: dict[str, Any] = yaml.load(PATH.read_text(), template._Loader)
RESOURCES: dict[str, Any] = DOCUMENT["Resources"]
LINES = "logs:CreateLogStream logs:PutLogEvents "
BELLS = LINES + "sqs:SendMessage sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes "
FILES = "s3:GetObject s3:PutObject s3:ListBucket "
ALLOWED = {
    "Submit": LINES + "dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem dynamodb:Query "
    "secretsmanager:GetSecretValue sqs:SendMessage",
    "Sequence": BELLS + FILES + "dynamodb:GetItem dynamodb:BatchGetItem dynamodb:Query "
    "dynamodb:UpdateItem dynamodb:DeleteItem dynamodb:PutItem kms:Sign kms:GetPublicKey",
    "Publish": BELLS + FILES + "dynamodb:GetItem dynamodb:Query dynamodb:BatchWriteItem "
    "dynamodb:PutItem dynamodb:UpdateItem",
}
"""What each function may do, on whatever it names. Deleting: only pending marks, by sequence."""


def of_type(kind: str) -> dict[str, Any]:
    return {
        name: one.get("Properties", {}) for name, one in RESOURCES.items() if one["Type"] == kind
    }


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key in ("Ref", "Condition") and isinstance(item, str):
                yield item
            elif key == "Fn::GetAtt":
                yield item[0]
            elif key == "Fn::Sub":
                text, own = (item, {}) if isinstance(item, str) else item
                named = {m.split(".")[0] for m in re.findall(r"\$\{([^}!]+)\}", text)}
                yield from named - own.keys()
                yield from references(own)
            elif key == "Condition" and isinstance(item, dict):
                continue
            elif key == "Fn::If":
                yield item[0]
                yield from references(item[1:])
            else:
                yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def statements(function: str) -> list[dict[str, Any]]:
    assert RESOURCES[function]["Properties"]["Role"] == {"Fn::GetAtt": [f"{function}Role", "Arn"]}
    document = RESOURCES[f"{function}Policy"]["Properties"]["PolicyDocument"]
    statements: list[dict[str, Any]] = document["Statement"]
    return statements


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_every_reference_resolves() -> None:
    known = RESOURCES.keys() | DOCUMENT["Parameters"].keys() | DOCUMENT["Conditions"].keys()
    dangling = {
        name
        for part in ("Globals", "Resources", "Conditions", "Outputs")
        for name in references(DOCUMENT[part])
        if not name.startswith("AWS::")
    } - known
    assert dangling == set()


def test_every_handler_exists() -> None:
    functions = of_type("AWS::Serverless::Function")
    assert functions.keys() == ALLOWED.keys()
    for properties in functions.values():
        module, name = properties["Handler"].rsplit(".", 1)
        assert callable(getattr(importlib.import_module(module), name))


def test_every_event_has_a_route_of_the_handler() -> None:
    from handlers import submit

    stack = template.load(PATH, {"Origin": "x.example/log"})
    routes = {route.key for one in stack.functions for route in one.routes}
    assert routes == {"POST /v1/statements", "GET /v1/statements/{leaf}"}
    routed = submit.app._static_routes + submit.app._dynamic_routes
    assert {f"{one.method} {one.openapi_path}" for one in routed} == routes


@pytest.mark.parametrize("function", ALLOWED)
def test_each_function_may_do_what_is_listed_and_nothing_else(function: str) -> None:
    allowed = set(ALLOWED[function].split())
    for one in statements(function):
        if one["Effect"] == "Deny":
            continue
        assert set(as_list(one["Action"])) <= allowed
        for resource in as_list(one["Resource"]):
            assert resource != "*"
            assert isinstance(resource, dict)
    assert {a for s in statements(function) for a in as_list(s["Action"])} == allowed


def test_only_sequence_writes_the_log_and_nobody_deletes_objects() -> None:
    denied = [one for one in statements("Publish") if one["Effect"] == "Deny"]
    assert [one["Resource"] for one in denied] == [{"Fn::Sub": "${PublicBucket.Arn}/log/*"}]
    writes = [one for one in statements("Sequence") if "s3:PutObject" in one["Action"]]
    assert [one["Resource"] for one in writes] == [{"Fn::Sub": "${PublicBucket.Arn}/log/*"}]
    assert not any("s3" in str(one["Action"]) for one in statements("Submit"))
    actions = {a for name in ALLOWED for s in statements(name) for a in as_list(s["Action"])}
    assert not any("Delete" in action for action in actions if action.startswith("s3"))


def test_buckets_are_closed_kept_and_take_only_conditional_writes() -> None:
    policies = of_type("AWS::S3::BucketPolicy").values()
    for name, properties in of_type("AWS::S3::Bucket").items():
        assert all(properties["PublicAccessBlockConfiguration"].values())
        assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
        assert RESOURCES[name]["DeletionPolicy"] == "Retain"
        (policy,) = (one for one in policies if one["Bucket"] == {"Ref": name})
        denied = {
            one["Sid"]: one
            for one in policy["PolicyDocument"]["Statement"]
            if one["Effect"] == "Deny"
        }
        assert {"WritesAreConditional", "NobodyDeletes", "OnlyTls"} <= denied.keys()
        condition = denied["WritesAreConditional"]["Condition"]
        assert condition == {"Null": {"s3:if-none-match": "true", "s3:if-match": "true"}}


def test_tables_and_keys_are_kept() -> None:
    for kind in ("AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::SecretsManager::Secret"):
        for name in of_type(kind):
            assert RESOURCES[name]["DeletionPolicy"] == "Retain"
            assert RESOURCES[name]["UpdateReplacePolicy"] == "Retain"
    for properties in of_type("AWS::DynamoDB::Table").values():
        assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]


def test_the_log_key_signs_pure_ed25519() -> None:
    (key,) = of_type("AWS::KMS::Key").values()
    assert (key["KeySpec"], key["KeyUsage"]) == ({"Ref": "KeySpec"}, "SIGN_VERIFY")


def test_logs_end_and_alarms_exist_for_each_writer_and_each_queue() -> None:
    for properties in of_type("AWS::Logs::LogGroup").values():
        assert properties["RetentionInDays"] == {"Ref": "LogDays"}
    watched = [one["Dimensions"][0]["Value"] for one in of_type("AWS::CloudWatch::Alarm").values()]
    for function in ("Sequence", "Publish"):
        assert {"Ref": function} in watched
    dead = {one["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
            for one in of_type("AWS::SQS::Queue").values() if "RedrivePolicy" in one}  # fmt: skip
    assert dead == {"SequenceLost", "PublishLost"}
    for name in dead:
        assert {"Fn::GetAtt": [name, "QueueName"]} in watched


def test_bells_wait_longer_than_their_function_and_are_rare() -> None:
    for name, properties in of_type("AWS::Serverless::Function").items():
        for event in properties["Events"].values():
            if event["Type"] != "SQS":
                continue
            queue = RESOURCES[event["Properties"]["Queue"]["Fn::GetAtt"][0]]["Properties"]
            assert queue["VisibilityTimeout"] >= 6 * properties["Timeout"], name
            # At most one checkpoint a second.
            assert event["Properties"]["MaximumBatchingWindowInSeconds"] >= 1
            assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_writers_run_twice_at_most_and_every_minute() -> None:
    for name in ("Sequence", "Publish"):
        properties = RESOURCES[name]["Properties"]
        reserved = properties["ReservedConcurrentExecutions"]
        assert reserved == {"Fn::If": ["HasReservations", 2, {"Ref": "AWS::NoValue"}]}
        schedules = [e for e in properties["Events"].values() if e["Type"] == "ScheduleV2"]
        assert [s["Properties"]["ScheduleExpression"] for s in schedules] == ["rate(1 minute)"]


def test_keys_go_to_the_functions_that_sign() -> None:
    stack = template.load(PATH, {"Origin": "x.example/log", "Engine": "local", "Directory": "/d"})
    held = {one.name: one.variables.get("REKAP_KEYS", "") for one in stack.functions}
    assert held == {"Submit": "receipt", "Sequence": "log", "Publish": ""}
    for one in stack.functions:
        assert (one.variables["REKAP_ENGINE"], one.variables["REKAP_DIR"]) == ("local", "/d")


def test_headers_of_files_hold_no_directive_that_a_release_changes() -> None:
    front = template.load(PATH, {"Origin": "x.example/log"}).front
    policy = front.headers["content-security-policy"]
    assert not re.search("script|style|default|img|connect", policy)
    assert front.missing_seconds <= 30


def test_cfn_lint_finds_nothing() -> None:
    pytest.importorskip("cfnlint", reason="cfn-lint is not installed")
    program = str(Path(sys.executable).with_name("cfn-lint"))
    command = [program, "-r", "ap-southeast-3", "-t", str(PATH)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
