"""The command line: languages, exit codes, modules only when they are asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from rekap.audit.commands.speech import Say
from rekap.core.errors import NotVerified, RekapError
from rekap.desk.main import COMMANDS, main


def test_without_a_command_prints_the_help_and_ends_with_2(capsys):
    assert main([]) == 2
    out = " ".join(capsys.readouterr().out.split())
    assert "perintah:" in out
    for command in COMMANDS:
        assert command.id in out


def test_help_is_indonesian_unless_english_is_asked_for(capsys):
    for arguments, word in (
        (["--help"], "pilihan:"),
        (["--lang", "en", "--help"], "options:"),
        (["import", "--help", "--lang=en"], "election folder"),
        (["import", "--help"], "folder pemilihan"),
    ):
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert left.value.code == 0
        assert word in capsys.readouterr().out


def test_wrong_arguments_end_with_2(capsys):
    with pytest.raises(SystemExit) as left:
        main(["import"])
    assert left.value.code == 2
    assert "argumen salah" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [(NotVerified("no", "page"), 1), (RekapError("no"), 2), (FileNotFoundError("no"), 2)],
)
def test_errors_become_exit_codes(error, code, monkeypatch, capsys):
    def fail(options, say):
        raise error

    monkeypatch.setattr("rekap.desk.serve.run", fail)
    assert main(["serve", "x"]) == code
    assert "no" in capsys.readouterr().err


def test_a_fault_of_the_program_proves_and_refutes_nothing(monkeypatch, capsys):
    def fail(options, say):
        raise TypeError("nothing has no length")

    monkeypatch.setattr("rekap.desk.serve.run", fail)
    assert main(["serve", "x"]) == 2
    told = capsys.readouterr().err
    assert "TypeError: nothing has no length (test_main.py:" in " ".join(told.split())
    assert "Traceback" not in told
    assert max(map(len, told.splitlines())) <= 80


def test_serving_nothing_ends_with_2(tmp_path, capsys):
    assert main(["serve", str(tmp_path)]) == 2
    assert "public" in capsys.readouterr().err


def test_the_help_imports_no_command():
    code = (
        "import sys; from rekap.desk.main import main; main([]);"
        "sys.exit(any(n in sys.modules for n in ('cryptography', 'jinja2', 'sqlite3', 'http')))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_numbers_are_written_as_each_language_writes_them():
    assert Say("id").number(1234567) == "1.234.567"
    assert Say("en").number(1234567) == "1,234,567"
    assert Say("id").size(1_234_567) == "1,2 MB"
    assert Say("en").size(1_234_567) == "1.2 MB"
    assert (Say().size(0), Say().size(1), Say().size(999_000)) == ("0 kB", "1 kB", "999 kB")
