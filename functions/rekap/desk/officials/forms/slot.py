"""Which form of which place is filled in: named by arguments, known by a kit."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rekap.audit.commands.speech import Say
from rekap.core.ledger.places import contest_of
from rekap.core.statements import model, regions
from rekap.desk.officials import labels
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.talk import REFUSED, Fault


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
    parser.add_argument(
        "--contest",
        metavar="C",
        help=say(
            "kontes; boleh dilewati bila hanya ada satu", "contest; may be left out if one exists"
        ),
    )
    forms = [form for form in model.FORMS if form != model.SUMMARY]
    parser.add_argument(
        "--form",
        required=True,
        choices=forms,
        metavar=say("FORMULIR", "FORM"),
        help=labels.listed(say, "form", forms),
    )
    parser.add_argument(
        "--region",
        required=True,
        metavar=say("KODE", "CODE"),
        help=say("kode wilayah bertitik, misalnya 32.07.01.2001", "region code with dots"),
    )
    parser.add_argument(
        "--tps",
        metavar="N",
        help=say("tiga angka, hanya untuk c_hasil: 004", "three digits, for c_hasil only: 004"),
    )


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
        raise Fault(
            f"Pemilihan ini punya beberapa kontes. Sebutkan --contest: {known}.",
            f"This election has several contests. Name one with --contest: {known}.",
        )
    found = contest_of(kit.record, asked)
    if found is None:
        raise Fault(
            f"Kontes {asked} tidak ada dalam pemilihan ini. Yang ada: {known}.",
            f"There is no contest {asked} in this election. There are: {known}.",
            REFUSED,
        )
    return found


def _check_region(kit: Kit, contest: dict[str, Any], form: str, code: str) -> None:
    level = model.FORMS[form].level
    if not regions.is_code(code) or regions.level(code) != level:
        raise Fault(
            f"{form} adalah formulir tingkat {level}, dan {code} bukan kode wilayah tingkat itu."
            " Tulis kode Kemendagri dengan titik, misalnya 32.07.01.2001 untuk desa.",
            f"{form} is a form of level {level}, and {code} is no region code of that level."
            " Write a Kemendagri code with dots, for example 32.07.01.2001 for a desa.",
            REFUSED,
        )
    top = contest["region"]
    if not regions.is_within(code, top):
        raise Fault(
            f"{code} di luar wilayah kontes {contest['id']} ({top}). Periksa --region.",
            f"{code} is outside contest {contest['id']} ({top}). Check --region.",
            REFUSED,
        )
    if kit.get("regions", f"{kit.election}/{code}") is None:
        raise Fault(
            f"{code} tidak ada dalam kit ini, yang memuat wilayah {kit.region} pada {kit.size}"
            " catatan. Periksa kodenya, atau ambil kit untuk wilayah itu.",
            f"{code} is not in this kit, which holds region {kit.region} at {kit.size} entries."
            " Check the code, or get a kit for that region.",
            REFUSED,
        )


def _check_scope(kit: Kit, code: str, tps: str | None) -> None:
    """Refuse a place that the kit was not cut for: most likely its number is mistyped."""
    below = kit.region in (code, regions.COUNTRY) or regions.is_below(code, kit.region)
    if below and kit.tps in (None, tps):
        return
    own = kit.region if kit.tps is None else f"{kit.region} TPS {kit.tps}"
    asked = code if tps is None else f"{code} TPS {tps}"
    raise Fault(
        f"Kit ini untuk {own}, bukan {asked}. Periksa --region dan --tps, atau ambil kit untuk"
        " tempat itu.",
        f"This kit is for {own}, not {asked}. Check --region and --tps, or get a kit for that"
        " place.",
        REFUSED,
    )


def _check_tps(kit: Kit, form: str, code: str, tps: str | None) -> None:
    if form != model.STATION_FORM:
        if tps is not None:
            raise Fault(
                f"{form} tidak punya nomor TPS. Hapus --tps.",
                f"{form} has no TPS number. Leave out --tps.",
                REFUSED,
            )
        return
    if tps is None or not regions.is_tps(tps):
        raise Fault(
            "Nomor TPS ditulis tiga angka, misalnya --tps 004.",
            "A TPS number has three digits, for example --tps 004.",
            REFUSED,
        )
    place = kit.get("regions", f"{kit.election}/{code}")
    listed = place.get("tps")
    if listed is None or tps in place.get("gone", ()):
        return
    numbers = [number for number, _ in listed]
    if tps not in numbers:
        told = f"{numbers[0]}–{numbers[-1]}" if numbers else "-"
        raise Fault(
            f"TPS {tps} tidak ada dalam daftar {code} ({len(numbers)} TPS: {told})."
            " Periksa nomornya; bila TPS itu memang ada, minta KPU memperbarui daftar.",
            f"TPS {tps} is not in the roster of {code} ({len(numbers)} stations: {told})."
            " Check the number; if the station exists, ask KPU to update the roster.",
            REFUSED,
        )


def _children(kit: Kit, form: str, code: str) -> Iterator[Child]:
    """The places of the roster in force that a D form must have as columns."""
    place = kit.get("regions", f"{kit.election}/{code}")
    if form == "d_hasil_kelurahan":
        yield from (Child(number) for number, _ in place.get("tps") or ())
    elif form in model.SHEETS:
        for kid in place.get("kids") or ():
            below = kit.get("regions", f"{kit.election}/{kid}")
            if below is None:
                raise Fault(
                    f"Kit ini tidak memuat {kid}, padahal kolomnya ada di formulir ini. Ambil kit"
                    " lagi tanpa --levels.",
                    f"This kit does not hold {kid}, of which this form has a column. Take the kit"
                    " again without --levels.",
                    REFUSED,
                )
            if below["listed"]:
                yield Child(kid, below["name"])
