r"""Receipts: the portal's signed promise that an entry will be in the log.

A signed note (C2SP signed-note) by the receipt key, whose name is `{origin}/receipt`:

    replay.example/replay/log/receipt
    aZ0bSPlqT1MDyBcaZ5Qxo2r8+1wTzRVzeSYZ0mD6w7A=
    5f0c…                                            (64 hex digits)
    1732723500
    1732723560

    — replay.example/replay/log/receipt 1QkWhU…

The lines: key name · leaf hash (base64) · statement id · received at · to be logged by, both in
seconds since 1970-01-01T00:00:00Z. Whoever holds a receipt and finds a checkpoint witnessed later
than the last line, whose tree lacks the leaf, has caught the portal.

A note about signatures that wait for others is by the same key and begins otherwise, so that
neither is ever read as the other. Its lines: key name · `held` · statement id · kept until · and
a line for each key id.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rekap.core import codec
from rekap.core.errors import Malformed, NotVerified
from rekap.core.signing import note
from rekap.core.signing.signer import Signer

LOGGED_WITHIN_S = 60

HELD = "held"

_SECONDS = re.compile(r"0|[1-9][0-9]{0,11}")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says. `leaf` and `id` are 64 hex digits, times are Unix seconds."""

    origin: str
    leaf: str
    id: str
    received_at: int
    logged_by: int

    def text(self) -> bytes:
        """Return the note's text, with its final newline."""
        leaf = codec.b64encode(bytes.fromhex(self.leaf))
        lines = (key_name(self.origin), leaf, self.id, self.received_at, self.logged_by)
        return "".join(f"{line}\n" for line in lines).encode()


def key_name(origin: str) -> str:
    """Return the name of the receipt key of a log."""
    return f"{origin}/receipt"


def issue(*, origin: str, leaf: str, id: str, received_at: int, signer: Signer) -> bytes:
    """Return the signed receipt of an entry: to be logged within 60 seconds."""
    receipt = Receipt(origin, leaf, id, received_at, received_at + LOGGED_WITHIN_S)
    return note.sign(receipt.text(), key_name(origin), signer)


def open_receipt(data: bytes, keys: Sequence[note.NoteKey]) -> Receipt:
    """Return what a receipt signed by one of `keys` says.

    Raises:
        Malformed: not a receipt.
        NotVerified: no known key, or its signature does not verify.
    """
    text, verified = note.open_note(data, keys)
    receipt = parse(text)
    if all(key.name != key_name(receipt.origin) for key in verified):
        raise NotVerified("not signed by the key that it names", "receipt")
    return receipt


def parse(text: bytes) -> Receipt:
    """Return the receipt whose text is exactly `text`; raises Malformed."""
    try:
        name, leaf, id, received_at, logged_by = text.decode("ascii").removesuffix("\n").split("\n")
    except ValueError as error:
        raise Malformed("a receipt has five lines of ASCII", "receipt") from error
    if not (_SECONDS.fullmatch(received_at) and _SECONDS.fullmatch(logged_by)):
        raise Malformed("not seconds since 1970", "receipt")
    receipt = Receipt(
        name.removesuffix("/receipt"),
        codec.b64decode(leaf, "leaf").hex(),
        id,
        int(received_at),
        int(logged_by),
    )
    codec.check_hex(receipt.leaf, "leaf")
    codec.check_hex(id, "id")
    if receipt.text() != text:
        raise Malformed("not the spelling of a receipt", "receipt")
    if receipt.logged_by != receipt.received_at + LOGGED_WITHIN_S:
        raise Malformed("not a promise of a minute", "receipt")
    return receipt


def issue_held(
    *, origin: str, id: str, until: int, keyids: tuple[str, ...], signer: Signer
) -> bytes:
    """Return the signed note that these keys' signatures of a statement are kept until then."""
    lines = (key_name(origin), HELD, id, until, *keyids)
    text = "".join(f"{line}\n" for line in lines).encode()
    return note.sign(text, key_name(origin), signer)
