"""One error class per reaction.

`Malformed`    the bytes are not of the format: the caller decides what that means here
`Rejected`     tell the sender, with every finding at once
`Conflict`     somebody else wrote first: read again and retry
`NotVerified`  evidence does not hold: the thing is refuted
`Corrupt`      our own store contradicts itself: stop writing and call a human

Misuse by our own code is `TypeError` or `RuntimeError`, never one of these.
"""

from __future__ import annotations

from dataclasses import dataclass


class RekapError(Exception):
    """Base of the reactions below; never raised itself."""


class Malformed(RekapError):
    """Bytes or values outside their format.

    `field` is a dotted path into the value ("contests.0.pairs"), `code` a stable word.
    """

    def __init__(self, message: str, field: str = "", code: str = "malformed") -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.message = message
        self.field = field
        self.code = code


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a sender must know, in Indonesian and English.

    `code` is stable; the sentences may improve. `rule`, `child`, `part` name an arithmetic finding.
    """

    code: str
    field: str
    id: str
    en: str
    rule: str = ""
    child: str = ""
    part: str = ""


class Rejected(RekapError):
    """An upload that is not taken: `status` is the HTTP status, `findings` is never empty."""

    def __init__(
        self, status: int, findings: tuple[Finding, ...], retry_after: int | None = None
    ) -> None:
        super().__init__("; ".join(f"{f.code} {f.field}".strip() for f in findings))
        self.status = status
        self.findings = findings
        self.retry_after = retry_after


class Conflict(RekapError):
    """A conditional write found another state than the one it was made from."""


class NotVerified(RekapError):
    """Evidence does not hold; says where, what was expected and what was found."""

    def __init__(self, message: str, place: str = "", expected: str = "", found: str = "") -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.message = message
        self.place = place
        self.expected = expected
        self.found = found


class Corrupt(RekapError):
    """Our own store contradicts itself; nothing may be written until a person has looked."""
