"""SIMULASI of a national day: one log per province, every form signed, taken, ordered and audited.

    python scripts/lab/national.py [--forms 850000] [--processes 2] [--seed 1] [--to DIR]

Places, keys and figures are invented. Each province is a log of its own, made in a process of its
own and removed after its audit; what is kept is its row. With `--to`, rows that are there are not
made again. Steps of a night are those of `loading/province.py`. Pages are not made: `make bench`
says what they cost. Exit code 1 if an invariant does not hold.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from scripts.lab.loading.province import Night, Province, night

from rekap.core.pages import release

FORMS: Final = 850_000
SHARES: Final = (
    170, 140, 131, 58, 52, 48, 44, 40, 36, 33, 29, 26, 23, 20, 17, 15, 13, 11, 10, 9, 8, 7, 6, 6, 5,
    5, 5, 4, 4, 4, 3, 3, 3, 3, 3, 2, 2, 2,
)  # fmt: skip
"""Per mille of the forms in each of 38 provinces: three have almost half, as in the country."""
MEMORY_MIB: Final = 1_024


def main(arguments: Sequence[str] | None = None) -> int:
    """Make every province and print one line for each; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--forms", type=int, default=FORMS)
    parser.add_argument(
        "--processes", type=int, default=2, help="0: in this one, whose memory is not judged"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--to", type=Path, default=None, metavar="DIR", help="keep rows here")
    options = parser.parse_args(arguments)
    began = time.perf_counter()
    print("SIMULASI: places, keys and figures are invented", flush=True)
    print(HEAD, flush=True)
    nights = []
    for done in _nights(_country(options.forms, options.seed), options.processes, options.to):
        print(_row(done), flush=True)
        nights.append(done)
    print(_total(nights, time.perf_counter() - began))
    broken = [f"{done.number:02}: {what}" for done in nights for what in done.broken]
    if options.processes:
        broken += [
            f"{done.number:02}: {done.mebibytes} MiB, at most {MEMORY_MIB}"
            for done in nights
            if done.mebibytes > MEMORY_MIB
        ]
    print("\n".join(broken) or "every invariant holds")
    return 1 if broken else 0


def _country(forms: int, seed: int) -> list[Province]:
    own = release.current()
    return [
        Province(number, max(8, round(forms * share / 2_000)), seed * 100 + number, own)
        for number, share in enumerate(SHARES, 1)
    ]


def _nights(provinces: Sequence[Province], processes: int, to: Path | None) -> Iterator[Night]:
    """Yield what was made before, then the others as they are done; each is kept at once."""
    kept = {one: _kept(to, one) for one in provinces}
    yield from (done for done in kept.values() if done is not None)
    missing = [one for one, done in kept.items() if done is None]
    for province, done in _made(missing, processes):
        if to is not None:
            to.mkdir(parents=True, exist_ok=True)
            _place(to, province).write_text(json.dumps(asdict(done)), encoding="utf-8")
        yield done


def _made(provinces: Sequence[Province], processes: int) -> Iterator[tuple[Province, Night]]:
    """Make provinces, the largest first, each in a process of its own."""
    if not processes:
        yield from ((province, night(province)) for province in provinces)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, max_tasks_per_child=1) as pool:
        futures = {pool.submit(night, province): province for province in provinces}
        for future in as_completed(futures):
            yield futures[future], future.result()


def _place(to: Path, one: Province) -> Path:
    return to / f"{one.number:02}-{one.stations}-{one.seed}-{one.release[:16]}.json"


def _kept(to: Path | None, one: Province) -> Night | None:
    if to is None or not _place(to, one).exists():
        return None
    return Night(**json.loads(_place(to, one).read_text(encoding="utf-8")))


STEPS: Final = ("sign", "submit", "sequence", "fold", "audit")
HEAD: Final = "province   forms  entries  signatures  elapsed  peak  processor time: " + " · ".join(
    STEPS
)


def _row(done: Night) -> str:
    steps = " · ".join(f"{done.seconds.get(step, 0):.1f}" for step in STEPS)
    return (
        f"{done.number:>8} {done.forms:>7,} {done.entries:>8,} {done.signatures:>11,}"
        f" {done.elapsed:>6.0f} s {done.mebibytes:>4} MiB  {steps}"
    )


def _total(nights: Sequence[Night], elapsed: float) -> str:
    """Sum up; the time of rows that were made before counts as it was measured then."""
    forms, entries = (sum(getattr(n, name) for n in nights) for name in ("forms", "entries"))
    work = sum(sum(done.seconds.values()) for done in nights)
    steps = ", ".join(f"{s} {sum(n.seconds.get(s, 0) for n in nights):,.0f}" for s in STEPS)
    return (
        f"{len(nights)} logs, {forms:,} forms, {entries:,} entries,"
        f" {sum(n.signatures for n in nights):,} signatures; this run {elapsed:,.0f} s\n"
        f"processor time {work:,.0f} s ({steps}): {forms / work:,.0f} forms/s of one core;"
        f" largest process {max(n.mebibytes for n in nights):,} MiB"
    )


if __name__ == "__main__":
    sys.exit(main())
