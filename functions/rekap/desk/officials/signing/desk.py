"""Where officers sign: what they read, who may sign, their consent, and what it amounts to.

Several statements of one kind, forms apart, are shown one after another before anybody is asked,
and may be agreed to all at once.
"""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rekap.core.ledger.offices import Record
from rekap.core.signing import envelope as dsse
from rekap.core.signing.signature import Signature
from rekap.core.signing.signer import Ed25519Signer
from rekap.desk.officials import given
from rekap.desk.officials.forms import preview, remarks, sent
from rekap.desk.officials.forms.review import Names
from rekap.desk.officials.keys.enrolment import grouped
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.outbox.queue import Queue
from rekap.desk.officials.paper import Job
from rekap.desk.officials.signing import blind, quorum, show
from rekap.desk.officials.signing.quorum import Quorum
from rekap.desk.officials.talk import REFUSED, Fault, Talk

DONE: Final = 0
_SHORT: Final = 4
_AGREE: Final = ("setuju", "agree")
_ALL: Final = ("semua", "all")
_FILES_NAMED: Final = 3


@dataclass(slots=True)
class Desk:
    """Where officers sign. A key is unlocked once for all statements of a run."""

    kit: Kit | None
    options: Namespace
    talk: Talk
    _unlocked: dict[Path, Ed25519Signer] = field(default_factory=dict)

    def serve(self, jobs: Sequence[Job]) -> int:
        """Show statements and take the signatures of all keys. Returns the exit code."""
        for path in self.options.key:
            given.key_file(path, self.kit)
        kinds = {job.paper.statement.kind for job in jobs}
        if len(jobs) > 1 and len(kinds) == 1 and "form" not in kinds:
            code = self._serve(jobs)
        else:
            code = max(self._serve([job]) for job in jobs)
        self._tell_next(jobs)
        return code

    def _serve(self, jobs: Sequence[Job]) -> int:
        """Show all statements, then ask the holder of each key about each."""
        for job in jobs:
            self._show(job)
        code = DONE
        for at, path in enumerate(self.options.key):
            code = max(code, self._take_all(jobs, path, at))
        self.talk.tell()
        told: Counter[str] = Counter()
        for job in jobs:
            if not self.options.key and len(job.sources) > 1:
                self._write(job)
            fields = job.paper.statement.fields
            told.update(quorum.lines(self._quorum(job), fields, self.talk.say))
        for line, count in told.items():
            more = self.talk.say(f" ({count} pernyataan)", f" ({count} statements)")
            self.talk.tell(*(f"{line}{more if count > 1 else ''}",) * 2)
        return code

    def _show(self, job: Job) -> None:
        """Everything that is signed, what will be said of it, its id, and who signed before."""
        fields = job.paper.statement.fields
        names = Names(self.kit, fields.get("election", ""), self.talk.say)
        self._refuse_broken(job)
        if self.options.blind:
            blind.compare(job.paper, names, self.talk)
        self._lines(["", *show.lines(fields, names, self.kit)])
        self._lines(self._remarks(job, names))
        self._lines(sent.lines(job.paper.id, fields, Queue(self.options.queue), self.talk.say))
        self._tell_signers(job)

    def _lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            print(line, file=self.talk.stdout)

    def _quorum(self, job: Job) -> Quorum:
        return quorum.of(job.paper, self.kit)

    def _remarks(self, job: Job, names: Names) -> list[str]:
        """What intake and the ledger will say. Raises Fault for what would surely be refused."""
        if self.kit is None:
            return []
        fields = job.paper.statement.fields
        refused = preview.faults(job.paper.payload, self.kit)
        outlook = preview.outlook(fields, self.kit) if fields["kind"] == "form" else None
        lines = remarks.all_of(refused, outlook, names)
        size = self.talk.say.number(self.kit.size)
        if any(preview.is_final(one) for one in refused) and self.options.key:
            self._lines(lines)
            raise Fault(
                f"{job.sources[0]}: tidak ditandatangani, karena portal akan menolaknya (lihat di"
                f" atas; kit ini memuat wilayah {self.kit.region} pada {size} catatan)."
                " Buat draf baru, atau ambil kit yang baru.",
                f"{job.sources[0]}: not signed, since the portal would refuse it (see above; this"
                f" kit holds region {self.kit.region} at {size} entries). Make a new"
                " draft, or get a new kit.",
                REFUSED,
            )
        return ["", self.talk.say("Temuan:", "Findings:"), *lines] if lines else []

    def _refuse_broken(self, job: Job) -> None:
        """Sign nothing whose other signatures would make the portal refuse it."""
        broken = self._quorum(job).broken
        if not broken:
            return
        self._lines([line for one in broken for line in remarks.fault(one, self.talk.say)])
        raise Fault(
            f"{job.sources[0]}: ada tanda tangan yang tidak dapat diterima. Jangan menandatangani"
            " berkas ini; minta salinan dari petugas lain atau mulai lagi dari draf.",
            f"{job.sources[0]}: a signature in it cannot be accepted. Do not sign this file; ask"
            " another officer for a copy, or begin again with the draft.",
            REFUSED,
        )

    def _tell_signers(self, job: Job) -> None:
        """The id in two lines that people can compare, and who signed before."""
        say, now = self.talk.say, self._quorum(job)
        half = len(job.paper.id) // 2
        self._lines(
            ["", f"id  {grouped(job.paper.id[:half])}", f"    {grouped(job.paper.id[half:])}"]
        )
        for keyid, key in now.signers:
            self.talk.tell(f"Sudah: {quorum.who(key, say)}", f"Signed: {quorum.who(key, say)}")
            self._lines([f"       {say('sidik kunci', 'fingerprint')} {grouped(keyid)}"])
        for one in now.unknown:
            self._lines(remarks.fault(one, say))

    def _take_all(self, jobs: Sequence[Job], path: Path, at: int) -> int:
        """Take the signatures of one key: entitled everywhere, then asked about each."""
        keyid = given.key_file(path, self.kit).public.keyid
        missing = [job for job in jobs if keyid not in job.paper.keyids]
        if len(missing) < len(jobs):
            self.talk.tell(f"{path}: kunci ini sudah menandatangani.",
                           f"{path}: this key has signed already.")  # fmt: skip
        keys = [self._check_key(job, path, keyid) for job in missing]
        code, all_agreed = DONE, False
        for job, key in zip(missing, keys, strict=True):
            many = len(missing) if job is missing[0] else 1
            who = quorum.who(key, self.talk.say) if key else grouped(keyid)
            answer = _ALL[0] if all_agreed else self._ask(job, path, who, many)
            all_agreed = answer in _ALL
            if not all_agreed and answer not in (*_AGREE, job.paper.id[:_SHORT]):
                self.talk.tell(
                    f"{job.sources[0]}: tidak ditandatangani, karena jawabannya lain.",
                    f"{job.sources[0]}: not signed, since the answer was another one.",
                )
                code = REFUSED
                continue
            self._sign(job, self._unlock(path, at))
        return code

    def _ask(self, job: Job, path: Path, who: str, many: int) -> str:
        """What the officer says to a statement; a machine has named the id beforehand.

        Where `many` is above one, so many statements may be agreed to at once.
        """
        id = job.paper.id
        if self.options.expect:
            if id not in self.options.expect:
                raise Fault(f"id pernyataan ini {id}, bukan yang disebut dengan --expect.",
                            f"the id of this statement is {id}, not the one of --expect.",
                            REFUSED)  # fmt: skip
            return _AGREE[0]
        self.talk.tell()
        named = f"{job.sources[0]}, id {id[:_SHORT]}…"
        self.talk.tell(named, named)
        self.talk.tell(f"{path}: {who}", f"{path}: {who}", "  ")
        if many > 1:
            number = self.talk.say.number(many)
            self.talk.tell(
                f"Ketik `semua` untuk menandatangani ke-{number} pernyataan di atas sekaligus.",
                f"Type `all` to sign all {number} statements above at once.",
            )
        answer = self.talk.ask(
            f"Ketik `setuju` atau {_SHORT} huruf pertama id untuk menandatangani:",
            f"Type `agree` or the first {_SHORT} characters of the id to sign:",
        ).lower()
        return "" if answer in _ALL and many == 1 else answer

    def _check_key(self, job: Job, path: Path, keyid: str) -> Record | None:
        """Return the key's record. Raises Fault if its signature would spoil the envelope."""
        key = quorum.record(job.paper, self.kit, keyid)
        if key is None:
            self._check_unknown(path)
        elif key.get("revoked") is not None:
            raise Fault(f"{path}: kunci ini sudah dicabut. Minta kunci baru kepada kantor di atas.",
                        f"{path}: this key was revoked. Ask the office above for a new one.",
                        REFUSED)  # fmt: skip
        elif not quorum.may_sign(job.paper, self.kit, keyid, key):
            who = quorum.who(key, self.talk.say)
            raise Fault(
                f"{path}: {who} tidak berwenang menandatangani pernyataan ini, dan tanda"
                " tangannya membuat portal menolak seluruh berkas. Periksa TPS atau wilayahnya.",
                f"{path}: {who} is not entitled to sign this statement, and the signature would"
                " make the portal refuse the whole file. Check the station or region.",
                REFUSED,
            )
        return key

    def _check_unknown(self, path: Path) -> None:
        size = self.talk.say.number(self.kit.size if self.kit else 0)
        region = self.kit.region if self.kit else "-"
        if not self.options.unregistered:
            raise Fault(
                f"{path}: kunci ini tidak ada dalam kit, yang hanya tahu kunci wilayah {region}"
                f" serta yang di atas dan di bawahnya ({size} catatan). Ambil kit baru dengan"
                " `rekap kit`. Bila pemberian kuncinya memang belum tercatat, tambahkan"
                " --unregistered; portal menolak berkas ini sampai kuncinya tercatat.",
                f"{path}: this key is not in the kit, which knows keys of region {region} and of"
                f" those above and below it only ({size} entries). Get a new kit with `rekap"
                " kit`. If its grant is not logged yet, add --unregistered; the portal refuses"
                " the file until the key is logged.",
                REFUSED,
            )
        self.talk.tell(
            f"{path}: kunci belum ada dalam kit; kewenangannya tidak dapat diperiksa.",
            f"{path}: the key is not in the kit; what it may sign cannot be checked.",
        )

    def _unlock(self, path: Path, at: int) -> Ed25519Signer:
        if path not in self._unlocked:
            files = self.options.passphrase_file
            secret = files[at] if files else None
            self._unlocked[path] = given.unlock(path, self.talk, secret, self.kit)
        return self._unlocked[path]

    def _sign(self, job: Job, signer: Ed25519Signer) -> None:
        message = dsse.pae(job.paper.payload)
        job.paper = job.paper.signed([Signature(signer.keyid, signer.sign(message))])
        self._write(job)

    def _write(self, job: Job) -> None:
        job.write(self.talk.say)
        self.talk.tell(f"Ditulis: {job.target}", f"Written: {job.target}")

    def _tell_next(self, jobs: Sequence[Job]) -> None:
        """What to do with the files now."""
        verdicts = [self._quorum(job).verdict for job in jobs]
        signed = all(job.target.exists() for job in jobs)
        if not self.options.key or not signed or any(one is None for one in verdicts):
            return
        if not all(one.effective for one in verdicts if one is not None):
            self.talk.tell(
                "Berikutnya: petugas lain menandatangani berkas yang sama dengan `rekap sign`.",
                "Next: another officer signs the same file with `rekap sign`.",
            )
            return
        named = [str(job.target) for job in jobs]
        if len(named) > _FILES_NAMED:
            named = sorted({str(job.target.parent) for job in jobs})
        self.talk.tell("Berikutnya, begitu ada jaringan:", "Next, when there is a network:")
        self.talk.command("rekap submit", *named)
