"""What several commands take on the command line, and where a draft may be written."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.desk.officials.outbox.queue import QUEUE
from rekap.desk.officials.paper import DRAFT, SIGNED, Paper
from rekap.desk.officials.talk import REFUSED, Fault, Talk
from rekap.desk.texts import both


def add_kit(
    parser: ArgumentParser, say: Say, more: tuple[str, str] = ("", ""), *, required: bool = True
) -> None:
    """Declare --kit; `more` is what else is to be said of it."""
    taking(parser, say)(
        "--kit",
        both("arguments.a_file_made_by_rekap_kit", more=(more[0], more[1])),
        "KIT",
        required=required,
        type=Path,
    )


def add_time(parser: ArgumentParser, say: Say) -> None:
    """Declare --at."""
    taking(parser, say)(
        "--at", both("arguments.time_of_the_statement_default_this"), both("arguments.time")
    )


def add_queue(parser: ArgumentParser, say: Say) -> None:
    """Declare --queue."""
    taking(parser, say)(
        "--queue",
        both("arguments.folder_of_the_queue", queue=QUEUE),
        both("arguments.dir"),
        type=Path,
        default=Path(QUEUE),
    )


def tell_signing(talk: Talk, kit: Path | None, files: str) -> None:
    """Say how a draft is signed."""
    talk.tell(*both("arguments.not_in_force_yet_each_officer"))
    known = ("--kit", str(kit)) if kit is not None else ()
    talk.command("rekap sign", *known, "--key", talk.say(*both("arguments.key")), files)


def check_target(path: Path, say: Say, *, may_replace: bool | None = None) -> None:
    """Refuse a target that could hide or replace something, before anything is typed.

    `may_replace`: whether `--replace` was given; None where there is no such option.
    """
    if not path.name.endswith(DRAFT):
        raise Fault(
            *both("arguments.a_draft_s_name_must_end", draft=DRAFT, name=path.with_suffix("").name)
        )
    if not path.parent.is_dir():
        raise Fault(*both("arguments.there_is_no_folder_make_it", parent=path.parent))
    signed = path.with_name(path.name[: -len(DRAFT)] + SIGNED)
    if signed.exists():
        raise Fault(*both("arguments.is_signed_and_has_this_name", signed=signed), REFUSED)
    if path.exists() and not may_replace:
        other = may_replace is not None
        raise Fault(
            *both(
                "arguments.exists_choose_another_name",
                path=path,
                or_replace=(
                    ", atau tambahkan --replace" if other else "",
                    ", or add --replace" if other else "",
                ),
            ),
            REFUSED,
        )
    if path.exists() and Paper.read(path, say).is_signed:
        raise Fault(*both("arguments.is_signed_and_is_not_replaced", path=path), REFUSED)
