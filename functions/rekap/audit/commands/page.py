"""`rekap page DIR|URL ADDRESS@N`: what a page said at an entry, computed from the log alone.

A printed sheet names its address and as_of; the portal keeps only the newest page, the log keeps
everything that an earlier one was made from.

0  written; the last line says if another release than this program's made the site's pages then
1  the log is refuted, as `rekap verify` says it
2  could not: unreadable, no such entry, no such page then; or written, of a log that cannot be
   checked whole: witnesses of the anchors have not signed its head
"""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

from rekap.audit.claim import renders
from rekap.audit.commands import files
from rekap.audit.commands.arguments import add_policy, add_site, taking
from rekap.audit.commands.past import conclude, state_after
from rekap.audit.commands.speech import Say
from rekap.audit.texts import both
from rekap.audit.verdict import REFUTED, UNDECIDED, Report
from rekap.core.errors import Malformed
from rekap.core.ledger import addresses
from rekap.core.ledger.state import State
from rekap.core.pages.release import current
from rekap.core.pages.site import Site

_SHEET: Final = re.compile(
    r"(?:https?://)?(?:[^#]*#)?((?:[a-z0-9.-]+/)*)(?:index\.html)?(?:@([0-9]{1,18}))?"
)
"""What a sheet says: an address, with or without the site's own, `@` and an as_of; or its code."""


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    take = taking(parser, say)
    add_site(parser, say)
    take("page", both("page.a_page_s_address_below_the"), both("page.address_n"))
    add_policy(parser, say)
    take("--json", both("page.the_page_s_data"), action="store_true")
    take("--to", both("page.a_new_file_without_it_the"), "FILE", type=Path)


def run(options: Namespace, say: Say) -> int:
    """Write the page; exit codes as above."""
    address, at = sheet(options.page, say)
    report = Report(options.site)
    state = state_after(options, at, report, say)
    if state is None:
        return REFUTED if report.refuted else UNDECIDED
    log = state.meta.get("log")
    address = address.removeprefix(log["log"].removesuffix("log")) if log else address
    site = Site(state, state.read_entry)
    owner = _owner(state, address)
    suffix = "index.json" if options.json else "index.html"
    folder = "" if options.json else addresses.LANGUAGES[say.lang]
    data = None if owner is None else site.files(owner).get(f"{folder}{address}{suffix}")
    if owner is None or data is None:
        size = say.number(state.size)
        told = say(*both("page.no_such_page_at_entry", address=address, size=size))
        print(f"rekap page: {told}", file=sys.stderr)
        return UNDECIDED
    if options.to is None:
        sys.stdout.buffer.write(data)
    else:
        files.write(options.to, data, new=True)
    as_of = say.number(site.as_of(owner))
    told = say(*both("page.with_data_up_to_entry_computed", address=address, as_of=as_of))
    print(told, file=sys.stderr)
    if not renders(state, current()):
        named = state.meta.get("publication")["release"]
        report.limit(*both("page.another_release", named=named, own=current()))
    return conclude(report, say)


def _owner(state: State, address: str) -> str | None:
    """The page whose as_of an address shares: itself, or the folder above (`belum-masuk/`)."""
    above = address[: address.rfind("/", 0, -1) + 1]
    known = (one for one in (address, above) if state.site.get(one) is not None)
    return address if address in addresses.TEXTS else next(known, None)


def sheet(text: str, say: Say) -> tuple[str, int | None]:
    """Read an address, with the as_of of a printed sheet if there is one; raises Malformed."""
    match = _SHEET.fullmatch(text)
    if match is None:
        raise Malformed(say(*both("page.not_a_page_s_address_example", text=text)))
    return match[1], int(match[2]) if match[2] else None
