"""One portal, read: how far it is believed, and what can be said of its contests.

    1  log/checkpoint     signed, grown from the kept one, kept, cosigned as the anchors ask
    2  site.json          what the portal claims to show, held against the log
    3  index.json         which contests there are
    4  their twins        each of a tree that the log holds
    5  entries            each recorded in the log; read once, kept
    6  rows               what was signed, what the portal says

`shown` is the newest state of the page of each contest that was ever believed: none may be older
again, and none may be gone.

A reading is a record that is kept as JSON. What stops one leaves the rows of the last reading as
they were, with their time; only a portal in state `read` has rows that a front may show.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from rekap.audit.claim import CLAIM, MAX_CLAIM, parse
from rekap.audit.nation import contest, head
from rekap.audit.nation.contest import FIELDS, Address
from rekap.audit.nation.faults import (
    FORKED,
    OLDER,
    OLDER_PAGE,
    READ,
    REFUTED,
    UNVERIFIED,
    Fault,
)
from rekap.audit.nation.head import Head, Memory
from rekap.audit.nation.known import Elsewhere, Known, Said
from rekap.audit.nation.portals import Portal
from rekap.audit.nation.shown import Bounded, Record, is_before
from rekap.core.errors import Malformed, NotVerified
from rekap.core.ledger import addresses
from rekap.core.log import status
from rekap.core.log.entry import MAX_ENTRY
from rekap.core.log.status import MAX_STATUS, STATUS

FORMAT: Final = "rekap-reading/1"
_ENDS: Final = frozenset({"no-answer", "too-many"})
"""Codes after which nothing more is read from a portal."""


def blank(portal: str) -> Record:
    """Return what is known of a portal that nobody read yet."""
    return {
        "format": FORMAT, "portal": portal, "state": UNVERIFIED, "code": "no-checkpoint",
        "place": "", "found": "", "at": None, "since": None, "size": None, "root": None,
        "cosigned": None, "grown": None, "pages": None, "stopped": False, "mode": None,
        "contests": [], "unread": 0, "faults": [], "unanchored": [], "refuted": None,
        "shown": {},
    }  # fmt: skip


def is_reading(value: Any, portal: str) -> bool:
    """Tell whether a value is a reading of this portal, as far as it is taken up again."""
    return (
        isinstance(value, dict)
        and value.keys() == blank(portal).keys()
        and (value["format"], value["portal"]) == (FORMAT, portal)
        and isinstance(value["shown"], dict)
        and isinstance(value["contests"], list)
        and all(isinstance(row, dict) and row.keys() == FIELDS for row in value["contests"])
    )


@dataclass(slots=True)
class Read:
    """Reads one portal once. `at` is the given time; `last` the reading before.

    `cut`: the time or the bytes of this run are used up, or the portal fell silent in between. What
    was read by then counts; the rest keeps its rows and is read first in the next run.
    """

    portal: Portal
    source: Bounded
    memory: Memory
    at: str
    last: Record
    now: Record = field(init=False)
    top: Head = field(init=False)
    cut: bool = False
    pages: dict[Address, Record] = field(default_factory=dict)
    late: set[Address] = field(default_factory=set)
    evidence: dict[Address, list[int]] = field(default_factory=dict)
    said: dict[int, Said] = field(default_factory=dict)
    entry_faults: dict[int, Fault] = field(default_factory=dict)

    def run(self) -> Record:
        """Return the reading; nothing that a portal shows raises."""
        self.now = {**self.last, "at": self.at, "mode": self.portal.mode, "unread": 0}
        self.now |= {"unanchored": [], "faults": []}
        try:
            self._all()
        except Fault as fault:
            return failed(self.now, self.at, fault)
        changed = self.last["state"] != READ or self.last["since"] is None
        self.now["since"] = self.at if changed else self.last["since"]
        return {**self.now, "state": READ, "code": "", "place": "", "found": ""}

    def _all(self) -> None:
        claimed = self.source.read(CLAIM, MAX_CLAIM)
        self._head()
        self.now["stopped"] = self._is_stopped()
        self._claim(claimed)
        wanted = contest.listed(self.source)
        anchored = {name for name, _ in self.portal.block.roots}
        self._must_show_again(wanted, anchored)
        self.now["unanchored"] = sorted({one[0] for one in wanted} - anchored)
        wanted = [one for one in wanted if one[0] in anchored]
        self._read_pages(wanted)
        known = self._read_entries()
        rows = self._rows(known)
        _must_list_all(wanted, known)
        self._take(wanted, rows)

    def _head(self) -> None:
        self.top = head.read(self.source, self.portal.policy, self.memory)
        size = self.top.checkpoint.size
        grown = self.last["grown"]
        if size != self.last["size"] or grown is None or is_before(self.at, grown):
            grown = self.at
        self.now |= {
            "size": size, "root": head.root_text(self.top.checkpoint.root),
            "cosigned": self.top.cosigned, "grown": grown,
        }  # fmt: skip

    def _is_stopped(self) -> bool:
        """Tell whether the log's writer says that it stopped; nobody signs that."""
        data = self.source.read(STATUS, MAX_STATUS)
        try:
            return data is not None and status.parse(data).writer == status.STOPPED
        except Malformed:
            return False

    def _claim(self, data: bytes | None) -> None:
        """Hold what the portal claims to show against the checkpoint, which was read after it."""
        if data is None:
            raise Fault("missing", CLAIM)
        try:
            claim = parse(data)
        except Malformed as error:
            raise Fault("claim", CLAIM, str(error)) from error
        self.now["pages"] = claim.size
        if claim.size > self.top.checkpoint.size:
            raise Fault("claim", CLAIM, f"{claim.size} > {self.top.checkpoint.size}")
        self._holds(claim.size, claim.root, CLAIM)

    def _holds(self, size: int, root: bytes, place: str) -> None:
        try:
            self.top.holds_tree(size, root)
        except NotVerified as error:
            raise Fault("tree", place, str(error)) from error
        except Malformed as error:
            raise Fault("missing", place, str(error)) from error

    # ------------------------------------------------------------ twins and entries

    def _read_pages(self, wanted: Iterable[Address]) -> None:
        """Read the twins of contests, those first that were read longest ago."""
        ages = {_address(row): row["at"] for row in self.last["contests"]}
        for where in sorted(wanted, key=lambda one: (ages.get(one, ""), one)):
            try:
                self.pages[where] = contest.page_of(self.source, where[2])
            except Fault as fault:
                if not self._ends_the_run(fault):
                    self._doubt(where, fault)
            if self.cut:
                break
        sizes = {one: contest.tree_of(page, _twin(one))[0] for one, page in self.pages.items()}
        if max(sizes.values(), default=0) > self.top.checkpoint.size and not self.cut:
            self._head()  # the log went on while its pages were read
        for where, page in list(self.pages.items()):
            if sizes[where] > self.top.checkpoint.size:
                self.late.add(where)
                del self.pages[where]
            else:
                self._of_this_log(where, page)

    def _of_this_log(self, where: Address, page: Record) -> None:
        try:
            self._holds(*contest.tree_of(page, _twin(where)), _twin(where))
        except Fault as fault:
            del self.pages[where]
            if not self._ends_the_run(fault):
                self._doubt(where, fault)

    def _read_entries(self) -> Known:
        """Read the entries of all contests in their order, each once."""
        known = Known(self.portal.block, self.portal.mode)
        for where, page in list(self.pages.items()):
            self._read_evidence(where, page)
        for index in sorted({0}.union(*self.evidence.values())):
            try:
                self.said[index] = self._said(known, index)
            except Fault as fault:
                self.entry_faults[index] = fault
                if self._ends_the_run(fault):
                    break
        return known

    def _read_evidence(self, where: Address, page: Record) -> None:
        """Learn which entries prove a contest and its determination."""
        path = _twin(where)
        try:
            decision = contest.decision_of(self.source, page, path)
            self.evidence[where] = sorted({*contest.evidence_of(page, path), *decision})
        except Fault as fault:
            del self.pages[where]
            if not self._ends_the_run(fault):
                self._doubt_unless_late(where, page, fault)

    def _said(self, known: Known, index: int) -> Said:
        """Return the statement of an entry: kept from an earlier run, else read and proved."""
        kept = self.memory.entry(index)
        if kept is not None:
            with suppress(NotVerified, Malformed):
                return known.read(index, kept)
        place = addresses.entry(index)
        try:
            return known.read(index, self._entry(index))
        except Elsewhere as error:
            raise Fault("unproved", place, str(error)) from error
        except (NotVerified, Malformed) as error:
            raise Fault("entry", place, str(error)) from error

    def _entry(self, index: int) -> bytes:
        """Return the entry that the portal shows; the log holds it."""
        place = addresses.entry(index)
        data = self.source.read(place, MAX_ENTRY)
        if data is None or index >= self.top.checkpoint.size:
            raise Fault("missing", place)
        try:
            self.top.holds_entry(index, data)
        except NotVerified as error:
            raise Fault("tree", place, str(error)) from error
        except Malformed as error:
            raise Fault("missing", place, str(error)) from error
        self.memory.keep_entry(index, data)
        return data

    # ------------------------------------------------------------ rows

    def _rows(self, known: Known) -> dict[Address, Record]:
        rows = {}
        for where, page in self.pages.items():
            try:
                self._proved(where)
                row = contest.row(self.portal, where, page, known, self.said)
                self._must_not_go_back(where, row)
                rows[where] = {**row, "at": self.at}
            except Fault as fault:
                self._doubt_unless_late(where, page, fault)
        return rows

    def _must_not_go_back(self, where: Address, row: Record) -> None:
        """Refuse a page that is older than one that was shown, unless it says the same."""
        newest, last = self.now["shown"].get(where[2], 0), self._before().get(where, {})
        passing = {"as_of", "at"}
        same = all(last.get(name) == one for name, one in row.items() if name not in passing)
        if row["as_of"] < newest and not same:
            raise Fault(OLDER_PAGE, _twin(where), f"{newest} > {row['as_of']}")
        self.now["shown"] = {**self.now["shown"], where[2]: row["as_of"]}

    def _before(self) -> dict[Address, Record]:
        return {_address(row): row for row in self.last["contests"]}

    def _must_show_again(self, wanted: list[Address], anchored: set[str]) -> None:
        """Refuse a front that leaves out a contest which was shown: none ever ends."""
        for address in sorted(self.now["shown"].keys() - {one[2] for one in wanted}):
            if address.partition("/")[0] in anchored:
                raise Fault("hidden", "index.json", address.rstrip("/"))

    def _doubt_unless_late(self, where: Address, page: Record, fault: Fault) -> None:
        if fault.state == REFUTED or not (self.cut or self._is_ahead(page, where)):
            self._doubt(where, fault)

    def _is_ahead(self, page: Record, where: Address) -> bool:
        """Tell whether a page is newer than `site.json`: its entries may not be shown yet."""
        return contest.tree_of(page, _twin(where))[0] > int(self.now["pages"])

    def _proved(self, where: Address) -> None:
        """Raise the fault of the first entry that a contest rests on and that does not hold."""
        for index in self.evidence[where]:
            if index in self.entry_faults:
                raise self.entry_faults[index]

    def _doubt(self, where: Address, fault: Fault) -> None:
        """Name a contest that cannot be checked; what contradicts itself refutes the portal."""
        if fault.state == REFUTED:
            raise fault
        why = {"code": fault.code, "place": fault.place[:300], "found": fault.found[:300]}
        self.now["faults"].append({"election": where[0], "contest": where[1], **why})

    def _ends_the_run(self, fault: Fault) -> bool:
        """Tell whether a fault only ends this run: the next one reads what comes after it."""
        self.cut = self.cut or fault.code in _ENDS
        return fault.code in _ENDS

    def _take(self, wanted: list[Address], rows: dict[Address, Record]) -> None:
        """Put new rows beside those of the last reading for which this run was too short, or the
        portal shows older ones.
        """
        faults = [one for one in self.now["faults"] if one["code"] != OLDER_PAGE]
        doubted = {(one["election"], one["contest"]) for one in faults}
        before = self._before()
        found = {one: rows.get(one) or before.get(one) for one in wanted if one[:2] not in doubted}
        kept = [row for row in found.values() if row is not None]
        self.now["contests"] = sorted(kept, key=lambda row: (row["region"], row["contest"]))
        self.now["unread"] = sum(one not in rows for one in found)


def failed(last: Record, at: str, fault: Fault) -> Record:
    """Return the reading of a portal that a fault stopped; rows stay as they were."""
    why = {"code": fault.code, "place": fault.place[:300]}
    now: Record = {**last, "at": at, "state": fault.state, **why, "found": fault.found[:300]}
    if fault.state in (FORKED, OLDER, REFUTED):
        now["refuted"] = {"at": at, **why}
    if fault.state != last["state"] or last["since"] is None:
        now["since"] = at
    return now


def _must_list_all(wanted: list[Address], known: Known) -> None:
    """Refuse a front that leaves out a contest of an election that was proved, and an election
    with two of one office and region of which none follows the other.
    """
    told = {one[:2] for one in wanted}
    for name in sorted({one[0] for one in wanted}):
        first = set()
        for one in (known.election(name) or {"contests": ()})["contests"]:
            if (name, one["id"]) not in told:
                raise Fault("hidden", "index.json", f"{name}/{one['id']}")
            seat = one["office"], one["region"]
            if "follows" not in one and seat in first:
                raise Fault("rival", f"{name}/{one['id']}/", one["region"])
            first.add(seat)


def _twin(where: Address) -> str:
    return f"{where[2]}index.json"


def _address(row: Record) -> Address:
    return row["election"], row["contest"], row["address"]


def told(reading: Record) -> bool:
    """Tell whether a front may show the rows of a reading as figures."""
    return bool(reading["state"] == READ)


def exit_code(readings: Iterable[Record]) -> int:
    """1 if a portal contradicts itself or went back, 2 if one could not be read, else 0."""
    states = {one["state"] for one in readings}
    if states & {REFUTED, FORKED, OLDER}:
        return 1
    return 0 if states <= {READ} else 2
