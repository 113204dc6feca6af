"""`rekap export DIR|URL --to FOLDER`: election folders from a portal's verified log."""

from __future__ import annotations

import csv
import io
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from rekap.audit.commands import derive
from rekap.audit.commands.speech import Say
from rekap.audit.commands.verify import Progress
from rekap.audit.verdict import UNDECIDED
from rekap.core.pages.site import Site


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    told = say(
        "folder baru; tiap pemilihan menjadi satu folder di dalamnya",
        "new folder; each election becomes a folder in it",
    )
    derive.add_arguments(parser, say, "FOLDER", told)


def run(options: Namespace, say: Say) -> int:
    """Export; 0 done, 1 the log is refuted, 2 could not. What is left out is counted on stderr."""
    source = derive.open_for("export", options, say)
    if source is None:
        return UNDECIDED
    folders = Folders()
    code, _, outcome = derive.audited(source, folders, Progress(say), say)
    if outcome is None:
        return code
    target: Path = options.to
    for path, data in folders.files.items():
        place = target / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    _tell(folders, target, say)
    return 0


class Folders:
    """Takes the election folders from an audit's state; nothing else is kept."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def bulk(self, site: object) -> None:
        """See `plan.Sink`: not needed."""

    def pages(self, site: object) -> None:
        """See `plan.Sink`: the state of the published size."""
        if not isinstance(site, Site):
            raise TypeError("an export needs the site it was planned with")
        self.files = dict(site.folders())

    def proof(self, path: str, data: bytes) -> None:
        """See `plan.Sink`: not needed."""


def _tell(folders: Folders, target: Path, say: Say) -> None:
    for path, data in folders.files.items():
        if not path.endswith("/left-out.csv"):
            continue
        kinds: dict[str, int] = {}
        for row in csv.DictReader(io.StringIO(data.decode())):
            name = f"{row['kind'] or '?'} {row['status']}"
            kinds[name] = kinds.get(name, 0) + 1
        for name, count in sorted(kinds.items()):
            told = say("ditinggalkan", "left out")
            print(f"{path}: {told}: {say.number(count)} {name}", file=sys.stderr)
    number = say.number(len(folders.files))
    print(say(f"{target}: {number} berkas", f"{target}: {number} files"))
