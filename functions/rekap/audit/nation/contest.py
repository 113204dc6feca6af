"""A contest as its page says it, held against the statements that were signed.

Every row says one of two things of its votes, never more than was computed:

    certificate   they stand in the D form of the contest's own region. Its entry is in the log that
                  the portal signed; enough persons of the office that must sign it did, with keys
                  that were granted down from the roots of the anchors.
    portal        they are what the portal's page says, and its own sums do not contradict;
                  nobody computed them again.

Names of regions and pairs are always those of signed rosters and of the signed election.
"""

from __future__ import annotations

from typing import Any, Final

from rekap.audit.nation.faults import Fault
from rekap.audit.nation.known import Known, Said, certifies
from rekap.audit.nation.portals import Portal, is_name
from rekap.audit.nation.shown import Bounded, Record, an_id, field, indexes, items, maybe, twin
from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.ledger import addresses
from rekap.core.ledger.rulings import STANDINGS
from rekap.core.pages.twins.context import pairs

CERTIFICATE: Final = "certificate"
PORTAL: Final = "portal"
MAX_CONTESTS: Final = 60
"""Of one portal: a provinsi has one governor and at most 38 kab/kota."""
MAX_EVIDENCE: Final = 96
"""Entries that prove one contest: names, the election, a form with up to three grants a signer."""
_USED: Final = (
    "as_of", "root", "evidence", "contest", "region", "stations", "result", "certified",
    "contested", "doubts", "determination", "standing",
)  # fmt: skip
"""Fields of a contest's twin that are looked at."""
_MAX_USED: Final = 1 << 16
_MAX_ELECTIONS: Final = 8
_MAX_PAIRS: Final = 99
_LONGEST: Final = 80
"""Letters of the name of a region; the longest of Indonesia has 41."""
_MOST: Final = 200_000
"""TPS of one contest; the largest provinsi has 73,900."""
FIELDS: Final = frozenset(
    "election contest address follows office region name date win pairs as_of contested doubt "
    "counted expected off votes valid determined simulated basis index revision signers body "
    "at".split()
)
"""Of a row that is kept."""
Address = tuple[str, str, str]
"""Election, contest, and the folder of its page."""


def listed(source: Bounded) -> list[Address]:
    """Return the contests that the front of a portal lists. Raises Fault."""
    path = "index.json"
    front = twin(source, path, "portal", "")
    found = []
    for election in items(front, "elections", _MAX_ELECTIONS, path):
        name = an_id(election.get("id"), path)
        for contest in items(election, "contests", MAX_CONTESTS, path):
            own = an_id(contest.get("id"), path)
            found.append((name, own, f"{name}/{own}/"))
    if len(found) > MAX_CONTESTS:
        raise Fault("too-large", path)
    if len(set(found)) != len(found):
        raise Fault("twin", path, "a contest twice")
    return found


def page_of(source: Bounded, address: str) -> Record:
    """Return what a contest's row is made of, of its twin. Raises Fault.

    All contests of a portal are in memory at the same time, and what else a stranger writes there
    takes twenty times its bytes.
    """
    path = f"{address}index.json"
    page = twin(source, path, "region", address)
    used: Record = {name: page[name] for name in _USED if name in page}
    if len(codec.encode_public(used)) > _MAX_USED:
        raise Fault("too-large", path, f"> {_MAX_USED}")
    return used


def evidence_of(page: Record, path: str) -> list[int]:
    """Return the entries that a contest's twin names as its proof, its form among them."""
    named = indexes(page, "evidence", MAX_EVIDENCE, path)
    own = page.get("certified")
    extra = [] if own is None else [field(own, "index", int, path)]
    return sorted({0, *named, *extra})


def decision_of(source: Bounded, page: Record, path: str) -> list[int]:
    """Return the entries that prove the determination which a contest's twin tells: its own page
    names them, those of the revisions before it and of its certificate too. Raises Fault.

    What was said after the twin was made is left out: its entries may not be shown yet.
    """
    determined = page.get("determination")
    if determined is None:
        return []
    index = field(determined, "index", int, path)
    address = addresses.statement(index)
    own = f"{address}index.json"
    named = indexes(twin(source, own, "statement", address), "evidence", MAX_EVIDENCE, own)
    size, _ = tree_of(page, path)
    return sorted({index, *(one for one in named if one < size)})


def tree_of(page: Record, path: str) -> tuple[int, bytes]:
    """Return the size and the root that a twin states. Raises Fault."""
    try:
        root = codec.b64decode(field(page, "root", str, path), "root")
    except Malformed as error:
        raise Fault("twin", path, str(error)) from error
    return field(page, "as_of", int, path), root


def row(
    portal: Portal, where: Address, page: Record, known: Known, read: dict[int, Said]
) -> Record:
    """Return what can be said of a contest: see the module. Raises Fault.

    `known` has read the entries of its evidence, `read` are the statements of those that hold.
    """
    election_id, contest_id, address = where
    path = f"{address}index.json"
    election = known.election(election_id)
    own = [one for one in election["contests"] if one["id"] == contest_id] if election else []
    if election is None or not own:
        raise Fault("unproved", path, "the election is not among the entries that were proved")
    contest, region = own[0], str(own[0]["region"])
    if not portal.speaks_for(region):
        raise Fault("foreign", path, region)
    name = known.names.get((election_id, region))
    if name is None:
        raise Fault("unproved", path, "no roster that was proved names the region")
    _names(page, contest, name, path)
    row = {
        "election": election_id, "contest": contest_id, "address": address,
        "follows": contest.get("follows"), "office": contest["office"],
        "region": region, "name": name, "date": election["date"],
        "win": contest["win"], "pairs": pairs(contest), "as_of": field(page, "as_of", int, path),
        "contested": field(page, "contested", bool, path),
        "doubt": bool(field(page, "doubts", list, path)),
        **_stations(page, path),
        **_votes(page, contest, path),
        "determined": _determined(page, where, read, path),
        "simulated": _is_simulated(election),
    }  # fmt: skip
    if page.get("certified") is None:
        said = PORTAL if row["votes"] else None
        return {**row, "basis": said, "index": None, "revision": None, "signers": 0, "body": None}
    return row | _certificate(page, where, region, read, row, path)


def _names(page: Record, contest: Record, name: str, path: str) -> None:
    """Refuse names that are none, and a page that says others than were signed."""
    people = [one for pair in contest["pairs"] for one in pair.get("names", ())]
    if not all(map(is_name, (name, *people))) or len(name) > _LONGEST:
        raise Fault("markup", path)
    shown = field(page, "contest", dict, path)
    for what in ("id", "office", "region", "win"):
        if shown.get(what) != contest[what]:
            raise Fault("name", path, what)
    if (
        shown.get("pairs") != pairs(contest)
        or field(page, "region", dict, path).get("name") != name
    ):
        raise Fault("name", path, "a pair or the region")


def _stations(page: Record, path: str) -> Record:
    """Return the portal's word on its stations; one that names more than there can be lies."""
    shown = field(page, "stations", dict, path)
    if max(field(shown, "counted", int, path), maybe(shown, "expected", int, path) or 0) > _MOST:
        raise Fault("twin", path, "more TPS than a provinsi has")
    return {
        "counted": field(shown, "counted", int, path),
        "expected": maybe(shown, "expected", int, path),
        "off": field(shown, "off", int, path),
    }


def _votes(page: Record, contest: Record, path: str) -> Record:
    """Return the votes that the page shows: [number, votes or null] in the order of the ballot."""
    result = field(page, "result", dict, path)
    shown = items(result, "pairs", _MAX_PAIRS, path)
    votes = [[field(one, "number", int, path), maybe(one, "votes", int, path)] for one in shown]
    if [number for number, _ in votes] != [pair["number"] for pair in contest["pairs"]]:
        raise Fault("twin", path, "votes of other pairs")
    figures = field(result, "figures", dict, path)
    for number, one in votes:
        if figures.get(f"pair_{number}") != one:
            raise Fault("figures", path, f"pair_{number}")
    basis = maybe(result, "basis", str, path)
    valid = maybe(result, "valid", int, path)
    sums = {figures.get("valid"), sum(one or 0 for _, one in votes)}
    if valid is not None and valid not in sums:
        raise Fault("figures", path, "valid")
    return {"votes": votes if basis is not None else [], "valid": valid if basis else None}


def _certificate(
    page: Record, where: Address, region: str, read: dict[int, Said], row: Record, path: str
) -> Record:
    """Hold the certified figures of a page against the form that its signers signed."""
    shown = field(page, "certified", dict, path)
    index = field(shown, "index", int, path)
    said = read.get(index)
    if said is None or not certifies(said, where[0], where[1], region):
        raise Fault("unproved", path, f"entry {index}")
    figures = said.fields["figures"]
    votes = [[number, figures.get(f"pair_{number}")] for number, _ in row["votes"]]
    told = field(page, "result", dict, path)
    agree = (
        shown.get("figures") == figures
        and shown.get("revision") == said.fields["revision"]
        and told.get("basis") == "certified"
        and votes == row["votes"]
        and row["valid"] == _valid(figures, [one for _, one in votes])
    )
    if not agree:
        raise Fault("figures", path, f"entry {index}")
    office = said.signers[said.counted[0]]["body"]
    persons = {said.signers[keyid]["person"] for keyid in said.counted}
    return {
        "basis": CERTIFICATE, "index": index, "revision": said.fields["revision"],
        "signers": len(persons), "body": office,
    }  # fmt: skip


def _valid(figures: Record, votes: list[Any]) -> int | None:
    """The valid votes that the page of a form leads with: stated, else those of all its pairs."""
    if "valid" in figures:
        return int(figures["valid"])
    return None if None in votes else sum(votes)


def _determined(page: Record, where: Address, read: dict[int, Said], path: str) -> Record | None:
    """Return the determination of a contest if its entry was proved; null else, told or not.

    `standing`: where the contest stands by the portal's word alone, which no entry here proves.
    `replaced`: whether it names another certificate than the one whose votes the page shows.
    """
    shown = page.get("determination")
    if shown is None:
        return None
    index = field(shown, "index", int, path)
    said = read.get(index)
    if said is None or said.effect is None or said.fields["kind"] != "determination":
        return None
    fields = said.fields
    if (fields["election"], fields["contest"]) != where[:2] or shown.get("number") != fields[
        "number"
    ]:
        raise Fault("figures", path, f"entry {index}")
    standing = page.get("standing")
    told = standing.get("state") if isinstance(standing, dict) else None
    known = told if told in STANDINGS else None
    named = next((one for one in read.values() if one.id == fields.get("certificate")), None)
    own = page.get("certified")
    shown_form = None if own is None else read.get(field(own, "index", int, path))
    replaced = named is not None and (shown_form is None or _paper(named) != _paper(shown_form))
    return {
        "number": fields["number"], "index": index, "standing": known, "replaced": replaced,
    }  # fmt: skip


def _paper(said: Said) -> Record:
    """What a form says, however often it was said: a repeat has another time and other names."""
    return {name: value for name, value in said.fields.items() if name not in ("at", "previous")}


def _is_simulated(election: Record) -> bool:
    texts = (election.get("source", ""), *election["name"].values())
    return any("SIMULASI" in str(text).upper() for text in texts)
