"""Arguments, their help and their errors in the chosen language, in 80 columns."""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from typing import Any, Final, NoReturn

from rekap.audit.commands.speech import Say
from rekap.desk.texts import both

_WRONG: Final = 2
"""Exit code of wrong arguments."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose fixed words are in the chosen language."""

    def __init__(self, *, say: Say | None = None, **more: Any) -> None:
        self._say = say or Say()
        fixed = {"add_help": False, "allow_abbrev": False, "formatter_class": _formatter(self._say)}
        super().__init__(**{**more, **fixed})
        self._positionals.title = self._say("argumen", "arguments")
        self._optionals.title = self._say("pilihan", "options")
        self.add_argument(
            "-h",
            "--help",
            action="help",
            help=self._say(*both("parser.help")),
        )

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments; exit code 2."""
        self.print_usage(sys.stderr)
        if self._say.lang == "id":
            message = _in_indonesian(message)
        told = f"{self.prog}: {self._say('argumen salah', 'error')}: {message}"
        lines = textwrap.wrap(
            told, 80, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
        )
        self.exit(_WRONG, "".join(f"{line}\n" for line in lines))


def _formatter(say: Say) -> type[argparse.HelpFormatter]:
    """A formatter with its own word for usage; of texts only lines that are too long are broken."""

    class Formatter(argparse.RawDescriptionHelpFormatter):
        def add_usage(
            self,
            usage: str | None,
            actions: Any,
            groups: Any,
            prefix: str | None = None,
        ) -> None:
            word = say(*both("parser.usage")) if prefix is None else prefix
            super().add_usage(usage, actions, groups, word)

        def _fill_text(self, text: str, width: int, indent: str) -> str:
            lines = text.splitlines()
            wide = [line if _is_to_be_typed(line) else textwrap.fill(line, width) for line in lines]
            return "\n".join(f"{indent}{line}" for line in wide)

    return Formatter


def _is_to_be_typed(line: str) -> bool:
    """Tell whether a line of help is a command or a row: it stands further in, and as it is."""
    return line.startswith("  ")


_INDONESIAN: Final = (
    (r"the following arguments are required: ", "yang harus disebut: "),
    (r"one of the arguments (.*) is required", r"sebutkan salah satu dari \1"),
    (r"unrecognized arguments: ", "tidak dikenal: "),
    (r"invalid choice: (.*) \(choose from (.*)\)", r"\1 tidak ada dalam pilihan; pilih dari \2"),
    (r"invalid \w+ value: ", "nilai salah: "),
    (r"expected one argument", "sebutkan nilainya"),
    (r"expected (\d+) arguments", r"sebutkan \1 nilai"),
    (r"expected at least one argument", "sebutkan paling sedikit satu nilai"),
    (r"not allowed with argument ", "tidak dapat bersama "),
    (r"^argument ", ""),
)
"""Sentences of `argparse`."""


def _in_indonesian(message: str) -> str:
    for english, indonesian in _INDONESIAN:
        message = re.sub(english, indonesian, message)
    return message
