"""The list of portals: every other form than the one that was asked for is refused."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from tests.audit.nation.province import made

from rekap.audit.nation import portals
from rekap.audit.nation.portals import is_name
from rekap.core.errors import Malformed

LIST = """\
format = "rekap-portals/1"
name = { id = "Pilkada contoh", en = "Example elections" }

[[portals]]
id = "p90"
name = "Provinsi Contoh"
regions = ["90"]
site = "https://p90.example/"
policy = "jangkar/90.txt"
mode = "rehearsal"

[[portals]]
id = "p91"
name = "Kota Lain"
regions = ["91.01", "91.02"]
site = "folder/91"
link = "../folder/91/"
policy = "jangkar/91.txt"
"""


@cache
def policies() -> dict[str, bytes]:
    return {f"jangkar/{code}.txt": made(code).files["policy.txt"] for code in ("90", "91")}


def read(text: str, given: dict[str, bytes] | None = None) -> portals.Portals:
    known = policies() if given is None else given

    def policy(name: str) -> bytes:
        if name not in known:
            raise Malformed("no such file")
        return known[name]

    return portals.parse(text.encode(), policy)


def test_a_list_is_read() -> None:
    found = read(LIST)
    first, second = found.portals
    assert (first.link, first.mode, second.mode) == ("https://p90.example/", "rehearsal", "live")
    assert second.link == "../folder/91/"
    assert first.speaks_for("90.01")
    assert not second.speaks_for("91.03")
    assert not second.speaks_for("91")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("rekap-portals/1", "rekap-portals/2"),
        ('format = "rekap-portals/1"\n', ""),
        ('en = "Example elections"', 'en = "<b>"'),
        (', en = "Example elections"', ""),
        ('id = "p90"', 'id = "../x"'),
        ('id = "p90"', 'id = "P90"'),
        ('id = "p90"', "id = 90"),
        ('id = "p91"', 'id = "p90"'),
        ('name = "Provinsi Contoh"', 'name = "<script>"'),
        ('name = "Provinsi Contoh"', 'name = ""'),
        ('regions = ["90"]', "regions = []"),
        ('regions = ["90"]', 'regions = ["id"]'),
        ('regions = ["90"]', 'regions = ["9x"]'),
        ('regions = ["90"]', 'regions = ["90.01.01"]'),
        ('regions = ["90"]', 'regions = "90"'),
        ('regions = ["90"]', 'regions = ["91"]'),
        ('regions = ["90"]', 'regions = ["91.01"]'),
        ('site = "https://p90.example/"\n', ""),
        ('site = "https://p90.example/"', 'site = "javascript:alert(1)//"'),
        ('site = "https://p90.example/"', 'site = "https://p90.example"'),
        ('site = "https://p90.example/"', 'site = "https://p90.example/?x=/"'),
        ('link = "../folder/91/"', 'link = "javascript:alert(1)/"'),
        ('link = "../folder/91/"', 'link = "//elsewhere.example/"'),
        ('link = "../folder/91/"', "link = 'x\"/'"),
        ('mode = "rehearsal"', 'mode = "test"'),
        ('mode = "rehearsal"', 'moed = "rehearsal"'),
        ("jangkar/90.txt", "jangkar/91.txt"),
        ("jangkar/90.txt", "jangkar/92.txt"),
        ("[[portals]]", "[portals]"),
    ],
)
def test_every_other_form_is_refused(old: str, new: str) -> None:
    assert old in LIST
    with pytest.raises(Malformed):
        read(LIST.replace(old, new, 1))


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [one for one in lines if not one.startswith("#rekap log")],
        lambda lines: [one for one in lines if not one.startswith("#rekap root")],
        lambda lines: [one for one in lines if not one.startswith("log ")],
        lambda lines: [*lines, *policies()["jangkar/91.txt"].decode().splitlines()[:1]],
        lambda lines: ["rubbish"],
    ],
)
def test_anchors_that_do_not_hold_a_portal_are_refused(change: Any) -> None:
    lines = change(policies()["jangkar/90.txt"].decode().splitlines())
    policy = "".join(f"{line}\n" for line in lines).encode()
    with pytest.raises(Malformed, match=r"portals\.0\.policy"):
        read(LIST, {**policies(), "jangkar/90.txt": policy})


def test_of_many_fields_that_are_missing_the_first_by_name_is_told() -> None:
    bare = LIST.partition("[[portals]]")[0] + "[[portals]]\n"
    with pytest.raises(Malformed, match=r"portals\.0\.id"):
        read(bare)


def test_too_much_is_refused() -> None:
    with pytest.raises(Malformed):
        read(LIST + "#" * (1 << 18))
    one = LIST.partition("[[portals]]")[0]
    many = "".join(
        f'[[portals]]\nid = "p{n}"\nname = "X"\nregions = ["90"]\nsite = "x/"\npolicy = "p"\n'
        for n in range(65)
    )
    with pytest.raises(Malformed, match="1…64"):
        read(one + many)
    for text in ("", "x", "\x00", "a = [[[[[[", "format = 1"):
        with pytest.raises(Malformed):
            read(text)


@pytest.mark.parametrize(
    "name",
    ["Jawa Barat", "H. M. Ridwan Kamil, S.T., M.U.D.", "K.H. Ma'ruf", "Muhammad “Cak” Thoriq",
     'Nama "Gus" Lain', "Kab. Toli-Toli", "Dr. Sp.OG (K)", "Ü-Ber"],
)  # fmt: skip
def test_names_of_people_and_places_are_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    ["", " x", "<b>", "a<script>", "a>b", "{{ x }}", "a\nb", "a\tb", "javascript;", "a`b", "a\\b",
     "a=b", "x" * 101, None, 3, "a\u202eb", "a\u200bb", "[x]",
     "Кота", "שלום", "\u3164", "٣", "a\u0301"],
)  # fmt: skip
def test_markup_and_signs_of_programs_are_in_no_name(name: object) -> None:
    assert not is_name(name)
