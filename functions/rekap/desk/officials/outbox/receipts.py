"""Receipts in the hands of officials: checked before they are kept, and read from any file.

A receipt is the portal's signed promise (`rekap.portal.intake.receipt`). It is worth something
only if the key that the log names for receipts signed it, for this log and this statement, with a
promise that is not longer than the format allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rekap.audit.commands import files
from rekap.core.errors import Malformed, NotVerified
from rekap.core.signing.note import MAX_NOTE, Note, NoteKey
from rekap.desk.officials.item import Item
from rekap.portal.intake import receipt as receipts
from rekap.portal.intake.receipt import LOGGED_WITHIN_S, Receipt


@dataclass(frozen=True, slots=True)
class ReceiptKey:
    """The key that signs a portal's receipts. `source` says where it was learned: a word."""

    origin: str
    key: NoteKey
    source: str

    @classmethod
    def parse(cls, origin: str, vkey: str, source: str) -> ReceiptKey:
        """Read a vkey; raises Malformed if it is none, or not the receipt key of this log."""
        key = NoteKey.parse(vkey)
        if key.name != receipts.key_name(origin):
            raise Malformed(f"{key.name} is not the receipt key of {origin}", code="vkey")
        return cls(origin, key, source)


def check(data: bytes, item: Item, key: ReceiptKey) -> Receipt:
    """Return what the receipt of a statement says.

    Its leaf may be another than the item's: the portal then holds these signatures in another
    envelope of the same statement, which is for the caller to find out.

    Raises NotVerified, Malformed: it is worth nothing.
    """
    receipt = verify(data, key)
    for what, wanted, found in (
        ("another log than the statement's", item.origin, receipt.origin),
        ("another statement", item.id, receipt.id),
    ):
        if wanted != found:
            raise NotVerified(f"a receipt of {what}", "receipt", wanted, found)
    return receipt


def verify(data: bytes, key: ReceiptKey) -> Receipt:
    """Return what a receipt of this log says; raises NotVerified, Malformed."""
    receipt = receipts.open_receipt(data, (key.key,))
    if receipt.origin != key.origin:
        raise NotVerified("a receipt of another log", "receipt", key.origin, receipt.origin)
    promised = receipt.logged_by - receipt.received_at
    if not 0 <= promised <= LOGGED_WITHIN_S:
        raise NotVerified("a longer promise", "receipt", str(LOGGED_WITHIN_S), str(promised))
    return receipt


def read(path: Path) -> tuple[bytes, Receipt]:
    """Return the exact receipt of a file, and what it says; nobody's signature is checked.

    A text that went through a telephone, a message or an editor is put right where it is certain
    what it was. Raises Malformed, OSError.
    """
    data = restore(files.read(path, MAX_NOTE))
    return data, receipts.parse(Note.parse(data).text)


def restore(data: bytes) -> bytes:
    """Return a copied receipt with the line ends, the dash and the last newline that it had."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
    lines = [line.strip() for line in text.strip().split("\n")]
    for place, line in enumerate(lines):
        dash, _, rest = line.partition(" ")
        if place > 4 and dash in {"-", "--", "–", "â€”", "\ufffd", "?"}:
            lines[place] = f"— {rest}"
    if len(lines) > 5 and lines[5]:
        lines.insert(5, "")
    return "".join(f"{line}\n" for line in lines).encode()
