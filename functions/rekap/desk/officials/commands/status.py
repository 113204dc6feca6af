"""`rekap status FILES|LEAF|QUEUE`: where statements stand, from the public files alone.

0  every one is in the log, proved, and its page says that it counts
1  one is void, contested, refused, its promise broken; or the log contradicts itself
2  one is not there yet, or something could not be read
"""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rekap.audit.commands import files
from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.audit.reader import Source, Unreadable, open_source
from rekap.core import codec
from rekap.core.errors import Malformed, NotVerified
from rekap.core.log.checkpoint import Checkpoint
from rekap.core.log.entry import MAX_ENTRY
from rekap.core.log.policy import Policy, open_checkpoint
from rekap.core.signing.note import MAX_NOTE
from rekap.desk.officials import caption, troubles
from rekap.desk.officials.arguments import given
from rekap.desk.officials.arguments.declared import add_kit, add_queue
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.outbox import receipts, trust
from rekap.desk.officials.outbox.queue import QUEUE, SETTINGS, Queue, Settings
from rekap.desk.officials.outbox.receipts import ReceiptKey
from rekap.desk.officials.outbox.upload import Address
from rekap.desk.officials.standing import targets
from rekap.desk.officials.standing.lookup import Files, Log, is_fork
from rekap.desk.officials.standing.pages import Pages
from rekap.desk.officials.standing.standing import Reading, Standing, look
from rekap.desk.officials.standing.telling import Words, summary
from rekap.desk.officials.talk import COULD_NOT, REFUSED, Fault, Talk
from rekap.desk.texts import both

SEEN: Final = "checkpoint"
"""In a queue: the newest checkpoint of the log that was seen."""
_FEW_TILES: Final = 8


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    take = taking(parser, say)
    parser.epilog = say(*both("status.exit_code_0_all_are_logged"))
    take(
        "what",
        both("status.statements_receipts_leaf_hashes_or_a", queue=QUEUE),
        both("status.file_leaf_queue"),
        nargs="*",
    )
    take(
        "--from",
        both("status.public_folder_or_address_of_the"),
        both("arguments.dir_url"),
        dest="source",
    )
    add_queue(parser, say)
    add_kit(parser, say, both("status.the_log_s_anchor"), required=False)


def run(options: Namespace, say: Say) -> int:
    """Look, tell, and return the exit code."""
    task = Task(options, Talk.here(say), time.time)
    return task.talk.carry_out(task.run)


@dataclass
class Task:
    """One call of the command."""

    options: Namespace
    talk: Talk
    now: Callable[[], float]
    faults: int = 0

    def run(self) -> int:
        """Do it and return the exit code; raises Fault."""
        asked = self._asked()
        if not asked:
            return COULD_NOT
        queue = self._queue()
        kit = given.kit(self.options.kit) if self.options.kit else None
        settings = self._settings(queue, kit)
        source = self._source(queue, settings)
        try:
            return self._look(asked, source, settings, queue, kit)
        except Unreadable as error:
            raise Fault(
                *both("status.cannot_be_read_check_the_network", name=source.name, error=error)
            ) from error
        except Malformed as error:
            raise Fault(
                *both("status.this_log_is_incomplete_or_damaged", name=source.name, error=error)
            ) from error
        except NotVerified as error:
            raise Fault(
                *both(
                    "status.refuted_keep_the_evidence_rekap_verify", name=source.name, error=error
                ),
                REFUSED,
            ) from error

    def _look(
        self,
        asked: list[targets.Target],
        source: Source,
        settings: Settings | None,
        queue: Queue | None,
        kit: Kit | None,
    ) -> int:
        kept = queue.tiles if queue and source.remote else None
        read = Files(source, kept, progress=self._progress)
        own = settings is None
        known = settings or self._anchors_of(source, read)
        policy = Policy.parse(known.policy.encode())
        log = Log(read, policy)
        self._check_history(log, policy, queue, kit)
        reading = Reading(log, Pages(log), trust.receipt_key(known), self.now(), source.remote)
        standings = look(asked, reading)
        for one in asked:
            if one.receipt is not None and not _verifies(one.receipt, reading.key):
                self._tell_damaged(one.place)
        zone = caption.offset_of(str(kit.record["timezone"])) if kit else ""
        base = source.name if source.remote else f"{source.name.rstrip('/')}/"
        words = Words(self.talk.say, base, source.name, log.size, source.remote, zone)
        self._tell(standings, words)
        self._tell_reading(log, read, own)
        code = max((one.code for one in standings), key=lambda code: (code == 1, code))
        return code if code == REFUSED or not self.faults else COULD_NOT

    def _progress(self, done: int, total: int) -> None:
        """Show on a terminal how far the reading of a large log is."""
        if total > _FEW_TILES and self.talk.stderr.isatty():
            told = self.talk.say(*both("status.tile_of", done=done, total=total))
            end = "\033[K" if done == total else ""
            print(f"{told}\033[K\r{end}", end="", file=self.talk.stderr, flush=True)

    def _tell(self, standings: list[Standing], words: Words) -> None:
        for one in sorted(standings, key=lambda one: caption.rank(one.target.fields)):
            for line in words.full(one) if len(standings) == 1 else words.brief(one):
                print(line, file=self.talk.stdout)
        if len(standings) > 1:
            print(summary(standings, self.talk.say), file=self.talk.stdout)

    def _tell_reading(self, log: Log, read: Files, own: bool) -> None:
        say = self.talk.say
        count, size = say.count(read.requests, "berkas", "file", "files"), say.size(read.octets)
        notes = [say(*both("status.read", count=count, size=size))]
        if own:
            notes.append(say(*both("status.the_anchors_were_taken_from_this")))
        if not log.met:
            notes.append(say(*both("status.the_checkpoint_does_not_meet_the")))
        self.talk.stdout.flush()
        for note in notes:
            print(note, file=self.talk.stderr)

    def _check_history(
        self, log: Log, policy: Policy, queue: Queue | None, kit: Kit | None
    ) -> None:
        """Compare the log with what was known of it before; raises Fault if it was changed."""
        earlier = [Checkpoint(kit.origin, kit.size, codec.b64decode(kit.root))] if kit else []
        seen = queue.folder / SEEN if queue else None
        if seen is not None and seen.exists():
            earlier.append(open_checkpoint(files.read(seen, MAX_NOTE), policy)[0])
        for one in earlier:
            if is_fork(one, log):
                root = one.root.hex()[:16]
                raise Fault(
                    *both("status.this_log_was_changed_with_entries", size=one.size, root=root),
                    REFUSED,
                )
        if seen is not None and all(one.size < log.size for one in earlier):
            with suppress(OSError):
                files.write(seen, log.note)

    # ------------------------------------------------------------ what was given

    def _asked(self) -> list[targets.Target]:
        found: list[targets.Target] = []
        words = self.options.what or [str(self.options.queue)]
        for word in words:
            try:
                inside = list(targets.read(word))
            except Malformed:
                self._fault(*both("status.no_name", word=word))
                continue
            except OSError as error:
                told = troubles.of_disk(error, Path(word), self.talk.say)
                self._fault(told, told)
                continue
            for path in targets.damaged(word):
                self._tell_damaged(str(path))
            if not inside:
                self._fault(*both("status.folder_empty", word=word))
            found += inside
        return targets.merge(found)

    def _queue(self) -> Queue | None:
        folders = [self.options.queue, *map(Path, self.options.what)]
        found = next((one for one in folders if (one / SETTINGS).is_file()), None)
        return Queue(found) if found else None

    def _settings(self, queue: Queue | None, kit: Kit | None) -> Settings | None:
        kept = queue.settings() if queue else Settings()
        if kit is not None:
            return replace(trust.of_record(kit.get("meta", "log"), "kit"), url=kept.url)
        return kept if kept.policy else None

    def _source(self, queue: Queue | None, settings: Settings | None) -> Source:
        place = self.options.source or (queue.settings().url if queue else "")
        if not place:
            raise Fault(*both("status.say_where_the_log_is_read"))
        try:
            if "://" in place and settings is None:
                Address.parse(place)
            return open_source(place)
        except Malformed as error:
            raise Fault(*both("status.without_a_kit_a_log_is", place=place)) from error
        except Unreadable as error:
            raise Fault(*both("status.neither_a_folder_nor_the_address", place=place)) from error

    def _anchors_of(self, source: Source, read: Files) -> Settings:
        data = read.fetch(trust.ENTRY_0, MAX_ENTRY)
        found = trust.of_entry(data or b"", "", "site")
        if found is None:
            raise Fault(*both("status.there_is_no_portal_here_bukti", name=source.name))
        return found

    def _tell_damaged(self, place: str) -> None:
        self._fault(*both("status.receipt_damaged", place=place))

    def _fault(self, indonesian: str, english: str) -> None:
        self.faults += 1
        self.talk.complain(indonesian, english)


def _verifies(receipt: bytes, key: ReceiptKey | None) -> bool:
    """Tell whether a receipt is signed by the portal; without its key nobody can say it is not."""
    if key is None:
        return True
    try:
        receipts.verify(receipt, key)
    except (Malformed, NotVerified):
        return False
    return True
