"""Handlers: an event in, one call, an answer out; two log lines; no setting read but in wiring."""

from __future__ import annotations

import ast
import dataclasses
import itertools
import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urljoin

import pytest
from tests.check_log import check_log
from tests.live_portal import ROOT, upload
from tests.portal.intake.world import RELEASE, World, sign, signer, vkey

from handlers import access, entry_zero, journal, publish, render, sequence, submit, wiring
from rekap.core.errors import Conflict, Corrupt, Malformed
from rekap.core.log import status
from rekap.core.log.ports import LogFiles
from rekap.core.pages import pages
from rekap.core.signing.note import ED25519, NoteKey
from rekap.desk.operators import log_list
from rekap.portal.publishing.claims import Reached
from rekap.portal.publishing.tasks import Task
from rekap.portal.store.local import keys
from rekap.portal.store.local.bell import SilentBell

HANDLERS = Path(wiring.__file__).parent
QUEUE = {"Records": [{"messageId": "m1"}, {"messageId": "m2"}]}
SCHEDULE = {"id": "tick", "detail-type": "Scheduled Event"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for role in ("log", "receipt"):
        keys.save(tmp_path / "keys", role, signer(role)._private.private_bytes_raw())
    return tmp_path


@pytest.fixture
def lines() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def portal(folder: Path, lines: list[dict[str, Any]]) -> access.Portal:
    return wiring.embedded(
        folder,
        access.Settings(World().origin, release=RELEASE),
        bell=SilentBell(),
        clock=lambda: 1_732_690_000,
        journal=lambda line: lines.append(dict(line)),
    )


def post(body: bytes) -> dict[str, Any]:
    event = upload(body)
    event["requestContext"]["requestId"] = "r1"
    return event


def ask(leaf: str) -> dict[str, Any]:
    event = upload(b"")
    event["rawPath"] = f"/v1/statements/{leaf}"
    event["requestContext"]["http"]["method"] = "GET"
    return event


def test_a_statement_goes_through_all_three(portal: access.Portal, folder: Path) -> None:
    world = World()
    begin = world.beginning()[:2]
    answer = submit.respond(post(begin[0]), portal)
    assert answer["statusCode"] == 201
    leaf = json.loads(answer["body"])["leaf"]
    for sent_to in ("https://x.example/v1/statements", "https://x.example/rehearsal/v1/statements"):
        place = urljoin(sent_to, answer["headers"]["location"])
        assert place == f"{sent_to}/{leaf}"
    receipts = [json.loads(answer["body"])["receipt"].encode()]
    assert sequence.respond(QUEUE, portal) == {}
    assert publish.respond(QUEUE, portal) == {}
    assert portal.register.get("meta", "log")["mode"] == "rehearsal"
    answer = submit.respond(post(begin[1]), portal)
    receipts.append(json.loads(answer["body"])["receipt"].encode())
    sequence.respond(SCHEDULE, portal)
    left = folder / "public" / "aset" / "periksa-0123456789abcdef.js"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"an earlier release")
    publish.respond(SCHEDULE, portal)
    assert {f"aset/{one.name}" for one in left.parent.iterdir()} == set(pages.assets())
    assert not left.exists()
    assert check_log(folder / "public", vkey(world.origin, "log"), receipts) == begin
    assert json.loads((folder / "public/site.json").read_bytes())["size"] == 2


def test_a_call_that_has_little_time_ends_before_it_is_killed_and_the_next_one_goes_on(
    portal: access.Portal, folder: Path
) -> None:
    for entry in World().beginning()[:2]:
        publish.respond(SCHEDULE, portal)
        submit.respond(post(entry), portal)
        sequence.respond(QUEUE, portal)
    ticks = iter(range(16, 0, -1))
    context = SimpleNamespace(
        aws_request_id="i", get_remaining_time_in_millis=lambda: next(ticks) * 1_000
    )
    rung: list[str] = []
    ringing = dataclasses.replace(portal, bell=SimpleNamespace(ring=rung.append))
    assert publish.respond(QUEUE, ringing, context) == {}
    assert rung == ["publish"], "the next call goes on at once"
    assert next(ticks) > 0
    assert not (folder / "public/site.json").exists()
    publish.respond(SCHEDULE, ringing)
    assert rung == ["publish"]
    assert json.loads((folder / "public/site.json").read_bytes())["size"] == 2


def test_assets_of_a_release_stay_while_pages_that_need_them_are_claimed(
    portal: access.Portal, folder: Path
) -> None:
    world, earlier = World(), "1" * 64
    entries = world.beginning()
    entries[1] = sign(world.of_log("publication", release=earlier), "operator-1")
    later = sign(world.of_log("publication", release=RELEASE), "operator-1")
    before = dataclasses.replace(portal, settings=access.Settings(world.origin, release=earlier))

    def take(entry: bytes, on: access.Portal) -> None:
        assert submit.respond(post(entry), on)["statusCode"] == 201
        sequence.respond(QUEUE, on)

    for entry in entries:
        take(entry, before)
        publish.respond(QUEUE, before)
    left, claim = folder / "public/aset/periksa-0123456789abcdef.js", folder / "public/site.json"
    left.write_bytes(b"of the earlier release")
    take(later, portal)
    runs = 0
    while json.loads(claim.read_bytes())["release"] == earlier:
        assert left.exists()
        ticks = (max(tick, 0) * 1_000 for tick in itertools.count(40, -1))
        context = SimpleNamespace(aws_request_id="i", get_remaining_time_in_millis=ticks.__next__)
        publish.respond(QUEUE, portal, context)
        runs += 1
    assert runs > 1
    assert left.exists()  # pages of bulk data are of the earlier release
    publish.respond(QUEUE, portal)
    assert not left.exists()


def test_the_bell_wakes_sequence_after_an_upload_and_publish_after_a_checkpoint(
    folder: Path,
) -> None:
    made: list[access.Portal] = []
    woken = {"sequence": sequence.respond, "publish": publish.respond}

    class Bell:
        def ring(self, queue: str) -> None:
            woken[queue](SCHEDULE, made[0])

    made.append(
        wiring.embedded(
            folder,
            access.Settings(World().origin, release=RELEASE),
            bell=Bell(),
            clock=lambda: 0,
            journal=lambda _: None,
        )
    )
    for entry in World().beginning():
        assert submit.respond(post(entry), made[0])["statusCode"] == 201
    assert json.loads((folder / "public/site.json").read_bytes())["size"] == 16


def test_each_call_has_two_lines_with_the_senders_request_id(
    portal: access.Portal, lines: list[dict[str, Any]]
) -> None:
    submit.respond(post(World().beginning()[0]), portal)
    sequence.respond(QUEUE, portal)
    publish.respond(SCHEDULE, portal)
    said = [(line["event"], line["function"], line["request"]) for line in lines]
    assert said == [
        ("start", "submit", "r1"), ("end", "submit", "r1"),
        ("start", "sequence", "m1"), ("end", "sequence", "m1"),
        ("start", "publish", "tick"), ("end", "publish", "tick"),
    ]  # fmt: skip
    assert (lines[1]["outcome"], lines[3]["entries"], lines[5]["folded"]) == (201, 1, 1)
    assert "operators" not in json.dumps(lines)


def test_an_empty_portal_is_no_error(portal: access.Portal, lines: list[dict[str, Any]]) -> None:
    sequence.respond(SCHEDULE, portal)
    publish.respond(SCHEDULE, portal)
    assert lines[1]["entries"] == 0
    assert lines[3]["outcome"] == "empty"


@pytest.mark.parametrize("raised", [Conflict("faster"), OSError("the disk is away")])
def test_a_bell_is_answered_however_the_run_ends(
    portal: access.Portal,
    lines: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    raised: Exception,
) -> None:
    def fails(*_: Any) -> None:
        raise raised

    measured: dict[str, float] = {}
    monkeypatch.setattr(sequence.sequencer, "run", fails)
    monkeypatch.setattr(
        wiring, "portal", lambda _: dataclasses.replace(
            portal, meter=lambda _service, values, _dimensions: measured.update(values)
        )
    )  # fmt: skip
    assert sequence.handle(QUEUE, None) == {}
    is_conflict = isinstance(raised, Conflict)
    assert lines[1]["outcome"] == ("conflict" if is_conflict else "error")
    assert (measured["Conflicts"], measured["Failures"]) == (is_conflict, not is_conflict)
    assert portal.guard.reason() is None


@pytest.mark.parametrize("other", ["release", "code"])
def test_a_task_that_a_deployment_has_outlived_falls_and_is_counted(
    portal: access.Portal, folder: Path, lines: list[dict[str, Any]], other: str
) -> None:
    """Handing it back would end with the dead letters, and somebody had to clear up."""
    measured: dict[str, float] = {}
    told: list[object] = []
    renders = dataclasses.replace(
        portal, renderers=SimpleNamespace(send=told.append), bell=SimpleNamespace(ring=told.append),
        meter=lambda _service, values, _dimensions: measured.update(values),
    )  # fmt: skip
    task = dataclasses.replace(
        Task(RELEASE, True, "", Reached(1, "tree"), 1, None, "bukti/0/"), **{other: "f" * 64}
    )
    record = {"messageId": "m1", "body": task.encode().decode()}
    assert render.respond(record, renders) == {}
    assert (lines[-1]["outcome"], measured, told) == ("foreign", {"Foreign": 1}, [])
    assert not [path for path in (folder / "public").rglob("*") if path.is_file()]


def test_a_task_that_comes_for_the_third_time_is_written_a_page_a_call(
    portal: access.Portal, lines: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice may be bad luck, or no function that is free; what is handed on is a new message."""
    task = Task(RELEASE, True, "", Reached(1, "tree"), 1, None, "bukti/9/", written="bukti/0/")
    told: list[Any] = []
    renders = dataclasses.replace(portal, renderers=SimpleNamespace(send=told.extend))

    def write(one: Task, _left: Any, *, again: bool) -> Task:
        return dataclasses.replace(one, single=again)

    monkeypatch.setattr(render, "of", lambda _: SimpleNamespace(render=write))
    for times in (None, "1", "2", "3", "5"):
        attributes = {} if times is None else {"attributes": {"ApproximateReceiveCount": times}}
        render.respond({"messageId": "m", "body": task.encode().decode(), **attributes}, renders)
    assert [one.single for one in told] == [False, False, False, True, True]
    assert {(line["after"], line["until"]) for line in lines if line.get("outcome") == "cut"} == {
        ("bukti/0/", "bukti/9/")
    }, "the line of the dead letter says with which page it begins"


@pytest.mark.parametrize("body", ["", "{}", "\x00", '{"release": ' + "[" * 9_000, "[1]" * 9_000])
def test_what_is_no_task_is_given_back_and_changes_nothing(
    portal: access.Portal, folder: Path, lines: list[dict[str, Any]], body: str
) -> None:
    """The queue brings it five times, alone, then lays it with the dead letters."""
    told: list[object] = []
    renders = dataclasses.replace(
        portal, renderers=SimpleNamespace(send=told.append), bell=SimpleNamespace(ring=told.append)
    )
    with pytest.raises(Malformed):
        render.respond({"messageId": "m1", "body": body}, renders)
    assert (lines[-1]["outcome"], lines[-1]["error"], told) == ("error", "Malformed", [])
    assert not [path for path in (folder / "public").rglob("*") if path.is_file()]


def test_a_contradiction_stops_the_log_in_public_and_not_intake(
    portal: access.Portal, folder: Path, lines: list[dict[str, Any]]
) -> None:
    world = World()
    begin = world.beginning()
    submit.respond(post(begin[0]), portal)
    sequence.respond(SCHEDULE, portal)
    publish.respond(SCHEDULE, portal)
    tile = folder / "public/log/tile/0/000.p/1"
    good = tile.read_bytes()
    tile.write_bytes(bytes(32))
    assert submit.respond(post(begin[1]), portal)["statusCode"] == 201
    with pytest.raises(Corrupt):
        sequence.respond(SCHEDULE, portal)
    assert lines[-1]["outcome"] == "corrupt"
    told = status.parse((folder / "public/log/status.json").read_bytes())
    assert told == status.Status(world.origin, "stopped", lines[-1]["reason"])
    assert told.reason == portal.guard.reason()
    close = post(sign(world.of_log("close"), "operator-1"))
    full = dataclasses.replace(portal, settings=access.Settings(world.origin, backlog_cap=1))
    stopped = submit.respond(close, full)
    assert stopped["statusCode"] == 503
    assert [e["code"] for e in json.loads(stopped["body"])["errors"]] == ["stopped", "backlog"]
    # What has a receipt is not forgotten: once the file is repaired it is logged.
    tile.write_bytes(good)
    sequence.respond(SCHEDULE, portal)
    assert check_log(folder / "public", vkey(world.origin, "log")) == begin[:2]
    assert status.parse((folder / "public/log/status.json").read_bytes()).writer == "running"
    assert portal.guard.reason() is not None


def test_another_release_stops_publishing_and_not_intake(
    portal: access.Portal, lines: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for entry in World().beginning()[:2]:
        submit.respond(post(entry), portal)
        sequence.respond(SCHEDULE, portal)
        publish.respond(SCHEDULE, portal)
    other = dataclasses.replace(portal, settings=access.Settings(World().origin, release="ab" * 32))
    with pytest.raises(Corrupt, match="release"):
        publish.respond(SCHEDULE, other)
    assert lines[-1]["outcome"] == "corrupt"
    assert portal.guard.reason() is None


def test_threads_get_the_answers_to_their_own_requests(portal: access.Portal) -> None:
    """Web processes of the local portal share one; Powertools alone would mix events up."""
    ids = [f"{number:064x}" for number in range(64)]
    bodies = [post(b"{}"), post(b"nothing"), post(b"x" * 66_000)]
    want = ((400, "envelope"), (400, "not-json"), (413, "too-large"), (404, "unknown-leaf"))

    def send(number: int) -> tuple[int, dict[str, Any]]:
        event = bodies[number % 4] if number % 4 < 3 else ask(ids[number])
        answer = submit.respond(event, portal)
        return number, json.loads(answer["body"])

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            answered = list(pool.map(send, list(range(64)) * 10))
    finally:
        sys.setswitchinterval(interval)
    for number, body in answered:
        assert (body["status"], body["code"]) == want[number % 4]


def test_the_resolver_has_the_routes_that_are_told() -> None:
    told = (ROOT / "docs" / "files.md").read_text("utf-8").partition("## Upload\n")[2]
    rows = re.findall(r"^\| (`(?:GET|POST) [^|]*) \|", told.partition("\n### ")[0], re.MULTILINE)
    asked = {one.partition("?")[0] for row in rows for one in re.findall("`([A-Z]+ [^`]+)`", row)}
    app = submit.resolver(0)
    routed = app._static_routes + app._dynamic_routes
    assert {f"{one.method} {one.openapi_path}" for one in routed} == asked


def test_an_event_that_is_no_request_is_answered(portal: access.Portal) -> None:
    for event in ({}, {"requestContext": {"http": {}}}, {"version": "2.0", "rawPath": 1}):
        answer = submit.respond(event, portal)
        assert json.loads(answer["body"])["code"] == "unavailable"
        assert answer["statusCode"] == 503


def test_functions_without_their_key_do_nothing(portal: access.Portal) -> None:
    bare = dataclasses.replace(portal, log_signer=None, receipt_signer=None)
    with pytest.raises(RuntimeError, match="REKAP_KEYS"):
        sequence.respond(SCHEDULE, bare)
    with pytest.raises(RuntimeError, match="REKAP_KEYS"):
        submit.respond(post(World().beginning()[0]), bare)
    assert bare.records.pending_count() == 0


class TestWiring:
    SET = {
        "REKAP_ENGINE": "local",
        "REKAP_ORIGIN": "rekap.example/rehearsal/log",
        "REKAP_KEYS": "receipt",
        "REKAP_QUEUES": "sequence=SequenceQueue",
        "REKAP_BACKLOG_CAP": "7",
    }

    @pytest.fixture(autouse=True)
    def _environment(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
        for name, value in {**self.SET, "REKAP_DIR": str(folder)}.items():
            monkeypatch.setenv(name, value)
        wiring.portal.cache_clear()
        yield
        wiring.portal.cache_clear()

    def test_builds_the_portal_once_with_only_the_keys_of_the_function(self) -> None:
        portal = wiring.portal("submit")
        assert portal is wiring.portal("submit")
        assert (portal.settings.origin, portal.settings.backlog_cap) == (
            self.SET["REKAP_ORIGIN"],
            7,
        )
        assert portal.settings.questions == wiring.QUESTIONS == log_list.QPD
        assert portal.log_signer is None
        assert portal.receipt_signer is not None
        assert portal.receipt_signer.keyid == signer("receipt").keyid
        assert portal.clock() > 1_732_690_000

    def test_witnesses_are_asked_as_often_as_the_operator_says(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REKAP_QUESTIONS", "86400")
        assert wiring.portal("sequence").settings.questions == 86_400

    @pytest.mark.parametrize("name", ["REKAP_ENGINE", "REKAP_ORIGIN", "REKAP_DIR"])
    def test_names_the_setting_that_is_missing(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv(name)
        with pytest.raises(RuntimeError, match=name):
            wiring.portal("submit")

    def test_knows_no_other_engine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("REKAP_ENGINE", "moon")
        with pytest.raises(RuntimeError, match="moon"):
            wiring.portal("submit")

    def test_a_handler_answers_from_the_environment(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        answer = submit.handle(post(World().beginning()[0]), None)
        assert answer["statusCode"] == 201
        start, end, measured = map(json.loads, capfd.readouterr().out.splitlines())
        assert (start["event"], end["event"], end["outcome"]) == ("start", "end", 201)
        assert (measured["service"], measured["Accepted"]) == ("submit", [1.0])
        assert start["pid"] == end["pid"]
        assert publish.handle(SCHEDULE, None) == {}
        with pytest.raises(RuntimeError, match="REKAP_KEYS"):
            sequence.handle(SCHEDULE, None)


def test_the_logs_key_is_the_one_that_entry_zero_names(portal: access.Portal) -> None:
    with pytest.raises(Corrupt):
        entry_zero.log_key(LogFiles(portal.objects))
    submit.respond(post(World().beginning()[0]), portal)
    sequence.respond(SCHEDULE, portal)
    own = NoteKey.of(World().origin, ED25519, signer("log").public)
    assert entry_zero.log_key(LogFiles(portal.objects)) == own


def test_a_request_without_an_id_has_an_empty_one() -> None:
    for event in ({}, {"Records": []}, {"Records": [1]}, {"requestContext": 1}):
        assert journal.request_id(event) == ""


def test_each_handler_is_short_and_only_wiring_reads_the_environment() -> None:
    for path in HANDLERS.glob("*.py"):
        source = path.read_text()
        if path.stem in ("submit", "sequence", "publish", "watch"):
            assert len(source.splitlines()) <= 64, path
        names = {
            node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)
        }
        if path.stem != "wiring":
            assert not names & {"environ", "getenv"}, path
