"""The only reader of the environment: builds settings, clients and adapters, once per process.

    REKAP_ENGINE          `local`: everything in one folder; `aws`; the one setting that switches
    REKAP_ORIGIN          the log's origin: `rekap.example/rehearsal/log`
    REKAP_KEYS            private keys that this function may use: `receipt`, `log`, or empty
    REKAP_QUEUES          bells that it may ring: `sequence=NAME publish=NAME`, on AWS their URLs
    REKAP_RELEASE         optional, for tests: the release that renders, instead of the code's own
    REKAP_BACKLOG_CAP     optional: how many records may wait for their place
    REKAP_DIR             local: the folder
    REKAP_RECORDS_TABLE   aws: tables, buckets with their Cache-Control rules, the KMS key of
    REKAP_ORDER_TABLE       checkpoints, the secret of receipts. A function has what its variables
    REKAP_REGISTER_TABLE    name and nothing else; no other adapter is even imported.
    REKAP_PUBLIC_BUCKET
    REKAP_STATE_BUCKET
    REKAP_CACHE_CONTROL
    REKAP_LOG_KEY
    REKAP_RECEIPT_SECRET

Wrong or missing settings are a RuntimeError with the name of the variable.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from handlers.ports import Bell, Guard, Journal, Meter, Objects, Order, Records, Register
    from rekap.intake.accept import Desk
    from rekap.signing.signer import Signer
    from rekap.store.local.database import Database

Port = TypeVar("Port")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decides. `release` is empty for the code's own, `backlog_cap` 0 too."""

    origin: str
    release: str = ""
    backlog_cap: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Portal:
    """Everything that a function may touch; None is what it has no variable for.

    Without a meter nothing is measured.
    """

    settings: Settings
    records: Records | None
    order: Order | None
    objects: Objects | None
    register: Register | None
    guard: Guard | None
    bell: Bell | None
    clock: Callable[[], int]
    journal: Journal
    log_signer: Signer | None = None
    receipt_signer: Signer | None = None
    meter: Meter | None = None

    def desk(self) -> Desk:
        """Return what intake works with."""
        from rekap.intake.accept import BACKLOG_CAP, Desk

        return Desk(
            self.settings.origin,
            present(self.records, "REKAP_RECORDS_TABLE"),
            present(self.register, "REKAP_REGISTER_TABLE"),
            present(self.receipt_signer, "REKAP_KEYS"),
            self.clock,
            present(self.guard, "REKAP_RECORDS_TABLE"),
            self.settings.backlog_cap or BACKLOG_CAP,
        )


def present(port: Port | None, variable: str) -> Port:
    """Return a port that this function cannot work without; RuntimeError naming its variable."""
    if port is None:
        raise RuntimeError(f"this function lacks what {variable} names")
    return port


def embedded(
    folder: Path,
    settings: Settings,
    *,
    bell: Bell,
    clock: Callable[[], int],
    journal: Journal,
    roles: tuple[str, ...] = ("log", "receipt"),
    database: Database | None = None,
    meter: Meter | None = None,
) -> Portal:
    """Return the portal in one folder, with the private keys of `roles` from DIR/keys/."""
    from rekap.store.local import keys
    from rekap.store.local.database import Database
    from rekap.store.local.guard import SqliteGuard
    from rekap.store.local.objects import FolderObjects
    from rekap.store.local.order import SqliteOrder
    from rekap.store.local.records import SqliteRecords
    from rekap.store.local.register import SqliteRegister

    database = database or Database(folder / "portal.db")
    log, receipt = (
        keys.load(folder / "keys", role) if role in roles else None for role in ("log", "receipt")
    )
    return Portal(
        settings, SqliteRecords(database), SqliteOrder(database), FolderObjects(folder),
        SqliteRegister(database), SqliteGuard(database), bell, clock, journal, log, receipt, meter,
    )  # fmt: skip


@lru_cache(maxsize=4)
def portal(service: str) -> Portal:
    """Return this process's portal for a function, built from the environment."""
    from handlers import telemetry

    settings = Settings(_required("REKAP_ORIGIN"), _optional("REKAP_RELEASE"), _backlog_cap())
    engine = _required("REKAP_ENGINE")
    if engine not in _ENGINES:
        raise RuntimeError(f"REKAP_ENGINE is {engine!r}, want one of {', '.join(_ENGINES)}")
    return _ENGINES[engine](settings, telemetry.Lines(service), telemetry.meter)


def prepare(service: str) -> None:
    """Build the portal while a function's process starts, if it has an environment.

    There, Lambda has the most processor to give. What fails fails again in the first call.
    """
    if _optional("REKAP_ENGINE"):
        with suppress(Exception):
            portal(service)


def _local(settings: Settings, journal: Journal, meter: Meter) -> Portal:
    from rekap.store.local.bell import PipeBell

    folder = Path(_required("REKAP_DIR"))
    bell = PipeBell({queue: folder / "bell" / name for queue, name in _queues().items()})
    return embedded(
        folder, settings, bell=bell, clock=_seconds, journal=journal, roles=_roles(), meter=meter
    )


def _aws(settings: Settings, journal: Journal, meter: Meter) -> Portal:
    records: Records | None = None
    order: Order | None = None
    register: Register | None = None
    guard: Guard | None = None
    bell: Bell | None = None
    if table := _optional("REKAP_RECORDS_TABLE"):
        from rekap.store.aws.guard import DynamoGuard
        from rekap.store.aws.records import DynamoRecords

        records, guard = DynamoRecords(table, clock=_seconds), DynamoGuard(table)
    if table := _optional("REKAP_ORDER_TABLE"):
        from rekap.store.aws.order import DynamoOrder

        order = DynamoOrder(table)
    if table := _optional("REKAP_REGISTER_TABLE"):
        from rekap.store.aws.register import DynamoRegister

        register = DynamoRegister(table)
    if queues := _queues():
        from rekap.store.aws.bell import QueueBell

        bell = QueueBell(_client("sqs"), queues)
    return Portal(
        settings, records, order, _buckets(), register, guard, bell, _seconds, journal,
        *_cloud_signers(), meter,
    )  # fmt: skip


_ENGINES: dict[str, Callable[[Settings, Journal, Meter], Portal]] = {"local": _local, "aws": _aws}


def _client(service: str) -> Any:
    from rekap.store.aws.clients import client

    return client(service)


def _buckets() -> Objects | None:
    public = _optional("REKAP_PUBLIC_BUCKET")
    if not public:
        return None
    from rekap.store.aws.objects import S3Objects
    from rekap.store.headers import CacheRules

    try:
        rules = CacheRules.parse(_required("REKAP_CACHE_CONTROL"))
    except ValueError as error:
        raise RuntimeError(f"REKAP_CACHE_CONTROL: {error}") from error
    state = _optional("REKAP_STATE_BUCKET") or None
    return S3Objects(_client("s3"), public=public, state=state, cache=rules)


def _cloud_signers() -> tuple[Signer | None, Signer | None]:
    log: Signer | None = None
    receipt: Signer | None = None
    if "log" in _roles():
        from rekap.store.aws.signer import KmsSigner

        log = KmsSigner(_client("kms"), _required("REKAP_LOG_KEY"))
    if "receipt" in _roles():
        from rekap.store.aws.secrets import receipt_signer

        receipt = receipt_signer(_client("secretsmanager"), _required("REKAP_RECEIPT_SECRET"))
    return log, receipt


def _roles() -> tuple[str, ...]:
    roles = tuple(_optional("REKAP_KEYS").split())
    if strange := set(roles) - {"log", "receipt"}:
        raise RuntimeError(f"REKAP_KEYS names {', '.join(sorted(strange))}: want log or receipt")
    return roles


def _queues() -> dict[str, str]:
    pairs = [pair.partition("=") for pair in _optional("REKAP_QUEUES").split()]
    if any(not name or not address for name, _, address in pairs):
        raise RuntimeError("REKAP_QUEUES is not of the form `sequence=NAME publish=NAME`")
    return {name: address for name, _, address in pairs}


def _backlog_cap() -> int:
    text = _optional("REKAP_BACKLOG_CAP") or "0"
    if not (text.isascii() and text.isdigit()):
        raise RuntimeError(f"REKAP_BACKLOG_CAP is {text!r}, not a number of records")
    return int(text)


def _seconds() -> int:
    return int(time.time())


def _optional(name: str) -> str:
    return os.environ.get(name, "")


def _required(name: str) -> str:
    value = _optional(name)
    if not value:
        raise RuntimeError(f"the environment variable {name} is not set")
    return value
