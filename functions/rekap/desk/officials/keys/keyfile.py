"""The key file of a person: who it is in plain lines, then the private key under a passphrase.

    rekap-kunci 1
    alg: ed25519
    keyid: 514411bc9f5d2708efac828b6c4d916f
    key: A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=
    -----BEGIN ENCRYPTED PRIVATE KEY-----
    …
    -----END ENCRYPTED PRIVATE KEY-----

The last part is PKCS#8 with exactly one way of encryption, PBES2 with PBKDF2-HMAC-SHA256 (600,000
rounds) and AES-256-CBC, which common tools read too. The plain lines are compared with the key
whenever it is opened. A fifth line `peraga: ROLE` marks a key that was made from a public seed.
"""

from __future__ import annotations

import base64
import os
import re
import stat
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from rekap.audit.commands import files
from rekap.core import codec
from rekap.core.errors import Corrupt, Malformed, NotVerified
from rekap.core.signing import keys
from rekap.core.signing.keys import PublicKey
from rekap.core.signing.signer import Ed25519Signer

ROUNDS: Final = 600_000
PASSPHRASE_MIN: Final = 10
"""Characters that a new passphrase has at least."""
MAX_KEY_FILE: Final = 4_096

_SALT: Final = 16
_IV: Final = 16
_CIPHERTEXT: Final = 64
_ROLE: Final = "[a-z0-9_./-]{1,200}"
_TEXT: Final = re.compile(
    r"rekap-kunci 1\n"
    r"alg: (?P<alg>ed25519)\n"
    r"keyid: (?P<keyid>[0-9a-f]{32})\n"
    r"key: (?P<key>[A-Za-z0-9+/]{43}=)\n"
    rf"(?:peraga: (?P<role>{_ROLE})\n)?"
    r"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    r"(?P<pem>(?:[A-Za-z0-9+/=]{1,64}\n)+)"
    r"-----END ENCRYPTED PRIVATE KEY-----\n"
)
# SEQUENCE { PBES2 { PBKDF2 { salt, rounds, HMAC-SHA256 }, AES-256-CBC { iv } }, ciphertext }
_DER: Final = (
    bytes.fromhex("3081a4306006092a864886f70d01050d3053303206092a864886f70d01050c30250410"),
    bytes.fromhex(f"0203{ROUNDS:06x}300c06082a864886f70d02090500301d060960864801650304012a0410"),
    bytes.fromhex("0440"),
)
_PKCS8: Final = bytes.fromhex("302e020100300506032b657004220420")
_PADDING: Final = bytes([16]) * 16


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key file taken apart, still locked. `role` is set for a key made from a public seed."""

    public: PublicKey
    role: str | None
    locked: bytes

    @classmethod
    def read(cls, path: Path) -> KeyFile:
        """Read a key file without its passphrase.

        Raises Corrupt if others may read the file, Malformed if it is not a key file, OSError.
        """
        found = cls.parse(files.read(path, MAX_KEY_FILE))
        _check_mode(path)
        return found

    @classmethod
    def parse(cls, data: bytes) -> KeyFile:
        """Take the bytes of a key file apart; raises Malformed."""
        try:
            match = _TEXT.fullmatch(data.decode("ascii").replace("\r\n", "\n"))
        except UnicodeDecodeError as error:
            raise Malformed("not a key file", code="key-file") from error
        if match is None:
            raise Malformed("not a key file", code="key-file")
        public = PublicKey(match["alg"], codec.b64decode(match["key"]))
        keys.check_public(public.alg, public.public)
        if public.keyid != match["keyid"]:
            raise Malformed("the key id is not that of the key", code="key-file")
        locked = codec.b64decode(match["pem"].replace("\n", ""))
        if not _is_locked(locked):
            raise Malformed("encrypted in another way than this program does", code="cipher")
        return cls(public, match["role"], locked)

    def open(self, passphrase: str) -> Ed25519Signer:
        """Return the signer; raises NotVerified if the passphrase is wrong or the file damaged."""
        first, second, third = (len(part) for part in _DER)
        at_iv = first + _SALT + second
        salt, iv = self.locked[first : first + _SALT], self.locked[at_iv : at_iv + _IV]
        cipher = _cipher(passphrase, salt, iv).decryptor()
        plain = cipher.update(self.locked[at_iv + _IV + third :]) + cipher.finalize()
        if not plain.startswith(_PKCS8) or plain[-len(_PADDING) :] != _PADDING:
            raise NotVerified("wrong passphrase, or a damaged key file")
        signer = Ed25519Signer(plain[len(_PKCS8) : -len(_PADDING)])
        if signer.public != self.public.public:
            raise NotVerified("the plain lines name another key than the file holds")
        return signer


def save(path: Path, private: bytes, passphrase: str, role: str | None = None) -> PublicKey:
    """Write a new key file (32 private bytes), mode 0600, and return the public key.

    Raises Conflict if the file exists, Malformed, OSError.
    """
    salt, iv = os.urandom(_SALT), os.urandom(_IV)
    files.write_new(path, serialize(private, passphrase, salt, iv, role), files.PRIVATE)
    return public(path)


def load(path: Path, passphrase: str) -> Ed25519Signer:
    """Return the signer of a key file; raises as `KeyFile.read` and `KeyFile.open`."""
    return KeyFile.read(path).open(passphrase)


def public(path: Path) -> PublicKey:
    """Return the public key of a key file, which needs no passphrase; raises as `KeyFile.read`."""
    return KeyFile.read(path).public


def serialize(
    private: bytes, passphrase: str, salt: bytes, iv: bytes, role: str | None = None
) -> bytes:
    """Return the bytes of a key file; the same for the same salt and iv (16 bytes each)."""
    if len(private) != 32 or len(salt) != _SALT or len(iv) != _IV or not passphrase:
        raise Malformed("a private key has 32 bytes, salt and iv 16, and a passphrase is needed")
    signer = Ed25519Signer(private)
    cipher = _cipher(passphrase, salt, iv).encryptor()
    locked = cipher.update(_PKCS8 + private + _PADDING) + cipher.finalize()
    der = _DER[0] + salt + _DER[1] + iv + _DER[2] + locked
    lines = [
        "rekap-kunci 1", f"alg: {signer.alg}", f"keyid: {signer.keyid}",
        f"key: {codec.b64encode(signer.public)}", *([f"peraga: {role}"] if role else []),
        "-----BEGIN ENCRYPTED PRIVATE KEY-----",
        *textwrap.wrap(base64.b64encode(der).decode(), 64),
        "-----END ENCRYPTED PRIVATE KEY-----",
    ]  # fmt: skip
    data = "".join(f"{line}\n" for line in lines).encode()
    KeyFile.parse(data)
    return data


def is_role(text: str) -> bool:
    """Tell whether a text can name the role of a key of a replay."""
    return re.fullmatch(_ROLE, text) is not None


def _cipher(passphrase: str, salt: bytes, iv: bytes) -> Cipher[CBC]:
    return Cipher(AES256(_wrapping(passphrase, salt)), CBC(iv))


def _wrapping(passphrase: str, salt: bytes) -> bytes:
    """The key that locks the private key; slow on purpose, a fifth of a second."""
    return PBKDF2HMAC(SHA256(), 32, salt, ROUNDS).derive(passphrase.encode())


def _is_locked(der: bytes) -> bool:
    """Tell whether these bytes are a private key encrypted in the one way of this format."""
    first, second, third = (len(part) for part in _DER)
    at_iv = first + _SALT + second
    return (
        len(der) == at_iv + _IV + third + _CIPHERTEXT
        and der[:first] == _DER[0]
        and der[first + _SALT : at_iv] == _DER[1]
        and der[at_iv + _IV : at_iv + _IV + third] == _DER[2]
    )


def _check_mode(path: Path) -> None:
    """Refuse a key that others on this machine can read; systems without such modes have none."""
    if os.name == "nt":
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise Corrupt(f"{path} has mode {mode:04o}: others can read the key, want 0600")
