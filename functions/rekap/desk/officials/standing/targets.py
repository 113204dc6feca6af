"""What `rekap status` is asked about: statements, receipts, leaf hashes, or a folder of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from rekap.audit.commands import files
from rekap.core.errors import Malformed
from rekap.core.signing.envelope import MAX_ENVELOPE
from rekap.desk.officials.item import Item
from rekap.desk.officials.outbox import receipts
from rekap.desk.officials.outbox.queue import ENVELOPE, RECEIPT, SETTINGS, Queue
from rekap.portal.intake.receipt import Receipt

_DIGITS: Final = 64


@dataclass(frozen=True, slots=True)
class Target:
    """One statement that is asked about. What is not known of it is None.

    `leaf`: 32 bytes. `receipt`: as it came, not yet verified; its envelope may be another one of
    the same statement. `place`: the file that it was read from, or the words that named it.
    """

    place: str
    leaf: bytes
    item: Item | None = None
    receipt: bytes | None = field(default=None, repr=False)
    told: Receipt | None = None
    refusal: Mapping[str, Any] | None = None
    last: Mapping[str, Any] | None = None
    queued: bool = False

    @property
    def fields(self) -> Mapping[str, Any]:
        """The statement, as far as its envelope is at hand."""
        return self.item.fields if self.item else {}

    @property
    def id(self) -> str | None:
        """The statement's name."""
        if self.item:
            return self.item.id
        return self.told.id if self.told else None

    @property
    def leaves(self) -> tuple[bytes, ...]:
        """Leaf hashes under which it may stand in the log: its own first."""
        other = bytes.fromhex(self.told.leaf) if self.told else self.leaf
        return (self.leaf,) if other == self.leaf else (self.leaf, other)


def read(word: str) -> Iterator[Target]:
    """Yield what a word of the command line names.

    Raises Malformed if it is neither a leaf hash nor a file or folder of the right kind, OSError.
    """
    path = Path(word)
    if _is_leaf(word) and not path.exists():
        yield Target(word, bytes.fromhex(word))
    elif path.is_dir():
        yield from _of_folder(path)
    else:
        yield _of_file(path)


def damaged(word: str) -> list[Path]:
    """Return the receipts of a queue that are empty or torn: nobody can say what they promised."""
    folder = Path(word)
    if not (folder / SETTINGS).exists():
        return []
    found = []
    for path in sorted(folder.glob(f"*{RECEIPT}")):
        try:
            receipts.read(path)
        except Malformed:
            found.append(path)
    return found


def merge(targets: Iterable[Target]) -> list[Target]:
    """Return one target per leaf hash, with all that any of them knows."""
    found: dict[bytes, Target] = {}
    for one in targets:
        known = found.get(one.leaf)
        if known is None:
            found[one.leaf] = one
            continue
        changed = {
            name: getattr(one, name)
            for name in ("item", "receipt", "told", "refusal", "last")
            if getattr(known, name) is None
        }
        found[one.leaf] = replace(known, queued=known.queued or one.queued, **changed)
    return list(found.values())


def _is_leaf(word: str) -> bool:
    return len(word) == _DIGITS and not word.strip("0123456789abcdef")


def _of_folder(folder: Path) -> Iterator[Target]:
    queue = Queue(folder)
    is_queue = (folder / SETTINGS).exists()
    sent = {item.leaf for item in queue.items()} if is_queue else set()
    names = sorted(path.name for path in folder.iterdir())
    for name in names:
        path = folder / name
        if is_queue and name.partition(".")[0] not in sent:
            continue
        if name.endswith((ENVELOPE, RECEIPT)) and not name.startswith("."):
            with suppress(Malformed):
                one = _of_file(path)
                leaf = one.leaf.hex()
                if is_queue and one.item:
                    refused, last = queue.refusal(leaf), queue.last_answer(leaf)
                    one = replace(one, refusal=refused, last=last, queued=True)
                if is_queue and name.endswith(RECEIPT) and _is_leaf(name.removesuffix(RECEIPT)):
                    # The receipt may name another envelope: its file's name says whose it is.
                    one = replace(one, leaf=bytes.fromhex(name.removesuffix(RECEIPT)))
                yield one


def _of_file(path: Path) -> Target:
    data = files.read(path, MAX_ENVELOPE)
    if data.startswith(b'{"payload"'):
        item = Item.parse(data)
        return Target(str(path), bytes.fromhex(item.leaf), item)
    receipt, told = receipts.read(path)
    return Target(str(path), bytes.fromhex(told.leaf), None, receipt, told)
