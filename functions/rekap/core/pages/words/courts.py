"""What pages say of a contest's determination and of what a court said about it.

`standing` of a twin says where a contest stands and by which cases; only the choice of words is
made here. Everything returned is escaped text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from markupsafe import Markup

from rekap.core.ledger import rulings
from rekap.core.pages.words.words import Words, capital
from rekap.core.statements import model

Twin: TypeAlias = Mapping[str, Any]

CASES: Final = 3
"""Cases that a sentence names; of more it says how many."""
PLACES: Final = 60
"""Places that a sentence names, likewise."""
FEW: Final = 3
"""Places that stand in bold; of more their number does, and the names follow in calm type."""


def standing(words: Words, contest: Twin) -> Markup | None:
    """What was decided about a contest, last, and what is open; None while nothing is decided.

    `contest` has `standing` and `determination`: a contest of a front, or the page of its region.
    """
    state, rulings = contest["standing"]["state"], contest["standing"]["rulings"]
    if state == "undetermined":
        return None
    determined = contest["determination"]
    sentence, case = _SENTENCES[state]
    if state == "elected":
        said = _certified(words, state, determined["certificate"], _elected(words, contest))
    elif determined is None:
        said = words(_EARLY[state], cases=_cases(words, rulings, case))
    else:
        cases = _cases(words, rulings, case)
        said = words(sentence, number=determined["number"], cases=cases)
        said = _certified(words, state, determined["certificate"], said)
    if state == "determined":
        court = determined["petition"]
        sure = "standing.until" if court["holidays"] is None else "standing.until_known"
        said += words(sure, day=words.numbers.day(court["until"][:10]))
    pending = contest["standing"]["open"] if state != "disputed" else ()
    if pending:
        said += words("standing.pending", cases=_cases(words, pending, "standing.case"))
    return said


_SENTENCES: Final = {
    "determined": ("standing.determined", "standing.case"),
    "elected": ("standing.elected", "standing.case"),
    "disputed": ("standing.disputed", "standing.case"),
    "refused": ("standing.refused", "standing.case_ended"),
    "granted": ("standing.granted", "standing.case_ended"),
    "annulled": ("standing.annulled", "standing.case_read"),
    "annulled-part": ("standing.annulled_part", "standing.case_read"),
}
"""State -> what is said of the contest, and of each case that says so."""
_EARLY: Final = {"disputed": "standing.disputed_early", "granted": "standing.granted_early"}
"""Likewise while no determination is recorded."""


def _certified(words: Words, state: str, named: Twin | None, said: Markup) -> Markup:
    """A result is official only where the determination names the certificate that counts."""
    if named is None or state.startswith("annulled"):
        return said
    if not named["counts"]:
        return said + words("standing.replaced")
    return words("standing.official", said=said) if state in rulings.FIRM else said


def _elected(words: Words, contest: Twin) -> Markup:
    """ "Terpilih: nomor 2, A dan B, keputusan 5/2025, 9 Januari 2025"; or that nobody is."""
    chosen = contest["elected"]
    values = {"decision": chosen["number"], "day": words.numbers.day(chosen["announced_at"][:10])}
    if chosen["pair"] is None:
        return words("standing.elected_none", **values)
    pairs = contest["pairs"] if "pairs" in contest else contest["contest"]["pairs"]
    names = words.pair(pairs[chosen["pair"] - 1])
    return words("standing.elected", n=chosen["pair"], names=names, **values)


def _cases(words: Words, cases: Sequence[Twin], key: str) -> Markup:
    """ "28/PHPU.BUP-XXIII/2025 (24 Februari 2025); …": the last first."""
    said = [
        words(
            key,
            number=one["number"],
            day=words.numbers.day(one["date"]),
            state=words.name(one["state"], "ruling_state"),
        )
        + _against(words, one)
        for one in cases[:CASES]
    ]
    if cases[CASES:]:
        said.append(words("standing.more", n=words.numbers.thousands(len(cases) - CASES)))
    return Markup("; ").join(said)


def _against(words: Words, case: Twin) -> Markup:
    """Which decision a case is against; of what is granted its annulments say it."""
    if case["against"] is None or case["state"] in model.GRANTS:
        return Markup()
    return words("standing.against", number=case["against"])


def ruled(words: Words, twin: Twin, said: Twin) -> tuple[Markup, Markup]:
    """What a court ordered at the place of a page, in bold, and what it annulled there; how far
    what it had done again is in.
    """
    of_station = twin["page"] == "tps"
    here = words("ruling.this_tps" if of_station else "ruling.this_place")
    code = twin["region"]["code"]
    orders = Markup("; ").join(_order(words, one, code) for one in said["orders"])
    first = words("ruling.read", number=said["number"], day=words.numbers.day(said["date"]))
    if orders:
        first = words("ruling.ordered", first=first, orders=orders)
    named = [one["places"] for one in said["orders"]]
    rest = [_where(words, one, code) for one in said["orders"] if len(one["places"]) > FEW]
    rest += [
        words("ruling.annulled", number=one["decision"])
        if one["wholly"]
        else words(
            "ruling.annulled_for",
            number=one["decision"],
            places=_annulled_for(words, one["places"], named, here, code),
        )
        for one in said["annuls"]
    ]
    followed = twin["contest"]["followed"]
    again = [
        one
        for one in said["orders"]
        if (one["received"] if followed else one["received"] is not None)
    ]
    rest += [_again(words, twin, one, annuls=bool(said["annuls"])) for one in again[:1]]
    rest += [words("doubt.ruling")] * bool(said["marks"])
    return first + ".", Markup(" ").join(rest)


def _order(words: Words, order: Twin, code: str) -> Markup:
    """ "pemungutan suara ulang oleh KPU Provinsi, hanya di 21 TPS, dalam 30 hari …"."""
    said = words(
        "ruling.orders",
        what=words.name(order["what"], "order"),
        by=words.name(order["by"], "ordered_body"),
    )
    named = order["places"]
    if named:
        kind = "region.tps_count" if all(one["tps"] for one in named) else "ruling.places"
        count = words(kind, n=words.numbers.thousands(len(named)))
        few = len(named) <= FEW
        said += words("ruling.only", places=places(words, named, code) if few else count)
    return said if order["days"] is None else said + words("ruling.days", n=order["days"])


def _where(words: Words, order: Twin, code: str) -> Markup:
    """ "Tempat pemungutan suara ulang: TPS 001, 002, …"."""
    what = words.name(order["what"], "order")
    return words("ruling.where", what=what, places=places(words, order["places"], code))


def _annulled_for(
    words: Words,
    annulled: Sequence[Twin],
    ordered: Sequence[Sequence[Twin]],
    here: Markup,
    code: str,
) -> Markup:
    """The places of an annulment; those of an order are not listed twice."""
    if not annulled:
        return here
    return words("ruling.there") if annulled in ordered else places(words, annulled, code)


def _again(words: Words, twin: Twin, order: Twin, *, annuls: bool) -> Markup:
    """Whether the form of a TPS is that of what was held again, or of how many TPS it is."""
    if twin["page"] != "tps":
        return received(words, order)
    if order["received"]:
        return words("ruling.figures_after", what=words.name(order["what"], "order"))
    if twin["head"] is None:
        return words("ruling.form_lacks")
    return words("ruling.figures_annulled" if annuls else "ruling.figures_before")


def received(words: Words, order: Twin) -> Markup:
    """ "Formulir sesudah putusan: 2 dari 4 TPS."."""
    k = words.numbers.out_of(order["received"], len(order["places"]))
    return words("ruling.received", k=k)


def in_force(words: Words, contest: Twin, said: Markup) -> Markup:
    """Who has most votes, in calm type after the words that a court took it away, or how far."""
    if not said or not is_reserved(contest):
        return said
    told, number = said.striptags(), words("base.number")
    if told.startswith(capital(number)):  # it stands behind a colon
        told = number + told[len(number) :]
    return words(_RESERVATIONS[contest["standing"]["state"]]) + " " + told


def is_elected(contest: Twin) -> bool:
    """Tell whether the words about where a contest stands are who is elected."""
    return contest["standing"] is not None and contest["standing"]["state"] == "elected"


def is_reserved(contest: Twin) -> bool:
    """Tell whether a court's words stand before the figures: nobody is shown as ahead."""
    return contest["standing"] is not None and contest["standing"]["state"] in _RESERVATIONS


_RESERVATIONS: Final = {
    "annulled": "standing.no_result",
    "annulled-part": "standing.reserved_part",
    "granted": "standing.reserved",
}
"""State -> what stands before the figures: no determination followed what the court said."""


def notes(words: Words, pair: Twin) -> Markup:
    """ "didiskualifikasi 24 Februari 2025 (putusan MK 5/2025)": what became of a pair; before it
    the name of the candidate where it is said of one of the two.
    """
    return Markup("; ").join(_note(words, pair, one) for one in pair.get("notes", ()))


def _note(words: Words, pair: Twin, one: Twin) -> Markup:
    code, who = one["code"], one.get("who")
    if who and code == "replaced":
        code = "replaced_by"  # who is named stands on the ballot: another was replaced
    return words(
        "pair_notes.of_one" if who else "pair_notes.said",
        name=pair["names"][who - 1] if who else "",
        what=words.name(code, "pair_note"),
        day=words.numbers.day(one["date"]),
        source=one["source"],
    )


def followed(words: Words, other: Twin) -> Markup:
    """That a contest is followed by another, {why, date, address}."""
    return words(_FOLLOWED[other["why"]], day=words.numbers.day(other["date"]))


def follows(words: Words, other: Twin) -> Markup:
    """That a contest follows another, likewise."""
    return words(_FOLLOWS[other["why"]], day=words.numbers.day(other["date"]))


_FOLLOWED: Final = {
    "repeat-vote": "region.followed",
    "rerun": "region.followed_rerun",
    "second-round": "region.followed_second",
}
_FOLLOWS: Final = {
    "repeat-vote": "region.follows",
    "rerun": "region.follows_rerun",
    "second-round": "region.follows_second",
}


def places(words: Words, named: Sequence[Twin], code: str = "") -> Markup:
    """ "TPS 001, 004 Kelurahan Melayu, Kecamatan Lahei": places, each {code, name, level, tps}; the
    TPS of the region `code`, whose page it is, by their numbers alone.
    """
    groups: list[list[Twin]] = []
    for one in named[:PLACES]:
        if groups and one["tps"] and groups[-1][0]["tps"] and one["code"] == groups[-1][0]["code"]:
            groups[-1].append(one)
        else:
            groups.append([one])
    said = [_place(words, one, code) for one in groups]
    if named[PLACES:]:
        said.append(words("ruling.more", n=words.numbers.thousands(len(named) - PLACES)))
    return Markup(", ").join(said)


def _place(words: Words, group: Sequence[Twin], code: str) -> Markup:
    first = group[0]
    if first["tps"] is None:
        return words.place(first)
    place = "" if first["code"] == code else words.place(first)
    return words("tps.heading", tps=_numbers([one["tps"] for one in group]), place=place).strip()


def _numbers(stations: Sequence[str]) -> str:
    """ "001–012, 015, 016": numbers of TPS in order; of three without a gap the first and last."""
    runs: list[list[str]] = []
    for one in stations:
        if runs and int(runs[-1][-1]) + 1 == int(one):
            runs[-1].append(one)
        else:
            runs.append([one])
    return ", ".join(f"{run[0]}–{run[-1]}" if run[2:] else ", ".join(run) for run in runs)
