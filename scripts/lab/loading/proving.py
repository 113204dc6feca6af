"""After a run: is every receipt's entry in the log exactly once, and is the whole site true?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from scripts.lab.loading.accounts import Promises, promises

from rekap.audit.reader import UrlSource
from rekap.core.errors import Malformed
from rekap.core.log import tiles
from rekap.core.log.checkpoint import parse
from rekap.core.log.entry import decode_bundle, leaf_hash
from rekap.core.signing.note import Note

ROOT: Final = Path(__file__).resolve().parents[3]
_MOST: Final = 1 << 26
_PAUSE_S: Final = 0.2


class Log:
    """The published log as anybody reads it; bundles that are full are read once."""

    def __init__(self, url: str) -> None:
        self._source = UrlSource(url)
        self._full: dict[int, tuple[str, ...]] = {}

    def leaves(self) -> list[str]:
        """Return the leaf hashes of all entries under the checkpoint, from the entries' bytes.

        Raises Malformed if the checkpoint or a bundle is missing or broken.
        """
        size = parse(Note.parse(self._bytes(tiles.CHECKPOINT)).text).size
        found: list[str] = []
        for n in range(-(-size // tiles.WIDTH)):
            width = tiles.width_in(0, n, size)
            known = self._full.get(n)
            if known is None:
                data = self._bytes(tiles.entries_path(n, width))
                known = tuple(leaf_hash(one).hex() for one in decode_bundle(data, width))
                if width == tiles.WIDTH:
                    self._full[n] = known
            found += known
        return found

    def at_rest(self) -> bool:
        """Tell whether the site shows the whole log, bulk data too."""
        claim = json.loads(self._source.read("site.json", _MOST) or b"{}")
        size = parse(Note.parse(self._bytes(tiles.CHECKPOINT)).text).size
        names = ("size", "data_size", "data_next")
        return all(claim.get(name) == size for name in names)

    def _bytes(self, path: str) -> bytes:
        data = self._source.read(f"log/{path}", _MOST)
        if data is None:
            raise Malformed(f"log/{path} is missing")
        return data


def hold(
    acknowledged: Sequence[str], false: Sequence[str], log: Log, patience_s: float
) -> tuple[Promises, list[str]]:
    """Hold acknowledged leaves against the log; return the log's leaves too.

    Reads again until all are there or `patience_s` has passed: a receipt promises 60 seconds.
    """
    end = time.monotonic() + patience_s
    while True:
        leaves = log.leaves()
        found = promises(acknowledged, leaves, false)
        if not found.broken or time.monotonic() > end:
            return found, leaves
        time.sleep(_PAUSE_S)


def rest(log: Log, ring: Callable[[], None], patience_s: float) -> bool:
    """Wait until the site shows the whole log; `ring` stands in for the next minute."""
    end = time.monotonic() + patience_s
    while not log.at_rest():
        if time.monotonic() > end:
            return False
        ring()
        time.sleep(_PAUSE_S)
    return True


def verify(site: str, pages: str) -> tuple[int, Iterable[str]]:
    """Run `rekap verify` over a folder or a URL; return its exit code and its last lines."""
    command = [sys.executable, "-m", "rekap.desk.main", "verify", site, "--pages", pages]
    own = {**os.environ, "PYTHONPATH": str(ROOT / "functions")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=own)
    return done.returncode, (done.stdout + done.stderr).splitlines()[-12:]
