"""Payloads that are almost statements: one or two parts changed, taken away or added."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any, Final

from tests.core.statements import builders

Payload = dict[str, Any]
Path = tuple[str | int, ...]

VALUES: Final = (
    0, 1, -1, 100, 999_999_999, 1_000_000_000, 1.5, True, False, None, "", [], {}, "a", "A", "id",
    "001", "000", "90", "90.01", "90.01.01", "90.01.01.1001", "ab" * 32, "AB" * 32, "ab" * 16,
    "é", "\u00ad", "\u2013", "\u0180", "a\nb", '"', "\\", "1234567", "12345678", "a" * 64, "a" * 65,
    "a" * 100, "a" * 101, "a" * 200, "a" * 201, "2024-02-29", "2023-02-29", "0000-01-01",
    "2024-11-27T24:00:00+07:00", "2024-11-27T14:05:60+07:00", "2024-11-27T14:05:00+10:00",
    "c_hasil", "summary", "d_hasil_kelurahan", "d_hasil_kecamatan", "saksi", "ketua", "kpps",
    "ed25519", "webauthn-es256", "replay", "live", "governor", "mayor", "first", "source", "R1",
    "voted", "log", "bukti", "data", "https://a.b:1", "http://localhost:80", "http://a",
    "localhost", "example", "unggah.rekap.example", "https://rekap.example", "AAA=", "AAB=",
    "a.b/log", "a.b:80/rehearsal/log", "-a", "a-",
)  # fmt: skip
ADDED: Final = (
    "x", "tps", "pair", "previous", "rows", "children", "sheets", "reason", "count", "stations_in",
    "as_of_text", "source", "names", "empty_column", "notes", "part", "child", "explains",
    "accept", "suspect_from", "registered", "signed", "pair_3", "pair_100", "pair_0", "fixed",
)  # fmt: skip


def payloads() -> list[Payload]:
    """Valid ones with as many parts as there are."""
    form = builders.form(
        attended={"listed": 210, "moved": 3, "unlisted": 0},
        witnesses=[
            {"pair": 1, "present": True, "signed": False, "reason": "left"},
            {"pair": 2, "present": False, "signed": False},
        ],
        scans=[{"page": 1, "sha256": "ab" * 32, "bytes": 5, "type": "image/png"}],
        explanations=[
            {"rule": "R1", "part": "voted", "child": "001", "text": "x"},
            {"rule": "X3", "part": "R1", "child": "90.01", "text": "y"},
        ],
    )
    initials = {"ketua": True, "pairs": [1, 2], "supervisor": True}
    because = [{"basis": "plano", "objection": "ab" * 32, "initials": initials}, {"basis": "event"}]
    corrected = builders.corrected(
        ["001", "pair_1", 118, 120, 1], ["002", "valid", 1, 215, 0], because=because
    )
    pairs = [builders.pair(1), builders.empty_column(2), builders.pair(3, notes=[builders.note()])]
    contest = builders.contest(
        pairs=pairs, population={"value": 4, "source": "s"}, source_forms=["c_hasil", "summary"],
        margin={"per_mille": 5, "source": "s"},
    )  # fmt: skip
    roots = {
        "kpu": builders.keyset(builders.key("a"), builders.key("b"), k=2),
        "bawaslu": builders.keyset(builders.key("c")),
        "pairs": [{"number": 1, **builders.keyset(builders.key("e", "webauthn-es256"))}],
    }
    election = builders.election(contests=[contest], roots=roots, policy={"grant": 3}, source="a")
    before = {"origin": "a.b/log", "size": 3, "root": "A" * 43 + "="}
    return [
        *builders.every_payload(), form, corrected, election, builders.log(predecessor=before),
        builders.publication(verifier="ab" * 32, fixed=True),
    ]  # fmt: skip


def mutants(number: int, seed: int) -> Iterator[bytes]:
    """Yield the valid payloads, then `number` changed ones, as canonical JSON as far as it goes."""
    chance = random.Random(seed)
    whole = payloads()
    for payload in whole:
        yield _spelled(payload)
    for _ in range(number):
        changed = copy.deepcopy(chance.choice(whole))
        for _ in range(chance.choice((1, 1, 2))):
            _change(changed, chance, whole)
        yield _spelled(changed)


def _spelled(payload: Payload) -> bytes:
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    if isinstance(value, dict | list):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in parts:
            yield from _paths(part, (*path, key))


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _change(payload: Payload, chance: random.Random, whole: list[Payload]) -> None:
    path = chance.choice(list(_paths(payload)))
    parent, key = _at(payload, path[:-1]), path[-1]
    way = chance.randrange(7)
    if way == 0:
        parent.pop(key, None) if isinstance(parent, dict) else parent.pop(key)
    elif way == 1 and isinstance(parent, dict):
        parent[chance.choice(ADDED)] = chance.choice(VALUES)
    elif way == 1:
        parent.insert(chance.randrange(len(parent) + 1), copy.deepcopy(chance.choice(parent)))
    elif way == 2 and isinstance(parent, list):
        chance.shuffle(parent)
    elif way == 3 and type(parent[key]) is int:
        parent[key] += chance.choice((-1, 1, 2))
    elif way == 4 and type(parent[key]) is str:
        at = chance.randrange(len(parent[key]) + 1)
        middle = chance.choice(("", *"a0.-/+ éZ9_:~"))
        parent[key] = parent[key][:at] + middle + parent[key][at + chance.randrange(2) :]
    elif way == 5:
        other = chance.choice(whole)
        found = [one for one in _paths(other) if one[-1] == key]
        parent[key] = copy.deepcopy(_at(other, chance.choice(found))) if found else "x"
    else:
        parent[key] = copy.deepcopy(chance.choice(VALUES))
