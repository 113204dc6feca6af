"""What `rebuild` and `export` share: a new folder, a source, an audit that gives what it reads."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from importlib.util import find_spec
from pathlib import Path

from rekap.audit.audit import Outcome
from rekap.audit.commands.arguments import add_site
from rekap.audit.commands.speech import Say
from rekap.audit.commands.verdict import verdict_lines
from rekap.audit.commands.verify import Progress, repeat, slow
from rekap.audit.plan import Plan, Sink
from rekap.audit.reader import Source, Unreadable, open_source
from rekap.audit.texts import both
from rekap.audit.verdict import REFUTED, UNDECIDED, Report, printable
from rekap.core.pages.release import current
from rekap.core.pages.site import Site


def add_arguments(parser: ArgumentParser, say: Say, metavar: str, told: str) -> None:
    """Declare the source and the new folder; `told` says what the folder becomes."""
    add_site(parser, say)
    parser.add_argument("--to", required=True, type=Path, metavar=metavar, help=told)


def lacks(library: str, command: str, say: Say) -> bool:
    """Tell whether a library that only this command needs is not installed, and say so."""
    if find_spec(library) is not None:
        return False
    name = library.replace("_", "-")
    told = say(*both("derive.install_the_library_first", name=name))
    print(f"rekap {command}: {told}", file=sys.stderr)
    return True


def open_for(command: str, options: Namespace, say: Say) -> Source | None:
    """Return the source of a command, None (and why, on stderr) if it or the target cannot be used.

    The target must be new or empty: what was made before is never mixed with what is made now.
    """
    target: Path = options.to
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        told = say(*both("derive.not_an_empty_folder"))
        print(f"rekap {command}: {target}: {told}", file=sys.stderr)
        return None
    try:
        return open_source(options.site, slow(say))
    except Unreadable as error:
        print(f"rekap {command}: {printable(str(error))}", file=sys.stderr)
        return None


def audited(
    source: Source, sink: Sink, progress: Progress, say: Say
) -> tuple[int, Report, Outcome | None]:
    """Audit the log into `sink`: (0, report, outcome), or the exit code after telling the verdict.

    Pages are not compared, so only what may be half written is worth reading again.
    """
    processes = os.cpu_count() or 1
    plan = Plan(render=Site, release=current(), pages=0, processes=processes, sink=sink)
    report, outcome = repeat(source, plan, 0, progress)
    if not (report.refuted or report.undecided or outcome is None):
        return 0, report, outcome
    for line in verdict_lines(report, say):
        print(line)
    return REFUTED if report.refuted else UNDECIDED, report, None
