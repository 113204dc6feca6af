"""The files of saved evidence once more, from the log: each twin as of the size that it states.

A browser saves evidence while the log grows, and pages come behind the head of the log: the files
of one bundle need not be of one moment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

from rekap.audit import claim as claims
from rekap.audit.anchors import POLICY
from rekap.core.ledger.state import State
from rekap.core.pages.site import Site
from rekap.core.pages.site import policy as anchors

_TWIN: Final = "index.json"
_ENTRY: Final = re.compile(r"bukti/(0|[1-9][0-9]{0,8})\.json")
_PROVES_ITSELF: Final = re.compile(r"log/(?:checkpoint|tile/.+)|bukti/[0-9]{1,9}\.tlog-proof")
"""The check holds checkpoints, tiles and proofs against the log's key."""


class Again:
    """What the log gives in place of some files; `look` must see every state up to `size`.

    `release` is that of this program.
    """

    def __init__(self, given: Iterable[Mapping[str, bytes]], release: str) -> None:
        self._release = release
        self._wanted: dict[int, set[str]] = {}
        self._twins: dict[tuple[str, int], bytes] = {}
        self._policies: set[bytes] = set()
        self.foreign: str | None = None
        """A release that made some of the pages and is not this program's."""
        last = 0
        for files in given:
            for path, data in files.items():
                if path.endswith(_TWIN):
                    self._wanted.setdefault(_as_of(data), set()).add(path)
                elif entry := _ENTRY.fullmatch(path):
                    last = max(last, int(entry[1]) + 1)
        self.size = max(last, *self._wanted, 0)

    def look(self, state: State) -> None:
        """Make the twins of a state's size."""
        paths = self._wanted.get(state.size)
        if paths is None:
            return
        if not claims.renders(state, self._release):
            self.foreign = str((state.meta.get("publication") or {}).get("release"))
            return
        site = Site(state, state.read_entry)
        self._policies.add(anchors(site.context))
        for path in paths:
            address = path.removesuffix(_TWIN)
            if state.site.get(address) is not None:
                self._twins[path, state.size] = site.twins(address)[0]

    def files(self, given: Mapping[str, bytes], state: State) -> dict[str, bytes]:
        """Return the files of one exhibit, without those that the log does not give."""
        made = {path: self._file(path, data, state) for path, data in given.items()}
        return {path: data for path, data in made.items() if data is not None}

    def _file(self, path: str, data: bytes, state: State) -> bytes | None:
        if path.endswith(_TWIN):
            return self._twins.get((path, _as_of(data)))
        if entry := _ENTRY.fullmatch(path):
            return state.read_entry(int(entry[1])) if int(entry[1]) < state.size else None
        if path == POLICY:
            return data if data in self._policies else None
        return data if _PROVES_ITSELF.fullmatch(path) else None


def _as_of(twin: bytes) -> int:
    """Return the size that a twin states, 0 if none: no page is of it."""
    try:
        stated = json.loads(twin)["as_of"]
    except (LookupError, TypeError, ValueError, RecursionError):
        return 0
    return stated if type(stated) is int and stated > 0 else 0
