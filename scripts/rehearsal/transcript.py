"""What a rehearsal says while it runs: steps with their seconds, facts, what is not as wanted."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator


class Transcript:
    """Lines for a person; `failed` holds every check that did not hold."""

    def __init__(self, write: Callable[[str], None] = print) -> None:
        self._write = write
        self._began = time.monotonic()
        self.failed: list[str] = []

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Say a step's name, and its seconds when it is done."""
        began = time.monotonic()
        self._write(f"\n== {name}")
        yield
        now = time.monotonic()
        self._write(f"== {name}: {now - began:.1f} s (at {now - self._began:.0f} s)")

    def say(self, text: str) -> None:
        """Say a fact."""
        self._write(f"   {text}")

    def check(self, holds: bool, text: str) -> None:
        """Say a fact that must hold, and remember if it does not."""
        self._write(f"   {'ok  ' if holds else 'NOT '} {text}")
        if not holds:
            self.failed.append(text)
