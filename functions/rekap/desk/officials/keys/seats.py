"""Persons of a list, seated in the bodies of an election: who is granted what, or why not.

A body is told by position and region: a ketua or anggota at a kecamatan is of its PPK, unless a
column names another. Persons without an id get `<body>-<region>[-<tps>]-<n>`, where n goes on after
those that the kit knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.ledger.offices import BODIES
from rekap.core.signing.keys import PublicKey
from rekap.core.statements import model, regions
from rekap.desk.elections.problems import Problem
from rekap.desk.officials.keys.bodies import Numbers, Person, Seat, needs
from rekap.desk.officials.keys.people import Row
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.texts import both

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "region-code": both("seats.region-code"),
    "outside": both("seats.outside"),
    "not-in-roster": both("seats.not-in-roster"),
    "position": both("seats.position"),
    "body": both("seats.body"),
    "body-level": both("seats.body-level"),
    "organisation-needed": both("seats.organisation-needed"),
    "organisation-unexpected": both("seats.organisation-unexpected"),
    "tps-needed": both("seats.tps-needed"),
    "tps-unexpected": both("seats.tps-unexpected"),
    "pair-needed": both("seats.pair-needed"),
    "pair-unexpected": both("seats.pair-unexpected"),
    "person": both("seats.person"),
    "person-elsewhere": both("seats.person-elsewhere"),
    "person-twice": both("seats.person-twice"),
    "key-twice": both("seats.key-twice"),
    "key-taken": both("seats.key-taken"),
}
"""Code -> sentence in Indonesian and English, each ending with what to do."""

WARNINGS: Final[dict[str, tuple[str, str]]] = {
    "too-few": both("seats.too-few"),
    "no-ketua": both("seats.no-ketua"),
    "two-ketua": both("seats.two-ketua"),
    "second-key": both("seats.second-key"),
}
"""What does not stop a grant, but must be known."""


def _told(row: Row) -> str | None:
    """The body that position and place tell: a ketua or anggota is of the organiser there."""
    if row.position == "pengawas":
        return "ptps" if row.tps else "pkd"
    if row.position in ("saksi", "pemantau"):
        return row.position
    return BODIES[regions.depth(row.region)] if regions.is_code(row.region) else None


@dataclass(slots=True)
class Seating:
    """Seats the rows of one list by a kit; `problems` stop the grant, `warnings` do not."""

    kit: Kit
    file: str
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    _known: dict[Seat, dict[str, dict[str, Any]]] = field(default_factory=dict)
    _owners: dict[str, Seat] = field(default_factory=dict)
    _keys: dict[str, int] = field(default_factory=dict)
    _pairs: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        contests = self.kit.record["contests"]
        self._pairs = frozenset(p["number"] for contest in contests for p in contest["pairs"])
        for keyid, key in self.kit.register.maps["keys"].items():
            if key["body"] in model.BODIES and key["election"] == self.kit.election:
                seat = Seat(key["body"], key["region"], key.get("tps", ""), key.get("pair", 0),
                            key.get("organisation", ""))  # fmt: skip
                self._known.setdefault(seat, {})[keyid] = key
                self._owners[key["person"]] = seat

    def seat(self, rows: Iterable[tuple[Row, PublicKey | None]]) -> dict[Seat, list[Person]]:
        """Return who sits where; a row without a key (its problem is known) is checked too."""
        seated: dict[Seat, list[tuple[Row, PublicKey]]] = {}
        for row, public in rows:
            place = self._place(row)
            if public is not None and self._is_free(row, public) and place is not None:
                seated.setdefault(place, []).append((row, public))
        named = {place: self._name(place, members) for place, members in sorted(seated.items())}
        for place, persons in named.items():
            self._warn(place, persons)
        return named

    def _add(self, row: Row, column: str, code: str, **details: object) -> None:
        place = (self.file, row.line, column)
        self.problems.append(Problem.of(SENTENCES, place, code, details))

    def _place(self, row: Row) -> Seat | None:
        """The body and place of a row, or None after saying what is wrong."""
        before = len(self.problems)
        body = self._body(row)
        self._check_region(row)
        pair = self._pair(row)
        is_kelurahan = regions.is_code(row.region) and regions.depth(row.region) == 4
        organisation = self._organisation(row, body)
        sits = model.BODIES.get(body or "")
        if sits is not None and sits.of_tps and not row.tps:
            self._add(row, "tps", "tps-needed")
        elif row.tps and regions.is_code(row.region) and not is_kelurahan:
            self._add(row, "tps", "tps-unexpected")
        if len(self.problems) > before or body is None:
            return None
        return Seat(body, row.region, row.tps, pair, organisation)

    def _body(self, row: Row) -> str | None:
        """The body that a row names, else the one that its position and place tell."""
        body = row.body or _told(row)
        sits = model.BODIES.get(body or "")
        if row.body and sits is None:
            self._add(row, "body", "body", found=row.body[:40], bodies=", ".join(model.BODIES))
        elif sits is not None and row.position not in sits.positions:
            self._add(row, "position", "position", found=row.position[:40], body=body,
                      positions=", ".join(sits.positions))  # fmt: skip
        elif sits is not None and regions.is_code(row.region):
            if sits.level not in (None, regions.level(row.region)):
                self._add(row, "body", "body-level", body=body)
            return body
        return None

    def _organisation(self, row: Row, body: str | None) -> str:
        if body == "pemantau":
            self._check_id(row, "organisation")
        elif row.organisation and body is not None:
            self._add(row, "organisation", "organisation-unexpected")
        return row.organisation if body == "pemantau" else ""

    def _check_id(self, row: Row, column: str) -> bool:
        value = getattr(row, column)
        try:
            codec.check_id(value, column)
            codec.check_text(value, 64, column, free=True)
        except Malformed:
            code = column if column == "person" else "organisation-needed"
            self._add(row, column, code, found=value[:40])
            return False
        return True

    def _check_region(self, row: Row) -> None:
        kit, code = self.kit, row.region
        if not regions.is_code(code):
            self._add(row, "region", "region-code", found=code[:40])
            return
        if not regions.is_within(code, kit.region):
            self._add(row, "region", "outside", found=code, kit=kit.region)
            return
        known = kit.get("regions", f"{kit.election}/{code}")
        if known is None:
            self._add(row, "region", "not-in-roster", found=code)
        elif row.tps and regions.depth(code) == 4:
            listed = known.get("tps")
            numbers = None if listed is None else {number for number, _ in listed}
            if not regions.is_tps(row.tps) or (numbers is not None and row.tps not in numbers):
                self._add(row, "tps", "not-in-roster", found=f"{code} TPS {row.tps[:10]}")

    def _pair(self, row: Row) -> int:
        if row.position != "saksi":
            if row.pair:
                self._add(row, "pair", "pair-unexpected")
            return 0
        number = int(row.pair) if row.pair.isascii() and row.pair.isdigit() else 0
        if number not in self._pairs:
            self._add(row, "pair", "pair-needed")
        return number

    def _is_free(self, row: Row, public: PublicKey) -> bool:
        """Tell whether a key belongs to nobody yet, in the list and in the kit."""
        first = self._keys.setdefault(public.keyid, row.line)
        if first != row.line:
            self._add(row, "key", "key-twice", line=first)
            return False
        owner = self.kit.get("keys", public.keyid)
        if owner is not None:
            place = owner["region"] + (f" TPS {owner['tps']}" if owner.get("tps") else "")
            self._add(row, "key", "key-taken", found=public.keyid, person=owner["person"],
                      where=place)  # fmt: skip
        return owner is None

    def _name(self, place: Seat, members: list[tuple[Row, PublicKey]]) -> list[Person]:
        """Give every person of a seat an id: the list's, else the next free number."""
        lines: dict[str, int] = {}
        for row, _ in members:
            if row.person and self._may_be(row, place, lines):
                lines[row.person] = row.line
        numbers = self._numbers(place, lines)
        persons = []
        for row, public in members:
            person = row.person or next(numbers)
            persons.append(Person(row.line, person, row.position, public))
        return persons

    def _may_be(self, row: Row, place: Seat, lines: dict[str, int]) -> bool:
        if not self._check_id(row, "person"):
            return False
        owner = self._owners.setdefault(row.person, place)
        if owner != place:
            self._add(row, "person", "person-elsewhere", found=row.person, where=owner.prefix)
        elif row.person in lines:
            self._add(row, "person", "person-twice", found=row.person, line=lines[row.person])
            return False
        return True

    def _numbers(self, place: Seat, lines: dict[str, int]) -> Numbers:
        known = {key["person"] for key in self._known.get(place, {}).values()}
        return Numbers(place.prefix, known | set(lines), lambda name: name in self._owners)

    def _warn(self, place: Seat, persons: list[Person]) -> None:
        """Say what the body lacks, with those whom the kit knows and whose keys are in force."""
        line = persons[0].line
        known = {k: v for k, v in self._known.get(place, {}).items() if v.get("revoked") is None}
        policy = self.kit.record.get("policy", {})
        everybody = {key["person"]: key["position"] for key in known.values()}
        for person in persons:
            for keyid, key in known.items():
                if key["person"] == person.person:
                    self._warn_of(person.line, "second-key", person=person.person, keyid=keyid)
            everybody[person.person] = person.position
        task, required = needs(place.body, policy)
        if len(everybody) < required:
            self._warn_of(line, "too-few", place, present=len(everybody), required=required,
                          task=task)  # fmt: skip
        chairs = sum(position == "ketua" for position in everybody.values())
        if "ketua" in model.BODIES[place.body].positions and chairs != 1:
            self._warn_of(line, "two-ketua" if chairs else "no-ketua", place, present=chairs)

    def _warn_of(self, line: int, code: str, place: Seat | None = None, **details: object) -> None:
        start = f"{place.prefix}: " if place else ""
        indonesian, english = (start + text.format(**details) for text in WARNINGS[code])
        self.warnings.append(Problem(self.file, line, "", code, indonesian, english))
