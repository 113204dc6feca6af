"""`rekap import`: a whole portal from election folders, through the real functions.

    read every folder            all problems of all folders, before anything is written
    keys                         DIR/keys: the portal's own, the roots', and the public seed
    wave after wave              submit each statement, sequence once, fold once
    words and pictures           those that lie in the folders
    two runs of publish          every page once, on all processors; then bulk data
    compare                      rows in = forms in the log; calls = statements, waves

The clock of the replay is the number of the wave in seconds after midnight of the first election's
day, so receipts too are the same in every run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Final

from rekap.audit.workers import each
from rekap.core import codec
from rekap.core.errors import RekapError
from rekap.core.signing.signer import derive_private
from rekap.desk.elections.folder import read
from rekap.desk.elections.problems import FolderRefused, Problem
from rekap.desk.elections.values import Election
from rekap.desk.replay.functions import Functions
from rekap.desk.replay.stages import Wave, waves
from rekap.desk.replay.statements import Writer, midnight
from rekap.desk.texts import both
from rekap.portal.store.local.database import Database

ORIGIN: Final = "replay.example/replay/log"
ANCHORS: Final = "anchors.txt"
"""The anchors beside the public folder, as somebody would hold them on paper."""

Progress = Callable[[Wave, "Counts"], None]


class FoldersRefused(RekapError):
    """One or more folders cannot be imported; nothing was written."""

    def __init__(self, problems: Sequence[tuple[str, Problem]]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


class TargetTaken(RekapError):
    """The folder for the portal exists and is not empty."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to import, and the replay's public constants. Empty texts mean the default."""

    folders: tuple[Path, ...]
    to: Path
    seed: str = ""
    release: str = ""
    origin: str = ORIGIN


@dataclass(slots=True)
class Counts:
    """What a replay did. `forms_in_log` is counted in the published log, not remembered."""

    rows: int = 0
    empty_rows: int = 0
    forms_in_log: int = 0
    statements: int = 0
    size: int = 0
    waves: int = 0
    submits: int = 0
    sequences: int = 0
    folds: int = 0

    def differences(self) -> list[tuple[str, int, str, int]]:
        """Pairs of counts that must be equal and are not: (name, count, name, count)."""
        pairs = (
            ("rows", "forms_in_log"),
            ("submits", "statements"),
            ("size", "statements"),
            ("sequences", "waves"),
            ("folds", "waves"),
        )
        return [
            (left, getattr(self, left), right, getattr(self, right))
            for left, right in pairs
            if getattr(self, left) != getattr(self, right)
        ]


@dataclass(slots=True)
class Clock:
    """The replay's clock, in Unix seconds; it stands still until it is set."""

    now: int

    def __call__(self) -> int:
        """Return the time."""
        return self.now


def run(plan: Plan, progress: Progress) -> tuple[Counts, tuple[Election, ...]]:
    """Import and return what was done; `progress` is called after each wave.

    Raises:
        FoldersRefused: a folder has problems. Nothing was written.
        TargetTaken: the target is in use. Nothing was written.
        functions.Refused: the portal refused a statement; what came before it stays.
    """
    elections = _read_all(plan.folders)
    if plan.to.exists() and any(plan.to.iterdir()):
        raise TargetTaken(str(plan.to))
    seed = plan.seed or f"rekap replay {elections[0].id}"
    start = midnight(elections[0])
    writer = Writer(plan.origin, seed, start)
    _keep_keys(plan.to, writer, elections)
    (plan.to / ANCHORS).write_bytes(writer.anchors(election.id for election in elections))
    clock = Clock(int(datetime.fromisoformat(start).timestamp()))
    counts = Counts(
        rows=sum(len(election.papers) for election in elections),
        empty_rows=sum(election.empty_rows for election in elections),
    )
    release = plan.release or _own_release()
    every = waves(writer, elections, release, fixed=bool(plan.release))
    with closing(Database(plan.to / "portal.db", durable=False)) as database:
        functions = _functions(plan, clock, database)
        _drive(functions, every, clock, counts, progress)
        counts.folds = functions.publishes
        for path, data in chain.from_iterable(election.files for election in elections):
            functions.hand_in(path, data)
        _show(functions)
        database.settle()
    counts.submits, counts.sequences = functions.submits, functions.sequences
    counts.size, counts.forms_in_log = count_forms(plan.to / "public")
    return counts, elections


def _drive(
    functions: Functions, every: Iterable[Wave], clock: Clock, counts: Counts, progress: Progress
) -> None:
    """Send, order and fold wave after wave; the clock shows each wave's own second."""
    midnight_s = clock.now
    for wave in every:
        clock.now = midnight_s + wave.number
        for envelope in wave.envelopes:
            functions.submit(envelope, insist=wave.insists)
        functions.sequence()
        functions.publish()  # the fold alone: the next wave's keys are in the register then
        counts.waves += 1
        counts.statements += len(wave.envelopes)
        progress(wave, counts)


def _show(functions: Functions) -> None:
    """Write every page, and bulk data once the log is quiet."""
    from handlers import publish

    functions.publish_respond = publish.respond
    for _ in range(2):
        functions.publish_by_the_minute()


def count_forms(public: Path) -> tuple[int, int]:
    """Size of the published log, and how many of its entries are forms: read from its files."""
    from rekap.core.log import checkpoint, tiles
    from rekap.core.log.entry import decode_bundle
    from rekap.core.signing import envelope
    from rekap.core.signing.note import Note

    log = public / "log"
    size = checkpoint.parse(Note.parse((log / tiles.CHECKPOINT).read_bytes()).text).size
    forms = 0
    for tile in tiles.tiles_for(size):
        if tile.level == tiles.ENTRIES:
            for entry in decode_bundle((log / tile.path).read_bytes(), tile.width):
                payload = codec.decode(envelope.parse(entry).payload, nulls=True)
                forms += payload["kind"] == "form"
    return size, forms


def _read_all(folders: Sequence[Path]) -> tuple[Election, ...]:
    elections: list[Election] = []
    problems: list[tuple[str, Problem]] = []
    for folder in folders:
        try:
            elections.append(read(folder))
        except FolderRefused as refused:
            problems.extend((refused.folder, problem) for problem in refused.problems)
    ids = [election.id for election in elections]
    for place, election in enumerate(elections):
        if election.id in ids[:place]:
            problems.append((election.folder, _same_id(election.id)))
    if problems:
        raise FoldersRefused(problems)
    return tuple(elections)


def _same_id(name: str) -> Problem:
    return Problem(
        "election.toml",
        0,
        "id",
        "duplicate",
        *both("folder.same_id", name=name),
    )


def _keep_keys(to: Path, writer: Writer, elections: Sequence[Election]) -> None:
    """Write the portal's keys, the roots' and the seed from which all persons' keys come."""
    from rekap.portal.store.local import keys

    roles = ["log", "receipt", "operator/1"]
    roles += [f"{election.id}/root/kpu/1" for election in elections]
    for role in roles:
        keys.save(to / "keys", role, derive_private(writer.seed, role))
    (to / "keys" / "seed").write_text(writer.seed + "\n", encoding="utf-8")


def _functions(plan: Plan, clock: Clock, database: Database) -> Functions:
    from handlers import access, publisher, sequence, submit, wiring
    from rekap.portal.store.local.bell import SilentBell

    settings = access.Settings(plan.origin, release=plan.release)
    portal: Any = wiring.embedded(
        plan.to,
        settings,
        bell=SilentBell(),
        clock=clock,
        journal=_silent,
        database=database,
        pool=partial(each, processes=len(os.sched_getaffinity(0))),
    )
    return Functions(portal, submit.respond, sequence.respond, publisher.fold)


def _silent(line: object) -> None:
    """The replay's log lines say nothing that its counts do not."""


def _own_release() -> str:
    from rekap.core.pages import release

    return release.current()
