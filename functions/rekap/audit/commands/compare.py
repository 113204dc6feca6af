"""`rekap compare A B`: do two copies, or two dates, of a log tell one history?

0  they agree: one continues the other
1  they do not: the log that --policy names signed two histories; the evidence is in --to
2  nothing can be said: a copy is not signed, its files are not those of its checkpoint, or two
   histories are there and no anchors say whose key signed them
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from contextlib import suppress
from pathlib import Path
from typing import Final

from rekap.audit import fork as forks
from rekap.audit.anchors import POLICY
from rekap.audit.blocks import SiteLog
from rekap.audit.commands import files
from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.audit.fork import MAX_FORK, Fork, View
from rekap.audit.reader import Unreadable, open_source
from rekap.audit.since import kept_note
from rekap.audit.texts import both
from rekap.audit.verdict import printable
from rekap.core.errors import Conflict, Malformed, NotVerified
from rekap.core.log.policy import MAX_POLICY, Policy, open_checkpoint, signer_of
from rekap.core.log.proofs import TileReader
from rekap.core.log.tiles import CHECKPOINT
from rekap.core.signing.note import MAX_NOTE, NoteKey

AGREE: Final = 0
FORKED: Final = 1
COULD_NOT: Final = 2
EVIDENCE: Final = Path("rekap-fork.json")


class _Kept:
    """A checkpoint that somebody kept, as a log without any other file."""

    def __init__(self, note: bytes) -> None:
        self._note = note

    def read(self, path: str) -> bytes | None:
        """Return the checkpoint; there is nothing else."""
        return self._note if path == CHECKPOINT else None


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    take = taking(parser, say)
    what = say(*both("compare.public_folder_url_or_a_kept"))
    parser.add_argument("one", nargs="?", metavar="A", help=what)
    parser.add_argument("other", nargs="?", metavar="B", help=what)
    take("--policy", both("compare.anchors_from_paper_without_it_the"), "F", type=Path)
    take(
        "--to",
        both("compare.file_of_evidence_if_they_contradict"),
        "F",
        type=Path,
        default=EVIDENCE,
    )
    take("--evidence", both("compare.check_a_file_of_evidence_offline"), "F", type=Path)
    parser.epilog = say(*both("compare.the_evidence_can_be_checked_by"))


def run(options: Namespace, say: Say) -> int:
    """Compare, or check evidence; exit codes as above."""
    try:
        if options.evidence is not None:
            return _evidence(options, say)
        if options.one is None or options.other is None:
            raise Malformed(say(*both("compare.name_two_copies")))
        return _compare(options, say)
    except (Malformed, NotVerified, Unreadable) as error:
        print(f"rekap compare: {printable(str(error))}", file=sys.stderr)
        return COULD_NOT


def _compare(options: Namespace, say: Say) -> int:
    one, other = _open(options.one), _open(options.other)
    site = options.other if Path(options.one).is_file() else options.one
    key = _key(options.policy, site, one, say)
    left = forks.view(options.one, one, key)
    right = forks.view(options.other, other, key)
    _must_reach(left, right, say)
    found = forks.compare(left, right, key)
    for view in (left, right):
        size = say.number(view.checkpoint.size)
        name = printable(view.name)
        print(say(*both("compare.entries", name=name, size=size)))
    if found is None:
        print(say(*both("compare.agree_both_tell_one_history")))
        return AGREE
    own = options.policy is None
    print(_whose(found, say) if own else told(found, say))
    _tell_difference(left, right, say)
    try:
        files.write_new(options.to, found.format())
    except (Conflict, OSError) as error:
        lost = say(*both("compare.the_evidence_was_not_written_use"))
        print(f"rekap compare: {lost}: {printable(str(error))}", file=sys.stderr)
    else:
        place = printable(str(options.to))
        print(say(*both("compare.evidence", place=place)))
    return COULD_NOT if own else FORKED


def _whose(found: Fork, say: Say) -> str:
    """Say what two histories show without anchors: anybody can make a key under any name."""
    smaller, larger = (say.number(one.size) for one in found.verify())
    vkey = printable(found.key.vkey)
    return say(
        *both(
            "compare.undecided_the_key_signed_two_histories",
            vkey=vkey,
            smaller=smaller,
            larger=larger,
        )
    )


def _must_reach(left: View, right: View, say: Say) -> None:
    """Refuse a kept file that is newer than the other side: it has no entries to compare with.

    Raises NotVerified.
    """
    smaller, larger = sorted((left, right), key=lambda view: view.checkpoint.size)
    if smaller.checkpoint.size == larger.checkpoint.size or not isinstance(larger.files, _Kept):
        return
    kept, shown = (say.number(view.checkpoint.size) for view in (larger, smaller))
    raise NotVerified(
        say(
            *both(
                "compare.the_log_signed_entries_shows_keep",
                kept=kept,
                name=smaller.name,
                shown=shown,
                other=larger.name,
            )
        )
    )


def _evidence(options: Namespace, say: Say) -> int:
    """Check evidence. Anybody can make a key under any name: only anchors say whose it is."""
    found = Fork.parse(files.read(options.evidence, MAX_FORK))
    found.verify()
    policy = (
        Policy() if options.policy is None else Policy.parse(files.read(options.policy, MAX_POLICY))
    )
    if found.key not in (block.key for block in policy.logs):
        print(_whose(found, say))
        return COULD_NOT
    print(told(found, say))
    return FORKED


def told(found: Fork, say: Say) -> str:
    """Say what a fork shows, in one sentence."""
    smaller, larger = found.verify()
    first, second = say.number(smaller.size), say.number(larger.size)
    name = printable(found.key.name)
    return say(
        *both(
            "compare.forked_signed_two_histories_sizes_and", name=name, first=first, second=second
        )
    )


def _tell_difference(left: View, right: View, say: Say) -> None:
    with suppress(Malformed, Unreadable):  # the signed heads convict without it
        at = forks.first_difference(left, right)
        if at is not None:
            print(say(*both("compare.first_entry_that_differs", at=say.number(at))))


def _open(name: str) -> TileReader:
    place = Path(name)
    if place.is_file():
        return _Kept(kept_note(files.read(place, MAX_NOTE)))
    return SiteLog(open_source(name))


def _key(policy: Path | None, site: str, one: TileReader, say: Say) -> NoteKey:
    data = files.read(policy, MAX_POLICY) if policy else open_source(site).read(POLICY, MAX_POLICY)
    return log_key(Policy.parse(data or b""), one, say)


def log_key(policy: Policy, files: TileReader, say: Say) -> NoteKey:
    """Return the key of the log that anchors name: of several the one that signed `files`.

    Raises Malformed where there is none.
    """
    if len(policy.logs) == 1:
        return policy.logs[0].key
    with suppress(Malformed, NotVerified):
        note = (files.read(CHECKPOINT) or b"")[: MAX_NOTE + 1]
        return signer_of(policy, open_checkpoint(note, policy)[1]).key
    raise Malformed(say(*both("compare.the_anchors_do_not_name_the")))
