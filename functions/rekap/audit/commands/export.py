"""`rekap export DIR|URL --to FOLDER [--as WHAT]`: files for others from a portal's verified log.

Election folders, a workbook, or NIST's Common Data Format. A log that is refuted exports nothing.
"""

from __future__ import annotations

import csv
import io
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Final

from rekap.audit.commands import derive, files
from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.audit.commands.verify import Progress
from rekap.audit.exports import cdf
from rekap.audit.reader import Source
from rekap.audit.texts import both
from rekap.audit.verdict import UNDECIDED
from rekap.core import codec
from rekap.core.pages.site import Site
from rekap.core.statements.model import PICTURE_BYTES

FORMATS: Final = ("folders", "xlsx", "cdf")


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    derive.add_arguments(parser, say, "FOLDER", say(*both("export.new_folder")))
    taking(parser, say)(
        "--as",
        both("export.folders_election_folders_that_can_be"),
        dest="form",
        choices=FORMATS,
        default=FORMATS[0],
    )


def run(options: Namespace, say: Say) -> int:
    """Export; 0 done, 1 the log is refuted, 2 could not. What is left out is counted on stderr."""
    source = derive.open_for("export", options, say)
    if source is None:
        return UNDECIDED
    if options.form == "xlsx" and derive.lacks("xlsxwriter", "export", say):
        return UNDECIDED
    exported = Exported(options.form, say.lang, int(time.time()))
    code, _, outcome = derive.audited(source, exported, Progress(say), say)
    if outcome is None:
        return code
    files.write_files(options.to, exported.files | dict(_beside(source, exported)))
    _tell(exported, options.to, say)
    return 0


class Exported:
    """Takes the files of a format from an audit's state; nothing else is kept.

    `now` (Unix seconds) is the date that a format wants of itself.
    """

    def __init__(self, form: str, lang: str, now: int) -> None:
        self.files: dict[str, bytes] = {}
        self.beside: tuple[tuple[str, str], ...] = ()
        self._form, self._lang, self._now = form, lang, now

    def bulk(self, site: object) -> None:
        """See `plan.Sink`: not needed."""

    def pages(self, site: object) -> None:
        """See `plan.Sink`: the state of the published size."""
        if not isinstance(site, Site):
            raise TypeError("an export needs the site it was planned with")
        self.files = dict(self._made(site))

    def _made(self, site: Site) -> Iterable[tuple[str, bytes]]:
        if self._form == "cdf":
            return cdf.files(site.context, self._now)
        if self._form == "xlsx":
            from rekap.audit.exports import workbook  # its library is not in every installation

            return workbook.files(site.context, self._lang)
        self.beside = tuple(site.beside())
        return site.folders()

    def proof(self, path: str, data: bytes) -> None:
        """See `plan.Sink`: not needed."""

    attachment = proof


def _beside(source: Source, exported: Exported) -> Iterable[tuple[str, bytes]]:
    """Yield (path, bytes) of the words and pictures that are served as they were signed."""
    for election, path in exported.beside:
        data = source.read(path, PICTURE_BYTES)
        if data is not None and codec.sha256_hex(data) == PurePosixPath(path).stem:
            yield f"{election}/{path}", data


def _tell(exported: Exported, target: Path, say: Say) -> None:
    for path, data in exported.files.items():
        if not path.endswith("/left-out.csv"):
            continue
        kinds: dict[str, int] = {}
        for row in csv.DictReader(io.StringIO(data.decode())):
            name = f"{row['kind'] or '?'} {row['status']}"
            kinds[name] = kinds.get(name, 0) + 1
        for name, count in sorted(kinds.items()):
            told = say(*both("export.left_out"))
            print(f"{path}: {told}: {say.number(count)} {name}", file=sys.stderr)
    number = say.number(len(exported.files))
    print(say(*both("export.files", target=target, number=number)))
