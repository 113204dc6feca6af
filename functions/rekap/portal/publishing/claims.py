"""How far the site is: `state/site` for the publisher, `site.json` for everybody.

`site.json` is a claim that readers check: {size, root, hour, release, proofs, data_size,
data_next, data_root}.
`state/site` says more: which pages beyond that claim are written already, so that a run goes on
where another one stopped.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from rekap.core import codec
from rekap.core.errors import Conflict, Corrupt, Malformed
from rekap.core.ledger.state import Head
from rekap.core.log.merkle import EMPTY_ROOT, Frontier
from rekap.core.log.ports import Objects

STATE_SITE: Final = "state/site"
SITE: Final = "site.json"
_BULK: Final = (
    "data_next", "data_size", "data_tree", "data_root", "data_frontier", "data_files",
)  # fmt: skip
_CLAIM: Final = ("size", "root", "hour", "tree", "release", "frontier")


@dataclass(frozen=True, slots=True)
class Reached:
    """A committed state that pages are made of, as `state/site` keeps it."""

    size: int = 0
    tree: str = ""
    frontier: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, head: Head) -> Reached:
        """Keep a head."""
        hashes = [codec.b64encode(one) for one in head.frontier.hashes]
        return cls(head.size, head.tree or "", hashes)

    def head(self) -> Head:
        """Return what was kept."""
        hashes = tuple(codec.b64decode(one) for one in self.frontier)
        return Head(self.size, Frontier(self.size, hashes), self.tree or None)


@dataclass(frozen=True, slots=True)
class Part:
    """Pages that are being written: those of `to` that differ from the tree `base` ("": all).

    All up to the address `after` are written; None: not one. Behind it renderers have the ranges
    that end with the addresses `sent`, since `at`; the part was `begun` then, in Unix seconds.
    """

    base: str
    to: Reached
    after: str | None = None
    sent: list[str] = field(default_factory=list)
    at: int = 0
    begun: int = 0

    @classmethod
    def parse(cls, value: dict[str, Any]) -> Part:
        """Read what `asdict` gave."""
        return cls(**{**value, "to": Reached(**value["to"])})


@dataclass(slots=True)
class Published:
    """`state/site`: the state that the site shows, and how far proofs and bulk data are.

    `data_files` of `data_next` are written, in the order of `Site.bulk`.

    Beyond it, by the release `made`: pages of statements and TPS are written up to `leaves` and, in
    part, up to `first`; the pages above, in part, up to `above`. With the last of these the claim
    moves to it.
    """

    size: int = 0
    root: str = ""
    hour: str | None = None
    tree: str = ""
    release: str = ""
    proofs: int = 0
    data_size: int = 0
    data_root: str = codec.b64encode(EMPTY_ROOT)
    data_next: int = 0
    data_tree: str = ""
    data_at: int = 0
    data_files: int = 0
    frontier: list[str] = field(default_factory=list)
    data_frontier: list[str] = field(default_factory=list)
    made: str = ""
    leaves: Reached = field(default_factory=Reached)
    first: Part | None = None
    above: Part | None = None

    def encode(self) -> bytes:
        """Return `state/site`: the fields, and the SHA-256 of their bytes."""
        value = asdict(self)
        return codec.encode_public({**value, "sha256": _digest(value)})

    @classmethod
    def parse(cls, data: bytes) -> Published:
        """Read `state/site`; raises Corrupt if one bit of it is another than was written."""
        value = _intact(data)
        value["leaves"] = Reached(**value["leaves"])
        for name in ("first", "above"):
            value[name] = value[name] and Part.parse(value[name])
        return cls(**value)

    def of_release(self, release: str) -> None:
        """Forget what another release has begun: this one writes all pages."""
        if self.made != release:
            self.made, self.leaves, self.first, self.above = release, Reached(), None, None
            self.data_tree = ""  # nodes that other code made are not read

    def behind(self) -> bool:
        """Tell whether pages are written that the site does not show yet."""
        return self.leaves.size > self.size or (self.release != self.made and self.leaves.size > 0)

    def waits(self) -> bool:
        """Tell whether renderers have ranges that are not counted."""
        return any(part is not None and part.sent for part in (self.first, self.above))

    def bulk_of_release(self) -> bool:
        """Tell whether all bulk data, and their pages, are made by the release `made`."""
        return bool(self.data_tree) and self.data_size == self.data_next and not self.data_files

    def show(self, reached: Reached, hour: str | None) -> None:
        """Say that the pages are those of a state, whose last entry came at `hour`."""
        head = reached.head()
        self.size, self.tree, self.release = reached.size, reached.tree, self.made
        self.hour = hour
        self.root = codec.b64encode(head.frontier.root())
        self.frontier = reached.frontier

    def join(self, theirs: Published) -> None:
        """Take over what another run has done meanwhile: of everything what is further."""
        self.proofs = max(self.proofs, theirs.proofs)
        if theirs._bulk() > self._bulk():
            self._take(theirs, _BULK)
            self.data_at = max(self.data_at, theirs.data_at)
        if theirs.size > self.size:
            self._take(theirs, _CLAIM)
        if theirs.made == self.made:
            if theirs.leaves.size > self.leaves.size:
                self.leaves = theirs.leaves
            self.first = _further(self.first, theirs.first, self.leaves.size)
            shown = self.size if self.release == self.made else 0
            self.above = _further(self.above, theirs.above, shown)

    def _bulk(self) -> tuple[int, int, int]:
        return self.data_next, self.data_size, self.data_files

    def _take(self, theirs: Published, names: tuple[str, ...]) -> None:
        for name in names:
            setattr(self, name, getattr(theirs, name))


def _digest(value: dict[str, Any]) -> str:
    return codec.sha256_hex(codec.encode_public(value))


def _intact(data: bytes) -> dict[str, Any]:
    """Return the fields of `state/site`."""
    try:
        value: dict[str, Any] = json.loads(data)
        if value.pop("sha256") == _digest(value):
            return value
    except (ValueError, KeyError, AttributeError, Malformed):
        pass
    raise Corrupt(f"{STATE_SITE} has other bytes; delete it and publish again")


def _further(ours: Part | None, theirs: Part | None, done: int) -> Part | None:
    """Return the part that reaches further, of those that are still to be ended."""
    parts = [part for part in (ours, theirs) if part is not None and part.to.size > done]
    return max(parts, key=lambda part: (part.to.size, part.after or ""), default=None)


class Claims:
    """Reads and replaces both; a larger one that is there stays."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def read(self) -> tuple[Published, str | None]:
        """Return what the site shows, and the tag that a replacement must name."""
        stored = self._objects.get(STATE_SITE)
        if stored is None:
            return self._claimed(), None
        return Published.parse(stored.data), stored.tag

    def _claimed(self) -> Published:
        """What readers were told of bulk data, after `state/` was lost: those files are there."""
        stored = self._objects.get(SITE)
        if stored is None:
            return Published()
        said = json.loads(stored.data)
        return Published(**{name: said[name] for name in ("data_size", "data_next", "data_root")})

    def swap(self, published: Published, tag: str | None) -> str:
        """Put `state/site` in place and return its new tag.

        What another run has done meanwhile is joined into `published`.
        """
        while True:
            try:
                return self._objects.put_if(STATE_SITE, published.encode(), tag)
            except Conflict:
                current, tag = self.read()
                published.join(current)
                if tag and published == current:
                    return tag

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
                    "size": published.size, "root": published.root, "hour": published.hour,
                    "release": published.release,
                    "proofs": min(published.proofs, published.size),
                    "data_size": published.data_size, "data_next": published.data_next,
                    "data_root": published.data_root,
                }
            )  # fmt: skip
            if not published.release or (
                stored is not None
                and (stored.data == data or json.loads(stored.data)["size"] > published.size)
            ):
                return
            try:
                self._objects.put_if(SITE, data, stored.tag if stored else None)
            except Conflict:
                continue
