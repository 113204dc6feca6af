import pytest
from tests.core.statements.builders import KABKO, KECAMATAN, KELURAHAN, PROVINSI

from rekap.core.statements import regions

LEVELS = [
    (PROVINSI, 1, "provinsi", "kabko", "id"),
    (KABKO, 2, "kabko", "kecamatan", PROVINSI),
    (KECAMATAN, 3, "kecamatan", "kelurahan", KABKO),
    (KELURAHAN, 4, "kelurahan", "tps", KECAMATAN),
]


@pytest.mark.parametrize(("code", "depth", "level", "child", "parent"), LEVELS)
def test_a_code_knows_its_place_in_the_tree(code, depth, level, child, parent):
    assert regions.is_code(code)
    assert regions.depth(code) == depth
    assert regions.level(code) == level
    assert regions.child_level(code) == child
    assert regions.parent(code) == parent


def test_the_country_stands_above_all():
    assert not regions.is_code("id")
    assert regions.depth("id") == 0
    assert regions.child_level("id") == "provinsi"
    assert regions.ancestors("id") == ()
    assert regions.split("id") == ()
    with pytest.raises(KeyError):
        regions.parent("id")
    with pytest.raises(KeyError):
        regions.level("id")


def test_ancestors_run_from_the_nearest_up_to_the_country():
    assert regions.ancestors(KELURAHAN) == (KECAMATAN, KABKO, PROVINSI, "id")


def test_the_way_up_ends_with_the_top():
    assert regions.upward(KELURAHAN, KABKO) == (KELURAHAN, KECAMATAN, KABKO)
    assert regions.upward(KABKO, KABKO) == (KABKO,)


@pytest.mark.parametrize(
    "text",
    ["", "9", "901", "90.", "90.1", "90.01.0", "90.01.01.101", "90.01.01.10011",
     "90.01.01.1001.001",     "9001", " 90", "90\n", "90.01.01.1001\n", "id", "٩٠", "90-01"],
)  # fmt: skip
def test_refuses_other_spellings_of_a_code(text):
    assert not regions.is_code(text)


@pytest.mark.parametrize(("text", "is_tps"), [
    ("001", True), ("999", True), ("901", True), ("000", False), ("1", False), ("0001", False),
    ("00a", False), ("001\n", False), ("٠٠١", False),
])  # fmt: skip
def test_a_tps_has_three_digits_from_001(text, is_tps):
    assert regions.is_tps(text) is is_tps


def test_below_is_strict_and_follows_whole_groups():
    assert regions.is_below(KELURAHAN, KABKO)
    assert regions.is_below(PROVINSI, "id")
    assert not regions.is_below("id", "id")
    assert not regions.is_below(KABKO, KABKO)
    assert not regions.is_below("90.02.01", KABKO)
    assert not regions.is_below(PROVINSI, KABKO)


def test_addresses_leave_out_the_parts_of_the_top():
    assert regions.split(KELURAHAN) == ("90", "01", "01", "1001")
    assert regions.parts_below(KELURAHAN, PROVINSI) == ("01", "01", "1001")
    assert regions.parts_below(KABKO, KABKO) == ()
    assert regions.parts_below(KABKO, "id") == ("90", "01")
    with pytest.raises(ValueError, match=r"90.02 is not below 90.01"):
        regions.parts_below("90.02", KABKO)


def test_text_order_puts_parents_before_their_children():
    codes = ["90.01.01.1001", "90.02", "90", "90.01.01", "90.01", "90.01.02"]
    assert sorted(codes) == ["90", "90.01", "90.01.01", "90.01.01.1001", "90.01.02", "90.02"]


def test_tells_desa_from_kelurahan():
    assert regions.is_desa("90.01.01.2001")
    assert not regions.is_desa("90.01.01.1001")
    assert not regions.is_desa("90.01.01")
