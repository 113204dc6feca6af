"""Cases of the court as election folders: real structure, invented figures.

Each function gives the folders of one case as they would be typed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from tests.elections import Folder

Votes = Sequence[int]


def election(name: str, date: str, *tables: str, timezone: str = "Asia/Jakarta") -> str:
    """`election.toml` of an election whose id is the first word of its name in small letters."""
    return (
        f'id = "{name.split(maxsplit=1)[0].lower()}"\nname = {{ id = "{name}", en = "{name}" }}\n'
        f'date = "{date}"\nmode = "replay"\ntimezone = "{timezone}"\n'
        'source = "SIMULASI: angka karangan"\n\n' + "\n".join(tables)
    )


def contest(
    name: str, office: str, region: str, *pairs: Sequence[str], more: str = "",
    win: str = "plurality",
) -> str:  # fmt: skip
    """A contest; a pair without names is the empty column."""
    said = (
        f"[[contests.pairs]]\nnumber = {n}\n"
        + (f"names = {json.dumps(names)}\n" if names else "empty_column = true\n")
        for n, names in enumerate(pairs, 1)
    )
    return (
        f'[[contests]]\nid = "{name}"\noffice = "{office}"\nregion = "{region}"\n'
        f'win = "{win}"\n{more}\n' + "\n".join(said)
    )


def table(kind: str, **fields: object) -> str:
    """A table of a list of them; dictionaries and lists of them stand in the line."""
    lines = (f"{name} = {_toml(value)}" for name, value in fields.items())
    return f"[[{kind}]]\n" + "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)


def regions(*lines: str) -> str:
    """`regions.csv` of lines "code name"; the level and the region above follow from the code."""
    rows = []
    for line in lines:
        code, name = line.split(" ", 1)
        level = ("provinsi", "kabko", "kecamatan", "kelurahan")[code.count(".")]
        rows.append(f"{code},{name},{level},{code.rpartition('.')[0]}")
    return "\n".join(["code,name,level,parent", *rows]) + "\n"


def roster(stations: Mapping[str, int]) -> str:
    """`roster.csv` of kelurahan with so many TPS."""
    rows = (f"{code},{n:03d},300" for code, last in stations.items() for n in range(1, last + 1))
    return "\n".join(["region,tps,registered", *rows]) + "\n"


def forms(pairs: int, rows: Iterable[str]) -> str:
    """`forms.csv` of rows that `row` made."""
    named = ",".join(f"pair_{n}" for n in range(1, pairs + 1))
    head = f"contest,form,region,tps,revision,count,{named},valid,invalid,total,reason"
    return "\n".join([head, *rows]) + "\n"


def row(
    name: str, form: str, place: str, votes: Votes, revision: int = 1, count: str = "first",
    reason: str = "",
) -> str:  # fmt: skip
    """A form of a place, "region" or "region/tps", with one invalid vote a hundred valid ones."""
    region, _, tps = place.partition("/")
    valid = sum(votes)
    told = [*votes, valid, valid // 100, valid + valid // 100]
    cells = [name, form, region, tps, revision, count, *told, reason]
    return ",".join(map(str, cells))


def stations(name: str, listed: Mapping[str, int], votes: Votes) -> list[str]:
    """The first count of every TPS, each with the same votes."""
    return [
        row(name, "c_hasil", f"{code}/{n:03d}", votes)
        for code, last in listed.items()
        for n in range(1, last + 1)
    ]


def puncak_jaya() -> list[Folder]:
    """The court has the total made again without four distrik."""
    name, kecamatan = "bupati-94.05", [f"94.05.{n:02d}" for n in range(1, 7)]
    names = ("Mulia", "Lumo", "Tingginambut", "Gurage", "Ilu", "Fawi")
    listed = {f"{code}.2001": 2 for code in kecamatan}
    rows = stations(name, listed, (100, 120))
    rows += [row(name, "d_hasil_kecamatan", code, (200, 240)) for code in kecamatan]
    rows += [
        row(name, "d_hasil_kabko", "94.05", (1200, 1440)),
        row(name, "d_hasil_kabko", "94.05", (400, 480), 2, reason="court"),
    ]
    return [
        Folder({
            "election.toml": election(
                "Puncak Jaya 2024", "2024-11-27",
                contest(name, "regent", "94.05", ["Yuni", "Mus"], ["Miren", "Mendi"]),
                table("determinations", contest=name, region="94.05", number="500/2024",
                      announced_at="2024-12-13T22:30:00+09:00", certificate=1),
                table("determinations", contest=name, region="94.05", number="10/2025",
                      announced_at="2025-03-20T12:00:00+09:00", basis="retabulation",
                      certificate=2),
                timezone="Asia/Jayapura",
            ),
            "regions.csv": regions(
                "94 Papua Tengah", "94.05 Kabupaten Puncak Jaya",
                *map(" ".join, zip(kecamatan, names, strict=True)),
                *(f"{code}.2001 {one}" for code, one in zip(kecamatan, names, strict=True)),
            ),
            "roster.csv": roster(listed),
            "forms.csv": forms(2, rows),
            "rulings.toml": table(
                "rulings", contest=name, court="mk", number="305/PHPU.BUP-XXIII/2025",
                state="granted", date="2025-02-24", annuls=[{"decision": "500/2024"}],
                orders=[{"what": "retabulate", "by": "kpu", "except": kecamatan[:4], "days": 30}],
            ),
        })
    ]  # fmt: skip


HEARD = {"held": 103, "refused": 26, "waiting": 26, "silent": 25}
"""Votes that Bawaslu had recommended to be held again, as of 3 December 2024: 180 in all."""


def recommended() -> list[Folder]:
    """180 TPS where the vote should be held again, and what became of it; copies of a witness, of
    which one says 100 votes more than the form, and one of a supervisor where no form is in.
    """
    name, village = "bupati-94.05", "94.05.01.2001"
    listed = {village: 180}
    said = [state for state, number in HEARD.items() for _ in range(number)]
    told = {"held": ",", "refused": ",other-view", "waiting": "2024-12-07,", "silent": ","}
    advice = [
        f"{name},bawaslu_kabko,94.05,{state}/2024,repeat-vote,double-vote,{village},{n:03d},"
        f"{state},{told[state]}"
        for n, state in enumerate(said, 1)
    ]
    copies = [
        f"{name},{village},001,saksi,1,first,200,120,320,3,323",
        f"{name},{village},002,saksi,1,first,100,120,220,2,222",
        f"{name},{village},180,ptps,,first,100,120,220,2,222",
    ]
    rows = stations(name, {village: 2}, (100, 120))
    return [
        Folder({
            "election.toml": election(
                "Rekomendasi 2024", "2024-11-27",
                contest(name, "regent", "94.05", ["Yuni", "Mus"], ["Miren", "Mendi"]),
            ),
            "regions.csv": regions(
                "94 Papua Tengah", "94.05 Kabupaten Puncak Jaya", "94.05.01 Mulia",
                f"{village} Mulia",
            ),
            "roster.csv": roster(listed),
            "forms.csv": forms(2, rows),
            "recommendations.csv": "\n".join([
                "contest,body,body_region,number,type,ground,region,tps,state,date,reason",
                *advice, "",
            ]),
            "copies.csv": "\n".join([
                "contest,region,tps,body,pair,count,pair_1,pair_2,valid,invalid,total", *copies,
                "",
            ]),
        })
    ]  # fmt: skip
