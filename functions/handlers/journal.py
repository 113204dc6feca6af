"""One JSON line when a call begins and one when it ends; a call without an end was killed.

What the call measured is written at its end too, also when it failed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rekap.core.errors import Conflict

if TYPE_CHECKING:
    from handlers.ports import Reporter


@dataclass(slots=True)
class Call:
    """What a call has to say about itself.

    `said`: facts of its last line: identifiers, outcomes and counts, never the content of a form.
    `measured`: metrics by the dimensions that they have beside the function's name.
    """

    said: dict[str, Any] = field(default_factory=lambda: {"outcome": "error"})
    measured: dict[tuple[tuple[str, str], ...], dict[str, float]] = field(default_factory=dict)

    def says(self, **facts: Any) -> None:
        """Put facts into the last line; a later one of the same name replaces it."""
        self.said |= facts

    def measures(self, values: Mapping[str, float], /, **dimensions: str) -> None:
        """Give metrics their values."""
        self.measured.setdefault(tuple(dimensions.items()), {}).update(values)


@contextmanager
def call(
    reporter: Reporter,
    function: str,
    event: Mapping[str, Any],
    context: Any,
    backlog: Callable[[], Mapping[str, float]] | None = None,
) -> Iterator[Call]:
    """Write both lines around a block, and its metrics with those of `backlog` at its end.

    `request` is the sender's id of the event, else Lambda's of the call. What cannot be measured
    fails no call: the last line says so. A function with a backlog measures `Failures` and
    `Conflicts`, 1 or 0: a bell is always taken as answered, so Lambda counts neither.
    """
    began = time.perf_counter()
    invocation = str(getattr(context, "aws_request_id", ""))
    names = {"function": function, "request": request_id(event) or invocation}
    if invocation:
        names["invocation"] = invocation
    reporter.journal({"event": "start", **names})
    one = Call()
    failed = conflict = False
    try:
        yield one
    except Conflict:
        conflict = True
        one.says(outcome="conflict")
        raise
    except Exception as error:
        failed = True
        one.says(error=type(error).__name__)
        raise
    finally:
        if reporter.meter and backlog:
            one.measures({"Failures": failed, "Conflicts": conflict})
            try:
                one.measures(backlog())
            except Exception as error:
                one.says(unmeasured=type(error).__name__)
        took = round((time.perf_counter() - began) * 1000, 1)
        reporter.journal({"event": "end", **names, **one.said, "ms": took})
        if reporter.meter:
            for dimensions, values in one.measured.items():
                reporter.meter(function, values, dict(dimensions))


def request_id(event: Mapping[str, Any]) -> str:
    """Return the id that the event's sender gave it: HTTP, queue or schedule."""
    context = event.get("requestContext")
    if isinstance(context, dict):
        return str(context.get("requestId", ""))
    records = event.get("Records")
    if isinstance(records, list) and records and isinstance(records[0], dict):
        return str(records[0].get("messageId", ""))
    return str(event.get("id", ""))


def answered(run: Callable[[], object]) -> dict[str, Any]:
    """Do a run that a bell or a clock asked for, and answer that it is done, however it ended.

    Its last line and its measures have told how. A bell carries nothing, so bringing it again
    would help nobody: a queue in order would stand still meanwhile, and the next bell or minute
    looks at everything anyway. A function that is set up wrongly fails: no run can help it.
    """
    try:
        run()
    except RuntimeError:
        raise
    except Exception:
        return {}  # `call` has told it
    return {}
