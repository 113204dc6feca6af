"""`rekap kit DIR|URL --region CODE --to FILE`: what an office needs to work offline."""

from __future__ import annotations

import os
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rekap.audit import claim
from rekap.audit.commands import files
from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.audit.commands.verdict import verdict_lines
from rekap.audit.commands.verify import Progress, repeat
from rekap.audit.plan import Plan
from rekap.audit.reader import Source, Unreadable, open_source
from rekap.core.errors import Malformed
from rekap.core.ledger.state import State
from rekap.core.log.policy import MAX_POLICY, Policy
from rekap.core.pages.site import Entries, Site
from rekap.core.statements import regions
from rekap.desk.officials import labels
from rekap.desk.officials.kits.cut import NoSuchPlace, Scope, cut
from rekap.desk.officials.kits.kit import MAX_KIT, Kit
from rekap.desk.officials.talk import COULD_NOT, Fault, Talk
from rekap.desk.texts import both

MODES: Final = {
    "live": both("take.live"),
    "rehearsal": both("take.rehearsal"),
    "replay": both("take.replay"),
}


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    take = taking(parser, say)
    parser.epilog = _epilog(say)
    take("site", both("take.public_folder_or_url"), both("arguments.dir_url"))
    take("--election", both("take.id_may_be_left_out_if"), "E", default="")
    take(
        "--region",
        both("take.the_office_s_region_code"),
        both("arguments.code"),
        required=True,
        type=lambda text: region(text, say),
    )
    take("--tps", both("take.this_station_only"), "N", type=lambda text: station(text, say))
    take("--levels", both("take.levels_below_it_default_all"), "N", type=int, choices=range(6))
    take("--policy", both("take.your_own_anchor_file"), "F", type=Path)
    take("--to", both("take.the_kit_file"), both("arguments.file"), required=True, type=Path)


def _epilog(say: Say) -> str:
    return say(*both("take.the_whole_log_is_checked_first"))


def region(text: str, say: Say) -> str:
    """Read a region code, or `id` for the country."""
    if text == regions.COUNTRY or regions.is_code(text):
        return text
    raise ArgumentTypeError(say(*both("take.is_no_region_code_write_it", text=text[:20])))


def station(text: str, say: Say) -> str:
    """Read a TPS number; `4` is `004`."""
    number = text.zfill(3) if text.isascii() and text.isdigit() else text
    if regions.is_tps(number):
        return number
    raise ArgumentTypeError(say(*both("take.is_no_tps_number_write_001", text=text[:20])))


def run(options: Namespace, say: Say) -> int:
    """Audit, cut, write; 0 done, 1 the log is refuted, 2 could not."""
    talk = Talk.here(say)
    return talk.carry_out(lambda: _run(options, talk))


@dataclass(slots=True)
class _Scissors:
    """Cuts a kit when the audit has folded what the site shows; `fault` says why it could not."""

    scope: Scope
    kit: Kit | None = None
    missing: NoSuchPlace | None = None

    def __call__(self, state: State, entries: Entries) -> Site:
        try:
            self.kit = cut(state, entries, self.scope)
        except NoSuchPlace as error:
            self.missing = error
        return Site(state, entries)


def _run(options: Namespace, talk: Talk) -> int:
    if options.tps is not None and regions.depth(options.region) != 4:
        raise Fault(*both("take.tps_needs_the_code_of_a"))
    if not options.to.parent.is_dir():
        raise Fault(*both("take.no_such_folder_make_it_first", parent=options.to.parent))
    try:
        source = open_source(options.site)
        release = _release(source)
    except Unreadable as error:
        raise Fault(
            *both("take.cannot_be_read_check_the_network", site=options.site, error=error)
        ) from error
    scissors = _Scissors(Scope(options.election, options.region, options.tps, options.levels))
    code = _audit(source, release, options.policy, scissors, talk)
    if code:
        return code
    if scissors.missing is not None:
        raise _explain(scissors.missing, scissors.scope)
    if scissors.kit is None:
        raise Fault(*both("take.this_portal_has_published_nothing_yet"))
    written = _write(scissors.kit, options.to)
    _tell(scissors.kit, options, written, talk)
    return 0


def _audit(
    source: Source, release: str, policy: Path | None, scissors: _Scissors, talk: Talk
) -> int:
    """Verify the log; 0, or the exit code of the verdict that was told.

    A kit holds no page, so the release that renders pages is taken from the site.
    """
    plan = Plan(
        render=scissors,
        release=release,
        pages=0,
        policy=None if policy is None else Policy.parse(files.read(policy, MAX_POLICY)),
        processes=os.cpu_count() or 1,
    )
    report, _ = repeat(source, plan, 0, Progress(talk.say))
    if not (report.refuted or report.undecided):
        return 0
    for line in verdict_lines(report, talk.say):
        talk.lay(line)
    talk.complain(*both("take.no_kit_was_written"))
    return 1 if report.refuted else COULD_NOT


def _release(source: Source) -> str:
    try:
        return claim.parse(source.read(claim.CLAIM, claim.MAX_CLAIM) or b"").release
    except Malformed:
        return ""


def _explain(missing: NoSuchPlace, scope: Scope) -> Fault:
    known = ", ".join(missing.known)
    if missing.what == "election" and not known:
        return Fault(*both("take.this_log_has_no_election_yet"))
    if missing.what == "election":
        return Fault(*both("take.choose_an_election_with_election_this", known=known))
    place = scope.region if missing.what == "region" else f"{scope.region} TPS {scope.tps}"
    return Fault(*both("take.is_in_no_roster_of_this", place=place))


def _write(kit: Kit, path: Path) -> int:
    try:
        return kit.write(path)
    except Malformed as error:
        raise Fault(*both("take.the_kit_has_more_than_bytes", max_kit=MAX_KIT)) from error


def _tell(kit: Kit, options: Namespace, written: int, talk: Talk) -> None:
    say, number = talk.say, talk.say.number
    known = kit.get("regions", f"{kit.election}/{kit.region}") or {}
    place = labels.place(say, kit.region, known.get("name", ""))
    where = place + (f" TPS {kit.tps}" if kit.tps else "")
    holds = say(
        *both(
            "take.regions_keys_forms_in_force_statements",
            regions=number(len(kit.register.maps["regions"])),
            keys=number(len(kit.register.maps["keys"])),
            heads=number(len(kit.heads)),
            ids=number(len(kit.register.maps["ids"])),
        )
    )
    talk.table(
        [
            (say(*both("word.kit")), f"{options.to} ({say.size(written)})"),
            (say(*both("take.for")), where),
            (say(*both("take.election")), f"{kit.record['name'][say.lang]} ({kit.election})"),
            ("log", f"{kit.origin} ({say(*MODES[kit.mode])})"),
            (
                say(*both("take.up_to")),
                say(*both("take.entries_root", size=number(kit.size), root=kit.root)),
            ),
            (say(*both("take.holds")), holds),
        ]
    )
    if kit.get("meta", "closed") is not None:
        talk.tell(*both("take.intake_of_this_log_is_closed"))
    if options.policy is None:
        talk.tell(*both("take.the_anchors_are_the_site_s"))
    talk.tell(*both("take.a_kit_knows_the_log_up"))
