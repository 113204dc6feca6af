"""A map of a region's children by who leads: tints of the pair's colour, its number inside.

Outlines come with the release (`templates/maps/{region}.json`, made by `scripts/make_maps.py`):
an illustration, no boundary of law. What it shows is in the twin's `children`; the table above it
says everything, also for regions without a map. A path for each place, in the order of the table: a
script gives them the colours of its columns.
A provinsi shows its kecamatan where the release has their outlines, `{region}-kecamatan.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeAlias

from rekap.core.pages.look import drawings
from rekap.core.statements import shares

Twin: TypeAlias = Mapping[str, Any]

NARROW: Final = 5
"""Points of per cent: a lead of less has the lightest tint."""
WIDE: Final = 15
"""… of more has the full colour."""
_SIZES: Final = ((9, 14), (6, 11), (4, 8))
"""(pixels around the place of a number, its size): shapes with less room have no number."""


@dataclass(frozen=True, slots=True)
class Lead:
    """Who leads at a child: a pair's number and its tint 1 … 3; number 0: nobody alone."""

    number: int
    tint: int
    fill: str


@dataclass(frozen=True, slots=True)
class Kind:
    """All children with the same lead, and how many they are."""

    lead: Lead | None
    count: int


@dataclass(frozen=True, slots=True)
class Map:
    """What the template draws; `aside` are the children too far away: (name, lead).

    `shapes` has (lead, path) of every child in their order, those aside have an empty path.

    `running`: some of the figures are sums of forms so far, not certified ones.
    """

    width: int
    height: int
    kinds: list[Kind]
    shapes: list[tuple[Lead | None, str]]
    labels: list[tuple[int, int, int, int]]
    aside: list[tuple[str, Lead | None]]
    leaders: list[tuple[int, int]]
    total: int
    running: bool
    source: str
    kecamatan: bool


def lead(place: Twin, twin: Twin) -> Lead | None:
    """Who leads at a place below; None if a pair's votes are not there, or no share is drawn.

    Points are compared by cross-multiplying: 4.9999 is less than 5, exactly 15 is not more.
    """
    known = place["figures"] or {}
    votes = [(known.get(f"pair_{pair['number']}"), pair) for pair in twin["contest"]["pairs"]]
    fields = [f"pair_{pair['number']}" for _, pair in votes]
    valid = shares.valid(known, drawings.said(place), fields)
    if not valid or any(count is None for count, _ in votes):
        return None
    ranked = sorted(votes, key=lambda one: -(one[0] or 0))
    first, second = ranked[0][0] or 0, (ranked[1][0] or 0) if ranked[1:] else 0
    if ranked[1:] and first == second:
        return Lead(0, 1, "f-soft")
    points = 100 * (first - second)
    tint = 1 if points < NARROW * valid else 3 if points > WIDE * valid else 2
    return Lead(ranked[0][1]["number"], tint, drawings.fill(ranked[0][1]))


def of(folder: Path, twin: Twin) -> Map | None:
    """The map of a region's page; None where the release has none or no child has figures.

    Children that the outlines do not know stand beside the map; outlines without a child are left
    out.
    """
    code, children, kecamatan = twin["region"]["code"], twin["children"], True
    outlines = _read(folder, f"{code}-kecamatan") if twin["kecamatan_below"] else None
    if outlines is not None:
        children = twin["kecamatan_below"]
    else:
        outlines, kecamatan = _read(folder, code), False
    if outlines is None:
        return None
    shapes: list[tuple[Lead | None, str]] = []
    labels, aside = [], []
    leads: dict[str, Lead | None] = {}
    for child in children:
        code = child["code"]
        leads[code] = one = lead(child, twin)
        if code not in outlines["shapes"]:
            aside.append((child["name"], one))
            shapes.append((one, "M0 0"))
            continue
        path, x, y, room = outlines["shapes"][code]
        shapes.append((one, path))
        size = next((size for least, size in _SIZES if room >= least), 0)
        if one and one.number and size:
            labels.append((x, y + size * 3 // 8, size, one.number))
    if not any(leads.values()) or len(aside) * 2 > len(leads):
        return None
    counts: dict[int, int] = {}
    for found in leads.values():
        if found:
            counts[found.number] = counts.get(found.number, 0) + 1
    kinds = [
        Kind(one, sum(found == one for found in leads.values()))
        for one in sorted(set(leads.values()), key=_rank)
    ]
    return Map(
        outlines["width"], outlines["height"], kinds, shapes, labels, aside,
        sorted(counts.items(), key=lambda one: (not one[0], -one[1], one[0])),
        len(leads), any(child["basis"] != "certified" for child in children),
        outlines["source"], kecamatan,
    )  # fmt: skip


def _rank(one: Lead | None) -> tuple[bool, bool, int, int]:
    """Order of the legend: pairs by number and tint, then nobody alone, then no figures."""
    return (one is None, one is not None and not one.number, one.number if one else 0,
            one.tint if one else 0)  # fmt: skip


@lru_cache(maxsize=256)
def _read(folder: Path, code: str) -> dict[str, Any] | None:
    path = folder / f"{code}.json"
    return json.loads(path.read_bytes()) if path.is_file() else None
