"""`rekap who DIR|URL`: who could sign what at an entry, from the public files alone.

0  told; the last line says if the site's release then was another than this program's
1  the log is refuted, as `rekap verify` says it: nobody's rights can be told from it
2  could not: unreadable, no such entry, place or election; or told, of a log that cannot be
   checked whole: witnesses of the anchors have not signed its head
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from rekap.audit.claim import renders
from rekap.audit.commands.arguments import add_policy, add_site, taking
from rekap.audit.commands.past import conclude, state_after
from rekap.audit.commands.speech import Say
from rekap.audit.texts import both
from rekap.audit.verdict import REFUTED, UNDECIDED, Report
from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.ledger.entitled import Holder, Power, ended, powers
from rekap.core.ledger.state import State
from rekap.core.pages.release import current
from rekap.core.statements import regions


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    take = taking(parser, say)
    add_site(parser, say)
    take("--at", both("who.who_could_sign_entry_n_without"), "N", type=int)
    take("--region", both("who.region_code_without_it_the_top"), "R", default=regions.COUNTRY)
    take("--kind", both("who.only_this_kind"), "K")
    take("--election", both("who.needed_if_the_log_has_several"), "E")
    add_policy(parser, say)
    take("--json", both("who.as_json"), action="store_true")


def run(options: Namespace, say: Say) -> int:
    """Tell; exit codes as above."""
    if options.at is not None and options.at < 0:
        raise Malformed(f"--at {options.at}")
    if options.region != regions.COUNTRY and not regions.is_code(options.region):
        raise Malformed(f"--region {options.region}")
    report = Report(options.site)
    state = state_after(options, options.at, report, say)
    if state is None:
        return REFUTED if report.refuted else UNDECIDED
    election = _election(state, options.election, say)
    found = [
        power
        for power in powers(state, election, options.region)
        if options.kind in (None, power.kind)
    ]
    gone = list(ended(state, election, options.region))
    if not renders(state, current()):
        named = state.meta.get("publication")["release"]
        report.limit(*both("who.another_release", named=named, own=current()))
    if options.json:
        told = _as_json(state, election, options.region, found, gone)
        sys.stdout.write(codec.encode_public(told).decode())
        return conclude(report, say)
    for line in _lines(state, found, gone, say):
        print(line)
    return conclude(report, say, aloud=True)


def _election(state: State, wanted: str | None, say: Say) -> str:
    ids: list[str] = (state.meta.get("elections") or {"ids": []})["ids"]
    if wanted is None and len(ids) == 1:
        return ids[0]
    if wanted in ids and wanted is not None:
        return wanted
    there = ", ".join(ids) or say(*both("who.none_yet"))
    raise Malformed(say(*both("who.election_one_of", there=there)))


def _lines(state: State, found: list[Power], gone: list[Holder], say: Say) -> Iterator[str]:
    size = say.number(state.size)
    yield say(*both("who.who_could_sign_entry", size=size))
    for (kind, what, region, tps), alike in groupby(
        found, lambda power: (power.kind, power.what, power.region, power.tps)
    ):
        yield ""
        yield " ".join(filter(None, (kind, what, region, tps and f"TPS {tps}")))
        number = 0
        for power in alike:
            either = say(*both("who.or")) if power.requirement == number else ""
            number = power.requirement
            yield f"  {either}{power.office.number} {say('dari', 'of')} {_named(power)}"
            for holder in power.holders:
                yield f"    {_holder(holder, say)}"
            if not power.holders:
                yield say(*both("who.no_key_yet"))
    if gone:
        yield ""
        yield say(*both("who.ended_at_this_place"))
    for holder in gone:
        key = holder.key
        end = say.number(key["revoked"])
        line = f"    {_holder(holder, say)}, {say(*both('who.ended_by'))} {end}"
        if "suspect_from" in key:
            since = say.number(key["suspect_from"])
            line += say(*both("who.suspect_from_on", since=since))
        yield line


def _named(power: Power) -> str:
    office = power.office
    tps = f" TPS {office.tps}" if office.tps is not None else ""
    return f"{office.body} {office.region}{tps}"


def _holder(holder: Holder, say: Say) -> str:
    key = holder.key
    since = say(*both("who.entry"))
    return f"{holder.keyid} {key['position']} {key['person']}, {since} {say.number(key['grant'])}"


def _as_json(
    state: State, election: str, region: str, found: list[Power], gone: list[Holder]
) -> dict[str, Any]:
    return {
        "entry": state.size,
        "election": election,
        "region": region,
        "powers": [
            {
                "kind": power.kind, "what": power.what, "tps": power.tps,
                "requirement": power.requirement, "body": power.office.body,
                "place": power.office.region, "needed": power.office.number,
                "keys": [_key_as_json(holder) for holder in power.holders],
            }
            for power in found
        ],
        "ended": [_key_as_json(holder) for holder in gone],
    }  # fmt: skip


def _key_as_json(holder: Holder) -> dict[str, Any]:
    names = ("person", "position", "grant", "revoked", "suspect_from")
    return {"keyid": holder.keyid, **{n: holder.key[n] for n in names if n in holder.key}}
