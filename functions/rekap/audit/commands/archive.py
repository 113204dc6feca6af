"""`rekap archive DIR|URL --to FOLDER`: a portal for decades, as a bag (BagIt, RFC 8493).

    data/situs/      the whole site, computed again from its log: pages, data, log, proofs
    data/program/    this program: what made the pages and verifies them
    data/BACA.txt    what this is, and how to open and verify it

Nothing is written unless the log and its evidence hold. Any tool for bags checks the files against
the manifest; `rekap verify data/situs` checks them against the log.
"""

from __future__ import annotations

import os
import shutil
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

from rekap.audit.commands import derive, rebuild
from rekap.audit.commands.speech import Say
from rekap.audit.texts import both
from rekap.audit.verdict import UNDECIDED
from rekap.core import codec, packaged
from rekap.core.log.checkpoint import parse
from rekap.core.pages.release import current, libraries
from rekap.core.signing.note import Note

_BESIDE: Final = ("pyproject.toml", "LICENSE", "README.md", "docs", "requirements")
"""What of a checkout helps a reader of the program, where there is one."""
_READ_ME: Final = """\
Rekap Terbuka: {origin}
{size} catatan, akar {root}, rilis {release}
{size} entries, root {root}, release {release}

situs/index.html    Buka di peramban. / Open in a browser.
program/            Program yang membuat dan memeriksa halaman ini (Python 3.11 atau lebih baru).
                    The program that made these pages and verifies them (Python 3.11 or newer).

Periksa tas / Check the bag:    sha256sum -c manifest-sha256.txt   (RFC 8493)
Periksa log / Check the log:    PYTHONPATH=data/program/functions python3 -m rekap.desk.main \\
                                  verify data/situs --policy JANGKAR
                                (pustaka / libraries: {libraries})
Format: situs/cara/, program/docs/formats.md
"""


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    told = say(*both("archive.new_folder_for_the_archive"))
    derive.add_arguments(parser, say, "FOLDER", told)


def run(options: Namespace, say: Say) -> int:
    """Archive; 0 done, 1 the log or its evidence is refuted, 2 could not. Writes all or nothing."""
    if derive.lacks("bagit", "archive", say):
        return UNDECIDED
    source = derive.open_for("archive", options, say)
    if source is None:
        return UNDECIDED
    target: Path = options.to
    with rebuild.beside(target) as making:
        code, made = rebuild.rebuilt(source, making / "situs", say)
        if made is None:
            return code
        _add_program(making / "program")
        _bag(making, made, time.strftime("%Y-%m-%d", time.gmtime()))
        rebuild.put_in_place(making, target)
    print(made.told(target, say))
    told = say(*both("archive.a_bagit_bag_check_it_with"))
    print(told)
    return 0


def _add_program(folder: Path) -> None:
    """Copy what runs, and of a checkout what explains it; nothing that was made while running."""
    rubbish = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
    shutil.copytree(packaged.PACKAGE, folder / "functions" / "rekap", ignore=rubbish)
    shutil.copytree(packaged.templates_folder(), folder / "templates", ignore=rubbish)
    for name in _BESIDE:
        found = packaged.PACKAGE.parents[1] / name
        if found.is_dir():
            shutil.copytree(found, folder / name, ignore=rubbish)
        elif found.is_file():
            shutil.copyfile(found, folder / name)


def _bag(folder: Path, made: rebuild.Rebuilt, day: str) -> None:
    """Turn a folder into a bag in place; `day` is the day of bagging."""
    import bagit

    head = parse(Note.parse(made.outcome.checkpoint).text)
    root = codec.b64encode(head.root)
    told = _READ_ME.format(
        origin=head.origin,
        size=head.size,
        root=root,
        release=current(),
        libraries=", ".join(libraries()),
    )
    (folder / "BACA.txt").write_text(told, encoding="utf-8")
    bagit.make_bag(
        os.fspath(folder),
        {
            "Bagging-Date": day,
            "External-Identifier": f"{head.origin} {head.size} {root}",
            "External-Description": "Rekap Terbuka: pages, data, log and proofs of one portal",
            "Bag-Software-Agent": "rekap archive",
        },
        checksums=["sha256"],
    )
