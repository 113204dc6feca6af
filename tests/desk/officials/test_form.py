"""`rekap form` as an official uses it: refusals first, then drafts."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.desk.officials.clerk import C_FORM, KECAMATAN, SHEET, Clerk, three_columns
from tests.live_portal import ROOT
from tests.portal.intake.world import AT, KELURAHAN, World, figures, identify, roles, sign

from rekap.core import codec
from rekap.core.ledger import findings as ledger_findings
from rekap.core.ledger.fold import fold
from rekap.desk.officials import labels, spelling
from rekap.desk.officials.forms import preview

WRONG = {**figures(), "valid": 241}
"""Breaks R6 and R7."""


@pytest.fixture
def clerk(tmp_path: Path) -> Clerk:
    return Clerk(tmp_path)


# ------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("words", "told", "code"),
    [
        (("--form", "c_hasil", "--region", KELURAHAN, "--tps", "009"), "TPS 009 tidak ada", 1),
        (("--form", "c_hasil", "--region", KELURAHAN, "--tps", "1"), "tiga angka", 1),
        (("--form", "c_hasil", "--region", KELURAHAN), "tiga angka", 1),
        (("--form", "c_hasil", "--region", KECAMATAN, "--tps", "001"), "tingkat kelurahan", 1),
        (("--form", "c_hasil", "--region", "3171061001", "--tps", "001"), "dengan titik", 1),
        (("--form", "c_hasil", "--region", "31.71.06.1009", "--tps", "001"), "kit ini", 1),
        (("--form", "c_hasil", "--region", "32.71.06.1001", "--tps", "001"), "di luar", 1),
        ((*SHEET, "--tps", "001"), "tidak punya nomor TPS", 1),
        ((*C_FORM, "--contest", "wali"), "Kontes wali tidak ada", 1),
    ],
)
def test_a_place_that_cannot_be(clerk: Clerk, words: tuple[str, ...], told: str, code: int) -> None:
    said = clerk.form("--sheet", clerk.sheet(figures()), slot=words)
    assert (said.code, told in said.words) == (code, True), said.words
    assert not clerk.path("a.pernyataan.json").exists()


@pytest.mark.parametrize("name", ["none.json", "a.csv"])
def test_no_kit(clerk: Clerk, name: str) -> None:
    sheet = clerk.sheet(figures())
    said = clerk.run("form", "--kit", name, *C_FORM, "--to", "a.pernyataan.json", "--sheet", sheet)
    assert said.code == 2
    assert "rekap kit" in said.words


def test_targets_that_could_hide_something(clerk: Clerk) -> None:
    sheet = clerk.sheet(figures())
    said = clerk.run("form", "--kit", "kit.json", *C_FORM, "--to", "a.json", "--sheet", sheet)
    assert (said.code, "a.pernyataan.json" in said.words) == (2, True)
    said = clerk.run("form", "--kit", "kit.json", *C_FORM, "--sheet", sheet,
                     "--to", "nowhere/a.pernyataan.json")  # fmt: skip
    assert (said.code, "Folder nowhere tidak ada" in said.words) == (2, True)
    assert clerk.form("--sheet", sheet).code == 0
    before = clerk.path("a.pernyataan.json").read_bytes()
    said = clerk.form("--sheet", clerk.sheet(figures(invalid=11)))
    assert (said.code, "--replace" in said.words) == (1, True)
    assert clerk.path("a.pernyataan.json").read_bytes() == before
    assert clerk.form("--sheet", "a.csv", "--replace").code == 0
    assert clerk.draft().statement.fields["figures"]["invalid"] == 11
    clerk.path("z.pernyataan.json").write_bytes(sign(clerk.world.form(), *clerk.world.kpps()))
    said = clerk.form("--sheet", "a.csv", "--replace", to="z")
    assert (said.code, "tidak diganti" in said.words) == (1, True)
    clerk.path("a.dsse.json").write_bytes(b"x")
    said = clerk.form("--sheet", "a.csv", "--replace")
    assert (said.code, "sudah ditandatangani" in said.words) == (1, True)


def test_a_form_in_force_is_corrected_not_made_again(clerk: Clerk) -> None:
    clerk.log_form()
    said = clerk.form("--sheet", clerk.sheet(figures()))
    assert (said.code, "rekap correct" in said.words) == (1, True)


def test_the_problems_of_a_sheet_in_both_languages(clerk: Clerk) -> None:
    sheet = clerk.sheet({**figures(), "valid": "1.240", "invalid": ""})
    said = clerk.form("--sheet", sheet)
    assert said.code == 1
    for part in ("V.A", "tulis 1240", "[empty] V.B belum diisi", "2 masalah."):
        assert part in said.words
    said = clerk.form("--sheet", sheet, "--lang", "en")
    for part in ("V.A", "write 1240", "[empty] V.B is empty", "2 problems."):
        assert part in said.words
    assert not list(clerk.folder.glob("*.pernyataan.json*"))


def test_hard_findings_need_an_explanation_each(clerk: Clerk) -> None:
    sheet = clerk.sheet(WRONG)
    said = clerk.form("--sheet", sheet)
    assert said.code == 1
    for part in ("[R6] perlu penjelasan", "[R7] perlu penjelasan", "Tertulis 241, seharusnya 240",
                 '--explain "R6: …"'):  # fmt: skip
        assert part in said.words
    assert not clerk.path("a.pernyataan.json").exists()
    said = clerk.form("--sheet", sheet, "--explain", "R6: salah jumlah di kertas")
    assert said.code == 1
    assert not clerk.path("a.pernyataan.json").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("R6 salah jumlah", "tulis ATURAN"),
        ("R99: salah", "tulis ATURAN"),
        ("R6/001/pairs/x: salah", "tulis ATURAN"),
        ("R1/none: salah", "tulis ATURAN"),
        ("R6: NIK 3171061234567890", "delapan angka"),
        ("R6: telepon 08123456", "delapan angka"),
        ("R6: salah \U0001f600", "huruf Latin"),
        ("R6: " + "x" * 201, "huruf Latin"),
    ],
)
def test_explanations_that_may_not_stand_in_a_form(clerk: Clerk, text: str, told: str) -> None:
    said = clerk.form("--sheet", clerk.sheet(WRONG), "--explain", text)
    assert (said.code, told in said.words) == (1, True), said.words
    twice = ("--explain", "R6: satu", "--explain", "R6: dua")
    assert "sudah dijelaskan" in clerk.form("--sheet", "a.csv", *twice).words


def test_what_intake_refuses_for_good_is_not_written(clerk: Clerk) -> None:
    sheet = clerk.sheet(figures())
    said = clerk.form("--sheet", sheet, "--witness", "9=ttd")
    assert (said.code, "[pairs]" in said.words) == (1, True)
    clerk.world.log(sign(clerk.world.of_log("close"), "operator-1"))
    clerk.take_kit()
    said = clerk.form("--sheet", sheet)
    assert (said.code, "[closed]" in said.words) == (1, True)
    assert not clerk.path("a.pernyataan.json").exists()


def test_a_wrong_time_is_refused(clerk: Clerk) -> None:
    said = clerk.form("--sheet", clerk.sheet(figures()), "--at", "kemarin")
    assert (said.code, "[time]" in said.words) == (1, True)


@pytest.mark.parametrize("text", ["1", "1=", "x=ttd", "1=ttd:figures", "1=hadir:marah", "=ttd"])
def test_witnesses_are_spelled(clerk: Clerk, text: str) -> None:
    said = clerk.form("--sheet", clerk.sheet(figures()), "--witness", text)
    assert (said.code, "1=ttd, 2=absen" in said.words) == (1, True)


@pytest.mark.parametrize("text", ["listed", "listed=", "dpt=3", "listed=1.000", "listed=03"])
def test_attendance_is_spelled(clerk: Clerk, text: str) -> None:
    said = clerk.form("--sheet", clerk.sheet(figures()), "--attended", text)
    assert (said.code, "tulis listed=N" in said.words) == (1, True)


def test_a_list_is_said_once(clerk: Clerk) -> None:
    twice = ("--attended", "moved=1", "--attended", "moved=1")
    assert clerk.form("--sheet", clerk.sheet(figures()), *twice).code == 1


def test_a_scan_is_a_picture(clerk: Clerk) -> None:
    said = clerk.form("--sheet", clerk.sheet(figures()), "--scan", "a.csv")
    assert (said.code, "bukan foto" in said.words) == (1, True)


# ------------------------------------------------------------ drafts


def test_a_draft_from_a_sheet(clerk: Clerk) -> None:
    said = clerk.form("--sheet", clerk.sheet(figures()))
    assert said.code == 0, said
    fields = clerk.draft().statement.fields
    assert fields == {**clerk.world.form(), "at": AT}
    assert clerk.draft().id in said.out
    for part in ("Kelurahan Tempat (31.71.06.1001)", "Tidak ada temuan", "Ani – Budi",
                 "250 dua ratus lima puluh", "V.C",
                 "rekap sign --kit kit.json --key KUNCI a.pernyataan.json"):  # fmt: skip
        assert part in said.words


def test_every_figure_is_shown_in_digits_and_words(clerk: Clerk) -> None:
    large = {name: 1_000_001 + 37 * at for at, name in enumerate(figures())}
    said = clerk.form("--sheet", clerk.sheet(large))
    for name, value in large.items():
        assert f"{labels.code(name)} " in said.out
        assert f"{value:,}".replace(",", ".") in said.out
        assert value > 0
        assert spelling.words(value).split()[-1] in said.out
    assert said.code == 1


def test_a_blank_sheet_has_everything_that_is_to_be_filled_in(clerk: Clerk) -> None:
    said = clerk.run("form", "--kit", "kit.json", *C_FORM, "--blank", "--to", "x.csv")
    assert said.code == 0
    text = clerk.path("x.csv").read_text("utf-8-sig")
    assert all(f"\n{name};" in text for name in figures())
    assert "Ani – Budi" in text
    again = clerk.run("form", "--kit", "kit.json", *C_FORM, "--blank", "--to", "x.csv")
    assert (again.code, "sudah ada" in again.words) == (1, True)
    columns = clerk.run("form", "--kit", "kit.json", *SHEET, "--blank", "--to", "d.csv")
    assert columns.code == 0
    head = clerk.path("d.csv").read_text("utf-8-sig").splitlines()[0]
    assert head == "field;kode;isian;TPS 001;TPS 002;TPS 003;jumlah akhir"


def test_soft_findings_are_shown_and_need_nothing(clerk: Clerk) -> None:
    many = figures(registered_m=300, registered_f=400, registered=700)
    said = clerk.form("--sheet", clerk.sheet(many))
    assert said.code == 0
    assert "[R11] boleh tanpa penjelasan" in said.words
    assert "paling banyak 600" in said.words
    assert "[R12] boleh tanpa penjelasan" in said.words


def test_attachments(clerk: Clerk) -> None:
    clerk.path("1.jpg").write_bytes(b"\xff\xd8\xff" + bytes(100))
    clerk.path("2.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    said = clerk.form("--sheet", clerk.sheet(figures()), "--scan", "1.jpg", "--scan", "2.png",
                      "--witness", "2=absen", "--witness", "1=hadir:figures",
                      "--attended", "listed=298", "--attended", "unlisted=0",
                      "--count", "recount")  # fmt: skip
    assert said.code == 0, said
    fields = clerk.draft().statement.fields
    assert [(one["page"], one["type"], one["bytes"]) for one in fields["scans"]] == [
        (1, "image/jpeg", 103), (2, "image/png", 58),
    ]  # fmt: skip
    assert fields["witnesses"] == [
        {"pair": 1, "present": True, "signed": False, "reason": "figures"},
        {"pair": 2, "present": False, "signed": False},
    ]
    assert fields["count"] == "recount"
    assert fields["attended"] == {"listed": 298, "unlisted": 0}
    for part in ("pasangan nomor 1: hadir, tidak menandatangani (mempersoalkan angka)",
                 "pasangan nomor 2: tidak hadir", "penghitungan ulang", "halaman 2",
                 "Daftar hadir: pengguna dalam DPT 298, pengguna DPTb 0"):  # fmt: skip
        assert part in said.words


# ------------------------------------------------------------ D forms


def test_a_sheet_of_a_kelurahan(clerk: Clerk) -> None:
    for tps in clerk.world.stations:
        clerk.log_form(tps)
    said = clerk.form("--sheet", clerk.columns(three_columns()), slot=SHEET)
    assert said.code == 0, said
    fields = clerk.draft().statement.fields
    assert fields["children"] == ["001", "002", "003"]
    assert fields["rows"]["valid"] == [240, 240, 240]
    assert fields["figures"]["valid"] == 720
    assert "tujuh ratus dua puluh" in said.words
    assert "Tidak ada temuan" in said.words


def test_columns_against_the_forms_below(clerk: Clerk) -> None:
    clerk.log_form("002", figures=figures((101, 80, 60)))
    said = clerk.form("--sheet", clerk.columns(three_columns()), "--unexplained", slot=SHEET)
    assert said.code == 0
    assert "[X1/002] perlu penjelasan. TPS 002" in said.words
    for line in ("IV.1: kolom 100, formulir di bawahnya 101", "V.A: kolom 240"):
        assert line in said.words
    text = "X1/002: pembetulan saat rekapitulasi"
    said = clerk.form("--sheet", "d.csv", "--replace", "--explain", text, slot=SHEET)
    assert said.code == 0
    assert clerk.draft().statement.fields["explanations"] == [
        {"rule": "X1", "child": "002", "text": "pembetulan saat rekapitulasi"}
    ]


def test_columns_that_correct_the_forms_below(clerk: Clerk) -> None:
    clerk.log_form("002", figures=figures((101, 80, 60)))
    below, here = figures((101, 80, 60)), figures()
    cells = [(name, below[name], here[name]) for name in here if below[name] != here[name]]
    lines = [f"002;{name};{was};{now};plano;;ketua 1 3 pengawas" for name, was, now in cells]
    head = "child;field;from;to;basis;objection;initials"
    clerk.path("p.csv").write_text("\n".join([head, *lines]) + "\n")
    given = ("--sheet", clerk.columns(three_columns()), "--corrections")
    said = clerk.form(*given, "p.csv", slot=SHEET)
    assert said.code == 0, said
    assert "TPS 002 / IV.1: 101 → 100 (C.Hasil plano, ketua, 1, 3, pengawas)" in said.words
    assert "Penjelasan: C.Hasil plano" in said.words
    fields = clerk.draft().statement.fields
    initials = {"ketua": True, "pairs": [1, 3], "supervisor": True}
    assert fields["because"] == [{"basis": "plano", "initials": initials}]
    assert fields["corrections"] == [["002", *cell, 0] for cell in cells]
    clerk.path("q.csv").write_text(f"{head}\n002;valid;x;240;plano;;saksi\n009;valid;1;2;mood;;\n")
    said = clerk.form(*given, "q.csv", slot=SHEET, to="q")
    assert said.code == 1
    assert "q.csv:2: [number]" in said.words
    assert "q.csv:2: [initials]" in said.words
    clerk.path("q.csv").write_text(f"{head}\n009;valid;1;2;mood;;\n")
    said = clerk.form(*given, "q.csv", "--unexplained", slot=SHEET, to="q")
    assert said.code == 1
    assert "[value]" in said.words


def test_totals_against_their_columns(clerk: Clerk) -> None:
    sheet = clerk.columns(three_columns(valid=721, total=751))
    said = clerk.form("--sheet", sheet, slot=SHEET)
    assert said.code == 1
    assert "[X2/columns] perlu penjelasan" in said.words
    assert "V.A suara sah; V.C" in said.words


def test_a_broken_column(clerk: Clerk) -> None:
    columns = three_columns(valid=721)
    columns["003"] = WRONG
    said = clerk.form("--sheet", clerk.columns(columns), slot=SHEET)
    assert said.code == 1
    assert "[X3/003/R6] perlu penjelasan. TPS 003" in said.words
    explained = ("--explain", "R6: salah", "--explain", "R7: salah",
                 "--explain", "X3/003/R6: salah", "--explain", "R7/003: salah")  # fmt: skip
    assert clerk.form("--sheet", "d.csv", *explained, slot=SHEET).code == 0


def test_a_column_that_is_missing(clerk: Clerk) -> None:
    columns = three_columns()
    del columns["003"]
    columns[""] = {name: 2 * value for name, value in figures().items()}
    said = clerk.form("--sheet", clerk.columns(columns), slot=SHEET)
    assert said.code == 1
    assert "[X5] perlu penjelasan" in said.words


def test_a_kecamatan_names_its_sheets(clerk: Clerk) -> None:
    total = {name: 3 * value for name, value in figures().items()}
    slot = ("--form", "d_hasil_kecamatan", "--region", KECAMATAN)
    sheet = clerk.columns({f"{KELURAHAN} Tempat": total, "": total}, "k.csv")
    said = clerk.form("--sheet", sheet, slot=slot)
    assert (said.code, f"belum ada untuk: {KELURAHAN}" in said.words) == (1, True)
    assert clerk.form("--sheet", clerk.columns(three_columns()), slot=SHEET, to="kel").code == 0
    assert clerk.form("--sheet", sheet, "--sheets", "k.csv", slot=slot).code == 2
    clerk.path("c.json").write_bytes(codec.encode(clerk.world.form()))
    said = clerk.form("--sheet", sheet, "--sheets", "c.json", slot=slot)
    assert (said.code, "bukan lembar kelurahan" in said.words) == (1, True)
    said = clerk.form("--sheet", sheet, "--sheets", "kel.pernyataan.json", slot=slot)
    assert said.code == 0, said
    assert clerk.draft().statement.fields["sheets"] == [clerk.draft("kel").id]
    other = {**total, "pair_1": total["pair_1"] + 1, "pair_2": total["pair_2"] - 1}
    sheet = clerk.columns({f"{KELURAHAN} Tempat": other, "": other}, "k.csv")
    said = clerk.form("--sheet", sheet, "--sheets", "kel.pernyataan.json", slot=slot, to="b")
    assert said.code == 1
    assert f"[X1/{KELURAHAN}]" in said.words
    assert "[X2/below]" in said.words


def test_a_form_against_the_column_above_it(clerk: Clerk) -> None:
    """A late C form: the sheet in force has another figure for the station."""
    columns = three_columns()
    fields = clerk.world.of_election(
        "form", contest="gubernur-31", form="d_hasil_kelurahan", region=KELURAHAN, revision=1,
        count="first", figures=columns[""], children=["001", "002", "003"],
        rows={name: [value] * 3 for name, value in figures().items()},
    )  # fmt: skip
    clerk.world.log(sign(fields, *clerk.world.ppk()))
    clerk.take_kit()
    said = clerk.form("--sheet", clerk.sheet(figures((101, 79, 60))))
    assert said.code == 0
    assert "[X1/001] Kolom TPS 001 pada D.Hasil yang sudah berlaku memuat angka lain" in said.words
    assert "IV.1: kolom 100, formulir ini 101" in said.words


@pytest.mark.parametrize("levels", [None, 1])
def test_a_form_below_a_kecamatan_that_has_other_places_too(
    clerk: Clerk, levels: int | None
) -> None:
    """A late C form: the D form above names places of which the kit holds nothing more."""
    world = clerk.world
    before = world.roster(KECAMATAN, children=[_place(KELURAHAN)])
    both = [_place(KELURAHAN), _place("31.71.06.1002")]
    roster = world.roster(KECAMATAN, children=both, revision=2, previous=identify(before))
    total = {name: 3 * value for name, value in figures().items()}
    above = world.of_election(
        "form", contest="gubernur-31", form="d_hasil_kecamatan", region=KECAMATAN, revision=1,
        count="first", figures=total, children=[KELURAHAN], sheets=["0" * 64],
        rows={name: [value] for name, value in total.items()},
    )  # fmt: skip
    kabko = roles("kpu_kabko-31.71", 2)
    world.log(sign(roster, *kabko), sign(above, *world.ppk()))
    clerk.take_kit(levels=levels)
    assert len(clerk.kit.slots()) == 1
    assert clerk.form("--sheet", clerk.sheet(figures())).code == 0


def test_a_kit_that_lacks_columns_of_the_form(clerk: Clerk) -> None:
    clerk.take_kit(levels=0)
    said = clerk.form("--blank", slot=("--form", "d_hasil_kecamatan", "--region", KECAMATAN))
    assert said.code == 1
    assert f"Kit ini tidak memuat {KELURAHAN}" in said.words
    assert "tanpa --levels" in said.words


def _place(code: str) -> dict[str, str]:
    return {"code": code, "name": "Tempat", "level": "kelurahan"}


# ------------------------------------------------------------ the same as intake and ledger say


def _disturbed(changes: dict[str, int]) -> dict[str, int]:
    return {**figures(), **changes}


class Desk:
    """One desk for properties; nothing is logged at it."""

    _folder = tempfile.TemporaryDirectory()
    clerk = Clerk(Path(_folder.name))


CHANGES = st.dictionaries(st.sampled_from(sorted(figures())), st.integers(0, 999), max_size=4)


@given(CHANGES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_form_lists_exactly_what_intake_refuses(changes: dict[str, int]) -> None:
    clerk = Desk.clerk
    values = _disturbed(changes)
    clerk.path("a.pernyataan.json").unlink(missing_ok=True)
    said = clerk.form("--sheet", clerk.sheet(values))
    answer = clerk.office().send(sign(clerk.world.form(figures=values), *clerk.world.kpps()))
    assert (said.code == 0) == (answer.status == 201), said
    refused = {one["rule"] for one in answer.body.get("errors", [])}
    assert {code for code, _ in answer.errors} <= {"unexplained"}
    asked = {line.split("]")[0].strip(" [") for line in said.out.splitlines()
             if "] perlu penjelasan" in line}  # fmt: skip
    assert asked == refused


PLACES = st.sampled_from(["form", "contest", "region", "tps", "log", "count", "revision"])
VALUES = st.sampled_from(["c_hasil", "zz", "31.71.06.1009", "009", "x/log", "recount", 2])


@given(CHANGES, PLACES, VALUES)
@settings(max_examples=150, deadline=None)
def test_faults_are_those_of_intake(changes: dict[str, int], name: str, value: Any) -> None:
    """For forms that only a program could make: the same codes at the same fields."""
    clerk = Desk.clerk
    fields = clerk.world.form(figures=_disturbed(changes)) | {name: value}
    said = preview.faults(codec.encode(fields), clerk.kit)
    answer = clerk.office().send(sign(fields, *clerk.world.kpps()))
    of_signers = {"not-entitled", "below-threshold"}
    wanted = [(code, field) for code, field in answer.errors if code not in of_signers]
    assert [(one.code, one.field) for one in said] == wanted


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("desk")


@given(changes=CHANGES, late=st.booleans())
@settings(max_examples=40, deadline=None)
def test_the_outlook_is_what_the_ledger_then_says(
    folder: Path, changes: dict[str, int], late: bool
) -> None:
    """The findings before signing are those that the fold keeps after logging."""
    world = World.begun()
    clerk = Clerk(folder, world)
    if late:
        clerk.log_form("001")
        clerk.log_form("002", figures=figures((99, 81, 60)))
    columns = three_columns(**changes)
    names = sorted(figures())
    fields = world.of_election(
        "form", contest="gubernur-31", form="d_hasil_kelurahan", region=KELURAHAN, revision=1,
        count="first", figures=columns[""], children=["001", "002", "003"],
        rows={name: [columns[code][name] for code in ("001", "002", "003")] for name in names},
    )  # fmt: skip
    outlook = preview.outlook(fields, clerk.kit)
    fold(world.state, sign(fields, *world.ppk()))
    key = f"pilkada-31/gubernur-31/d_hasil_kelurahan/{KELURAHAN}"
    kept = ledger_findings.of_slot(world.state, key)
    assert outlook is not None
    assert outlook.status == "head"
    leave = ("index",)
    assert [{k: v for k, v in one.items() if k not in leave} for one in outlook.findings] == [
        {k: v for k, v in one.items() if k not in leave} for one in kept
    ]


# ------------------------------------------------------------ besides the figures


def test_no_figure_is_asked_for_at_a_terminal(clerk: Clerk) -> None:
    said = clerk.form(typed="200\n")
    assert (said.code, "--sheet" in said.words, "--blank" in said.words) == (2, True, True)
    assert not clerk.path("a.pernyataan.json").exists()


def test_a_replay_needs_nothing_that_its_source_lacks(tmp_path: Path) -> None:
    clerk = Clerk(tmp_path, World.begun("replay"))
    values = {"registered": 400, "pair_1": 1, "pair_2": 2, "pair_3": 3, "valid": 7, "invalid": 1}
    sheet = clerk.sheet(values)
    said = clerk.form("--sheet", sheet)
    assert (said.code, '--explain "R6: …"' in said.words) == (1, True)
    said = clerk.form("--sheet", sheet, "--unexplained")
    assert said.code == 0, said
    assert clerk.draft().statement.fields["figures"] == values
    assert "[R6]" in said.words
    assert "explanations" not in clerk.draft().statement.fields


def test_a_terminal_without_letters_does_not_fail(clerk: Clerk) -> None:
    clerk.sheet(figures())
    words = ["form", "--kit", "kit.json", *C_FORM, "--to", "a.pernyataan.json", "--sheet", "a.csv"]
    done = subprocess.run(
        [sys.executable, "-m", "rekap.desk.main", *words],
        cwd=clerk.folder, capture_output=True, check=False, stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT / "functions"), "PYTHONIOENCODING": "ascii",
             "PYTHONUTF8": "0", "LC_ALL": "C"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"Ani ? Budi" in done.stdout


def test_ids_do_not_depend_on_where_figures_came_from(clerk: Clerk) -> None:
    assert clerk.form("--sheet", clerk.sheet(figures())).code == 0
    assert clerk.draft().id == identify({**clerk.world.form(), "at": AT})


def test_a_clock_before_the_vote_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = "2020-01-01T00:00:00+07:00"
    monkeypatch.setattr("rekap.desk.officials.caption.now", lambda zone: wrong)
    for mode in ("live", "rehearsal"):
        (tmp_path / mode).mkdir()
        clerk = Clerk(tmp_path / mode, World.begun(mode))
        words = ("form", "--kit", "kit.json", *C_FORM, "--sheet", clerk.sheet(figures()))
        said = clerk.run(*words, "--to", "a.pernyataan.json")
        assert said.code == 0
        told = "jam komputer ini 1 Jan 2020 00.00.00 WIB, padahal pemungutan suara 2024-11-27"
        assert (told in said.words) == (mode == "live")
        assert clerk.draft().statement.fields["at"] == wrong
        said = clerk.run(*words, "--to", "b.pernyataan.json", "--at", AT)
        assert "jam komputer" not in said.words
