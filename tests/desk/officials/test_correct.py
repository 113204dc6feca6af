"""`rekap correct`: what is no revision, then revisions that show only what they change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.desk.officials.clerk import C_FORM, SHEET, Clerk, Said, three_columns
from tests.portal.intake.world import AT, KELURAHAN, World, figures, identify, sign

from rekap.audit.commands.speech import Say
from rekap.desk.officials.forms import changes, sheet
from rekap.desk.officials.forms.review import Names
from rekap.desk.officials.spelling import words

BETTER = {**figures(), "pair_1": 101, "pair_2": 79}


@pytest.fixture
def clerk(tmp_path: Path) -> Clerk:
    desk = Clerk(tmp_path)
    desk.log_form()
    return desk


def correct(clerk: Clerk, *more: str, to: str = "r", slot: Any = C_FORM) -> Said:
    return clerk.run("correct", "--kit", "kit.json", *slot, "--to", f"{to}.pernyataan.json",
                     "--at", AT, *more)  # fmt: skip


REASON = ("--reason", "typing")


# ------------------------------------------------------------ what is no revision


def test_nothing_changed(clerk: Clerk) -> None:
    said = correct(clerk, *REASON, "--sheet", clerk.sheet(figures()))
    assert (said.code, "Tidak ada yang berubah" in said.words) == (1, True)
    assert not clerk.path("r.pernyataan.json").exists()


def test_nothing_in_force(clerk: Clerk) -> None:
    slot = (*C_FORM[:-1], "002")
    said = correct(clerk, *REASON, "--sheet", clerk.sheet(BETTER), slot=slot)
    assert (said.code, "rekap form" in said.words) == (1, True)


def test_a_reason_is_needed_and_clean(clerk: Clerk) -> None:
    sheet = clerk.sheet(BETTER)
    said = correct(clerk, "--sheet", sheet)
    assert (said.code, "typing (salah ketik), reading" in said.words) == (2, True)
    said = correct(clerk, *REASON, "--reason-text", "hubungi 081234567890", "--sheet", sheet)
    assert (said.code, "delapan angka" in said.words) == (1, True)
    said = correct(clerk, "--reason", "source", "--sheet", sheet)
    assert (said.code, "[replay-only]" in said.words) == (1, True)


def test_a_file_of_another_form(clerk: Clerk) -> None:
    clerk.path("x.dsse.json").write_bytes(sign(clerk.world.form("002"), *clerk.world.kpps("002")))
    said = correct(clerk, *REASON, "--after", "x.dsse.json", "--sheet", clerk.sheet(BETTER))
    assert (said.code, "bukan formulir ini" in said.words) == (1, True)


def test_new_findings_need_an_explanation(clerk: Clerk) -> None:
    said = correct(clerk, *REASON, "--sheet", clerk.sheet({**figures(), "valid": 241}))
    assert (said.code, "[R6] perlu penjelasan" in said.words) == (1, True)


# ------------------------------------------------------------ revisions


def test_the_next_revision_names_the_one_before(clerk: Clerk) -> None:
    said = correct(clerk, *REASON, "--reason-text", "tertukar", "--sheet", clerk.sheet(BETTER))
    assert said.code == 0, said
    first = clerk.world.form()
    assert clerk.draft("r").statement.fields == {
        **first, "figures": BETTER, "revision": 2, "previous": identify(first),
        "reason": {"code": "typing", "text": "tertukar"},
    }  # fmt: skip
    assert "Revisi 2: salah ketik · tertukar" in said.words


def test_only_what_changed_is_shown(clerk: Clerk) -> None:
    said = correct(clerk, *REASON, "--sheet", clerk.sheet(BETTER))
    changed = said.out[said.out.index("Yang berubah") : said.out.index("sebelum")]
    assert "100 → 101" in changed
    assert "seratus → seratus satu" in changed
    assert "80 → 79" in changed
    assert "delapan puluh → tujuh puluh sembilan" in changed
    for name in ("IV.3", "V.A", "I.A", "II.1"):
        assert name not in changed
    totals = said.out[said.out.index("sebelum") :].splitlines()
    assert [line.split()[-3:] for line in totals if line.startswith(("IV", "V."))] == [
        ["100", "101", "+1"], ["80", "79", "-1"], ["60", "60", "0"],
        ["240", "240", "0"], ["10", "10", "0"], ["250", "250", "0"],
    ]  # fmt: skip


def test_the_chain_goes_on(clerk: Clerk) -> None:
    correct(clerk, *REASON, "--sheet", clerk.sheet(BETTER))
    second = clerk.draft("r")
    clerk.world.log(sign(second.statement.fields, *clerk.world.kpps()))
    clerk.take_kit()
    said = correct(clerk, *REASON, "--sheet", clerk.sheet(figures((102, 78, 60))), to="s")
    assert said.code == 0, said
    fields = clerk.draft("s").statement.fields
    assert (fields["revision"], fields["previous"]) == (3, second.id)
    clerk.world.log(sign(fields, *clerk.world.kpps()))
    slot = clerk.world.state.slots.get(f"pilkada-31/gubernur-31/c_hasil/{KELURAHAN}/001")
    assert slot["head"] == clerk.draft("s").id


def test_a_form_that_is_still_on_its_way(clerk: Clerk) -> None:
    slot = (*C_FORM[:-1], "002")
    clerk.path("x.dsse.json").write_bytes(sign(clerk.world.form("002"), *clerk.world.kpps("002")))
    said = correct(clerk, *REASON, "--after", "x.dsse.json", "--sheet", clerk.sheet(BETTER),
                   slot=slot)  # fmt: skip
    assert said.code == 0, said
    assert "[previous-not-ordered]" in said.words
    assert clerk.draft("r").statement.fields["previous"] == identify(clerk.world.form("002"))


def test_findings_of_a_revision_whose_form_is_on_its_way(clerk: Clerk) -> None:
    """What is asked does not depend on whether the kit knows the form before."""
    slot = (*C_FORM[:-1], "002")
    clerk.path("x.dsse.json").write_bytes(sign(clerk.world.form("002"), *clerk.world.kpps("002")))
    wrong = clerk.sheet({**figures(), "valid": 241})
    given = (*REASON, "--after", "x.dsse.json", "--sheet", wrong)
    said = correct(clerk, *given, slot=slot)
    assert (said.code, '"R6: …"' in said.words, '"R7: …"' in said.words) == (1, True, True)
    said = correct(clerk, *given, "--explain", "R6: salah", "--explain", "R7: salah", slot=slot)
    assert said.code == 0, said
    assert [one["rule"] for one in clerk.draft("r").statement.fields["explanations"]] == [
        "R6", "R7",
    ]  # fmt: skip


def test_a_copy_to_be_changed(clerk: Clerk) -> None:
    said = clerk.run("correct", "--kit", "kit.json", *C_FORM, "--copy", "--to", "x.csv")
    assert said.code == 0
    data = clerk.path("x.csv").read_bytes()
    assert sheet.parse(data, clerk.slot()) == {("", n): v for n, v in figures().items()}
    clerk.path("x.csv").write_bytes(data.replace(b"Ani \xe2\x80\x93 Budi;100", b"Ani;101"))
    said = correct(clerk, *REASON, "--sheet", "x.csv", "--explain", "R6: x", "--explain", "R7: x")
    assert "100 → 101" in said.words


def test_explanations_are_carried_on_while_their_finding_stays(tmp_path: Path) -> None:
    clerk = Clerk(tmp_path)
    wrong = {**figures(), "valid": 241}
    texts = [{"rule": "R6", "text": "salah jumlah"}, {"rule": "R7", "text": "salah jumlah"}]
    clerk.log_form(figures=wrong, explanations=texts)
    said = correct(clerk, *REASON, "--sheet", clerk.sheet({**wrong, "invalid": 9, "total": 250}))
    assert said.code == 0, said
    assert clerk.draft("r").statement.fields["explanations"] == [texts[0]]
    assert "tidak dipakai" in said.words


def test_columns_that_changed(tmp_path: Path) -> None:
    clerk = Clerk(tmp_path)
    columns = three_columns()
    names = sorted(figures())
    fields = clerk.world.of_election(
        "form", contest="gubernur-31", form="d_hasil_kelurahan", region=KELURAHAN, revision=1,
        count="first", figures=columns[""], children=["001", "002", "003"],
        rows={name: [columns[code][name] for code in ("001", "002", "003")] for name in names},
    )  # fmt: skip
    clerk.world.log(sign(fields, *clerk.world.ppk()))
    clerk.take_kit()
    columns["002"] = BETTER
    columns[""] = {**columns[""], "pair_1": 301, "pair_2": 239}
    said = correct(clerk, *REASON, "--sheet", clerk.columns(columns), slot=SHEET)
    assert said.code == 0, said
    changed = said.out[said.out.index("Yang berubah") : said.out.index("sebelum")]
    assert changed.count("→") == 8
    assert "TPS 002" in changed
    assert "TPS 001" not in changed
    assert "300 → 301" in changed


CHANGED = st.dictionaries(st.sampled_from(sorted(figures())), st.integers(0, 9_999), max_size=5)


@given(CHANGED)
@settings(deadline=None)
def test_exactly_the_changed_figures_are_named(changed: dict[str, int]) -> None:
    """For any change: each changed figure in words before and after, and no other."""
    old = World().form()
    new = {**old, "figures": {**figures(), **changed}, "revision": 2}
    names = Names(None, "", Say())
    really = {name: value for name, value in changed.items() if figures()[name] != value}
    assert changes.is_nothing(old, new) == (not really)
    told = "\n".join(changes.lines(old, new, names))
    told = told[: told.index("sebelum")]
    assert told.count(" → ") >= len(really)
    flat = " ".join(told.split())
    for name, value in really.items():
        assert f"{words(figures()[name])} → {words(value)}" in flat
    assert flat.count("→") == 2 * len(really)
