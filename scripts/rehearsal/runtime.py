"""The artifact under Lambda's own runtime: its interface emulator and its Python client.

The program that takes invocations is the one inside aws-sam-cli, the client that loads the handler
is the one of Lambda's Python images; both need no container. The function gets the variables of the
deployed one, the credentials of its role, and an unpacked artifact that it cannot write to.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scripts.rehearsal.cloud import REGION, Cloud, free_port
from scripts.rehearsal.stack import Deployed

_MACHINE: Final = {"x86_64": "x86_64", "aarch64": "arm64"}
_PATH: Final = "2015-03-31/functions/function/invocations"
_INIT: Final = re.compile(r"INIT REPORT\(durationMs: ([0-9.]+)\)")
_CUT: Final = b"Task timed out"
_START_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Code:
    """Where the pieces are: a bare Python, the runtime's libraries, an unpacked artifact."""

    python: Path
    libraries: Path
    artifact: Path

    @property
    def emulator(self) -> Path:
        """The runtime interface emulator for this machine."""
        name = f"aws-lambda-rie-{_MACHINE[platform.machine()]}"
        return self.libraries / "samcli" / "local" / "rapid" / name


@dataclass(frozen=True, slots=True)
class Function:
    """A function that waits for its first call, in which it starts."""

    address: str
    log: Path

    def call(self, event: Mapping[str, Any]) -> tuple[Any, float]:
        """Return the answer of one invocation, "cut" if its time ended before, and its seconds."""
        began = time.monotonic()
        body = json.dumps(event).encode()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.address, body, timeout=120) as reply:
            said = reply.read() or b"null"
        answer = "cut" if said.startswith(_CUT) else json.loads(said)
        return answer, time.monotonic() - began

    def init_ms(self) -> list[float]:
        """Return what the emulator reported as the time of each start."""
        return [float(found) for found in _INIT.findall(self.log.read_text(errors="replace"))]


@contextlib.contextmanager
def started(
    cloud: Cloud, stack: Deployed, name: str, code: Code, work: Path, seconds: int = 0
) -> Iterator[Function]:
    """Start the emulator for a deployed function ("Submit"); end it and what it started.

    `seconds`: another time than that of the template, after which a call is cut.
    """
    settings = cloud.client("lambda").get_function_configuration(FunctionName=stack[name])
    settings["Timeout"] = seconds or settings["Timeout"]
    address, api = free_port(), free_port()
    log = work / f"runtime-{name}-{address}.log"
    command = [
        str(code.emulator),
        "--runtime-interface-emulator-address", f"127.0.0.1:{address}",
        "--runtime-api-address", f"127.0.0.1:{api}",
        str(code.python), "-m", "awslambdaric", settings["Handler"],
    ]  # fmt: skip
    environment = {**_settings(cloud, settings), **_rights(cloud, settings), **_places(code)}
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=code.artifact, env=environment, stdin=subprocess.DEVNULL, stdout=out,
            stderr=out, start_new_session=True,
        )  # fmt: skip
    try:
        _wait(address, process, log)
        yield Function(f"http://127.0.0.1:{address}/{_PATH}", log)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _settings(cloud: Cloud, settings: Mapping[str, Any]) -> dict[str, str]:
    variables: dict[str, str] = settings.get("Environment", {}).get("Variables", {})
    return {
        **variables,
        "AWS_LAMBDA_FUNCTION_NAME": settings["FunctionName"],
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(settings["Timeout"]),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(settings["MemorySize"]),
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_CA_BUNDLE": str(cloud.authority),
        "SSL_CERT_FILE": str(cloud.authority),
    }


def _rights(cloud: Cloud, settings: Mapping[str, Any]) -> dict[str, str]:
    """Return credentials of the function's role, as Lambda gives them to its process."""
    key = cloud.keys(settings["Role"])
    return {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        "AWS_SESSION_TOKEN": key["SessionToken"],
    }


def _places(code: Code) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", ""),
        "LAMBDA_TASK_ROOT": str(code.artifact),
        "PYTHONPATH": f"{code.artifact}:{code.libraries}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise RuntimeError(f"the runtime does not listen:\n{log.read_text(errors='replace')[-2000:]}")
