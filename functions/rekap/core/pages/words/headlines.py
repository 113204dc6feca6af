"""What the first page and the page of an election say of a contest: its name, state, lead, alert.

Short forms of what the contest's own page says at length; nothing is computed here but the choice
of words. Everything returned is escaped text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from markupsafe import Markup

from rekap.core.pages.words import courts
from rekap.core.pages.words.apart import level_with, tied
from rekap.core.pages.words.words import Words

Twin: TypeAlias = Mapping[str, Any]

BLOCKS = 3
"""Contests that a page shows with their pairs; of more it shows a row each."""


def contests(elections: Iterable[Twin]) -> list[tuple[Twin, Twin]]:
    """Every contest of some elections with its election, in the order of regions."""
    found = [(one, election) for election in elections for one in election["contests"]]
    return sorted(found, key=lambda both: both[0]["region"]["code"])


def head_source(twin: Twin) -> str:
    """The source of a replay's figures where the head of a page says it; "" on all other pages.

    A replay has no hours: what its source says of its time is all that is known.
    """
    if twin["mode"] != "replay":
        return ""
    if twin["page"] == "portal":
        return source(twin["elections"][0]) if len(twin["elections"]) == 1 else ""
    whole = twin["page"] == "region" and twin["region"]["code"] == twin["contest"]["region"]
    return source(twin["election"]) if whole or twin["page"] == "election" else ""


def own_source(twin: Twin, election: Twin) -> str:
    """The source beside a contest on the front of a replay of several elections; else ""."""
    several = twin["page"] == "portal" and len(twin["elections"]) > 1
    return source(election) if several and twin["mode"] == "replay" else ""


def source(election: Twin) -> str:
    """The source of an election's figures without its last point, "" if none is named."""
    return (election["source"] or "").rstrip(".")


def title(words: Words, contest: Twin) -> Markup:
    """ "Gubernur Jakarta", "Bupati Ciamis, pemungutan suara ulang", "Wali Kota Bandung"."""
    named = _office(words, contest)
    if contest["follows"] is None:
        return named
    return words("contest.again", title=named, why=words.name(contest["follows"]["why"], "follows"))


def _office(words: Words, contest: Twin) -> Markup:
    place = words.short(contest["region"]["name"])
    if contest["office"] == "governor":
        return words("contest.governor", place=place)
    key = "contest.regent" if contest["office"] == "regent" else "contest.mayor"
    return words(key, place=place)


def state(words: Words, contest: Twin) -> tuple[str, Markup]:
    """The icon of a contest's state, and the state in words."""
    decided = courts.standing(words, contest)
    if contest["contested"]:
        said = words("contest.contested")
        return "df", said if decided is None else words("contest.both", decided=decided, said=said)
    if decided is not None:
        return "df" if contest["standing"]["state"].startswith("annulled") else "dh", decided
    if contest["index"] is None:
        running = contest["result"]["basis"] is not None
        return ("hs", words("contest.running")) if running else ("no", words("contest.none"))
    return "dh", words("contest.certified")


def said(words: Words, contest: Twin) -> Markup:
    """Who has most votes and by how many; "" while that is unknown."""
    return courts.in_force(words, contest, _lead(words, contest))


def _lead(words: Words, contest: Twin) -> Markup:
    lead, line = contest["lead"], contest["result"]["line"]
    thousands = words.numbers.thousands
    if lead is None:
        equal = tied(contest["result"])
        if not equal:
            return Markup("")
        votes = max(pair["votes"] for pair in contest["result"]["pairs"])
        who = _all(words, contest, equal, "contest.who", "contest.who_empty")
        return words("contest.equal", who=who, n=thousands(votes))
    values = {"who": _named(words, contest, lead["number"], "contest.who", "contest.who_empty")}
    certified = contest["index"] is not None
    if certified and line is not None:
        key = "contest.line_above" if line["above"] > 0 else "contest.line_below"
        if line["above"] == 0:
            return words("contest.line_at", **values)
        return words(key, **values, n=thousands(abs(line["above"])))
    if lead["second"] is None:
        return words("contest.certified_alone" if certified else "contest.running_alone", **values)
    others = level_with(contest["result"]["pairs"], lead["second"])
    values["other"] = _all(words, contest, others, "contest.other", "contest.other_empty")
    if others[1:]:
        key = "contest.certified_lead_equal" if certified else "contest.running_lead_equal"
    else:
        key = "contest.certified_lead" if certified else "contest.running_lead"
    return words(key, **values, n=thousands(lead["gap"]))


def _all(words: Words, contest: Twin, numbers: Iterable[int], key: str, empty: str) -> Markup:
    """ "nomor 2 dan nomor 3": pairs with equally many votes; the first begins the sentence."""
    first, *rest = numbers
    said = _named(words, contest, first, key, empty)
    for one in rest:
        other = _named(words, contest, one, "contest.other", "contest.other_empty")
        said = words("contest.and", one=said, other=other)
    return said


def _named(words: Words, contest: Twin, number: int, key: str, empty: str) -> Markup:
    pair = next(pair for pair in contest["pairs"] if pair["number"] == number)
    return words(empty) if pair["empty_column"] else words(key, n=number)


def alert(words: Words, contest: Twin) -> tuple[Markup, str, Markup] | None:
    """The loudest exception of a contest: sentence, anchor on its page, words of the link."""
    thousands = words.numbers.thousands
    for one in contest["doubts"]:
        return words(_DOUBTS[one["kind"]]), "batas", _where(words)
    if contest["apart"]:
        values = {"n": thousands(contest["apart"])}
        missing = contest["stations"]["missing"]
        if missing:
            said = words("contest.apart_missing", **values, k=thousands(missing))
        elif contest["standing"]["state"].startswith("annulled"):
            said = words("contest.apart_annulled", **values)
        else:
            said = words("contest.apart", **values)
        return said, "selisih", words("contest.why")
    rivals = contest["contested_below"] - contest["contested"]
    if rivals > 0:
        return words("alert.rivals_below", n=thousands(rivals)), "wilayah", _where(words)
    if contest["findings"]:
        found = words("contest.findings", n=thousands(contest["findings"]))
        return found, "wilayah", _where(words)
    return None


_DOUBTS: Final = {
    "determination": "doubt.determination", "elected": "doubt.elected", "ruling": "doubt.ruling",
}  # fmt: skip


def _where(words: Words) -> Markup:
    return words("contest.where")
