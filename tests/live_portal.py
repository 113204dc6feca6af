"""A portal that really runs: a folder, the gateway over it, and clients that never give up."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from scripts.stack import events
from scripts.stack.server import DIGEST
from tests.needed import PATIENCE
from tests.portal.intake.world import RELEASE, World, signer

from handlers import access, publish, sequence, submit, wiring
from rekap.portal.store.local import keys
from rekap.portal.store.local.bell import PipeBell, SilentBell
from rekap.portal.store.local.database import Database
from rekap.portal.store.local.order import SqliteOrder
from rekap.portal.store.local.records import SqliteRecords

ROOT = Path(__file__).resolve().parent.parent


def begin(folder: Path, world: World, *, says_time: bool = False, rests: bool = False) -> None:
    """Write keys and the first entries of `world` into a new folder, through the functions.

    `rests`: until bulk data show all, too.
    """
    for role in ("log", "receipt"):
        private = signer(role)._private.private_bytes_raw()
        keys.save(folder / "keys", role, private)
    portal = wiring.embedded(
        folder,
        access.Settings(world.origin, release=RELEASE),
        bell=SilentBell(),
        clock=lambda: 1_732_690_000,
        journal=lambda _: None,
        says_time=says_time,
    )
    entries = world.beginning()
    for wave in [*([entry] for entry in entries[:11]), entries[11:]]:
        for entry in wave:
            answer = submit.respond(upload(entry), portal)
            assert answer["statusCode"] == 201, answer
        sequence.respond({}, portal)
        publish.respond({}, portal)
    if rests:
        publish.respond({}, portal)


def upload(body: bytes) -> dict[str, Any]:
    """Return the event of an upload (payload format 2.0)."""
    request = events.Request(
        "POST", "/v1/statements", "", {"content-type": "application/json"}, body, "192.0.2.1"
    )
    return events.http(request)


def handing_in(data: bytes) -> dict[str, Any]:
    """Return the event of words that are handed in, or of a picture."""
    kind, path = {"content-type": "application/json"}, "/v1/attachments"
    if data.startswith(b"\xff\xd8"):
        kind, path = {"content-type": "image/jpeg"}, "/v1/pictures"
    return events.http(events.Request("POST", path, "", kind, data, "192.0.2.1"))


def asking(path: str, query: str = "") -> dict[str, Any]:
    """Return the event of a question."""
    request = events.Request("GET", path, query, {}, b"", "192.0.2.1")
    return events.http(request)


@dataclass
class Gateway:
    """The gateway as a process of its own; its standard output is the file `lines`."""

    folder: Path
    origin: str
    processes: int = 3
    options: tuple[str, ...] = ()
    release: str = RELEASE
    clock: str = "off"
    process: subprocess.Popen[bytes] | None = None
    port: int = 0
    _reader: Lines | None = field(default=None, repr=False)

    @property
    def lines(self) -> Path:
        return self.folder.with_suffix(".log")

    def start(self) -> None:
        """Start it and wait until it listens; a later start takes the same port."""
        at = self.lines.stat().st_size if self.lines.exists() else 0
        command = [
            sys.executable, str(ROOT / "scripts" / "gateway.py"), "--dir", str(self.folder),
            "--origin", self.origin, "--port", str(self.port), "--processes", str(self.processes),
            "--parameter", f"Release={self.release}", "--parameter", f"Clock={self.clock}",
            *self.options,
        ]  # fmt: skip
        with self.lines.open("ab") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=out)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for line in self.lines.read_bytes()[at:].splitlines():
                if line.startswith(b"{") and b'"listening"' in line:
                    self.port = json.loads(line)["port"]
                    return
            assert self.process.poll() is None, self.lines.read_text()[-2000:]
            time.sleep(0.02)
        raise AssertionError("the gateway does not listen")

    def stop(self) -> int:
        """End it as an operator does, and return its exit status."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """Kill it with SIGKILL; its children see it and die."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE)

    def children(self) -> list[int]:
        """Return the process ids of its children."""
        assert self.process is not None
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def client(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        return self.ask("GET", path, None, headers)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """Send one request and return status, headers in lower case, and body."""
        told = {DIGEST: sha256(body).hexdigest()} if body else {}
        with contextlib.closing(self.client()) as client:
            client.request(method, path, body, told | (headers or {}))
            with client.getresponse() as answer:
                found = {name.lower(): value for name, value in answer.getheaders()}
                return answer.status, found, answer.read()

    def post(self, body: bytes, *, insist: bool = False) -> tuple[int, dict[str, Any]]:
        """Send a statement once. `insist`: as its own entry, also beside a form that counts."""
        kind = {"content-type": "application/json"}
        path = "/v1/statements?insist=1" if insist else "/v1/statements"
        status, _, data = self.ask("POST", path, body, kind)
        return status, json.loads(data)

    def wait_for(self, path: str) -> bytes:
        """Return a file as soon as it is there."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            status, _, data = self.get(path)
            if status == 200:
                return data
            time.sleep(0.05)
        raise AssertionError(f"{path} does not appear")

    def wait_for_line(self, **wanted: Any) -> dict[str, Any]:
        """Return the first line of a function that says all of this."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for line in self.lines.read_bytes().splitlines():
                said = json.loads(line) if line.startswith(b"{") and line.endswith(b"}") else {}
                if said.items() >= wanted.items():
                    return dict(said)
            time.sleep(0.05)
        raise AssertionError(f"no line says {wanted}: {self.lines.read_text()[-2000:]}")

    def wait_until_quiet(self) -> int:
        """Wait until everything taken is in the log and on the site; return the log's size.

        Bulk data wait for a run without new entries; the bell stands in for the next minute.
        """
        database = Database(self.folder / "portal.db")
        records, order = SqliteRecords(database), SqliteOrder(database)
        bell = PipeBell({"publish": self.folder / "bell" / "PublishQueue"})
        public = self.folder / "public"
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            size = int((public / "log/checkpoint").read_text().split("\n")[1])
            site = json.loads((public / "site.json").read_bytes())
            # What is ordered does not wait any more, and is published a moment later.
            is_quiet = records.pending_count() == 0 and order.head().next == size
            if is_quiet and site["size"] == size:
                if site["data_size"] == site["data_next"] == size:
                    return size
                bell.ring("publish")
            time.sleep(0.1)
        raise AssertionError("the portal does not come to rest")


BEGINS = re.compile(rb'\{"(?:level|_aws|event)"|^')
"""Where a line of the functions' log begins."""


@dataclass
class Lines:
    """Reads the functions' log lines as they come and knows which calls have not ended."""

    path: Path
    offset: int = 0
    open: dict[tuple[int, str, str], dict[str, Any]] = field(default_factory=dict)

    def read(self) -> None:
        """Take in what was written since the last time."""
        with self.path.open("rb") as file:
            file.seek(self.offset)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self.offset += len(whole)
        for line in whole.splitlines():
            if not line.startswith(b"{"):
                continue
            *_, last = BEGINS.finditer(line)  # a kill may cut a line short
            said = json.loads(line[last.start() :])
            if said.get("event") not in ("start", "end"):
                continue
            call = (said["pid"], said["function"], said["request"])
            if said["event"] == "start":
                self.open[call] = said
            else:
                self.open.pop(call, None)

    def running(self, function: str) -> list[int]:
        """Return the processes that are inside a call of `function`."""
        return [pid for pid, name, _ in self.open if name == function]


def freeze(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)


def thaw(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
