"""Speaking with an official at a terminal or through pipes, in lines of at most 80 columns.

Secrets are never echoed, never arguments, and never printed. Without a terminal they are lines of
standard input, or a file that is named.
"""

from __future__ import annotations

import getpass
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from rekap.audit.commands import files
from rekap.audit.commands.speech import Say
from rekap.core.errors import Malformed, NotVerified, RekapError
from rekap.desk.elections.problems import Problem
from rekap.desk.officials import troubles
from rekap.desk.texts import both

WIDTH: Final = 80
COULD_NOT: Final = 2
REFUSED: Final = 1
"""Exit codes besides 0; see `worst`."""
PROBLEMS_SHOWN: Final = 100
_MAX_LINE: Final = 4_096


def worst(*codes: int) -> int:
    """Return the exit code of several parts: a refusal is told before what only waits."""
    return REFUSED if REFUSED in codes else max(codes, default=0)


class Fault(Exception):
    """Ends a command: what is wrong and what to do, in both languages. `code`: the exit code."""

    def __init__(self, indonesian: str, english: str, code: int = COULD_NOT) -> None:
        super().__init__(english)
        self.indonesian = indonesian
        self.english = english
        self.code = code


@dataclass(frozen=True, slots=True)
class Talk:
    """Asks on `stdin`, answers on `stdout`, complains on `stderr`."""

    say: Say
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO

    @classmethod
    def here(cls, say: Say) -> Talk:
        """Return a talk over the standard streams of this process."""
        return cls(say, sys.stdin, sys.stdout, sys.stderr)

    def carry_out(self, work: Callable[[], int]) -> int:
        """Return what `work` returns; a Fault is said on standard error and ends with its code.

        So is what the disk refuses.
        """
        try:
            return work()
        except Fault as fault:
            self.complain(fault.indonesian, fault.english)
            return fault.code
        except BrokenPipeError:
            raise
        except OSError as error:
            told = troubles.of_disk(error, Path.cwd(), self.say)
            self.complain(told, told)
            return COULD_NOT
        except RekapError as error:
            self.complain(str(error), str(error))
            return REFUSED if isinstance(error, NotVerified) else COULD_NOT

    def tell(self, indonesian: str = "", english: str = "", indent: str = "") -> None:
        """Print a paragraph; an empty one is an empty line."""
        for line in wrap(self.say(indonesian, english), indent):
            print(line, file=self.stdout)

    def lay(self, line: str) -> None:
        """Print a line that is laid out already; what is too long goes on further in."""
        start = " " * (len(line) - len(line.lstrip()))
        for one in wrap(line.strip(), f"{start}  ", start):
            print(one, file=self.stdout)

    def command(self, *words: str) -> None:
        """Print a command as it is to be typed, broken as a shell takes it."""
        line = f"  {words[0]}"
        for word in words[1:]:
            if len(line) + len(word) + 3 > WIDTH:
                print(f"{line} \\", file=self.stdout)
                line = f"    {word}"
            else:
                line += f" {word}"
        print(line, file=self.stdout)

    def complain(self, indonesian: str, english: str) -> None:
        """Print a paragraph on standard error."""
        self.stdout.flush()
        for line in wrap(f"rekap: {self.say(indonesian, english)}", indent="  ", first=""):
            print(line, file=self.stderr)

    def warn(self, indonesian: str, english: str) -> None:
        """Print on standard error what does not stop the work but must be known."""
        self.complain(*both("talk.note", indonesian=(indonesian, english)))

    def tell_problems(self, problems: Sequence[Problem], warn: bool = False) -> None:
        """Print problems on standard error in the order of their lines; of very many the first."""
        how = self.warn if warn else self.complain
        for one in sorted(problems, key=lambda one: one.line)[:PROBLEMS_SHOWN]:
            how(one.told("id"), one.told("en"))
        if len(problems) > PROBLEMS_SHOWN:
            more = self.say.number(len(problems) - PROBLEMS_SHOWN)
            how(*both("talk.and_more", more=more))

    def ask(self, indonesian: str, english: str) -> str:
        """Return the answer to a question, without white space around it; "" is an answer.

        Raises Fault if the input has ended.
        """
        print(f"{self.say(indonesian, english)} ", end="", file=self.stdout, flush=True)
        line = self.stdin.readline(_MAX_LINE)
        if not line:
            print(file=self.stdout)
            raise Fault(*both("talk.the_input_ended_before_this_question"))
        return line.strip()

    def ask_figure(self, code: str, called: str) -> str:
        """Return the answer to the question for a figure of the paper; `code` is its place."""
        *told, question = wrap(f"{called}:", " " * 10, f"{code:<10}")
        for line in told:
            print(line, file=self.stdout)
        return self.ask(question, question)

    def secret(self, indonesian: str, english: str, file: Path | None = None) -> str:
        """Return a secret: the first line of `file`, else asked without echo."""
        if file is not None:
            return _first_line(file)
        question = f"{self.say(indonesian, english)} "
        try:
            line = (
                getpass.getpass(question, self.stdout) + "\n"
                if self.stdin.isatty()
                else self.stdin.readline(_MAX_LINE)
            )
        except EOFError:
            line = ""
        if not line:
            raise Fault(*both("talk.no_passphrase_was_given_use_a"))
        return line.rstrip("\r\n")

    def table(self, rows: Iterable[Sequence[str]]) -> None:
        """Print rows in columns; the last column is wrapped at 80."""
        for line in columns(list(rows)):
            print(line, file=self.stdout)


def wrap(text: str, indent: str = "", first: str | None = None) -> list[str]:
    """Return the lines of a paragraph, none longer than 80 unless one word is."""
    if not text:
        return [""]
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines of 80 columns: every column but the last is as wide as it must be."""
    if not rows:
        return []
    count = max(len(row) for row in rows)
    widths = [max((len(row[at]) for row in rows if at < len(row) - 1), default=0)
              for at in range(count)]  # fmt: skip
    lines = []
    for row in rows:
        head = "  ".join(cell.ljust(widths[at]) for at, cell in enumerate(row[:-1]))
        start = f"{head}  " if row[:-1] else ""
        lines += wrap(row[-1], " " * len(start), start) if row[-1] else [start.rstrip()]
    return lines


def _first_line(path: Path) -> str:
    try:
        text = files.read(path, _MAX_LINE).decode()
    except FileNotFoundError as error:
        raise Fault(*both("talk.no_such_file_name_the_right", path=path)) from error
    except (Malformed, UnicodeDecodeError) as error:
        raise Fault(*both("talk.not_a_passphrase_file_it_holds", path=path)) from error
    return text.split("\n", 1)[0].rstrip("\r")
