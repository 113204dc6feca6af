"""The deployments that are written down are ones that CloudFormation would take."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
import yaml
from tests.infra.document import as_list, evaluate, read
from tests.live_portal import ROOT

DOCUMENT = read()
ARN = "arn:aws:iam::111122223333:"
REFUSED: dict[str, tuple[Any, ...]] = {
    "Engine": ("", "moto"),
    "Origin": ("", "Rekap.example/log", "rekap.example/log\n", "https://x/ y"),
    "Mode": ("", "test", "LIVE"),
    "AccessLogs": ("arn:aws:s3:::catatan", "X"),
    "ReaderLogs": ("catatan-pembaca", "arn:aws:s3:::catatan-pembaca"),
    "LogVkey": ("*", "rekap.example/log"),
    "BacklogCap": (-1, 10_000_000),
    "Questions": (-1, 2**31),
    "Clock": ("", "yes", True),
    "WholeMinutes": (0, 1, 14, 61),
    "TableSet": ("", "*", "-", "A", "a b", "12345678901234567"),
    "Site": ("ftp://a.example/", "http://a.example/", "a.example", "https://a.example",
             "https://x/a?b"),
    "App": ("*", "http://a.example/app/", "https://a.example/app", "https://a.example/?b"),
    "Uploaders": ("*", "http://unggah.rekap.example", "https://*.rekap.example", "null", ""),
    "Domain": ("*", "https://rekap.example", "rekap", "rekap.example/log"),
    "UploadDomain": ("*", "https://kirim.example", "kirim", "kirim.example/v1"),
    "Certificate": ("arn:aws:acm:ap-southeast-3:111122223333:certificate/0a", "*"),
    "WebAcl": ("*", "arn:aws:wafv2:ap-southeast-3:111122223333:regional/webacl/a/b"),
    "LockMode": ("", "OFF", "GOVERNANCE "),
    "LockDays": (0, -1, 3651),
    "Copy": ("*", "salinan-log", "arn:aws:s3:::a/b"),
    "CopyRole": ("*", ARN + "root", ARN + "role/*"),
    "LogDays": (0, 1, 7, 3653),
    "ReserveConcurrency": ("", "yes"),
    "KeySpec": ("ECC_NIST_P256", "RSA_2048", "SYMMETRIC_DEFAULT"),
    "KeyAdministrator": ("*", ARN + "root", "arn:aws:iam::111122223333:*"),
    "BreakGlass": ("", "*", ARN + "role/*", ARN + "root", "arn:aws:iam::*:role/x"),
    "CodeSigning": ("*", "arn:aws:lambda:ap-southeast-3:111122223333:code-signing-config:csc-0"),
    "PermissionsBoundary": ("*", ARN + "role/x"),
}  # fmt: skip
"""Values that would open something, and that a deployment must not take."""
FREE = {"Directory", "Release", "AlarmEmail"}
"""Free texts: a wrong one makes the deployment fail or does nothing."""
CONFIG: dict[str, Any] = tomllib.loads((ROOT / "infra/samconfig.toml").read_text())


def takes(parameter: dict[str, Any], value: Any) -> bool:
    """Tell whether CloudFormation takes a value; a list's pattern is for each of its items."""
    if parameter["Type"] == "Number":
        low, high = parameter.get("MinValue"), parameter.get("MaxValue")
        if low is not None and not low <= int(value) <= high:
            return False
    texts = str(value).split(",") if parameter["Type"] == "CommaDelimitedList" else [str(value)]
    allowed = [str(one) for one in parameter.get("AllowedValues", texts)]
    pattern = parameter.get("AllowedPattern", "(?s:.*)")
    return all(text in allowed and re.fullmatch(pattern, text) for text in texts)


def test_what_would_open_something_is_refused() -> None:
    assert REFUSED.keys() | FREE == DOCUMENT["Parameters"].keys()
    taken = [
        (name, value)
        for name, values in REFUSED.items()
        for value in values
        if takes(DOCUMENT["Parameters"][name], value)
    ]
    assert taken == []
    defaults = {name: one.get("Default") for name, one in DOCUMENT["Parameters"].items()}
    assert defaults["Uploaders"] == "https://unggah.rekap.example"
    assert [name for name, value in defaults.items() if value is None] == ["Origin"]


def test_a_live_log_is_locked_for_good_and_a_domain_has_its_certificate() -> None:
    rules = DOCUMENT["Rules"]

    def given(name: str) -> dict[str, Any]:
        return {"Fn::Not": [{"Fn::Equals": [{"Ref": name}, ""]}]}

    locked = {"Fn::Equals": [{"Ref": "LockMode"}, "COMPLIANCE"]}
    assert {(name, str(one["RuleCondition"]), str(one["Assertions"][0]["Assert"]))
            for name, one in rules.items()} == {
        ("LiveIsLockedForGood", str({"Fn::Equals": [{"Ref": "Mode"}, "live"]}), str(locked)),
        *((f"{name}HasCertificate", str(given(name)), str(given("Certificate")))
          for name in ("Domain", "UploadDomain")),
        ("CopyHasRole", str(given("Copy")), str(given("CopyRole"))),
    }  # fmt: skip


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
    host = {"trial": "gladi.hasil.example", "live": "hasil.example"}[name]
    assert given["Origin"] == f"{host}{base}log", "CloudFront gives a host to one distribution"


def test_a_skipped_check_has_its_reason() -> None:
    path = ROOT / "infra/checkov.yaml"
    skipped = as_list(yaml.safe_load(path.read_text())["skip-check"])
    lines = [line for line in path.read_text().splitlines() if "- CKV" in line]
    assert len(lines) == len(skipped) == len(set(skipped))
    assert all(len(line.partition("#")[2]) > 20 for line in lines)
