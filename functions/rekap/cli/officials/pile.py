"""The signed statements that a call of `rekap submit` names: files, or folders of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rekap.cli.officials import troubles
from rekap.cli.officials.item import Item
from rekap.cli.officials.paper import SIGNED, Paper
from rekap.cli.officials.talk import Talk
from rekap.errors import Malformed


@dataclass
class Pile:
    """Reads statements; what is none is told at once and counted in `faults`, and stops nothing."""

    talk: Talk
    faults: int = 0

    def read(self, words: Sequence[Path]) -> list[Item]:
        """Return the statements of files and folders, each once."""
        found: dict[str, Item] = {}
        for path in self._paths(words):
            item = self._read(path)
            if item is not None:
                found.setdefault(item.leaf, item)
        return list(found.values())

    def fault(self, indonesian: str, english: str) -> None:
        """Tell a fault and count it."""
        self.faults += 1
        self.talk.complain(indonesian, english)

    def _paths(self, words: Sequence[Path]) -> list[Path]:
        paths: list[Path] = []
        for path in words:
            if not path.is_dir():
                paths.append(path)
                continue
            inside = [one for one in path.iterdir() if one.name.endswith(SIGNED)]
            paths += sorted(one for one in inside if not one.name.startswith("."))
            if not inside:
                self.fault(
                    f"{path}: tidak ada berkas *{SIGNED} di folder ini. Buat dengan `rekap sign`.",
                    f"{path}: there is no file *{SIGNED} in this folder. Make one: `rekap sign`.",
                )
        return paths

    def _read(self, path: Path) -> Item | None:
        try:
            paper = Paper.read(path, self.talk.say)
            if paper.is_signed:
                return Item.parse(paper.data)
            self.fault(
                f"{path}: draf ini belum ditandatangani. Jalankan `rekap sign` dahulu.",
                f"{path}: this draft is not signed yet. Run `rekap sign` first.",
            )
        except Malformed as error:
            self.fault(str(error), str(error))
        except OSError as error:
            told = troubles.of_disk(error, path, self.talk.say)
            self.fault(told, told)
        return None
