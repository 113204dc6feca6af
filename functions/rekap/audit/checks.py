"""The one list of what `rekap verify` checks. Numbers are stable: a check that goes leaves a gap.

`docs/verify.md` explains each and is held against this list by a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rekap.audit.texts import both


@dataclass(frozen=True, slots=True)
class Check:
    """A claim that a copy of the site either bears out or not. `id` and `en`: what is claimed."""

    code: str
    id: str
    en: str


ANCHORS: Final = Check("V01", *both("checks.V01"))
CHECKPOINT: Final = Check("V02", *both("checks.V02"))
WITNESSES: Final = Check("V03", *both("checks.V03"))
LOG_FILES: Final = Check("V04", *both("checks.V04"))
TILES: Final = Check("V05", *both("checks.V05"))
BUNDLES: Final = Check("V06", *both("checks.V06"))
ROOT: Final = Check("V07", *both("checks.V07"))
LOG_EXTRA: Final = Check("V08", *both("checks.V08"))
UNIQUE: Final = Check("V09", *both("checks.V09"))
FIRST_ENTRY: Final = Check("V10", *both("checks.V10"))
ELECTION_ROOTS: Final = Check("V11", *both("checks.V11"))
FOLD: Final = Check("V12", *both("checks.V12"))
SUMS: Final = Check("V13", *both("checks.V13"))
CLAIM: Final = Check("V14", *both("checks.V14"))
RELEASE: Final = Check("V15", *both("checks.V15"))
PAGES: Final = Check("V16", *both("checks.V16"))
BULK: Final = Check("V17", *both("checks.V17"))
PROOFS: Final = Check("V18", *both("checks.V18"))
PROOFS_PRESENT: Final = Check("V19", *both("checks.V19"))
PRESENT: Final = Check("V20", *both("checks.V20"))
EXPECTED: Final = Check("V21", *both("checks.V21"))
RECEIPT: Final = Check("V22", *both("checks.V22"))

FINISHED: Final = Check("V23", *both("checks.V23"))
SINCE: Final = Check("V24", *both("checks.V24"))
APP: Final = Check("V25", *both("checks.V25"))
ATTACHMENTS: Final = Check("V26", *both("checks.V26"))

CHECKS: Final = (
    ANCHORS, CHECKPOINT, WITNESSES, LOG_FILES, TILES, BUNDLES, ROOT, LOG_EXTRA, UNIQUE, FIRST_ENTRY,
    ELECTION_ROOTS, FOLD, SUMS, CLAIM, RELEASE, PAGES, BULK, PROOFS, PROOFS_PRESENT, PRESENT,
    EXPECTED, RECEIPT, FINISHED, SINCE, APP, ATTACHMENTS,
)  # fmt: skip
"""All checks; the first in the order of the chain, each stands on the ones before it."""
