"""The gateway runs the template: its routes, events, headers, and nothing that is not in it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from scripts.gateway import _fork
from scripts.stack.server import DIGEST
from tests.live_portal import ROOT, Gateway, begin
from tests.needed import PATIENCE
from tests.portal.intake.world import KELURAHAN, World, sign

TEMPLATE = ROOT / "infra" / "template.yaml"
TPS = "/pilkada-31/gubernur-31/71/06/1001/"


@pytest.fixture(scope="module")
def world() -> World:
    return World.begun()


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory, world: World) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway") / "portal"
    begin(folder, World())
    running = Gateway(folder, world.origin, processes=2)
    running.start()
    yield running
    assert running.stop() == 0
    text = running.lines.read_text()
    assert "Traceback" not in text, text[-3000:]


class TestStatements:
    def test_a_form_becomes_a_receipt_an_entry_and_a_page(
        self, gateway: Gateway, world: World
    ) -> None:
        body = sign(world.form("001"), *world.kpps("001"))
        status, answer = gateway.post(body)
        assert (status, answer["status"]) == (201, "pending")
        status, again = gateway.post(body)
        # By now the form may have its place in the log; the receipt stays the same.
        named = ("leaf", "id", "receipt")
        assert (status, [again[n] for n in named]) == (200, [answer[n] for n in named])
        index = world.size()
        entry = gateway.wait_for(f"/bukti/{index}.json")
        assert entry == body
        status, _, data = gateway.get(f"/v1/statements/{answer['leaf']}")
        assert status == 200
        assert json.loads(data) == answer | {"status": "logged", "index": index}
        gateway.wait_until_quiet()
        twin = json.loads(gateway.wait_for(f"{TPS}001/index.json"))
        assert twin["as_of"] == index + 1

    def test_parallel_uploads_all_get_their_receipts(self, gateway: Gateway, world: World) -> None:
        bodies = [sign(world.form("002"), *world.kpps("002"))]
        bodies += [
            sign(world.form("002"), *world.kpps("002"), f"kpps-{KELURAHAN}-002-{n}")
            for n in (4, 5, 6, 7)
        ]
        with ThreadPoolExecutor(10) as pool:
            answers = list(pool.map(gateway.post, bodies * 2))
        assert {status for status, _ in answers} <= {200, 201}
        assert len({answer["leaf"] for _, answer in answers}) <= 5

    def test_a_binary_body_arrives_as_the_bytes_that_were_sent(self, gateway: Gateway) -> None:
        status, answer = gateway.post(b"\xff\xfe\x00")
        assert (status, answer["code"]) == (400, "not-json")

    def test_a_refusal_is_a_problem_document(self, gateway: Gateway, world: World) -> None:
        status, headers, data = gateway.ask(
            "POST",
            "/v1/statements",
            sign(world.form("003"), f"saksi-{KELURAHAN}-1"),
            {"content-type": "application/json"},
        )
        assert (status, headers["content-type"]) == (403, "application/problem+json")
        assert (headers["retry-after"], headers["cache-control"]) == ("30", "no-store")
        assert json.loads(data)["code"] == "below-threshold"

    def test_sizes_and_types(self, gateway: Gateway) -> None:
        kind = {"content-type": "application/json"}
        for size, want in (
            (65_536, 413),
            (5_000_000, 413),
            (10 * 1024 * 1024, 413),
            (11_000_000, 413),
        ):
            status, _, _ = gateway.ask("POST", "/v1/statements", b"x" * size, kind)
            assert status == want
        status, _, _ = gateway.ask("POST", "/v1/statements", b"{}", {"content-type": "text/plain"})
        assert status == 415

    def test_what_is_no_route_is_not_found(self, gateway: Gateway) -> None:
        for method, path in (
            ("GET", "/v1/statements"),
            ("DELETE", "/v1/statements/" + "0" * 64),
            ("POST", "/v1/statements/"),
            ("POST", "/v1/"),
            ("PUT", "/v1/statements"),
        ):
            status, _, data = gateway.ask(method, path)
            assert (status, json.loads(data)["code"]) == (404, "unknown-route")

    def test_a_body_comes_with_its_digest_as_on_aws(self, gateway: Gateway, world: World) -> None:
        kind = {"content-type": "application/json"}
        for told in ("", "0" * 64, sha256(b"{}").hexdigest().upper()):
            asked = kind | {DIGEST: told}
            status, _, data = gateway.ask("POST", "/v1/statements", b"{}", asked)
            assert (status, json.loads(data).keys()) == (403, {"message"})

    def test_uploaders_of_the_template_may_send_from_their_page(self, gateway: Gateway) -> None:
        asked = {"origin": "https://unggah.rekap.example", "access-control-request-method": "POST"}
        status, headers, _ = gateway.ask("OPTIONS", "/v1/statements", None, asked)
        assert (status, headers["access-control-allow-origin"]) == (
            204,
            "https://unggah.rekap.example",
        )
        assert headers["access-control-allow-methods"] == "GET,POST"
        asked["origin"] = "https://evil.example"
        _, headers, _ = gateway.ask("OPTIONS", "/v1/statements", None, asked)
        assert "access-control-allow-origin" not in headers


POST = b"POST /v1/statements HTTP/1.1\r\nHost: x\r\n"


class TestRawHttp:
    """Requests that a careless server would misread."""

    CASES = (
        (POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx", 411),
        (POST + b"Content-Length: -1\r\n\r\n", 400),
        (POST + b"Content-Length: 1e9\r\n\r\n", 400),
        (POST + b"Content-Length: 99999999999999\r\n\r\n", 413),
        (b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET //etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET /%2e%2e/portal.db HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET /log%2fcheckpoint%00 HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET /\\..\\portal.db HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET /.git/config HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 501),
    )

    @pytest.mark.parametrize("case", range(len(CASES)))
    def test_is_answered_and_serves_nothing(self, gateway: Gateway, case: int) -> None:
        sent, status = self.CASES[case]
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=PATIENCE) as connection:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while part := connection.recv(65_536):
                answer += part
        assert answer.split(b" ")[1] == b"%d" % status
        assert b"root:" not in answer
        assert b"SQLite" not in answer


PAGE = "max-age=30, stale-while-revalidate=300, stale-if-error=86400"
FOR_EVER = "max-age=31536000, immutable"


class TestFiles:
    CLASSES = (
        ("/", "text/html; charset=utf-8", PAGE),
        ("/pilkada-31/", "text/html; charset=utf-8", PAGE),
        (f"{TPS}index.json", "application/json", PAGE),
        ("/site.json", "application/json", "max-age=5"),
        ("/log/checkpoint", "text/plain; charset=utf-8", "max-age=5"),
        ("/log/tile/0/000.p/1", "application/octet-stream", FOR_EVER),
        ("/log/tile/entries/000.p/1", "application/octet-stream", FOR_EVER),
        ("/bukti/0.json", "application/json", FOR_EVER),
        ("/bukti/0.tlog-proof", "text/plain; charset=utf-8", FOR_EVER),
        ("/bukti/0/", "text/html; charset=utf-8", PAGE),
        ("/policy.txt", "text/plain; charset=utf-8", PAGE),
    )

    @pytest.mark.parametrize(("path", "kind", "caching"), CLASSES)
    def test_have_type_and_caching_of_their_class(
        self, gateway: Gateway, path: str, kind: str, caching: str
    ) -> None:
        status, headers, data = gateway.get(path)
        assert status == 200
        assert (headers["content-type"], headers["cache-control"]) == (kind, caching)
        assert headers["content-length"] == str(len(data))

    def test_all_carry_the_headers_of_the_template_and_no_page_policy(
        self, gateway: Gateway
    ) -> None:
        for path in ("/", "/log/checkpoint", "/nothing", "/pilkada-31"):
            _, headers, _ = gateway.get(path)
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["access-control-allow-origin"] == "*"
            directives = {one.split()[0] for one in headers["content-security-policy"].split(";")}
            assert directives == {"base-uri", "frame-ancestors", "object-src"}

    def test_only_a_summary_may_stand_in_other_pages(self, gateway: Gateway) -> None:
        address = TPS.rsplit("/", 2)[0].rsplit("/", 1)[0]
        for path in (f"{address}/ringkas/", f"/en{address}/ringkas/"):
            status, headers, _ = gateway.get(path)
            assert (status, headers.get("x-frame-options")) == (200, None)
            assert "frame-ancestors" not in headers["content-security-policy"]
            assert headers["referrer-policy"] == "no-referrer"

    def test_what_is_missing_is_never_cached_longer_than_a_page(self, gateway: Gateway) -> None:
        for path in ("/bukti/99999.tlog-proof", "/bukti/99999.json", "/log/tile/0/x999/999", "/x"):
            status, headers, data = gateway.get(path)
            assert (status, headers["cache-control"]) == (404, "max-age=10")
            assert data == (gateway.folder / "public/404.html").read_bytes()

    def test_folders_lead_to_their_page_and_are_never_listed(self, gateway: Gateway) -> None:
        status, headers, _ = gateway.get("/pilkada-31")
        assert (status, headers["location"]) == (301, "/pilkada-31/")
        for path in ("/log/", "/log/tile/", "/bukti/", "/v2/"):
            assert gateway.get(path)[0] == 404

    def test_nothing_outside_the_public_folder_is_served(self, gateway: Gateway) -> None:
        for path in ("/state/head", "/portal.db", "/keys/log.key", "/work/lock", "/bell/x"):
            assert (gateway.folder / path[1:]).exists() or path == "/bell/x"
            assert gateway.get(path)[0] == 404

    def test_known_content_is_not_sent_again(self, gateway: Gateway) -> None:
        _, headers, _ = gateway.get("/log/checkpoint")
        status, again, data = gateway.get("/log/checkpoint", **{"if-none-match": headers["etag"]})
        if status == 304:
            assert (again["etag"], data) == (headers["etag"], b"")

    def test_head_has_the_headers_and_no_body_and_writes_are_refused(
        self, gateway: Gateway
    ) -> None:
        status, headers, data = gateway.ask("HEAD", "/bukti/0.json")
        assert (status, data) == (200, b"")
        assert (
            int(headers["content-length"])
            == (gateway.folder / "public/bukti/0.json").stat().st_size
        )
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert gateway.ask(method, "/bukti/0.json")[0] == 405


def test_every_call_has_a_first_and_a_last_line_and_no_form(gateway: Gateway, world: World) -> None:
    status, _ = gateway.post(sign(world.form("003"), *world.kpps("003")))
    assert status in (200, 201)
    gateway.wait_until_quiet()
    calls: dict[tuple[str, str], list[str]] = {}
    for line in gateway.lines.read_text().splitlines():
        said = json.loads(line)
        if said.get("event") in ("start", "end"):
            calls.setdefault((said["function"], said["request"]), []).append(said["event"])
    assert {function for function, _ in calls} >= {"submit", "sequence", "publish"}
    assert sum(events == ["start", "end"] for events in calls.values()) >= len(calls) - 2
    assert "pair_1" not in gateway.lines.read_text()


class TestCannotStart:
    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "scripts" / "gateway.py"), "--port", "0", *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    def test_without_a_log_and_without_an_origin(self, tmp_path: Path) -> None:
        done = self.run("--dir", str(tmp_path))
        assert (done.returncode, "--origin" in done.stderr) == (2, True)

    def test_with_a_parameter_that_the_template_lacks(self, tmp_path: Path) -> None:
        done = self.run("--dir", str(tmp_path), "--origin", "x.example/log", "--parameter", "No=1")
        assert (done.returncode, "No" in done.stderr) == (2, True)

    def test_with_an_event_that_it_cannot_run(self, tmp_path: Path) -> None:
        text = TEMPLATE.read_text().replace("rate(1 minute)", "cron(* * * * ? *)")
        other = tmp_path / "template.yaml"
        other.write_text(text.replace("../functions/", str(ROOT / "functions")))
        done = self.run(
            "--dir", str(tmp_path), "--origin", "x.example/log", "--template", str(other)
        )
        assert (done.returncode, "not a rate" in done.stderr) == (2, True)


def test_the_template_decides_headers_and_variables(tmp_path: Path, world: World) -> None:
    text = TEMPLATE.read_text().replace("../functions/", str(ROOT / "functions"))
    changed = text.replace("* max-age=30,", "* max-age=77,")
    changed = changed.replace("FrameOption: DENY", "FrameOption: SAMEORIGIN")
    changed = changed.replace("ErrorCachingMinTTL: 10", "ErrorCachingMinTTL: 7")
    changed = changed.replace("REKAP_ENGINE: !Ref Engine", "REKAP_ENGINE: elsewhere")
    other = tmp_path / "template.yaml"
    other.write_text(changed)
    folder = tmp_path / "portal"
    begin(folder, World())
    gateway = Gateway(folder, world.origin, 1, ("--template", str(other)))
    gateway.start()
    status, headers, _ = gateway.get("/")
    assert (status, headers["x-frame-options"]) == (200, "SAMEORIGIN")
    assert headers["cache-control"].startswith("max-age=77,")
    assert gateway.get("/nothing")[1]["cache-control"] == "max-age=7"
    # The engine is unknown: the function cannot start, the site answers all the same.
    assert gateway.post(sign(world.form(), *world.kpps()))[0] == 502
    assert gateway.get("/pilkada-31/")[0] == 200
    assert gateway.stop() == 0


def test_the_watch_of_the_template_looks_at_this_portal(tmp_path: Path, world: World) -> None:
    folder = tmp_path / "portal"
    begin(folder, World())
    gateway = Gateway(folder, world.origin, 1)
    gateway.start()
    said = [gateway.wait_for_line(function="watch", event="end", whole=w) for w in (False, True)]
    # The whole audit may meet the publisher's first run here and wait for it; never a finding.
    assert [one["size"] for one in said] == [world.size()] * 2
    assert said[0]["outcome"] == "sound"
    assert said[1]["outcome"] in ("sound", "undecided"), said[1]
    measured = gateway.wait_for_line(service="watch", Runs=[1.0])
    assert measured["Findings"] == [0.0]
    assert gateway.stop() == 0
    gateway.options = ("--parameter", f"Site=http://127.0.0.1:{_unused_port()}/")
    gateway.lines.unlink()
    gateway.start()
    assert gateway.wait_for_line(function="watch", event="end")["outcome"] == "undecided"
    assert gateway.stop() == 0


def _unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_the_site_answers_when_every_function_is_switched_off(tmp_path: Path, world: World) -> None:
    folder = tmp_path / "portal"
    begin(folder, World())
    gateway = Gateway(folder, world.origin, 1, ("--static",))
    gateway.start()
    assert gateway.get("/pilkada-31/")[0] == 200
    assert gateway.post(b"{}")[0] == 404
    assert len(gateway.children()) == 1
    assert gateway.stop() == 0


def test_a_killed_gateway_leaves_nothing_running_and_starts_again(
    tmp_path: Path, world: World
) -> None:
    folder = tmp_path / "portal"
    begin(folder, World())
    gateway = Gateway(folder, world.origin, 2)
    gateway.start()
    second = Gateway(folder, world.origin, 1)
    with pytest.raises(AssertionError, match="another gateway"):
        second.start()
    status, answer = gateway.post(sign(world.form(), *world.kpps()))
    assert status == 201
    (folder / "work" / "12-34-5").write_bytes(b"left")
    gateway.kill()
    gateway.start()
    assert not (folder / "work" / "12-34-5").exists()
    entry = gateway.wait_for(f"/bukti/{world.size()}.json")
    assert entry == sign(world.form(), *world.kpps())
    assert json.loads(gateway.get(f"/v1/statements/{answer['leaf']}")[2])["status"] == "logged"
    assert gateway.stop() == 0


def test_a_process_that_has_just_begun_ends_too() -> None:
    # What the parent had for SIGTERM a child has too, until it says otherwise: ended within that
    # moment it would go on, and whoever waits for the portal to end would wait for ever.
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    lifeline, held = os.pipe()
    try:
        for _ in range(40):
            pid = _fork(lambda: time.sleep(60), lifeline, held)
            os.kill(pid, signal.SIGTERM)
            assert ended(pid, 5), "it sleeps on"
    finally:
        signal.signal(signal.SIGTERM, before)
        os.close(held)
        os.close(lifeline)


def ended(pid: int, seconds: float) -> bool:
    """Tell whether a child ends in time; what does not is killed."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return True
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return False
