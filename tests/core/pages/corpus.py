"""Twins of every page in very many states: invented ones, and those of random logs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from tests.core.ledger.night import Night
from tests.core.pages import samples

from rekap.core.pages.site import Site

STEPS = 60
MODES = ("rehearsal", "replay")


def of_samples() -> Iterator[dict[str, Any]]:
    """The invented twins, and that of an index, which has no page.

    Each kind of page in every contest besides: a vote on a day of its own has all of them.
    """
    twins = [twin for _, twin in samples.all_pages()]
    contests = [twin["contest"] for twin in twins if twin["contest"]]
    for page in {twin["page"]: twin for twin in twins if twin["contest"]}.values():
        yield from ({**page, "contest": one} for one in json.loads(json.dumps(contests)))
    for twin in (*(twin for _, twin in samples.all_pages()), samples.names()):
        whole = json.loads(json.dumps(twin))
        yield whole
        if "hour" in whole:
            yield {**whole, **{name: None for name in ("hour", "came") if name in whole}}


def of_nights(seeds: Iterable[int], every: int = STEPS) -> Iterator[dict[str, Any]]:
    """All twins of nights, after each `every` of their 60 events."""
    for seed in seeds:
        night = Night(seed, mode=MODES[seed % 2])
        for step in range(1, STEPS + 1):
            night.step()
            if step % every == 0:
                yield from of_site(Site(night.state, lambda index, n=night: n.entries[index]))


def of_site(site: Site) -> Iterator[dict[str, Any]]:
    """All twins of a site."""
    for address in site.addresses():
        for twin in site._page(address)[0]:
            yield json.loads(json.dumps(twin))
    for path, data in site.bulk():
        if path.endswith("/index.json"):
            yield json.loads(data)
