"""A log's entry in the list of a public network of witnesses (`logs/v0` of witness-network.org).

    logs/v0

    vkey rekap.example/log+c126ccb8+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4
    qpd 8640
    contact operator@rekap.example

`qpd` are the questions a day that the log may put to each witness. There is no line `origin`: the
key's name is the log's origin.
"""

from __future__ import annotations

import re
from typing import Final

from rekap.core.errors import Malformed
from rekap.core.signing.note import ED25519, NoteKey

QPD: Final = 8_640
"""One question in ten seconds."""
MOST: Final = 2**31 - 1
_CONTACT: Final = re.compile(r"[!-~](?:[ -~]{0,198}[!-~])?")


def entry(key: NoteKey, contact: str, qpd: int = QPD) -> str:
    """Return a whole list with the log of `key` alone: an application, or a witness's own list.

    Raises:
        Malformed: a key of another kind than a log's, a contact that is not one line of 1…200
            printable ASCII characters without spaces around it, a number of questions that is none.
    """
    if key.kind != ED25519:
        raise Malformed("not the Ed25519 key of a log", "log")
    if not _CONTACT.fullmatch(contact):
        raise Malformed("not one line of 1…200 printable ASCII characters", "contact")
    if not 1 <= qpd <= MOST:
        raise Malformed(f"not 1…{MOST}", "qpd")
    return f"logs/v0\n\nvkey {key.vkey}\nqpd {qpd}\ncontact {contact}\n"
