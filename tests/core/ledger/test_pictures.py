"""Pictures of forms: who names them, which slot shows a file, what each entry touches."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from tests.core.ledger.realm import names
from tests.core.ledger.test_copies import KELURAHAN, KPPS, LATER, ONE, TPS, C, Desk, E
from tests.core.ledger.world import keyid
from tests.core.statements import builders

from rekap.core.ledger import pictures, withheld
from rekap.core.pages import pages

OTHER = f"{KELURAHAN}002/"
KPPS_2 = names(f"kpps-{ONE}-002")
FILE = hashlib.sha256(b"a page").hexdigest()


def page(number: int = 1, file: str = FILE, **changes: Any) -> dict[str, Any]:
    told = {"document": "form", "page": number, "sha256": file, "bytes": 310_000,
            "width": 1_700, "height": 2_400}  # fmt: skip
    return told | changes


def named(*pages_: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return builders.pictures(**{"pages": list(pages_) or [page()], **fields})


def told(desk: Desk, address: str = TPS) -> Any:
    return desk.twin(address)["pictures"]


def test_one_of_the_body_of_the_form_names_its_pictures_before_or_after_it() -> None:
    desk = Desk()
    assert told(desk) is None
    assert desk.try_(named(), KPPS[1]) == "effective"
    assert told(desk)["pages"] == [{**page(), "shared": None, "withheld": None}]
    desk.form()
    assert told(desk)["index"] == desk.state.size - 2
    for role in ("saksi-1", "ptps-1", KPPS_2[0], "ppk-90.01.01-1"):
        assert desk.try_(named(at=LATER), role).startswith("void"), role


def test_what_is_in_effect_says_which_files_there_must_be() -> None:
    desk = Desk()
    desk.form()
    assert list(pictures.named(desk.state)) == []
    assert desk.try_(named(), KPPS[0]) == "effective"
    assert desk.try_(named(page(file="0f" * 32), at=LATER), "saksi-1").startswith("void")
    assert list(pictures.named(desk.state)) == [FILE]


def test_a_picture_is_in_no_sum_no_finding_and_touches_its_place_alone() -> None:
    desk = Desk()
    desk.form()
    above = ("", f"{E}/", f"{E}/{C}/", f"{E}/{C}/01/01/")
    before = {a: desk.twin(a) for a in above}
    assert desk.try_(named(), KPPS[0]) == "effective"
    assert desk.touched() == {TPS, KELURAHAN}
    assert {a: desk.twin(a) for a in above} == before


def test_a_later_statement_takes_the_place_of_the_pictures_before() -> None:
    desk = Desk()
    first = desk.add(named(), KPPS[0])
    other = "0f" * 32
    assert desk.try_(named(page(file=other), at=LATER), KPPS[1]) == "effective"
    assert [one["sha256"] for one in told(desk)["pages"]] == [other]
    index = desk.state.ids.get(first)["effect"]
    assert desk.twin(f"bukti/{index}/")["status"] == "superseded"
    assert f"bukti/{index}/" in desk.touched()


def test_a_file_is_shown_where_it_was_named_first_and_nowhere_else() -> None:
    """P1: the later of two slots that name the same."""
    desk = Desk()
    assert desk.try_(named(), KPPS[0]) == "effective"
    first = desk.state.size - 1
    desk.form("002")
    assert desk.try_(named(tps="002"), KPPS_2[0]) == "effective"
    assert told(desk)["pages"][0]["shared"] is None
    assert told(desk, OTHER)["pages"][0]["shared"] == first
    for language in ("id", "en"):
        html = pages.render(desk.twin(OTHER), language).decode()
        assert "<img" not in html
        assert f"bukti/{first}/" in html
        shown = pages.render(desk.twin(), language).decode()
        assert f'gambar/{FILE}.jpg"' in shown
        assert 'loading="lazy"' in shown
        assert 'width="288" height="406"' in shown
    assert desk.twin(KELURAHAN)["pictured"] == {"stations": 2, "without": 0, "shared": 1}
    # The slot that named it first may name others later: the file stays its own.
    assert desk.try_(named(page(file="0f" * 32), at=LATER), KPPS[0]) == "effective"
    assert told(desk, OTHER)["pages"][0]["shared"] == first


def test_a_form_without_a_picture_is_told_where_it_stands() -> None:
    """P0: nobody named a picture of a form that counts."""
    desk = Desk()
    assert "(P0)" not in pages.render(desk.twin()).decode(), "there is no form"
    desk.form()
    assert "(P0)" in pages.render(desk.twin()).decode()
    assert desk.twin(KELURAHAN)["pictured"] is None
    desk.form("002")
    assert desk.try_(named(), KPPS[0]) == "effective"
    assert "(P0)" not in pages.render(desk.twin()).decode()
    assert desk.twin(KELURAHAN)["pictured"] == {"stations": 1, "without": 1, "shared": 0}
    replayed = {**desk.twin(OTHER), "mode": "replay"}
    assert "(P0)" not in pages.render(replayed).decode()


def test_a_sheet_has_its_pictures_on_the_page_of_its_region() -> None:
    desk = Desk()
    sheet = named(form="d_hasil_kelurahan", region=ONE)
    assert desk.try_(sheet, KPPS[0]) == "void not-entitled"
    assert desk.try_(sheet, names("ppk-90.01.01")[0]) == "effective"
    assert told(desk, KELURAHAN)["pages"][0]["sha256"] == FILE
    assert desk.touched() == {KELURAHAN}


def test_an_operator_withholds_a_picture_and_its_place_says_why() -> None:
    desk = Desk()
    desk.try_(named(), KPPS[0])
    first = desk.state.size - 1
    desk.try_(named(tps="002"), KPPS_2[0])
    assert desk.try_(builders.withhold(digest="0f" * 32), "operator-1") == "void target"
    assert desk.try_(builders.withhold(digest=FILE), "operator-1") == "effective"
    why = {"index": desk.state.size - 1, "reason": "personal-data",
           "basis": "Surat pengelola 4/2024"}  # fmt: skip
    assert told(desk)["pages"][0]["withheld"] == why
    assert desk.touched() == {TPS, KELURAHAN, f"bukti/{first}/"}
    assert told(desk, OTHER)["pages"][0] == {**page(), "shared": first, "withheld": None}
    html = pages.render(desk.twin()).decode()
    assert "<img" not in html
    assert "Surat pengelola 4/2024" in html
    assert withheld.of(desk.state, FILE) is not None


def test_a_line_that_calls_a_picture_words_changes_nothing_of_the_picture() -> None:
    desk = Desk()
    desk.try_(named(), KPPS[0])
    assert desk.try_(builders.objection(text=FILE), "saksi-1") == "effective"
    assert pictures.first(desk.state, FILE) is not None
    assert told(desk)["pages"][0]["shared"] is None
    assert desk.try_(builders.withhold(digest=FILE), "operator-1") == "effective"
    assert told(desk)["pages"][0]["withheld"] is not None
    assert TPS in desk.touched()


def test_a_line_that_calls_a_withheld_picture_words_changes_no_page_untouched() -> None:
    """Else a witness makes the published page of the withholding another than the log's."""
    desk = Desk()
    desk.try_(named(), KPPS[0])
    assert desk.try_(builders.withhold(digest=FILE), "operator-1") == "effective"
    before = {address: desk.twin(address) for at in range(desk.state.size)
              for address in [f"bukti/{at}/"]}  # fmt: skip
    assert desk.try_(builders.objection(text=FILE), "saksi-1") == "effective"
    touched = desk.touched()
    assert [one for one in before if one not in touched and desk.twin(one) != before[one]] == []


def test_a_picture_named_by_a_stolen_key_says_so() -> None:
    desk = Desk()
    desk.try_(named(), KPPS[0])
    stolen = builders.revoke(keyid=keyid(KPPS[0]), reason="stolen", suspect_from=0)
    desk.add(stolen, *names("ppk-90.01.01", 2))
    assert told(desk)["marks"] == ["K1"]


@pytest.mark.parametrize(
    "changed",
    [
        [],
        [page(), page()],
        [page(2), page(1)],
        [page(1), page(2)],
        [page(document="daftar-hadir")],
        [page(bytes=400_001)],
        [page(width=2_401)],
        [page(height=0)],
        [page(type="image/jpeg")],
        [page(sha256="0F" * 32)],
        [page(number, f"{number:064x}") for number in range(1, 42)],
    ],
)
def test_what_names_no_pictures_is_void(changed: list[dict[str, Any]]) -> None:
    assert Desk().try_(named(pages=changed), KPPS[0]) == "void unknown"
