"""Which form of which place is filled in: named by arguments, known by a kit."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.core.ledger.places import contest_of
from rekap.core.statements import model, regions
from rekap.desk.officials import labels
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.talk import REFUSED, Fault
from rekap.desk.texts import both


@dataclass(frozen=True, slots=True)
class Child:
    """A column of a D form: a TPS number, or the code of a region, with its name."""

    code: str
    name: str = ""

    @property
    def is_station(self) -> bool:
        """Whether it is a TPS."""
        return regions.is_tps(self.code)

    def called(self, say: Say) -> str:
        """ "TPS 004", "Desa Ciamis (32.07.01.2001)"."""
        if self.is_station:
            return f"TPS {self.code}"
        return labels.place(say, self.code, self.name)

    @property
    def heading(self) -> str:
        """The head of a narrow column: "004", or the last group of a code."""
        return self.code.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Slot:
    """A form of a place in a kit. `children` are those of the roster; () for C.Hasil."""

    kit: Kit
    contest: dict[str, Any]
    form: str
    region: str
    tps: str | None
    children: tuple[Child, ...]

    @property
    def names(self) -> dict[str, str]:
        """The fields of a statement that name the slot."""
        named = {
            "election": self.kit.election, "contest": self.contest["id"], "form": self.form,
            "region": self.region,
        }  # fmt: skip
        return named if self.tps is None else {**named, "tps": self.tps}

    @property
    def key(self) -> str:
        """The slot as the ledger names it."""
        return model.slot_key(self.names)

    @property
    def fields(self) -> tuple[str, ...]:
        """All figures of the paper in its order."""
        return model.figure_fields(len(self.contest["pairs"]))

    @property
    def is_complete(self) -> bool:
        """Whether every figure must be there; a replay's source may lack some."""
        return self.kit.mode != "replay"

    @property
    def has_columns(self) -> bool:
        """Whether it is a D form."""
        return self.form in model.SHEETS

    def child(self, code: str) -> Child:
        """The column of a code, also of one that the roster does not name."""
        return next((one for one in self.children if one.code == code), Child(code))

    def head(self) -> bytes | None:
        """The envelope of the form that counts now, as far as the kit knows."""
        return self.kit.head(self.key)


def add_arguments(parser: ArgumentParser, say: Say) -> None:
    """Declare what names a slot."""
    take = taking(parser, say)
    take("--contest", both("slot.contest_may_be_left_out_if"), "C")
    forms = [form for form in model.FORMS if form != model.SUMMARY]
    parser.add_argument(
        "--form",
        required=True,
        choices=forms,
        metavar=say(*both("slot.form")),
        help=labels.listed(say, "form", forms),
    )
    take("--region", both("slot.region_code_with_dots"), both("arguments.code"), required=True)
    take("--tps", both("slot.three_digits_for_c_hasil_only"), "N")


def find(kit: Kit, options: Namespace) -> Slot:
    """Return the slot that the arguments name. Raises Fault for one that cannot exist."""
    contest = _contest(kit, options.contest)
    form, code, tps = options.form, options.region, options.tps
    _check_region(kit, contest, form, code)
    _check_tps(kit, form, code, tps)
    _check_scope(kit, code, tps)
    return Slot(kit, contest, form, code, tps, tuple(_children(kit, form, code)))


def _contest(kit: Kit, asked: str | None) -> dict[str, Any]:
    contests = kit.record["contests"]
    if asked is None and len(contests) == 1:
        only: dict[str, Any] = contests[0]
        return only
    known = ", ".join(one["id"] for one in contests)
    if asked is None:
        raise Fault(*both("slot.this_election_has_several_contests_name", known=known))
    found = contest_of(kit.record, asked)
    if found is None:
        raise Fault(*both("slot.there_is_no_contest_in_this", asked=asked, known=known), REFUSED)
    return found


def _check_region(kit: Kit, contest: dict[str, Any], form: str, code: str) -> None:
    level = model.FORMS[form].level
    if not regions.is_code(code) or regions.level(code) != level:
        raise Fault(
            *both("slot.is_a_form_of_level_and", form=form, level=level, code=code), REFUSED
        )
    top = contest["region"]
    if not regions.is_within(code, top):
        raise Fault(
            *both("slot.is_outside_contest_check_region", code=code, id=contest["id"], top=top),
            REFUSED,
        )
    if kit.get("regions", f"{kit.election}/{code}") is None:
        raise Fault(
            *both("slot.is_not_in_this_kit_which", code=code, region=kit.region, size=kit.size),
            REFUSED,
        )


def _check_scope(kit: Kit, code: str, tps: str | None) -> None:
    """Refuse a place that the kit was not cut for: most likely its number is mistyped."""
    below = kit.region in (code, regions.COUNTRY) or regions.is_below(code, kit.region)
    if below and kit.tps in (None, tps):
        return
    own = kit.region if kit.tps is None else f"{kit.region} TPS {kit.tps}"
    asked = code if tps is None else f"{code} TPS {tps}"
    raise Fault(*both("slot.this_kit_is_for_not_check", own=own, asked=asked), REFUSED)


def _check_tps(kit: Kit, form: str, code: str, tps: str | None) -> None:
    if form != model.STATION_FORM:
        if tps is not None:
            raise Fault(*both("slot.has_no_tps_number_leave_out", form=form), REFUSED)
        return
    if tps is None or not regions.is_tps(tps):
        raise Fault(*both("slot.a_tps_number_has_three_digits"), REFUSED)
    place = kit.get("regions", f"{kit.election}/{code}")
    listed = place.get("tps")
    if listed is None or tps in place.get("gone", ()):
        return
    numbers = [number for number, _ in listed]
    if tps not in numbers:
        told = f"{numbers[0]}–{numbers[-1]}" if numbers else "-"
        raise Fault(
            *both(
                "slot.tps_is_not_in_the_roster", tps=tps, code=code, numbers=len(numbers), told=told
            ),
            REFUSED,
        )


def _children(kit: Kit, form: str, code: str) -> Iterator[Child]:
    """The places of the roster in force that a D form must have as columns."""
    place = kit.get("regions", f"{kit.election}/{code}")
    if form == "d_hasil_kelurahan":
        yield from (Child(number) for number, _ in place.get("tps") or ())
    elif form in model.SHEETS:
        for kid in place.get("children") or ():
            below = kit.get("regions", f"{kit.election}/{kid}")
            if below is None:
                raise Fault(*both("slot.this_kit_does_not_hold_of", kid=kid), REFUSED)
            if below["listed"]:
                yield Child(kid, below["name"])
