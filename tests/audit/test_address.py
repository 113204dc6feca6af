"""A site behind an address: few requests, few connections, and a run that goes on after a cut."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from tests.audit.listening import Listening
from tests.audit.shelf import RELEASE, RENDER, SIZE, Files, audit, history, places, published
from tests.core.ledger.world import signer

from rekap.audit import reader, shown
from rekap.audit.commands import verify as verify_command
from rekap.audit.overlay import Ahead, Cached
from rekap.audit.reader import Unreadable, UrlSource
from rekap.core.log import tiles
from rekap.core.signing import note
from rekap.desk import main as command

pytestmark = pytest.mark.usefixtures("remembered")


class Server(Listening):
    """Files in memory behind an address. `asked` are paths, `doors` how often somebody connected.

    After `last` answers every further one is refused. `page`, if any, is answered with 200 where
    there is no file. A folder is answered with its index.html, or with the file in `folders`; with
    the status in `statuses` and the lines of `headers`, both by the path that was asked for. What
    is in `once` is shown the first time.
    """

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.page: bytes | None = None
        self.folders: dict[str, str] = {}
        self.statuses: dict[str, int] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.once: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.doors = 0
        self.last = 1_000_000
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                server.doors += 1
                super().setup()

            def do_GET(self) -> None:
                asked = path = self.path[1:]
                server.asked.append(path)
                if path == "" or path.endswith("/"):
                    path = server.folders.get(path, f"{path}index.html")
                data = server.once.pop(path, server.files.get(path, server.page))
                whole = len(server.asked) <= server.last
                status = server.statuses.get(asked, 200 if data is not None else 404)
                self.send_response(status if whole else 503)
                body = data if data is not None and whole else b"tidak ada"
                for name, value in server.headers.get(asked, {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                pass

        super().__init__(Handler)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(reader.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(verify_command, "current", lambda: RELEASE)
    monkeypatch.setattr(verify_command, "Site", RENDER)
    monkeypatch.setattr(verify_command.os, "cpu_count", lambda: 1)
    made = Server(dict(published()[0]))
    yield made
    made.close()


@pytest.fixture
def small(server: Server) -> Server:
    """The site of 45 entries, for tests that ask for every page."""
    server.files = dict(history()[3])
    return server


def _verify(*words: object) -> int:
    return command.main(["verify", *(str(word) for word in words), "--grace", "0"])


def test_each_file_of_the_log_is_asked_for_once_and_no_entry_alone(server: Server) -> None:
    """Two requests for 256 entries. What may have been replaced meanwhile is read again at last."""
    source = UrlSource(server.url)
    assert audit({}, source=source, pages=0).sound
    source.close()
    twice = ["log/checkpoint", "site.json"] * 2
    once = ["policy.txt", "log/status.json"]
    wanted = [*twice, *once, *(f"log/{path}" for path in tiles.paths_for(SIZE))]
    assert sorted(server.asked) == sorted(wanted)
    assert server.doors <= 7


def test_one_connection_serves_all_pages_and_what_is_not_there(server: Server) -> None:
    source = UrlSource(server.url)
    for path in ("index.html", "tidak-ada", "index.json", "site.json", "tidak/ada", "404.html"):
        assert source.read(path, 10_000_000) == published()[0].get(path)
    source.close()
    assert server.doors == 1


def test_an_address_gives_the_verdict_of_the_folder(small: Server) -> None:
    source = UrlSource(small.url)
    near, far = audit(small.files).as_json(), audit({}, source=source).as_json()
    source.close()
    note = "A file that nothing names cannot be seen behind an address."
    assert far["notes"] == [note, *near["notes"]]
    assert {**far, "notes": 0} == {**near, "notes": 0}


@pytest.mark.parametrize("page", [b"<!DOCTYPE html>\n<title>404", b"\n <HTML lang=id>tidak ada"])
def test_a_host_that_answers_what_it_lacks_with_a_page_of_its_own_is_not_blamed(
    small: Server, page: bytes
) -> None:
    """No status of the writer, no proof of the next entry, no file that was taken away."""
    source = UrlSource(small.url)
    near = audit({}, source=source).as_json()
    source.close()
    small.page = page
    source = UrlSource(small.url)  # what a host shows where nothing is, is asked once
    assert audit({}, source=source).as_json() == near
    gone = ["bukti/5.tlog-proof", "log/tile/0/000.p/45", "index.json"]
    for path in gone:
        del small.files[path]
    report = audit({}, source=source)
    assert source.read("site.json", 0) == b"{"
    source.close()
    assert {(f.place, f.found.en) for f in report.refuted} == {(path, "absent") for path in gone}


@pytest.mark.parametrize("folder", ["", "en/", "pemilihan-contoh/gubernur-90/", "bukti/7/"])
def test_a_page_that_is_another_at_the_address_of_its_folder_is_refuted(
    small: Server, folder: str
) -> None:
    """Links lead to index.html; people type the rest, and a server answers each as it likes."""
    small.files["lain"] = small.files[f"{folder}index.html"].replace(b"1", b"7")
    small.folders[folder] = "lain"
    source = UrlSource(small.url)
    report = audit({}, source=source)
    source.close()
    assert [(one.check.code, one.place) for one in report.refuted] == [("V16", folder or "./")]


def test_a_host_that_has_nothing_at_the_addresses_of_folders_is_not_blamed(small: Server) -> None:
    small.folders = {
        path.removesuffix("index.html"): "nowhere" for path in small.files if "/" in path
    }
    source = UrlSource(small.url)
    assert audit({}, source=source).sound
    source.close()


@pytest.mark.parametrize(("status", "kept"), [(404, "as_of"), (403, "name"), (410, "nothing")])
def test_a_false_page_at_the_address_of_a_folder_is_found_whatever_its_status(
    server: Server, status: int, kept: str
) -> None:
    """Browsers show the body of an error. One that looks like ours is false, another doubtful."""
    folder = "pemilihan-contoh/gubernur-90/"
    false = server.files[f"{folder}index.html"].replace(b"1", b"7")
    false = {
        "as_of": false,
        "name": false.replace(b"as-of", b"keadaan"),
        "nothing": b"<h1>Pasangan 2 menang: 999 suara</h1>",
    }[kept]
    server.files["lain"] = false
    server.folders[folder] = "lain"
    server.statuses[folder] = status
    source = UrlSource(server.url)
    report = audit({}, source=source, pages=1)
    source.close()
    if kept == "nothing":
        assert report.status == 2
        assert [(one.check.code, one.place) for one in report.undecided] == [("V16", folder)]
    else:
        assert [(one.check.code, one.place) for one in report.refuted] == [("V16", folder)]


def test_a_site_whose_host_shows_its_404_html_in_place_of_folders_is_not_blamed(
    server: Server,
) -> None:
    server.folders = {
        path.removesuffix("index.html"): "404.html"
        for path in server.files
        if path.endswith("/index.html")
    }
    server.statuses = dict.fromkeys(server.folders, 404)
    source = UrlSource(server.url)
    assert audit({}, source=source, pages=1).sound
    source.close()
    server.files["404.html"] = server.files["404.html"].replace(b"Halaman", b"Hasil 999")
    source = UrlSource(server.url)
    assert [one.place for one in audit({}, source=source, pages=1).refuted] == ["404.html"]
    source.close()


def test_a_false_page_at_an_address_without_a_slash_is_refuted(server: Server) -> None:
    """What people type. Most hosts lead from there to the address with a slash."""
    place = "pemilihan-contoh/gubernur-90"
    server.files[place] = server.files[f"{place}/index.html"].replace(b"1", b"7")
    source = UrlSource(server.url)
    assert [(f.check.code, f.place) for f in audit({}, source=source, pages=1).refuted] == [
        ("V16", place)
    ]
    del server.files[place]
    server.statuses[place], server.headers[place] = 301, {"Location": f"/{place}/"}
    assert audit({}, source=source, pages=1).sound
    source.close()


@pytest.mark.parametrize("spelling", ["index.html", "", "."])
@pytest.mark.parametrize(
    ("headers", "packed", "status"),
    [
        ({"Content-Type": "text/plain"}, "", 1),
        ({"Content-Type": "text/html; charset=utf-16"}, "", 1),
        ({"Link": "</x.css>; rel=stylesheet"}, "", 1),
        ({"Content-Encoding": "gzip"}, "false", 1),
        ({"Content-Encoding": "gzip"}, "true", 3),
        ({"Content-Encoding": "br"}, "", 2),
        ({"Content-Encoding": "gzip, gzip"}, "", 2),
        ({"Content-Encoding": "gzip"}, "", 2),
    ],
)
def test_no_spelling_of_an_address_shows_another_page_by_its_headers(
    server: Server, spelling: str, headers: dict[str, str], packed: str, status: int
) -> None:
    """Bytes of the true page that a browser reads as others, and bytes nobody can unpack."""
    folder = "pemilihan-contoh/gubernur-90"
    place = folder if spelling == "." else f"{folder}/{spelling}"
    body = true = server.files[f"{folder}/index.html"]
    if packed:
        body = gzip.compress(true if packed == "true" else true.replace(b"1", b"7"))
    server.files["lain"] = true
    server.folders[f"{folder}/"] = "lain"
    server.files["lain" if spelling == "" else place] = body
    server.headers[place] = headers
    source = UrlSource(server.url)
    report = audit({}, source=source, pages=1)
    source.close()
    assert report.status == status
    assert {one.place for one in (*report.refuted, *report.undecided)} <= {place}


@pytest.mark.parametrize("end", ["?lain", "//", "%2e/", "#lain", "/../lain", ".html"])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_what_only_resembles_the_page_is_doubted(
    server: Server, status: int, end: str
) -> None:
    place = "pemilihan-contoh/gubernur-90"
    server.statuses[place] = status
    server.headers[place] = {"Location": f"/{place}{end}"}
    source = UrlSource(server.url)
    report = audit({}, source=source, pages=1)
    source.close()
    assert (report.status, [one.place for one in report.undecided]) == (2, [place])


@pytest.mark.parametrize("status", [201, 203, 206, 300, 303, 400, 451, 500])
def test_a_false_page_with_a_status_that_no_site_has_is_doubted(
    server: Server, status: int
) -> None:
    place = "pemilihan-contoh/gubernur-90"
    server.files[place] = server.files[f"{place}/index.html"].replace(b"1", b"7")
    server.statuses[place] = status
    source = UrlSource(server.url)
    report = audit({}, source=source, pages=1)
    source.close()
    assert (report.status, [one.place for one in report.undecided]) == (2, [place])


def test_a_page_whose_answer_leads_elsewhere_is_refuted(server: Server) -> None:
    place = "pemilihan-contoh/gubernur-90/index.html"
    server.headers[place] = {"Refresh": "0; url=/palsu.html"}
    source = UrlSource(server.url)
    report = audit({}, source=source, pages=1)
    source.close()
    assert [(one.check.code, one.place, one.stands) for one in report.refuted] == [
        ("V16", place, True)
    ]
    assert "Refresh: 0; url=/palsu.html" in report.refuted[0].found.en


def test_a_first_page_with_an_error_as_its_status_is_doubted(server: Server) -> None:
    server.statuses[""] = 404
    server.folders[""] = "nowhere"
    source = UrlSource(server.url)
    report = audit({}, source=source, pages=1)
    source.close()
    assert (report.status, [one.place for one in report.undecided]) == (2, ["./"])
    assert "404" in report.undecided[0].found.en


def test_a_hosts_error_page_that_names_the_request_is_still_its_error_page() -> None:
    """As object storage words it: no two are alike, and none is anybody's false page."""
    body = (
        "<html><h1>404 Not Found</h1><li>Code: NoSuchKey</li><li>Key: {path}</li>"
        "<li>RequestId: {mark}</li><li>HostId: aB+{mark}=</li></html>"
    )
    one, other = (
        body.format(path=path, mark=f"7C4F{number}").encode()
        for number, path in enumerate(("a/b/", "5f5f5f/"))
    )
    assert shown.plain(one, "a/b/") == shown.plain(other, "5f5f5f/")
    assert shown.plain(one.replace(b"Found", b"999"), "a/b/") != shown.plain(other, "5f5f5f/")


def test_a_newer_page_at_the_address_of_its_folder_is_ahead(server: Server) -> None:
    """A publisher replaced it between two reads, and has not come to `site.json`."""
    newer, older, _ = published()
    server.files = {**older, "log/checkpoint": newer["log/checkpoint"], "lain": newer["index.html"]}
    server.files |= {path: data for path, data in newer.items() if path.startswith("log/")}
    server.folders[""] = "lain"
    source = UrlSource(server.url)
    report = audit({}, source=source)
    source.close()
    assert report.refuted == []
    assert [one.place for one in report.ahead] == ["./"]


def test_what_cannot_be_seen_behind_an_address_is_not_blamed_and_said(small: Server) -> None:
    small.files["halaman-liar.html"] = b"<p>"
    source = UrlSource(small.url)
    report = audit({}, source=source)
    source.close()
    assert report.sound
    assert any("cannot be seen behind an address" in note.en for note in report.notes)
    assert places(audit(small.files)) == {"halaman-liar.html"}


def test_a_log_that_took_entries_back_is_seen_by_the_proof_that_is_still_there(
    small: Server,
) -> None:
    """The site of an earlier size, with the proofs of the later one: they cannot be unpublished."""
    older = history()[2]
    proofs = {p: d for p, d in small.files.items() if p.endswith(".tlog-proof")}
    small.files = {**proofs, **older}
    source = UrlSource(small.url)
    report = audit({}, source=source)
    source.close()
    assert [(f.check.code, f.place, f.newer) for f in report.refuted] == [
        ("V02", "log/checkpoint", True)
    ]


# ---------------------------------------------------------------- reading ahead


def test_files_that_were_read_ahead_are_those_that_were_asked_for() -> None:
    files = {str(n): b"%d" % n for n in range(40)}
    with Ahead(Files(files), [(str(n), 9) for n in range(50)]) as ahead:
        for n in (*range(20), 30, 25, *range(20, 50)):
            assert ahead.read(str(n), 9) == files.get(str(n))
        assert ahead.read("7", 0) == b"7"


def test_a_read_that_fails_ahead_fails_where_it_is_asked_for() -> None:
    class Failing(Files):
        def read(self, path: str, limit: int) -> bytes | None:
            if path == "3":
                raise Unreadable("3: broken")
            return super().read(path, limit)

    with Ahead(Failing({"1": b"1"}), [(str(n), 9) for n in range(9)]) as ahead:
        assert ahead.read("1", 9) == b"1"
        with pytest.raises(Unreadable, match="broken"):
            ahead.read("3", 9)
        assert ahead.read("4", 9) is None


def test_a_network_that_answers_everything_with_its_own_page_refutes_nothing() -> None:
    class Captive(Files):
        def read(self, path: str, limit: int) -> bytes | None:
            return b"<html>welcome"[: limit + 1]

        def paths(self, below: str = "") -> None:
            return None

    report = audit({}, source=Captive({}, remote=True))
    assert report.status == 2
    assert [failure.place for failure in report.undecided] == ["log/checkpoint"]
    three = dict.fromkeys(("policy.txt", "site.json", "log/checkpoint"), b"<html>welcome")
    assert audit({**published()[0], **three}).status == 1, "a folder is not a network"


# ---------------------------------------------------------------- a cache


def test_a_second_run_asks_only_for_what_changes(server: Server, tmp_path: Path) -> None:
    assert _verify(server.url, "--pages", 30, "--seed", "x", "--cache", tmp_path) == 3
    first, server.asked = server.asked, []
    assert _verify(server.url, "--pages", 30, "--seed", "x", "--cache", tmp_path) == 3
    assert not [path for path in server.asked if path.startswith("log/tile/")]
    assert not [p for p in server.asked if p.endswith("proof") and p != f"bukti/{SIZE}.tlog-proof"]
    assert len([path for path in first if path.startswith("log/tile/")]) == 5
    assert not list(tmp_path.rglob(".*-*"))


def test_what_is_only_undecided_is_no_reason_to_read_again(server: Server, tmp_path: Path) -> None:
    """The checkpoint lacks a witness: no file of the cache can be to blame."""
    key = note.NoteKey.of("saksi.example/w1", note.COSIGNATURE, signer("saksi-log").public)
    policy = server.files["policy.txt"].decode()
    own = tmp_path / "policy.txt"
    own.write_text(policy.replace("quorum none", f"witness w1 {key.vkey}\nquorum w1"))
    words = (server.url, "--pages", "none", "--policy", own, "--cache", tmp_path / "cache")
    assert _verify(*words) == 2
    server.asked = []
    assert _verify(*words) == 2
    assert not [path for path in server.asked if path.startswith("log/tile/")]


def test_a_run_that_was_cut_goes_on(server: Server, tmp_path: Path) -> None:
    server.last = 6
    assert _verify(server.url, "--pages", "none", "--cache", tmp_path) == 2
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    server.asked, server.last = [], 1_000_000
    assert _verify(server.url, "--pages", "none", "--cache", tmp_path) == 3
    asked = [path for path in server.asked if path.startswith("log/tile/")]
    assert len(asked) == 5 - len(kept)


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-9], lambda data: b"", lambda data: data[::-1]]
)
def test_a_damaged_cache_is_replaced_and_blames_nobody(
    server: Server, tmp_path: Path, damage: object
) -> None:
    assert _verify(server.url, "--pages", 30, "--seed", "x", "--cache", tmp_path) == 3
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    before = {path: path.read_bytes() for path in kept}
    for path in kept:
        path.write_bytes(damage(before[path]))  # type: ignore[operator]
    assert _verify(server.url, "--pages", 30, "--seed", "x", "--cache", tmp_path) == 3
    assert {path: path.read_bytes() for path in kept} == before


def test_a_false_site_is_refuted_with_a_cache_of_true_files(server: Server, tmp_path: Path) -> None:
    """What the address shows counts, not what it showed before."""
    assert _verify(server.url, "--pages", "none", "--cache", tmp_path) == 3
    server.files["log/tile/0/000"] = server.files["log/tile/0/000"][::-1]
    server.files["log/checkpoint"] = history()[-1]["log/checkpoint"]
    assert _verify(server.url, "--pages", "none", "--cache", tmp_path) == 1


def test_a_page_that_was_false_at_first_is_not_forgotten_with_a_damaged_cache(
    server: Server, tmp_path: Path
) -> None:
    words = (server.url, "--pages", 1, "--seed", "x", "--cache", tmp_path)
    assert _verify(*words) == 3
    page = server.files["index.html"]
    for lie, status in ((page, 3), (page.replace(b"Rekap Terbuka", b"Rekap Terbaca"), 1)):
        next(tmp_path.rglob("log/tile/0/000")).write_bytes(b"damaged")
        server.once["index.html"] = lie
        assert _verify(*words) == status


def test_two_sites_share_a_folder_without_sharing_files(server: Server, tmp_path: Path) -> None:
    other = Server(dict(history()[-1]))
    assert _verify(server.url, "--pages", "none", "--cache", tmp_path) == 3
    assert _verify(other.url, "--pages", "none", "--cache", tmp_path) == 3
    other.close()
    assert len(list(tmp_path.iterdir())) == 2


def test_a_file_larger_than_it_can_be_is_not_kept(tmp_path: Path) -> None:
    cached = Cached(Files({"log/tile/0/000": bytes(100)}), tmp_path)
    assert cached.read("log/tile/0/000", 50) == bytes(51)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_cache_that_cannot_be_read_or_written_costs_questions_only(
    server: Server, tmp_path: Path
) -> None:
    assert _verify(server.url, "--pages", "none", "--cache", tmp_path) == 3
    for path in [path for path in tmp_path.rglob("*") if path.is_file()]:
        path.unlink()
        path.mkdir()
        (path / "x").write_bytes(b"")
    assert _verify(server.url, "--pages", "none", "--cache", tmp_path) == 3
    assert not list(tmp_path.rglob(".*-*"))

    class Locked(Files):
        def read(self, path: str, limit: int) -> bytes | None:
            raise Unreadable(f"{path}: Permission denied")

    cached = Cached(Files({"log/tile/0/000": b"x"}), tmp_path)
    cached._kept = Locked({})
    assert cached.read("log/tile/0/000", 9) == b"x"


def test_an_address_that_shows_others_false_tiles_is_not_proved_by_a_cache(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (server.url, "--pages", "none", "--cache", tmp_path, "--lang", "en")
    assert _verify(*words) == 3
    assert "--cache" not in capsys.readouterr().out
    server.files["log/tile/0/000"] = b"false by now"
    assert _verify(*words) == 3
    *_, sentence = capsys.readouterr().out.splitlines()
    assert "files of the log were read from --cache: the address may show others" in sentence


def test_a_cache_of_a_folder_is_no_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _verify(tmp_path, "--cache", tmp_path / "cache") == 2
    assert "--cache hanya untuk alamat" in capsys.readouterr().out
