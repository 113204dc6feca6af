"""The simulated regency: every kind of statement around a count, and every state, in one log."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import urljoin

import pytest
from tests.elections import tiny

from rekap.audit.bundle import table
from rekap.core import codec
from rekap.core.ledger import incidents, recommendations, rulings
from rekap.core.ledger.fold import fold
from rekap.core.ledger.state import State
from rekap.core.pages import pages
from rekap.core.pages.site import Site
from rekap.core.signing import envelope
from rekap.core.statements import model
from rekap.core.statements.kinds import KINDS
from rekap.desk.elections.folder import read
from rekap.desk.elections.problems import FolderRefused
from rekap.desk.elections.values import Election
from rekap.desk.main import main
from rekap.desk.replay.stages import waves
from rekap.desk.replay.statements import Writer, midnight

FOLDER = Path(__file__).parents[2] / "elections" / "simulasi-2024"
E = "simulasi-2024"
CONTESTS = ("bupati-97.01", "bupati-97.01-ulang")
NOT_OF_THE_COUNT = {"uploaders", "app", "clock", "close"}


@lru_cache(maxsize=1)
def _replayed() -> tuple[list[bytes], State, set[str]]:
    """The entries, the state behind the last one, and every standing that a contest had."""
    return _played(read(FOLDER))


def _played(election: Election) -> tuple[list[bytes], State, set[str]]:
    writer = Writer("contoh.example/replay/log", "benih", midnight(election))
    entries: list[bytes] = []
    state, stood = State(), set()
    for wave in waves(writer, [election], "ab" * 32, fixed=True):
        for entry in wave.envelopes:
            entries.append(entry)
            fold(state, entry)
            if state.meta.get(f"election/{E}") is not None:
                stood |= {rulings.standing(state, E, one)[0] for one in CONTESTS}
    return entries, state, stood


@lru_cache(maxsize=1)
def _bulk() -> dict[str, bytes]:
    entries, state, _ = _replayed()
    return dict(Site(state, lambda index: entries[index]).bulk())


def _rows(name: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(_bulk()[f"{E}/data/{name}"].decode().splitlines())


def _values(name: str, column: str) -> set[str]:
    return {row[column] for row in _rows(name)}


def test_every_kind_of_statement_around_a_count_takes_effect():
    entries, state, _ = _replayed()
    kinds = {codec.decode(envelope.parse(one).payload, nulls=True)["kind"] for one in entries}
    assert kinds == set(KINDS) - NOT_OF_THE_COUNT
    records = [one for _, one in state.entries.scan("")]
    assert {one["status"] for one in records} == {"effective", "head", "rival"}


def test_a_contest_stands_in_every_way():
    assert _replayed()[2] == set(rulings.STANDINGS)


def test_each_kind_has_a_file_of_a_folder_or_a_reason_why_it_has_none():
    text = (FOLDER.parents[1] / "docs/files.md").read_text(encoding="utf-8")
    table = text.partition("<!-- kinds of a folder -->\n")[2].partition("\n\n")[0]
    rows = [row.strip("|").split("|") for row in table.splitlines()[2:]]
    files: dict[str, str] = {}
    for file, kinds, _ in rows:
        for kind in re.findall(r"`([a-z]+)`", kinds):
            files[kind] = files.get(kind, "") + file
    assert set(files) == set(KINDS)
    none = {kind for kind, file in files.items() if file == " none "}
    assert none == NOT_OF_THE_COUNT | {"log", "publication"}
    named = {one for kind in set(files) - none for one in re.findall(r"`([^`]+)`", files[kind])}
    assert named == {f"{one.name}/" if one.is_dir() else one.name for one in FOLDER.iterdir()} - {
        "README.md"
    }


def test_every_state_of_what_is_said_is_there():
    assert _values("incidents.csv", "state") == set(incidents.STATES)
    assert _values("recommendations.csv", "state") == set(recommendations.STATES)
    assert _values("copies.csv", "state") >= {"same", "different"}
    assert _values("incidents.csv", "code") >= {*model.MEETINGS, *model.OBJECTIONS}
    assert _values("readiness.csv", "step") == set(model.STEPS)
    assert any(row["lacks"] for row in _rows("readiness.csv"))
    assert any(row["seals_broken"] == "1" for row in _rows("readiness.csv"))
    assert len([*_rows("corrections.csv")]) == 2
    assert [row["tps"] for row in _rows("missing.csv") if row["contest"] == CONTESTS[0]] == ["003"]


def test_a_folder_that_the_log_gives_says_all_that_its_own_said(tmp_path):
    """Copies, objections, recommendations, readiness, rivals, who acts: nothing gets lost."""
    _, state, _ = _replayed()
    first = _exported(_replayed()[0], state)
    for path, data in first.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    entries, again, _ = _played(read(tmp_path / E))
    assert _exported(entries, again) == first
    assert sorted(entries) == sorted(_replayed()[0])
    left = csv.DictReader(first[f"{E}/left-out.csv"].decode().splitlines())
    assert {(row["kind"], row["status"]) for row in left} == {
        ("election", "superseded"), ("revoke", "effective"),
    }  # fmt: skip


def _exported(entries: list[bytes], state: State) -> dict[str, bytes]:
    return dict(Site(state, lambda index: entries[index]).folders())


DIGEST = "ab" * 32
PAGES = "contest,form,region,tps,document,page,sha256,bytes,width,height\n"
PAGE = f"bupati,c_hasil,97.01.01.1001,001,form,1,{DIGEST},9871,420,560"
HELD = (
    f'[[withheld]]\ndigest = "{DIGEST}"\nstate = "withheld"\nreason = "court"\nbasis = "1/2031"\n'
)


@pytest.mark.parametrize(
    ("name", "old", "new", "column", "code"),
    [
        ("pictures.csv", "420", "x", "width", "number"),
        ("pictures.csv", "9871", "400001", "pages.0.bytes", "range"),
        ("pictures.csv", "1001,001", "1001,009", "tps", "station-unknown"),
        ("pictures.csv", "bupati", "gubernur", "contest", "contest"),
        ("pictures.csv", "c_hasil", "summary", "form", "value"),
        ("withheld.toml", DIGEST, "cd" * 32, "withheld.0.digest", "digest-unknown"),
        ("withheld.toml", 'reason = "court"\n', "", "withheld.0.reason", "missing-field"),
        ("withheld.toml", "[[withheld]]", "[[held]]", "withheld", "syntax"),
    ],
)
def test_refuses_what_lies_beside_no_log(name, old, new, column, code, tmp_path):
    files = {"pictures.csv": PAGES + PAGE, "withheld.toml": HELD}
    assert old in files[name]
    files[name] = files[name].replace(old, new)
    folder = tiny()
    for one, text in files.items():
        folder = folder.append(one, text)
    with pytest.raises(FolderRefused) as refused:
        read(folder.write(tmp_path))
    assert (column, code) in {(one.column, one.code) for one in refused.value.problems}


def test_refuses_words_that_no_line_names_and_a_picture_that_nobody_serves(tmp_path):
    for path in FOLDER.rglob("*.*"):
        (tmp_path / path.relative_to(FOLDER)).parent.mkdir(exist_ok=True)
        (tmp_path / path.relative_to(FOLDER)).write_bytes(path.read_bytes())
    (shown,) = (FOLDER / "gambar").iterdir()
    (tmp_path / "withheld.toml").write_text(HELD.replace(DIGEST, shown.stem), encoding="utf-8")
    (tmp_path / "incidents.csv").write_text(LINES, encoding="utf-8")
    (tmp_path / f"gambar/{DIGEST}.jpg").write_bytes(shown.read_bytes())
    with pytest.raises(FolderRefused) as refused:
        read(tmp_path)
    told = {(one.file.partition("/")[0], one.code) for one in refused.value.problems}
    assert told == {
        ("lampiran", "digest-unknown"), ("gambar", "digest"), ("gambar", "withheld"),
    }  # fmt: skip


LINES = "contest,form,region,tps,kind,body,pair,number,code,time,claims,state,answered_by\n"
LINE = "bupati,c_hasil,97.01.01.1001,001,objection,saksi,2,1,figures,,pair_2=51,rejected,kpps"


@pytest.mark.parametrize(
    ("old", "new", "column", "code"),
    [
        ("objection", "word", "kind", "value"),
        ("pair_2=51", "pair_2", "claims", "list"),
        ("rejected,kpps", "lost,", "state", "value"),
        ("rejected,kpps", "open,kpps", "answered_by", "not-empty"),
        ("rejected,kpps", "rejected,pps", "answered_by", "value"),
        ("1001,001", "1001,009", "tps", "station-unknown"),
        ("1001,001", "1009,001", "region", "region-unknown"),
        ("bupati,", "gubernur,", "contest", "contest"),
        (",saksi,2,1,", ",saksi,2,x,", "number", "number"),
        ("c_hasil,97.01.01.1001,001,objection,saksi,2",
         "d_hasil_kecamatan,97.01.01,,objection,pkd,", "body", "value"),
    ],
)  # fmt: skip
def test_refuses_a_line_that_cannot_be(old, new, column, code, tmp_path):
    assert LINE.count(old) == 1
    folder = tiny().append("incidents.csv", LINES + LINE.replace(old, new))
    with pytest.raises(FolderRefused) as refused:
        read(folder.write(tmp_path))
    assert (column, code) in {(one.column, one.code) for one in refused.value.problems}


def test_refuses_two_lines_of_one_number(tmp_path):
    folder = tiny().append("incidents.csv", f"{LINES}{LINE}\n{LINE}")
    with pytest.raises(FolderRefused) as refused:
        read(folder.write(tmp_path))
    assert [(one.line, one.code) for one in refused.value.problems] == [(3, "duplicate")]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("bupati,c_hasil,97.01.01.1001,001,1,first,90,60,150,3,153,,,,,,lost", "value"),
        ("bupati,c_hasil,97.01.01.1001,001,2,first,90,60,150,3,153,,,,,,rival", "not-empty"),
        ("bupati,c_hasil,97.01.01.2002,901,1,first,90,60,150,3,153,,,,,,rival", "gap"),
    ],
)
def test_refuses_a_rival_of_nothing(line, code, tmp_path):
    files = tiny().files
    head, *lines = files["forms.csv"].splitlines()
    made = tiny().without("forms.csv").append(
        "forms.csv", "\n".join([f"{head},status", *(f"{one}," for one in lines), line])
    )  # fmt: skip
    with pytest.raises(FolderRefused) as refused:
        read(made.write(tmp_path))
    assert ("status", code) in {(one.column, one.code) for one in refused.value.problems}


def test_the_import_of_the_simulation_is_proved(tmp_path, capsys):
    to = tmp_path / "portal"
    assert main(["import", str(FOLDER), "--to", str(to)]) == 0
    assert main(["verify", str(to / "public"), "--policy", str(to / "anchors.txt")]) == 0
    assert "TERBUKTI" in capsys.readouterr().out


def _said(address: str, language: str = "id") -> str:
    entries, state, _ = _replayed()
    twin = json.loads(Site(state, lambda index: entries[index]).twins(address)[0])
    html = re.sub(
        r"<(script|style).*?</\1>", " ", pages.render(twin, language).decode(), flags=re.DOTALL
    )
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace(" ,", ",")


def test_an_entry_leads_to_what_it_names_and_nowhere_else():
    """A digest is a link to its entry, a code to its page; each page that is linked is there."""
    entries, state, _ = _replayed()
    site = Site(state, lambda index: entries[index])
    last = {one["kind"]: int(key) for key, one in state.entries.scan("") if one["kind"]}
    there = {*site.addresses()}
    for kind, index in last.items():
        twin = json.loads(site.twins(f"bukti/{index}/")[0])
        html = pages.render(twin).decode()
        base = f"https://x/bukti/{index}/"
        linked = {urljoin(base, one) for one in re.findall(r'<a href="([^"#]*)', html)}
        pages_of = {one.removeprefix("https://x/").removesuffix("index.html") for one in linked}
        assert {one.removeprefix("en/") for one in pages_of if one.endswith("/")} <= there, kind
        if kind in ("response", "answer", "form", "election", "determination"):
            assert {f"bukti/{one['index']}/" for one in twin["named"]} <= pages_of, kind
        if kind in ("readiness", "recommendation", "response", "copy", "objection", "ruling"):
            code = twin["payload"]["region"]
            assert re.search(rf'<a href="[^"]+">{re.escape(code)}</a>', html), kind
    (named,) = json.loads(site.twins(f"bukti/{last['response']}/")[0])["named"]
    assert state.entry(named["index"])["kind"] == "recommendation"


def test_a_tps_whose_form_was_corrected_says_so_before_its_figures():
    first, _, _ = _said(f"{E}/{CONTESTS[0]}/01/2001/001/").partition("Angka TPS")
    assert "C.Hasil versi 2, menggantikan yang sebelumnya" in first
    other, _, _ = _said(f"{E}/{CONTESTS[0]}/01/2001/004/").partition("Angka TPS")
    assert "menggantikan" not in other


def test_a_front_says_that_two_forms_differ_below_and_a_complaint_follows_any_warning():
    said = _said("")
    assert "158 suara" in said, "the loudest alone"
    entries, state, _ = _replayed()
    twin = json.loads(Site(state, lambda index: entries[index]).twins("")[0])
    (first, _) = twin["elections"][0]["contests"]
    assert first["contested_below"] == 1
    first["apart"] = 0
    html = re.sub(r"<[^>]+>", "", pages.render(twin, "id").decode())
    assert "Dua formulir berbeda di 1 tempat di bawahnya." in html
    complaint = _said(f"{E}/{CONTESTS[0]}/01/2001/").partition("Bila Anda berkeberatan")[2]
    assert "peringatan di atas" in complaint


def test_a_day_names_contests_by_their_office_and_date():
    day = _said(f"{E}/hari-ini/02/")
    assert "surat suara pemilihan bupati: kurang 12" in day
    assert "6 Agustus 2025" not in day, "the vote of another day"
    assert "bupati-97.01" not in day


def test_a_certified_region_shares_how_many_forms_are_in():
    said = _said(f"{E}/{CONTESTS[0]}/")
    assert "TPS masuk: 23 dari 24." in said
    assert "TPS terhitung" not in said


def test_a_correction_in_a_recapitulation_is_no_figure_that_changed_since_the_ruling():
    said = _said(f"{E}/{CONTESTS[0]}/")
    assert "Jumlah TPS berbeda dari D.Hasil: 158 suara. Baru 23 dari 24 TPS yang masuk." in said
    assert "masih yang sebelum putusan MK" not in said, "a missing TPS is why"
    assert "sekarang berbeda" not in said


def test_those_who_vote_again_are_the_same_voters():
    for address in ("01/2002/001/", "01/2002/002/", "01/2002/", "01/", ""):
        said = _said(f"{E}/{CONTESTS[0]}/{address}")
        assert "Pemilih dalam DPT laki-laki" not in said.partition("Terbaru di atas")[2], address


def test_a_supervisor_signs_what_is_said_of_him_and_a_lawyer_what_is_said_of_a_decision():
    """No body is named twice over; advice at a TPS is for its KPPS; a decision says its basis."""
    said = _said(f"{E}/{CONTESTS[0]}/rekomendasi/")
    assert "Bawaslu Kabupaten Contoh Raya penghitungan suara ulang" in said
    assert re.search(r"Pengawas TPS 004 Sumber Rejo saran .* Nomor 01/2024, kepada KPPS,", said)
    assert "Bawaslu Kabupaten/Kota" not in said
    decided = _said(f"{E}/{CONTESTS[1]}/")
    assert "dasar: penghitungan, menurut D.Hasil" in decided
    assert "mengajukan permohonan ke Mahkamah" not in decided
    assert "0 keberatan" not in _said(f"{E}/{CONTESTS[0]}/01/2002/001/")


def test_the_table_of_a_dispute_says_of_which_place_a_form_is_missing():
    entries, state, _ = _replayed()
    ctx = Site(state, lambda index: entries[index]).context
    election = state.meta.get(f"election/{E}")
    made = table.compare(ctx, election, election["contests"][0], "97.01")
    assert made.total.stations == (23, 24)
    assert {row.code: row.stations for row in made.places} == {"97.01.03": (7, 8)}


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_page_that_shows_real_elections_too_does_not_call_all_of_them_invented(language):
    entries, state, _ = _replayed()
    twin = json.loads(Site(state, lambda index: entries[index]).twins("")[0])
    real = {
        **twin["elections"][0],
        "source": "KPU",
        "name": {"id": "Pemilihan Bupati 2024", "en": "Regent 2024"},
    }
    mixed = {**twin, "elections": [real, *twin["elections"]]}
    alone, both = (pages.render(one, language).decode() for one in (twin, mixed))
    whole = {"id": "<b>SIMULASI.</b> Angka", "en": "<b>SIMULATION (SIMULASI).</b> Figures"}
    part = {"id": "<b>Sebagian SIMULASI.</b>", "en": "<b>Partly a simulation (SIMULASI).</b>"}
    assert (whole[language] in alone, part[language] in alone) == (True, False)
    assert (whole[language] in both, part[language] in both) == (False, True)
