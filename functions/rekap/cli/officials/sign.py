"""`rekap sign`: officers read a statement and sign it, one after another.

A signature is added to `NAME.dsse.json` and none is ever dropped. Files of the same statement,
signed on different machines, are put together.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from rekap.cli.officials import blind, given, jobs, preview, quorum, remarks, show
from rekap.cli.officials.enrolment import grouped
from rekap.cli.officials.jobs import Job
from rekap.cli.officials.kit import Kit
from rekap.cli.officials.paper import DRAFT, SIGNED
from rekap.cli.officials.quorum import Quorum
from rekap.cli.officials.review import Names
from rekap.cli.officials.talk import REFUSED, Fault, Talk
from rekap.cli.speech import Say
from rekap.ledger.offices import Record
from rekap.signing import envelope as dsse
from rekap.signing.envelope import Signature
from rekap.signing.signer import Ed25519Signer

DONE = 0
_SHORT = 4


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help=say(f"draf *{DRAFT} atau yang sudah ditandatangani *{SIGNED}",
                 f"a draft *{DRAFT} or a signed statement *{SIGNED}"),
    )  # fmt: skip
    parser.add_argument(
        "--kit", type=Path, metavar="KIT",
        help=say("berkas dari `rekap kit`; hanya pernyataan pertama log boleh tanpa kit",
                 "a file made by `rekap kit`; only the first statements of a log need none"),
    )  # fmt: skip
    parser.add_argument(
        "--key", action="append", default=[], type=Path, metavar="KEY",
        help=say("berkas kunci; boleh berulang untuk beberapa petugas; tanpa ini hanya memeriksa",
                 "key file; may be repeated for several officers; without it only check"),
    )  # fmt: skip
    parser.add_argument(
        "--passphrase-file", action="append", default=[], type=Path, metavar="F",
        help=say("kata sandi dari berkas, bagi mesin; urut seperti --key",
                 "passphrase from a file, for machines; in the order of --key"),
    )  # fmt: skip
    parser.add_argument(
        "--expect", action="append", default=[], metavar="ID",
        help=say("tanda tangani tanpa bertanya, hanya bila id-nya persis ini",
                 "sign without asking, only if the id is exactly this"),
    )  # fmt: skip
    parser.add_argument(
        "--blind", action="store_true",
        help=say("ketik ulang perolehan suara dari kertas sebelum melihat draf",
                 "type the votes from the paper again before seeing the draft"),
    )  # fmt: skip
    parser.add_argument(
        "--unregistered", action="store_true",
        help=say("izinkan kunci yang belum ada dalam kit", "allow a key that is not in the kit"),
    )  # fmt: skip
    parser.add_argument(
        "--to", type=Path, metavar="FILE",
        help=say(f"berkas hasil; bila tidak disebut: nama yang sama dengan akhiran {SIGNED}",
                 f"result; default: the same name with {SIGNED}"),
    )  # fmt: skip


def run(options: Namespace, say: Say) -> int:
    """Sign; 0 done, 1 somebody did not sign or something is refused, 2 could not."""
    talk = Talk.here(say)
    return talk.carry_out(lambda: _run(options, talk))


def _run(options: Namespace, talk: Talk) -> int:
    kit = given.kit(options.kit) if options.kit is not None else None
    _check_options(options)
    desk = Desk(kit, options, talk)
    return max(desk.serve(job) for job in jobs.of_files(options.files, options.to, talk.say))


def _check_options(options: Namespace) -> None:
    files, keys = options.passphrase_file, options.key
    if files and len(files) != len(keys):
        raise Fault(
            "Sebutkan satu --passphrase-file untuk tiap --key, dengan urutan yang sama.",
            "Name one --passphrase-file for each --key, in the same order.",
        )
    if options.blind and options.expect:
        raise Fault(
            "--blind membutuhkan petugas yang mengetik; --expect tidak dapat dipakai bersamanya.",
            "--blind needs an officer who types; it does not go with --expect.",
        )


@dataclass(slots=True)
class Desk:
    """Where officers sign. A key is unlocked once for all statements of a run."""

    kit: Kit | None
    options: Namespace
    talk: Talk
    _unlocked: dict[Path, Ed25519Signer] = field(default_factory=dict)

    def serve(self, job: Job) -> int:
        """Show one statement and take the signatures of all keys. Returns the exit code."""
        fields = job.paper.statement.fields
        names = Names(self.kit, fields.get("election", ""), self.talk.say)
        self._refuse_broken(job)
        if self.options.blind:
            blind.compare(job.paper, names, self.talk)
        self._lines(["", *show.lines(fields, names, self.kit), ""])
        self._lines(self._remarks(job, names))
        self._tell_signers(job)
        code = DONE
        for at, path in enumerate(self.options.key):
            code = max(code, self._take(job, path, at))
        if not self.options.key and len(job.sources) > 1:
            self._write(job)
        self.talk.tell()
        for line in quorum.lines(self._quorum(job), fields, self.talk.say):
            self.talk.tell(line, line)
        return code

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
        if any(preview.is_final(one) for one in refused) and self.options.key:
            self._lines(lines)
            raise Fault(
                f"{job.sources[0]}: tidak ditandatangani, karena portal akan menolaknya (lihat di"
                f" atas; kit ini memuat wilayah {self.kit.region} pada {self.kit.size} entri)."
                " Buat draf baru, atau ambil kit yang baru.",
                f"{job.sources[0]}: not signed, since the portal would refuse it (see above; this"
                f" kit holds region {self.kit.region} at {self.kit.size} entries). Make a new"
                " draft, or get a new kit.",
                REFUSED,
            )
        return [self.talk.say("Temuan:", "Findings:"), *lines] if lines else []

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
            ["", f"id  {grouped(job.paper.id[:half])}", f"    {grouped(job.paper.id[half:])}", ""]
        )
        for keyid, key in now.signers:
            told = f"{quorum.who(key, say)} {grouped(keyid)}"
            self.talk.tell(f"Sudah: {told}", f"Signed: {told}", "  ")
        for one in now.unknown:
            self._lines(remarks.fault(one, say))

    def _take(self, job: Job, path: Path, at: int) -> int:
        """Take the signature of one key: entitled, confirmed, unlocked, written."""
        keyid = given.key_file(path, self.kit).public.keyid
        if keyid in job.paper.keyids:
            self.talk.tell(f"{path}: kunci ini sudah menandatangani.",
                           f"{path}: this key has signed already.")  # fmt: skip
            return DONE
        key = self._check_key(job, path, keyid)
        if not self._confirmed(job, path, keyid, key):
            self.talk.tell(f"{path}: tidak ditandatangani.", f"{path}: not signed.")
            return REFUSED
        signer = self._unlock(path, at)
        message = dsse.pae(job.paper.payload)
        job.paper = job.paper.signed([Signature(signer.keyid, signer.sign(message))])
        self._write(job)
        return DONE

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
        size = self.kit.size if self.kit else 0
        if not self.options.unregistered:
            raise Fault(
                f"{path}: kunci ini belum ada dalam kit ({size} entri). Ambil kit baru dengan"
                " `rekap kit`. Bila pemberian kuncinya memang belum tercatat, tambahkan"
                " --unregistered; portal menolak berkas ini sampai kuncinya tercatat.",
                f"{path}: this key is not in the kit ({size} entries). Get a new kit with `rekap"
                " kit`. If its grant is not logged yet, add --unregistered; the portal refuses"
                " the file until the key is logged.",
                REFUSED,
            )
        self.talk.tell(
            f"{path}: kunci belum ada dalam kit; kewenangannya tidak dapat diperiksa.",
            f"{path}: the key is not in the kit; what it may sign cannot be checked.",
        )

    def _confirmed(self, job: Job, path: Path, keyid: str, key: Record | None) -> bool:
        """Whether the officer has read and agrees; a machine names the id beforehand."""
        id = job.paper.id
        who = quorum.who(key, self.talk.say) if key else grouped(keyid)
        if self.options.expect:
            if id not in self.options.expect:
                raise Fault(f"id pernyataan ini {id}, bukan yang disebut dengan --expect.",
                            f"the id of this statement is {id}, not the one of --expect.",
                            REFUSED)  # fmt: skip
            return True
        self.talk.tell()
        self.talk.tell(f"{path}: {who}", f"{path}: {who}", "  ")
        answer = self.talk.ask(
            f"Ketik `setuju` atau {_SHORT} huruf pertama id untuk menandatangani:",
            f"Type `agree` or the first {_SHORT} characters of the id to sign:",
        )
        return answer.lower() in ("setuju", "agree", id[:_SHORT])

    def _unlock(self, path: Path, at: int) -> Ed25519Signer:
        if path not in self._unlocked:
            files = self.options.passphrase_file
            secret = files[at] if files else None
            self._unlocked[path] = given.unlock(path, self.talk, secret, self.kit)
        return self._unlocked[path]

    def _write(self, job: Job) -> None:
        job.write(self.talk.say)
        self.talk.tell(f"Ditulis: {job.target}", f"Written: {job.target}")
