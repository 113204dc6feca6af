"""Arguments that several commands of readers have."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from rekap.audit.commands.speech import Say
from rekap.audit.texts import both


def add_site(parser: ArgumentParser, say: Say, nargs: str | None = None) -> None:
    """Declare the site to read."""
    told = say(*both("arguments.public_folder_or_url"))
    parser.add_argument("site", nargs=nargs, metavar="DIR|URL", help=told)


def add_policy(parser: ArgumentParser, say: Say) -> None:
    """Declare the reader's own anchors."""
    told = say(*both("arguments.your_own_anchor_file"))
    parser.add_argument("--policy", type=Path, metavar="F", help=told)
