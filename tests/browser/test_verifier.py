"""The verifier in Chromium: its modules on all vectors, pages of a portal, the file to keep.

A site in memory is served from an address of this machine; a test changes single answers.
"""

from __future__ import annotations

import base64
import http.server
import json
import re
import threading
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests import needed
from tests.audit import shelf
from tests.browser.test_browser import launched
from tests.core.ledger.world import signer
from tests.script import cases
from tests.soak import SOAK

from rekap.core import codec, packaged
from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.pages.look import verifier
from rekap.core.statements import model
from rekap.portal.store.headers import content_type

pytestmark = pytest.mark.chromium

HERE = Path(__file__).parents[1] / "script"
WAIT = 120_000
TELEPHONE = {"width": 360, "height": 740}
Files = dict[str, bytes]


class Served:
    """Files at an address; `changes` stand in their place, None for one that is not there.

    A file that is `slow` comes when its event is set.
    """

    def __init__(self, files: Files) -> None:
        self.files = files
        self.changes: dict[str, bytes | None] = {}
        self.slow: dict[str, threading.Event] = {}
        self.asked: list[str] = []
        served = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.lstrip("/").partition("?")[0]
                path += "index.html" if path.endswith("/") or not path else ""
                served.asked.append(path)
                if path in served.slow:
                    served.slow[path].wait(WAIT / 1_000)
                data = served.changes.get(path, served.files.get(path))
                self.send_response(404 if data is None else 200)
                self.send_header("content-type", content_type(path))
                kept = path.endswith(".css")  # the one file that a reader's pages share
                self.send_header("cache-control", "immutable, max-age=99" if kept else "no-store")
                self.end_headers()
                self.wfile.write(data or b"")

            def log_message(self, format: str, *arguments: Any) -> None:
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.base = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from launched(needed.small_chromium())


@pytest.fixture(scope="module")
def site() -> Iterator[Served]:
    modules = verifier.modules(packaged.templates_folder()).items()
    scripts = {f"script/{name}.js": source.encode() for name, source in modules}
    scripts["script/answers.js"] = (HERE / "answers.mjs").read_bytes()
    files = {**shelf.published()[0], **scripts, "script/blank.html": b"<!DOCTYPE html><title>-"}
    made = Served(files)
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def reader(browser: Any) -> Iterator[Any]:
    """One reader of a file of tests: a context for each was a third of their time."""
    context = browser.new_context(viewport=TELEPHONE, locale="id-ID")
    made = context.new_page()
    listen(made)
    yield made
    context.close()


@pytest.fixture
def page(reader: Any, site: Served) -> Any:
    """The reader on an empty page, who remembers nothing of the test before."""
    session = reader.context.new_cdp_session(reader)
    everything = {"origin": site.base.rstrip("/"), "storageTypes": "all"}
    session.send("Storage.clearDataForOrigin", everything)
    session.detach()
    reader.goto("about:blank")
    reader.emulate_media(media="null", color_scheme="null")
    reader.set_viewport_size(TELEPHONE)
    reader.said.clear()
    site.changes.clear()
    site.slow.clear()
    site.asked.clear()
    return reader


def listen(page: Any) -> None:
    """Keep what its console says."""
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))


def twins(site: Served, keep: Callable[[Any], bool]) -> list[Any]:
    every = (json.loads(d) for p, d in sorted(site.files.items()) if p.endswith("index.json"))
    return [twin for twin in every if keep(twin)]


def a_station(site: Served) -> Any:
    """A TPS with a form and a column above it."""
    return twins(site, lambda t: t["page"] == "tps" and t["head"] and t["column"])[0]


def check(page: Any, site: Served, address: str) -> str:
    """Open a page, follow its button, return the head of the sheet."""
    page.goto(site.base + address)
    page.locator("#bukti .btn").click()
    return drawn(page)


def drawn(page: Any) -> str:
    """Wait for the sheet; return its head: proved, differs or unchecked."""
    page.wait_for_selector("#lembar[data-state=done] > *", timeout=WAIT)
    text = page.locator("#lembar").inner_text()
    assert not re.search(r"(?:lembar|fault|printed)_[a-z]|\{[a-z]+\}", text), "every word is known"
    head: str = page.locator("#lembar > *").first.get_attribute("data-head")
    return head


def asked(page: Any, site: Served, code: str, language: str = "") -> str:
    """Open the check at an address after `#`; where the check stands, by the fragment alone."""
    place, fragment = f"{site.base}{language}periksa/", f"#{code}"
    if page.url.startswith(f"{place}#") and page.url != place + fragment:
        page.evaluate(FOLLOW, fragment)  # each check reads everything anew
    else:
        page.goto("about:blank")
        page.goto(place + fragment)
    return drawn(page)


FOLLOW = """(fragment) => new Promise((done) => {
  addEventListener("hashchange", done, { once: true });
  location.hash = fragment;
})"""
"""Its listener comes after that of the check: what stood there has gone when it is told."""


def figures(page: Any, column: int = 1) -> dict[str, str]:
    """The figures of the sheet as they are written, by field; column 2 is what the site shows."""
    told: dict[str, str] = page.evaluate(
        "(column) => Object.fromEntries([...document.querySelectorAll('#lembar tr[data-field]')]"
        ".map((row) => [row.dataset.field, row.cells[column]?.innerText ?? '']))",
        column,
    )
    return told


def written(figures: dict[str, int], mark: str = ".") -> dict[str, str]:
    """Figures as a page writes them."""
    return {field: f"{value:,}".replace(",", mark) for field, value in figures.items()}


def test_all_vectors_as_in_the_python_profile(page: Any, site: Served) -> None:
    asked = [c for at, c in enumerate(cases.every()) if c["op"] != "json" or at % 7 == 0]
    page.goto(f"{site.base}script/blank.html")
    given = page.evaluate(
        "async (cases) => (await import('/script/answers.js')).answers(cases, '/script/')", asked
    )
    wrong = [(c, said) for c, said in zip(asked, given, strict=True) if said != c["want"]]
    assert wrong == []


def test_a_page_loads_no_script_and_its_button_leads_to_the_check(page: Any, site: Served) -> None:
    twin = a_station(site)
    for language in ("", "en/"):
        site.asked.clear()
        page.goto(site.base + language + twin["address"])
        (sheet,) = (path for path in site.files if path.endswith(".css"))
        asked = [path for path in site.asked if path != sheet]
        assert asked == [f"{language}{twin['address']}index.html"]
        assert page.locator("script[src]").count() == 0
        assert page.locator("script").count() == page.locator("#salinan script").count()
        link = page.locator("#bukti .btn").get_attribute("href")
        assert link.startswith("../")
        assert link.endswith(f"periksa/index.html#{twin['address']}")
        page.locator("#bukti .btn").click()
        assert drawn(page) == "proved"
        assert page.url == f"{site.base}{language}periksa/index.html#{twin['address']}"
        assert "dari sumber lain" in site.files[f"{twin['address']}index.html"].decode()
    assert page.said == []


def test_the_sheet_of_a_tps_shows_every_signed_figure_in_the_order_of_the_paper(
    page: Any, site: Served
) -> None:
    twin = a_station(site)
    head = twin["head"]
    for language, mark in (("", "."), ("en/", ",")):
        assert asked(page, site, twin["address"], language) == "proved"
        assert figures(page) == written(head["figures"], mark)
        order = [*model.FIELDS[:-3], *sorted(f for f in head["figures"] if f[:5] == "pair_")]
        order += model.FIELDS[-3:]
        assert list(figures(page)) == [field for field in order if field in head["figures"]]
    text = page.locator("#lembar").inner_text()
    assert f"TPS {twin['tps']}" in text
    assert twin["region"]["name"] in text
    assert f"number {head['index']}," in text
    assert f"version {head['revision']}" in text
    assert "Rehearsal" in text
    assert "SIMULATION" in text
    assert page.said == []


SHEETS = """([...document.querySelectorAll('#lembar article')].map((one) => [
  one.dataset.head, one.querySelectorAll('.tidak li').length,
  one.querySelector('h2').textContent]))"""


def test_no_true_page_is_called_false_and_each_says_what_it_does_not_prove(
    page: Any, site: Served
) -> None:
    """Every TPS and region; statements of every kind and state; where its button leads.

    In English every fourth, in a soak all.
    """
    found = twins(site, lambda t: t["page"] in ("tps", "region"))
    states: dict[tuple[Any, ...], Any] = {}
    for twin in twins(site, lambda t: t["page"] == "statement"):
        states.setdefault((twin["kind"], twin["status"], twin["void_reason"]), twin)
    every = [*found, *states.values()]
    for prefix, some in (("", every), ("en/", every if SOAK else every[::4])):
        for twin in some:
            html = site.files[f"{prefix}{twin['address']}index.html"].decode()
            assert f"periksa/index.html#{twin['address']}" in html
            head = asked(page, site, twin["address"], prefix)
            ((said, unproved, title),) = page.evaluate(SHEETS)
            assert said == head != "differs", (twin["address"], title)
            assert unproved >= 4, twin["address"]
            shown = twin.get("head") or twin.get("certified")
            if shown and twin["region"]["level"] != "kelurahan":
                assert head == "proved", twin["address"]
    assert len(states) > 20
    assert page.said == []


def test_a_kelurahan_is_added_up_and_counted_against_its_roster(page: Any, site: Served) -> None:
    level = "kelurahan"
    for twin in twins(site, lambda t: t["page"] == "region" and t["region"]["level"] == level):
        head = asked(page, site, twin["address"])
        listed = [child for child in twin["children"] if child["listed"]]
        shown = [child for child in listed if child["index"] is not None]
        assert head == ("proved" if len(shown) == len(listed) else "unchecked")
        title = page.locator("#lembar h2").first.inner_text()
        assert title == f"{len(shown)} dari {len(listed)} TPS terbukti"
        assert twin["sum"]["via"] == "forms"
        fields = ("valid", "pair_1") if shown else ()
        values = {f: sum(child["figures"][f] for child in shown) for f in fields}
        total = page.locator(".jumlah tr[data-field]").evaluate_all(
            "(rows) => Object.fromEntries("
            "rows.map((one) => [one.dataset.field, one.cells[1].innerText]))"
        )
        assert written(values).items() <= total.items()


def few_at_once(site: Served) -> None:
    """Serve the check as if every kelurahan had more TPS than one tap adds up."""
    script = site.files[path := verifier.path(packaged.templates_folder(), "js")].decode()
    few = script.replace("const MANY = 110;", "const MANY = 0;").encode()
    assert few != script.encode()
    html = site.files["periksa/index.html"].decode()
    digests = [base64.b64encode(sha256(d).digest()).decode() for d in (script.encode(), few)]
    old = re.search(r'<script type="importmap">(.*?)</script>', html)[1]  # type: ignore[index]
    new = old.replace(*digests)
    policies = [base64.b64encode(sha256(d.encode()).digest()).decode() for d in (old, new)]
    changed = html.replace(old, new).replace(*policies).encode()
    site.changes |= {path: few, "periksa/index.html": changed}


def test_a_kelurahan_of_very_many_tps_waits_for_a_second_tap(page: Any, site: Served) -> None:
    twin = whole_kelurahan(site)
    few_at_once(site)
    assert asked(page, site, twin["address"]) == "unchecked"
    assert "Belum dijumlahkan" in page.locator("#lembar h2").first.inner_text()
    assert "Tidak ditunjukkan situs" not in page.locator("#lembar").inner_text(), "nobody asked"
    with page.expect_download() as download:
        page.locator("#lembar a[download]").click()
    saved = download.value.path().read_bytes()
    page.locator("h1").click()
    page.locator("button[data-act=whole]").click()
    page.wait_for_selector("#lembar .jumlah")
    assert drawn(page) == "proved"
    assert judged(page, given("a.json", saved), given("b.json", saved)) == ["unchecked"] * 2
    page.locator("button[data-act=whole]").first.click()
    page.wait_for_selector("#lembar .jumlah")
    heads = page.locator("#lembar article").evaluate_all("(all) => all.map((o) => o.dataset.head)")
    assert heads == ["proved", "unchecked"], "one tap adds up one sheet"


@pytest.mark.parametrize("lie", ["sum", "two TPS exchanged"])
def test_a_second_tap_that_refutes_leaves_nothing_of_the_first(
    page: Any, site: Served, lie: str
) -> None:
    """The line above once kept its green tick, and the refutation stood below in grey."""
    twin = whole_kelurahan(site)
    address = twin["address"]
    few_at_once(site)
    if lie == "sum":
        twin["sum"]["fields"]["pair_1"][0] += 1
    else:
        one, two = twin["children"][:2]
        assert one["figures"] != two["figures"]
        one["figures"], two["figures"] = two["figures"], one["figures"]
    site.changes[f"{address}index.json"] = codec.encode_public(twin)
    assert asked(page, site, address) == "unchecked"
    page.locator("button[data-act=whole]").click()
    page.wait_for_selector("#lembar [data-head=differs], #lembar .jumlah", timeout=WAIT)
    assert drawn(page) == "differs"
    articles = page.locator("#lembar > *")
    assert articles.count() == 1
    assert articles.first.get_attribute("class").split() == ["lembar", "no"]
    assert page.locator("#lembar .vd use").get_attribute("href") == "#xx"
    assert page.locator("#lembar button[data-act=whole]").count() == 0
    assert "Belum dijumlahkan" not in page.locator("body").inner_text()


def whole_kelurahan(site: Served) -> Any:
    """One whose TPS all have a form."""
    level = "kelurahan"
    every = twins(site, lambda t: t["page"] == "region" and t["region"]["level"] == level)
    return next(
        t for t in every if all(c["index"] is not None for c in t["children"] if c["listed"])
    )


def test_a_tps_without_a_form_says_what_can_be_proved_above(page: Any, site: Served) -> None:
    twin = twins(site, lambda t: t["page"] == "tps" and not t["head"])[0]
    assert asked(page, site, twin["address"]) == "unchecked"
    text = page.locator("#lembar").inner_text()
    assert f"TPS {twin['tps']} {twin['region']['name']}: situs tidak menunjukkan" in text
    assert "Terbukti: Kelurahan" in text
    assert f"angka TPS {twin['tps']}" in page.locator(".tidak").inner_text()


def test_votes_above_do_not_run_into_the_count_of_tps(page: Any, site: Served) -> None:
    twin = twins(site, lambda t: t["page"] == "tps" and not t["head"])[0]
    page.goto(f"{site.base}{twin['address']}index.html")
    page.wait_for_selector("#atas small:has(.b)")
    for told in page.locator("#atas small:has(.b)").all_inner_texts():
        assert re.search(r"\d · \d+ dari \d+ TPS$", " ".join(told.split())), told
    above = f"{twin['address'].rpartition('/')[0].rpartition('/')[0]}/index.json"
    empty = json.loads(site.files[above])
    expected = empty["stations"]["expected"]
    empty["stations"]["counted"], empty["result"]["basis"] = 0, None
    empty["result"]["pairs"] = [one | {"votes": None} for one in empty["result"]["pairs"]]
    site.changes[above] = json.dumps(empty).encode()
    page.reload()
    page.wait_for_selector("#atas small:has(.b)")
    page.wait_for_selector(f"#atas small:has-text('0 dari {expected} TPS')")
    site.changes.clear()


def test_a_proof_that_is_not_there_yet_waits(page: Any, site: Served) -> None:
    """Neither the proof of the entry nor the tiles of the head, which prove it too."""
    twin = a_station(site)
    site.changes[f"bukti/{twin['head']['index']}.tlog-proof"] = None
    for path in [path for path in site.files if path.startswith("log/tile/")]:
        site.changes[path] = None
    assert asked(page, site, twin["address"]) == "unchecked"
    assert "Bukti belum ada" in page.locator("#lembar").inner_text()
    assert page.locator("#lembar tr[data-field=pair_1]").count() < 2


def remember(page: Any, site: Served, size: int | None) -> None:
    """Another root under the log's key in the memory of the browser; None: of the head's size."""
    origin, own, *_ = site.files["log/checkpoint"].decode().split("\n")
    other = Checkpoint(origin, int(own) if size is None else size, bytes(32))
    note = sign_checkpoint(other, signer("log")).decode()
    page.evaluate("([name, note]) => localStorage.setItem(name, note)", [f"rekap {origin}", note])


def test_the_ledger_is_held_against_the_visit_before(page: Any, site: Served) -> None:
    """A head of the same log that this tree does not hold, and a log that became shorter."""
    twin = a_station(site)
    asked(page, site, twin["address"])
    assert "Kunjungan pertama" in page.locator("#lembar").inner_text()
    asked(page, site, twin["address"])
    assert "tidak berubah sejak kunjungan Anda" in page.locator("#lembar").inner_text()
    for size, words, head in ((None, "berbeda", "differs"), (999, "lebih pendek", "unchecked")):
        remember(page, site, size)
        assert asked(page, site, twin["address"]) == head
        assert words in page.locator("#lembar").inner_text()
        assert "voted" not in figures(page)
        page.evaluate("localStorage.clear()")
        asked(page, site, twin["address"])


def test_a_script_that_was_changed_does_not_run(page: Any, site: Served) -> None:
    path = verifier.path(packaged.templates_folder(), "js")
    site.changes[path] = site.files[path] + b"\n"
    page.goto(f"{site.base}periksa/#{a_station(site)['address']}")
    page.wait_for_timeout(500)
    assert page.locator("#lembar > *").count() == 0
    assert any("integrity" in said for said in page.said)


@pytest.mark.parametrize("language", ["", "en/"])
def test_what_every_sheet_reads_first_comes_beside_the_script(
    page: Any, site: Served, language: str
) -> None:
    address = a_station(site)["address"]
    page.goto(f"{site.base}{language}periksa/index.html#{address}")
    page.wait_for_selector("#lembar[data-state=done] > *")
    came = page.evaluate("performance.getEntriesByType('resource').map((one) => one.toJSON())")
    [ready] = [one["responseEnd"] for one in came if one["name"].endswith(".js")]
    for path in (f"{address}index.json", "policy.txt", "bukti/0.json", "log/checkpoint"):
        [start] = [one["startTime"] for one in came if one["name"] == site.base + path]
        assert start < ready


def test_progress_is_told_while_evidence_comes(page: Any, site: Served) -> None:
    twin, page = a_station(site), page.context.new_page()
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => { window.told = [];"
        "new MutationObserver(() => told.push(document.querySelector('#kemajuan').textContent))"
        ".observe(document.querySelector('#kemajuan'), {childList: true}) })"
    )
    asked(page, site, twin["address"])
    told = page.evaluate("told")
    count = len({0, *twin["evidence"], twin["head"]["index"]})
    assert told[0] == "Memeriksa …"
    assert f"0 dari {count} bukti" in told
    assert told[-1] == "Selesai diperiksa di perangkat ini."
    assert page.evaluate("document.activeElement.matches('.vd h2')")
    page.close()


CODES = ["", "#x", "#a/@", "#/a/b/@1", "#a/b/@1x", "#javascript:a/b/", "#../a/b/", "#a/../b/",
         "#a//b/", "#log/tile/", "#aset/x/"]  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_other_fragments_ask_for_nothing(page: Any, site: Served, code: str) -> None:
    page.goto(f"{site.base}periksa/{code}")
    page.wait_for_selector("#meja:not([hidden])")
    site.asked.clear()
    page.wait_for_timeout(200)
    assert page.locator("#lembar > *").count() == 0
    assert site.asked == []


@pytest.fixture(scope="module")
def saved(browser: Any, site: Served, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What "Simpan bukti" writes, of a TPS and of a kelurahan."""
    site.changes.clear()
    page = browser.new_context(accept_downloads=True).new_page()
    found = {}
    for name, twin in (("tps", a_station(site)), ("kelurahan", whole_kelurahan(site))):
        asked(page, site, twin["address"])
        with page.expect_download() as download:
            page.locator("#lembar a[download]").click()
        found[name] = tmp_path_factory.mktemp("saved") / f"{name}.json"
        download.value.save_as(found[name])
    page.context.close()
    return found


@pytest.fixture(scope="module")
def keeper(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The file to keep, for opening from disk without a network."""
    file = tmp_path_factory.mktemp("kept") / "periksa.html"
    file.write_bytes(verifier.keep(packaged.templates_folder()))
    page = browser.new_context(offline=True, viewport=TELEPHONE).new_page()
    listen(page)
    page.goto(file.as_uri())
    yield page
    page.context.close()


@pytest.fixture
def kept(keeper: Any) -> Any:
    """It is opened anew, and remembers nothing."""
    keeper.evaluate("localStorage.clear()")
    keeper.reload()
    keeper.said.clear()
    return keeper


def judged(page: Any, *files: Path | dict[str, Any]) -> list[str]:
    """Give files to the desk; return the head of each verdict."""
    page.evaluate("document.querySelector('#lembar').removeAttribute('data-state')")
    page.locator("#meja input").set_input_files(list(files))
    page.wait_for_selector("#lembar[data-state=done]", timeout=WAIT)
    told: list[str] = page.evaluate(
        "[...document.querySelectorAll('#lembar > *')].map((one) => one.dataset.head)"
    )
    return told


def given(name: str, data: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "text/plain", "buffer": data}


def encoded(whole: Any) -> bytes:
    data = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return data.encode() + b"\n"


def test_the_kept_file_draws_the_same_sheet_offline(
    kept: Any, site: Served, saved: dict[str, Path]
) -> None:
    twin = a_station(site)
    for language in ("id", "en"):
        assert kept.evaluate("document.documentElement.lang") == language
        assert judged(kept, saved["tps"]) == ["proved"]
        assert figures(kept) == written(twin["head"]["figures"], ".,"[language == "en"])
        assert judged(kept, saved["kelurahan"]) == ["proved"]
        kept.locator("header button").click()
    assert kept.said == []


def test_the_language_of_the_kept_file_changes_what_is_shown(
    kept: Any, site: Served, saved: dict[str, Path]
) -> None:
    whole = json.loads(saved["tps"].read_bytes())
    del whole["files"][f"{whole['address']}index.json"]
    files = (
        given("kelurahan.json", saved["kelurahan"].read_bytes()),
        given("b.json", encoded(whole)),
        given("foto.jpg", b"\xff\xd8"),
    )
    assert judged(kept, *files) == ["proved", "unchecked", "unchecked"]
    before, words = kept.locator("#lembar").inner_text(), kept.locator(".vd h2, .tidak li")
    told = words.all_inner_texts()
    kept.locator("header button").click()
    assert "Not proved here" in kept.locator("#lembar").inner_text()
    assert len(told) > 15
    assert not {*told} & {*words.all_inner_texts()}
    assert kept.locator("#kemajuan").inner_text() == "Checked on this device."
    kept.locator("header button").click()
    assert kept.locator("#lembar").inner_text() == before
    assert kept.said == []


def test_saved_evidence_of_a_site_that_showed_another_log_before_says_so_too(
    page: Any, kept: Any, site: Served, tmp_path: Path
) -> None:
    address = a_station(site)["address"]
    page.goto(f"{site.base}periksa/")
    remembered = [f"rekap {site.base} rehearsal", "0" * 64]
    page.evaluate("([name, id]) => localStorage.setItem(name, id)", remembered)
    assert asked(page, site, address) == "unchecked"
    with page.expect_download() as download:
        page.locator("#lembar a[download]").click()
    download.value.save_as(tmp_path / "saved.json")
    assert judged(kept, tmp_path / "saved.json") == ["unchecked"]
    for sheet in (page, kept):
        assert "Buku besar lain" in sheet.locator("#lembar").inner_text()


def test_the_anchors_of_the_reader_go_before_those_of_the_evidence(
    kept: Any, site: Served, saved: dict[str, Path]
) -> None:
    mine = given("bukti.json", saved["tps"].read_bytes())
    assert judged(kept, mine) == ["proved"]
    assert "dari sumber yang sama" in kept.locator("#lembar").inner_text()
    assert judged(kept, mine, given("policy.txt", site.files["policy.txt"])) == ["proved"]
    assert "policy.txt yang Anda berikan" in kept.locator("#lembar").inner_text()
    other = re.sub(rb"#rekap log [0-9a-f]{4}", b"#rekap log 0000", site.files["policy.txt"])
    assert judged(kept, mine, given("policy.txt", other)) == ["differs"]


def test_the_kept_file_never_shows_a_changed_figure_as_proved(
    kept: Any, site: Served, saved: dict[str, Path]
) -> None:
    twin = a_station(site)
    signed = written(twin["head"]["figures"])
    whole = json.loads(saved["tps"].read_bytes())
    for path, text in sorted(whole["files"].items()):
        at = len(text) * 2 // 3
        letter = "a" if text[at] != "a" else "b"
        files = {**whole["files"], path: text[:at] + letter + text[at + 1 :]}
        (head,) = judged(kept, given("bukti.json", encoded({**whole, "files": files})))
        assert head != "proved" or figures(kept) == signed, path
        if path.startswith(f"bukti/{twin['head']['index']}."):
            assert head != "proved", path
    assert judged(kept, given("bukti.json", saved["tps"].read_bytes()[:-1])) == ["differs"]
    assert whole["bytes"], "tiles"
    assert judged(kept, given("b.json", encoded({**whole, "bytes": {}}))) == ["unchecked"]


def test_the_kept_file_judges_single_files(kept: Any, site: Served) -> None:
    twin = a_station(site)
    files = [
        given(f"{n}{kind}", site.files[f"bukti/{n}{kind}"])
        for n in dict.fromkeys([0, *twin["evidence"]])
        for kind in (".json", ".tlog-proof")
    ]
    policy = given("policy.txt", site.files["policy.txt"])
    assert set(judged(kept, policy, *files)) == {"proved"}
    assert judged(kept, files[-2]) == ["unchecked"]
    assert judged(kept, given("foto.jpg", b"\xff\xd8\xff")) == ["unchecked"]
    assert kept.said == []


def test_no_single_file_is_held_against_anchors_that_came_with_evidence(
    kept: Any, page: Any, site: Served, saved: dict[str, Path]
) -> None:
    """A log of somebody's own, in evidence of theirs, and its checkpoint beside it."""
    mine = given("bukti.json", saved["tps"].read_bytes())
    alone = [
        given("checkpoint", site.files["log/checkpoint"]),
        given("0.tlog-proof", site.files["bukti/0.tlog-proof"]),
        given("0.json", site.files["bukti/0.json"]),
    ]
    assert judged(kept, mine, *alone) == ["proved", *["unchecked"] * 3]
    assert "sertakan policy.txt" in kept.locator("#lembar").inner_text()
    policy = given("policy.txt", site.files["policy.txt"])
    assert set(judged(kept, mine, policy, *alone)) == {"proved"}
    page.goto(f"{site.base}periksa/")
    page.wait_for_selector("#meja:not([hidden])")
    other = json.loads(saved["tps"].read_bytes())
    other["files"]["policy.txt"] = re.sub(
        r"#rekap log [0-9a-f]{4}", "#rekap log 0000", other["files"]["policy.txt"]
    )
    assert judged(page, given("b.json", encoded(other)), *alone) == ["differs", *["proved"] * 3]
    told = page.locator(".verdict").first.inner_text()
    assert "dari situs ini" in told


def test_the_desk_of_a_site_reads_what_is_lacking(page: Any, site: Served) -> None:
    twin = a_station(site)
    index = twin["head"]["index"]
    page.goto(f"{site.base}periksa/")
    page.wait_for_selector("#meja:not([hidden])")
    entry = given("catatan.json", site.files[f"bukti/{index}.json"])
    proof = given("catatan.tlog-proof", site.files[f"bukti/{index}.tlog-proof"])
    assert judged(page, entry, proof) == ["proved", "proved"]
    assert judged(page, given("checkpoint", site.files["log/checkpoint"])) == ["proved"]
    other = json.loads(site.files[f"bukti/{index}.json"])
    other["signatures"] = other["signatures"][1:]
    data = json.dumps(other, sort_keys=True, separators=(",", ":")).encode()
    assert judged(page, given(f"{index}.json", data))[0] != "proved"
    assert page.said == []


def test_a_list_of_places_that_changed_late_takes_nothing_from_a_form(
    page: Any, site: Served
) -> None:
    """It was called a key in doubt, and the form one that does not count."""
    twin = a_station(site)
    late = {"kind": "roster", "index": 3, "mark": "L4"}
    path = f"{twin['address']}index.json"
    site.changes[path] = codec.encode_public({**twin, "doubts": [late]})
    assert asked(page, site, twin["address"]) == "proved"
    assert page.locator(".vd h2").first.inner_text() == "Formulir ini terbukti"
    notes = page.locator(".catat").inner_text()
    assert "diubah sesudah formulir pertama" in notes
    assert "diragukan" not in notes


def test_a_later_revision_and_a_key_in_doubt_are_told_as_notes(page: Any, site: Served) -> None:
    twin = a_station(site)
    path = f"bukti/{twin['head']['index']}/index.json"
    own = json.loads(site.files[path])
    own["after"] = {"address": "bukti/9/", "index": 9, "revision": 9}
    own["signers"][0]["suspect"] = True
    site.changes[path] = codec.encode_public(own)
    assert asked(page, site, twin["address"]) == "proved"
    notes = page.locator(".catat").inner_text()
    assert "Menurut situs, tidak dibuktikan" in notes
    assert "Sudah ada versi sesudah ini: catatan 9." in notes
    assert "diragukan" in notes
