"""The programs of `docs/data.md` run, against a site over HTTP."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.elections import tiny
from tests.needed import PATIENCE

from rekap.desk.main import main

TEXT = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    work = tmp_path_factory.mktemp("data")
    folder = tiny().write(work / "folder")
    assert main(["import", str(folder), "--to", str(work / "portal")]) == 0
    serve = partial(Quiet, directory=str(work / "portal" / "public"))
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _program(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n```python\n(.*?)```", TEXT, re.DOTALL)
    assert found
    return found.group(1)


def _run(program: str, *arguments: str) -> list[str]:
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE)
    return done.stdout.splitlines()


def test_the_client_says_what_is_new(address: str) -> None:
    program = _program("news.py")
    assert len(program.splitlines()) <= 34
    everything = _run(program, address, "0")
    last = everything[-1]
    size = int(last.removeprefix("next time "))
    assert [line.split()[0] for line in everything[:size]] == [str(n) for n in range(size)]
    assert _run(program, address, str(size)) == [last]
    newest = _run(program, address, str(size - 1))
    assert newest[0].startswith(f"{size - 1} form ")
    assert "fetch buku-besar/index.json" in newest
    assert "fetch all below /" in everything
