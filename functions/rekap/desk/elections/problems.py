"""What is wrong in an election folder: where it stands, and what to do, in two languages.

    forms.csv:12 kolom region: [region-unknown] Wilayah 32.07.99 tidak ada di regions.csv. ...

A reader never stops at the first problem: the person who wrote the folder gets all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rekap.audit.commands.speech import clean
from rekap.core.errors import RekapError

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "missing-file": (
        "Berkas ini tidak ada. Buat berkas ini di folder pemilihan.",
        "This file does not exist. Create it in the election folder.",
    ),
    "not-utf8": (
        "Bukan teks UTF-8. Simpan ulang sebagai UTF-8 tanpa BOM.",
        "Not UTF-8 text. Save it again as UTF-8 without a byte order mark.",
    ),
    "syntax": (
        "Tidak dapat dibaca: {detail}. Perbaiki penulisannya.",
        "Cannot be read: {detail}. Correct the spelling.",
    ),
    "empty-file": (
        "Baris judul kolom tidak ada. Tulis nama kolom di baris pertama.",
        "There is no header line. Write the names of the columns in line 1.",
    ),
    "unknown-column": (
        "Kolom tidak dikenal. Hapus kolom ini atau perbaiki namanya.",
        "Unknown column. Remove it or correct its name.",
    ),
    "missing-column": (
        "Kolom ini wajib ada. Tambahkan kolom ini.",
        "This column is required. Add it.",
    ),
    "repeated-column": (
        "Nama kolom ini muncul dua kali. Hapus salah satunya.",
        "This column stands twice. Remove one of them.",
    ),
    "width": (
        "Baris ini memuat {found} sel, seharusnya {expected}. Periksa koma dan tanda kutip.",
        "This row has {found} cells, expected {expected}. Check commas and quotation marks.",
    ),
    "characters": (
        "Teks memuat karakter yang tidak diizinkan, kosong, atau terlalu panjang"
        " (paling banyak {limit}). Tulis ulang dengan huruf Latin biasa.",
        "The text has characters that are not allowed, is empty, or is too long"
        " (at most {limit}). Write it in plain Latin letters.",
    ),
    "digits": (
        "Delapan angka berurutan atau lebih tidak boleh ada dalam teks bebas. Hapus angka itu.",
        "Eight or more digits in a row may not stand in free text. Remove them.",
    ),
    "number": (
        "Bukan bilangan bulat 0 sampai 999999999. Tulis angka tanpa titik, spasi atau nol di"
        " depan; kosongkan bila tidak dilaporkan.",
        "Not a whole number from 0 to 999999999. Write digits without dots, spaces or leading"
        " zeros; leave it empty if not reported.",
    ),
    "revision": (
        "Bukan nomor revisi 1, 2, 3 dan seterusnya. Tulis nomor revisinya.",
        "Not a revision number 1, 2, 3 and so on. Write the number of the revision.",
    ),
    "value": (
        "Nilai ini tidak dikenal. Pakai salah satu dari: {allowed}.",
        "This value is unknown. Use one of: {allowed}.",
    ),
    "not-empty": (
        "Sel ini harus kosong untuk {why}. Kosongkan sel ini.",
        "This cell must be empty for {why}. Leave it empty.",
    ),
    "empty": (
        "Sel ini wajib diisi. Isi sel ini.",
        "This cell is required. Fill it in.",
    ),
    "region-code": (
        "Bukan kode wilayah Kemendagri seperti 31.71.06.1001. Perbaiki kodenya.",
        "Not a Kemendagri region code such as 31.71.06.1001. Correct the code.",
    ),
    "region-level": (
        "Tingkat wilayah tidak sesuai; seharusnya {expected}. Perbaiki kode atau tingkatnya.",
        "The level of the region does not fit; expected {expected}. Correct the code or the level.",
    ),
    "region-parent": (
        "Wilayah induk tidak sesuai; seharusnya {expected}. Perbaiki atau tambahkan induknya.",
        "The region above does not fit; expected {expected}. Correct it or add that region.",
    ),
    "region-unknown": (
        "Wilayah {code} tidak ada di regions.csv. Perbaiki kodenya atau tambahkan wilayahnya.",
        "Region {code} is not in regions.csv. Correct the code or add the region.",
    ),
    "region-outside": (
        "Wilayah ini berada di luar wilayah kontes, {expected}. Perbaiki kode atau kontesnya.",
        "This region lies outside the contest's own, {expected}. Correct the code or the contest.",
    ),
    "child": (
        "Kolom lembar harus tepat satu tingkat di bawah wilayah lembar itu. Perbaiki kodenya.",
        "A column must be exactly one level below the region of its sheet. Correct the code.",
    ),
    "tps": (
        "Bukan nomor TPS tiga angka, 001 sampai 999. Tulis tiga angka, misalnya 007.",
        "Not a TPS number of three digits, 001 to 999. Write three digits, for example 007.",
    ),
    "station-unknown": (
        "TPS {tps} di {code} tidak ada di roster.csv. Perbaiki nomornya atau tambahkan TPS itu.",
        "TPS {tps} of {code} is not in roster.csv. Correct the number or add the station.",
    ),
    "duplicate": (
        "Baris ini sudah ada di baris {line}. Hapus salah satunya.",
        "This row already stands in line {line}. Remove one of them.",
    ),
    "gap": (
        "Revisi {expected} tidak ada, padahal revisi ini ada. Tambahkan revisi yang hilang atau"
        " perbaiki nomornya.",
        "Revision {expected} is missing although this one exists. Add the missing revision or"
        " correct the number.",
    ),
    "contest": (
        "Kontes ini tidak ada di election.toml. Pakai salah satu dari: {allowed}.",
        "This contest is not in election.toml. Use one of: {allowed}.",
    ),
    "pair": (
        "Kontes ini hanya punya {expected} pasangan calon. Kosongkan sel ini.",
        "This contest has only {expected} pairs. Leave the cell empty.",
    ),
    "explanation": (
        "Bukan penjelasan `ATURAN[/kolom][/bagian]: teks; …`, misalnya R7: salah jumlah."
        " Perbaiki penulisannya.",
        "Not an explanation `RULE[/child][/part]: text; …`, for example R7: added wrongly."
        " Correct the spelling.",
    ),
    "no-form": (
        "Lembar ini tidak ada di forms.csv. Tambahkan formulirnya atau hapus baris ini.",
        "This sheet is not in forms.csv. Add the form or remove this row.",
    ),
    "no-figure": (
        "Isian ini tidak punya jumlah akhir di forms.csv baris {line}. Isi angkanya di sana atau"
        " kosongkan kolom ini untuk lembar itu.",
        "This field has no total in forms.csv line {line}. Fill it in there or leave this column"
        " empty for that sheet.",
    ),
    "too-many-columns": (
        "Satu lembar paling banyak memuat {limit} kolom. Pecah lembar ini.",
        "A sheet has at most {limit} columns. Split the sheet.",
    ),
    "too-large": (
        "Lembar ini lebih besar daripada satu catatan log. Pecah lembar ini.",
        "This sheet is larger than one entry of the log. Split the sheet.",
    ),
    "mode": (
        'Mode folder ini bukan mode portal. Tulis mode = "{mode}".',
        'The mode of this folder is not that of the portal. Write mode = "{mode}".',
    ),
    "results": (
        "Folder pemilihan yang akan datang tidak memuat hasil. Pindahkan berkas ini.",
        "The folder of an election to come holds no results. Move this file away.",
    ),
    "no-forms": (
        "Tidak ada satu pun formulir dengan angka. Isi paling sedikit satu baris.",
        "There is not one form with a figure. Fill in at least one row.",
    ),
}  # fmt: skip
"""Code -> sentence in Indonesian and English, each ending with what to do. Codes are stable."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `line` counts from 1, 0 is the file; `column` is a name or a path."""

    file: str
    line: int
    column: str
    code: str
    id: str
    en: str

    @classmethod
    def of(
        cls,
        sentences: Mapping[str, tuple[str, str]],
        place: tuple[str, int, str],
        code: str,
        details: Mapping[str, object],
    ) -> Problem:
        """Return the problem `code` at a place (file, line, column); `details` fill its gaps."""
        indonesian, english = (text.format(**details) for text in sentences[code])
        return cls(*place, code, indonesian, english)

    def told(self, lang: str) -> str:
        """The problem in one line, as `file:line column: [code] sentence`."""
        place = self.file + (f":{self.line}" if self.line else "")
        if self.column:
            place += f" {'kolom' if lang == 'id' else 'column'} {self.column}"
        return clean(f"{place}: [{self.code}] {self.id if lang == 'id' else self.en}")


class FolderRefused(RekapError):
    """An election folder that cannot be imported; `problems` is never empty and complete."""

    def __init__(self, folder: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"{folder}: {len(problems)} problems")
        self.folder = folder
        self.problems = problems


class Problems:
    """Collects the problems of one folder."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, file: str, line: int, column: str, code: str, /, **details: object) -> None:
        """Add the problem `code` with its sentences; `details` fill their gaps."""
        self.found.append(Problem.of(SENTENCES, (file, line, column), code, details))

    def tell(self, file: str, column: str, code: str, sentences: tuple[str, str]) -> None:
        """Add a problem whose sentences come from elsewhere, without a line."""
        self.found.append(Problem(file, 0, column, code, *sentences))
