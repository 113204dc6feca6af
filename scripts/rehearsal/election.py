"""The election of a rehearsal: an invented country whose log is signed in KMS."""

from __future__ import annotations

from typing import Final

from scripts.lab.loading.country import ELECTION, ORIGIN, Country

from rekap.core import codec
from rekap.core.signing import envelope, note
from rekap.core.signing.note import NoteKey

__all__ = ["ELECTION", "MODE", "ORIGIN", "Rehearsed"]

MODE: Final = "rehearsal"


class Rehearsed(Country):
    """Statements signed by test keys; entry 0 names the public key that KMS gave."""

    def __init__(self, stations: int, *, seed: int, release: str, log_public: bytes) -> None:
        super().__init__(stations, seed=seed, release=release)
        self._log_vkey = NoteKey.of(ORIGIN, note.ED25519, log_public).vkey

    def log_key(self) -> str:
        """Return the log's key as KMS gave it, by which anybody knows its checkpoints."""
        return self._log_vkey

    def publication(self, release: str, minute: int) -> bytes:
        """Return a publication that names a release; another one in each minute."""
        fields = {"kind": "publication", "release": release, "log": self.origin}
        at = f"2031-02-12T14:{minute % 60:02}:00+07:00"
        return envelope.sign(codec.encode({**fields, "at": at}), [self.signer("operator")])

    def _vkey(self, name: str, role: str) -> str:
        return self._log_vkey if role == "log" else super()._vkey(name, role)
