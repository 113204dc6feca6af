"""Rules of log lines and alarms: everything speaks, somebody hears it, and it ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.infra.document import Stack, as_dict, as_list
from tests.infra.pattern import mismatches, words

_AT_LEAST = "GreaterThanOrEqualToThreshold"
_ABOVE = "GreaterThanThreshold"
_BELOW = "LessThanThreshold"
_LAMBDA, _SQS, _OURS = "AWS/Lambda", "AWS/SQS", "RekapTerbuka"


def _of(dimension: str, value: str) -> list[dict[str, str]]:
    return [{"Name": dimension, "Value": value}]


def _function(name: str) -> list[dict[str, str]]:
    return _of("FunctionName", f"${{{name}}}")


def _queue(name: str) -> list[dict[str, str]]:
    return _of("QueueName", f"${{{name}.QueueName}}")


def _service(name: str) -> list[dict[str, str]]:
    return _of("service", name)


ALARMS: dict[str, tuple[Any, ...]] = {
    "SubmitFails": (_LAMBDA, "Errors", _function("Submit"), "Sum", 60, 1, _AT_LEAST, 1),
    "SubmitThrottled": (_LAMBDA, "Throttles", _function("Submit"), "Sum", 60, 1, _AT_LEAST, 1),
    "SubmitUnavailable": (_OURS, "Unavailable", _service("submit"), "Sum", 60, 3, _AT_LEAST, 1),
    "ApiErrors": ("AWS/ApiGateway", "5xx", _of("ApiId", "${Api}"), "Sum", 60, 3, _AT_LEAST, 1),
    "SequenceFails": (_LAMBDA, "Errors", _function("Sequence"), "Sum", 60, 3, _AT_LEAST, 1),
    "SequenceSilent": (_LAMBDA, "Invocations", _function("Sequence"), "Sum", 60, 3, _BELOW, 1),
    "SequenceConflicts": (_OURS, "Conflicts", _service("sequence"), "Sum", 300, 2, _AT_LEAST, 10),
    "PendingAge": (_OURS, "PendingAge", _service("sequence"), "Maximum", 60, 1, _ABOVE, 60),
    "CheckpointAge": (_OURS, "CheckpointAge", _service("sequence"), "Maximum", 60, 1, _ABOVE, 60),
    "PublishFails": (_LAMBDA, "Errors", _function("Publish"), "Sum", 60, 3, _AT_LEAST, 1),
    "PublishSilent": (_LAMBDA, "Invocations", _function("Publish"), "Sum", 300, 4, _BELOW, 1),
    "PublishBehind": (_OURS, "Lag", _service("publish"), "Minimum", 300, 3, _AT_LEAST, 1000),
    "SequenceBellsLost": (
        _SQS, "ApproximateNumberOfMessagesVisible", _queue("SequenceLost"), "Maximum", 60, 1,
        _AT_LEAST, 1,
    ),
    "PublishBellsLost": (
        _SQS, "ApproximateNumberOfMessagesVisible", _queue("PublishLost"), "Maximum", 60, 1,
        _AT_LEAST, 1,
    ),
    "SequenceBellsWait": (
        _SQS, "ApproximateAgeOfOldestMessage", _queue("SequenceQueue"), "Maximum", 60, 5, _ABOVE,
        600,
    ),
    "PublishBellsWait": (
        _SQS, "ApproximateAgeOfOldestMessage", _queue("PublishQueue"), "Maximum", 60, 5, _ABOVE,
        3600,
    ),
    "WatchFindings": (_OURS, "Findings", _service("watch"), "Maximum", 60, 1, _AT_LEAST, 1),
    "WatchUndecided": (_OURS, "Undecided", _service("watch"), "Minimum", 60, 2, _AT_LEAST, 1),
    "WatchAudits": (_OURS, "UndecidedAudits", _service("watch"), "Maximum", 60, 1, _AT_LEAST, 2),
    "WatchBehind": (_OURS, "Lag", _service("watch"), "Minimum", 300, 6, _AT_LEAST, 1000),
    "WatchFails": (_LAMBDA, "Errors", _function("Watch"), "Sum", 60, 3, _AT_LEAST, 1),
    "WatchSilent": (_OURS, "Runs", _service("watch"), "Sum", 60, 5, _BELOW, 1),
}  # fmt: skip
"""Namespace, metric, of what, statistic, seconds, how often in a row, comparison, threshold."""

OF_THESE = {"SequenceFails": 2}
"""Periods that must be over the threshold, where not all must be."""

_PARTS = (
    "Namespace", "MetricName", "Dimensions", "Statistic", "Period", "EvaluationPeriods",
    "ComparisonOperator", "Threshold",
)  # fmt: skip


def alarms(stack: Stack) -> Iterator[str]:
    """Each alarm reads what is measured and calls somebody; silence is one where it means harm."""
    for name, properties in stack.of("AWS::CloudWatch::Alarm").items():
        silent = properties.get("ComparisonOperator") == _BELOW
        shape = {
            "AlarmDescription": words,
            **dict(zip(_PARTS, ALARMS.get(name, (None,) * 8), strict=True)),
            "TreatMissingData": "breaching" if silent else "notBreaching",
            "AlarmActions": ["${AlarmTopic}"],
        }
        if name in OF_THESE:
            shape["DatapointsToAlarm"] = OF_THESE[name]
        yield from mismatches(properties, shape, name)


def everything_is_watched(stack: Stack) -> Iterator[str]:
    """Every function, every queue and every API has an alarm."""
    heard = {
        as_dict(dimension).get("Value")
        for one in stack.of("AWS::CloudWatch::Alarm").values()
        for dimension in as_list(one.get("Dimensions"))
    }
    for kind, name_of in (
        ("AWS::Serverless::Function", "${{{0}}}"),
        ("AWS::SQS::Queue", "${{{0}.QueueName}}"),
        ("AWS::Serverless::HttpApi", "${{{0}}}"),
    ):
        for name in stack.of(kind):
            if name_of.format(name) not in heard:
                yield f"{name} has no alarm"


def lines(stack: Stack) -> Iterator[str]:
    """Log lines end; each function and the API writes into a group of its own."""
    for name, properties in stack.of("AWS::Logs::LogGroup").items():
        yield from mismatches(properties, {"RetentionInDays": stack.values.get("LogDays")}, name)


def topic(stack: Stack) -> Iterator[str]:
    """Alarms go to one topic, and from there to an address if one was given."""
    for name, properties in stack.of("AWS::SNS::Topic").items():
        shape: dict[str, Any] = {"DisplayName": f"Rekap {stack.values.get('Mode')}"}
        if address := stack.values.get("AlarmEmail"):
            shape["Subscription"] = [{"Protocol": "email", "Endpoint": address}]
        yield from mismatches(properties, shape, name)


def outputs(stack: Stack) -> Iterator[str]:
    """An operator finds the name of everything that a command of operations needs."""
    base = {"live": "rekap.example/", "rehearsal": "${Front.DomainName}/rehearsal/"}
    place = base.get(str(stack.values.get("Mode")))
    gate = stack.values.get("UploadDomain") or "${Gate.DomainName}"
    names = (
        "PublicBucket StateBucket RecordsTable OrderTable RegisterTable Submit Sequence Publish "
        "Watch SubmitLog SequenceLog PublishLog WatchLog ApiLog"
    ).split()
    wanted: dict[str, Any] = {f"{name}Name": f"${{{name}}}" for name in names}
    for name in ("SequenceQueue", "PublishQueue", "SequenceLost", "PublishLost"):
        wanted[f"{name}Url"] = f"${{{name}}}"
    wanted |= {
        "Site": f"https://{place}",
        "Uploads": f"https://{gate}/v1/statements",
        "FrontName": "${Front.DomainName}",
        "GateName": "${Gate.DomainName}",
        "FrontId": "${Front}",
        "ApiAddress": "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}",
        "LogKeyArn": "${LogKey.Arn}",
        "ReceiptKeyArn": "${ReceiptKey}",
        "AlarmTopicArn": "${AlarmTopic}",
        "Budget": lambda text: isinstance(text, str) and "us-east-1" in text,
    }
    shape = {name: {"Description": words, "Value": value} for name, value in wanted.items()}
    yield from mismatches(dict(stack.outputs), shape, "Outputs")


RULES = (alarms, everything_is_watched, lines, topic, outputs)
