"""Make the committed election folders of real public figures from their collected sources.

    python scripts/make_elections.py --data DIR [--to elections]

DIR holds the source files named below; `README.md` of each folder says where they come from. The
result is committed; this script shows that no figure was typed by hand, and a test makes the
folders again in memory and compares. Figures are copied as they are: an empty cell stays empty.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

Row = Mapping[str, str]
Folder = dict[str, str]
"""File name -> text."""

MONTHS: Final = (
    "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()
)
LEVELS: Final = {"kelurahan_desa": "kelurahan"}
"""Level in the source -> level of an election folder, where they differ."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the folders; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), metavar="DIR")
    parser.add_argument("--to", type=Path, default=Path("elections"), metavar="DIR")
    options = parser.parse_args(arguments)
    if not options.data.is_dir():
        print(f"{options.data}: no such folder; name the sources with --data", file=sys.stderr)
        return 2
    for name, folder in make_folders(options.data).items():
        target = options.to / name
        target.mkdir(parents=True, exist_ok=True)
        for file, text in folder.items():
            (target / file).write_text(text, encoding="utf-8", newline="\n")
            print(f"{target / file}: {text.count(chr(10))} lines")
    return 0


def make_folders(data: Path) -> dict[str, Folder]:
    """Return every election folder, by name, from the sources in `data`."""
    return {"ciamis-2024": _ciamis(data), "jakarta-2024": _jakarta(data)}


# ---------------------------------------------------------------- Ciamis


def _ciamis(data: Path) -> Folder:
    contest = "bupati-32.07"
    stations = _read(data / "pilkada2024-ciamis-tps.csv")
    figures = ("registered", "voted_listed", "pair_1", "pair_2", "valid", "invalid", "total")
    forms = [
        {
            "contest": contest, "form": "c_hasil", "region": row["desa_code"],
            "tps": row["tps_number"], "revision": "1", "count": "first",
            **{name: row["voters_dpt" if name == "voted_listed" else name] for name in figures},
        }
        for row in stations
        if row["reported"] == "1"
    ]  # fmt: skip
    roster = [(row["desa_code"], row["tps_number"], row["registered"]) for row in stations]
    return {
        "election.toml": CIAMIS_TOML
        + _pairs(_read(data / "pilkada2024-pairs-regent-mayor.csv"), "32.07"),
        "regions.csv": _regions(data / "regions-ciamis.csv"),
        "roster.csv": _csv(("region", "tps", "registered"), roster),
        "forms.csv": _forms(forms, figures),
    }


CIAMIS_TOML: Final = """\
id = "pilkada-2024-ciamis"
name = { id = "Pemilihan Bupati dan Wakil Bupati Ciamis 2024", en = "Ciamis regent election 2024" }
date = "2024-11-27"
mode = "replay"
timezone = "Asia/Jakarta"
source = "\
Sirekap KPU, angka C.Hasil per TPS pada 28 November 2024 pukul 01.14 WIB, dari salinan publik; \
2.068 dari 2.084 TPS; bukan hasil resmi"

[[contests]]
id = "bupati-32.07"
office = "regent"
region = "32.07"
win = "majority"       # satu pasangan calon melawan kolom kosong: UU 10/2016 pasal 54D
"""


# ---------------------------------------------------------------- Jakarta


def _jakarta(data: Path) -> Folder:
    contest = "gubernur-31"
    figures = ("registered", "pair_1", "pair_2", "pair_3", "valid", "invalid", "total")
    official = _read(data / "pilkada2024-dki-official-city.csv")
    cities = [row for row in official if row["code"] != "31"]
    certified: list[Row] = [
        {
            "contest": contest,
            "form": "d_hasil_prov" if row["code"] == "31" else "d_hasil_kabko",
            "region": row["code"],
            "revision": "1",
            "count": "first",
            **{name: row[name] for name in figures},
        }
        for row in official
    ]
    running: list[Row] = [
        {
            "contest": contest, "form": "summary", "region": row["code"], "revision": "1",
            **{name: row[name] for name in ("pair_1", "pair_2", "pair_3")},
            "stations_in": row["tps_in"], "stations_expected": row["tps_total"],
            "as_of_text": _spoken(row["version_time"]),
        }
        for row in _read(data / "pilkada2024-dki-sirekap-kecamatan.csv")
    ]  # fmt: skip
    rows = [
        (contest, "d_hasil_prov", "31", "1", row["code"], *(row[name] for name in figures))
        for row in cities
    ]
    roster = [
        (row["kelurahan_code"], row["tps_number"], "")
        for row in _read(data / "pilkada2024-dki-tps-roster.csv.gz")
    ]
    return {
        "election.toml": JAKARTA_TOML
        + _pairs(_read(data / "pilkada2024-pairs-governor.csv"), "31"),
        "regions.csv": _regions(data / "regions-dki.csv"),
        "roster.csv": _csv(("region", "tps", "registered"), roster),
        "forms.csv": _forms(
            certified + running, figures, ("stations_in", "stations_expected", "as_of_text")
        ),
        "rows.csv": _csv(("contest", "form", "region", "revision", "child", *figures), rows),
    }


JAKARTA_TOML: Final = """\
id = "pilkada-2024-jakarta"
name = { id = "Pemilihan Gubernur dan Wakil Gubernur Jakarta 2024", \
en = "Jakarta governor election 2024" }
date = "2024-11-27"
mode = "replay"
timezone = "Asia/Jakarta"
source = "\
Hasil resmi KPU per kabupaten/kota dan provinsi, Desember 2024, menurut pers; \
jumlah sementara per kecamatan: Sirekap KPU, 27 dan 28 November 2024, dari salinan publik"

[[contests]]
id = "gubernur-31"
office = "governor"
region = "31"
win = "majority"       # lebih dari separuh suara sah: UU 2/2024 pasal 10

[contests.margin]
per_mille = 10
source = "UU 10/2016 pasal 158: 1 persen untuk provinsi berpenduduk lebih dari 6 sampai 12 juta; \
angka penduduk tidak ada di sumber kami"
"""


# ---------------------------------------------------------------- pieces of a folder


def _read(path: Path) -> list[Row]:
    """Rows of a source, compressed or not."""
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _csv(names: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue()


def _forms(forms: Iterable[Row], figures: Sequence[str], more: Sequence[str] = ()) -> str:
    names = ("contest", "form", "region", "tps", "revision", "count", *figures, *more)
    return _csv(names, ([form.get(name, "") for name in names] for form in forms))


def _regions(path: Path) -> str:
    rows = (
        (row["code"], row["name"], LEVELS.get(row["level"], row["level"]), row["parent"])
        for row in _read(path)
    )
    return _csv(("code", "name", "level", "parent"), sorted(rows))


def _pairs(rows: Iterable[Row], region: str) -> str:
    """TOML tables of the pairs of a region, by ballot number."""
    tables = []
    for row in sorted(rows, key=lambda row: int(row["ballot_number"])):
        if row["code"] != region:
            continue
        if row["is_empty_column"] == "1":
            told = "empty_column = true"
        else:
            told = f"names = [{_quoted(row['head_name'])}, {_quoted(row['deputy_name'])}]"
        tables.append(f"\n[[contests.pairs]]\nnumber = {row['ballot_number']}\n{told}\n")
    return "".join(tables)


def _quoted(name: str) -> str:
    """A TOML string; the sources of our folders have no character that needs an escape."""
    if '"' in name or "\\" in name or not name.isprintable():
        raise ValueError(f"cannot be copied as it is: {name!r}")
    return f'"{name}"'


def _spoken(stamp: str) -> str:
    """`2024-11-28 10:00:05` as officials write it: `28 November 2024, 10.00 WIB`."""
    date, time = stamp.split(" ")
    year, month, day = date.split("-")
    hour, minute, _ = time.split(":")
    return f"{int(day)} {MONTHS[int(month) - 1]} {year}, {hour}.{minute} WIB"


if __name__ == "__main__":
    sys.exit(main())
