"""The table of rules: what must hold on the forms and between them, in words and as parts.

A rule is a list of parts; each part is one (in)equality between figures and is tested when all its
fields are present. "Hard" rules hold on every correct paper: a live form that breaks one must
explain it. "Soft" rules can be broken by a correct paper and never refuse anything.
`docs/rules.md` is checked against this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rekap.core.statements import model

PAIRS: Final = "pair_n"
"""Stands in a part for `pair_1` … `pair_n` of the contest."""


@dataclass(frozen=True, slots=True)
class Part:
    """One (in)equality: the sum of `left` against the sum of `right` plus `constant`.

    `op` is "=" or "<=", or names a check of its own: "near" (R12), "turnout" and "some" (R13).
    """

    name: str
    left: tuple[str, ...]
    op: str
    right: tuple[str, ...] = ()
    constant: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the table; one without parts is tested by the ledger against other entries."""

    code: str
    hard: bool
    sentence_id: str
    sentence_en: str
    source: str
    parts: tuple[Part, ...] = ()


_EACH: Final = (("m", "_m"), ("f", "_f"), ("all", ""))
_SIREKAP: Final = "Aplikasi Sirekap KPU, pemeriksaan data administrasi C.Hasil"

TABLE: Final[tuple[Rule, ...]] = (
    Rule(
        "R1",
        True,
        "Laki-laki ditambah perempuan sama dengan jumlah pada setiap baris.",
        "Men plus women equal the total in every row.",
        "C.Hasil bagian I dan III, lajur L, P, L+P",
        tuple(Part(row, (row,), "=", (f"{row}_m", f"{row}_f")) for row in model.GENDERED),
    ),
    Rule(
        "R2",
        True,
        "Jumlah pengguna hak pilih sama dengan pengguna dalam DPT, DPPh, dan DPTb.",
        "People who voted are those of the DPT, the DPPh and the DPTb together.",
        f"C.Hasil bagian I.B.4; {_SIREKAP}",
        tuple(
            Part(
                name,
                (f"voted{end}",),
                "=",
                (f"voted_listed{end}", f"voted_moved{end}", f"voted_unlisted{end}"),
            )
            for name, end in _EACH
        ),
    ),
    Rule(
        "R3",
        True,
        "Pengguna hak pilih dalam DPT tidak lebih banyak daripada pemilih dalam DPT.",
        "No more people of the DPT voted than the DPT holds.",
        _SIREKAP,
        tuple(
            Part(name, (f"voted_listed{end}",), "<=", (f"registered{end}",)) for name, end in _EACH
        ),
    ),
    Rule(
        "R4",
        True,
        "Surat suara diterima sama dengan yang digunakan, dikembalikan, dan tidak digunakan.",
        "Ballots received are those used, returned and unused together.",
        f"C.Hasil bagian II; {_SIREKAP}",
        (
            Part(
                "ballots",
                ("ballots_received",),
                "=",
                ("ballots_used", "ballots_returned", "ballots_unused"),
            ),
        ),
    ),
    Rule(
        "R5",
        True,
        "Surat suara digunakan sama dengan jumlah pengguna hak pilih.",
        "Ballots used equal the number of people who voted.",
        _SIREKAP,
        (Part("voters", ("ballots_used",), "=", ("voted",)),),
    ),
    Rule(
        "R6",
        True,
        "Suara sah sama dengan jumlah perolehan suara semua pasangan calon.",
        "Valid votes are the votes of all pairs together.",
        "C.Hasil bagian V.A (IV.1 + IV.2 + …)",
        (Part("pairs", ("valid",), "=", (PAIRS,)),),
    ),
    Rule(
        "R7",
        True,
        "Suara sah ditambah suara tidak sah sama dengan jumlah suara sah dan tidak sah.",
        "Valid and invalid votes together are the total.",
        "C.Hasil bagian V.C (V.A + V.B)",
        (Part("votes", ("total",), "=", ("valid", "invalid")),),
    ),
    Rule(
        "R8",
        True,
        "Jumlah suara sah dan tidak sah sama dengan surat suara digunakan dan jumlah pengguna"
        " hak pilih; bila tidak, penghitungan dapat diulang.",
        "The total of votes equals the ballots used and the people who voted; if not, there is"
        " a ground for a recount.",
        "Perbawaslu 15/2024 Pasal 33 ayat (2) huruf b",
        (
            Part("ballots", ("total",), "=", ("ballots_used",)),
            Part("voters", ("total",), "=", ("voted",)),
        ),
    ),
    Rule(
        "R9",
        True,
        "Pemilih disabilitas yang memilih tidak melebihi pengguna hak pilih; surat suara"
        " dikembalikan dan tidak digunakan tidak melebihi yang diterima.",
        "Voters with disability who voted do not exceed the people who voted; ballots returned"
        " and unused do not exceed those received.",
        f"C.Hasil bagian II dan III; {_SIREKAP}",
        (
            Part("disabled", ("voted_disabled",), "<=", ("voted",)),
            Part("returned", ("ballots_returned",), "<=", ("ballots_received",)),
            Part("unused", ("ballots_unused",), "<=", ("ballots_received",)),
        ),
    ),
    Rule(
        "R10",
        True,
        "Angka yang ditulis dengan huruf sama dengan angkanya.",
        "The numbers in words equal the digits.",
        "C.Hasil bagian IV dan V; menunggu isian huruf",
    ),
    Rule(
        "R11",
        False,
        "Pemilih dalam DPT di satu TPS paling banyak 600.",
        "A polling station has at most 600 registered voters.",
        "Batas pemilih per TPS Pilkada 2024; teks PKPU belum diperiksa",
        (Part("registered", ("registered",), "<=", (), 600),),
    ),
    Rule(
        "R12",
        False,
        "Surat suara diterima mendekati DPT ditambah cadangan 2,5 persen dibulatkan ke atas.",
        "Ballots received are close to the DPT plus a reserve of 2.5 percent, rounded up.",
        "C.Hasil bagian II.1",
        (Part("reserve", ("ballots_received",), "near", ("registered",), 2),),
    ),
    Rule(
        "R13",
        False,
        "Yang memilih tidak melebihi DPT ditambah pengguna DPPh dan DPTb, dan ada suara.",
        "No more people voted than the DPT and the moved and unlisted voters, and there are votes.",
        "Kewajaran; tidak ada batas dalam peraturan",
        (
            Part(
                "turnout",
                ("voted", "total"),
                "turnout",
                ("registered", "voted_moved", "voted_unlisted"),
            ),
            Part("votes", (PAIRS, "valid", "invalid", "total"), "some", (), 1),
        ),
    ),
    Rule(
        "R14",
        False,
        "DPT pada formulir sama dengan DPT TPS itu dalam daftar, yang satu untuk semua kontes.",
        "The DPT on the form is that of the station in the roster, one for all contests.",
        "C.Hasil bagian I.A; aturan portal",
    ),
    Rule(
        "R15",
        False,
        "Surat suara pada formulir sama dengan yang diterima menjelang pemungutan.",
        "Ballots on the form are those received on the eve.",
        "C.Hasil bagian II.1; aturan portal",
    ),
    Rule(
        "R16",
        False,
        "Pengguna hak pilih sama dengan yang bertanda tangan dalam daftar hadir.",
        "People who voted are those who signed the attendance list.",
        "Daftar hadir pemilih DPT, DPPh, dan DPTb; aturan portal",
    ),
    Rule(
        "R17",
        True,
        "Pemilih disabilitas, laki-laki dan perempuan, tidak melebihi pengguna hak pilih.",
        "Voters with disability do not exceed the people who voted, men and women.",
        "C.Hasil bagian I.B.4 dan III",
        (
            Part("m", ("voted_disabled_m",), "<=", ("voted_m",)),
            Part("f", ("voted_disabled_f",), "<=", ("voted_f",)),
        ),
    ),
    Rule(
        "X1",
        True,
        "Kolom pada D.Hasil sama dengan formulir yang berlaku dari tingkat di bawahnya.",
        "A column of D.Hasil equals the effective form of the level below.",
        "PKPU 19/2020 Pasal 15A (pendahulu PKPU 18/2024)",
    ),
    Rule(
        "X2",
        True,
        "Jumlah akhir pada D.Hasil sama dengan jumlah kolomnya, dan dengan jumlah formulir"
        " bersertifikat satu tingkat di bawahnya.",
        "The totals of D.Hasil equal the sum of its columns, and of the certified forms one"
        " level below.",
        "Perbawaslu 17/2020 Pasal 23; PKPU 5/2024 Pasal 5",
        (Part("columns", (), "="), Part("below", (), "=")),
    ),
    Rule(
        "X3",
        True,
        "Aturan R1 sampai R9 berlaku pada setiap kolom D.Hasil.",
        "Rules R1 to R9 hold in every column of D.Hasil.",
        "Sama dengan R1 sampai R9",
        tuple(Part(f"R{number}", (), "=") for number in range(1, 10)),
    ),
    Rule(
        "X4",
        False,
        "Salinan sama dengan C.Hasil.",
        "The copy equals C.Hasil.",
        "Perbawaslu 15/2024 Pasal 23",
    ),
    Rule(
        "X5",
        True,
        "Kolom D.Hasil adalah semua TPS atau wilayah dalam daftar, tanpa kurang dan tanpa lebih.",
        "The columns of D.Hasil are all stations or regions of the roster, no fewer and no more.",
        "Perbawaslu 17/2020 Pasal 23; PKPU 5/2024 Pasal 5",
    ),
    Rule(
        "X6",
        False,
        "Lembar kelurahan diubah setelah D.Hasil Kecamatan yang memuatnya.",
        "A sheet of a kelurahan was revised after the D.Hasil Kecamatan that names it.",
        "Aturan portal",
    ),
    Rule(
        "X7",
        False,
        "Formulir berlaku dari TPS atau wilayah yang tidak ada dalam daftar.",
        "A form is in force from a station or region that is not in the roster.",
        "Aturan portal",
    ),
    Rule(
        "D1",
        True,
        "Angka bersertifikat sama dengan penjumlahan dari bawah bila semua formulir sudah masuk.",
        "The certified figure equals the sum from below when no form is missing.",
        "Aturan portal, dari X1 dan X2",
    ),
    Rule(
        "L1",
        False,
        "Formulir masuk atau diubah sesudah sertifikat tingkat di atasnya.",
        "A form came or was revised after the certificate of a level above.",
        "Aturan portal",
    ),
    Rule(
        "L2",
        False,
        "Formulir masuk atau diubah sesudah penetapan hasil.",
        "A form came or was revised after the determination of the result.",
        "Aturan portal",
    ),
    Rule(
        "L3",
        False,
        "Formulir masuk atau diubah sesudah penutupan.",
        "A form came or was revised after the close.",
        "Aturan portal",
    ),
    Rule(
        "L4",
        False,
        "Daftar menambah, mengganti nama atau mengeluarkan tempat sesudah formulir pertama kontes.",
        "A roster adds, renames or drops a place after the first form of its contest.",
        "Aturan portal",
    ),
    Rule(
        "K1",
        False,
        "Tanpa tanda tangan yang diragukan, penanda tangan kurang.",
        "Without the signatures in doubt, too few have signed.",
        "Aturan portal",
    ),
    Rule(
        "S1",
        False,
        "Ketua tidak ikut menandatangani.",
        "The chairperson is not among the signers.",
        "UU 32/2004 Pasal 96 ayat (9)",
    ),
    Rule(
        "W1",
        False,
        "Semua suara sah untuk satu pasangan calon, dan hampir semua pemilih memilih.",
        "All valid votes are for one pair, and almost all voters voted.",
        "Aturan portal",
    ),
    Rule(
        "W2",
        False,
        "Suara tidak sah 10 persen atau lebih.",
        "Ten percent of the votes or more are invalid.",
        "Aturan portal",
    ),
    Rule(
        "P0",
        False,
        "Foto formulir sudah disebut.",
        "A picture of the form is named.",
        "Aturan portal",
    ),
    Rule(
        "P1",
        False,
        "Setiap berkas foto milik satu formulir.",
        "Each file of a picture is of one form.",
        "Aturan portal",
    ),
)
"""All rules in the order of findings on a page."""
