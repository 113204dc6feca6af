"""Finding a TPS by typing, in Chromium: on a nested page, on a large one, in both languages."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.browser.test_browser import browser, opened
from tests.publish import samples

from rekap.publish import pages

__all__ = ["browser"]
pytestmark = pytest.mark.chromium


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _twins() -> dict[str, dict[str, Any]]:
    small = samples.area(30)
    small["contests"].append({**small["contests"][0], "id": "bupati", "office": "regent",
                              "address": "pilkada-contoh/bupati-91.01/"})  # fmt: skip
    return {"small": small, "large": samples.area(900, nested=False)}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("cari")
    for name, twin in _twins().items():
        twin["address"] = f"cari/{name}/91.01/"
        files = {
            **dict(pages.editions(twin)),
            f"{twin['address']}index.json": json.dumps(twin).encode(),
        }
        for path, data in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
    serve = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _found(page: Any, typed: str) -> list[str]:
    """What the page offers for a typed text: addresses below the site's base."""
    page.evaluate("document.querySelector('#ketik [role=status]').textContent = ''")
    page.fill("#nama", typed)
    page.wait_for_selector("#ketik [role=status]:not(:empty)")
    return [
        link.split("/", 3)[3]
        for link in page.eval_on_selector_all("#ketik li a", "all => all.map(a => a.href)")
    ]


@pytest.mark.parametrize(("name", "folder"), [("small", ""), ("small", "en/"), ("large", "en/")])
def test_a_name_and_a_number_lead_to_the_tps(
    browser: Any, address: str, name: str, folder: str
) -> None:
    page = opened(browser, 360)
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text))
    page.goto(f"{address}/{folder}cari/{name}/91.01/index.html")
    (kecamatan, *_) = _twins()[name]["kecamatan"]
    code, desa, count = kecamatan["kelurahan"][4][:3]
    way = f"01/{code[9:]}/" if code[6:8] == "01" else f"{code[6:8]}/{code[9:]}/"
    tops = [contest["address"] for contest in _twins()[name]["contests"]]
    assert _found(page, desa.upper()) == [f"{folder}{top}{way}index.html" for top in tops]
    tps = f"{count:03}"
    assert _found(page, f"{desa} TPS {count}") == [
        f"{folder}{top}{way}{tps}/index.html" for top in tops
    ]
    assert _found(page, f"{desa} {count + 1}") == [], "there is no such TPS"
    odd = kecamatan["kelurahan"][0]
    assert _found(page, f"{odd[1]} 901")[0].endswith(f"{odd[0][9:]}/901/index.html")
    assert errors == []


def test_from_disk_the_lists_stand_alone(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "index.html"
    file.write_bytes(pages.render(samples.area()))
    page = opened(browser, 360)
    page.goto(file.as_uri())
    assert not page.is_visible("#nama")
    page.click("summary >> nth=0")
    assert page.is_visible("details[open] a >> nth=0")


def test_the_script_is_small() -> None:
    text = (pages.templates_folder() / "area.js").read_bytes()
    assert len(gzip.compress(text, 9)) <= 1_024
