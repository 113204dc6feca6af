"""The runbook, from top to bottom: every `sh` block in one shell, on one machine."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.core.signing.passkey import Passkey
from tests.live_portal import ROOT
from tests.needed import PATIENCE

from rekap.core.errors import NotVerified
from rekap.core.ledger import authority
from rekap.core.signing import keys
from rekap.core.signing.envelope import pae
from rekap.core.signing.signer import Ed25519Signer
from rekap.desk.main import main
from rekap.desk.officials.keys.enrolment import enrol
from rekap.desk.officials.paper import Paper

WRAPPER = """#!/bin/bash
# What a person types: a passphrase twice, or consent, passphrase, and consent for further files.
real() {{ "{python}" -m rekap.desk.main "$@"; }}
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
    listens = (
        f"until (: </dev/tcp/127.0.0.1/{port}) 2>/dev/null; do\n"
        "kill -0 $! || { cat *.log >&2; exit 1; }; sleep 0.1; done\n"
    )
    script = script.replace(".log 2>&1 &\n", f".log 2>&1 &\n{listens}").replace(
        "kill $!\n", "kill $!; wait $! || true\n"
    )
    begin = "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT; set -x\n"
    run = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", begin + script],
        cwd=home(tmp_path),
        env={**os.environ, "PYTHONPATH": str(ROOT / "functions")},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    # Four of `verify`, one of `mirror`. Beside a gateway that has just begun again, some pages may
    # be newer than `site.json`.
    verdicts = re.findall("^SESUAI, sejauh dilihat: .*", run.stdout, re.MULTILINE)
    assert len(verdicts) == 5, verdicts
    assert "SESUAI, sejauh dilihat: jangkar tidak meminta saksi log." in verdicts


def test_entry_0_of_the_runbook_can_take_a_passkey(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of each of its uploaders, as a browser would let it sign, and nobody else's."""
    (line,) = re.findall(r"^rekap (draft log .*)$", "\n".join(blocks(DOCS[0])), re.MULTILINE)
    origin = re.findall(r"--origin (\S+)", line)[0]
    monkeypatch.chdir(tmp_path)
    assert main(["portal-keys", "portal", "--origin", origin]) == 0
    for number, public in enumerate(capsys.readouterr().out.split(), 1):
        line = line.replace(f"$(sed -n {number}p names.txt)", public)
    lines = [enrol(origin, "log", Ed25519Signer(bytes([n]) * 32)).line for n in (1, 2)]
    Path("operators.txt").write_text("\n".join(lines) + "\n")
    assert main(shlex.split(line)) == 0
    paper = Paper.read(Path("log.pernyataan.json"))
    fields = json.loads(paper.payload)
    scope = authority.passkey_scope(fields)
    assert scope.origins
    own, message = Passkey(), pae(paper.payload)
    for uploader in scope.origins:
        assert f".{uploader.partition('://')[2]}".endswith(f".{fields['rp_id']}")
        keys.verify(own.key, message, own.sign(message, origin=uploader, rp_id=scope.rp_id), scope)
        other = own.sign(message, origin="https://unggah.example", rp_id=scope.rp_id)
        with pytest.raises(NotVerified):
            keys.verify(own.key, message, other, scope)


def test_every_situation_has_its_section_in_both_languages() -> None:
    texts = [(ROOT / "docs" / name).read_text(encoding="utf-8") for name in DOCS]
    one, other = (len(re.findall(r"^## ", text, re.MULTILINE)) for text in texts)
    assert one == other > 12


def commands_of(name: str) -> list[str]:
    """For each `sh` block of a document, how its translation links to it."""
    heading, blocks = "", []
    for line in (ROOT / "docs" / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("##"):
            heading = re.sub(r"[^\w -]", "", line.lstrip("# ")).lower().replace(" ", "-")
        elif line == "```sh":
            blocks.append(heading)
    return [
        "[Perintah{}]({}#{}).".format(
            f" {blocks[: at + 1].count(one)}" if blocks.count(one) > 1 else "", name, one
        )
        for at, one in enumerate(blocks)
    ]


def linked(name: str) -> list[str]:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    return re.findall(r"^\[Perintah.*", text, re.MULTILINE)


def test_the_translation_leads_to_every_block_of_commands_in_order() -> None:
    assert linked(DOCS[1]) == commands_of(DOCS[0])
    assert not blocks(DOCS[1])
