"""How commands declare their arguments, and those that several commands of readers have."""

from __future__ import annotations

import argparse
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rekap.audit.commands.speech import Say
from rekap.audit.texts import both

Both = tuple[str, str]
"""A text in Indonesian and in English."""


def taking(parser: argparse._ActionsContainer, say: Say) -> Callable[..., None]:
    """Return what declares one argument of a parser, or of a group of one.

    It takes the name, its help, what stands for its value, `many` for one that may be repeated, and
    what else `add_argument` has.
    """

    def take(
        name: str, told: Both, shown: str | Both | None = None, *, many: bool = False, **more: Any
    ) -> None:
        if many:
            more |= {"action": "append", "default": []}
        if shown is not None:
            more["metavar"] = say(*shown) if isinstance(shown, tuple) else shown
        parser.add_argument(name, help=say(*told), **more)

    return take


def add_site(parser: ArgumentParser, say: Say, nargs: str | None = None) -> None:
    """Declare the site to read."""
    told = say(*both("arguments.public_folder_or_url"))
    parser.add_argument("site", nargs=nargs, metavar="DIR|URL", help=told)


def add_policy(parser: ArgumentParser, say: Say) -> None:
    """Declare the reader's own anchors."""
    told = say(*both("arguments.your_own_anchor_file"))
    parser.add_argument("--policy", type=Path, metavar="F", help=told)
