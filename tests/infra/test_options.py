"""The deployments that are written down are ones that CloudFormation would take."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
import yaml
from tests.infra.document import as_list, evaluate, read
from tests.infra.rules.parameters import takes
from tests.live_portal import ROOT

DOCUMENT = read()
CONFIG: dict[str, Any] = tomllib.loads((ROOT / "infra/samconfig.toml").read_text())


def overrides(name: str) -> dict[str, str]:
    said = CONFIG[name]["deploy"]["parameters"]["parameter_overrides"]
    return dict(one.split("=", 1) for one in said)


@pytest.mark.parametrize("name", ["trial", "live"])
def test_a_written_deployment_is_taken(name: str) -> None:
    given = overrides(name)
    assert given.keys() <= DOCUMENT["Parameters"].keys()
    for parameter, one in DOCUMENT["Parameters"].items():
        value = given.get(parameter, one.get("Default"))
        assert value is not None, parameter
        assert takes(one, value), (parameter, value)
    assert CONFIG[name]["global"]["parameters"]["region"] == "ap-southeast-3"
    assert CONFIG[name]["deploy"]["parameters"]["capabilities"] == "CAPABILITY_IAM"


def test_the_trial_can_be_undone_and_live_is_locked() -> None:
    lock = {}
    for name in ("trial", "live"):
        bucket = evaluate(DOCUMENT, overrides(name)).of("AWS::S3::Bucket")["PublicBucket"]
        lock[name] = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert lock["trial"] == {"Mode": "GOVERNANCE", "Days": 1}
    assert lock["live"]["Mode"] == "COMPLIANCE"
    assert int(lock["live"]["Days"]) >= 365


@pytest.mark.parametrize("name", ["trial", "live"])
def test_the_origin_is_the_place_of_the_mode(name: str) -> None:
    given = overrides(name)
    base = DOCUMENT["Mappings"]["Modes"][given["Mode"]]["Base"]
    assert given["Origin"] == f"hasil.example{base}log"


def test_a_skipped_check_has_its_reason() -> None:
    path = ROOT / "infra/checkov.yaml"
    skipped = as_list(yaml.safe_load(path.read_text())["skip-check"])
    lines = [line for line in path.read_text().splitlines() if "- CKV" in line]
    assert len(lines) == len(skipped) == len(set(skipped))
    assert all(len(line.partition("#")[2]) > 20 for line in lines)
