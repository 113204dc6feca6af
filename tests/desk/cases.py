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


_MAGETAN = {"35.20.01.2001": 2, "35.20.01.2002": 2, "35.20.02.2001": 3}
_BUNGO = {"15.08.01.2001": 12, "15.08.01.2002": 12, "15.08.02.2001": 3}


def magetan() -> list[Folder]:
    """A repeat vote at four TPS that changes no winner; a second case is not heard."""
    again = [(code, n) for code in list(_MAGETAN)[:2] for n in (1, 2)]
    return [_voted_again(
        "Magetan", "35.20", _MAGETAN, again, (110, 100), (100, 104), "30/PHPU.BUP-XXIII/2025",
        "2025-03-23T20:00:00+07:00",
        table("rulings", contest="bupati-35.20", court="mk", number="320/PHPU.BUP-XXIII/2025",
              state="inadmissible", date="2025-05-05", against="2/2025"),
        "2025-05-07",
    )]  # fmt: skip


def half_voted_again() -> list[Folder]:
    """The same while it goes on: two of the four have voted again, and nobody determined since."""
    files = magetan()[0].without("elected.toml").files
    named = "[[determinations]]"
    later = files["election.toml"].rindex(named)
    case = files["rulings.toml"].rindex("[[rulings]]")
    rows = [one for one in files["forms.csv"].splitlines()
            if ",repeat," not in one or "c_hasil,35.20.01.2001" in one]  # fmt: skip
    rows.append(row("bupati-35.20", "d_hasil_kecamatan", "35.20.01", (440, 400)))
    return [Folder({
        **files, "election.toml": files["election.toml"][:later], "forms.csv": "\n".join(rows),
        "rulings.toml": files["rulings.toml"][:case],
    })]  # fmt: skip


def advised_first() -> list[Folder]:
    """The same after a supervisor had another TPS vote again, before any determination."""
    told = row("bupati-35.20", "c_hasil", "35.20.02.2001/001", (110, 100), 2, "repeat",
               "supervisor-advice")  # fmt: skip
    (folder,) = magetan()
    return [Folder({**folder.files, "forms.csv": f"{folder.files['forms.csv'].strip()}\n{told}\n"})]


def bungo() -> list[Folder]:
    """A repeat vote at 21 TPS that changes the winner."""
    again = [(code, n) for code, last in (("15.08.01.2001", 11), ("15.08.01.2002", 10))
             for n in range(1, last + 1)]  # fmt: skip
    return [_voted_again(
        "Bungo", "15.08", _BUNGO, again, (120, 125), (130, 110), "173/PHPU.BUP-XXIII/2025",
        "2025-04-07T17:00:00+07:00", "", "2025-04-14",
        holidays=["2025-04-07", "2025-04-18"],
    )]  # fmt: skip


def _voted_again(
    called: str, code: str, listed: Mapping[str, int], again: Sequence[tuple[str, int]],
    first: Votes, repeated: Votes, number: str, announced: str, rulings: str, chosen: str,
    **more: object,
) -> Folder:  # fmt: skip
    """A regency whose result is annulled at some TPS: the vote is held again there alone."""
    name = f"bupati-{code}"
    whole = sum(listed.values())
    before = [votes * whole for votes in first]
    now = [
        old * (whole - len(again)) + new * len(again)
        for old, new in zip(first, repeated, strict=True)
    ]
    places = sorted(f"{kelurahan}/{n:03d}" for kelurahan, n in again)
    rows = stations(name, listed, first)
    rows += [row(name, "c_hasil", one, repeated, 2, "repeat", "court") for one in places]
    rows += [
        row(name, "d_hasil_kabko", code, before),
        row(name, "d_hasil_kabko", code, now, 2, "repeat", "court"),
    ]
    kecamatan = sorted({one.rpartition(".")[0] for one in listed})
    return Folder({
        "election.toml": election(
            f"{called} 2024", "2024-11-27",
            *(f"{field} = {_toml(value)}\n" for field, value in more.items()),
            contest(name, "regent", code, ["Satu", "Wakil Satu"], ["Dua", "Wakil Dua"]),
            table("determinations", contest=name, region=code, number="1/2024",
                  announced_at="2024-12-05T14:00:00+07:00", certificate=1),
            table("determinations", contest=name, region=code, number="2/2025",
                  announced_at=announced, basis="repeat-vote", certificate=2),
        ),
        "regions.csv": regions(
            f"{code[:2]} Provinsi", f"{code} Kabupaten {called}",
            *(f"{one} Camat {one[-2:]}" for one in kecamatan),
            *(f"{one} Kampung {one[-4:]}" for one in listed),
        ),
        "roster.csv": roster(listed),
        "forms.csv": forms(2, rows),
        "rulings.toml": table(
            "rulings", contest=name, court="mk", number=number, state="granted",
            date="2025-02-24", annuls=[{"decision": "1/2024", "places": places}],
            orders=[{"what": "repeat-vote", "by": "kpu_kabko", "places": places, "days": 30}],
        ) + rulings,
        "elected.toml": table("elected", contest=name, number="3/2025", announced_at=chosen,
                              pair=1),
    })  # fmt: skip


def _city(
    called: str, date: str, code: str, votes: Mapping[str, Votes], tables: Sequence[str],
    **files: str,
) -> Folder:  # fmt: skip
    """A city of two TPS: of each contest the votes at each of them, and in its D.Hasil."""
    kelurahan = f"{code}.01.1001"
    rows: list[str] = []
    for name, each in votes.items():
        rows += stations(name, {kelurahan: 2}, each)
        rows.append(row(name, "d_hasil_kabko", code, [2 * one for one in each]))
    return Folder({
        "election.toml": election(called, date, *tables),
        "regions.csv": regions(
            f"{code[:2]} Provinsi", f"{code} Kota {called.split(maxsplit=1)[0]}",
            f"{code}.01 Utara", f"{kelurahan} Pasar",
        ),
        "roster.csv": roster({kelurahan: 2}),
        "forms.csv": forms(max(map(len, votes.values())), rows),
        **{f"{name}.toml": text for name, text in files.items()},
    })  # fmt: skip


def banjarbaru() -> list[Folder]:
    """A pair is struck off after the vote; the vote is repeated against the empty column."""
    one, two = "walikota-63.72", "walikota-63.72-ulang"
    struck = (
        'notes = [{ code = "disqualified", date = "2025-02-24", source = "putusan MK 5/2025" }]\n'
    )
    again = f'date = "2025-04-19"\nfollows = {{ contest = "{one}", why = "repeat-vote" }}'
    return [_city(
        "Banjarbaru 2024", "2024-11-27", "63.72", {one: (100, 150), two: (140, 110)},
        [
            'holidays = ["2025-04-18", "2025-04-22"]\n',
            contest(one, "mayor", "63.72", ["Lisa", "Wartono"], ["Aditya", "Said"]) + struck,
            contest(two, "mayor", "63.72", ["Lisa", "Wartono"], [], more=again, win="majority"),
            table("determinations", contest=one, region="63.72", number="191/2024",
                  announced_at="2024-12-02T20:00:00+08:00", certificate=1),
            table("determinations", contest=two, region="63.72", number="69/2025",
                  announced_at="2025-04-21T20:00:00+08:00", basis="repeat-vote", certificate=1),
        ],
        rulings=table(
            "rulings", contest=one, court="mk", number="5/PHPU.WAKO-XXIII/2025", state="granted",
            date="2025-02-24", annuls=[{"decision": "191/2024"}],
            orders=[{"what": "repeat-vote", "by": "kpu_kabko", "days": 60}],
        ),
    )]  # fmt: skip


def _equal(*votes: int) -> list[Folder]:
    """Three pairs, some of which have equally many votes."""
    name = "walikota-63.72"
    pairs = (["Satu", "Wakil"], ["Dua", "Wakil"], ["Tiga", "Wakil"])
    margin = 'margin = { per_mille = 20, source = "UU 10/2016 pasal 158" }'
    return [_city("Seri 2024", "2024-11-27", "63.72", {name: votes},
                  [contest(name, "mayor", "63.72", *pairs, more=margin)])]  # fmt: skip


def equal_seconds() -> list[Folder]:
    """Two pairs are second together."""
    return _equal(100, 80, 80)


def equal_firsts() -> list[Folder]:
    """Two pairs are first together: nobody alone has most votes."""
    return _equal(100, 80, 100)


def dismissed() -> list[Folder]:
    """As above, and the members of the city's KPU are dismissed: KPU Provinsi does its work. So
    did the city's that of a PPK which signs nothing.
    """
    said = [
        table("acting", body="kpu_kabko", region="63.72", acting="kpu_prov", date="2025-02-28"),
        table("acting", body="ppk", region="63.72.02", acting="kpu_kabko", date="2025-02-27"),
    ]
    one = banjarbaru()[0].append("regions.csv", "63.72.02,Selatan,kecamatan,63.72\n")
    return [one.append("acting.toml", "\n".join(said))]


def dismissed_before() -> list[Folder]:
    """The members of the city's KPU are dismissed before the meeting of which the D.Hasil is."""
    said = table("acting", body="kpu_kabko", region="63.72", acting="kpu_prov", date="2024-12-01")
    return [banjarbaru()[0].append("acting.toml", said)]


def pangkalpinang() -> list[Folder]:
    """The empty column wins; a year later another election is held."""
    name = "walikota-19.71"
    first = _city(
        "Pangkalpinang 2024", "2024-11-27", "19.71", {name: (80, 140)},
        [
            contest(name, "mayor", "19.71", ["Maulan", "Masagus"], [], win="majority"),
            table("determinations", contest=name, region="19.71", number="200/2024",
                  announced_at="2024-12-03T15:00:00+07:00", certificate=1),
        ],
        elected=table("elected", contest=name, number="1/2025", announced_at="2025-01-09",
                      none=True),
    )  # fmt: skip
    after = f'follows = {{ election = "pangkalpinang", contest = "{name}", why = "rerun" }}'
    rerun = _city(
        "Ulang 2025 Pangkalpinang", "2025-08-27", "19.71", {name: (90, 70, 40)},
        [contest(name, "mayor", "19.71", ["Eka", "Radmida"], ["Saparudin", "Dede"],
                 ["Maulan", "Zeki"], more=after)],
    )  # fmt: skip
    return [first, rerun]


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


def lacking() -> list[Folder]:
    """The eve in a kelurahan of four TPS: one is ready, one lacks ballots and ink, one is silent,
    one got fewer ballots than its form says; a box came back with a broken seal.
    """
    name, village = "bupati-35.20", "35.20.01.2001"
    rows = [row(name, "c_hasil", f"{village}/{n:03d}", (120, 100)) for n in (1, 4)]
    head, _, told = forms(2, rows).partition("\n")
    told = "".join(f"{one.rpartition(',')[0]},308,\n" for one in told.splitlines())
    return [
        Folder({
            "election.toml": election(
                "Kesiapan 2024", "2024-11-27",
                contest(name, "regent", "35.20", ["Satu", "Wakil"], ["Dua", "Wakil Dua"]),
            ),
            "regions.csv": regions(
                "35 Jawa Timur", "35.20 Kabupaten Magetan", "35.20.01 Poncol",
                f"{village} Genilangit",
            ),
            "roster.csv": roster({village: 4}),
            "forms.csv": f"{head.replace('reason', 'ballots_received,reason')}\n{told}",
            "readiness.csv": "\n".join([
                "region,tps,step,ballots,items,lacks,boxes,seals_whole,seals_broken",
                f"{village},001,arrived,{name}=308,boxes=1; ink=2,,,,",
                f"{village},002,arrived,{name}=296,ink=0,ballots=short=12={name}; ink=none,,,",
                f"{village},004,arrived,{name}=300,,,,,",
                f"{village},001,returned,,,,1,19,1", "",
            ]),
        })
    ]  # fmt: skip


def corrected() -> list[Folder]:
    """The meeting of a kecamatan strikes two figures of a TPS and writes others, with initials; at
    another TPS its sheet says something else and corrects nothing.
    """
    name, village = "bupati-35.20", "35.20.01.2001"
    sheet = "d_hasil_kelurahan"
    rows = stations(name, {village: 3}, (120, 100))
    rows.append(row(name, sheet, village, (356, 304)))
    start = f"{name},{sheet},{village},1"
    return [
        Folder({
            "election.toml": election(
                "Koreksi 2024", "2024-11-27",
                contest(name, "regent", "35.20", ["Satu", "Wakil"], ["Dua", "Wakil Dua"]),
            ),
            "regions.csv": regions(
                "35 Jawa Timur", "35.20 Kabupaten Magetan", "35.20.01 Poncol",
                f"{village} Genilangit",
            ),
            "roster.csv": roster({village: 3}),
            "forms.csv": forms(2, rows),
            "rows.csv": "\n".join([
                "contest,form,region,revision,child,pair_1,pair_2,valid,invalid,total",
                f"{start},001,117,103,220,2,222", f"{start},002,119,101,220,2,222",
                f"{start},003,120,100,220,2,222", "",
            ]),
            "corrections.csv": "\n".join([
                "contest,form,region,revision,child,field,from,to,basis,objection,initials,index",
                f"{start},001,pair_1,120,117,plano,,ketua 1 2 pengawas,",
                f"{start},001,pair_2,100,103,plano,,ketua 1 2 pengawas,", "",
            ]),
        })
    ]  # fmt: skip
