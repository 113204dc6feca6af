"""What an audit is asked to do, by a command or a function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from rekap.audit import pages
from rekap.audit.fork import Fork
from rekap.audit.hashes import Signed
from rekap.audit.reader import Source
from rekap.audit.verdict import Failure
from rekap.core.log.policy import Policy

ALL: Final = -1
"""`--pages all`."""


class Sink(Protocol):
    """Takes what the log gives instead of comparing it: `rekap rebuild`."""

    def bulk(self, site: pages.Rendering) -> None:
        """Take the bulk data, at the size that `site.json` states for them."""

    def pages(self, site: pages.Rendering) -> None:
        """Take all pages, at the size in `site.json`."""

    def proof(self, path: str, data: bytes) -> None:
        """Take a proof that holds; called from forked processes."""

    def attachment(self, path: str, data: bytes) -> None:
        """Take words or a picture that were signed; called from forked processes."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an address showed before, in the same run: it is not forgotten when it is read again.

    `failures` are what was wrong then and may be settled by what is known now, `doubts` what was
    shown and can never be judged. `trees` are what the log signed; `since` is the smallest size in
    `site.json`; `fork` is the evidence of two histories.
    """

    failures: tuple[Failure, ...] = ()
    trees: tuple[Signed, ...] = ()
    since: int = 0
    doubts: tuple[Failure, ...] = ()
    fork: Fork | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to check. `pages`: a number of addresses, 0 for none, or ALL; `seed` chooses which.

    Whoever publishes must not know the seed beforehand.

    `render` and `release` are the publisher's; `policy`, `receipt` and `since` (a checkpoint) are
    the reader's own, if any; `had` are paths of words and pictures that his own copy has,
    `pictures` how many are read, or ALL; `app` is where officers get theirs; `now` is in Unix
    seconds and decides only whether a receipt's promise is due, at an address.
    """

    render: pages.Render
    release: str
    pages: int = ALL
    policy: Policy | None = None
    receipt: bytes | None = None
    since: bytes | None = None
    had: frozenset[str] = frozenset()
    pictures: int = ALL
    app: Source | None = None
    now: int = 0
    processes: int = 1
    sink: Sink | None = None
    seed: str = ""
    earlier: Earlier = Earlier()

    @property
    def makes_pages(self) -> bool:
        """Tell whether any page or bulk data are made of the log."""
        return self.pages != 0 or self.sink is not None
