"""Pages made from a state and written: those of a run, or those of a task.

A renderer trusts the task about the trees, which the publisher has held against the checkpoint, and
holds every node against its digest. It puts each file by its as_of, as `publish` does: a task that
comes twice, or late, writes the same bytes, or finds newer ones and leaves them. A task that other
code has cut is nobody's: which pages it has is for that code to say.

    1  the mark of the task is asked for: who finds it does nothing
    2  its pages, in the order of addresses, a twin before its page
    3  its mark, or what its time has left of it
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from rekap.core.ledger.state import State
from rekap.core.ledger.tree import NodeCache
from rekap.core.log.ports import Each, LogFiles, Objects
from rekap.core.pages.site import Site
from rekap.portal.publishing import dirty
from rekap.portal.publishing.budget import Budget, Left, endless
from rekap.portal.publishing.claims import Reached
from rekap.portal.publishing.dirty import Dirty
from rekap.portal.publishing.entries import Bundles, StateNodes, put_once
from rekap.portal.publishing.files import Page, SiteFiles
from rekap.portal.publishing.folding import EMPTY
from rekap.portal.publishing.tasks import Task, own_code


@dataclass(frozen=True, slots=True)
class Written:
    """How far pages are written: `pages` of them, `files` of which were put; `ended`: all."""

    after: str | None
    ended: bool
    pages: int
    files: int


class Pages:
    """Makes and writes pages of states whose nodes are in `cache`; the last state is kept."""

    def __init__(self, objects: Objects, cache: NodeCache, each: Each) -> None:
        self._log = LogFiles(objects)
        self._cache = cache
        self._each = each
        self._made: dict[str, tuple[State, Site]] = {}
        self.files = SiteFiles(objects)

    def of(self, to: Reached, entries: Bundles | None = None) -> tuple[State, Site]:
        """Return a state and what renders it; `entries` are at least its own, if they are known."""
        if to.tree not in self._made:
            entries = entries or Bundles(self._log, to.size)
            state = State(self._cache, to.head(), read_entry=entries)
            self._made = {to.tree: (state, Site(state, entries))}
        return self._made[to.tree]

    def left(self, base: str, state: State, after: str | None, *, first: bool) -> Iterator[Dirty]:
        """Yield which pages of a state differ from the tree `base`, behind `after`."""
        old = State(self._cache, replace(EMPTY, tree=base)) if base else None
        return dirty.pages(old, state, first=first, after=after)

    def write(
        self, site: Site, left: Iterable[Dirty], after: str | None, has: Callable[[int, int], bool]
    ) -> Written:
        """Write pages behind `after` while `has` says yes: told how many are, and files of one."""
        ended, count = True, 0

        def made() -> Iterator[Page]:
            nonlocal after, ended, count
            for address, fresh in left:
                files = site.files(address)
                if not has(count, len(files) * (1 if fresh else 2)):
                    ended = False
                    return
                after, count = address, count + 1
                yield Page(address, site.as_of(address), files, fresh)

        files = sum(self._each(self.files.put_page, made()))
        return Written(after, ended, count, files)


class Foreign(Exception):
    """Another release, or other code, has cut a task: whoever has it lets it fall.

    Bringing it again would help nobody. Where it still counts, `publish` sends it again.
    """


class Renderer:
    """Writes tasks of one log. `release` is this program's; `each` as of `Publisher`."""

    def __init__(self, objects: Objects, *, release: str, each: Each | None = None) -> None:
        self._objects = objects
        self._release = release
        self._nodes = StateNodes(objects, each or map)
        cache = NodeCache(self._nodes, each=each)
        self._pages = Pages(objects, cache, each or map)

    def render(self, task: Task, left: Left = endless, *, again: bool = False) -> Task | None:
        """Write a task: return what `left` leaves of it, None if its mark is there.

        One page is written whatever is left: a task that came back as it was would go round for
        ever, and no failure would be counted. `again`: a call for the task was killed, perhaps by
        one page that takes longer than those before left: it gets a call of its own.

        Raises:
            Foreign: another release, or other code, must render.
            Corrupt: the state, or a page, contradicts the task.
        """
        if (task.release, task.code) != (self._release, own_code()):
            raise Foreign(f"of release {task.release} and code {task.code}")
        budget = Budget(left)
        if self._objects.get(task.mark()) is not None:  # 1
            return None
        for tree in filter(None, (task.to.tree, task.base)):
            self._nodes.warm(tree)
        state, site = self._pages.of(task.to)
        after = task.after if task.written is None else task.written
        has, single = budget.units(), task.single or again
        pages = _up_to(self._pages.left(task.base, state, after, first=task.first), task.until)
        written = self._pages.write(  # 2
            site, pages, after, lambda count, files: (has(files) and not single) or count == 0
        )
        if not written.ended:  # 3
            return replace(task, written=written.after, single=single)
        put_once(self._objects, task.mark(), task.until.encode())
        return None


def _up_to(pages: Iterable[Dirty], until: str) -> Iterator[Dirty]:
    """Yield pages up to an address; what is behind it is not looked for."""
    for page in pages:
        if page[0] <= until:
            yield page
        if page[0] >= until:
            return
