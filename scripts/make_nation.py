"""The nation as a simulation: 38 tiny portals, three of which go wrong, and the front over them.

    python scripts/make_nation.py --to var/nation

1  an election folder for each provinsi (SIMULASI: all figures and pairs are invented), imported
   into a portal of its own, two at a time
2  `rekap nation` reads all of them, and keeps what it read
3  one portal signs a second history, one is switched off, one lies about votes and a name
4  `rekap nation` reads them again: it must name these three and believe the others

    exit status: 0 if it does
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from scripts.demo import move_aside

from rekap.core import codec
from rekap.core.log.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from rekap.core.log.policy import Policy
from rekap.core.signing.signer import derive

ROOT: Final = Path(__file__).resolve().parents[1]
REKAP: Final = (sys.executable, "-m", "rekap.desk.main")
EXPECTED: Final = "38 portals are made and read: about 3 minutes on two cores, 200 MB of disk."
FIRST, SECOND = "2024-11-27T21:10:00+07:00", "2024-11-27T21:42:00+07:00"
FORKED, STOPPED, HOSTILE = "75", "74", "18"
NAMES: Final = {
    "11": "Aceh", "12": "Sumatera Utara", "13": "Sumatera Barat", "14": "Riau", "15": "Jambi",
    "16": "Sumatera Selatan", "17": "Bengkulu", "18": "Lampung", "19": "Kep. Bangka Belitung",
    "21": "Kepulauan Riau", "31": "DKI Jakarta", "32": "Jawa Barat", "33": "Jawa Tengah",
    "34": "DI Yogyakarta", "35": "Jawa Timur", "36": "Banten", "51": "Bali",
    "52": "Nusa Tenggara Barat", "53": "Nusa Tenggara Timur", "61": "Kalimantan Barat",
    "62": "Kalimantan Tengah", "63": "Kalimantan Selatan", "64": "Kalimantan Timur",
    "65": "Kalimantan Utara", "71": "Sulawesi Utara", "72": "Sulawesi Tengah",
    "73": "Sulawesi Selatan", "74": "Sulawesi Tenggara", "75": "Gorontalo",
    "76": "Sulawesi Barat", "81": "Maluku", "82": "Maluku Utara", "91": "Papua",
    "92": "Papua Barat", "93": "Papua Selatan", "94": "Papua Tengah", "95": "Papua Pegunungan",
    "96": "Papua Barat Daya",
}  # fmt: skip
NO_GOVERNOR: Final = frozenset({"34"})
"""Yogyakarta elects no governor."""
_STATIONS: Final = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the steps; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--to", type=Path, default=ROOT / "var" / "nation", metavar="DIR")
    parser.add_argument("--only", default="", metavar="CODES", help="comma-separated, for tests")
    options = parser.parse_args(arguments)
    to: Path = options.to.resolve()
    if to.exists():
        print(f"{to} -> {move_aside(to)}")
    codes = options.only.split(",") if options.only else list(NAMES)
    print(EXPECTED, flush=True)
    began = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        for done in pool.map(lambda code: _portal(to, code), codes):
            print(f"{done} {NAMES[done]}: {time.perf_counter() - began:.0f} s", flush=True)
    write_list(to, codes)
    if code := read(to, FIRST):
        return code
    wrong = [code for code in (FORKED, STOPPED, HOSTILE) if code in codes]
    for one in wrong:
        {FORKED: fork, STOPPED: stop, HOSTILE: lie}[one](to / "portals" / one / "public")
    read(to, SECOND)
    print(f"\n{to / 'front' / 'index.html'}\npython -m http.server -d {to}   → /front/")
    return 0 if held(to) == sorted(f"p{code}" for code in wrong) else 1


def _portal(to: Path, code: str) -> str:
    folder = to / "folders" / code
    folder.mkdir(parents=True)
    for name, text in election(code):
        (folder / name).write_text(text, encoding="utf-8")
    command = [*REKAP, "import", str(folder), "--to", str(to / "portals" / code)]
    command += ["--origin", f"p{code}.example/replay/log"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return code


def election(code: str) -> Iterator[tuple[str, str]]:
    """Yield the files of the election folder of a provinsi; the code is the seed."""
    rng = random.Random(code)
    kota, kecamatan = f"{code}.71", f"{code}.71.01"
    kelurahan = f"{kecamatan}.1001"
    contests = [("walikota", "mayor", kota)]
    if code not in NO_GOVERNOR:
        contests.insert(0, ("gubernur", "governor", code))
    yield "election.toml", _toml(code, contests, rng.randint(2, 4))
    yield (
        "regions.csv",
        "".join(
            f"{line}\n"
            for line in (
                "code,name,level,parent",
                f"{code},{NAMES[code]},provinsi,",
                f"{kota},Kota Contoh {NAMES[code]},kabko,{code}",
                f"{kecamatan},Tengah Contoh,kecamatan,{kota}",
                f"{kelurahan},Muara Contoh,kelurahan,{kecamatan}",
            )
        ),
    )
    yield (
        "roster.csv",
        "region,tps,registered\n"
        + "".join(
            f"{kelurahan},{tps:03},{rng.randint(200, 400)}\n" for tps in range(1, _STATIONS + 1)
        ),
    )
    yield "forms.csv", _forms(contests, kelurahan, random.Random(f"{code} votes"))


def _toml(code: str, contests: list[tuple[str, str, str]], pairs: int) -> str:
    numbers = "".join(
        f'[[contests.pairs]]\nnumber = {n}\nnames = ["Calon {_WORDS[n]}", "Wakil {_WORDS[n]}"]\n'
        for n in range(1, pairs + 1)
    )
    text = (
        f'id = "contoh-{code}"\nname = {{ id = "Pemilihan contoh", en = "Example election" }}\n'
        f'date = "2024-11-27"\nmode = "replay"\ntimezone = "Asia/Jakarta"\n'
        f'source = "SIMULASI: angka dikarang"\n'
    )
    for name, office, region in contests:
        text += f'\n[[contests]]\nid = "{name}"\noffice = "{office}"\nregion = "{region}"\n'
        text += f'win = "plurality"\n{numbers}'
    return text


_WORDS: Final = ("", "Satu", "Dua", "Tiga", "Empat")


def _forms(contests: list[tuple[str, str, str]], kelurahan: str, rng: random.Random) -> str:
    """Some TPS, and in every third provinsi the certificates: a night that is under way."""
    pairs = random.Random(kelurahan[:2]).randint(2, 4)
    names = [f"pair_{n}" for n in range(1, pairs + 1)]
    rows = [",".join(("contest,form,region,tps,revision,count", *names, "valid,invalid,total"))]
    stations = rng.choice((2, 3, 3, _STATIONS))
    certified = rng.randint(0, 2) == 0
    for contest, office, region in contests:
        sums = [0] * (pairs + 1)
        for tps in range(1, (_STATIONS if certified else stations) + 1):
            votes = [rng.randint(20, 120) for _ in names]
            invalid = rng.randint(0, 9)
            sums = [a + b for a, b in zip(sums, [*votes, invalid], strict=True)]
            rows.append(_row(contest, "c_hasil", kelurahan, f"{tps:03}", votes, invalid))
        if certified:
            form = "d_hasil_prov" if office == "governor" else "d_hasil_kabko"
            rows.append(_row(contest, form, region, "", sums[:-1], sums[-1]))
    return "".join(f"{row}\n" for row in rows)


def _row(contest: str, form: str, region: str, tps: str, votes: list[int], invalid: int) -> str:
    valid = sum(votes)
    figures = [*votes, valid, invalid, valid + invalid]
    return ",".join(map(str, (contest, form, region, tps, 1, "first", *figures)))


def write_list(to: Path, codes: Sequence[str]) -> None:
    """Write the list of portals, with the anchors that each import printed."""
    text = (
        'format = "rekap-portals/1"\n'
        'name = { id = "Pilkada di 38 provinsi", en = "Regional elections in 38 provinces" }\n'
    )
    for code in codes:
        text += (
            f'\n[[portals]]\nid = "p{code}"\nname = "{NAMES[code]}"\nregions = ["{code}"]\n'
            f'site = "portals/{code}/public/"\nlink = "../portals/{code}/public/"\n'
            f'mode = "replay"\npolicy = "portals/{code}/anchors.txt"\n'
        )
    (to / "portals.toml").write_text(text, encoding="utf-8")


def read(to: Path, at: str) -> int:
    """Run `rekap nation` as of a time; return its exit code."""
    command = [*REKAP, "nation", str(to / "portals.toml"), "--to", str(to / "front"), "--at", at]
    print(f"\n== rekap nation --at {at}", flush=True)
    began = time.perf_counter()
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    print(f"== {time.perf_counter() - began:.1f} s, exit {code}", flush=True)
    return code


def held(to: Path) -> list[str]:
    """The portals that the front holds back, by their ids."""
    front: dict[str, Any] = json.loads((to / "front" / "nation.json").read_bytes())
    return sorted(one["id"] for one in front["held"])


def fork(public: Path) -> None:
    """Sign another root of the same size, as only the holder of the log's key can."""
    code = public.parent.name
    policy = Policy.parse((public / "policy.txt").read_bytes())
    place = public / "log" / "checkpoint"
    key = policy.logs[0].key
    shown = open_checkpoint(place.read_bytes(), key.name, key)
    other = Checkpoint(shown.origin, shown.size, bytes(32))
    place.write_bytes(sign_checkpoint(other, derive(f"rekap replay contoh-{code}", "log")))


def stop(public: Path) -> None:
    """Switch a portal off."""
    shutil.move(public, public.with_name("switched-off"))


def lie(public: Path) -> None:
    """Show other votes, and a script in the name of a region."""
    place = next(public.glob("contoh-*/gubernur/index.json"))
    twin = json.loads(place.read_bytes())
    twin["result"]["pairs"][0]["votes"] += 1_000
    twin["region"]["name"] = "<script>alert(1)</script>"
    place.write_bytes(codec.encode_public(twin))


if __name__ == "__main__":
    sys.exit(main())
