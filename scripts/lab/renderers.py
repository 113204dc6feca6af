"""How long many renderers take to write a whole site again, from operations that are measured here.

    python scripts/lab/renderers.py --stations 600 --warm 8

A small province with two contests is published, its pages are removed, and `state/site` says that
another release made them. Then everything is written again by tasks: each goes to one of some
renderers that keep their caches, as on AWS. Measured are processor seconds and requests of every
task, and of every run of the publisher up to the claim; bulk data come later. The time of a request
is assumed, as in `scripts/lab/costing/quantities.py`: reads of nodes one after the other, those of
the site and puts 32 at once; processor time counts twice. Then 73,900 TPS have as many tasks more
as they have stations more, which 50 renderers share and one publisher counts.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "functions")]

from scripts.lab.costing.quantities import ASSUMED, AT_ONCE  # noqa: E402
from scripts.lab.loading.country import Country  # noqa: E402
from scripts.lab.loading.portal import begin, opened  # noqa: E402

from handlers import entry_zero  # noqa: E402
from rekap.core.log.ports import LogFiles, Objects, Stored  # noqa: E402
from rekap.core.pages.release import current  # noqa: E402
from rekap.portal.publishing import window  # noqa: E402
from rekap.portal.publishing.claims import Published  # noqa: E402
from rekap.portal.publishing.rendering import Renderer  # noqa: E402
from rekap.portal.publishing.run import Publisher  # noqa: E402
from rekap.portal.publishing.tasks import Task  # noqa: E402

LARGEST: Final = 73_900
"""Stations of the largest province."""
RENDERERS: Final = 50


@dataclass
class Counted:
    """Objects that count requests: `node`, `site`, `put`."""

    objects: Objects
    calls: Counter[str] = field(default_factory=Counter)

    def get(self, path: str) -> Stored | None:
        """Count a read."""
        self.calls["node" if path.startswith("state/") else "site"] += 1
        return self.objects.get(path)

    def part(self, path: str, start: int, length: int) -> bytes | None:
        """Count a read of a node."""
        self.calls["node"] += 1
        return self.objects.part(path, start, length)

    def put_new(self, path: str, data: bytes) -> None:
        """Count a put."""
        self.calls["put"] += 1
        self.objects.put_new(path, data)

    def put_if(self, path: str, data: bytes, tag: str | None) -> str:
        """Count a put."""
        self.calls["put"] += 1
        return self.objects.put_if(path, data, tag)


@dataclass
class Bill:
    """What calls of one kind took: how many, processor seconds, requests."""

    count: int = 0
    processor: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)

    def pay(self, objects: Counted, act: Callable[[], object]) -> None:
        """Do and measure one call."""
        before, began = Counter(objects.calls), time.process_time()
        act()
        self.processor += time.process_time() - began
        self.calls += objects.calls - before
        self.count += 1

    def seconds(self) -> float:
        """Return the seconds of all calls on AWS, one after the other, as is assumed."""
        get, put, request = (ASSUMED[name].value / 1000 for name in ("get", "put", "request"))
        waits = self.calls["node"] * get
        waits += (self.calls["site"] * get + self.calls["put"] * put) / AT_ONCE
        return 2 * self.processor + self.calls.total() * request + waits


class Queue:
    """Tasks that wait."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []

    def send(self, tasks: Sequence[Task]) -> None:
        """Put tasks behind those that wait."""
        self.tasks += tasks


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print a line for each figure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stations", type=int, default=600)
    parser.add_argument("--warm", type=int, default=8, help="renderers that share the tasks here")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as made:
        runs, tasks, pages = measured(options.stations, options.warm, Path(made))
    print("\n".join(told(options.stations, runs, tasks, pages)))
    return 0


def measured(stations: int, warm: int, folder: Path) -> tuple[Bill, Bill, int]:
    """Write a site of so many stations again: (runs of the publisher, tasks, files of pages)."""
    country = Country(stations, seed=1, release=current())
    begin(folder, country)
    with opened(folder, now=lambda: 0) as (_, portal, functions):
        for upload in country.uploads():
            functions.submit(upload.item.data)
        functions.sequence()
        functions.publish()
        functions.publish()
        forget(folder)
        assert portal.objects
        assert portal.register
        objects, queue = Counted(portal.objects), Queue()
        key = entry_zero.log_key(LogFiles(portal.objects))
        publisher = Publisher(
            objects, portal.register, log_key=key, release=current(), renderers=queue
        )
        window.FEW = 0  # type: ignore[misc]  # a large province has no few pages
        publisher._refresh = lambda *_, **__: 0  # type: ignore[method-assign]  # bulk data
        renderers = [Renderer(objects, release=current()) for _ in range(warm)]
        return *_course(publisher, renderers, queue, objects), objects.calls["put"]


def forget(folder: Path) -> None:
    """Remove the pages, and say that another release made them: proofs and bulk data stay."""
    site = folder / "state" / "site"
    published = Published.parse(site.read_bytes())
    published.made = published.release = "0" * 64
    site.write_bytes(published.encode())
    public = folder / "public"
    for path in public.rglob("*"):
        if path.suffix in (".html", ".json") and path.relative_to(public).parts[0] != "log":
            path.unlink()


def _course(
    publisher: Publisher, renderers: Sequence[Renderer], queue: Queue, objects: Counted
) -> tuple[Bill, Bill]:
    """Publish and render until nothing waits."""
    runs, tasks, chance = Bill(), Bill(), random.Random(1)
    while True:
        runs.pay(objects, lambda: publisher.run(1))
        if not queue.tasks:
            return runs, tasks
        taken, queue.tasks = queue.tasks, []
        for task in taken:
            renderer = chance.choice(renderers)
            tasks.pay(objects, lambda task=task, one=renderer: one.render(task))  # type: ignore[misc]


def told(stations: int, runs: Bill, tasks: Bill, puts: int) -> list[str]:
    """Say what was measured, and what follows for the largest province."""
    more = LARGEST / stations
    each = tasks.seconds() / tasks.count
    shared, counted = tasks.seconds() * more / RENDERERS, runs.seconds() * more
    calls = ", ".join(f"{n / tasks.count:.1f} {name}" for name, n in sorted(tasks.calls.items()))
    return [
        f"{stations} stations: {tasks.count} tasks, {puts} puts, {runs.count} runs of publish",
        f"a task: {tasks.processor / tasks.count:.2f} s of processor; requests: {calls}",
        f"a task on AWS, as assumed: {each:.1f} s",
        f"{LARGEST} stations: {tasks.count * more:,.0f} tasks,"
        f" {shared / 60:.1f} minutes for {RENDERERS} renderers,"
        f" {counted / 60:.1f} minutes for the publisher beside them",
    ]


if __name__ == "__main__":
    sys.exit(main())
