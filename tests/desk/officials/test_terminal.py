"""What only a terminal shows: secrets that are typed, keys that end a command, 80 columns."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.desk.officials.clerk import C_FORM, PASSPHRASE, Clerk
from tests.live_portal import ROOT
from tests.portal.intake.world import ELECTION, KELURAHAN, World, sign

from rekap.core.codec import encode
from rekap.desk.main import COMMANDS, main
from rekap.desk.officials.kits.cut import Scope, cut
from rekap.desk.officials.paper import Paper

ONE = World().kpps()[0]
NEW = "ember hijau di bukit"
INTERRUPT, END = "\x03", "\x04"
LIMIT = 60.0
"""Seconds that a command may take."""


@dataclass(frozen=True)
class Seen:
    """What stood on the screen when the command ended, and its exit code."""

    screen: str
    code: int

    @property
    def words(self) -> str:
        return " ".join(self.screen.split())


def typed(clerk: Clerk, *words: str, answers: Sequence[tuple[str, str]] = ()) -> Seen:
    """Run a command at a terminal; each answer is typed when its question has appeared."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(clerk.folder)
        os.environ.update({"PYTHONPATH": str(ROOT / "functions"), "COLUMNS": "80"})
        os.execv(sys.executable, [sys.executable, "-m", "rekap.desk.main", *words])
    screen, read, left = "", 0, list(answers)
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                data = os.read(terminal, 65_536)
            except OSError:
                break
            if not data:
                break
            screen += data.decode()
        elif left and left[0][0] in screen[read:]:
            read = len(screen)
            os.write(terminal, left.pop(0)[1].encode())
    else:
        os.kill(child, signal.SIGKILL)
    os.close(terminal)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert not left, screen
    assert "Traceback" not in screen
    return Seen(screen.replace("\r\n", "\n"), code)


@pytest.fixture
def clerk(tmp_path: Path) -> Clerk:
    desk = Clerk(tmp_path)
    Paper(encode(desk.world.form())).write(desk.path("a.pernyataan.json"))
    return desk


def signing(clerk: Clerk) -> tuple[str, ...]:
    return ("sign", "--kit", "kit.json", "--key", clerk.key(ONE), "a.pernyataan.json")


def test_a_wrong_passphrase_may_be_typed_again(clerk: Clerk) -> None:
    seen = typed(clerk, *signing(clerk), answers=[
        ("menandatangani:", "setuju\n"), ("Kata sandi", "salah\n"), ("Coba lagi", "keliru\n"),
        ("Coba lagi", f"{PASSPHRASE}\n"),
    ])  # fmt: skip
    assert seen.code == 0, seen.screen
    assert clerk.signed().data == sign(clerk.world.form(), ONE)
    assert PASSPHRASE not in seen.screen
    assert "keliru" not in seen.screen


def test_three_wrong_passphrases_are_enough(clerk: Clerk) -> None:
    seen = typed(clerk, *signing(clerk), answers=[
        ("menandatangani:", "setuju\n"), ("Kata sandi", "salah\n"), ("Coba lagi", "keliru\n"),
        ("Coba lagi", "lupa\n"),
    ])  # fmt: skip
    assert (seen.code, "buat kunci baru" in seen.words) == (2, True)
    assert not clerk.path("a.dsse.json").exists()


@pytest.mark.parametrize("key", [INTERRUPT, END])
@pytest.mark.parametrize("at", range(2))
def test_a_command_ends_at_any_question_of_sign(clerk: Clerk, key: str, at: int) -> None:
    answers = [("menandatangani:", "setuju\n"), ("Kata sandi", f"{PASSPHRASE}\n")][:at]
    question = ("menandatangani:", "Kata sandi")[at]
    seen = typed(clerk, *signing(clerk), answers=[*answers, (question, key)])
    assert seen.code == 2
    assert not clerk.path("a.dsse.json").exists()


@pytest.mark.parametrize("key", [INTERRUPT, END])
@pytest.mark.parametrize("at", range(2))
def test_a_command_ends_at_any_question_of_keygen(clerk: Clerk, key: str, at: int) -> None:
    answers = [("Kata sandi baru:", f"{NEW}\n")][:at]
    question = ("Kata sandi baru:", "Sekali lagi:")[at]
    seen = typed(clerk, "keygen", "--to", "new.kunci.pem", "--kit", "kit.json",
                 answers=[*answers, (question, key)])  # fmt: skip
    assert seen.code == 2
    assert "rekap:" in seen.screen
    assert not [path.name for path in clerk.folder.iterdir() if "new" in path.name]


@pytest.mark.parametrize("command", ["", *(one.name for one in COMMANDS)])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_help_fits_a_terminal(monkeypatch, capsys, command: str, lang: str) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as ended:
        main([*([command] if command else []), "--lang", lang, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert [line for line in shown.splitlines() if len(line) > 80] == []
    assert ("usage:" in shown) == (lang == "en")
    assert "bantuan ini" in shown or lang == "en"


@pytest.mark.parametrize(
    "words",
    [
        ("kit", "x", "--to", "y"),
        ("kit", "x", "--to", "y", "--region", "3207"),
        ("kit", "x", "--to", "y", "--region", "32.07", "--tps", "x"),
        ("form", "--form", "c1"),
        ("keygen",),
        ("keygen", "--to", "a", "--show", "b"),
        ("keygen", "--to"),
        ("keygen", "--peraga", "x"),
        ("sign",),
        ("revoke", "--suspect-from", "x"),
        ("sign", "a", "--nothing"),
    ],
)
def test_wrong_arguments_are_told_in_indonesian(capsys, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    told = capsys.readouterr().err.partition("argumen salah")[2]
    assert told
    english = {"argument", "required", "invalid", "choose", "expected", "allowed", "unrecognized"}
    assert not english & set(told.replace(":", " ").split())


def test_a_kit_of_one_station_makes_no_form_of_another(clerk: Clerk) -> None:
    clerk.take_kit(KELURAHAN)
    said = clerk.run("form", "--kit", "kit.json", "--form", "d_hasil_kecamatan", "--region",
                     "31.71.06", "--sheet", "x.csv", "--to", "c.pernyataan.json")  # fmt: skip
    assert (said.code, "Kit ini untuk 31.71.06.1001" in said.words) == (1, True)
    entries = clerk.world.entries
    kit = cut(clerk.world.state, lambda at: entries[at], Scope(ELECTION, KELURAHAN, "002"))
    kit.write(clerk.path("kit.json"))
    said = clerk.run("form", "--kit", "kit.json", *C_FORM, "--blank", "--to", "x.csv")
    assert (said.code, "TPS 002, bukan 31.71.06.1001 TPS 001" in said.words) == (1, True)
    assert not clerk.path("x.csv").exists()
