"""How late the page of a TPS is, with the publisher's own processor time as the clock.

    python scripts/lab/lateness.py --stations 1500 --rates 50,100,200 --seconds 8

Forms arrive at a rate, the log takes in what has arrived once a second, and the publisher runs
without a pause. Time passes only while it works: the figures are those of a publisher that has one
core for itself, and another load on this machine disturbs them little. Receipts and the order cost
nothing here; `scripts/lab/load.py` measures everything together.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "functions")]

from scripts.lab.loading import reports, schedule  # noqa: E402
from scripts.lab.loading.accounts import Spread  # noqa: E402
from scripts.lab.loading.country import Country, Upload  # noqa: E402
from scripts.lab.loading.portal import begin, opened  # noqa: E402

from handlers import access, entry_zero  # noqa: E402
from rekap.core.log.ports import CHECKPOINT, LogFiles, Objects, Stored  # noqa: E402
from rekap.core.pages.release import current  # noqa: E402
from rekap.desk.replay.functions import Functions  # noqa: E402
from rekap.portal.publishing.run import Publisher  # noqa: E402


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure every rate on a portal of its own and print a line for each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stations", type=int, default=1_500)
    parser.add_argument("--rates", default="50,100,200", help="forms a second")
    parser.add_argument("--seconds", type=float, default=8.0)
    options = parser.parse_args(arguments)
    country = Country(options.stations, seed=1, release=current())
    for rate in map(float, options.rates.split(",")):
        with tempfile.TemporaryDirectory() as made:
            print(told(rate, run(country, rate, options.seconds, Path(made))), flush=True)
    return 0


@dataclass
class Clock:
    """Processor seconds of the publisher; it stands while somebody else works."""

    at: float = 0.0
    _since: float | None = None

    def now(self) -> float:
        """Return the time."""
        return self.at + (0.0 if self._since is None else time.process_time() - self._since)

    def stand(self) -> None:
        """Stop: what is done now is not the publisher's."""
        self.at, self._since = self.now(), None

    def go(self) -> None:
        """Go on."""
        self._since = time.process_time()


@dataclass
class Night:
    """Forms by arrival, the functions that take them, and when each page was first written."""

    clock: Clock
    functions: Functions
    uploads: Sequence[Upload]
    arrivals: Sequence[float]
    taken: int = 0
    seen: dict[str, float] = field(default_factory=dict)
    puts: int = 0

    def take(self) -> bool:
        """Let the log take in what came until the last full second; tell whether anything did."""
        come = bisect_right(self.arrivals, int(self.clock.at))
        some, self.taken = self.uploads[self.taken : come], come
        for upload in some:
            self.functions.submit(upload.item.data)
        if some:
            self.functions.sequence()
        return bool(some)


class Watched:
    """The objects of the portal: a look at the checkpoint shows the log as it is by then."""

    def __init__(self, objects: Objects, night: Night) -> None:
        self._objects = objects
        self._night = night
        self.put_new, self.part = objects.put_new, objects.part

    def get(self, path: str) -> Stored | None:
        if path == CHECKPOINT:
            self._night.clock.stand()
            self._night.take()
            self._night.clock.go()
        return self._objects.get(path)

    def put_if(self, path: str, data: bytes, tag: str | None) -> str:
        written = self._objects.put_if(path, data, tag)
        self._night.puts += 1
        self._night.seen.setdefault(path, self._night.clock.now())
        return written


def run(country: Country, rate: float, seconds: float, folder: Path) -> Night:
    """Let an evening pass; return what was seen when."""
    begin(folder, country)
    arrivals = schedule.poisson(rate, seconds, country.seed)
    uploads = [upload for upload, _ in zip(country.uploads(), arrivals, strict=False)]
    with opened(folder, release=country.release) as (_, portal, functions):
        night = Night(Clock(), functions, uploads, arrivals[: len(uploads)])
        objects = access.present(portal.objects, "")
        publisher = Publisher(
            Watched(objects, night), access.present(portal.register, ""),
            log_key=entry_zero.log_key(LogFiles(objects)), release=country.release,
        )  # fmt: skip
        publisher.run(0)  # it has run for long: templates are compiled
        night.clock.at, night.puts = 0.0, 0
        night.seen.clear()
        while night.taken < len(uploads) or f"{uploads[-1].page}index.html" not in night.seen:
            night.clock.go()
            done = publisher.run(0)
            night.clock.stand()
            if not done.folded:
                night.clock.at = float(int(night.clock.at) + 1)
    return night


def told(rate: float, night: Night) -> str:
    """Say how late pages were, and what a form cost."""
    late = [
        night.seen[f"{upload.page}index.html"] - at
        for upload, at in zip(night.uploads, night.arrivals, strict=True)
    ]
    spread = reports.spread(Spread.of(late))
    cost = night.clock.at / len(late) * 1_000
    puts = night.puts / len(late)
    return f"{rate:g}/s, {len(late):,} forms: {spread}; {puts:.1f} files and {cost:.1f} ms a form"


if __name__ == "__main__":
    sys.exit(main())
