"""Log lines and metrics of a function on Lambda, through Powertools, as lines of standard output.

Metrics are in CloudWatch's embedded format: no call to a service, so measuring cannot fail a call.
Each line is one write, because the processes of the local portal share their output.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from typing import IO, Any, Final, cast

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

NAMESPACE: Final = "RekapTerbuka"
SECONDS: Final = frozenset({"PendingAge", "CheckpointAge", "Late"})
"""Metrics in seconds; the others are counts."""
_FAILED: Final = frozenset({"error", "corrupt", "refuted"})


class Lines:
    """The journal of one function's process."""

    def __init__(self, service: str) -> None:
        self._logger = Logger(
            service=service, level="INFO", stream=cast("IO[str]", _Whole()), utc=True,
            use_rfc3339=True, location=None,
        )  # fmt: skip

    def __call__(self, line: Mapping[str, Any], /) -> None:
        """Write a line; its `event` is the message, failures have the level ERROR."""
        write = self._logger.error if line.get("outcome") in _FAILED else self._logger.info
        write(line["event"], extra={"pid": os.getpid(), **line})


class Measures:
    """What the functions of one portal measure: many portals may share an account."""

    def __init__(self, portal: str) -> None:
        self._portal = portal

    def __call__(
        self, service: str, values: Mapping[str, float], dimensions: Mapping[str, str], /
    ) -> None:
        """Write metrics that share their dimensions beside `portal` and `service`."""
        metrics = EphemeralMetrics(namespace=NAMESPACE, service=service)
        for name, value in values.items():
            unit = MetricUnit.Seconds if name in SECONDS else MetricUnit.Count
            metrics.add_metric(name, unit, value)
        for name, text in {"portal": self._portal, **dimensions}.items():
            metrics.add_dimension(name, text)
        _Whole().write(json.dumps(metrics.serialize_metric_set()) + "\n")


class _Whole(io.TextIOBase):
    """Standard output, each text in one write."""

    def write(self, text: str, /) -> int:
        os.write(1, text.encode())
        return len(text)
