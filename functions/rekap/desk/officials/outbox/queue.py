"""The queue of statements on their way: one folder, in which no step needs two writes.

    antrean/
      antrean.json                 which portal: address, origin, receipt key
      LEAF.dsse.json               the exact bytes to be sent; LEAF is their leaf hash in hex
      LEAF.tanda-terima            the portal's receipt, verified: done
      LEAF.tlog-proof              or the proof that it is in the log: done
      LEAF.ditolak.json            the portal's final answer
      LEAF.jawaban.json            the portal's last answer that may change
      LEAF.ragu-XXXXXXXX           a receipt that does not verify, as it came
      kunci                        held by the process that sends
      ubin/…                       full tiles of the log, to be read only once
      checkpoint                   the newest one of the log that `rekap status` has seen

A statement's state is which of these files exist. Each one is put there whole, under its last name
and on the disk, before the next step begins: a cut between any two steps leaves a state that a
later run continues. An envelope is never moved, changed or deleted.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from rekap.audit.commands import files
from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.signing.envelope import MAX_ENVELOPE
from rekap.core.signing.note import MAX_NOTE
from rekap.desk.officials import caption
from rekap.desk.officials.item import Item

QUEUE: Final = "antrean"
"""The folder unless another one is named."""
ENVELOPE: Final = ".dsse.json"
RECEIPT: Final = ".tanda-terima"
PROOF: Final = ".tlog-proof"
REFUSED: Final = ".ditolak.json"
LAST: Final = ".jawaban.json"
DOUBTFUL: Final = ".ragu-"
SETTINGS: Final = "antrean.json"
LOCK: Final = "kunci"
TILES: Final = "ubin"
MAX_ANSWER: Final = 65_536
"""Bytes of an answer that is kept."""

_DRAFT_SECONDS: Final = 3_600
_MAX_DOUBTFUL: Final = 8
_LEAF_DIGITS: Final = 64


@dataclass(frozen=True, slots=True)
class Settings:
    """Which portal a queue is for, and what of its log is trusted; "" as long as it is not known.

    `receipt_key`: a vkey. `policy`: the lines by which checkpoints count. `key_from`: where both
    were learned, `kit`, `log` or `site`.
    """

    origin: str = ""
    url: str = ""
    receipt_key: str = ""
    policy: str = ""
    key_from: str = ""


class Queue:
    """A folder as described above. Raises OSError where the disk does not do what it must."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def tiles(self) -> Path:
        """Where full tiles of the log are kept, to be read only once."""
        return self.folder / TILES

    def create(self) -> None:
        """Make the folder, on the disk, if it is not there."""
        if not self.folder.is_dir():
            self.folder.mkdir(parents=True, exist_ok=True)
            files.sync_folder(self.folder.parent)

    # ------------------------------------------------------------ statements

    def add(self, item: Item) -> bool:
        """Keep a statement for sending; tell whether it is new here. Any process, at any time."""
        path = self._path(item.leaf, ENVELOPE)
        with suppress(FileNotFoundError, Malformed):
            if files.read(path, MAX_ENVELOPE) == item.data:
                return False
        files.write(path, item.data)
        return True

    def items(self) -> list[Item]:
        """Return what is to be sent, in this order: of envelopes of one statement none whose
        signers have all signed another one.
        """
        by_id: dict[str, list[Item]] = {}
        for item in sorted(self._whole(), key=_turn):
            same = by_id.setdefault(item.id, [])
            if not any(one.keyids >= item.keyids for one in same):
                same.append(item)
        return [item for same in by_id.values() for item in same]

    def added(self, leaf: str) -> tuple[int, str]:
        """Return what sorts statements by when they were added, as far as the disk knows."""
        with suppress(OSError):
            return self._path(leaf, ENVELOPE).stat().st_mtime_ns, leaf
        return 0, leaf

    def covering(self, items: Iterable[Item]) -> list[Item]:
        """Return the envelopes of `items()` that have all signatures of these, each once."""
        by_id: dict[str, list[Item]] = {}
        for item in self.items():
            by_id.setdefault(item.id, []).append(item)
        found: dict[str, Item] = {}
        for item in items:
            same = by_id.get(item.id, ())
            one = next((one for one in same if one.keyids >= item.keyids), item)
            found[one.leaf] = one
        return list(found.values())

    def _whole(self) -> list[Item]:
        found = []
        for leaf in self._leaves():
            with suppress(Malformed, FileNotFoundError):
                item = Item.parse(files.read(self._path(leaf, ENVELOPE), MAX_ENVELOPE))
                if item.leaf == leaf:
                    found.append(item)
        return found

    def damaged(self) -> list[Path]:
        """Return files whose bytes are not those of their name: a disk's fault, or a hand's."""
        whole = {item.leaf for item in self._whole()}
        return [self._path(leaf, ENVELOPE) for leaf in self._leaves() if leaf not in whole]

    def _leaves(self) -> list[str]:
        names = (name for name in self._names() if name.endswith(ENVELOPE))
        leaves = sorted(name.removesuffix(ENVELOPE) for name in names)
        return [leaf for leaf in leaves if _is_leaf(leaf)]

    # ------------------------------------------------------------ what became of one

    def receipt(self, leaf: str) -> bytes | None:
        """Return the receipt that is kept for a statement."""
        return self._read(leaf, RECEIPT, MAX_NOTE)

    def proof(self, leaf: str) -> bytes | None:
        """Return the proof that is kept for a statement."""
        return self._read(leaf, PROOF, MAX_NOTE)

    def refusal(self, leaf: str) -> dict[str, Any] | None:
        """Return the final answer to a statement."""
        return _object(self._read(leaf, REFUSED, MAX_ANSWER))

    def last_answer(self, leaf: str) -> dict[str, Any] | None:
        """Return the last answer that may change."""
        return _object(self._read(leaf, LAST, MAX_ANSWER))

    def keep_receipt(self, leaf: str, receipt: bytes) -> Path:
        """Keep a verified receipt: from here on the statement is done."""
        path = self._path(leaf, RECEIPT)
        files.write(path, receipt)
        self._forget(leaf)
        return path

    def keep_proof(self, leaf: str, proof: bytes) -> Path:
        """Keep a verified proof that the statement is in the log."""
        path = self._path(leaf, PROOF)
        files.write(path, proof)
        self._forget(leaf)
        return path

    def refuse(self, leaf: str, answer: Mapping[str, Any]) -> None:
        """Keep a final answer: the statement is not sent again."""
        files.write(self._path(leaf, REFUSED), _bounded(answer))
        self._path(leaf, LAST).unlink(missing_ok=True)

    def reopen(self, leaf: str) -> None:
        """Forget a final answer, because a person asked for it."""
        self._path(leaf, REFUSED).unlink(missing_ok=True)
        files.sync_folder(self.folder)

    def note(self, leaf: str, answer: Mapping[str, Any]) -> None:
        """Keep the last answer that may change; nothing depends on it."""
        files.write(self._path(leaf, LAST), _bounded(answer))

    def doubt(self, leaf: str, receipt: bytes) -> Path:
        """Keep a receipt that does not verify: evidence against whoever gave it."""
        digest = hashlib.sha256(receipt).hexdigest()[:8]
        path = self.folder / f"{leaf}{DOUBTFUL}{digest}"
        kept = [name for name in self._names() if name.startswith(f"{leaf}{DOUBTFUL}")]
        if not path.exists() and len(kept) < _MAX_DOUBTFUL:
            files.write(path, receipt[:MAX_ANSWER])
        return path

    def _forget(self, leaf: str) -> None:
        for suffix in (REFUSED, LAST):
            self._path(leaf, suffix).unlink(missing_ok=True)

    # ------------------------------------------------------------ the portal

    def settings(self) -> Settings:
        """Return which portal the queue is for; raises Malformed if that cannot be read."""
        try:
            data = files.read(self.folder / SETTINGS, MAX_ANSWER)
        except FileNotFoundError:
            return Settings()
        value = _object(data)
        if value is None or not all(isinstance(text, str) for text in value.values()):
            raise Malformed(f"{self.folder / SETTINGS}: not the settings of a queue")
        return Settings(**{name: value.get(name, "") for name in Settings.__dataclass_fields__})

    def set(self, settings: Settings) -> None:
        """Keep which portal the queue is for; a key that another process has learned stays."""
        kept = self.settings()
        if kept.receipt_key and not settings.receipt_key:
            settings = replace(kept, url=settings.url)
        if settings != kept:
            value = {name: getattr(settings, name) for name in Settings.__dataclass_fields__}
            files.write(self.folder / SETTINGS, codec.encode_public(value))

    # ------------------------------------------------------------ one sender at a time

    @contextmanager
    def sending(self) -> Iterator[bool]:
        """Hold the lock of the sender; yields False if another process holds it."""
        with files.locked(self.folder / LOCK) as ours:
            if ours:
                self._sweep()
            yield ours

    def _sweep(self) -> None:
        """Delete drafts of files that a killed process left an hour ago or earlier."""
        for name in self._names():
            path = self.folder / name
            with suppress(OSError):
                old = time.time() - path.stat().st_mtime > _DRAFT_SECONDS
                if name.startswith(".") and old and path.is_file():
                    path.unlink()

    # ------------------------------------------------------------ files

    def _names(self) -> list[str]:
        return [path.name for path in self.folder.iterdir()]

    def _path(self, leaf: str, suffix: str) -> Path:
        return self.folder / f"{leaf}{suffix}"

    def _read(self, leaf: str, suffix: str, limit: int) -> bytes | None:
        try:
            return files.read(self._path(leaf, suffix), limit)
        except (FileNotFoundError, Malformed):
            return None


def _turn(item: Item) -> tuple[object, ...]:
    """Order of sending; of envelopes of one statement the one with most signatures goes first."""
    return *caption.rank(item.fields), item.id, -len(item.envelope.signatures), item.leaf


def _is_leaf(text: str) -> bool:
    return len(text) == _LEAF_DIGITS and not text.strip("0123456789abcdef")


def _object(data: bytes | None) -> dict[str, Any] | None:
    try:
        value = json.loads(data or b"")
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _bounded(answer: Mapping[str, Any]) -> bytes:
    """Return an answer as JSON, without its long list of findings if it would be too large."""
    errors = answer.get("errors")
    some = errors[:20] if isinstance(errors, list) else []
    for kept in (dict(answer), {**answer, "errors": some}, {"status": answer.get("status")}):
        data = json.dumps(kept, sort_keys=True).encode() + b"\n"
        if len(data) <= MAX_ANSWER:
            return data
    return b"{}\n"
