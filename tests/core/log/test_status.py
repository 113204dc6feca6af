"""What the writer says of itself in public: form, refusals, and when it changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.fakes import FakeObjects
from tests.portal.sequencing.builders import LOG_SIGNER, ORIGIN

from rekap.core.errors import Conflict, Malformed
from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.log.merkle import EMPTY_ROOT
from rekap.core.log.ports import Stored
from rekap.core.log.status import (
    RUNNING,
    STATUS,
    STOPPED,
    Reached,
    Status,
    parse,
    tell_running,
    tell_stopped,
    tell_witnesses,
    witnesses,
)

TOLD = Status(ORIGIN, STOPPED, "checkpoint.size 5 is above TREE.size 3")
ASKED = replace(TOLD, witnesses=(Reached("kampus", 5, 1_732_690_000), Reached("pers", 0, 9)))
ASKED_BYTES = (
    b'{"origin":"log.example/rekap","reason":"checkpoint.size 5 is above TREE.size 3",'
    b'"witnesses":[{"again":1732690000,"name":"kampus","size":5},'
    b'{"again":9,"name":"pers","size":0}],"writer":"stopped"}\n'
)
BYTES = (
    b'{"origin":"log.example/rekap","reason":"checkpoint.size 5 is above TREE.size 3",'
    b'"writer":"stopped"}\n'
)


def test_is_one_line_of_json() -> None:
    assert TOLD.format() == BYTES
    assert parse(BYTES) == TOLD
    assert ASKED.format() == ASKED_BYTES
    assert parse(ASKED_BYTES) == ASKED


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{}", b"[]", b"null", b"{", b"[" * 2_000, BYTES + b"\n", BYTES[:-1], BYTES[:-2],
        BYTES.replace(b"stopped", b"sleeping"), BYTES.replace(b'"writer":', b'"who":'),
        BYTES.replace(b",", b", "), BYTES.replace(b'"stopped"', b"1"),
        BYTES.replace(b"size 5", b"\\u001b[2J"), BYTES.replace(b"size 5", "ukuran é".encode()),
        BYTES.replace(b"size 5", b"5" * 2_048), BYTES.replace(b"size 5", b"5" * 500),
        BYTES[:-2] + b',"at":0}\n', BYTES.replace(b"rekap", b"r" * 2_048),
        BYTES[:-2] + b',"zone":"WIB"}\n',
        BYTES.replace(b',"writer"', b',"witnesses":[],"writer"'),
        BYTES.replace(b',"writer"', b',"witnesses":{},"writer"'),
        ASKED_BYTES.replace(b"kampus", b"z"), ASKED_BYTES.replace(b"kampus", b"pers"),
        ASKED_BYTES.replace(b"kampus", b"kam pus"), ASKED_BYTES.replace(b'"kampus"', b"1"),
        ASKED_BYTES.replace(b":5}", b":true}"), ASKED_BYTES.replace(b":5}", b":-1}"),
        ASKED_BYTES.replace(b":5}", b":9007199254740992}"), ASKED_BYTES.replace(b":5}", b":5.0}"),
        ASKED_BYTES.replace(b'"again":9', b'"again":null'),
        ASKED_BYTES.replace(b'"size":0}', b'"size":0,"url":""}'),
    ],
)  # fmt: skip
def test_any_other_form_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse(data)


def test_is_not_there_before_the_first_stop() -> None:
    objects = FakeObjects()
    tell_running(objects, ORIGIN)
    assert objects.objects == {}


def test_says_stopped_then_running_and_keeps_the_reason() -> None:
    objects = FakeObjects()
    tell_stopped(objects, ORIGIN, TOLD.reason)
    tell_stopped(objects, ORIGIN, TOLD.reason)
    assert objects.written[STATUS] == [BYTES]
    tell_running(objects, ORIGIN)
    tell_running(objects, ORIGIN)
    assert parse(objects.objects[STATUS]) == Status(ORIGIN, RUNNING, TOLD.reason)
    assert len(objects.written[STATUS]) == 2
    tell_stopped(objects, ORIGIN, "another")
    assert parse(objects.objects[STATUS]) == Status(ORIGIN, STOPPED, "another")


def test_a_witness_that_signed_a_larger_size_since_is_told_with_that() -> None:
    objects = FakeObjects()
    for size in (5, 8):
        assert tell_witnesses(objects, ORIGIN, [Reached("pers", size, 9)])
    assert witnesses(objects, ORIGIN) == (Reached("pers", 8, 9),)


def test_witnesses_stand_by_name_in_whatever_order_they_were_asked() -> None:
    objects = FakeObjects()
    rows = [Reached(name, 5, 9) for name in ("pers", "arsip", "kampus")]
    assert tell_witnesses(objects, ORIGIN, rows)
    assert [one.name for one in witnesses(objects, ORIGIN)] == ["arsip", "kampus", "pers"]


def test_a_long_or_odd_reason_is_cut_and_made_printable() -> None:
    objects = FakeObjects()
    tell_stopped(objects, ORIGIN, "é\x1b" + "x" * 600)
    assert parse(objects.objects[STATUS]).reason == "??" + "x" * 498


@pytest.mark.parametrize("origin", ["log.example/other", f"{ORIGIN}2"])
def test_says_nothing_where_another_log_stands(origin: str) -> None:
    objects = FakeObjects()
    other = sign_checkpoint(Checkpoint(origin, 0, EMPTY_ROOT), LOG_SIGNER)
    objects.put_new("log/checkpoint", other)
    tell_stopped(objects, ORIGIN, "wrong bucket")
    assert STATUS not in objects.objects


@pytest.mark.parametrize("left", [b"torn", Status("log.example/other", STOPPED, "x").format()])
def test_what_is_not_ours_is_replaced_by_running(left: bytes) -> None:
    objects = FakeObjects()
    objects.put_new(STATUS, left)
    tell_running(objects, ORIGIN)
    assert parse(objects.objects[STATUS]) == Status(ORIGIN, RUNNING, "")


def test_somebody_faster_says_it_too() -> None:
    class Faster(FakeObjects):
        def put_if(self, path: str, data: bytes, tag: str | None) -> str:
            raise Conflict(path)

    objects = Faster()
    tell_stopped(objects, ORIGIN, "x")
    objects.objects[STATUS] = BYTES
    tell_running(objects, ORIGIN)
    assert objects.get(STATUS) == Stored(BYTES, objects.get(STATUS).tag)
