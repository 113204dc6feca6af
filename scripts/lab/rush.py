"""How late pages are in the hour in which a province sends its forms, from measured operations.

    python scripts/lab/rush.py --stations 400 --forms 256

A small province shows what is there, then a wave of forms comes: measured are processor seconds and
requests of the publisher's runs, and of the renderers' tasks for pages of statements and TPS and
for pages above, each with caches of its own. Requests take what `scripts/lab/renderers.py` assumes.

The model goes in rounds, one after the other: the publisher folds what has come, renderers write
its pages in ranges, then the pages above, and site.json shows them. On AWS rounds overlap, so it
says too much. It begins where a checkpoint has a form. A form touches as many pages above as in the
wave, although forms of one kelurahan share them: too much again, until all pages above that the
province has are written in each round. Not in it: deeper maps, pages that grow, a region that
throttles, functions that start cold.

A release may change in that hour: renderers write the whole site again, by tasks that
`scripts/lab/renderers.py` measures, and the publisher beside them counts and folds what comes.
Pages of the forms that wait for it come in the round after.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "functions")]

from itertools import islice  # noqa: E402

from scripts.lab import renderers as whole  # noqa: E402
from scripts.lab.loading.country import Country  # noqa: E402
from scripts.lab.loading.portal import begin, opened  # noqa: E402
from scripts.lab.renderers import LARGEST, RENDERERS, Bill, Counted, Queue  # noqa: E402

from handlers import entry_zero  # noqa: E402
from rekap.core.log.ports import LogFiles, Objects  # noqa: E402
from rekap.core.pages.release import current  # noqa: E402
from rekap.portal.publishing import window  # noqa: E402
from rekap.portal.publishing.register import Register  # noqa: E402
from rekap.portal.publishing.rendering import Renderer  # noqa: E402
from rekap.portal.publishing.run import Publisher  # noqa: E402
from rekap.portal.publishing.tasks import RANGE  # noqa: E402
from rekap.portal.store.aws.hold import HELD_S  # noqa: E402

HOUR: Final = 3_600
HANDED: Final = 0.5
"""Seconds that a queue takes to wake a function, four times a round: assumed, nobody measured."""


class Paged(Counted):
    """Counts pages too: `page`, by their Indonesian edition."""

    def put_if(self, path: str, data: bytes, tag: str | None) -> str:
        """Count a put, and a page."""
        self.pages += path.endswith("index.html") and not path.startswith("en/")
        return super().put_if(path, data, tag)

    pages = 0


@dataclass(frozen=True)
class Operations:
    """Seconds on AWS, as assumed, of what was measured; and pages that a form touches.

    `fold` of a form, with its proof and the ranges of its pages; `run`: of a run of the publisher
    that finds nothing; `page` of a statement or a TPS in a task; `above` of a page above. `most`:
    pages above that the largest province has.
    """

    run: float
    fold: float
    page: float
    above: float
    pages: float
    pages_above: float
    most: float


@dataclass(frozen=True)
class Hour:
    """Seconds: how late pages of TPS are (of twenty the latest but one), and the province's at the
    most; how long after the last form all is shown."""

    tps: float
    province: float
    recovered: float
    rounds: int


def measured(stations: int, forms: int, folder: Path) -> Operations:
    """Measure one wave on a province of so many stations."""
    country = Country(stations, seed=1, release=current())
    begin(folder, country)
    with opened(folder, now=lambda: 0) as (_, portal, functions):
        uploads = country.uploads()
        for one in islice(uploads, forms):
            functions.submit(one.item.data)
        functions.sequence()
        functions.publish()
        functions.publish()
        for one in islice(uploads, forms):
            functions.submit(one.item.data)
        functions.sequence()
        assert portal.objects
        assert portal.register
        return _wave(portal.objects, portal.register, stations, forms)


def _wave(own: Objects, register: Register, stations: int, forms: int) -> Operations:
    objects, queue = Paged(own), Queue()
    key = entry_zero.log_key(LogFiles(own))
    publisher = Publisher(objects, register, log_key=key, release=current(), renderers=queue)
    publisher._refresh = lambda *_, **__: 0  # type: ignore[method-assign]  # bulk data
    few, window.FEW = window.FEW, 0  # type: ignore[misc]
    renderers = [Renderer(objects, release=current()) for _ in range(4)]
    runs, first, above, pages = Bill(), Bill(), Bill(), {True: 0, False: 0}
    try:
        while True:
            runs.pay(objects, lambda: publisher.run(1))
            if not queue.tasks:
                break
            taken, queue.tasks = queue.tasks, []
            for number, task in enumerate(taken):
                before, one = objects.pages, renderers[number % len(renderers)]
                (first if task.first else above).pay(
                    objects,
                    lambda task=task, one=one: one.render(task),  # type: ignore[misc]
                )
                pages[task.first] += objects.pages - before
        idle = Bill()
        idle.pay(objects, lambda: publisher.run(1))
    finally:
        window.FEW = few  # type: ignore[misc]
    own_runs = runs.seconds() - runs.count * idle.seconds()
    return Operations(
        idle.seconds(), max(own_runs, 0.0) / forms, first.seconds() / pages[True],
        above.seconds() / pages[False], pages[True] / forms, pages[False] / forms,
        pages[False] * LARGEST / stations,
    )  # fmt: skip


def again(
    each: Operations, runs: float, tasks: float, rate: float, renderers: int = RENDERERS
) -> float:
    """Return the seconds until the whole site is of another release, while so many forms come.

    `tasks`: seconds of all renderers together; `runs`: of the publisher, which also folds.
    """
    folds = rate * each.fold
    return max(tasks / renderers, runs / (1 - folds)) if folds < 1 else math.inf


def hour(
    each: Operations, rate: float, seconds: int = HOUR, renderers: int = RENDERERS,
    begun: float = 0.0, stands: float = 0.0,
) -> Hour:  # fmt: skip
    """Go through the hour, round by round; forms come evenly, the first round waits for `begun`.

    In the middle of the hour a publisher is killed, and no other is woken for `stands` seconds.
    """
    chance = random.Random(1)
    late: list[float] = []
    now, come, province, shown, rounds = max(1 / rate, begun), 0, 0.0, 0.0, 0
    total = int(rate * seconds)
    while come < total:
        if now >= seconds / 2:
            now, stands = now + stands, 0.0
        until = min(total, int(now * rate))
        forms, oldest = until - come, come / rate
        begun = now + each.run + forms * each.fold + HANDED
        ends = _ends(forms * each.pages, each.page, renderers)
        late += [begun + chance.choice(ends) - form / rate for form in range(come, until)]
        counted = begun + ends[-1] + each.run + 2 * HANDED
        above = _ends(min(forms * each.pages_above, each.most), each.above, renderers)
        shown = counted + above[-1] + each.run + HANDED
        province = max(province, shown - oldest)
        come, now, rounds = until, max(shown, (until + 1) / rate), rounds + 1
    late.sort()
    return Hour(late[int(len(late) * 0.95)], province, shown - seconds, rounds)


def _ends(pages: float, each: float, renderers: int) -> list[float]:
    """Return when each range of so many pages ends, from when they are sent."""
    full, rest = divmod(math.ceil(pages), RANGE)
    ranges = [RANGE] * full + [rest] * (rest > 0)
    free = [0.0] * renderers
    ends = []
    for count in ranges:
        at = free.index(min(free))
        free[at] += count * each
        ends.append(free[at])
    return sorted(ends) or [0.0]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print what follows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stations", type=int, default=400)
    parser.add_argument("--forms", type=int, default=256)
    parser.add_argument("--rate", type=float, default=30)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as made:
        each = measured(options.stations, options.forms, Path(made) / "wave")
        runs, tasks, _ = whole.measured(options.stations, 8, Path(made) / "again")
    print(each)
    for rate in (options.rate, options.rate * 100 / 30):
        found = hour(each, rate)
        print(
            f"{rate:.0f} forms/s for an hour, {RENDERERS} renderers: pages of TPS p95"
            f" {found.tps:.1f} s, the province's at most {found.province:.1f} s, all shown"
            f" {found.recovered:.1f} s after the last form; {found.rounds} rounds"
        )
        after = hour(each, rate, stands=HELD_S)
        print(f"a publisher is killed meanwhile: pages of TPS p95 {after.tps:.1f} s, the province's"
              f" at most {after.province:.1f} s")  # fmt: skip
        more = LARGEST / options.stations
        took = again(each, runs.seconds() * more, tasks.seconds() * more, rate)
        after = hour(each, rate, begun=took)
        print(
            f"another release meanwhile: the whole site again in {took / 60:.1f} minutes, what came"
            f" in them shown {after.province - took:.1f} s later"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
