"""What an entry touched is kept in few words, is exactly what it touched, and decides nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.ledger.night import Night

from rekap.core.ledger import changes
from rekap.core.ledger.fold import fold, fold_all
from rekap.core.ledger.state import MAPS, State, entry_key
from rekap.core.pages.site import Site, addresses

PARTS = st.lists(st.sampled_from("abc"), max_size=4)
PAGES = st.sets(PARTS.map(lambda parts: "".join(f"{part}/" for part in parts)), max_size=12)
OWN = {"bukti/7/", "buku-besar/"}


@given(PAGES, PAGES)
def test_what_is_packed_is_unpacked(pages: set[str], below: set[str]) -> None:
    found, prefixes = changes.unpack(7, changes.pack(7, pages, below))
    assert prefixes == sorted(below)
    covered = {page for page in pages | OWN if page.startswith(tuple(below))} if below else set()
    assert found == sorted((pages | OWN) - covered)


def test_a_form_is_kept_as_one_address() -> None:
    up = ["e/c/", "e/c/71/", "e/c/71/06/", "e/c/71/06/1001/", "e/c/71/06/1001/004/"]
    assert changes.pack(7, {*up, *OWN}, ()) == {"p": [["e/c/71/06/1001/004/", 4]]}
    assert changes.pack(7, {*OWN}, ()) == {}


def _told(state: State, index: int) -> set[str]:
    """The pages that the record of an entry names, among those that there are."""
    pages, below = changes.unpack(index, state.changes.get(entry_key(index)))
    told = set(pages)
    for address in addresses(state):
        base = (
            state.entry(int(address.split("/")[1])).get("election")
            if address[:6] == "bukti/"
            else None
        )
        if address.startswith(tuple(below)) or (f"{base}/" in below):
            told.add(address)
    return told


@pytest.mark.parametrize("seed", range(8))
def test_it_names_exactly_the_pages_whose_as_of_rose(seed: int) -> None:
    night = Night(seed)
    for _ in range(60):
        night.step()
    state = State(read_entry=lambda index: night.entries[index])
    for index, entry in enumerate(night.entries):
        fold(state, entry)
        site = Site(state, lambda at: night.entries[at])
        rose = {address for address in addresses(state) if site.as_of(address) == index + 1}
        told = _told(state, index)
        if state.meta.get("publication") is not None:
            assert rose == told, (index, state.entry(index))


@pytest.mark.parametrize("mode", ["rehearsal", "replay"])
@pytest.mark.parametrize("seed", range(2))
def test_a_state_without_pages_is_the_same_in_all_that_pages_are_made_from(
    seed: int, mode: str
) -> None:
    night = Night(700 + seed, mode)
    for _ in range(70):
        night.step()
    bare = State(read_entry=night.entries.__getitem__, pages=False)
    fold_all(bare, night.entries)
    assert bare.root() == night.state.root()
    for name in MAPS:
        found, whole = (dict(getattr(state, name).scan("")) for state in (bare, night.state))
        if name in ("site", "changes", "feeds"):
            assert not found
            assert whole
        elif name == "entries":
            assert found == {
                key: {field: value for field, value in one.items() if field != "root"}
                for key, one in whole.items()
            }
        else:
            assert found == whole, name
