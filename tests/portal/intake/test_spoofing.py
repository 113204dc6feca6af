"""Every statement signed by every group of keys in every wrong setting: none takes effect.

The table of `tests.core.ledger.entitlements` says who may sign what. Each statement is signed by
each group, for its own and another election, its own and another log, with signatures of another
statement, with keys that ended, are unknown or weak. Intake and fold are both asked; exactly the
entitled ones are taken, so that no refusal is empty.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
from tests.core.ledger.entitlements import GROUPS, WRITERS, begun, roles_of, statements
from tests.core.ledger.realm import OTHER, Fork, names
from tests.core.ledger.world import keyid, signer
from tests.core.statements import builders
from tests.portal.intake.office import Office

from rekap.core import codec
from rekap.core.ledger import chain
from rekap.core.ledger.fold import fold
from rekap.core.ledger.state import Head, State
from rekap.core.signing import envelope, keys

Payload = dict[str, Any]
_TAKEN = {"effective", "head"}
LEAST = {
    "entitled": 80, "other group": 1_400, "below the threshold": 60, "other election": 1_100,
    "no election": 75, "other log": 1_600, "signatures of another": 70, "unknown key": 220,
    "with an unknown key": 300, "with a foreigner": 1_900,
}  # fmt: skip
"""Cases of each setting, at least. Each is counted in the test that tries it."""


@dataclass(frozen=True)
class Weak:
    """A key whose point has small order: R = that point and S = 0 fit it without any secret."""

    public: bytes
    alg: str = keys.ED25519

    @property
    def keyid(self) -> str:
        return keys.keyid(self.alg, self.public)

    def sign(self, message: bytes) -> bytes:
        return self.public + bytes(32)


_IDENTITY = (1).to_bytes(32, "little")
_ORDER_2 = (2**255 - 20).to_bytes(32, "little")
_ORDER_4 = bytes(32)
_verify = keys.verify
WEAK = [Weak(point) for point in (_IDENTITY, _ORDER_2, _ORDER_4)]


@cache
def table() -> list[tuple[str, Payload, dict[str, int], set[str]]]:
    return list(statements())


@dataclass
class Register:
    """The realm as intake sees it."""

    head: Head
    origin: str
    state: State = field(init=False)

    def __post_init__(self) -> None:
        self.state = State(begun().cache, self.head)

    def get(self, name: str, key: str) -> Any:
        if name == "heads":
            return chain.counted(self.state.slots.get(key))
        return self.state.get(name, key)

    def size(self) -> int:
        return self.state.size


@dataclass
class Court:
    """Asks intake and fold, at one size of the log; neither keeps anything."""

    entries: list[bytes]
    head: Head
    done: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, fork: Fork) -> Court:
        return cls(list(fork.entries), fork.state.commit())

    def judge(self, entry: bytes) -> tuple[int, str]:
        """The status that intake answers, and what becomes of the entry in the log."""
        realm = begun()
        answer = Office(Register(self.head, realm.origin)).insists(entry)  # type: ignore[arg-type]
        state = State(realm.cache, self.head, read_entry=self.entries.__getitem__)
        fold(state, entry, check=_verified)
        record = state.entry(state.size - 1)
        return answer.status, str(record["status"])

    def refuses(self, entry: bytes, context: str, *label: object) -> None:
        status, state = self.judge(entry)
        # A form that lacks signers waits for them at the portal; it is in line for nothing.
        assert status in (202, 401, 403, 409, 422), (context, label, status)
        assert state in ("void", "waiting"), (context, label, state)
        self.done[context] += 1

    def takes(self, entry: bytes, context: str, *label: object, status: int = 201) -> None:
        answered, state = self.judge(entry)
        assert (answered, state in _TAKEN) == (status, True), (context, label, answered, state)
        self.done[context] += 1


@cache
def _realm_court() -> Court:
    return Court.of(begun().fork())


@pytest.fixture
def court() -> Iterator[Court]:
    """Judges at the realm's end; tells how many cases there were, and that they were enough."""
    made = _realm_court()
    made.done.clear()
    yield made
    print(dict(made.done))
    for context, number in made.done.items():
        assert number >= LEAST[context], (context, number)


@pytest.fixture(autouse=True)
def _held_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Intake asks it too: what held is not verified again by the fold or in the next case."""
    monkeypatch.setattr(keys, "verify", _verified)


@cache
def _verified(key: keys.PublicKey, message: bytes, signature: Any, scope: Any = None) -> None:
    _verify(key, message, signature, scope)


def signed(payload: Payload, signers: Iterable[Any], log: str | None = None) -> bytes:
    payload = {**payload, "log": log or begun().origin}
    return envelope.sign(builders.encode(payload), list(signers))


def group_of(name: str, number: int | None = None) -> list[Any]:
    return [signer(role) for role in roles_of(name, number or GROUPS[name])]


def test_exactly_the_entitled_groups_are_taken_by_intake_and_fold(court: Court) -> None:
    """Each statement by each group, and with one person fewer than the law asks for."""
    for label, payload, entitled, _ in table():
        for group in GROUPS:
            entry = signed(payload, group_of(group))
            if group in entitled:
                taken = 422 if label in WRITERS else 201
                court.takes(entry, "entitled", label, group, status=taken)
            else:
                court.refuses(entry, "other group", label, group)
        for group, number in entitled.items():
            if number > 1:
                entry = signed(payload, group_of(group, number - 1))
                court.refuses(entry, "below the threshold", label, group)


def test_a_statement_of_another_election_is_not_the_entitled_ones_to_sign(court: Court) -> None:
    for label, payload, entitled, _ in table():
        if payload.get("election") != builders.ELECTION:
            continue
        moved = {**payload, "election": OTHER}
        for group in GROUPS:
            if group.startswith("lain-"):
                continue
            entry = signed(moved, group_of(group))
            court.refuses(entry, "other election", label, group, group in entitled)
        unknown = {**payload, "election": "pemilihan-ketiga"}
        for group in entitled:
            court.refuses(signed(unknown, group_of(group)), "no election", label, group)


def test_a_statement_of_another_log_is_nobodys_to_sign(court: Court) -> None:
    """The live log, another operator's, and this one's replay: the origin is signed."""
    origins = ("rekap.example/log", "lain.example/rehearsal/log", "rekap.example/replay/log")
    for number, (label, payload, entitled, _) in enumerate(table()):
        for group in GROUPS:
            asked = origins if group in entitled else [origins[number % 3]]
            for origin in asked:
                entry = signed(payload, group_of(group), log=origin)
                court.refuses(entry, "other log", label, group, origin)


def test_signatures_of_one_statement_are_none_of_another(court: Court) -> None:
    """Those of the entitled group under the next statement that it may sign, replayed."""
    by_group: dict[str, list[tuple[str, Payload]]] = {}
    for label, payload, entitled, _ in table():
        for group in entitled:
            by_group.setdefault(group, []).append((label, payload))
    for group, sent in by_group.items():
        for (label, payload), (_, other) in zip(sent, [*sent[1:], sent[0]], strict=True):
            if payload == other:
                continue
            mine, theirs = (json.loads(signed(p, group_of(group))) for p in (payload, other))
            moved = {**mine, "signatures": theirs["signatures"]}
            court.refuses(codec.encode(moved), "signatures of another", label, group)


def test_keys_that_nobody_granted_and_weak_ones_sign_nothing(court: Court) -> None:
    """Alone, and beside those who are entitled: then the whole envelope is void."""
    strangers = [[signer("tak-dikenal")], *([weak] for weak in WEAK)]
    for label, payload, entitled, _ in table():
        for who in strangers:
            court.refuses(signed(payload, who), "unknown key", label)
            for group in entitled:
                entry = signed(payload, [*group_of(group), *who])
                court.refuses(entry, "with an unknown key", label, group)


def test_a_foreigner_beside_the_entitled_spoils_the_envelope(court: Court) -> None:
    for label, payload, entitled, watching in table():
        for group in entitled:
            for other in GROUPS:
                if other in entitled or other in watching:
                    continue
                entry = signed(payload, [*group_of(group), *group_of(other, 1)])
                court.refuses(entry, "with a foreigner", label, group, other)


ENDED = {
    "kpu-prov-90": ("kpu", 2), "kpu-kabko-90.01": ("kpu-prov-90", 2),
    "ppk-90.01.01": ("kpu-kabko-90.01", 2), "kpps-90.01.01.1001-001": ("ppk-90.01.01", 2),
    "saksi-kec": ("pair1", 1), "pengawas": ("bawaslu", 2),
}  # fmt: skip
"""Group whose keys end -> who ends them."""


@pytest.mark.parametrize("suspect", [False, True])
@pytest.mark.parametrize("group", ENDED)
def test_keys_that_ended_or_are_suspect_sign_nothing_more(group: str, suspect: bool) -> None:
    """All keys of a body end; what it was entitled to sign before is nobody's until a new grant."""
    fork = begun().fork()
    granter, number = ENDED[group]
    for role in names(group, GROUPS[group]):
        extra = {"suspect_from": fork.state.size} if suspect else {}
        payload = builders.revoke(keyid=keyid(role), **extra)
        assert fork.try_(payload, *names(granter, number)) == "effective"
    after = Court.of(fork)
    tried = 0
    for label, payload, entitled, _ in table():
        if group in entitled:
            after.refuses(signed(payload, group_of(group)), "ended key", label, group)
            _realm_court().takes(signed(payload, group_of(group)), "before", label, group)
            tried += 1
    assert tried


def test_the_matrix_is_large_enough() -> None:
    assert sum(LEAST.values()) - LEAST["entitled"] >= 5_000
