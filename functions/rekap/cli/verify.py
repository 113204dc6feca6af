"""`rekap verify DIR|URL`: prove or refute everything that a portal shows."""

from __future__ import annotations

import os
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from rekap import codec
from rekap.cli.speech import Say
from rekap.errors import Malformed
from rekap.log.policy import Policy
from rekap.publish.release import current
from rekap.publish.site import Site
from rekap.verify import checks
from rekap.verify.audit import ALL, Outcome, Plan, audit
from rekap.verify.reader import Source, Unreadable, open_source
from rekap.verify.verdict import PROVED, REFUTED, Report, Words, in_order

URL_SAMPLE: Final = 200
"""Addresses of a site behind a URL that are checked unless more are asked for."""
_GRACE_S: Final = 120
_PAUSE_S: Final = 5.0
_RACES: Final = 3
_PROGRESS_S: Final = 5.0


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "site", metavar="DIR|URL", help=say("folder public/ atau alamat", "public/ folder or URL")
    )
    parser.add_argument(
        "--policy",
        type=Path,
        metavar="F",
        help=say(
            "berkas jangkar milik sendiri (tlog-policy); tanpa ini milik situs dipakai",
            "your own anchor file (tlog-policy); without it the site's is used",
        ),
    )
    parser.add_argument(
        "--pages",
        type=page_count,
        metavar="all|none|N",
        help=say(
            f"halaman yang diperiksa; folder: all, alamat: {URL_SAMPLE}",
            f"pages to check; folder: all, URL: {URL_SAMPLE}",
        ),
    )
    parser.add_argument(
        "--receipt",
        type=Path,
        metavar="F",
        help=say("tanda terima yang harus ditepati log", "a receipt that the log must honour"),
    )
    parser.add_argument(
        "--grace",
        type=int,
        default=_GRACE_S,
        metavar="S",
        help=say(
            f"detik menunggu penerbitan di sebuah alamat selesai ({_GRACE_S})",
            f"seconds to wait for publishing at a URL to finish ({_GRACE_S})",
        ),
    )
    parser.add_argument(
        "--json", action="store_true", help=say("putusan sebagai JSON", "the verdict as JSON")
    )


def page_count(text: str) -> int:
    """Read the value of --pages."""
    words = {"all": ALL, "none": 0}
    if text in words:
        return words[text]
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise ArgumentTypeError(f"all | none | N: {text!r}")


def run(options: Namespace, say: Say) -> int:
    """Verify, print the verdict, and return 0 proved, 1 refuted, 2 undecided."""
    began = time.perf_counter()
    report = _verify(options, say)
    if options.json:
        sys.stdout.write(codec.encode_public(report.as_json()).decode())
    else:
        for line in verdict_lines(report, say):
            print(line)
    seconds = say.decimal(time.perf_counter() - began)
    print(say(f"{seconds} detik", f"{seconds} s"), file=sys.stderr)
    return report.status


def _verify(options: Namespace, say: Say) -> Report:
    try:
        source = open_source(options.site)
        plan = _plan(options, source)
    except (Unreadable, Malformed, OSError) as error:
        report = Report(options.site)
        report.doubt(checks.FINISHED, options.site, Words("argumen", "arguments"), str(error))
        return report
    return repeat(source, plan, options.grace, Progress(say))[0]


def _plan(options: Namespace, source: Source) -> Plan:
    pages = options.pages
    if pages is None:
        pages = URL_SAMPLE if source.remote else ALL
    return Plan(
        render=Site,
        release=current(),
        pages=pages,
        policy=None if options.policy is None else Policy.parse(options.policy.read_bytes()),
        receipt=None if options.receipt is None else options.receipt.read_bytes(),
        now=int(time.time()),
        processes=os.cpu_count() or 1,
    )


def repeat(
    source: Source, plan: Plan, grace: int, progress: Progress
) -> tuple[Report, Outcome | None]:
    """Audit until the source stands still: a URL for `grace` seconds, a folder a few times."""
    deadline = time.monotonic() + grace
    races = 0
    while True:
        report, outcome = _audit_once(source, plan, progress)
        if report.status == PROVED:
            break
        if source.remote and (report.moving or report.changed):
            if time.monotonic() + _PAUSE_S > deadline:
                break
            time.sleep(_PAUSE_S)
        elif report.changed and races < _RACES:
            races += 1
        else:
            break
    report.excuse_change()
    return report, outcome


def _audit_once(source: Source, plan: Plan, progress: Progress) -> tuple[Report, Outcome | None]:
    report = Report(source.name)
    try:
        outcome = audit(source, plan, report, progress)
    except Unreadable as error:
        report.doubt(checks.FINISHED, report.stage, Words("terbaca", "readable"), str(error))
        outcome = None
    except Exception as error:  # the last line of defence: nothing found so far may be lost
        done = Words("pemeriksaan selesai", "a finished check")
        report.doubt(checks.FINISHED, report.stage, done, f"{type(error).__name__}: {error}")
        outcome = None
    finally:
        progress.end()
    return report, outcome


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
    "log": ("membaca bundel dan ubin", "reading bundles and tiles"),
    "signatures": ("tanda tangan", "signatures"),
    "fold": ("entri", "entries"),
    "bulk": ("data massal", "bulk data"),
    "pages": ("halaman", "pages"),
    "proofs": ("bukti", "proofs"),
}


def verdict_lines(report: Report, say: Say) -> Iterator[str]:
    """Yield the verdict for a person: what was checked, what is wrong, the word at the end."""
    facts = report.facts
    yield f"rekap verify {report.site}"
    yield ""
    yield from _log_lines(facts, say)
    for contest in facts.get("contests", ()):
        yield from _contest_lines(contest, say)
    yield from _page_lines(facts, say)
    for note in report.notes:
        yield say(note.id, note.en)
    groups = (
        (report.refuted, say("TERBANTAH", "REFUTED")),
        (report.undecided, say("TIDAK DAPAT DIPERIKSA", "COULD NOT BE CHECKED")),
        (report.ahead, say("LEBIH MAJU DARI site.json", "AHEAD OF site.json")),
    )
    for failures, title in groups:
        if failures:
            yield ""
            yield f"{title}: {say.number(len(failures))}"
            for failure in in_order(failures):
                yield f"  {failure.line(say.lang)}"
    yield ""
    yield _last_line(report, say)


def _last_line(report: Report, say: Say) -> str:
    if report.status == PROVED:
        return say("TERBUKTI: semua pemeriksaan lulus.", "PROVED: every check passed.")
    if report.status == REFUTED:
        count = say.number(len(report.refuted))
        return say(
            f"TERBANTAH: {count} hal tidak sesuai dengan log.",
            f"REFUTED: {count} things are not what the log says.",
        )
    count = say.number(len(report.undecided) + len(report.ahead))
    return say(
        f"BELUM TERBUKTI: {count} hal belum dapat diperiksa; tidak ada yang terbantah.",
        f"UNDECIDED: {count} things could not be checked yet; nothing was refuted.",
    )


def _log_lines(facts: dict[str, Any], say: Say) -> Iterator[str]:
    if "size" not in facts:
        return
    yield _row(say("log", "log"), facts["origin"])
    yield _row(
        "", say(f"{say.number(facts['size'])} entri", f"{say.number(facts['size'])} entries")
    )
    yield _row(say("akar", "root"), facts["root"])
    if "release" in facts:
        yield _row(say("rilis", "release"), str(facts["release"]))
    if "signatures" in facts:
        yield _row(say("tanda tangan", "signatures"), say.number(facts["signatures"]))
    void = facts.get("void", ())
    if void:
        named = ", ".join(f"{one['index']} ({one['reason']})" for one in void[:10])
        more = ", …" if len(void) > 10 else ""
        yield _row(say("tidak sah", "void"), f"{say.number(len(void))}: {named}{more}")


def _contest_lines(contest: dict[str, Any], say: Say) -> Iterator[str]:
    yield f"{contest['election']} · {contest['contest']} · {contest['region']}"
    stations = contest["stations"]
    for title, figures in (
        (say("dijumlahkan", "summed"), contest["sum"]),
        (say("disahkan", "certified"), contest["certified"]),
    ):
        if figures:
            votes = "  ".join(
                f"{number}: {say.number(figures[f'pair_{number}'])}"
                for number in range(1, contest["pairs"] + 1)
                if f"pair_{number}" in figures
            )
            valid = say.number(figures["valid"]) if "valid" in figures else "-"
            yield _row(title, say(f"{votes}  sah: {valid}", f"{votes}  valid: {valid}"))
    counted = say.number(stations["counted"])
    if stations["missing"] is None:
        yield _row("TPS", say(f"{counted}, jumlah seluruhnya belum diketahui",
                              f"{counted}, their number is not known"))  # fmt: skip
    else:
        expected, missing = say.number(stations["expected"]), say.number(stations["missing"])
        yield _row("TPS", say(f"{counted} dari {expected}, {missing} belum masuk",
                              f"{counted} of {expected}, {missing} missing"))  # fmt: skip


def _page_lines(facts: dict[str, Any], say: Say) -> Iterator[str]:
    if "pages" in facts:
        done, total = say.number(facts["pages"]["checked"]), say.number(facts["pages"]["all"])
        files = say.number(facts["files"])
        yield _row(say("halaman", "pages"), say(f"{done} dari {total}, {files} berkas",
                                                f"{done} of {total}, {files} files"))  # fmt: skip
    else:
        yield _row(say("halaman", "pages"), say("tidak diperiksa", "not checked"))
    for name, words in (("bulk", ("data massal", "bulk data")), ("proofs", ("bukti", "proofs"))):
        if name in facts:
            yield _row(say(*words), say.number(facts[name]))
    if "receipt" in facts:
        yield _row(say("tanda terima", "receipt"), f"entry {facts['receipt']['index']}")


def _row(name: str, value: str) -> str:
    return f"{name:<14}{value}"
