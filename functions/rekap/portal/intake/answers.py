"""The closed list of answers to an upload: code, status, and whether it is final.

Codes are stable. A *final* answer is the same for these bytes at any time; any other may change,
so the sender keeps the file and tries again. Findings about the fields of a payload use the codes
of `statements.shapes`; all of them are 422 and final. The API answers 429 itself, before any
function.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rekap.core.errors import Finding, Rejected
from rekap.core.statements import shapes
from rekap.core.texts import Catalogue

RETRY_AFTER_S: Final = 30
"""Seconds: about what a new key needs from its receipt to the register."""

FINAL, AGAIN = True, False
"""Whether sending the same bytes again is useless."""

ASKED: Final = frozenset({"another-counts", "none-counts", "head-moved", "below-differs"})
"""Codes that ask the sender once: no time, only a person changes the answer."""

OF_BYTES: Final = frozenset({"not-json", "duplicate-key", "number", "depth"})
"""Codes of `codec.decode` that mean: not strict JSON."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One code, whose sentence stands in `portal/text/` under `refusal`."""

    status: int
    final: bool
    """Sending these bytes again is useless."""


CODES: Final[dict[str, Answer]] = {
    "not-json": Answer(400, FINAL),
    "duplicate-key": Answer(400, FINAL),
    "number": Answer(400, FINAL),
    "depth": Answer(400, FINAL),
    "envelope": Answer(400, FINAL),
    "unknown-leaf": Answer(404, AGAIN),
    "unknown-held": Answer(404, AGAIN),
    "unknown-attachment": Answer(404, AGAIN),
    "unknown-route": Answer(404, FINAL),
    "too-large": Answer(413, FINAL),
    "wrong-type": Answer(415, FINAL),
    "bad-signature": Answer(401, FINAL),
    "unknown-key": Answer(401, AGAIN),
    "revoked-key": Answer(403, FINAL),
    "not-entitled": Answer(403, AGAIN),
    "below-threshold": Answer(403, AGAIN),
    "unknown-election": Answer(403, AGAIN),
    "no-log": Answer(403, AGAIN),
    "too-early": Answer(403, AGAIN),
    "previous-not-ordered": Answer(409, AGAIN),
    "no-such-key": Answer(409, AGAIN),
    "another-counts": Answer(409, AGAIN),
    "none-counts": Answer(409, AGAIN),
    "head-moved": Answer(409, AGAIN),
    "below-differs": Answer(409, AGAIN),
    "held-recently": Answer(409, AGAIN),
    "said-too-often": Answer(409, AGAIN),
    "withheld": Answer(409, AGAIN),
    "closed": Answer(410, FINAL),
    "not-canonical": Answer(422, FINAL),
    "no-policy": Answer(422, FINAL),
    "other-log": Answer(422, FINAL),
    "log-exists": Answer(422, FINAL),
    "writer-only": Answer(422, FINAL),
    "other-key": Answer(422, FINAL),
    "unacceptable-key": Answer(422, FINAL),
    "key-taken": Answer(422, FINAL),
    "not-current": Answer(422, FINAL),
    "too-many-elections": Answer(422, FINAL),
    "no-such-target": Answer(422, FINAL),
    "already": Answer(422, FINAL),
    "unknown-contest": Answer(422, FINAL),
    "outside-contest": Answer(422, FINAL),
    "not-in-roster": Answer(422, FINAL),
    "unexplained": Answer(422, FINAL),
    "attachment": Answer(422, FINAL),
    "picture": Answer(422, FINAL),
    "backlog": Answer(503, AGAIN),
    "stopped": Answer(503, AGAIN),
    "busy": Answer(503, AGAIN),
    "unavailable": Answer(503, AGAIN),
}

_OF_FIELDS: Final = Answer(422, FINAL)
_SAID: Final = Catalogue(Path(__file__).parents[1] / "text")


def finding(code: str, field: str = "", **words: object) -> Finding:
    """Return the finding `code` about `field`, with its sentences filled from `words`.

    A word that differs is a pair: Indonesian, English.
    """
    return Finding(code, field, *_SAID.named("refusal", code, **words))


def title(status: int) -> tuple[str, str]:
    """Return the short words of a status, in Indonesian and English."""
    return _SAID.named("title", str(status))


def body(code: str) -> tuple[str, str]:
    """Return what a body is called in an answer, in Indonesian and English; else its code."""
    try:
        return _SAID.named("body", code)
    except KeyError:
        return code, code


def answer(code: str) -> Answer:
    """Return status and finality of a code of this table or of `statements.shapes`."""
    found = CODES.get(code)
    if found is None:
        if code not in shapes.SENTENCES:
            raise KeyError(code)
        return _OF_FIELDS
    return found


def refuse(findings: Iterable[Finding]) -> Rejected:
    """Return the refusal for all findings: the smallest status, retry only if time may help."""
    all_of_them = tuple(findings)
    answers = [answer(one.code) for one in all_of_them]
    vain = any(one.final for one in answers) or any(one.code in ASKED for one in all_of_them)
    retry = None if vain else RETRY_AFTER_S
    return Rejected(min(one.status for one in answers), all_of_them, retry)
