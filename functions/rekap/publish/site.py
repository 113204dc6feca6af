"""The site as a function of the log: which pages there are, and the bytes of each file.

A page is a folder's address with everything that has its as_of: page and twin, and at a kecamatan
also forms.csv, `temuan/` and `belum-masuk/`; the portal's folder has `policy.txt` and `404.html`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rekap import codec
from rekap.errors import Malformed
from rekap.forms import regions
from rekap.ledger import addresses as paths
from rekap.ledger.state import Record, State
from rekap.log.policy import Policy
from rekap.publish import bulk as bulk_data
from rekap.publish import listings, overview, pages, places
from rekap.publish.context import Context, Twin, as_of, common
from rekap.publish.statements import statement

Entries = Callable[[int], bytes]

__all__ = ["Site", "addresses", "as_of", "bulk", "files", "statics"]


class Site:
    """Renders pages from one state. Make a new one for another size."""

    def __init__(self, state: State, entries: Entries) -> None:
        self._ctx = Context(state, entries)
        self._size = state.size

    def shows(self, state: State, entries: Entries) -> bool:
        """Tell whether this is the site of a state as it is now."""
        same = self._ctx.state is state and self._ctx.entries is entries
        return same and self._size == state.size

    def addresses(self) -> list[str]:
        """Return every page's address, sorted."""
        return addresses(self._ctx.state)

    def as_of(self, address: str) -> int:
        """Return the page's as_of at this size."""
        return self._ctx.as_of(address)

    def files(self, address: str) -> dict[str, bytes]:
        """Return {path: bytes} of a page; the twin is the first, so that a reader meets it last."""
        first, *rest = address.split("/")
        if address == paths.PORTAL:
            return self._portal()
        if first == "bukti":
            return self._statement(int(rest[0]))
        if address == paths.LEDGER:
            return _page(overview.ledger(self._ctx))
        if address in paths.TEXTS:
            return _page(overview.text(self._ctx, address))
        return self._election(self._ctx.election(first), [part for part in rest if part])

    def bulk(self) -> Iterator[tuple[str, bytes]]:
        """Yield (path, bytes) of the bulk data of every election at this size."""
        ids = (self._ctx.state.meta.get("elections") or {"ids": []})["ids"]
        for election in ids:
            yield from bulk_data.files(self._ctx, self._ctx.election(election))

    def _portal(self) -> dict[str, bytes]:
        files = _page(overview.portal(self._ctx))
        files["policy.txt"] = policy(self._ctx)
        files["404.html"] = pages.render(common(self._ctx, "notfound", paths.PORTAL))
        return files

    def _statement(self, index: int) -> dict[str, bytes]:
        files = _page(statement(self._ctx, index))
        files[f"bukti/{index}.json"] = self._ctx.entries(index)
        return files

    def _election(self, election: Record, parts: list[str]) -> dict[str, bytes]:
        if not parts:
            return _page(overview.election(self._ctx, election))
        if parts[0] == "pejabat":
            code = _code(election["base"], parts[1:])
            return _page(overview.officials(self._ctx, election, code))
        contest = self._ctx.contest(election, parts[0])
        top = contest["region"]
        deep = 4 - regions.depth(top)
        if len(parts) - 1 > deep:
            code = _code(top, parts[1:-1])
            return _page(places.station(self._ctx, election, contest, code, parts[-1]))
        code = _code(top, parts[1:])
        files = _page(places.region(self._ctx, election, contest, code))
        if listings.is_kecamatan(code):
            files |= _page(listings.findings(self._ctx, election, contest, code))
            files |= _page(listings.missing(self._ctx, election, contest, code))
            address = paths.region(election["id"], contest["id"], top, code)
            files[f"{address}forms.csv"] = listings.forms_csv(self._ctx, election, contest, code)
        return files


def _code(top: str, parts: list[str]) -> str:
    """Return the code that an address's further parts name below `top`."""
    above = [] if top == regions.COUNTRY else [top]
    return ".".join((*above, *parts)) or regions.COUNTRY


def _page(twin: Twin) -> dict[str, bytes]:
    address = twin["address"]
    return {
        f"{address}index.json": codec.encode_public(twin),
        f"{address}index.html": pages.render(twin),
    }


def addresses(state: State) -> list[str]:
    """Return every page's address, sorted: those that entries touched, and the pages of text."""
    if state.meta.get("publication") is None:
        return []
    touched = [key for key, _ in state.site.scan("") if not key.startswith("!")]
    return sorted({*touched, *paths.TEXTS})


_latest: list[Site] = []


def _site(state: State, entries: Entries) -> Site:
    """Return the site of a state, the one made last if it is still that state at that size."""
    if not _latest or not _latest[0].shows(state, entries):
        _latest[:] = [Site(state, entries)]
    return _latest[0]


def files(state: State, address: str, entries: Entries) -> dict[str, bytes]:
    """Return {path: bytes} of a page: see `Site.files`."""
    return _site(state, entries).files(address)


def bulk(state: State, entries: Entries) -> Iterator[tuple[str, bytes]]:
    """Yield the bulk data at the state's size: see `Site.bulk`."""
    return _site(state, entries).bulk()


def statics(state: State) -> dict[str, bytes]:
    """Return the files that belong to no page: none so far."""
    return {}


def policy(ctx: Context) -> bytes:
    """Return policy.txt: the log's tlog-policy with the anchors that are printed on paper.

    Roots are those of revision 1; later ones are proved by the chain of revisions.
    """
    log = ctx.log or {"policy": [], "id": ""}
    text = "".join(f"{line}\n" for line in log["policy"]).encode()
    ids = (ctx.state.meta.get("elections") or {"ids": []})["ids"]
    anchors = tuple((one, tuple(ctx.election(one)["first_roots"])) for one in ids)
    try:
        stated = Policy.parse(text)
    except Malformed:
        # The operators signed lines that are no policy: publish them as they are, with the anchors.
        lines = [f"#rekap log {log['id']}", *(f"#rekap root {e} {' '.join(k)}" for e, k in anchors)]
        return text + "".join(f"{line}\n" for line in lines).encode()
    return Policy(
        stated.logs, stated.witnesses, stated.groups, stated.quorum, log["id"], anchors
    ).format()
