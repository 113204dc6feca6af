"""Sentences about a page's data: its state, the one alert, findings, checks and changes.

"Terpilih", majority and margin are said only where the twin says them; nothing is computed here
but the choice of words. Everything returned is escaped text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from markupsafe import Markup, escape

from rekap.core.pages.words import courts, remarks
from rekap.core.pages.words.apart import tied, votes_apart
from rekap.core.pages.words.words import Words, capital
from rekap.core.statements import model, rules

Twin: TypeAlias = Mapping[str, Any]
Sentence: TypeAlias = tuple[Markup, Markup]
"""What is said first, in bold, and the rest."""
Alert: TypeAlias = tuple[Markup, str]
"""What is said, and the id of the section that explains it."""

_NONE: Final = Markup("")


def region_state(words: Words, twin: Twin) -> Sentence:
    """The one sentence that says what happened in a region."""
    if twin["contested"]:
        contested = words("state.contested_text", form=_form(words, twin))
        return _decided(words, twin) or words("state.contested"), contested
    if twin["certified"] is not None:
        return _certified_state(words, twin)
    result, decided = twin["result"], _decided(words, twin)
    if result["basis"] == "sum":
        key = "state.sum_summary" if twin["sum"]["via"] == "summary" else "state.sum_text"
        told = words(key, k=_counted(words, twin))
        if off := twin["stations"]["off"]:
            told += Markup(" ") + words("state.sum_off", k=words.numbers.thousands(off))
        if leads := courts.in_force(words, twin, _running(words, twin)):
            told = leads + " " + told
        return decided or no_certificate(words, twin), told
    key = "state.none_not_in_source" if _in_no_source(twin) else "state.none"
    return decided or words(key), words(f"{key}_text")


def no_certificate(words: Words, twin: Twin) -> Markup:
    """Why a region has no certificate: it is not there yet, or its source never has one."""
    absent = _lacks(twin, model.FORM_OF_LEVEL.get(twin["region"]["level"]))
    return words("state.sum_not_in_source" if absent else "state.sum")


def _in_no_source(twin: Twin) -> bool:
    """Tell whether the source has neither forms of this region's level nor of TPS."""
    return _lacks(twin, model.FORM_OF_LEVEL.get(twin["region"]["level"])) and _lacks(
        twin, "c_hasil"
    )


def _lacks(twin: Twin, form: str | None) -> bool:
    source_forms = twin["contest"]["source_forms"]
    return source_forms is not None and form not in source_forms


def _certified_state(words: Words, twin: Twin) -> Sentence:
    if twin["region"]["code"] == twin["contest"]["region"]:
        told = courts.in_force(words, twin, _official(words, twin))
        return _decided(words, twin) or words("state.official"), told
    first = words("state.certified", form=_form(words, twin))
    state = twin["comparison"]["state"]
    if state == "same":
        return first, words("state.certified_same")
    if state == "partial":
        return first, words("state.certified_partial")
    if state == "different":
        return first, words("state.certified_different")
    if state == "unknown-expected":
        return first, words("state.certified_unknown")
    if state == "incomplete":
        return first, words("state.certified_incomplete")
    if state == "left-out":
        return first, words("state.certified_left_out")
    return first, words("state.certified_alone")


def _decided(words: Words, twin: Twin) -> Markup | None:
    """Say where the contest stands, on the page of its own region, if anything was decided."""
    said = None if twin["standing"] is None else courts.standing(words, twin)
    return None if said is None else said + "."


def _official(words: Words, twin: Twin) -> Markup:
    """Who leads on the certified form of the contest's own region, and the line if there is one."""
    result = twin["result"]
    first = next((pair for pair in result["pairs"] if pair["leads"]), None)
    if first is None or not result["valid"]:
        said = words("state.official_plain", form=_form(words, twin))
        equal = ", ".join(map(str, tied(result)))
        return said + " " + words("state.official_equal", numbers=equal) if equal else said
    chosen = twin["elected"] if courts.is_elected(twin) else None
    again = chosen is not None and chosen["pair"] == first["number"]
    return _line(words, result["line"], _most(words, twin, first), again=again)


def _running(words: Words, twin: Twin) -> Markup:
    """Who leads for now, on the page of the contest's own region; "" while nobody does."""
    result = twin["result"]
    first = next((pair for pair in result["pairs"] if pair["leads"]), None)
    own = twin["region"]["code"] == twin["contest"]["region"]
    if first is None or not result["valid"] or not own:
        return _NONE
    return words("state.running_most", **_most(words, twin, first))


def _most(words: Words, twin: Twin, first: Twin) -> dict[str, Any]:
    return {
        "number": first["number"],
        "names": _names(words, twin, first["number"]),
        "share": words.numbers.share(first["votes"], twin["result"]["valid"]),
    }


def _line(words: Words, line: Twin | None, values: dict[str, Any], *, again: bool) -> Markup:
    """`again`: the pair has just been named as the elected one."""
    if line is None:
        return words("state.official_most_again" if again else "state.official_most", **values)
    above = line["above"]
    if above == 0:
        return words("state.official_line_at", **values)
    key = "state.official_line_again" if again else "state.official_line"
    key = key if above > 0 else "state.official_line_below"
    return words(key, **values, n=words.numbers.thousands(abs(above)))


def _names(words: Words, twin: Twin, number: int) -> Markup:
    pair = next(pair for pair in twin["contest"]["pairs"] if pair["number"] == number)
    return words.pair(pair)


def _counted(words: Words, twin: Twin) -> str:
    return words.numbers.out_of(twin["stations"]["counted"], twin["stations"]["expected"])


def _form(words: Words, twin: Twin) -> Markup:
    view = twin["certified"]
    form = view["form"] if view else model.FORM_OF_LEVEL.get(twin["region"]["level"])
    return words.name(form, "form")


def region_alert(words: Words, twin: Twin) -> Alert | None:
    """What is loud in a region and the anchor that explains the loudest; None if nothing is."""
    loudest, below = _loudest(words, twin), rivals(words, twin)
    if below is None:
        return loudest
    if loudest is None:
        return below[0] + Markup(" ") + words("alert.first_counts"), below[1]
    return loudest[0] + Markup(" ") + below[0].striptags(), loudest[1]


def rivals(words: Words, twin: Twin) -> Alert | None:
    """The places below that have two forms, TPS by their numbers; None where no place has."""
    of_kelurahan = twin["region"]["level"] == "kelurahan"
    if of_kelurahan:
        tps = [child["code"] for child in twin["children"] if child["contested"]]
        n, few = len(tps), len(tps) <= courts.FEW
        key = "alert.rivals_tps" if few else "alert.rivals_many"
        said = words(key, tps=", ".join(tps)) if few else words(key, n=n)
    else:
        n = twin["contested_below"] - twin["contested"]
        said = words("alert.rivals_below", n=n)
    stripped = of_kelurahan or (twin["kecamatan"] and twin["kecamatan"]["strips"])
    return (said, "strip" if stripped else "wilayah") if n > 0 else None


def _loudest(words: Words, twin: Twin) -> Alert | None:
    certified, comparison = twin["certified"], twin["comparison"]
    if twin["contested"]:
        return words("alert.contested"), "riwayat"
    if certified is not None and comparison["state"] in ("different", "incomplete"):
        gaps = _gaps(words, comparison["difference"])
        if gaps:
            values = {"differences": _apart(words, twin) or gaps}
            if comparison["state"] == "incomplete":
                values["k"] = escape(_counted(words, twin))
            explained = "selisih" if twin["differences"] else "tangga"
            if comparison["state"] == "different" and _is_before_a_ruling(twin):
                return words("alert.before_ruling", **values), explained
            return words(f"alert.{comparison['state']}", **values), explained
    if certified is not None:
        mark = _loud_mark(certified)
        if mark:
            return words(f"alert.{mark}"), "riwayat"
    loud = sum(1 for one in twin["findings"] if one["hard"] and one["explanation"] is None)
    if loud:
        return words("alert.findings", n=loud), "temuan"
    return None


def _is_before_a_ruling(twin: Twin) -> bool:
    """Tell whether the certificate that counts is the one of a decision that a court annulled, or
    older than a ruling that was obeyed below: the forms there may be those that it ordered.
    """
    view = twin["certified"]
    if view["count"] == "first" and any(
        view["index"] < one["index"] and any(order["received"] for order in one["orders"])
        for one in twin["ruled"]
    ):
        return True
    annulled = twin["standing"] is not None and twin["standing"]["state"].startswith("annulled")
    named = twin["determination"]["certificate"] if annulled else None
    return named is not None and bool(named["counts"])


def _apart(words: Words, twin: Twin) -> Markup:
    """Say by how many votes certified form and sum differ, and how many of them nobody explains."""
    votes = votes_apart(twin["contest"], twin["comparison"]["difference"])
    if not votes:
        return _NONE
    silent = sum(
        votes_apart(twin["contest"], one["difference"])
        for one in twin["differences"]
        if one["state"] == "different" and not (one["finding"] and one["finding"]["explanation"])
    )
    thousands = words.numbers.thousands
    said = words("alert.votes", n=thousands(votes))
    if silent and twin["comparison"]["state"] == "incomplete":
        said += words("alert.silent", n=thousands(silent))
    return said


def _loud_mark(view: Twin) -> str | None:
    return next((mark for mark in ("K1", "L2", "L1", "L3") if mark in view["marks"]), None)


def _gaps(words: Words, difference: Mapping[str, int]) -> Markup:
    """ "suara sah +2.559", else the pairs that differ."""
    wanted = ("valid",) if difference.get("valid") else tuple(difference)
    return Markup(", ").join(
        words.field(field, "short") + " " + words.numbers.signed(difference[field])
        for field in wanted
        if difference[field] and not field.endswith(("_m", "_f"))
    )


def station_state(words: Words, twin: Twin) -> Sentence:
    """The one sentence that says what happened at a TPS."""
    status = twin["status"]
    if status != "received":
        key = "state.tps_" + status.replace("-", "_")
        return words(key), words(f"{key}_text")
    figures = twin["head"]["figures"]
    rest = [_checks_state(words, twin["checks"]), _column_state(words, twin["column"])]
    if not twin["listed"]:
        key = "state.tps_not_listed" if twin["summed"] else "state.tps_not_summed"
        rest.append(words(key))
    return _station_first(words, figures), Markup(" ").join(filter(None, rest))


def _station_first(words: Words, figures: Mapping[str, int]) -> Markup:
    shown = {name: words.numbers.thousands(value) for name, value in figures.items()}
    if "voted" in shown and "registered" in shown:
        return words("state.tps_voted", voted=shown["voted"], registered=shown["registered"])
    if "valid" in shown and "invalid" in shown:
        return words("state.tps_votes", valid=shown["valid"], invalid=shown["invalid"])
    if "valid" in shown:
        return words("state.tps_valid", valid=shown["valid"])
    return words("state.tps_in")


def _checks_state(words: Words, checks: Iterable[Twin]) -> Markup:
    states = {check["state"] for check in checks}
    if rules.FAIL in states:
        return words("state.tps_fail")
    return words("state.tps_pass") if rules.PASS in states else _NONE


def _column_state(words: Words, column: Twin | None) -> Markup:
    if column is None or column["difference"] is None:
        return _NONE
    key = "different" if any(column["difference"].values()) else "same"
    return words(f"state.tps_column_{key}", form=words.name(column["form"], "form"))


def station_alert(words: Words, twin: Twin) -> Alert | None:
    """The loudest exception of a TPS and the anchor that explains it; None if there is none."""
    several = len(twin["statements"]) > 1
    if twin["contested"]:
        return _two_forms(words, twin), "formulir" if several else "riwayat"
    head, column = twin["head"], twin["column"]
    if head is None:
        return None
    differing, corrected = _first_difference(head, column)
    if differing:
        sentence = words(
            "alert.column_corrected" if corrected else "alert.column",
            field=capital(words.field(differing, "short")),
            found=words.numbers.thousands(head["figures"][differing]),
            expected=words.numbers.thousands(column["figures"][differing]),
            form=words.name(column["form"], "form"),
        )
        return sentence, "angka"
    unexplained = (one for one in twin["findings"] if one["explanation"] is None)
    for one in sorted(unexplained, key=lambda one: not one["hard"]):
        if one["hard"] or one["expected"] is not None:
            return words("alert.check", sentence=remarks.finding(words, one)), "temuan"
    mark = _loud_mark(head)
    return (words(f"alert.{mark}"), "riwayat") if mark else None


TOLD: Final = 2
"""Figures in which two forms differ that an alert names."""


def _two_forms(words: Words, twin: Twin) -> Markup:
    """The votes in which the form that counts and another one differ, first those of pairs."""
    own = twin["head"]["figures"]
    rivals = [one["figures"] for one in twin["statements"] if one["status"] == "rival"]
    told = []
    for field in (*model.pair_fields(len(twin["contest"]["pairs"])), "valid", "invalid"):
        found = dict.fromkeys(one.get(field) for one in (own, *rivals))
        if len(found) > 1 and None not in found:
            numbers = words("alert.two_and").join(map(words.numbers.thousands, found))
            name = capital(words.field(field, "short"))
            told.append(words("alert.two", field=name, numbers=numbers))
    if not told:
        return words("alert.contested")
    if more := len(told[TOLD:]):
        told[TOLD:] = [words("alert.two_more", n=more)]
    return Markup(" ").join([*told, words("alert.two_first")])


def _first_difference(head: Twin, column: Twin | None) -> tuple[str | None, bool]:
    """The figure in which the column above differs, of a pair if there is one; and whether the
    form above corrects it: one that nobody corrected goes first.
    """
    if column is None or not column["difference"]:
        return None, False
    differing = [field for field, gap in column["difference"].items() if gap]
    pairs = sorted((f for f in differing if f.startswith("pair_")), key=lambda f: int(f[5:]))
    fields = [*pairs, *(field for field in differing if field not in pairs)]
    told = {
        one["field"]
        for one in column["corrections"]
        if one["from"] == head["figures"].get(one["field"])
        and one["to"] == column["figures"].get(one["field"])
    }
    open_ = [field for field in fields if field not in told]
    return next(iter(open_ or fields), None), not open_


def station_note(words: Words, child: Twin) -> Markup:
    """What is special about a TPS in its kelurahan's table; "" if nothing is."""
    notes = []
    if child["awaits"] is not None:
        notes.append(words("region.awaits", what=words.name(child["awaits"], "order")))
    if child["status"] != "received":
        notes.append(words.name(child["status"], "tps_status"))
    if child["comparison"]["state"] == "different":
        notes.append(words("region.different"))
    counts = child["findings"]
    notes += [
        words(f"region.{state}_findings", n=counts[state])
        for state in ("open", "answered")
        if counts[state]
    ]
    if child["status"] == "received" and child["revision"] > 1:
        notes.append(words("region.revised", n=child["revision"]))
    if not child["listed"]:
        notes.append(words("region.not_listed"))
    return Markup(", ").join(notes)
