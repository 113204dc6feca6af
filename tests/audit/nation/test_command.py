"""`rekap nation`: folders as portals, one front, and what is kept whatever happens."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.audit.nation.province import AT, LATER, Site, grown, made, policy_of, root_of
from tests.audit.shelf import Files

from rekap.audit.commands import files, nation
from rekap.audit.commands.kept import Kept, KeptPortal
from rekap.audit.fork import Fork
from rekap.audit.nation import portals
from rekap.core.errors import Malformed
from rekap.desk.main import main

CODES = ("90", "91")


class Nation:
    """Portals as folders beside a list."""

    def __init__(self, folder: Path, *codes: str) -> None:
        self.folder = folder
        self.codes = codes or CODES
        text = 'format = "rekap-portals/1"\nname = { id = "Pilkada contoh", en = "Example" }\n'
        for code in self.codes:
            text += (
                f'\n[[portals]]\nid = "p{code}"\nname = "Provinsi {code}"\nregions = ["{code}"]\n'
                f'site = "{code}"\nlink = "https://p{code}.example/"\nmode = "rehearsal"\n'
                f'policy = "{code}.txt"\n'
            )
            (folder / f"{code}.txt").write_bytes(policy_of(made(code)).format())
            self.show(made(code))
        self.list = folder / "portals.toml"
        self.list.write_text(text)
        self.front = folder / "front"
        self.kept = folder / "portals.kept"

    def show(self, site: Site) -> None:
        """Let a portal show these files."""
        for path, data in site.files.items():
            place = self.folder / site.code / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)

    def run(self, at: str = AT, *more: str) -> int:
        command = ["nation", str(self.list), "--to", str(self.front), "--at", at, *more]
        return main(command)

    def figures(self) -> dict[str, Any]:
        return json.loads((self.front / "nation.json").read_bytes())

    def states(self) -> dict[str, str]:
        return {one["id"]: one["state"] for one in self.figures()["portals"]}

    def files(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.front)): path.read_bytes()
            for path in sorted(self.front.rglob("*"))
            if path.is_file()
        }


def forked(code: str = "90") -> Site:
    """A checkpoint of the same size with another root; a false list of places does not hide it."""
    site = made(code).edit("cari/index.json", _of_another_portal)
    entries = [*site.entries[:-2], *reversed(site.entries[-2:])]
    site.files["log/checkpoint"] = site.sign(len(entries), root_of(entries, len(entries)))
    return site


def _of_another_portal(search: dict[str, Any]) -> None:
    search["elections"][0]["areas"][0]["code"] = "99.01"


def lying(code: str = "90") -> Site:
    def lie(twin: dict[str, Any]) -> None:
        twin["result"]["pairs"][0]["votes"] += 1_000
        twin["region"]["name"] = "<script>alert(1)</script>"

    return made(code).edit("pemilihan-contoh/gubernur/index.json", lie)


def test_two_folders_become_one_front(tmp_path: Path, capsys) -> None:
    one = Nation(tmp_path)
    assert one.run() == 0
    assert "2 dari 2 portal terbaca" in capsys.readouterr().out
    page = one.files()["index.html"].decode()
    assert "Gubernur Contoh" in page
    assert "Sertifikat bertanda tangan, 3 orang KPU Kabupaten/Kota" in page
    assert "Menurut portal, 1 dari 2 TPS" in page
    assert 'href="https://p90.example/pemilihan-contoh/bupati/index.html"' in page
    english = one.files()["en/index.html"].decode()
    assert 'href="https://p90.example/en/pemilihan-contoh/bupati/index.html"' in english


def test_the_same_portals_and_time_give_the_same_bytes(tmp_path: Path) -> None:
    one = Nation(tmp_path)
    one.run()
    first = one.files()
    one.run()
    assert one.files() == first
    (tmp_path / "again").mkdir()
    other = Nation(tmp_path / "again")
    other.run()
    assert other.files() == first
    other.run(LATER)
    assert other.files()["index.html"] != first["index.html"]


def test_forked_stopped_and_hostile_portals_are_named_and_none_is_believed(
    tmp_path: Path, capsys
) -> None:
    one = Nation(tmp_path, "90", "91", "92", "93")
    assert one.run() == 0
    one.show(forked("90"))
    one.show(lying("91"))
    (tmp_path / "92").rename(tmp_path / "off")
    capsys.readouterr()
    assert one.run(LATER) == 1
    said = capsys.readouterr().out
    for line in ("p90: forked: fork", "p91: refuted: ", "p92: silent: no-answer"):
        assert line in said
    states = {"p90": "forked", "p91": "refuted", "p92": "silent", "p93": "read"}
    assert one.states() == states
    shown = one.files()
    for path in ("index.html", "en/index.html", "portal/p91/index.html"):
        page = shown[path].decode()
        assert "<script>alert" not in page
        assert "1.120" not in page
    rows = {row["portal"]: row for row in one.figures()["contests"]}
    assert {name for name, row in rows.items() if row["votes"]} == {"p93"}
    assert one.figures()["total"]["portals"] == 1
    page = shown["index.html"].decode()
    assert page.index("ditahan dari jumlah</h2>") < page.index('id="pemilihan"')
    for sentence in (
        "Provinsi 90 bercabang.",
        "Provinsi 91 terbantah.",
        "Provinsi 92 tidak menjawab.",
    ):
        assert sentence in page
    assert "Terakhir 1 dari 2 TPS, 21.42 WIB" in page
    Fork.parse(shown["bukti/p90.json"]).verify()


def test_a_fork_stays_named_after_the_portal_shows_the_true_log_again(tmp_path: Path) -> None:
    one = Nation(tmp_path)
    one.run()
    one.show(forked("90"))
    one.run(LATER)
    evidence = (one.kept / "p90" / "fork.json").read_bytes()
    one.show(grown("90"))
    assert one.run("2024-11-28T08:00:00+07:00") == 1
    assert one.states()["p90"] == "forked"
    assert (one.kept / "p90" / "fork.json").read_bytes() == evidence
    assert one.files()["bukti/p90.json"] == evidence


def test_a_portal_that_comes_back_is_believed_again_and_what_was_wrong_is_told(
    tmp_path: Path,
) -> None:
    one = Nation(tmp_path)
    one.run()
    one.show(lying("90"))
    one.run(LATER)
    one.show(made("90"))
    assert one.run("2024-11-28T08:00:00+07:00") == 0
    page = one.files()["portal/p90/index.html"].decode()
    assert "Pernah" in page
    assert "Angka di halaman lain" in page or "Nama di halaman lain" in page


@pytest.mark.parametrize("damage", [b"", b"{}", b"[]", b'{"format":"rekap-reading/1"}', b"\xff"])
def test_a_damaged_reading_costs_a_reading_and_no_memory(tmp_path: Path, damage: bytes) -> None:
    one = Nation(tmp_path)
    one.run()
    for name in ("reading.json", "places.json"):
        (one.kept / "p90" / name).write_bytes(damage)
    one.show(forked("90"))
    one.run(LATER)
    assert one.states()["p90"] == "forked"


@pytest.mark.parametrize("damage", [{"at": "2024-11-27"}, {"rows": [["90.01.01"]]}])
def test_names_that_were_kept_and_are_damaged_are_read_again(
    tmp_path: Path, damage: dict[str, Any]
) -> None:
    one = Nation(tmp_path)
    one.run()
    place = one.kept / "p90" / "places.json"
    known = json.loads(place.read_bytes())
    area = next(iter(known))
    place.write_text(json.dumps({area: {**known[area], **damage}}))
    assert one.run(LATER) == 0
    assert json.loads(place.read_bytes())[area]["rows"] == known[area]["rows"]


def test_a_kept_checkpoint_that_cannot_be_read_is_not_no_checkpoint(tmp_path: Path) -> None:
    one = Nation(tmp_path)
    one.run()
    place = one.kept / "p90" / "checkpoint"
    place.unlink()
    place.mkdir()
    assert one.run(LATER) == 2
    assert one.figures()["held"][0]["code"] == "kept-unreadable"


def test_a_damaged_kept_entry_accuses_nobody(tmp_path: Path) -> None:
    one = Nation(tmp_path)
    one.run()
    for place in (one.kept / "p90" / "entries").iterdir():
        place.write_bytes(b"damaged")
    assert one.run(LATER) == 0


def test_a_reading_of_another_shape_is_not_taken_up(tmp_path: Path) -> None:
    one = Nation(tmp_path)
    one.run()
    place = one.kept / "p90" / "reading.json"
    value = json.loads(place.read_bytes())
    del value["contests"][0]["votes"]
    place.write_text(json.dumps(value))
    (tmp_path / "90").rename(tmp_path / "off")
    assert one.run(LATER) == 2
    assert one.figures()["portals"][0]["contests"] == []


def test_no_folder_of_this_machine_stands_on_the_front(tmp_path: Path) -> None:
    one = Nation(tmp_path)
    (tmp_path / "90").rename(tmp_path / "off")
    one.run()
    assert not [path for path, data in one.files().items() if str(tmp_path).encode() in data]


def test_what_no_run_wrote_is_not_written_over(tmp_path: Path, capsys) -> None:
    one = Nation(tmp_path)
    one.front.mkdir()
    (one.front / "mine.txt").write_text("x")
    assert one.run() == 2
    assert (one.front / "mine.txt").read_text() == "x"


def test_a_second_run_at_the_same_time_is_turned_away(tmp_path: Path, capsys) -> None:
    one = Nation(tmp_path)
    with Kept(one.kept).held():
        assert one.run() == 2
    assert "program lain" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "x = 1", "\xff"])
def test_a_list_that_is_none_is_refused(tmp_path: Path, text: str, capsys) -> None:
    one = Nation(tmp_path)
    one.list.write_text(text, encoding="latin-1")
    assert one.run() == 2
    assert not one.front.exists()


def test_a_program_that_fails_on_one_portal_shows_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Nation(tmp_path)
    whole = nation.Read.run

    def fails(self: Any) -> Any:
        if self.portal.id == "p90":
            raise ZeroDivisionError
        return whole(self)

    monkeypatch.setattr(nation.Read, "run", fails)
    assert one.run() == 2
    assert one.states() == {"p90": "unverified", "p91": "read"}


class Hanging(Files):
    """Files that come when somebody lets them."""

    def __init__(self, site: Site) -> None:
        super().__init__(site.files)
        self.let = threading.Event()

    def read(self, path: str, limit: int) -> bytes | None:
        self.let.wait()
        return super().read(path, limit)


def test_a_portal_that_hangs_holds_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one is read to its end; then time is over, and the hanging one is left."""
    one = Nation(tmp_path)
    listed = portals.parse(one.list.read_bytes(), lambda name: (tmp_path / name).read_bytes())
    hanging, read = Hanging(made("90")), threading.Event()
    ends = nation._Job.run

    def run(self: Any) -> None:
        ends(self)
        if self.portal.id == "p91":
            read.set()

    def opened(site: str, until: float) -> Any:
        return hanging if site == "90" else Files(made(site).files)

    monkeypatch.setattr(nation._Job, "run", run)
    monkeypatch.setattr(nation.time, "monotonic", lambda: 1e9 if read.is_set() else 0.0)
    with Kept(one.kept).held() as kept:
        readings = nation.read_all(listed, kept, AT, 60, opened)
        hanging.let.set()
    states = {name: one["state"] for name, one in readings.items()}
    assert states == {"p90": "silent", "p91": "read"}


def test_a_damaged_copy_of_a_portals_files_accuses_nobody(tmp_path: Path) -> None:
    one = Nation(tmp_path, "90")
    listed = portals.parse(one.list.read_bytes(), lambda name: (tmp_path / name).read_bytes())
    with Kept(one.kept).held() as kept:
        for at, site in ((AT, made()), (LATER, grown())):
            source = Files(site.files, remote=True)
            readings = nation.read_all(listed, kept, at, 60, lambda site, until, on=source: on)
            assert [(one["state"], one["size"]) for one in readings.values()] == [
                ("read", len(site.entries))
            ]
            copies = [path for path in one.kept.rglob("files/*/**/*") if path.is_file()]
            for path in copies:
                path.write_bytes(b"damaged")
            assert copies


def test_a_portal_does_not_fill_the_disk_of_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hostile log shows other entries in each run: their copies ended with the disk alone."""
    one = KeptPortal(tmp_path)
    monkeypatch.setattr("rekap.audit.commands.kept.MAX_COPIES", 100_000)
    one.keep_note(b"checkpoint")
    for index in range(30):
        one.make_room()
        one.keep_entry(index, bytes(9_000))
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.json")) < 120_000
    assert one.entry(29)
    assert one.note() == b"checkpoint"
    for fork in (b"first", b"another"):
        one.keep_fork(fork)
    assert one.fork() == b"first"


class TestCrash:
    """Killed at every write: what was kept is there, and no fork is forgotten."""

    def dies(self, one: Nation, at: int) -> bool:
        """Run, killed just before write number `at`; tell whether there were as many."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # threads of other tests have no part in this
            pid = os.fork()
        if pid == 0:
            done, write = 0, files.write

            def writes(path: Path, data: bytes, **how: Any) -> None:
                nonlocal done
                done += 1
                if done > at:
                    os._exit(9)
                write(path, data, **how)

            files.write = writes  # type: ignore[assignment]
            try:
                one.run(LATER)
            finally:
                os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9

    def test_a_fork_is_remembered_from_the_first_write_on(self, tmp_path: Path) -> None:
        one = Nation(tmp_path, "90")
        one.run()
        before = (one.kept / "p90" / "checkpoint").read_bytes()
        one.show(forked("90"))
        assert self.dies(one, 1)
        Fork.parse((one.kept / "p90" / "fork.json").read_bytes()).verify()
        assert (one.kept / "p90" / "checkpoint").read_bytes() == before
        one.show(grown("90"))
        one.run("2024-11-28T08:00:00+07:00")
        assert one.states()["p90"] == "forked"

    def test_wherever_a_run_dies_the_next_one_ends_like_one_that_did_not(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "whole").mkdir()
        whole = Nation(tmp_path / "whole", "90")
        whole.run()
        whole.show(grown("90"))
        whole.run(LATER)
        wanted = whole.files()
        for at in range(20):
            (tmp_path / str(at)).mkdir()
            one = Nation(tmp_path / str(at), "90")
            one.run()
            front = one.files()
            one.show(grown("90"))
            if not self.dies(one, at):
                break
            assert one.files() in (front, wanted)
            one.run(LATER)
            assert one.files() == wanted
        assert 2 < at < 19


class _Door(BaseHTTPRequestHandler):
    """Serves one portal's files, once the checkpoint without its witness if `mode` is "late"."""

    def do_GET(self) -> None:
        mode, files = self.server.mode, self.server.files  # type: ignore[attr-defined]
        path = self.path.lstrip("/")
        if mode == "late" and path == "log/checkpoint":
            self.server.mode = ""  # type: ignore[attr-defined]
            site = made("90")
            size = len(site.entries)
            bare = site.sign(size, root_of(site.entries, size), cosigned=False)
            files = {**files, path: bare}
        data = files.get(path)
        self.send_response(200 if data is not None else 404)
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def served():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Door)
    server.daemon_threads = True
    server.mode, server.files = "", made("90").files  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


class TestAddress:
    def nation(self, folder: Path, server: Any) -> Nation:
        one = Nation(folder)
        text = one.list.read_text().replace(
            'site = "90"', f'site = "http://127.0.0.1:{server.server_port}/"'
        )
        one.list.write_text(text)
        return one

    def test_an_address_is_read_and_its_tiles_are_kept(self, tmp_path: Path, served: Any) -> None:
        one = self.nation(tmp_path, served)
        assert one.run() == 0
        assert list((one.kept / "p90" / "files").rglob("tile/0/*"))

    def test_a_damaged_cache_accuses_nobody(self, tmp_path: Path, served: Any) -> None:
        one = self.nation(tmp_path, served)
        one.run()
        served.files = grown("90").files
        for place in (one.kept / "p90" / "files").rglob("tile/0/*"):
            if place.is_file():
                place.write_bytes(bytes(len(place.read_bytes())))
        for place in (one.kept / "p90" / "files").rglob("*.p/*"):
            place.write_bytes(bytes(len(place.read_bytes())))
        assert one.run(LATER) == 0

    def test_a_witness_that_is_late_is_waited_for(
        self, tmp_path: Path, served: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one = self.nation(tmp_path, served)
        monkeypatch.setattr(nation, "_PAUSE", 0.01)
        served.mode = "late"
        assert one.run() == 0


def test_a_policy_that_is_not_there_is_a_fault_of_the_list(tmp_path: Path) -> None:
    one = Nation(tmp_path)
    (tmp_path / "90.txt").unlink()
    assert one.run() == 2
    with pytest.raises(Malformed):
        portals.parse(one.list.read_bytes(), nation._policies(one.list))


def test_a_run_that_is_killed_leaves_the_old_front(tmp_path: Path) -> None:
    one = Nation(tmp_path, "90")
    one.run()
    before = one.files()
    one.show(grown("90"))
    command = [sys.executable, "-m", "rekap.desk.main", "nation", str(one.list), "--to"]
    process = subprocess.Popen([*command, str(one.front), "--at", LATER])
    time.sleep(0.6)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert one.files().keys() == before.keys()
    assert one.run(LATER) == 0
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".front")]
