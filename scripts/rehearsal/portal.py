"""The deployed portal from outside: its gate, its bucket, its queues."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from scripts.rehearsal.cloud import Cloud
from scripts.rehearsal.front import Front
from scripts.rehearsal.stack import Deployed
from scripts.stack.server import DIGEST

TYPE: Final = "application/vnd.dsse.envelope.v1+json"
NO_ANSWER: Final = 0
"""The status of a question that nobody answered: whether it did its work is not known."""
_PAUSE_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the gate, or none; `took` in seconds."""

    status: int
    body: dict[str, Any]
    took: float


class Portal:
    """What officials, readers and the operator can reach."""

    def __init__(self, cloud: Cloud, stack: Deployed, gate: Front) -> None:
        self.cloud = cloud
        self.stack = stack
        self.gate = gate

    @cached_property
    def s3(self) -> Any:
        """A client with the rights of the account's root."""
        return self.cloud.client("s3")

    @property
    def bucket(self) -> str:
        """The name of the public bucket."""
        return self.stack["PublicBucket"]

    def send(self, statement: bytes, told: bytes = b"") -> Answer:
        """Post a statement; `told`: what its digest is of, if not of the statement."""
        return self._ask(self.gate.url("/v1/statements"), statement, told or statement)

    def ask(self, leaf: str) -> Answer:
        """Ask what became of a statement."""
        return self._ask(self.gate.url(f"/v1/statements/{leaf}"))

    def around(self, leaf: str) -> int:
        """Ask the function's own address, as who learnt it could; return the status."""
        address = self.cloud.client("lambda").get_function_url_config(
            FunctionName=self.stack["Submit"]
        )["FunctionUrl"]
        name = urlsplit(address).netloc.partition(".")[0]
        url = f"{self.cloud.endpoint}/_aws/lambda-url/{name}/v1/statements/{leaf}"
        return self._ask(url).status

    def read(self, path: str) -> bytes | None:
        """Return a public object, None if it does not exist."""
        try:
            found: bytes = self.s3.get_object(Bucket=self.bucket, Key=path)["Body"].read()
        except self.s3.exceptions.NoSuchKey:
            return None
        return found

    def sizes(self) -> tuple[int, int, int]:
        """Return how many entries checkpoint, site and bulk data cover."""
        checkpoint, claim = self.read("log/checkpoint"), self.read("site.json")
        said = json.loads(claim or b"{}")
        size = int(checkpoint.split(b"\n")[1]) if checkpoint else 0
        data = said.get("data_size", 0) if said.get("data_size") == said.get("data_next") else 0
        return size, said.get("size", 0), data

    def wait(self, size: int, patience_s: float, *, data: bool = False) -> bool:
        """Wait until log and site have `size` entries, with `data` the bulk data too."""
        end = time.monotonic() + patience_s
        while time.monotonic() < end:
            logged, shown, bulk = self.sizes()
            if logged >= size and shown >= size and (bulk >= size or not data):
                return True
            time.sleep(_PAUSE_S)
        return False

    def download(self, to: Path) -> list[str]:
        """Copy every public object into a folder; return their paths."""
        paths = []
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
            for one in page.get("Contents", []):
                target = to / one["Key"]
                target.parent.mkdir(parents=True, exist_ok=True)
                self.s3.download_file(self.bucket, one["Key"], str(target))
                paths.append(one["Key"])
        return paths

    def _ask(self, url: str, data: bytes | None = None, told: bytes = b"") -> Answer:
        began = time.monotonic()
        try:
            headers = {DIGEST: sha256(told).hexdigest(), "content-type": TYPE} if data else None
            try:
                reply = self.cloud.open(url, data, headers)
            except urllib.error.HTTPError as error:
                reply = error
            with reply:
                status, text = reply.status, reply.read()
        except (OSError, http.client.HTTPException) as error:
            status, text = NO_ANSWER, repr(error).encode()
        try:
            body = json.loads(text)
        except ValueError:
            body = {"text": text.decode(errors="replace")[:500]}
        return Answer(status, body, time.monotonic() - began)
