"""The state after some entries of a published log: what commands share that ask about the past."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable

from rekap.audit.commands import files
from rekap.audit.commands.speech import Say
from rekap.audit.commands.verdict import last_line, verdict_lines
from rekap.audit.commands.verify import Progress, slow
from rekap.audit.reader import open_source
from rekap.audit.register import nothing, read_register
from rekap.audit.verdict import PROVED, UNDECIDED, Report
from rekap.core.ledger.state import State
from rekap.core.log.policy import MAX_POLICY, Policy


def state_after(
    options: Namespace, at: int | None, report: Report, say: Say,
    look: Callable[[State], None] = nothing,
) -> State | None:  # fmt: skip
    """Return the state after `at` entries (None: all) of `options.site`; `report` learns the rest.

    `look` sees the state after each entry. `options.policy` are the reader's own anchors, if any.
    None, after telling the verdict on stderr, where the log is refuted or the state cannot be had;
    else stderr gets what could not be checked, as a quorum that is not met. Raises Unreadable,
    Malformed, OSError.
    """
    policy = options.policy and Policy.parse(files.read(options.policy, MAX_POLICY))
    source, progress = open_source(options.site, slow(say)), Progress(say)
    state = read_register(source, policy, at, os.cpu_count() or 1, report, progress, look)
    progress.end()
    if state is None:
        for line in verdict_lines(report, say):
            print(line, file=sys.stderr)
        return None
    for failure in report.undecided:
        print(failure.line(say.lang), file=sys.stderr)
    return state


def conclude(report: Report, say: Say, *, aloud: bool = False) -> int:
    """Say last what keeps that which was told from being proved; return the exit code.

    On stderr, unless `aloud`. Where the log could not be checked whole, nothing is proved.
    """
    if report.limits or report.undecided:
        print(last_line(report, say), file=None if aloud else sys.stderr)
    return UNDECIDED if report.undecided else PROVED
