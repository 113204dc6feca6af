"""The only reader of the environment: builds settings, clients and adapters, once per process.

    REKAP_ENGINE        `local`: everything in one folder; the one setting that switches engines
    REKAP_DIR           the folder of the local engine
    REKAP_ORIGIN        the log's origin: `rekap.example/rehearsal/log`
    REKAP_KEYS          private keys that this function may load: `receipt`, `log`, or empty
    REKAP_QUEUES        bells that it may ring: `sequence=NAME publish=NAME`, by the engine's names
    REKAP_RELEASE       optional, for tests: the release that renders, instead of the code's own
    REKAP_BACKLOG_CAP   optional: how many records may wait for their place

Wrong or missing settings stop the process when it starts, with the name of the variable.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from rekap import codec
from rekap.errors import Corrupt
from rekap.intake.accept import BACKLOG_CAP, Desk
from rekap.log import tiles
from rekap.log.entry import decode_bundle
from rekap.log.ports import CHECKPOINT, PREFIX, Bell, Objects
from rekap.signing import envelope
from rekap.signing.note import Note, NoteKey
from rekap.signing.signer import Signer
from rekap.store.local import keys
from rekap.store.local.bell import PipeBell
from rekap.store.local.database import Database
from rekap.store.local.guard import SqliteGuard
from rekap.store.local.objects import FolderObjects
from rekap.store.local.order import SqliteOrder
from rekap.store.local.records import SqliteRecords
from rekap.store.local.register import SqliteRegister

Journal: TypeAlias = Callable[[Mapping[str, Any]], None]
"""Takes one log line: identifiers, outcomes and counts, never the content of a form."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decides. `release` is empty for the code's own."""

    origin: str
    release: str = ""
    backlog_cap: int = BACKLOG_CAP


@dataclass(frozen=True, slots=True, eq=False)
class Portal:
    """Everything that a function may touch. A signer is None where the function has no key."""

    settings: Settings
    records: SqliteRecords
    order: SqliteOrder
    objects: FolderObjects
    register: SqliteRegister
    guard: SqliteGuard
    bell: Bell
    clock: Callable[[], int]
    journal: Journal
    log_signer: Signer | None = None
    receipt_signer: Signer | None = None

    def desk(self) -> Desk:
        """Return what intake works with; RuntimeError without the receipt key."""
        if self.receipt_signer is None:
            raise RuntimeError("this function has no receipt key: set REKAP_KEYS")
        return Desk(
            self.settings.origin,
            self.records,
            self.register,
            self.receipt_signer,
            self.clock,
            self.guard,
            self.settings.backlog_cap,
        )


def embedded(
    folder: Path,
    settings: Settings,
    *,
    bell: Bell,
    clock: Callable[[], int],
    journal: Journal,
    roles: tuple[str, ...] = ("log", "receipt"),
    database: Database | None = None,
) -> Portal:
    """Return the portal in one folder, with the private keys of `roles` from DIR/keys/."""
    database = database or Database(folder / "portal.db")
    return Portal(
        settings,
        SqliteRecords(database),
        SqliteOrder(database),
        FolderObjects(folder),
        SqliteRegister(database),
        SqliteGuard(database),
        bell,
        clock,
        journal,
        *(
            keys.load(folder / "keys", role) if role in roles else None
            for role in ("log", "receipt")
        ),
    )


@lru_cache(maxsize=1)
def portal() -> Portal:
    """Return this process's portal, built from the environment."""
    settings = Settings(
        _required("REKAP_ORIGIN"),
        os.environ.get("REKAP_RELEASE", ""),
        int(os.environ.get("REKAP_BACKLOG_CAP") or BACKLOG_CAP),
    )
    engine = _required("REKAP_ENGINE")
    if engine == "local":
        folder = Path(_required("REKAP_DIR"))
        roles = tuple(os.environ.get("REKAP_KEYS", "").split())
        queues = dict(pair.split("=", 1) for pair in os.environ.get("REKAP_QUEUES", "").split())
        bell = PipeBell({queue: folder / "bell" / name for queue, name in queues.items()})
        return embedded(
            folder, settings, bell=bell, clock=_seconds, journal=write_line, roles=roles
        )
    raise RuntimeError(f"REKAP_ENGINE is {engine!r}, want `local`")


def log_key(objects: Objects) -> NoteKey:
    """Return the key that entry 0 names, for functions that have no key of their own.

    Every checkpoint must carry its signature. Raises Corrupt if the log does not begin.
    """
    stored = objects.get(CHECKPOINT)
    size = int(Note.parse(stored.data).text.split(b"\n")[1]) if stored else 0
    width = tiles.width_in(0, 0, size)
    bundle = objects.get(PREFIX + tiles.entries_path(0, width)) if width else None
    if bundle is None:
        raise Corrupt("the first bundle of the log is missing")
    first = envelope.parse(decode_bundle(bundle.data, width)[0])
    return NoteKey.parse(codec.decode(first.payload)["log_key"])


def write_line(line: Mapping[str, Any]) -> None:
    """Write one JSON line to standard output, whole or not at all."""
    os.write(
        1, json.dumps({"time": round(time.time(), 3), "pid": os.getpid(), **line}).encode() + b"\n"
    )


def _seconds() -> int:
    return int(time.time())


def _required(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise RuntimeError(f"the environment variable {name} is not set")
    return value
