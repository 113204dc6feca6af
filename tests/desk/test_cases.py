"""Cases of the court, typed as folders: what pages say of them when, and what they must not.

A lawyer of either side signs each sentence: what is official, whose votes they are, which time
runs, what is left out, what differs.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from tests.desk import cases
from tests.elections import Folder

from rekap.core.ledger.fold import fold
from rekap.core.ledger.state import State
from rekap.core.pages import pages
from rekap.core.pages.site import Site
from rekap.desk.elections.folder import read
from rekap.desk.replay.stages import waves
from rekap.desk.replay.statements import Writer, midnight

Case = Callable[[], list[Folder]]
END = ""
"""The stage after which nothing follows."""


@cache
def _log(case: Case) -> tuple[list[bytes], dict[str, int]]:
    """The entries of a case, and the size of the log after each stage: "ruling", "ruling 2", …"""
    with tempfile.TemporaryDirectory() as made:
        elections = [read(one.write(Path(made) / str(n))) for n, one in enumerate(case())]
    writer = Writer("contoh.example/replay/log", "benih", midnight(elections[0]))
    entries: list[bytes] = []
    sizes: dict[str, int] = {}
    for wave in waves(writer, elections, "ab" * 32, fixed=True):
        entries += wave.envelopes
        name = wave.stage.partition(" ")[2]
        again = sum(stage.partition("#")[0] == name for stage in sizes)
        sizes[f"{name}#{again + 1}" if again else name] = len(entries)
    return entries, {**sizes, END: len(entries)}


@cache
def _site(case: Case, stage: str) -> Site:
    entries, sizes = _log(case)
    state = State()
    for entry in entries[: sizes[stage]]:
        fold(state, entry)
    return Site(state, lambda index: entries[index])


def said(case: Case, stage: str, address: str) -> str:
    """The words of a page as it was after a stage, in Indonesian."""
    site = _site(case, stage)
    if address.endswith("/data/"):
        made = dict(site.bulk())[f"{address}index.html"]
    else:
        made = pages.render(json.loads(site.twins(address)[0]), "id")
    html = re.sub(r"<(script|style).*?</\1>", " ", made.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace(" ,", ",").replace(" .", ".")


ADVISED = "rekomendasi/bupati-94.05/"
BUNGO = "bungo/bupati-15.08/"
MAGETAN = "magetan/bupati-35.20/"
STRUCK = "banjarbaru/walikota-63.72/"
CORRECTED = "koreksi/bupati-35.20/01/2001/"
EVE = "kesiapan/bupati-35.20/01/2001/"
PUNCAK = "puncak/bupati-94.05/"
LEFT_OUT = (
    "Tidak diikutsertakan dalam rekapitulasi menurut putusan MK nomor 305/PHPU.BUP-XXIII/2025"
)
SAYS: list[tuple[Case, str, str, tuple[str, ...], tuple[str, ...]]] = [
    (cases.magetan, "determination", MAGETAN,
     ("Hasil resmi. Ditetapkan KPU, nomor 1/2024; batas ke MK 9 Desember 2024, bila tanpa hari"
      " libur. Nomor 1, Satu dan Wakil Satu",), ("dibatalkan",)),
    (cases.magetan, "ruling", MAGETAN,
     ("Penetapan nomor 1/2024 dibatalkan sebagian oleh MK: perkara 30/PHPU.BUP-XXIII/2025",
      "Angka dapat memuat suara yang dibatalkan", "hanya di TPS 001, 002 Desa Kampung 2001, TPS",
      "dalam 30 hari"), ("Hasil resmi", "Permohonan ke MK")),
    (cases.magetan, "ruling", f"{MAGETAN}01/2001/001/",
     ("Putusan MK nomor 30/PHPU.BUP-XXIII/2025, dibaca 24 Februari 2025: pemungutan suara ulang"
      " oleh KPU Kabupaten/Kota, dalam 30 hari sejak putusan dibaca. Penetapan nomor 1/2024"
      " dibatalkan untuk TPS ini. Formulir sesudah putusan belum masuk: angka di sini tidak lagi"
      " menjadi hasil, dan jumlah di atasnya masih memuatnya.",), ("seluruhnya",)),
    (cases.magetan, "ruling", f"{MAGETAN}01/",
     ("pemungutan suara ulang oleh KPU Kabupaten/Kota, hanya di 4 TPS, dalam 30 hari",
      "Tempat pemungutan suara ulang: TPS 001, 002 Desa Kampung 2001, TPS 001, 002 Desa Kampung",
      "Penetapan nomor 1/2024 dibatalkan untuk tempat itu. Formulir sesudah putusan: 0 dari 4 TPS.",
      ), ()),
    (cases.magetan, "ruling", f"{MAGETAN}01/2001/",
     ("110 100 210 2 menunggu pemungutan suara ulang menurut putusan MK",), ()),
    (cases.magetan, "ruling", f"{MAGETAN}02/", (), ("Putusan MK",)),
    (cases.magetan, "ruling", f"{MAGETAN}02/2001/", (), ("putusan MK",)),
    (cases.magetan, "ruling", f"{MAGETAN}02/2001/001/", (), ("Putusan MK",)),
    (cases.magetan, "c_hasil 2", f"{MAGETAN}01/2001/001/",
     ("Penetapan nomor 1/2024 dibatalkan untuk TPS ini. Angka di sini hasil pemungutan suara ulang"
      " itu.",), ("belum masuk",)),
    (cases.magetan, "c_hasil 2", f"{MAGETAN}01/2001/",
     ("Formulir sesudah putusan: 2 dari 2 TPS.",), ("menunggu pemungutan",)),
    (cases.magetan, "c_hasil 2", MAGETAN,
     ("D.Hasil masih yang sebelum putusan MK. Jumlah TPS berbeda: 24 suara.",),
     ("Jumlah TPS berbeda dari D.Hasil",)),
    (cases.half_voted_again, END, f"{MAGETAN}01/2001/001/",
     ("Angka di sini hasil pemungutan suara ulang itu.",), ("belum masuk",)),
    (cases.half_voted_again, END, f"{MAGETAN}01/",
     ("Formulir sesudah putusan: 2 dari 4 TPS.",
      "D.Hasil masih yang sebelum putusan MK. Jumlah TPS berbeda: 12 suara."),
     ("Jumlah TPS berbeda dari D.Hasil",)),
    (cases.half_voted_again, END, f"{MAGETAN}01/2002/001/",
     ("angka di sini tidak lagi menjadi hasil, dan jumlah di atasnya masih memuatnya. 1 Satu dan",
      ), ()),
    (cases.advised_first, "determination", f"{MAGETAN}02/2001/001/",
     ("C.Hasil versi 2", "Penghitungan: pemungutan suara ulang (PSU)"), ()),
    (cases.half_voted_again, END, MAGETAN,
     ("Penetapan nomor 1/2024 dibatalkan sebagian oleh MK", "D.Hasil masih yang sebelum putusan"),
     ("Hasil resmi",)),
    (cases.magetan, "determination#2", MAGETAN,
     ("Hasil resmi. Ditetapkan KPU, nomor 2/2025; batas ke MK 26 Maret 2025",
      "730 suara", "716 suara", "pemungutan suara ulang"),
     ("dibatalkan sebagian",)),
    (cases.magetan, END, MAGETAN,
     ("Hasil resmi. Terpilih: nomor 1, Satu dan Wakil Satu, keputusan 3/2025, 7 Mei 2025",
      "nomor 320/PHPU.BUP-XXIII/2025: tidak dapat diterima, 5 Mei 2025, terhadap keputusan"
      " nomor 2/2025.", "Penetapan hasil nomor 2/2025, berlaku.",
      "Penetapan hasil nomor 1/2024, ada penetapan sesudahnya.",
      "Perkara di MK nomor 30/PHPU.BUP-XXIII/2025. Dikabulkan. catatan",
      "Penetapan pasangan terpilih nomor 3/2025, berlaku."), (". ,", ".,")),
    (cases.magetan, END, f"{MAGETAN}01/2001/001/",
     ("110", "100", "pemungutan suara ulang (PSU)", "104"), ()),
    (cases.magetan, END, f"{MAGETAN}01/2001/001/",
     ("Nomor 1: 110 menjadi 100. Nomor 2: 100 menjadi 104. Suara sah: 210 menjadi 204.",), ()),
    (cases.equal_seconds, END, "", ("Nomor 1 memperoleh suara terbanyak, selisih 40 suara dari"
     " nomor 2 dan nomor 3, yang sama banyak.",), ()),
    (cases.equal_seconds, END, "seri/walikota-63.72/",
     ("Jarak nomor 1 dari 2, 3: 40 suara.",), ()),
    (cases.equal_firsts, END, "", ("Nomor 1 dan nomor 3 sama banyak, masing-masing 200 suara",),
     ("memperoleh",)),
    (cases.equal_firsts, END, "seri/walikota-63.72/", ("Suara terbanyak sama: nomor 1, 3.",), ()),
    (cases.bungo, "determination", BUNGO, ("Nomor 2, Dua dan Wakil Dua, memperoleh",), ()),
    (cases.bungo, "determination#2", BUNGO,
     ("nomor 2/2025; batas ke MK 10 April 2025. Nomor 1, Satu dan Wakil Satu, memperoleh suara",
      "hari libur yang tercatat (7 April 2025): sampai 10 April 2025, pukul 24.00 WIB.",
      "3.450 suara", "3.060 suara"),
     ("bila tanpa hari libur",)),
    (cases.banjarbaru, "determination", STRUCK,
     ("Hasil resmi. Ditetapkan KPU, nomor 191/2024; batas ke MK 4 Desember 2024.",
      "Nomor 2, Aditya dan Said, memperoleh suara terbanyak"),
     ("didiskualifikasi", "pemungutan suara ulang 19 April 2025")),
    (cases.banjarbaru, END, STRUCK,
     ("Penetapan nomor 191/2024 dibatalkan MK: perkara 5/PHPU.WAKO-XXIII/2025",
      "Tidak ada hasil yang berlaku.",
      "Said didiskualifikasi 24 Februari 2025 (putusan MK 5/2025)",
      "Dilanjutkan oleh pemungutan suara ulang 19 April 2025"), ("kolom kosong", "Hasil resmi")),
    (cases.banjarbaru, END, f"{STRUCK}01/1001/001/",
     ("Dilanjutkan oleh pemungutan suara ulang 19 April 2025, dengan surat suara lain",
      "Aditya dan Said didiskualifikasi 24 Februari 2025 (putusan MK 5/2025)"),
     ("Melanjutkan",)),
    (cases.banjarbaru, END, f"{STRUCK.replace('63.72', '63.72-ulang')}01/1001/001/",
     ("Melanjutkan pemungutan suara 27 November 2024",), ("didiskualifikasi", "Aditya")),
    (cases.banjarbaru, END, STRUCK.replace("63.72", "63.72-ulang"),
     ("Hasil resmi. Ditetapkan KPU, nomor 69/2025; batas ke MK 24 April 2025.",
      "280 suara", "kolom kosong 44,00% 220 suara", "29 suara di atas batas 50%",
      "Melanjutkan pemungutan suara 27 November 2024"), ("Aditya", "300")),
    (cases.dismissed, END, STRUCK,
     ("Ditandatangani 3 kunci contoh, bukan petugas KPU (KPU Kabupaten/Kota)",), ("selaku",)),
    (cases.dismissed, END, STRUCK.replace("63.72", "63.72-ulang"),
     ("Ditandatangani 3 kunci contoh, bukan petugas KPU (KPU Provinsi selaku KPU Kabupaten/Kota)",
      "KPU Provinsi selaku KPU Kabupaten/Kota, ketua"), ()),
    (cases.dismissed_before, "determination", STRUCK,
     ("Ditandatangani 3 kunci contoh, bukan petugas KPU (KPU Provinsi selaku KPU Kabupaten/Kota)",),
     ()),
    (cases.dismissed, END, "banjarbaru/pejabat/",
     ("KPU Provinsi selaku KPU Kabupaten/Kota", "sampai catatan 22"), ()),
    (cases.dismissed, END, "banjarbaru/pejabat/02/", ("KPU Kabupaten/Kota selaku PPK",), ()),
    (cases.pangkalpinang, "elected", "pangkalpinang/walikota-19.71/",
     ("Tidak ada pasangan terpilih, pilkada ulang: keputusan 1/2025, 9 Januari 2025",
      "kolom kosong, memperoleh 63,64% suara sah"), ("Diikuti", "Terpilih: nomor")),
    (cases.pangkalpinang, END, "pangkalpinang/walikota-19.71/",
     ("Diikuti pilkada ulang 27 Agustus 2025", "280 suara"), ("Saparudin",)),
    (cases.pangkalpinang, END, "ulang/walikota-19.71/",
     ("Menyusul pemungutan suara 27 November 2024, yang tidak menghasilkan pasangan terpilih",
      "D.Hasil tercatat, penetapan belum tercatat.", "180 suara"), ("Hasil resmi", "Masagus")),
    (cases.pangkalpinang, END, "", ("Wali Kota Ulang, pilkada ulang",), ()),
    (cases.puncak_jaya, "ruling", PUNCAK,
     ("Penetapan nomor 500/2024 dibatalkan MK", "Tidak ada hasil yang berlaku.",
      "rekapitulasi ulang oleh KPU, tanpa", "dalam 30 hari sejak putusan dibaca"),
     ("Hasil resmi", "Permohonan ke MK")),
    (cases.puncak_jaya, END, PUNCAK,
     ("Hasil resmi. Ditetapkan KPU, nomor 10/2025; batas ke MK 24 Maret 2025", LEFT_OUT,
      "880 suara sah menurut D.Hasil", "tidak dibandingkan (putusan MK)"),
     ("Jumlah TPS berbeda", "−1.760 ")),
    (cases.puncak_jaya, END, "",
     ("Hasil resmi. Ditetapkan KPU", "Semua 12 TPS masuk; sebagian tidak diikutsertakan dalam"
      " rekapitulasi menurut putusan MK."), ("berbeda dari",)),
    (cases.puncak_jaya, END, f"{PUNCAK}01/",
     (LEFT_OUT, "Mulia", "Menurut putusan MK tempat di sini tidak diikutsertakan"),
     ("Sebagian wilayahnya",)),
    (cases.puncak_jaya, END, f"{PUNCAK}05/", (), (LEFT_OUT,)),
    (cases.puncak_jaya, END, f"{PUNCAK}01/2001/001/", (LEFT_OUT, ": Distrik Mulia."), ()),
    (cases.puncak_jaya, END, f"{PUNCAK}01/2001/", (LEFT_OUT, ": Distrik Mulia."), ()),
    (cases.puncak_jaya, END, f"{PUNCAK}05/2001/001/", (), ("Putusan MK", LEFT_OUT)),
    (cases.banjarbaru, "ruling", f"{STRUCK}01/1001/001/",
     ("Putusan MK nomor 5/PHPU.WAKO-XXIII/2025, dibaca 24 Februari 2025: pemungutan suara ulang"
      " oleh KPU Kabupaten/Kota, dalam 60 hari sejak putusan dibaca. Penetapan nomor 191/2024"
      " dibatalkan seluruhnya.",), ()),
    (cases.banjarbaru, END, f"{STRUCK}01/1001/001/",
     ("dibatalkan seluruhnya. catatan",), ("belum masuk",)),
    (cases.banjarbaru, END, f"{STRUCK}01/1001/", ("dibatalkan seluruhnya.",), ("menunggu",)),
    (cases.recommended, END, f"{ADVISED}rekomendasi/",
     ("direkomendasikan 180 Dilaksanakan 103 Tidak dilaksanakan 26 Dijadwalkan, menunggu 26"
      " Tanpa kabar 25", "dijadwalkan, menunggu, 7 Desember 2024",
      "tidak dilaksanakan (beda pandangan)"), ()),
    (cases.recommended, END, f"{ADVISED}01/2001/salinan/",
     ("Salinan dari 3 TPS tercatat; dalam daftar ada 180 TPS.", "001 4 berbeda", "002 sama",
      "Nomor 1 300 300 200 −100", "Selisih: formulir dikurangi salinan."), ()),
    (cases.recommended, END, "rekomendasi/data/",
     ("Jumlah sejajar", "Saksi pasangan nomor 1 salinan 2 dari 180 TPS. Dapat dibandingkan 2,"
      " berbeda 1. Nomor 1: salinan 300, formulir 200 (−100). Suara sah: salinan 540, formulir 440"
      " (−100).", "Pengawas TPS salinan 1 dari 180 TPS. Dapat dibandingkan 0, berbeda 0."), ()),
    (cases.recommended, END, f"{ADVISED}01/2001/001/",
     ("220 suara sah, 2 tidak sah", "tidak masuk jumlah mana pun",
      "Nomor 1: salinan 200, formulir 100 (−100)"), ()),
    (cases.lacking, END, "kesiapan/hari-ini/01/",
     ("2 dari 4 TPS lengkap. 1 TPS kurang, 1 belum ada kabar.", "Kotak kembali 1 dari 4",
      "tinta: tidak ada. Belum ada kabar 003 Genilangit Tanpa kabar bukan berarti kurang."), ()),
    (cases.lacking, END, f"{EVE}001/",
     ("Surat suara diterima 308. Sama dengan C.Hasil.",
      "Kembali: 1 kotak, segel utuh 19, rusak 1."), ("R15",)),
    (cases.lacking, END, f"{EVE}004/",
     ("Surat suara diterima 300. C.Hasil menulis 308 (R15)", "Kotak kembali: belum ada kabar."),
     ("Kurang:",)),
    (cases.corrected, END, CORRECTED,
     ("TPS 001 −3 +3 Dibetulkan di rekapitulasi", "X1 TPS 002 −1 +1 Tanpa penjelasan",
      "120 117 C.Hasil plano, paraf ketua, saksi nomor 1, saksi nomor 2, pengawas"), ()),
    (cases.corrected, END, f"{CORRECTED}001/",
     ("Nomor 2 100 → 103, C.Hasil plano, paraf ketua, saksi nomor 1",
      "Nomor 1: 120 di formulir TPS, dibetulkan menjadi 117 di D.Hasil Kecamatan"),
     ("tertulis 120",)),
    (cases.corrected, END, f"{CORRECTED}002/", ("Nomor 1: tertulis 120 di formulir TPS, 119",),
     ("paraf", "dibetulkan menjadi")),
    (cases.lacking, "c_hasil 1", EVE, ("0 kotak kembali. Di 1 TPS surat suara",), ()),
]  # fmt: skip


@pytest.mark.parametrize(("case", "stage", "address", "stands", "not_there"), SAYS)
def test_what_a_lawyer_of_either_side_signs(
    case: Case, stage: str, address: str, stands: tuple[str, ...], not_there: tuple[str, ...]
) -> None:
    told = said(case, stage, address)
    for sentence in stands:
        assert sentence in told, (sentence, told)
    for sentence in not_there:
        assert sentence not in told, sentence
