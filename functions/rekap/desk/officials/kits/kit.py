"""A kit: the part of the ledger that one office needs to work offline.

It was cut from a verified log at one size, and stands in for the portal's register: the checks of
intake and the ledger ask it as they ask the register itself. It is a convenience of its holder.
The portal never sees it, and decides by the log alone.

    {"election":"…","format":"rekap-kit/1","heads":{slot:envelope},"ids":{…},"keys":{…},"meta":{…},
     "region":"32.07.06","regions":{…},"root":"…","size":1234,"tps":null}

`heads` holds the exact bytes of the envelope by which the head of a slot took effect; the other
maps are those of `ledger.state`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn

from rekap.audit.commands import files
from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.ledger.state import REGISTER_MAPS
from rekap.core.signing import envelope as dsse
from rekap.core.statements import regions, schema
from rekap.core.statements.model import slot_key
from rekap.desk.officials.kits import shape

FORMAT: Final = "rekap-kit/1"
MAX_KIT: Final = 128 * 1024 * 1024
_NAMES: Final = sorted(
    ("format", "election", "region", "tps", "size", "root", "heads", *REGISTER_MAPS)
)


@dataclass(frozen=True, slots=True)
class Register:
    """The maps `meta`, `ids`, `keys`, `regions` of a kit, as intake asks a register."""

    maps: Mapping[str, Mapping[str, Any]]
    entries: int

    def get(self, name: str, key: str) -> Any:
        """Return the value of `key` in map `name`, or None."""
        return self.maps[name].get(key)

    def size(self) -> int:
        """Return how many entries of the log it knows."""
        return self.entries


@dataclass(frozen=True, slots=True)
class Kit:
    """What an office at `region` (and `tps`) knew when the log had `size` entries.

    `root` is base64. It is a `ledger.offices.View`, and a portal for `intake.content.check`.
    """

    election: str
    region: str
    tps: str | None
    size: int
    root: str
    register: Register
    heads: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """Origin of the log."""
        return str(self.register.get("meta", "log")["log"])

    @property
    def mode(self) -> str:
        """Mode of the log: live, rehearsal or replay."""
        return str(self.register.get("meta", "log")["mode"])

    @property
    def receipt_key(self) -> str:
        """The verifier key of receipts."""
        return str(self.register.get("meta", "log")["receipt_key"])

    @property
    def signer(self) -> NoReturn:
        """No office begins a log: `intake.content.check` asks a portal's signer only for that."""
        raise RuntimeError("a kit has no receipt key of its own")

    @property
    def record(self) -> dict[str, Any]:
        """The record of the election."""
        found: dict[str, Any] = self.get("meta", f"election/{self.election}")
        return found

    def get(self, name: str, key: str) -> Any:
        """Return the value of `key` in map `name`, or None."""
        return self.register.get(name, key)

    def head(self, slot: str) -> bytes | None:
        """Return the exact envelope of the head of a slot, None if it has none."""
        return self.heads.get(slot)

    def slots(self) -> tuple[str, ...]:
        """Return the keys of the slots that have a head, sorted."""
        return tuple(sorted(self.heads))

    @classmethod
    def read(cls, path: Path) -> Kit:
        """Read a kit. Raises Malformed if the file is not exactly one, OSError."""
        return cls.parse(files.read(path, MAX_KIT))

    @classmethod
    def parse(cls, data: bytes) -> Kit:
        """Return the kit whose only spelling is `data`; raises Malformed."""
        value = _decode(data)
        maps = {name: value[name] for name in REGISTER_MAPS}
        _check_maps(maps, value["election"], value["region"])
        heads = {slot: _head(slot, text) for slot, text in value["heads"].items()}
        return cls(
            value["election"], value["region"], value["tps"], value["size"], value["root"],
            Register(maps, value["size"]), heads,
        )  # fmt: skip

    def serialize(self) -> bytes:
        """Return the bytes of the file: `Kit.parse(kit.serialize()) == kit`."""
        return codec.encode_public(
            {
                "format": FORMAT,
                "election": self.election,
                "region": self.region,
                "tps": self.tps,
                "size": self.size,
                "root": self.root,
                "heads": {slot: data.decode("ascii") for slot, data in self.heads.items()},
                **{name: dict(self.register.maps[name]) for name in REGISTER_MAPS},
            }
        )

    def write(self, path: Path) -> int:
        """Write the kit, also over an older one, and return the number of its bytes."""
        data = self.serialize()
        files.write(path, data)
        return len(data)


def _decode(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_KIT:
        raise Malformed(f"more than {MAX_KIT} bytes", code="too-large")
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON in UTF-8", code="not-json") from error
    if codec.encode_public(value) != data:
        raise Malformed("not the canonical spelling of its value", code="not-canonical")
    if not isinstance(value, dict) or value.get("format") != FORMAT or sorted(value) != _NAMES:
        raise Malformed(f"not of the format {FORMAT}", code="kit")
    _check_outline(value)
    return value


def _check_outline(value: dict[str, Any]) -> None:
    """Check the members that are no maps, and that the others are."""
    codec.check_id(value["election"], "election")
    region, tps, size = value["region"], value["tps"], value["size"]
    if not isinstance(region, str) or not (region == regions.COUNTRY or regions.is_code(region)):
        raise Malformed("not a region", "region", "kit")
    if tps is not None and not (isinstance(tps, str) and regions.is_tps(tps)):
        raise Malformed("not a TPS", "tps", "kit")
    if type(size) is not int or size < 1:
        raise Malformed("not a size", "size", "kit")
    if not isinstance(value["root"], str) or len(codec.b64decode(value["root"], "root")) != 32:
        raise Malformed("not a root", "root", "kit")
    for name in ("heads", *REGISTER_MAPS):
        if not isinstance(value[name], dict):
            raise Malformed("not a map", name, "kit")


def _check_maps(maps: Mapping[str, Mapping[str, Any]], election: str, own: str) -> None:
    shape.check_log(maps["meta"].get("log"), "meta.log")
    shape.check_election(maps["meta"].get(f"election/{election}"), "meta.election")
    for keyid, key in maps["keys"].items():
        shape.check_key(keyid, key)
    for code, region in maps["regions"].items():
        shape.check_region(code, region, election)
    if own != regions.COUNTRY and f"{election}/{own}" not in maps["regions"]:
        raise Malformed("without its own region", "regions", "kit")
    for statement_id, record in maps["ids"].items():
        shape.check_id(statement_id, record)


def _head(slot: str, text: Any) -> bytes:
    """Return the envelope of a slot's head after comparing it with the slot."""
    data = text.encode() if isinstance(text, str) else b""
    fields = schema.parse_statement(dsse.parse(data).payload).fields
    if fields["kind"] != "form" or slot_key(fields) != slot:
        raise Malformed("a head of another slot", f"heads.{slot}", "kit")
    return data
