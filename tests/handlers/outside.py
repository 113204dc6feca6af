"""A published folder behind a web server whose answers a test may replace, and who watches it."""

from __future__ import annotations

import contextlib
import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.live_portal import begin, upload
from tests.portal.intake.world import RELEASE, World

from handlers import access, publish, sequence, submit, watch, wiring
from handlers.memory import FileShelf, Memory, Shelf
from rekap.core.signing.note import NoteKey
from rekap.portal.store.local.bell import SilentBell

Answer = Callable[[BaseHTTPRequestHandler], None]


class Published:
    """The folder of a portal that has begun, and its functions."""

    def __init__(self, folder: Path, template: Path) -> None:
        shutil.copytree(template, folder)
        self.folder = folder
        self.public = folder / "public"
        self.world = World.begun()
        self.portal = wiring.embedded(
            folder,
            access.Settings(self.world.origin, release=RELEASE),
            bell=SilentBell(),
            clock=lambda: 1_732_690_100,
            journal=lambda _: None,
        )

    def take(self, *bodies: bytes) -> None:
        """Take and order statements, without publishing them."""
        for body in bodies:
            assert submit.respond(upload(body), self.portal)["statusCode"] == 201
        sequence.respond({}, self.portal)

    def show(self) -> None:
        """Publish, twice: bulk data wait for a run without new entries."""
        publish.respond({}, self.portal)
        publish.respond({}, self.portal)


def template(folder: Path) -> Path:
    """Make a portal once; tests copy it."""
    begin(folder, World())
    return folder


class Web:
    """Serves a folder; `answers` replace files by path."""

    def __init__(self, public: Path) -> None:
        self.public = public
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                web.asked.append(self.path)
                with contextlib.suppress(OSError):
                    web.answers.get(self.path, web.file)(self)

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def file(self, handler: BaseHTTPRequestHandler) -> None:
        path = self.public / handler.path[1:]
        if path.is_dir():
            path /= "index.html"
        known = path.is_file()
        body(path.read_bytes() if known else b"", 200 if known else 404)(handler)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def body(data: bytes, status: int = 200) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


class Watchman:
    """The function `watch` of one address; keeps its lines and measures."""

    def __init__(self, url: str, memory: Path, key: NoteKey | None = None) -> None:
        self.lines: list[dict[str, Any]] = []
        self.now = 1_732_690_200
        self.measured: dict[str, float] = {}
        self.outside = access.Outside(
            url,
            key,
            Memory(FileShelf(memory)),
            lambda: self.now,
            lambda line: self.lines.append(dict(line)),
            self._measure,
            caches_s=0,
        )

    def remember_on(self, shelf: Shelf) -> None:
        """Keep the memory elsewhere."""
        self.outside = replace(self.outside, memory=Memory(shelf))

    def _measure(self, service: str, values: Any, dimensions: Any) -> None:
        assert (service, dimensions) == ("watch", {})
        self.measured |= values

    def look(self, context: Any = None, **event: Any) -> dict[str, Any]:
        """Run once and return the last line, as it would be written."""
        self.measured = {}
        assert watch.respond(event, self.outside, context) == {}
        assert self.measured["Runs"] == 1
        said: dict[str, Any] = json.loads(json.dumps(self.lines[-1]))
        assert self.measured["Findings"] == said.get("all_findings", 0)
        return said
