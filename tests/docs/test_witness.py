"""The witness's page, from top to bottom: a real portal, and a witness that is not ours."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from tests.docs.test_operations import blocks, commands_of, home, linked
from tests.live_portal import ROOT
from tests.needed import PATIENCE
from tests.peers import environment

from rekap.core.signing.note import NoteKey

WAIT = "until grep -q {} {} 2>/dev/null; do sleep 0.1; done\n"
DOCS = ("witness.md", "witness.id.md")


@pytest.mark.peers
def test_the_exercise_runs_from_top_to_bottom(tmp_path: Path) -> None:
    environment.need()
    place = home(tmp_path)
    for name in ("Makefile", "requirements", ".venv-peers"):
        (place / name).symlink_to(ROOT / name)
    ports = {}
    for documented in ("8080", "7380"):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            ports[documented] = str(free.getsockname()[1])
    script = "\n".join(blocks("witness.md"))
    for documented, port in ports.items():
        script = script.replace(documented, port)
    # Both need a moment before they listen; a person does not type that fast.
    script = script.replace("saksi.txt &\n", f"saksi.txt &\n{WAIT.format('+', 'var/*/saksi.txt')}")
    script = script.replace(
        "portal.log 2>&1 &\n", f"portal.log 2>&1 &\n{WAIT.format('listening', 'portal.log')}"
    )
    settings = {"PYTHONPATH": str(ROOT / "functions"), "LISTEN": f"127.0.0.1:{ports['7380']}"}
    errors = tmp_path / "errors"
    with errors.open("w") as file:
        run = subprocess.Popen(
            ["bash", "-e", "-x", "-o", "pipefail", "-c", script],
            cwd=place,
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
            start_new_session=True,
        )
    try:
        said, _ = run.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        pytest.fail(errors.read_text()[-3000:])
    finally:
        os.killpg(run.pid, signal.SIGTERM)
    first = (place / "var/latihan-saksi/saksi.txt").read_text().splitlines()[0]
    assert NoteKey.parse(first).name == "saksi.kampus.example/rekap", "the first line is the key"
    assert run.returncode == 0, said[-3000:] + errors.read_text()[-3000:]
    assert "TERBUKTI" in said
    assert re.search(r"size\D+3\b", said), said
    site = place / "var/latihan-saksi/portal/public"
    note = (site / "log/checkpoint").read_text()
    assert "— saksi.kampus.example/rekap " in note
    assert json.loads((site / "site.json").read_text())["size"] == 3, "opening, clock, release"
    assert len(list((site / "bukti").glob("*.tlog-proof"))) == 3


def test_the_translation_leads_to_every_block_of_commands_in_order() -> None:
    assert linked(DOCS[1]) == commands_of(DOCS[0])
    assert not blocks(DOCS[1])
