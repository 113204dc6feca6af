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
from rekap.desk.officials.arguments import given
from rekap.desk.officials.forms import preview, remarks, sent
from rekap.desk.officials.forms.review import Names
from rekap.desk.officials.keys.enrolment import grouped
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.outbox.queue import Queue
from rekap.desk.officials.paper import Job
from rekap.desk.officials.signing import blind, quorum, show
from rekap.desk.officials.signing.quorum import Quorum
from rekap.desk.officials.talk import REFUSED, Fault, Talk
from rekap.desk.texts import both

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
            more = self.talk.say(*both("desk.statements", count=count))
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
                *both(
                    "desk.not_signed_since_the_portal_would",
                    sources=job.sources[0],
                    region=self.kit.region,
                    size=size,
                ),
                REFUSED,
            )
        return ["", self.talk.say(*both("desk.findings")), *lines] if lines else []

    def _refuse_broken(self, job: Job) -> None:
        """Sign nothing whose other signatures would make the portal refuse it."""
        broken = self._quorum(job).broken
        if not broken:
            return
        self._lines([line for one in broken for line in remarks.fault(one, self.talk.say)])
        raise Fault(*both("desk.a_signature_in_it_cannot_be", sources=job.sources[0]), REFUSED)

    def _tell_signers(self, job: Job) -> None:
        """The id in two lines that people can compare, and who signed before."""
        say, now = self.talk.say, self._quorum(job)
        half = len(job.paper.id) // 2
        self._lines(
            ["", f"id  {grouped(job.paper.id[:half])}", f"    {grouped(job.paper.id[half:])}"]
        )
        for keyid, key in now.signers:
            self.talk.tell(*both("desk.signed", key_name=quorum.who(key, say)))
            self._lines([f"       {say(*both('word.fingerprint'))} {grouped(keyid)}"])
        for one in now.unknown:
            self._lines(remarks.fault(one, say))

    def _take_all(self, jobs: Sequence[Job], path: Path, at: int) -> int:
        """Take the signatures of one key: entitled everywhere, then asked about each."""
        keyid = given.key_file(path, self.kit).public.keyid
        missing = [job for job in jobs if keyid not in job.paper.keyids]
        if len(missing) < len(jobs):
            self.talk.tell(*both("desk.this_key_has_signed_already", path=path))
        keys = [self._check_key(job, path, keyid) for job in missing]
        code, all_agreed = DONE, False
        for job, key in zip(missing, keys, strict=True):
            many = len(missing) if job is missing[0] else 1
            who = quorum.who(key, self.talk.say) if key else grouped(keyid)
            answer = _ALL[0] if all_agreed else self._ask(job, path, who, many)
            all_agreed = answer in _ALL
            if not all_agreed and answer not in (*_AGREE, job.paper.id[:_SHORT]):
                self.talk.tell(
                    *both("desk.not_signed_since_the_answer_was", sources=job.sources[0])
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
                raise Fault(*both("desk.the_id_of_this_statement_is", id=id), REFUSED)
            return _AGREE[0]
        self.talk.tell()
        named = f"{job.sources[0]}, id {id[:_SHORT]}…"
        self.talk.tell(named, named)
        self.talk.tell(f"{path}: {who}", f"{path}: {who}", "  ")
        if many > 1:
            number = self.talk.say.number(many)
            self.talk.tell(*both("desk.type_all_to_sign_all_statements", number=number))
        answer = self.talk.ask(
            *both("desk.type_agree_or_the_first_characters", short=_SHORT)
        ).lower()
        return "" if answer in _ALL and many == 1 else answer

    def _check_key(self, job: Job, path: Path, keyid: str) -> Record | None:
        """Return the key's record. Raises Fault if its signature would spoil the envelope."""
        key = quorum.record(job.paper, self.kit, keyid)
        if key is None:
            self._check_unknown(path)
        elif key.get("revoked") is not None:
            raise Fault(*both("desk.this_key_was_revoked_ask_the", path=path), REFUSED)
        elif not quorum.may_sign(job.paper, self.kit, keyid, key):
            who = quorum.who(key, self.talk.say)
            raise Fault(*both("desk.is_not_entitled_to_sign_this", path=path, who=who), REFUSED)
        return key

    def _check_unknown(self, path: Path) -> None:
        size = self.talk.say.number(self.kit.size if self.kit else 0)
        region = self.kit.region if self.kit else "-"
        if not self.options.unregistered:
            raise Fault(
                *both("desk.this_key_is_not_in_the", path=path, region=region, size=size), REFUSED
            )
        self.talk.tell(*both("desk.the_key_is_not_in_the", path=path))

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
        self.talk.tell(*both("desk.written", target=job.target))

    def _tell_next(self, jobs: Sequence[Job]) -> None:
        """What to do with the files now."""
        verdicts = [self._quorum(job).verdict for job in jobs]
        signed = all(job.target.exists() for job in jobs)
        if not self.options.key or not signed or any(one is None for one in verdicts):
            return
        if not all(one.effective for one in verdicts if one is not None):
            self.talk.tell(*both("desk.next_another_officer_signs_the_same"))
            return
        named = [str(job.target) for job in jobs]
        if len(named) > _FILES_NAMED:
            named = sorted({str(job.target.parent) for job in jobs})
        self.talk.tell(*both("desk.next_when_there_is_a_network"))
        self.talk.command("rekap submit", *named)
