"""Persons in rows: signers by the office that counts them, officials by their TPS."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Final

from rekap.core.pages.tables.rows import Twin


def offices(signers: Iterable[Twin]) -> list[list[Twin]]:
    """Return the signers that count by the office for which they signed, by its body.

    Persons of a body and those who act for it never add up: of these the largest group counts.
    """
    counted = [one for one in signers if one["counted"]]
    largest: dict[tuple[str, str, str], list[Twin]] = {}
    for key, group in groupby(sorted(counted, key=_group), key=_group):
        office, some = key[:3], [*group]
        if len(some) > len(largest.get(office, ())):
            largest[office] = some
    return list(largest.values())


def _group(one: Twin) -> tuple[str, str, str, str]:
    return one["body"], one["region"], one["tps"] or "", one["acting"] or ""


def counting(signers: Iterable[Twin]) -> frozenset[str]:
    """Return the key ids of the signers that count together."""
    return frozenset(one["keyid"] for group in offices(signers) for one in group)


def chair_first(signers: Iterable[Twin]) -> list[Twin]:
    """Signers with the ketua in front, else in their order."""
    return sorted(signers, key=lambda one: one["position"] != "ketua")


def by_station(bodies: Iterable[Twin]) -> list[tuple[Twin, str | None]]:
    """Bodies in the order of their TPS, each with its anchor where it is the first of its TPS."""
    seen: set[str | None] = {None}
    found = []
    for body in sorted(bodies, key=lambda body: body["tps"] or ""):
        found.append((body, None if body["tps"] in seen else f"tps-{body['tps']}"))
        seen.add(body["tps"])
    return found


def key_style(bodies: Iterable[Twin]) -> str:
    """How a page of officials writes keys: whole, "short", or "counted" where they are too many."""
    count = sum(len(body["persons"]) for body in bodies)
    return "whole" if count <= _WHOLE_KEYS else "short" if count <= _SHORT_KEYS else "counted"


_WHOLE_KEYS: Final = 60
_SHORT_KEYS: Final = 900
