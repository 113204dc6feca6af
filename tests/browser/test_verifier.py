"""The verifier in Chromium: its modules on all vectors, pages of a portal, the file to keep.

A site in memory is served from an address of this machine; a test changes single answers.
"""

from __future__ import annotations

import http.server
import json
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser.test_browser import browser  # noqa: F401 the fixture of this folder
from tests.script import cases
from tests.verify import shelf

from rekap import codec
from rekap.publish import pages, verifier
from rekap.store.headers import content_type

pytestmark = pytest.mark.chromium

HERE = Path(__file__).parents[1] / "script"
WAIT = 30_000
Files = dict[str, bytes]


class Served:
    """Files at an address; `changes` stand in their place, None for one that is not there."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.changes: dict[str, bytes | None] = {}
        self.asked: list[str] = []
        served = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.lstrip("/").partition("?")[0]
                path += "index.html" if path.endswith("/") or not path else ""
                served.asked.append(path)
                data = served.changes.get(path, served.files.get(path))
                self.send_response(404 if data is None else 200)
                self.send_header("content-type", content_type(path))
                self.send_header("cache-control", "no-store")
                self.end_headers()
                self.wfile.write(data or b"")

            def log_message(self, format: str, *arguments: Any) -> None:
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.base = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture(scope="module")
def site() -> Iterator[Served]:
    modules = verifier.modules(pages.templates_folder()).items()
    scripts = {f"script/{name}.js": source.encode() for name, source in modules}
    scripts["script/answers.js"] = (HERE / "answers.mjs").read_bytes()
    files = {**shelf.published()[0], **scripts, "script/blank.html": b"<!DOCTYPE html><title>-"}
    made = Served(files)
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def page(browser: Any, site: Served) -> Iterator[Any]:  # noqa: F811
    site.changes.clear()
    site.asked.clear()
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="id-ID")
    made = context.new_page()
    made.said = []
    made.on("console", lambda message: made.said.append(message.text))
    made.on("pageerror", lambda error: made.said.append(str(error)))
    yield made
    context.close()


def twins(site: Served, keep: Callable[[Any], bool]) -> list[Any]:
    every = (json.loads(d) for p, d in sorted(site.files.items()) if p.endswith("index.json"))
    return [twin for twin in every if keep(twin)]


def a_station(site: Served) -> Any:
    """A TPS with a form and a column above it."""
    return twins(site, lambda t: t["page"] == "tps" and t["head"] and t["column"])[0]


def check(page: Any, site: Served, address: str) -> dict[str, str]:
    """Open a page, ask for the check, return the state of each claim."""
    page.goto(site.base + address)
    return again(page)


def again(page: Any) -> dict[str, str]:
    page.locator("#bukti .btn").click()
    page.wait_for_selector("#bukti[data-state] .faults a", timeout=WAIT)
    told: dict[str, str] = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('[data-claim]')]"
        ".map((item) => [item.dataset.claim, item.dataset.state]))"
    )
    return told


def test_all_vectors_as_in_the_python_profile(page: Any, site: Served) -> None:
    asked = [c for at, c in enumerate(cases.every()) if c["op"] != "json" or at % 7 == 0]
    page.goto(f"{site.base}script/blank.html")
    given = page.evaluate(
        "async (cases) => (await import('/script/answers.js')).answers(cases, '/script/')", asked
    )
    wrong = [(c, said) for c, said in zip(asked, given, strict=True) if said != c["want"]]
    assert wrong == []


def test_a_page_asks_for_nothing_until_it_is_asked(page: Any, site: Served) -> None:
    twin = a_station(site)
    page.goto(site.base + twin["address"])
    assert site.asked == [f"{twin['address']}index.html"]
    scripts = page.evaluate("[...document.scripts].map((one) => one.text).join('')")
    assert len(scripts.encode()) < 1_536
    assert len(re.sub(r'"sha256-[^"]*"', "", scripts).encode()) < 1_536


def test_a_true_page_is_proved_and_then_held_against_the_visit_before(
    page: Any, site: Served
) -> None:
    for prefix, words in (
        ("", "Terbukti: buku besar utuh"),
        ("en/", "Proved: the ledger is intact"),
    ):
        address = prefix + a_station(site)["address"]
        first = check(page, site, address)
        assert first.pop("grown") == ("unchecked" if not prefix else "proved")
        assert set(first.values()) == {"proved"}
        assert set(again_on(page).values()) == {"proved"}
        assert words in page.locator("[data-claim=grown]").inner_text()
    assert page.said == []


def again_on(page: Any) -> dict[str, str]:
    page.reload()
    return again(page)


def test_regions_and_statements_say_what_was_computed(page: Any, site: Served) -> None:
    regions = twins(site, lambda t: t["page"] == "region" and t["sum"]["counted"])
    statements = twins(site, lambda t: t["page"] == "statement" and t["status"] == "head")
    for twin in (*regions[::4], *statements[::9]):
        told = check(page, site, twin["address"])
        told.pop("grown")
        assert set(told.values()) == {"proved"}, (twin["address"], told)
    assert page.said == []


CELL = re.compile(rb'(<td class="n[^"]*">(?:<b>)?)([0-9][0-9.]*)(?=<)')


def test_a_changed_cell_is_not_proved(page: Any, site: Served) -> None:
    """Every number in a table of the page, one after the other, each one digit larger."""
    twin = a_station(site)
    path = f"{twin['address']}index.html"
    html = site.files[path]
    cells = list(CELL.finditer(html))
    assert len(cells) > 20
    for cell in cells[:: max(1, len(cells) // 7)]:
        digit = b"1" if cell[2].endswith(b"0") else b"0"
        at = cell.end() - 1
        site.changes[path] = html[:at] + digit + html[at + 1 :]
        told = check(page, site, twin["address"])
        assert told["cells"] == "refuted", cell[0]
        assert page.locator("#bukti").get_attribute("data-state") == "refuted"
    assert "TIDAK cocok" in page.locator("[data-claim=cells]").inner_text()


def test_a_changed_twin_is_not_proved(page: Any, site: Served) -> None:
    twin = a_station(site)
    path = f"{twin['address']}index.json"
    for at in range(5, len(site.files[path]), len(site.files[path]) // 5):
        data = bytearray(site.files[path])
        data[at] ^= 1
        site.changes[path] = bytes(data)
        assert check(page, site, twin["address"])["cells"] in ("refuted", "unchecked"), at


def test_a_page_at_another_address_is_not_proved(page: Any, site: Served) -> None:
    one, other = twins(site, lambda t: t["page"] == "tps" and t["head"])[:2]
    for name in ("index.html", "index.json"):
        site.changes[other["address"] + name] = site.files[one["address"] + name]
    assert check(page, site, other["address"])["cells"] == "refuted"


def test_a_proof_that_is_not_there_yet_waits(page: Any, site: Served) -> None:
    twin = a_station(site)
    site.changes[f"bukti/{twin['head']['index']}.tlog-proof"] = None
    told = check(page, site, twin["address"])
    assert told["recorded"] == told["signed"] == "unchecked"
    assert "Bukti menunggu saksi" in page.locator("[data-claim=recorded]").inner_text()


def test_another_history_than_the_one_remembered(page: Any, site: Served) -> None:
    """A head of the same log that this tree does not hold, and a log that became shorter."""
    twin = a_station(site)
    check(page, site, twin["address"])
    for change, words in (({"root": "A" * 43 + "="}, "berbeda"), ({"size": "999"}, "lebih pendek")):
        page.evaluate(
            "(change) => { const [name, text] = Object.entries(localStorage)[0];"
            "localStorage.setItem(name, JSON.stringify({...JSON.parse(text), ...change})) }",
            change,
        )
        assert again_on(page)["grown"] == "refuted"
        assert words in page.locator(".faults").inner_text()
        page.evaluate("localStorage.clear()")
        again_on(page)


def test_a_script_that_was_changed_does_not_run(page: Any, site: Served) -> None:
    path = verifier.path(pages.templates_folder(), "js")
    site.changes[path] = site.files[path] + b"\n"
    page.goto(site.base + a_station(site)["address"])
    page.locator("#bukti .btn").click()
    page.wait_for_url("**/periksa/**")
    assert any("integrity" in said for said in page.said)


@pytest.fixture(scope="module")
def saved(browser: Any, site: Served, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    """What "Simpan bukti" writes."""
    site.changes.clear()
    page = browser.new_context(accept_downloads=True).new_page()
    check(page, site, a_station(site)["address"])
    with page.expect_download() as download:
        page.get_by_text("Simpan bukti").click()
    target: Path = tmp_path_factory.mktemp("saved") / "bukti.json"
    download.value.save_as(target)
    page.context.close()
    return target


@pytest.fixture
def kept(browser: Any, tmp_path: Path) -> Iterator[Any]:  # noqa: F811
    """The file to keep, opened from disk without a network."""
    file = tmp_path / "periksa.html"
    file.write_bytes(verifier.keep(pages.templates_folder()))
    page = browser.new_context(offline=True, viewport={"width": 360, "height": 740}).new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.goto(file.as_uri())
    yield page
    page.context.close()


def judged(page: Any, *files: Path | dict[str, Any]) -> list[str]:
    """Give files to the desk; return the state of each verdict."""
    page.evaluate("document.querySelector('#meja').removeAttribute('data-state')")
    page.locator("#meja input").set_input_files(list(files))
    page.wait_for_selector("#meja[data-state]", timeout=WAIT)
    told: list[str] = page.evaluate(
        "[...document.querySelectorAll('.verdict')].map((one) => one.dataset.state)"
    )
    return told


def given(name: str, data: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "text/plain", "buffer": data}


def test_the_kept_file_judges_saved_evidence_offline(kept: Any, saved: Path) -> None:
    assert judged(kept, saved) == ["proved"]
    kept.locator("header button").click()
    assert kept.evaluate("document.documentElement.lang") == "en"
    assert judged(kept, saved) == ["proved"]
    assert "Proved" in kept.locator(".verdict h3").inner_text()
    assert kept.said == []


def test_the_kept_file_tells_what_was_signed(kept: Any, site: Served, saved: Path) -> None:
    """From the entry alone: not from a page or a twin that say otherwise, nor without a proof."""
    twin = a_station(site)
    told = f"Isi yang ditandatangani: C.Hasil versi {twin['head']['revision']}, TPS {twin['tps']}"
    assert judged(kept, saved) == ["proved"]
    assert told in kept.locator(".facts").inner_text()
    assert "Gladi" in kept.locator(".facts").inner_text()
    assert "Dengan jangkar dari sumber yang sama" in kept.locator(".verdict").inner_text()
    policy = given("policy.txt", site.files["policy.txt"])
    mine = given("bukti.json", saved.read_bytes())
    assert judged(kept, mine, policy) == ["proved"]
    assert "Dengan jangkar" not in kept.locator(".verdict").inner_text()
    other = re.sub(rb"#rekap log [0-9a-f]{4}", b"#rekap log 0000", site.files["policy.txt"])
    assert judged(kept, mine, given("policy.txt", other)) == ["refuted"]
    assert judged(kept, saved) == ["proved"]
    votes = kept.locator(".facts dd").all_inner_texts()
    fields = [*(f"pair_{pair['number']}" for pair in twin["contest"]["pairs"]), "valid", "invalid"]
    assert votes[: len(fields)] == [f"{twin['head']['figures'][field]:,}" for field in fields]
    whole = json.loads(saved.read_bytes())
    lies = {path: text.replace(votes[0], "999") for path, text in whole["files"].items()}
    data = json.dumps(
        {**whole, "files": lies}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    assert judged(kept, given("bukti.json", data.encode() + b"\n")) == ["refuted"]
    assert kept.locator(".facts dd").all_inner_texts() in (votes, [])
    proof = f"bukti/{twin['head']['index']}.tlog-proof"
    del whole["files"][proof]
    data = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert judged(kept, given("bukti.json", data.encode() + b"\n")) == ["unchecked"]
    assert kept.locator(".facts").count() == 0


def test_the_kept_file_names_what_was_changed(kept: Any, saved: Path) -> None:
    whole = json.loads(saved.read_bytes())
    for path, text in sorted(whole["files"].items()):
        cell = CELL.search(text.encode()) if path.endswith("index.html") else None
        at = len(text.encode()[: cell.end()].decode()) - 1 if cell else len(text) * 2 // 3
        letter = "a" if text[at] != "a" else "b"
        changed = {**whole, "files": {**whole["files"], path: text[:at] + letter + text[at + 1 :]}}
        data = json.dumps(changed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        states = judged(kept, given("bukti.json", data.encode() + b"\n"))
        assert states[0] in ("refuted", "unchecked"), path
    assert judged(kept, given("bukti.json", saved.read_bytes()[:-1])) == ["refuted"]


def test_the_kept_file_judges_single_files(kept: Any, site: Served) -> None:
    twin = a_station(site)
    numbers = [0, *twin["evidence"]]
    files = [
        given(f"{n}{kind}", site.files[f"bukti/{n}{kind}"])
        for n in dict.fromkeys(numbers)
        for kind in (".json", ".tlog-proof")
    ]
    policy = given("policy.txt", site.files["policy.txt"])
    assert set(judged(kept, policy, *files)) == {"proved"}
    assert judged(kept, files[-2]) == ["unchecked"]
    assert judged(kept, given("foto.jpg", b"\xff\xd8\xff")) == ["unchecked"]
    assert kept.said == []


def test_the_desk_of_a_site_reads_what_is_lacking(page: Any, site: Served) -> None:
    twin = a_station(site)
    index = twin["head"]["index"]
    page.goto(f"{site.base}periksa/")
    page.wait_for_selector("#meja:not([hidden])")
    entry = given("catatan.json", site.files[f"bukti/{index}.json"])
    proof = given("catatan.tlog-proof", site.files[f"bukti/{index}.tlog-proof"])
    assert judged(page, entry, proof) == ["proved", "proved"]
    html = given("halaman.html", site.files[f"{twin['address']}index.html"])
    assert judged(page, html) == ["proved"]
    assert judged(page, given("checkpoint", site.files["log/checkpoint"])) == ["proved"]
    other = json.loads(site.files[f"bukti/{index}.json"])
    other["signatures"] = other["signatures"][1:]
    data = json.dumps(other, sort_keys=True, separators=(",", ":")).encode()
    assert judged(page, given(f"{index}.json", data))[0] == "refuted"
    assert page.said == []


def test_an_earlier_page_is_held_against_the_form_that_it_names(page: Any, site: Served) -> None:
    """Its twin was replaced: its figures are still those that were signed, or not."""
    twin = a_station(site)
    page.goto(f"{site.base}periksa/")
    page.wait_for_selector("#meja:not([hidden])")
    html = site.files[f"{twin['address']}index.html"].decode()
    html = html.replace(f'name="as-of" content="{twin["as_of"]}"', 'name="as-of" content="9"')
    html = re.sub(r'name="twin" content="[0-9a-f]+"', f'name="twin" content="{"0" * 64}"', html)
    assert judged(page, given("lama.html", html.encode())) == ["unchecked"]
    told = page.locator(".verdict").inner_text()
    assert "angka TPS-nya sama dengan formulir ini" in told
    assert f"9 → {twin['as_of']}" in told
    other = CELL.sub(rb"\g<1>99999", html.encode(), count=1)
    assert judged(page, given("lama.html", other)) == ["refuted"]
    assert "tertulis 99999, seharusnya" in page.locator(".verdict").inner_text()


def test_a_later_revision_that_a_page_does_not_tell(page: Any, site: Served) -> None:
    twin = a_station(site)
    path = f"bukti/{twin['head']['index']}/index.json"
    own = json.loads(site.files[path])
    own["after"] = {"address": "bukti/9/", "index": 9, "revision": 9}
    site.changes[path] = codec.encode_public(own)
    assert check(page, site, twin["address"])["cells"] == "unchecked"
    assert "bukti/9/: Di sana sudah ada revisi" in page.locator(".faults").inner_text()
