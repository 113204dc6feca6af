"""Pictures of forms: handed in once the log names them, as they were drawn, and no others."""

from __future__ import annotations

from typing import Any

import pytest
from scripts.vectors.pictures import draw, segment
from tests.fakes import AFTER, BEFORE, CONFLICT, LATE_CONFLICT, Plan, faulty
from tests.portal.intake.office import Office
from tests.portal.intake.world import CONTEST, KELURAHAN, World, identify, sign

from rekap.core import codec
from rekap.portal.intake import quota

PAPER = draw(7, 1_700, 2_400)


def told(data: bytes, number: int = 1, **changes: Any) -> dict[str, Any]:
    page = {"document": "form", "page": number, "sha256": codec.sha256_hex(data),
            "bytes": len(data), "width": 1_700, "height": 2_400}  # fmt: skip
    return page | changes


def named(world: World, *pages: dict[str, Any], tps: str = "001", **fields: Any) -> dict[str, Any]:
    return world.of_election(
        "pictures", contest=CONTEST, form="c_hasil", region=KELURAHAN, tps=tps,
        pages=list(pages), **fields,
    )  # fmt: skip


def office(*pages: dict[str, Any]) -> Office:
    """A portal whose log names these pages."""
    made = Office(World.begun())
    made.takes(sign(named(made.world, *(pages or [told(PAPER)])), *made.world.kpps(count=1)))
    made.log()
    return made


def test_a_picture_is_served_once_the_log_names_it_and_the_same_again_changes_nothing() -> None:
    made = Office(World.begun())
    made.takes(sign(named(made.world, told(PAPER)), *made.world.kpps(count=1)))
    answer = made.shows(PAPER)
    assert (answer.status, answer.errors) == (404, [("unknown-attachment", "")])
    assert "retry-after" in answer.headers
    made.log()
    first, again = (made.shows(PAPER) for _ in range(2))
    assert (first.status, again.status) == (201, 200)
    path = f"gambar/{told(PAPER)['sha256']}.jpg"
    assert first.body == again.body == {"path": path}
    assert made.attachments.objects == {path: PAPER}


def test_another_picture_than_the_one_named_is_not_stored() -> None:
    made = office(told(draw(), width=8, height=8))
    assert made.shows(draw(8, 1_700, 2_400)).errors == [("unknown-attachment", "")]
    assert made.hands_in(draw()).errors == [("unknown-attachment", "")], "no words are named"
    assert made.attachments.objects == {}


@pytest.mark.parametrize("changed", [{"width": 1_699}, {"height": 2_399}, {"bytes": 9}])
def test_a_picture_of_another_size_than_was_signed_is_not_stored(changed: dict[str, int]) -> None:
    made = office(told(PAPER, **changed))
    answer = made.shows(PAPER)
    assert (answer.status, answer.errors) == (404, [("unknown-attachment", "")])
    assert made.attachments.objects == {}


def test_wrong_sides_that_a_rival_says_first_keep_nobodys_picture_out() -> None:
    """Who learns a digest on its way to the log, or errs, blocks no file."""
    made = office(told(PAPER, width=1))
    mine = named(made.world, told(PAPER), tps="002")
    made.takes(sign(mine, *made.world.kpps("002", count=1)))
    assert made.shows(PAPER).status == 404, "the app keeps the file and comes again"
    made.log()
    assert made.shows(PAPER).status == 201


def test_a_picture_with_metadata_is_not_stored_though_it_was_signed() -> None:
    """What a camera wrote of the place, and who wrote it, is served by nobody."""
    said = segment(0xE1, b"Exif\0\0 GPS 6.2 S, Siti Aminah")
    data = PAPER[:2] + said + PAPER[2:]
    made = office(told(data))
    answer = made.shows(data)
    assert (answer.status, answer.errors) == (422, [("picture", "")])
    assert "picture-metadata" in answer.body["detail_en"]
    assert made.attachments.objects == {}


def test_no_larger_file_is_read_and_only_a_jpeg() -> None:
    made = office()
    answer = made.shows(PAPER + bytes(400_001 - len(PAPER)))
    assert (answer.status, answer.errors) == (413, [("too-large", "")])
    assert made.shows(PAPER, "image/png").status == 415


@pytest.mark.parametrize("fault", [BEFORE, AFTER, CONFLICT, LATE_CONFLICT])
def test_a_write_that_fails_or_whose_answer_is_lost_is_made_good_by_the_same_file(
    fault: str,
) -> None:
    made = office()
    kept = made.attachments
    made.attachments = faulty(kept, Plan({0: fault}))
    first = made.shows(PAPER)
    assert first.status == {BEFORE: 503, AFTER: 503, CONFLICT: 503, LATE_CONFLICT: 200}[fault]
    made.attachments = kept
    assert made.shows(PAPER).status in (200, 201)
    assert list(kept.objects.values()) == [PAPER]


def test_a_withheld_picture_is_refused_until_it_is_served_again() -> None:
    made = office()
    digest = told(PAPER)["sha256"]
    fields = made.world.of_log(
        "withhold", digest=digest, revision=1, state="withheld", reason="personal-data", basis="S 1"
    )
    made.takes(sign(fields, "operator-1"))
    made.log()
    answer = made.shows(PAPER)
    assert (answer.status, answer.errors, made.attachments.objects) == (409, [("withheld", "")], {})
    again = {**fields, "revision": 2, "previous": identify(fields), "state": "served"}
    made.takes(sign({k: v for k, v in again.items() if k != "reason"}, "operator-1"))
    made.log()
    assert made.shows(PAPER).status == 201


def test_a_flood_of_pictures_of_one_slot_waits_for_the_next_hour() -> None:
    made = Office(World.begun())
    (role,) = made.world.kpps(count=1)

    def sent(minute: int) -> int:
        at = f"2024-11-27T15:{minute:02}:00+07:00"
        pages = [told(PAPER, page, sha256=f"{minute * 100 + page:064x}") for page in range(1, 41)]
        return made.send(sign({**named(made.world, *pages), "at": at}, role)).status

    assert [sent(minute) for minute in range(quota.PICTURES + 1)] == [201] * quota.PICTURES + [409]
    other = made.world.kpps()[1]
    fields = {**named(made.world, told(PAPER)), "at": "2024-11-27T16:00:00+07:00"}
    assert made.send(sign(fields, other)).status == 201, "nobody uses up what others may say"
