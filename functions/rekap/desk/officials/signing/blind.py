"""The second entry: an officer types the votes from the paper without seeing the draft.

Only what differs is asked for once more, and neither number is shown while it is undecided: who
sees the first number reads it into the paper. If the third answer is that of the draft, the second
entry was a slip. If not, both numbers are shown, nothing is signed, and the draft is made again.
"""

from __future__ import annotations

from typing import Final

from rekap.core.statements import model, rules
from rekap.desk.elections.table import number
from rekap.desk.officials import labels
from rekap.desk.officials.forms import review
from rekap.desk.officials.forms.review import Names
from rekap.desk.officials.paper import Paper
from rekap.desk.officials.spelling import why_no_number, words
from rekap.desk.officials.talk import REFUSED, Fault, Talk
from rekap.desk.texts import both

_VOTES: Final = ("valid", "invalid", "total")


def compare(paper: Paper, names: Names, talk: Talk) -> None:
    """Ask for the votes of a form; return if they are those of the draft.

    Raises Fault if a difference remains, if the statement is no form, or if the input ends.
    """
    fields = paper.statement.fields
    if fields["kind"] != "form":
        raise Fault(*both("blind.blind_is_for_forms_only"))
    for line in review.heading(fields, names):
        print(line, file=talk.stdout)
    talk.tell()
    talk.tell(*both("blind.type_the_votes_from_the_paper"))
    if fields["form"] in model.SHEETS:
        talk.tell(*both("blind.type_the_column_of_the_final"))
    figures = fields["figures"]
    asked = [name for name in rules.in_order(figures) if _is_vote(name)]
    typed = {name: _ask(name, fields["contest"], names, talk) for name in asked}
    differing = [name for name in asked if typed[name] != figures[name]]
    if differing:
        _again(differing, paper, names, talk)
    talk.tell(*both("blind.the_second_entry_equals_the_draft"))


def _is_vote(name: str) -> bool:
    return name in _VOTES or name.startswith("pair_")


def _ask(name: str, contest: str, names: Names, talk: Talk) -> int:
    while True:
        called = names.figure(name, names.pairs(contest))
        answer = talk.ask_figure(labels.code(name), called)
        value = number(answer)
        if value is not None:
            talk.tell(words(value), words(value), " " * 12)
            return value
        talk.tell(*why_no_number(answer), "  ")


def _again(differing: list[str], paper: Paper, names: Names, talk: Talk) -> None:
    """Ask once more for what differs; what is not the draft's then is shown, and ends it."""
    fields = paper.statement.fields
    figures = fields["figures"]
    talk.tell()
    talk.tell(*both("blind.figures_differ_from_the_draft_read", differing=len(differing)))
    left = {}
    for name in differing:
        value = _ask(name, fields["contest"], names, talk)
        if value != figures[name]:
            left[name] = value
    if not left:
        return
    rows = [("", names.say(*both("blind.draft")), names.say(*both("blind.paper")), "")]
    rows += [
        (labels.code(name), names.say.number(figures[name]), names.say.number(value), words(value))
        for name, value in left.items()
    ]
    talk.table(rows)
    raise Fault(*both("blind.the_draft_differs_from_the_paper"), REFUSED)
