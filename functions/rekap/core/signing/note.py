"""Signed notes and their keys, as C2SP signed-note v1.0.0 and tlog-cosignature v1 write them.

A note is a text, one empty line, and signature lines; here a checkpoint of the log:

    log.example/rekap
    1000
    Y4r6mAIpJbrP3a2xXvIv0BmcGsmcKXO2FYJD0T/OBcI=

    — log.example/rekap wSbMuKwKYbOuXmAqkNSUNn/T+ZYdoTKJA9ZjG1LPl106kEIZwvad5vQ5xhLHsnMScFWcFFx…

What is signed is the text with its final newline. A line is `— name base64(key id ‖ signature)`.
A line of an unknown key is ignored; a known key's line that does not verify fails the whole note.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rekap.core import codec
from rekap.core.errors import Malformed, NotVerified
from rekap.core.signing import keys
from rekap.core.signing.signer import Signer

ED25519 = 0x01
COSIGNATURE = 0x04

MAX_NOTE = 65_536
MAX_LINES = 64

_KEY_ID_BYTES = 4
_TIME_BYTES = 8
_MAX_TIME = 2**63 - 1
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_VKEY = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A key that verifies lines of notes: its name, 4-byte id, kind and 32-byte public key.

    `kind` is `ED25519` (signs the text) or `COSIGNATURE` (signs time and text).
    """

    name: str
    key_id: bytes
    kind: int
    public: bytes

    @classmethod
    def of(cls, name: str, kind: int, public: bytes) -> NoteKey:
        """Return the key with the id that name, kind and public key give it.

        Raises:
            Malformed: a name, kind or public key that cannot serve.
        """
        _check_name(name)
        if kind not in {ED25519, COSIGNATURE}:
            raise Malformed(f"key kind 0x{kind:02x} is not supported", code="key-kind")
        keys.check_public(keys.ED25519, public)
        hashed = name.encode() + b"\n" + bytes((kind,)) + public
        return cls(name, hashlib.sha256(hashed).digest()[:_KEY_ID_BYTES], kind, public)

    @classmethod
    def parse(cls, vkey: str) -> NoteKey:
        """Read the text form `name+c126ccb8+AQOhB7/z…`.

        Raises:
            Malformed: another form, or an id that does not belong to the rest.
        """
        match = _VKEY.fullmatch(vkey)
        if match is None:
            raise Malformed("not a verifier key", code="vkey")
        material = codec.b64decode(match[3])
        key = cls.of(match[1], material[0], material[1:])
        if key.key_id.hex() != match[2]:
            raise Malformed(f"key id {match[2]}, want {key.key_id.hex()}", code="vkey")
        return key

    @property
    def vkey(self) -> str:
        """The text form; the base64 part may hold plus signs."""
        material = codec.b64encode(bytes((self.kind,)) + self.public)
        return f"{self.name}+{self.key_id.hex()}+{material}"


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature line, not yet verified. `signature` is what follows the 4-byte key id."""

    name: str
    key_id: bytes
    signature: bytes

    def format(self) -> bytes:
        """Return the line with its newline."""
        return f"— {self.name} {codec.b64encode(self.key_id + self.signature)}\n".encode()


@dataclass(frozen=True, slots=True)
class Note:
    """A note taken apart. `text` ends in a newline; nothing is verified yet."""

    text: bytes
    lines: tuple[SignatureLine, ...]

    @classmethod
    def parse(cls, data: bytes) -> Note:
        """Return the note: `Note.parse(data).format() == data`.

        Raises:
            Malformed: above 64 KiB or 64 lines, not UTF-8, a control character, no empty line
                before the signatures, no signature, or a line of another form.
        """
        if len(data) > MAX_NOTE:
            raise Malformed(f"a note of {len(data)} bytes, at most {MAX_NOTE}", code="note")
        _check_characters(data)
        split = data.rfind(b"\n\n") + 1
        if split == 0 or not data.endswith(b"\n"):
            raise Malformed("no empty line before signatures, or no final newline", code="note")
        rows = data[split + 1 : -1].decode().split("\n")
        if len(rows) > MAX_LINES:
            raise Malformed(f"{len(rows)} signature lines, at most {MAX_LINES}", code="note")
        return cls(data[:split], tuple(_parse_line(row) for row in rows))

    def format(self) -> bytes:
        """Return the bytes of the note."""
        return self.text + b"\n" + b"".join(line.format() for line in self.lines)

    def merge(self, lines: Sequence[SignatureLine]) -> Note:
        """Return the note with further lines; one that stands already is not repeated.

        Merge only verified lines: one bad line of a known key makes readers refuse the note.
        """
        return Note(self.text, tuple(dict.fromkeys((*self.lines, *lines))))


def sign(text: bytes, name: str, signer: Signer) -> bytes:
    """Return the note over `text` with one Ed25519 line by `name`.

    Raises:
        Malformed: the text does not end in a newline or holds control characters, or the name
            cannot serve.
    """
    _check_text(text)
    key = NoteKey.of(name, ED25519, signer.public)
    return Note(text, (SignatureLine(name, key.key_id, signer.sign(text)),)).format()


def cosign(text: bytes, name: str, signer: Signer, timestamp: int) -> SignatureLine:
    """Return a witness's cosignature/v1 line over a checkpoint's text at a POSIX time (seconds).

    Raises:
        Malformed: as `sign`, or a time outside 0…2^63−1.
    """
    _check_text(text)
    if not 0 <= timestamp <= _MAX_TIME:
        raise Malformed(f"time {timestamp} outside 0…2^63−1", code="note")
    key = NoteKey.of(name, COSIGNATURE, signer.public)
    sig = signer.sign(_cosigned(text, timestamp))
    return SignatureLine(name, key.key_id, timestamp.to_bytes(_TIME_BYTES, "big") + sig)


def verify_line(text: bytes, line: SignatureLine, key: NoteKey) -> None:
    """Verify that `line` is by `key` over `text`.

    Raises:
        NotVerified: another name or id, or a signature that does not hold.
    """
    if (line.name, line.key_id) != (key.name, key.key_id):
        raise NotVerified("signature line of another key", line.name)
    message, sig = text, line.signature
    if key.kind == COSIGNATURE:
        timestamp = cosigned_at(line)
        message, sig = _cosigned(text, timestamp), line.signature[_TIME_BYTES:]
    try:
        keys.verify_ed25519(key.public, message, sig)
    except NotVerified as error:
        raise NotVerified(error.message, line.name, error.expected, error.found) from error


def cosigned_at(line: SignatureLine) -> int:
    """Return the POSIX time (seconds) of a cosignature line.

    Raises:
        NotVerified: too short to hold one, or above 2^63−1.
    """
    timestamp = int.from_bytes(line.signature[:_TIME_BYTES], "big")
    if len(line.signature) < _TIME_BYTES or timestamp > _MAX_TIME:
        raise NotVerified("no time in a cosignature", line.name)
    return timestamp


def open_note(data: bytes, known: Sequence[NoteKey]) -> tuple[bytes, tuple[NoteKey, ...]]:
    """Return the text of a note and those of the known keys that signed it, in order of lines.

    Raises:
        Malformed: not a note.
        NotVerified: a line of a known key does not verify, no known key signed, or two known
            keys share name and id.
    """
    note = Note.parse(data)
    by_line: dict[tuple[str, bytes], NoteKey] = {}
    for key in known:
        if by_line.setdefault((key.name, key.key_id), key) != key:
            raise NotVerified("two known keys share name and id", key.name)
    verified: dict[NoteKey, None] = {}
    for line in note.lines:
        candidate = by_line.get((line.name, line.key_id))
        if candidate is not None:
            verify_line(note.text, line, candidate)
            verified[candidate] = None
    if not verified:
        names = ", ".join(line.name for line in note.lines)
        raise NotVerified(
            "no signature of a known key", "", ", ".join(k.name for k in known), names
        )
    return note.text, tuple(verified)


def _cosigned(text: bytes, timestamp: int) -> bytes:
    return b"cosignature/v1\ntime %d\n%s" % (timestamp, text)


def _parse_line(row: str) -> SignatureLine:
    parts = row.split(" ")
    if len(parts) != 3 or parts[0] != "—":
        raise Malformed("a signature line of another form", code="note")
    _check_name(parts[1])
    data = codec.b64decode(parts[2])
    if len(data) <= _KEY_ID_BYTES:
        raise Malformed("a signature line without a signature", code="note")
    return SignatureLine(parts[1], data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:])


def _check_name(name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise Malformed(f"not a key name: {name!r}", code="key-name") from error
    if not name or "+" in name or any(c.isspace() for c in name) or _CONTROL.search(name):
        raise Malformed(f"not a key name: {name!r}", code="key-name")


def _check_text(text: bytes) -> None:
    _check_characters(text)
    if not text.endswith(b"\n"):
        raise Malformed("the text does not end in a newline", code="note")


def _check_characters(data: bytes) -> None:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Malformed("a note that is not UTF-8", code="note") from error
    if _CONTROL.search(text):
        raise Malformed("a control character in a note", code="note")
