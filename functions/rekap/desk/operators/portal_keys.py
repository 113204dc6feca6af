"""`rekap portal-keys DIR`: the keys that a portal itself signs with, and their public names.

The log's key signs checkpoints, the receipt key signs receipts. On one machine both are files in
DIR/keys/. On AWS the log's key never leaves the key service; the content of `receipt.key` is what
the receipt secret must hold.
"""

from __future__ import annotations

import base64
import binascii
import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.core.errors import Malformed
from rekap.core.signing import keys as public_keys
from rekap.core.signing.note import ED25519, NoteKey
from rekap.desk.operators import log_list
from rekap.desk.texts import both
from rekap.portal.intake.receipt import key_name
from rekap.portal.store.local import keys

ROLES: Final = ("log", "receipt")
_SPKI_BYTES: Final = 44


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    take = taking(parser, say)
    take("folder", both("portal_keys.portal_s_folder"), "DIR", type=Path)
    take("--origin", both("portal_keys.the_log_s_name_for_example"), required=True)
    take("--only", both("portal_keys.only_this_key_on_aws_the"), choices=ROLES)
    take("--log-public", both("portal_keys.public_key_of_the_log_from"), "BASE64")

    take("--contact", both("portal_keys.print_this_log_s_application_to"), "TEXT")
    take(
        "--qpd",
        both("portal_keys.questions_a_day_to_each_witness", qpd=log_list.QPD),
        "N",
        type=int,
        default=log_list.QPD,
    )


def run(options: Namespace, say: Say) -> int:
    """Make the keys that are missing and print all public names; a key is never replaced."""
    names = {}
    for role in ROLES if options.only is None else (options.only,):
        if role == "log" and options.log_public:
            continue
        if not keys.key_path(options.folder / "keys", role).exists():
            keys.save(options.folder / "keys", role, os.urandom(32))
        names[role] = keys.load(options.folder / "keys", role).public
    if options.log_public:
        names["log"] = public_of(options.log_public)
    if options.contact is not None:
        if "log" not in names:
            raise Malformed(say(*both("portal_keys.it_needs_the_log_s_key")), "only")
        key = NoteKey.of(options.origin, ED25519, names["log"])
        print(log_list.entry(key, options.contact, options.qpd), end="")
        return 0
    print(say(*both("portal_keys.public_names_of_the_portal_s")), file=sys.stderr)
    for role in ROLES:
        if role in names:
            name = options.origin if role == "log" else key_name(options.origin)
            print(NoteKey.of(name, ED25519, names[role]).vkey)
    return 0


def public_of(text: str) -> bytes:
    """Return 32 raw bytes of an Ed25519 key in base64: raw, or as a key service exports it (SPKI).

    Raises Malformed: not such a key, or one that nothing may be signed with.
    """
    try:
        data = base64.b64decode(text, validate=True)
        if len(data) == _SPKI_BYTES:
            key = load_der_public_key(data)
            data = key.public_bytes_raw() if isinstance(key, Ed25519PublicKey) else b""
    except (binascii.Error, ValueError, UnsupportedAlgorithm) as error:
        raise Malformed("not an Ed25519 public key in base64", "log-public") from error
    public_keys.check_public(public_keys.ED25519, data)
    return data
