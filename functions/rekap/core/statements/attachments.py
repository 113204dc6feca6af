"""The words of an objection or event: a file beside the log, which holds only their digest.

    {"salt":"<64 hex digits>","text":"<1 to 1,000 characters>"}

Canonical, without a newline. Without the salt a short text could be guessed from its digest: so
words that are withheld cannot be had from the log again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rekap.core import codec
from rekap.core.errors import Malformed

LONGEST: Final = 1_000
"""Characters of a text."""
MAX_ATTACHMENT: Final = 4_096
"""Bytes; the longest text in the allowed characters takes fewer."""
FOLDER: Final = "lampiran/"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text with the salt (64 hex digits) that keeps its digest from being guessed."""

    salt: str
    text: str

    def format(self) -> bytes:
        """Return the one spelling whose digest is signed."""
        return codec.encode({"salt": self.salt, "text": self.text})

    @property
    def digest(self) -> str:
        """What a statement names: SHA-256 of the bytes in hex."""
        return codec.sha256_hex(self.format())


def path(named: str) -> str:
    """Return where the words of a digest are served, below the site's base."""
    return f"{FOLDER}{named}.json"


def parse(data: bytes) -> Attachment:
    """Read an attachment.

    Raises:
        Malformed: a code of `codec.decode`, `attachment` for other members, `hex` for a salt that
            is none, `type`, `empty`, `too-long`, `text` or `digits` for its text.
    """
    value = codec.decode(data, limit=MAX_ATTACHMENT)
    if not isinstance(value, dict) or value.keys() != {"salt", "text"}:
        raise Malformed("want salt and text", code="attachment")
    codec.check_hex(value["salt"], "salt")
    codec.check_text(value["text"], LONGEST, "text", free=True)
    return Attachment(value["salt"], value["text"])
