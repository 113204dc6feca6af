"""A dispute file: its table closes, its exhibits prove what the site proves, a change is named."""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.audit import shelf
from tests.browser import demonstration
from tests.core.ledger.night import Night
from tests.core.statements import builders
from tests.desk import test_barito_utara as barito_utara
from tests.script.test_examination import examined, laid, pages_of

from rekap.audit.bundle import contents, table
from rekap.audit.bundle.again import Again
from rekap.audit.bundle.cover import Cover
from rekap.audit.bundle.exhibits import Exhibits
from rekap.audit.commands import bundle as command
from rekap.audit.commands.speech import Say
from rekap.audit.hashes import TreeHashes
from rekap.audit.verdict import SEEN
from rekap.core.errors import Malformed
from rekap.core.ledger.fold import fold
from rekap.core.ledger.state import State
from rekap.core.log.entry import leaf_hash
from rekap.core.pages.release import current
from rekap.core.pages.site import Site
from rekap.core.pages.words import spoken
from rekap.core.statements import regions
from rekap.desk.main import main

E = builders.ELECTION
KECAMATAN = f"{E}/{builders.CONTEST}/01/01/"


@pytest.fixture(scope="module")
def shelf_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return laid(tmp_path_factory.mktemp("shelf"), shelf.published()[0])


@pytest.fixture(scope="module")
def bundle(shelf_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a kecamatan whose two kelurahan differ, and of one TPS besides."""
    folder = tmp_path_factory.mktemp("bundle") / "berkas"
    more = ["--add", f"{KECAMATAN}1001/001/"]
    assert main(["bundle", str(shelf_folder), KECAMATAN, "--to", str(folder), *more]) == 0
    return folder


def _maker(folder: Path) -> Exhibits:
    """The maker of exhibits over a public folder of a published log."""
    entries: list[bytes] = []
    while (path := folder / f"bukti/{len(entries)}.json").exists():
        entries.append(path.read_bytes())
    state = State(read_entry=entries.__getitem__)
    for entry in entries:
        fold(state, entry)
    site = Site(state, entries.__getitem__)
    note = (folder / "log/checkpoint").read_bytes()
    hashes = TreeHashes([leaf_hash(entry) for entry in entries])
    return Exhibits(site, hashes, note, (folder / "policy.txt").read_bytes())


@pytest.mark.parametrize("name", ["shelf", "demonstration"])
def test_an_exhibit_proves_what_the_site_proves_of_its_address(
    name: str, tmp_path: Path, shelf_folder: Path
) -> None:
    folder = shelf_folder
    if name == "demonstration":
        folder = laid(tmp_path / "site", demonstration.published(9, 1))
    maker = _maker(folder)
    asked = [a for a, twin in pages_of(folder).items() if twin["page"] in ("tps", "region")]
    assert len(asked) > 8
    there = examined(folder, [{"address": address} for address in asked])
    given = [base64.b64encode(maker.evidence(address)[0]).decode() for address in asked]
    kept = examined(folder, [{"address": "x", "given": {"a.json": data}} for data in given])
    heads = set()
    for address, site, ((_, head, faults),) in zip(asked, there, kept, strict=True):
        assert head == site["head"], address
        assert "missing" not in faults, address
        heads.add(head)
    assert heads == {"proved", "unchecked"}


def test_an_exhibit_of_changed_figures_is_not_proved(shelf_folder: Path) -> None:
    maker = _maker(shelf_folder)
    data, entry = maker.evidence(KECAMATAN)
    assert entry is not None
    saved = json.loads(data)
    twin = saved["files"][f"{KECAMATAN}index.json"]
    votes = re.search(r'"pair_1":([0-9]+)', twin)
    assert votes
    saved["files"][f"{KECAMATAN}index.json"] = twin.replace(
        votes[0], f'"pair_1":{int(votes[1]) + 9}'
    )
    lie = base64.b64encode(shelf_json(saved)).decode()
    ((_, head, _),) = examined(shelf_folder, [{"address": "x", "given": {"a.json": lie}}])[0]
    assert head == "differs"


def shelf_json(value: object) -> bytes:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode() + b"\n"


def test_the_table_closes_in_every_region_of_every_night() -> None:
    seen = places = 0
    for seed in range(8):
        night = Night(seed)
        for _ in range(50):
            night.step()
        site = Site(night.state, lambda index, night=night: night.entries[index])
        ctx = site.context
        for election_id in (ctx.state.meta.get("elections") or {"ids": []})["ids"]:
            election = ctx.election(election_id)
            for contest in election["contests"]:
                for key, _ in ctx.state.regions.scan(f"{election_id}/"):
                    code = key.split("/")[1]
                    if not regions.is_within(code, contest["region"]):
                        continue
                    made = table.compare(ctx, election, contest, code)
                    seen += made.total is not None
                    places += len(made.places)
                    _closes(made)
    assert seen > 10
    assert places > 5


def _closes(made: table.Table) -> None:
    if made.total is None or made.whole:
        assert (made.places, made.equal, made.others) == ([], None, None)
        return
    parts = [
        *made.places,
        *([made.equal[1]] if made.equal else []),
        *([made.others] if made.others else []),
    ]
    for number in made.numbers:
        for side in ("above", "below"):
            whole = (getattr(made.total, side) or {}).get(number, 0)
            assert whole == sum((getattr(part, side) or {}).get(number, 0) for part in parts)
        assert made.total.difference.get(number, 0) == sum(
            part.difference.get(number, 0) for part in parts
        )
    assert all(row.differs for row in made.places)
    assert not (made.equal and made.equal[1].differs)


@pytest.mark.parametrize(
    ("above", "below", "there"),
    [
        ({1: 5, 2: 4}, {1: 5, 2: 4}, False),
        ({1: 5, 2: 6}, {1: 5, 2: 4}, True),
        ({1: 5, 2: 4}, {1: 7, 2: 4}, True),
        ({1: 5, 2: 4}, None, True),
        ({1: 5, 2: 4}, {1: 5}, True),
    ],
)
def test_votes_of_one_pair_on_one_side_are_a_rest(
    above: dict[int, int], below: dict[int, int] | None, there: bool
) -> None:
    rows = [table.Row("90.01", "", "", {1: 2, 2: 4}, {1: 2}), table.Row(
        "90.02", "", "", {1: 3}, {1: 3, 2: 4})]  # fmt: skip
    found = table.rest(table.Row("90", "", "", above, below), rows)
    assert (found is not None) == there
    if found is not None:
        for side, whole, known in ((found.above, above, 5), (found.below, below or {}, 5)):
            assert side == {1: whole.get(1, 0) - known, 2: whole.get(2, 0) - 4}


class _Seen(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_cover_says_what_it_rests_on_and_asks_nothing_of_a_network(bundle: Path) -> None:
    page = (bundle / contents.COVER).read_text("utf-8")
    seen = _Seen(page)
    assert "SIMULASI" in seen.words
    for path in (contents.CHECK, contents.ANCHORS):
        assert sha256((bundle / path).read_bytes()).hexdigest() in seen.words
    for exhibit in (bundle / contents.EXHIBITS).iterdir():
        assert sha256(exhibit.read_bytes()).hexdigest() in seen.words
    links = [attrs["href"] for tag, attrs in seen.tags if tag == "a"]
    assert links
    assert all((bundle / str(link)).is_file() for link in links)
    assert not {tag for tag, _ in seen.tags} & {"script", "img", "link", "iframe", "object"}
    assert not any("src" in attrs or "style" in attrs for _, attrs in seen.tags)
    (policy,) = (a["content"] for t, a in seen.tags if t == "meta" and a.get("http-equiv"))
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    assert (
        policy
        == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_names_that_look_like_elements_stay_text(tmp_path: Path) -> None:
    folder = laid(tmp_path / "site", demonstration.published(9, 1))
    page = demonstration.PAGE
    for lang, word in (("id", "Pemutaran ulang"), ("en", "Replay")):
        to = tmp_path / lang
        assert main(["--lang", lang, "bundle", str(folder), page, "--to", str(to)]) == 0
        text = (to / contents.COVER).read_text("utf-8")
        assert word in text
        assert demonstration.HOSTILE in _Seen(text).words
        assert "<img" not in text


def test_the_same_log_gives_the_same_file(bundle: Path, shelf_folder: Path, tmp_path: Path) -> None:
    again = ["--to", str(tmp_path / "b"), "--add", f"{KECAMATAN}1001/001/"]
    assert main(["bundle", str(shelf_folder), KECAMATAN, *again]) == 0
    assert _files(tmp_path / "b") == _files(bundle)


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_change_of_any_file_is_refused_and_named(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bundle", "--check", str(bundle)]) == 0
    capsys.readouterr()
    for number, (path, spoil, named) in enumerate(_changes(bundle)):
        copy = tmp_path / str(number)
        shutil.copytree(bundle, copy)
        spoil(copy / path)
        assert main(["bundle", "--check", str(copy)]) != 0, path
        told = capsys.readouterr()
        assert named in told.out + told.err, path


def _changes(bundle: Path) -> Iterator[tuple[str, object, str]]:
    def flip(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[len(data) // 3] ^= 1
        path.write_bytes(bytes(data))

    def link(path: Path) -> None:
        path.with_name("real").write_bytes(path.read_bytes())
        path.unlink()
        path.symlink_to(path.with_name("real"))

    def link_folder(path: Path) -> None:
        path.rename(path.with_name("real"))
        path.symlink_to(path.with_name("real"))

    for path in _files(bundle):
        if path != contents.CONTENTS:
            yield path, flip, path
            yield path, Path.unlink, path
    yield contents.CONTENTS, flip, ""
    yield contents.CONTENTS, Path.unlink, contents.CONTENTS
    yield "bukti/999-baru.json", lambda path: path.write_text("{}"), "bukti/999-baru.json"
    yield contents.ANCHORS, link, contents.ANCHORS
    yield contents.CONTENTS, link, contents.CONTENTS
    yield "bukti", link_folder, "bukti"
    yield "lampiran", lambda path: path.symlink_to(bundle), "lampiran"


def test_a_list_that_is_a_link_to_another_place_is_no_list(tmp_path: Path) -> None:
    """Whoever owns that place could change it after the bundle was examined."""
    folder, other = tmp_path / "berkas", tmp_path / "lain.txt"
    folder.mkdir()
    (folder / contents.COVER).write_bytes(b"x")
    other.write_bytes(contents.write({contents.COVER: b"x"}))
    (folder / contents.CONTENTS).symlink_to(other)
    with pytest.raises(Malformed):
        contents.faults(folder, 9)
    other.replace(folder / contents.CONTENTS)
    assert contents.faults(folder, 9) == []


def test_files_that_no_list_names_are_told_in_order(tmp_path: Path) -> None:
    names = [f"{letter}{number}" for letter in "zkam" for number in range(9)]
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / contents.CONTENTS).write_bytes(contents.write({"z0": b"x"}))
    assert contents.faults(tmp_path, 9) == [(one, "foreign") for one in sorted(names)[:-9]] + [
        (f"z{number}", "foreign") for number in range(1, 9)
    ]


def test_a_bundle_in_one_language_is_proved_to_whoever_speaks_the_other(
    shelf_folder: Path, tmp_path: Path
) -> None:
    to = str(tmp_path / "b")
    assert main(["--lang", "en", "bundle", str(shelf_folder), KECAMATAN, "--to", to]) == 0
    assert main(["bundle", str(shelf_folder), "--check", to]) == 0


def test_a_file_whose_list_was_made_to_fit_is_held_against_the_log(
    bundle: Path, shelf_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever changes the cover writes a new list too: the log alone tells."""
    check = ["bundle", str(shelf_folder), "--check"]
    assert main([*check, str(bundle)]) == 0
    assert "sama dengan yang dihitung dari log" in capsys.readouterr().out
    for number, path in enumerate(path for path in _files(bundle) if path != contents.CONTENTS):
        copy = tmp_path / str(number)
        shutil.copytree(bundle, copy)
        data = (copy / path).read_bytes()
        (copy / path).write_bytes(data.replace(b"1", b"2", 3))
        _list_anew(copy)
        assert main(["bundle", "--check", str(copy)]) == 0
        assert "belum diperiksa" in capsys.readouterr().out
        assert main([*check, str(copy)]) in (1, 2), path
        told = capsys.readouterr()
        assert path in told.out or str(copy) in told.err, path


@pytest.mark.usefixtures("of_its_release")
def test_a_false_cover_that_says_a_browser_drew_it_is_not_told_to_be_that_of_the_log(
    bundle: Path, shelf_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No log says how a browser draws a cover, so whoever forges one says that a browser did."""
    lie, check = tmp_path / "lie", ["bundle", str(shelf_folder), "--check", str(tmp_path / "lie")]
    shutil.copytree(bundle, lie)
    cover = (lie / contents.COVER).read_bytes().replace(b"1", b"2", 3)
    (lie / contents.COVER).write_bytes(cover.replace(b"<html ", b'<html data-made="browser" ', 1))
    _list_anew(lie)
    assert main(check) == SEEN
    told = capsys.readouterr().out
    assert "isi berkas.html tidak dibandingkan" in told
    assert "sama dengan yang dihitung" not in told
    first = min((lie / "bukti").iterdir())
    first.write_bytes(first.read_bytes().replace(b"pair_1", b"pair_2", 1))
    _list_anew(lie)
    assert main(check) == 1
    assert f"bukti/{first.name}" in capsys.readouterr().out


@pytest.fixture
def of_its_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program that checks is of the release that the shelf's log names."""
    monkeypatch.setattr(command, "current", lambda: shelf.RELEASE)


def test_what_another_release_made_is_undecided_and_not_refuted(
    bundle: Path, shelf_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its pages have other words and its check is another file: this program knows neither."""
    data = _maker(shelf_folder).evidence(KECAMATAN)[0]
    saved = _of_a_browser(bundle, tmp_path / "saved", {KECAMATAN: data})
    assert main(["bundle", str(shelf_folder), "--check", str(saved)]) == 2
    assert shelf.RELEASE in capsys.readouterr().err
    copy = tmp_path / "copy"
    shutil.copytree(bundle, copy)
    cover = (copy / contents.COVER).read_bytes().replace(current().encode(), b"ab" * 32)
    (copy / contents.COVER).write_bytes(cover)
    _list_anew(copy)
    assert main(["bundle", str(shelf_folder), "--check", str(copy)]) == 2
    assert "ab" * 32 in capsys.readouterr().err


def _of_a_browser(bundle: Path, folder: Path, exhibits: dict[str, bytes]) -> Path:
    """The same bundle as a browser makes it, with these exhibits by address."""
    shutil.copytree(bundle, folder)
    shutil.rmtree(folder / "bukti")
    (folder / "bukti").mkdir()
    cover = (folder / contents.COVER).read_bytes()
    (folder / contents.COVER).write_bytes(
        cover.replace(b"<html ", b'<html data-made="browser" ', 1)
    )
    for number, (address, data) in enumerate(exhibits.items(), 1):
        name = f"{number:03d}-{address[:-1].replace('/', '-')}.json"
        (folder / "bukti" / name).write_bytes(data)
    _list_anew(folder)
    return folder


@pytest.mark.usefixtures("of_its_release")
def test_what_a_browser_saved_while_the_log_grew_is_not_refuted(
    bundle: Path, shelf_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each exhibit is of its own moment, and pages come behind the head of the log."""
    other = f"{KECAMATAN}1001/001/"
    makers = [
        _maker(laid(tmp_path / str(size), shelf.history()[shelf.SIZES.index(size)]))
        for size in (256, 270)
    ]
    first, second = json.loads(makers[0].evidence(KECAMATAN)[0]), makers[1].evidence(other)[0]
    first["files"]["log/checkpoint"] = (shelf_folder / "log/checkpoint").read_text()
    assert f'"as_of":{shelf.SIZE}' not in first["files"][f"{KECAMATAN}index.json"]
    newest = json.loads((shelf_folder / f"{KECAMATAN}index.json").read_bytes())
    assert json.loads(first["files"][f"{KECAMATAN}index.json"])["as_of"] < newest["as_of"]
    exhibits = {KECAMATAN: shelf_json(first), other: second}
    saved = _of_a_browser(bundle, tmp_path / "saved", exhibits)
    assert main(["bundle", str(shelf_folder), "--check", str(saved)]) == SEEN
    assert "isi berkas.html tidak dibandingkan" in capsys.readouterr().out


def test_a_twin_that_states_no_size_is_of_no_state() -> None:
    sizes = (7, "7", True, -1, 1.5, None, [7], {})
    saved = [{"index.json": json.dumps({"as_of": one}).encode()} for one in sizes]
    assert [Again([one], "").size for one in saved] == [7, 0, 0, 0, 0, 0, 0, 0]
    assert Again(saved, "").size == 7


@pytest.mark.usefixtures("of_its_release")
def test_a_file_that_no_log_gives_is_named_in_a_bundle_that_a_browser_made(
    bundle: Path, shelf_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever forges one lists what he adds, and what lies in an exhibit as bytes goes before its
    texts."""
    maker = _maker(shelf_folder)
    data, _ = maker.evidence(KECAMATAN)
    twin = json.loads(data)["files"][f"{KECAMATAN}index.json"]
    false = base64.b64encode(twin.replace('"pair_1":', '"pair_1":9', 1).encode()).decode()

    def told(name: str, change: dict[str, str], added: str = "") -> tuple[int, str]:
        saved = json.loads(data)
        saved["bytes"].update(change)
        folder = _of_a_browser(bundle, tmp_path / name, {KECAMATAN: shelf_json(saved)})
        if added:
            (folder / added).write_bytes(b"<p>9.999</p>")
            _list_anew(folder)
        code = main(["bundle", str(shelf_folder), "--check", str(folder)])
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    assert told("as it is", {})[0] == SEEN
    code, said = told("added", {}, "hasil.html")
    assert (code, "hasil.html" in said) == (1, True)
    exhibit = f"bukti/001-{KECAMATAN[:-1].replace('/', '-')}.json"
    for name, path in (("twin", f"{KECAMATAN}index.json"), ("page", "hasil.html")):
        code, said = told(name, {path: false})
        assert code in (1, 2), name
        assert exhibit in said or path in said


def _list_anew(folder: Path) -> None:
    files = {name: one for name, one in _files(folder).items() if name != contents.CONTENTS}
    (folder / contents.CONTENTS).write_bytes(contents.write(files))


@pytest.mark.parametrize("address", ["", f"{E}/", "bukti/3/", f"{KECAMATAN}9999/", "cara/"])
def test_only_a_place_has_a_dispute_file(
    shelf_folder: Path, tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bundle", str(shelf_folder), address, "--to", str(tmp_path / "b")]) == 2
    assert "bukan halaman wilayah atau TPS" in capsys.readouterr().err
    assert not (tmp_path / "b").exists()


def test_nothing_is_written_over_and_nothing_of_a_refuted_log(
    bundle: Path, shelf_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/a").write_text("mine")
    assert main(["bundle", str(shelf_folder), KECAMATAN, "--to", str(tmp_path / "full")]) == 2
    assert _files(tmp_path / "full") == {"a": b"mine"}
    assert main(["bundle", str(shelf_folder)]) == 2
    forged = tmp_path / "forged"
    shutil.copytree(shelf_folder, forged)
    one = next(path for path in (forged / "log/tile/entries").rglob("*") if path.is_file())
    data = bytearray(one.read_bytes())
    data[len(data) // 2] ^= 1
    one.write_bytes(bytes(data))
    assert main(["bundle", str(forged), KECAMATAN, "--to", str(tmp_path / "b")]) == 1
    assert not (tmp_path / "b").exists()
    assert main(["bundle", str(forged), "--check", str(bundle)]) == 1


@pytest.mark.parametrize("data", [b"{", b"[" * 100_000, b"\xff", b"[]", b'{"address":1}'])
def test_an_exhibit_that_is_none_is_named_and_no_fault_of_this_program(
    bundle: Path, shelf_folder: Path, tmp_path: Path, data: bytes,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    lie = tmp_path / "lie"
    shutil.copytree(bundle, lie)
    min((lie / "bukti").iterdir()).write_bytes(data)
    _list_anew(lie)
    assert main(["bundle", str(shelf_folder), "--check", str(lie), "--lang", "en"]) == 2
    assert capsys.readouterr().err.startswith(f"rekap bundle: {lie}: ")


def test_the_cover_says_what_its_page_says_against_what_it_rests_on() -> None:
    """A determination, a certificate or a list by stolen keys is none without a word."""
    site = barito_utara.site("decision 821")
    policy = command.anchors(site.context)
    case = command._case(site, command._find(site, barito_utara.MELAYU, Say()), policy)
    words = spoken.words("en")
    said = {
        "Determination in doubt.": ("determination", "K1"),
        "The list changed after the first form.": ("roster", "L4"),
    }
    doubts = [{"kind": kind, "index": 7, "mark": mark} for kind, mark in said.values()]
    certified = {**case.whole["certified"], "marks": ["K1", "S1", "L2"]}
    whole = {**case.whole, "doubts": doubts, "contested": True, "certified": certified}
    want = [*said, "Signatures in doubt.", "After the determination.", "Two forms that differ."]
    whole["contested_below"] = 3
    want.append("Two forms that differ at 2 places below.")
    case = replace(case, contest={**case.contest, "date": "2024-11-28"})
    for one, there in ((case, False), (replace(case, whole=whole), True)):
        page = _Seen(Cover(words).write(one, table.Table(()), [], 0, {}).decode()).words
        assert [text in page for text in want] == [there] * len(want)
        assert "`" not in page, "a command is told by its type, on paper too"
        assert "<code>" not in page, "and not by the name of its type"
        assert "Kabupaten Barito Utara › Kecamatan Teweh Tengah › Kelurahan Melayu" in page
        assert "28 November 2024" in page


def test_places_with_two_forms_are_enclosed_as_the_button_of_the_page_does() -> None:
    """A saksi got the file of a kelurahan without the TPS that stands against itself."""
    children = [{"address": f"a/{n}/", "contested": n > 1} for n in range(4)]
    children.append({"address": "a/4/", "contested": False, "contested_below": 1})
    rows = [table.Row("", "", f"a/{n}/", None, None) for n in (3, 0)]
    found = command._noted(table.Table((1,), rows), {"children": children})
    assert found == ["a/3/", "a/0/", "a/2/", "a/4/"]


def test_a_table_without_a_place_that_differs_says_so() -> None:
    site = barito_utara.site("decision 821")
    policy = command.anchors(site.context)
    case = command._case(site, command._find(site, barito_utara.MELAYU, Say()), policy)
    region = replace(case, twin={**case.twin, "page": "region", "children": []})
    words = spoken.words("en")
    row = table.Row("90", "Contoh", "90/", {1: 5}, {1: 4})
    for places in ([], [row]):
        made = table.Table((1,), places, total=row)
        page = _Seen(Cover(words).write(region, made, [], 0, {}).decode()).words
        assert ("No place differs." in page) == (not places)


def test_each_row_of_the_table_has_its_name_once_and_what_has_no_place_a_row_of_its_own() -> None:
    site = barito_utara.site("decision 821")
    policy = command.anchors(site.context)
    case = command._case(site, command._find(site, barito_utara.MELAYU, Say()), policy)
    region = replace(case, twin={**case.twin, "page": "region", "children": []})
    words = spoken.words("en")
    place = table.Row("90", "Contoh", "90/", {1: 15, 2: 16}, {1: 14, 2: 18})
    others = table.Row("", "", "", {1: 3, 2: 3}, {1: 3, 2: 4})
    total = table.Row("90", "Contoh", "90/", {1: 18, 2: 19}, {1: 17, 2: 22})
    made = table.Table((1, 2), [place], others=others, total=total)
    page = _Seen(Cover(words).write(region, made, [], 0, {}).decode()).words
    rows = [
        "Contoh11514+1", "21618−2", "not broken down by place1330", "234−1",
        "Total11817+1", "21922−3",
    ]  # fmt: skip
    assert "\n".join(rows) in page


@pytest.mark.parametrize(
    ("day", "said", "never"),
    [
        ("decision 821", ["821", "Batas permohonan"], ["dibatalkan", "Membatalkan"]),
        ("ruling 28", ["28/PHPU.BUP-XXIII/2025", "Membatalkan", "TPS 001"], ["Batas permohonan"]),
        ("ruling 313", ["313/PHPU.BUP-XXIII/2025", "Tidak ada hasil yang berlaku"],
         ["Batas permohonan", "SIMULASI"]),
    ],
)  # fmt: skip
def test_the_cover_says_what_a_court_took_away(day: str, said: list[str], never: list[str]) -> None:
    site = barito_utara.site(day)
    policy = command.anchors(site.context)
    case = command._case(site, command._find(site, barito_utara.MELAYU, Say()), policy)
    words = spoken.words("id")
    page = _Seen(Cover(words).write(case, table.Table(()), [], 0, {}).decode()).words
    for one in said:
        assert one in page
    for one in never:
        assert one not in page


def test_a_place_of_which_forms_are_missing_says_how_many_are_in() -> None:
    site = barito_utara.site("decision 821")
    policy = command.anchors(site.context)
    case = command._case(site, command._find(site, barito_utara.TOP, Say()), policy)
    made = table.compare(site.context, case.election, case.contest, "62.05")
    assert made.total is not None
    assert made.total.stations is None  # no roster says how many there are
    assert (made.places, made.whole) == ([], True), "what has no column says nothing of a place"
    alone = Cover(spoken.words()).write(case, made, [], 0, {})
    assert "yang dibandingkan hanya jumlahnya" in _Seen(alone.decode()).words
    words = spoken.words("id")
    for counted, there in ((1, True), (2, False)):
        row = table.Row("90", "Contoh", "90/", {1: 5, 2: 3}, {1: 4, 2: 3}, (counted, 2))
        drawn = Cover(words).write(case, table.Table((1, 2), [row], total=row), [], 0, {})
        assert ("C.Hasil 1 dari 2 TPS" in _Seen(drawn.decode()).words) == there
