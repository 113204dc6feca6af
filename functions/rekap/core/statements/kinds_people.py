"""Statements about persons and their keys: `grant` and `revoke`; keys in other statements."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.statements import model, regions, shapes
from rekap.core.statements.shapes import Check, Report, array, closed, integer, one_of


def public_key(report: Report, value: Any, path: str) -> None:
    """A base64 key whose length fits some algorithm; `check_keys` compares it with its own."""
    if type(value) is not str:
        report.add("type", path)
        return
    try:
        data = codec.b64decode(value, path)
    except Malformed as error:
        report.add(error.code, path)
        return
    if len(data) not in model.ALGORITHMS.values() or (len(data) == 33 and data[0] not in (2, 3)):
        report.add("key", path)


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


KEYS_MAX: Final = 32
KEY: Final[dict[str, Check]] = {"alg": one_of(model.ALGORITHMS), "key": public_key}
KEYSET: Final[dict[str, Check]] = {
    "k": integer(1, KEYS_MAX),
    "keys": array(closed(KEY), KEYS_MAX),
}


def check_keyset(report: Report, keyset: Any, path: str) -> None:
    """Each key fits its algorithm and stands once, and k of them can sign."""
    if type(keyset) is not dict or type(keyset.get("keys")) is not list:
        return
    check_keys(report, keyset["keys"], f"{path}.keys")
    k = keyset.get("k")
    if type(k) is int and k > len(keyset["keys"]):
        report.add("threshold", f"{path}.k")


_EIGHT_DIGITS: Final = re.compile("[0-9]{8}")


def _person(report: Report, value: Any, path: str) -> None:
    """An id of a person in this election; never a NIK or a telephone number."""
    shapes.identifier(report, value, path)
    if type(value) is str and _EIGHT_DIGITS.search(value):
        report.add("digits", path)


grant_fields: Final = closed(
    {
        **shapes.OF_AN_ELECTION,
        "body": one_of(model.BODIES),
        "region": shapes.region,
        "persons": array(
            closed(
                {
                    "person": _person,
                    "position": one_of(["ketua", "anggota", "saksi", "pengawas"]),
                    **KEY,
                }
            ),
            200,
        ),
    },
    {"tps": shapes.tps, "pair": integer(1, model.PAIRS_MAX)},
)


def check_grant(report: Report, fields: dict[str, Any]) -> None:
    """The region fits the body; a KPPS has its TPS, a witness his pair; persons stand once."""
    if type(fields.get("persons")) is list:
        check_keys(report, fields["persons"], "persons")
    if not report.sound("body"):
        return
    body = fields["body"]
    shapes.require(report, fields, "pair", wanted=body == "saksi")
    wanted_level = model.BODIES[body].level
    if wanted_level is not None:
        shapes.require(report, fields, "tps", wanted=body == "kpps")
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


revoke_fields: Final = closed(
    {
        **shapes.OF_AN_ELECTION,
        "keyid": shapes.keyid,
        "reason": one_of(model.REVOKE_REASONS),
    },
    {"suspect_from": integer(0)},
)
