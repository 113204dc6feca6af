"""The hook `scripts/hooks/commit-msg`, as git runs it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BODY = "\n\nThe reader sees at once which form counts."
SUBJECT = "log: the entry's number stands beside its leaf"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    settings = {
        "core.hooksPath": str(ROOT / "scripts" / "hooks"),
        "user.name": "SIMULASI",
        "user.email": "simulasi@rekap.example",
    }
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    for name, value in settings.items():
        subprocess.run(["git", "-C", tmp_path, "config", name, value], check=True)
    return tmp_path


def commit(checkout: Path, file: str, message: str) -> str:
    """Return what the hook says against a message; an empty text if it takes it."""
    (checkout / file).parent.mkdir(parents=True, exist_ok=True)
    (checkout / file).write_text(message)
    subprocess.run(["git", "-C", checkout, "add", "-A"], check=True)
    command = ["git", "-C", checkout, "commit", "-q", "-m", message]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode == 0) == (done.stderr == "")
    return done.stderr


@pytest.mark.parametrize(
    ("file", "message", "said"),
    [
        ("functions/a.py", SUBJECT + BODY, ""),
        ("functions/a.py", SUBJECT, "functions/a.py changes; a body says why"),
        ("functions/a.py", f"{SUBJECT}\n\n \n", "a body says why"),
        ("tests/a.py", SUBJECT, "tests/a.py changes; a body says why"),
        ("Makefile", SUBJECT, "Makefile changes; a body says why"),
        ("docs/a.md", SUBJECT, ""),
        ("docs/a.md", "é" * 72, ""),
        ("docs/a.md", "é" * 73, "the subject has 73 characters; 72 fit"),
        ("docs/a.md", f"{SUBJECT}\nand more", "the line after the subject stays empty"),
        ("functions/a.py", f"fixup! {SUBJECT}", ""),
    ],
)
def test_a_message_is_taken_or_told_what_it_lacks(
    checkout: Path, file: str, message: str, said: str
) -> None:
    told = commit(checkout, file, message)
    assert said in told
    assert bool(said) == bool(told)
