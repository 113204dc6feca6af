"""The tamper matrix: kinds of published files × ways to touch them, enumerated from a site itself.

A kind is a row: `kind_of` puts every published file into one, by the type of its page and its
language, else by its place and name without numbers. So a new page, language, CSV or asset is a row
without anybody's doing. Only below `log/`, where files lean on each other, a new sort of file stops
the tests until somebody has said what it is. Columns are `COLUMNS`.

Files of the log, `policy.txt` and `site.json` carry the others, so each is touched alone. All other
files do not lean on each other: one of each kind is touched at once, and exactly those are named.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

Files = Mapping[str, bytes]
Touched = dict[str, bytes | None]
"""What a mutation does: new bytes by path, None where the file is taken away."""

_CARRIERS = ("log/", "policy.txt", "site.json")
_TILE = re.compile(r"log/tile/(?:(entries)|([0-9]))/(?:x[0-9]{3}/)*[0-9]{3}(\.p/[0-9]+)?")
_NAMED = {
    "log/checkpoint": "checkpoint",
    "log/status.json": "status",
    "policy.txt": "policy.txt",
    "site.json": "site.json",
    "404.html": "404.html",
}
_PLAIN = (
    (r"bukti/[0-9]+\.json", "copy of an entry"),
    (r"bukti/[0-9]+\.tlog-proof", "proof"),
    (r"buku-besar/changes/([0-9]+|tail)\.json", "changes"),
    (r"en/404\.html", "404.html (en)"),
    (r"aset/.+\.([a-z0-9]+)", r"asset \1"),
    (r"[^/]+/data/(?:[^/]+/)*([^/]+)", r"bulk \1"),
    (r"[^/]+/[^/]+/(?:[0-9]+/)+([^/]+\.csv)", r"table \1"),
)


def carries(path: str) -> bool:
    """Tell whether other files lean on this one, so that it is touched alone."""
    return path.startswith(_CARRIERS)


def kind_of(path: str, files: Files) -> str:
    """Return the row of a published file; raises LookupError for one below log/ that has none."""
    if path in _NAMED:
        return _NAMED[path]
    tile = _TILE.fullmatch(path)
    if tile:
        name = "bundle" if tile[1] else f"tile of level {tile[2]}"
        return f"partial {name}" if tile[3] else name
    if path.startswith("log/"):
        raise LookupError(f"{path}: no row of the tamper matrix; say in {__name__} what it is")
    for pattern, kind in _PLAIN:
        match = re.fullmatch(pattern, path)
        if match:
            return match.expand(kind)
    return _kind_of_page(path, files) or re.sub("[0-9]+", "N", path)


def _kind_of_page(path: str, files: Files) -> str | None:
    """Name a page or twin by what its twin says it is, and its language by the folder `en/`."""
    folder, _, name = path.rpartition("/")
    if name not in ("index.html", "index.json"):
        return None
    base = folder.removeprefix("en").removeprefix("/") if f"{folder}/".startswith("en/") else folder
    language = "id" if base == folder else "en"
    for place in (folder, base):
        twin = files.get(f"{place}/index.json".removeprefix("/"))
        if twin is not None:
            what = "twin" if name.endswith(".json") else "page"
            return f"{what} {json.loads(twin)['page']} ({language})"
    return None


def rows(files: Files) -> dict[str, list[str]]:
    """Return the paths of every kind, sorted."""
    found: dict[str, list[str]] = {}
    for path in sorted(files):
        found.setdefault(kind_of(path, files), []).append(path)
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Site:
    """A published site, what its files were at earlier sizes, and its rows."""

    files: Files
    earlier: tuple[Files, ...]
    rows: dict[str, list[str]]

    @classmethod
    def of(cls, files: Files, *earlier: Files) -> Site:
        return cls(files, earlier, rows(files))


Column = Callable[[Site, list[str], random.Random], Iterator[Touched]]


def flip(site: Site, paths: list[str], chance: random.Random) -> Iterator[Touched]:
    """One bit, every time another one."""
    seen = set()
    while len(seen) < sum(8 * len(site.files[path]) for path in paths):
        path = chance.choice(paths)
        data = site.files[path]
        bit = chance.randrange(8 * len(data)) if data else 0
        if data and (path, bit) not in seen:
            seen.add((path, bit))
            at = bit // 8
            yield {path: data[:at] + bytes([data[at] ^ 1 << bit % 8]) + data[at + 1 :]}


def truncate(site: Site, paths: list[str], chance: random.Random) -> Iterator[Touched]:
    """Cut anywhere, every time another length: the last byte and the whole content first."""
    lengths = {(path, cut) for path in paths for cut in (0, len(site.files[path]) - 1) if cut >= 0}
    for path, cut in sorted(lengths):
        if site.files[path]:
            yield {path: site.files[path][:cut]}
    while len(lengths) < sum(len(site.files[path]) for path in paths):
        path = chance.choice(paths)
        cut = chance.randrange(len(site.files[path]) or 1)
        if site.files[path] and (path, cut) not in lengths:
            lengths.add((path, cut))
            yield {path: site.files[path][:cut]}


def delete(site: Site, paths: list[str], chance: random.Random) -> Iterator[Touched]:
    """Every file once."""
    for path in chance.sample(paths, len(paths)):
        yield {path: None}


def duplicate(site: Site, paths: list[str], chance: random.Random) -> Iterator[Touched]:
    """A true file once more under a name that the site does not have."""
    seen: set[str] = set()
    number = 0
    while True:
        path = chance.choice(paths)
        for name in _other_names(path, chance, number):
            if name not in site.files and name not in seen:
                seen.add(name)
                yield {name: site.files[path]}
        number += 1


def _other_names(path: str, chance: random.Random, number: int) -> Iterator[str]:
    folder, _, name = path.rpartition("/")
    slash = "/" if folder else ""
    stem, dot, ending = name.partition(".")
    yield f"{folder}{slash}salinan-{number}-{name}"
    yield f"{folder}{slash}{name}.{number}"
    yield f"{folder}{slash}{number}x/{name}"
    if path.startswith("log/tile/"):
        # A full tile of a place that the log does not reach, and a width that no tile can have.
        yield f"{folder}{slash}{chance.randrange(2, 1000):03}"
        yield f"{folder.removesuffix('.p')}.p/{chance.randrange(300, 999)}"
    elif stem.isdigit():
        yield f"{folder}{slash}{10_000 + number}{dot}{ending}"


def swap(site: Site, paths: list[str], chance: random.Random) -> Iterator[Touched]:
    """Two files change their content: two of one kind first, then of any two.

    A file that others lean on is never swapped by one that none leans on, which is touched together
    with many.
    """
    seen = set()
    others = sorted(site.files)
    if not carries(paths[0]):
        others = [path for path in others if not carries(path)]
    for among in (paths, others):
        for _ in range(20 * len(among)):
            one, other = sorted((chance.choice(paths), chance.choice(among)))
            if (one, other) in seen or site.files[one] == site.files[other]:
                continue
            seen.add((one, other))
            yield {one: site.files[other], other: site.files[one]}


def stale(site: Site, paths: list[str], chance: random.Random) -> Iterator[Touched]:
    """What stood there at an earlier size; of a partial tile, what the one before it held."""
    found: set[tuple[str, bytes]] = set()
    for path in paths:
        for before in site.earlier:
            data = before.get(path, before.get(_narrower(path, before)))
            if data is not None and data != site.files[path]:
                found.add((path, data))
    for path, data in chance.sample(sorted(found), len(found)):
        yield {path: data}


def _narrower(path: str, before: Files) -> str:
    """Return the partial tile of an earlier size that stood for this one."""
    stem = path.partition(".p/")[0]
    return max((p for p in before if p.startswith(f"{stem}.p/")), key=_width, default="")


def _width(path: str) -> int:
    return int(path.rpartition("/")[2])


COLUMNS: dict[str, Column] = {
    "flip": flip, "truncate": truncate, "delete": delete, "duplicate": duplicate, "swap": swap,
    "stale": stale,
}  # fmt: skip


def cell(site: Site, kind: str, column: str, number: int, seed: int = 0) -> list[Touched]:
    """Return `number` different mutations of one kind in one way, fewer where no more exist."""
    chance = random.Random(f"{seed} {kind} {column}")
    return list(islice(COLUMNS[column](site, site.rows[kind], chance), number))


def together(cells: Mapping[str, list[Touched]]) -> Iterator[list[tuple[str, Touched]]]:
    """Gather mutations of many kinds, by kind, into rounds in which no path is touched twice."""
    pending = [(kind, one) for row in zip_longest_flat(cells) for kind, one in row]
    while pending:
        touched: set[str] = set()
        left = []
        gathered = []
        for kind, one in pending:
            if touched.isdisjoint(one):
                touched |= one.keys()
                gathered.append((kind, one))
            else:
                left.append((kind, one))
        yield gathered
        pending = left


def zip_longest_flat(cells: Mapping[str, list[Touched]]) -> Iterator[list[tuple[str, Touched]]]:
    """Yield the first mutation of every kind, then the second ones, and so on."""
    for at in range(max(map(len, cells.values()), default=0)):
        yield [(kind, cell_[at]) for kind, cell_ in cells.items() if at < len(cell_)]


def apply(files: Files, touched: Touched) -> dict[str, bytes]:
    """Return the site with a mutation done to it."""
    changed = {**files, **touched}
    return {path: data for path, data in changed.items() if data is not None}
