"""Invented regions and stations: names from syllables, codes of provinces that do not exist."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Final

ZONES: Final = {"Asia/Jakarta": "96", "Asia/Makassar": "97", "Asia/Jayapura": "98"}
"""Time zone -> an invented province code in it."""
SYLLABLES: Final = (
    ("Kar", "Mel", "Sen", "Tan", "Wir", "Bal", "Lem", "Rang", "Sul", "Pan", "Gum", "Cir"),
    ("a", "i", "u", "o", "e"),
    ("kerta", "mulya", "sari", "wangi", "jaya", "laya", "maju", "tirta", "raya", "lestari"),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What to invent. `mistakes`, `missing` and `revised` are per mille of the forms.

    A kecamatan has `per_kecamatan` kelurahan of `per_kelurahan` stations, as far as they last.
    """

    seed: int = 1
    stations: int = 200
    office: str = "mayor"
    pairs: int = 3
    zone: str = "Asia/Jakarta"
    second: bool = False
    per_kelurahan: int = 8
    per_kecamatan: int = 6
    mistakes: int = 60
    missing: int = 15
    revised: int = 20
    sheets: bool = True
    empty_column: bool = False
    long_names: bool = False
    fields: str = "all"


@dataclass(slots=True)
class Places:
    """Names by region code; registered voters by kelurahan and TPS number."""

    names: dict[str, str] = field(default_factory=dict)
    stations: dict[str, dict[str, int]] = field(default_factory=dict)


def invent(shape: Shape, rng: random.Random) -> Places:
    """Invent one province with `shape.stations` stations; a governor's has several kabupaten."""
    places = Places()
    province = ZONES[shape.zone]
    places.names[province] = "Provinsi Contoh"
    kelurahan = -(-shape.stations // shape.per_kelurahan)
    kecamatan = -(-kelurahan // shape.per_kecamatan)
    per_kabko = kecamatan if shape.office != "governor" else min(max(-(-kecamatan // 4), 2), 40)
    if per_kabko > 99:
        raise ValueError(f"{kecamatan} kecamatan in one kab/kota: more stations per kelurahan?")
    kind, first = ("Kota", 71) if shape.office == "mayor" else ("Kabupaten", 1)
    left = shape.stations
    for number in range(kecamatan):
        kabko = f"{province}.{number // per_kabko + first:02}"
        places.names.setdefault(kabko, f"{kind} {_name(rng)}")
        code = f"{kabko}.{number % per_kabko + 1:02}"
        places.names[code] = _name(rng)
        for place in range(1, shape.per_kecamatan + 1):
            here = min(shape.per_kelurahan, left)
            if not here:
                break
            left -= here
            village = f"{code}.{place + (1000 if place % 2 else 2000)}"
            places.names[village] = _name(rng)
            places.stations[village] = _stations(here, rng)
    return places


def _stations(count: int, rng: random.Random) -> dict[str, int]:
    """Numbers from 001; the last of four or more is a station at a special location, 901."""
    numbers = [f"{n:03}" for n in range(1, count)] + ["901" if count > 3 else f"{count:03}"]
    return {number: rng.randint(120, 560) for number in numbers}


def _name(rng: random.Random) -> str:
    return "".join(rng.choice(part) for part in SYLLABLES)
