"""Rules of queues: a bell is encrypted, ends somewhere, and that somewhere is its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.infra.document import Stack, as_dict
from tests.infra.pattern import between, mismatches

DEAD_FOR = 1_209_600
"""Seconds: fourteen days, the longest there is."""


def shapes(stack: Stack) -> Iterator[str]:
    """A queue that wakes a function has a dead-letter queue of its own, which has none."""
    queues = stack.of("AWS::SQS::Queue")
    for name, properties in queues.items():
        shape: dict[str, Any] = {"SqsManagedSseEnabled": True, "MessageRetentionPeriod": DEAD_FOR}
        if not name.endswith("Lost"):
            shape |= {
                "VisibilityTimeout": between(30, 43_200),
                "MessageRetentionPeriod": between(600, 86_400),
                "RedrivePolicy": {
                    "deadLetterTargetArn": f"${{{name.removesuffix('Queue')}Lost.Arn}}",
                    # Throttled deliveries count too, so only what is really broken gets there.
                    "maxReceiveCount": between(20, 1000),
                },
            }
        yield from mismatches(properties, shape, name)
    targets = [
        str(as_dict(one.get("RedrivePolicy")).get("deadLetterTargetArn")) for one in queues.values()
    ]
    for name in queues:
        wanted = 1 if name.endswith("Lost") else 0
        if targets.count(f"${{{name}.Arn}}") != wanted:
            yield f"{name} takes what {targets.count(f'${{{name}.Arn}}')} queues lose"


RULES = (shapes,)
