"""Keys that paper names (operators, roots): a file of enrolments, each proof verified."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from rekap.audit.commands import files
from rekap.core import codec
from rekap.core.errors import Malformed, NotVerified
from rekap.desk.officials.keys.enrolment import Enrolment
from rekap.desk.officials.talk import Fault
from rekap.desk.texts import both

OF_THE_LOG: Final = "log"
"""What operators' enrolments name in place of an election; no election may have this id."""

_MAX_FILE: Final = 1_000_000


def keyset(path: Path, k: int, origin: str, election: str = OF_THE_LOG) -> dict[str, Any]:
    """Return {k, keys} of the enrolments in a file, one a line beside remarks (`#`).

    Every one must be for this log and `election`, and its holder must have signed it.
    """
    try:
        rows = files.read(path, _MAX_FILE).decode("utf-8-sig").splitlines()
    except (Malformed, UnicodeDecodeError) as error:
        raise Fault(*both("keylist.not_a_file_of_enrolments_it", path=path)) from error
    keys = [
        _key(f"{path}:{number}", row.strip(), origin, election)
        for number, row in enumerate(rows, 1)
        if row.strip() and not row.lstrip().startswith("#")
    ]
    return {"k": k, "keys": keys}


def _key(place: str, row: str, origin: str, election: str) -> dict[str, str]:
    try:
        one = Enrolment.parse(row)
        one.verify()
    except (Malformed, NotVerified) as error:
        raise Fault(*both("keylist.not_a_valid_enrolment_ask_its", place=place)) from error
    if (one.origin, one.election) != (origin, election):
        raise Fault(
            *both(
                "keylist.an_enrolment_for_wanted_ask_for",
                place=place,
                origin=one.origin,
                election=one.election,
                log=origin,
                wanted=election,
            )
        )
    return {"alg": one.public.alg, "key": codec.b64encode(one.public.public)}
