r"""What a browser says with a passkey's signature: `clientDataJSON`, read by value.

    {"type":"webauthn.get","challenge":"…","origin":"https:\/\/unggah.rekap.example"}

Browsers order, escape and add members as they like, and the holder of a key may write any bytes.
Parsers of JSON disagree about nesting, keys that stand twice, halves of surrogate pairs, `NaN`,
byte order marks and the case of keys, and here every disagreement is a vote that counts for one
verifier and not for another. So this reader takes RFC 8259 in UTF-8 and no more, within bounds,
like those in JavaScript and Go; `tests/vectors/client-data.json` holds all three to one answer.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from rekap.core.errors import Malformed

MAX_BYTES: Final = 4_096
MAX_LEVELS: Final = 8
MAX_MEMBERS: Final = 16

Value: TypeAlias = str | bool | None
"""A string without its escapes, `true` or `false`; None for everything that nobody asks for."""

# Not `*+` around the strings' parts: see `envelope`. Each part ends where the next must begin, so
# that nothing is tried twice.
_TOKEN: Final = re.compile(
    r"[ \t\n\r]*+(?:"
    r'"((?:[^"\\\x00-\x1f]++|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})*)"'
    r"|([{}\[\]:,])"
    r"|(true|false|null|-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)"
    r")"
)
_SPACE: Final = re.compile(r"[ \t\n\r]*+")
_ESCAPE: Final = re.compile(r"\\(?:u(....)|(.))")
_SHORT: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS: Final = {"true": True, "false": False}


def read(data: bytes) -> dict[str, Value]:
    """Return the members of the one object that `data` is, by their keys without escapes.

    Raises:
        Malformed: code `client-data`, for any other bytes and beyond a bound.
    """
    if len(data) > MAX_BYTES:
        raise _malformed(f"{len(data)} bytes, at most {MAX_BYTES}")
    try:
        reader = _Reader(data.decode())
    except UnicodeDecodeError as error:
        raise _malformed("not UTF-8") from error
    reader.take("{")
    members = reader.members(1)
    reader.end()
    if len(members) > MAX_MEMBERS:
        raise _malformed(f"{len(members)} members, at most {MAX_MEMBERS}")
    return members


class _Reader:
    """Reads tokens from left to right. A token is its kind with the string's or the word's text."""

    __slots__ = ("_at", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def _next(self) -> tuple[str, str]:
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            raise _malformed("not JSON of RFC 8259")
        self._at = match.end()
        string, mark, word = match.groups()
        if string is not None:
            return '"', _unescaped(string) if "\\" in string else string
        return (mark, "") if mark is not None else ("word", word)

    def take(self, mark: str) -> None:
        """Go over the mark that must come next."""
        if self._next()[0] != mark:
            raise _malformed("not JSON of RFC 8259")

    def end(self) -> None:
        """Refuse everything but white space from here on."""
        match = _SPACE.match(self._text, self._at)
        if match is None or match.end() != len(self._text):
            raise _malformed("something behind the object")

    def members(self, level: int) -> dict[str, Value]:
        """Read an object from behind its `{`."""
        members: dict[str, Value] = {}
        kind, key = self._next()
        if kind == "}":
            return members
        while True:
            if kind != '"':
                raise _malformed("not JSON of RFC 8259")
            if key in members:
                raise _malformed("a key stands twice")
            self.take(":")
            members[key] = self._value(*self._next(), level)
            if self._ends("}"):
                return members
            kind, key = self._next()

    def _items(self, level: int) -> None:
        """Go over a list from behind its `[`."""
        token = self._next()
        if token[0] == "]":
            return
        while True:
            self._value(*token, level)
            if self._ends("]"):
                return
            token = self._next()

    def _ends(self, mark: str) -> bool:
        """Go over the mark that ends an object or a list, or over the comma before more."""
        kind, _ = self._next()
        if kind not in (mark, ","):
            raise _malformed("not JSON of RFC 8259")
        return kind == mark

    def _value(self, kind: str, text: str, level: int) -> Value:
        """Return the value that begins with this token, in an object or list of this level."""
        if kind == '"':
            return text
        if kind == "word":
            return _WORDS.get(text)
        if kind not in ("{", "["):
            raise _malformed("not JSON of RFC 8259")
        if level == MAX_LEVELS:
            raise _malformed(f"deeper than {MAX_LEVELS}")
        if kind == "{":
            self.members(level + 1)
        else:
            self._items(level + 1)
        return None


def _unescaped(string: str) -> str:
    """Replace escapes; the halves of a character beyond U+FFFF become one, a lone half is none."""
    halves = _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else _SHORT.get(m[2], m[2]), string)
    try:
        return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError as error:
        raise _malformed("half a character") from error


def _malformed(message: str) -> Malformed:
    return Malformed(f"client data: {message}", code="client-data")
