"""One run of `publish`: fold what is new, render what it touches; it may stop anywhere.

    1  checkpoint and state/head; fold the new entries; nodes; swap state/head          [commit]
    2  walk what changed between the last published state and the new one
    3  dirty pages, each file conditional on its as_of, a twin before its page; missing proofs.
       Pages of TPS come first, and a few times again for entries that come meanwhile (1, 2)
    4  swap state/site, then site.json, only to a larger size
    5  bulk data, when the log is quiet or ten minutes have passed

Within a step, nodes, pages, proofs and bulk files do not depend on each other: `each` puts them.
A crash after any write leaves a state from which the next run writes the same bytes. Two runs at
once write the same bytes too: what is newer is left, what is older is replaced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rekap.core import codec
from rekap.core.errors import Corrupt
from rekap.core.ledger.state import Head, State
from rekap.core.log.merkle import Frontier
from rekap.core.log.policy import Policy, meets, open_checkpoint
from rekap.core.log.ports import CHECKPOINT, Each, Objects
from rekap.core.pages import release
from rekap.core.pages.look import verifier
from rekap.core.pages.pages import templates_folder
from rekap.core.pages.release import of_fold
from rekap.core.pages.site import Site
from rekap.core.signing.note import NoteKey
from rekap.portal.publishing import dirty, register
from rekap.portal.publishing import proofs as proof_files
from rekap.portal.publishing.claims import Claims, Published
from rekap.portal.publishing.entries import Bundles
from rekap.portal.publishing.files import Page, SiteFiles
from rekap.portal.publishing.folding import Folding, Prefix
from rekap.portal.publishing.register import Register

BULK_SECONDS: Final = 600
"""How long bulk data may stay behind while entries keep coming."""
AT_ONCE: Final = 128
"""Pages written between two looks at the log."""
LOOKS: Final = 8
"""How often a run takes in new entries before it writes what is left: bounds how late that is."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did, for its log line: entries folded; pages, and files of all kinds, put."""

    size: int = 0
    folded: int = 0
    pages: int = 0
    files: int = 0
    proofs: int = 0
    bulk: int = 0


class Publisher:
    """Publishes one log. `release` is this program's; a log that names another one is refused.

    `each` makes calls whose order does not matter, many at once; without it all are in order.
    Other threads only write: the state, its caches and the pages are made in the one that runs, and
    a process does one run at a time.
    `fold`: the digest of the code that folds, if it is not this program's, for tests.
    `fixed_release`: render whatever release the log names, for tests of logs that name many.
    """

    def __init__(
        self, objects: Objects, copy: Register, *, log_key: NoteKey, release: str,
        each: Each | None = None, fixed_release: bool = False, fold: str = "",
    ) -> None:  # fmt: skip
        self._objects = objects
        self._register = copy
        self._release = release
        self._fixed = fixed_release
        self._each: Each = each or map
        self._folding = Folding(
            objects, log_key, fold or of_fold(), self._each, foresees=each is not None
        )
        self._cache = self._folding.cache
        self._claims = Claims(objects)
        self._files = SiteFiles(objects)

    def run(self, now: int) -> Outcome:
        """Bring the site up to the published checkpoint. `now` is in Unix seconds.

        Raises:
            Corrupt: the log contradicts itself or the state, or another release must render.
        """
        folded = self._fold()  # 1
        if folded is None:
            return Outcome()
        prefix, count = folded
        if prefix.state.meta.get("publication") is None:
            return Outcome(prefix.state.size, count)
        self._check_release(prefix.state)
        published, tag = self._claims.read()
        if published.size > prefix.state.size:  # this run froze, and another one went on
            self._claims.claim()
            return Outcome(prefix.state.size, count)
        if published.release != self._release:
            published.data_tree = ""  # nodes that other code made are not read
        pages = files = proofs = bulk = 0
        if prefix.state.size > published.size:  # always where another release was published
            start = prefix.state.size - count
            prefix, pages, files = self._render(prefix, published)  # 2, 3
            count = prefix.state.size - start
        size = prefix.state.size
        if self._meets(prefix.state, prefix.note):
            proofs = proof_files.write(
                self._objects, published.proofs, size, prefix.note, self._each
            )
            published.proofs = size
        published.show(prefix.head, self._release)
        tag = self._claims.swap(published, tag)  # 4
        if tag is not None:  # 5
            bulk = self._refresh(published, tag, now, quiet=not count, entries=prefix.entries)
        return Outcome(size, count, pages, files, proofs, bulk)

    def _fold(self) -> tuple[Prefix, int] | None:
        """Fold up to the checkpoint, and tell the register; see `Folding.forward`."""
        folded = self._folding.forward()
        if folded is not None:
            register.update(self._register, self._cache, folded[0].head)
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

    def _render(self, prefix: Prefix, published: Published) -> tuple[Prefix, int, int]:
        """Write the dirty pages: (what the site shows then, pages, files)."""
        old = published.tree if published.release == self._release else ""
        site = Site(prefix.state, prefix.entries)
        left = dirty.pages(self._cache, prefix.state, old, prefix.head)
        shown: dict[str, int] = {}
        files = at = looks = 0
        while at < len(left):
            some = [(name, site.as_of(name), fresh) for name, fresh in left[at : at + AT_ONCE]]
            made = (Page(name, as_of, site.files(name), fresh) for name, as_of, fresh in some)
            files += sum(self._each(self._files.put_page, made))
            shown.update((name, as_of) for name, as_of, _ in some)
            at += AT_ONCE
            newer = self._newer(prefix) if at < len(left) and looks < LOOKS else None
            if newer is not None:
                prefix, site, looks, at = newer, Site(newer.state, newer.entries), looks + 1, 0
                left = [
                    (address, fresh)
                    for address, fresh in dirty.pages(self._cache, prefix.state, old, prefix.head)
                    if shown.get(address) != site.as_of(address)
                ]
        return prefix, len(shown), files

    def _newer(self, prefix: Prefix) -> Prefix | None:
        """Fold what came since `prefix`; None if nothing did, or if it may need another release.

        What is folded here and not shown is shown by the next run.
        """
        stored = self._objects.get(CHECKPOINT)
        if stored is None or stored.data == prefix.note:
            return None
        folded = self._fold()
        if folded is None or folded[0].state.size == prefix.state.size:
            return None
        newer, _ = folded
        named = newer.state.meta.get("publication") == prefix.state.meta.get("publication")
        return newer if named else None

    def _refresh(
        self, published: Published, tag: str | None, now: int, *, quiet: bool, entries: Bundles
    ) -> int:
        """Write bulk data of the first data_next entries; an unfinished one is finished first.

        Whoever begins the next ones says so before writing: from then on this run writes no more.
        """
        if published.data_next == published.data_size:
            late = now - published.data_at >= BULK_SECONDS
            # When the state was lost, files may be torn: all are compared, and put right.
            whole = published.data_size == published.size and published.data_tree
            if whole or not (quiet or late):
                return 0
            published.data_tree, published.data_frontier = published.tree, published.frontier
            if published.data_next < published.size:
                published.data_next = published.size
                tag = self._claims.swap(published, tag)
                if tag is None:
                    return 0
        if published.data_tree:
            hashes = tuple(codec.b64decode(h) for h in published.data_frontier)
            frontier = Frontier(published.data_next, hashes)
            head = Head(published.data_next, frontier, published.data_tree)
        else:  # the state with which bulk data were begun is lost
            head = self._folding.again(published.data_next, entries)
        state = State(self._cache, head, read_entry=entries)
        ours = published.data_next

        def put(file: tuple[str, bytes]) -> bool | None:
            return self._files.put(*file, lambda: self._claims.read()[0].data_next == ours)

        written = list(self._each(put, Site(state, entries).bulk()))
        if None in written:
            return sum(map(bool, written))
        published.data_size, published.data_at = published.data_next, now
        published.data_root = codec.b64encode(state.root())
        self._claims.swap(published, tag)
        return sum(map(bool, written))
