"""Which pages each kind of statement changes: the table under "as_of" in docs/formats.md, as code.

A function per kind for the table of `kinds`, asked when the statement has taken effect; of what is
about a slot it is asked of every entry, void ones too.
"""

from __future__ import annotations

from rekap.core.ledger import addresses, rulings
from rekap.core.ledger.places import known_contest
from rekap.core.ledger.state import Record, State
from rekap.core.ledger.touches import Touches


def _election(state: State, fields: Record) -> Record:
    record: Record = state.meta.get(f"election/{fields['election']}")
    return record


def log(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """Every page of no election, and the first page."""
    touches.log_base()
    touches.page(addresses.PORTAL)


def publication(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """Every page may change: another release renders from here on."""
    touches.log_base()


def app(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """The page that names the keys names the app too."""
    touches.page(addresses.ABOUT)


def nothing(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """No page but those of every entry: its own, and the ledger's."""


def election(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """Every page of the election, and those that name it; its new contests get theirs."""
    named = _election(state, fields)
    if fields["revision"] == 1:
        touches.officials(named, named["base"])
    for contest in named["contests"][named["known"] :]:
        touches.contest(named, contest)
    touches.election_base(named["id"])
    touches.front(named)
    touches.page(addresses.ABOUT)


def roster(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """The region, what is above it, and everything below."""
    touches.roster(_election(state, fields), fields["region"])


def grant(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """The page of keys of the region."""
    touches.officials(_election(state, fields), fields["region"])


def revoke(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """The page of keys of the key's region, and the statement that granted it."""
    key = state.keys.get(fields["keyid"])
    touches.officials(_election(state, fields), key["region"])
    touches.whole_statement(key["grant"])


def slot(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """All that shows a slot, if it can exist: whatever became of the statement."""
    if record.get("slot") is not None:
        named = state.meta.get(f"election/{record['election']}")
        contest = known_contest(named, record["contest"])
        entries = state.slots.get(record["slot"])["entries"]
        touches.slot(named, contest, record["slot"], entries)


def determination(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """The contest's own page, the front, and all that was decided about it: each says what became
    of it.
    """
    named = _election(state, fields)
    contest = known_contest(named, fields["contest"])
    touches.region(named, contest, contest["region"])
    touches.front(named)
    for index in rulings.decided(state, f"{named['id']}/{contest['id']}"):
        touches.whole_statement(index)


def ruling(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """The same, and the pages of the places that it names."""
    determination(touches, state, record, fields)
    named = _election(state, fields)
    contest = known_contest(named, fields["contest"])
    touches.ruled(named, contest, rulings.shown_at(fields, contest["region"]))


def portal(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """The first page."""
    touches.page(addresses.PORTAL)
