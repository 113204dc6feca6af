"""How long the check in the browser takes on a slow telephone: from the tap to the drawn sheet.

    .venv/bin/python scripts/lab/browser_times.py var/demo/public ADDRESS… [--slower 6] [--rate 1.6]

Opens each page of a site in a new browser, follows its button, and waits for the sheet: with the
processor slowed down, and the network bounded in Mbit/s with 150 ms to the first byte of an answer.
Files come compressed over HTTP/2, as CloudFront serves them (`slow_site.mjs`, node). Told
are the least seconds, the processor time of the page's own thread among them, the requests, and the
bytes on the way: a busy machine stretches the seconds. The page itself notes when the sheet stands,
so that nothing of the browser's driver runs in it before.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

LATENCY_MS: Final = 150
TIMEOUT_S: Final = 60
SERVER: Final = Path(__file__).parent / "slow_site.mjs"
NOTED: Final = """new MutationObserver((_, observer) => {
  if (!document.querySelector("#lembar[data-state=done] > *")) return;
  globalThis.drawn = performance.timeOrigin + performance.now();
  observer.disconnect();
}).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-state"] });"""
BYTES: Final = """() => performance.getEntries()
  .filter((one) => ["navigation", "resource"].includes(one.entryType))
  .map((one) => one.transferSize)"""


def main() -> None:
    """Print one line for each page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("public", type=Path, help="the public folder of a portal")
    parser.add_argument("addresses", nargs="+", help="pages below it, each with a final slash")
    parser.add_argument("--slower", type=float, default=6, help="times the processor is slowed")
    parser.add_argument("--rate", type=float, default=1.6, help="Mbit/s; 0 is unbounded")
    parser.add_argument("--times", type=int, default=3, help="new browsers for each page")
    options = parser.parse_args()
    with served(options.public, options.rate) as base:
        print(f"processor {options.slower:g} times slower, {options.rate:g} Mbit/s")
        for address in options.addresses:
            told = [_measured(base, address, options.slower) for _ in range(options.times)]
            seconds, at_work = (min(one[at] for one in told) for at in (1, 2))
            head, _, _, sizes = told[-1]
            print(
                f"{address}  {head}: {seconds:.2f} s, {at_work:.2f} s at work, "
                f"{len(sizes)} requests, {sum(sizes):,} bytes"
            )


@contextlib.contextmanager
def served(folder: Path, rate: float) -> Iterator[str]:
    """Serve a folder over HTTP/2 with a certificate of its own; the base address."""
    with tempfile.TemporaryDirectory() as kept:
        key, certificate = Path(kept) / "key.pem", Path(kept) / "certificate.pem"
        _certify(key, certificate)
        command = [node(), *map(str, (SERVER, folder, key, certificate, rate, LATENCY_MS))]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            try:
                yield f"https://127.0.0.1:{int(server.stdout.readline())}/"
            finally:
                server.terminate()


def node() -> str:
    """Return a program that runs JavaScript: the system's, or that of Chromium's driver."""
    from playwright._impl._driver import compute_driver_executable

    return shutil.which("node") or str(compute_driver_executable()[0])


def _certify(key: Path, certificate: Path) -> None:
    own = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(own.public_key())
        .serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
        .sign(own, hashes.SHA256())
    )  # fmt: skip
    plain = serialization.NoEncryption()
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    key.write_bytes(own.private_bytes(pem, form, plain))
    certificate.write_bytes(made.public_bytes(pem))


def _measured(base: str, address: str, slower: float) -> tuple[str, float, float, list[int]]:
    """Return (head, seconds, seconds at work, bytes of each request) of a check."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page: Any = browser.new_context(ignore_https_errors=True).new_page()
        page.goto(base + address)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        page.add_init_script(NOTED)
        button = page.locator("#bukti .btn")
        before, start = _at_work(session), time.time()
        button.click(no_wait_after=True)
        while not (done := _evaluated(session, "globalThis.drawn")):
            assert time.time() < start + TIMEOUT_S
            time.sleep(0.1)
        seconds, at_work = done / 1000 - start, _at_work(session) - before
        head = page.locator("#lembar > *").first.get_attribute("data-head")
        sizes = page.evaluate(BYTES)
        browser.close()
    return str(head), seconds, at_work, sizes


def _evaluated(session: Any, expression: str) -> float:
    said = session.send("Runtime.evaluate", {"expression": expression})
    return float(said["result"].get("value", 0))


def _at_work(session: Any) -> float:
    """Return the processor seconds of the page's thread, slowed as it is."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


if __name__ == "__main__":
    main()
