"""When a reader sees a page for the first time, and when another one after it, on a slow telephone.

    .venv/bin/python scripts/lab/first_view.py var/demo/public FIRST SECOND [--times 9]

A new browser each time, 360 px wide, its processor slowed six times, opens two pages one after the
other over a line of 1.6 Mbit/s and 150 ms there and back, with TLS and HTTP/2 (`slow_line.mjs` in
front of `slow_site.mjs`, node). Told are the medians of the first and the largest paint, in
milliseconds, the largest layout shift, and the bytes of each answer, compressed.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from scripts.lab.browser_times import LATENCY_MS, node, served

LINE: Final = Path(__file__).parent / "slow_line.mjs"
WATCH: Final = """window.seen = {first: 0, largest: 0, shift: 0};
const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take))
  .observe({type, buffered: true});
watch("paint", (one) => { if (one.name === "first-contentful-paint") seen.first = one.startTime; });
watch("largest-contentful-paint", (one) => { seen.largest = one.startTime; });
watch("layout-shift", (one) => { seen.shift += one.value; });"""
TOLD: Final = """() => ({...seen, bytes: performance.getEntries()
  .filter((one) => ["navigation", "resource"].includes(one.entryType))
  .map((one) => one.transferSize)})"""
SETTLED_MS: Final = 700


def main() -> None:
    """Print one line for each of the two pages."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("public", type=Path, help="the public folder of a portal")
    parser.add_argument("pages", nargs=2, help="two pages below it, each with a final slash")
    parser.add_argument("--times", type=int, default=9, help="new browsers")
    parser.add_argument("--slower", type=float, default=6, help="times the processor is slowed")
    parser.add_argument("--rate", type=float, default=1.6, help="Mbit/s")
    options = parser.parse_args()
    with served(options.public, 0) as base, _slowed(base, options.rate) as slow:
        views = [_views(slow, options.pages, options.slower) for _ in range(options.times)]
    for at, page in enumerate(options.pages):
        seen = [view[at] for view in views]
        first, largest = (median(one[name] for one in seen) for name in ("first", "largest"))
        shift = max(one["shift"] for one in seen)
        print(f"{page}  {first:.0f} {largest:.0f} ms, shift {shift:.4f}, {seen[-1]['bytes']} bytes")


@contextlib.contextmanager
def _slowed(base: str, rate: float) -> Iterator[str]:
    """Put the line in front of a site; the address at its other end."""
    command = [node(), *map(str, (LINE, urlsplit(base).port, rate, LATENCY_MS))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as line:
        assert line.stdout is not None
        try:
            yield f"https://127.0.0.1:{int(line.stdout.readline())}/"
        finally:
            line.terminate()


def _views(base: str, pages: list[str], slower: float) -> list[dict[str, Any]]:
    """Open the pages in one new browser; what was seen of each."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        context = browser.new_context(
            ignore_https_errors=True, viewport={"width": 360, "height": 740}, device_scale_factor=2
        )
        page: Any = context.new_page()
        page.add_init_script(WATCH)
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        told = []
        for address in pages:
            page.goto(base + address)
            while not page.evaluate("() => seen.first * seen.largest"):
                page.wait_for_timeout(SETTLED_MS)
            page.wait_for_timeout(SETTLED_MS)
            told.append(page.evaluate(TOLD))
        browser.close()
    return told


if __name__ == "__main__":
    main()
