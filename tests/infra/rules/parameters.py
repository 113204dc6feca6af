"""Rules of what an operator may choose: every value that could open something is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.infra.document import LIVE, TRIAL, Document, as_dict
from tests.infra.document import _Said as Said
from tests.infra.pattern import mismatches

DEFAULTS: dict[str, Any] = {
    "Engine": "aws", "Directory": "", "Origin": None, "Mode": "live", "Site": "", "Release": "",
    "LogVkey": "", "BacklogCap": 0, "WholeMinutes": 60, "TableSet": "1",
    "Uploaders": "https://unggah.rekap.example", "Domain": "", "UploadDomain": "",
    "Certificate": "", "WebAcl": "",
    "LockMode": "GOVERNANCE", "LockDays": 1, "LogDays": 90, "ReserveConcurrency": "false",
    "KeySpec": "ECC_NIST_EDWARDS25519", "KeyAdministrator": "", "BreakGlass": "nobody",
    "PermissionsBoundary": "", "AlarmEmail": "", "AccessLogs": "", "ReaderLogs": "",
}  # fmt: skip
"""Every parameter with what holds when nothing is said; None: it must be said."""

ARN = "arn:aws:iam::111122223333:"
REFUSED: dict[str, tuple[Any, ...]] = {
    "Engine": ("", "moto"),
    "Origin": ("", "Rekap.example/log", "rekap.example/log\n", "https://x/ y"),
    "Mode": ("", "test", "LIVE"),
    "LogVkey": ("*", "rekap.example/log"),
    "BacklogCap": (-1, 10_000_000),
    "WholeMinutes": (0, 1, 14, 1441),
    "TableSet": ("", "*", "-", "A", "a b", "12345678901234567"),
    "Site": (
        "ftp://rekap.example/",
        "http://rekap.example/",
        "rekap.example",
        "https://rekap.example",
        "https://x/a?b",
    ),
    "Uploaders": ("*", "http://unggah.rekap.example", "https://*.rekap.example", "null", ""),
    "Domain": ("*", "https://rekap.example", "rekap", "rekap.example/log"),
    "UploadDomain": ("*", "https://kirim.example", "kirim", "kirim.example/v1"),
    "Certificate": ("arn:aws:acm:ap-southeast-3:111122223333:certificate/0a", "*"),
    "WebAcl": ("*", "arn:aws:wafv2:ap-southeast-3:111122223333:regional/webacl/a/b"),
    "LockMode": ("", "OFF", "GOVERNANCE "),
    "LockDays": (0, -1, 3651),
    "LogDays": (0, 1, 7, 3653),
    "ReserveConcurrency": ("", "yes"),
    "KeySpec": ("ECC_NIST_P256", "RSA_2048", "SYMMETRIC_DEFAULT"),
    "KeyAdministrator": ("*", ARN + "root", "arn:aws:iam::111122223333:*"),
    "BreakGlass": ("", "*", ARN + "role/*", ARN + "root", "arn:aws:iam::*:role/x"),
    "PermissionsBoundary": ("*", ARN + "role/x"),
}
"""Values that a deployment must not take."""

CHOICES = {
    "Engine": ["aws", "local"],
    "Mode": ["live", "rehearsal", "replay"],
    "LockMode": ["GOVERNANCE", "COMPLIANCE"],
    "LogDays": [30, 60, 90, 120, 150, 180, 365],
    "ReserveConcurrency": ["true", "false"],
    "KeySpec": ["ECC_NIST_EDWARDS25519"],
}
"""The whole choice."""

NOT_TESTED = {"Directory", "Release", "AlarmEmail", "AccessLogs", "ReaderLogs"}
"""Free texts: a wrong one makes the deployment fail or does nothing."""

_PARTS = {
    "Type", "Default", "Description", "AllowedPattern", "AllowedValues", "MinValue", "MaxValue",
}  # fmt: skip


def shapes(document: Document) -> Iterator[str]:
    """Every parameter is listed, explained, and has its default; none is hidden or looked up."""
    found = as_dict(document.get("Parameters"))
    for name in DEFAULTS.keys() ^ found.keys():
        yield f"the parameter {name} is {'new' if name in found else 'missing'}"
    for name, one in found.items():
        for part in as_dict(one).keys() - _PARTS:
            yield f"the parameter {name} has {part}"
        if as_dict(one).get("Type") not in ("String", "Number", "CommaDelimitedList"):
            yield f"the parameter {name} is of type {as_dict(one).get('Type')}"
        if len(str(as_dict(one).get("Description", ""))) < 10:
            yield f"the parameter {name} is not explained"
        yield from mismatches(as_dict(one).get("AllowedValues"), CHOICES.get(name), name)
        if name in DEFAULTS and as_dict(one).get("Default") != DEFAULTS[name]:
            yield f"the parameter {name} is {as_dict(one).get('Default')!r} by default"


def takes(parameter: dict[str, Any], value: Any) -> bool:
    """Tell whether CloudFormation takes a value; a list's pattern is for each of its items."""
    if parameter.get("Type") == "Number":
        try:
            number = int(value)
        except ValueError:
            return False
        low, high = parameter.get("MinValue", number), parameter.get("MaxValue", number)
        if not (int(low) <= number <= int(high)):
            return False
    texts = str(value).split(",") if parameter.get("Type") == "CommaDelimitedList" else [value]
    allowed = parameter.get("AllowedValues")
    if allowed is not None and any(str(text) not in map(str, allowed) for text in texts):
        return False
    pattern = parameter.get("AllowedPattern")
    try:
        return pattern is None or all(re.fullmatch(str(pattern), str(text)) for text in texts)
    except re.error:
        return False


def values(document: Document) -> Iterator[str]:
    """What would open something is refused; what the variants of the tests use is taken."""
    found = as_dict(document.get("Parameters"))
    for name, bad in REFUSED.items():
        for value in bad:
            if takes(as_dict(found.get(name)), value):
                yield f"the parameter {name} takes {value!r}"
    for given in (TRIAL, LIVE, {k: v for k, v in DEFAULTS.items() if v is not None}):
        for name, value in given.items():
            if not takes(as_dict(found.get(name)), value):
                yield f"the parameter {name} does not take {value!r}"


def conditions(document: Document) -> Iterator[str]:
    """Every condition is false in a trial and true when all options are used, so both are read."""
    trial, live = Said(document, TRIAL), Said(document, LIVE)
    for name in as_dict(document.get("Conditions")):
        if (trial.holds(name), live.holds(name)) != (False, True):
            yield f"the condition {name} does not follow its option"


def mappings(document: Document) -> Iterator[str]:
    """Each mode but `live` has its own place on the host."""
    bases = {mode: {"Base": f"/{mode}/"} for mode in ("rehearsal", "replay")}
    wanted = {"Modes": {"live": {"Base": "/"}, **bases}}
    yield from mismatches(document.get("Mappings"), wanted, "Mappings")


def assertions(document: Document) -> Iterator[str]:
    """A live log is locked for good; domains need their certificate."""
    rules = as_dict(document.get("Rules"))
    said = {"AssertDescription": lambda text: isinstance(text, str) and len(text) > 10}

    def needs_certificate(domain: str) -> dict[str, Any]:
        given = {"Fn::Not": [{"Fn::Equals": [{"Ref": domain}, ""]}]}
        certificate = {"Fn::Not": [{"Fn::Equals": [{"Ref": "Certificate"}, ""]}]}
        return {"RuleCondition": given, "Assertions": [{"Assert": certificate, **said}]}

    wanted = {
        "LiveIsLockedForGood": {
            "RuleCondition": {"Fn::Equals": [{"Ref": "Mode"}, "live"]},
            "Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "LockMode"}, "COMPLIANCE"]}, **said}],
        },
        "DomainHasCertificate": needs_certificate("Domain"),
        "UploadDomainHasCertificate": needs_certificate("UploadDomain"),
    }
    yield from mismatches(rules, wanted, "Rules")


RULES = (shapes, values, conditions, mappings, assertions)
