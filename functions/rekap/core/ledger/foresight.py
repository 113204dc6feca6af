"""What folding entries will ask the state for, read together before instead of one by one.

A guess from the entries' own words. It decides nothing: what it misses is read when it is needed,
and what it names in vain costs a read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rekap.core.errors import Malformed
from rekap.core.ledger import addresses, rosters, totals
from rekap.core.ledger.places import contest_of
from rekap.core.ledger.state import Record, State, entry_key
from rekap.core.log.ports import Each
from rekap.core.signing import envelope as dsse
from rekap.core.statements import regions, schema
from rekap.core.statements.model import STATION_FORM, slot_key

Place = tuple[str, str]
"""A map of the state, and a key in it."""


def foresee(state: State, entries: Iterable[tuple[int, bytes]], each: Each) -> None:
    """Read what folding (index, entry) and showing it will need, with few waits: as many as the
    maps are deep, three times, because a form names keys, these name their grants, those an id.
    """
    places = {place for index, entry in entries for place in _asked(state, index, entry)}
    state.fetch(places, each)
    keys = (state.keys.get(key) for name, key in places if name == "keys")
    grants = {entry_key(key["grant"]) for key in keys if key and "grant" in key}
    state.fetch({("entries", grant) for grant in grants}, each)
    known = (state.entries.get(grant) for grant in sorted(grants))
    state.fetch({("ids", entry["id"]) for entry in known if entry and entry["id"]}, each)


def _asked(state: State, index: int, entry: bytes) -> Iterator[Place]:
    yield "entries", entry_key(index)
    yield "changes", entry_key(index)
    yield "site", addresses.statement(index)
    try:
        envelope = dsse.parse(entry)
        fields = schema.parse_statement(envelope.payload).fields
    except Malformed:
        return  # the fold says what is wrong with it
    yield "ids", envelope.id
    for signature in envelope.signatures:
        yield "keys", signature.keyid
        yield "signed", f"{signature.keyid}/{entry_key(index)}"
    if fields["kind"] == "form":
        yield from _of_a_form(state, fields)


def _of_a_form(state: State, fields: Record) -> list[Place]:
    """The slot of a form, what stands at its place and above it, their pages."""
    election, code = fields["election"], fields["region"]
    known = state.meta.get(f"election/{election}")
    contest = contest_of(known, fields["contest"]) if known else None
    if contest is None:
        return []
    top, slot = contest["region"], slot_key(fields)
    places = [("slots", slot), ("findings", slot), ("columns", slot)]
    for above in (code, *regions.ancestors(code)):
        places.append(("regions", rosters.key(election, above)))
        if regions.is_within(above, top):
            places.append(("totals", totals.key(election, contest["id"], above)))
            places.append(("site", addresses.region(election, contest["id"], top, above)))
    if fields["form"] == STATION_FORM:
        page = addresses.station(election, contest["id"], top, code, fields["tps"])
        places.append(("site", page))
    return places
