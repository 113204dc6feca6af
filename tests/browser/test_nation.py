"""The front over portals in a browser: read by everybody, found by name, nothing sideways."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.audit.nation.province import AT, listed, made, read
from tests.audit.nation.test_pages import many, site
from tests.audit.shelf import Files
from tests.browser import axe
from tests.browser.test_browser import browser, opened
from tests.browser.test_search import Quiet

from rekap.audit.nation import places
from rekap.audit.nation.shown import Bounded

__all__ = ["browser"]
pytestmark = pytest.mark.chromium
PAGES = ("index", "portal/p11/index", "portal/p12/index", "cari/index", "cara/index")


def _serve(folder: Path, files: dict[str, bytes]) -> Iterator[str]:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The front over 38 portals, some of each state."""
    yield from _serve(tmp_path_factory.mktemp("nation"), many())


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The front over one portal, with its places."""
    portal = listed(made())
    known = places.read(portal, Bounded(Files(made().files)), {}, AT)
    files = site({portal.id: read(made())}, [portal], known={portal.id: known})
    yield from _serve(tmp_path_factory.mktemp("found"), files)


def test_axe_finds_nothing(browser: Any, nation: str) -> None:
    """On a telephone by day; wide and by night the colours."""
    page, wrong = opened(browser, 360), []
    for name in (*PAGES, "en/index"):
        page.goto(f"{nation}{name}.html")
        for width, scheme, rules in ((360, "light", axe.RULES), (1280, "dark", axe.COLOURS)):
            page.set_viewport_size({"width": width, "height": 740})
            page.emulate_media(color_scheme=scheme)
            wrong += [(name, width, scheme, *one) for one in axe.wrong(page, rules)]
    assert wrong == []
    page.context.close()


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_no_page_scrolls_sideways(browser: Any, nation: str, width: int) -> None:
    page = opened(browser, width)
    for name in PAGES:
        page.goto(f"{nation}{name}.html")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_a_page_breaks_no_rule_of_its_own_policy(browser: Any, nation: str) -> None:
    said: list[str] = []
    page = opened(browser, 360)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for name in PAGES:
        page.goto(f"{nation}{name}.html")
    assert said == []


@pytest.mark.parametrize("folder", ["", "en/"])
def test_a_typed_name_leads_to_the_page_of_the_place_at_its_portal(
    browser: Any,
    found: str,
    folder: str,
) -> None:
    page = opened(browser, 360)
    page.goto(f"{found}{folder}index.html")
    page.fill("#nama", "kelurahan cont")
    page.wait_for_selector("#ketik li a")
    links = page.eval_on_selector_all("#ketik li a", "all => all.map(one => one.href)")
    below = "01/01/1001/index.html"
    assert f"https://p90.example/{folder}pemilihan-contoh/gubernur/{below}" in links
    assert f"https://p90.example/{folder}pemilihan-contoh/bupati/01/1001/index.html" in links
    page.fill("#nama", "tidak ada")
    page.wait_for_selector("#ketik li", state="detached")
    assert page.text_content("#ketik [role=status]")


def test_without_a_script_there_is_the_list(browser: Any, found: str) -> None:
    page = opened(browser, 360, java_script_enabled=False)
    page.goto(f"{found}index.html")
    assert not page.is_visible("#ketik")
    page.click("text=Semua kabupaten dan kota")
    place = page.locator("main .ar a").first
    assert place.get_attribute("href").startswith("https://p90.example/cari/")
