"""Statements about persons and their keys: `grant` and `revoke`; keys in other statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

from msgspec import UNSET, UnsetType

from rekap.core import codec
from rekap.core.statements import model, regions, shapes
from rekap.core.statements.shapes import Report
from rekap.core.statements.values import (
    ID,
    Algorithm,
    KeyId,
    Natural,
    OfAnElection,
    PairNumber,
    Part,
    Public,
    Region,
    Tps,
    among,
    integer,
    listed,
    whole,
)

KEYS_MAX: Final = 32


class Key(Part, rename={"algorithm": "alg", "public": "key"}, frozen=True, kw_only=True):
    """A public key, and what it signs with."""

    algorithm: Algorithm
    public: Public


Needed = Annotated[int, integer(1, KEYS_MAX)]
Keys = Annotated[tuple[Key, ...], listed(KEYS_MAX)]


class KeySet(Part, rename={"needed": "k"}, frozen=True, kw_only=True):
    """Keys of which `needed` must sign."""

    needed: Needed
    keys: Keys


def _person(report: Report, value: Any, path: str) -> None:
    """An id of a person in this election; never a NIK or a telephone number."""
    shapes.identifier(report, value, path)
    if type(value) is str and codec.EIGHT_DIGITS.search(value):
        report.add("digits", path)


PersonId = Annotated[
    str, whole(f"(?!.*[0-9]{{8}}){ID}", _person, "id without eight digits in a row")
]
Position = Annotated[
    str, among(dict.fromkeys(one for body in model.BODIES.values() for one in body.positions))
]


class Person(Part, frozen=True, kw_only=True, rename={"algorithm": "alg", "public": "key"}):
    """A person of a body, by an id that is a name in this election alone, with the key."""

    person: PersonId
    position: Position
    algorithm: Algorithm
    public: Public


class Grant(OfAnElection, tag="grant", frozen=True, kw_only=True):
    """Persons of one body at one place get their keys."""

    body: Annotated[str, among(model.BODIES)]
    region: Region
    persons: Annotated[tuple[Person, ...], listed(200)]
    tps: Tps | UnsetType = UNSET
    pair: PairNumber | UnsetType = UNSET
    organisation: PersonId | UnsetType = UNSET
    acting: Annotated[str, among(model.ACTING)] | UnsetType = UNSET


class Revoke(OfAnElection, tag="revoke", frozen=True, kw_only=True):
    """A key ends, and may be suspect from an entry on."""

    keyid: KeyId
    reason: Annotated[str, among(model.REVOKE_REASONS)]
    suspect_from: Natural | UnsetType = UNSET


def check_keys(report: Report, items: Sequence[Any], path: str) -> None:
    """Compare each key with its algorithm and refuse a key that is named twice."""
    seen = set()
    for index, item in enumerate(items):
        if type(item) is not dict or type(item.get("key")) is not str:
            continue
        key, algorithm = item["key"], item.get("alg")
        place = f"{path}.{index}.key"
        size = model.ALGORITHMS.get(algorithm) if type(algorithm) is str else None
        if size is not None and len(key) // 4 * 3 - key.count("=") != size:
            report.add("key", place)
        if key in seen:
            report.add("repeated", place)
        seen.add(key)


def check_keyset(report: Report, keyset: Any, path: str) -> None:
    """Each key fits its algorithm and stands once, and k of them can sign."""
    if type(keyset) is not dict or type(keyset.get("keys")) is not list:
        return
    check_keys(report, keyset["keys"], f"{path}.keys")
    k = keyset.get("k")
    if type(k) is int and k > len(keyset["keys"]):
        report.add("threshold", f"{path}.k")


def check_grant(report: Report, fields: dict[str, Any]) -> None:
    """The region and TPS fit the body; a witness has a pair, a pemantau an organisation."""
    if type(fields.get("persons")) is list:
        check_keys(report, fields["persons"], "persons")
    if not report.sound("body"):
        return
    body = fields["body"]
    shapes.require(report, fields, "pair", wanted=body == "saksi")
    shapes.require(report, fields, "organisation", wanted=body == "pemantau")
    if report.sound("acting") and "acting" in fields and not model.may_act(fields["acting"], body):
        report.add("value", "acting")
    wanted_level = model.BODIES[body].level
    if wanted_level is not None:
        shapes.require(report, fields, "tps", wanted=model.BODIES[body].of_tps)
    elif "tps" in fields:
        wanted_level = "kelurahan"
    if report.sound("region") and wanted_level not in (None, regions.level(fields["region"])):
        report.add("region-level", "region")
    if not report.sound("persons"):
        return
    seen = set()
    for index, person in enumerate(fields["persons"]):
        if person["position"] not in model.BODIES[body].positions:
            report.add("value", f"persons.{index}.position")
        if person["person"] in seen:
            report.add("repeated", f"persons.{index}.person")
        seen.add(person["person"])
