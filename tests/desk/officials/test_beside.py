"""Two forms of one place: found in the queue and on the page, shown side by side, asked once."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.desk.officials.clerk import C_FORM, Clerk
from tests.desk.officials.post import form, item
from tests.desk.officials.test_sender import NOW, issued
from tests.desk.officials.test_submit_task import Desk
from tests.fakes import Clock
from tests.portal.intake.office import Office
from tests.portal.intake.world import CONTEST, ELECTION, KELURAHAN, World, figures, identify, sign

from rekap.audit.commands.speech import Say
from rekap.desk.officials.forms import sent
from rekap.desk.officials.item import Item
from rekap.desk.officials.outbox import beside
from rekap.desk.officials.outbox.queue import Queue
from rekap.desk.officials.outbox.replies import What

LATER = "2024-11-27T16:00:00+07:00"
TYPED = figures((100, 90, 50))
OTHER_PLACE = ("--form", "c_hasil", "--region", KELURAHAN, "--tps", "002")
PAGE = f"{ELECTION}/{CONTEST}/71/06/1001/001/index.json"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    world = World.begun()
    return Desk(tmp_path, office=Office(world, clock=Clock(int(NOW))))


def again(world: World, **changed: Any) -> bytes:
    return form(world, at=LATER, figures=TYPED, **changed)


def twin(fields: dict[str, Any], *statements: dict[str, Any]) -> bytes:
    """The twin of the page of TPS 001 whose form counts, as the site has it."""
    head = {name: fields[name] for name in ("revision", "figures", "count")}
    head |= {"id": identify(fields), "index": 20, "status": "head"}
    known = [head, *statements]
    page = {"tps": "001", "region": {"code": KELURAHAN}, "head": head, "statements": known}
    return json.dumps(page).encode()


# ---------------------------------------------------------------- rekap submit


def test_the_same_commands_again_after_a_typing_error_are_asked_about_and_nothing_is_logged(
    desk: Desk,
) -> None:
    world = desk.office.world
    assert desk.submit(desk.file("a", form(world))) == 0
    desk.office.log()
    size = world.size()
    assert desk.submit(desk.file("b", again(world))) == 1
    assert len(desk.sent) == 1  # the own queue knew it
    assert "PERLU JAWABAN ANDA" in desk.out
    for line in ("IV.2 suara nomor 2", "80 90", "rekap correct", "--insist", "Bertentangan"):
        assert line in " ".join(desk.told.replace("\\", "").split())
    desk.office.log()
    assert world.size() == size
    assert desk.submit(desk.file("b", again(world)), insist=True) == 0
    desk.office.log()
    assert world.state.entry(size)["status"] == "rival"


def test_another_laptop_is_told_by_the_portal_with_the_figures_side_by_side(desk: Desk) -> None:
    world = desk.office.world
    desk.office.takes(form(world))
    desk.office.log()
    assert desk.submit(desk.file("b", again(world)), lang="en") == 1
    assert "NEEDS YOUR ANSWER" in desk.out
    assert "counted" in desk.out
    assert "this file" in desk.out
    assert len(desk.sent) == 1
    assert desk.submit() == 1  # nothing named: it is asked again, and nothing is sent
    assert (len(desk.sent), desk.out.count("PERLU JAWABAN ANDA")) == (1, 1)


@pytest.mark.parametrize(
    ("typed", "code", "sent"), [("kirim\n", 0, 2), ("\n", 1, 1), ("ya\n", 1, 1)]
)
def test_a_person_at_a_terminal_is_asked_once(desk: Desk, typed: str, code: int, sent: int) -> None:
    desk.office.takes(form(desk.office.world))
    desk.office.log()
    assert desk.submit(desk.file("b", again(desk.office.world)), typed=typed) == code
    assert len(desk.sent) == sent
    assert desk.told.count("Ketik `kirim`") == 1


def test_a_machine_that_tries_once_is_never_asked(desk: Desk) -> None:
    desk.office.takes(form(desk.office.world))
    desk.office.log()
    path = desk.file("b", again(desk.office.world))
    assert desk.submit(path, typed="kirim\n", once=True) == 1
    assert "Ketik" not in desk.told


def test_the_page_of_the_place_is_asked_before_anything_is_sent(desk: Desk) -> None:
    world = desk.office.world
    desk.pages[PAGE] = twin(world.form())
    assert desk.submit(desk.file("b", again(world))) == 1
    assert desk.sent == []
    assert "catatan nomor 20" in desk.told


def test_what_was_queued_without_a_network_is_asked_about_when_there_is_one(desk: Desk) -> None:
    world = desk.office.world
    desk.office.takes(form(world))
    desk.office.log()
    path = desk.file("b", again(world))
    assert desk.submit(path, to=None) == 2
    assert desk.submit() == 1
    assert "PERLU JAWABAN ANDA" in desk.out


def test_the_same_figures_again_are_said_to_count_already(desk: Desk, monkeypatch) -> None:
    world = desk.office.world
    desk.office.takes(form(world))
    desk.office.log()
    monkeypatch.setattr("rekap.desk.officials.sending.evidence.Evidence.says_same", lambda *_: True)
    path = desk.file("b", form(world, at=LATER))
    assert desk.submit(path) == 0
    assert "SUDAH DIHITUNG" in desk.out
    assert f"catatan nomor {world.size() - 1}" in desk.told
    assert desk.submit(path) == 0
    assert "SUDAH DIHITUNG" in desk.out
    assert len(desk.sent) == 1


def test_a_correction_and_a_signature_that_comes_later_are_not_asked_about(desk: Desk) -> None:
    world = desk.office.world
    first = world.form()
    desk.pages[PAGE] = twin(first)
    assert desk.submit(desk.file("a", sign(first, *world.kpps()))) == 0
    desk.office.log()
    second = world.form(revision=2, previous=identify(first), reason={"code": "typing"},
                        figures=TYPED)  # fmt: skip
    assert desk.submit(desk.file("b", sign(second, *world.kpps()))) == 0
    desk.office.log()
    fourth = world.kpps(count=4)[3]
    assert (
        desk.submit(desk.file("c", sign(second, fourth)), desk.file("d", sign(first, fourth))) == 0
    )
    assert "PERLU JAWABAN" not in desk.out


# ---------------------------------------------------------------- where it is looked for


def looking(folder: Path, pages: dict[str, bytes] | None = None) -> beside.Looking:
    return beside.Looking(Queue(folder), (pages or {}).get)


def test_two_forms_of_a_queue_that_continue_the_same_are_beside_each_other(tmp_path: Path) -> None:
    world, queue = World(), Queue(tmp_path)
    first, second = item(world), Item.parse(again(world))
    queue.create()
    for at, one in enumerate((first, second)):
        queue.add(one)
        os.utime(tmp_path / f"{one.leaf}.dsse.json", ns=(at, at))
    look = looking(tmp_path)
    assert look(first) is None
    asked = look(second)
    assert asked is not None
    assert (asked.what, asked.said["head"]["id"]) == (What.ASKED, first.id)
    queue.refuse(first.leaf, {"code": "closed"})
    assert look(second) is None  # what was refused counts nowhere
    elsewhere = item(world, "002")
    queue.add(elsewhere)
    assert look(elsewhere) is None


def test_a_page_asks_only_about_what_would_not_continue_its_head(tmp_path: Path) -> None:
    world = World()
    first = world.form()
    repeat = {"id": "cd" * 32, "status": "repeat"}
    pages = {PAGE: twin(first, repeat)}

    def asked(**changed: Any) -> bool:
        return looking(tmp_path, pages)(item(world, **changed)) is not None

    reason = {"reason": {"code": "typing"}, "figures": TYPED}
    assert asked(figures=TYPED)
    assert asked(revision=2, previous="ab" * 32, **reason)
    assert asked(revision=3, previous=identify(first), **reason)
    assert not asked(revision=2, previous=identify(first), **reason)
    assert not asked(revision=2, previous=repeat["id"], **reason)
    assert not asked()  # the head itself
    assert not asked(at=LATER)  # its figures again: the portal says so with its number
    assert asked(at=LATER, count="recount")


SHEET = f"{ELECTION}/{CONTEST}/71/06/1001/index.json"
ENTRY = "bukti/20.json"


def sheet(*columns: tuple[int, ...], **changed: Any) -> bytes:
    """A D.Hasil of the kelurahan, with the votes of its TPS as columns."""
    children = [f"{n:03}" for n in range(1, len(columns) + 1)]
    cells = [figures(one) for one in columns]
    rows = {name: [one[name] for one in cells] for name in cells[0]}
    world = World()
    fields = world.form("001", form="d_hasil_kelurahan", children=children, rows=rows, **changed)
    fields["figures"] = {name: sum(row) for name, row in rows.items()}
    del fields["tps"]
    return sign(fields, *world.ppk())


def shown(entry: bytes) -> dict[str, bytes]:
    """The page of the kelurahan that shows such a form as certified, and its entry."""
    one = Item.parse(entry)
    head = {name: one.fields[name] for name in ("revision", "figures", "count")}
    head |= {"id": one.id, "index": 20, "status": "head"}
    page = {"tps": None, "region": {"code": KELURAHAN}, "certified": head, "statements": [head]}
    return {SHEET: json.dumps(page).encode(), ENTRY: entry}


VOTES = ((100, 80, 60), (90, 70, 50))


def test_a_sheet_whose_columns_all_equal_those_of_the_page_is_not_asked_about(
    tmp_path: Path,
) -> None:
    """It was asked about although nothing differed, so an officer learnt to answer yes."""
    look = looking(tmp_path, shown(sheet(*VOTES)))
    assert look(Item.parse(sheet(*VOTES))) is None
    assert look(Item.parse(sheet(*VOTES, at=LATER))) is None
    assert look(Item.parse(sheet(*VOTES, at=LATER, count="recount"))) is not None


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_sheet_whose_totals_agree_and_whose_columns_do_not_shows_the_columns(
    tmp_path: Path, lang: str
) -> None:
    """Two columns that changed places were said to be the same figures."""
    mine = Item.parse(sheet(*VOTES[::-1], at=LATER))
    say = Say(lang)
    asked = looking(tmp_path, shown(sheet(*VOTES)))(mine)
    assert asked is not None
    told = [" ".join(line.split()) for line in beside.lines(mine, asked.said, say)]
    for column, votes in (("001", "100 90"), ("002", "90 100")):
        assert any(line.startswith(f"{column} IV.1") and line.endswith(votes) for line in told)
    assert not any("Angkanya sama" in line or "figures are the same" in line for line in told)
    assert not any("V.A" in line and line.startswith("V.A") for line in told), "no total differs"


def test_a_sheet_of_the_own_queue_is_compared_column_by_column(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    queue.create()
    one, other = Item.parse(sheet(*VOTES)), Item.parse(sheet(*VOTES[::-1], at=LATER))
    queue.add(one)
    os.utime(tmp_path / f"{one.leaf}.dsse.json", ns=(0, 0))
    asked = looking(tmp_path)(other)
    assert asked is not None
    assert asked.said["head"]["columns"][0] == ["001", "pair_1", 100, 90]
    assert any(line.split()[:2] == ["001", "IV.1"] for line in sent.lines(
        other.id, other.fields, queue, Say("id")))  # fmt: skip


def test_of_many_columns_that_differ_the_first_are_shown_and_the_others_counted(
    tmp_path: Path,
) -> None:
    counted, mine = ([(9, 8, 7 + more)] * 299 for more in (0, 1))
    own = Item.parse(sheet(*mine, at=LATER))
    asked = looking(tmp_path, shown(sheet(*counted)))(own)
    assert asked is not None
    kept = asked.said["head"]
    assert [cell[:2] for cell in kept["columns"][:3]] == [
        ["001", "pair_3"], ["001", "valid"], ["001", "total"],
    ]  # fmt: skip
    assert (len(kept["columns"]) + kept["more"]) % 299 == 0
    assert len(json.dumps(kept)) < 4_000
    assert list(beside.lines(own, asked.said, Say("id")))[-1] == (
        f"  … dan {Say('id').number(kept['more'])} angka kolom lagi."
    )


def test_a_sheet_whose_columns_are_not_to_be_had_is_asked_about_in_honest_words(
    tmp_path: Path,
) -> None:
    mine = Item.parse(sheet(*VOTES[::-1], at=LATER))
    page = shown(sheet(*VOTES))
    for entry in (None, b"", b"{}", sheet(*VOTES, at="2024-11-27T20:00:00+07:00")):
        pages = {SHEET: page[SHEET], **({} if entry is None else {ENTRY: entry})}
        asked = looking(tmp_path, pages)(mine)
        assert asked is not None
        assert "columns" not in asked.said["head"]
        told = list(beside.lines(mine, asked.said, Say("id")))
        assert told[-1] == "  Jumlah akhirnya sama; kolomnya tidak dibandingkan di sini."


@pytest.mark.parametrize(
    "page",
    [b"", b"<html>", b"[]", b"null", b"\xff", b"[" * 9_999, b'{"tps":"001"}',
     b'{"tps":"001","region":{"code":"31.71.06.1002"},"head":{"id":"x","revision":1}}',
     b'{"tps":"001","region":{"code":"31.71.06.1001"},"head":{"id":"x","revision":"1"}}',
     b'{"tps":"001","region":{"code":"31.71.06.1001"},"head":[]}'],
)  # fmt: skip
def test_a_page_that_says_something_else_asks_nothing(tmp_path: Path, page: bytes) -> None:
    assert looking(tmp_path, {PAGE: page})(item(World())) is None


@pytest.mark.parametrize("figures", [None, [], {"pair_1": "\x1b[2J", "\x1b[2J": 3, "valid": -1}])
@pytest.mark.parametrize("cells", [
    None, {}, "\x1b", [1, ["001"], ["\x1b", "pair_1", 1, 2], ["001", "\x1b[2J", 1, 2]],
    [["001", "pair_1", "\x1b", None], [[], "pair_1", 1, 2], ["001", [], 1, 2]],
])  # fmt: skip
def test_what_a_portal_says_of_the_head_cannot_paint_on_the_terminal(
    figures: Any, cells: Any
) -> None:
    head = {"id": "x", "revision": "\x1b", "index": "\x1b", "figures": figures}
    said = {"head": {**head, "columns": cells, "more": "\x1b"}}
    told = "\n".join(beside.lines(item(World()), said, Say("id")))
    assert "\x1b" not in told
    assert list(beside.lines(item(World()), {"head": 3}, Say("id"))) == []


# ---------------------------------------------------------------- rekap form, correct, sign


@pytest.fixture
def clerk(tmp_path: Path) -> Clerk:
    """A desk whose kit is of before the first form, which its queue holds with a receipt."""
    made = Clerk(tmp_path)
    queue, first = Queue(tmp_path / "antrean"), item(made.world)
    queue.create()
    queue.add(first)
    queue.keep_receipt(first.leaf, issued(first))
    return made


def test_the_same_form_with_last_hours_kit_is_asked_about_before_anything_is_typed(
    clerk: Clerk,
) -> None:
    sheet = ("--sheet", clerk.sheet(TYPED))
    said = clerk.form(*sheet, typed="\n")
    assert said.code == 1
    assert not clerk.path("a.pernyataan.json").exists()
    for words in ("revisi 1 (sudah terkirim)", "Bertentangan", "rekap correct", "--after antrean/"):
        assert words in said.words.replace(" \\", "")
    assert clerk.form(*sheet, typed="").code == 2  # nobody is there to answer
    assert clerk.form(*sheet, typed="baru\n").code == 0
    assert clerk.form(*sheet, "--insist", to="b").code == 0
    assert clerk.form("--sheet", clerk.sheet(TYPED), slot=OTHER_PLACE, to="c").code == 0


def test_a_correction_continues_the_form_that_was_sent_from_here_without_a_new_kit(
    clerk: Clerk,
) -> None:
    words = ("correct", "--kit", "kit.json", *C_FORM, "--sheet", clerk.sheet(TYPED), "--reason",
             "typing", "--at", LATER, "--to", "r.pernyataan.json")  # fmt: skip
    refused = clerk.run(*words, typed="\n")
    assert refused.code == 1
    assert "Kit belum mengenalnya" in refused.words
    assert "Belum ada formulir yang berlaku" in refused.words
    assert clerk.run(*words, typed="ya\n").code == 0
    made = clerk.draft("r").statement.fields
    assert (made["previous"], made["revision"]) == (item(clerk.world).id, 2)


def test_a_correction_of_what_the_kit_knows_asks_nothing_about_the_queue(clerk: Clerk) -> None:
    clerk.log_form()
    words = ("correct", "--kit", "kit.json", *C_FORM, "--sheet", clerk.sheet(TYPED), "--reason",
             "typing", "--to", "r.pernyataan.json")  # fmt: skip
    assert clerk.run(*words).code == 0


def test_several_forms_of_a_queue_are_not_guessed_among(clerk: Clerk) -> None:
    queue = Queue(clerk.path("antrean"))
    queue.add(Item.parse(again(clerk.world)))
    words = ("correct", "--kit", "kit.json", *C_FORM, "--copy", "--to", "r.csv")
    said = clerk.run(*words)
    assert said.code == 1
    assert "--after" in said.words
    assert said.words.count("revisi 1") == 2


def test_who_signs_a_second_form_of_a_place_sees_it_before_he_agrees(clerk: Clerk) -> None:
    assert clerk.form("--sheet", clerk.sheet(TYPED), "--insist").code == 0
    said = clerk.run("sign", "--kit", "kit.json", "a.pernyataan.json")
    assert "sudah ada formulir lain untuk tempat ini" in said.words
    assert "IV.2 suara nomor 2 80 90" in said.words
    assert clerk.form("--sheet", clerk.sheet(figures()), "--insist", to="b").code == 0
    said = clerk.run("sign", "--kit", "kit.json", "b.pernyataan.json")
    assert "formulir lain" not in said.words


def test_forms_that_correct_other_figures_below_do_not_count_the_same() -> None:
    """Where the desk says so and the portal does not, an officer hears that his form counts."""
    one = {"kind": "form", "election": ELECTION, "contest": CONTEST, "form": "d_hasil_kelurahan",
           "region": KELURAHAN, "count": "first", "figures": {"valid": 9}}  # fmt: skip
    assert beside.is_same(one, dict(one))
    assert not beside.is_same(one, {**one, "corrections": [["001", "pair_1", 4, 5, 0]]})


def test_a_tps_that_has_some_of_the_attendance_lists_is_held_against_the_paper_itself(
    desk: Desk,
) -> None:
    """A page fills up what the paper lacks: `moved` null is no figure that differs."""
    world = desk.office.world
    attended = {"listed": 230}
    fields = world.form(attended=attended)
    desk.pages[PAGE] = twin(fields).replace(
        b'"count"', b'"attended": {"listed": 230, "moved": null, "unlisted": null}, "count"'
    )
    desk.pages["bukti/20.json"] = sign(fields, *world.kpps())
    assert desk.submit(desk.file("b", form(world, at=LATER, attended=attended))) == 0
    assert "PERLU JAWABAN ANDA" not in desk.out
