"""Counts what the publisher's state costs in a log of a real size, on the embedded engine.

Which objects are written does not depend on the engine; moto would take an hour for this.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from scripts.lab.loading.country import Country
from scripts.lab.loading.portal import begin, opened

from handlers import publish, sequence, submit
from rekap.core.pages import release
from rekap.desk.replay.functions import Functions


class Counting:
    """Objects that count what is asked of `state/`."""

    def __init__(self, objects: Any) -> None:
        self._objects = objects
        self.counted: Counter[str] = Counter()

    def get(self, path: str) -> Any:
        """Count, and pass on."""
        self.counted["gets"] += path.startswith("state/")
        return self._objects.get(path)

    def part(self, path: str, start: int, length: int) -> Any:
        """Count, and pass on."""
        self.counted["gets"] += path.startswith("state/")
        return self._objects.part(path, start, length)

    def put_new(self, path: str, data: bytes) -> None:
        """Count, and pass on."""
        self._note(path, data)
        self._objects.put_new(path, data)

    def put_if(self, path: str, data: bytes, tag: str | None) -> Any:
        """Count, and pass on."""
        self._note(path, data)
        return self._objects.put_if(path, data, tag)

    def _note(self, path: str, data: bytes) -> None:
        if path.startswith("state/"):
            self.counted["puts"] += 1
            self.counted["bytes"] += len(data)


def recount(stations: int, wave: int) -> dict[int, dict[str, int]]:
    """Return what a wave of one form and one of `wave` forms ask for; each after one like it."""
    found: dict[int, dict[str, int]] = {}
    country = Country(stations, seed=1, release=release.current())
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "portal"
        begin(folder, country)
        with opened(folder) as (_, begun, _):
            objects = Counting(begun.objects)
            portal = replace(begun, objects=objects, each=map)
            functions = Functions(portal, submit.respond, sequence.respond, publish.respond)
            uploads = country.uploads()
            for size in (1, 1, wave, wave):
                for one in islice(uploads, size):
                    functions.submit(one.item.data)
                functions.sequence()
                objects.counted.clear()
                functions.publish()
                found[size] = dict(objects.counted)
    return found
