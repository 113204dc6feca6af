"""Explanations of findings: given as arguments, kept from before, or asked for one by one.

An explanation is `RULE[/child][/part]: text`, as in an election folder (`rekap import`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rekap.core.ledger.offices import Record
from rekap.core.statements.shapes import TEXT_MAX
from rekap.desk.elections import explanations
from rekap.desk.elections.table import text_problem
from rekap.desk.officials.forms import remarks
from rekap.desk.officials.forms.review import Names
from rekap.desk.officials.forms.work import Work
from rekap.desk.officials.spelling import Said
from rekap.desk.officials.talk import REFUSED, Fault, Talk

Explanations = list[dict[str, Any]]


def given(texts: Iterable[str]) -> Explanations:
    """Return the explanations of `--explain`. Raises Fault for one that cannot stand in a form."""
    found: Explanations = []
    for text in texts:
        one = explanations.parse(text)
        if one is None:
            raise Fault(
                f'--explain "{text}": tulis ATURAN[/kolom][/bagian]: teks, misalnya'
                ' "R7: salah jumlah di kertas" atau "X3/004/R6: salah jumlah".',
                f'--explain "{text}": write RULE[/child][/part]: text, for example'
                ' "R7: added wrongly on paper" or "X3/004/R6: added wrongly".',
                REFUSED,
            )
        wrong = why_not(one["text"])
        if wrong is not None:
            raise Fault(f"--explain {text[:40]}: {wrong[0]}", f"--explain {text[:40]}: {wrong[1]}",
                        REFUSED)  # fmt: skip
        if any(triple(other) == triple(one) for other in found):
            raise Fault(f"--explain {text[:40]}: temuan ini sudah dijelaskan. Gabungkan teksnya.",
                        f"--explain {text[:40]}: explained already. Join the two texts.",
                        REFUSED)  # fmt: skip
        found.append(one)
    return found


def why_not(text: str) -> Said | None:
    """Why a text may not stand in a form; None if it may."""
    wrong = text_problem(text, TEXT_MAX, free=True)
    if not wrong:
        return None
    if wrong == "digits":
        return (
            "jangan menulis delapan angka berurutan atau lebih: NIK dan nomor telepon tidak boleh"
            " ada dalam pernyataan. Tulis ulang tanpa angka itu.",
            "eight or more digits in a row are not allowed: no identity or telephone numbers in a"
            " statement. Write it without them.",
        )
    return (
        f"teks harus 1 sampai {TEXT_MAX} huruf Latin biasa, tanpa emoji dan tanpa baris baru;"
        f" yang ini {len(text)} karakter. Tulis ulang.",
        f"a text has 1 to {TEXT_MAX} plain Latin characters, no emoji and no new line; this one"
        f" has {len(text)}. Write it again.",
    )


def triple(one: Record) -> tuple[Any, Any, Any]:
    """What an explanation is about: rule, child, part."""
    return one["rule"], one.get("child"), one.get("part")


def kept(before: Iterable[Record], texts: Iterable[Record]) -> Explanations:
    """Explanations kept from a run before, but for findings that `texts` explain anew."""
    anew = {triple(one) for one in texts}
    return [dict(one) for one in before if triple(one) not in anew]


def ask(
    found: Sequence[Record], *, required: bool, talk: Talk, names: Names, work: Work
) -> Explanations:
    """Ask for the explanation of each finding; the answers are on the disk as they come.

    What may stay without one is passed over by Enter. Raises Fault when the input ends.
    """
    for one in found:
        talk.tell()
        for line in remarks.finding(one, names):
            print(line, file=talk.stdout)
        text = _text(talk, required=required)
        if text:
            work.explanations.append({**remarks.about(one), "text": text})
            work.save()
    return work.explanations


def _text(talk: Talk, *, required: bool) -> str:
    while True:
        if required:
            talk.tell(
                "Penjelasan, mengapa di kertas begitu (`berhenti` bila salah ketik):",
                "Explanation, why the paper says so (`stop` if it was mistyped):",
            )
        else:
            talk.tell(
                "Penjelasan (Enter bila tanpa penjelasan, `berhenti` bila salah ketik):",
                "Explanation (Enter for none, `stop` if it was mistyped):",
            )
        text = talk.ask(">", ">")
        if text.lower() in ("berhenti", "stop"):
            raise Fault(
                "Berhenti. Perbaiki angkanya, lalu jalankan perintah yang sama lagi.",
                "Stopped. Correct the figure, then run the same command again.",
            )
        if not text and not required:
            return ""
        wrong = why_not(text)
        if wrong is None:
            return text
        talk.tell(*wrong, "  ")
