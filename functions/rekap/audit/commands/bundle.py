"""`rekap bundle DIR|URL ADDRESS --to FOLDER`: a file of evidence for a dispute about one place.

    rekap bundle https://pilkada.example/ pilkada-2024/bupati/01/ --to berkas
    rekap bundle --check berkas
    rekap bundle https://pilkada.example/ --check berkas

0  written; with --check: every file is the one that the list names, or that the log gives
1  the log is refuted; with --check: a file is missing, changed or foreign, and named
2  could not: unreadable, no such page, the folder is not empty
"""

from __future__ import annotations

import json
import re
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rekap.audit.anchors import POLICY
from rekap.audit.bundle import contents, table
from rekap.audit.bundle.again import Again
from rekap.audit.bundle.cover import Case, Cover, Exhibit, place_of
from rekap.audit.bundle.exhibits import Exhibits, decode, encode
from rekap.audit.commands import derive, files
from rekap.audit.commands.arguments import add_policy, add_site, taking
from rekap.audit.commands.page import sheet
from rekap.audit.commands.past import conclude, state_after
from rekap.audit.commands.speech import Say
from rekap.audit.hashes import TreeHashes
from rekap.audit.reader import Unreadable
from rekap.audit.texts import both
from rekap.audit.verdict import PROVED, REFUTED, SEEN, UNDECIDED, Report, printable
from rekap.core import codec, packaged
from rekap.core.errors import Malformed, NotVerified
from rekap.core.ledger import addresses
from rekap.core.ledger.state import State
from rekap.core.log import checkpoint, tiles
from rekap.core.log.entry import leaf_hash
from rekap.core.log.policy import Policy, open_checkpoint
from rekap.core.pages.look import verifier
from rekap.core.pages.release import current
from rekap.core.pages.site import Site
from rekap.core.pages.site import policy as anchors
from rekap.core.pages.twins.context import Context
from rekap.core.pages.words import spoken
from rekap.core.pages.words.words import Words
from rekap.core.signing.note import MAX_NOTE, Note

_MOST: Final = 50
"""Places that differ and get an exhibit, unless --most says otherwise."""
_LANG: Final = re.compile(rb'.*?<html lang="(id|en)"', re.DOTALL)
_HEAD: Final = 200
_IN_A_BROWSER: Final = b' data-made="browser"'
"""What the cover of a bundle says that a reader's browser made."""
_RELEASE: Final = re.compile(rb'.*?<html [^>]*data-release="([0-9a-f]{64})"', re.DOTALL)
_FILE_MAX: Final = 64 * 1024 * 1024


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    take = taking(parser, say)
    add_site(parser, say, "?")
    take("page", both("bundle.the_page_of_a_region_or"), both("bundle.address"), nargs="?")
    take("--to", both("bundle.new_folder"), "FOLDER", type=Path)
    take(
        "--add", both("bundle.enclose_this_page_too_repeatable"), both("bundle.address"), many=True
    )
    take(
        "--most",
        both("bundle.enclose_at_most_n_places_that", most=_MOST),
        "N",
        type=int,
        default=_MOST,
    )
    add_policy(parser, say)
    take("--check", both("bundle.check_a_dispute_file_that_exists"), "FOLDER", type=Path)


def run(options: Namespace, say: Say) -> int:
    """Write or check; exit codes as above."""
    if options.check is not None:
        return _check(options, say)
    if options.site is None or options.page is None or options.to is None:
        told = say(*both("bundle.name_dir_url_address_and_to"))
        print(f"rekap bundle: {told}", file=sys.stderr)
        return UNDECIDED
    source = derive.open_for("bundle", options, say)
    if source is None:
        return UNDECIDED
    report = Report(options.site)
    state = state_after(options, None, report, say)
    if state is None:
        return REFUTED if report.refuted else UNDECIDED
    try:
        note = source.read(f"{tiles.LOG}checkpoint", MAX_NOTE) or b""
        made, left = _made(state, note, [options.page, *options.add], options.most, say)
    except (Malformed, Unreadable) as error:
        print(f"rekap bundle: {printable(str(error))}", file=sys.stderr)
        return UNDECIDED
    files.write_files(options.to, made)
    number = len([path for path in made if path.startswith(contents.EXHIBITS)])
    print(say(*both("bundle.exhibits", to=options.to, number=number)))
    if left:
        told = say(*both("bundle.places_that_differ_are_not_enclosed", left=left))
        print(told, file=sys.stderr)
    return conclude(report, say)


def _made(
    state: State, note: bytes, places: Sequence[str], most: int, say: Say
) -> tuple[dict[str, bytes], int]:
    """Return {path: bytes} of the bundle, and how many places that differ it leaves out.

    The first of `places` is what it is about; the others are enclosed besides, and at most `most`
    places that differ. Raises Unreadable, Malformed.
    """
    site = Site(state, state.read_entry)
    ctx = site.context
    policy = anchors(ctx)
    _must_be_of(note, state, Policy.of_lines((ctx.log or {"policy": []})["policy"]))
    at, *more = (_find(site, sheet(one, say)[0], say) for one in places)
    compared = table.Table(())
    if at.tps is None:
        compared = table.compare(ctx, at.election, at.contest, at.code)
    differing = [one for one in _noted(compared, at.twin) if state.site.get(one) is not None]
    wanted = dict.fromkeys([at.address, *differing[: max(0, most)], *(one.address for one in more)])
    hashes = TreeHashes([leaf_hash(state.read_entry(index)) for index in range(state.size)])
    maker = Exhibits(site, hashes, note, policy)
    place = spoken.of_page(packaged.templates_folder() / "data", at.twin)
    words = spoken.words(say.lang, place)
    exhibits = [
        _exhibit(site, maker, words, number, one) for number, one in enumerate(wanted, start=1)
    ]
    others = {contents.CHECK: verifier.keep(packaged.templates_folder()), contents.ANCHORS: policy}
    left = len(set(differing) - wanted.keys())
    cover = Cover(words).write(_case(site, at, policy), compared, exhibits, left, others)
    made = {contents.COVER: cover, **{one.file: one.data for one in exhibits}, **others}
    return {**made, contents.CONTENTS: contents.write(made)}, left


def _noted(compared: table.Table, twin: dict[str, Any]) -> list[str]:
    """Return the addresses of places below that differ, then of those that have two forms."""
    rivals = [
        one["address"]
        for one in twin.get("children", ())
        if one["contested"] or one.get("contested_below")
    ]
    return list(dict.fromkeys([*(row.address for row in compared.places), *rivals]))


def _must_be_of(note: bytes, state: State, policy: Policy) -> None:
    """Raise Unreadable unless `note` is a checkpoint of `state`'s tree, signed by its log."""
    try:
        head, _ = open_checkpoint(note, policy)
    except (Malformed, NotVerified) as error:
        raise Unreadable(f"log/checkpoint: {error}") from error
    if (head.size, head.root) != (state.size, state.root()):
        raise Unreadable(f"log/checkpoint: size {head.size}, read {state.size}; try again")


@dataclass(frozen=True, slots=True)
class _Place:
    """A page of a region or, with `tps`, of a polling station."""

    address: str
    election: dict[str, Any]
    contest: dict[str, Any]
    code: str
    tps: str | None
    twin: dict[str, Any]


def _find(site: Site, address: str, say: Say) -> _Place:
    """Return the place of a page's address; Unreadable if it is none of a region or a TPS."""
    ctx = site.context
    address = address.removeprefix((ctx.log or {"log": "log"})["log"].removesuffix("log"))
    if ctx.state.site.get(address) is not None:
        twin = json.loads(site.twins(address)[0])
        if twin.get("page") in ("region", "tps"):
            election = ctx.election(twin["election"]["id"])
            contest = ctx.contest(election, twin["contest"]["id"])
            return _Place(address, election, contest, twin["region"]["code"], twin.get("tps"), twin)
    told = say(*both("bundle.no_page_of_a_region_or"))
    raise Unreadable(f"{address}: {told}")


def _exhibit(site: Site, maker: Exhibits, words: Words, number: int, address: str) -> Exhibit:
    data, entry = maker.evidence(address)
    twin = json.loads(site.twins(address)[0])
    title = place_of(words, twin)
    return Exhibit(_exhibit_file(number, address), address, title, twin["as_of"], entry, data)


def _exhibit_file(number: int, address: str) -> str:
    """Return the name of the exhibit of an address."""
    return f"{contents.EXHIBITS}{number:03d}-{address.replace('/', '-').rstrip('-')}.json"


def _case(site: Site, at: _Place, policy: bytes) -> Case:
    """Return what the cover is about; the result is that of the contest's own page."""
    ctx: Context = site.context
    top = at.contest["region"]
    page = addresses.region(at.election["id"], at.contest["id"], top, top)
    whole = json.loads(site.twins(page)[0])
    log = ctx.log or {}
    blocks = Policy.parse(policy).logs
    return Case(
        at.election, at.contest, at.twin, whole, log.get("mode", ""), log.get("log", ""),
        next((str(b.log_id) for b in blocks if b.log_id), ""),
        [block.key.vkey for block in blocks], ctx.state.size, codec.b64encode(ctx.state.root()),
    )  # fmt: skip


def _check(options: Namespace, say: Say) -> int:
    """Tell what of a bundle is not what its list names, or, with a site, what the log gives."""
    folder: Path = options.check
    report = Report(options.site or "")
    try:
        found = contents.faults(folder, _FILE_MAX)
        again = {} if options.site is None or found else _again(options, folder, report, say)
        if again and contents.COVER not in again:  # the list of others is computed, and compared
            found += [(path, "other") for path in _listed(folder) if path not in again]
    except (Malformed, NotVerified, Unreadable, OSError) as error:
        print(f"rekap bundle: {folder}: {printable(str(error))}", file=sys.stderr)
        return UNDECIDED
    if again is None:
        return REFUTED if report.refuted else UNDECIDED
    for path, data in again.items():
        place = folder / path
        if not place.is_file():
            found.append((path, "missing"))
        elif place.read_bytes() != data:
            found.append((path, "other"))
    for line in _told(found, say):
        print(line)
    undecided = conclude(report, say)
    if found:
        return REFUTED
    if undecided:
        return undecided
    if again and contents.COVER not in again:
        print(say(*both("bundle.the_cover_was_drawn_in_a_browser")))
        return SEEN
    if again:
        print(say(*both("bundle.every_file_equals_the_one_that")))
        return PROVED
    print(say(*both("bundle.every_file_is_as_isi_txt")))
    return PROVED


def _listed(folder: Path) -> list[str]:
    """Return the files that a list names, but for the cover."""
    named = contents.read((folder / contents.CONTENTS).read_bytes())
    return [path for path in named if path != contents.COVER]


def _again(options: Namespace, folder: Path, report: Report, say: Say) -> dict[str, bytes] | None:
    """Return the files as the log gives them at the sizes of a bundle; None after a verdict."""
    try:
        saved = [
            json.loads(path.read_bytes())
            for path in sorted((folder / contents.EXHIBITS).iterdir())
            if path.stat().st_size <= _FILE_MAX
        ]
        places = [str(one["address"]) for one in saved]
        given = [decode(one) for one in saved]
        note = given[0][f"{tiles.LOG}checkpoint"]
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise Malformed("no exhibit", contents.EXHIBITS) from error
    cover = (folder / contents.COVER).read_bytes()[:_HEAD]
    if _IN_A_BROWSER in cover:
        return _in_a_browser(options, saved, given, report, say)
    made_by = _RELEASE.match(cover)
    if made_by is not None and made_by[1].decode() != current():
        _tell_release(folder, made_by[1].decode(), say)
        return None
    head = checkpoint.parse(Note.parse(note).text)
    state = state_after(options, head.size, report, say)
    if state is None:
        return None
    # A bundle speaks the language of whoever made it, whoever checks it.
    spoken = _LANG.match(cover)
    made, _ = _made(state, note, places, 0, Say(spoken[1].decode()) if spoken else say)
    return made


def _tell_release(folder: Path, named: str, say: Say) -> None:
    """Say that this program can judge no page of another release."""
    wanted = say(*both("claim.checked_by_the_program_of_release", named=named))
    own = say(*both("claim.this_program_is_release", own=current()))
    print(f"rekap bundle: {folder}: {wanted}; {own}", file=sys.stderr)


def _in_a_browser(
    options: Namespace, saved: list[Any], given: list[dict[str, bytes]], report: Report, say: Say
) -> dict[str, bytes] | None:
    """Return all but the cover of a bundle that a browser made, with what the log gives."""
    again = Again(given, current())
    state = state_after(options, again.size, report, say, again.look)
    if state is None:
        return None
    if again.foreign is not None:
        _tell_release(options.check, again.foreign, say)
        return None
    made = {contents.CHECK: verifier.keep(packaged.templates_folder())}
    for number, (one, there) in enumerate(zip(saved, given, strict=True), start=1):
        right = again.files(there, state)
        name = _exhibit_file(number, str(one["address"]))
        made[name] = encode(str(one["address"]), right, one.get("head"), one.get("log"))
        made[contents.ANCHORS] = right.get(POLICY, b"")
    return made


def _told(found: list[tuple[str, str]], say: Say) -> Iterator[str]:
    words = {
        "missing": say(*both("bundle.missing")),
        "changed": say(*both("bundle.changed")),
        "foreign": say(*both("bundle.not_listed_in_isi_txt")),
        "other": say(*both("bundle.not_what_the_log_gives")),
    }
    for path, fault in found:
        yield f"{printable(path)}: {words[fault]}"
