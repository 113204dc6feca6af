"""The second entry: an officer types the votes from the paper without seeing the draft.

Only what differs is asked for once more, and neither number is shown while it is undecided: who
sees the first number reads it into the paper. If the third answer is that of the draft, the second
entry was a slip. If not, both numbers are shown, nothing is signed, and the draft is made again.
"""

from __future__ import annotations

from typing import Final

from rekap.core.statements import model, rules
from rekap.desk.officials import labels
from rekap.desk.officials.forms import review
from rekap.desk.officials.forms.entry import read, say
from rekap.desk.officials.forms.review import Names
from rekap.desk.officials.paper import Paper
from rekap.desk.officials.spelling import words
from rekap.desk.officials.talk import REFUSED, Fault, Talk

_VOTES: Final = ("valid", "invalid", "total")


def compare(paper: Paper, names: Names, talk: Talk) -> None:
    """Ask for the votes of a form; return if they are those of the draft.

    Raises Fault if a difference remains, if the statement is no form, or if the input ends.
    """
    fields = paper.statement.fields
    if fields["kind"] != "form":
        raise Fault("--blind hanya untuk formulir.", "--blind is for forms only.")
    for line in review.heading(fields, names):
        print(line, file=talk.stdout)
    talk.tell()
    talk.tell(
        "Ketik perolehan suara dari kertas. Angka draf baru tampak sesudah ini.",
        "Type the votes from the paper. The draft's figures are shown only after this.",
    )
    if fields["form"] in model.SHEETS:
        talk.tell("Yang diketik adalah kolom jumlah akhir.",
                  "Type the column of the final total.")  # fmt: skip
    figures = fields["figures"]
    asked = [name for name in rules.in_order(figures) if _is_vote(name)]
    typed = {name: _ask(name, fields["contest"], names, talk) for name in asked}
    differing = [name for name in asked if typed[name] != figures[name]]
    if differing:
        _again(differing, paper, names, talk)
    talk.tell("Ketikan kedua sama dengan draf.", "The second entry equals the draft.")


def _is_vote(name: str) -> bool:
    return name in _VOTES or name.startswith("pair_")


def _ask(name: str, contest: str, names: Names, talk: Talk) -> int:
    while True:
        called = names.figure(name, names.pairs(contest))
        value = read(talk.ask_figure(labels.code(name), called), talk)
        if value is not None:
            say(value, talk)
            return value


def _again(differing: list[str], paper: Paper, names: Names, talk: Talk) -> None:
    """Ask once more for what differs; what is not the draft's then is shown, and ends it."""
    fields = paper.statement.fields
    figures = fields["figures"]
    talk.tell()
    talk.tell(
        f"{len(differing)} angka berbeda dari draf. Baca lagi di kertas dan ketik sekali lagi:",
        f"{len(differing)} figures differ from the draft. Read the paper and type them again:",
    )
    left = {}
    for name in differing:
        value = _ask(name, fields["contest"], names, talk)
        if value != figures[name]:
            left[name] = value
    if not left:
        return
    rows = [("", names.say("draf", "draft"), names.say("kertas", "paper"), "")]
    rows += [
        (labels.code(name), names.say.number(figures[name]), names.say.number(value), words(value))
        for name, value in left.items()
    ]
    talk.table(rows)
    raise Fault(
        "Draf berbeda dari kertas; tidak ditandatangani. Buat draf baru dengan `rekap form`, atau"
        " ulangi bila kertasnya yang salah dibaca.",
        "The draft differs from the paper; it was not signed. Make a new draft with `rekap form`,"
        " or try again if the paper was misread.",
        REFUSED,
    )
