"""The rehearsal's own parts; the rehearsal itself runs nightly, and needs an emulator.

Where .venv-rehearse is set up, the policies of the emulator are asked too.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import re
import ssl
import subprocess
import threading
import urllib.request
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from scripts.rehearsal import (
    certificate,
    cloud,
    edges,
    emulator,
    front,
    intruder,
    lines,
    policies,
    runtime,
    stack,
)  # fmt: skip
from scripts.rehearsal.course import Course
from scripts.rehearsal.election import Rehearsed
from scripts.rehearsal.portal import Portal
from scripts.rehearsal.transcript import Transcript
from scripts.stack import template

from rekap.core.signing import envelope
from rekap.core.statements.schema import parse_statement
from rekap.portal.publishing import window
from scripts import rehearse

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "infra" / "template.yaml"
DOCUMENT: dict[str, Any] = yaml.load(TEMPLATE.read_text(), template._Loader)
NEEDS_EMULATOR = pytest.mark.skipif(
    not rehearse.PYTHON.exists(), reason="make setup-rehearse was not run"
)


def test_only_the_place_of_the_code_differs_from_the_template():
    packaged = json.loads(stack.packaged(TEMPLATE, "bucket", "lambda.zip"))
    assert packaged["Globals"]["Function"]["CodeUri"] == {"Bucket": "bucket", "Key": "lambda.zip"}
    packaged["Globals"]["Function"]["CodeUri"] = DOCUMENT["Globals"]["Function"]["CodeUri"]
    assert packaged == json.loads(json.dumps(DOCUMENT))


def test_no_function_has_code_or_a_library_beside_the_artifact():
    for resource in DOCUMENT["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            assert (
                not {"CodeUri", "InlineCode", "Layers", "Runtime"} & resource["Properties"].keys()
            )


@pytest.mark.parametrize(
    ("request_", "keys"),
    [
        ({"Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}}, ["a"]),
        ({"Item": {"pk": {"S": "a"}, "sk": {"S": "b"}}}, ["a"]),
        ({"RequestItems": {"t": {"Keys": [{"pk": {"S": "a"}}, {"pk": {"S": "b"}}]}}}, ["a", "b"]),
        (
            {
                "RequestItems": {
                    "t": [
                        {"PutRequest": {"Item": {"pk": {"S": "a"}}}},
                        {"DeleteRequest": {"Key": {"pk": {"S": "b"}}}},
                    ]
                }
            },
            ["a", "b"],
        ),
        (
            {
                "KeyConditionExpression": "#0 = :0 AND #1 >= :1",
                "ExpressionAttributeNames": {"#0": "pk", "#1": "sk"},
                "ExpressionAttributeValues": {":0": {"S": "a"}, ":1": {"S": "b"}},
            },
            ["a"],
        ),
        ({"TableName": "t"}, []),
    ],
)
def test_leading_keys_are_the_partitions_that_a_request_names(request_, keys):
    assert policies.leading_keys(request_) == keys


def test_entry_zero_names_the_key_that_was_given():
    public = bytes(range(32))
    election = Rehearsed(2, seed=1, release="0" * 64, log_public=public)
    stages = dict(election.stages())
    said = parse_statement(envelope.parse(next(stages["log"])).payload)
    assert said.fields["log_key"] == election.log_key()
    assert said.fields["policy"][0] == f"log {election.log_key()}"
    assert said.fields["receipt_key"] == election.receipt_key()


class Silent(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def behind(handler, folder):
    """Listen with TLS as the emulator does; yield the account at its port."""
    authority, key = certificate.write(folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(authority, key)
    server.socket = own.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield cloud.Cloud(server.server_address[1], folder / "log", authority, key)
    server.shutdown()
    server.server_close()


def test_the_front_names_the_distribution_and_passes_everything_else(tmp_path):
    seen: list[tuple[str, str, str, bytes]] = []

    class Behind(Silent):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            seen.append((self.path, self.headers["host"], self.headers["content-type"], body))
            self.send_response(418)
            self.send_header("X-Own", "1")
            self.end_headers()
            self.wfile.write(b"short and stout")

    with (
        behind(Behind, tmp_path) as account,
        front.listening(account.port, account.authority, account.key) as relay,
    ):
        relay.host = "d1.cloudfront.net"
        with pytest.raises(urllib.request.HTTPError) as answered:
            account.open(relay.url("/a/b?c=d"), b"\x00\xff", {"content-type": "x/y"})
        with answered.value as answer:
            assert answer.status == 418
            assert answer.headers["x-own"] == "1"
            assert answer.read() == b"short and stout"
    assert seen == [("/a/b?c=d", "d1.cloudfront.net", "x/y", b"\x00\xff")]


def test_lines_of_a_function_are_counted_and_others_are_not():
    found = lines.Runs()
    metrics = {"CloudWatchMetrics": [{"Metrics": [{"Name": "Entries"}, {"Name": "Size"}]}]}
    text = [
        "START RequestId: 1",
        json.dumps({"event": "start", "function": "sequence"}),
        json.dumps({"event": "end", "outcome": "done", "ms": 3.5}),
        json.dumps({"_aws": metrics, "Entries": [2.0, 1.0], "Size": 3}),
        json.dumps({"event": "end", "outcome": "conflict", "ms": 2}),
    ]
    lines.count("\n".join(text), found)
    assert (found.total, found.slowest_ms) == (2, 3.5)
    assert found.outcomes == {"done": 1, "conflict": 1}
    assert found.sums == {"Entries": 3, "Size": 3}


def test_a_run_that_met_a_silent_service_is_told_and_one_that_failed_is_shown():
    found = lines.Runs()
    failed = {"event": "end", "outcome": "error", "error": "KeyError", "ms": 2}
    done = {"event": "end", "outcome": "done", "ms": 1}
    for line in (failed, {**failed, "error": "Unavailable"}, done):
        lines.count(json.dumps(line), found)
    assert (found.failures, found.silent) == ([failed], 1)


@pytest.mark.parametrize("event", ["bell-lost", "hold-lost"])
def test_a_bell_that_is_lost_or_not_held_is_shown_unless_the_queue_was_silent(event):
    found = lines.Runs()
    lost = {"event": event, "queue": "publish", "reason": "AccessDenied"}
    for line in (lost, {**lost, "reason": "ReadTimeoutError"}):
        lines.count(json.dumps(line), found)
    assert (found.failures, found.silent, found.total) == ([lost], 1, 0)


def test_starts_are_those_that_the_runtime_reports(tmp_path):
    log = tmp_path / "log"
    log.write_text(
        "INIT REPORT(durationMs: 439.169000)\nREPORT RequestId: 1\tInit Duration: 0.04 ms\t\n"
    )
    assert runtime.Function("", log).init_ms() == [439.169]


def test_what_does_not_hold_is_remembered():
    said: list[str] = []
    transcript = Transcript(said.append)
    with transcript.step("one"):
        transcript.check(True, "holds")
        transcript.check(False, "does not")
    assert transcript.failed == ["does not"]
    assert [line for line in said if "NOT" in line] == ["   NOT  does not"]


def test_a_form_whose_answer_is_lost_is_sent_again_and_counted_once(tmp_path):
    """The first question is heard, and never answered; the second meets what the first has done."""
    heard: list[bytes] = []

    class Gate(Silent):
        def do_POST(self):
            heard.append(self.rfile.read(int(self.headers["content-length"])))
            if len(heard) > 1:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'{"receipt":"..."}')

    election = Rehearsed(2, seed=1, release="f" * 64, log_public=bytes(range(32)))
    with behind(Gate, tmp_path) as account:
        gate = front.Front(account.port)
        course = Course(Portal(account, SimpleNamespace(), gate), election, Transcript())
        answer = course._send(b"a form")
    assert (answer.status, answer.body) == (201, {"receipt": "..."})
    assert heard == [b"a form"] * 2
    assert course.sent == course.again == 1


def test_the_administrator_tries_every_store_and_key():
    tried = set()

    class Client:
        def __init__(self, service: str) -> None:
            self.service = service

        def __getattr__(self, name: str):
            return lambda **named: tried.update(map(str, named.values()))

    names = {name: name for name in DOCUMENT["Resources"]}
    deployed = stack.Deployed(names, {}, {}, 0)
    for _, act in intruder._list(Client, deployed):
        act()
    stores = {
        name
        for name, one in DOCUMENT["Resources"].items()
        if one["Type"].rpartition("::")[2] in ("Bucket", "Table", "Key", "Secret")
    }
    assert stores - {"AppBucket"} <= tried, "who deploys puts the app there; `watch` looks at it"


def test_what_is_changed_in_the_emulator_is_written_down():
    assert {*edges.CHANGES, *policies.CHANGES} <= set(emulator.CHANGES)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--emulator", "nowhere/python"], "make setup-rehearse"),
        (["--emulator", "/bin/sh", "--keep", "/"], "/ exists"),
        (["--emulator", "/bin/sh", "--stations", "23"], "from 24 on"),
    ],
)
def test_what_is_lacking_is_said(arguments, words, capsys, monkeypatch):
    monkeypatch.setattr(rehearse.shutil, "which", lambda _: "/bin/true")
    assert rehearse.main(arguments) == 2
    assert words in capsys.readouterr().err


def test_the_fewest_stations_have_pages_that_are_sent_to_renderers():
    """One of each entry but the two forms that come later, and one of each TPS and contest."""
    election = Rehearsed(rehearse.FEWEST, seed=1, release="f" * 64, log_public=bytes(range(32)))
    entries = sum(len(list(some)) for _, some in election.stages())
    uploads = list(election.uploads())
    pages = entries + len(uploads) - 2 + len({one.page for one in uploads[:-2]})
    assert pages > window.FEW


def test_without_node_there_is_no_front(capsys, monkeypatch):
    monkeypatch.setattr(rehearse.shutil, "which", lambda _: None)
    assert rehearse.main(["--emulator", "/bin/sh"]) == 2
    assert "node is missing" in capsys.readouterr().err


@NEEDS_EMULATOR
def test_a_stack_that_does_not_stand_says_why(tmp_path):
    broken = tmp_path / "template.yaml"
    text = TEMPLATE.read_text().replace("Type: AWS::IAM::Role", "Type: AWS::IAM::Nothing")
    assert text != TEMPLATE.read_text()
    broken.write_text(text)
    (tmp_path / "lambda.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    given = {"Origin": "x.example/rehearsal/log", "Mode": "rehearsal"}
    with cloud.running(rehearse.PYTHON, tmp_path) as account:
        pid = _process(account.port)
        with pytest.raises(Exception, match="Nothing"):
            stack.deploy(account, broken, tmp_path / "lambda.zip", given)
    assert pid
    with contextlib.suppress(FileNotFoundError):
        assert "emulator.py" not in Path(f"/proc/{pid}/cmdline").read_text()


def _process(port: int) -> int | None:
    """Return the process whose environment names a port."""
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if f"GATEWAY_PORT={port}\0".encode() in path.read_bytes():
                return int(path.parent.name)
    return None


@NEEDS_EMULATOR
def test_the_emulator_listens_on_loopback_only(tmp_path):
    with cloud.running(rehearse.PYTHON, tmp_path) as account:
        pid = _process(account.port)
        inodes = set()
        for path in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                if (target := str(path.readlink())).startswith("socket:"):
                    inodes.add(re.sub(r"\D", "", target))
        heard = set()
        for table in ("tcp", "tcp6"):
            for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
                cells = line.split()
                if cells[3] == "0A" and cells[9] in inodes:
                    heard.add(cells[1])
    assert heard == {f"0100007F:{account.port:04X}"}


@NEEDS_EMULATOR
def test_every_change_still_fits_this_emulator():
    ask = "from scripts.rehearsal import emulator as e; e.run_functions_with('x');"
    ask += "e.know_policies_of_secrets(); e.edges.apply(); e.policies.apply()"
    done = subprocess.run(
        [rehearse.PYTHON, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
