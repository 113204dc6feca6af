"""What the page about an account tells to type: parameters that exist, outputs that are there."""

from __future__ import annotations

import re

from tests.infra.document import read
from tests.infra.test_options import DOCUMENT, overrides, takes
from tests.infra.test_waf import DOCUMENT as WAF
from tests.live_portal import ROOT

TEXT = (ROOT / "docs" / "account.md").read_text("utf-8")
COMMANDS = "\n".join(re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)).replace("\\\n", " ")
CALLS = (ROOT / "tests/portal/store/calls.txt").read_text("utf-8")
STANDS_FOR = {
    "CERTIFICATE": "arn:aws:acm:us-east-1:111122223333:certificate/0a",
    "ACL": "arn:aws:wafv2:us-east-1:111122223333:global/webacl/rekap/0a",
    "$certificate": "arn:aws:acm:us-east-1:111122223333:certificate/0a",
    "$acl": "arn:aws:wafv2:us-east-1:111122223333:global/webacl/rekap/0a",
    "$host/log": "hasil.example/log",
    "$host": "hasil.example",
    "kirim.$host": "kirim.hasil.example",
    "https://kirim.$host": "https://kirim.hasil.example",
}


def test_every_parameter_that_is_typed_exists_and_takes_its_value() -> None:
    deployments = _deployments()
    assert [file for file, _ in deployments] == [
        "infra/waf.yaml", "infra/template.yaml", "infra/template.yaml", "infra/template.yaml",
    ]  # fmt: skip
    for file, given in deployments:
        document = WAF if file.endswith("waf.yaml") else DOCUMENT
        for name, value in given.items():
            assert takes(document["Parameters"][name], value), (name, value)


def _deployments() -> list[tuple[str, dict[str, str]]]:
    """The template and the parameters of each deployment that is written down."""
    found = []
    for file, options in re.findall(r"sam deploy .*?--template-file (\S+) (.*)", COMMANDS):
        said = options.split("--parameter-overrides")[1].replace('"', "")
        given = (one.split("=", 1) for one in said.split(" < ")[0].split())
        found.append((file, {name: STANDS_FOR.get(value, value) for name, value in given}))
    return found


def test_officers_sign_and_send_at_one_host_below_the_logs_which_the_certificate_covers() -> None:
    """Elsewhere a browser offers no passkey, or the app may not send."""
    stars = re.findall(r"'\*\.([a-z.]+)'", COMMANDS)
    first, many = (given for _, given in _deployments() if "UploadDomain" in given)
    for given in (first, many, overrides("live")):
        host = given["Origin"].partition("/")[0]
        assert given["Domain"] == host
        assert given["UploadDomain"].endswith(f".{host}")
        assert given["Uploaders"] == f"https://{given['UploadDomain']}"
        assert given["WebAcl"], "nothing else keeps a flood from the officers' share"
        assert given["UploadDomain"].partition(".")[2] in stars
        assert given["Mode"] != "live" or given["ReserveConcurrency"] == "true"


def test_what_breaks_glass_has_the_rights_that_restoring_needs() -> None:
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    (sentence,) = re.findall(r"It needs (.*?)\. Names", text)
    needed = set(re.findall(r"^restore .*", CALLS, re.MULTILINE))
    assert needed
    for right in re.findall(r"\b(?:dynamodb|s3):([A-Za-z]+)", "\n".join(needed)):
        assert right in sentence, right
    assert "ListBucket" in sentence


def test_outputs_and_alarms_that_are_named_are_there() -> None:
    outputs = read()["Outputs"].keys() | WAF["Outputs"].keys()
    named = set(re.findall(r"`((?:Front|Gate|AppBucket)Name|[A-Za-z]+Arn)`", TEXT))
    assert named
    assert named <= outputs
    assert {"WatchBehind"} <= read()["Resources"].keys()


def test_no_output_prints_the_address_that_goes_around_the_gate() -> None:
    assert "execute-api" not in str(read()["Outputs"])
