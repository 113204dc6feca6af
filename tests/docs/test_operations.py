"""The runbook, from top to bottom: every `sh` block in one shell, on one machine."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.live_portal import ROOT

WRAPPER = """#!/bin/bash
# What a person types: a passphrase twice, or consent, passphrase, and consent for further files.
real() {{ "{python}" -m rekap.cli.main "$@"; }}
case "$1" in
  keygen) real "$@" <<<$'kata sandi peraga\\nkata sandi peraga\\n' ;;
  sign) {{ printf 'setuju\\nkata sandi peraga\\n'; for _ in $(seq 50); do echo setuju; done; }} | real "$@" ;;
  *) real "$@" </dev/null ;;
esac
"""  # noqa: E501
DOCS = ("operations.md", "operations.id.md")


def blocks(name: str) -> list[str]:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    return re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def home(folder: Path) -> Path:
    """A place that looks like a checkout: the tool, the gateway, the example."""
    binaries = folder / ".venv" / "bin"
    binaries.mkdir(parents=True)
    tool = binaries / "rekap"
    tool.write_text(WRAPPER.format(python=sys.executable))
    (binaries / "python3").write_text(f'#!/bin/bash\nexec "{sys.executable}" "$@"\n')
    for file in binaries.iterdir():
        file.chmod(0o755)
    for name in ("scripts", "examples"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def test_the_runbook_runs_from_top_to_bottom(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = "\n".join(blocks("operations.md")).replace("8080", str(port))
    # The gateway needs a moment before it listens; a person does not type that fast.
    script = script.replace(".log 2>&1 &\n", ".log 2>&1 &\nsleep 3\n").replace(
        "kill $!\n", "kill $!; wait $! || true\n"
    )
    begin = "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT; set -x\n"
    run = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", begin + script],
        cwd=home(tmp_path),
        env={**os.environ, "PYTHONPATH": str(ROOT / "functions")},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    assert run.stdout.count("TERBUKTI") >= 3


@pytest.mark.parametrize("name", DOCS)
def test_every_situation_has_its_section(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert len(re.findall(r"^## ", text, re.MULTILINE)) == 11


def test_both_languages_have_the_same_commands() -> None:
    assert blocks(DOCS[0]) == blocks(DOCS[1])
