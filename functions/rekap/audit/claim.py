"""`site.json`: what the publisher claims to show, held against the log.

    {"data_next":2,"data_root":"…","data_size":2,"hour":null,"proofs":2,"release":"…","root":"…",
     "size":2}

Pages are those of the first `size` entries, bulk data those of the first `data_size`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from rekap.audit import checks
from rekap.audit.log import LogContent
from rekap.audit.texts import both
from rekap.audit.verdict import Report, Words
from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.ledger import clocks
from rekap.core.ledger.state import State
from rekap.core.log.merkle import HASH_BYTES

CLAIM: Final = "site.json"
MAX_CLAIM: Final = 4_096
_MAX_SIZE: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Claim:
    """Sizes are numbers of entries, roots 32 bytes; `hour` is that of the last entry shown.

    The first `proofs` entries have their proofs: more of them once witnesses have signed.

    `data_next` is above `data_size` while bulk data are being written.
    """

    size: int
    root: bytes
    hour: str | None
    release: str
    proofs: int
    data_size: int
    data_next: int
    data_root: bytes


def parse(data: bytes) -> Claim:
    """Return the claim whose bytes are exactly `data`; raises Malformed."""
    if len(data) > MAX_CLAIM:
        raise Malformed(f"more than {MAX_CLAIM} bytes")
    try:
        value: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON") from error
    names = sorted(Claim.__dataclass_fields__)
    if not isinstance(value, dict) or sorted(value) != names or codec.encode_public(value) != data:
        raise Malformed(f"not the canonical object of {', '.join(names)}")
    for name in ("size", "proofs", "data_size", "data_next"):
        if type(value[name]) is not int or not 0 <= value[name] <= _MAX_SIZE:
            raise Malformed("not a size", name)
    codec.check_hex(value["release"], "release")
    if value["hour"] is not None:
        codec.check_time(value["hour"], "hour")
    roots = {name: _root(value[name], name) for name in ("root", "data_root")}
    return Claim(**{**value, **roots})


def _root(value: Any, field: str) -> bytes:
    root = codec.b64decode(value, field) if isinstance(value, str) else b""
    if len(root) != HASH_BYTES:
        raise Malformed("not a root", field)
    return root


def read_claim(data: bytes, report: Report) -> Claim | None:
    """Return what `site.json` says; record V14 if it has another form."""
    try:
        return parse(data)
    except Malformed as error:
        report.refute(checks.CLAIM, CLAIM, Words(*both("claim.a_site_s_claim")), str(error))
        return None


def check_claim(claim: Claim, content: LogContent, report: Report) -> None:
    """Hold sizes and roots against the log (V14): `size` may lag behind the checkpoint."""
    for name, size, root in (
        ("size", claim.size, claim.root),
        ("data_size", claim.data_size, claim.data_root),
        ("data_next", claim.data_next, None),
    ):
        if size > content.size:
            wanted = f"{name} ≤ {content.size} (log/checkpoint)"
            report.refute(checks.CLAIM, CLAIM, wanted, f"{name} {size}", newer=True)
        elif root is not None and size <= content.hashes.size:
            expected = content.hashes.root(size)
            if root != expected:
                wanted = f"{name} {size}: {codec.b64encode(expected)}"
                report.refute(checks.CLAIM, CLAIM, wanted, codec.b64encode(root))
    if not claim.data_size <= claim.data_next <= claim.size:
        found = f"{claim.data_size}, {claim.data_next}, {claim.size}"
        report.refute(checks.CLAIM, CLAIM, "data_size ≤ data_next ≤ size", found)
    if claim.proofs > claim.size:
        report.refute(
            checks.CLAIM, CLAIM, f"proofs ≤ {claim.size} (size)", f"proofs {claim.proofs}"
        )


def renders(state: State, own: str) -> bool:
    """Tell whether this program (release `own`) renders the pages of the state's size.

    A publication that fixed its release for tests binds no code, so any program may try.
    """
    publication = state.meta.get("publication")
    if publication is None:
        return True
    return bool(publication["release"] == own or publication.get("fixed"))


def check_hour(claim: Claim | None, state: State, report: Report) -> None:
    """Hold the hour against the log (V14), if `state` is of the size that the claim has.

    A claim of another size was refuted, or is of a site that moves.
    """
    if claim is None or not claim.size == state.size > 0:
        return
    hour = clocks.newest(state)
    if claim.hour != hour:
        report.refute(checks.CLAIM, CLAIM, f"hour {hour}", f"hour {claim.hour}")


def check_release(claim: Claim | None, state: State, own: str, report: Report) -> None:
    """Hold the release against the log's and this program's (V15).

    `state` is that of the size in `site.json`.
    """
    publication = state.meta.get("publication")
    named = publication["release"] if publication else None
    report.facts["release"] = named
    if claim is not None and named != claim.release:
        wanted = Words(*both("claim.release_by_the_log", named=named))
        report.refute(checks.RELEASE, CLAIM, wanted, claim.release)
    if publication and publication.get("fixed"):
        report.note(*both("note.release_fixed"))
    elif not renders(state, own):
        report.doubt(
            checks.RELEASE,
            CLAIM,
            Words(*both("claim.checked_by_the_program_of_release", named=named)),
            Words(*both("claim.this_program_is_release", own=own)),
        )
