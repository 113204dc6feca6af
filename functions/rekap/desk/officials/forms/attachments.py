"""What a form says besides figures: photographs of its pages by digest, and its witnesses.

--scan FILE             pages 1, 2, 3 … in the order of the files
--witness 1=signed      or absent, present, present:figures|procedure|left|unstated
"""

from __future__ import annotations

import hashlib
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from rekap.audit.commands.speech import Say
from rekap.core.codec import MAX_INTEGER
from rekap.core.statements.model import WITNESS_REASONS
from rekap.desk.officials import labels
from rekap.desk.officials.talk import REFUSED, Fault

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
    """Declare --scan and --witness."""
    parser.add_argument(
        "--scan",
        action="append",
        default=[],
        type=Path,
        metavar=say("BERKAS", "FILE"),
        help=say(
            "foto halaman, urut dari halaman 1; hanya sidiknya yang masuk log",
            "photograph of a page, in their order; only its digest goes into the log",
        ),
    )
    parser.add_argument(
        "--witness",
        action="append",
        default=[],
        metavar=say("N=KEADAAN", "N=STATE"),
        help=say(
            "saksi pasangan N: ttd, hadir, absen, atau hadir:alasan; alasan: ",
            "witness of pair N: signed, present, absent, or present:reason; reasons: ",
        )
        + labels.listed(say, "witness_reason", WITNESS_REASONS),
    )


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
        raise Fault(
            f"{path}: bukan foto JPEG, PNG, WebP atau berkas PDF. Periksa --scan.",
            f"{path}: not a JPEG, PNG or WebP picture, nor a PDF file. Check --scan.",
            REFUSED,
        )
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
            f'--witness "{text}": tulis nomor pasangan dan keadaannya, misalnya 1=ttd, 2=absen,'
            f" 3=hadir:figures ({', '.join(WITNESS_REASONS)}).",
            f'--witness "{text}": write the number of the pair and its state, for example'
            f" 1=signed, 2=absent, 3=present:figures ({', '.join(WITNESS_REASONS)}).",
            REFUSED,
        )
    told = {"pair": int(number), "present": known[0], "signed": known[1]}
    return {**told, "reason": reason} if reason else told
