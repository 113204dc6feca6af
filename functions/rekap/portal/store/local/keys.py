"""Private keys as files DIR/keys/{role}.key: 64 hex digits and a newline, mode 0600.

Who can read the file can sign in the portal's name. A role is written with '/'; the file's name
has '-' instead.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from rekap.core.errors import Conflict, Corrupt, Malformed
from rekap.core.signing.signer import Ed25519Signer
from rekap.portal.store.local.objects import sync_folder

_ROLE = re.compile(r"[a-z0-9_-][a-z0-9._-]*(/[a-z0-9_-][a-z0-9._-]*)*")
_CONTENT = re.compile(rb"[0-9a-f]{64}\n")


def key_path(folder: Path, role: str) -> Path:
    """Return the file of a role below the folder of keys; raises Malformed."""
    if not _ROLE.fullmatch(role):
        raise Malformed(f"not a role: {role[:80]!r}", "role")
    return folder / (role.replace("/", "-") + ".key")


def save(folder: Path, role: str, private: bytes) -> Path:
    """Write a new key file (32 private bytes) to the disk; Conflict if the role has one."""
    if len(private) != 32:
        raise Malformed(f"a private key has 32 bytes, not {len(private)}", "private")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = key_path(folder, role)
    draft = path.with_suffix(f".{os.getpid()}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with open(file, "wb") as out:
            out.write(private.hex().encode() + b"\n")
            out.flush()
            os.fsync(out.fileno())
        os.link(draft, path)
        sync_folder(folder)
        sync_folder(folder.parent)
    except FileExistsError as error:
        raise Conflict(f"{path} exists") from error
    finally:
        draft.unlink()
    return path


def load(folder: Path, role: str) -> Ed25519Signer:
    """Return the signer of a role.

    Raises FileNotFoundError if there is no key, Corrupt if others may read the file, Malformed
    if it is not a key.
    """
    path = key_path(folder, role)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise Corrupt(f"{path} has mode {mode:04o}: others can read the key, want 0600")
    content = path.read_bytes()
    if not _CONTENT.fullmatch(content):
        raise Malformed(f"{path} is not 64 hex digits and a newline", "private")
    return Ed25519Signer(bytes.fromhex(content.decode()))
