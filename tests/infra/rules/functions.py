"""Rules of functions: what runs, with which variables, how long, and what wakes it."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from tests.infra.document import Stack, as_dict
from tests.infra.pattern import between, mismatches, words

from rekap.portal.store.headers import CacheRules

COMMON = {"REKAP_ENGINE": "aws", "REKAP_DIR": "", "REKAP_ORIGIN": "Origin"}
VARIABLES: dict[str, dict[str, str]] = {
    "Submit": {
        "REKAP_KEYS": "receipt",
        "REKAP_QUEUES": "sequence=${SequenceQueue}",
        "REKAP_RECORDS_TABLE": "${RecordsTable}",
        "REKAP_REGISTER_TABLE": "${RegisterTable}",
        "REKAP_RECEIPT_SECRET": "${ReceiptKey}",
    },
    "Sequence": {
        "REKAP_KEYS": "log",
        "REKAP_QUEUES": "sequence=${SequenceQueue} publish=${PublishQueue}",
        "REKAP_RECORDS_TABLE": "${RecordsTable}",
        "REKAP_ORDER_TABLE": "${OrderTable}",
        "REKAP_PUBLIC_BUCKET": "${PublicBucket}",
        "REKAP_LOG_KEY": "${LogKey.Arn}",
    },
    "Publish": {
        "REKAP_RELEASE": "",
        "REKAP_QUEUES": "publish=${PublishQueue}",
        "REKAP_REGISTER_TABLE": "${RegisterTable}",
        "REKAP_PUBLIC_BUCKET": "${PublicBucket}",
        "REKAP_STATE_BUCKET": "${StateBucket}",
    },
    "Watch": {},
}
"""What each function is told beside the common ones, the site and the cache rules."""

TIMES = {"Submit": (15, 1024), "Sequence": (60, 1024), "Publish": (900, 2048), "Watch": (840, 2048)}
"""Seconds and megabytes."""

CACHING = {
    "log/checkpoint": "max-age=5",
    "log/status.json": "max-age=5",
    "log/tile/0/000": "max-age=31536000, immutable",
    "site.json": "max-age=5",
    "aset/verify-0a.js": "max-age=31536000, immutable",
    "bukti/1/index.html": "max-age=30, stale-while-revalidate=300, stale-if-error=86400",
    "bukti/1/index.json": "max-age=30, stale-while-revalidate=300, stale-if-error=86400",
    "bukti/1.json": "max-age=31536000, immutable",
    "bukti/1.tlog-proof": "max-age=31536000, immutable",
    "buku-besar/changes/tail.json": "max-age=5",
    "buku-besar/changes/0.json": "max-age=31536000, immutable",
    "index.html": "max-age=30, stale-while-revalidate=300, stale-if-error=86400",
    "404.html": "max-age=30, stale-while-revalidate=300, stale-if-error=86400",
}

_ONCE = {"MaximumRetryAttempts": 0}


def _minute(name: str, expression: str, **more: str) -> dict[str, Any]:
    # SAM would name it after its place here, and a second portal of the account could not be.
    properties = {
        "Name": f"${{AWS::StackName}}-{name}",
        "ScheduleExpression": expression,
        "RoleArn": "${ClockRole.Arn}",
        "RetryPolicy": _ONCE,
        **more,
    }
    return {"Type": "ScheduleV2", "Properties": properties}


def _bell(queue: str) -> dict[str, Any]:
    return {
        "Type": "SQS",
        "Properties": {
            "Queue": f"${{{queue}.Arn}}",
            "BatchSize": 1000,
            "MaximumBatchingWindowInSeconds": 1,  # at most one checkpoint a second
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": 2},
        },
    }


def _route(method: str, path: str) -> dict[str, Any]:
    return {
        "Type": "HttpApi",
        "Properties": {"ApiId": "${Api}", "Method": method, "Path": path},
    }


def _events(stack: Stack) -> dict[str, dict[str, Any]]:
    whole = f"rate({stack.values.get('WholeMinutes')} minutes)"
    return {
        "Submit": {
            "Send": _route("POST", "/v1/statements"),
            "Ask": _route("GET", "/v1/statements/{leaf}"),
        },
        "Sequence": {
            "Bell": _bell("SequenceQueue"),
            "Minute": _minute("sequence", "rate(1 minute)"),
        },
        "Publish": {
            "Bell": _bell("PublishQueue"),
            "Minute": _minute("publish", "rate(1 minute)"),
        },
        "Watch": {
            "Minute": _minute("watch", "rate(1 minute)"),
            "Whole": _minute("watch-whole", whole, Input='{"whole": true}'),
        },
    }


def shapes(stack: Stack) -> Iterator[str]:
    """A function has its own role, its own log, its time, its events, and nothing else.

    So it has no URL, no VPC, no layer, no policy from SAM, no tracing, no destination.
    """
    wakes_itself = ("Sequence", "Publish")
    reserved = stack.values.get("ReserveConcurrency") == "true"
    for name, properties in stack.of("AWS::Serverless::Function").items():
        seconds, megabytes = TIMES.get(name, (-1, -1))
        shape: dict[str, Any] = {
            "CodeUri": "../var/artifact/lambda.zip",
            "Runtime": "python3.13",
            "Architectures": ["arm64"],
            "MemorySize": megabytes,
            "Timeout": seconds,
            "Description": words,
            "Handler": f"handlers.{name.lower()}.handle",
            "Role": f"${{{name}Role.Arn}}",
            "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"${{{name}Log}}"},
            "EventInvokeConfig": {**_ONCE, "MaximumEventAgeInSeconds": between(60, 300)},
            "Environment": {"Variables": lambda _: True},
            "Events": _events(stack).get(name, {}),
        }
        if name in wakes_itself:
            shape["RecursiveLoop"] = "Allow"
            if reserved:
                shape["ReservedConcurrentExecutions"] = 2
        yield from mismatches(properties, shape, name)


def handlers(stack: Stack) -> Iterator[str]:
    """Every handler can be imported and called."""
    for name, properties in stack.of("AWS::Serverless::Function").items():
        handler = str(properties.get("Handler"))
        if not _is_callable(handler):
            yield f"{name}: there is no {handler}"


@lru_cache(maxsize=64)
def _is_callable(handler: str) -> bool:
    module, _, name = handler.rpartition(".")
    try:
        return callable(getattr(importlib.import_module(module), name, None))
    except (ImportError, ValueError):
        return False


def variables(stack: Stack) -> Iterator[str]:
    """Each function is told what it needs; a name that is not its own is not among it."""
    own = {"rehearsal": "https://${Front.DomainName}/rehearsal/", "live": "https://rekap.example/"}
    site = stack.values.get("Site") or own.get(str(stack.values.get("Mode")))
    for name, properties in stack.of("AWS::Serverless::Function").items():
        found = as_dict(as_dict(properties.get("Environment")).get("Variables"))
        wanted: dict[str, Any] = {
            **COMMON,
            **VARIABLES.get(name, {}),
            "REKAP_ORIGIN": stack.values.get("Origin"),
            "REKAP_CACHE_CONTROL": lambda text: _caching(text) == CACHING,
        }
        if name == "Submit":
            wanted["REKAP_BACKLOG_CAP"] = stack.values.get("BacklogCap")
        if name == "Watch":
            wanted["REKAP_LOG_VKEY"] = stack.values.get("LogVkey")
            wanted["REKAP_SITE"] = site
        yield from mismatches(found, wanted, f"{name}.Environment")


@lru_cache(maxsize=64)
def _caching(text: str) -> dict[str, str] | None:
    if len(str(text).splitlines()) != 11:
        return None
    try:
        rules = CacheRules.parse(text)
    except ValueError:
        return None
    return {path: rules.of(path) for path in CACHING}


def inputs(stack: Stack) -> Iterator[str]:
    """What a schedule says is JSON."""
    for name, properties in stack.of("AWS::Serverless::Function").items():
        for event, one in as_dict(properties.get("Events")).items():
            text = as_dict(as_dict(one).get("Properties")).get("Input", "{}")
            try:
                json.loads(text)
            except (TypeError, ValueError):
                yield f"{name}.{event}: the input is no JSON"


def queues_outlast(stack: Stack) -> Iterator[str]:
    """A message stays hidden for six runs of its function, and lives longer than it is hidden."""
    queues = stack.of("AWS::SQS::Queue")
    for name, properties in stack.of("AWS::Serverless::Function").items():
        for one in as_dict(properties.get("Events")).values():
            if as_dict(one).get("Type") != "SQS":
                continue
            arn = str(as_dict(as_dict(one).get("Properties")).get("Queue"))
            match = re.fullmatch(r"\$\{(\w+)\.Arn\}", arn)
            queue = queues.get(match[1] if match else "", {})
            hidden = queue.get("VisibilityTimeout")
            if not isinstance(hidden, int) or hidden != 6 * int(properties.get("Timeout") or 0):
                yield f"{name}: its messages are hidden for {hidden} seconds"
            if not isinstance(hidden, int) or queue.get("MessageRetentionPeriod", 0) <= hidden:
                yield f"{name}: a hidden message may end"


RULES = (shapes, handlers, variables, inputs, queues_outlast)
