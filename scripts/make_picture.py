"""Make the picture of a result page that the front page of this repository shows.

    python scripts/make_picture.py var/demo/public --to docs/result.png

Opens one page of a site in the system's Chromium, as on a small laptop, and keeps what the first
screen shows. The picture is at most 150 kB: another size is an error, and nothing is written.

    exit status: 0 written, 2 no such page, or the picture is too large
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

ADDRESS: Final = "pilkada-2024-jakarta/gubernur-31/"
SCREEN: Final = (900, 720)
LARGEST: Final = 150_000


def main() -> int:
    """Write the picture; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("public", type=Path, help="the folder of a site")
    parser.add_argument("--address", default=ADDRESS, help="below the site, with its last slash")
    parser.add_argument("--to", type=Path, required=True, metavar="FILE")
    options = parser.parse_args()
    page = options.public / "en" / options.address / "index.html"
    if not page.is_file():
        print(f"{page} is missing: run SERVE=0 make demo first")
        return 2
    picture = first_screen(page.resolve())
    if len(picture) > LARGEST:
        print(f"{len(picture):,} bytes; at most {LARGEST:,}")
        return 2
    options.to.write_bytes(picture)
    return 0


def first_screen(page: Path) -> bytes:
    """Return a PNG of what a page shows without scrolling."""
    width, height = SCREEN
    with sync_playwright() as driver:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": width, "height": height})
        opened.goto(page.as_uri())
        picture = opened.screenshot(type="png")
        browser.close()
    return picture


if __name__ == "__main__":
    sys.exit(main())
