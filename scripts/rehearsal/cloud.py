"""The emulated account: one process on one loopback port, and clients of its services."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.config import Config
from scripts.rehearsal import certificate

REGION: Final = "ap-southeast-3"
ROOT_KEY: Final = "test"
"""The access key of the account's root in ministack; it is no secret and opens nothing else."""

_EMULATOR: Final = Path(__file__).with_name("emulator.py")
_ANSWER_S: Final = 60.0
_RUN_S: Final = 400
"""Longer than any function runs here: the audit of `watch` is the longest."""
_START_S: Final = 60.0
_STOP_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Cloud:
    """An emulator that answers, with TLS. `log` is the file with its own lines."""

    port: int
    log: Path
    authority: Path
    key: Path

    @property
    def endpoint(self) -> str:
        """The address of every service."""
        return f"https://127.0.0.1:{self.port}"

    def client(self, service: str, role: str = "") -> Any:
        """Return a client with the rights of the account's root, or of the role with this ARN."""
        root = {"AccessKeyId": ROOT_KEY, "SecretAccessKey": ROOT_KEY, "SessionToken": None}
        key = self.keys(role) if role else root
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
            aws_session_token=key["SessionToken"],
            verify=str(self.authority),
            config=Config(
                retries={"mode": "standard", "total_max_attempts": 1},
                proxies={},
                read_timeout=_RUN_S,
            ),
        )

    def keys(self, role: str) -> dict[str, Any]:
        """Return credentials of a role, as Lambda gives them to a process of its function."""
        given = self.client("sts").assume_role(RoleArn=role, RoleSessionName="rehearsal")
        found: dict[str, Any] = given["Credentials"]
        return found

    def open(
        self,
        url: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        follow: bool = True,
    ) -> Any:
        """Send a request that is none of a service's API. Raises HTTPError, which is an answer."""
        request = urllib.request.Request(url, body, dict(headers or {}))  # noqa: S310
        trusted = ssl.create_default_context(cafile=str(self.authority))
        handlers: list[urllib.request.BaseHandler] = [
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=trusted),
        ]
        if not follow:
            handlers.append(_Stay())
        return urllib.request.build_opener(*handlers).open(request, timeout=_ANSWER_S)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow nothing: the answer is the redirection."""


@contextlib.contextmanager
def running(python: Path, work: Path) -> Iterator[Cloud]:
    """Run the emulator of an environment below a folder; end it and all that it started.

    Raises RuntimeError if it does not answer in a minute.
    """
    port, log = free_port(), work / "emulator.log"
    authority, key = certificate.write(work)
    with log.open("wb") as lines:
        process = subprocess.Popen(
            [str(python), "-u", str(_EMULATOR), str(bare_python(work))],
            env=_environment(port, work, authority, key),
            cwd=work,
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=lines,
            start_new_session=True,
        )
    try:
        cloud = Cloud(port, log, authority, key)
        _wait(cloud, process)
        yield cloud
    finally:
        _end(process)


def _environment(port: int, work: Path, authority: Path, key: Path) -> dict[str, str]:
    """Return an environment that holds nothing of this machine but the PATH."""
    (work / "tmp").mkdir(exist_ok=True)
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(work),
        "TMPDIR": str(work / "tmp"),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "AUTH": "true",
        "USE_SSL": "1",
        "MINISTACK_SSL_CERT": str(authority),
        "MINISTACK_SSL_KEY": str(key),
        "AWS_CA_BUNDLE": str(authority),
        "SSL_CERT_FILE": str(authority),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(work / "state"),
        "S3_DATA_DIR": str(work / "s3"),
        "AWS_ACCESS_KEY_ID": ROOT_KEY,
        "AWS_SECRET_ACCESS_KEY": ROOT_KEY,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def bare_python(work: Path) -> Path:
    """Return a program that starts this Python without the libraries of any environment."""
    path = work / "bare-python"
    own = Path(sys._base_executable).resolve()  # type: ignore[attr-defined]
    path.write_text(f'#!/bin/sh\nexec "{own}" -S "$@"\n')
    path.chmod(0o700)
    return path


def free_port() -> int:
    """Return a loopback port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait(cloud: Cloud, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            cloud.open(f"{cloud.endpoint}/_ministack/health").close()
            return
        time.sleep(0.1)
    raise RuntimeError(f"the emulator does not answer:\n{cloud.log.read_text()[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the emulator's own session: itself and the processes of the functions."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, kind)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_S)
