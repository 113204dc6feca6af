"""`rekap serve DIR`: the public folder of a portal on this machine, files only."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.desk.texts import both

_TYPES: Final = {
    "": "application/octet-stream",
    ".csv": "text/csv; charset=utf-8",
    ".tlog-proof": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}


class _Files(SimpleHTTPRequestHandler):
    """Static files; evidence has no type of its own and is plain bytes."""

    protocol_version = "HTTP/1.1"

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        """The content type by the end of the name."""
        return _TYPES.get(Path(path).suffix) or super().guess_type(path)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing about who reads what."""


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    take = taking(parser, say)
    take("folder", both("serve.folder_of_a_portal"), "DIR", type=Path)
    take("--port", both("serve.port"), type=int, default=8080)


def run(options: Namespace, say: Say) -> int:
    """Serve until Ctrl-C; 2 if there is no public folder."""
    public = options.folder / "public"
    if not public.is_dir():
        raise FileNotFoundError(f"{public}: {say(*both('serve.absent'))}")
    server = ThreadingHTTPServer(
        ("127.0.0.1", options.port), partial(_Files, directory=str(public))
    )
    with server:
        print(f"http://127.0.0.1:{server.server_port}/   (Ctrl-C)", flush=True)
        server.serve_forever()
    return 0
