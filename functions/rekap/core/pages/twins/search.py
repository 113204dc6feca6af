"""Find my TPS: lists of places, and the indexes by which a typed name is found.

    cari/                        elections and their kab/kota
    cari/{election}/{code}/      kecamatan and kelurahan of one, with the number of TPS of each
    cari/{election}/{letters}/   places of which a word begins with two letters: an index alone

The pages are complete lists without any script. An index is what a script asks for once two
letters are typed, so that no reader fetches the whole country. All follow rosters only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rekap.core.ledger import addresses, letters
from rekap.core.ledger.state import Record
from rekap.core.pages.twins.context import Context, Twin, common, is_simulated, region_view
from rekap.core.pages.twins.figures import listed_children
from rekap.core.statements import regions

NESTED: Final = 360
"""Kelurahan that one page lists by itself; of more, it leads to the pages of their kecamatan."""


def page(ctx: Context) -> Twin:
    """Return the twin of `cari/`."""
    ids = (ctx.state.meta.get("elections") or {"ids": []})["ids"]
    twin = common(ctx, "search", addresses.SEARCH)
    elections = [ctx.election(one) for one in ids]
    twin["elections"] = [
        {
            "id": election["id"],
            "name": election["name"],
            "date": election["date"],
            "areas": [_area(ctx, election, code) for code in _areas(ctx, election)],
        }
        for election in elections
    ]
    twin["simulated"] = is_simulated(ctx, elections)
    return twin


def _areas(ctx: Context, election: Record) -> list[str]:
    """Return the kab/kota in the rosters in force in which some contest of the election lies."""
    found: set[str] = set()
    for contest in election["contests"]:
        top = contest["region"]
        found.update(
            [top] if regions.depth(top) == 2 else listed_children(ctx, election["id"], top)
        )
    return sorted(code for code in found if ctx.region(election["id"], code))


def _area(ctx: Context, election: Record, code: str) -> Twin:
    return {
        **region_view(ctx, election, code),
        "address": addresses.search(election["id"], code),
    }


def area(ctx: Context, election: Record, code: str) -> Twin:
    """Return the twin of one kab/kota: its kecamatan with [code, name, number of TPS or null]."""
    address = addresses.search(election["id"], code)
    twin = common(ctx, "area", address, election)
    kecamatan = [
        _kecamatan(ctx, election, kid) for kid in listed_children(ctx, election["id"], code)
    ]
    twin |= {
        "crumbs": [
            {"name": election["name"], "address": addresses.election(election["id"])},
            {"name": ctx.name(election["id"], code), "address": address},
        ],
        "region": region_view(ctx, election, code),
        "contests": _contests(election, code),
        "kecamatan": kecamatan,
        "nested": sum(len(one["kelurahan"]) for one in kecamatan) <= NESTED,
    }
    return twin


def names(ctx: Context, election: Record, start: str) -> Twin:
    """Return the index of the places of which a word begins with the letters `start`.

    `rows` are [code, name] of kab/kota and kecamatan, and those of `_kelurahan`; `above` names
    the regions that these lie in.
    """
    twin = common(ctx, "names", addresses.names(election["id"], start), election)
    rows = ctx.once(f"names/{election['id']}", lambda: _rows(ctx, election)).get(start, [])
    above = {code for row in rows for code in regions.ancestors(row[0]) if regions.depth(code) > 1}
    twin |= {
        "contests": [
            {
                "id": contest["id"],
                "office": contest["office"],
                "region": contest["region"],
                "address": addresses.region(
                    election["id"], contest["id"], contest["region"], contest["region"]
                ),
            }
            for contest in election["contests"]
        ],
        "above": [[code, ctx.name(election["id"], code)] for code in sorted(above)],
        "rows": rows,
    }
    return twin


def _rows(ctx: Context, election: Record) -> dict[str, list[list[Any]]]:
    """Return the rows of every index of an election, by its two letters."""
    rows: dict[str, list[list[Any]]] = {}
    for row in _places(ctx, election):
        for start in letters.of(row[1]):
            rows.setdefault(start, []).append(row)
    return rows


def _places(ctx: Context, election: Record) -> Iterator[list[Any]]:
    """Yield a row for each kab/kota, kecamatan and kelurahan in force, in the order of codes."""
    for area in _areas(ctx, election):
        yield [area, ctx.name(election["id"], area)]
        for kecamatan in listed_children(ctx, election["id"], area):
            yield [kecamatan, ctx.name(election["id"], kecamatan)]
            for kelurahan in listed_children(ctx, election["id"], kecamatan):
                yield _kelurahan(ctx, election, kelurahan)


def _contests(election: Record, code: str) -> list[Twin]:
    """Return the contests of a kab/kota, each with the address of its page there."""
    return [
        {
            "id": contest["id"],
            "office": contest["office"],
            "address": addresses.region(election["id"], contest["id"], contest["region"], code),
        }
        for contest in election["contests"]
        if regions.is_within(code, contest["region"])
    ]


def _kecamatan(ctx: Context, election: Record, code: str) -> Twin:
    kelurahan = [
        _kelurahan(ctx, election, kid) for kid in listed_children(ctx, election["id"], code)
    ]
    return {"code": code, "name": ctx.name(election["id"], code), "kelurahan": kelurahan}


def _kelurahan(ctx: Context, election: Record, code: str) -> list[Any]:
    """[code, name, TPS]; their numbers besides where they are not 1, 2, 3 … without a gap."""
    record = ctx.region(election["id"], code) or {}
    stations = record.get("tps")
    row: list[Any] = [
        code,
        ctx.name(election["id"], code),
        None if stations is None else len(stations),
    ]
    numbers = [number for number, _ in stations or ()]
    if numbers != [f"{n:03}" for n in range(1, len(numbers) + 1)]:
        row.append(numbers)
    return row
