"""`rekap page DIR|URL ADDRESS@N`: what a page said at an entry, computed from the log alone.

A printed sheet names its address and as_of; the portal keeps only the newest page, the log keeps
everything that an earlier one was made from.

0  written
1  the log is refuted, as `rekap verify` says it
2  could not: unreadable, no such entry, no such page then
"""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

from rekap.audit.commands import files
from rekap.audit.commands.past import state_after, tell_limits
from rekap.audit.commands.speech import Say
from rekap.audit.verdict import REFUTED, UNDECIDED, Report
from rekap.core.errors import Malformed
from rekap.core.ledger import addresses
from rekap.core.ledger.state import State
from rekap.core.pages.site import Site

_SHEET: Final = re.compile(
    r"(?:https?://)?(?:[^#]*#)?((?:[a-z0-9.-]+/)*)(?:index\.html)?(?:@([0-9]{1,18}))?"
)
"""What a sheet says: an address, with or without the site's own, `@` and an as_of; or its code."""


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "site", metavar="DIR|URL", help=say("folder public/ atau alamat", "public/ folder or URL")
    )
    parser.add_argument(
        "page",
        metavar=say("ALAMAT[@N]", "ADDRESS[@N]"),
        help=say(
            "alamat halaman di bawah situs; @N seperti pada lembar cetak, tanpa itu sekarang",
            "a page's address below the site; @N as on the printed sheet, without it now",
        ),
    )
    parser.add_argument(
        "--policy",
        type=Path,
        metavar="F",
        help=say("berkas jangkar milik sendiri", "your own anchor file"),
    )
    parser.add_argument("--json", action="store_true", help=say("data halaman", "the page's data"))
    parser.add_argument(
        "--to",
        type=Path,
        metavar="FILE",
        help=say("tulis ke berkas baru; tanpa ini ke layar", "a new file; without it the screen"),
    )


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
        told = say(
            f"{address}: tidak ada halaman ini pada catatan {size}",
            f"{address}: no such page at entry {size}",
        )
        print(f"rekap page: {told}", file=sys.stderr)
        return UNDECIDED
    if options.to is None:
        sys.stdout.buffer.write(data)
    else:
        files.write(options.to, data, new=True)
    as_of = say.number(site.as_of(owner))
    told = say(
        f"{address} dengan data sampai catatan {as_of}, dihitung dari log.",
        f"{address} with data up to entry {as_of}, computed from the log.",
    )
    print(told, file=sys.stderr)
    tell_limits(report, say)
    return 0


def _owner(state: State, address: str) -> str | None:
    """The page whose as_of an address shares: itself, or the folder above (`temuan/`)."""
    above = address[: address.rfind("/", 0, -1) + 1]
    known = (one for one in (address, above) if state.site.get(one) is not None)
    return address if address in addresses.TEXTS else next(known, None)


def sheet(text: str, say: Say) -> tuple[str, int | None]:
    """Read an address, with the as_of of a printed sheet if there is one; raises Malformed."""
    match = _SHEET.fullmatch(text)
    if match is None:
        raise Malformed(
            say(
                f"{text}: bukan alamat halaman; contoh: pilkada-2024/bupati/01/2001/004/@1234",
                f"{text}: not a page's address; example: pilkada-2024/bupati/01/2001/004/@1234",
            )
        )
    return match[1], int(match[2]) if match[2] else None
