"""V26: what stands at gambar/ is what was signed, and nobody owes it; of many some are read."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from scripts.vectors.pictures import draw, segment
from tests.audit import shelf
from tests.audit.nation.province import REGENT
from tests.core.statements import builders
from tests.script.test_later import Later

from rekap.audit.attachments import Lot, check_attachments
from rekap.audit.reader import FolderSource
from rekap.audit.verdict import Report
from rekap.core import codec
from rekap.core.ledger.state import State
from rekap.core.pages.release import current
from rekap.core.statements import pictures
from rekap.desk import main as command

FIRST, SECOND, OTHER = (draw(tone, 17, 9) for tone in (1, 2, 3))
EVERY = Lot()
NAMES = [codec.sha256_hex(one) for one in (FIRST, SECOND)]


def naming(*files: bytes, sides: tuple[int, int] = (17, 9)) -> State:
    """A ledger that names files, each by another slot."""
    made = State()
    for index, one in enumerate(files):
        record = {"index": index, "slot": f"e/c/c_hasil/31/{index:03}"}
        name, (width, height) = codec.sha256_hex(one), sides
        made.meta.put(f"picture/{name}", record)
        made.meta.put(f"pictured/{name}/{len(one)}/{width}/{height}", {"index": index})
    return made


def checked(
    site: Path, state: State, *, listed: bool = True, lot: Lot = EVERY, had: Collection[str] = ()
) -> tuple[Report, dict[str, bytes]]:
    source, report, kept = FolderSource(site), Report("site"), {}
    check_attachments(
        source, state, list(source.paths()) if listed else None, whole=True, processes=1,
        keep=kept.__setitem__, report=report, progress=lambda *_: None, had=had, lot=lot,
    )  # fmt: skip
    return report, kept


def put(site: Path, named: str, data: bytes) -> None:
    place = site / pictures.path(named)
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(data)


def wrong(report: Report) -> list[tuple[str, str]]:
    return [(one.check.code, one.place) for one in report.refuted]


@pytest.mark.parametrize("listed", [True, False], ids=["folder", "address"])
def test_a_picture_that_was_signed_is_kept_and_an_absent_one_is_owed_by_nobody(
    tmp_path: Path, listed: bool
) -> None:
    put(tmp_path, NAMES[0], FIRST)
    report, kept = checked(tmp_path, naming(FIRST, SECOND), listed=listed)
    assert (report.refuted, report.undecided, report.limits) == ([], [], [])
    assert report.facts["pictures"] == 1
    assert kept == {pictures.path(NAMES[0]): FIRST}


@pytest.mark.parametrize("listed", [True, False], ids=["folder", "address"])
@pytest.mark.parametrize(
    "data",
    [OTHER, SECOND, FIRST[:-3] + b"\x01" + FIRST[-2:], FIRST[:-1], FIRST + b"\0", b"", b"<html>"],
    ids=["another", "swapped", "a pixel", "cut", "longer", "nothing", "a page"],
)
def test_a_changed_or_swapped_picture_refutes(tmp_path: Path, listed: bool, data: bytes) -> None:
    put(tmp_path, NAMES[0], data)
    report, kept = checked(tmp_path, naming(FIRST, SECOND), listed=listed)
    assert wrong(report) == [("V26", pictures.path(NAMES[0]))]
    assert kept == {}


@pytest.mark.parametrize("name", [codec.sha256_hex(OTHER), "x", f"{NAMES[0]}.jpg"])
def test_a_duplicate_under_a_name_that_nobody_signed_refutes(tmp_path: Path, name: str) -> None:
    put(tmp_path, NAMES[0], FIRST)
    put(tmp_path, name, FIRST)
    report, _ = checked(tmp_path, naming(FIRST))
    assert wrong(report) == [("V26", pictures.path(name))]


def test_signed_bytes_with_metadata_or_of_other_sides_refute(tmp_path: Path) -> None:
    """Whoever signs a name in metadata is told from: no portal of this release serves it."""
    said = FIRST[:2] + segment(0xE1, b"Exif\0\0Siti Aminah") + FIRST[2:]
    put(tmp_path, codec.sha256_hex(said), said)
    report, _ = checked(tmp_path, naming(said))
    assert wrong(report) == [("V26", pictures.path(codec.sha256_hex(said)))]
    put(tmp_path, NAMES[0], FIRST)
    report, _ = checked(tmp_path, naming(said, FIRST, sides=(16, 9)))
    assert len(report.refuted) == 2


def test_of_many_pictures_of_an_address_some_are_read_and_the_verdict_says_how_many(
    tmp_path: Path,
) -> None:
    many = [draw(tone) for tone in range(1, 41)]
    state = naming(*many, sides=(8, 8))
    for one in many:
        put(tmp_path, codec.sha256_hex(one), one)
    report, kept = checked(tmp_path, state, listed=False, lot=Lot(10, b"seed"))
    assert report.facts["pictures"] == len(kept) == 10
    assert [one.en for one in report.limits] == ["only 10 of 40 pictures were read"]
    _, again = checked(tmp_path, state, listed=False, lot=Lot(10, b"seed"))
    _, others = checked(tmp_path, state, listed=False, lot=Lot(10, b"other"))
    assert again == kept != others
    report, kept = checked(tmp_path, state, listed=False)
    assert (len(kept), report.limits) == (40, [])


def test_a_withheld_picture_that_is_still_served_is_named_and_not_kept(tmp_path: Path) -> None:
    state = naming(FIRST)
    held: dict[str, Any] = {"state": "withheld", "basis": "Surat", "reason": "court",
                            "revision": 1, "index": 2}  # fmt: skip
    state.meta.put(f"withheld/{NAMES[0]}", held)
    put(tmp_path, NAMES[0], FIRST)
    report, kept = checked(tmp_path, state)
    assert (report.refuted, kept) == ([], {})
    assert [pictures.path(NAMES[0]) in note.en for note in report.notes] == [True]


def test_a_picture_that_a_copy_has_is_there_still(tmp_path: Path) -> None:
    report, _ = checked(tmp_path, naming(FIRST), had={pictures.path(NAMES[0])})
    assert wrong(report) == [("V26", pictures.path(NAMES[0]))]


def run(*words: object) -> int:
    return command.main([str(word) for word in words])


def test_a_site_with_pictures_is_proved_copied_and_rebuilt_and_a_swapped_one_refuted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Later()
    pages = [
        {**builders.pictures()["pages"][0], "page": page, "sha256": name, "bytes": len(data),
         "width": 17, "height": 9}
        for page, (name, data) in enumerate(zip(NAMES, (FIRST, SECOND), strict=True), 1)
    ]  # fmt: skip
    place = {"region": log.kelurahan, "tps": "001", "contest": REGENT}
    said = builders.pictures(**place, pages=pages)
    log.put(said, f"kpps-{log.kelurahan}-001-1", status="effective")
    named = builders.publication(release=current(), at="2024-11-27T21:00:00+07:00")
    log.put(named, "operator/1", status="effective")
    monkeypatch.setattr(shelf, "RELEASE", current())
    site = tmp_path / "site"
    for path, data in shelf.Portal(log.entries, log.origin).whole().items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_bytes(data)
    assert run("verify", site) == 3, "as far as the site's own anchors say"
    put(site, NAMES[0], FIRST)
    assert run("verify", site) == 3
    for name in ("copy", "rebuilt"):
        made = tmp_path / name
        assert run("mirror" if name == "copy" else "rebuild", site, "--to", made) in (0, 3)
        assert (made / pictures.path(NAMES[0])).read_bytes() == FIRST
        assert run("verify", made) == 3
    put(site, NAMES[1], FIRST)
    assert run("verify", site) == 1
