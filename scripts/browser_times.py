"""How long the check in the browser takes on a slowed processor, its evidence at hand.

    .venv/bin/python scripts/browser_times.py var/demo/public ADDRESS… [--slower 6] [--times 5]

Opens each page of a site in Chromium with its processor slowed down, and asks for the check: the
first time in a new browser, then again with everything in its cache. What is printed is the time
from the tap to the last word, and of which the script itself waited for files.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import shutil
import statistics
import threading
from pathlib import Path
from typing import Any

from rekap.store.headers import content_type

CHECK = """async () => {
  const asked = [];
  const fetched = window.fetch;
  let waiting = 0;
  let since = 0;
  let idle = 0;
  window.fetch = async (...given) => {
    if (!waiting++) since = performance.now();
    try {
      const answer = await fetched(...given);
      const bytes = await answer.arrayBuffer();
      return new Response(answer.status === 200 ? bytes : null, { status: answer.status });
    } finally {
      if (!--waiting) idle += performance.now() - since;
    }
  };
  const { run } = await import(new URL(document.body.dataset.script, document.baseURI));
  const start = performance.now();
  await run(document, document.querySelector("#bukti .btn"));
  const whole = performance.now() - start;
  window.fetch = fetched;
  return { whole, idle, state: document.querySelector("#bukti").dataset.state };
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
    print(f"processor {options.slower:g} times slower; milliseconds: first, median of the next")
    for address in options.addresses:
        first, *later = _measured(base + address, options.slower, options.times)
        median = statistics.median(one["whole"] for one in later)
        own = statistics.median(one["whole"] - one["idle"] for one in later)
        print(
            f"{address}  {first['state']}  first {first['whole']:.0f}  again {median:.0f}, "
            f"of which without waiting for files {own:.0f}"
        )
    server.shutdown()
    server.server_close()


def _measured(address: str, slower: float, times: int) -> list[dict[str, Any]]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address)
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        measured = [page.evaluate(CHECK) for _ in range(times + 1)]
        browser.close()
    return measured


if __name__ == "__main__":
    main()
