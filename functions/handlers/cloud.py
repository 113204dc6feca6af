"""The engine `aws`: a function has what its variables name; no other adapter is even imported."""

from __future__ import annotations

from collections.abc import Callable
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from handlers.access import Portal, Settings
from handlers.variables import Variables

if TYPE_CHECKING:
    from handlers.memory import Shelf
    from handlers.ports import (
        Bell,
        Each,
        Guard,
        Hold,
        Journal,
        Meter,
        Objects,
        Order,
        Records,
        Register,
        Renderers,
    )
    from rekap.core.signing.signer import Signer
    from rekap.portal.store.aws.objects import S3Objects


def portal(
    given: Variables,
    settings: Settings,
    *,
    clock: Callable[[], int],
    journal: Journal,
    meter: Meter,
) -> Portal:
    """Build clients and adapters. Clients are kept by the process, with their connections.

    Raises:
        RuntimeError: a variable is missing or wrong.
    """
    records, guard = _records(given, clock)
    log, receipt = _signers(given)
    return Portal(
        settings, records, _order(given), _objects(given), _register(given), guard,
        _bell(given, journal), clock, journal, log, receipt, meter, each=_each(given),
        says_time=given.says_time(), renderers=_renderers(given),
        hold=_hold(given, journal), attachments=_attachments(given),
    )  # fmt: skip


def shelf(given: Variables, name: str) -> Shelf:
    """Return where `watch` keeps its memory of a site. Raises RuntimeError as `portal` does."""
    from rekap.portal.store import paths
    from rekap.portal.store.aws.shelf import ObjectShelf

    return ObjectShelf(_bucket(given, "", given.required("REKAP_STATE_BUCKET")),
                       f"{paths.STATE}watch/{name}.json")  # fmt: skip


def _client(service: str) -> Any:
    from rekap.portal.store.aws.clients import client

    return client(service)


def _records(given: Variables, clock: Callable[[], int]) -> tuple[Records | None, Guard | None]:
    table = given.optional("REKAP_RECORDS_TABLE")
    if not table:
        return None, None
    from rekap.portal.store.aws.guard import DynamoGuard
    from rekap.portal.store.aws.records import DynamoRecords

    return DynamoRecords(table, clock=clock), DynamoGuard(table)


def _order(given: Variables) -> Order | None:
    table = given.optional("REKAP_ORDER_TABLE")
    if not table:
        return None
    from rekap.portal.store.aws.order import DynamoOrder

    return DynamoOrder(table)


def _register(given: Variables) -> Register | None:
    table = given.optional("REKAP_REGISTER_TABLE")
    if not table:
        return None
    from rekap.portal.store.aws.register import DynamoRegister

    return DynamoRegister(table)


def _objects(given: Variables) -> Objects | None:
    public = given.optional("REKAP_PUBLIC_BUCKET")
    if not public:
        return None
    return _bucket(given, public, given.optional("REKAP_STATE_BUCKET") or None)


def _attachments(given: Variables) -> Objects | None:
    bucket = given.optional("REKAP_ATTACHMENTS_BUCKET")
    return _bucket(given, bucket, None, "attachments") if bucket else None


def _bucket(given: Variables, public: str, state: str | None, client: str = "s3") -> S3Objects:
    from rekap.portal.store.aws.objects import S3Objects
    from rekap.portal.store.headers import CacheRules

    try:
        rules = CacheRules.parse(given.required("REKAP_CACHE_CONTROL"))
    except ValueError as error:
        raise RuntimeError(f"REKAP_CACHE_CONTROL: {error}") from error
    return S3Objects(_client(client), public=public, state=state, cache=rules)


def _each(given: Variables) -> Each | None:
    """Return how independent calls are made: whoever keeps a state makes many at once."""
    if not given.optional("REKAP_STATE_BUCKET"):
        return None
    from rekap.portal.store.aws.clients import POOL
    from rekap.portal.store.lanes import Lanes

    return Lanes(POOL)


def _bell(given: Variables, journal: Journal) -> Bell | None:
    queues = given.queues()
    if not queues:
        return None
    from rekap.portal.store.aws.bell import QueueBell

    def lost(queue: str, reason: str) -> None:
        journal({"event": "bell-lost", "queue": queue, "reason": reason})

    return QueueBell(_client("sqs"), queues, fresh=lambda: token_hex(16), lost=lost)


def _renderers(given: Variables) -> Renderers | None:
    url = given.queues().get("render")
    if url is None:
        return None
    from rekap.portal.store.aws.renderers import QueueRenderers

    return QueueRenderers(_client("sqs"), url)


def _hold(given: Variables, journal: Journal) -> Hold | None:
    """Return what holds messages: only who may take minutes works on them alone."""
    if not given.optional("REKAP_STATE_BUCKET") or not given.queues():
        return None
    from rekap.portal.store.aws.hold import QueueHold

    def lost(queue: str, reason: str) -> None:
        journal({"event": "hold-lost", "queue": queue, "reason": reason})

    return QueueHold(_client("sqs"), given.queues(), lost=lost)


def _signers(given: Variables) -> tuple[Signer | None, Signer | None]:
    log: Signer | None = None
    receipt: Signer | None = None
    if "log" in given.roles():
        from rekap.portal.store.aws.signer import KmsSigner

        log = KmsSigner(_client("kms"), given.required("REKAP_LOG_KEY"))
    if "receipt" in given.roles():
        from rekap.portal.store.aws.secrets import receipt_signer

        secret = given.required("REKAP_RECEIPT_SECRET")
        receipt = receipt_signer(_client("secretsmanager"), secret)
    return log, receipt
