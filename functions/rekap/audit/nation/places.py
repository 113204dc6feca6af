"""Names of places, to be found: those that portals list below each kab/kota, by two letters.

    areas   code of a kab/kota -> {name, address, at, rows}; rows are [code, name] of its kecamatan
            and kelurahan

Lists change with rosters alone, so each is read again once a day, unknown ones first. The names are
the portals' word: whoever follows a link is at the portal, which proves them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from rekap.audit.nation.faults import READ, Fault
from rekap.audit.nation.portals import Portal, is_name
from rekap.audit.nation.shown import Bounded, Record, field, items, twin
from rekap.core.ledger import letters
from rekap.core.ledger.addresses import SEARCH
from rekap.core.statements import regions

LARGE: Final = 1_500
"""Names of one index: some 30 kB as they are sent."""
_Found = tuple[Mapping[str, Any], str, str, str]
"""A portal as the front has it, code, name, names above."""
_AGAIN: Final = timedelta(days=1)
_MAX_AREAS: Final = 64
_MAX_KECAMATAN: Final = 100
_MAX_KELURAHAN: Final = 999
_MAX_ELECTIONS: Final = 8
MAX_PLACES: Final = 12_000
"""Names of a region of the list: Jawa Tengah has 9,200; more would drown those of all others."""


def read(portal: Portal, source: Bounded, known: Record, at: str) -> Record:
    """Return the lists of a portal's places: those that are known, with those that were read now.

    Raises Fault for a list that is no list, and where the portal falls silent; `known` is changed
    as lists come, so that none is read twice.
    """
    path = f"{SEARCH}index.json"
    found = twin(source, path, "search", SEARCH)
    wanted: dict[str, tuple[str, str]] = {}
    anchored = {name for name, _ in portal.block.roots}
    for election in items(found, "elections", _MAX_ELECTIONS, path):
        name = field(election, "id", str, path)
        if name not in anchored:
            continue
        for area in items(election, "areas", _MAX_AREAS, path):
            code = _code(area.get("code"), path, portal)
            wanted.setdefault(code, (f"{SEARCH}{name}/{code}/", _name(area.get("name"), path)))
    for code in sorted(set(known) - set(wanted)):
        del known[code]
    for code in sorted(wanted, key=lambda one: (known.get(one, {}).get("at", ""), one)):
        address, name = wanted[code]
        if code not in known or _is_old(known[code]["at"], at):
            rows = list(_rows(twin(source, f"{address}index.json", "area", address), code, address))
            others = sum(len(one["rows"]) for area, one in known.items() if area != code)
            if others + len(rows) > MAX_PLACES * len(portal.regions):
                raise Fault("too-large", address, "names")
            known[code] = {"address": address, "at": at, "rows": rows}
        known[code]["name"] = name
    return known


def is_kept(value: Any) -> bool:
    """Tell whether a value is what `read` returns: kept, it may be damaged."""
    return isinstance(value, dict) and all(
        isinstance(area, dict)
        and area.keys() == {"address", "at", "name", "rows"}
        and all(isinstance(area[name], str) for name in ("address", "name"))
        and _is_time(area["at"])
        and isinstance(area["rows"], list)
        and all(_is_row(row) for row in area["rows"])
        for area in value.values()
    )


def _is_time(value: Any) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False


def _is_row(value: Any) -> bool:
    return (
        isinstance(value, list) and len(value) == 2 and all(isinstance(one, str) for one in value)
    )


def _is_old(then: str, now: str) -> bool:
    passed = datetime.fromisoformat(now) - datetime.fromisoformat(then)
    return not timedelta() <= passed < _AGAIN


def _rows(area: Record, top: str, path: str) -> Iterator[list[str]]:
    for kecamatan in items(area, "kecamatan", _MAX_KECAMATAN, path):
        code = _below(kecamatan.get("code"), top, path)
        yield [code, _name(kecamatan.get("name"), path)]
        kelurahan = field(kecamatan, "kelurahan", list, path)
        if len(kelurahan) > _MAX_KELURAHAN:
            raise Fault("too-large", path)
        for one in kelurahan:
            if not isinstance(one, list) or len(one) < 2:
                raise Fault("twin", path, "a kelurahan")
            yield [_below(one[0], code, path), _name(one[1], path)]


def _code(value: Any, path: str, portal: Portal) -> str:
    if not isinstance(value, str) or not regions.is_code(value) or regions.depth(value) != 2:
        raise Fault("twin", path, "a code")
    if not portal.speaks_for(value):
        raise Fault("foreign", path, value)
    return value


def _below(value: Any, top: str, path: str) -> str:
    if not isinstance(value, str) or not regions.is_code(value) or regions.parent(value) != top:
        raise Fault("twin", path, "a code")
    return value


def _name(value: Any, path: str) -> str:
    if not is_name(value):
        raise Fault("markup", path)
    return str(value)


def of(front: Mapping[str, Any], known: Mapping[str, Record]) -> Record:
    """Return {areas, indexes} of all portals that are believed.

    `areas` are portals with their kab/kota; `indexes` by two letters {portals, rows, split}, rows
    being [code, name, names above, number of the portal in `portals`]. Two letters that begin too
    many names are `split`: they list words of two letters, and have an index for each third one.
    """
    areas: list[Record] = []
    lettered: dict[str, list[_Found]] = {}
    for view in front["portals"]:
        places = known.get(view["id"], {})
        if view["state"] != READ or not places:
            continue
        listed = [
            {"code": code, "name": places[code]["name"], "address": places[code]["address"]}
            for code in sorted(places)
        ]
        areas.append({"name": view["name"], "link": view["link"], "places": listed})
        for code, name, above in _places(places):
            for start in letters.of(name):
                lettered.setdefault(start, []).append((view, code, name, above))
    indexes: dict[str, Record] = {}
    for start, rows in sorted(lettered.items()):
        if len(rows) <= LARGE:
            indexes[start] = _index(rows)
            continue
        thirds = [{one for one in letters.of(row[2], 3) if one.startswith(start)} for row in rows]
        short = [row for row, found in zip(rows, thirds, strict=True) if not found]
        indexes[start] = {**_index(short), "split": True}
        for third in sorted(set().union(*thirds)):
            own = [row for row, found in zip(rows, thirds, strict=True) if third in found]
            indexes[third] = _index(own)
    return {"areas": areas, "indexes": indexes}


def _places(places: Mapping[str, Record]) -> Iterator[tuple[str, str, str]]:
    """Yield (code, name, names above) of every place, in the order of codes."""
    for area in sorted(places):
        name = places[area]["name"]
        yield area, name, ""
        kecamatan = ""
        for code, one in places[area]["rows"]:
            if regions.depth(code) == 3:
                kecamatan = one
                yield code, one, name
            else:
                yield code, one, f"{kecamatan}, {name}"


def _index(rows: Sequence[_Found]) -> Record:
    """An index of some places, with the contests of their portals that they lie in."""
    portals: dict[str, Record] = {}
    listed = []
    for view, code, name, above in rows:
        portal = portals.setdefault(view["id"], {"link": view["link"], "contests": []})
        listed.append([code, name, above, list(portals).index(view["id"])])
        for row in view["contests"]:
            contest = [row["office"], row["region"], row["address"]]
            if regions.is_within(code, row["region"]) and contest not in portal["contests"]:
                portal["contests"].append(contest)
    return {"portals": list(portals.values()), "rows": listed, "split": False}
