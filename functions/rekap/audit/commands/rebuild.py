"""`rekap rebuild DIR|URL --to DIR`: every derived object again, from the log alone.

    derived    pages, twins, CSV, copies of entries, policy.txt    computed
    evidence   log/**, proofs, words and pictures of statements    copied after it was verified
    claim      site.json                                           copied after it was checked

The result equals the published folder, `diff -r`, if that is what it should be.
"""

from __future__ import annotations

import os
import shutil
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rekap.audit import rebuilding as rebuild
from rekap.audit.audit import Outcome
from rekap.audit.commands import derive, files
from rekap.audit.commands.speech import Say
from rekap.audit.commands.verify import Progress
from rekap.audit.pages import Rendering
from rekap.audit.reader import Source
from rekap.audit.texts import both
from rekap.audit.verdict import UNDECIDED
from rekap.audit.workers import each
from rekap.core.errors import Malformed
from rekap.core.log import tiles
from rekap.core.log.entry import encode_bundle
from rekap.core.log.ports import CHECKPOINT
from rekap.core.log.tiles import ENTRIES, LOG, Tile


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    told = say(*both("rebuild.new_folder_for_the_result"))
    derive.add_arguments(parser, say, "DIR", told)


def run(options: Namespace, say: Say) -> int:
    """Rebuild; 0 done, 1 the log or its evidence is refuted, 2 could not. Writes all or nothing."""
    source = derive.open_for("rebuild", options, say)
    if source is None:
        return UNDECIDED
    target: Path = options.to
    with beside(target) as making:
        code, made = rebuilt(source, making, say)
        if made is None:
            return code
        put_in_place(making, target)
    print(made.told(target, say))
    return 0


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """Give a new folder beside `target` to write in; what is left of it at the end is deleted."""
    target.parent.mkdir(parents=True, exist_ok=True)
    making = files.draft_of(target)
    making.mkdir()
    try:
        yield making
    finally:
        shutil.rmtree(making, ignore_errors=True)


def put_in_place(making: Path, target: Path) -> None:
    """Give a whole folder its name, in one step; an empty folder of that name gives way."""
    if target.exists():
        target.rmdir()
    making.rename(target)
    files.sync_folder(target.parent)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was written: files that were computed, files of evidence, and of how many entries."""

    files: int
    evidence: int
    size: int
    outcome: Outcome

    def told(self, target: Path, say: Say) -> str:
        """Return the line that says it."""
        size, count = say.number(self.size), say.number(self.files)
        evidence = say.number(self.evidence)
        return say(
            *both(
                "rebuild.files_computed_again_from_entries_files",
                target=target,
                count=count,
                size=size,
                evidence=evidence,
            )
        )


def rebuilt(source: Source, root: Path, say: Say) -> tuple[int, Rebuilt | None]:
    """Write the whole site below `root`: (0, what), or (exit code, None) after the verdict."""
    progress = Progress(say)
    folder = Folder(root, os.cpu_count() or 1, progress)
    code, report, outcome = derive.audited(source, folder, progress, say)
    if outcome is None:
        return code, None
    folder.copy_evidence(outcome, partial_tiles(outcome, source))
    evidence = folder.evidence + report.facts.get("proofs", 0) + 1
    return code, Rebuilt(folder.files, evidence, report.facts["size"], outcome)


class Folder:
    """Takes what an audit gives and writes it below one folder."""

    def __init__(self, root: Path, processes: int, progress: Progress) -> None:
        self._root = root
        self._processes = processes
        self._progress = progress
        self.files = 0
        self.evidence = 0

    def put(self, path: str, data: bytes) -> None:
        """Write one file; paths come from addresses and tiles, never from the source."""
        place = self._root / path
        try:
            place.write_bytes(data)
        except FileNotFoundError:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)

    def bulk(self, site: Rendering) -> None:
        """See `plan.Sink`."""
        self.files += rebuild.write_bulk(site, self.put)

    def pages(self, site: Rendering) -> None:
        """See `plan.Sink`."""
        self.files += rebuild.write_pages(
            site,
            self.put,
            each,
            self._processes,
            lambda done, total: self._progress("pages", done, total),
        )

    def proof(self, path: str, data: bytes) -> None:
        """See `plan.Sink`."""
        self.put(path, data)

    attachment = proof

    def copy_evidence(self, outcome: Outcome, earlier: AbstractSet[Tile]) -> None:
        """Write the log and `site.json` from what was verified, not from the source again.

        `earlier` are partial tiles of earlier sizes: they hold the beginning of the tree.
        """
        for tile in earlier | set(tiles.tiles_for(outcome.content.size)):
            self.put(LOG + tile.path, _content(tile, outcome))
            self.evidence += 1
        self.put(CHECKPOINT, outcome.checkpoint)
        self.put("site.json", outcome.claim)


def partial_tiles(outcome: Outcome, source: Source) -> set[Tile]:
    """Return the partial tiles of earlier sizes that the source has, as far as it can be known."""
    listed = source.paths()
    if listed is not None:
        found = tiles_of(listed)
    else:
        wanted = {tile for earlier in outcome.sizes for tile in tiles.tiles_for(earlier)}
        found = {tile for tile in wanted if source.read(LOG + tile.path, 0) is not None}
    return within(found, outcome.content.size)


def within(found: Iterable[Tile], size: int) -> set[Tile]:
    """Return the tiles that lie within the tree of `size`."""
    return {t for t in found if t.width <= tiles.width_in(t.level, t.n, size)}


def tiles_of(paths: Iterable[str]) -> set[Tile]:
    """Return the tiles that paths below the site's base name."""
    return {tile for path in paths if (tile := _tile(path)) is not None}


def _tile(path: str) -> Tile | None:
    try:
        return tiles.parse_path(path.removeprefix(LOG)) if path.startswith(LOG) else None
    except Malformed:
        return None


def _content(tile: Tile, outcome: Outcome) -> bytes:
    content = outcome.content
    if tile.level == ENTRIES:
        first = tile.n * tiles.WIDTH
        return encode_bundle(content.entries(at) for at in range(first, first + tile.width))
    data = content.hashes.tile(tile.level, tile.n, tile.width)
    if data is None:
        raise RuntimeError(f"{tile.path} is outside the tree of {content.size}")
    return data
