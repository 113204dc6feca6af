"""Clients of the services, with our limits on waiting.

A call ends, repeated as often as it may be, before the function that makes it: `submit` has
15 seconds, `sequence` 60, `publish` 300. A lost bell costs a minute and is not worth waiting for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import boto3
from botocore.config import Config


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for a connection and for an answer; how often one call is sent at most."""

    connect_s: int
    read_s: int
    attempts: int


TABLES: Final = Limits(1, 2, 3)
_OF: Final = {
    "s3": Limits(1, 8, 4),
    "attachments": Limits(1, 4, 2),
    "sqs": Limits(1, 1, 2),
    "kms": Limits(1, 3, 3),
    "secretsmanager": Limits(1, 2, 3),
}
_SERVICES: Final = {"attachments": "s3"}
"""A client of another name than its service: who calls it has less time."""
POOL: Final = 32
"""Connections that the threads of a function share, and the calls that it makes at once."""


@lru_cache(maxsize=1)
def session() -> boto3.Session:
    """Return what all clients of this process are made from: it reads what they share once."""
    return boto3.Session()


@lru_cache(maxsize=8)
def client(name: str) -> Any:
    """Return this process's client of a name; region and credentials are botocore's to find."""
    limits = _OF[name]
    return session().client(  # type: ignore[call-overload]
        _SERVICES.get(name, name),
        config=Config(
            connect_timeout=limits.connect_s,
            read_timeout=limits.read_s,
            retries={"mode": "standard", "total_max_attempts": limits.attempts},
            max_pool_connections=POOL,
        ),
    )
