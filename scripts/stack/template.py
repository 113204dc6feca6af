"""Reads a SAM template into what a local run needs: functions with their events, and the front."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import translate
from pathlib import Path
from typing import Any

import yaml

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
"""What the artifact that a template names is built from."""

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(r"rate\(([0-9]+) (second|minute|hour|day)s?\)")
_NAMES = re.compile(r"\$\{([^}!]+)\}")


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue that wakes a function: its name, and how messages come in. Times in seconds."""

    name: str
    batch: int
    window: float
    visibility: float


@dataclass(frozen=True, slots=True)
class Schedule:
    """A clock that wakes a function every `seconds`; `input` is its own event in JSON, if any.

    `queue`: it sends a message to this queue instead of calling the function.
    """

    name: str
    seconds: int
    input: str = ""
    queue: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """A function: "handlers.submit.handle" below `code`, its variables and what wakes it.

    `asked`: it has an address of its own, to which the gate passes requests.
    """

    name: str
    handler: str
    code: Path
    timeout: int
    memory: int
    variables: Mapping[str, str]
    asked: bool
    queues: tuple[Queue, ...]
    schedules: tuple[Schedule, ...]


@dataclass(frozen=True, slots=True)
class Front:
    """What CloudFront adds: headers by path, how long absence is kept; and whom the address of
    `submit` hears."""

    headers: Mapping[str, str]
    special: tuple[tuple[re.Pattern[str], Mapping[str, str]], ...]
    missing_seconds: int
    cors: Mapping[str, Any]

    def headers_of(self, path: str) -> Mapping[str, str]:
        """The headers of a file by its path below the host, without the first slash."""
        return next((had for at, had in self.special if at.match(f"/{path}")), self.headers)


@dataclass(frozen=True, slots=True)
class Stack:
    """All that is read from a template."""

    functions: tuple[Function, ...]
    front: Front


def load(path: Path, parameters: Mapping[str, str]) -> Stack:
    """Read a template with the values of its parameters.

    Raises:
        ValueError: a parameter without value, an unknown one, or an event that cannot be run here.
    """
    document = yaml.load(path.read_text(), _Loader)  # noqa: S506  (a SafeLoader with tags)
    unknown = parameters.keys() - document["Parameters"].keys()
    if unknown:
        raise ValueError(f"the template has no parameter {', '.join(sorted(unknown))}")
    resolver = _Resolver(document, parameters)
    resources = document["Resources"]
    functions = tuple(
        _function(name, document, resolver)
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    )
    return Stack(functions, _front(resources, resolver))


class _Loader(yaml.CSafeLoader):
    """YAML with CloudFormation's short forms as their long ones."""


def _tag(loader: yaml.CSafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _tag)


class _Resolver:
    """Resolves references: a parameter is its value, a resource its own name."""

    def __init__(self, document: Mapping[str, Any], given: Mapping[str, str]) -> None:
        self._resources = document["Resources"]
        self._conditions = document.get("Conditions", {})
        self._mappings = document.get("Mappings", {})
        self._values: dict[str, Any] = {}
        for name, parameter in document["Parameters"].items():
            value = given.get(name, parameter.get("Default"))
            if value is None:
                raise ValueError(f"the parameter {name} has no value")
            is_list = parameter["Type"] == "CommaDelimitedList"
            self._values[name] = str(value).split(",") if is_list else value

    def __call__(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self(item) for item in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Ref":
                return self._reference(argument)
            if name == "Fn::GetAtt":
                return self._reference(argument[0])
            if name == "Fn::Sub":
                return self._substitute(argument)
            if name == "Fn::FindInMap":
                mapping, first, second = self(argument)
                return self._mappings[mapping][first][second]
            if name == "Fn::If":
                return self(argument[1 if self._holds(self._conditions[argument[0]]) else 2])
        return {name: self(item) for name, item in value.items()}

    def _substitute(self, argument: Any) -> str:
        text, own = (argument, {}) if isinstance(argument, str) else argument
        values = self(own)
        return _NAMES.sub(
            lambda m: str(values[m[1]] if m[1] in values else self._reference(m[1].split(".")[0])),
            text,
        )

    def _holds(self, condition: Mapping[str, Any]) -> bool:
        ((name, argument),) = condition.items()
        if name == "Condition":
            return self._holds(self._conditions[argument])
        if name == "Fn::Equals":
            first, second = self(argument)
            return bool(first == second)
        if name == "Fn::Not":
            return not self._holds(argument[0])
        raise ValueError(f"conditions with {name} cannot be run here")

    def _reference(self, name: str) -> Any:
        if name in self._values:
            return self._values[name]
        if name in self._resources or name.startswith("AWS::"):
            return name
        raise ValueError(f"nothing is named {name}")


def _function(name: str, document: Mapping[str, Any], resolve: _Resolver) -> Function:
    resources = document["Resources"]
    shared = document.get("Globals", {}).get("Function", {})
    properties = {**shared, **resources[name]["Properties"]}
    variables: dict[str, str] = {}
    for source in (shared, resources[name]["Properties"]):
        own = source.get("Environment", {}).get("Variables", {})
        variables |= {key: str(resolve(value)) for key, value in own.items()}
    events = {
        event: (one["Type"], resolve(one["Properties"]))
        for event, one in properties.get("Events", {}).items()
    }
    known = {"SQS", "ScheduleV2"}
    for event, (kind, _) in events.items():
        if kind not in known:
            raise ValueError(f"{name}.{event}: events of type {kind} cannot be run here")
    queues = tuple(_queue(one, resources) for kind, one in events.values() if kind == "SQS")
    ticks = tuple(_schedule(e, one) for e, (kind, one) in events.items() if kind == "ScheduleV2")
    return Function(
        name,
        properties["Handler"],
        FUNCTIONS,
        properties["Timeout"],
        properties["MemorySize"],
        variables,
        name in _addresses(resources),
        queues,
        ticks + _through_queues(queues, resources, resolve),
    )


def _queue(properties: Mapping[str, Any], resources: Mapping[str, Any]) -> Queue:
    name = properties["Queue"]
    queue = resources[name]["Properties"]
    return Queue(
        name,
        properties.get("BatchSize", 10),
        properties.get("MaximumBatchingWindowInSeconds", 0),
        queue.get("VisibilityTimeout", 30),
    )


def _through_queues(
    queues: tuple[Queue, ...], resources: Mapping[str, Any], resolve: _Resolver
) -> tuple[Schedule, ...]:
    """Return the clocks that ring these queues."""
    clocks = {
        name: resolve(one["Properties"])
        for name, one in resources.items()
        if one["Type"] == "AWS::Scheduler::Schedule"
    }
    return tuple(
        replace(_schedule(name, clock), queue=clock["Target"]["Arn"])
        for name, clock in clocks.items()
        if clock["Target"]["Arn"] in {queue.name for queue in queues}
    )


def _schedule(name: str, properties: Mapping[str, Any]) -> Schedule:
    match = _RATE.fullmatch(properties["ScheduleExpression"])
    if match is None:
        raise ValueError(f"{properties['ScheduleExpression']} is not a rate")
    return Schedule(name, int(match[1]) * _SECONDS[match[2]], properties.get("Input", ""))


def _front(resources: Mapping[str, Any], resolve: _Resolver) -> Front:
    config = resources["Front"]["Properties"]["DistributionConfig"]

    def headers(behaviour: Mapping[str, Any]) -> dict[str, str]:
        policy = resources[behaviour["ResponseHeadersPolicyId"]["Ref"]]["Properties"]
        return _headers(policy["ResponseHeadersPolicyConfig"])

    (address,) = _addresses(resources).values()
    return Front(
        headers(config["DefaultCacheBehavior"]),
        tuple(
            (re.compile(translate(one["PathPattern"])), headers(one))
            for one in config["CacheBehaviors"]
        ),
        max(one["ErrorCachingMinTTL"] for one in config["CustomErrorResponses"]),
        resolve(address["Cors"]),
    )


def _addresses(resources: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the properties of functions' own addresses, by the function's name."""
    return {
        one["Properties"]["TargetFunctionArn"]["Ref"]: one["Properties"]
        for one in resources.values()
        if one["Type"] == "AWS::Lambda::Url"
    }


def _headers(config: Mapping[str, Any]) -> dict[str, str]:
    """Spell the headers that a response headers policy adds."""
    security = config["SecurityHeadersConfig"]
    transport = security["StrictTransportSecurity"]
    readers = config["CorsConfig"]["AccessControlAllowOrigins"]["Items"]
    below = "; includeSubDomains" if transport["IncludeSubdomains"] else ""
    headers = {
        "access-control-allow-origin": readers[0],
        "content-security-policy": security["ContentSecurityPolicy"]["ContentSecurityPolicy"],
        "referrer-policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        "strict-transport-security": f"max-age={transport['AccessControlMaxAgeSec']}{below}",
        "x-content-type-options": "nosniff",
    }
    if "FrameOptions" in security:
        headers["x-frame-options"] = security["FrameOptions"]["FrameOption"]
    for item in config["CustomHeadersConfig"]["Items"]:
        headers[item["Header"].lower()] = item["Value"]
    return headers
