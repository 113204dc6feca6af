"""Statements that set up an election, from its folder: `election` and the rosters."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.core.statements import regions
from rekap.desk.elections import folder as folders
from rekap.desk.elections import rosters as lists
from rekap.desk.elections.values import Places
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.talk import Fault, Talk
from rekap.desk.operators.drafts.continuing import continued
from rekap.desk.operators.drafts.keylist import keyset
from rekap.desk.texts import both


def _add_folder(parser: ArgumentParser, say: Say) -> None:
    taking(parser, say)(
        "folder", both("election.election_folder_election_toml_regions_csv"), "FOLDER", type=Path
    )


def configure_election(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of an election."""
    take = taking(parser, say)
    _add_folder(parser, say)
    take("--origin", both("election.the_log_s_name"), required=True)
    parser.add_argument("--mode", required=True, choices=("live", "rehearsal"))
    for name, indonesian, english in (
        ("kpu", "akar KPU", "the roots of KPU"),
        ("bawaslu", "akar Bawaslu", "the roots of Bawaslu"),
    ):
        take(
            f"--{name}",
            both("election.enrolments_of_one_a_line", indonesian=(indonesian, english)),
            both("arguments.file"),
            type=Path,
            required=name == "kpu",
        )
        take(f"--{name}-k", both("election.how_many_must_sign"), "K", type=int, default=1)
    take(
        "--pair", both("election.enrolments_of_pair_n_s_roots"), both("election.n_file"), many=True
    )


def election(
    options: Namespace, kit: Kit | None, _talk: Talk
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields of the election in a folder: revision 1, or the next one that a kit knows."""
    told = folders.prepare(options.folder, options.mode)
    if kit is not None:
        _is_of(told.id, kit)
    origin = options.origin
    roots: dict[str, Any] = {"kpu": keyset(options.kpu, options.kpu_k, origin, told.id)}
    if options.bawaslu is not None:
        roots["bawaslu"] = keyset(options.bawaslu, options.bawaslu_k, origin, told.id)
    pairs = sorted(map(_pair, options.pair))
    if pairs:
        roots["pairs"] = [
            {"number": number, **keyset(file, 1, origin, told.id)} for number, file in pairs
        ]
    fields = {
        **told.settings, "kind": "election", "log": origin, "election": told.id, "roots": roots,
        "revision": 1,
    }  # fmt: skip
    yield "election", fields if kit is None else continued(kit, fields)


def _is_of(folder: str, kit: Kit) -> None:
    if folder != kit.election:
        raise Fault(
            *both("election.this_folder_is_of_election_the", id=folder, election=kit.election)
        )


def _pair(text: str) -> tuple[int, Path]:
    number, equals, file = text.partition("=")
    if not equals or not number.isascii() or not number.isdigit():
        raise Fault(*both("election.pair_write_number_file_for_example", text=text))
    return int(number), Path(file)


def configure_roster(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of rosters."""
    _add_folder(parser, say)
    taking(parser, say)(
        "--region", both("election.only_the_list_of_this_region"), both("arguments.code"), many=True
    )


def rosters(
    options: Namespace, kit: Kit | None, talk: Talk
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each roster of the folder that is not in force like this, next in its chain.

    A region must be named by the roster above before it can have its own: what is still to come is
    counted, not written.
    """
    if kit is None:
        raise TypeError("rosters need a kit")
    told = folders.prepare(options.folder, kit.mode)
    _is_of(told.id, kit)
    children, later = lists.children(told.places), 0
    for code in options.region or lists.rostered(told.places):
        listed = _listed(told.places, children, code)
        known = kit.get("regions", f"{told.id}/{code}")
        if known is None and code != regions.COUNTRY and not options.region:
            later += 1
        elif known is None or not _is_in_force(kit, known, listed):
            yield f"roster-{code}", continued(kit, {"kind": "roster", "region": code, **listed})
    if later:
        talk.tell(*both("election.more_lists_wait_for_the_one", later=later))


def _listed(places: Places, children: dict[str, Any], code: str) -> dict[str, Any]:
    if code in places.stations:
        return {"tps": lists.stations(places, code)}
    if code in children:
        return {"children": children[code]}
    raise Fault(*both("election.region_has_no_list_in_this", code=code))


def _is_in_force(kit: Kit, known: dict[str, Any], listed: dict[str, Any]) -> bool:
    """Tell whether the roster in force names exactly these children or stations."""
    if "tps" in listed:
        stated = [[one["number"], one.get("registered")] for one in listed["tps"]]
        return bool(known.get("tps") == stated)
    if not known.get("roster"):
        return False
    below = {one: kit.get("regions", f"{kit.election}/{one}") or {} for one in known["children"]}
    now = {one: record.get("name") for one, record in below.items() if record.get("listed")}
    return now == {one["code"]: one["name"] for one in listed["children"]}
