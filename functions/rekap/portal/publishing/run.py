"""One run of `publish`: fold what is new, render what it touches; it may stop anywhere.

    1  checkpoint and state/head; fold the new entries; nodes; swap state/head          [commit]
    2  walk what changed between the state whose pages are written and the new one
    3  pages of statements and TPS; missing proofs; then the pages above, of the state that was
       reached when they were begun. Each file conditional on its as_of, a twin before its page;
       what all pages of a release load comes before the first of them. Many pages are sent to
       renderers in ranges, and counted in order by the marks that these leave
    4  swap state/site, then site.json, only to a larger size
    5  bulk data, when the log is quiet or ten minutes have passed

While pages are written the log is looked at a few times: new entries have 1 and their own pages at
once, the pages above wait; but a run that finds the site behind shows first what is there.
state/site is also swapped after each 128 pages, with the last page of the TPS and when the time of
the run is over: it says how far the pages are, and the next run goes on there.
Within a step, nodes, pages, proofs and bulk files do not depend on each other: `each` puts them.
A crash after any write leaves a state from which the next run writes the same bytes. Two runs at
once write the same bytes too: what is newer is left, what is older is replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from rekap.core import codec
from rekap.core.errors import Corrupt
from rekap.core.ledger import clocks
from rekap.core.ledger.state import Head, State
from rekap.core.log.policy import Policy, meets, open_checkpoint
from rekap.core.log.ports import CHECKPOINT, Each, Objects, Pool
from rekap.core.packaged import templates_folder
from rekap.core.pages import release
from rekap.core.pages.look import verifier
from rekap.core.pages.pages import assets
from rekap.core.pages.release import of_fold
from rekap.core.pages.site import Site
from rekap.core.signing.note import NoteKey
from rekap.portal.publishing import register
from rekap.portal.publishing.budget import Budget, Left, endless
from rekap.portal.publishing.claims import Claims, Part, Published, Reached
from rekap.portal.publishing.dirty import Dirty
from rekap.portal.publishing.folding import Folding, Prefix
from rekap.portal.publishing.proofs import Proofs
from rekap.portal.publishing.register import Register
from rekap.portal.publishing.rendering import Pages
from rekap.portal.publishing.tasks import Range, Task, cut
from rekap.portal.publishing.window import Renderers, Window

BULK_SECONDS: Final = 600
"""How long bulk data may stay behind while entries keep coming."""
AT_ONCE: Final = 128
"""Pages written between two looks at the log."""
WAITING: Final = 1_024
"""Proofs that a run writes while it waits for renderers, whose pages nobody counts meanwhile."""
LOOKS: Final = 8
"""How often a run takes in new entries before it writes what is left: bounds how late that is."""
FOR_PAGES: Final = 1 / 2
"""What of a run the fold leaves to pages that are begun."""
FOR_ABOVE: Final = 1 / 4
"""What of it pages of statements and TPS leave to pages above that are begun."""
FOR_BULK: Final = 1 / 4
"""What of it must be left when bulk data are begun: nobody knows how long the first file takes."""
FOR_MARKS: Final = 3 / 4
"""What of it bulk data leave while renderers are at work: what they do waits to be counted."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did, for its log line: entries folded; pages, and files of all kinds, put.

    `shown`: the run moved the claim, and every page that it covers is of this release, those of
    bulk data too. `cut`: its time ended before its work did.
    """

    size: int = 0
    folded: int = 0
    pages: int = 0
    files: int = 0
    proofs: int = 0
    bulk: int = 0
    shown: bool = False
    cut: bool = False


class Publisher:
    """Publishes one log. `release` is this program's; a log that names another one is refused.

    `each` makes calls whose order does not matter, many at once; without it all are in order.
    Other threads only write: the state, its caches and the pages are made in the one that runs, and
    a process does one run at a time.
    Where many pages wait, `pool` writes them in other processes before a run ends, and `renderers`
    on other machines, meanwhile and between runs.
    `fold`: the digest of the code that folds, if it is not this program's, for tests.
    `fixed_release`: render whatever release the log names, for tests of logs that name many.
    """

    def __init__(
        self, objects: Objects, copy: Register, *, log_key: NoteKey, release: str,
        each: Each | None = None, pool: Pool | None = None, renderers: Renderers | None = None,
        fixed_release: bool = False, fold: str = "",
    ) -> None:  # fmt: skip
        self._objects = objects
        self._register = copy
        self._release = release
        self._fixed = fixed_release
        self._each: Each = each or map
        self._pool = pool
        self._folding = Folding(
            objects, log_key, fold or of_fold(), self._each, self._copy, foresees=each is not None
        )
        self._cache = self._folding.cache
        self._claims = Claims(objects)
        self._pages = Pages(objects, self._cache, self._each)
        self._files = self._pages.files
        self._window = Window(objects, renderers, self._each, release) if renderers else None

    def run(self, now: int, left: Left = endless) -> Outcome:
        """Bring the site up to the published checkpoint, as far as `left` lets it.

        `now` is in Unix seconds. What is done stays done: the next run goes on from there.

        Raises:
            Corrupt: the log contradicts itself or the state, or another release must render.
        """
        budget = Budget(left)
        published, tag = self._claims.read()
        published.data_at = min(published.data_at, now)  # or the clock of then was ahead
        renews = published.made != self._release
        published.of_release(self._release)
        folded = self._fold(budget, published)  # 1
        if folded is None:
            return Outcome()
        prefix, count = folded
        if prefix.whole:
            if prefix.state.meta.get("publication") is None:
                return Outcome(prefix.state.size, count)
            self._check_release(prefix.state)
        if renews:  # before any page that loads them
            for path, data in assets().items():
                self._files.put(path, data, lambda: True)
        run = _Run(prefix, published, tag, budget, now, behind=published.behind())
        ended = self._render(run)  # 2, 3
        count += run.folded
        if run.unsaved:
            self._save(run)
        if not run.claimed:
            self._claims.claim()
        bulk = 0
        own = published.release == self._release  # else the state that is shown is of other code
        later = 0.0 if ended else FOR_MARKS
        idle = ended or (published.waits() and own)
        if idle and run.prefix.size >= published.size and budget.spare(max(later, FOR_BULK)) > 0:
            bulk = self._refresh(run, later, quiet=ended and not count)  # 5
        whole = published.release == self._release and published.bulk_of_release()
        shown = run.claimed and whole
        cut = not run.prefix.whole or not (ended or published.waits())
        return Outcome(
            run.prefix.state.size, count, run.pages, run.files, run.proofs, bulk, shown, cut
        )

    def fold(self, left: Left = endless) -> tuple[int, int]:
        """Fold what is new and write no page: (entries in the state then, those that are new)."""
        folded = self._fold(Budget(left), Published())
        return (0, 0) if folded is None else (folded[0].state.size, folded[1])

    def _copy(self, head: Head) -> None:
        register.update(self._register, self._cache, head)

    def _fold(self, budget: Budget, published: Published) -> tuple[Prefix, int] | None:
        """Fold up to the checkpoint, and tell the register; see `Folding.forward`."""
        later = FOR_PAGES if published.first or published.above or published.behind() else 0.0
        folded = self._folding.forward(lambda: budget.spare(later))
        if folded is not None and not folded[1]:
            self._copy(folded[0].head)  # it is behind if a run died after its commit
        return folded

    def _check_release(self, state: State) -> None:
        publication = state.meta.get("publication")
        named = publication["release"]
        if named != self._release and not self._fixed:
            raise Corrupt(f"the log says release {named}, this program is {self._release}")
        own = verifier.digest(templates_folder())
        if named == release.current() and publication.get("verifier", own) != own:
            raise Corrupt(
                f"the log says verifier {publication['verifier']}, this release has {own}"
            )

    def _meets(self, state: State, note: bytes) -> bool:
        """Tell whether a checkpoint counts by the policy of entry 0: then proofs may name it."""
        policy = Policy.of_lines(state.meta.get("log")["policy"])
        _, verified = open_checkpoint(note, policy)
        return meets(policy, verified)

    def _render(self, run: _Run) -> bool:
        """Write pages until the site shows what is folded, and tell so; False: no time is left."""
        while True:
            published = run.published
            while self._begin_first(run) and self._write_first(run):
                self._look(run)
            if not self._prove(run) or (published.above is None and published.first):
                return False
            if published.above is None and published.behind():
                shown = published.tree if published.release == self._release else ""
                published.above = Part(shown, published.leaves, begun=run.now)
            if published.above is None:
                return True
            if not self._write_above(run):
                return False

    def _begin_first(self, run: _Run) -> bool:
        """Tell whether pages of statements and TPS are to be written; begin them if they are new.

        What is not folded to its end is not begun: its root was not compared. Pages above what is
        there come before the next ones of TPS: with renderers they are begun, without them a run
        that finds the site behind ends them. Else, while more entries come than are written at once
        or runs are killed, the claim would never move.
        """
        published, reached = run.published, Reached.of(run.prefix.head)
        begun = reached.size > published.leaves.size and reached.size >= published.size
        due = published.behind() and (published.above is None if self._window else run.behind)
        if published.first is None and run.prefix.whole and begun and not due:
            published.first = Part(published.leaves.tree, reached, begun=run.now)
        return published.first is not None

    def _write_first(self, run: _Run) -> bool:
        """Write the pages of statements and TPS that are begun; False: no time is left for them."""
        while (part := run.published.first) is not None:
            later = FOR_ABOVE if run.published.above else 0.0
            run.published.first, ended = self._write(run, part, first=True, later=later)
            if ended:
                run.published.first, run.published.leaves = None, part.to
                self._save(run)  # a run that is killed behind it leaves the next one pages above
            elif run.published.first.sent or run.stopped:
                return False
            run.save_often(self._save)
        return True

    def _write_above(self, run: _Run) -> bool:
        """Write the pages above that are begun, until entries come; False: no time is left."""
        while (part := run.published.above) is not None:
            run.published.above, ended = self._write(run, part, first=False, later=0.0)
            if ended:
                run.published.above = None
                run.published.show(part.to, clocks.newest(self._state(run, part)[0]))
                self._claim(run)  # 4
            elif run.published.above.sent or run.stopped:
                return False
            else:
                run.save_often(self._save)
                if self._look(run):
                    break
        return True

    def _write(self, run: _Run, part: Part, *, first: bool, later: float) -> tuple[Part, bool]:
        """Write the next pages of a part: (how far it is then, whether that is its end).

        With ranges `sent` it waits for renderers, whose marks are counted first.
        """
        if self._window:
            counted = self._window.count(part, run.now, first=first)
            run.unsaved += counted != part
            part = counted
        self._folding.warm(part.to.tree, part.base)
        state, site = self._state(run, part)
        after = part.sent[-1] if self._window and part.sent else part.after
        left = self._pages.left(part.base, state, after, first=first)
        if self._window:
            filled, left, tasks = self._window.fill(
                part, left, run.now, run.budget.units(later), first=first
            )
            run.unsaved += filled != part
            run.tasks += tasks
            if filled.sent:
                return filled, False
        if self._pool is not None:
            return self._write_together(self._pool, run, part, site, left, later)
        has = run.budget.units(later)

        def fits(count: int, files: int) -> bool:
            run.stopped = count < AT_ONCE and not has(files)
            return count < AT_ONCE and not run.stopped

        written = self._pages.write(site, left, part.after, fits)
        run.wrote(written.pages, written.files)
        return replace(part, after=written.after, sent=[]), written.ended

    def _state(self, run: _Run, part: Part) -> tuple[State, Site]:
        """Return the state of a part, and what renders it."""
        other = part.to.size > run.prefix.size  # another run has begun it
        return self._pages.of(part.to, None if other else run.prefix.entries)

    def _write_together(
        self, pool: Pool, run: _Run, part: Part, site: Site, left: Iterator[Dirty], later: float
    ) -> tuple[Part, bool]:
        """Write all pages of a part in many processes, as `_write`."""

        def work(one: Range) -> int:
            return self._pages.write(site, one.pages, one.after, lambda *_: True).files

        has = run.budget.units(later)
        ranges = list(cut(left, part.after))
        for one, files in zip(ranges, pool(work, ranges), strict=True):
            part = replace(part, after=one.until, sent=[])
            run.wrote(len(one.pages), files)
            run.stopped = not has(1)
            if run.stopped:
                return part, one is ranges[-1]
        return part, True

    def _prove(self, run: _Run) -> bool:
        """Write the missing proofs of what is shown next; False: some are still to be written.

        A run that knows a shorter log than another one has written pages of, or has not folded its
        own to the end, leaves them to the next: no claim is ahead of its proofs. While renderers
        have pages, some of those to come: nothing else is to be done.
        """
        published, prefix = run.published, run.prefix
        end = (published.above.to if published.above else published.leaves).size
        if end > prefix.size or not prefix.whole:
            return published.proofs >= end
        if published.above is None and published.waits():
            end = min(prefix.size, max(end, published.proofs + WAITING))
        if published.proofs >= end or not self._meets(prefix.state, prefix.note):
            return True
        proofs = Proofs(self._objects, prefix.size, prefix.note)
        start = published.proofs
        published.proofs, count = proofs.write(start, end, self._each, run.budget.units())
        run.proofs += count
        run.unsaved += published.proofs - start  # those that were there, too: nobody looks twice
        return published.proofs == end

    def _look(self, run: _Run) -> bool:
        """Fold what came meanwhile, and tell whether its pages are to be written now.

        What is left to the next run: entries that need another release, and all after LOOKS looks.
        """
        if run.looks == LOOKS or run.budget.spare(FOR_PAGES) <= 0:
            return False
        stored = self._objects.get(CHECKPOINT)
        if stored is None or stored.data == run.prefix.note:
            return False
        folded = self._fold(run.budget, run.published)
        if folded is None or folded[0].state.size == run.prefix.state.size:
            return False
        newer, count = folded
        if newer.state.meta.get("publication") != run.prefix.state.meta.get("publication"):
            return False
        run.looks += 1
        run.folded += count
        run.prefix = newer
        return newer.whole

    def _save(self, run: _Run) -> None:
        """Swap state/site; what another run has done meanwhile is done for this one too."""
        run.tag = self._claims.swap(run.published, run.tag)
        run.unsaved = 0
        # Only now: of tasks that no state/site names no mark is ever asked for, and all of them
        # would be sent again.
        if self._window and run.tasks:
            self._window.send(run.tasks)
            run.tasks = []

    def _claim(self, run: _Run) -> None:
        self._save(run)
        self._claims.claim()
        run.claimed = True

    def _refresh(self, run: _Run, later: float, *, quiet: bool) -> int:
        """Write bulk data of the first data_next entries; unfinished ones are finished first."""
        published = run.published
        if not published.data_files and published.data_next == published.data_size:
            late = run.now - published.data_at >= BULK_SECONDS
            # When the state was lost, files may be torn: all are compared, and put right.
            whole = published.data_size == published.size and published.data_tree
            if whole or not (quiet or late) or not self._begin_bulk(run):
                return 0
        written, root = self._write_bulk(run, later)
        if None in written:
            return sum(map(bool, written))
        if root is not None:
            published.data_size, published.data_at = published.data_next, run.now
            published.data_root, published.data_files = codec.b64encode(root), 0
        self._claim(run)
        return sum(map(bool, written))

    def _begin_bulk(self, run: _Run) -> bool:
        """Say which bulk data come next, before any is written; False: another run was faster."""
        published = run.published
        published.data_tree, published.data_frontier = published.tree, published.frontier
        begun = published.size
        if published.data_next < begun:
            published.data_next = begun
            self._claim(run)
        return published.data_next == begun

    def _write_bulk(self, run: _Run, later: float) -> tuple[list[bool | None], bytes | None]:
        """Write the next files of data_next: (whether each changed, its root if these are all).

        None of a file: another run has begun newer ones, and this one writes no more.
        """
        published, entries = run.published, run.prefix.entries
        size, before = published.data_next, published.data_files
        if published.data_tree:
            head = Reached(size, published.data_tree, published.data_frontier).head()
        else:  # the state with which bulk data were begun is lost
            head = self._folding.again(size, entries)
        state = State(self._cache, head, read_entry=entries)
        made, ended, has = 0, False, run.budget.units(later)

        def put(file: tuple[str, bytes]) -> bool | None:
            return self._files.put(*file, lambda: self._claims.read()[0].data_next == size)

        def known(path: str) -> bytes | None:
            stored = self._objects.get(path) if made < before else None
            return None if stored is None else stored.data

        def left() -> Iterator[tuple[str, bytes]]:
            nonlocal made, ended
            for file in Site(state, entries).bulk(known):
                if made >= before:
                    yield file
                made += 1
                if not has(3):
                    return
            ended = True

        written = list(self._each(put, left()))
        published.data_files = max(made, before)
        return written, state.root() if ended else None


@dataclass(slots=True)
class _Run:
    """One run: the entries that it shows, how far `state/site` is, the tag that it replaces, `now`.

    `behind`: it found pages that the site did not show.
    `tasks` are sent once `state/site` names their ranges.
    `unsaved` pages and proofs are there and not in `state/site`; `looks` at a log that grew,
    and the entries `folded` then; `claimed`: site.json says what `state/site` says; `stopped`: the
    next page has no time.
    """

    prefix: Prefix
    published: Published
    tag: str | None
    budget: Budget
    now: int
    behind: bool
    pages: int = 0
    files: int = 0
    proofs: int = 0
    unsaved: int = 0
    looks: int = 0
    folded: int = 0
    claimed: bool = False
    stopped: bool = False
    tasks: list[Task] = field(default_factory=list)

    def wrote(self, pages: int, files: int) -> None:
        """Count what was written."""
        self.pages += pages
        self.files += files
        self.unsaved += pages

    def save_often(self, save: Callable[[_Run], None]) -> None:
        """Save after `AT_ONCE` pages: a run that is killed loses no more."""
        if self.unsaved >= AT_ONCE:
            save(self)
