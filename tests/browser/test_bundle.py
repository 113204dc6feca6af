"""A dispute file made in the browser: the command line checks it, and a changed file is named."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.audit import shelf
from tests.browser.test_browser import browser  # noqa: F401 the fixtures
from tests.browser.test_verifier import Served, asked, page, reader, site, twins  # noqa: F401
from tests.script.test_examination import laid

from rekap.audit.bundle import contents
from rekap.audit.commands import bundle as command
from rekap.audit.verdict import SEEN
from rekap.desk.main import main

pytestmark = pytest.mark.chromium


def made(page: Any, site: Served, address: str, folder: Path) -> list[str]:  # noqa: F811
    """Tap the button of an address's sheet, unpack what it saves; the names in their order."""
    asked(page, site, address)
    with page.expect_download() as download:
        page.get_by_role("button", name="Simpan berkas sengketa").click()
    assert download.value.suggested_filename == f"berkas-{address.replace('/', '-')[:-1]}.zip"
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as packed:
        assert packed.testzip() is None
        packed.extractall(folder)
        return packed.namelist()


def test_a_file_of_a_kelurahan_is_checked_without_a_network(
    page: Any,  # noqa: F811
    site: Served,  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(command, "current", lambda: shelf.RELEASE)  # that the site's log names
    kelurahan = twins(site, lambda t: t["page"] == "region" and t["region"]["level"] == "kelurahan")
    address = kelurahan[0]["address"]
    folder = tmp_path / "berkas"
    names = made(page, site, address, folder)
    first = f"bukti/001-{address.replace('/', '-')[:-1]}.json"
    assert [name for name in names if not name.startswith("bukti/")] == [
        "berkas.html", "jangkar.txt", "periksa.html", "isi.txt"
    ]  # fmt: skip
    assert first in names
    assert main(["bundle", "--check", str(folder)]) == 0
    public = laid(tmp_path / "site", site.files)
    assert main(["bundle", str(public), "--check", str(folder)]) == SEEN
    capsys.readouterr()

    away = page.context.browser.new_context(offline=True).new_page()
    away.goto((folder / "periksa.html").as_uri())
    away.locator("input[type=file]").set_input_files(folder / first)
    away.wait_for_selector("#lembar[data-state=done]")
    heads = away.locator("#lembar article").evaluate_all("all => all.map(one => one.dataset.head)")
    assert heads == ["proved"]

    away.goto((folder / "berkas.html").as_uri())
    assert away.locator("article.lembar").first.is_visible()
    assert not away.locator("script, button").count()
    away.context.close()

    told = (folder / first).read_bytes()
    (folder / first).write_bytes(told.replace(b"pair_1", b"pair_2", 1))
    assert main(["bundle", "--check", str(folder)]) == 1
    assert first in capsys.readouterr().out
    rest = {name: (folder / name).read_bytes() for name in names if name != contents.CONTENTS}
    (folder / contents.CONTENTS).write_bytes(contents.write(rest))
    assert main(["bundle", "--check", str(folder)]) == 0, "who changes a file writes the list anew"
    assert main(["bundle", str(public), "--check", str(folder)]) == 1
    assert first in capsys.readouterr().out
