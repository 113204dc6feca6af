"""What a function may touch: ports, keys, a clock, and what the operator decides."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from handlers.memory import Memory
    from handlers.ports import (
        Bell,
        Each,
        Guard,
        Hold,
        Journal,
        Meter,
        Objects,
        Order,
        Pool,
        Records,
        Register,
        Renderers,
    )
    from rekap.core.signing.note import NoteKey
    from rekap.core.signing.signer import Signer
    from rekap.portal.intake.accept import Desk
    from rekap.portal.sequencing.clock import Clock


Port = TypeVar("Port")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decides. `release` is empty for the code's own, `backlog_cap` 0 too.

    `questions` are those that a witness may be asked a day; 0: whenever there is something new.
    """

    origin: str
    release: str = ""
    backlog_cap: int = 0
    questions: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Portal:
    """Everything that a function may touch; None is what it has no variable for.

    Without a meter nothing is measured. `on_one_machine`: a witness may have a private address.
    `each` makes calls that do not depend on each other, many at once, where an answer takes time.
    `retire` deletes what an earlier release left in a public folder, where anybody may delete;
    not before the site shows this release.
    `pool` renders pages in other processes, where this one has no other thread; `renderers` take
    what is much, where there are others.
    `hold`: what wakes this function is given to no other call meanwhile.
    `attachments`: files beside the log of which it has only digests.
    `says_time`: the log has hours of its own; a portal in one process that is fed a replay has not.
    """

    settings: Settings
    records: Records | None
    order: Order | None
    objects: Objects | None
    register: Register | None
    guard: Guard | None
    bell: Bell | None
    clock: Callable[[], int]
    journal: Journal
    log_signer: Signer | None = None
    receipt_signer: Signer | None = None
    meter: Meter | None = None
    on_one_machine: bool = False
    each: Each | None = None
    retire: Callable[[str, Collection[str]], None] | None = None
    pool: Pool | None = None
    renderers: Renderers | None = None
    hold: Hold | None = None
    attachments: Objects | None = None
    says_time: bool = False

    def renders(self) -> str:
        """Return the release that renders."""
        from rekap.core.pages import release

        return self.settings.release or release.current()

    def desk(self) -> Desk:
        """Return what intake works with."""
        from rekap.portal.intake.accept import Desk
        from rekap.portal.intake.item import BACKLOG_CAP

        return Desk(
            self.settings.origin,
            present(self.records, "REKAP_RECORDS_TABLE"),
            present(self.register, "REKAP_REGISTER_TABLE"),
            present(self.receipt_signer, "REKAP_KEYS"),
            self.clock,
            present(self.guard, "REKAP_RECORDS_TABLE"),
            self.settings.backlog_cap or BACKLOG_CAP,
        )

    def hours(self) -> Clock | None:
        """Return what says the time in front of what is ordered, if anything does."""
        from rekap.portal.sequencing.clock import Clock

        signer = present(self.log_signer, "REKAP_KEYS")
        return Clock(self.settings.origin, signer, self.clock) if self.says_time else None


@dataclass(frozen=True, slots=True, eq=False)
class Outside:
    """What `watch` knows: an address, and the log's key if the operator names it.

    `gate`: where statements are sent to, if that is asked too.
    `app`: where officers get theirs, if the audit holds it against the log.
    `caches_s`: a little more than the front keeps log/checkpoint and site.json, in seconds.
    """

    site: str
    log_key: NoteKey | None
    memory: Memory
    clock: Callable[[], int]
    journal: Journal
    meter: Meter | None = None
    caches_s: float = 6.0
    gate: str = ""
    app: str = ""


def present(port: Port | None, variable: str) -> Port:
    """Return a port that this function cannot work without; RuntimeError naming its variable."""
    if port is None:
        raise RuntimeError(f"this function lacks what {variable} names")
    return port
