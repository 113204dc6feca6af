"""One signature as it stands in an envelope."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature as it stands in an envelope, not yet verified.

    `sig` is 64 bytes for both algorithms. A passkey adds what its authenticator signed: the
    authenticator data and the client data as JSON bytes; otherwise both are None.
    """

    keyid: str
    sig: bytes
    authenticator_data: bytes | None = None
    client_data: bytes | None = None
