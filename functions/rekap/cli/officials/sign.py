"""`rekap sign`: officers read a statement and sign it, one after another.

A signature is added to `NAME.dsse.json` and none is ever dropped. Files of the same statement,
signed on different machines, are put together.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rekap.cli.officials import blind, given, remarks, show, standing
from rekap.cli.officials.enrolment import grouped
from rekap.cli.officials.kit import Kit
from rekap.cli.officials.paper import DRAFT, SIGNED, Paper
from rekap.cli.officials.review import Names
from rekap.cli.officials.talk import REFUSED, Fault, Talk
from rekap.cli.speech import Say
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
        "--kit", required=True, type=Path, metavar="KIT",
        help=say("berkas dari `rekap kit`", "a file made by `rekap kit`"),
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
    kit = given.kit(options.kit)
    _check_options(options)
    jobs = _jobs(options, talk.say)
    desk = Desk(kit, options, talk)
    codes = [desk.serve(job) for job in jobs]
    return max(codes)


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
class Job:
    """One statement, put together from its files; it is written to `target`."""

    paper: Paper
    target: Path
    sources: list[Path]


def _jobs(options: Namespace, say: Say) -> list[Job]:
    """Read the files; those of the same statement become one job."""
    jobs: dict[str, Job] = {}
    for path in options.files:
        paper = Paper.read(path, say)
        job = jobs.get(paper.id)
        if job is None:
            jobs[paper.id] = Job(paper, options.to or _target(path), [path])
        else:
            job.paper = job.paper.signed(paper.signatures)
            job.sources.append(path)
    if options.to is not None and len(jobs) > 1:
        raise Fault("--to hanya untuk satu pernyataan.", "--to is for one statement only.")
    for job in jobs.values():
        _join_target(job, say)
    return list(jobs.values())


def _target(path: Path) -> Path:
    if path.name.endswith(SIGNED):
        return path
    return path.with_name(path.name.removesuffix(DRAFT).removesuffix(".json") + SIGNED)


def _join_target(job: Job, say: Say) -> None:
    """Take the signatures that the result's file has already."""
    if not job.target.exists():
        return
    there = Paper.read(job.target, say)
    if there.payload != job.paper.payload:
        raise Fault(
            f"{job.target} berisi pernyataan lain. Pindahkan berkas itu, atau pakai --to.",
            f"{job.target} holds another statement. Move that file away, or use --to.",
            REFUSED,
        )
    job.paper = job.paper.signed(there.signatures)


@dataclass(slots=True)
class Desk:
    """Where officers sign. A key is unlocked once for all statements of a run."""

    kit: Kit
    options: Namespace
    talk: Talk
    _unlocked: dict[Path, Ed25519Signer] = field(default_factory=dict)

    def serve(self, job: Job) -> int:
        """Show one statement and take the signatures of all keys. Returns the exit code."""
        say, fields = self.talk.say, job.paper.statement.fields
        names = Names(self.kit, fields.get("election", ""), say)
        self._refuse_broken(job)
        if self.options.blind:
            blind.compare(job.paper, names, self.talk)
        self._print(["", *show.lines(fields, names, self.kit), ""])
        self._print([f"id {grouped(job.paper.id)}", ""])
        self._tell_signers(job)
        code = DONE
        for at, path in enumerate(self.options.key):
            code = max(code, self._take(job, path, at))
        if not self.options.key and len(job.sources) > 1:
            self._write(job)
        self._print(["", *standing.lines(standing.of(job.paper, self.kit), fields, say)])
        return code

    def _print(self, lines: Sequence[str]) -> None:
        for line in lines:
            print(line, file=self.talk.stdout)

    def _refuse_broken(self, job: Job) -> None:
        """Sign nothing whose other signatures would make the portal refuse it."""
        broken = standing.of(job.paper, self.kit).broken
        if not broken:
            return
        self._print([line for one in broken for line in remarks.fault(one, self.talk.say)])
        raise Fault(
            f"{job.sources[0]}: ada tanda tangan yang tidak dapat diterima. Jangan menandatangani"
            " berkas ini; minta salinan dari petugas lain atau mulai lagi dari draf.",
            f"{job.sources[0]}: a signature in it cannot be accepted. Do not sign this file; ask"
            " another officer for a copy, or begin again with the draft.",
            REFUSED,
        )

    def _tell_signers(self, job: Job) -> None:
        say, now = self.talk.say, standing.of(job.paper, self.kit)
        for keyid, key in now.signers:
            self._print([f"  {say('sudah', 'signed')}: {standing.who(key, say)} {grouped(keyid)}"])
        for one in now.unknown:
            self._print(remarks.fault(one, say))

    def _take(self, job: Job, path: Path, at: int) -> int:
        """Take the signature of one key: entitled, confirmed, unlocked, written."""
        public = given.key_file(path, self.kit).public
        keyid = public.keyid
        if keyid in job.paper.keyids:
            self.talk.tell(f"{path}: kunci ini sudah menandatangani.",
                           f"{path}: this key has signed already.")  # fmt: skip
            return DONE
        self._check_key(job, path, keyid)
        if not self._confirmed(job, path, keyid):
            self.talk.tell(f"{path}: tidak ditandatangani.", f"{path}: not signed.")
            return REFUSED
        signer = self._unlock(path, at)
        message = dsse.pae(job.paper.payload)
        job.paper = job.paper.signed([Signature(signer.keyid, signer.sign(message))])
        self._write(job)
        return DONE

    def _check_key(self, job: Job, path: Path, keyid: str) -> None:
        """Refuse a key whose signature would spoil the envelope; say so of an unknown one."""
        key = self.kit.get("keys", keyid)
        if key is None and not self._names_itself(job, keyid):
            self._check_unknown(path)
            return
        if key is not None and key.get("revoked") is not None:
            raise Fault(f"{path}: kunci ini sudah dicabut. Minta kunci baru kepada kantor di atas.",
                        f"{path}: this key was revoked. Ask the office above for a new one.",
                        REFUSED)  # fmt: skip
        if key is not None and not standing.may_sign(job.paper, self.kit, keyid, key):
            who = standing.who(key, self.talk.say)
            raise Fault(
                f"{path}: {who} tidak berwenang menandatangani pernyataan ini, dan tanda"
                " tangannya membuat portal menolak seluruh berkas. Periksa TPS atau wilayahnya.",
                f"{path}: {who} is not entitled to sign this statement, and the signature would"
                " make the portal refuse the whole file. Check the station or region.",
                REFUSED,
            )

    def _names_itself(self, job: Job, keyid: str) -> bool:
        return standing.named_by_itself(job.paper, self.kit, keyid)

    def _check_unknown(self, path: Path) -> None:
        if not self.options.unregistered:
            raise Fault(
                f"{path}: kunci ini belum ada dalam kit ({self.kit.size} entri). Ambil kit baru"
                " dengan `rekap kit`. Bila pemberian kuncinya memang belum tercatat, tambahkan"
                " --unregistered; portal menolak berkas ini sampai kuncinya tercatat.",
                f"{path}: this key is not in the kit ({self.kit.size} entries). Get a new kit with"
                " `rekap kit`. If its grant is not logged yet, add --unregistered; the portal"
                " refuses the file until the key is logged.",
                REFUSED,
            )
        self.talk.tell(
            f"{path}: kunci belum ada dalam kit; kewenangannya tidak dapat diperiksa.",
            f"{path}: the key is not in the kit; what it may sign cannot be checked.",
        )

    def _confirmed(self, job: Job, path: Path, keyid: str) -> bool:
        """Whether the officer has read and agrees; a machine names the id beforehand."""
        id = job.paper.id
        if self.options.expect:
            if id not in self.options.expect:
                raise Fault(f"id pernyataan ini {id}, bukan yang disebut dengan --expect.",
                            f"the id of this statement is {id}, not the one of --expect.",
                            REFUSED)  # fmt: skip
            return True
        key = self.kit.get("keys", keyid)
        who = standing.who(key, self.talk.say) if key else grouped(keyid)
        answer = self.talk.ask(
            f"{path.name} ({who}): ketik `setuju` atau {_SHORT} huruf pertama id:",
            f"{path.name} ({who}): type `agree` or the first {_SHORT} characters of the id:",
        )
        return answer.lower() in ("setuju", "agree", id[:_SHORT])

    def _unlock(self, path: Path, at: int) -> Ed25519Signer:
        if path not in self._unlocked:
            files = self.options.passphrase_file
            secret = files[at] if files else None
            self._unlocked[path] = given.unlock(path, self.talk, secret, self.kit)
        return self._unlocked[path]

    def _write(self, job: Job) -> None:
        """Put the signatures on the disk, with those that came to the file meanwhile."""
        _join_target(job, self.talk.say)
        job.paper.write(job.target, self.talk.say)
        self.talk.tell(f"Ditulis: {job.target}", f"Written: {job.target}")
