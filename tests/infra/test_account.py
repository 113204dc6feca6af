"""What the page about an account tells to type: parameters that exist, outputs that are there."""

from __future__ import annotations

import re

from tests.infra.document import read
from tests.infra.test_options import DOCUMENT, takes
from tests.infra.test_waf import DOCUMENT as WAF
from tests.live_portal import ROOT

TEXT = (ROOT / "docs" / "account.md").read_text("utf-8")
COMMANDS = "\n".join(re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)).replace("\\\n", " ")
STANDS_FOR = {
    "CERTIFICATE": "arn:aws:acm:us-east-1:111122223333:certificate/0a",
    "ACL": "arn:aws:wafv2:us-east-1:111122223333:global/webacl/rekap/0a",
    "$host/log": "hasil.example/log",
    "$host": "hasil.example",
    "$uploads": "kirim.hasil.example",
    "https://unggah.$host": "https://unggah.hasil.example",
}


def test_every_parameter_that_is_typed_exists_and_takes_its_value() -> None:
    deployments = re.findall(r"sam deploy --template-file (\S+) (.*)", COMMANDS)
    assert [file for file, _ in deployments] == [
        "infra/waf.yaml", "infra/template.yaml", "infra/template.yaml",
    ]  # fmt: skip
    for file, options in deployments:
        document = WAF if file.endswith("waf.yaml") else DOCUMENT
        given = options.split("--parameter-overrides")[1].replace('"', "").split(" || ")[0].split()
        for name, value in (one.split("=", 1) for one in given):
            assert takes(document["Parameters"][name], STANDS_FOR.get(value, value)), (name, value)


def test_outputs_and_alarms_that_are_named_are_there() -> None:
    outputs = read()["Outputs"].keys() | WAF["Outputs"].keys()
    named = set(re.findall(r"`((?:Front|Gate)Name|[A-Za-z]+Arn)`", TEXT))
    assert named
    assert named <= outputs
    assert {"WatchBehind"} <= read()["Resources"].keys()
