"""`rekap nation portals.toml --to DIR`: one front over many portals, none of which is believed.

    1  the portals are read at the same time, each within the same bound; what must never be lost
       (a checkpoint, evidence of two histories) is on the disk before reading goes on
    2  every reading is kept
    3  the front is complete beside the old one, then takes its place in one step

0  the front is written; the last line says what was not read
1  the front is written; a portal forked, went back, or contradicts what was signed
2  the front is written; a portal could not be read or checked. Or: nothing could be written
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from rekap.audit.commands import exchange, files
from rekap.audit.commands.arguments import taking
from rekap.audit.commands.kept import Busy, Kept, KeptPortal
from rekap.audit.commands.speech import Say
from rekap.audit.nation import front, pages, places, portals
from rekap.audit.nation.faults import FORKED, READ, REFUTED, UNVERIFIED, Fault
from rekap.audit.nation.portals import MAX_LIST, Portal, Portals
from rekap.audit.nation.reading import Read, exit_code, failed
from rekap.audit.nation.shown import Bounded, Record
from rekap.audit.overlay import Cached
from rekap.audit.reader import FolderSource, Source, Unreadable, UrlSource
from rekap.audit.texts import both
from rekap.audit.verdict import printable
from rekap.core import codec
from rekap.core.errors import Malformed, RekapError
from rekap.core.log.policy import MAX_POLICY

COULD_NOT: Final = 2
_SECONDS: Final = 60
_GRACE: Final = 10.0
"""Seconds after the bound in which a portal's thread must have ended; what has not is left."""
_LOOK: Final = 0.1
"""Seconds between two looks at the clock."""
_WIB: Final = timezone(timedelta(hours=7))
_MARK: Final = "nation.json"
_PASSES: Final = frozenset({"witnesses", "growth", "no-checkpoint"})
"""Faults that a log which is being written, its witnesses or a cache end by themselves."""
_PAUSE: Final = 5.0
"""Seconds until such a portal is asked again, as long as its time lasts."""
_NO_LIST: Final = frozenset({"no-answer", "too-many", "missing"})
"""Faults by which only names of places lack."""
_Open = Callable[[str, float], Source]


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    take = taking(parser, say)
    take("portals", both("nation.list_of_portals_toml"), "F", type=Path)
    take("--to", both("nation.folder_of_the_front_new_or"), "DIR", required=True, type=Path)
    take("--kept", both("nation.folder_of_what_is_kept_default"), "DIR", type=Path)
    take(
        "--seconds",
        both("nation.time_for_each_portal", seconds=_SECONDS),
        "S",
        type=int,
        default=_SECONDS,
    )
    take("--at", both("nation.time_that_the_pages_state_2024"), "T")


def run(options: Namespace, say: Say) -> int:
    """Read all portals and write the front; exit codes as above."""
    try:
        listed = portals.parse(files.read(options.portals, MAX_LIST), _policies(options.portals))
        at = options.at or datetime.now(_WIB).isoformat(timespec="seconds")
        codec.check_time(at, "--at")
        _check_front(options.to)
        with Kept(options.kept or options.portals.with_suffix(".kept")).held() as kept:
            readings = read_all(listed, kept, at, options.seconds, _opened(options.portals.parent))
            write(options.to, listed, kept, readings, at)
    except Busy as error:
        told = say(*both("nation.another_program_works_on_it"))
        print(f"rekap nation: {printable(str(error))}: {told}", file=sys.stderr)
        return COULD_NOT
    except RekapError as error:
        print(f"rekap nation: {printable(str(error))}", file=sys.stderr)
        return COULD_NOT
    _tell(listed, readings, say)
    return exit_code(readings.values())


def _policies(listed: Path) -> Callable[[str], bytes]:
    """Return the function that reads a policy file, whose name stands from the list's folder on."""

    def read(name: str) -> bytes:
        try:
            return files.read(listed.parent / name, MAX_POLICY)
        except OSError as error:
            raise Malformed(error.strerror or str(error)) from error

    return read


def _opened(folder: Path) -> _Open:
    """Return the function that opens a site: an address, or a folder from the list's on."""

    def opened(site: str, until: float) -> Source:
        return UrlSource(site, until) if "://" in site else FolderSource(folder / site)

    return opened


def _check_front(folder: Path) -> None:
    """Refuse a folder that no run of ours wrote: the front will take its place."""
    used = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    if used and not (folder / _MARK).is_file():
        raise Malformed(f"{folder}: not a front that `rekap nation` wrote")


# ---------------------------------------------------------------- reading


@dataclass(slots=True)
class _Job:
    """One portal in a thread of its own. `reading` is there when it has ended."""

    portal: Portal
    kept: KeptPortal
    last: Record
    at: str
    until: float
    opened: _Open
    reading: Record | None = None

    def run(self) -> None:
        """Read the portal; whatever happens in it stays in it."""
        try:
            self.reading = self._read()
        except Fault as fault:
            self.reading = failed(self.last, self.at, fault)
        except (OSError, RekapError) as error:
            self.reading = failed(self.last, self.at, Fault("kept-unreadable", "", str(error)))
        except Exception as error:
            told = f"{type(error).__name__}: {error}"
            self.reading = failed(self.last, self.at, Fault("program", "", told))

    def _read(self) -> Record:
        self.kept.make_room()
        try:
            source = self.opened(self.portal.site, self.until)
        except Unreadable as error:
            raise Fault("no-answer", "", str(error)) from error
        if not source.remote:
            return self._through(source)
        cached = Cached(source, self.kept.folder / "files")
        reading = self._through(cached)
        if reading["state"] in (REFUTED, UNVERIFIED) and cached.used:
            cached.bypass()  # what was kept may be damaged: nobody is accused by it
            reading = self._through(cached)
        while reading["code"] in _PASSES and time.monotonic() + _PAUSE < self.until:
            time.sleep(_PAUSE)
            reading = self._through(cached)
        return reading

    def _through(self, source: Source) -> Record:
        bounded = Bounded(source)
        reading = Read(self.portal, bounded, self.kept, self.at, self.last).run()
        if reading["state"] == READ:
            self._places(bounded, reading)
        return reading

    def _places(self, source: Bounded, reading: Record) -> None:
        """Read names of places in what time is left; a false list refutes the portal."""
        known = self.kept.places()
        try:
            places.read(self.portal, source, known, self.at)
        except Fault as fault:
            if fault.code not in _NO_LIST:
                reading.update(failed(reading, self.at, fault))
        self.kept.keep_places(known)


def read_all(
    listed: Portals, kept: Kept, at: str, seconds: float, opened: _Open
) -> dict[str, Record]:
    """Return the readings of all portals by id, each kept.

    Every portal has the same time and a thread of its own: a slow one keeps nobody. A thread that
    has not ended some seconds later hangs where no bound reaches, in the resolver of names; it is
    left, and has only said what is true of its portal.
    """
    until = time.monotonic() + seconds
    jobs = []
    for portal in listed.portals:
        mine = kept.portal(portal.id)
        jobs.append(_Job(portal, mine, mine.reading(portal.id), at, until, opened))
    threads = [threading.Thread(target=job.run, daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    readings = {}
    for job, thread in zip(jobs, threads, strict=True):
        while thread.is_alive() and time.monotonic() < until + _GRACE:
            thread.join(_LOOK)
        reading = job.reading or failed(job.last, at, Fault("no-answer", "", "out of time"))
        readings[job.portal.id] = reading
        job.kept.keep_reading(reading)
    return readings


# ---------------------------------------------------------------- writing


def write(
    folder: Path, listed: Portals, kept: Kept, readings: Mapping[str, Record], at: str
) -> None:
    """Write the whole front beside the old one and let it take its place in one step."""
    figures = front.of(listed, readings, at)
    names = places.of(figures, {one.id: kept.portal(one.id).places() for one in listed.portals})
    folder.parent.mkdir(parents=True, exist_ok=True)
    exchange.recover(folder)
    exchange.forget(folder)
    draft = files.draft_of(folder)
    try:
        for path, data in pages.files(figures, names):
            files.put(draft / path, data)
        for one in listed.portals:
            evidence = kept.portal(one.id).fork() if readings[one.id]["state"] == FORKED else None
            if evidence is not None:
                files.put(draft / "bukti" / f"{one.id}.json", evidence)
        os.sync()
        exchange.replace(folder, draft)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    files.sync_folder(folder.parent)


def _tell(listed: Portals, readings: Mapping[str, Record], say: Say) -> None:
    """Name every portal that is not believed; the last line counts."""
    for one in listed.portals:
        reading = readings[one.id]
        if reading["state"] != READ:
            why = f"{reading['code']} {reading['place']} {reading['found']}".strip()
            print(printable(f"{one.id}: {reading['state']}: {why}"))
        for fault in reading["faults"]:
            print(printable(f"{one.id}: {fault['contest']}: {fault['code']} {fault['place']}"))
    read = sum(one["state"] == READ for one in readings.values())
    unread = sum(one["unread"] for one in readings.values())
    print(
        say(
            *both(
                "nation.of_portals_read_contests_not_yet",
                read=read,
                readings=len(readings),
                unread=unread,
            )
        )
    )
