"""Why a portal did not answer, or a disk did not write: what happened and what to do, in a line.

Every sentence about the network is said of statements that are safe in the queue.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Final

from rekap.audit.commands.speech import Say

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "dns": (
        "Nama portal tidak ditemukan: tidak ada jaringan, atau alamatnya salah ketik. Periksa"
        " sambungan dan --to.",
        "The portal's name is not found: no network, or a typing error in its address. Check the"
        " connection and --to.",
    ),
    "refused": (
        "Portal menolak sambungan: mungkin sedang dimulai ulang, atau porta di --to salah.",
        "The portal refuses connections: it may be restarting, or the port in --to is wrong.",
    ),
    "timeout": (
        "Portal tidak menjawab pada waktunya. Sinyal mungkin lemah; pindah tempat bila dapat.",
        "The portal does not answer in time. The signal may be weak; move if you can.",
    ),
    "slow": (
        "Jawaban portal terlalu lambat dan diputus. Sinyal mungkin lemah; pindah tempat bila bisa.",
        "The answer was too slow and was cut off. The signal may be weak; move if you can.",
    ),
    "cut": (
        "Sambungan terputus sebelum jawaban lengkap. Apa yang terjadi di portal belum diketahui;"
        " mengirim lagi tidak menggandakan apa pun.",
        "The connection was cut before the answer was complete. What happened at the portal is not"
        " known; sending again doubles nothing.",
    ),
    "half": (
        "Jawaban portal tidak lengkap atau bukan JSON. Mengirim lagi tidak menggandakan apa pun.",
        "The portal's answer is incomplete or not JSON. Sending again doubles nothing.",
    ),
    "network": (
        "Jaringan tidak dapat dipakai. Periksa kabel, Wi-Fi atau data seluler.",
        "The network cannot be used. Check the cable, Wi-Fi or mobile data.",
    ),
    "certificate": (
        "Sertifikat di alamat ini tidak dapat dipercaya, jadi tidak ada yang dikirim. Mungkin Wi-Fi"
        " ini meminta masuk lebih dulu: buka peramban, atau pakai jaringan lain.",
        "The certificate at this address cannot be trusted, so nothing was sent. This Wi-Fi may ask"
        " you to log in first: open a browser, or use another network.",
    ),
    "clock": (
        "Sertifikat portal belum atau tidak lagi berlaku menurut jam komputer ini. Periksa tanggal"
        " dan jam komputer, lalu coba lagi.",
        "By this computer's clock the portal's certificate is not valid yet, or no longer. Check"
        " the computer's date and time, then try again.",
    ),
    "tls": (
        "Sambungan aman (TLS) tidak terbentuk. Pakai jaringan lain; bila tetap, hubungi operator"
        " portal.",
        "No secure connection (TLS) could be made. Use another network; if it stays, tell the"
        " portal's operator.",
    ),
    "endless": (
        "Jawaban di alamat ini terlalu besar dan dihentikan: ini bukan portal. Periksa --to.",
        "The answer at this address is too large and was stopped: this is no portal. Check --to.",
    ),
    "strange": (
        "Jawaban di alamat ini tidak dapat dibaca. Periksa --to, atau pakai jaringan lain.",
        "The answer at this address cannot be read. Check --to, or use another network.",
    ),
    "redirect": (
        "Alamat ini mengalihkan ke tempat lain, dan itu tidak diikuti. Mungkin Wi-Fi ini meminta"
        " masuk lebih dulu: buka peramban. Jika tidak, periksa --to.",
        "This address redirects elsewhere, which is not followed. This Wi-Fi may ask you to log in"
        " first: open a browser. If not, check --to.",
    ),
    "web-page": (
        "Yang menjawab halaman web, bukan portal. Mungkin Wi-Fi ini meminta masuk lebih dulu: buka"
        " peramban. Jika tidak, periksa --to.",
        "A web page answered, not the portal. This Wi-Fi may ask you to log in first: open a"
        " browser. If not, check --to.",
    ),
    "not-a-portal": (
        "Yang menjawab bukan portal yang menerima pernyataan. Periksa --to.",
        "What answers is not a portal that takes statements. Check --to.",
    ),
    "no-log": (
        "Di alamat ini tidak ada log yang dapat dibaca (bukti/0.json), jadi tanda terimanya tidak"
        " akan dapat diperiksa. Periksa --to, atau sebutkan --kit.",
        "There is no log to be read at this address (bukti/0.json), so its receipts could not be"
        " checked. Check --to, or give --kit.",
    ),
    "busy": (
        "Portal sedang penuh atau terganggu. Ini akan berlalu.",
        "The portal is busy or disturbed. This will pass.",
    ),
    "receipt": (
        "Tanda terima ini TIDAK dapat dipercaya: bukan janji log ini untuk pernyataan ini."
        " Pernyataan tetap di antrean. Simpan berkasnya dan beri tahu operator portal.",
        "This receipt can NOT be trusted: it is no promise of this log for this statement. The"
        " statement stays queued. Keep the file and tell the portal's operator.",
    ),
    "elsewhere": (
        "Portal sudah memegang tanda tangan ini dalam amplop lain dari pernyataan yang sama."
        " Menunggu amplop itu tampak di log agar dapat diperiksa.",
        "The portal already holds these signatures in another envelope of the same statement."
        " Waiting for that envelope to be seen in the log, where it can be checked.",
    ),
    "not-proved": (
        "Portal berkata sudah tercatat, tetapi buktinya di log belum dapat dibaca.",
        "The portal says it is logged, but the proof of that in the log cannot be read yet.",
    ),
}
"""Reasons of `upload.Unreached` and `replies.Reply`."""


def sentence(reason: str, say: Say, detail: str = "") -> str:
    """What happened and what to do, with the system's own word at the end."""
    told = say(*SENTENCES[reason])
    clean = "".join(c if c.isprintable() else "?" for c in detail)[:160]
    return f"{told} ({clean})" if clean else told


def of_disk(error: OSError, place: Path, say: Say, option: str = "") -> str:
    """What a disk did not do at a place, and what to do about it.

    `option` is the argument that names another place, "" if there is no single one.
    """
    other = say(f" dengan {option}", f" with {option}") if option else ""
    named = isinstance(error.filename, (str, bytes))
    where = Path(os.fsdecode(error.filename)) if named else place
    if where.name.startswith("."):
        where = where.parent  # a draft of ours
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return say(
            f"Penyimpanan penuh: {where} tidak dapat ditulis. Kosongkan tempat, lalu jalankan lagi"
            " perintah ini; berkas asli tidak berubah.",
            f"The disk is full: {where} cannot be written. Make room, then run this command again;"
            " the original files are unchanged.",
        )
    if error.errno == errno.EROFS:
        return say(
            f"{where}: penyimpanan ini hanya dapat dibaca. Pilih folder lain{other}.",
            f"{where}: this disk can only be read. Choose another folder{other}.",
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return say(
            f"{where}: milik pengguna lain, atau tidak boleh dibaca atau ditulis. Pilih folder"
            f" sendiri{other},"
            " atau minta izin pemiliknya.",
            f"{where}: it belongs to another user, or may not be read or written. Choose a folder"
            f" of your own{other}, or ask its owner.",
        )
    if error.errno in {errno.ENOTDIR, errno.EEXIST}:
        return say(
            f"{where}: di sini ada berkas, bukan folder. Pilih folder lain{other}.",
            f"{where}: this is a file, not a folder. Choose another folder{other}.",
        )
    if error.errno == errno.EISDIR:
        return say(f"{where}: ini folder. Sebutkan berkasnya.",
                   f"{where}: this is a folder. Name the file.")  # fmt: skip
    if error.errno == errno.ENOENT:
        return say(f"{where}: tidak ada. Periksa namanya.", f"{where}: not found. Check its name.")
    return say(
        f"{where}: {error.strerror}. Periksa penyimpanan, atau pilih folder lain{other}.",
        f"{where}: {error.strerror}. Check the disk, or choose another folder{other}.",
    )
