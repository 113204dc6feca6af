"""What SAM makes of the template: it adds wires, and no right that rights.txt does not list.

SAM's transformation runs in the environment of the rehearsal; without that it is skipped with the
reason, unless REKAP_REQUIRE names `sam`.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from tests import needed
from tests.infra.document import TRIAL, Document, evaluate, read
from tests.live_portal import ROOT

PYTHON = ROOT / ".venv-rehearse" / "bin" / "python"
PROGRAM = """
import json, sys
from samtranslator.public.translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
class Policies(ManagedPolicyLoader):
    def __init__(self): pass
    def load(self): return {"AmazonS3FullAccess": "arn:aws:iam::aws:policy/AmazonS3FullAccess"}
document, parameters = json.load(sys.stdin)
json.dump(transform(document, parameters, Policies()), sys.stdout)
"""

ADDED = {
    "AWS::Lambda::Function": 5,
    "AWS::Lambda::EventInvokeConfig": 5,
    "AWS::Lambda::EventSourceMapping": 3,
    "AWS::Scheduler::Schedule": 3,
}
"""What comes for functions and their events, and how often."""
SHORT = ("AWS::Serverless::Function",)


def expand(
    document: Document, parameters: Mapping[str, str] | None = None
) -> dict[str, dict[str, Any]]:
    """Return the resources that CloudFormation gets."""
    if not PYTHON.exists():
        needed.lacking("sam", "SAM's transformation is missing: make setup-rehearse")
    # As `sam deploy` does: the artifact is in a bucket before the transformation.
    text = json.dumps([document, parameters or {}]).replace(
        "../var/artifact/lambda.zip", "s3://bucket/lambda.zip"
    )
    environment = {**os.environ, "AWS_DEFAULT_REGION": "ap-southeast-3"}
    done = subprocess.run(
        [str(PYTHON), "-c", PROGRAM],
        input=text, capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    resources: dict[str, dict[str, Any]] = json.loads(done.stdout)["Resources"]
    return resources


@pytest.fixture(scope="module")
def expanded() -> dict[str, dict[str, Any]]:
    return expand(read())


def added(document: Document, resources: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    given = document["Resources"]
    return {
        name: one
        for name, one in resources.items()
        if name not in given or given[name]["Type"] in SHORT
    }


def test_what_is_not_short_stays_as_it_was_read(expanded: dict[str, dict[str, Any]]) -> None:
    for name, one in read()["Resources"].items():
        if one["Type"] not in SHORT:
            assert expanded[name] == one, name


def test_only_wires_are_added(expanded: dict[str, dict[str, Any]]) -> None:
    document = read()
    kinds = Counter(one["Type"] for one in added(document, expanded).values())
    assert kinds == ADDED


def test_each_wire_leads_where_the_template_says(expanded: dict[str, dict[str, Any]]) -> None:
    stack = evaluate({**read(), "Resources": expanded}, TRIAL)
    for name, one in stack.of("AWS::Lambda::Function").items():
        assert one["Role"] == f"${{{name}Role.Arn}}"
        assert not {"VpcConfig", "Layers", "TracingConfig", "DeadLetterConfig"} & one.keys()
    for name, one in stack.of("AWS::Scheduler::Schedule").items():
        target = one["Target"]
        if name == "PublishMinute":
            continue
        function = next(f for f in ("Sequence", "Watch") if name.startswith(f))
        assert (target["Arn"], target["RoleArn"]) == (f"${{{function}.Arn}}", "${ClockRole.Arn}")
        assert one["Name"].startswith("${AWS::StackName}-")
    for name, one in stack.of("AWS::Lambda::EventSourceMapping").items():
        function = name.removesuffix("Bell")
        assert one["EventSourceArn"] == f"${{{function}Queue.Arn}}"
        assert one["FunctionName"] == f"${{{function}}}"


def test_an_alias_would_keep_the_settings_of_before(expanded: dict[str, dict[str, Any]]) -> None:
    """Why there is none (docs/adr, 0042): SAM names a version by the text, not by its values."""
    assert not {"AWS::Lambda::Alias", "AWS::Lambda::Version"} & {
        one["Type"] for one in expanded.values()
    }
    document = copy.deepcopy(read())
    document["Globals"]["Function"] |= {
        "AutoPublishAlias": "live", "AutoPublishAliasAllProperties": True,
    }  # fmt: skip
    versions = []
    for tables in ("1", "2"):
        document["Parameters"]["TableSet"]["Default"] = tables
        made = expand(document, {"TableSet": tables, "Origin": TRIAL["Origin"]})
        versions.append({n for n, one in made.items() if one["Type"] == "AWS::Lambda::Version"})
    assert versions[0] == versions[1]
    assert len(versions[0]) == 5
