"""The template as a document, and as what it says once its parameters have values.

References to resources stay visible as `${Name}` and `${Name.Attribute}`, so rules compare plain
values. Nothing here raises for a template that is wrong: what cannot be said becomes `${?…}`, and
the rule that asks for it says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from scripts.stack import template
from tests.live_portal import ROOT

PATH = ROOT / "infra" / "template.yaml"
NO_VALUE = "${AWS::NoValue}"
_NAMES = re.compile(r"\$\{([^}!]+)\}")

Document = dict[str, Any]

TRIAL = {"Origin": "dcuji.example/rehearsal/log", "Mode": "rehearsal"}
"""A trial that can be undone: every option at its default, so every condition false."""
LIVE = {
    "Origin": "rekap.example/log",
    "Mode": "live",
    "Site": "https://cermin.example/",
    "LogVkey": "rekap.example/log+0a1b2c3d+AAAA",
    "BacklogCap": 5000,
    "WholeMinutes": 15,
    "TableSet": "pulih2",
    "Domain": "rekap.example",
    "UploadDomain": "kirim.rekap.example",
    "Certificate": "arn:aws:acm:us-east-1:111122223333:certificate/0a-1b",
    "WebAcl": "arn:aws:wafv2:us-east-1:111122223333:global/webacl/rekap/0a",
    "Uploaders": "https://unggah.rekap.example,https://kpu.rekap.example",
    "LockMode": "COMPLIANCE",
    "LockDays": 3650,
    "LogDays": 365,
    "ReserveConcurrency": "true",
    "KeyAdministrator": "arn:aws:iam::111122223333:role/kunci",
    "BreakGlass": "arn:aws:iam::111122223333:role/darurat",
    "PermissionsBoundary": "arn:aws:iam::111122223333:policy/batas",
    "AlarmEmail": "jaga@rekap.example",
    "AccessLogs": "catatan-akses",
    "ReaderLogs": "catatan-pembaca.s3.amazonaws.com",
}
"""Every option used, so every condition true."""
PLAIN = {name: value for name, value in LIVE.items() if name != "Site"}
"""As LIVE, but watch looks at the front of the stack itself."""


def read() -> Document:
    """Return the template of this repository."""
    document: Document = yaml.load(PATH.read_text(), template._Loader)
    return document


@dataclass(frozen=True, slots=True)
class Stack:
    """What a template says with certain values: properties by name, without absent ones."""

    values: Mapping[str, Any]
    resources: Mapping[str, dict[str, Any]]
    outputs: Mapping[str, Any]

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the properties of all resources of a type, by name."""
        return {
            name: one["Properties"] for name, one in self.resources.items() if one["Type"] == kind
        }


def as_dict(value: Any) -> dict[str, Any]:
    """Return a mapping, empty if it is none."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """Return a list; a single value is a list of it, nothing an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def evaluate(document: Document, given: Mapping[str, Any]) -> Stack:
    """Give the parameters their values and say what remains."""
    said = _Said(document, given)
    shared = said(as_dict(document.get("Globals")).get("Function", {}))
    resources = {}
    for name, any_one in as_dict(document.get("Resources")).items():
        one = as_dict(any_one)
        properties = as_dict(said(one.get("Properties", {})))
        if one.get("Type") == "AWS::Serverless::Function":
            properties = _with_shared(as_dict(shared), properties)
        resources[name] = {
            **{key: value for key, value in one.items() if key != "Properties"},
            "Type": one.get("Type", ""),
            "Properties": properties,
        }
    outputs = {name: said(one) for name, one in as_dict(document.get("Outputs")).items()}
    return Stack(said.values, resources, outputs)


def _with_shared(shared: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    def variables(properties: dict[str, Any]) -> dict[str, Any]:
        return as_dict(as_dict(properties.get("Environment")).get("Variables"))

    merged = {"Variables": variables(shared) | variables(own)}
    either = as_dict(shared.get("Environment")) | as_dict(own.get("Environment"))
    return {**shared, **own, "Environment": {**either, **merged}}


class _Said:
    def __init__(self, document: Document, given: Mapping[str, Any]) -> None:
        self._mappings = as_dict(document.get("Mappings"))
        self._conditions = as_dict(document.get("Conditions"))
        self._resources = as_dict(document.get("Resources"))
        self.values: dict[str, Any] = {}
        for name, parameter in as_dict(document.get("Parameters")).items():
            value = given.get(name, as_dict(parameter).get("Default", "${?no value}"))
            is_list = as_dict(parameter).get("Type") == "CommaDelimitedList"
            self.values[name] = str(value).split(",") if is_list else value

    def __call__(self, value: Any) -> Any:
        if isinstance(value, list):
            return [one for one in map(self, value) if one != NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            known = {
                "Ref": self._ref, "Fn::GetAtt": self._get, "Fn::Sub": self._sub,
                "Fn::If": self._if, "Fn::FindInMap": self._find,
            }.get(name)  # fmt: skip
            if known is not None:
                return known(argument)
        said = {name: self(item) for name, item in value.items()}
        return {name: item for name, item in said.items() if item != NO_VALUE}

    def holds(self, name: Any) -> bool:
        """Tell whether a condition holds; one that cannot be read does not."""
        return self._test(self._conditions.get(name) if isinstance(name, str) else None)

    def _test(self, condition: Any) -> bool:
        if not isinstance(condition, dict) or len(condition) != 1:
            return False
        ((name, argument),) = condition.items()
        if name == "Fn::Equals" and isinstance(argument, list) and len(argument) == 2:
            return bool(self(argument[0]) == self(argument[1]))
        if name == "Fn::Not" and isinstance(argument, list) and len(argument) == 1:
            return not self._test(argument[0])
        return False

    def _ref(self, name: Any) -> Any:
        return self.values.get(str(name), f"${{{name}}}")

    def _get(self, argument: Any) -> str:
        parts = argument if isinstance(argument, list) else [argument]
        return f"${{{'.'.join(map(str, parts))}}}"

    def _sub(self, argument: Any) -> Any:
        text, own = (
            (argument, {}) if isinstance(argument, str) else [*as_list(argument), {}, {}][:2]
        )
        values = self(own)
        if not isinstance(text, str) or not isinstance(values, dict):
            return "${?sub}"

        def one(match: re.Match[str]) -> str:
            return str(values[match[1]] if match[1] in values else self._ref(match[1]))

        return _NAMES.sub(one, text)

    def _if(self, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) != 3:
            return "${?if}"
        return self(argument[1 if self.holds(argument[0]) else 2])

    def _find(self, argument: Any) -> Any:
        try:
            mapping, first, second = self(argument)
            return self._mappings[mapping][first][second]
        except (KeyError, TypeError, ValueError):
            return "${?map}"


def references(value: Any) -> Iterator[tuple[str, str]]:
    """Yield every (name, attribute) that a part of the document refers to, wherever it stands."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key == "Ref":
            yield str(item), ""
        elif key == "Fn::GetAtt":
            parts = item if isinstance(item, list) else str(item).split(".", 1)
            yield str(parts[0]), ".".join(map(str, parts[1:])) or "?"
        elif key == "Fn::Sub":
            text, own = [*as_list(item), {}, {}][:2]
            for name in _NAMES.findall(str(text)):
                if name not in as_dict(own):
                    yield name.partition(".")[0], name.partition(".")[2]
            yield from references(own)
        elif key in ("Fn::If", "Condition") and isinstance(item, list | str):
            yield f"condition {as_list(item)[0]}", ""
            yield from references(as_list(item)[1:])
        elif key == "DependsOn":
            for name in as_list(item):
                yield str(name), ""
        else:
            yield from references(item)
