"""The function `watch` against a real web server: what it must see, and that nothing stops it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.handlers import outside
from tests.handlers.outside import Published, Watchman, Web, body
from tests.portal.intake.world import RELEASE, World, sign, signer

from handlers import outlook
from rekap.audit import reader
from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.signing.note import ED25519, NoteKey

KEY = NoteKey.of(World().origin, ED25519, signer("log").public)
OTHER = NoteKey.of(World().origin, ED25519, signer("receipt").public)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return outside.template(tmp_path_factory.mktemp("watch") / "portal")


@pytest.fixture
def site(tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> Published:
    monkeypatch.setattr(outlook.release, "current", lambda: RELEASE)
    return Published(tmp_path / "portal", template)


@pytest.fixture
def web(site: Published) -> Iterator[Web]:
    made = Web(site.public)
    yield made
    made.close()


@pytest.fixture
def watchman(web: Web, tmp_path: Path) -> Watchman:
    return Watchman(web.url, tmp_path / "memory")


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be read is asked for again at once."""
    monkeypatch.setattr(reader.time, "sleep", lambda _: None)


def form(site: Published, tps: str = "001") -> bytes:
    return sign(site.world.form(tps), *site.world.kpps(tps))


def test_a_site_in_order_is_sound_at_every_size(site: Published, watchman: Watchman) -> None:
    said = watchman.look()
    assert (said["outcome"], said["size"], said["lag"]) == ("sound", 16, 0)
    assert watchman.measured == {"Runs": 1, "Findings": 0, "Undecided": 0, "Lag": 0, "Late": 0}
    for number in ("001", "002", "003"):
        site.take(form(site, number))
        site.show()
        said = watchman.look()
    assert (said["outcome"], said["size"]) == ("sound", 19)


def test_lateness_is_the_seconds_for_which_the_oldest_entry_was_seen_to_wait(
    site: Published, web: Web, watchman: Watchman, tmp_path: Path
) -> None:
    def late(one: Watchman, now: int) -> float:
        one.now = now
        one.look()
        return one.measured["Late"]

    assert late(watchman, 0) == 0
    site.take(form(site, "001"))
    assert (late(watchman, 60), late(watchman, 120)) == (0, 60)
    site.take(form(site, "002"))
    assert late(watchman, 180) == 120
    assert late(Watchman(web.url, tmp_path / "memory"), 240) == 180, "a new process remembers"
    site.show()
    assert late(watchman, 300) == 0


@pytest.mark.usefixtures("no_pauses")
def test_the_host_that_takes_statements_is_asked_for_one_that_nobody_has(
    web: Web, watchman: Watchman
) -> None:
    watchman.outside = replace(watchman.outside, gate=f"{web.url}v1/statements")
    place = f"/v1/statements/{'0' * 64}"
    for answer, down in (
        (body(b'{"code": "unknown-leaf"}', 404), 0),
        (body(b"<html>", 404), 1),
        (body(b'{"message": "Forbidden"}', 403), 1),
        (body(b"[" * 5000, 404), 1),
    ):
        web.answers[place] = answer
        assert watchman.look()["outcome"] == "sound"
        assert watchman.measured["GateDown"] == down
    web.close()
    watchman.look()
    assert watchman.measured["GateDown"] == 1


def test_a_glance_reads_two_files_when_nothing_is_new(web: Web, watchman: Watchman) -> None:
    watchman.look()
    web.asked.clear()
    watchman.look()
    assert web.asked == ["/site.json", "/log/checkpoint"]


def test_the_whole_audit_of_a_site_in_order_proves_it(site: Published, watchman: Watchman) -> None:
    site.take(form(site))
    site.show()
    said = watchman.look(whole=True)
    assert (said["outcome"], said["whole"]) == ("sound", True)
    assert watchman.measured["AuditsDone"] == 1
    assert "undecided" not in said


def test_the_audit_holds_the_officers_app_against_the_log(
    site: Published, web: Web, watchman: Watchman
) -> None:
    index = b"<!doctype html>"
    listed = json.dumps({"index.html": sha256(index).hexdigest()}).encode()
    site.take(sign(site.world.of_log("app", files=sha256(listed).hexdigest()), "operator-1"))
    site.show()
    watchman.outside = replace(watchman.outside, app=f"{web.url}app/")
    for place, data in (("", index), ("index.html", index), ("files.json", listed)):
        web.answers[f"/app/{place}"] = body(data)
    assert watchman.look(whole=True)["outcome"] == "sound"
    web.answers["/app/"] = body(b"<!doctype html><script src=lain.js></script>")
    assert watchman.look()["outcome"] == "sound", "a glance asks for two files"
    said = watchman.look(whole=True)
    assert said["findings"] == [["V25", "--app"]]
    web.answers["/app/"] = body(index, 503)
    said = watchman.look(whole=True)
    assert (said["outcome"], said["undecided"]) == ("undecided", [["V25", "--app"]])


def test_only_the_value_true_asks_for_the_whole(web: Web, watchman: Watchman) -> None:
    for value in (False, None, "true", 1):
        watchman.look(whole=value)
    assert not any(path.endswith(".html") or path.startswith("/bukti") for path in web.asked)


def test_an_empty_address_is_no_alarm_but_one_that_became_empty_is(
    site: Published, web: Web, watchman: Watchman, tmp_path: Path
) -> None:
    web.public = tmp_path / "nothing"
    for event in ({}, {"whole": True}):
        assert watchman.look(**event)["outcome"] == "empty"
    assert watchman.measured == {"Runs": 1, "Findings": 0, "AuditsDone": 1}
    web.public = site.public
    watchman.look()
    web.public = tmp_path / "nothing"
    said = watchman.look()
    assert said["findings"] == [["V02", "log/checkpoint"], ["V14", "site.json"]]


class TestTampered:
    def test_a_page(self, site: Published, watchman: Watchman) -> None:
        page = site.public / "pilkada-31/index.html"
        page.write_bytes(page.read_bytes().replace(b"<title>", b"<title>!"))
        assert watchman.look()["outcome"] == "sound"
        said = watchman.look(whole=True)
        spellings = ("pilkada-31", "pilkada-31/", "pilkada-31/index.html")
        assert said["findings"] == [["V16", one] for one in spellings]
        assert watchman.measured["Findings"] == 3

    def test_an_old_page_that_a_cache_may_have_kept_is_a_doubt(
        self, site: Published, watchman: Watchman, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A cache keeps a page for longer than this function may wait: a true site was alarmed."""
        monkeypatch.setattr(outlook, "GRACE_S", 0.0)
        page = site.public / "pilkada-31/index.html"
        old = page.read_bytes()
        site.take(form(site))
        site.show()
        assert page.read_bytes() != old
        page.write_bytes(old)
        said = watchman.look(whole=True)
        assert (said["outcome"], watchman.measured["Findings"]) == ("undecided", 0)
        assert ["V16", "pilkada-31/index.html"] in said["undecided"]

    def test_a_tile_on_the_way_of_a_proof(self, site: Published, watchman: Watchman) -> None:
        watchman.look()
        site.take(form(site))
        site.show()
        tile = site.public / "log/tile/0/000.p/17"
        tile.write_bytes(tile.read_bytes()[:-32] + bytes(32))
        assert ["W02", "log/checkpoint"] in watchman.look()["findings"]
        tile.write_bytes(b"short")
        assert watchman.look()["findings"] == [["V04", "log/tile/0/000.p/17"]]
        tile.unlink()
        assert watchman.look()["findings"] == [["V04", "log/tile/0/000.p/17"]]

    def test_a_tile_that_no_proof_needs(self, site: Published, watchman: Watchman) -> None:
        tile = site.public / "log/tile/0/000.p/16"
        tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
        assert watchman.look()["outcome"] == "sound"
        assert ["V05", "log/tile/0/000.p/16"] in watchman.look(whole=True)["findings"]

    def test_an_entry(self, site: Published, watchman: Watchman) -> None:
        bundle = site.public / "log/tile/entries/000.p/16"
        data = bundle.read_bytes()
        bundle.write_bytes(data[:-3] + bytes([data[-3] ^ 1]) + data[-2:])
        assert ["V06", "log/tile/entries/000.p/16"] in watchman.look(whole=True)["findings"]

    def test_entry_zero_unreadable(self, site: Published, watchman: Watchman) -> None:
        (site.public / "log/tile/entries/000.p/16").write_bytes(b"\0\3{}}")
        assert watchman.look()["findings"] == [["V02", "entry 0"]]

    def test_more_findings_than_a_line_names_are_counted(
        self, site: Published, watchman: Watchman
    ) -> None:
        for page in site.public.rglob("index.html"):
            page.write_bytes(b"<title>nothing</title>")
        said = watchman.look(whole=True)
        assert len(said["findings"]) == 20 < said["all_findings"]


class TestHistory:
    def forge(self, web: Web, size: int, root: bytes, role: str = "log") -> None:
        note = sign_checkpoint(Checkpoint(World().origin, size, root), signer(role))
        web.answers["/log/checkpoint"] = body(note)

    def test_another_root_at_the_same_size(self, web: Web, watchman: Watchman) -> None:
        watchman.look()
        self.forge(web, 16, bytes(32))
        for _ in range(3):  # it stays an alarm: the forged one is not remembered
            assert ["W02", "log/checkpoint"] in watchman.look()["findings"]
        web.answers.clear()
        assert watchman.look()["outcome"] == "sound"

    def test_a_larger_tree_that_is_another_history(self, web: Web, watchman: Watchman) -> None:
        watchman.look()
        self.forge(web, 17, bytes(32))
        web.answers["/log/tile/0/000.p/17"] = body(bytes(32 * 17))
        assert ["W02", "log/checkpoint"] in watchman.look()["findings"]

    def test_an_older_checkpoint(self, site: Published, web: Web, watchman: Watchman) -> None:
        old = {path: (site.public / path).read_bytes() for path in ("log/checkpoint", "site.json")}
        site.take(form(site))
        site.show()
        watchman.look()
        for path, data in old.items():
            web.answers[f"/{path}"] = body(data)
        said = watchman.look()
        assert said["findings"] == [["W01", "log/checkpoint"], ["W04", "site.json"]]

    def test_another_key(self, web: Web, watchman: Watchman) -> None:
        watchman.look()
        self.forge(web, 16, bytes(32), "receipt")
        assert watchman.look()["findings"] == [["V02", "log/checkpoint"]]

    def test_the_operators_own_key_decides(self, web: Web, tmp_path: Path) -> None:
        assert Watchman(web.url, tmp_path / "a", KEY).look()["outcome"] == "sound"
        other = Watchman(web.url, tmp_path / "b", OTHER)
        assert other.look()["findings"] == [["V10", "entry 0"], ["V02", "log/checkpoint"]]
        whole = Watchman(web.url, tmp_path / "c", OTHER).look(whole=True)
        assert ["V02", "log/checkpoint"] in whole["findings"]

    def test_a_new_process_goes_on_from_the_file(
        self, site: Published, web: Web, tmp_path: Path
    ) -> None:
        Watchman(web.url, tmp_path / "memory").look()
        self.forge(web, 16, bytes(32))
        fresh = Watchman(web.url, tmp_path / "memory")
        assert ["W02", "log/checkpoint"] in fresh.look()["findings"]

    def test_two_processes_that_saw_two_histories_forget_neither(
        self, web: Web, tmp_path: Path
    ) -> None:
        """Each follows what its process saw last, and the slower one wrote over the other's."""
        one, other = (Published(tmp_path / name / "p", web.public.parent) for name in "ab")
        for site, stations in ((one, ("001",)), (other, ("002", "003"))):
            site.take(*(form(site, tps) for tps in stations))
            site.show()
        slow, fast = (Watchman(web.url, tmp_path / "memory") for _ in range(2))
        assert [each.look()["size"] for each in (slow, fast)] == [16, 16]
        start = (tmp_path / "memory").read_bytes()
        web.public = one.public
        assert fast.look()["size"] == 17
        web.public = other.public
        fork = ["W02", "log/checkpoint"]
        for each in (slow, fast, Watchman(web.url, tmp_path / "memory"), slow):
            assert fork in each.look()["findings"]
        (tmp_path / "memory").write_bytes(start)  # both read it before either wrote
        assert slow.look()["outcome"] == "sound"
        for _ in range(2):
            assert fork in fast.look()["findings"]

    BAD = (
        b"", b"{", b"[]", b"null", b"{}", b"\xff", b'{"vkey": 1, "checkpoint": 2, "shown": 0}',
        b"[" * 100_000, b"x" * 1_000_000, "forged",
    )  # fmt: skip

    @pytest.mark.parametrize("case", range(len(BAD)))
    def test_a_file_of_no_use_is_forgotten(self, web: Web, tmp_path: Path, case: int) -> None:
        bad: Any = self.BAD[case]
        memory = tmp_path / "memory"
        Watchman(web.url, memory).look()
        kept = json.loads(memory.read_bytes())
        if bad == "forged":
            bad = json.dumps(kept | {"checkpoint": kept["checkpoint"].replace("16", "99")}).encode()
        memory.write_bytes(bad)
        assert Watchman(web.url, memory).look()["outcome"] == "sound"
        assert json.loads(memory.read_bytes()) == kept

    def test_a_file_that_cannot_be_read_forgives_no_fork(self, web: Web, tmp_path: Path) -> None:
        (tmp_path / "memory").mkdir()
        with pytest.raises(IsADirectoryError):
            Watchman(web.url, tmp_path / "memory").look()

    def test_a_file_that_cannot_be_written_is_done_without(self, web: Web, tmp_path: Path) -> None:
        watchman = Watchman(web.url, tmp_path / "no folder" / "memory")
        assert [watchman.look()["outcome"] for _ in range(2)] == ["sound", "sound"]

    def test_what_was_seen_with_another_operators_key_is_forgotten(
        self, web: Web, tmp_path: Path
    ) -> None:
        Watchman(web.url, tmp_path / "memory").look()
        other = Watchman(web.url, tmp_path / "memory", OTHER)
        assert ["V10", "entry 0"] in other.look()["findings"]


class TestClaim:
    def test_a_site_that_lags_once_is_counted_and_twice_is_a_doubt(
        self, site: Published, watchman: Watchman
    ) -> None:
        watchman.look()
        site.take(form(site))
        said = watchman.look()
        assert (said["outcome"], said["lag"], watchman.measured["Lag"]) == ("sound", 1, 1)
        for number in ("002", "003"):
            said = watchman.look()
            assert (said["outcome"], said["undecided"]) == ("undecided", [["W03", "site.json"]])
            assert (watchman.measured["Undecided"], watchman.measured["Findings"]) == (1, 0)
            site.take(form(site, number))
        site.show()
        assert (watchman.look()["outcome"], watchman.measured["Lag"]) == ("sound", 0)

    def test_a_site_that_lags_and_moves_is_sound(self, site: Published, watchman: Watchman) -> None:
        watchman.look()
        for number in ("001", "002"):
            site.take(form(site, number))
            assert watchman.look()["outcome"] == "sound"
            site.show()

    @pytest.mark.parametrize(
        "changed",
        [{"root": "A" * 43 + "="}, {"size": 99}, {"data_next": 99}, {"size": -1}, {"release": "x"}],
        ids=str,
    )
    def test_a_wrong_claim(
        self, site: Published, web: Web, watchman: Watchman, changed: dict[str, Any]
    ) -> None:
        claim = json.loads((site.public / "site.json").read_bytes()) | changed
        web.answers["/site.json"] = body(json.dumps(claim, separators=(",", ":")).encode())
        assert watchman.look()["findings"] == [["V14", "site.json"]]

    def test_an_older_claim_with_a_root_of_its_own(self, site: Published, web: Web) -> None:
        """The root of a smaller size is held against the tiles, not believed."""
        site.take(form(site))
        site.show()
        watchman = Watchman(web.url, site.folder / "memory")
        claim = json.loads((site.public / "site.json").read_bytes())
        claim |= {"size": 16, "data_size": 16, "data_next": 16}
        web.answers["/site.json"] = body(json.dumps(claim, separators=(",", ":")).encode())
        assert watchman.look()["findings"] == [["V14", "site.json"]]

    def test_what_a_cache_may_have_made_up_is_looked_at_again(
        self, site: Published, web: Web, watchman: Watchman
    ) -> None:
        """site.json of now beside a checkpoint of five seconds ago."""
        old = (site.public / "log/checkpoint").read_bytes()
        site.take(form(site))
        site.show()

        def once(handler: BaseHTTPRequestHandler) -> None:
            del web.answers["/log/checkpoint"]
            body(old)(handler)

        web.answers["/log/checkpoint"] = once
        watchman.look()  # entry 0's bundle is named by the checkpoint: this look learns the key
        web.answers["/log/checkpoint"] = once
        assert watchman.look()["outcome"] == "sound"


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.close_connection = True
    while True:
        handler.wfile.write(b"a" * 65_536)


def drip(start: bytes) -> outside.Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.wfile.write(start)
        for _ in range(3_000):
            handler.wfile.write(b"a")
            handler.wfile.flush()
            time.sleep(0.02)

    return answer


class TestBadServers:
    """None of them is a finding by itself, none raises, and each ends."""

    def test_an_endless_body(self, web: Web, watchman: Watchman) -> None:
        web.answers["/site.json"] = endless
        assert watchman.look()["findings"] == [["V14", "site.json"]]
        web.answers["/log/checkpoint"] = endless
        said = Watchman(web.url, Path("/nowhere")).look()
        assert ["V02", "entry 0"] in said["findings"]

    @pytest.mark.parametrize("path", ["/site.json", "/log/checkpoint"])
    @pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "])
    def test_a_slow_drip(
        self,
        web: Web,
        watchman: Watchman,
        monkeypatch: pytest.MonkeyPatch,
        path: str,
        start: bytes,
    ) -> None:
        monkeypatch.setattr(outlook, "GLANCE_S", 0.5)
        web.answers[path] = drip(start)
        said = watchman.look(whole=True)
        assert (said["outcome"], said["undecided"][0][0]) == ("undecided", "V23")
        assert watchman.measured == {"Runs": 1, "Findings": 0, "AuditsDone": 0}

    @pytest.mark.usefixtures("no_pauses")
    def test_a_dead_server(self, web: Web, watchman: Watchman) -> None:
        web.close()
        said = watchman.look(whole=True)
        assert (said["outcome"], watchman.measured["AuditsDone"]) == ("undecided", 0)

    @pytest.mark.usefixtures("no_pauses")
    def test_a_server_that_only_fails(self, web: Web, watchman: Watchman) -> None:
        watchman.look()
        web.answers["/log/checkpoint"] = body(b"", 500)
        assert watchman.look()["outcome"] == "undecided"
        web.answers["/log/checkpoint"] = body(b"", 401)
        assert watchman.look()["outcome"] == "undecided"
        web.answers.clear()
        assert watchman.look()["outcome"] == "sound"

    @pytest.mark.usefixtures("no_pauses")
    def test_a_server_that_hangs_up(self, web: Web, watchman: Watchman) -> None:
        def hang_up(handler: BaseHTTPRequestHandler) -> None:
            handler.close_connection = True

        web.answers["/site.json"] = hang_up
        assert watchman.look()["outcome"] == "undecided"

    def test_one_that_sends_somewhere_else(self, web: Web, watchman: Watchman) -> None:
        def elsewhere(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(302)
            handler.send_header("Location", "http://169.254.169.254/latest/meta-data/")
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        web.answers["/site.json"] = elsewhere
        assert watchman.look()["outcome"] == "undecided"

    def test_an_audit_ends_with_the_time_of_its_call(
        self, site: Published, watchman: Watchman, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        context = SimpleNamespace(aws_request_id="one", get_remaining_time_in_millis=lambda: 10_100)
        monkeypatch.setattr(outlook, "look", _slow(outlook.look))
        said = watchman.look(context, whole=True)
        assert (said["outcome"], said["request"]) == ("undecided", "one")
        assert watchman.measured["Findings"] == 0


def _slow(look: Any) -> Any:
    def slowly(*arguments: Any) -> Any:
        found = look(*arguments)
        time.sleep(0.2)
        return found

    return slowly


def test_the_log_line_never_repeats_what_the_site_says(web: Web, watchman: Watchman) -> None:
    web.answers["/site.json"] = body(b'{"pair_1": 123456}')
    web.answers["/log/checkpoint"] = body(b"\x1b[31m pair_1 123456")
    watchman.look(whole=True)
    text = json.dumps(watchman.lines)
    assert "123456" not in text
    assert "\\u001b" not in text
