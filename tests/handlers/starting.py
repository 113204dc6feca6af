"""A process of a function as it starts: a fresh interpreter with its variables, AWS stood for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from scripts.stack import template

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = ("submit", "sequence", "publish", "render", "watch")
ENGINES = ("aws", "local")

_IMPORT = "import importlib; importlib.import_module('handlers.{}')"
_TELL = "\nimport json, sys; print(json.dumps(sorted(sys.modules)))"

_NAMES = {
    "REKAP_RECORDS_TABLE": "records", "REKAP_ORDER_TABLE": "order",
    "REKAP_REGISTER_TABLE": "register", "REKAP_PUBLIC_BUCKET": "public",
    "REKAP_ATTACHMENTS_BUCKET": "attachments", "REKAP_STATE_BUCKET": "state",
    "REKAP_CACHE_CONTROL": "* max-age=30",
    "REKAP_LOG_KEY": "key", "REKAP_RECEIPT_SECRET": "receipts",
    "REKAP_SITE": "https://rekap.example/",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Machine:
    """Where processes start: a stand-in for AWS, and a folder for the embedded engine."""

    endpoint: str
    folder: Path

    def run(self, script: str, variables: Mapping[str, str]) -> str:
        """Run a script in a fresh interpreter; return what it prints, or stop with its error."""
        command = [sys.executable, "-c", script]
        done = subprocess.run(
            command, env=self._environment(variables), capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(done.stderr)
        return done.stdout

    def _environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "functions"),
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_DEFAULT_REGION": "ap-southeast-3",
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
            **variables,
        }


@contextmanager
def machine() -> Iterator[Machine]:
    """Give a place for processes, with a server that stands for AWS while they start."""
    server = HTTPServer(("127.0.0.1", 0), _Aws)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "keys"
        keys.mkdir(mode=0o700)
        for role in ("log", "receipt"):
            (keys / f"{role}.key").write_text("01" * 32 + "\n")
            (keys / f"{role}.key").chmod(0o600)
        yield Machine(f"http://127.0.0.1:{server.server_port}", Path(folder))
    server.shutdown()
    server.server_close()


def variables(here: Machine, function: str, engine: str) -> dict[str, str]:
    """Return the variables of a function in infra/template.yaml, with values for this place."""
    stack = template.load(
        ROOT / "infra" / "template.yaml", {"Engine": engine, "Origin": "rekap.example/log"}
    )
    given = {one.handler.split(".")[1]: one.variables for one in stack.functions}
    values = dict(given.get(function, {"REKAP_SITE": ""}))
    values |= {name: value for name, value in _NAMES.items() if name in values}
    if "REKAP_QUEUES" in values:
        names = [pair.split("=")[0] for pair in values["REKAP_QUEUES"].split()]
        values["REKAP_QUEUES"] = " ".join(f"{name}={here.endpoint}/1/q" for name in names)
    if engine == "local":
        values["REKAP_QUEUES"] = "sequence=SequenceQueue publish=PublishQueue"
    return values | {
        "REKAP_ENGINE": engine, "REKAP_ORIGIN": "rekap.example/log", "REKAP_DIR": str(here.folder),
    }  # fmt: skip


def imported(here: Machine, function: str, engine: str) -> set[str]:
    """Return all modules of a process of a function that has started."""
    script = _IMPORT.format(function) + _TELL
    return set(json.loads(here.run(script, variables(here, function, engine))))


class _Aws(BaseHTTPRequestHandler):
    """Answers what a starting function asks: the secret of receipts."""

    def do_POST(self) -> None:
        """Answer any call of Secrets Manager."""
        body = json.dumps({"SecretString": "01" * 32}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
