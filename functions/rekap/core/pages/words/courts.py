"""What pages say of a contest's determination and of what a court said about it.

`standing` of a twin says where a contest stands and by which cases; only the choice of words is
made here. Everything returned is escaped text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from markupsafe import Markup

from rekap.core.pages.words.words import Words

Twin: TypeAlias = Mapping[str, Any]

CASES: Final = 3
"""Cases that a sentence names; of more it says how many."""
PLACES: Final = 20
"""Places that a sentence names, likewise."""


def standing(words: Words, contest: Twin) -> Markup | None:
    """What was decided about a contest, last, and what is open; None while nothing is decided.

    `contest` has `standing` and `determination`: a contest of a front, or the page of its region.
    """
    state, rulings = contest["standing"]["state"], contest["standing"]["rulings"]
    if state == "undetermined":
        return None
    number = (contest["determination"] or {}).get("number")
    sentence, case = _SENTENCES[state]
    if number is None:
        said = words("standing.disputed_early", cases=_cases(words, rulings, case))
    else:
        said = words(sentence, number=number, cases=_cases(words, rulings, case))
    pending = contest["standing"]["open"] if state != "disputed" else ()
    if pending:
        said += words("standing.pending", cases=_cases(words, pending, "standing.case"))
    return said


_SENTENCES: Final = {
    "determined": ("standing.determined", "standing.case"),
    "disputed": ("standing.disputed", "standing.case"),
    "refused": ("standing.refused", "standing.case_ended"),
    "granted": ("standing.granted", "standing.case_read"),
    "annulled": ("standing.annulled", "standing.case_read"),
    "annulled-part": ("standing.annulled_part", "standing.case_read"),
}
"""State -> what is said of the contest, and of each case that says so."""


def _cases(words: Words, cases: Sequence[Twin], key: str) -> Markup:
    """ "28/PHPU.BUP-XXIII/2025 (24 Februari 2025); …": the last first."""
    said = [
        words(
            key,
            number=one["number"],
            day=words.numbers.day(one["date"]),
            state=words.name(one["state"], "ruling_state"),
        )
        for one in cases[:CASES]
    ]
    if cases[CASES:]:
        said.append(words("standing.more", n=words.numbers.thousands(len(cases) - CASES)))
    return Markup("; ").join(said)


def in_force(words: Words, contest: Twin, said: Markup) -> Markup:
    """Who has most votes, after the words that nothing of it counts if a court annulled it all."""
    told = contest["standing"]
    if not said or told is None or told["state"] != "annulled":
        return said
    return words("standing.no_result") + " " + said


def places(words: Words, named: Sequence[Twin]) -> Markup:
    """ "TPS 001 Kelurahan Melayu, Kecamatan Lahei": places, each {code, name, level, tps}."""
    said = [_place(words, one) for one in named[:PLACES]]
    if named[PLACES:]:
        said.append(words("ruling.more", n=words.numbers.thousands(len(named) - PLACES)))
    return Markup(", ").join(said)


def _place(words: Words, one: Twin) -> Markup:
    place = words.place(one)
    return place if one["tps"] is None else words("tps.heading", tps=one["tps"], place=place)
