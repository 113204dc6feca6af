"""Asking and answering: at a terminal, through pipes, in 80 columns."""

from __future__ import annotations

import io
import os
import pty
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.desk.officials.bench import PASSPHRASE, inside
from tests.desk.officials.post import ENVIRONMENT

from rekap.audit.commands.speech import Say
from rekap.core.errors import Corrupt, NotVerified
from rekap.desk.officials.keys import keyfile
from rekap.desk.officials.talk import Fault, Talk, columns, wrap


def talk(typed: str = "", lang: str = "id") -> Talk:
    return Talk(Say(lang), io.StringIO(typed), io.StringIO(), io.StringIO())


def said(one: Talk) -> str:
    assert isinstance(one.stdout, io.StringIO)
    return one.stdout.getvalue()


def test_an_input_that_ends_is_no_answer() -> None:
    for ask in (talk().ask, talk().secret):
        with pytest.raises(Fault):
            ask("Tanya", "Question")


def test_a_secret_keeps_its_spaces(tmp_path) -> None:
    assert talk("  a b  \r\n").secret("Sandi", "Secret") == "  a b  "
    path = tmp_path / "secret"
    path.write_bytes(b"  a b  \nmore\n")
    assert talk().secret("Sandi", "Secret", path) == "  a b  "


@pytest.mark.parametrize("data", [b"\xff", b"x" * 5_000])
def test_a_file_that_holds_no_secret(tmp_path, data) -> None:
    path = tmp_path / "secret"
    path.write_bytes(data)
    with pytest.raises(Fault):
        talk().secret("Sandi", "Secret", path)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Fault("a", "b"), 2),
        (Fault("a", "b", 1), 1),
        (NotVerified("a"), 1),
        (Corrupt("a"), 2),
        (OSError(28, "No space left on device", "x"), 2),
    ],
)
def test_what_ends_a_command_is_said(error, code) -> None:
    one = talk()

    def work() -> int:
        raise error

    assert one.carry_out(work) == code
    assert isinstance(one.stderr, io.StringIO)
    assert one.stderr.getvalue().startswith("rekap: ")


def test_the_end_of_a_pipe_is_the_callers() -> None:
    def work() -> int:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        talk().carry_out(work)


WORDS = st.lists(st.text("abcdefgh-", min_size=1, max_size=30), min_size=1, max_size=40)


@given(WORDS, st.sampled_from(["", "  ", "    "]))
def test_paragraphs_fit_and_lose_no_word(words, indent) -> None:
    lines = wrap(" ".join(words), indent)
    assert all(len(line) <= 80 for line in lines)
    assert " ".join(lines).split() == words


@given(st.lists(st.tuples(st.text("ab", max_size=12), WORDS), min_size=1, max_size=6))
def test_tables_fit_and_align(rows) -> None:
    lines = columns([(head, " ".join(words)) for head, words in rows])
    width = max(len(head) for head, _ in rows)
    assert all(len(line) <= 80 for line in lines)
    assert all(len(line) <= width + 2 or line[width : width + 2] == "  " for line in lines)


def test_a_terminal_asks_twice_and_echoes_nothing(tmp_path) -> None:
    """At a terminal a passphrase is typed unseen; what the screen shows never holds it."""
    target = tmp_path / "a.kunci.pem"
    words = [sys.executable, "-m", "rekap.desk.main", "keygen", "--to", str(target)]
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, words, ENVIRONMENT)
    shown = b""
    for prompt in (b"sandi baru:", b"Sekali lagi:"):
        while prompt not in shown:
            shown += os.read(terminal, 1_000)
        os.write(terminal, PASSPHRASE.encode() + b"\n")
    while True:
        try:
            piece = os.read(terminal, 1_000)
        except OSError:  # how a terminal ends on Linux
            break
        if not piece:
            break
        shown += piece
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, shown
    os.close(terminal)
    assert PASSPHRASE.encode() not in shown
    assert b"Berkas kunci" in shown
    assert keyfile.load(target, PASSPHRASE).public
    assert inside(tmp_path) == {"a.kunci.pem"}


def test_a_command_is_broken_as_a_shell_takes_it() -> None:
    out = io.StringIO()
    talk = Talk(Say(), io.StringIO(), out, io.StringIO())
    talk.command("rekap submit", *(f"{'x' * 30}-{at}" for at in range(4)))
    lines = out.getvalue().splitlines()
    assert [line[-2:] for line in lines] == [" \\", " \\", "-3"]
    assert max(map(len, lines)) <= 80
