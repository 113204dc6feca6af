"""All readings as the figures of one front: a function of the list, the readings and a given time.

Nothing is computed here that a reading does not hold. Stations are added up over portals that are
believed, of one mode; votes are never added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from itertools import groupby
from typing import Any, Final

from rekap.audit.nation.contest import CERTIFICATE
from rekap.audit.nation.faults import FORKED, OLDER, READ, REFUTED
from rekap.audit.nation.portals import Portal, Portals
from rekap.core.ledger.rulings import ANNULLED

FORMAT: Final = "rekap-nation/1"
LATE_MINUTES: Final = 30
"""Without a new entry, while TPS lack, after which a portal is called late."""
ALL_ROWS: Final = 40
"""Contests that the first page lists, of all portals; of more it lists those of governors."""
GOVERNORS: Final = 3
"""Contests of them that it then lists of one portal."""
Record = dict[str, Any]

TILES: Final[Mapping[str, tuple[str, str, int, int]]] = {
    "11": ("sumatera", "ACE", 0, 0), "12": ("sumatera", "SUT", 1, 1),
    "13": ("sumatera", "SBR", 0, 2), "14": ("sumatera", "RIA", 1, 2),
    "15": ("sumatera", "JAM", 2, 3), "16": ("sumatera", "SSL", 2, 4),
    "17": ("sumatera", "BKL", 1, 3), "18": ("sumatera", "LAM", 2, 5),
    "19": ("sumatera", "BBL", 3, 4), "21": ("sumatera", "KEP", 3, 2),
    "31": ("jawa", "JKT", 4, 6), "32": ("jawa", "JBR", 4, 7), "33": ("jawa", "JTG", 5, 7),
    "34": ("jawa", "DIY", 5, 8), "35": ("jawa", "JTM", 6, 7), "36": ("jawa", "BTN", 3, 7),
    "51": ("nusa", "BAL", 7, 8), "52": ("nusa", "NTB", 8, 8), "53": ("nusa", "NTT", 9, 8),
    "61": ("kalimantan", "KBR", 5, 3), "62": ("kalimantan", "KTG", 6, 3),
    "63": ("kalimantan", "KSL", 6, 4), "64": ("kalimantan", "KTM", 7, 3),
    "65": ("kalimantan", "KUT", 7, 2), "71": ("sulawesi", "SUL", 10, 2),
    "72": ("sulawesi", "STG", 9, 3), "73": ("sulawesi", "SSN", 9, 5),
    "74": ("sulawesi", "STR", 10, 5), "75": ("sulawesi", "GTO", 9, 2),
    "76": ("sulawesi", "SBA", 9, 4), "81": ("maluku", "MAL", 11, 5),
    "82": ("maluku", "MUT", 11, 3), "91": ("papua", "PAP", 14, 3),
    "92": ("papua", "PBR", 12, 3), "93": ("papua", "PSL", 14, 5),
    "94": ("papua", "PTG", 13, 4), "95": ("papua", "PPG", 14, 4),
    "96": ("papua", "PBD", 12, 2),
}  # fmt: skip
"""Code of a provinsi -> its group of islands, short name, and place in the grid of the map."""
_OTHER: Final = "lain"
_INNER: Final = frozenset({"format", "contests", "faults", "found"})
"""Of a reading, what stands in a portal's figures otherwise, or is for whoever reads the log line:
words of errors can name folders of this machine."""
_WIB: Final = timezone(timedelta(hours=7))
_CLOCKS: Final = 600
"""Seconds that two clocks may differ."""
_FAR: Final = 1 << 33
"""Seconds; a witness may sign any time."""


def of(portals: Portals, readings: Mapping[str, Record], at: str) -> Record:
    """Return the figures of the front: `readings` by the id of their portal.

    {format, name, at, simulated, modes, portals, held, groups, contests, tiles, total}
    """
    views = [_portal(one, readings[one.id], at) for one in portals.portals]
    believed = [one for one in views if one["state"] == READ]
    rows = [row for one in views for row in one["contests"]]
    shown = rows
    if len(rows) > ALL_ROWS:
        governors = ([r for r in one["contests"] if r["office"] == "governor"] for one in views)
        shown = [row for own in governors for row in own[:GOVERNORS]]
    return {
        "format": FORMAT,
        "name": dict(portals.name),
        "at": at,
        "modes": sorted({one["mode"] for one in views}),
        "simulated": any(one["simulated"] for one in views),
        "portals": views,
        "held": sorted((one for one in views if one["state"] != READ), key=_loudness),
        "groups": _groups(views),
        "contests": sorted(shown, key=lambda row: (row["region"], row["contest"])),
        "number": len(rows),
        "total": _total(believed),
        "tiles": [one for one in views if one["tile"]],
    }


def _loudness(view: Record) -> tuple[int, str]:
    order = (FORKED, REFUTED, OLDER)
    return (order.index(view["state"]) if view["state"] in order else len(order), view["id"])


def _portal(portal: Portal, reading: Record, at: str) -> Record:
    """A portal with what its reading says; rows of one that is not believed show no votes."""
    believed = reading["state"] == READ
    rows = [_row(row, portal, reading, believed=believed) for row in reading["contests"]]
    progress = _progress(reading["contests"])
    complete = progress["expected"] is not None and progress["counted"] >= progress["expected"]
    group, short, x, y = TILES.get(portal.regions[0][:2], (_OTHER, "", 0, 0))
    return {
        **{name: value for name, value in reading.items() if name not in _INNER},
        "id": portal.id, "name": portal.name, "link": portal.link, "regions": list(portal.regions),
        "faults": [{k: v for k, v in one.items() if k != "found"} for one in reading["faults"]],
        "mode": portal.mode, "origin": portal.block.key.name, "key": portal.block.key.vkey,
        "quorum": portal.policy.quorum, "contests": rows, "progress": progress,
        "simulated": portal.mode == "rehearsal" or any(row["simulated"] for row in rows),
        "late": believed and not complete and _minutes(reading["grown"], at) >= LATE_MINUTES,
        "behind": _behind(reading), "seen": _seen(reading["cosigned"]),
        "ahead": _is_ahead(reading["cosigned"], at),
        "group": group, "tile": {"short": short, "x": x, "y": y} if short else None,
    }  # fmt: skip


def _seen(seconds: int | None) -> str | None:
    """The time of a witness as pages write times, in WIB."""
    if seconds is None or not 0 < seconds < _FAR:
        return None
    return datetime.fromtimestamp(seconds, _WIB).isoformat(timespec="seconds")


def _is_ahead(seconds: int | None, at: str) -> bool:
    """Tell whether a witness signed later than the front was read: a clock is wrong."""
    return (seconds or 0) > datetime.fromisoformat(at).timestamp() + _CLOCKS


def _behind(reading: Record) -> int:
    """Entries that the log has and the pages do not show yet."""
    if reading["size"] is None or reading["pages"] is None:
        return 0
    return max(int(reading["size"]) - int(reading["pages"]), 0)


def _minutes(since: str | None, at: str) -> int:
    """Whole minutes between two times; 0 if the first is not known."""
    if since is None:
        return 0
    passed = datetime.fromisoformat(at) - datetime.fromisoformat(since)
    return int(passed.total_seconds()) // 60


def _row(row: Record, portal: Portal, reading: Record, *, believed: bool) -> Record:
    """A contest as a page shows it. `fresh`: read by the run that the page is of."""
    votes = row["votes"] if believed else []
    given = [one for _, one in votes if one is not None]
    best = max(given, default=0)
    leads = [number for number, one in votes if one == best and best > 0]
    determined = row["determined"] if believed else None
    if determined is not None and str(determined["standing"]).startswith(ANNULLED):
        leads = []  # no result stands, so nobody is named before the others
    whole = row["valid"] if believed else None
    return {
        **row,
        "portal": portal.id, "link": portal.link, "state": reading["state"],
        "votes": votes, "valid": whole, "bar": max(whole or 0, sum(given)),
        "basis": row["basis"] if believed else None,
        "determined": determined,
        "lead": leads[0] if len(leads) == 1 else None, "best": best,
        "excess": whole is not None and sum(given) > whole, "more": _is_more(row),
        "fresh": row["at"] == reading["at"],
    }  # fmt: skip


def _is_more(row: Record) -> bool:
    """Tell whether more stations of a contest are counted than there are."""
    return row["expected"] is not None and row["counted"] > row["expected"]


def _progress(rows: Sequence[Record]) -> Record:
    """Stations that are counted of those expected: of the governor, else of all others together.

    {counted, expected or null, certified}: `certified` if the D forms of all of these are in. Where
    more are counted than expected, in one contest only, nobody can say how many there are.
    """
    governor = [row for row in rows if row["office"] == "governor"]
    chosen = governor or list(rows)
    counted, expected = sum(row["counted"] for row in chosen), [row["expected"] for row in chosen]
    known = chosen and None not in expected and not any(map(_is_more, chosen))
    return {
        "counted": counted,
        "expected": sum(expected) if known else None,
        "certified": bool(chosen) and all(row["basis"] == CERTIFICATE for row in chosen),
    }


def _groups(views: Iterable[Record]) -> list[Record]:
    """Portals by their group of islands, in the order of codes."""
    order = [*dict.fromkeys(tile[0] for tile in TILES.values()), _OTHER]
    ranked = sorted(views, key=lambda one: (order.index(one["group"]), one["regions"][0]))
    return [
        {"id": group, "portals": list(found)}
        for group, found in groupby(ranked, key=lambda one: one["group"])
    ]


def _total(believed: Sequence[Record]) -> Record | None:
    """Stations over all portals that are believed; None where nothing can be added up.

    `unknown` are portals whose number of stations nobody says: they are in neither number.
    """
    if len({one["mode"] for one in believed}) != 1:
        return None
    known = [one["progress"] for one in believed if one["progress"]["expected"]]
    if not known:
        return None
    return {
        "counted": sum(one["counted"] for one in known),
        "expected": sum(one["expected"] for one in known),
        "portals": len(known),
        "unknown": len(believed) - len(known),
    }
