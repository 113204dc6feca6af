"""What page builders may ask: the state after a prefix of the log, and the entries themselves.

Nothing else reaches a page: no clock, no random, no order from outside. A page is built from the
state at its own as_of or at any later size with the same as_of, and has the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeVar

from rekap.core import codec
from rekap.core.ledger import (
    addresses,
    authority,
    clocks,
    kinds,
    offices,
    places,
    rosters,
    withheld,
)
from rekap.core.ledger.offices import OPERATOR
from rekap.core.ledger.state import Record, State
from rekap.core.log.merkle import EMPTY_ROOT
from rekap.core.signing import envelope as dsse
from rekap.core.statements import regions
from rekap.core.statements.kinds_election import follows_here
from rekap.core.statements.model import STATION_FORM, TIMEZONES, says_simulation

Twin = dict[str, Any]
_Found = TypeVar("_Found")
_REPLACED = frozenset(name for name, kind in kinds.KINDS.items() if kind.ends.by == "revision")
"""Kinds that a later revision replaces strictly, so that one chain says which is in force."""
_NAMES_OTHERS = frozenset({"determination", "response", "withhold"})


class Context:
    """A state and its entries, with small caches for one run of rendering, in one thread."""

    def __init__(self, state: State, entries: Callable[[int], bytes]) -> None:
        self.state = state
        self.entries = entries
        self.payload = lru_cache(maxsize=4_096)(self._payload)
        self._proofs: dict[int, frozenset[int]] = {}
        self._elections: dict[str, Record] = {}
        self._found: dict[str, Any] = {}
        self.log: Record | None = state.meta.get("log")

    def once(self, name: str, find: Callable[[], _Found]) -> _Found:
        """Return what `find` gives, asked once for this state: several pages show it."""
        if name not in self._found:
            self._found[name] = find()
        found: _Found = self._found[name]
        return found

    def _payload(self, index: int) -> Record:
        payload: Record = codec.decode(dsse.parse(self.entries(index)).payload, nulls=True)
        return payload

    def election(self, election_id: str) -> Record:
        """Return the election as its latest revision says it."""
        if election_id not in self._elections:
            self._elections[election_id] = self.state.meta.get(f"election/{election_id}")
        return self._elections[election_id]

    def contest(self, election: Record, contest_id: str) -> Record:
        """Return a contest of an election; the caller knows that it exists."""
        return places.known_contest(election, contest_id)

    def region(self, election_id: str, code: str) -> Record | None:
        """Return what the rosters say of a region."""
        record: Record | None = self.state.regions.get(rosters.key(election_id, code))
        return record

    def children(self, election_id: str, code: str) -> list[str]:
        """Return the child regions ever named, in the order of codes."""
        return places.children(self.state, election_id, code)

    def name(self, election_id: str, code: str) -> str:
        """Return the region's name, or its code while no roster names it."""
        return places.place_name(self.state, election_id, code)

    def slot(self, key: str) -> Record | None:
        """Return the slot's record, or None if nothing was ever said about it."""
        record: Record | None = self.state.slots.get(key)
        return record

    def as_of(self, address: str) -> int:
        """Return 1 + the index of the last entry that touches the page; 0 if none does."""
        return as_of(self.state, address)

    def chain(self, index: int) -> frozenset[int]:
        """Return the entries that prove entry `index`: its envelopes, its signers' grants, theirs,
        what said before it on which pages passkeys sign and which roots there are, and what it
        names: of a revision those that it follows, of a determination its certificate, of a
        response its paper, of a withholding what named the digest. And the clock of its hour.

        Later co-signatures of the statement itself belong to it, those of a grant do not: its
        page is touched by them, the pages of all that its holders signed are not.
        """
        record, clock = self.known(index), self.state.entry(index).get("clock")
        own = frozenset({index} if clock is None else {index, clock})
        if record is None:
            return own
        found = own | self._with_grants(index, set(record["entries"]), record["signers"])
        found |= self._followed(index, record, max(record["entries"]))
        return found if record["effect"] is None else found | self._replaced(index)

    def known(self, index: int) -> Record | None:
        """Return what is recorded of the statement that an entry carries, None if it is void.

        A void entry stays void when the same statement takes effect in a later one.
        """
        named = self.state.entry(index)["id"]
        record: Record | None = self.state.ids.get(named) if named else None
        return record if record is not None and index in record["entries"] else None

    def proof(self, index: int) -> frozenset[int]:
        """Return the entries by which the statement of entry `index` took effect."""
        known = self._proofs.get(index)
        if known is None:
            self._proofs[index] = frozenset({index})  # ends the recursion of entry 0 and elections
            record = self.state.ids.get(self.state.entry(index)["id"])
            last = index if record["effect"] is None else record["effect"]
            entries = {entry for entry in record["entries"] if entry <= last}
            signers = [signer for signer in record["signers"] if signer["at"] <= last]
            known = self._with_grants(index, entries, signers)
            known |= self._followed(index, record, last)
            if record["effect"] is not None:
                known |= self._replaced(index)
            self._proofs[index] = known
        return known

    def _replaced(self, index: int) -> frozenset[int]:
        """Return the proof of the revision that the statement of an entry replaced, if it did, and
        of what it names: the certificate of a determination, the paper of a response, what
        named first what is withheld.

        Without it nobody can tell the revision in force from one that names no other.
        """
        entry, found = self.state.entry(index), frozenset[int]()
        first = entry["kind"] not in _REPLACED or entry["revision"] == 1
        if first and entry["kind"] not in _NAMES_OTHERS:  # no bundle need be read
            return found
        payload = self.payload(index)
        for name in ("previous", "certificate", "paper"):
            if name in payload:
                found |= self.proof(self.state.ids.get(payload[name])["effect"])
        if entry["kind"] == "withhold":
            found |= self.proof(withheld.first(self.state, payload["digest"]))
        return found

    def _followed(self, index: int, record: Record, last: int) -> frozenset[int]:
        """Return the proof of the elections that contests of one follow, as they were when the
        statement of entry `index` took effect, or while it waits before entry `last`.
        """
        if record["kind"] != "election":
            return frozenset()
        begun = record["effect"]
        said = (
            self.payload(index)
            if begun is None
            else self.election(self.state.entry(index)["election"])
        )
        found = frozenset[int]()
        for other in offices.followed(said):
            before = [one for one in self._revisions(other) if one < (begun or last)]
            found |= self.proof(before[-1]) if before else found
        return found

    def names(self, election: Record, code: str) -> frozenset[int]:
        """Return the entries that prove what places are called, from the country down to `code`.

        The election's revision in force and the rosters in force of `code` and of all above it.
        All touch the page of `code` and those below, so they lie below its as_of.
        """
        found = set(self.proof(election["index"]))
        for place in regions.upward(code, regions.COUNTRY):
            roster = (self.region(election["id"], place) or {}).get("index")
            if roster is not None:
                found |= self.proof(roster)
        return frozenset(found)

    def _with_grants(
        self, index: int, others: set[int], signers: Iterable[Record]
    ) -> frozenset[int]:
        """Return `index`, others of its statement, and what says whether these suffice."""
        entries = {index, *others}
        added = (self.state.meta.get("uploaders") or {"entries": ()})["entries"]
        behind = {signer["grant"] for signer in signers if "grant" in signer}
        behind.update(one for one in added if one < max(entries))
        election = self.state.entry(index).get("election", "")
        revisions = self.once(f"revisions/{election}", lambda: self._revisions(election))
        behind.update(one for one in revisions if one < max(entries))
        return frozenset(entries.union(*(self.proof(one) for one in sorted(behind))))

    def _revisions(self, election: str) -> list[int]:
        """Return the entries by which the revisions of an election took effect, in their order."""
        record = self.state.meta.get(f"election/{election}")
        found: list[int] = [record["index"]] if record else []
        while found and self.state.entry(found[-1])["revision"] > 1:
            before = self.payload(found[-1])["previous"]
            found.append(self.state.ids.get(before)["effect"])
        return found[::-1]


def base_of(state: State, address: str) -> str:
    """Return the base whose as_of counts for a page besides the log's: an election's, or "".

    A statement's page belongs to the election that its entry names.
    """
    if address.startswith("bukti/"):
        return str(state.entry(int(address.split("/")[1])).get("election", ""))
    first = address.removeprefix(addresses.SEARCH).split("/", maxsplit=1)[0]
    return "" if first in ("", *(t.rstrip("/") for t in _OF_THE_LOG)) else first


_OF_THE_LOG = (*addresses.TEXTS, addresses.LEDGER)


def as_of(state: State, address: str) -> int:
    """Return the page's as_of: the largest of its own, its election's base and the log's."""
    base = base_of(state, address)
    keys = (address, "!log", f"!{base}") if base else (address, "!log")
    return max(state.site.get(key) or 0 for key in keys)


def common(
    ctx: Context, page: str, address: str, election: Record | None = None,
    contest: Record | None = None,
) -> Twin:  # fmt: skip
    """Return what every twin states: where, from which prefix of the log, of which election."""
    size = ctx.as_of(address)
    root = ctx.state.entry(size - 1)["root"] if size else codec.b64encode(EMPTY_ROOT)
    log = ctx.log or {}
    return {
        "page": page,
        "address": address,
        "as_of": size,
        "root": root,
        "hour": hour(ctx, size - 1, election) if size else None,
        "mode": log.get("mode"),
        "origin": log.get("log"),
        "simulated": is_simulated(ctx, () if election is None else (election,)),
        "election": _election(election),
        "contest": _contest(ctx, election, contest),
        "crumbs": [],
        "evidence": [],
    }


def bulk_common(
    ctx: Context, page: str, address: str, election: Record, contest: Record | None = None
) -> Twin:
    """Return what every twin states; the prefix of bulk data is the whole of this state."""
    size = ctx.state.size
    return common(ctx, page, address, election, contest) | {
        "as_of": size,
        "root": codec.b64encode(ctx.state.root()),
        "hour": hour(ctx, size - 1, election),
    }


def hour(ctx: Context, index: int, election: Record | None) -> str | None:
    """Return the earliest time at which an entry came, None before the first clock.

    In the zone of the election; what is of none is told in that of Jakarta.
    """
    zone = clocks.JAKARTA if election is None else TIMEZONES[election["timezone"]]
    return clocks.hour(ctx.state, index, zone)


def is_simulated(ctx: Context, elections: Iterable[Record]) -> bool:
    """Tell whether a page of these elections has invented figures: in a rehearsal all are."""
    return (ctx.log or {}).get("mode") == "rehearsal" or any(map(says_simulation, elections))


def _election(election: Record | None) -> Twin | None:
    if election is None:
        return None
    names = ("id", "name", "date", "timezone")
    return {**{n: election[n] for n in names}, "source": election.get("source")}


def _contest(ctx: Context, election: Record | None, contest: Record | None) -> Twin | None:
    if election is None or contest is None:
        return None
    return {
        **chain_of_contests(ctx, election, contest),
        "id": contest["id"],
        "office": contest["office"],
        "region": contest["region"],
        "win": contest["win"],
        "pairs": pairs(contest),
        "margin": contest.get("margin"),
        "population": contest.get("population"),
        "source_forms": contest.get("source_forms"),
    }


def chain_of_contests(ctx: Context, election: Record, contest: Record) -> Twin:
    """Return {date, follows, followed}: the contest's own day or null, and the contest that it
    follows and the one that follows it, each {why, date, address} or null.
    """
    follows = contest.get("follows")
    before = after = None
    if follows:
        held = ctx.election(follows.get("election", election["id"]))
        before = _named(held, places.known_contest(held, follows["contest"]), follows["why"])
    here = [one for one in election["contests"] if follows_here(one) == contest["id"]]
    by = ctx.state.meta.get(places.followed_key(election["id"], contest["id"]))
    if here:
        after = _named(election, here[0], here[0]["follows"]["why"])
    elif by:
        held = ctx.election(by["election"])
        again = places.known_contest(held, by["contest"])
        after = _named(held, again, again["follows"]["why"])
    return {"date": contest.get("date"), "follows": before, "followed": after}


def _named(election: Record, contest: Record, why: str) -> Twin:
    top = contest["region"]
    address = addresses.region(election["id"], contest["id"], top, top)
    return {"why": why, "date": contest.get("date", election["date"]), "address": address}


def pairs(contest: Record) -> list[Twin]:
    """Return the pairs of a contest in the order of the ballot."""
    return [
        {
            "number": pair["number"],
            "names": pair.get("names", []),
            "empty_column": pair.get("empty_column", False),
            "notes": pair.get("notes", []),
        }
        for pair in contest["pairs"]
    ]


def crumbs(ctx: Context, election: Record, contest: Record, code: str) -> list[Twin]:
    """Return the way from the election down to region `code`, the region itself included."""
    way = [{"name": election["name"], "address": addresses.election(election["id"])}]
    top = contest["region"]
    for place in reversed(regions.upward(code, top)):
        address = addresses.region(election["id"], contest["id"], top, place)
        way.append({"name": ctx.name(election["id"], place), "address": address})
    return way


def region_view(ctx: Context, election: Record, code: str) -> Twin:
    """Return {code, name, level} of a region."""
    return {"code": code, "name": ctx.name(election["id"], code), "level": regions.level(code)}


def has_stations_in_source(contest: Record) -> bool:
    """Tell whether TPS forms can be expected: a replay's source may not carry them at all."""
    source = contest.get("source_forms")
    return source is None or STATION_FORM in source


def operators(ctx: Context) -> Twin:
    """Return the operator's keys as page data: {k, n, keyids}."""
    log = ctx.log
    if log is None:
        return {"k": 0, "n": 0, "keyids": []}
    named = authority.keys_named(log)
    keyids = sorted(keyid for keyid, key in named.items() if key["body"] == OPERATOR)
    return {"k": log["operators"]["k"], "n": len(keyids), "keyids": keyids}
