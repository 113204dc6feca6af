"""How far the site is: `state/site` for the publisher, `site.json` for everybody.

`site.json` is a claim that readers check: {size, root, release, data_size, data_next, data_root}.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Final

from rekap.core import codec
from rekap.core.errors import Conflict
from rekap.core.ledger.state import Head
from rekap.core.log.merkle import EMPTY_ROOT
from rekap.core.log.ports import Objects

STATE_SITE: Final = "state/site"
SITE: Final = "site.json"


@dataclass(slots=True)
class Published:
    """`state/site`: the state that the site shows, and how far proofs and bulk data are."""

    size: int = 0
    root: str = ""
    tree: str = ""
    release: str = ""
    proofs: int = 0
    data_size: int = 0
    data_root: str = codec.b64encode(EMPTY_ROOT)
    data_next: int = 0
    data_tree: str = ""
    data_at: int = 0
    frontier: list[str] = field(default_factory=list)
    data_frontier: list[str] = field(default_factory=list)

    def show(self, head: Head, release: str) -> None:
        """Say that the pages are those of a state, made by `release`."""
        self.size, self.tree, self.release = head.size, head.tree or "", release
        self.root = codec.b64encode(head.frontier.root())
        self.frontier = [codec.b64encode(one) for one in head.frontier.hashes]


class Claims:
    """Reads and replaces both; a larger one that is there stays."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def read(self) -> tuple[Published, str | None]:
        """Return what the site shows, and the tag that a replacement must name."""
        stored = self._objects.get(STATE_SITE)
        if stored is None:
            return self._claimed(), None
        return Published(**json.loads(stored.data)), stored.tag

    def _claimed(self) -> Published:
        """What readers were told of bulk data, after `state/` was lost: those files are there."""
        stored = self._objects.get(SITE)
        if stored is None:
            return Published()
        said = json.loads(stored.data)
        return Published(**{name: said[name] for name in ("data_size", "data_next", "data_root")})

    def swap(self, published: Published, tag: str | None) -> str | None:
        """Put state/site, then site.json, in place and return the new tag of state/site.

        None if another run published more: what is there stays.
        """
        written = None
        while written is None:
            data = codec.encode_public(asdict(published))
            try:
                written = self._objects.put_if(STATE_SITE, data, tag)
            except Conflict:
                current, tag = self.read()
                if current.size > published.size:
                    break
                _merge(published, current)
        self.claim()
        return written

    def claim(self) -> None:
        """Make site.json say what state/site says.

        The tag is read first: whoever publishes more after that also replaces site.json, and an
        older claim is never put over a newer one.
        """
        while True:
            stored = self._objects.get(SITE)
            published, _ = self.read()
            data = codec.encode_public(
                {
                    "size": published.size, "root": published.root, "release": published.release,
                    "data_size": published.data_size, "data_next": published.data_next,
                    "data_root": published.data_root,
                }
            )  # fmt: skip
            if stored is not None and (
                stored.data == data or json.loads(stored.data)["size"] > published.size
            ):
                return
            try:
                self._objects.put_if(SITE, data, stored.tag if stored else None)
            except Conflict:
                continue


def _merge(ours: Published, theirs: Published) -> None:
    """Take over what another run at the same size, or behind, has done meanwhile."""
    ours.proofs = max(ours.proofs, theirs.proofs)
    if (theirs.data_next, theirs.data_size) > (ours.data_next, ours.data_size):
        for name in ("data_next", "data_size", "data_tree", "data_root", "data_frontier"):
            setattr(ours, name, getattr(theirs, name))
        ours.data_at = max(ours.data_at, theirs.data_at)
