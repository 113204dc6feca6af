"""The one list of what `rekap verify` checks. Numbers are stable: a check that goes leaves a gap.

`docs/verify.md` explains each and is held against this list by a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Check:
    """A claim that a copy of the site either bears out or not. `id` and `en`: what is claimed."""

    code: str
    id: str
    en: str


ANCHORS: Final = Check(
    "V01",
    "Berkas jangkar (policy.txt, atau berkas --policy) terbaca dan menyebut satu kunci log.",
    "The anchor file (policy.txt, or the file of --policy) can be read and names one log key.",
)
CHECKPOINT: Final = Check(
    "V02",
    "log/checkpoint ditandatangani oleh kunci log itu, atas nama log yang sama.",
    "log/checkpoint is signed by that log key, under the same origin.",
)
WITNESSES: Final = Check(
    "V03",
    "Tanda tangan saksi log pada checkpoint memenuhi kuorum berkas jangkar.",
    "The witnesses' cosignatures on the checkpoint meet the quorum of the anchor file.",
)
LOG_FILES: Final = Check(
    "V04",
    "Setiap ubin dan bundel yang dibutuhkan oleh ukuran checkpoint ada.",
    "Every tile and entry bundle that the checkpoint's size needs is there.",
)
TILES: Final = Check(
    "V05",
    "Setiap ubin berisi tepat hash catatan-catatannya, juga ubin sebagian dari ukuran terdahulu.",
    "Every tile holds exactly the hashes of its entries, partial tiles of earlier sizes too.",
)
BUNDLES: Final = Check(
    "V06",
    "Setiap bundel berisi tepat catatan yang hash-nya ada di pohon.",
    "Every bundle holds exactly the entries whose hashes are in the tree.",
)
ROOT: Final = Check(
    "V07",
    "Akar pohon yang dihitung dari catatan sama dengan akar di checkpoint.",
    "The root hash computed from the entries is the root hash of the checkpoint.",
)
LOG_EXTRA: Final = Check(
    "V08",
    "Tidak ada berkas di bawah log/ yang bukan bagian dari pohon ini.",
    "No file below log/ lies outside this tree.",
)
UNIQUE: Final = Check(
    "V09",
    "Tidak ada catatan yang tercatat dua kali.",
    "No entry is logged twice.",
)
FIRST_ENTRY: Final = Check(
    "V10",
    "Catatan 0 adalah pernyataan `log` yang sah, dengan origin, kunci dan id menurut jangkar.",
    "Entry 0 is a valid `log` statement with the origin, the key and the id that the anchors name.",
)
ELECTION_ROOTS: Final = Check(
    "V11",
    "Kunci akar setiap pemilihan sama dengan yang disebut jangkar.",
    "The root keys of every election are those that the anchors name.",
)
FOLD: Final = Check(
    "V12",
    "Setiap catatan dibaca berurutan; tanda tangan dan wewenangnya menentukan apakah ia dihitung.",
    "Every entry was read in order; its signatures and authority decide whether it counts.",
)
SUMS: Final = Check(
    "V13",
    "Setiap jumlah sama dengan jumlah polos semua formulir yang berlaku di bawahnya.",
    "Every total is the plain sum of all forms in effect below it.",
)
CLAIM: Final = Check(
    "V14",
    "site.json sah: ukurannya tidak melebihi checkpoint dan akarnya milik log ini.",
    "site.json is well-formed: its sizes are within the checkpoint and its roots are this log's.",
)
RELEASE: Final = Check(
    "V15",
    "Rilis yang membuat halaman adalah rilis menurut log, dan sama dengan program pemeriksa ini.",
    "The release that rendered the pages is the one the log names, and the one checking them.",
)
PAGES: Final = Check(
    "V16",
    "Setiap halaman, kembarannya, dan policy.txt sama bita demi bita dengan hasil hitung ulang.",
    "Every page, its twin and policy.txt equal, byte for byte, what the log gives.",
)
BULK: Final = Check(
    "V17",
    "Setiap berkas data massal sama bita demi bita dengan hasil hitung ulang dari log.",
    "Every bulk data file equals, byte for byte, what the log gives.",
)
PROOFS: Final = Check(
    "V18",
    "Setiap berkas bukti membuktikan catatannya di bawah checkpoint yang ditandatangani log ini.",
    "Every proof file proves its entry under a checkpoint that this log signed.",
)
PROOFS_PRESENT: Final = Check(
    "V19",
    "Setiap catatan yang sudah terbit mempunyai berkas bukti.",
    "Every published entry has its proof file.",
)
PRESENT: Final = Check(
    "V20",
    "Tidak ada berkas yang hilang.",
    "No file is missing.",
)
EXPECTED: Final = Check(
    "V21",
    "Tidak ada berkas yang tidak dikenal.",
    "No file is unknown.",
)
RECEIPT: Final = Check(
    "V22",
    "Tanda terima (--receipt) ditandatangani log ini dan catatannya ada di dalamnya.",
    "The receipt (--receipt) is signed by this log and its entry is in it.",
)

FINISHED: Final = Check(
    "V23",
    "Pemeriksaan dapat membaca semua yang diperlukannya dan berjalan sampai selesai.",
    "The audit could read everything it needs and ran to its end.",
)
SINCE: Final = Check(
    "V24",
    "Log hanya bertambah sejak checkpoint yang disimpan pembaca (--since).",
    "The log has only grown since the checkpoint that the reader kept (--since).",
)

CHECKS: Final = (
    ANCHORS, CHECKPOINT, WITNESSES, LOG_FILES, TILES, BUNDLES, ROOT, LOG_EXTRA, UNIQUE, FIRST_ENTRY,
    ELECTION_ROOTS, FOLD, SUMS, CLAIM, RELEASE, PAGES, BULK, PROOFS, PROOFS_PRESENT, PRESENT,
    EXPECTED, RECEIPT, FINISHED, SINCE,
)  # fmt: skip
"""All checks; the first in the order of the chain, each stands on the ones before it."""
