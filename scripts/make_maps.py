"""Make the small maps that pages of regions show, one file for each region that has children.

    python scripts/make_maps.py --geo ../shared/data/geo

Reads TopoJSON (one file for each level, ids are Kemendagri codes) and writes
`templates/maps/{parent}.json`: for every child its outline as an SVG path in whole pixels and the
place of its number. Children far outside the others stand beside the map ("aside"). A region whose
shapes would be too small to read gets no map: its table says everything. A provinsi also has a map
of its kecamatan, `templates/maps/{code}-kecamatan.json`.

    exit status: 0 written, 2 a file is missing or not such a TopoJSON
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeAlias

ROOT: Final = Path(__file__).resolve().parents[1]
WIDTH: Final = 420
HIGHEST: Final = 460
"""Pixels: a map is scaled until one of the two is reached."""
LEAST_AREA: Final = 3.0
"""Square pixels below which an island is left out, unless the region has nothing larger."""
LEAST_RADIUS: Final = 4.0
"""Pixels around the number of the median child below which there is no map."""
FAR: Final = 0.72
"""A child is beside the map if leaving it out shrinks the map's height or width to this part."""
SMALL: Final = 0.05
"""… and if it has no more than this part of the whole area."""
GRID: Final = 48
PROVINCE: Final = 2
"""Digits of the code of a provinsi: it also has a map of its kecamatan, without islands aside."""
SOURCE: Final = "cahyadsn/wilayah_boundaries (MIT)"

Point: TypeAlias = tuple[float, float]
Ring: TypeAlias = list[Point]
Shape: TypeAlias = list[list[Ring]]
"""Polygons of a region; of each the outline, then its holes."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write all maps; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--geo", type=Path, required=True, metavar="DIR")
    parser.add_argument("--to", type=Path, default=ROOT / "templates" / "maps", metavar="DIR")
    options = parser.parse_args(arguments)
    files = sorted(options.geo.glob("*.topojson"))
    if not files:
        print(f"no .topojson in {options.geo}", file=sys.stderr)
        return 2
    options.to.mkdir(parents=True, exist_ok=True)
    all_families: dict[str, dict[str, Shape]] = {}
    for path in files:
        try:
            families = read(json.loads(path.read_text("utf-8")))
        except (KeyError, TypeError, ValueError) as error:
            print(f"{path}: {error!r}", file=sys.stderr)
            return 2
        all_families |= families
    maps = {parent: drawn(children) for parent, children in all_families.items()}
    for province, whole in list(maps.items()):
        if whole is None or len(province) != PROVINCE:
            continue
        kabko = all_families[province].keys() - whole["aside"]
        below = {code: shape for one in kabko for code, shape in all_families.get(one, {}).items()}
        maps[f"{province}-kecamatan"] = drawn(below)
    for name, made in maps.items():
        if made is not None:
            text = json.dumps(made, sort_keys=True, separators=(",", ":"))
            (options.to / f"{name}.json").write_text(f"{text}\n", "utf-8")
    return 0


def read(topology: dict[str, Any]) -> dict[str, dict[str, Shape]]:
    """Return parent -> child -> shape in degrees (x east, y north)."""
    scale, move = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs: list[Ring] = []
    for deltas in topology["arcs"]:
        x = y = 0
        arc: Ring = []
        for dx, dy in deltas:
            x, y = x + dx, y + dy
            arc.append((x * scale[0] + move[0], y * scale[1] + move[1]))
        arcs.append(arc)
    families: dict[str, dict[str, Shape]] = defaultdict(dict)
    for collection in topology["objects"].values():
        for one in collection["geometries"]:
            polygons = one["arcs"] if one["type"] == "MultiPolygon" else [one["arcs"]]
            families[one["properties"]["parent"]][one["id"]] = [
                [_joined(ring, arcs) for ring in polygon] for polygon in polygons
            ]
    return dict(families)


def _joined(indexes: Iterable[int], arcs: Sequence[Ring]) -> Ring:
    ring: Ring = []
    for index in indexes:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring.extend(arc[1:] if ring else arc)
    return ring


def drawn(children: dict[str, Shape]) -> dict[str, Any] | None:
    """Return the map of a region's children, or None where it could not be read.

    {"aside": [code], "height": px, "shapes": {code: [path, x, y, radius]}, "source", "width": px}
    """
    if len(children) < 2:
        return None
    flat = math.cos(math.radians(_middle_latitude(children)))
    shapes = {
        code: [[[(x * flat, -y) for x, y in ring] for ring in polygon] for polygon in shape]
        for code, shape in children.items()
    }
    aside = _aside(shapes)
    near = {code: shape for code, shape in shapes.items() if code not in aside}
    left, top, right, bottom = _box(near.values())
    factor = min(WIDTH / (right - left), HIGHEST / (bottom - top))
    made, radii = {}, []
    for code, shape in sorted(near.items()):
        pixels = [
            [[((x - left) * factor, (y - top) * factor) for x, y in ring] for ring in polygon]
            for polygon in shape
        ]
        pixels.sort(key=lambda polygon: -abs(_area(polygon[0])))
        kept = [p for i, p in enumerate(pixels) if not i or abs(_area(p[0])) >= LEAST_AREA]
        x, y, radius = _roomiest(kept[0])
        radii.append(radius)
        made[code] = ["".join(_path(r) for p in kept for r in p), round(x), round(y), int(radius)]
    if sorted(radii)[len(radii) // 2] < LEAST_RADIUS:
        return None
    return {
        "aside": aside,
        "height": math.ceil((bottom - top) * factor),
        "shapes": made,
        "source": SOURCE,
        "width": math.ceil((right - left) * factor),
    }


def _aside(shapes: dict[str, Shape]) -> list[str]:
    """The codes of small children so far away that they would shrink all others."""
    whole = sum(_size(shape) for shape in shapes.values())
    aside: list[str] = []
    for code in sorted(shapes, key=lambda code: _size(shapes[code])):
        rest = [s for c, s in shapes.items() if c != code and c not in aside]
        if len(rest) < 2 or _size(shapes[code]) > SMALL * whole:
            break
        left, top, right, bottom = _box([*rest, shapes[code]])
        l2, t2, r2, b2 = _box(rest)
        if r2 - l2 < FAR * (right - left) or b2 - t2 < FAR * (bottom - top):
            aside.append(code)
    return sorted(aside)


def _middle_latitude(children: dict[str, Shape]) -> float:
    _, low, _, high = _box(children.values())
    return (low + high) / 2


def _box(shapes: Iterable[Shape]) -> tuple[float, float, float, float]:
    points = [point for shape in shapes for polygon in shape for point in polygon[0]]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _size(shape: Shape) -> float:
    return sum(abs(_area(polygon[0])) for polygon in shape)


def _area(ring: Ring) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) / 2


def _path(ring: Ring) -> str:
    """A closed ring as an SVG path of whole pixels, relative, without repeated points."""
    points: list[tuple[int, int]] = []
    for x, y in ring:
        point = (round(x), round(y))
        if not points or points[-1] != point:
            points.append(point)
    if points[0] == points[-1]:
        points.pop()
    if len(points) < 3:
        return ""
    steps = [(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(points)]
    text = "".join(f" {dx} {dy}" for dx, dy in steps).replace(" -", "-").strip()
    return f"M{points[0][0]} {points[0][1]}l{text}z"


def _roomiest(polygon: list[Ring]) -> tuple[float, float, float]:
    """The point of a polygon farthest from its edges, on a grid: (x, y, distance) in pixels."""
    left, top, right, bottom = _box([[polygon]])
    best = (left, top, 0.0)
    for row in range(1, GRID):
        y = top + (bottom - top) * row / GRID
        for column in range(1, GRID):
            x = left + (right - left) * column / GRID
            if _inside(x, y, polygon):
                distance = min(_distance(x, y, ring) for ring in polygon)
                if distance > best[2]:
                    best = (x, y, distance)
    return best


def _inside(x: float, y: float, polygon: list[Ring]) -> bool:
    odd = False
    for ring in polygon:
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                odd = not odd
    return odd


def _distance(x: float, y: float, ring: Ring) -> float:
    nearest = math.inf
    for (x1, y1), (x2, y2) in pairwise(ring):
        dx, dy = x2 - x1, y2 - y1
        length = dx * dx + dy * dy
        along = max(0.0, min(1.0, ((x - x1) * dx + (y - y1) * dy) / length)) if length else 0.0
        nearest = min(nearest, math.hypot(x - x1 - along * dx, y - y1 - along * dy))
    return nearest


if __name__ == "__main__":
    sys.exit(main())
