"""An enrolment: a public key for one election, with the proof that somebody holds the private one.

    rekap-pendaftaran/1 ORIGIN ELECTION ALG KEY PROOF [AUTHENTICATOR-DATA CLIENT-DATA]

One line, for a file, a message or a cell of a list. A file may have lines that begin with `#`
beside it, for people. What is signed is five lines that can be no statement, note or checkpoint:

    rekap enrolment v1
    ORIGIN
    ELECTION
    ALG
    KEY

so a proof serves one log and one election, and never as anything else. The last two words are a
passkey's, whose challenge is the SHA-256 of these lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rekap.core import codec
from rekap.core.errors import Malformed, NotVerified
from rekap.core.signing import keys
from rekap.core.signing.keys import PublicKey, WebAuthnScope
from rekap.core.signing.signature import Signature
from rekap.core.signing.signer import Signer

NAME: Final = "rekap-pendaftaran/1"
FILE: Final = ".daftar.txt"
KEY: Final = ".kunci.pem"
MAX_FILE: Final = 16_384
MAX_LINE: Final = 8_192
_BASE64: Final = "[A-Za-z0-9+/]+=*"
_LINE: Final = re.compile(
    rf"{re.escape(NAME)} (?P<origin>[a-z0-9.:/_~-]{{1,200}}) (?P<election>[a-z0-9.-]{{1,64}})"
    rf" (?P<alg>[a-z0-9-]{{1,20}}) (?P<key>{_BASE64}) (?P<proof>{_BASE64})"
    rf"(?: (?P<data>{_BASE64}) (?P<client>{_BASE64}))?"
)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What somebody asks to be granted; the proof is not verified yet."""

    origin: str
    election: str
    public: PublicKey
    proof: Signature

    @classmethod
    def parse(cls, line: str) -> Enrolment:
        """Return the enrolment whose only spelling is `line`; raises Malformed."""
        match = _LINE.fullmatch(line) if len(line) <= MAX_LINE else None
        if match is None:
            raise Malformed(f"not a line {NAME}", code="enrolment")
        codec.check_id(match["election"], "election")
        public = PublicKey(match["alg"], codec.b64decode(match["key"], "key"))
        keys.check_public(public.alg, public.public)
        parts = (match["data"], match["client"])
        data, client = (codec.b64decode(part, "proof") if part else None for part in parts)
        sig = codec.b64decode(match["proof"], "proof")
        proof = Signature(public.keyid, sig, data, client)
        return cls(match["origin"], match["election"], public, proof)

    @classmethod
    def parse_file(cls, data: bytes) -> Enrolment:
        """Return the enrolment in a text: one line of it, the others empty or remarks."""
        try:
            rows = [row.strip() for row in data.decode("utf-8-sig").splitlines()]
        except UnicodeDecodeError as error:
            raise Malformed("not UTF-8", code="enrolment") from error
        lines = [row for row in rows if row and not row.startswith("#")]
        if len(lines) != 1:
            raise Malformed(f"not one line {NAME} and remarks", code="enrolment")
        return cls.parse(lines[0])

    @property
    def line(self) -> str:
        """The line: `Enrolment.parse(e.line) == e`."""
        raw = [self.public.public, self.proof.sig]
        raw += [part for part in (self.proof.authenticator_data, self.proof.client_data) if part]
        words = [codec.b64encode(part) for part in raw]
        return " ".join([NAME, self.origin, self.election, self.public.alg, *words])

    def file(self, remarks: Iterable[str]) -> bytes:
        """The line as a file, under remarks for people."""
        return ("".join(f"# {row}\n" for row in remarks) + f"{self.line}\n").encode()

    def verify(self, scope: WebAuthnScope | None = None) -> None:
        """Verify that who asks holds the private key; raises NotVerified.

        `scope` says where passkeys of this log may be used.
        """
        keys.verify(self.public, self.message, self.proof, scope)

    @property
    def message(self) -> bytes:
        """The bytes that the proof signs."""
        return message(self.origin, self.election, self.public)


def path_beside(key: Path) -> Path:
    """Return where the enrolment of a key file stands: beside it."""
    name = key.name
    for ending in (KEY, ".pem", ".kunci"):
        if name.endswith(ending) and name != ending:
            name = name.removesuffix(ending)
            break
    return key.with_name(name + FILE)


def message(origin: str, election: str, public: PublicKey) -> bytes:
    """Return the five lines that prove possession of a key for one log and one election."""
    words = ("rekap enrolment v1", origin, election, public.alg, codec.b64encode(public.public))
    return "".join(f"{word}\n" for word in words).encode()


def enrol(origin: str, election: str, signer: Signer) -> Enrolment:
    """Return the enrolment of a signer's key; raises Malformed for another origin or id."""
    public = PublicKey(signer.alg, signer.public)
    signature = Signature(signer.keyid, signer.sign(message(origin, election, public)))
    made = Enrolment(origin, election, public, signature)
    try:
        made.verify()
    except NotVerified as error:
        raise Malformed("the key does not sign", code="enrolment") from error
    return Enrolment.parse(made.line)


def grouped(keyid: str) -> str:
    """Return a key id as people read it aloud: eight groups of four."""
    return " ".join(keyid[at : at + 4] for at in range(0, len(keyid), 4))


def ungrouped(text: str) -> str:
    """Return a key id from what a person typed: spaces, dashes and capitals do not matter."""
    return re.sub(r"[\s-]", "", text).lower()
