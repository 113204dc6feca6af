"""Vectors of `clientDataJSON`: what browsers write, and each way in which parsers disagree."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator

from scripts.vectors.cases import ORIGIN, PASSKEY_ORIGIN, PASSKEY_RP_ID, Case, passkey, vector

from rekap.core import codec
from rekap.core.errors import NotVerified
from rekap.core.signing import envelope, keys

ORIGINS = (PASSKEY_ORIGIN, "https://rekap.example")
# A time whose challenge has both letters in which base64url differs.
PAYLOAD = codec.encode({"at": "2024-11-27T14:05:02+07:00", "kind": "close", "log": ORIGIN})
MESSAGE = envelope.pae(PAYLOAD)


def _unpadded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


CHALLENGE = _unpadded(hashlib.sha256(MESSAGE).digest())
TYPE = b'"type":"webauthn.get"'
ASKED = b'"challenge":"%s"' % CHALLENGE
FROM = b'"origin":"%s"' % PASSKEY_ORIGIN.encode()
ALONE = b'"crossOrigin":false'
SAFARI = b"{%s,%s,%s}" % (TYPE, ASKED, FROM)
CHROME = b"{%s,%s,%s,%s}" % (TYPE, ASKED, FROM, ALONE)
PLAY = SAFARI.replace(b"//", rb"\/\/").replace(b"}", b',"androidPackageName":"com.android.chrome"}')
"""What may be changed, added or wrapped below: `_with` adds members to the shortest."""


def _with(*members: bytes) -> bytes:
    return b"{%s}" % b",".join((SAFARI[1:-1], *members))


def _long(size: int) -> bytes:
    return _with(b'"x":"%s"' % (b"a" * (size - len(_with(b'"x":""')))))


def _deep(levels: int) -> bytes:
    """Lists and objects in turn, the object itself counted."""
    below = b""
    for level in range(levels, 1, -1):
        below = b"[%s]" % below if level % 2 else b'{"x":%s}' % (below or b"0")
    return _with(b'"x":%s' % below)


def _many(members: int) -> bytes:
    return _with(*(b'"x%d":%d' % (number, number) for number in range(members - 3)))


def _browsers() -> Iterator[tuple[str, bytes]]:
    yield "Safari: no crossOrigin", SAFARI
    yield "Chrome", CHROME
    told = b"do not compare clientDataJSON against a template. See https://goo.gl/yabPex"
    yield (
        "Chrome with a key of its own",
        CHROME[:-1] + b',"other_keys_can_be_added_here":"%s"}' % told,
    )
    yield "Play services: escaped slashes, no crossOrigin", PLAY
    yield (
        "Play services with crossOrigin",
        _with(ALONE, b'"androidPackageName":"com.android.chrome"'),
    )
    yield "Firefox: alphabetical", b"{%s,%s,%s,%s}" % (ASKED, ALONE, FROM, TYPE)
    yield (
        "older Firefox: alphabetical, with members that went",
        b'{%s,"clientExtensions":{},"hashAlgorithm":"SHA-256",%s,%s}' % (ASKED, FROM, TYPE),
    )
    yield (
        "older Edge: tokenBinding",
        b'{%s,%s,"tokenBinding":{"status":"supported"},%s}' % (ASKED, FROM, TYPE),
    )


def _taken() -> Iterator[tuple[str, bytes]]:
    yield from _browsers()
    yield "another uploader", SAFARI.replace(PASSKEY_ORIGIN.encode(), b"https://rekap.example")
    members = json.loads(SAFARI)
    yield "white space", b" \t\r\n" + json.dumps(members, indent=1).encode() + b"\r\n\t "
    yield "every character escaped", _escaped(members)
    yield "keys in another case", _with(b'"Type":"webauthn.create"', b'"TopOrigin":1')
    yield "keys of objects inside", _with(b'"x":{"type":"a","topOrigin":"b","crossOrigin":true}')
    yield (
        "keys that objects of JavaScript have",
        _with(b'"__proto__":{"type":"x"}', b'"constructor":null', b'"":""'),
    )
    yield "keys that only normalisation makes equal", _with(b'"\xc3\xa9":1', b'"e\xcc\x81":2')
    yield (
        "characters beyond U+FFFF, raw and escaped",
        _with(b'"x":"\xf0\x9f\x97\xb3"', rb'"y":"\uD83d\uDdf3"'),
    )
    yield (
        "U+0000 escaped, U+007F, U+FEFF, U+FFFF, U+10FFFF",
        _with(rb'"x":"\u0000"', b'"y":"\x7f\xef\xbb\xbf\xef\xbf\xbf\xf4\x8f\xbf\xbf"'),
    )
    yield "all escapes", _with(rb'"x":"\"\\\/\b\f\n\r\t\u00e9\u00E9"')
    yield "all values", _with(b'"x":[true,false,null,"",{},[],[1,"a"],0]')
    yield (
        "numbers that are no number anywhere",
        _with(
            b'"x":[1e999,-0,-0.0E+00,1E-9,0.10,123456789012345678901234567890]',
            b'"y":' + b"9" * 3_000,
        ),
    )
    yield "8 levels", _deep(8)
    yield (
        "16 members, more of them inside",
        _many(15)[:-1] + b',"x":{%s}}' % b",".join(b'"%d":[]' % number for number in range(20)),
    )
    yield "4,096 bytes", _long(4_096)


def _escaped(members: dict[str, str]) -> bytes:
    def text(value: str) -> str:
        return '"' + "".join(f"\\u{ord(char):04x}" for char in value) + '"'

    return f"{{{','.join(f'{text(k)}:{text(v)}' for k, v in members.items())}}}".encode()


def _changed() -> Iterator[tuple[str, bytes]]:
    """A member that matters."""
    yield "a registration", CHROME.replace(b".get", b".create")
    yield "a payment", CHROME.replace(b"webauthn", b"payment")
    yield "the value of type in another case", CHROME.replace(b"webauthn.get", b"WebAuthn.Get")
    yield "type empty", CHROME.replace(b"webauthn.get", b"")
    yield "type with a space behind it", CHROME.replace(b"webauthn.get", b"webauthn.get ")
    digest = hashlib.sha256(MESSAGE).digest()
    for what, challenge in (
        ("of another statement", _unpadded(hashlib.sha256(MESSAGE + b" ").digest())),
        ("that is the message, not its digest", _unpadded(MESSAGE)),
        ("with padding", CHALLENGE + b"="), ("with a letter more", CHALLENGE + b"A"),
        ("with other bits behind the last byte", CHALLENGE[:-1] + b"x"), ("empty", b""),
        ("in lower case", CHALLENGE.lower()), ("in hex", digest.hex().encode()),
        ("in standard base64", base64.b64encode(digest).rstrip(b"=")),
    ):  # fmt: skip
        yield f"a challenge {what}", CHROME.replace(CHALLENGE, challenge)
    for origin in (
        b"https://evil.example", b"http://unggah.rekap.example", b"https://unggah.rekap.example/",
        b"https://unggah.rekap.example:443", b"https://Unggah.rekap.example", b"null", b"",
    ):  # fmt: skip
        yield f"from {origin.decode()}", CHROME.replace(PASSKEY_ORIGIN.encode(), origin)
    yield "origin with a NUL behind it", CHROME.replace(FROM, FROM[:-1] + rb'\u0000"')
    for value in (b"true", b"null", b"0", b'""', b'"false"', b"[]", b"{}", b"[false]"):
        yield f"crossOrigin {value.decode()}", _with(b'"crossOrigin":' + value)
    for value in (b"null", b"false", b'""', FROM[9:], b"[]"):
        yield f"topOrigin {value.decode()}", _with(b'"topOrigin":' + value)
    yield "topOrigin by an escape", _with(rb'"top\u004frigin":null')
    yield "crossOrigin by an escape", _with(rb'"\u0063rossOrigin":true')
    for name, member in (("type", TYPE), ("challenge", ASKED), ("origin", FROM)):
        value = member.partition(b":")[2]
        for what, other in (
            ("missing", b'"x":0'),
            ("as a list", b'"%s":[%s]' % (name.encode(), value)),
            ("in an object", b'"x":{%s}' % member),
            ("null", b'"%s":null' % name.encode()),
            ("true", b'"%s":true' % name.encode()),
            ("in another case", b'"%s":%s' % (name.capitalize().encode(), value)),
            ("twice", member + b"," + member),
            ("twice, once by an escape", rb'"\u%04x%s":%s,' % (
                ord(name[0]), name[1:].encode(), b'"x"') + member),
            ("twice, the other behind", member + rb',"%s":"x"' % name.encode()),
        ):  # fmt: skip
            yield f"{name} {what}", SAFARI.replace(member, other)


def _unread() -> Iterator[tuple[str, bytes]]:
    """What some parser takes, or takes otherwise than another."""
    yield "byte order mark", b"\xef\xbb\xbf" + SAFARI
    yield "UTF-16", SAFARI.decode().encode("utf-16")
    yield "nothing", b""
    yield "white space alone", b" "
    for what, byte in (("NUL", b"\0"), ("a form feed", b"\f"), ("U+00A0", b"\xc2\xa0"),
                       ("a second object", b"{}"), ("a brace", b"}"), ("a comma", b","),
                       ("a comment", b"//x"), ("a word", b"x")):  # fmt: skip
        yield f"{what} behind", SAFARI + byte
        yield f"{what} before", byte + SAFARI
    yield "a vertical tab between tokens", SAFARI.replace(b":", b":\v", 1)
    yield "cut off", SAFARI[:-1]
    yield "a list", b"[%s]" % SAFARI
    yield "a string", json.dumps(SAFARI.decode()).encode()
    yield "a list's mark before", b"[" + SAFARI[1:]
    yield "a list's mark behind", SAFARI[:-1] + b"]"
    yield "marks of a list", b"[%s]" % SAFARI[1:-1]
    yield "single quotes", SAFARI.replace(b'"', b"'")
    yield "a key without quotes", SAFARI.replace(b'"type"', b"type")
    yield "a key that is a number", _with(b"1:1")
    yield "a comma behind the last member", SAFARI[:-1] + b",}"
    yield "a comma before the first member", b"{," + SAFARI[1:]
    yield "two commas", SAFARI.replace(b",", b",,", 1)
    yield "no comma", SAFARI.replace(b",", b" ", 1)
    yield "no colon", SAFARI.replace(b":", b" ", 1)
    yield "two colons", SAFARI.replace(b":", b"::", 1)
    for value in (
        b"NaN", b"Infinity", b"-Infinity", b"undefined", b"True", b"nul", b"nulll", b"truefalse",
        b"+1", b"01", b"-01", b"-", b".5", b"5.", b"1.e1", b"1e", b"1e+", b"0x10", b"1_000", b"1 2",
        b"\xd9\xa1", b"1\xd9\xa1", b"", b"[1,]", b"[,1]", b"[1 2]", b"[1,,2]", b"[", b"]", b"[1}",
        b":]", b",]", b"]]", b"}]", b":1", b"[1:2]", b"[1{2]", b'[1","2]', b"[1]2]", b"[1}2]",
        b'{"a":1:"b":2}', b'{"a":1]"b":2}', b'{"a",1}', b'{"a"{1}', b'{"a"1 1}', b"{[1]:1}",
        b"{:1}", b"{true:1}", b"{]", b'{"a":1,}', b'{"a"}', b'{"a":}', b'{"a":1', b'"a" "b"',
        b"/**/1", b"1//", b"'a'",
    ):  # fmt: skip
        yield f"the value {value.decode()}", _with(b'"x":' + value)
    for string in (
        rb"\a", rb"\u12", rb"\u12g4", rb"\U0041", rb"\x41", rb"\u+041", rb"\u 041", rb"\'", rb"\0",
        rb"\u{41}", b"\\\n", b"\\", b"\\u\xef\xbc\x91\xef\xbc\x92\xef\xbc\x93\xef\xbc\x94",
    ):  # fmt: skip
        yield f"the escape {string.decode()}", _with(b'"x":"%s"' % string)
    for point in (0x00, 0x09, 0x0A, 0x0D, 0x1F):
        yield f"U+{point:04X} in a string", _with(b'"x":"%c"' % point)
        yield f"U+{point:04X} in a key", _with(b'"x%c":0' % point)
    for half in (
        rb"\ud800", rb"\uDFFF", rb"\ud83d\ud83d", rb"\uddf3\ud83d", rb"\ud83d \uddf3", rb"\ud83dx",
        rb"\ud83d\u0041", rb"\ud83d\n", rb"\\ud83d\uddf3",
    ):  # fmt: skip
        yield f"half a character: {half.decode()}", _with(b'"x":"%s"' % half)
        yield f"half a character in a key: {half.decode()}", _with(b'"%s":0' % half)
    for what, data in (
        ("a byte of no character", b"\xff"), ("a rest alone", b"\x80"), ("cut off", b"\xe2\x80"),
        ("a surrogate", b"\xed\xa0\xbd\xed\xb7\xb3"), ("overlong", b"\xc0\xaf"),
        ("overlong NUL", b"\xc0\x80"), ("overlong of three", b"\xe0\x80\xaf"),
        ("above U+10FFFF", b"\xf4\x90\x80\x80"), ("Latin 1", b"\xe9"),
    ):  # fmt: skip
        yield f"UTF-8: {what}", _with(b'"x":"%s"' % data)
    yield "a key twice", _with(b'"x":1', b'"x":1')
    yield "a key twice by an escape", _with(b'"x/":1', rb'"x\/":1')
    yield "a key twice, beyond U+FFFF", _with(b'"\xf0\x9f\x97\xb3":1', rb'"\ud83d\uddf3":1')
    yield "a key twice in an object inside", _with(b'"x":{"a":1,"a":2}')
    yield "a key twice in an object in a list", _with(rb'"x":[[{"a":1,"\u0061":2}]]')
    yield "a key twice: __proto__", _with(b'"__proto__":1', b'"__proto__":1')
    yield "9 levels", _deep(9)
    yield "1,800 levels", _with(b'"x":' + b"[" * 1_800 + b"]" * 1_800)
    yield "17 members", _many(17)
    yield "4,097 bytes", _long(4_097)
    yield "4,097 bytes by white space", SAFARI.ljust(4_097)


def make_client_data() -> Case:
    """Client data of a passkey's signatures over one statement's PAE, each rightly signed.

    `bytes` of `refused` are no reason to refuse but for what `what` says.
    """
    device, signature = passkey(MESSAGE)
    good = [_case(what, data) for what, data in _taken()]
    bad = [_case(what, data) for what, data in (*_changed(), *_unread())]
    assert signature.authenticator_data is not None
    for case in good:
        _verify(case)
    for case in bad:
        try:
            _verify(case)
        except NotVerified as error:
            if error.message == "signature does not verify":
                raise RuntimeError(f"{case['what']}: badly signed") from error
        else:
            raise RuntimeError(f"{case['what']}: accepted")
    names = [case["what"] for case in (*good, *bad)]
    if len(names) != len(set(names)):
        raise RuntimeError("one name twice")
    return {
        **device, "message": MESSAGE.hex(), "origins": list(ORIGINS), "rp_id": PASSKEY_RP_ID,
        "authenticator_data": signature.authenticator_data.hex(), **vector(good, bad),
    }  # fmt: skip


def _case(what: str, data: bytes) -> Case:
    _, signature = passkey(MESSAGE, data)
    return {"what": what, "bytes": data.hex(), "sig": signature.sig.hex()}


def _verify(case: Case) -> None:
    device, signature = passkey(MESSAGE, bytes.fromhex(case["bytes"]))
    key = keys.PublicKey(device["alg"], bytes.fromhex(device["public"]))
    scope = keys.WebAuthnScope(frozenset(ORIGINS), PASSKEY_RP_ID)
    keys.verify(key, MESSAGE, signature, scope)
