"""`rekap serve DIR`: the public folder of a portal on this machine, files only."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rekap.cli.speech import Say


class _Files(SimpleHTTPRequestHandler):
    """Static files; evidence has no type of its own and is plain bytes."""

    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012  (declared so by the base class)
        **SimpleHTTPRequestHandler.extensions_map,
        ".tlog-proof": "text/plain; charset=utf-8",
        ".csv": "text/csv; charset=utf-8",
        ".txt": "text/plain; charset=utf-8",
        "": "application/octet-stream",
    }

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing about who reads what."""


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "folder", type=Path, metavar="DIR", help=say("folder portal", "folder of a portal")
    )
    parser.add_argument("--port", type=int, default=8080, help=say("porta", "port"))


def run(options: Namespace, say: Say) -> int:
    """Serve until Ctrl-C; 2 if there is no public folder."""
    public = options.folder / "public"
    if not public.is_dir():
        raise FileNotFoundError(f"{public}: {say('tidak ada', 'does not exist')}")
    server = ThreadingHTTPServer(
        ("127.0.0.1", options.port), partial(_Files, directory=str(public))
    )
    with server:
        print(f"http://127.0.0.1:{server.server_port}/   (Ctrl-C)", flush=True)
        server.serve_forever()
    return 0
