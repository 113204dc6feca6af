"""What a function imports when its process starts, and how long that takes.

    python scripts/lab/cold_start.py --runs 9

Each measurement is a fresh interpreter that imports a handler with the variables of its function,
so that clients and adapters are built as Lambda builds them. `source` reads no compiled file of
ours or of a library (a package without .pyc), `compiled` reads them all; the interpreter's own
library is always compiled, as on Lambda. Times are medians of whole processes, in milliseconds,
with their ratio to an interpreter that imports nothing; they are this machine's, the ratios travel.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = ("submit", "sequence", "publish", "render", "watch")
ENGINES = ("aws", "local")
MODES = ("source", "compiled")
HEAVIEST = 8
"""Packages that are listed for each function."""

_PREFIX = """
import importlib._bootstrap_external as external, os, sys
own = os.path.dirname(os.__file__) + os.sep
cached = external.cache_from_source
def source_only(path, *rest, **more):
    if path.startswith(own) and "site-packages" not in path:
        return cached(path, *rest, **more)
    raise NotImplementedError
external.cache_from_source = source_only
"""
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
class Row:
    """A median: milliseconds of a whole process, and its ratio to one that imports nothing."""

    function: str
    engine: str
    mode: str
    ms: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Machine:
    """Where processes start: the interpreter, code, a stand-in for AWS, and a compiled cache."""

    python: str
    code: Path
    endpoint: str
    folder: Path

    def run(self, script: str, variables: Mapping[str, str], *flags: str) -> tuple[str, str]:
        """Run a script in a fresh interpreter; return both outputs, or stop with what it said."""
        command = [self.python, *flags, "-c", script]
        done = subprocess.run(
            command, env=self._environment(variables), capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(done.stderr)
        return done.stdout, done.stderr

    def _environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(self.code),
            "PYTHONPYCACHEPREFIX": str(self.folder / "compiled"),
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_DEFAULT_REGION": "ap-southeast-3",
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
            **variables,
        }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--runs", type=int, default=9, help="fresh interpreters per median")
    parser.add_argument("--code", type=Path, default=ROOT / "functions", help="folder of the code")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with machine(options.code) as here:
        table = measure(here, options.runs)
        heavy = {name: heaviest(here, name) for name in FUNCTIONS}
    if options.json:
        print(
            json.dumps({"cold_start": [asdict(row) for row in table], "heaviest": heavy}, indent=2)
        )
        return 0
    print(f"{'function':10}{'engine':8}{'from':10}{'ms':>8}{'÷ bare':>9}")
    for row in table:
        print(f"{row.function:10}{row.engine:8}{row.mode:10}{row.ms:8.1f}{row.ratio:9.1f}")
    for name, packages in heavy.items():
        print(f"{name}, aws, compiled, ms: {', '.join(f'{p} {ms:.0f}' for p, ms in packages)}")
    return 0


@contextmanager
def machine(code: Path = ROOT / "functions", python: str = sys.executable) -> Iterator[Machine]:
    """Give a place for processes, with a server that stands for AWS while they start."""
    server = HTTPServer(("127.0.0.1", 0), _Aws)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "keys"
        keys.mkdir(mode=0o700)
        for role in ("log", "receipt"):
            (keys / f"{role}.key").write_text("01" * 32 + "\n")
            (keys / f"{role}.key").chmod(0o600)
        yield Machine(python, code, f"http://127.0.0.1:{server.server_port}", Path(folder))
    server.shutdown()
    server.server_close()


def variables(here: Machine, function: str, engine: str) -> dict[str, str]:
    """Return the variables of a function in infra/template.yaml, with values for this place."""
    sys.path[:0] = [one for one in (str(ROOT), str(ROOT / "functions")) if one not in sys.path]
    from scripts.stack import template

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


def measure(here: Machine, runs: int) -> list[Row]:
    """Return a row for each function, engine and mode; runs are interleaved against drift."""
    cases = [(f, e, m) for f in FUNCTIONS for e in ENGINES for m in MODES]
    given = {(f, e): variables(here, f, e) for f in FUNCTIONS for e in ENGINES}
    times: dict[tuple[str, str, str], list[float]] = {case: [] for case in cases}
    bare: list[float] = []
    for function, engine, _ in cases:  # fills the compiled cache
        here.run(_IMPORT.format(function), given[function, engine])
    for _ in range(runs):
        bare.append(_timed(here, "pass", {}))
        for case in cases:
            script = (_PREFIX if case[2] == "source" else "") + _IMPORT.format(case[0])
            times[case].append(_timed(here, script, given[case[:2]]))
    empty = statistics.median(bare)
    rows = [Row("-", "-", "bare", round(empty, 1), 1.0)]
    for case, found in times.items():
        ms = statistics.median(found)
        rows.append(Row(*case, round(ms, 1), round(ms / empty, 2)))
    return rows


def _timed(here: Machine, script: str, given: Mapping[str, str]) -> float:
    began = time.perf_counter()
    here.run(script, given)
    return (time.perf_counter() - began) * 1000


def imported(here: Machine, function: str, engine: str) -> set[str]:
    """Return all modules of a process of a function that has started."""
    script = _IMPORT.format(function) + _TELL
    return set(json.loads(here.run(script, variables(here, function, engine))[0]))


def heaviest(here: Machine, function: str) -> list[tuple[str, float]]:
    """Return the packages that take longest on AWS, each without what it imports of others."""
    script = _IMPORT.format(function)
    _, said = here.run(script, variables(here, function, "aws"), "-X", "importtime")
    spent: Counter[str] = Counter()
    for line in said.splitlines():
        fields = line.removeprefix("import time:").split("|")
        if len(fields) == 3 and fields[0].strip().isdigit():
            module = fields[2].strip()
            parts = module.split(".")
            spent[".".join(parts[: 2 if parts[0] == "rekap" else 1])] += int(fields[0])
    return [(name, us / 1000) for name, us in spent.most_common(HEAVIEST)]


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


if __name__ == "__main__":
    sys.exit(main())
