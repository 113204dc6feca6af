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

from rekap.audit.commands.speech import Say
from rekap.core.errors import Conflict
from rekap.core.log.ports import LogFiles
from rekap.portal.sequencing.restore import Restored, restore


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "folder", nargs="?", type=Path, metavar="DIR", help=say("folder portal", "portal's folder")
    )
    which.add_argument(
        "--environment",
        action="store_true",
        help=say(
            "portal yang disebut variabel REKAP_… (AWS)",
            "the portal that the REKAP_… variables name (AWS)",
        ),
    )
    parser.add_argument(
        "--lift",
        action="store_true",
        help=say(
            "hapus tanda berhenti, setelah penyebabnya diperiksa orang",
            "lift the stop, after a person has looked at the cause",
        ),
    )
    parser.epilog = say(
        "Hentikan dulu semua fungsi portal. Yang tidak dapat kembali: tanda terima dari catatan"
        " yang hilang, dan pernyataan yang menunggu di tabel yang hilang: mintalah pengirim"
        " mengirim ulang (`rekap submit`); yang sudah tercatat tidak tercatat dua kali.",
        "Stop all functions of the portal first. What cannot come back: receipts of lost records,"
        " and statements that waited in a lost table: ask the senders to send again"
        " (`rekap submit`); what is in the log already is not logged twice.",
    )


def run(options: Namespace, say: Say) -> int:
    """Restore; 0 done, 2 the log or a table contradicts it (the reason is said)."""
    if options.environment:
        from handlers import wiring

        return _restore(wiring.portal("restore"), options, say)
    folder: Path = options.folder
    if not (folder / "public" / "log").is_dir():
        told = say("bukan folder portal: public/log/ tidak ada", "not a portal: no public/log/")
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
        print(say(f"Tanda berhenti dihapus. Penulis berhenti karena: {reason}",
                  f"The stop is lifted. The writer stopped because: {reason}"))  # fmt: skip
        return 0
    print(say(f"Tanda berhenti masih ada: {reason}",
              f"The stop is not lifted: {reason}"))  # fmt: skip
    print(say("Periksa penyebabnya, lalu ulangi dengan --lift.",
              "Look at the cause, then run this again with --lift."))  # fmt: skip
    return 0


def _tell(done: Restored, say: Say) -> None:
    number = say.number
    lines = [
        (f"Log: {number(done.size)} catatan, cocok dengan akarnya.",
         f"Log: {number(done.size)} entries, they give its root."),
        (f"Catatan yang ditulis ulang: {number(done.records)}; nomor yang diisi:"
         f" {number(done.marked)}; berkas urutan: {number(done.batches)}.",
         f"Records written again: {number(done.records)}; indexes filled in:"
         f" {number(done.marked)}; batches: {number(done.batches)}."),
    ]  # fmt: skip
    if done.beyond:
        lines.append(
            (f"{number(done.beyond)} catatan sudah diurutkan sebelum berhenti; nomornya tetap.",
             f"{number(done.beyond)} entries were ordered before it stopped and keep their place.")
        )  # fmt: skip
    if done.records:
        lines.append(
            ("Tanda terima dan jam terima dari catatan itu tidak dapat kembali.",
             "Receipts and times of these records cannot come back.")
        )  # fmt: skip
    for indonesian, english in lines:
        print(say(indonesian, english))


def _progress(say: Say) -> Any:
    def tell(count: int) -> None:
        if sys.stderr.isatty():
            told = say("catatan", "entries")
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
        told = say("portal ini sedang berjalan; hentikan dulu", "this portal runs; stop it first")
        raise FileExistsError(f"{folder}: {told}") from error
    try:
        yield
    finally:
        os.close(lock)
