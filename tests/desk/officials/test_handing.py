"""`rekap submit --with`: words and pictures follow the statement that names them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from scripts.vectors.pictures import draw
from tests.desk.officials.test_sender import NOW, Hours, fails, problem, says
from tests.desk.officials.test_submit_task import URL, Desk
from tests.fakes import Clock
from tests.portal.intake.office import Office
from tests.portal.intake.test_pictures import named, told
from tests.portal.intake.world import CONTEST, KELURAHAN, World, sign

from rekap.core.statements import attachments, pictures
from rekap.core.statements.attachments import Attachment

WORDS = Attachment("5a" * 32, "Kotak suara dibuka di hadapan semua saksi.")
PAPER = draw(7, 1_700, 2_400)


@dataclass
class Working(Hours):
    """While somebody sleeps the writer works."""

    write: Callable[[], None] = lambda: None

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self.write()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    office = Office(World.begun(), clock=Clock(int(NOW)))
    return Desk(tmp_path, office=office, hours=Working(write=office.log))


def event(desk: Desk) -> Path:
    world = desk.office.world
    fields = world.of_election(
        "event", contest=CONTEST, form="c_hasil", region=KELURAHAN, tps="001", body="kpps",
        number=1, code="other", text=WORDS.digest,
    )  # fmt: skip
    return desk.file("event", sign(fields, *world.kpps(count=1)))


def words(desk: Desk, data: bytes = WORDS.format()) -> Path:
    path = desk.folder / "kata.txt.json"
    path.write_bytes(data)
    return path


def test_words_are_handed_in_as_soon_as_the_log_names_them(desk: Desk) -> None:
    assert desk.submit(event(desk), files_named=[words(desk)]) == 0
    path = attachments.path(WORDS.digest)
    assert desk.office.attachments.objects == {path: WORDS.format()}
    assert desk.hours.slept, "the log named them only after a while"
    assert f"{URL}{path}" in desk.told.replace(" ", "")
    assert desk.submit(to=None, files_named=[words(desk)], lang="en") == 0
    assert "is handed in" in desk.told


def test_a_picture_follows_without_a_queue_of_its_own(desk: Desk) -> None:
    world = desk.office.world
    desk.office.takes(sign(named(world, told(PAPER)), *world.kpps(count=1)))
    desk.office.log()
    page = desk.folder / "halaman.jpg"
    page.write_bytes(PAPER)
    assert desk.submit(files_named=[page]) == 0
    assert list(desk.office.attachments.objects) == [pictures.path(told(PAPER)["sha256"])]


def test_a_file_that_is_neither_stops_before_anything_is_sent(desk: Desk) -> None:
    assert desk.submit(event(desk), files_named=[words(desk, b'{"text":"x"}')]) == 2
    assert "bukan kata-kata" in desk.told
    assert not desk.sent


def test_nothing_is_handed_in_behind_a_statement_that_was_refused(desk: Desk) -> None:
    desk.steps = [problem(422, "region")]
    assert desk.submit(event(desk), files_named=[words(desk)]) == 1
    assert desk.office.attachments.objects == {}
    assert "diserahkan:" not in desk.told


@pytest.mark.parametrize(
    ("step", "code", "said"),
    [
        (problem(409, "withheld"), 1, "kalimat"),
        (problem(422, "attachment"), 1, "kalimat"),
        (problem(404, "unknown-attachment"), 2, "kalimat"),
        (fails("network"), 2, "Jaringan tidak dapat dipakai"),
        (says(201, {"path": "lampiran/lain.json"}), 2, "bukan portal"),
        (says(200, b"<html>", "text/html"), 2, "bukan portal"),
    ],
)
def test_a_file_that_is_not_taken_stays_and_the_reason_is_told(
    desk: Desk, step: object, code: int, said: str
) -> None:
    assert desk.submit(event(desk)) == 0
    desk.office.log()
    desk.steps = [step] * 20  # type: ignore[list-item]
    slept = len(desk.hours.slept)
    assert desk.submit(to=None, files_named=[words(desk)]) == code
    assert "BELUM DISERAHKAN" in desk.told
    assert said in desk.told
    assert sum(desk.hours.slept[slept:]) <= 100
    assert (len(desk.hours.slept) > slept) == (code == 2), "only what may change is asked again"
    desk.steps.clear()
    assert desk.submit(to=None, files_named=[words(desk)]) == 0


def test_once_asks_once(desk: Desk) -> None:
    assert desk.submit(event(desk), files_named=[words(desk)], once=True) == 2
    assert not desk.hours.slept
