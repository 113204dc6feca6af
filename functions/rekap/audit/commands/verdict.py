"""How a verdict is told to a person: what was checked, what is wrong, and one sentence at the end.

Exit code and last line say the same: whoever reads one needs the other only for the reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rekap.audit.commands.speech import Say
from rekap.audit.texts import both
from rekap.audit.verdict import PROVED, REFUTED, SEEN, Report, Words, in_order, printable

_NAMED = 10
"""Void entries that are named one by one; `--json` names all."""


def verdict_lines(report: Report, say: Say) -> Iterator[str]:
    """Yield the verdict for a person: what was checked, what is wrong, the word at the end."""
    facts = report.facts
    yield f"rekap verify {printable(report.site)}"
    yield ""
    yield from _log_lines(facts, say)
    for contest in facts.get("contests", ()):
        yield from _contest_lines(contest, say)
    yield from _page_lines(facts, len(report.ahead), say)
    for note in report.notes:
        yield say(note.id, note.en)
    groups = (
        (report.refuted, say(*both("verdict.refuted"))),
        (report.undecided, say(*both("verdict.could_not_be_checked"))),
    )
    for failures, title in groups:
        if failures:
            yield ""
            yield f"{title}: {say.number(len(failures))}"
            for failure in in_order(failures):
                yield f"  {failure.line(say.lang)}"
    yield ""
    yield last_line(report, say)


def last_line(report: Report, say: Say) -> str:
    """Return the word of the verdict and its one sentence."""
    if report.status == PROVED:
        size, shown = (say.number(one) for one in (report.facts.get("size", 0), _shown(report)))
        return say(*both("verdict.proved_by_your_anchors_entries_and", size=size, shown=shown))
    if report.status == SEEN:
        return seen_line(report.limits, say)
    if report.status == REFUTED:
        count = say.number(len(report.refuted))
        return say(*both("verdict.refuted_things_are_not_what_the", count=count))
    count = say.number(len(report.undecided))
    return say(*both("verdict.undecided_things_could_not_be_checked", count=count))


def _shown(report: Report) -> int:
    size: int = report.facts.get("site", {}).get("size", 0)
    return size


def seen_line(limits: Sequence[Words], say: Say) -> str:
    """Return the sentence that names everything which keeps a sound verdict from being a proof."""
    reasons = "; ".join(printable(say(one.id, one.en)) for one in limits)
    return say(*both("verdict.consistent_as_far_as_was_seen", reasons=reasons))


def _log_lines(facts: dict[str, Any], say: Say) -> Iterator[str]:
    if "size" not in facts:
        return
    yield _row(say(*both("word.log")), printable(facts["origin"]))
    yield _row("", say(*both("verdict.entries", size=say.number(facts["size"]))))
    yield _row(say(*both("verdict.root")), facts["root"])
    if "release" in facts:
        yield _row(say(*both("verdict.release")), str(facts["release"]))
    if "signatures" in facts:
        yield _row(say(*both("verdict.signatures")), say.number(facts["signatures"]))
    yield from _standing_lines(facts, say)


def _standing_lines(facts: dict[str, Any], say: Say) -> Iterator[str]:
    """Yield what a true log can hold that a reader should know of, each with its number."""
    void = facts.get("void", ())
    if void:
        named = ", ".join(f"{one['index']} ({one['reason']})" for one in void[:_NAMED])
        more = ", …" if len(void) > _NAMED else ""
        count, forms = say.number(len(void)), say.number(facts["void_forms"])
        among = say(*both("verdict.of_them_forms", forms=forms))
        yield _row(say(*both("verdict.void")), f"{count}, {among}: {named}{more}")
    if facts.get("contested"):
        yield _row(say(*both("verdict.contested")), say.number(facts["contested"]))
    if facts.get("orphans"):
        count = say.number(facts["orphans"])
        told = say(*both("verdict.forms_that_continue_none_logged_before", count=count))
        yield _row(say(*both("verdict.orphans")), told)
    if facts.get("unlisted"):
        count = say.number(facts["unlisted"])
        told = say(*both("verdict.tps_whose_forms_are_in_force", count=count))
        yield _row(say(*both("verdict.unlisted")), told)
    marks = facts.get("marks", {})
    if marks:
        told = ", ".join(f"{rule}: {say.number(number)}" for rule, number in marks.items())
        yield _row(say(*both("verdict.marks")), told)


def _contest_lines(contest: dict[str, Any], say: Say) -> Iterator[str]:
    yield f"{contest['election']} · {contest['contest']} · {contest['region']}"
    stations = contest["stations"]
    for title, figures in (
        (say(*both("verdict.summed")), contest["sum"]),
        (say(*both("verdict.certified")), contest["certified"]),
    ):
        if figures:
            votes = "  ".join(
                f"{number}: {say.number(figures[f'pair_{number}'])}"
                for number in range(1, contest["pairs"] + 1)
                if f"pair_{number}" in figures
            )
            valid = say.number(figures["valid"]) if "valid" in figures else "-"
            yield _row(title, say(*both("verdict.valid", votes=votes, valid=valid)))
    counted = say.number(stations["counted"])
    if stations["missing"] is None:
        yield _row("TPS", say(*both("verdict.their_number_is_not_known", counted=counted)))
    else:
        expected, missing = say.number(stations["expected"]), say.number(stations["missing"])
        yield _row(
            "TPS",
            say(*both("verdict.of_missing", counted=counted, expected=expected, missing=missing)),
        )


def _page_lines(facts: dict[str, Any], ahead: int, say: Say) -> Iterator[str]:
    """Say of pages, bulk data and proofs how much was looked at, also where nothing was."""
    unchecked = say(*both("verdict.not_checked"))
    pages = unchecked
    if "pages" in facts:
        done, total = facts["pages"]["checked"], facts["pages"]["all"]
        numbers = [say.number(number) for number in (done, total, facts["files"])]
        pages = say(*both("verdict.of_files")).format(*numbers)
        if done < total:
            pages += say(*both("verdict.unknown_files_were_not_looked_for"))
    yield _row(say(*both("verdict.pages")), pages)
    if "seed" in facts:
        yield _row("", f"--seed {printable(facts['seed'])}")
    if ahead:
        told = say(*both("verdict.already_newer_than_site_json"))
        yield _row("", f"{say.number(ahead)} {told}")
    for name, words in (("bulk", both("verdict.bulk_data")), ("proofs", ("bukti", "proofs"))):
        yield _row(say(*words), say.number(facts[name]) if name in facts else unchecked)
    if "grown" in facts.get("since", ()):
        kept, grown = (say.number(facts["since"][name]) for name in ("size", "grown"))
        yield _row("--since", say(*both("verdict.entries_and_since", kept=kept, grown=grown)))
    if "receipt" in facts:
        found = facts["receipt"]
        told = f"{say(*both('word.entry'))} {found['index']}"
        yield _row(say(*both("verdict.receipt")), f"{told} ({found.get('status', '?')})")
    if "app" in facts:
        files, index = (say.number(facts["app"][name]) for name in ("files", "index"))
        yield _row("--app", say(*both("verdict.files_of_the_app", files=files, index=index)))


def _row(name: str, value: str) -> str:
    return f"{name:<14}{value}"
