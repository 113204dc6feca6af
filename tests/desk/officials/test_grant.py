"""`rekap grant`: a list of persons becomes drafts, or every reason why not, with its line."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from tests.desk.officials.bench import (
    KECAMATAN,
    Done,
    enrolled,
    inside,
    key_file,
    kit_file,
    kit_of,
    run,
)
from tests.portal.intake.office import Office
from tests.portal.intake.test_passkeys import Passkey
from tests.portal.intake.world import AT, ELECTION, KELURAHAN, World, key, sign, signer

from rekap.core.signing import keys
from rekap.core.signing.keys import PublicKey
from rekap.core.statements import schema
from rekap.desk.officials.keys import people
from rekap.desk.officials.keys.enrolment import Enrolment, grouped, message
from rekap.desk.officials.paper import Paper
from rekap.portal.intake import content

HEADER = "region,tps,position,person,pair,body,organisation,key"


@pytest.fixture(scope="module")
def world() -> World:
    return World.begun()


class Desk:
    """A folder with a kit, lists and enrolments, and the command over it."""

    def __init__(self, folder: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.world = world
        self.kit = kit_file(folder, world)
        self._patch = monkeypatch

    def enrol(self, *roles: str, **other: str) -> None:
        for role in roles:
            text = f"# {role}\n{enrolled(self.world, role, **other)}\n"
            (self.folder / f"{role}.daftar.txt").write_text(text)

    def grant(self, data: str | bytes, *words: object, kit: Path | None = None) -> Done:
        path = self.folder / "list.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        named = ("--kit", kit or self.kit, "--list", path, "--to", self.folder / "out")
        return run(self._patch, "grant", *named, *words)

    def refuses(self, data: str | bytes, *wanted: tuple[int, str], kit: Path | None = None) -> Done:
        """Every wanted (line, words) is told, nothing else is, and nothing is written."""
        before = inside(self.folder) | {"list.csv"}
        done = self.grant(data, kit=kit)
        assert done.code == 1, done
        assert inside(self.folder) == before
        assert f"{len(wanted)} masalah. Tidak ada yang ditulis" in done.told
        for line, words in wanted:
            place = f"list.csv:{line}" if line else "list.csv:"
            found = [part for part in done.told.split("rekap: ") if part.startswith(place)]
            assert any(words in part for part in found), (line, words, done.told)
        return done

    def papers(self) -> dict[str, dict[str, Any]]:
        return {
            path.name: Paper.read(path).statement.fields
            for path in sorted((self.folder / "out").glob("*.pernyataan.json"))
        }


@pytest.fixture
def desk(tmp_path, world, monkeypatch) -> Desk:
    desk = Desk(tmp_path, world, monkeypatch)
    desk.enrol(*"abcdefg")
    return desk


def row(role: str = "a", **other: str) -> str:
    cells = {
        "region": KELURAHAN, "tps": "001", "position": "anggota", "person": "", "pair": "",
        "body": "", "organisation": "", "key": f"{role}.daftar.txt",
    } | other  # fmt: skip
    return ",".join(cells[name] for name in HEADER.split(","))


def rows(*of: str) -> str:
    return "\n".join([HEADER, *of]) + "\n"


# ---------------------------------------------------------------- lists that are refused


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"", 1, "Tidak ada baris"),
        (b"\n", 1, "Tidak ada baris"),
        (HEADER.encode(), 0, "Tidak ada satu orang pun"),
        (HEADER.encode() + b"\n,,,,,,,\n", 0, "Tidak ada satu orang pun"),
        (rows(row()).encode("utf-16"), 0, "CSV UTF-8"),
        (rows(row(person="b\u00fcdi")).encode("latin-1"), 2, "CSV UTF-8"),
        (rows(row()).encode() + b"\0\n", 3, "NUL"),
        (b"region,tps,position,key,nik\n", 1, "Kolom 'nik' tidak dikenal"),
        (b"region,position,region,key\n", 1, "ada dua kali"),
        (b"wilayah,region,position,key\n", 1, "ada dua kali"),
        (b"region,tps,position\n", 1, "Kolom key tidak ada"),
        (f"{HEADER}\na,b\n".encode(), 2, "Ada 2 sel, seharusnya 8"),
        (f'{HEADER}\n{row()}\n"x'.encode(), 3, "tanda kutip"),
        (f'{HEADER}\n"x"y,,,,,,,\n'.encode(), 2, "tanda kutip"),
        (f'{HEADER}\n"{"x" * 200_000}",,,,,,,\n'.encode(), 2, "tanda kutip"),
    ],
)
def test_what_is_no_list(desk, data, line, words) -> None:
    desk.refuses(data, (line, words))


def test_too_many_rows_are_refused_before_anything_is_done(desk, monkeypatch) -> None:
    monkeypatch.setattr(people, "MAX_ROWS", 500)
    data = HEADER + "\n" + (row() + "\n") * (people.MAX_ROWS + 1)
    listed = people.parse(data.encode(), "list.csv")
    assert [one.code for one in listed.problems] == ["too-many-rows"]
    done = desk.grant(b"x" * (people.MAX_LIST + 1))
    assert done.code == 2
    assert "terlalu besar" in done.told


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"region": "3171061001"}, "bukan kode wilayah"),
        ({"region": "31.71.07.1001"}, "di luar kit ini"),
        ({"region": "31.71", "tps": ""}, "di luar kit ini"),
        ({"region": "31.71.06.1002"}, "tidak ada dalam daftar resmi"),
        ({"tps": "099"}, "TPS 099 tidak ada dalam daftar resmi"),
        ({"tps": "1a"}, "TPS 1a tidak ada dalam daftar resmi"),
        ({"tps": "0"}, "TPS 000 tidak ada dalam daftar resmi"),
        ({"tps": ""}, "butuh nomornya"),
        ({"region": KECAMATAN}, "Kosongkan kolom tps"),
        ({"position": "Ketua KPPS"}, "Jabatan 'ketua kpps' tidak ada di kpps"),
        ({"position": ""}, "Jabatan '' tidak ada di kpps"),
        ({"position": "saksi"}, "Saksi butuh nomor urut"),
        ({"position": "saksi", "pair": "4"}, "Saksi butuh nomor urut"),
        ({"pair": "1"}, "hanya untuk saksi"),
        ({"body": "kpk"}, "Badan 'kpk' tidak dikenal"),
        ({"body": "ptps"}, "Jabatan 'anggota' tidak ada di ptps"),
        ({"body": "panwascam"}, "panwascam tidak ada di tingkat wilayah ini"),
        ({"body": "ptps", "position": "pengawas", "tps": ""}, "butuh nomornya"),
        ({"position": "pemantau"}, "Pemantau butuh id lembaganya"),
        ({"position": "pemantau", "organisation": "Lembaga"}, "Pemantau butuh id lembaganya"),
        ({"organisation": "lembaga"}, "Lembaga hanya untuk pemantau"),
        ({"person": "Budi"}, "bukan id orang"),
        ({"person": "nik-3171060101900001"}, "bukan id orang"),
        ({"person": f"kpps-{KELURAHAN}-002-1"}, "sudah milik orang"),
        ({"key": ""}, "Sel ini kosong"),
        ({"key": "none.txt"}, "tidak ada di folder daftar"),
        ({"key": "."}, "tidak ada di folder daftar"),
        ({"key": "../a.daftar.txt"}, "harus berada di folder daftar"),
        ({"key": "/etc/hostname"}, "harus berada di folder daftar"),
        ({"key": "C:\\a.daftar.txt"}, "harus berada di folder daftar"),
        ({"key": "kit.json"}, "bukan pendaftaran yang utuh"),
        ({"key": "list.csv"}, "bukan pendaftaran yang utuh"),
        ({"key": "rekap-pendaftaran/1 x"}, "bukan pendaftaran yang utuh"),
    ],
)
def test_a_row_that_is_wrong(desk, changed, words) -> None:
    desk.refuses(rows(row("b", tps="003"), row(**changed)), (3, words))


def test_every_problem_is_told_at_once(desk) -> None:
    done = desk.refuses(
        rows(row("a", tps="099", position="x"), row("none"), *[row("b")] * 2, row("c", pair="9")),
        (2, "TPS 099"), (2, "Jabatan"), (3, "none.daftar.txt"), (5, "sudah ada di baris 4"),
        (6, "hanya untuk saksi"),
    )  # fmt: skip
    at = [done.err.index(f"list.csv:{line}") for line in (2, 3, 5, 6)]
    assert at == sorted(at)


def test_the_same_person_twice(desk) -> None:
    data = rows(row("a", person="budi"), row("b", person="budi"), row("c", tps="2", person="budi"))
    desk.refuses(data, (3, "sudah ada di baris 2"), (4, "sudah milik orang"))


def test_a_key_that_is_registered(desk) -> None:
    role = f"kpps-{KELURAHAN}-002-1"
    desk.enrol(role)
    desk.refuses(rows(row(role)), (2, f"sudah terdaftar untuk {role} ({KELURAHAN} TPS 002)"))


def test_a_secret_key_in_the_folder_is_never_taken(desk) -> None:
    key_file(desk.folder, "z")
    desk.refuses(rows(row(key="z.kunci.pem")), (2, "berkas kunci rahasia"))


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"origin": "rekap.example/log"}, "untuk log rekap.example/log"),
        ({"election": "pilkada-32"}, "untuk pemilihan pilkada-32"),
    ],
)
def test_an_enrolment_for_something_else(desk, other, words) -> None:
    desk.enrol("other", **other)
    desk.refuses(rows(row("other")), (2, words))


def test_a_proof_by_another_key(desk) -> None:
    words = enrolled(desk.world, "a").split(" ")
    forged = " ".join([*words[:5], enrolled(desk.world, "b").split(" ")[5]])
    desk.refuses(rows(row(key=forged)), (2, "Bukti kepemilikan kunci tidak cocok"))


def test_a_statement_signed_before_is_no_proof(desk) -> None:
    """What an officer signs in the log cannot be replayed as an enrolment."""
    form = desk.world.form()
    signed = codec_sig(sign(form, "a"))
    words = enrolled(desk.world, "a").split(" ")
    desk.refuses(rows(row(key=" ".join([*words[:5], signed]))), (2, "tidak cocok"))


def codec_sig(envelope: bytes) -> str:
    return envelope.decode().rsplit('"sig":"', 1)[1].split('"')[0]


@pytest.mark.parametrize("words", [("--at", "2024-11-27"), ("--at", "2024-11-27T14:05:00Z")])
def test_a_time_that_is_none(desk, words) -> None:
    done = desk.grant(rows(row()), *words)
    assert done.code == 1
    assert "Bukan waktu yang sah" in done.told
    assert "out" not in inside(desk.folder)


def test_a_folder_with_something_in_it_is_left_alone(desk) -> None:
    (desk.folder / "out").mkdir()
    (desk.folder / "out" / "mine").write_text("mine")
    done = desk.grant(rows(row()))
    assert done.code == 2
    assert "Sebutkan folder baru" in done.told
    assert inside(desk.folder / "out") == {"mine"}


@pytest.mark.parametrize("missing", ["--kit", "--list"])
def test_a_file_that_is_missing(desk, monkeypatch, missing) -> None:
    named = {"--kit": desk.kit, "--list": desk.folder / "list.csv", "--to": desk.folder / "out"}
    (desk.folder / "list.csv").write_text(rows(row()))
    named[missing] = desk.folder / "none"
    done = run(monkeypatch, "grant", *(word for pair in named.items() for word in pair))
    assert done.code == 2
    assert "none: tidak ada" in done.told


def test_a_full_disk_leaves_no_half_folder(desk, monkeypatch) -> None:
    written = Paper.write

    def write(self: Paper, path: Path, say: object = None) -> None:
        if "003" in path.name:
            raise OSError(28, "No space left on device", str(path))
        written(self, path)

    monkeypatch.setattr(Paper, "write", write)
    before = inside(desk.folder) | {"list.csv"}
    done = desk.grant(rows(row("a"), row("b", tps="003")))
    assert done.code == 2
    assert "Penyimpanan penuh" in done.told
    assert inside(desk.folder) == before


# ---------------------------------------------------------------- lists that become drafts


def test_one_draft_for_each_body_and_place(desk) -> None:
    data = rows(
        row("a", tps="003"), row("b", tps="001"), row("c", tps="003", position="ketua"),
        row("d", tps="", region=KECAMATAN),
    )  # fmt: skip
    done = desk.grant(data, "--at", AT)
    assert done.code == 0, done.err
    papers = desk.papers()
    assert sorted(papers) == [
        f"kpps-{KELURAHAN}-001.pernyataan.json", f"kpps-{KELURAHAN}-003.pernyataan.json",
        f"ppk-{KECAMATAN}.pernyataan.json",
    ]  # fmt: skip
    third = papers[f"kpps-{KELURAHAN}-003.pernyataan.json"]
    assert third == desk.world.of_election(
        "grant", body="kpps", region=KELURAHAN, tps="003", at=AT,
        persons=[
            {"person": f"kpps-{KELURAHAN}-003-8", "position": "anggota", **key("a")},
            {"person": f"kpps-{KELURAHAN}-003-9", "position": "ketua", **key("c")},
        ],
    )  # fmt: skip
    assert (
        papers[f"ppk-{KECAMATAN}.pernyataan.json"]["persons"][0]["person"] == f"ppk-{KECAMATAN}-4"
    )
    assert "Harus ditandatangani 2 orang PPK, Kecamatan Tempat (31.71.06)." in done.told
    assert "Harus ditandatangani 2 orang KPU Kabupaten/Kota" in done.told


def test_the_summary_says_who_got_what(desk) -> None:
    assert desk.grant(rows(row("a"), row("b", tps="3"))).code == 0
    lines = (desk.folder / "out/persons.csv").read_text().splitlines()
    table = list(csv.DictReader(lines))
    assert [(one["line"], one["person"], one["fingerprint"], one["tps"]) for one in table] == [
        ("2", f"kpps-{KELURAHAN}-001-8", grouped(signer("a").keyid), "001"),
        ("3", f"kpps-{KELURAHAN}-003-8", grouped(signer("b").keyid), "003"),
    ]
    for one in table:
        assert Paper.read(desk.folder / "out" / one["file"]).id == one["id"]


@pytest.mark.parametrize("change", [
    lambda text: "\ufeff" + text,
    lambda text: text.replace("\n", "\r\n"),
    lambda text: text.replace(",", ";"),
    lambda text: text.replace(",", "\t"),
    lambda text: "sep=;\r\n" + text.replace(",", ";"),
    lambda text: text.replace(",001,", ",1,"),
    lambda text: text.replace("\n", "\n,,,,,,,\n"),
    lambda text: text.replace(HEADER, "Wilayah,TPS,Jabatan,Orang,Paslon,Badan,Lembaga,Kunci"),
    lambda text: text.replace(HEADER, HEADER + ",,").replace(".txt\n", ".txt,,\n"),
    lambda text: text.replace("anggota", " Anggota "),
    lambda text: '"' + text.replace(",", '","').replace("\n", '"\n"').removesuffix('"'),
    lambda text: text.removesuffix("\n"),
])  # fmt: skip
def test_spreadsheets_write_it_as_they_like(desk, change) -> None:
    plain = rows(row("a"), row("b"))
    assert desk.grant(plain, "--at", AT).code == 0
    wanted = desk.papers()
    (desk.folder / "out").rename(desk.folder / "first")
    done = desk.grant(change(plain), "--at", AT)
    assert done.code == 0, done.err
    assert desk.papers() == wanted


def test_an_enrolment_may_stand_in_the_cell(desk) -> None:
    assert desk.grant(rows(row(key=enrolled(desk.world, "a")))).code == 0


def test_a_passkey_is_granted(desk) -> None:
    own = Passkey()
    public = PublicKey(keys.WEBAUTHN, own.public)
    proof = own.sign(message(desk.world.origin, ELECTION, public))
    line = Enrolment(desk.world.origin, ELECTION, public, proof).line
    assert desk.grant(rows(row(key=line))).code == 0
    (fields,) = desk.papers().values()
    assert fields["persons"][0]["alg"] == "webauthn-es256"


def test_witnesses_of_two_pairs_and_supervisors(desk, monkeypatch) -> None:
    kit = kit_file(desk.folder, desk.world, "id", "root.json")
    data = rows(
        row("a", position="saksi", pair="1", tps="", region="31.71"),
        row("b", position="saksi", pair="2", tps="001"),
        row("c", position="ketua", body="bawaslu_prov", tps="", region="31"),
        row("e", position="pengawas", tps="002"),
        row("f", position="pengawas", tps=""),
        row("g", position="pemantau", tps="", region="31", organisation="lembaga"),
        row("d", tps="", region="31"),
    )
    done = desk.grant(data, kit=kit)
    assert done.code == 0, done.err
    people = {fields["persons"][0]["person"]: fields for fields in desk.papers().values()}
    assert sorted(people) == ["bawaslu-prov-31-1", "kpu-prov-31-4", "pemantau-lembaga-31-1",
                              f"pkd-{KELURAHAN}-1", f"ptps-{KELURAHAN}-002-1", "saksi-1-31.71-1",
                              f"saksi-2-{KELURAHAN}-001-1"]  # fmt: skip
    assert people["saksi-1-31.71-1"]["pair"] == 1
    assert "Kunci induk KPU" in done.told


def test_more_than_200_witnesses_are_split(desk) -> None:
    kit = kit_file(desk.folder, desk.world, "id", "root.json")
    place = {"position": "saksi", "pair": "1", "tps": "", "region": "31"}
    data = rows(*(row(key=enrolled(desk.world, f"s{n}"), **place) for n in range(201)))
    assert desk.grant(data, kit=kit).code == 0
    papers = desk.papers()
    assert {name: len(fields["persons"]) for name, fields in papers.items()} == {
        "saksi-1-31-1.pernyataan.json": 200, "saksi-1-31-201.pernyataan.json": 1,
    }  # fmt: skip
    ids = [person["person"] for fields in papers.values() for person in fields["persons"]]
    assert len(set(ids)) == 201


# ---------------------------------------------------------------- what must be known


@pytest.fixture
def new_station(tmp_path, monkeypatch) -> Desk:
    """A station of the roster that has no KPPS yet."""
    world = World()
    entries = world.beginning()
    world.log(*(entry for entry in entries if f"kpps-{KELURAHAN}-003".encode() not in entry))
    world.log()
    fresh = World()
    fresh.log(*[e for e in fresh.beginning() if not _grants(e, "003")])
    desk = Desk(tmp_path, fresh, monkeypatch)
    desk.enrol(*"abcdefg")
    return desk


def _grants(entry: bytes, tps: str) -> bool:
    fields = Paper.parse(entry).statement.fields
    return fields["kind"] == "grant" and fields.get("tps") == tps


@pytest.mark.parametrize(
    ("positions", "told"),
    [
        (("ketua", "anggota", "anggota"), ()),
        (("ketua", "anggota"), ("2 orang, padahal 3 harus menandatangani c_hasil",)),
        (("anggota", "anggota", "anggota"), ("Tidak ada ketua",)),
        (("ketua", "ketua", "anggota"), ("2 ketua",)),
        (("anggota",), ("1 orang, padahal 3", "Tidak ada ketua")),
    ],
)
def test_a_body_that_lacks_something_is_granted_with_a_note(new_station, positions, told) -> None:
    names = "abcd"
    data = rows(*(row(names[at], tps="003", position=one) for at, one in enumerate(positions)))
    done = new_station.grant(data)
    assert done.code == 0, done.err
    notes = [part for part in " ".join(done.err.split()).split("rekap: perhatian: ") if part]
    assert len(notes) == len(told)
    for one in told:
        assert any(one in note for note in notes)
    assert len(new_station.papers()) == 1


def test_a_new_key_for_a_known_person(desk) -> None:
    known = f"kpps-{KELURAHAN}-001-2"
    done = desk.grant(rows(row("a", person=known)))
    assert done.code == 0, done.err
    assert f"{known} masih punya kunci yang berlaku, {signer(known).keyid}" in done.told
    (fields,) = desk.papers().values()
    assert fields["persons"][0]["person"] == known


# ---------------------------------------------------------------- what intake says


def test_what_is_drafted_is_accepted(desk) -> None:
    office = Office(desk.world)
    done = desk.grant(rows(row("a"), row("b", tps="002"), row("c", tps="003")))
    assert done.code == 0
    for fields in desk.papers().values():
        office.takes(sign(fields, *desk.world.ppk(2)))


def test_intakes_own_words_come_with_the_line(desk, monkeypatch) -> None:
    """A check that only intake makes is told of the row that it is about."""
    kit = kit_of(desk.world)
    statement = schema.check_statement(desk.world.grant("kpps", KELURAHAN, tps="001"))
    (first, *_) = content.check(statement, "ab" * 32, kit)

    def check(*args: object) -> list[object]:
        return [first]

    monkeypatch.setattr(content, "check", check)
    desk.refuses(
        rows(row("a"), row("b", tps="002")), (2, "sudah terdaftar"), (3, "sudah terdaftar")
    )
