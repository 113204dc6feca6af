"""`rekap mirror DIR|URL --to DIR`: a full copy of a portal, verified, and later what is new.

    1  the checkpoint of the source against the copy's own: it must go on from there
    2  tiles, bundles and proofs that the copy lacks are fetched; all are verified again
    3  pages and bulk data are computed from the log, never fetched
    4  the next copy is complete beside the old one, then takes its place in one step

0  the copy is complete; the last line says what is not proved of it
1  the source is refuted, forked or went back
2  could not
Whatever happens, DIR is the old copy or the new one, and `rekap verify DIR` proves it.
"""

from __future__ import annotations

import os
import random
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rekap.audit import again
from rekap.audit import fork as forks
from rekap.audit.anchors import POLICY
from rekap.audit.attachments import FOLDERS, SAMPLE
from rekap.audit.audit import Outcome
from rekap.audit.blocks import SiteLog
from rekap.audit.claim import CLAIM, MAX_CLAIM, parse
from rekap.audit.commands import compare, cosigned, files
from rekap.audit.commands.arguments import add_site, taking
from rekap.audit.commands.replica import Busy, Foreign, Next, Replica, earlier_tiles
from rekap.audit.commands.speech import Say
from rekap.audit.commands.verdict import seen_line, verdict_lines
from rekap.audit.commands.verify import Progress, repeat, slow
from rekap.audit.overlay import Counted, Overlay
from rekap.audit.plan import Plan
from rekap.audit.reader import FolderSource, Source, Unreadable, open_source
from rekap.audit.texts import both
from rekap.audit.verdict import PROVED, REFUTED, UNDECIDED, Report, Words, printable
from rekap.core.codec import sha256_hex
from rekap.core.errors import Conflict, Malformed, NotVerified
from rekap.core.log.policy import MAX_POLICY, NO_POLICY, Policy
from rekap.core.log.ports import CHECKPOINT
from rekap.core.pages.release import current
from rekap.core.pages.site import Site
from rekap.core.signing.note import MAX_NOTE, NoteKey
from rekap.core.statements import pictures

_PAUSE_S: Final = 5.0


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    take = taking(parser, say)
    add_site(parser, say)
    take("--to", both("mirror.the_copy_s_folder_new_or"), "DIR", required=True, type=Path)
    take("--policy", both("mirror.anchors_from_paper_without_it_the"), "F", type=Path)
    take(
        "--grace",
        both("mirror.seconds_to_wait_for_an_address", grace_s=again.GRACE_S),
        "S",
        type=int,
        default=again.GRACE_S,
    )


def run(options: Namespace, say: Say) -> int:
    """Make or refresh a copy; exit codes as above."""
    replica = Replica(options.to)
    try:
        with replica.held() as copy:
            policy = _anchors(options.policy, copy)
            source = Counted(open_source(options.site, slow(say)))
            own = options.policy is None
            return _Run(source, replica, copy, policy, own, options.grace, say).run()
    except Busy:
        told = say(*both("mirror.another_program_works_on_it"))
        print(f"rekap mirror: {replica.shown}: {told}", file=sys.stderr)
    except Foreign:
        told = say(*both("mirror.not_a_copy_that_rekap_mirror"))
        print(f"rekap mirror: {replica.shown}: {told}", file=sys.stderr)
    except (Unreadable, Malformed, NotVerified) as error:
        print(f"rekap mirror: {printable(str(error))}", file=sys.stderr)
    return UNDECIDED


def _anchors(given: Path | None, copy: FolderSource | None) -> Policy | None:
    """Return the reader's own anchors, else those of the copy: the source cannot change them."""
    if given is not None:
        return Policy.parse(files.read(given, MAX_POLICY))
    return None if copy is None else Policy.parse(copy.read(POLICY, MAX_POLICY) or b"")


@dataclass(frozen=True, slots=True)
class _Run:
    """One run. `copy` is the copy of the last time; `grace` is in seconds.

    `own`: the reader gave no anchors; those of the copy, or the first time the site's, count.
    """

    source: Counted
    replica: Replica
    copy: FolderSource | None
    policy: Policy | None
    own: bool
    grace: int
    say: Say

    def run(self) -> int:
        """Compare, fetch, compute, exchange."""
        if self.copy is not None:
            code = self._compare(self.copy)
            if code is not None:
                return code
        try:
            return self._renew()
        finally:
            self.replica.clear()

    # ------------------------------------------------------------ 1 compare

    def _compare(self, copy: FolderSource) -> int | None:
        """Return None if there is more to fetch, else the exit code."""
        remembered = self.replica.remembered(self._used(copy))
        if remembered and self._is_same(copy) and self._has_the_same_beside(remembered[1]):
            size = self.say.number(parse(copy.read(CLAIM, MAX_CLAIM) or b"").size)
            self._tell(*both("mirror.nothing_new_entries", size=size))
            self._tell_limits(remembered[0])
            return PROVED
        key = compare.log_key(self.policy or NO_POLICY, SiteLog(copy), self.say)
        try:
            kept = forks.view(self.replica.shown, SiteLog(copy), key)
        except (Malformed, NotVerified):
            return None  # by these anchors it is no copy of this log: the audit says so
        deadline = time.monotonic() + (self.grace if self.source.remote else 0)
        while True:
            try:
                shown = forks.view(self.source.name, SiteLog(self.source), key)
            except (Malformed, NotVerified):
                return None  # the audit says what is wrong with it, and where
            found = _fork(kept, shown, key)
            if found is not None:
                self._accuse(found)
                self._tell(*both("mirror.was_not_changed"))
                return REFUTED
            older = self._older(kept, shown)
            if older is None:
                return None
            if time.monotonic() + _PAUSE_S > deadline:
                return self._refuse_older(*older)
            time.sleep(_PAUSE_S)

    def _older(self, kept: forks.View, shown: forks.View) -> tuple[int, int] | None:
        """Return how many entries the copy and the source have, if the source has fewer.

        Log, pages and bulk data only grow: a true log does not excuse pages of last week.
        """
        if shown.checkpoint.size < kept.checkpoint.size:
            return kept.checkpoint.size, shown.checkpoint.size
        return self._went_back(self.source.read(CLAIM, MAX_CLAIM) or b"")

    def _went_back(self, claim: bytes) -> tuple[int, int] | None:
        """Return the entries of the copy's pages or bulk data, and of a claim that has fewer."""
        if self.copy is None:
            return None
        with suppress(Malformed):  # the audit says what is wrong with it
            ours, theirs = parse(self.copy.read(CLAIM, MAX_CLAIM) or b""), parse(claim)
            sizes = [(ours.size, theirs.size), (ours.data_size, theirs.data_size)]
            return next(((one, other) for one, other in sizes if other < one), None)
        return None

    def _is_same(self, copy: FolderSource) -> bool:
        """Tell whether the source has nothing that the copy lacks, no cosignature either."""
        kept, shown = (one.read(CHECKPOINT, MAX_NOTE) or b"" for one in (copy, self.source))
        if copy.read(CLAIM, MAX_CLAIM) != self.source.read(CLAIM, MAX_CLAIM):
            return False
        with suppress(Malformed):
            joined = self._joined(shown, copy)
            return kept == shown or sorted(joined.splitlines()) == sorted(kept.splitlines())
        return False

    def _has_the_same_beside(self, lacking: Sequence[str]) -> bool:
        """Tell whether words and pictures stand beside the log as in the copy: they come and go
        without an entry. Of the pictures of an address some are asked for, by lot.
        """
        had = self._had()
        if not self.source.remote:
            return had == {path for folder in FOLDERS for path in self.source.paths(folder) or ()}
        asked: list[str] = []
        for paths in (had, frozenset(lacking)):
            drawn = {path for path in paths if path.startswith(pictures.FOLDER)}
            asked += [*paths - drawn, *random.sample(sorted(drawn), min(SAMPLE, len(drawn)))]
        return all((self.source.read(path, 0) is not None) is (path in had) for path in asked)

    def _joined(self, shown: bytes, own: Source) -> bytes:
        """Return the source's checkpoint with the cosignatures that the copy has besides.

        `own` is the folder whose policy.txt names the log's witnesses.
        """
        kept = shown if self.copy is None else self.copy.read(CHECKPOINT, MAX_NOTE) or shown
        policies = (self.policy or NO_POLICY, Policy.parse(own.read(POLICY, MAX_POLICY) or b""))
        return cosigned.joined(shown, kept, [key for one in policies for key in one.known])

    def _accuse(self, found: forks.Fork) -> None:
        """Write the evidence beside the copy, once: more of it shows nothing more."""
        evidence = self.replica.evidence
        with suppress(Conflict):
            files.write_new(evidence, found.format())
        print(self._whose(found) if self.own else compare.told(found, self.say))
        place = printable(str(evidence))
        print(self.say(*both("mirror.evidence", place=place)))

    def _whose(self, found: forks.Fork) -> str:
        """Accuse a key only: whoever served the first copy may have made it under any name."""
        smaller, larger = (self.say.number(one.size) for one in found.verify())
        vkey = printable(found.key.vkey)
        return self.say(
            *both("mirror.the_key_signed_two_histories", vkey=vkey, smaller=smaller, larger=larger)
        )

    def _refuse_older(self, kept: int, shown: int) -> int:
        one, other = self.say.number(kept), self.say.number(shown)
        print(self.say(*both("mirror.went_back_the_site_shows_entries", other=other, one=one)))
        self._tell(*both("mirror.was_not_changed"))
        return REFUTED

    # ------------------------------------------------------------ 2, 3, 4

    def _renew(self) -> int:
        """Write the next copy and let it take its place; tell why if the source forbids it.

        What is refuted through the old copy's files may be its own damage: then all are fetched.
        """
        report, outcome, folder = self._audit(self.copy)
        if report.refuted and self.copy is not None and report.fork is None:
            self.replica.clear()
            report, outcome, folder = self._audit(None)
        if report.refuted or report.undecided or outcome is None:
            for line in verdict_lines(report, self.say):
                print(line)
            if report.fork is not None:
                self._accuse(report.fork)
            if self.copy is not None:
                self._tell(*both("mirror.was_not_changed"))
            return REFUTED if report.refuted else UNDECIDED
        older = self._went_back(outcome.claim)
        if older is not None:  # what was compared first is another answer than what was read
            return self._refuse_older(*older)
        joined = self._joined(outcome.checkpoint, FolderSource(self.replica.next))
        outcome = replace(outcome, checkpoint=joined)
        had = self._had()
        files, shared = folder.finish(outcome, earlier_tiles(outcome, self.source, self.copy))
        self.replica.install()
        copy = FolderSource(self.replica.folder)
        self.replica.remember(self._used(copy), report)
        self._conclude(report, files, files - shared)
        for path in sorted(path for path in had if copy.read(path, 0) is None):
            self._tell(*both("mirror.withheld", path=path))
        self._tell_limits(report.limits)
        return PROVED

    def _audit(self, copy: FolderSource | None) -> tuple[Report, Outcome | None, Next]:
        """Audit the source into the next copy, with the log's files that `copy` has."""
        old = None if self.copy is None else self.replica.folder
        progress, processes = Progress(self.say), os.cpu_count() or 1
        folder = Next(self.replica.next, processes, progress, old)
        plan = Plan(
            render=Site,
            release=current(),
            pages=0,
            policy=self.policy,
            since=None if self.copy is None else self.copy.read(CHECKPOINT, MAX_NOTE),
            had=self._had(),
            processes=processes,
            sink=folder,
        )
        source: Source = self.source if copy is None else Overlay(self.source, copy)
        report, outcome = repeat(source, plan, self.grace, progress)
        return report, outcome, folder

    def _had(self) -> frozenset[str]:
        """Return the paths of the words and pictures that the copy has."""
        if self.copy is None:
            return frozenset()
        return frozenset(path for folder in FOLDERS for path in self.copy.paths(folder))

    def _conclude(self, report: Report, files: int, new: int) -> None:
        say, size = self.say, report.facts["size"]
        grown = report.facts.get("since", {}).get("grown", size)
        asked, octets = (say.number(number) for number in self.source.given)
        all_, more, files_, new_ = (say.number(number) for number in (size, grown, files, new))
        self._tell(
            *both("mirror.a_full_copy_entries_of_them", all=all_, more=more, files=files_, new=new_)
        )
        print(say(*both("mirror.fetched_files_bytes_pages_and_data", asked=asked, octets=octets)))
        name = self.replica.shown
        print(say(*both("mirror.prove_it_rekap_verify", name=name)))

    def _used(self, copy: Source) -> str:
        """Name the anchors that count: whose they are, and a digest of what they say."""
        policy = self.policy or Policy.parse(copy.read(POLICY, MAX_POLICY) or b"")
        return f"{'copy' if self.own else 'given'} {sha256_hex(policy.format())}"

    def _tell_limits(self, limits: Sequence[Words]) -> None:
        if limits:
            print(seen_line(limits, self.say))

    def _tell(self, indonesian: str, english: str) -> None:
        name = self.replica.shown
        print(f"{name}: {self.say(indonesian, english)}")


def _fork(kept: forks.View, shown: forks.View, key: NoteKey) -> forks.Fork | None:
    """Return the evidence of a fork. Tiles that show nothing are judged by the audit."""
    with suppress(Malformed, NotVerified):
        return forks.compare(kept, shown, key)
    return None
