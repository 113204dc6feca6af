"""The portal under load: a folder with the log until the polls close, and the gateway over it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from scripts.lab.loading.country import ORIGIN, Country

from handlers import access, publish, sequence, submit, wiring
from rekap.desk.replay.functions import Functions
from rekap.portal.store.local import keys
from rekap.portal.store.local.bell import PipeBell, SilentBell
from rekap.portal.store.local.database import Database
from rekap.portal.store.local.records import SqliteRecords

ROOT: Final = Path(__file__).resolve().parents[3]
WAVE: Final = 5_120
"""Statements that are taken before the next run of `sequence`: what one run orders."""
PATIENCE_S: Final = 60.0
SETTLES_S: Final = 180.0
QUIET_LOOKS: Final = 5


def begin(folder: Path, country: Country) -> None:
    """Send everything until the polls close through the functions, in this process."""
    for role in ("log", "receipt"):
        keys.save(folder / "keys", role, country.private(role))
    with opened(folder) as (database, _, functions):
        for _, statements in country.stages():
            while wave := list(islice(statements, WAVE)):
                for one in wave:
                    functions.submit(one)
                functions.sequence()
            functions.publish()
        functions.publish_by_the_minute()
        database.settle()


@contextmanager
def opened(
    folder: Path, *, release: str = "", now: Callable[[], float] = time.time
) -> Iterator[tuple[Database, access.Portal, Functions]]:
    """Give the functions of a folder in this process; what they write need not outlast it."""
    with closing(Database(folder / "portal.db", durable=False)) as database:
        portal = wiring.embedded(
            folder, access.Settings(ORIGIN, release=release), bell=SilentBell(),
            clock=lambda: int(now()), journal=lambda _: None, database=database,
        )  # fmt: skip
        yield database, portal, Functions(portal, submit.respond, sequence.respond, publish.respond)


@dataclass
class Gateway:
    """`scripts/gateway.py` over a folder, as a process of its own; it keeps its port.

    `release` is the one that the log names: a change of the code in the middle of a run would stop
    the publisher.
    """

    folder: Path
    release: str
    processes: int = 3
    port: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """The base of the site and of the API."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def lines(self) -> Path:
        """The file with the log lines of the functions."""
        return self.folder.with_suffix(".log")

    def start(self) -> None:
        """Start it and wait until it listens. Raises RuntimeError if it does not."""
        at = self.lines.stat().st_size if self.lines.exists() else 0
        command = [
            sys.executable, str(ROOT / "scripts" / "gateway.py"), "--dir", str(self.folder),
            "--origin", ORIGIN, "--port", str(self.port), "--processes", str(self.processes),
            "--parameter", f"Release={self.release}",
        ]  # fmt: skip
        with self.lines.open("ab") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=out)
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end and self._process.poll() is None:
            for line in self.lines.read_bytes()[at:].splitlines():
                if line.startswith(b"{") and b'"listening"' in line:
                    self.port = json.loads(line)["port"]
                    return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"the gateway does not listen; see {self.lines}")

    def settle(self, patience_s: float) -> None:
        """Wait until no function has been inside a call for a second: the watch audits at a start.

        Goes on after `patience_s`: a portal that is never at rest can be measured too.
        """
        end, quiet = time.monotonic() + patience_s, 0
        while quiet < QUIET_LOOKS and time.monotonic() < end:
            time.sleep(1 / QUIET_LOOKS)
            quiet = 0 if self._inside() else quiet + 1

    def _inside(self) -> int:
        lines = self.lines.read_bytes()
        return lines.count(b'"event":"start"') - lines.count(b'"event":"end"')

    def stop(self) -> None:
        """End it as an operator does."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE_S)
            self._process = None


@dataclass
class Backlog:
    """What waits in the portal's records, read from its database beside the functions."""

    folder: Path
    _records: SqliteRecords | None = None

    def oldest_s(self) -> float:
        """Age of the record that waits longest for its place, in seconds; 0 if none does."""
        if self._records is None:
            self._records = SqliteRecords(Database(self.folder / "portal.db"))
        oldest = self._records.oldest_pending()
        return 0.0 if oldest is None else max(0.0, time.time() - oldest)


def ring(folder: Path) -> None:
    """Wake the publisher of a running gateway: the bell stands in for the next minute."""
    PipeBell({"publish": folder / "bell" / "PublishQueue"}).ring("publish")
