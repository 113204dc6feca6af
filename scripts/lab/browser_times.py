"""How long the check in the browser takes on a slowed processor, its evidence at hand.

    .venv/bin/python scripts/lab/browser_times.py var/demo/public ADDRESS… [--slower 6] [--times 5]

Opens each page of a site in Chromium with its processor slowed down, and asks for the check: the
first time in a new browser, with the script and all files still to come, then again with every
file in memory. What is printed is the time from the tap to the last word, and the time that the
page's own thread was at work, which a busy machine does not stretch.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import shutil
import statistics
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rekap.store.headers import content_type

CHECK = """async () => {
  const start = performance.now();
  window.kept ??= new Map();
  window.fetched ??= window.fetch;
  window.fetch = async (address) => {
    const name = String(address);
    if (!kept.has(name)) {
      const answer = await fetched(address);
      kept.set(name, answer.status === 200 ? await answer.arrayBuffer() : null);
    }
    const bytes = kept.get(name);
    return new Response(bytes, { status: bytes ? 200 : 404 });
  };
  const { run } = await import(new URL(document.body.dataset.script, document.baseURI));
  await run(document, document.querySelector("#bukti .btn"));
  return [performance.now() - start, document.querySelector("#bukti").dataset.state];
}"""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files of the folder, with their types."""

    def guess_type(self, path: Any) -> str:
        """Return the media type of a published file."""
        return content_type(Path(path).name)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


def main() -> None:
    """Print one line for each page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("public", type=Path, help="the public folder of a portal")
    parser.add_argument("addresses", nargs="+", help="pages below it, each with a final slash")
    parser.add_argument(
        "--slower", type=float, default=6, help="times that the processor is slowed"
    )
    parser.add_argument("--times", type=int, default=5, help="checks of each page")
    options = parser.parse_args()
    serve = functools.partial(Handler, directory=str(options.public))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}/"
    print(f"processor {options.slower:g} times slower, milliseconds (of them at work)")
    for address in options.addresses:
        state, first, *later = _measured(base + address, options.slower, options.times)
        again = [statistics.median(column) for column in zip(*later, strict=True)]
        print(f"{address}  {state}: first {_told(first)}, evidence at hand {_told(again)}")
    server.shutdown()
    server.server_close()


def _told(times: Sequence[float]) -> str:
    return f"{times[0]:.0f} ({times[1]:.0f})"


def _measured(address: str, slower: float, times: int) -> list[Any]:
    """Return the verdict, then (whole, at work) of each check, in milliseconds."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        measured: list[Any] = []
        state = ""
        for _ in range(times + 1):
            before = _at_work(session)
            whole, state = page.evaluate(CHECK)
            measured.append((whole, _at_work(session) - before))
        browser.close()
    return [state, *measured]


def _at_work(session: Any) -> float:
    """Return the processor time of the page's thread, slowed as it is, in milliseconds."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1_000 * next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


if __name__ == "__main__":
    main()
