"""The receipts' key from Secrets Manager: its quota allows one signature an upload, KMS's not.

The secret is read when a function starts and kept in memory; no message ever shows it.
"""

from __future__ import annotations

import re
from typing import Any, Final

from rekap.core.errors import Malformed
from rekap.core.signing.signer import Ed25519Signer
from rekap.portal.store.aws.patience import PATIENT, Patience, asking

_CONTENT: Final = re.compile(r"[0-9a-f]{64}\n?")


def receipt_signer(client: Any, secret: str, *, patience: Patience = PATIENT) -> Ed25519Signer:
    """Return the signer whose private key is the secret's text: 64 hex digits.

    Raises:
        Malformed: the secret is something else.
        Unavailable: the service is busy or silent.
    """

    def once() -> str:
        with asking("read the receipts' key"):
            return str(client.get_secret_value(SecretId=secret).get("SecretString", ""))

    text = patience.insist("read the receipts' key", once)
    if not _CONTENT.fullmatch(text):
        raise Malformed(f"the secret {secret} is not 64 hex digits", "private")
    return Ed25519Signer(bytes.fromhex(text))
