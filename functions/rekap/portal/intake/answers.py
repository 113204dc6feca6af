"""The closed list of answers to an upload: code, status, whether it is final, and its sentences.

Codes are stable. A *final* answer is the same for these bytes at any time; any other may change,
so the sender keeps the file and tries again. Findings about the fields of a payload use the codes
of `statements.shapes`; all of them are 422 and final. The API answers 429 itself, before any
function.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rekap.core.errors import Finding, Rejected
from rekap.core.statements import shapes

RETRY_AFTER_S: Final = 30
"""Seconds: about what a new key needs from its receipt to the register."""

FINAL, AGAIN = True, False
"""Whether sending the same bytes again is vain."""

ASKED: Final = frozenset({"another-counts", "none-counts", "head-moved"})
"""Codes that ask the sender once: no time, only a person changes the answer."""

OF_BYTES: Final = frozenset({"not-json", "duplicate-key", "number", "depth"})
"""Codes of `codec.decode` that mean: not strict JSON."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One code. Sentences are templates in `{name}`; `final`: sending these bytes again is vain."""

    status: int
    final: bool
    id: str
    en: str


@dataclass(frozen=True, slots=True)
class Title:
    """The short words of a status."""

    id: str
    en: str


_BODIES: Final[dict[str, tuple[str, str]]] = {
    "operator": ("operator portal", "the operators"),
    "roots.kpu": ("akar KPU", "the roots of KPU"),
    "roots.bawaslu": ("akar Bawaslu", "the roots of Bawaslu"),
    "kpu_prov": ("KPU Provinsi", "KPU Provinsi"),
    "kpu_kabko": ("KPU Kabupaten/Kota", "KPU Kabupaten/Kota"),
    "ppk": ("PPK", "PPK"),
    "kpps": ("KPPS", "KPPS"),
    "saksi": ("saksi", "witnesses"),
    "bawaslu_prov": ("Bawaslu Provinsi", "Bawaslu Provinsi"),
    "bawaslu_kabko": ("Bawaslu Kabupaten/Kota", "Bawaslu Kabupaten/Kota"),
    "panwascam": ("Panwaslu Kecamatan", "Panwaslu Kecamatan"),
    "pkd": ("Pengawas Kelurahan/Desa", "Pengawas Kelurahan/Desa"),
    "ptps": ("Pengawas TPS", "Pengawas TPS"),
    "pemantau": ("pemantau", "observers"),
}

TITLES: Final[dict[int, Title]] = {
    400: Title("Kiriman tidak dapat dibaca", "The upload cannot be read"),
    401: Title("Tanda tangan tidak dapat diterima", "A signature cannot be accepted"),
    403: Title("Belum berwenang", "Not entitled yet"),
    404: Title("Tidak ditemukan", "Not found"),
    409: Title("Belum dapat dicatat", "Cannot be recorded yet"),
    410: Title("Penerimaan sudah ditutup", "Intake is closed"),
    413: Title("Kiriman terlalu besar", "The upload is too large"),
    415: Title("Jenis isi tidak diterima", "This content type is not accepted"),
    422: Title("Isi pernyataan perlu diperbaiki", "The statement needs correction"),
    503: Title("Belum dapat menerima", "Cannot accept right now"),
}

CODES: Final[dict[str, Answer]] = {
    "not-json": Answer(400, FINAL,
        "Isi kiriman bukan JSON dalam UTF-8.",
        "The content is not JSON in UTF-8."),
    "duplicate-key": Answer(400, FINAL,
        "Ada nama isian yang tertulis dua kali.",
        "A key stands twice."),
    "number": Answer(400, FINAL,
        "Angka harus bilangan bulat 0 sampai 999.999.999 tanpa tanda, titik, atau nol di depan.",
        "Numbers are integers from 0 to 999,999,999 without sign, point or leading zero."),
    "depth": Answer(400, FINAL,
        "Susunan isi lebih dari delapan tingkat.",
        "The content is nested deeper than eight levels."),
    "envelope": Answer(400, FINAL,
        "Amplop DSSE tidak sesuai bentuk baku: {reason}.",
        "Not the only spelling of a DSSE envelope: {reason}."),
    "unknown-leaf": Answer(404, AGAIN,
        "Tidak ada pernyataan dengan sidik ini.",
        "There is no statement with this leaf hash."),
    "unknown-held": Answer(404, AGAIN,
        "Tidak ada formulir dengan nomor ini yang menunggu tanda tangan.",
        "No form of this id waits for signatures."),
    "unknown-route": Answer(404, FINAL,
        "Alamat ini tidak ada.",
        "There is no such address."),
    "too-large": Answer(413, FINAL,
        "Kiriman paling besar {most} byte.",
        "An upload has at most {most} bytes."),
    "wrong-type": Answer(415, FINAL,
        "Kirim sebagai {wanted}.",
        "Send it as {wanted}."),
    "bad-signature": Answer(401, FINAL,
        "Tanda tangan kunci {keyid} tidak cocok dengan isi: {reason}.",
        "The signature of key {keyid} does not verify: {reason}."),
    "unknown-key": Answer(401, AGAIN,
        "Kunci {keyid} belum ada dalam daftar kunci; daftar memuat {register_size} catatan log.",
        "Key {keyid} is not in the register yet; the register knows {register_size} entries."),
    "revoked-key": Answer(403, FINAL,
        "Kunci {keyid} ({who}) sudah dicabut, dan tanda tangannya membuat berkas ini ditolak"
        " selamanya. Mulai lagi dari draf: petugas lain menandatanganinya ke berkas baru, tanpa"
        " kunci ini.",
        "Key {keyid} ({who}) was revoked, and for its signature this file is refused for ever."
        " Begin again with the draft: let other officers sign it into a new file, without this"
        " key."),
    "not-entitled": Answer(403, AGAIN,
        "Kunci {keyid} ({body} {region}) tidak berwenang menandatangani pernyataan ini.",
        "Key {keyid} ({body} {region}) is not entitled to sign this statement."),
    "below-threshold": Answer(403, AGAIN,
        "Perlu tanda tangan {required} orang {body} {region}, baru {present}{positions}. Minta yang"
        " lain menandatangani pernyataan yang sama, lalu kirim lagi.",
        "{required} persons of {body} {region} must sign, {present} have{positions}. Ask the others"
        " to sign the same statement, then send it again."),
    "unknown-election": Answer(403, AGAIN,
        "Pemilihan {election} belum dikenal di log ini.",
        "This log does not know the election {election} yet."),
    "no-log": Answer(403, AGAIN,
        "Log ini belum dimulai: catatan pertama harus pernyataan log.",
        "This log has not begun: its first entry must be a log statement."),
    "previous-not-ordered": Answer(409, AGAIN,
        "Pernyataan {id} belum tercatat di log.",
        "Statement {id} is not logged yet."),
    "no-such-key": Answer(409, AGAIN,
        "Kunci {keyid} belum terdaftar, atau bukan kunci yang dapat dicabut.",
        "Key {keyid} is not registered yet, or cannot be revoked."),
    "another-counts": Answer(409, AGAIN,
        "Di tempat ini sudah dihitung formulir lain: revisi {revision}, catatan nomor {index}."
        " Untuk mengubahnya, buat koreksi yang melanjutkannya. Formulir kedua yang berdiri sendiri"
        " tampil sebagai Bertentangan dan hanya dicatat bila pengirim menyatakan sengaja.",
        "Another form counts here: revision {revision}, entry {index}. To change it, make a"
        " correction that continues it. A second form beside it is shown as contested, and is"
        " recorded only if the sender insists."),
    "none-counts": Answer(409, AGAIN,
        "Formulir ini melanjutkan pernyataan {id}, tetapi di tempat ini belum ada formulir yang"
        " dihitung. Ia hanya dicatat bila pengirim menyatakan sengaja.",
        "This form continues the statement {id}, but no form counts here. It is recorded only if"
        " the sender insists."),
    "head-moved": Answer(409, AGAIN,
        "Sementara formulir ini menunggu tanda tangan, di tempat ini sudah dihitung formulir lain:"
        " revisi {revision}, catatan nomor {index}. Ia hanya dicatat bila pengirim menyatakan"
        " sengaja.",
        "While this form waited for signatures another one came to count here: revision"
        " {revision}, entry {index}. It is recorded only if the sender insists."),
    "held-recently": Answer(409, AGAIN,
        "Kunci {keyid} baru saja menitipkan formulir lain untuk tempat ini; yang baru dapat"
        " dititipkan {minutes} menit lagi. Formulir yang tanda tangannya sudah cukup dalam satu"
        " berkas diterima sekarang juga.",
        "Key {keyid} holds another form of this place since a moment ago; a new one can be held in"
        " {minutes} minutes. A form with enough signatures in one file is taken at once."),
    "closed": Answer(410, FINAL,
        "Log ini sudah ditutup.",
        "This log is closed."),
    "not-canonical": Answer(422, FINAL,
        "Isi pernyataan tidak ditulis dalam bentuk kanonik.",
        "The statement is not spelled canonically."),
    "no-policy": Answer(422, FINAL,
        "Baris kebijakan bukan tlog-policy yang menyebut kunci log ini.",
        "The lines are not a tlog-policy that names this log's key."),
    "other-log": Answer(422, FINAL,
        "Pernyataan ini untuk log {other}, bukan {origin}.",
        "This statement is for the log {other}, not {origin}."),
    "log-exists": Answer(422, FINAL,
        "Log ini sudah dimulai.",
        "This log has begun already."),
    "other-key": Answer(422, FINAL,
        "Kunci tanda terima ini bukan kunci portal ini.",
        "This receipt key is not the key of this portal."),
    "unacceptable-key": Answer(422, FINAL,
        "Kunci publik ini tidak aman: {reason}.",
        "This public key is not acceptable: {reason}."),
    "key-taken": Answer(422, FINAL,
        "Kunci {keyid} sudah terdaftar; satu kunci milik satu orang untuk selamanya.",
        "Key {keyid} is registered already; a key belongs to one person for ever."),
    "not-current": Answer(422, FINAL,
        "Pernyataan ini tidak melanjutkan yang berlaku; yang berlaku adalah revisi {revision}.",
        "This does not continue the statement in force, which is revision {revision}."),
    "too-many-elections": Answer(422, FINAL,
        "Log ini sudah memuat {most} pemilihan, sebanyak yang dapat dimuatnya.",
        "This log has {most} elections already, as many as it can hold."),
    "already": Answer(422, FINAL,
        "Hal ini sudah tercatat.",
        "This is recorded already."),
    "unknown-contest": Answer(422, FINAL,
        "Pemilihan ini tidak memuat kontes {contest}.",
        "The election has no contest {contest}."),
    "outside-contest": Answer(422, FINAL,
        "Wilayah {region} berada di luar kontes {contest}.",
        "Region {region} lies outside the contest {contest}."),
    "not-in-roster": Answer(422, FINAL,
        "Tempat ini tidak ada dalam daftar resmi: {place}.",
        "This place is not in the roster: {place}."),
    "unexplained": Answer(422, FINAL,
        "{sentence_id} Tertulis {found}, seharusnya {expected}. Perbaiki, atau jelaskan bila"
        " begitulah tertulis di kertas.",
        "{sentence_en} Found {found}, expected {expected}. Correct it, or explain it if the paper"
        " says so."),
    "backlog": Answer(503, AGAIN,
        "Antrean penuh; simpan berkas ini dan coba lagi.",
        "The queue is full; keep the file and try again."),
    "stopped": Answer(503, AGAIN,
        "Penulis log berhenti, sebabnya di log/status.json; simpan berkas ini dan coba lagi.",
        "The log's writer has stopped, log/status.json says why; keep the file and try again."),
    "busy": Answer(503, AGAIN,
        "Pernyataan yang sama sedang dicatat; coba lagi.",
        "The same statement is being recorded; try again."),
    "unavailable": Answer(503, AGAIN,
        "Portal sedang terganggu; simpan berkas ini dan coba lagi.",
        "The portal is disturbed; keep the file and try again."),
}  # fmt: skip

_OF_FIELDS: Final = Answer(422, FINAL, "", "")


def finding(code: str, field: str = "", **words: object) -> Finding:
    """Return the finding `code` about `field`, with its sentences filled from `words`.

    A word that differs is a pair: Indonesian, English.
    """
    found = CODES[code]
    said = [
        sentence.format(**{n: w[at] if isinstance(w, tuple) else w for n, w in words.items()})
        for at, sentence in enumerate((found.id, found.en))
    ]
    return Finding(code, field, *said)


def body(code: str) -> tuple[str, str]:
    """Return what a body is called in an answer, in Indonesian and English."""
    return _BODIES.get(code, (code, code))


def answer(code: str) -> Answer:
    """Return status and finality of a code of this table or of `statements.shapes`."""
    found = CODES.get(code)
    if found is None:
        if code not in shapes.SENTENCES:
            raise KeyError(code)
        return _OF_FIELDS
    return found


def refuse(findings: Iterable[Finding]) -> Rejected:
    """Return the refusal for all findings: the smallest status, retry only if time may help."""
    all_of_them = tuple(findings)
    answers = [answer(one.code) for one in all_of_them]
    vain = any(one.final for one in answers) or any(one.code in ASKED for one in all_of_them)
    retry = None if vain else RETRY_AFTER_S
    return Rejected(min(one.status for one in answers), all_of_them, retry)
