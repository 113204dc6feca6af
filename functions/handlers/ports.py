"""What a function may touch, as types: each port with all that its users ask of it.

Imported by type checkers only: at run time a function loads its own ports and no others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeAlias

from rekap.core.log import ports
from rekap.portal.intake import accept, signatures
from rekap.portal.publishing import register, window


class Records(accept.Records, ports.Records, Protocol):
    """Accepted statements, for intake and for the sequencer."""

    def oldest_pending(self) -> int | None:
        """Return the received-at of the record that waits longest (Unix seconds), or None."""


class Register(signatures.Register, register.Register, Protocol):
    """The copy of the register: `publish` writes it, `submit` asks it."""


class Guard(accept.Guard, Protocol):
    """Remembers that a writer stopped, until a person has looked."""

    def stop(self, reason: str) -> None:
        """Remember why; the first reason stays."""

    def lift(self) -> None:
        """Forget it: a person has looked. A writer that finds it wrong again says it again."""


class Hold(Protocol):
    """Keeps messages from other calls while this one works on them."""

    def begin(self, queue: str, handles: Sequence[str]) -> AbstractContextManager[None]:
        """Hold messages of the queue of a function until the block is left, or the call killed."""


class Journal(Protocol):
    """Takes log lines: identifiers, outcomes and counts, never the content of a form."""

    def __call__(self, line: Mapping[str, Any], /) -> None:
        """Write one line, whole or not at all."""


class Meter(Protocol):
    """Takes what a call measured."""

    def __call__(
        self, service: str, values: Mapping[str, float], dimensions: Mapping[str, str], /
    ) -> None:
        """Write values that belong to the same dimensions beside `service`."""


class Reporter(Protocol):
    """Where a call's lines and measures go; without a meter nothing is measured."""

    @property
    def journal(self) -> Journal:
        """Takes the lines."""

    @property
    def meter(self) -> Meter | None:
        """Takes the measures."""


Order: TypeAlias = ports.Order
Objects: TypeAlias = ports.Objects
Bell: TypeAlias = ports.Bell
Each: TypeAlias = ports.Each
Pool: TypeAlias = ports.Pool
Renderers: TypeAlias = window.Renderers
