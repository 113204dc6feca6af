"""Sources that lie, drip, point elsewhere or are no sources: bounded, and never a hang."""

from __future__ import annotations

import contextlib
import gzip
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from tests.audit.listening import Listening

from rekap.audit import reader, shown
from rekap.audit.reader import FolderSource, Unreadable, UrlSource, open_source

Answer = Callable[[BaseHTTPRequestHandler], None]


# ---------------------------------------------------------------- folders


def test_a_folder_is_read_and_listed(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c.json").write_bytes(b"abcdef")
    (tmp_path / "top").write_bytes(b"")
    source = FolderSource(tmp_path)
    assert source.read("a/b/c.json", 100) == b"abcdef"
    assert source.read("a/b/c.json", 3) == b"abcd"
    assert source.read("top", 0) == b""
    assert source.read("a/none", 9) is None
    assert source.read("top/below", 9) is None
    assert sorted(source.paths()) == ["a/b/c.json", "top"]
    assert list(source.paths("a/")) == ["a/b/c.json"]
    assert list(source.paths("none/")) == []


def test_what_is_no_regular_file_is_not_there_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "zero").symlink_to("/dev/zero")
    listening = socket.socket(socket.AF_UNIX)
    with contextlib.chdir(tmp_path):
        listening.bind("socket")
    listening.close()
    names = ["circle", "dangling", "loop", "pipe", "socket", "zero"]
    source = FolderSource(tmp_path)
    assert [source.read(name, 9) for name in (*names, "folder")] == [None] * 7
    assert sorted(source.paths()) == names
    assert list(source.paths("pipe/")) == []


def test_a_link_that_leads_out_of_the_folder_is_no_file(tmp_path: Path) -> None:
    """Whoever copies the folder copies the link; what it leads to is somebody else's."""
    outside, folder = tmp_path / "outside", tmp_path / "site"
    for place in (outside, folder / "a"):
        place.mkdir(parents=True)
    for file in (outside / "x", folder / "a" / "own"):
        file.write_bytes(b"1")
    (folder / "page").symlink_to(outside / "x")
    (folder / "way").symlink_to(outside, target_is_directory=True)
    (folder / "back").symlink_to("a/own")
    (tmp_path / "shown").symlink_to(folder, target_is_directory=True)
    (tmp_path / "site2").mkdir()
    (tmp_path / "site2" / "x").write_bytes(b"1")
    (folder / "beside").symlink_to(tmp_path / "site2" / "x")
    for source in (FolderSource(folder), FolderSource(tmp_path / "shown")):
        assert source.read("page", 9) is None
        assert source.read("way/x", 9) is None
        assert source.read("beside", 9) is None
        assert source.read("back", 9) == source.read("a/own", 9) == b"1"
        assert {"page", "way", "beside"} <= set(source.paths())


def test_folders_deeper_than_a_path_can_be_are_a_name_too_many(tmp_path: Path) -> None:
    (tmp_path / "false").write_bytes(b"")
    place = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("x" * 250, dir_fd=place)
        below = os.open("x" * 250, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = below
    os.close(place)
    deep, *others = sorted(FolderSource(tmp_path).paths(), key=len, reverse=True)
    assert others == ["false"]
    assert len(deep) > 3_000
    assert set(deep) == {"x", "/"}


def test_a_folder_that_may_not_be_read_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        FolderSource(tmp_path / "none")
    with pytest.raises(Unreadable):
        FolderSource(tmp_path).read("x" * 300, 9)


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/", "https://", "https://u:p@a.example/", "https://a.example/?q",
     "https://a.example/#f", "https://a.example:x/", "https://a.example:99999/"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Unreadable):
        open_source(url)


def test_the_base_of_an_address() -> None:
    assert UrlSource("https://a.example").name == "https://a.example/"
    assert UrlSource("https://a.example/replay/index.html").name == "https://a.example/replay/"
    assert UrlSource("http://a.example:81/replay").name == "http://a.example:81/replay/"
    assert UrlSource("http://[::1]:81/").name == "http://[::1]:81/"
    assert UrlSource("http://[::1]/a").name == "http://[::1]/a/"


# ---------------------------------------------------------------- sites


class Site(Listening):
    """A web server on this machine whose answers a test writes."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked.append(self.path)
                site.answers.get(self.path, _status(404))(self)

            def log_message(self, *arguments: object) -> None:
                pass

        super().__init__(Handler)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(reader.time, "sleep", lambda seconds: None)
    made = Site()
    yield made
    made.close()


def _status(code: int, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def _body(data: bytes, length: int | None = None, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(data) if length is None else length))
        handler.end_headers()
        handler.wfile.write(data)
        if length is not None:
            handler.close_connection = True

    return answer


def test_a_site_is_read(site: Site) -> None:
    site.answers["/a/b.json"] = _body(b"abcdef")
    source = UrlSource(site.url)
    assert source.read("a/b.json", 100) == b"abcdef"
    assert source.read("a/b.json", 3) == b"abcd"
    assert source.read("a/b.json", 6) == b"abcdef"
    assert source.read("none", 9) is None
    assert source.paths() is None
    source.close()


@pytest.mark.parametrize("code", [403, 404, 410])
def test_what_storage_answers_for_a_missing_object_is_absent(site: Site, code: int) -> None:
    site.answers["/x"] = _status(code)
    source = UrlSource(site.url)
    assert source.read("x", 9) is None
    source.close()


@pytest.mark.parametrize("code", [500, 503, 429])
def test_a_refusal_is_tried_again_and_then_unreadable(site: Site, code: int) -> None:
    site.answers["/x"] = _status(code)
    with pytest.raises(Unreadable, match=str(code)):
        UrlSource(site.url).read("x", 9)
    assert len(site.asked) == 4


def test_a_server_that_is_gone_is_given_up_and_one_that_stumbles_is_not(site: Site) -> None:
    source = UrlSource(site.url)
    site.answers["/there"] = _body(b"x")
    site.answers |= {f"/{n}": _status(401) for n in range(20)}
    for n in range(7):
        with pytest.raises(Unreadable, match="401"):
            source.read(str(n), 9)
    assert source.read("there", 9) == b"x"
    assert source.read("none", 9) is None
    for n in range(8):
        with pytest.raises(Unreadable, match="401"):
            source.read(str(n), 9)
    asked = len(site.asked)
    for path in ("8", "there"):
        with pytest.raises(Unreadable, match=f"{path}: given up after 8 files"):
            source.read(path, 9)
    assert len(site.asked) == asked
    source.close()


def test_another_answer_is_unreadable_at_once(site: Site) -> None:
    site.answers["/x"] = _status(401)
    with pytest.raises(Unreadable, match="401"):
        UrlSource(site.url).read("x", 9)
    assert len(site.asked) == 1


def test_a_refusal_that_passes(site: Site) -> None:
    def busy(handler: BaseHTTPRequestHandler) -> None:
        site.answers["/x"] = _body(b"now")
        _status(503)(handler)

    site.answers["/x"] = busy
    source = UrlSource(site.url)
    assert source.read("x", 9) == b"now"
    source.close()


def test_a_cut_body_is_unreadable_not_wrong(site: Site) -> None:
    site.answers["/x"] = _body(b"half", length=8)
    with pytest.raises(Unreadable):
        UrlSource(site.url).read("x", 100)


def test_a_redirect_to_another_spelling_of_the_page_is_followed(site: Site) -> None:
    """As hosts of files do; relative, of the root, or whole."""
    way = {"/x": ("/x/", f"{site.url}x/", "x/"), "/x/": ("index.html", "/x/index.html")}
    for asked, targets in way.items():
        for target in targets:
            site.answers = {asked: _status(301, Location=target)}
            end = "/x/" if asked == "/x" else "/x/index.html"
            site.answers[end] = _body(b"here")
            source = UrlSource(site.url)
            assert source.read(asked[1:], 9) == b"here"
            source.close()


@pytest.mark.parametrize(
    "target",
    ["/y", "/x/?1", "?1", "/x/#a", "/\\evil.example/x/", "///evil.example/x/", "//evil.example/x/",
     "http:\\\\evil.example/x/", "http:///x/", "https:///x/", "http:x/", "file:///etc/passwd",
     "http://169.254.169.254/x/", "http://u@127.0.0.1/x/", "http://127.0.0.1:1/x/", "/x/\t", "/ x/",
     "http://localhost/x/", "", "/%78/", "x/index.html", "/x/index.htm"],
)  # fmt: skip
def test_a_redirect_that_browsers_may_follow_elsewhere_is_refused(site: Site, target: str) -> None:
    site.answers = {"/x": _status(302, Location=target)}
    site.answers |= {f"/{path}": _body(b"there") for path in ("x/", "y", "evil.example/x/")}
    source = UrlSource(site.url)
    with pytest.raises(Unreadable, match="redirected to '"):
        source.read("x", 9)
    source.close()
    assert site.asked == ["/x"]


@pytest.mark.parametrize("letters", [199, 200, 201, 9_000])
def test_of_a_redirect_no_more_is_told_than_a_line_holds(site: Site, letters: int) -> None:
    """What a host answers is not ours: it may fill no log of a reader."""
    target = "/" + "y" * (letters - 1)
    site.answers = {"/x": _status(302, Location=target)}
    source = UrlSource(site.url)
    with pytest.raises(Unreadable) as told:
        source.read("x", 9)
    source.close()
    assert str(told.value).endswith(f"redirected to {target[:200]!r}")


@pytest.mark.parametrize(
    ("old", "new"),
    [("http://a.example/x", "https://a.example/x"), ("http://a.example/x", "https://a.example/x/"),
     ("http://a.example:81/x/", "https://a.example/x/"),
     ("https://a.example/x/index.html", "https://a.example:443/x/")],
)  # fmt: skip
def test_a_redirect_to_https_of_the_same_host_is_followed(old: str, new: str) -> None:
    assert shown.leads(old, new) == new
    assert shown.leads(new, old) in {None, old if "443" in new else None}


@pytest.mark.parametrize(
    ("name", "value"),
    [("Refresh", "0; url=/palsu.html"), ("refresh", "9"), ("Link", "</e.css>; rel=stylesheet"),
     ("Link", '<a>; rel=next, </e.css>; REL="preload Stylesheet"'),
     ("Link", '</e.css>; rel="preload, stylesheet"'), ("Link", '</e.css>; rel="a; stylesheet"'),
     ("Link", """</e.css>; rel="it's stylesheet\""""), ("Link", '</e.css>; rel="style\\sheet"'),
     ("Content-Type", "text/html; charset=utf-16le"), ("Content-Type", "text/plain"),
     ("Content-Type", "application/xhtml+xml"), ("Content-Type", "text/html; charset=utf-8, x/y")],
)  # fmt: skip
def test_a_header_that_makes_a_browser_show_something_else_is_a_part_of_the_page(
    site: Site, name: str, value: str
) -> None:
    page = b"<!DOCTYPE html><p>1</p>"
    for path in ("/x/", "/x/index.html", "/x"):
        site.answers[path] = _body(page, **{name: value})
    source = UrlSource(site.url)
    for path in ("x/", "x/index.html", "x"):
        found = source.read(path, 500)
        assert found is not None
        assert found.startswith(f"header of the answer: {name}: {value}".encode())
        assert found.endswith(page)
    source.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [("Content-Type", "text/html"), ("Content-Type", "Text/HTML;charset=UTF-8"),
     ("Content-Type", 'text/html; charset="utf-8"'), ("Link", "</a>; rel=canonical"),
     ("X-Frame-Options", "DENY"), ("Content-Language", "id")],
)  # fmt: skip
def test_headers_of_hosts_that_change_nothing_are_none_of_ours(
    site: Site, name: str, value: str
) -> None:
    site.answers["/x/"] = _body(b"<p>1</p>", **{name: value})
    source = UrlSource(site.url)
    assert source.read("x/", 500) == b"<p>1</p>"
    source.close()


@pytest.mark.parametrize(
    ("value", "right"),
    [("text/css", True), ("Text/CSS; charset=UTF-8", True), ("text/plain", False),
     ("text/html", False), ("text/css; charset=utf-16le", False)],
)  # fmt: skip
def test_a_sheet_that_a_browser_would_not_take_is_another_file(
    site: Site, value: str, right: bool
) -> None:
    site.answers["/aset/gaya-0.css"] = _body(b"a{}", **{"Content-Type": value})
    source = UrlSource(site.url)
    found = source.read("aset/gaya-0.css", 500)
    assert found is not None
    assert (found == b"a{}") == right
    source.close()


def test_a_circle_of_redirects_ends(site: Site) -> None:
    site.answers["/x"] = _status(302, Location="/x")
    with pytest.raises(Unreadable, match="redirects"):
        UrlSource(site.url).read("x", 9)
    assert len(site.asked) == 4


def test_packed_bodies_are_unpacked_only_as_far_as_asked(site: Site) -> None:
    site.answers["/x"] = _body(gzip.compress(b"abcdef"), Content_Encoding="gzip")
    site.answers["/bomb"] = _body(gzip.compress(bytes(50_000_000)), Content_Encoding="gzip")
    site.answers["/cut"] = _body(gzip.compress(b"abcdef")[:-9], Content_Encoding="gzip")
    site.answers["/other"] = _body(b"abcdef", Content_Encoding="br")
    source = UrlSource(site.url)
    assert source.read("x", 100) == b"abcdef"
    assert source.read("bomb", 1_000) == bytes(1_001)
    for path in ("cut", "other"):
        with pytest.raises(Unreadable):
            source.read(path, 100)
    source.close()


@pytest.mark.parametrize("more", [b"<script>", gzip.compress(b"<script>", mtime=0)])
def test_what_follows_a_packed_body_is_part_of_what_was_served(site: Site, more: bytes) -> None:
    """Some programs unpack it, some drop it: readers and verifier must not see two bodies."""
    page = b"<p>true</p>" * 9_000
    for path, size in (("/x", 1), ("/y", 70_000)):
        body = gzip.compress(page) + more * (size // len(more) + 1)
        site.answers[path] = _body(body, Content_Encoding="gzip")
    site.answers["/z"] = _body(gzip.compress(page), Content_Encoding="gzip")
    source = UrlSource(site.url)
    for path in ("x", "y"):
        for limit in (len(page), 1_000_000):
            found = source.read(path, limit)
            assert found is not None
            assert found[: len(page)] == page
            assert len(page) < len(found) <= limit + 1
    assert source.read("z", len(page)) == page
    source.close()


def test_an_endless_body_ends_where_the_reader_has_enough(site: Site) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.close_connection = True
        try:
            while True:
                handler.wfile.write(bytes(65_536))
        except OSError:
            return

    site.answers["/x"] = endless
    source = UrlSource(site.url)
    assert source.read("x", 100_000) == bytes(100_001)
    source.close()


def test_a_slow_body_meets_its_deadline(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 100_000, 40))
    monkeypatch.setattr(reader.time, "monotonic", lambda: next(clock))
    site.answers["/x"] = _body(b"abc")
    told: list[str] = []
    with pytest.raises(Unreadable, match="slower"):
        UrlSource(site.url, told=lambda path, problem: told.append(path)).read("x", 9)
    assert told == ["x"] * 3, "a person who waits for minutes hears why"


@pytest.mark.parametrize("place", ["header", "body"])
def test_a_drip_in_any_place_meets_the_end_that_was_given(site: Site, place: str) -> None:
    """A byte now and then would keep a socket's timeout from ever passing."""
    ended = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        start = b"HTTP/1.1 200 OK\r\n" + (b"\r\n" if place == "body" else b"X: ")
        with contextlib.suppress(OSError):
            handler.wfile.write(start)
            while not ended.wait(0.02):
                handler.wfile.write(b"a")
                handler.wfile.flush()

    site.answers["/x"] = drip
    began = time.monotonic()
    with pytest.raises(Unreadable):
        UrlSource(site.url, until=began + 0.3).read("x", 1_000_000)
    ended.set()
    assert time.monotonic() - began < 60  # not a measurement: without the end it never returns


def test_no_read_begins_after_the_end(site: Site) -> None:
    site.answers["/x"] = _body(b"abc")
    with pytest.raises(Unreadable, match="out of time"):
        UrlSource(site.url, until=time.monotonic() - 1).read("x", 9)
    assert site.asked == []


def test_no_server_is_unreadable(site: Site) -> None:
    source = UrlSource("http://127.0.0.1:1/")
    with pytest.raises(Unreadable):
        source.read("x", 9)


def test_a_folder_with_dots_between_digits_is_a_page() -> None:
    pages = ("e/bupati-90.01", "e/bupati-90.01/", "cari/e/90.01", "e/index.html", "e", "", ".")
    files = ("e/data/forms.csv", "bukti/1/index.json", "bukti/1.tlog-proof", "log/tile/0/000")
    assert [shown.is_page(path) for path in (*pages, *files)] == [True] * 7 + [False] * 4
