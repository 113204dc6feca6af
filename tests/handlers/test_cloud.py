"""The engine `aws` in the functions, with the variables that the template gives to each.

moto stands for the tables, buckets, queues and the secret; it has no Ed25519 keys, so the answers
of the key service are ours (see tests/portal/store/kms.py).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from scripts.stack import template
from tests.live_portal import ROOT, begin, upload
from tests.portal.intake.world import RELEASE, World, signer
from tests.portal.store import cloud as clouds
from tests.portal.store.kms import KEY, Kms

from handlers import publish, publisher, render, sequence, submit, wiring
from rekap.portal.publishing import tasks, window
from rekap.portal.publishing.claims import Reached
from rekap.portal.publishing.tasks import Task
from rekap.portal.store.aws import clients

SCHEDULE = {"id": "tick", "detail-type": "Scheduled Event"}
QUEUE = {"Records": [{"messageId": "m1"}, {"messageId": "m2"}]}
TASK = {"Records": [{"messageId": "t", "body": Task(
    RELEASE, True, "", Reached(1, "tree"), 0, None, "bukti/0/",
).encode().decode()}]}  # fmt: skip
PARAMETERS = {"Engine": "aws", "Origin": World().origin, "Release": RELEASE}


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[clouds.Cloud]:
    """An account of its own, and processes that have not begun."""
    with clouds.cloud() as made:
        real = clients.client
        fresh: dict[str, Any] = {}

        def client(service: str) -> Any:
            if service not in fresh:
                fresh[service] = real.__wrapped__(service)
                if service == "kms":
                    Kms(private("log")).serve(fresh[service])
            return fresh[service]

        monkeypatch.setattr(clients, "client", client)
        boto3.client("secretsmanager").create_secret(
            Name="receipts", SecretString=private("receipt").hex()
        )
        forget()
        yield made
        forget()


def private(role: str) -> bytes:
    return signer(role)._private.private_bytes_raw()


def forget() -> None:
    wiring.portal.cache_clear()
    publisher.of.cache_clear()
    render.of.cache_clear()


@pytest.fixture
def enter(cloud: clouds.Cloud, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Become a function: its variables of the template, and none of another."""
    stack = template.load(ROOT / "infra" / "template.yaml", PARAMETERS)
    given = {one.name: one.variables for one in stack.functions}
    real = {
        "RecordsTable": cloud.records, "OrderTable": cloud.order, "RegisterTable": cloud.register,
        "PublicBucket": cloud.public, "StateBucket": cloud.state, "LogKey": KEY,
        "ReceiptKey": "receipts", "SequenceQueue": cloud.queues["sequence"],
        "PublishQueue": cloud.queues["publish"], "RenderQueue": cloud.queues["render"],
    }  # fmt: skip

    def resolve(value: str) -> str:
        return re.sub(r"[A-Za-z]+", lambda m: real.get(m[0], m[0]), value)

    def become(name: str, **changes: str) -> None:
        forget()
        for variable in [one for one in os.environ if one.startswith("REKAP_")]:
            monkeypatch.delenv(variable)
        values: Mapping[str, str] = {k: resolve(v) for k, v in given[name].items()} | changes
        for variable, value in values.items():
            monkeypatch.setenv(variable, value)

    return become


def objects(bucket: str) -> dict[str, bytes]:
    store = boto3.client("s3")
    pages = store.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [one["Key"] for page in pages for one in page.get("Contents", [])]
    return {key: store.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def test_a_night_on_aws_writes_the_bytes_of_the_embedded_engine(
    cloud: clouds.Cloud, enter: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same entries in the same waves: tree, pages, twins, proofs are equal.

    All but the smallest waves are written by renderers, in the reverse of the order that was sent.
    """
    monkeypatch.setattr(wiring, "_seconds", lambda: 1_732_690_000)
    monkeypatch.setattr(window, "FEW", 6)
    monkeypatch.setattr(tasks, "RANGE", 2)
    rendered = 0
    world = World()
    entries = world.beginning()
    receipts = []
    for wave in [*([entry] for entry in entries[:11]), entries[11:]]:
        enter("Submit")
        for entry in wave:
            answer = submit.handle(upload(entry), None)
            assert answer["statusCode"] == 201, answer
            receipts.append(json.loads(answer["body"])["receipt"])
        assert cloud.heard("sequence") > 0
        enter("Sequence")
        assert sequence.handle(QUEUE, None) == {}
        assert cloud.heard("publish") == 1
        enter("Publish")
        assert publish.handle(QUEUE, None) == {}
        while messages := cloud.taken("render"):
            enter("Render")
            for message in messages[::-1]:
                record = {"messageId": message["MessageId"], "body": message["Body"]}
                assert render.handle({"Records": [record]}, None) == {}
            rendered += len(messages)
            assert cloud.heard("publish") > 0
            enter("Publish")
            assert publish.handle(QUEUE, None) == {}
        while cloud.heard("publish"):
            pass
    assert rendered > 10
    enter("Publish")
    assert publish.handle(QUEUE, None) == {}
    enter("Submit")
    again = submit.handle(upload(entries[0]), None)
    assert (again["statusCode"], json.loads(again["body"])["receipt"]) == (200, receipts[0])
    found = submit.handle(ask(json.loads(again["body"])["leaf"]), None)
    assert json.loads(found["body"])["index"] == 0
    begin(tmp_path / "portal", World(), says_time=True, rests=True)
    public = tmp_path / "portal" / "public"
    local = {
        path.relative_to(public).as_posix(): path.read_bytes()
        for path in public.rglob("*")
        if path.is_file()
    }
    assert objects(cloud.public) == local
    assert all(key.startswith("state/") for key in objects(cloud.state))


def ask(leaf: str) -> dict[str, Any]:
    event = upload(b"")
    event["rawPath"] = event["requestContext"]["http"]["path"] = f"/v1/statements/{leaf}"
    event["requestContext"]["http"]["method"] = "GET"
    return event


def test_a_function_has_what_its_variables_name_and_nothing_else(
    enter: Callable[..., None],
) -> None:
    ports = ("records", "order", "objects", "register", "guard", "bell", "renderers")
    keys = ("log_signer", "receipt_signer")
    for function, has in {
        "Submit": {"records", "register", "guard", "bell", "receipt_signer"},
        "Sequence": {"records", "order", "objects", "guard", "bell", "log_signer"},
        "Render": {"objects", "bell", "renderers"},
        "Publish": {"objects", "register", "bell", "renderers"},
    }.items():
        enter(function)
        portal = wiring.portal(function)
        assert {one for one in ports + keys if getattr(portal, one) is not None} == has
    assert portal is wiring.portal("Publish")


NEEDED = {
    "Submit": [
        "REKAP_RECORDS_TABLE", "REKAP_REGISTER_TABLE", "REKAP_RECEIPT_SECRET", "REKAP_KEYS",
        "REKAP_QUEUES", "REKAP_CACHE_CONTROL",
    ],
    "Sequence": [
        "REKAP_RECORDS_TABLE", "REKAP_ORDER_TABLE", "REKAP_PUBLIC_BUCKET", "REKAP_LOG_KEY",
        "REKAP_KEYS", "REKAP_QUEUES", "REKAP_CACHE_CONTROL",
    ],
    "Publish": ["REKAP_PUBLIC_BUCKET", "REKAP_REGISTER_TABLE", "REKAP_CACHE_CONTROL"],
    "Render": ["REKAP_PUBLIC_BUCKET", "REKAP_QUEUES", "REKAP_CACHE_CONTROL"],
}  # fmt: skip
HANDLES = {
    "Submit": submit.handle, "Sequence": sequence.handle, "Publish": publish.handle,
    "Render": render.handle,
}  # fmt: skip


@pytest.mark.parametrize("function", NEEDED)
def test_a_missing_variable_is_named(enter: Callable[..., None], function: str) -> None:
    event = {"Submit": upload(World().beginning()[0]), "Render": TASK}.get(function, SCHEDULE)
    for variable in ["REKAP_ENGINE", "REKAP_ORIGIN", *NEEDED[function]]:
        enter(function, **{variable: ""})
        with pytest.raises(RuntimeError, match=variable):
            HANDLES[function](event, None)


def test_a_wrong_variable_is_named(enter: Callable[..., None]) -> None:
    for variable, value in (
        ("REKAP_ENGINE", "moon"),
        ("REKAP_KEYS", "log,receipt"),
        ("REKAP_QUEUES", "sequence"),
        ("REKAP_QUEUES", "sequence="),
        ("REKAP_BACKLOG_CAP", "many"),
        ("REKAP_QUESTIONS", "often"),
        ("REKAP_CACHE_CONTROL", "log/checkpoint"),
    ):
        enter("Sequence", **{variable: value})
        with pytest.raises(RuntimeError, match=variable):
            sequence.handle(SCHEDULE, None)


def test_a_failed_run_leaves_nothing_in_a_warm_process(
    cloud: clouds.Cloud, enter: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same portal object goes on; it reads everything again."""
    entries = World().beginning()
    enter("Submit")
    submit.handle(upload(entries[0]), None)
    enter("Sequence")
    portal = wiring.portal("sequence")
    with monkeypatch.context() as broken:
        broken.setattr(type(portal.objects), "put_if", _fails)
        with pytest.raises(ConnectionError):
            sequence.respond(SCHEDULE, portal)
    assert "log/checkpoint" not in objects(cloud.public)
    assert sequence.handle(SCHEDULE, None) == {}
    assert wiring.portal("sequence") is portal
    enter("Publish")
    with monkeypatch.context() as broken:
        broken.setattr(type(wiring.portal("publish").objects), "put_if", _fails)
        with pytest.raises(ConnectionError):
            publish.respond(SCHEDULE, wiring.portal("publish"))
    publish.handle(SCHEDULE, None)
    assert objects(cloud.public)["log/checkpoint"].split(b"\n")[1] == b"1"


def _fails(*_: Any, **__: Any) -> Any:
    raise ConnectionError("cut")


def test_receipts_that_cannot_be_read_now_are_no_receipts(
    enter: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A function that could not start builds itself anew at the next call."""
    enter("Submit", REKAP_RECEIPT_SECRET="elsewhere")
    with pytest.raises(Exception, match=r"secret|Secret"):
        submit.handle(upload(World().beginning()[0]), None)
    monkeypatch.setenv("REKAP_RECEIPT_SECRET", "receipts")
    assert submit.handle(upload(World().beginning()[0]), None)["statusCode"] == 201


def test_a_bell_that_is_lost_costs_a_line_and_no_receipt(
    enter: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    enter("Submit", REKAP_QUEUES="sequence=https://sqs.ap-southeast-3.amazonaws.com/1/none")
    assert submit.handle(upload(World().beginning()[0]), None)["statusCode"] == 201
    lines = map(json.loads, capfd.readouterr().out.splitlines())
    (lost,) = [line for line in lines if line.get("event") == "bell-lost"]
    assert (lost["queue"], bool(lost["reason"])) == ("sequence", True)
