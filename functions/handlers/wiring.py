"""The only reader of the environment: builds settings, clients and adapters, once per process.

    REKAP_ENGINE          `local`: everything in one folder; `aws`; the one setting that switches
    REKAP_ORIGIN          the log's origin: `rekap.example/rehearsal/log`; metrics name it
    REKAP_KEYS            private keys that this function may use: `receipt`, `log`, or empty
    REKAP_QUEUES          bells that it may ring: `sequence=NAME publish=NAME`, on AWS their URLs;
                            there `render=URL` takes tasks, and without it `publish` writes all
    REKAP_RELEASE         optional, for tests: the release that renders, instead of the code's own
    REKAP_BACKLOG_CAP     optional: how many records may wait for their place
    REKAP_QUESTIONS       optional: how often a day each witness may be asked, 8,640 times if unset
    REKAP_CLOCK           optional: `on`, if the log says the time between its entries
    REKAP_DIR             local: the folder
    REKAP_RECORDS_TABLE   aws: tables, buckets with their Cache-Control rules, the KMS key of
    REKAP_ORDER_TABLE       checkpoints, the secret of receipts. A function has what its variables
    REKAP_REGISTER_TABLE    name and nothing else; no other adapter is even imported.
    REKAP_PUBLIC_BUCKET
    REKAP_STATE_BUCKET
    REKAP_ATTACHMENTS_BUCKET
    REKAP_CACHE_CONTROL
    REKAP_LOG_KEY
    REKAP_RECEIPT_SECRET
    REKAP_SITE            watch: address of the public site, on AWS with https; it remembers in
                            the state bucket
    REKAP_GATE            watch, optional: address that statements are sent to
    REKAP_LOG_VKEY        watch, optional: the log's key as the operator knows it

Wrong or missing settings are a RuntimeError with the name of the variable.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from handlers.access import Outside, Portal, Settings
from handlers.variables import ROLES, Variables

if TYPE_CHECKING:
    from handlers.ports import (
        Bell,
        Journal,
        Meter,
        Pool,
    )
    from rekap.portal.store.local.database import Database


QUESTIONS: Final = 8_640
"""A day to each witness: one in ten seconds, as the list of a network of witnesses says."""


def embedded(
    folder: Path,
    settings: Settings,
    *,
    bell: Bell,
    clock: Callable[[], int],
    journal: Journal,
    roles: tuple[str, ...] = ROLES,
    database: Database | None = None,
    meter: Meter | None = None,
    pool: Pool | None = None,
    says_time: bool = False,
) -> Portal:
    """Return the portal in one folder, with the private keys of `roles` from DIR/keys/."""
    from rekap.portal.store.local import keys
    from rekap.portal.store.local.database import Database
    from rekap.portal.store.local.guard import SqliteGuard
    from rekap.portal.store.local.objects import FolderObjects
    from rekap.portal.store.local.order import SqliteOrder
    from rekap.portal.store.local.records import SqliteRecords
    from rekap.portal.store.local.register import SqliteRegister

    database = database or Database(folder / "portal.db")
    log, receipt = (keys.load(folder / "keys", role) if role in roles else None for role in ROLES)
    objects = FolderObjects(folder)
    return Portal(
        settings, SqliteRecords(database), SqliteOrder(database), objects,
        SqliteRegister(database), SqliteGuard(database), bell, clock, journal, log, receipt, meter,
        on_one_machine=True, retire=objects.retire, pool=pool, says_time=says_time,
        attachments=objects,
    )  # fmt: skip


@lru_cache(maxsize=4)
def portal(service: str) -> Portal:
    """Return this process's portal for a function, built from the environment."""
    from handlers import telemetry

    given = Variables(os.environ)
    settings = Settings(
        given.required("REKAP_ORIGIN"),
        given.optional("REKAP_RELEASE"),
        given.number("REKAP_BACKLOG_CAP"),
        given.number("REKAP_QUESTIONS") or QUESTIONS,
    )
    journal, meter = telemetry.Lines(service), telemetry.Measures(settings.origin)
    if _is_local(given):
        return _local(given, settings, journal, meter)
    from handlers import cloud

    return cloud.portal(given, settings, clock=_seconds, journal=journal, meter=meter)


@lru_cache(maxsize=1)
def outside(service: str) -> Outside:
    """Return what this process's watch knows, from the environment; it loads no adapter."""
    from handlers import telemetry
    from handlers.memory import FileShelf, Memory
    from rekap.audit.reader import UrlSource
    from rekap.core.errors import RekapError
    from rekap.core.signing.note import NoteKey

    given = Variables(os.environ)
    site, vkey, local = (
        given.required("REKAP_SITE"),
        given.optional("REKAP_LOG_VKEY"),
        _is_local(given),
    )
    app = given.optional("REKAP_APP")
    for variable, address in {"REKAP_SITE": site, "REKAP_APP": app or site}.items():
        if not address.startswith(("http://", "https://") if local else "https://"):
            raise RuntimeError(f"{variable} is {address!r}, want an address with https")
    try:
        name, key = UrlSource(site).name, NoteKey.parse(vkey) if vkey else None
        UrlSource(app or site)
    except RekapError as error:
        raise RuntimeError(f"REKAP_SITE, REKAP_APP or REKAP_LOG_VKEY: {error}") from error
    site_id = f"watch-{sha256(name.encode()).hexdigest()[:16]}"
    if local:
        memory = Memory(FileShelf(Path(given.required("REKAP_DIR")) / site_id))
    else:
        from handlers import cloud

        memory = Memory(cloud.shelf(given, site_id))
    meter = telemetry.Measures(given.required("REKAP_ORIGIN"))
    return Outside(
        site, key, memory, _seconds, telemetry.Lines(service), meter,
        gate=given.optional("REKAP_GATE"), app=app,
    )  # fmt: skip


def prepare(service: str, build: Callable[[str], object] = portal) -> None:
    """Build what a function needs while its process starts, if it has an environment.

    There, Lambda has the most processor to give. What fails fails again in the first call.
    """
    if os.environ.get("REKAP_ENGINE"):
        with suppress(Exception):
            build(service)


def _local(given: Variables, settings: Settings, journal: Journal, meter: Meter) -> Portal:
    from rekap.portal.store.local.bell import PipeBell

    folder = Path(given.required("REKAP_DIR"))
    bell = PipeBell({queue: folder / "bell" / name for queue, name in given.queues().items()})
    return embedded(
        folder,
        settings,
        bell=bell,
        clock=_seconds,
        journal=journal,
        roles=given.roles(),
        meter=meter,
        says_time=given.says_time(),
    )


def _is_local(given: Variables) -> bool:
    engine = given.required("REKAP_ENGINE")
    if engine not in ("local", "aws"):
        raise RuntimeError(f"REKAP_ENGINE is {engine!r}, want local or aws")
    return engine == "local"


def _seconds() -> int:
    return int(time.time())
