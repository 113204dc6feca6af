"""Rows of tables, taken from a twin in the order of the paper; number badges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final, TypeAlias

from markupsafe import Markup

from rekap.core.pages.look import drawings
from rekap.core.pages.words.words import Words
from rekap.core.statements import model, regions, shares

Twin: TypeAlias = Mapping[str, Any]

VOTES: Final = ("valid", "invalid", "total")


_BADGE: Final = Markup('<span class="b {}"><span class="vh">{} </span>{}</span>')


def badges(pairs: Iterable[Twin], word: str) -> dict[str, Markup]:
    """Field of a pair -> its number badge: filled in its colour, outlined for the empty column."""
    return {
        f"pair_{pair['number']}": _badge(badge_class(pair), word, pair["number"]) for pair in pairs
    }


@lru_cache(maxsize=512)
def _badge(name: str, word: str, number: int) -> Markup:
    return _BADGE.format(name, word, number)


def badge_class(pair: Twin) -> str:
    """The class of a number badge; `pair` may come from a payload."""
    if pair.get("empty_column"):
        return "b0"
    name = f"b{drawings.colour(pair['number'])}"
    return name if pair["number"] <= drawings.COLOURS else f"{name} bb"


def pair_names(words: Words, twin: Twin, place: int) -> Markup:
    """The names of the pair at `place` of the ballot, or the words for the empty column."""
    return words.pair(twin["contest"]["pairs"][place])


def vote_fields(twin: Twin) -> list[str]:
    """`pair_1` … in ballot order, then valid, invalid, total."""
    return _pairs(twin) + list(VOTES)


def children_unknown(twin: Twin) -> bool:
    """No region below has a figure, and the source has none of a TPS: a table would be empty."""
    source = twin["contest"]["source_forms"]
    return (
        source is not None
        and "c_hasil" not in source
        and not any(
            one["figures"] or one["contested"] or one["stations"]["counted"]
            for one in twin["children"]
        )
    )


def versions_fields(twin: Twin) -> list[str]:
    """Those votes that any form of a TPS has."""
    known = {field for one in twin["statements"] for field in one["figures"]}
    return [field for field in vote_fields(twin) if field in known]


def difference_fields(twin: Twin) -> list[str]:
    """Those votes that any of the differences below a region is about; never the grand total."""
    known = {field for one in twin["differences"] for field in one["difference"]}
    return [field for field in vote_fields(twin)[:-1] if field in known]


def rest(twin: Twin) -> dict[str, int]:
    """What the differences below a region leave of its own, where it is not nothing."""
    whole = twin["comparison"]["difference"] or {}
    left = {
        field: whole[field] - sum(one["difference"].get(field) or 0 for one in twin["differences"])
        for field in difference_fields(twin)
        if field in whole
    }
    return left if any(left.values()) else {}


def station_votes(twin: Twin) -> list[tuple[str, int | None, int | None, int]]:
    """Field, figure at the TPS, figure in the column above, difference.

    Pairs are always there; a total that both lack is left out.
    """
    head, column = twin["head"], twin["column"]
    figures = head["figures"] if head else {}
    above = column["figures"] if column else {}
    gaps = (column["difference"] if column else None) or {}
    return [
        (field, figures.get(field), above.get(field), gaps.get(field) or 0)
        for field in vote_fields(twin)
        if field in figures or above.get(field) is not None or field.startswith("pair_")
    ]


def voter_rows(figures: Mapping[str, int]) -> list[tuple[str, int | None, int | None, int | None]]:
    """Field, men, women, total of the gendered rows that the form has."""
    rows = []
    for field in model.GENDERED:
        cells = figures.get(f"{field}_m"), figures.get(f"{field}_f"), figures.get(field)
        if cells != (None, None, None):
            rows.append((field, *cells))
    return rows


def has_genders(rows: Iterable[tuple[str, int | None, int | None, int | None]]) -> bool:
    """Tell whether any of `voter_rows` has men or women apart."""
    return any(men is not None or women is not None for _, men, women, _ in rows)


BALLOTS: Final = ("ballots_received", "ballots_used", "ballots_returned", "ballots_unused")


def ballot_rows(figures: Mapping[str, int]) -> list[tuple[str, int]]:
    """Field and number of the ballot rows that the form has."""
    return [(field, figures[field]) for field in BALLOTS if field in figures]


def figure_rows(figures: Mapping[str, Any]) -> list[str]:
    """The names in `figures` in the order of the paper."""
    return sorted(figures, key=_place)


def vote_rows(figures: Mapping[str, Any]) -> list[str]:
    """Those of parts IV and V."""
    return [field for field in figure_rows(figures) if is_vote(field)]


def is_vote(field: str) -> bool:
    """Tell whether a figure is one of parts IV and V: a pair's, valid, invalid, total."""
    return field in VOTES or field.startswith("pair_")


def columns_shown(payload: Twin) -> tuple[list[str], bool]:
    """The fields of a D form's columns that a page shows, and whether they are all.

    A sheet with very many cells shows its votes; the other fields are in its JSON.
    """
    fields = figure_rows(payload["rows"])
    if len(fields) * len(payload["children"]) <= _CELLS:
        return fields, True
    return vote_rows(payload["rows"]), False


_CELLS: Final = 1800
_PLACES: Final = {field: place for place, field in enumerate(model.figure_fields(model.PAIRS_MAX))}


def _place(field: str) -> int:
    return _PLACES.get(field, len(_PLACES))


def changed(
    before: Mapping[str, int], after: Mapping[str, int]
) -> list[tuple[str, int | None, int | None, int | None]]:
    """Field, old and new figure, difference (None where one is absent); votes, and what changed."""
    shown = []
    for field in figure_rows({**before, **after}):
        old, new = before.get(field), after.get(field)
        if old != new or is_vote(field):
            shown.append((field, old, new, None if old is None or new is None else new - old))
    return shown


def standing(place: Twin) -> list[tuple[str, int | None, int | None, int]]:
    """Field, value before and after, difference, of the votes that a total has on either side."""
    before, after = place["before"]["fields"], place["after"]["fields"]
    shown = []
    for field in vote_rows({**before, **after}):
        (old, _), (new, _) = before.get(field, _NONE), after.get(field, _NONE)
        shown.append((field, old, new, (new or 0) - (old or 0)))
    return shown


_NONE: Final = (None, 0)


def is_otherwise(totals: Twin) -> bool:
    """Tell whether any total moved by something else than the figures of the form."""
    known = {field: gap for field, gap in totals["change"].items() if gap}
    return any(
        known != {field: gap for field, _, _, gap in standing(place) if gap}
        for place in totals["places"]
    )


def turnouts(twin: Twin) -> dict[str, tuple[int, int]]:
    """Code of a child -> who voted and how many could; none at all if no child says both."""
    found = {}
    for child in twin["children"]:
        found[child["code"]] = shares.turnout(child["figures"] or {}, drawings.said(child))
    return found if any(whole for _, whole in found.values()) else {}


FEW: Final = 5
"""Complete children from which on the highest and the lowest of them are told."""


def extremes(twin: Twin) -> list[tuple[str, tuple[Twin, int, int], tuple[Twin, int, int]]]:
    """What is highest and lowest among a region's children: ("invalid" or "turnout", high, low).

    Each end is (child, part, whole) of a share. Places that are not complete are left out; of equal
    ones the first counts. None with few places, or where all are equal.
    """
    full = [
        child for child in twin["children"]
        if child["listed"] and child["figures"]
        and child["stations"]["expected"]
        and child["stations"]["counted"] == child["stations"]["expected"]
    ]  # fmt: skip
    found = []
    voters = turnouts(twin)
    for kind in ("invalid", "turnout") if voters else ("invalid",):
        said = [
            (child, *(invalid(child) if kind == "invalid" else voters[child["code"]]))
            for child in full
        ]
        known = [one for one in said if one[2]]
        if len(known) < FEW:
            continue
        high = max(known, key=lambda one: Fraction(one[1], one[2]))
        low = min(known, key=lambda one: Fraction(one[1], one[2]))
        if high[0] is not low[0]:
            found.append((kind, high, low))
    return found


def invalid(place: Twin) -> tuple[int, int]:
    """The part and the whole of the invalid votes; zeros where as many forms do not say both."""
    figures = place["figures"] or {}
    both = ("valid", "invalid")
    if any(field not in figures for field in both) or not shares.are_alike(
        drawings.said(place), both
    ):
        return 0, 0
    return figures["invalid"], figures["invalid"] + figures["valid"]


def has_no_figures(twin: Twin) -> bool:
    """Tell whether the page of a region or TPS has no figure at all: it leads to what is above."""
    if twin["page"] == "tps":
        return twin["head"] is None and twin["column"] is None
    return twin["page"] == "region" and twin["result"]["basis"] is None


def leads_above(twin: Twin) -> bool:
    """Tell whether a page has no figures, and pages above it whose own a script fills in."""
    return has_no_figures(twin) and bool(above(twin))


def compares(twin: Twin) -> bool:
    """Tell whether a page has figures of a TPS that a reader may hold against an own copy."""
    return twin["page"] == "tps" and twin["head"] is not None


def quotes(twin: Twin) -> bool:
    """Tell whether a page tells of objections or events whose words may have been handed in."""
    if twin["page"] == "incidents":
        cases = [*twin["open"], *twin["rest"]]
    elif twin["page"] in ("region", "tps") and twin["incidents"]:
        cases = twin["incidents"]["cases"]
    else:
        return False
    return any(one["text"] is not None for one in cases)


def is_partly_simulated(twin: Twin) -> bool:
    """Tell whether a page of several elections has such as say that they are invented, and others.

    In a rehearsal all are.
    """
    elections = twin.get("elections", ())
    return twin["mode"] != "rehearsal" and not all(map(model.says_simulation, elections))


def sorts(twin: Twin) -> bool:
    """Tell whether a page has a table of regions that a reader may want in another order."""
    many = twin["page"] == "region" and len(twin["children"] + twin["kecamatan_below"]) > 2
    return many and twin["region"]["level"] != "kelurahan" and not has_no_figures(twin)


def above(twin: Twin) -> list[Twin]:
    """The regions of a contest above a region or TPS, the nearest first: {code, level, name, …}."""
    codes = regions.upward(twin["region"]["code"], twin["contest"]["region"])
    found: list[Twin] = [
        {"code": code, "level": regions.level(code), **crumb}
        for code, crumb in zip(codes, reversed(twin["crumbs"]), strict=False)
    ]
    return found if twin["page"] == "tps" else found[1:]


def crumbs(words: Words, twin: Twin) -> list[tuple[Twin, Any]]:
    """The way down to a page, each place with what it is: a desa may have its kecamatan's name."""
    names: list[Any] = [words.called(crumb["name"]) for crumb in twin["crumbs"]]
    if twin.get("region"):
        codes = regions.upward(twin["region"]["code"], regions.COUNTRY)
        for at, code in zip(range(len(names) - 1, 0, -1), codes, strict=False):
            place = {"code": code, "level": regions.level(code), "name": names[at]}
            names[at] = words.place(place)
    return list(zip(twin["crumbs"], names, strict=True))


def spot(words: Words, name: str, code: str, tps: str | None) -> str:
    """ "TPS 004 Sombo", "Kecamatan Lahei": a place of a list of both."""
    if tps is not None:
        return f"TPS {tps} {name}"
    return words.place({"code": code, "level": regions.level(code), "name": name})


def has_shares(twin: Twin) -> bool:
    """Tell whether shares of the children can be drawn: not where a source lacks what they are of.

    A table without any figure is headed as if they could.
    """
    known = [child for child in twin["children"] if child["figures"]]
    return not known or any(valid(child, twin) for child in known)


def valid(place: Twin, twin: Twin) -> int:
    """What shares of a place are of: its valid votes, else all pairs' votes; 0 if none can be."""
    return shares.valid(place["figures"] or {}, drawings.said(place), _pairs(twin)) or 0


def _pairs(twin: Twin) -> list[str]:
    return [f"pair_{pair['number']}" for pair in twin["contest"]["pairs"]]


def cells(figures: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """What two levels say differently; men and women only where their total is the same."""
    differing = {field for field, *_ in figures}
    return [
        one for one in figures if one[0][-2:] not in ("_m", "_f") or one[0][:-2] not in differing
    ]


def unequal(result: Twin) -> int | None:
    """What the pairs' votes of a result add up to, if its valid votes say otherwise."""
    votes = [one["votes"] for one in result["pairs"]]
    if not result["valid"] or None in votes:
        return None
    return sum(votes) if sum(votes) != result["valid"] else None


def most(place: Twin, twin: Twin) -> int | None:
    """The number of the pair with strictly most votes, to set it in bold."""
    figures, pairs = place["figures"] or {}, _pairs(twin)
    votes = [figures.get(pair) or 0 for pair in pairs]
    best = max(votes)
    if votes.count(best) > 1 or not shares.are_alike(drawings.said(place), pairs):
        return None
    number: int = twin["contest"]["pairs"][votes.index(best)]["number"]
    return number
