"""Shapes of fields: closed objects, bounded lists, texts, ids; each check reports, none raises.

A `Check` looks at one value and adds what is wrong to the `Report`. Paths are dotted, with list
positions from 0: "contests.0.pairs.1.names". The sender of a statement gets all findings at once,
so a check never stops at the first one; checks that compare fields ask `Report.sound` first.
What a type bounds is checked by the check that `check_of` makes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from itertools import pairwise
from typing import Any, Final, TypeAlias

from msgspec import inspect

from rekap.core import codec
from rekap.core.errors import Finding, Malformed

NAME_MAX: Final = 100
TEXT_MAX: Final = 200

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "kind": ("Jenis pernyataan tidak dikenal.", "The kind of statement is unknown."),
    "unknown-field": ("Isian ini tidak dikenal.", "This field is unknown."),
    "missing-field": ("Isian ini wajib ada.", "This field is required."),
    "unexpected-field": ("Isian ini tidak berlaku di sini.", "This field does not belong here."),
    "type": ("Jenis nilai isian ini salah.", "This field has a value of the wrong type."),
    "empty": (
        "Isian ini kosong; hapus bila tidak ada isinya.",
        "This field is empty; leave it out.",
    ),
    "too-long": ("Teks ini terlalu panjang.", "This text is too long."),
    "text": ("Teks ini memuat karakter yang tidak diizinkan.", "A character is not allowed here."),
    "digits": (
        "Ada delapan angka berurutan atau lebih; jangan menulis NIK atau nomor telepon.",
        "Eight or more digits in a row; write no identity or telephone number.",
    ),
    "id": ("Bukan pengenal yang sah.", "This is not a valid id."),
    "hex": ("Bukan sidik digital yang sah.", "This is not a valid digest or key id in hex."),
    "base64": ("Bukan base64 baku.", "This is not standard padded base64."),
    "time": (
        "Bukan waktu yang sah, contoh: 2024-11-27T14:05:00+07:00.",
        "Not a valid time, for example 2024-11-27T14:05:00+07:00.",
    ),
    "date": ("Bukan tanggal yang sah.", "This is not a valid date, for example 2024-11-27."),
    "spelling": ("Penulisan nilai ini salah.", "This value is not spelled as required."),
    "value": ("Nilai ini tidak ada dalam daftar.", "This value is not in the closed list."),
    "range": ("Angka ini di luar batas.", "This number is out of range."),
    "too-many": ("Daftar ini terlalu panjang.", "This list is too long."),
    "too-many-columns": (
        "Satu lembar paling banyak memuat 300 kolom.",
        "A sheet has at most 300 columns.",
    ),
    "order": (
        "Daftar ini harus urut dan tanpa pengulangan.",
        "This list must be sorted and without repetition.",
    ),
    "repeated": ("Nilai ini sudah disebut.", "This value is already named."),
    "region": ("Wilayah ini tidak sesuai di sini.", "This region does not fit here."),
    "region-level": (
        "Tingkat wilayah ini tidak sesuai.",
        "This region has the wrong level here.",
    ),
    "key": ("Kunci publik ini tidak sah.", "This is not a valid public key."),
    "threshold": (
        "Jumlah ini melebihi banyaknya kunci.",
        "This number is larger than the number of keys.",
    ),
    "reserved": ("Pengenal ini dipakai oleh situs.", "This id is reserved by the site."),
    "null": ("Sel ini tidak boleh kosong.", "This cell must not be unknown."),
    "columns": (
        "Baris ini harus memuat satu angka untuk setiap kolom.",
        "This row must have one number per column.",
    ),
    "rows": (
        "Kolom harus memuat baris yang persis sama dengan jumlah akhir.",
        "The columns must have exactly the rows of the totals.",
    ),
    "no-column": ("Formulir ini tidak punya kolom itu.", "This form has no such column."),
    "cell": (
        "Angka yang dibetulkan bukan angka di kolom formulir ini.",
        "The corrected figure is not the one in the column of this form.",
    ),
    "no-change": (
        "Angka sebelum dan sesudah pembetulan sama.",
        "The figure is the same before and after the correction.",
    ),
    "unused": ("Tidak ada pembetulan dengan alasan ini.", "No correction has this reason."),
    "pairs": ("Nomor urut ini tidak ada di kontes.", "The contest has no such ballot number."),
    "origin": ("Nama log tidak sesuai dengan modus.", "The log's origin does not fit its mode."),
    "uploader": (
        "Peramban tidak mengizinkan kunci sandi di alamat ini: hosnya harus sama dengan rp_id, atau"
        " berakhiran titik dan rp_id.",
        "No browser lets a passkey sign here: the host must be rp_id, or end with a dot and rp_id.",
    ),
    "replay-only": ("Hanya untuk pemutaran ulang.", "This belongs to a replay only."),
}
"""Code of a finding -> its sentence in Indonesian and English. Codes are stable."""

OF_THE_BYTES: Final = ("Isi ini bukan JSON kanonik.", "These bytes are not canonical JSON.")
"""The sentences of a code of `codec.decode`."""


class Report:
    """Collects findings about one payload."""

    __slots__ = ("findings",)

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def add(self, code: str, field: str) -> None:
        """Add the finding `code` about `field` with its sentences."""
        indonesian, english = SENTENCES[code]
        self.findings.append(Finding(code, field, indonesian, english))

    def sound(self, *fields: str) -> bool:
        """Tell whether nothing was found so far in these top-level fields nor below them."""
        if not self.findings:
            return True
        return not {finding.field.partition(".")[0] for finding in self.findings} & set(fields)


Check: TypeAlias = Callable[[Report, Any, str], None]


def join(path: str, name: str | int) -> str:
    """The path of a member; "" is the payload itself."""
    return f"{path}.{name}" if path else str(name)


def closed(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    """An object that has every required field and no field beyond the optional ones."""
    checks = required | (optional or {})
    needed = required.keys()

    def check(report: Report, value: Any, path: str) -> None:
        if type(value) is not dict:
            report.add("type", path)
            return
        prefix = f"{path}." if path else ""
        for name, item in value.items():
            one = checks.get(name)
            if one is None:
                report.add("unknown-field", prefix + name)
            else:
                one(report, item, prefix + name)
        if not needed <= value.keys():
            for name in sorted(needed - value.keys()):
                report.add("missing-field", prefix + name)

    return check


def array(item: Check, most: int) -> Check:
    """A list of 1…`most` items: an empty optional array is absent."""

    def check(report: Report, value: Any, path: str) -> None:
        if type(value) is not list:
            report.add("type", path)
            return
        if not value:
            report.add("empty", path)
        elif len(value) > most:
            report.add("too-many", path)
            return
        for index, one in enumerate(value):
            item(report, one, f"{path}.{index}")

    return check


def row(items: Sequence[Check]) -> Check:
    """A list of exactly these, in this order."""

    def check(report: Report, value: Any, path: str) -> None:
        if type(value) is not list or len(value) != len(items):
            report.add("type", path)
            return
        for at, (one, item) in enumerate(zip(value, items, strict=True)):
            item(report, one, f"{path}.{at}")

    return check


def integer(least: int, most: int = codec.MAX_INTEGER) -> Check:
    """An integer in `least`…`most`, both included."""

    def check(report: Report, value: Any, path: str) -> None:
        if type(value) is not int:
            report.add("type", path)
        elif not least <= value <= most:
            report.add("range", path)

    return check


def one_of(values: Iterable[str]) -> Check:
    """A word of a closed list."""
    known = frozenset(values)

    def check(report: Report, value: Any, path: str) -> None:
        if type(value) is not str:
            report.add("type", path)
        elif value not in known:
            report.add("value", path)

    return check


def spelled(is_spelled: Callable[[str], object], code: str = "spelling") -> Check:
    """A text for which `is_spelled` is true; `code` names the finding."""

    def check(report: Report, value: Any, path: str) -> None:
        if type(value) is not str:
            report.add("type", path)
        elif not is_spelled(value):
            report.add(code, path)

    return check


def text(most: int, *, free: bool = True) -> Check:
    """A text of 1…`most` characters; `free` refuses eight digits in a row."""

    def check(report: Report, value: Any, path: str) -> None:
        try:
            codec.check_text(value, most, path, free=free)
        except Malformed as error:
            report.add(error.code, path)

    return check


def identifier(report: Report, value: Any, path: str) -> None:
    """An id of an election, a contest or a person."""
    try:
        codec.check_id(value, path)
    except Malformed as error:
        report.add(error.code, path)


def time(report: Report, value: Any, path: str) -> None:
    """A time; it is compared with nothing."""
    try:
        codec.check_time(value, path)
    except Malformed as error:
        report.add(error.code, path)


DATE_LENGTH: Final = len("2024-11-27")
"""Characters of a date alone; a time begins with them."""


def when(report: Report, value: Any, path: str) -> None:
    """A time, or a date alone."""
    alone = isinstance(value, str) and len(value) == DATE_LENGTH
    time(report, f"{value}T00:00:00+07:00" if alone else value, path)


def is_after(one: str, other: str) -> bool:
    """Tell whether a time or date is after another: by their days if one of them is a date."""
    if min(len(one), len(other)) == DATE_LENGTH:
        return one[:DATE_LENGTH] > other[:DATE_LENGTH]
    return datetime.fromisoformat(one) > datetime.fromisoformat(other)


def hexadecimal(digits: int) -> Check:
    """Exactly `digits` lower-case hex digits: 64 for an id or a digest, 32 for a key id."""

    def check(report: Report, value: Any, path: str) -> None:
        try:
            codec.check_hex(value, path, digits)
        except Malformed as error:
            report.add(error.code, path)

    return check


def boolean(report: Report, value: Any, path: str) -> None:
    """`true` or `false`."""
    if type(value) is not bool:
        report.add("type", path)


def true(report: Report, value: Any, path: str) -> None:
    """`true`; absence says the opposite."""
    if value is not True:
        report.add("type", path)


def ascending(values: Sequence[Any]) -> bool:
    """Tell whether `values` are sorted and unique."""
    return all(low < high for low, high in pairwise(values))


def check_previous(report: Report, fields: dict[str, Any]) -> None:
    """`previous` stands exactly from revision 2 on."""
    if report.sound("revision"):
        require(report, fields, "previous", wanted=fields["revision"] > 1)


def require(report: Report, fields: dict[str, Any], name: str, *, wanted: bool) -> None:
    """`name` stands exactly when it is `wanted`."""
    if wanted and name not in fields:
        report.add("missing-field", name)
    if not wanted and name in fields:
        report.add("unexpected-field", name)


def named(report: Report, value: Any, path: str) -> None:
    """The kind, by which the type was chosen."""


@cache
def check_of(type_: Any) -> Check:
    """Return the check of a type: of a value's own, else by how it is made of others.

    A Struct is a closed object, a tuple a bounded list; a `bool` that is false when absent can only
    be `true`. Made where it is first asked for: most programs start to look at a kind or two.
    """
    return _compiled(inspect.type_info(type_))


def ask_again(report: Report, fields: dict[str, Any], name: str, check: Check) -> None:
    """Ask of a field what its type cannot: whether there is such a day and hour."""
    if report.sound(name):
        check(report, fields[name], name)


def _compiled(info: inspect.Type) -> Check:
    if isinstance(info, inspect.Metadata):
        own: Check | None = (info.extra or {}).get("check")
        return own or _compiled(info.type)
    if isinstance(info, inspect.StructType):
        fields = {field.encode_name: (_of_field(field), field.required) for field in info.fields}
        fields |= {info.tag_field: (named, True)} if info.tag_field else {}
        return closed(
            {name: check for name, (check, required) in fields.items() if required},
            {name: check for name, (check, required) in fields.items() if not required},
        )
    if isinstance(info, inspect.VarTupleType):
        if info.max_length is None:
            raise TypeError("a list without a bound")
        return array(_compiled(info.item_type), info.max_length)
    if isinstance(info, inspect.TupleType):
        return row([_compiled(item) for item in info.item_types])
    if isinstance(info, inspect.BoolType):
        return boolean
    raise TypeError(f"no check of {info}")


def _of_field(field: inspect.Field) -> Check:
    is_flag = isinstance(field.type, inspect.BoolType) and not field.required
    return true if is_flag else _compiled(field.type)
