"""What the template says once its parameters have values.

References to resources stay visible as `${Name}` and `${Name.Attribute}`, so tests compare plain
values. Whatever CloudFormation itself would refuse is cfn-lint's business.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml
from scripts.stack import template
from tests.live_portal import ROOT

PATH = ROOT / "infra" / "template.yaml"
NO_VALUE = "${AWS::NoValue}"
_NAMES = re.compile(r"\$\{([^}!]+)\}")

TRIAL = {"Origin": "dcuji.example/rehearsal/log", "Mode": "rehearsal"}
"""A trial that can be undone: every option at its default, so every condition false."""
LIVE = {
    "Origin": "rekap.example/log",
    "Mode": "live",
    "Site": "https://cermin.example/",
    "App": "https://petugas.rekap.example/app/",
    "LogVkey": "rekap.example/log+0a1b2c3d+AAAA",
    "BacklogCap": 5000,
    "Questions": 4320,
    "Clock": "off",
    "WholeMinutes": 15,
    "TableSet": "pulih2",
    "Domain": "rekap.example",
    "UploadDomain": "kirim.rekap.example",
    "Certificate": "arn:aws:acm:us-east-1:111122223333:certificate/0a-1b",
    "WebAcl": "arn:aws:wafv2:us-east-1:111122223333:global/webacl/rekap/0a",
    "Uploaders": "https://unggah.rekap.example,https://kpu.rekap.example",
    "LockMode": "COMPLIANCE",
    "LockDays": 3650,
    "Copy": "arn:aws:s3:::salinan-log",
    "CopyRole": "arn:aws:iam::111122223333:role/salinan",
    "LogDays": 365,
    "ReserveConcurrency": "true",
    "KeyAdministrator": "arn:aws:iam::111122223333:role/kunci",
    "BreakGlass": "arn:aws:iam::111122223333:role/darurat",
    "PermissionsBoundary": "arn:aws:iam::111122223333:policy/batas",
    "CodeSigning": "arn:aws:lambda:x-1:111122223333:code-signing-config:csc-0123456789abcdef0",
    "AlarmEmail": "jaga@rekap.example",
    "AccessLogs": "catatan-akses",
    "ReaderLogs": "catatan-pembaca.s3.amazonaws.com",
}
"""Every option used, so every condition true."""

Document = dict[str, Any]


@cache
def read() -> Document:
    """Return the template of this repository; nobody changes it."""
    document: Document = yaml.load(PATH.read_text(), template._Loader)
    return document


@dataclass(frozen=True, slots=True)
class Stack:
    """What a template says with certain values: resources without absent properties."""

    values: Mapping[str, Any]
    resources: Mapping[str, dict[str, Any]]

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the properties of all resources of a type, by name."""
        return {
            name: one["Properties"] for name, one in self.resources.items() if one["Type"] == kind
        }


def as_list(value: Any) -> list[Any]:
    """Return a list; a single value is a list of it, nothing an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def evaluate(document: Document, given: Mapping[str, Any]) -> Stack:
    """Give the parameters their values and say what remains."""
    said = _Said(document, given)
    resources = {}
    for name, one in document["Resources"].items():
        properties = said(one.get("Properties", {}))
        if one["Type"] == "AWS::Serverless::Function":
            shared = said(document.get("Globals", {}).get("Function", {}))
            variables = [part["Environment"]["Variables"] for part in (shared, properties)]
            merged = {"Variables": variables[0] | variables[1]}
            properties = {**shared, **properties, "Environment": merged}
        resources[name] = {**one, "Properties": properties}
    return Stack(said.values, resources)


class _Said:
    def __init__(self, document: Document, given: Mapping[str, Any]) -> None:
        self._mappings = document["Mappings"]
        self._conditions = document["Conditions"]
        self.values: dict[str, Any] = {}
        for name, parameter in document["Parameters"].items():
            value = given.get(name, parameter.get("Default"))
            is_list = parameter["Type"] == "CommaDelimitedList"
            self.values[name] = str(value).split(",") if is_list else value

    def __call__(self, value: Any) -> Any:
        if isinstance(value, list):
            return [one for one in map(self, value) if one != NO_VALUE]
        if not isinstance(value, dict):
            return value
        match list(value.items()):
            case [("Ref", name)]:
                return self.values.get(name, f"${{{name}}}")
            case [("Fn::GetAtt", argument)]:
                return f"${{{'.'.join(as_list(argument))}}}"
            case [("Fn::Sub", argument)]:
                text, own = (argument, {}) if isinstance(argument, str) else argument
                values = {**self.values, **self(own)}
                return _NAMES.sub(lambda match: str(values.get(match[1], match[0])), text)
            case [("Fn::If", [condition, yes, no])]:
                return self(yes if self._holds(self._conditions[condition]) else no)
            case [("Fn::FindInMap", argument)]:
                mapping, first, second = self(argument)
                return self._mappings[mapping][first][second]
        said = {name: self(item) for name, item in value.items()}
        return {name: item for name, item in said.items() if item != NO_VALUE}

    def _holds(self, condition: Any) -> bool:
        ((name, argument),) = condition.items()
        if name == "Fn::Not":
            return not self._holds(argument[0])
        assert name == "Fn::Equals"
        return bool(self(argument[0]) == self(argument[1]))
