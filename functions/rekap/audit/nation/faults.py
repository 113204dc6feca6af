"""Why a portal is not believed: one state, one code, the place, and what was found there.

State and code have words in both languages; what was found is for whoever looks closer, and may be
a stranger's words.
"""

from __future__ import annotations

from typing import Final

from rekap.core.errors import RekapError

# Believed as far as computed · does not answer · cannot be checked · went back · two histories ·
# contradicts what was signed.
READ: Final = "read"
SILENT: Final = "silent"
UNVERIFIED: Final = "unverified"
OLDER: Final = "older"
FORKED: Final = "forked"
REFUTED: Final = "refuted"

OLDER_PAGE: Final = "older-page"
"""Of a contest alone, whose last figures stay."""

CODES: Final = {
    "no-answer": SILENT,
    "redirected": UNVERIFIED,
    "no-checkpoint": UNVERIFIED,
    "witnesses": UNVERIFIED,
    "growth": UNVERIFIED,
    "kept-other-key": UNVERIFIED,
    "kept-unreadable": UNVERIFIED,
    "missing": UNVERIFIED,
    "too-large": UNVERIFIED,
    "too-many": UNVERIFIED,
    "unproved": UNVERIFIED,
    OLDER_PAGE: UNVERIFIED,
    "older": OLDER,
    "fork": FORKED,
    "fork-kept": FORKED,
    "other-log": REFUTED,
    "claim": REFUTED,
    "tree": REFUTED,
    "entry": REFUTED,
    "twin": REFUTED,
    "figures": REFUTED,
    "name": REFUTED,
    "markup": REFUTED,
    "foreign": REFUTED,
    "hidden": REFUTED,
    "rival": REFUTED,
    "program": UNVERIFIED,
}
"""Each code with its state."""


class Fault(RekapError):
    """A portal, or a part of it, is not believed. `code` is one of CODES."""

    def __init__(self, code: str, place: str = "", found: str = "") -> None:
        super().__init__(f"{place}: {code} {found}".strip())
        self.code = code
        self.place = place
        self.found = found

    @property
    def state(self) -> str:
        """The state that goes with the code."""
        return CODES[self.code]
