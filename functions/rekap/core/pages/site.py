"""The site as a function of the log: which pages there are, and the bytes of each file.

A page is a folder's address with everything that has its as_of: the page in each language and its
twin, a region's summary and feed, and at a kecamatan also forms.csv and `belum-masuk/`;
`tentang/` has `policy.txt` and `404.html`. An index of names is a twin alone.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from rekap.core import codec, packaged
from rekap.core.ledger import addresses as paths
from rekap.core.ledger.state import Record, State
from rekap.core.log.policy import Policy
from rekap.core.pages import pages
from rekap.core.pages.data import bulk as bulk_data
from rekap.core.pages.data import changes, export, feeds, schemas
from rekap.core.pages.look import box, verifier
from rekap.core.pages.twins import (
    copies,
    incidents,
    listings,
    overview,
    places,
    readiness,
    recommendations,
    search,
    stations,
)
from rekap.core.pages.twins.context import Context, Twin, common
from rekap.core.pages.twins.statements import statement
from rekap.core.statements import regions

Entries = Callable[[int], bytes]
Page = tuple[list[Twin], dict[str, bytes]]
"""The twins of an address, the page's own first, and {path: bytes} of what has no twin."""


class Site:
    """Renders pages from one state. Make a new one for another size."""

    def __init__(self, state: State, entries: Entries) -> None:
        self._ctx = Context(state, entries)

    @property
    def context(self) -> Context:
        """What every page is made from, for whoever writes another format of the same state."""
        return self._ctx

    def addresses(self) -> list[str]:
        """Return every page's address, sorted."""
        return addresses(self._ctx.state)

    def as_of(self, address: str) -> int:
        """Return the page's as_of at this size."""
        return self._ctx.as_of(address)

    def files(self, address: str) -> dict[str, bytes]:
        """Return {path: bytes} of a page; the twin comes first: whoever writes, writes it first."""
        files: dict[str, bytes] = {}
        twins, others = self._page(address)
        for twin in twins:
            data = files[f"{twin['address']}index.json"] = codec.encode_public(twin)
            if twin["page"] != "names":
                files.update(pages.editions(twin, data))
        if address == paths.ABOUT:
            lost = common(self._ctx, "notfound", paths.ABOUT)
            files["404.html"] = pages.render({**lost, "address": paths.PORTAL})
        return files | others

    def verifier(self) -> dict[str, bytes]:
        """Return {path: bytes} of the verifier in the browser: the same at every size."""
        return verifier.files(packaged.templates_folder())

    def twins(self, address: str) -> list[bytes]:
        """Return the twins of a page and what has no twin: all that its HTML is made from."""
        twins, others = self._page(address)
        return [*map(codec.encode_public, twins), *(data for _, data in sorted(others.items()))]

    def bulk(self, known: bulk_data.Known = bulk_data.unknown) -> Iterator[tuple[str, bytes]]:
        """Yield (path, bytes) of the bulk data of every election at this size.

        A table that is `known` is not made again.
        """
        ids = (self._ctx.state.meta.get("elections") or {"ids": []})["ids"]
        for election in ids:
            yield from bulk_data.files(
                self._ctx, self._ctx.election(election), pages.editions, known
            )

    def folders(self) -> Iterator[tuple[str, bytes]]:
        """Yield (path, bytes) of the election folders that say what this log's chains say."""
        return export.folders(self._ctx)

    def beside(self) -> Iterator[tuple[str, str]]:
        """Yield (id of an election, path) of words and pictures that may lie in its folder."""
        return export.beside(self._ctx)

    def _page(self, address: str) -> Page:
        ctx = self._ctx
        first, *rest = address.split("/")
        if address == paths.PORTAL:
            return [overview.portal(ctx)], {}
        if first == "bukti":
            index = int(rest[0])
            copy = {paths.entry(index): ctx.entries(index)}
            return [statement(ctx, index)], copy | changes.full(ctx, index)
        if address == paths.LEDGER:
            return [overview.ledger(ctx)], changes.tail(ctx)
        if address in paths.TEXTS:
            return [overview.text(ctx, address)], _beside_text(ctx, address)
        if address == paths.SEARCH:
            return [search.page(ctx)], box.files(packaged.templates_folder())
        if address.startswith(paths.SEARCH):
            made = search.area if "." in rest[1] else search.names
            return [made(ctx, ctx.election(rest[0]), rest[1])], {}
        election = ctx.election(first)
        parts = rest[:-1]
        if not parts:
            return [overview.election(ctx, election)], {}
        of_code = {"pejabat": overview.officials, "hari-ini": readiness.today}.get(parts[0])
        if of_code is not None:
            return [of_code(ctx, election, _code(election["base"], parts[1:]))], {}
        contest = ctx.contest(election, parts[0])
        if parts[1:] == ["rekomendasi"]:
            return [recommendations.page(ctx, election, contest)], {}
        of_region = _OF_REGION.get(parts[-1])
        if of_region is not None:
            code, _ = _place(contest, parts[1:-1])
            return [of_region(ctx, election, contest, code)], {}
        code, tps = _place(contest, parts[1:])
        if tps is not None:
            return [stations.station(ctx, election, contest, code, tps)], {}
        return _region(ctx, election, contest, code)


_OF_REGION: Final = {
    "salinan": copies.page,
    "kejadian": incidents.page,
    "temuan": listings.findings,
}
"""Pages of a region with an as_of of their own, by the last part of their address."""


def _beside_text(ctx: Context, address: str) -> dict[str, bytes]:
    if address == paths.HOW:
        return schemas.files(packaged.templates_folder())
    if address == paths.ABOUT:
        return {"policy.txt": policy(ctx)}
    return pages.assets() if address == paths.CHECK else {}


def _region(ctx: Context, election: Record, contest: Record, code: str) -> Page:
    twins = [places.region(ctx, election, contest, code)]
    others = feeds.of_region(ctx, election, contest, code)
    if listings.is_kecamatan(code):
        twins.append(listings.missing(ctx, election, contest, code))
        forms = listings.forms_csv(ctx, election, contest, code)
        others[f"{twins[0]['address']}forms.csv"] = forms
    return twins, others


def _place(contest: Record, parts: list[str]) -> tuple[str, str | None]:
    """Return (region, TPS or None) that an address names below its contest."""
    top = contest["region"]
    if len(parts) > 4 - regions.depth(top):
        return _code(top, parts[:-1]), parts[-1]
    return _code(top, parts), None


def _code(top: str, parts: list[str]) -> str:
    """Return the code that an address's further parts name below `top`."""
    above = [] if top == regions.COUNTRY else [top]
    return ".".join((*above, *parts)) or regions.COUNTRY


def addresses(state: State) -> list[str]:
    """Return every page's address, sorted: those that entries touched, and the pages of text."""
    if state.meta.get("publication") is None:
        return []
    return list(every(state))


def every(state: State, after: str | None = None) -> Iterator[str]:
    """Yield every page's address behind `after`: those that entries touched, and pages of text."""
    texts: Iterable[str] = (text for text in sorted(paths.TEXTS) if after is None or text > after)
    last = after
    for address in heapq.merge(texts, (key for key, _ in state.site.scan("", after))):
        if address != last and not address.startswith("!"):
            yield address
        last = address


def policy(ctx: Context) -> bytes:
    """Return policy.txt: the log with the anchors that are printed on paper, then its witnesses.

    Roots are those of revision 1; later ones are proved by the chain of revisions.
    """
    log: Record = ctx.state.meta.get("log")  # no page is made before entry 0
    ids = (ctx.state.meta.get("elections") or {"ids": []})["ids"]
    anchors = tuple((one, tuple(ctx.election(one)["first_roots"])) for one in ids)
    policy = Policy.of_lines(log["policy"])
    block = replace(policy.logs[0], log_id=log["id"], roots=anchors)
    return replace(policy, logs=(block,)).format()
