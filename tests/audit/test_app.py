"""The officers' app at an address or in a folder, held against what the operators signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from scripts.build_app import LIST, write
from tests.audit.listening import Listening
from tests.audit.shelf import Portal
from tests.core.ledger.realm import Realm
from tests.core.statements import builders

from rekap.desk.main import main
from rekap.portal.store.headers import content_type

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The app as it is built; square codes or not."""
    return write(tmp_path_factory.mktemp("app"))


def laid(folder: Path, files: Files) -> Path:
    """Write files into a folder; return it."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def _site(folder: Path, *lists: bytes) -> Path:
    """A site whose log names these lists, one after the other."""
    realm = Realm(other=False)
    for data in lists:
        digest = hashlib.sha256(data).hexdigest()
        realm.done(builders.app(files=digest), *realm.operators)
    return laid(folder, Portal(realm.entries, realm.origin).whole())


@pytest.fixture(scope="module")
def site(app: Files, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _site(tmp_path_factory.mktemp("site"), b"an earlier list", app[LIST])


def verdict(site: Path, app: str | Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The verdict of `rekap verify --app`, its pages aside."""
    main(["verify", str(site), "--pages", "none", "--app", str(app), "--json"])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def places(told: dict[str, Any], name: str = "failures") -> list[str]:
    return [one["place"] for one in told[name] if one["check"] == "V25"]


def test_the_app_that_the_log_names_is_told_with_its_entry(
    app: Files, site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = laid(tmp_path, app)
    told = verdict(site, folder, capsys)
    assert places(told) == places(told, "undecided") == []
    main(["verify", str(site), "--pages", "none", "--app", str(folder)])
    index = len(list(site.glob("bukti/*.json"))) - 1
    shown = f"{len(app) - 1} berkas sama dengan catatan {index}"
    assert shown in " ".join(capsys.readouterr().out.split())


def test_an_app_of_another_file_is_refuted_and_named(
    app: Files, site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = laid(tmp_path, app)
    paths = sorted(app.keys() - {LIST})
    for some in (paths[::2], paths[1::2]):
        named = [f"--app {path}" for path in some]
        for path in some:
            (folder / path).write_bytes(app[path] + b"\n")
        assert sorted(places(verdict(site, folder, capsys))) == named
        for path in some:
            (folder / path).unlink()
        assert sorted(places(verdict(site, folder, capsys))) == named
        laid(folder, app)
    (folder / "more.js").write_bytes(b"")
    assert places(verdict(site, folder, capsys)) == ["--app more.js"]


def test_an_app_of_one_file_is_held_like_every_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = b"<!DOCTYPE html>"
    listed = json.dumps({"index.html": hashlib.sha256(page).hexdigest()}).encode()
    site = _site(tmp_path / "site", listed)
    folder = laid(tmp_path / "app", {LIST: listed, "index.html": page})
    told = verdict(site, folder, capsys)
    assert (places(told), told["facts"]["app"]["files"]) == ([], 1)
    (folder / "more.js").write_bytes(b"")
    assert places(verdict(site, folder, capsys)) == ["--app more.js"]


@pytest.mark.parametrize("data", [b"an earlier list", b"{}\n", None])
def test_a_list_that_nobody_signed_is_refuted(
    app: Files, site: Path, tmp_path: Path, data: bytes | None,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """An earlier app is another app too: officers who have it sign in what was replaced."""
    folder = laid(tmp_path, app)
    (folder / LIST).unlink() if data is None else (folder / LIST).write_bytes(data)
    assert places(verdict(site, folder, capsys)) == [f"--app {LIST}"]


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"[" * 60_000, b"{}", b'{"index.html":1}', b'{"index.html":"ab"}',
     json.dumps({"index.html": "0" * 64, "../x": "0" * 64}).encode()],
)  # fmt: skip
def test_a_list_that_was_signed_and_lists_no_app_proves_nothing(
    tmp_path: Path, data: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = laid(tmp_path / "app", {LIST: data, "index.html": b"<!DOCTYPE html>"})
    told = verdict(_site(tmp_path / "site", data), folder, capsys)
    assert places(told) == [f"--app {LIST}"]


def test_a_log_that_names_no_app_says_nothing_of_one(
    app: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = verdict(_site(tmp_path / "site"), laid(tmp_path / "app", app), capsys)
    assert (places(told), places(told, "undecided")) == ([], ["--app"])


class Served:
    """An app at an address; `changes` are answers in place of its files."""

    def __init__(self, files: Files) -> None:
        self.changes: Files = {}
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.lstrip("/")
                known = {"": files["index.html"], **files, **served.changes}
                data = known.get(path)
                self.send_response(404 if data is None else 200)
                self.send_header("content-type", content_type(path or "index.html"))
                self.end_headers()
                self.wfile.write(data or b"")

            def log_message(self, format: str, *arguments: Any) -> None:
                """Say nothing."""

        self.listening = Listening(Handler)


@pytest.fixture
def served(app: Files) -> Iterator[Served]:
    made = Served(app)
    yield made
    made.listening.close()


def test_the_apps_own_address_is_read_too(
    app: Files, site: Path, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    url = served.listening.url
    assert places(verdict(site, url, capsys)) == []
    served.changes[""] = app["index.html"].replace(b"main.js", b"evil.js")
    assert places(verdict(site, url, capsys)) == ["--app"]
    served.changes = {"main.js": b"// another\n"}
    assert places(verdict(site, url, capsys)) == ["--app main.js"]


def test_an_address_that_does_not_answer_is_undecided(
    site: Path, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    served.listening.close()
    told = verdict(site, served.listening.url, capsys)
    assert (places(told), places(told, "undecided")) == ([], ["--app"])
