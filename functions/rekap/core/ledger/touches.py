"""Collects the pages that an entry changes; which those are, by kind, is `touched`.

A page that shows anything of an entry must be touched by it: incremental publishing renders only
what is touched, and a rebuild renders everything, and both must give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from rekap.core.ledger import addresses, changes, letters, rosters
from rekap.core.ledger.places import children, descendants, place_name, stations
from rekap.core.ledger.state import Record, State, entry_key
from rekap.core.statements import regions


def copies_key(election: str, contest: str, code: str) -> str:
    """Key, in map `meta`, of how many copies of C.Hasil there are in a kelurahan: see `copies`."""
    return f"copies/{election}/{contest}/{code}"


class Touches:
    """Collects the pages that one entry touches; `commit` raises their as_of."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._pages: set[str] = set()
        self._below: set[str] = set()

    def commit(self, size: int) -> None:
        """Set the as_of of every page collected: `size` = 1 + the entry's index."""
        site = self._state.site
        self._pages |= self._state.refound
        self._state.refound = set()
        for page in self._pages:
            site.put(page, size)
        pages = (page for page in self._pages if not page.startswith("!"))
        record = self._state.changes.edit(entry_key(size - 1), {})
        record.update(changes.pack(size - 1, pages, self._below))

    def page(self, address: str) -> None:
        """Touch one page."""
        self._pages.add(address)

    def log_base(self) -> None:
        """Touch every page of the site (`publication`) or of no election (`log`, entry 0)."""
        self._pages |= {"!log", addresses.SEARCH}
        self._below.add(addresses.PORTAL)

    def election_base(self, election: str) -> None:
        """Touch every page of an election, and the statements' pages that belong to it."""
        self._pages |= {f"!{election}", addresses.SEARCH}
        self._below |= {addresses.election(election), f"{addresses.SEARCH}{election}/"}

    def front(self, election: Record) -> None:
        """Touch the first page and that of an election: both show the votes of its contests."""
        self._pages |= {addresses.PORTAL, addresses.election(election["id"])}

    def statement(self, index: int) -> None:
        """Touch the page of a statement."""
        self._pages.add(addresses.statement(index))

    def whole_statement(self, index: int) -> None:
        """Touch the pages of all entries of one statement: each names every signer of it."""
        known = self._state.ids.get(self._state.entry(index)["id"] or "")
        for other in known["entries"] if known else (index,):
            self.statement(other)

    def officials(self, election: Record, code: str) -> None:
        """Touch the page of the keys at `code`; places above the election's base have none."""
        if regions.is_within(code, election["base"]):
            self._pages.add(addresses.officials(election["id"], election["base"], code))

    def region(self, election: Record, contest: Record, code: str) -> None:
        """Touch the page of region `code`; regions outside the contest have none."""
        top = contest["region"]
        if regions.is_within(code, top):
            self._pages.add(addresses.region(election["id"], contest["id"], top, code))

    def _findings(self, election: Record, contest: Record, code: str) -> None:
        """Touch the page of a kecamatan's findings: it begins, or a name on it may be another."""
        top = contest["region"]
        if regions.depth(code) == 3 and regions.is_within(code, top):
            self._pages.add(addresses.findings(election["id"], contest["id"], top, code))

    def upward(self, election: Record, contest: Record, code: str) -> None:
        """Touch a region and every ancestor up to the contest's own region."""
        for place in (code, *regions.ancestors(code)):
            self.region(election, contest, place)

    def recommendations(self, election: Record, contest: Record) -> None:
        """Touch the page of a contest's recommendations."""
        self._pages.add(addresses.recommendations(election["id"], contest["id"]))

    def incidents(self, election: Record, contest: Record, code: str) -> None:
        """Touch the page of a region's objections and events."""
        top = contest["region"]
        self._pages.add(addresses.incidents(election["id"], contest["id"], top, code))

    def days(self, election: Record, codes: Iterable[str], *, begin: bool = False) -> None:
        """Touch the pages of the day of regions. One that has none gets it only if it may `begin`:
        then what leads to it is touched too.
        """
        for code in codes:
            page = addresses.today(election["id"], election["base"], code)
            known = page is not None and self._state.site.get(page) is not None
            if page is None or not (known or begin):
                continue
            self._pages.add(page)
            if not known:
                self.front(election)
                for contest in election["contests"]:
                    self.region(election, contest, code)

    def place(self, election: Record, contest: Record, code: str, tps: str | None) -> None:
        """Touch the page of a region, or of one TPS of it, and nothing above."""
        if tps is None:
            self.region(election, contest, code)
        else:
            self._station(election, contest, code, tps)

    def slot(self, election: Record, contest: Record, slot_key: str, entries: list[int]) -> None:
        """Touch all that shows a slot: its place, what is above, columns, statements, the front."""
        _, _, _, code, *tps = slot_key.split("/")
        self.front(election)
        self.upward(election, contest, code)
        if tps:
            self._station(election, contest, code, tps[0])
            self._copies(election, contest, code)
        else:
            self._children(election, contest, code)
        for index in entries:
            self.statement(index)

    def _station(self, election: Record, contest: Record, code: str, tps: str) -> None:
        top = contest["region"]
        self._pages.add(addresses.station(election["id"], contest["id"], top, code, tps))

    def _copies(self, election: Record, contest: Record, code: str) -> None:
        """Touch the page of the copies in a kelurahan, if there are any."""
        if self._state.meta.get(copies_key(election["id"], contest["id"], code)) is not None:
            top = contest["region"]
            self._pages.add(addresses.copies(election["id"], contest["id"], top, code))

    def _stations(self, election: Record, contest: Record, code: str) -> None:
        """Touch the pages of the TPS of a kelurahan; other regions have none."""
        for tps in stations(self._state, election["id"], code):
            self._station(election, contest, code, tps)

    def _children(self, election: Record, contest: Record, code: str) -> None:
        self._stations(election, contest, code)
        for child in children(self._state, election["id"], code):
            self.region(election, contest, child)

    def names(self, election_id: str, names: Iterable[str]) -> None:
        """Touch the indexes in which places stand by these names."""
        starts: set[str] = set().union(*map(letters.of, names))
        self._pages |= {addresses.names(election_id, start) for start in starts}

    def contest(self, election: Record, contest: Record) -> None:
        """Touch all pages that a contest has at once: of its region and of what rosters name."""
        self.region(election, contest, contest["region"])
        self.recommendations(election, contest)
        for place in descendants(self._state, election["id"], contest["region"]):
            self.region(election, contest, place)
            self._findings(election, contest, place)
            self._stations(election, contest, place)

    def roster(self, election: Record, code: str) -> None:
        """Touch, in every contest, the region, what is above it, and everything below."""
        # A contest's region has pages before any roster names it: it lies below all the same.
        tops = sorted({one["region"] for one in election["contests"]})
        starts = [code, *(top for top in tops if regions.is_below(top, code))]
        found = (descendants(self._state, election["id"], start) for start in starts)
        below = list(dict.fromkeys(chain.from_iterable(found)))
        self.front(election)
        for place in below:
            self.officials(election, place)
        for place in regions.ancestors(code):
            self.officials(election, place)
        self._search(election, code, below)
        self.days(election, (*below, *regions.ancestors(code)))
        self._subtree("", election, election["base"], code)
        for contest in election["contests"]:
            self.upward(election, contest, code)
            if regions.is_within(contest["region"], code):  # it is called what the roster says
                self.recommendations(election, contest)
            self._everything(election, contest, code, below)

    def _everything(
        self, election: Record, contest: Record, code: str, below: Iterable[str]
    ) -> None:
        """Touch all that a contest has at a region and below it."""
        self._subtree(contest["id"], election, contest["region"], code)
        for place in below:
            self.region(election, contest, place)
            self._findings(election, contest, place)
            self._named_incidents(election, contest, place)
            if regions.depth(place) == 4 and regions.is_below(place, contest["region"]):
                self._copies(election, contest, place)
                self._stations(election, contest, place)

    def ruled(self, election: Record, contest: Record, places: Iterable[str]) -> None:
        """Touch the pages of places that a ruling is about, and of what is above and below them.

        A court may name what no roster names: that has no page.
        """
        top = contest["region"]
        for place in places:
            code, _, tps = place.partition("/")
            for one in regions.upward(code, top):
                if self._knows(election, one):
                    self.region(election, contest, one)
            if tps and self._knows(election, code, tps):
                self._station(election, contest, code, tps)
            elif not tps and (code == top or self._knows(election, code)):
                below = list(descendants(self._state, election["id"], code))
                self._everything(election, contest, code, below)
            if code == top:
                self.recommendations(election, contest)

    def _knows(self, election: Record, code: str, tps: str | None = None) -> bool:
        return rosters.knows(self._state, election["id"], code, tps)

    def _named_incidents(self, election: Record, contest: Record, code: str) -> None:
        """Touch the page of a region's objections if it has one: it has the region's name."""
        top = contest["region"]
        if regions.depth(code) > addresses.INCIDENTS_LOWEST or not regions.is_within(code, top):
            return
        page = addresses.incidents(election["id"], contest["id"], top, code)
        if self._state.site.get(page) is not None:
            self._pages.add(page)

    def _search(self, election: Record, code: str, below: list[str]) -> None:
        """Touch what a TPS of the region is found by: pages of kab/kota, indexes of names."""
        if regions.depth(code) < 2:
            self._pages.add(addresses.SEARCH)
        for place in (*below, *regions.ancestors(code)):
            if regions.depth(place) == 2 and any(
                regions.is_within(place, contest["region"]) for contest in election["contests"]
            ):
                self._pages.add(addresses.search(election["id"], place))
        named = (place for place in below if regions.depth(place) >= 2)
        self.names(election["id"], (place_name(self._state, election["id"], at) for at in named))

    def _subtree(self, contest: str, election: Record, top: str, code: str) -> None:
        """Say in few words that a region and all below it were touched: "" are pages of keys."""
        if not regions.is_within(code, top):
            if not regions.is_below(top, code):
                return
            code = top
        self._below.add(
            addresses.region(election["id"], contest, top, code)
            if contest
            else addresses.officials(election["id"], top, code)
        )


class NoTouches(Touches):
    """Collects nothing: for a state that no page is made of."""

    def _nothing(self, *_: Any, **__: Any) -> None:
        """See the method of the same name."""

    commit = page = log_base = election_base = front = statement = whole_statement = _nothing
    officials = region = upward = slot = names = roster = recommendations = place = _nothing
    incidents = days = ruled = _nothing
