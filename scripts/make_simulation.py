"""Make a simulated election folder from a seed: invented places, pairs and papers with mistakes.

    python scripts/make_simulation.py --to DIR --seed 7 --stations 400 --office mayor
    python scripts/make_simulation.py --to DIR --seed 8 --stations 29000 --office governor --second

`expected.json` beside the folder's files says what it must lead to, found by
`simulation/expected.py`, which shares no code with the project. Source and names say SIMULASI.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from scripts.simulation import expected
from scripts.simulation.election import Row, Simulation
from scripts.simulation.places import ZONES, Shape

OFFICES: Final = ("governor", "regent", "mayor")
NUMBERS: Final = (
    *"Satu Dua Tiga Empat Lima Enam Tujuh Delapan Sembilan Sepuluh Sebelas".split(),
    "Dua Belas",
)
TITLES: Final = "Prof. Dr. Ir. H. {} Kusumahadiningrat-Wiryosoemarto, S.H., M.Si., Ph.D."
LEVELS: Final = {2: "provinsi", 5: "kabko", 8: "kecamatan", 13: "kelurahan"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write one folder; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--to", type=Path, required=True, metavar="DIR")
    plain = Shape()
    for name in ("seed", "stations", "pairs", "per_kelurahan", "per_kecamatan"):
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=getattr(plain, name))
    for name in ("mistakes", "missing", "revised"):
        parser.add_argument(f"--{name}", type=int, default=getattr(plain, name), help="per mille")
    parser.add_argument("--office", choices=OFFICES, default=plain.office)
    parser.add_argument("--zone", choices=sorted(ZONES), default=plain.zone)
    parser.add_argument("--fields", choices=("all", "few"), default=plain.fields)
    parser.add_argument("--second", action="store_true", help="a second contest")
    parser.add_argument("--empty-column", action="store_true", help="pair 1 is the empty column")
    parser.add_argument("--long-names", action="store_true", help="names of 70 characters")
    parser.add_argument("--no-sheets", dest="sheets", action="store_false", help="no D forms")
    options = vars(parser.parse_args(arguments))
    folder = options.pop("to")
    write(Simulation(Shape(**options)), folder)
    print(f"{folder}: {', '.join(sorted(path.name for path in folder.iterdir()))}")
    return 0


def write(simulation: Simulation, folder: Path) -> None:
    """Write the folder and what is expected of it."""
    folder.mkdir(parents=True, exist_ok=True)
    places, rows = simulation.places, simulation.rows
    (folder / "election.toml").write_text(_toml(simulation), encoding="utf-8")
    (folder / "README.md").write_text(
        f"# {simulation.id}\n\nSIMULASI: semua tempat, orang dan angka dikarang oleh"
        " `scripts/make_simulation.py`. Bebas dipakai (Apache-2.0).\n",
        encoding="utf-8",
    )
    regions = (
        (code, name, LEVELS[len(code)], code.rpartition(".")[0])
        for code, name in sorted(places.names.items())
    )
    _write(folder / "regions.csv", ("code", "name", "level", "parent"), regions)
    stations = ((c, t, n) for c, some in sorted(places.stations.items()) for t, n in some.items())
    _write(folder / "roster.csv", ("region", "tps", "registered"), stations)
    fields = _fields(rows)
    head = ("contest", "form", "region", "tps", "revision", "count")
    _write(
        folder / "forms.csv",
        (*head, *fields, "reason", "explanation"),
        (
            [
                *(getattr(row, name) for name in head),
                *(row.figures.get(name, "") for name in fields),
                row.reason,
                row.explanation,
            ]
            for row in rows
        ),
    )
    _write(
        folder / "rows.csv",
        ("contest", "form", "region", "revision", "child", *fields),
        _columns(rows, fields),
    )
    text = json.dumps(expected.Folder(folder).expected(), indent=1, sort_keys=True)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")


def _columns(rows: Iterable[Row], fields: Sequence[str]) -> Iterator[list[object]]:
    for row in rows:
        for child, cells in sorted(row.columns.items()):
            yield [
                row.contest, row.form, row.region, row.revision, child,
                *(cells.get(name, "") for name in fields),
            ]  # fmt: skip


def _toml(simulation: Simulation) -> str:
    shape = simulation.shape
    lines = [
        f'id = "{simulation.id}"',
        f'name = {{ id = "SIMULASI {simulation.id}", en = "SIMULATION {simulation.id}" }}',
        'date = "2031-02-12"',
        'mode = "replay"',
        f'timezone = "{shape.zone}"',
        'source = "SIMULASI: angka, tempat dan pasangan calon dikarang"',
    ]
    for contest in simulation.contests:
        win = "majority" if shape.empty_column else "plurality"
        lines += ["", "[[contests]]", f'id = "{contest.id}"', f'office = "{contest.office}"']
        lines += [f'region = "{contest.region}"', f'win = "{win}"']
        for number in range(1, contest.pairs + 1):
            lines += ["", "[[contests.pairs]]", f"number = {number}"]
            if number == 1 and shape.empty_column:
                lines.append("empty_column = true")
            else:
                names = (f"{who} Contoh {NUMBERS[number - 1]}" for who in ("Calon", "Wakil"))
                told = (TITLES.format(name) if shape.long_names else name for name in names)
                lines.append(f"names = {json.dumps([*told])}")
    return "\n".join(lines) + "\n"


def _fields(rows: Iterable[Row]) -> list[str]:
    """Names of all figures in the order in which they were first reported."""
    names: dict[str, None] = {}
    for row in rows:
        names.update(dict.fromkeys(row.figures))
    return list(names)


def _write(path: Path, names: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
