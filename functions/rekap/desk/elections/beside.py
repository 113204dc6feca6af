"""What lies beside the log: `pictures.csv`, `withheld.toml`, and files of `lampiran/`, `gambar/`.

    contest,form,region,tps,document,page,sha256,bytes,width,height
    bupati,c_hasil,97.01.01.1001,001,form,1,2cf24d…,9871,420,560

The log has digests alone, and so have `pictures.csv` and the column `text` of `incidents.csv`. The
words and pictures themselves stand in the folder under the names that a site gives them, or not at
all: nobody owes them. Refused are

    digest-unknown  no line of the folder names this digest
    digest          a file is not what its name says
    withheld        it lies there although `withheld.toml` says that nobody serves it
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, TypeAlias

from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.pages.twins.pictures import COLUMNS
from rekap.core.statements import attachments, model, pictures, regions
from rekap.desk.elections.places import has_place
from rekap.desk.elections.problems import Problems
from rekap.desk.elections.settings import report
from rekap.desk.elections.table import Cells, Table, number, read_text
from rekap.desk.elections.values import Places

PICTURES: Final = "pictures.csv"
WITHHELD: Final = "withheld.toml"
FOLDERS: Final[Mapping[str, Callable[[bytes], object]]] = {
    attachments.FOLDER: attachments.parse,
    pictures.FOLDER: pictures.read,
}
"""Folders of words and pictures, and what reads a file of them."""
_SLOT: Final = ("contest", "form", "region", "tps")
_TEXTS: Final = ("document", "sha256")
_NUMBERS: Final = ("page", "bytes", "width", "height")
_TABLE: Final = "withheld"
_SOME_ID: Final = "0" * 64
Said: TypeAlias = tuple[dict[str, Any], ...]
Files: TypeAlias = tuple[tuple[str, bytes], ...]
"""Path below the folder, and bytes."""


def read_pictures(
    folder: Path, election: str, contests: Mapping[str, Any], ground: Places, problems: Problems
) -> Said:
    """Return the pictures of each form: its slot, and its pages in order."""
    if not (folder / PICTURES).exists():
        return ()
    found: dict[tuple[str, ...], tuple[int, dict[str, Any]]] = {}
    needed = [name for name in (*_SLOT, *_TEXTS, *_NUMBERS) if name != "tps"]
    for line, cells in Table(folder / PICTURES, needed, COLUMNS, problems).rows():
        slot = {name: cells[name] for name in _SLOT if cells[name]}
        made = line, {**slot, "kind": "pictures", "pages": []}
        found.setdefault(tuple(slot.values()), made)[1]["pages"].append(
            _page(line, cells, problems)
        )
    for line, one in found.values():
        one["pages"].sort(key=lambda page: (page["document"], page["page"] or 0))
        report(PICTURES, {**one, "election": election}, problems, line=line)
        contest = contests.get(one.get("contest", ""))
        if contest is None:
            problems.add(PICTURES, line, "contest", "contest", allowed=", ".join(contests))
        elif not regions.is_within(one.get("region", ""), contest["region"]):
            problems.add(PICTURES, line, "region", "region-outside", expected=contest["region"])
        else:
            has_place(PICTURES, line, one["region"], one.get("tps"), ground, problems)
    return tuple(one for _, one in found.values())


def _page(line: int, cells: Cells, problems: Problems) -> dict[str, Any]:
    numbers = {name: number(cells[name]) for name in _NUMBERS}
    for name, value in numbers.items():
        if value is None:
            problems.add(PICTURES, line, name, "number")
    return {**{name: cells[name] for name in _TEXTS}, **numbers}


def read_withheld(folder: Path, named: Iterable[str], problems: Problems) -> Said:
    """Return what is said of digests that lines of the folder name: withheld, or served again."""
    text = read_text(folder / WITHHELD, problems)
    if text is None:
        return ()
    try:
        said = tomllib.loads(text).get(_TABLE)
    except tomllib.TOMLDecodeError as error:
        problems.add(WITHHELD, 0, "", "syntax", detail=error)
        return ()
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        problems.add(WITHHELD, 0, _TABLE, "syntax", detail=f"[[{_TABLE}]]")
        return ()
    seen: Counter[str] = Counter()
    known = {*named}
    for at, one in enumerate(said):
        digest = str(one.get("digest"))
        seen[digest] += 1
        fields = {**one, "kind": "withhold", "revision": seen[digest]}
        if seen[digest] > 1:
            fields["previous"] = _SOME_ID
        report(WITHHELD, fields, problems, f"{_TABLE}.{at}.")
        if digest not in known:
            problems.add(WITHHELD, 0, f"{_TABLE}.{at}.digest", "digest-unknown")
    return tuple(said)


def read_files(
    folder: Path, named: Iterable[str], withheld: Iterable[dict[str, Any]], problems: Problems
) -> Files:
    """Return the words and pictures that lie in the folder, by path."""
    known = {*named}
    state = {str(one.get("digest")): one.get("state") for one in withheld}
    found = []
    for below, parse in FOLDERS.items():
        for path in sorted((folder / below).glob("*")):
            name, data = f"{below}{path.name}", path.read_bytes()
            if path.stem != codec.sha256_hex(data) or not _is_read(parse, data):
                problems.add(name, 0, "", "digest")
            elif path.stem not in known:
                problems.add(name, 0, "", "digest-unknown")
            elif state.get(path.stem) == model.WITHHELD:
                problems.add(name, 0, "", "withheld")
            else:
                found.append((name, data))
    return tuple(sorted(found, key=itemgetter(0)))


def _is_read(parse: Callable[[bytes], object], data: bytes) -> bool:
    try:
        parse(data)
    except Malformed:
        return False
    return True
