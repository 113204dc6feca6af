"""Hypothesis strategies: JSON values, papers without a mistake, payloads with changed members."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st
from tests.core.statements import builders

from rekap.core.statements import model

TEXTS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs", "Cc")), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers(0, 999_999_999) | TEXTS
WORDS = st.sampled_from(
    [*model.FORMS, *model.BODIES, "id", "90", "90.01", "90.01.01", "90.01.01.1001", "001", "000",
     "figures", "R6", "X3", "ketua", builders.hex_id("a"), "AAAA", builders.AT, ""]
)  # fmt: skip
VALUES = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS | WORDS, inner, max_size=3),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all members of a payload, at every depth."""
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    else:
        return []
    found = []
    for name, one in inner:
        found += [(*path, name), *places(one, (*path, name))]
    return found


@st.composite
def disturbed(draw: st.DrawFn) -> Any:
    """A valid payload in which up to three members were replaced, removed or added."""
    payload = copy.deepcopy(draw(st.sampled_from(builders.every_payload())))
    for _ in range(draw(st.integers(1, 3))):
        known = places(payload)
        if not known:
            return payload
        *way, name = draw(st.sampled_from(known))
        holder = payload
        for step in way:
            holder = holder[step]
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "replace":
                holder[name] = draw(VALUES)
            case "remove":
                del holder[name]
            case "add" if isinstance(holder, dict):
                holder[draw(TEXTS | WORDS)] = draw(VALUES)
            case _:
                holder.append(draw(VALUES))
    return payload


@st.composite
def stations(draw: st.DrawFn, pair_count: int = 2, slack: int = 1) -> dict[str, int]:
    """Figures of one TPS that break no rule, `slack` away from every bound of an inequality."""
    figures: dict[str, int] = {}

    def row(name: str, least: tuple[int, int], most: tuple[int, int]) -> None:
        men = draw(st.integers(least[0], most[0]))
        women = draw(st.integers(least[1], most[1]))
        figures.update({f"{name}_m": men, f"{name}_f": women, name: men + women})

    row("registered", (20, 20), (300 - slack, 300 - slack))
    row("voted_listed", (5, 5), (figures["registered_m"] - slack, figures["registered_f"] - slack))
    row("voted_moved", (1, 1), (9, 9))
    row("voted_unlisted", (1, 1), (9, 9))
    parts = ("voted_listed", "voted_moved", "voted_unlisted")
    for end in ("_m", "_f", ""):
        figures[f"voted{end}"] = sum(figures[f"{part}{end}"] for part in parts)
    row("voted_disabled", (1, 1), (3, 3))
    figures["ballots_returned"] = draw(st.integers(1, 3))
    reserve = figures["registered"] - (-figures["registered"] // 40)
    spare = max(reserve - figures["voted"] - figures["ballots_returned"], 1)
    figures["ballots_unused"] = spare
    figures["ballots_used"] = figures["voted"]
    figures["ballots_received"] = figures["voted"] + figures["ballots_returned"] + spare
    left = figures["voted"]
    for number in range(1, pair_count + 1):
        votes = draw(st.integers(1, max(left - pair_count - 1, 1)))
        figures[f"pair_{number}"] = votes
        left -= votes
    figures["invalid"] = left
    figures["valid"] = figures["voted"] - left
    figures["total"] = figures["voted"]
    return figures
