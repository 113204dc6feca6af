"""What the functions wrote to CloudWatch: their runs, outcomes and metrics."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from scripts.rehearsal.cloud import Cloud
from scripts.rehearsal.stack import Deployed

from rekap.portal.store.aws.patience import Unavailable

_FAILED: Final = ("error", "corrupt", "refuted", "503")
_LOST: Final = ("bell-lost", "hold-lost")
_SILENT: Final = (
    "ConnectTimeoutError", "ConnectionClosedError", "EndpointConnectionError", "ReadTimeoutError",
)  # fmt: skip


@dataclass(slots=True)
class Runs:
    """All runs of one function; `bells` of them by its queue. `sums` adds up its metrics.

    `failures`: the last lines of runs that failed, and those of bells that were lost or not held.
    `silent`: how many more there are because a service was busy or silent: the next run went on, as
    it must.
    """

    total: int = 0
    bells: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    sums: Counter[str] = field(default_factory=Counter)
    slowest_ms: float = 0.0
    failures: list[Mapping[str, Any]] = field(default_factory=list)
    silent: int = 0

    def others(self) -> int:
        """Return how many runs no queue asked for."""
        return self.total - self.bells


def runs(cloud: Cloud, stack: Deployed, function: str) -> Runs:
    """Read the log group that the template gives a function ("Submit")."""
    found = Runs(bells=_bells(cloud, stack[function]))
    logs = cloud.client("logs")
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=stack[f"{function}Log"])
    for page in pages:
        for event in page["events"]:
            count(event["message"], found)
    return found


def count(text: str, found: Runs) -> None:
    """Add what lines of a function say; other lines are the runtime's."""
    for line in text.splitlines():
        if line.startswith("{"):
            _count(json.loads(line), found)


def _count(said: Mapping[str, Any], found: Runs) -> None:
    if said.get("event") == "end":
        found.total += 1
        found.outcomes[str(said.get("outcome"))] += 1
        found.slowest_ms = max(found.slowest_ms, said["ms"])
        if said.get("error") == Unavailable.__name__:
            found.silent += 1
        elif said.get("outcome") in _FAILED:
            found.failures.append(said)
    if said.get("event") in _LOST:
        if said["reason"] in _SILENT:
            found.silent += 1
        else:
            found.failures.append(said)
    for metrics in said.get("_aws", {}).get("CloudWatchMetrics", []):
        for metric in metrics["Metrics"]:
            values = said[metric["Name"]]
            found.sums[metric["Name"]] += sum(values) if isinstance(values, list) else values


def _bells(cloud: Cloud, name: str) -> int:
    """Count the batches of its queue that the emulator gave a function."""
    return len(re.findall(rf"ESM: Lambda {name} processed", cloud.log.read_text()))
