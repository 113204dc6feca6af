"""A small election on AWS: the three functions, each with its own ports, and the same by hand.

A function gets what infra/template.yaml gives it and nothing else. Every call of a function has
fresh adapters, as after a cold start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from secrets import token_hex
from typing import Any

import boto3
from tests.fakes import Clock
from tests.live_portal import upload
from tests.portal.intake import world as worlds
from tests.portal.intake.world import KELURAHAN, RELEASE, World, sign, signer
from tests.portal.store.cloud import Cloud
from tests.portal.store.faults import Pauses
from tests.portal.store.kms import KEY, Kms

from handlers import access, publish, sequence, submit, wiring
from rekap.core.errors import Conflict
from rekap.portal.store.aws.bell import QueueBell
from rekap.portal.store.aws.clients import client
from rekap.portal.store.aws.guard import DynamoGuard
from rekap.portal.store.aws.hold import QueueHold
from rekap.portal.store.aws.objects import S3Objects
from rekap.portal.store.aws.order import DynamoOrder
from rekap.portal.store.aws.patience import Unavailable
from rekap.portal.store.aws.records import DynamoRecords
from rekap.portal.store.aws.register import DynamoRegister
from rekap.portal.store.aws.renderers import QueueRenderers
from rekap.portal.store.aws.secrets import receipt_signer
from rekap.portal.store.aws.signer import KmsSigner
from rekap.portal.store.headers import CacheRules
from rekap.portal.store.local import keys
from rekap.portal.store.local.bell import SilentBell

CACHE = CacheRules.parse("log/tile/* max-age=31536000, immutable\n* max-age=30")


def private(role: str) -> bytes:
    return signer(role)._private.private_bytes_raw()


def waves(forms: int) -> Iterator[list[bytes]]:
    """Yield the beginning of a log, then `forms` forms one by one: stations in turn, revised."""
    world = World()
    entries = world.beginning()
    yield from ([entry] for entry in entries[:11])
    yield entries[11:]
    previous: dict[str, str] = {}
    for n in range(forms):
        tps = world.stations[n % len(world.stations)]
        revised = {"previous": previous[tps], "reason": {"code": "typing"}} if n >= 3 else {}
        figures = worlds.figures((100 + n, 80, 60))
        form = world.form(tps, revision=n // 3 + 1, figures=figures, **revised)
        previous[tps] = worlds.identify(form)
        yield [sign(form, *(f"kpps-{KELURAHAN}-{tps}-{officer}" for officer in (1, 2, 3)))]


class Night:
    """The functions of one portal on AWS, and the account they run in."""

    def __init__(self, account: Cloud, *, clock: Clock | None = None) -> None:
        self.account = account
        self.clock = clock or Clock()
        self.kms = Kms(private("log"))
        self._kms_client = self.kms.serve(boto3.client("kms"))
        self.settings = access.Settings(World().origin, release=RELEASE)
        self.patience = Pauses(attempts=8).patience()
        self.measured: list[Mapping[str, float]] = []
        boto3.client("secretsmanager").create_secret(
            Name=account.records, SecretString=private("receipt").hex()
        )

    def portal(self, function: str, watch: Callable[[str, Any], Any] = lambda _, port: port) -> Any:
        """Return the portal of a function; `watch` may wrap each port."""
        has = {
            "submit": ("records", "register", "guard", "bell", "receipt_signer", "attachments"),
            "sequence": ("records", "order", "objects", "guard", "bell", "log_signer"),
            "publish": ("objects", "register", "bell", "renderers", "hold"),
            "render": ("objects", "bell", "renderers", "hold"),
        }[function]
        ports = {name: getattr(self, f"_{name}")(function) for name in has}
        missing = dict.fromkeys(("records", "order", "objects", "register", "guard", "bell"))
        wrapped = {name: watch(name, port) for name, port in ports.items()}
        return access.Portal(
            settings=self.settings,
            clock=self.clock,
            journal=lambda _line: None,
            meter=lambda _function, values, _dimensions: self.measured.append(values),
            **(missing | wrapped),
        )

    def _records(self, _: str) -> Any:
        return DynamoRecords(self.account.records, clock=self.clock, patience=self.patience)

    def _order(self, _: str) -> Any:
        return DynamoOrder(self.account.order, patience=self.patience)

    def _register(self, _: str) -> Any:
        return DynamoRegister(self.account.register, patience=self.patience)

    def _guard(self, _: str) -> Any:
        return DynamoGuard(self.account.records, patience=self.patience)

    def _objects(self, function: str) -> Any:
        return S3Objects(
            client("s3"),
            public=self.account.public,
            state=self.account.state if function in ("publish", "render") else None,
            cache=CACHE,
            patience=self.patience,
        )

    def _attachments(self, _: str) -> Any:
        attachments, patience = self.account.attachments, self.patience
        return S3Objects(
            client("s3"), public=attachments, state=None, cache=CACHE, patience=patience
        )

    def _bell(self, _: str) -> Any:
        return QueueBell(client("sqs"), self.account.queues, fresh=lambda: token_hex(16))

    def _renderers(self, _: str) -> Any:
        return QueueRenderers(client("sqs"), self.account.queues["render"])

    def _hold(self, _: str) -> Any:
        return QueueHold(client("sqs"), self.account.queues, lost=lambda *_: None)

    def _receipt_signer(self, _: str) -> Any:
        return receipt_signer(
            client("secretsmanager"), self.account.records, patience=self.patience
        )

    def _log_signer(self, _: str) -> Any:
        return KmsSigner(self._kms_client, KEY, patience=self.patience)

    # ------------------------------------------------------------ calls that never give up

    def wave(self, entries: list[bytes]) -> list[dict[str, Any]]:
        """Upload, order and publish a few statements; return the last answer for each."""
        answers = [self.upload(entry) for entry in entries]
        self.until_done("sequence", sequence.respond)
        self.until_done("publish", publish.respond)
        return answers

    def upload(self, entry: bytes) -> dict[str, Any]:
        """Send a statement until it has a receipt, as the officials' program does."""
        while True:
            try:
                answer: dict[str, Any] = submit.respond(upload(entry), self.portal("submit"))
            except Unavailable:
                continue  # the function did not even start
            assert answer["statusCode"] in (200, 201, 503), answer
            if answer["statusCode"] != 503:
                return answer

    def until_done(self, function: str, respond: Callable[..., Any]) -> None:
        """Call a function until a call ends well: the bell and the clock do that."""
        event = {"Records": [{"messageId": "m"}]}
        while True:
            try:
                if respond(event, self.portal(function)) == {}:
                    return
            except (Unavailable, Conflict):
                continue

    # ------------------------------------------------------------ what is stored

    def objects(self, bucket: str) -> dict[str, dict[str, Any]]:
        """Return every object of a bucket with its bytes and headers."""
        store = client("s3")
        pages = store.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        found = [one["Key"] for page in pages for one in page.get("Contents", [])]
        answers = {key: store.get_object(Bucket=bucket, Key=key) for key in found}
        return {
            key: {
                "data": answer["Body"].read(),
                "type": answer["ContentType"],
                "cache": answer.get("CacheControl"),
            }
            for key, answer in answers.items()
        }

    def files(self) -> dict[str, bytes]:
        """Return the public files."""
        return {key: one["data"] for key, one in self.objects(self.account.public).items()}

    def copy(self, folder: Path) -> Path:
        """Write the public bucket into a folder."""
        for key, data in self.files().items():
            path = folder / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return folder

    def register(self) -> dict[str, str]:
        """Return the values of the register as they are stored."""
        item = DynamoRegister(self.account.register)._item
        return {one.pk: one.value for one in item.scan() if one.value is not None}


def embedded(folder: Path, wave: list[list[bytes]]) -> access.Portal:
    """Do the same waves on the embedded engine."""
    for role in ("log", "receipt"):
        keys.save(folder / "keys", role, private(role))
    portal = wiring.embedded(
        folder,
        access.Settings(World().origin, release=RELEASE),
        bell=SilentBell(),
        clock=Clock(),
        journal=lambda _: None,
    )
    for entries in wave:
        for entry in entries:
            assert submit.respond(upload(entry), portal)["statusCode"] == 201
        sequence.respond({}, portal)
        publish.respond({}, portal)
    publish.respond({}, portal)
    return portal


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder by their path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
