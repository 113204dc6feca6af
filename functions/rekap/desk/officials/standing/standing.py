"""Where statements stand, from the public files and the receipts at hand alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from rekap.core.errors import Malformed, NotVerified
from rekap.desk.officials.item import Item
from rekap.desk.officials.outbox import receipts
from rekap.desk.officials.outbox.receipts import ReceiptKey
from rekap.desk.officials.standing.lookup import Log
from rekap.desk.officials.standing.pages import HEAD, Pages, Shown, many
from rekap.desk.officials.standing.targets import Target
from rekap.portal.intake.receipt import Receipt


class State(Enum):
    """How far a statement has come."""

    REFUSED = "refused"
    QUEUED = "queued"
    ABSENT = "absent"
    DOUBTFUL = "doubtful"
    PROMISED = "promised"
    OVERDUE = "overdue"
    LOGGED = "logged"
    SHOWN = "shown"


COUNTS: Final = frozenset(
    {
        "head",
        "effective",
        "superseded",
        "repeat",
        "cosigned",
        "annulled",
        "annulled-part",
        "mistaken",
        "unbacked",
    }
)
"""Statuses of a statement that has done what it was made for."""
WAITS: Final = "waiting"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one statement stands. `index`: its entry, proved; `told`: its receipt, verified.

    `fault`: why its receipt or page cannot be believed, "" if nothing is amiss.
    """

    target: Target
    state: State
    index: int | None = None
    told: Receipt | None = None
    shown: Shown | None = None
    fault: str = ""

    @property
    def code(self) -> int:
        """0 it counts, 1 something is wrong with it, 2 not yet."""
        if self.state in {State.REFUSED, State.OVERDUE, State.DOUBTFUL} or self.fault:
            return 1
        if self.state is not State.SHOWN or self.shown is None or self.shown.status == WAITS:
            return 2
        return 0 if self.shown.status in COUNTS else 1


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read for it. `now`: our clock in Unix seconds; `live`: the site itself, no copy."""

    log: Log
    pages: Pages
    key: ReceiptKey | None
    now: float
    live: bool


def look(targets: Sequence[Target], reading: Reading) -> list[Standing]:
    """Return where statements stand, in their order.

    Raises Unreadable, Malformed, NotVerified if the log itself cannot be read or believed.
    """
    log = reading.log
    found = log.find({leaf for target in targets for leaf in target.leaves})
    places = [next((found[leaf] for leaf in one.leaves if leaf in found), None) for one in targets]
    named = _name(targets, places, found, log)
    in_log = [
        (target, index) for target, index in zip(named, places, strict=True) if index is not None
    ]
    pages = _pages(in_log, found, reading.pages)
    return [
        _absent(target, reading) if index is None else _present(target, index, pages)
        for target, index in zip(named, places, strict=True)
    ]


def _name(
    targets: Sequence[Target],
    places: Sequence[int | None],
    found: Mapping[bytes, int],
    log: Log,
) -> list[Target]:
    """Return the targets with their envelopes, as far as those are in the log."""
    leaf_of = {index: leaf for leaf, index in found.items()}
    unnamed = (index for one, index in zip(targets, places, strict=True) if not one.item)
    wanted = sorted({index for index in unnamed if index is not None})
    entries = log.entries(wanted, [leaf_of[index] for index in wanted])
    items = {}
    for index, data in entries.items():
        try:
            items[index] = Item.parse(data)
        except Malformed:
            continue
    return [
        replace(one, item=items[index]) if index in items and one.item is None else one
        for one, index in zip(targets, places, strict=True)
    ]


def _pages(
    in_log: Sequence[tuple[Target, int]], found: Mapping[bytes, int], pages: Pages
) -> dict[int, Shown | NotVerified | Malformed | None]:
    """Return what pages say of entries, by index; an error where a page cannot be believed."""
    leaf_of = {index: leaf for leaf, index in found.items()}
    told: dict[int, Shown | NotVerified | Malformed | None] = {}

    def ask(index: int) -> None:
        try:
            told[index] = pages.of(index, leaf_of[index])
        except (NotVerified, Malformed) as error:
            told[index] = error

    visible = {index: target for target, index in in_log if index < pages.size}
    crowd = many([target.fields for target in visible.values()])
    contests = set()
    for index, target in visible.items():
        contest = (target.fields.get("election"), target.fields.get("contest"))
        if crowd and target.fields in crowd and contest not in contests:
            contests.add(contest)
            ask(index)
    heads = pages.heads(crowd) if crowd else {}
    for index, target in visible.items():
        if index in told:
            continue
        address = heads.get(target.id or "")
        if address is None:
            ask(index)
        else:
            told[index] = Shown(HEAD, None, (), address, ())
    return told


def _present(
    target: Target, index: int, pages: Mapping[int, Shown | NotVerified | Malformed | None]
) -> Standing:
    page = pages.get(index)
    if isinstance(page, Shown):
        return Standing(target, State.SHOWN, index, None, page)
    if isinstance(page, (NotVerified, Malformed)):
        return Standing(target, State.LOGGED, index, fault=str(page))
    return Standing(target, State.LOGGED, index)


def _absent(target: Target, reading: Reading) -> Standing:
    told, fault = None, ""
    if target.receipt is not None and reading.key is not None:
        try:
            told = receipts.verify(target.receipt, reading.key)
            if target.item and told.id != target.item.id:
                raise NotVerified("a receipt of another statement", "receipt")
        except (Malformed, NotVerified) as error:
            told, fault = None, str(error)
    if fault:
        return Standing(target, State.DOUBTFUL, fault=fault)
    if told is not None:
        late = reading.live and reading.now > told.logged_by
        return Standing(target, State.OVERDUE if late else State.PROMISED, told=told)
    if target.refusal is not None:
        return Standing(target, State.REFUSED)
    return Standing(target, State.QUEUED if target.queued else State.ABSENT)
