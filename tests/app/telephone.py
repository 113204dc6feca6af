"""A telephone in Chromium: narrow, an authenticator of its own, taps on what can be seen."""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.app.portal import Served, address
from tests.browser import axe
from tests.portal.intake.world import PAIRS

from rekap.core.statements.model import figure_fields

WAIT = 120_000
SHARED = "() => { navigator.share = async ({text}) => { window.shared = text; }; }"
SEEN = """words => {
  if (!document.getElementById('layar').innerText.includes(words)) return null;
  const size = (one) => one.getBoundingClientRect();
  const touched = 'button, a, summary, textarea, label:has([type=radio])';
  const small = [...document.querySelectorAll(touched)]
    .filter((one) => size(one).width && Math.min(size(one).width, size(one).height) < 47.5)
    .map((one) => one.textContent + size(one).height);
  const filled = document.querySelectorAll('.btn.main').length;
  return { wide: document.documentElement.scrollWidth, small, filled };
}"""
PRESSED = "(pad, keys) => keys.forEach((key) => pad.querySelector(`[data-key='${key}']`).click())"
ASKED = """() => {
  navigator.mediaDevices.getUserMedia = () => new Promise((_, no) => { window.refuse = no; });
}"""
REFUSED = "window.refuse && (window.refuse(new DOMException('no', 'NotAllowedError')), true)"
"""A camera that asks, and is refused when a test says so."""
FULL = """() => {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function () {
    IDBObjectStore.prototype.put = put;
    throw new DOMException("full", "QuotaExceededError");
  };
}"""
ORDER = figure_fields(PAIRS)
VOTES = (*(f"pair_{number}" for number in range(1, PAIRS + 1)), "valid", "invalid", "total")
BESIDE = (
    "publicKey.pubKeyCredParams", "ERR_INTERNET_DISCONNECTED", "status of 409",
    "Service Worker registration blocked",
)  # fmt: skip
"""Chromium advises RS256, which no verifier of ours takes, and tells what tests provoke."""


class Telephone:
    """Of member `number` of a TPS, or of whom the link's words `who` name.

    `said` are messages of its console. With `finger` each key is found and touched; else its
    press comes from a script, which costs a tenth. Without a `worker` it goes into no flight mode:
    that of the app is a process more, and loads every file again.
    """

    TOUCH = True

    def __init__(
        self,
        browser: Any,
        portal: Served,
        tps: str,
        number: int,
        width: int = 360,
        who: str = "",
        where: str = "",
        *,
        worker: bool = False,
    ) -> None:
        self.worker = worker
        self.who = who or f"nomor={number}"
        self.link = f"#{where or address(tps)}?{self.who}"
        self.taps, self.finger = 0, False
        self.portal, self.tps, self.number, self.width = portal, tps, number, width
        self.context = browser.new_context(
            viewport={"width": width, "height": 740 if width > 320 else 568},
            has_touch=self.TOUCH, is_mobile=self.TOUCH, locale="id-ID", device_scale_factor=2,
            service_workers="allow" if worker else "block",
        )  # fmt: skip
        self.page = self.context.new_page()
        self.page.set_default_timeout(WAIT)
        self.said: list[str] = []
        self.loaded: dict[str, int] = {}
        self.sent: list[int] = []
        self.page.on("console", lambda one: self._hear(one.text))
        self.page.on("pageerror", lambda error: self._hear(str(error)))
        self.context.on("requestfinished", self._weigh)
        session = self.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
            "hasUserVerification": True, "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }  # fmt: skip
        session.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def _hear(self, text: str) -> None:
        if not any(one in text for one in BESIDE):
            self.said.append(text)

    def _weigh(self, request: Any) -> None:
        if request.method == "POST":
            self.sent.append(len(request.post_data_buffer or b""))

    # ------------------------------------------------------------ what a finger does

    def open(self, path: str = "") -> None:
        self.page.goto(f"{self.portal.base}app/{path}")
        self.page.wait_for_selector(".hp")

    def reload(self) -> None:
        """As after a dead battery: only what was kept is there."""
        self.page.reload()
        self.page.wait_for_selector(".hp")

    def flight(self, on: bool) -> None:
        """The browser's own switch."""
        assert self.worker, "nothing would load"
        self.context.set_offline(on)
        self.page.wait_for_timeout(200)

    def tap(self, words: str | re.Pattern[str]) -> None:
        found = self.page.locator("button, a.btn, summary").filter(has_text=words).first
        self.touch(found)

    def touch(self, found: Any) -> None:
        self.taps += 1
        found.tap()

    def sees(self, words: str) -> None:
        """Wait for words; their screen scrolls not sideways, and has nothing to tap below 48 px."""
        try:
            seen = self.page.wait_for_function(SEEN, arg=words, polling=50).json_value()
        except Exception as error:
            shown = f"{self.page.url}\n{self.text}\n{self.said}"
            raise AssertionError(f"telephone {self.number}: no {words!r} in\n{shown}") from error
        assert seen["wide"] <= self.width, self.text
        assert not seen["small"], seen["small"]
        assert seen["filled"] <= 1, self.text

    def shares(self) -> str:
        """Share the codes of what stands in the queue; return the text."""
        self.page.evaluate(SHARED)
        self.tap("Tunjukkan kode kepada anggota lain")
        self.tap("Bagikan lewat WhatsApp")
        self.until(lambda: self.page.evaluate("window.shared || ''") != "")
        return str(self.page.evaluate("window.shared"))

    def pastes(self, text: str) -> None:
        """Take what another device shared."""
        self.open("#pindai")
        self.page.locator("#teks").fill(text)
        self.tap("Ambil dari teks")

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait for something that no text shows."""
        end = time.monotonic() + WAIT / 1_000
        while not holds():
            assert time.monotonic() < end, f"not in time: {self.text}"
            self.page.wait_for_timeout(100)

    @property
    def text(self) -> str:
        return str(self.page.inner_text("#layar"))

    def clean(self) -> None:
        """Axe finds nothing, by night and by day; tall, so that no bar lies over a button."""
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": self.width, "height": 3_000})
        for look, rules in (("malam", axe.RULES), ("siang", axe.COLOURS)):
            self.page.evaluate("look => { document.body.dataset.look = look; }", look)
            found = axe.wrong(self.page, rules)
            assert not found, (look, found)
        self.page.set_viewport_size(size)

    # ------------------------------------------------------------ what an officer does

    def install(self) -> str:
        """From the link to the line of the key, which is returned."""
        self.open(self.link)
        self.tap("Benar, siapkan")
        self.sees("Buat kunci tanda tangan")
        if self.worker:
            self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self.tap("Buat kunci")
        self.sees("Kode kunci")
        return str(self.page.locator("#baris").input_value()).splitlines()[-1]

    def granted(self) -> None:
        self.tap("Perbarui")
        self.sees("Sudah diberi")
        self.tap("Ke beranda")

    def type(self, *numbers: int | str) -> None:
        """Type figures; fewer signs than boxes end with *Lanjut*."""
        keys = [key for one in map(str, numbers) for key in [*one, *["Lanjut"] * (len(one) < 3)]]
        if self.finger:
            for key in keys:
                self.page.locator(f'[data-key="{key}"]').tap()
        else:
            self.page.locator(".papankunci").evaluate(PRESSED, keys)

    def at_row(self, at: int) -> None:
        """Wait for row `at` of the paper: its neighbours are links then, and it is none."""
        self.page.wait_for_function(
            "at => { const leads = (row) => document.querySelector(`ul.baris a[href$='/${row}']`);"
            " return !leads(at) && (leads(at - 1) || leads(at + 1)); }",
            arg=at,
        )

    def fill(
        self, figures: Mapping[str, int], *, reload_after: frozenset[int] = frozenset()
    ) -> None:
        """Type the whole paper; the telephone dies after some of the rows."""
        self.tap("Mulai isi angka")
        self.sees("I.A L")
        begun = 0
        for at in (*sorted(reload_after), len(ORDER) - 1):
            self.type(*(figures[field] for field in ORDER[begun : at + 1]))
            begun, field = at + 1, ORDER[at]
            if at in reload_after:
                self.until(lambda: self.typed().get(field) == str(figures[field]))  # noqa: B023
                self.reload()
                self.sees("dari 28")

    def read(self, figures: Mapping[str, int], more: tuple[str, ...] = ()) -> None:
        """Read the six rows of the form that waits, and `more` that a correction changes."""
        self.open("#titipan")
        self.sees("Ada formulir yang menunggu")
        self.tap("Formulir 1")
        self.sees(f"0 dari {len(VOTES) + len(more)}")
        self.type(*(figures[field] for field in (*more, *VOTES)))

    def keeps(self, text: str) -> bool:
        """Whether the database of the browser holds a text."""
        kept: str = self.page.evaluate(
            """() => new Promise((done) => {
              const asked = indexedDB.open("rekap-petugas");
              asked.onsuccess = () => {
                const all = asked.result.transaction("kept").objectStore("kept").getAll();
                all.onsuccess = () => done(JSON.stringify(all.result));
              };
            })"""
        )
        return text in kept

    def typed(self) -> dict[str, str]:
        """What the database of the browser holds of the draft."""
        found: dict[str, str] = self.page.evaluate(
            """() => new Promise((done) => {
              const asked = indexedDB.open("rekap-petugas");
              asked.onsuccess = () => {
                const found = {};
                const at = asked.result.transaction("kept").objectStore("kept").openCursor();
                at.onsuccess = () => {
                  const one = at.result;
                  if (!one) return done(found);
                  if (one.key.startsWith("draft/")) found[one.key.split("/").at(-1)] = one.value;
                  one.continue();
                };
              };
            })"""
        )
        return found


class Laptop(Telephone):
    """Of a member at the desk: wide, a mouse, a key of its own."""

    TOUCH = False

    def touch(self, found: Any) -> None:
        self.taps += 1
        found.click()


def weight(files: Mapping[str, bytes]) -> int:
    """Bytes of files as a front sends them, compressed."""
    return sum(min(len(data), len(gzip.compress(data, 6))) for data in files.values())
