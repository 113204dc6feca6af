"""`rekap restore DIR`: tables again from the published log, and a stop lifted by a person.

With `--environment` the portal is the one that the variables of its functions name, so the same
command restores tables on AWS.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.core.errors import Conflict
from rekap.core.log.ports import LogFiles
from rekap.desk.texts import both
from rekap.portal.sequencing.restore import Restored, restore


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    which = parser.add_mutually_exclusive_group(required=True)
    taking(which, say)("folder", both("restore.portal_s_folder"), "DIR", nargs="?", type=Path)
    taking(which, say)(
        "--environment", both("restore.the_portal_that_the_rekap_variables"), action="store_true"
    )
    taking(parser, say)("--lift", both("restore.lift_the_stop_after_a_person"), action="store_true")
    parser.epilog = say(*both("restore.stop_all_functions_of_the_portal"))


def run(options: Namespace, say: Say) -> int:
    """Restore; 0 done, 2 the log or a table contradicts it (the reason is said)."""
    if options.environment:
        from handlers import wiring

        return _restore(wiring.portal("restore"), options, say)
    folder: Path = options.folder
    if not (folder / "public" / "log").is_dir():
        told = say(*both("restore.not_a_portal_no_public_log"))
        raise FileNotFoundError(f"{folder}: {told}")
    with _stopped(folder, say):
        return _restore(_local(folder), options, say)


def _restore(portal: Any, options: Namespace, say: Say) -> int:
    from handlers.entry_zero import log_key

    key = log_key(LogFiles(portal.objects))
    done = restore(portal.records, portal.order, portal.objects, key, _progress(say))
    _tell(done, say)
    reason = portal.guard.reason()
    if reason is None:
        return 0
    if options.lift:
        portal.guard.lift()
        print(say(*both("restore.the_stop_is_lifted_the_writer", reason=reason)))
        return 0
    print(say(*both("restore.the_stop_is_not_lifted", reason=reason)))
    print(say(*both("restore.look_at_the_cause_then_run")))
    return 0


def _tell(done: Restored, say: Say) -> None:
    number = say.number
    lines = [
        both("restore.log_entries_they_give_its_root", size=number(done.size)),
        both(
            "restore.records_written_again_indexes_filled_in",
            records=number(done.records),
            marked=number(done.marked),
            batches=number(done.batches),
        ),
    ]
    if done.beyond:
        lines.append(
            both("restore.entries_were_ordered_before_it_stopped", beyond=number(done.beyond))
        )
    if done.records:
        lines.append(both("restore.receipts_and_times_of_these_records"))
    for indonesian, english in lines:
        print(say(indonesian, english))


def _progress(say: Say) -> Any:
    def tell(count: int) -> None:
        if sys.stderr.isatty():
            told = say(*both("restore.entries"))
            print(f"\r{say.number(count)} {told} …", end="", file=sys.stderr, flush=True)

    return tell


def _local(folder: Path) -> Any:
    from handlers import access, wiring
    from rekap.portal.store.local.bell import SilentBell

    origin = (folder / "public/log/checkpoint").read_text(encoding="utf-8").split("\n")[0]
    return wiring.embedded(
        folder,
        access.Settings(origin),
        bell=SilentBell(),
        clock=lambda: 0,
        journal=lambda _: None,
        roles=(),
    )


@contextmanager
def _stopped(folder: Path, say: Say) -> Iterator[None]:
    """Hold the folder as the gateway does while it runs; refuse if it does."""
    from rekap.portal.store.local.lock import hold

    try:
        lock = hold(folder)
    except Conflict as error:
        told = say(*both("restore.this_portal_runs_stop_it_first"))
        raise FileExistsError(f"{folder}: {told}") from error
    try:
        yield
    finally:
        os.close(lock)
