"""What a form says besides figures: photographs of its pages by digest, and its witnesses.

--scan FILE             pages 1, 2, 3 … in the order of the files
--witness 1=signed      or absent, present, present:figures|procedure|left|unstated
--attended listed=301   who signed the attendance list, also moved and unlisted
"""

from __future__ import annotations

import hashlib
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.core.codec import MAX_INTEGER
from rekap.core.statements.model import ATTENDED, WITNESS_REASONS
from rekap.desk.elections.table import number
from rekap.desk.officials import labels
from rekap.desk.officials.talk import REFUSED, Fault
from rekap.desk.texts import both

_MAGIC: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
_STATES: Final = {
    "signed": (True, True), "ttd": (True, True), "present": (True, False), "hadir": (True, False),
    "absent": (False, False), "absen": (False, False),
}  # fmt: skip


def add_arguments(parser: ArgumentParser, say: Say) -> None:
    """Declare --scan, --witness and --attended."""
    taking(parser, say)(
        "--scan",
        both("attachments.photograph_of_a_page_in_their"),
        both("arguments.file"),
        many=True,
        type=Path,
    )
    parser.add_argument(
        "--witness",
        action="append",
        default=[],
        metavar=say(*both("attachments.n_state")),
        help=say(*both("attachments.witness_of_pair_n_signed_present"))
        + labels.listed(say, "witness_reason", WITNESS_REASONS),
    )
    taking(parser, say)("--attended", both("attachments.attended"), "listed=N", many=True)


def attended(texts: Sequence[str]) -> dict[str, int]:
    """Return what `--attended` says. Raises Fault for another spelling."""
    told: dict[str, int] = {}
    for text in texts:
        name, _, figure = text.partition("=")
        value = number(figure)
        if name not in ATTENDED or value is None or name in told:
            raise Fault(*both("attachments.attended_write", text=text), REFUSED)
        told[name] = value
    return told


def scans(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """Return the digests of photographs. Raises Fault for what is no picture, OSError."""
    return [_scan(page, path) for page, path in enumerate(paths, 1)]


def _scan(page: int, path: Path) -> dict[str, Any]:
    digest, size, start = hashlib.sha256(), 0, b""
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            start = start or block[:16]
            digest.update(block)
            size += len(block)
    kind = next((kind for magic, kind in _MAGIC if start.startswith(magic)), "")
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        kind = "image/webp"
    if not kind or size > MAX_INTEGER:
        raise Fault(*both("attachments.not_a_jpeg_png_or_webp", path=path), REFUSED)
    return {"page": page, "sha256": digest.hexdigest(), "bytes": size, "type": kind}


def witnesses(texts: Sequence[str]) -> list[dict[str, Any]]:
    """Return what `--witness` says, by pair. Raises Fault for another spelling."""
    return sorted((_witness(text) for text in texts), key=lambda one: int(one["pair"]))


def _witness(text: str) -> dict[str, Any]:
    number, _, state = text.partition("=")
    state, _, reason = state.partition(":")
    known = _STATES.get(state)
    present_only = known == (True, False)
    if not number.isascii() or not number.isdigit() or known is None or (
        reason and (reason not in WITNESS_REASONS or not present_only)
    ):  # fmt: skip
        raise Fault(
            *both(
                "attachments.witness_write_the_number_of_the",
                text=text,
                witness_reasons=", ".join(WITNESS_REASONS),
            ),
            REFUSED,
        )
    told = {"pair": int(number), "present": known[0], "signed": known[1]}
    return {**told, "reason": reason} if reason else told
