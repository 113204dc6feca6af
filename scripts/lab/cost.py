"""What a night of 850,000 forms, a month, and a million views cost on AWS, by list prices.

    python scripts/lab/cost.py                      every table
    python scripts/lab/cost.py --write docs/cost.md put them in their places in the document
    python scripts/lab/cost.py --recount 600        count objects of the state in a log of that size

Prices are in `costing/prices.py`, quantities in `costing/quantities.py`: counted ones are counted
again by tests (`scripts/lab/costing/quantities.py`), assumed ones say so. Nothing is asked of AWS.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "functions")]
from scripts.lab.costing import model  # noqa: E402
from scripts.lab.costing.model import Line, given  # noqa: E402
from scripts.lab.costing.prices import PRICES  # noqa: E402
from scripts.lab.costing.quantities import (  # noqa: E402
    ASSUMED,
    AT_ONCE,
    BYTES,
    COUNTED,
    FILES,
    STATE,
    WAVE,
)
from scripts.lab.loading.markdown import table  # noqa: E402

WAVES: Final = (1, 4, 16, 64, 256)
TOGETHER: Final = (1, AT_ONCE)
"""Writes of a publisher at the same time: one after the other for comparison, and as it is."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every table, or write them into a document."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", type=Path, metavar="FILE")
    parser.add_argument("--recount", type=int, metavar="STATIONS")
    options = parser.parse_args(arguments)
    if options.recount:
        from scripts.lab.costing.recount import recount

        for size, counted in recount(options.recount, WAVE).items():
            print(f"{size} forms: {counted}")
        return 0
    if options.write:
        options.write.write_text(filled(options.write.read_text("utf-8")), encoding="utf-8")
        return 0
    for name, made in TABLES.items():
        print(f"{name}\n\n{made()}")
    return 0


def filled(text: str) -> str:
    """Return a document with the tables between its marks made anew."""

    def fill(mark: re.Match[str]) -> str:
        return f"{mark[1]}\n{TABLES[mark[2]]()}{mark[3]}"

    return re.sub(r"(<!-- table ([a-z ]+) -->)\n.*?(<!-- end -->)", fill, text, flags=re.DOTALL)


def prices() -> str:
    """Every price with its source."""
    rows = [(p.name, f"{p.usd:g}", f"{p.per:,.0f} {p.unit}", p.source) for p in PRICES.values()]
    return table(("price", "USD", "for", "source"), rows)


def counts() -> str:
    """What runs ask for."""
    rows = [
        (function, what, f"{count.one:g}", f"{count.many:g}")
        for function, counted in [*COUNTED.items(), ("publish, state", STATE)]
        for what, count in counted.items()
    ]
    return table(("function", "what", "one form", f"{WAVE} forms"), rows)


def files() -> str:
    """Files that a form rewrites."""
    return table(("page", "files"), [(page, str(count)) for page, count in FILES.items()])


def sizes() -> str:
    """Mean sizes."""
    return table(("what", "bytes"), [(what, f"{size:,.0f}") for what, size in BYTES.items()])


def assumed() -> str:
    """Numbers that nobody measured."""
    rows = [(one.name, f"{one.value:,g}", one.unit, one.why) for one in ASSUMED.values()]
    return table(("name", "value", "unit", "what it is"), rows)


def bill(lines: Iterable[Line]) -> str:
    """A bill with its sum."""
    some = list(lines)
    rows = [(one.what, _count(one.quantity), one.unit, f"{one.usd:,.2f}") for one in some]
    total = f"**{sum(one.usd for one in some):,.2f}**"
    return table(("price", "quantity", "unit", "USD"), [*rows, ("**sum**", "", "", total)])


def usual_wave() -> float:
    """The size of waves in a province of the mean size, or 1 if its waves would grow."""
    return model.steady_wave(model.rate()) or 1.0


def waves() -> str:
    """A night's cost and a publisher's pace by the size of waves."""
    rows = []
    for wave in WAVES:
        total = sum(one.usd for one in model.night(wave))
        paces = (f"{model.capacity(wave, at_once=n):.1f}" for n in TOGETHER)
        rows.append((
            f"{wave}",
            f"{model.puts(wave) / wave:.1f}",
            f"{total:,.0f}",
            f"{model.publish_seconds(wave):,.1f}",
            *paces,
        ))  # fmt: skip
    head = (
        "forms in a wave", "puts for each", "USD a night", "seconds a wave",
        *(f"forms a second, {n} write{'s' * (n > 1)} at once" for n in TOGETHER),
    )  # fmt: skip
    return table(head, rows)


def where() -> str:
    """Where the puts of the largest wave go, most first."""
    wave = WAVES[-1]
    files = {**model.rewritten(wave), "state": STATE["puts"].at(wave)}
    rows = [
        (page, str(FILES.get(page, "")), f"{count / wave:.2f}")
        for page, count in sorted(files.items(), key=lambda one: -one[1])
        if count / wave >= 0.1
    ]
    return table(("page", "files", f"puts for each form in waves of {wave}"), rows)


def needed() -> str:
    """The rates that publishers must keep, and the waves in which they do."""
    mean, largest = model.rate(), model.rate(given("largest"))
    rows = []
    for name, forms in (
        ("a province of the mean size", mean),
        ("the same at the peak", mean * given("peak")),
        ("the largest province", largest),
        ("the same at the peak", largest * given("peak")),
    ):
        sizes = (model.steady_wave(forms, at_once=n) for n in TOGETHER)
        rows.append((name, f"{forms:.1f}", *("grow" if s is None else f"{s:.0f}" for s in sizes)))
    head = ("log", "forms a second", *(f"wave, {n} at once" for n in TOGETHER))
    return table(head, rows)


def sums() -> str:
    """The few numbers that matter."""
    forms = given("forms")
    night = sum(one.usd for one in model.night(usual_wave()))
    worst = sum(one.usd for one in model.night(1))
    kept = sum(one.usd for one in model.stored(usual_wave()))
    month = sum(one.usd for one in model.month())
    shown = [*model.pictured()]
    terabytes = shown[-1].quantity / 1e12
    views = {region: sum(x.usd for x in model.views(region)) for region in ("Indonesia", "US")}
    rows = [
        (f"a night of {forms:,.0f} forms, in waves of {usual_wave():.0f}", f"{night:,.0f}"),
        ("the same, each form published by itself", f"{worst:,.0f}"),
        ("a month of keeping what that night left", f"{kept:,.0f}"),
        (
            f"pictures of all forms, at most {terabytes:.1f} TB, put once and kept a month",
            f"{sum(one.usd for one in shown):,.0f}",
        ),
        (f"a quiet month of {given('logs'):.0f} logs", f"{month * given('logs'):,.0f}"),
        ("a million views in Indonesia", f"{views['Indonesia']:,.2f}"),
        ("a million views in the United States", f"{views['US']:,.2f}"),
    ]
    return table(("what", "USD"), rows)


def _count(quantity: float) -> str:
    if quantity >= 1e9:
        return f"{quantity / 1e9:,.1f} thousand million"
    return f"{quantity:,.0f}"


TABLES: Final[Mapping[str, Callable[[], str]]] = {
    "sums": sums,
    "night": lambda: bill(model.night(usual_wave())),
    "waves": waves,
    "where": where,
    "needed": needed,
    "stored": lambda: bill(model.stored(usual_wave())),
    "pictured": lambda: bill(model.pictured()),
    "month": lambda: bill(model.month()),
    "views": lambda: bill(model.views("Indonesia")),
    "prices": prices,
    "counts": counts,
    "files": files,
    "sizes": sizes,
    "assumed": assumed,
}


if __name__ == "__main__":
    sys.exit(main())
