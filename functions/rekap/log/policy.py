"""Trust policies (C2SP tlog-policy): which logs and how many witnesses make a checkpoint count.

    log log.example/rekap+c126ccb8+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4
    witness w1 saksi.example/w1+22831b11+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X
    group saksi any w1
    quorum saksi
    #rekap log 5f0c…                       id of entry 0 of the log
    #rekap root pilkada-2024 9a31… 77b0…   key ids of the election's first roots

The last two are comments to other readers. Printed, the file is the paper anchor of a portal.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from rekap import codec
from rekap.errors import Malformed, NotVerified
from rekap.log import checkpoint as checkpoints
from rekap.log.checkpoint import Checkpoint
from rekap.signing import note
from rekap.signing.note import NoteKey

NONE = "none"
MAX_POLICY = 65_536

_NUMBER = re.compile("[1-9][0-9]{0,3}")
_ALLOWED = re.compile(rb"[\t\n\x20-\x7e\x80-\xff]*")


@dataclass(frozen=True, slots=True)
class Source:
    """A log or a witness of the policy. `name` of a log is its origin; `url` may be empty."""

    name: str
    key: NoteKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Met when `threshold` (1…n) of its members are met; a member is a witness or a group."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy. `quorum` names a witness, a group or `none`.

    `log_id` is the id of entry 0 and `roots` are (election id, key ids): the anchors, if stated.
    """

    logs: tuple[Source, ...] = ()
    witnesses: tuple[Source, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NONE
    log_id: str | None = None
    roots: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def parse(cls, data: bytes) -> Policy:
        """Read a policy file.

        Raises:
            Malformed: `field` is the line's number.
        """
        if len(data) > MAX_POLICY:
            raise Malformed(f"a policy of {len(data)} bytes, at most {MAX_POLICY}", code="policy")
        if not _ALLOWED.fullmatch(data) or (data and not data.endswith(b"\n")):
            raise Malformed("a control character, or no final newline", code="policy")
        reader = _Reader()
        for number, row in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), 1):
            try:
                reader.line([word for word in re.split("[ \t]+", row) if word])
            except Malformed as error:
                raise Malformed(error.message, f"line {number}", "policy") from error
        return reader.finish()

    @classmethod
    def of_lines(cls, lines: Iterable[str]) -> Policy:
        """Read a policy from its lines without newlines, as entry 0 has them; raises as `parse`."""
        return cls.parse("".join(f"{line}\n" for line in lines).encode())

    @classmethod
    def of_log(cls, key: NoteKey) -> Policy:
        """Return the policy of readers who know a log's key and ask for no witness."""
        return cls((Source(key.name, key),))

    def format(self) -> bytes:
        """Return a policy file: `Policy.parse(p.format()) == p`."""
        lines = [_words("log", source.key.vkey, source.url) for source in self.logs]
        lines += [_words("witness", w.name, w.key.vkey, w.url) for w in self.witnesses]
        lines += [_words("group", g.name, str(g.threshold), *g.members) for g in self.groups]
        lines.append(_words("quorum", self.quorum))
        if self.log_id is not None:
            lines.append(_words("#rekap", "log", self.log_id))
        lines += [_words("#rekap", "root", election, *keyids) for election, keyids in self.roots]
        return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")

    @property
    def known(self) -> tuple[NoteKey, ...]:
        """The keys of all logs and witnesses."""
        return tuple(source.key for source in (*self.logs, *self.witnesses))


NO_POLICY = Policy()
"""Any log, no witness."""


def meets(policy: Policy, verified: Collection[NoteKey]) -> bool:
    """Say whether a checkpoint counts that exactly these keys signed (each line verified before).

    True if a log of the policy is among them (any, if the policy lists none) and the quorum is met.
    """
    if policy.logs and not any(source.key in verified for source in policy.logs):
        return False
    met = {NONE} | {witness.name for witness in policy.witnesses if witness.key in verified}
    for group in policy.groups:
        if sum(member in met for member in group.members) >= group.threshold:
            met.add(group.name)
    return policy.quorum in met


def open_checkpoint(data: bytes, policy: Policy) -> tuple[Checkpoint, tuple[NoteKey, ...]]:
    """Return the checkpoint that one of the policy's logs signed, and all known keys that did.

    Whether the quorum is met is a further question: `meets(policy, verified)`.

    Raises:
        Malformed: not a note, or its text is no checkpoint.
        NotVerified: no log of the policy signed under its own origin, or a known line fails.
    """
    text, verified = note.open_note(data, policy.known)
    checkpoint = checkpoints.parse(text)
    for source in policy.logs:
        if source.key in verified and source.key.name == checkpoint.origin:
            checkpoints.check_empty(checkpoint)
            return checkpoint, verified
    known = ", ".join(source.key.vkey for source in policy.logs)
    raise NotVerified("not signed by a log of the policy", "checkpoint", known, checkpoint.origin)


class _Reader:
    """Collects the lines of one policy file in order; each refers only to lines above it."""

    def __init__(self) -> None:
        self.logs: list[Source] = []
        self.witnesses: list[Source] = []
        self.groups: list[Group] = []
        self.quorum: str | None = None
        self.log_id: str | None = None
        self.roots: dict[str, tuple[str, ...]] = {}
        self.names: set[str] = set()
        self.members: set[str] = set()

    def line(self, words: list[str]) -> None:
        match words:
            case ["#rekap", "log", log_id]:
                self.anchor_log(log_id)
            case ["#rekap", "root", election, *keyids]:
                self.anchor_root(election, tuple(keyids))
            case ["#rekap", "log" | "root", *_]:
                raise Malformed("not an anchor")
            case []:
                pass
            case [first, *_] if first.startswith("#"):
                pass
            case ["log", vkey] | ["log", vkey, _]:
                key = _key(vkey, note.ED25519, self.logs)
                self.logs.append(Source(key.name, key, "".join(words[2:])))
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                self.define(name)
                key = _key(vkey, note.COSIGNATURE, self.witnesses)
                self.witnesses.append(Source(name, key, "".join(words[3:])))
            case ["group", name, threshold, *members] if members:
                self.group(name, threshold, members)
            case ["quorum", name]:
                self.set_quorum(name)
            case _:
                raise Malformed("not a line of a policy")

    def group(self, name: str, threshold: str, members: list[str]) -> None:
        for member in members:
            if member not in self.names or member in self.members:
                raise Malformed(f"member {member!r} is not defined above, or stands twice")
            self.members.add(member)
        self.define(name)
        words = {"any": 1, "all": len(members)}
        if threshold not in words and not _NUMBER.fullmatch(threshold):
            raise Malformed(f"not a threshold: {threshold!r}")
        needed = words.get(threshold) or int(threshold)
        if needed > len(members):
            raise Malformed(f"{needed} of {len(members)} members")
        self.groups.append(Group(name, needed, tuple(members)))

    def set_quorum(self, name: str) -> None:
        if self.quorum is not None:
            raise Malformed("a second quorum")
        if name != NONE and name not in self.names:
            raise Malformed(f"quorum {name!r} is not defined above")
        self.quorum = name

    def define(self, name: str) -> None:
        if name == NONE or name in self.names:
            raise Malformed(f"name {name!r} is taken")
        self.names.add(name)

    def anchor_log(self, log_id: str) -> None:
        codec.check_hex(log_id, "")
        if self.log_id is not None:
            raise Malformed("a second anchor of the log")
        self.log_id = log_id

    def anchor_root(self, election: str, keyids: tuple[str, ...]) -> None:
        codec.check_id(election, "")
        for keyid in keyids:
            codec.check_hex(keyid, "", 32)
        if not keyids or election in self.roots or len(set(keyids)) != len(keyids):
            raise Malformed("an anchor of roots without keys, or twice")
        self.roots[election] = keyids

    def finish(self) -> Policy:
        if self.quorum is None:
            raise Malformed("no quorum", code="policy")
        return Policy(
            tuple(self.logs),
            tuple(self.witnesses),
            tuple(self.groups),
            self.quorum,
            self.log_id,
            tuple(self.roots.items()),
        )


def _key(vkey: str, kind: int, others: Iterable[Source]) -> NoteKey:
    key = NoteKey.parse(vkey)
    if key.kind != kind:
        raise Malformed(f"a key of kind 0x{key.kind:02x}, want 0x{kind:02x}")
    if any(source.key.public == key.public for source in others):
        raise Malformed("the same public key twice")
    return key


def _words(*words: str) -> str:
    return " ".join(word for word in words if word)
