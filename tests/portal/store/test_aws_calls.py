"""`calls.txt` names every request that a function makes, and no other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.live_portal import asking, handing_in, upload
from tests.portal.intake.statements import SAKSI
from tests.portal.intake.test_pictures import PAPER, named, told
from tests.portal.intake.test_words import WORDS, objection
from tests.portal.intake.world import World, figures, identify, sign
from tests.portal.store.calls import Call, Calls, written
from tests.portal.store.cloud import cloud
from tests.portal.store.night import Night, waves

from handlers import publish, render, sequence, submit
from rekap.core.errors import Corrupt
from rekap.core.signing.note import ED25519, NoteKey
from rekap.core.statements.model import slot_key
from rekap.portal.publishing import window
from rekap.portal.sequencing import sequencer
from rekap.portal.sequencing.restore import restore
from rekap.portal.store.aws import clients
from rekap.portal.store.aws import register as register_module

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "aws.md"
FORMS = 4


@pytest.fixture(scope="module")
def measured() -> Iterator[set[Call]]:
    """A night with everything that a function does now and then."""
    with cloud() as account, pytest.MonkeyPatch.context() as patch:
        night = Night(account)
        calls = Calls(account)
        with calls.watching():
            _night(night, calls, patch)
        yield calls.found


def _night(night: Night, calls: Calls, patch: pytest.MonkeyPatch) -> None:
    def portal(function: str) -> Any:
        calls.function, calls.method = function, "start"
        made = night.portal(function, calls.ports(function))
        calls.function = calls.method = ""
        return made

    *begin, two, last, ordered, more = waves(FORMS)
    early = submit.respond(upload(last[0]), portal("submit"))
    assert early["statusCode"] != 201
    assert "unknown-key" in early["body"]
    for entry in [entry for wave in begin for entry in wave]:
        assert submit.respond(upload(entry), portal("submit"))["statusCode"] == 201
        sequence.respond({}, portal("sequence"))
        publish.respond({}, portal("publish"))
    assert submit.respond(upload(begin[0][0]), portal("submit"))["statusCode"] == 200
    assert submit.respond(upload(b"{}"), portal("submit"))["statusCode"] == 400
    for wave in (two, last):
        night.upload(wave[0])
    form = World().form("003", figures=figures((90, 90, 60)))
    few = upload(sign(form, *World().kpps("003", 2)))
    assert submit.respond(few, portal("submit"))["statusCode"] == 202
    for path, query in ((f"held/{identify(form)}", ""), ("held", f"slot={slot_key(form)}")):
        event = asking(f"/v1/{path}", query)
        assert submit.respond(event, portal("submit"))["statusCode"] == 200
    portal("submit").records.count("key", 1)  # as for what one person says alone
    full = replace(portal("submit"), settings=replace(night.settings, backlog_cap=1))
    assert submit.respond(upload(ordered[0]), full)["statusCode"] == 503
    _leave_more(night, portal("sequence"))
    sequence.respond({}, replace(portal("sequence"), says_time=True))
    _order_only(night, ordered[0])
    sequence.respond({}, portal("sequence"))
    patch.setattr(register_module, "_MOST_VALUES", 1)  # a change in many parts
    publish.respond({}, portal("publish"), _with_seconds(16))  # cut: it rings for the next
    publish.respond({}, portal("publish"))
    _hand_in(night, portal)
    _send(night, more[0], portal, patch)
    _restore(night, calls)
    portal("publish").register.replace("0" * 64, 1_000, [("keys", "only", 1)])
    _contradict(night, portal("sequence"))


def _with_seconds(seconds: int) -> Any:
    """Return the context of a call that has so many seconds, and loses one each time it asks."""
    left = iter(range(seconds, 0, -1))
    return SimpleNamespace(get_remaining_time_in_millis=lambda: next(left) * 1_000)


def _send(night: Night, entry: bytes, portal: Callable[[str], Any], patch: Any) -> None:
    """Many pages wait: they are tasks, and the first renderer has no time for all of its own."""
    patch.setattr(window, "FEW", 0)
    night.upload(entry)
    sequence.respond({}, night.portal("sequence"))
    files = night.portal("publish").objects
    size = int(files.get("log/checkpoint").data.split(b"\n")[1])
    while json.loads(files.get("site.json").data)["size"] < size:
        for bell in night.account.taken("publish"):
            publish.respond({"Records": [_given(bell)]}, portal("publish"))
        publish.respond({}, portal("publish"))
        for message in night.account.taken("render"):
            record = _given(message)
            render.respond(record, portal("render"), _with_seconds(9))


def _given(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message as Lambda gives it to a function."""
    named = {"MessageId": "messageId", "Body": "body", "ReceiptHandle": "receiptHandle"}
    return {named[name]: value for name, value in message.items() if name in named}


def _hand_in(night: Night, portal: Callable[[str], Any]) -> None:
    """Words of an objection and a picture of a form, twice each."""
    world = World()
    shown = sign(named(world, told(PAPER)), *world.kpps(count=1))
    night.wave([sign(objection(world, WORDS.digest), *SAKSI), shown])
    for data in (WORDS.format(), PAPER):
        for status in (201, 200):
            answer = submit.respond(handing_in(data), portal("submit"))
            assert answer["statusCode"] == status


def _leave_more(night: Night, portal: Any) -> None:
    """A run that may not take all that waits rings for the next."""
    ports = sequencer.Ports(portal.records, portal.order, portal.objects, portal.bell)
    done = sequencer.run(
        ports,
        portal.log_signer,
        sequencer.Settings(night.settings.origin, batch=1, max_batches=1),
    )
    assert done.more


def _order_only(night: Night, entry: bytes) -> None:
    """A run was cut after it had fixed the order: the next one reads the records."""
    night.upload(entry)
    portal = night.portal("sequence")
    waiting = portal.records.pending(9)
    portal.order.append(portal.order.head().next, [one.leaf for one in waiting])


def _restore(night: Night, calls: Calls) -> None:
    """An operator restores the tables: once nothing is missing, once TREE and an item are."""
    whole, objects = night.portal("sequence"), night.portal("sequence").objects
    watch = calls.ports("restore")
    key = NoteKey.of(night.settings.origin, ED25519, whole.log_signer.public)
    ports = [watch(name, getattr(whole, name)) for name in ("records", "order")]
    for item in ("TREE", "HEAD"):
        whole.order._item(item).delete()
    for first in range(25):
        whole.order._item(f"BATCH#{first}").delete()
    items = whole.records._item
    for record in list(items.scan(items.position == 3)):
        record.delete()
        items(f"id#{record.id}", "id").delete()
    for record in list(items.scan(items.position == 4)):
        record.update([items.position.remove()])
    guard = watch("guard", whole.guard)
    guard.reason()
    guard.lift()
    done = restore(*ports, watch("objects", objects), key)
    assert (done.records, done.marked) == (1, 1)


def _contradict(night: Night, portal: Any) -> None:
    """A store without TREE contradicts the published checkpoint: sequence stops intake."""
    night.portal("sequence").order._item("TREE").delete()
    with pytest.raises(Corrupt):
        sequence.respond({}, portal)


def rows(section: str) -> list[tuple[str, ...]]:
    """Return the cells of the table in a section of the document, without its heading."""
    text = DOCUMENT.read_text(encoding="utf-8")
    body = text.split(f"\n## {section}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in body.splitlines() if line.startswith("|")][2:]
    return [tuple(cell.strip().strip("`") for cell in line.strip("|").split("|")) for line in lines]


def test_the_list_names_every_request_and_no_other(measured: set[Call]) -> None:
    assert written() == measured


def test_no_function_asks_for_what_nobody_may_do(measured: set[Call]) -> None:
    for call in measured:
        assert not re.search(r"Delete(?!Item)|Create|Update(?!Item)|List", call.needs)
        if call.needs == "dynamodb:DeleteItem":
            assert (call.function, call.method, call.on) in {
                ("sequence", "records.mark", "RecordsTable"),
                ("restore", "records.mark", "RecordsTable"),
                ("restore", "guard.lift", "RecordsTable"),
            }


def test_what_is_needed_without_being_asked_for_is_named() -> None:
    needed = {(needs, on) for _, needs, on, _ in rows("Rights that no call names")}
    assert ("s3:ListBucket", "PublicBucket") in needed
    assert ("s3:ListBucket", "StateBucket") in needed


def test_the_document_states_the_limits_that_the_clients_have() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    (line,) = (line for line in text.splitlines() if line.startswith("Limits on waiting"))
    found = re.findall(r"(\w+) (\d) s, (\d) s, (\d)", line)
    said = {name: clients.Limits(*map(int, numbers)) for name, *numbers in found}
    names = {
        "s3": "S3", "attachments": "attachments", "kms": "KMS", "secretsmanager": "secrets",
        "sqs": "SQS",
    }  # fmt: skip
    own = {names[service]: limits for service, limits in clients._OF.items()}
    assert said == {"tables": clients.TABLES, **own}
