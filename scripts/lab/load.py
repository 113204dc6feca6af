"""Load: an open loop of uploads against the gateway, and what became of every one of them.

    python scripts/lab/load.py --rates 50,100 --seconds 10  arrivals a second, one run for each
    python scripts/lab/load.py --storm 30 --down 300        the portal stands still, then all return
    python scripts/lab/load.py --evening 96 --share 0.01    eight hours in three zones, 96 x as fast
    python scripts/lab/load.py --table                      all three in full, as markdown tables

Arrivals are fixed before the clock starts and wait for no answer; a latency counts from the
scheduled arrival, so a pause of the server is in it. Statements are signed before, connections stay
open. After each run every receipt must be in the log exactly once; at the end `rekap verify` must
prove the site. The portal is made anew in --dir (default: a temporary folder); with --url it is
one that runs already and holds what `--dir` would.

    exit status: 0 all of that holds; 1 a receipt is broken, a sound form was refused for good, or
    the site is not true; 2 could not run
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "functions")]

from scripts.lab.loading import proving, reports, scenarios  # noqa: E402
from scripts.lab.loading.clients import ACCEPTED, DOUBT  # noqa: E402
from scripts.lab.loading.country import ORIGIN, Country, Upload  # noqa: E402
from scripts.lab.loading.portal import SETTLES_S, Backlog, Gateway, begin, ring  # noqa: E402
from scripts.lab.loading.reports import Result  # noqa: E402
from scripts.lab.loading.runs import Plan, Rules, run  # noqa: E402
from scripts.lab.loading.scenarios import Scenario  # noqa: E402

from rekap.core.errors import RekapError  # noqa: E402
from rekap.core.pages import release  # noqa: E402
from rekap.desk.officials.outbox.receipts import ReceiptKey  # noqa: E402

RATES: Final = (50.0, 100.0, 200.0, 400.0)
STORM_RATE: Final = 30.0
"""The nation's mean in eight hours."""
SOUND: Final = (0, 3)
"""Exit codes of `rekap verify` where nothing is wrong: a site's own anchors prove nothing more."""
FACTOR: Final = 96.0
"""Eight hours in five minutes; 1 % of the nation so fast is about what the whole nation sends."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for, print it, and return the exit status."""
    options = parsed(arguments)
    try:
        outcome = load(options)
    except (OSError, RuntimeError, ValueError, RekapError) as error:
        print(f"load: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    if options.table:
        print("\n" + "\n".join(_tables(outcome)))
    return 0 if outcome.holds else 1


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options; without a scenario, one run at the first rate."""
    options = _parser().parse_args(arguments)
    if options.table:
        options.rates = options.rates or RATES
        options.storm, options.evening = options.storm or STORM_RATE, options.evening or FACTOR
    elif not (options.storm or options.evening):
        options.rates = options.rates or RATES[:1]
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rates", type=_rates, default=(), metavar="R,R", help="arrivals a second")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of each of these runs")
    parser.add_argument("--storm", type=float, default=0.0, metavar="R", help="arrivals a second")
    parser.add_argument("--down", type=float, default=300.0, help="seconds that the portal stands")
    parser.add_argument("--evening", type=float, default=0.0, metavar="FACTOR")
    parser.add_argument("--share", type=float, default=0.01, help="part of the nation's forms")
    parser.add_argument("--table", action="store_true", help="everything, as markdown")
    parser.add_argument("--pages", default="200", help="pages that verify compares, or `all`")
    parser.add_argument("--connections", type=int, default=256)
    parser.add_argument("--patience", type=float, default=120.0, help="seconds")
    parser.add_argument("--promise", type=float, default=60.0, help="seconds until logged, at most")
    parser.add_argument("--rest", type=float, default=900.0, help="seconds until the site is whole")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dir", type=Path, help="a new folder for the portal")
    parser.add_argument("--url", default="", help="a portal that runs already")
    return parser


def _rates(text: str) -> tuple[float, ...]:
    return tuple(float(one) for one in text.split(","))


def planned(options: argparse.Namespace) -> list[Scenario]:
    """Return the scenarios that are asked for."""
    seed = options.seed
    found = [scenarios.steady(rate, options.seconds, seed) for rate in options.rates]
    if options.storm:
        found.append(scenarios.storm(options.storm, options.down, seed))
    if options.evening:
        found.append(scenarios.evening(options.share, options.evening, seed))
    return found


@dataclass(slots=True)
class Target:
    """The portal under load. `gateway` and `folder` are None where it is not ours."""

    url: str
    site: str
    gateway: Gateway | None = None
    folder: Path | None = None

    def oldest_s(self) -> Callable[[], float]:
        """Return what tells the age of the oldest waiting record."""
        return Backlog(self.folder).oldest_s if self.folder else lambda: 0.0

    def ring(self) -> None:
        """Wake the publisher, if it is ours, instead of waiting for its minute."""
        if self.folder:
            ring(self.folder)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Every run, and the exit code of `rekap verify` over what they left; `about` the machine."""

    about: str
    results: tuple[Result, ...]
    verdict: int

    @property
    def holds(self) -> bool:
        """Nothing that was acknowledged is lost, and the site is true."""
        return self.verdict in SOUND and all(result.holds for result in self.results)


def load(options: argparse.Namespace, tell: Callable[[str], None] = print) -> Outcome:
    """Carry out every scenario on one portal; `tell` gets the lines."""
    todo = planned(options)
    forms = sum(len(one.arrivals) for one in todo)
    country = Country(max(8, -(-forms // 2)), seed=options.seed, release=release.current())
    about = (
        f"{forms:,} forms of {country.stations:,} stations, seed {options.seed};"
        f" {os.cpu_count()} cores, Python {platform.python_version()},"
        f" load average before {os.getloadavg()[0]:.1f}."
    )
    tell(about)
    uploads = list(country.uploads())
    with target(options, country) as portal:
        results = _carry_out(todo, uploads, country, portal, options, tell)
        whole = proving.rest(proving.Log(portal.url), portal.ring, options.rest)
        code, said = proving.verify(portal.site, options.pages)
    if code not in SOUND:
        for line in said:
            tell(f"  {line}")
    tell(f"rekap verify: exit {code}" + ("" if whole else "; the site had not caught up"))
    return Outcome(about, tuple(results), code)


@contextlib.contextmanager
def target(options: argparse.Namespace, country: Country) -> Iterator[Target]:
    """Give the portal at --url, or a new one that ends with the block."""
    if options.url:
        yield Target(options.url, options.url)
        return
    with tempfile.TemporaryDirectory() as made:
        folder = options.dir or Path(made) / "portal"
        if folder.exists():
            raise ValueError(f"{folder} exists: give a new folder")
        begin(folder, country)
        gateway = Gateway(folder, country.release)
        gateway.start()
        try:
            gateway.settle(SETTLES_S)
            yield Target(gateway.url, str(folder / "public"), gateway, folder)
        finally:
            gateway.stop()


def _carry_out(
    todo: Sequence[Scenario],
    uploads: Sequence[Upload],
    country: Country,
    portal: Target,
    options: argparse.Namespace,
    tell: Callable[[str], None],
) -> list[Result]:
    key = ReceiptKey.parse(ORIGIN, country.receipt_key(), "seed")
    rules = Rules(key, options.connections, patience_s=options.patience, seed=options.seed)
    log, results, used = proving.Log(portal.url), list[Result](), 0
    for scenario in todo:
        some = uploads[used : used + len(scenario.arrivals)]
        used += len(some)
        disturb = scenarios.disturbance(scenario, portal.gateway)
        plan = Plan(scenario.name, scenario.arrivals, some, disturb)
        began, before = time.perf_counter(), time.process_time()
        done = run(portal.url, plan, rules, portal.oldest_s())
        core = (time.process_time() - before) / (time.perf_counter() - began)
        told, false = done.leaves(ACCEPTED), done.leaves(DOUBT)
        kept, leaves = proving.hold(told, false, log, options.promise)
        results.append(Result(scenario, done.sums(leaves), kept, done.fates, core))
        for line in reports.lines(results[-1]):
            tell(line)
        if scenario.width:
            tell(reports.curve_table(results[-1]))
        proving.rest(log, portal.ring, options.rest)
    return results


def _tables(outcome: Outcome) -> Iterator[str]:
    kept = sum(one.promises.kept for one in outcome.results)
    lost = sum(len(one.promises.broken) for one in outcome.results)
    yield (
        f"{outcome.about} {kept:,} receipts kept, {lost} lost;"
        f" `rekap verify` over all of it: exit {outcome.verdict}.\n"
    )
    yield reports.steady_table([one for one in outcome.results if not one.scenario.width])
    for one in outcome.results:
        if one.scenario.width:
            yield f"{one.scenario.name}:\n"
            yield reports.steady_table([one])
            yield reports.curve_table(one)


if __name__ == "__main__":
    sys.exit(main())
