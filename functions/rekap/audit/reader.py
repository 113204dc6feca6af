"""Where published files are read from: a folder or a URL, never more than asked for.

A source may lie, be cut, be slow or never end. Every read names the most bytes it wants, a URL
has a deadline, redirects stay at their page, and what is no regular file is not there. So the
worst source costs a bounded time and is then reported.
"""

from __future__ import annotations

import errno
import math
import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote, urljoin, urlsplit

from rekap.audit import shown
from rekap.core.errors import RekapError
from rekap.net.client import Answer, Client, Refused, Unfinished, split, take

_OBJECT_SECONDS: Final = 60.0
_MIN_BYTES_PER_SECOND: Final = 32_768
_ATTEMPTS: Final = 4
_SLOW_S: Final = 5.0
"""Seconds of an attempt after which a person who waits is told why."""
_FAILURES: Final = 8
"""Files in a row that cannot be read, after which an address is given up."""
_REDIRECTS: Final = 3
_MOVED: Final = frozenset({301, 302, 307, 308})
_NO_FILE: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO, errno.ENODEV})
"""Nothing, a link that leads to itself, a socket, a device of nothing."""
_PAGE: Final = re.compile(rb"\s*(?:<!doctype html|<html)", re.IGNORECASE)
_START: Final = 256
"""Bytes that tell whether a body is a page."""
_LOST: Final = "404.html"
_LARGEST_LOST: Final = 65_536


Told = Callable[[str, str], None]
"""Hears of a path for which somebody waited long, and why in vain."""


def _nobody(_path: str, _problem: str) -> None:
    """No person waits."""


class Unreadable(RekapError):
    """The source failed, which proves nothing about its content: try again or elsewhere."""


class Doubtful(Unreadable):
    """The address answered, and what it showed cannot be judged: another answer later takes nothing
    of it back.
    """


class Redirected(Doubtful):
    """The address leads elsewhere: what stands there is not the site's."""


class Source(Protocol):
    """Published files by their path below the site's base, '/'-separated, without leading slash.

    Safe to use from threads and forked processes.
    """

    name: str
    remote: bool
    """Read over a network, where a publisher may be at work: worth reading again."""

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the file's first `limit` + 1 bytes at most, or None if there is no such file.

        One byte more than `limit` tells that the file is larger. Raises Unreadable.
        """

    def paths(self, below: str = "") -> Iterator[str] | None:
        """Yield the paths of all files below a folder ("" or "log/"); None: cannot be listed."""


class FolderSource:
    """A folder on this machine: `public/` of a portal, or any copy of it."""

    remote = False

    def __init__(self, folder: Path) -> None:
        """Raises Unreadable if `folder` is not a folder."""
        if not folder.is_dir():
            raise Unreadable(f"{folder}: not a folder")
        self.name = str(folder)
        self._root = os.fspath(folder)
        self._inside = os.path.realpath(folder).rstrip("/") + "/"

    def read(self, path: str, limit: int) -> bytes | None:
        """See Source. Pipes, sockets, devices, folders, links to nothing and links that lead out of
        the folder are no files: what such a link leads to is not what a copy of the folder holds.
        """
        if not os.path.realpath(f"{self._root}/{path}").startswith(self._inside):
            return None
        try:
            descriptor = os.open(f"{self._root}/{path}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            if error.errno in _NO_FILE:
                return None
            raise Unreadable(f"{path}: {error.strerror}") from error
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            return take(lambda size: os.read(descriptor, size), limit)
        except OSError as error:
            raise Unreadable(f"{path}: {error.strerror}") from error
        finally:
            os.close(descriptor)

    def paths(self, below: str = "") -> Iterator[str]:
        """See Source. Links to folders are listed as files and not entered: they could be loops.

        So are folders deeper than the system can name: nothing that is published lies there.
        """
        pending = [below]
        while pending:
            folder = pending.pop()
            try:
                entries = sorted(os.scandir(f"{self._root}/{folder}"), key=lambda entry: entry.name)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                if error.errno != errno.ENAMETOOLONG:
                    raise Unreadable(f"{folder}: {error.strerror}") from error
                yield folder.rstrip("/")
                continue
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(f"{folder}{entry.name}/")
                else:
                    yield f"{folder}{entry.name}"


class UrlSource:
    """A site over HTTP, safe to use from threads; never leaves the host it was given.

    Connections that an answer was read from to its end are kept for the next reads.
    """

    remote = True

    def __init__(self, url: str, until: float = math.inf, told: Told = _nobody) -> None:
        """`until` (of time.monotonic) ends every read, whatever the server does.

        Raises Unreadable if `url` is not an http or https address without user and query.
        """
        try:
            parts = split(url)
        except ValueError as error:
            raise Unreadable(str(error)) from error
        host = str(parts.hostname)
        self._client = Client(host)
        folder = parts.path.removesuffix("index.html").rstrip("/")
        host = f"[{host}]" if ":" in host else host
        netloc = host if parts.port is None else f"{host}:{parts.port}"
        self.name = f"{parts.scheme}://{netloc}{folder}/"
        self._until = until
        self._told = told
        self._failures = 0
        self._words: dict[str, bytes] = {}
        self._nowhere = f"{os.urandom(16).hex()}/"

    def read(self, path: str, limit: int) -> bytes | None:
        """See Source. Tries again after refusals and cuts, with pauses of at most 2 seconds.

        A server that is gone costs its minutes for some files, not for each of thousands. Some
        answer what they lack with a page and 200: a page is no other file that is published.
        """
        if path == shown.BARE and urlsplit(self.name).path == "/":
            return None  # the base of a host has one spelling
        if self._failures >= _FAILURES:
            raise Unreadable(f"{path}: given up after {_FAILURES} files in a row")
        try:
            answer = self._try(path, max(limit, _START))
        except Unreadable:
            self._failures += 1
            raise
        self._failures = 0
        if answer.status in shown.ABSENT:
            body = self._error_page(path, answer) if shown.is_page(path) else None
            return None if body is None else body[: limit + 1]
        found = shown.turned(answer.headers, path) + answer.body
        if shown.is_page(path):
            lacks = not path.endswith((".html", "/")) and self._is_hosts_own(path, found)
            if lacks and shown.is_active(found):
                raise Doubtful(f"{path}: the host's own page, which runs or loads more")
        else:
            lacks = _PAGE.match(found) is not None and self._is_page_for_what_lacks(path)
        return None if lacks else found[: limit + 1]

    def _is_page_for_what_lacks(self, path: str) -> bool:
        """Tell whether the page at the path of another file is what the host shows for none.

        A file may look like a page, as an entry of rubbish does: it stands, whatever it looks like.
        """
        whole = self._try(path, _LARGEST_LOST).body
        return whole == self._own_words(_LOST, there=True) or self._stands_nowhere(path, whole)

    def _error_page(self, path: str, answer: Answer) -> bytes | None:
        """Return what a browser shows where nothing is, if it looks like ours; else nothing is.

        Other words than this host has for what nobody ever wrote are nobody's, and doubtful; so are
        words that may be others at another address.
        """
        body = shown.turned(answer.headers, path, error=True) + answer.body
        if not body or path.endswith(".html"):
            return None
        if path.endswith("./"):
            raise Doubtful(f"{path}: status {answer.status} with a body")
        if body == self._own_words(_LOST, there=True):
            return None
        if body.startswith(shown.MARK) or shown.is_ours(body):
            return body
        if not self._is_hosts_own(path, body):
            raise Doubtful(f"{path}: status {answer.status} with a body that it has only here")
        if shown.is_active(body):
            raise Doubtful(f"{path}: status {answer.status} with a body that runs or loads more")
        return None

    def _is_hosts_own(self, path: str, body: bytes) -> bool:
        """Tell whether a body is what the host shows where nothing is, and not like ours."""
        if body.startswith(shown.MARK) or shown.is_ours(body):
            return False
        return self._stands_nowhere(path, body)

    def _stands_nowhere(self, path: str, body: bytes) -> bool:
        """Tell whether a body is, but for the request, what stands at an address nobody knew."""
        nowhere = self._nowhere
        return shown.plain(body, path) == shown.plain(self._own_words(nowhere), nowhere)

    def _own_words(self, path: str, *, there: bool = False) -> bytes:
        """Return the body of any answer, once: the site's page for what is lost, the host's own.

        With `there` only of a file that is there: it is held against the rendering like others.
        """
        if path not in self._words:
            answer = self._try(path, _LARGEST_LOST)
            is_there = answer.status == HTTPStatus.OK
            self._words[path] = answer.body if is_there or not there else b""
        return self._words[path]

    def _try(self, path: str, limit: int) -> Answer:
        problem = ""
        for attempt in range(_ATTEMPTS):
            if attempt:
                time.sleep(0.25 * 2**attempt)
            if time.monotonic() > self._until:
                problem = f"out of time {problem}".strip()
                break
            began = time.monotonic()
            try:
                bare = path == shown.BARE
                url = self.name.rstrip("/") if bare else urljoin(self.name, quote(path))
                return self._read(url, limit)
            except Unfinished as again:
                problem = str(again)
            except Refused as refused:
                raise Doubtful(str(refused)) from refused
            except (OSError, ValueError) as error:
                problem = f"{type(error).__name__} {error}".strip()
            self._client.close()
            if attempt + 1 < _ATTEMPTS and time.monotonic() - began > _SLOW_S:
                self._told(path, problem)
        raise Unreadable(f"{path}: {problem}")

    def paths(self, below: str = "") -> None:  # noqa: ARG002
        """See Source: a web site cannot be listed."""
        return

    def _read(self, url: str, limit: int) -> Answer:
        patience = _OBJECT_SECONDS + limit / _MIN_BYTES_PER_SECOND
        deadline = min(time.monotonic() + patience, self._until)
        for _ in range(_REDIRECTS + 1):
            answer = self._ask(url, limit, deadline)
            status = answer.status
            if status == HTTPStatus.OK or status in shown.ABSENT:
                return answer
            if status in _MOVED:
                location = answer.header("location") or ""
                target = shown.leads(url, location)
                if target is None:
                    raise Redirected(f"{url}: redirected to {location[:200]!r}")
                url = target
                continue
            if status >= 500 or status == HTTPStatus.TOO_MANY_REQUESTS:
                raise Unfinished(f"status {status}")
            raise Doubtful(f"{url}: status {status}")
        raise Redirected(f"{url}: more than {_REDIRECTS} redirects")

    def _ask(self, url: str, limit: int, deadline: float) -> Answer:
        """Ask for what is at an address of the host; bodies of errors are of 64 KiB at most."""

        def most(status: int) -> int | None:
            if status == HTTPStatus.OK:
                return limit
            return _LARGEST_LOST if status in shown.ABSENT else None

        headers = {"Cache-Control": "no-cache"}
        return self._client.ask(url, deadline, most, headers=headers)

    def close(self) -> None:
        """Close all idle connections; the next read opens another."""
        self._client.close()


def open_source(target: str, told: Told = _nobody) -> Source:
    """Return the source that `target` names: an address with `://`, else a folder.

    Raises:
        Unreadable: no such folder, or not an address.
    """
    return UrlSource(target, told=told) if "://" in target else FolderSource(Path(target))
