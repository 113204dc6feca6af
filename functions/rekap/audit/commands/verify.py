"""`rekap verify DIR|URL`: prove or refute everything that a portal shows."""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from dataclasses import replace
from pathlib import Path
from typing import Final

from rekap.audit import again, checks
from rekap.audit.attachments import SAMPLE
from rekap.audit.audit import Outcome
from rekap.audit.commands import compare, files
from rekap.audit.commands.arguments import add_site, taking
from rekap.audit.commands.speech import Say
from rekap.audit.commands.verdict import verdict_lines
from rekap.audit.fork import Fork
from rekap.audit.overlay import Cached
from rekap.audit.plan import ALL, Plan
from rekap.audit.reader import Source, Told, Unreadable, open_source
from rekap.audit.texts import both
from rekap.audit.verdict import Report, Words, printable
from rekap.core.errors import Conflict, Malformed
from rekap.core.log.policy import MAX_POLICY, Policy
from rekap.core.pages.release import current
from rekap.core.pages.site import Site
from rekap.core.signing.note import MAX_NOTE

URL_SAMPLE: Final = 200
"""Addresses of a site behind a URL that are checked unless more are asked for."""
_PROGRESS_S: Final = 5.0


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    take = taking(parser, say)
    add_site(parser, say)
    take("--policy", both("verify.your_own_anchor_file_tlog_policy"), "F", type=Path)
    take(
        "--pages",
        both("verify.pages_to_draw_by_lot_folder", url_sample=URL_SAMPLE),
        "all|none|N",
        type=page_count,
    )
    take("--seed", both("verify.the_lot_s_seed_to_repeat"), both("verify.text"))
    take("--receipt", both("verify.a_receipt_that_the_log_must"), "F", type=Path)
    take("--pictures", both("verify.all_pictures", sample=SAMPLE), action="store_true")
    take("--app", both("verify.where_officers_get_their_app"), "DIR|URL")
    take("--since", both("verify.a_checkpoint_or_proof_of_another"), "F", type=Path)
    take(
        "--grace",
        both("verify.seconds_to_wait_for_publishing_at", grace_s=again.GRACE_S),
        "S",
        type=int,
        default=again.GRACE_S,
    )
    take("--cache", both("verify.keep_the_files_of_an_address"), "DIR", type=Path)
    take("--json", both("verify.the_verdict_as_json"), action="store_true")


def page_count(text: str) -> int:
    """Read the value of --pages."""
    words = {"all": ALL, "none": 0}
    if text in words:
        return words[text]
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise ArgumentTypeError(f"all | none | N: {text!r}")


def run(options: Namespace, say: Say) -> int:
    """Verify, print the verdict, and return 0 proved, 1 refuted, 2 undecided, 3 as far as seen."""
    began = time.perf_counter()
    report = _verify(options, say)
    if options.json:
        print(json.dumps(report.as_json(), sort_keys=True, separators=(",", ":")))
    else:
        for line in verdict_lines(report, say):
            print(line)
    if report.fork is not None:
        _keep(report.fork, say)
    seconds = say.decimal(time.perf_counter() - began)
    print(say(*both("verify.s", seconds=seconds)), file=sys.stderr)
    return report.status


def _keep(found: Fork, say: Say) -> None:
    """Write the evidence of two histories: the site may never show both again."""
    try:
        files.write_new(compare.EVIDENCE, found.format())
    except (Conflict, OSError) as error:
        lost = say(*both("verify.the_evidence_was_not_written"))
        print(f"rekap verify: {lost}: {printable(str(error))}", file=sys.stderr)
    else:
        print(say(*both("compare.evidence", place=compare.EVIDENCE)), file=sys.stderr)


def _verify(options: Namespace, say: Say) -> Report:
    try:
        source = open_source(options.site, slow(say))
        plan = _plan(options, source)
        cache = _cache(options, source, say)
    except (Unreadable, Malformed, OSError) as error:
        report = Report(options.site)
        report.doubt(checks.FINISHED, options.site, Words(*both("verify.arguments")), str(error))
        return report
    report, _ = repeat(cache or source, plan, options.grace, Progress(say))
    if cache is not None and cache.used and report.refuted:
        cache.bypass()
        earlier = again.remember(plan.earlier, report)
        pages = tuple(one for one in earlier.failures if one.claimed is not None)  # never cached
        plan = replace(plan, earlier=replace(earlier, failures=pages))
        report, _ = repeat(cache, plan, options.grace, Progress(say))
    if cache is not None and cache.used:
        report.limit(*both("verify.files_of_the_log_were_not_asked_for"))
    return report


def _cache(options: Namespace, source: Source, say: Say) -> Cached | None:
    if options.cache is None:
        return None
    if not source.remote:
        raise Malformed(say(*both("verify.cache_is_for_an_address")))
    return Cached(source, options.cache)


def _plan(options: Namespace, source: Source) -> Plan:
    pages = options.pages
    if pages is None:
        pages = URL_SAMPLE if source.remote else ALL
    return Plan(
        render=Site,
        release=current(),
        pages=pages,
        pictures=ALL if options.pictures or not source.remote else SAMPLE,
        seed=secrets.token_hex(8) if options.seed is None else options.seed,
        policy=options.policy and Policy.parse(files.read(options.policy, MAX_POLICY)),
        receipt=None if options.receipt is None else files.read(options.receipt, MAX_NOTE),
        since=None if options.since is None else files.read(options.since, MAX_NOTE),
        app=None if options.app is None else open_source(options.app),
        now=int(time.time()),
        processes=os.cpu_count() or 1,
    )


def repeat(
    source: Source, plan: Plan, grace: int, progress: Progress
) -> tuple[Report, Outcome | None]:
    """Audit until the source stands still, and clear the line of progress after each audit."""
    return again.repeat(source, plan, grace, progress, progress.end)


def slow(say: Say) -> Told:
    """Return what tells a person who waits for an address that it is slow."""

    def told(path: str, problem: str) -> None:
        said = both("verify.slow", path=path, problem=problem)
        print(printable(say(*said)), file=sys.stderr, flush=True)

    return told


class Progress:
    """Writes progress to standard error: one changing line on a terminal, else now and then."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._last = time.monotonic()
        self._terminal = sys.stderr.isatty()
        self._shown = False

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say how far a step is."""
        now = time.monotonic()
        if now - self._last < (0.2 if self._terminal else _PROGRESS_S):
            return
        self._last = now
        count = self._say.number(done) + (f" / {self._say.number(total)}" if total else "")
        told = f"{self._say(*_STEPS[what])}: {count}"
        end = "\033[K\r" if self._terminal else "\n"
        print(told, file=sys.stderr, end=end, flush=True)
        self._shown = True

    def end(self) -> None:
        """Clear the line."""
        if self._terminal and self._shown:
            print("\033[K", file=sys.stderr, end="", flush=True)


_STEPS: Final = {
    "log": both("verify.log"),
    "signatures": both("verify.signatures"),
    "fold": both("verify.fold"),
    "bulk": both("verify.bulk"),
    "pages": both("verify.pages"),
    "proofs": both("verify.proofs"),
    "attachments": both("verify.attachments"),
}
