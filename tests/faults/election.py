"""The small election whose evening the harness plays: keys, policy, a log that has begun, forms."""

from __future__ import annotations

import functools

from tests.portal.intake.world import RELEASE, World, figures, identify, sign, signer, vkey
from tests.witness import Witness

from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.log.entry import encode_bundle, leaf_hash
from rekap.core.log.merkle import Frontier
from rekap.core.log.policy import Policy
from rekap.core.log.tiles import Tile, entries_path
from rekap.core.signing.note import NoteKey

WORLD = World(stations=("001", "002"))
ORIGIN = WORLD.origin
LOG_KEY = NoteKey.parse(vkey(ORIGIN, "log"))
WITNESS_NAME = "saksi.example/w1"
WITNESS_TIME = 1_700_000_000
_VKEY = Witness(WITNESS_NAME, signer("witness"), LOG_KEY).vkey
LINES = (f"log {LOG_KEY.vkey}", f"witness w1 {_VKEY} https://w1.example", "quorum w1")
POLICY = Policy.of_lines(list(LINES))


@functools.cache
def beginning() -> tuple[bytes, ...]:
    """The entries of a log in which both stations of one kelurahan can report."""
    first = sign(WORLD.log_statement(policy=list(LINES)), "operator-1")
    return (first, *WORLD.beginning()[1:])


def form(tps: str = "001", signers: int = 3, skip: int = 0) -> bytes:
    """Return the form of a station, signed by some of its seven officers."""
    return sign(WORLD.form(tps), *WORLD.kpps(tps, 7)[skip : skip + signers])


def correction(tps: str = "001") -> bytes:
    """Return revision 2 of a station's form."""
    again = WORLD.form(
        tps,
        revision=2,
        previous=identify(WORLD.form(tps)),
        reason={"code": "typing"},
        figures=figures(valid=(101, 80, 60)),
    )
    return sign(again, *WORLD.kpps(tps))


def log_files(entries: tuple[bytes, ...]) -> dict[str, bytes]:
    """Return the log of up to 255 entries as one bundle, one tile and a checkpoint."""
    leaves = [leaf_hash(entry) for entry in entries]
    root = Frontier().extend(leaves).root()
    return {
        f"log/{entries_path(0, len(entries))}": encode_bundle(entries),
        f"log/{Tile(0, 0, len(entries)).path}": b"".join(leaves),
        "log/checkpoint": sign_checkpoint(Checkpoint(ORIGIN, len(entries), root), signer("log")),
    }


__all__ = [
    "LOG_KEY", "ORIGIN", "POLICY", "RELEASE", "WITNESS_NAME", "WITNESS_TIME", "WORLD",
    "beginning", "form", "log_files", "signer",
]  # fmt: skip
