"""A signed statement on its way to the log: its exact bytes, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.log.entry import leaf_hash
from rekap.core.signing import envelope as dsse
from rekap.core.signing.envelope import Envelope


@dataclass(frozen=True, slots=True)
class Item:
    """One envelope. `leaf`: 64 hex digits; `data`: the exact bytes to send."""

    leaf: str
    data: bytes = field(repr=False)
    envelope: Envelope = field(repr=False)
    fields: Mapping[str, Any] = field(repr=False)

    @classmethod
    def parse(cls, data: bytes) -> Item:
        """Take an envelope apart; raises Malformed."""
        envelope = dsse.parse(data)
        fields = codec.decode(envelope.payload, nulls=True)
        if not isinstance(fields, dict) or not isinstance(fields.get("log"), str):
            raise Malformed("not a statement", code="kind")
        return cls(leaf_hash(data).hex(), data, envelope, fields)

    @property
    def id(self) -> str:
        """The name of the statement."""
        return self.envelope.id

    @property
    def keyids(self) -> frozenset[str]:
        """The keys that signed it."""
        return frozenset(signature.keyid for signature in self.envelope.signatures)

    @property
    def origin(self) -> str:
        """The log that the statement is for."""
        return str(self.fields["log"])
