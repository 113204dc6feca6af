"""What the rosters of an election say, from the regions and stations of its folder."""

from __future__ import annotations

from typing import Any

from rekap.core.statements import regions
from rekap.desk.elections.values import Places


def rostered(places: Places) -> list[str]:
    """Regions that have a roster, by depth and code: all with children, and the country."""
    known = {regions.parent(code) for code in places.names} & places.names.keys()
    known |= {code for code, stations in places.stations.items() if stations}
    return sorted({regions.COUNTRY, *known}, key=lambda code: (regions.depth(code), code))


def children(places: Places) -> dict[str, list[dict[str, Any]]]:
    """The children of each region as its roster names them; topmost regions are the country's."""
    named: dict[str, list[dict[str, Any]]] = {}
    for code in sorted(places.names):
        above = regions.parent(code)
        parent = above if above in places.names else regions.COUNTRY
        named.setdefault(parent, []).append(
            {"code": code, "name": places.names[code], "level": regions.level(code)}
        )
    return named


def stations(places: Places, kelurahan: str) -> list[dict[str, Any]]:
    """The TPS of a kelurahan as its roster names them; voters only where they are known."""
    return [
        {"number": number, **({} if registered is None else {"registered": registered})}
        for number, registered in sorted(places.stations[kelurahan].items())
    ]
