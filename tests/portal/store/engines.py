"""The implementations of the ports: on one machine, on AWS as moto plays it, and in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from secrets import token_hex
from typing import Any

import boto3
from tests.fakes import FakeBell, FakeGuard, FakeObjects, FakeOrder, FakeRecords, FakeRegister
from tests.portal.store.cloud import Cloud, cloud
from tests.portal.store.kms import KEY, Kms

from rekap.core.signing.signer import derive, derive_private
from rekap.portal.store.aws.bell import QueueBell
from rekap.portal.store.aws.clients import client
from rekap.portal.store.aws.guard import DynamoGuard
from rekap.portal.store.aws.objects import S3Objects
from rekap.portal.store.aws.order import DynamoOrder
from rekap.portal.store.aws.records import DynamoRecords
from rekap.portal.store.aws.register import DynamoRegister
from rekap.portal.store.aws.signer import KmsSigner
from rekap.portal.store.headers import CacheRules
from rekap.portal.store.local import keys
from rekap.portal.store.local.bell import PipeBell, make_pipe
from rekap.portal.store.local.database import Database
from rekap.portal.store.local.guard import SqliteGuard
from rekap.portal.store.local.objects import FolderObjects
from rekap.portal.store.local.order import SqliteOrder
from rekap.portal.store.local.records import SqliteRecords
from rekap.portal.store.local.register import SqliteRegister

PRIVATE = derive_private("rekap tests", "log")
CACHE = CacheRules.parse("log/tile/* max-age=31536000, immutable\n* max-age=30")


@dataclass
class Engine:
    """One implementation of each port.

    `again` gives adapters of another process on the same store; `heard` tells how often a queue
    was rung since it was asked last.
    """

    records: Any
    order: Any
    objects: Any
    register: Any
    guard: Any
    bell: Any
    signer: Any
    heard: Callable[[str], int]
    again: Callable[[], Engine]


@contextmanager
def local(folder: Path) -> Iterator[Engine]:
    keys.save(folder / "keys", "log", PRIVATE)
    pipes = {name: make_pipe(folder / "bell" / name) for name in ("sequence", "publish")}
    readers = {name: os.open(pipe, os.O_RDONLY | os.O_NONBLOCK) for name, pipe in pipes.items()}

    def heard(queue: str) -> int:
        try:
            return len(os.read(readers[queue], 100))
        except BlockingIOError:
            return 0

    def open_() -> Engine:
        database = Database(folder / "portal.db")
        return Engine(
            SqliteRecords(database),
            SqliteOrder(database),
            FolderObjects(folder),
            SqliteRegister(database),
            SqliteGuard(database),
            PipeBell(pipes),
            keys.load(folder / "keys", "log"),
            heard,
            open_,
        )

    yield open_()
    for reader in readers.values():
        os.close(reader)


@contextmanager
def aws(_folder: Path) -> Iterator[Engine]:
    with cloud() as found:
        yield on_aws(found)


def on_aws(found: Cloud) -> Engine:
    """Return the adapters of one process. Each reading of its clock is a minute later."""
    now = iter(range(0, 10**9, 60))
    return Engine(
        DynamoRecords(found.records, clock=lambda: next(now)),
        DynamoOrder(found.order),
        S3Objects(client("s3"), public=found.public, state=found.state, cache=CACHE),
        DynamoRegister(found.register),
        DynamoGuard(found.records),
        QueueBell(client("sqs"), found.queues, fresh=lambda: token_hex(16)),
        KmsSigner(Kms(PRIVATE).serve(boto3.client("kms")), KEY),
        found.heard,
        lambda: on_aws(found),
    )


@contextmanager
def fakes(_folder: Path) -> Iterator[Engine]:
    bell = FakeBell()

    def heard(queue: str) -> int:
        count, bell.rung = bell.rung.count(queue), [one for one in bell.rung if one != queue]
        return count

    engine = Engine(
        FakeRecords(),
        FakeOrder(),
        FakeObjects(),
        FakeRegister(),
        FakeGuard(),
        bell,
        derive("rekap tests", "log"),
        heard,
        lambda: engine,
    )
    yield engine


ENGINES = {"local": local, "aws": aws, "fakes": fakes}


def watched(engine: Engine, calls: set[str]) -> Engine:
    """Return an engine whose ports note every use of a method in `calls`, as `port.method`."""
    ports = {
        field.name: _Watched(field.name, getattr(engine, field.name), calls)
        for field in fields(engine)
        if field.name not in ("heard", "again")
    }
    return Engine(**ports, heard=engine.heard, again=lambda: watched(engine.again(), calls))


class _Watched:
    def __init__(self, name: str, port: Any, calls: set[str]) -> None:
        self._name, self._port, self._calls = name, port, calls

    def __getattr__(self, method: str) -> Any:
        self._calls.add(f"{self._name}.{method}")
        return getattr(self._port, method)
