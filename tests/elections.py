"""Election folders for tests: a tiny one written by hand, and simulated ones of any size.

`tiny()` is a regent's election in a province that does not exist: one kecamatan, two kelurahan,
five TPS, of which one is missing, with D forms, a revision and a running figure. A test changes
what it is about and writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scripts.simulation.election import Simulation
from scripts.simulation.places import Shape

from scripts import make_simulation

TINY: Mapping[str, str] = {
    "election.toml": """\
id = "contoh-1"
name = { id = "Pemilihan contoh", en = "Example election" }
date = "2031-02-12"
mode = "replay"
timezone = "Asia/Makassar"
source = "SIMULASI: angka dikarang"

[[contests]]
id = "bupati"
office = "regent"
region = "97.01"
win = "plurality"
[[contests.pairs]]
number = 1
names = ["Calon Satu", "Wakil Satu"]
[[contests.pairs]]
number = 2
names = ["Calon Dua", "Wakil Dua"]
""",
    "regions.csv": """\
code,name,level,parent
97,Provinsi Contoh,provinsi,
97.01,Kabupaten Contoh,kabko,97
97.01.01,Karasari,kecamatan,97.01
97.01.01.1001,Melamulya,kelurahan,97.01.01
97.01.01.2002,Senujaya,kelurahan,97.01.01
""",
    "roster.csv": """\
region,tps,registered
97.01.01.1001,001,300
97.01.01.1001,002,
97.01.01.2002,001,310
97.01.01.2002,002,320
97.01.01.2002,901,40
""",
    "forms.csv": """\
contest,form,region,tps,revision,count,pair_1,pair_2,valid,invalid,total,reason,explanation,\
stations_in,stations_expected,as_of_text
bupati,c_hasil,97.01.01.1001,001,1,first,100,50,150,3,153,,,,,
bupati,c_hasil,97.01.01.1001,002,1,first,80,90,170,4,175,,R7: salah jumlah,,,
bupati,c_hasil,97.01.01.2002,001,1,first,60,61,121,0,121,,,,,
bupati,c_hasil,97.01.01.2002,001,2,first,60,62,122,0,122,reading,,,,
bupati,c_hasil,97.01.01.2002,002,1,first,10,20,30,1,31,,,,,
bupati,c_hasil,97.01.01.2002,901,1,first,,,,,,,,,,
bupati,d_hasil_kelurahan,97.01.01.1001,,1,first,180,140,320,7,327,,,,,
bupati,d_hasil_kecamatan,97.01.01,,1,first,250,222,472,8,481,,,,,
bupati,summary,97.01,,1,,200,150,,,,,,3,5,"13 Februari 2031, 08.00 WITA"
""",
    "rows.csv": """\
contest,form,region,revision,child,pair_1,pair_2,valid,invalid
bupati,d_hasil_kelurahan,97.01.01.1001,1,001,100,50,150,3
bupati,d_hasil_kelurahan,97.01.01.1001,1,002,80,90,170,4
""",
}


class Folder:
    """The files of a folder as text, to be changed and written."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = dict(files)

    def replace(self, file: str, old: str, new: str) -> Folder:
        """The same folder with one text exchanged; it must stand there exactly once."""
        text = self.files[file]
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        return Folder({**self.files, file: text.replace(old, new)})

    def append(self, file: str, line: str) -> Folder:
        """The same folder with one more line in a file."""
        return Folder({**self.files, file: self.files.get(file, "") + line + "\n"})

    def without(self, file: str) -> Folder:
        """The same folder without a file."""
        return Folder({name: text for name, text in self.files.items() if name != file})

    def write(self, path: Path) -> Path:
        """Write the files; return the folder."""
        path.mkdir(parents=True, exist_ok=True)
        for name, text in self.files.items():
            (path / name).write_text(text, encoding="utf-8", newline="\n")
        return path


def tiny() -> Folder:
    """The folder that is described above."""
    return Folder(TINY)


DECISIONS = """
[[determinations]]
contest = "bupati"
region = "97.01"
number = "12/2031"
basis = "first"
announced_at = "2031-02-15T16:01:00+08:00"

[[determinations]]
contest = "bupati"
region = "97.01"
number = "30/2031"
basis = "repeat-vote"
decided_at = "2031-06-01T15:00:00+08:00"
announced_at = "2031-06-01T16:01:00+08:00"
"""
RULINGS = """
[[rulings]]
contest = "bupati"
court = "mk"
number = "28/PHPU.BUP/2031"
state = "registered"
date = "2031-03-03"

[[rulings]]
contest = "bupati"
court = "mk"
number = "28/PHPU.BUP/2031"
state = "granted"
date = "2031-04-20"
annuls = [{ decision = "12/2031", places = ["97.01.01.1001/001"] }, { decision = "8/2031" }]
"""


ELECTED = """
[[elected]]
contest = "bupati"
pair = 2
number = "31/2031"
announced_at = "2031-06-20T10:00:00+08:00"
"""


def decided() -> Folder:
    """That folder with a determination that a court annuls for one TPS, another one, and who is
    elected by it.
    """
    files = {"election.toml": DECISIONS, "rulings.toml": RULINGS, "elected.toml": ELECTED}
    folder = tiny()
    for name, text in files.items():
        folder = folder.append(name, text)
    return folder


def simulate(path: Path, **shape: object) -> Path:
    """Write a simulated folder; `shape` are the fields of `scripts.simulation.places.Shape`."""
    make_simulation.write(Simulation(Shape(**shape)), path)  # type: ignore[arg-type]
    return path
