"""Answers that Python and a browser would read differently prove nothing; honest ones are read."""

from __future__ import annotations

import re
import socketserver
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from rekap.audit import reader, shown
from rekap.audit.reader import Unreadable, UrlSource
from rekap.net.client import Client

TRUE = b"<!doctype html><title>Rekap</title><p>benar</p>"
LIE = b"<html><h1>PASANGAN 2 MENANG</h1>"
SIZE = str(len(TRUE)).encode()
KIND = b"Content-Type: text/html; charset=utf-8\r\n"


class Raw:
    """Answers every question with the bytes of its path, then closes or keeps the connection."""

    def __init__(self, answers: dict[str, bytes], missing: bytes = b"tidak ada") -> None:
        self.answers = answers
        self.asked: list[str] = []
        raw = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                while line := self.rfile.readline():
                    while self.rfile.readline().strip():
                        pass
                    path = line.split()[1].decode()
                    raw.asked.append(path)
                    lost = b"HTTP/1.1 404 Not Found\r\nContent-Length: %d\r\n\r\n" % len(missing)
                    answer = raw.answers.get(path, lost + missing)
                    self.wfile.write(answer)
                    if b"connection: close" in answer.lower() or answer.startswith(b"HTTP/1.0"):
                        return

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader.time, "sleep", lambda seconds: None)


@pytest.fixture
def read() -> Iterator[object]:
    made: list[Raw] = []

    def ask(answers: dict[str, bytes], path: str, missing: bytes = b"tidak ada") -> bytes | None:
        made.append(Raw({f"/{name}": data for name, data in answers.items()}, missing))
        source = UrlSource(made[-1].url)
        try:
            return source.read(path, 65_536)
        finally:
            source.close()

    yield ask
    for one in made:
        one.close()


def head(*lines: bytes, version: bytes = b"1.1", status: bytes = b"200 OK") -> bytes:
    return (
        b"HTTP/%s %s\r\n" % (version, status) + b"".join(b"%s\r\n" % one for one in lines) + b"\r\n"
    )


def one(size: bytes, data: bytes) -> bytes:
    """A body of one chunk that says `size`."""
    return size + b"\r\n" + data + b"\r\n0\r\n\r\n"


def chunks(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + end


CHUNKED = b"Transfer-Encoding: chunked"
CLOSE = b"Connection: close"
AMBIGUOUS = {
    "chunks in HTTP/1.0": head(CHUNKED, version=b"1.0") + one(b"%x;%s" % (len(TRUE), LIE), TRUE),
    "plain chunks in HTTP/1.0": head(CHUNKED, version=b"1.0") + chunks(TRUE),
    "an extension of a chunk": head(CHUNKED, CLOSE) + one(b"%x;%s" % (len(TRUE), LIE), TRUE),
    "a chunk with a sign": head(CHUNKED, CLOSE) + one(b"+%x" % len(TRUE), TRUE),
    "a chunk in 0x": head(CHUNKED, CLOSE) + one(b"0x%x" % len(TRUE), TRUE),
    "a chunk with an underscore": head(CHUNKED, CLOSE) + one(b"0_%x" % len(TRUE), TRUE),
    "a chunk of another length": head(CHUNKED, CLOSE) + one(b"%x" % (len(TRUE) - 4), TRUE),
    "lines behind the last chunk": head(CHUNKED, CLOSE)
    + chunks(TRUE, end=b"0\r\nRefresh: 0; url=/palsu\r\n\r\n"),
    "chunks and a length": head(CHUNKED, b"Content-Length: " + SIZE, CLOSE) + chunks(TRUE),
    "two encodings of transfer": head(b"Transfer-Encoding: identity, chunked", CLOSE) + TRUE,
    "another encoding of transfer": head(b"Transfer-Encoding: gzip", CLOSE) + TRUE,
    "a length with a sign": head(b"Content-Length: +" + SIZE, CLOSE) + TRUE + LIE,
    "a length with an underscore": head(b"Content-Length: %s_%s" % (SIZE[:1], SIZE[1:]), CLOSE)
    + TRUE + LIE,
    "a length that is none": head(b"Content-Length: banyak", CLOSE) + TRUE,
    "two lengths": head(b"Content-Length: " + SIZE, b"Content-Length: 99", CLOSE) + TRUE + LIE,
    "two lengths in one line": head(b"Content-Length: %s, %s" % (SIZE, SIZE), CLOSE) + TRUE,
    "a line without a colon": head(b"X junk", b"Refresh: 0; url=/palsu", CLOSE) + TRUE,
    "a space before the colon": head(b"Refresh : 0; url=/palsu", b"Content-Length: " + SIZE) + TRUE,
    "a folded line": head(b"X: a", b" Refresh: 0; url=/palsu", b"Content-Length: " + SIZE) + TRUE,
    "a bare CR": head(b"X: a\rRefresh: 0; url=/palsu", b"Content-Length: " + SIZE) + TRUE,
    "a NUL": head(b"X: a\0", b"Content-Length: " + SIZE) + TRUE,
    "lines that end in LF": b"HTTP/1.1 200 OK\nContent-Length: " + SIZE + b"\n\n" + TRUE,
    "an answer before the answer": head(status=b"100 Continue")
    + head(b"Content-Length: " + SIZE) + TRUE,
    "another version": head(b"Content-Length: " + SIZE, version=b"1.2") + TRUE,
    "HTTP/0.9": head(b"Content-Length: " + SIZE, version=b"0.9") + TRUE,
    "a status with more": head(b"Content-Length: " + SIZE, status=b"0200 OK") + TRUE,
}  # fmt: skip


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_an_answer_that_programs_read_differently_proves_nothing(read, name: str) -> None:
    with pytest.raises(Unreadable):
        read({"index.html": AMBIGUOUS[name]}, "index.html")


HONEST = {
    "a length": head(KIND.strip(), b"Content-Length: " + SIZE) + TRUE,
    "no phrase": b"HTTP/1.1 200\r\nContent-Length: " + SIZE + b"\r\n\r\n" + TRUE,
    "until it closes": head(CLOSE) + TRUE,
    "HTTP/1.0": head(KIND.strip(), version=b"1.0") + TRUE,
    "chunks": head(b"transfer-encoding: Chunked") + chunks(TRUE[:5], TRUE[5:6], TRUE[6:]),
    "an empty value": head(b"X-Empty:", b"content-length:" + SIZE) + TRUE,
    "bytes above ASCII": head(b"X: caf\xe9", b"Content-Length: " + SIZE) + TRUE,
}


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_answer_is_read(read, name: str) -> None:
    assert read({"index.html": HONEST[name]}, "index.html") == TRUE


def test_a_body_that_is_cut_is_asked_for_again_and_given_up(read) -> None:
    for body in (b"%x\r\n" % (len(TRUE) + 9) + TRUE, chunks(TRUE, end=b"")):
        with pytest.raises(Unreadable, match=r"IncompleteRead|RemoteDisconnected|cut"):
            read({"index.html": head(CHUNKED, CLOSE) + body}, "index.html")


def test_a_connection_serves_again_behind_chunks() -> None:
    answer = head(CHUNKED) + chunks(TRUE)
    server = Raw({f"/{n}.html": answer for n in range(5)})
    source = UrlSource(server.url)
    assert [source.read(f"{n}.html", 65_536) for n in range(5)] == [TRUE] * 5
    assert len(source._client._idle) == 1
    source.close()
    server.close()


def test_a_connection_that_was_opened_in_a_hurry_is_patient_afterwards() -> None:
    server = Raw({"/a": head(b"Content-Length: " + SIZE) + TRUE})
    client = Client(str(urlsplit(server.url).hostname), seconds=60.0)
    for seconds in (2.0, 90.0):
        until = time.monotonic() + seconds
        assert client.ask(f"{server.url}a", until, lambda _: 65_536).body == TRUE
    ((_, connection),) = client._idle
    assert connection.sock.gettimeout() == 60.0
    client.close()
    server.close()


def test_nobody_else_opens_a_connection() -> None:
    """What is checked in one client is checked for whoever asks."""
    package = Path(__file__).parents[2] / "functions"
    opens = re.compile(
        r"HTTPS?Connection\b|urlopen|create_connection|import urllib3|urllib\.request"
    )
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if opens.search(path.read_text())
    }
    assert found == {"rekap/net/client.py", "rekap/net/deadline.py"}


def page(data: bytes, *lines: bytes, status: bytes = b"200 OK") -> bytes:
    return head(*lines, b"Content-Length: %d" % len(data), status=status) + data


ACTIVE = {
    "refresh behind a slash": b"<meta/http-equiv=refresh CONTENT='0;url=palsu.html'>",
    "refresh in entities": b"<meta http-equiv='&#114;efresh' content='0;url=palsu.html'>",
    "our name in entities": b"<h1>Rekap&#32;Terbuka</h1>",
    "our name in pieces": b"<h1>Rekap <b></b>Terbuka</h1>",
    "a script": b"<script>document.write(location.pathname)</script>",
    "an event": b"<body onload=x()>",
    "a picture beside it": b"<img alt='' src=hasil.png>",
    "a frame": b"<iframe srcdoc='x'></iframe>",
    "a style sheet": b"<link rel=stylesheet href=gaya.css>",
    "a picture in a style": b"<style>body{background:url(hasil.png)}</style>",
    "an import": b"<style>@import 'gaya.css'</style>",
    "another encoding": b"<meta charset=iso-2022-jp>\x1b$B",
    "UTF-16": "\ufeff<h1>Rekap Terbuka</h1>".encode("utf-16-le"),
}


@pytest.mark.parametrize("name", ACTIVE)
def test_an_error_that_may_show_something_else_at_each_address_is_not_nothing(
    read, name: str
) -> None:
    """The host shows it everywhere, so it is its own: what it shows depends on where."""
    assert shown.is_ours(ACTIVE[name]) or shown.is_active(ACTIVE[name])
    if shown.is_ours(ACTIVE[name]):
        assert read({}, "pilkada-2024", missing=ACTIVE[name]) == ACTIVE[name]
    else:
        with pytest.raises(Unreadable, match="runs or loads more"):
            read({}, "pilkada-2024", missing=ACTIVE[name])


def test_an_error_in_another_encoding_is_not_nothing(read) -> None:
    lost = page(b"a", b"Content-Type: text/html; charset=utf-16", status=b"404 Not Found")
    assert read({"pilkada-2024": lost}, "pilkada-2024").startswith(shown.MARK)


PLAIN = {
    "object storage": b"<?xml version='1.0'?>\n<Error><Code>AccessDenied</Code>"
    b"<Message>Access Denied</Message><RequestId>ABC123</RequestId></Error>",
    "nginx": b"<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 "
    b"Not Found</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n",
    "a distribution": b'<HTML><HEAD><META HTTP-EQUIV="Content-Type" CONTENT="text/html; '
    b'charset=iso-8859-1"><TITLE>ERROR</TITLE></HEAD><BODY><H1>404 ERROR</H1>Refresh or try later'
    b"<A HREF='https://host.example/'>help</A></BODY></HTML>",
}


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("path", ["en/", "en", "pilkada-2024/", "d"])
def test_what_hosts_say_where_nothing_is_blames_nobody(read, name: str, path: str) -> None:
    assert read({}, path, missing=PLAIN[name]) is None


def test_a_file_that_looks_like_a_page_is_read_as_it_is(read) -> None:
    """An entry of rubbish, or a bundle whose first entry has a length that spells a tag."""
    rubbish = b"<html>apa saja"
    assert read({"bukti/7.json": page(rubbish)}, "bukti/7.json") == rubbish
    own = page(b"<!doctype html><title>Tidak ada</title>")
    source = {"bukti/7.json": own, "404.html": own}
    assert read(source, "bukti/7.json") is None


def test_data_that_are_sent_as_html_or_lead_elsewhere_are_other_data(read) -> None:
    data = b'{"a":1}\n'
    assert read({"index.json": page(data, b"Content-Type: application/json")}, "index.json") == data
    for line in (b"Content-Type: text/html", b"Refresh: 0; url=https://palsu.example/"):
        found = read({"index.json": page(data, line)}, "index.json")
        assert found is not None
        assert found.startswith(shown.MARK)
    assert (
        read({"log/checkpoint": page(data, b"Content-Type: text/html")}, "log/checkpoint") == data
    )


def test_the_base_of_a_site_is_asked_for_without_its_slash() -> None:
    server = Raw({"/rehearsal": page(LIE), "/rehearsal/": page(TRUE)})
    source = UrlSource(f"{server.url}rehearsal")
    assert source.read(shown.BARE, 65_536) == LIE
    assert source.read("./", 65_536) == TRUE
    source.close()
    server.close()
