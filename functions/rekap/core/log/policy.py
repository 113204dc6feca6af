"""Trust policies (C2SP tlog-policy): which logs and how many witnesses make a checkpoint count.

    log log.example/rekap+c126ccb8+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4
    #rekap log 5f0c…                       id of entry 0 of the log
    #rekap root pilkada-2024 9a31… 77b0…   key ids of the election's first roots
    witness w1 saksi.example/w1+22831b11+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X
    group saksi any w1
    quorum saksi

A `log` line and the `#rekap` lines up to the next one are a block: the anchors of that log, and
comments to other readers. Printed, the file is the paper anchor of a portal.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from rekap.core import codec
from rekap.core.errors import Malformed, NotVerified
from rekap.core.log import checkpoint as checkpoints
from rekap.core.log.checkpoint import Checkpoint
from rekap.core.signing import note
from rekap.core.signing.note import NoteKey

NONE = "none"
MAX_POLICY = 131_072

_NUMBER = re.compile("[1-9][0-9]{0,3}")
_ALLOWED = re.compile(rb"[\t\n\x20-\x7e\x80-\xff]*")


@dataclass(frozen=True, slots=True)
class Source:
    """A witness of the policy, as groups name it; `url` may be empty."""

    name: str
    key: NoteKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A log of the policy with its own anchors, as far as they are stated.

    `key` is named by the log's origin; `log_id` is the id of entry 0, `roots` are (election id, key
    ids). What one block states is never held against the log of another.
    """

    key: NoteKey
    url: str = ""
    log_id: str | None = None
    roots: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def lines(self) -> list[str]:
        """Return the block's lines as a policy file has them."""
        found = [_words("log", self.key.vkey, self.url)]
        if self.log_id is not None:
            found.append(_words("#rekap", "log", self.log_id))
        return found + [_words("#rekap", "root", name, *keyids) for name, keyids in self.roots]


@dataclass(frozen=True, slots=True)
class Group:
    """Met when `threshold` (1…n) of its members are met; a member is a witness or a group."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy. `quorum` names a witness, a group or `none`."""

    logs: tuple[Block, ...] = ()
    witnesses: tuple[Source, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NONE

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
        return cls((Block(key),))

    def format(self) -> bytes:
        """Return a policy file: `Policy.parse(p.format()) == p`."""
        lines = [line for block in self.logs for line in block.lines()]
        lines += [_words("witness", w.name, w.key.vkey, w.url) for w in self.witnesses]
        lines += [_words("group", g.name, str(g.threshold), *g.members) for g in self.groups]
        lines.append(_words("quorum", self.quorum))
        return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")

    @property
    def known(self) -> tuple[NoteKey, ...]:
        """The keys of all logs and witnesses."""
        return (*(log.key for log in self.logs), *(one.key for one in self.witnesses))

    def block_of(self, key: NoteKey | str) -> Block | None:
        """Return the block of a log by its key, or by its origin where one block alone has that."""
        found = [one for one in self.logs if key in (one.key, one.key.name)]
        return found[0] if len(found) == 1 else None


NO_POLICY = Policy()
"""Any log, no witness."""


def meets(policy: Policy, verified: Collection[NoteKey]) -> bool:
    """Say whether a checkpoint counts that exactly these keys signed (each line verified before).

    True if one log of the policy is among them (any, if the policy lists none) and the quorum is
    met.
    """
    if policy.logs and sum(block.key in verified for block in policy.logs) != 1:
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
        NotVerified: not one log of the policy signed under its own origin, or a known line fails.
    """
    text, verified = note.open_note(data, policy.known)
    checkpoint = checkpoints.parse(text)
    signers = [block.key for block in policy.logs if block.key in verified]
    if [key.name for key in signers] != [checkpoint.origin]:
        known = ", ".join(block.key.vkey for block in policy.logs)
        what = "signed by two logs" if len(signers) > 1 else "not signed by a log"
        raise NotVerified(f"{what} of the policy", "checkpoint", known, checkpoint.origin)
    checkpoints.check_empty(checkpoint)
    return checkpoint, verified


def signer_of(policy: Policy, verified: Collection[NoteKey]) -> Block:
    """Return the block of the log that signed a checkpoint which `open_checkpoint` opened."""
    return next(block for block in policy.logs if block.key in verified)


class _Reader:
    """Collects the lines of one policy file in order; each refers only to lines above it."""

    def __init__(self) -> None:
        self.logs: list[Block] = []
        self.witnesses: list[Source] = []
        self.groups: list[Group] = []
        self.quorum: str | None = None
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
                self.logs.append(Block(key, "".join(words[2:])))
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
        if self.block.log_id is not None:
            raise Malformed("a second anchor of the log")
        self.logs[-1] = replace(self.block, log_id=log_id)

    def anchor_root(self, election: str, keyids: tuple[str, ...]) -> None:
        codec.check_id(election, "")
        for keyid in keyids:
            codec.check_hex(keyid, "", 32)
        roots = self.block.roots
        if not keyids or election in dict(roots) or len(set(keyids)) != len(keyids):
            raise Malformed("an anchor of roots without keys, or twice")
        self.logs[-1] = replace(self.block, roots=(*roots, (election, keyids)))

    @property
    def block(self) -> Block:
        """The block that the line belongs to."""
        if not self.logs:
            raise Malformed("an anchor above every log")
        return self.logs[-1]

    def finish(self) -> Policy:
        if self.quorum is None:
            raise Malformed("no quorum", code="policy")
        return Policy(
            tuple(self.logs),
            tuple(self.witnesses),
            tuple(self.groups),
            self.quorum,
        )


def _key(vkey: str, kind: int, others: Iterable[Block | Source]) -> NoteKey:
    key = NoteKey.parse(vkey)
    if key.kind != kind:
        raise Malformed(f"a key of kind 0x{key.kind:02x}, want 0x{kind:02x}")
    if any(source.key.public == key.public for source in others):
        raise Malformed("the same public key twice")
    return key


def _words(*words: str) -> str:
    return " ".join(word for word in words if word)
