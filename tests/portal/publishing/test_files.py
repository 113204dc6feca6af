"""Files and tags that a publisher remembers, and those that others wrote meanwhile."""

from __future__ import annotations

from hashlib import sha256

import pytest
from tests.fakes import FakeObjects

from rekap.core.errors import Conflict, Corrupt
from rekap.core.log.entry import encode_bundle
from rekap.core.log.ports import LogFiles, Stored
from rekap.core.log.tiles import entries_path
from rekap.portal.publishing import entries, files
from rekap.portal.publishing.entries import Bundles, StateNodes, put_once
from rekap.portal.publishing.files import Page, SiteFiles


class Read(FakeObjects):
    """Remembers what was read, and what was put whether or not it was there."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []
        self.put: list[str] = []

    def get(self, path: str) -> Stored | None:
        self.read.append(path)
        return super().get(path)

    def put_new(self, path: str, data: bytes) -> None:
        self.put.append(path)
        super().put_new(path, data)

    def put_if(self, path: str, data: bytes, tag: str | None) -> str:
        before = len(self.read)
        try:
            return super().put_if(path, data, tag)
        finally:
            del self.read[before:]


def _page(name: str, as_of: int, *, fresh: bool = False) -> Page:
    html = b'<meta name="as-of" content="%d">' % as_of
    return Page(f"{name}/", as_of, {f"{name}/index.html": html}, fresh)


def test_the_files_that_were_put_last_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "OWN", 2)
    objects = Read()
    site = SiteFiles(objects)
    for name in "abac":  # a was put again, so b is the one to forget
        assert site.put_page(_page(name, len(objects.written.get(f"{name}/index.html", ())) + 1))
    objects.read.clear()
    assert site.put_page(_page("a", 3)) == 1
    assert site.put_page(_page("c", 2)) == 1
    assert objects.read == []
    assert site.put_page(_page("b", 2)) == 1
    assert objects.read == ["b/index.html"]


def test_a_page_that_is_there_is_not_put_again() -> None:
    objects = Read()
    site = SiteFiles(objects)
    assert site.put_page(_page("a", 1, fresh=True)) == 1
    assert site.put_page(_page("a", 1)) == 0
    assert SiteFiles(objects).put_page(_page("a", 1, fresh=True)) == 0
    assert len(objects.written["a/index.html"]) == 1


def test_a_file_that_a_later_page_leaves_as_it_was_is_not_put_again() -> None:
    objects = Read()
    site, feed = SiteFiles(objects), {"a/feed.atom": b"nothing was corrected"}
    for as_of in (1, 2):
        page = _page("a", as_of, fresh=as_of == 1)
        site.put_page(Page(page.address, as_of, {**page.files, **feed}, page.fresh))
    assert {path: len(put) for path, put in objects.written.items()} == {
        "a/index.html": 2, "a/feed.atom": 1,
    }  # fmt: skip
    assert objects.read == ["a/feed.atom"], "another may have written there"
    changed = {**_page("a", 3).files, "a/feed.atom": b"one was"}
    assert site.put_page(Page("a/", 3, changed)) == 2
    assert objects.read == ["a/feed.atom"]


def test_bytes_that_come_back_are_put_although_another_wrote_others_meanwhile() -> None:
    """A list without an as_of of its own stayed behind: its bytes were those that we put last."""
    objects = FakeObjects()
    ours, theirs = SiteFiles(objects), SiteFiles(objects)
    for as_of, site, feed in ((1, ours, b"none"), (2, theirs, b"one"), (3, ours, b"none")):
        twin = b'{"as_of":%d}' % as_of
        site.put_page(Page("a/", as_of, {"a/index.json": twin, "a/feed.atom": feed}))
    assert objects.objects["a/feed.atom"] == b"none"


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("bukti/4.json", b"another entry"),
        ("bukti/4/index.json", b'{"as_of":5,"other":1}'),
        ("bukti/4/index.html", b'<meta name="as-of" content="5"> other'),
    ],
)
def test_other_bytes_that_say_the_same_as_of_are_a_contradiction(path: str, left: bytes) -> None:
    objects = FakeObjects()
    objects.put_new(path, left)
    with pytest.raises(Corrupt, match=f"{path} at as_of 5 has other bytes"):
        SiteFiles(objects).put_page(Page("bukti/4/", 5, {path: b"ours"}))
    assert objects.objects[path] == left


def test_a_file_that_its_own_twin_has_overtaken_is_put_right() -> None:
    """The twin is written first: whoever stopped behind it left a feed of an earlier as_of."""
    objects = Read()
    page = Page("a/", 5, {"a/index.json": b'{"as_of":5}\n', "a/feed.atom": b"<feed>5</feed>"})
    objects.put_if("a/index.json", page.files["a/index.json"], None)
    objects.put_if("a/feed.atom", b"<feed>4</feed>", None)
    assert SiteFiles(objects).put_page(page) == 1
    found = objects.get("a/feed.atom")
    assert found is not None
    assert found.data == page.files["a/feed.atom"]


@pytest.mark.parametrize("as_of", [1, 5])
@pytest.mark.parametrize("torn", [b"", b'{"as_of":', b"[]", b"{}"])
def test_a_twin_that_a_power_cut_tore_is_put_right_at_any_size(torn: bytes, as_of: int) -> None:
    objects = FakeObjects()
    objects.put_new("a/index.json", torn)
    page = Page("a/", as_of, {"a/index.json": b'{"as_of":%d}\n' % as_of})
    assert SiteFiles(objects).put_page(page) == 1
    assert objects.objects["a/index.json"] == page.files["a/index.json"]


@pytest.mark.parametrize("left", [None, b"old"])
def test_bulk_data_that_others_write_meanwhile_are_a_conflict_or_seen(left: bytes | None) -> None:
    """Whether this run's are still due is asked after the tag was read, never before."""
    objects = FakeObjects()
    if left:
        objects.put_new("data/a.csv", left)

    def overtaken() -> bool:
        data, stored = b"theirs", objects.get("data/a.csv")
        if stored is None or stored.data != data:
            objects.put_if("data/a.csv", data, stored.tag if stored else None)
            return True
        return False

    assert SiteFiles(objects).put("data/a.csv", b"ours", overtaken) is None
    assert objects.objects["data/a.csv"] == b"theirs"


def test_a_bulk_file_is_put_until_it_is_there_and_once() -> None:
    objects = FakeObjects()
    site = SiteFiles(objects)

    def touched() -> bool:
        if "a.csv" not in objects.objects:
            objects.put_new("a.csv", b"old")
        return True

    assert site.put("a.csv", b"new", touched) is True
    assert site.put("a.csv", b"new", lambda: True) is False
    assert objects.written["a.csv"] == [b"old", b"new"]


# ---------------------------------------------------------------- the log's and the state's


def test_bundles_are_read_once_while_they_are_among_the_last_32() -> None:
    objects = Read()
    for n in range(34):
        objects.objects[f"log/{entries_path(n)}"] = encode_bundle([b"%d" % n] * 256)
    read = Bundles(LogFiles(objects), 34 * 256)
    assert [read(index) for index in range(0, 34 * 256, 128)][-1] == b"33"
    assert len(objects.read) == 34
    assert (read(2 * 256), len(objects.read)) == (b"2", 34)
    assert (read(2 * 256 - 1), len(objects.read)) == (b"1", 35)


def _written(nodes: StateNodes, size: int, *texts: bytes) -> list[str]:
    nodes.begin(size, f"before {size}")
    names = [nodes.write("d" * 32, text) for text in texts]
    assert [nodes.read(name) for name in names] == list(texts)
    nodes.settle()
    return names


def test_the_nodes_of_a_commit_are_one_object_and_can_be_read_before_it_is_there() -> None:
    objects = Read()
    names = _written(StateNodes(objects, map), 3, b"{}", b"[1]")
    assert (len(objects.put), objects.read) == (1, [])
    again = StateNodes(objects, map)
    assert (again.read(names[1]), again.read(names[0])) == (b"[1]", b"{}")
    assert _written(again, 3, b"{}", b"[1]") == names, "another fold of the same"
    assert len({*names, *_written(again, 4, b"{}", b"[1]")}) == 4


def test_packs_of_two_folds_of_one_size_from_other_bases_stay_apart() -> None:
    """Two publishers that stand at different trees may reach one size with other nodes."""
    objects = Read()
    nodes = StateNodes(objects, map)
    kept = {}
    for base, node in (("one", b"{1}"), ("two", b"{2}")):
        nodes.begin(3, base)
        kept[nodes.write(sha256(node).hexdigest(), node)] = node
        nodes.settle()
    again = StateNodes(objects, map)
    assert {name: again.read(name) for name in kept} == kept
    assert len({name.split(":")[1] for name in kept}) == 2


def test_a_pack_has_an_end_and_another_one_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "PACK_BYTES", 8)
    objects = Read()
    nodes = [b"%04d" % number for number in range(5)] + [b"a larger one", b"x"]
    names = _written(StateNodes(objects, map), 3, *nodes)
    assert len(objects.put) == 5
    again = StateNodes(objects, map)
    assert [again.read(name) for name in names] == nodes


def test_a_pack_of_which_much_is_asked_is_read_whole() -> None:
    objects = Read()
    names = _written(StateNodes(objects, map), 3, *(b"%d" % number for number in range(9)))
    again = StateNodes(objects, map)
    assert [again.read(name) for name in names] == [b"%d" % number for number in range(9)]
    assert len(objects.read) == 3
    again.warm(names[0])
    assert len(objects.read) == 3


def test_a_pack_that_is_missing_is_said() -> None:
    with pytest.raises(Corrupt, match="delete state/ and publish again"):
        StateNodes(Read(), map).read(f"{'a' * 32}:3-x-0:0:4")


def test_what_is_put_once_is_there_whatever_a_conflict_says() -> None:
    class Late(FakeObjects):
        told = False

        def put_new(self, path: str, data: bytes) -> None:
            if not self.told:
                self.told = True
                raise Conflict("somebody creates it at this moment, and fails")
            super().put_new(path, data)

    objects = Late()
    assert put_once(objects, "a", b"1") is True
    assert put_once(objects, "a", b"2") is False
    assert objects.objects == {"a": b"1"}
