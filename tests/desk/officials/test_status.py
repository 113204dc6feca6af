"""`rekap status`: from a published site of 280 entries of every kind, held against the fold."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from tests.audit.shelf import SIZE, Files, published
from tests.core.ledger.world import signer
from tests.desk.officials.post import form, log_all, run
from tests.live_portal import ROOT, begin
from tests.portal.intake.world import World
from tests.portal.intake.world import signer as world_signer

from rekap.audit.commands.speech import Say
from rekap.core.errors import Malformed, NotVerified
from rekap.core.ledger import fold, slots
from rekap.core.ledger.state import State as Ledger
from rekap.core.log.checkpoint import Checkpoint
from rekap.core.log.entry import leaf_hash
from rekap.core.log.policy import Policy
from rekap.core.statements import model
from rekap.desk.officials import labels
from rekap.desk.officials.item import Item
from rekap.desk.officials.outbox import receipts, trust
from rekap.desk.officials.outbox.queue import Queue, Settings
from rekap.desk.officials.outbox.receipts import ReceiptKey
from rekap.desk.officials.standing import pages, standing
from rekap.desk.officials.standing import targets as named
from rekap.desk.officials.standing.lookup import Files as Reads
from rekap.desk.officials.standing.lookup import Log, is_fork
from rekap.desk.officials.standing.pages import Pages
from rekap.desk.officials.standing.standing import Reading, State, look
from rekap.desk.officials.standing.targets import Target
from rekap.desk.officials.standing.telling import Words
from rekap.portal.intake import receipt

NOW = 1_732_700_000


def shown() -> dict[str, bytes]:
    return published()[0]


def earlier() -> dict[str, bytes]:
    return published()[1]


def entries() -> list[bytes]:
    return published()[2].entries


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    state = Ledger(read_entry=entries().__getitem__)
    fold.fold_all(state, entries())
    return state


def opened(files: Mapping[str, bytes], kept: Path | None = None) -> Reading:
    """Open a site in memory with its own anchors."""
    reads = Reads(Files(files), kept)
    settings = trust.of_entry(files["bukti/0.json"], "", "site")
    assert settings is not None
    log = Log(reads, Policy.parse(settings.policy.encode()))
    return Reading(log, Pages(log), trust.receipt_key(settings), float(NOW), live=True)


def target(index: int) -> Target:
    return Target(str(index), leaf_hash(entries()[index]))


def issued(leaf: str, id: str, key: str = "receipt", **changed: Any) -> bytes:
    fields: dict[str, Any] = {"origin": published()[2].origin, "leaf": leaf, "id": id}
    fields |= {"received_at": NOW - 30, "signer": signer(key)}
    return receipt.issue(**(fields | changed))


# ---------------------------------------------------------------- every entry


def test_every_entry_is_found_proved_and_said_as_the_ledger_says_it(ledger: Ledger):
    reading = opened(shown())
    found = look([target(index) for index in range(SIZE)], reading)
    assert [one.index for one in found] == list(range(SIZE))
    statuses = set()
    for index, one in enumerate(found):
        assert one.state is State.SHOWN, (index, one.fault)
        assert one.shown is not None
        assert one.shown.status == slots.status_of(ledger, index), index
        assert one.shown.why == ledger.entry(index).get("why")
        statuses.add(one.shown.status)
        assert one.code == (
            0 if one.shown.status in standing.COUNTS else 2 - (one.shown.status != "waiting")
        )
    assert len(statuses) >= 7, statuses


def test_pages_from_lists_say_the_same_as_pages_one_by_one(monkeypatch: pytest.MonkeyPatch):
    asked = [target(index) for index in range(SIZE)]
    many = look(asked, opened(shown()))
    monkeypatch.setattr(pages, "MANY", 10**6)
    each = look(asked, opened(shown()))
    for one, other in zip(many, each, strict=True):
        assert one.shown is not None
        assert other.shown is not None
        assert (one.shown.status, one.shown.address) == (other.shown.status, other.shown.address)


def test_many_receipts_of_one_kecamatan_cost_few_requests(tmp_path: Path):
    """60 receipts without their statements: a bundle of entries, one page and one list."""
    world = World(stations=tuple(f"{n:03d}" for n in range(1, 61)))
    begin(tmp_path / "portal", world)
    bodies = [form(world, tps) for tps in world.stations]
    log_all(tmp_path / "portal", world, bodies)
    asked = []
    for body in bodies:
        item = Item.parse(body)
        told = receipt.Receipt(world.origin, item.leaf, item.id, NOW, NOW + 60)
        asked.append(Target(item.leaf, bytes.fromhex(item.leaf), receipt=b"", told=told))
    public = tmp_path / "portal/public"
    files = {str(p.relative_to(public)): p.read_bytes() for p in public.rglob("*") if p.is_file()}
    reading = opened(files)
    before = reading.log.files.requests
    found = look(asked, reading)
    assert [one.code for one in found] == [0] * 60
    assert {one.shown.status for one in found if one.shown} == {"head"}
    assert all(f"{one.shown.address}index.html" in files for one in found if one.shown)
    assert reading.log.files.requests - before <= 6


def test_an_entry_that_the_pages_do_not_show_yet(ledger: Ledger):
    files = {**shown(), **{p: d for p, d in earlier().items() if not p.startswith("log/")}}
    files = {p: d for p, d in files.items() if p in earlier() or p.startswith("log/")}
    late = look([target(SIZE - 1), target(3)], opened(files))
    assert [one.state for one in late] == [State.LOGGED, State.SHOWN]
    assert [one.code for one in late] == [2, 0 if late[1].shown.status in standing.COUNTS else 1]


# ---------------------------------------------------------------- what is not there


def absent(**more: Any) -> Target:
    return Target("x", b"\1" * 32, **more)


def with_receipt(data: bytes) -> Target:
    return absent(receipt=data, told=receipt.parse(data.split(b"\n\n")[0] + b"\n"))


def test_a_promise_is_kept_open_broken_or_worth_nothing():
    reading = opened(shown())
    leaf, id = "01" * 32, "ab" * 32
    good = with_receipt(issued(leaf, id))
    forged = with_receipt(issued(leaf, id, key="log"))
    other = with_receipt(issued(leaf, id, origin=f"{published()[2].origin}/other"))
    later = Reading(reading.log, reading.pages, reading.key, NOW + 31.0, live=True)
    copy = Reading(reading.log, reading.pages, reading.key, NOW + 9e6, live=False)
    states = {
        State.PROMISED: (good, reading),
        State.OVERDUE: (good, later),
        State.DOUBTFUL: (forged, later),
        State.ABSENT: (absent(), reading),
        State.QUEUED: (absent(queued=True), reading),
        State.REFUSED: (absent(queued=True, refusal={"status": 422}), reading),
    }
    for state, (one, read) in states.items():
        assert look([one], read)[0].state is state
    assert look([other], later)[0].state is State.DOUBTFUL
    assert look([good], copy)[0].state is State.PROMISED


@pytest.mark.parametrize("kept", [b"", b"not a receipt\n", b"torn"])
def test_an_empty_or_torn_receipt_of_a_queue_is_told(tmp_path: Path, kept: bytes):
    queue, own = Queue(tmp_path), Item.parse(entries()[5])
    queue.add(own)
    queue.set(Settings(origin=published()[2].origin))
    path = queue.keep_receipt(own.leaf, issued(own.leaf, own.id))
    assert named.damaged(str(tmp_path)) == []
    path.write_bytes(kept)
    assert named.damaged(str(tmp_path)) == [path]
    assert named.damaged(str(tmp_path.parent)) == []


def test_a_receipt_of_another_envelope_of_the_statement_counts():
    entry = entries()[5]
    item = Item.parse(entry)
    data = issued(item.leaf, item.id)
    told = receipt.parse(data.split(b"\n\n")[0] + b"\n")
    own = Target("mine", b"\2" * 32, receipt=data, told=told)
    assert look([own], opened(shown()))[0].index == 5


def test_absence_is_proved_by_the_whole_log():
    reading = opened(shown())
    look([absent()], reading)
    assert {"log/tile/0/000", "log/tile/0/001.p/24"} <= set(reading.log.files.source.reads)


# ---------------------------------------------------------------- sites that lie


def without(*paths: str) -> dict[str, bytes]:
    return {path: data for path, data in shown().items() if path not in paths}


def flipped(path: str, at: int = 40) -> dict[str, bytes]:
    data = bytearray(shown()[path])
    data[at] ^= 1
    return {**shown(), path: bytes(data)}


TILES = [f"log/tile/0/{n:03d}" for n in range(SIZE // 256)]
EDGE = "log/tile/0/001.p/24"


@pytest.mark.parametrize("path", [*TILES, EDGE])
@pytest.mark.parametrize("index", [0, 100, 255, 256, SIZE - 1, None])
def test_a_tile_with_another_byte_refutes_or_does_not_matter(path: str, index: int | None):
    reading = opened(shown())
    honest = reading.log.checkpoint
    own = absent() if index is None else target(index)
    try:
        found = look([own], opened(flipped(path, at=32 * (index or 0) % 256)))
    except NotVerified:
        return
    assert index is not None
    assert found[0].index == index
    assert opened(shown()).log.checkpoint == honest


@pytest.mark.parametrize("index", [0, 255, None])
def test_a_missing_tile_is_incomplete_not_absent(index: int | None):
    own = absent() if index is None else target(index)
    with pytest.raises(Malformed):
        look([own], opened(without("log/tile/0/000")))


def test_a_partial_tile_may_be_cut_from_the_full_one():
    files = dict(earlier())
    data = files.pop("log/tile/0/001.p/14")
    files["log/tile/0/001"] = data + b"\0" * (256 * 32 - len(data))
    assert look([target(260)], opened(files))[0].index == 260


def test_another_checkpoint_key_is_refused():
    body = shown()["log/checkpoint"].replace(b"\n\n", b"\n\n", 1)
    broken = body[:-20] + b"A" * 10 + body[-10:]
    with pytest.raises((NotVerified, Malformed)):
        opened({**shown(), "log/checkpoint": broken})


def test_a_page_about_another_entry_or_of_another_log_is_not_believed():
    twin = shown()["bukti/7/index.json"]
    for lie in (
        shown()["bukti/8/index.json"],
        twin.replace(b'"root":"', b'"root":"AAAA', 1),
        b"{}",
        b"[]",
        b"<html>",
        twin.replace(b'"status"', b'"stat"'),
    ):
        found = look([target(7)], opened({**shown(), "bukti/7/index.json": lie}))[0]
        assert (found.state, found.index, found.code) == (State.LOGGED, 7, 1)
        assert found.fault


def test_a_claim_of_another_log_is_refused():
    with pytest.raises((NotVerified, Malformed)):
        opened(flipped("site.json", at=shown()["site.json"].index(b'"root":"') + 12))


# ---------------------------------------------------------------- kept tiles, earlier checkpoints


def test_full_tiles_are_read_once_and_a_torn_one_again(tmp_path: Path):
    asked = [absent()]
    first = opened(shown(), tmp_path)
    look(asked, first)
    second = opened(shown(), tmp_path)
    look(asked, second)
    assert second.log.files.reused >= 1
    assert "log/tile/0/000" not in second.log.files.source.reads
    kept = tmp_path / "tile/0/000"
    for torn in (b"", shown()["log/tile/0/000"][:-1], b"\0" * 8_192):
        kept.write_bytes(torn)
        third = opened(shown(), tmp_path)
        found = look([target(0), absent()], third)
        assert [one.index for one in found] == [0, None]


def test_a_log_that_forgot_something_is_a_fork():
    log = opened(shown()).log
    early = opened(earlier()).log
    assert not is_fork(early.checkpoint, log)
    assert not is_fork(log.checkpoint, early)
    assert is_fork(Checkpoint(log.checkpoint.origin, 270, b"\0" * 32), log)
    assert is_fork(Checkpoint(log.checkpoint.origin, SIZE, b"\0" * 32), log)


# ---------------------------------------------------------------- the command


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "public"
    for path, data in shown().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def test_the_command_over_a_folder(site: Path, tmp_path: Path, ledger: Ledger):
    indexes = [index for index in range(SIZE) if ledger.entry(index)["status"] != "void"][:40]
    (tmp_path / "in").mkdir()
    for index in indexes:
        (tmp_path / "in" / f"{index}.dsse.json").write_bytes(entries()[index])
    done = run(tmp_path, "status", "in", "--from", site)
    worst = {slots.status_of(ledger, index) for index in indexes} - standing.COUNTS
    assert done.returncode == (0 if not worst else 2 if worst == {"waiting"} else 1), done
    lines = (done.stdout + done.stderr).splitlines()
    assert max(map(len, lines)) <= 80
    assert "Jangkar diambil dari sumber ini." in lines
    for index in indexes:
        assert f"no. {index}  " in done.stdout


def test_the_command_about_one_statement(site: Path, tmp_path: Path):
    leaf = leaf_hash(entries()[2]).hex()
    done = run(tmp_path, "status", leaf, "--from", site, "--lang", "en")
    assert done.returncode == 0, done
    assert f"number 2 (of {SIZE} entries), proved" in done.stdout
    assert f"{site}/bukti/2/index.html" in done.stdout
    assert (site / "bukti/2/index.html").exists()


@pytest.mark.parametrize(
    ("lang", "told", "step"),
    [
        ("id", "tanda terima ini kosong", "Jalankan rekap submit lagi"),
        ("en", "this receipt is empty", "Run rekap submit again"),
    ],
)
def test_the_command_names_an_empty_receipt_of_a_queue_and_what_to_do(
    site: Path, tmp_path: Path, lang: str, told: str, step: str
):
    queue, own = Queue(tmp_path / "antrean"), Item.parse(entries()[2])
    queue.create()
    queue.add(own)
    queue.set(Settings(origin=published()[2].origin))
    words = ("status", "antrean", "--from", site, "--lang", lang)
    assert run(tmp_path, *words).returncode == 0, "without a receipt the log says enough"
    (tmp_path / "antrean" / f"{own.leaf}.tanda-terima").touch()
    done = run(tmp_path, *words)
    complaint = " ".join(done.stderr.split())
    assert done.returncode == 2, done
    assert f"antrean/{own.leaf}.tanda-terima: {told}" in complaint
    assert step in complaint
    assert complaint.count(told) == 1
    assert f"leaf {own.leaf}" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("0" * 64,), 2, "tidak ada di log"),
        (("nowhere",), 2, "tidak ada"),
        (("in",), 2, "tidak ada pernyataan"),
        (("bad.dsse.json",), 2, "bukan pernyataan"),
        (("queue",), 1, "LOG INI DIUBAH"),
    ],
)
def test_the_command_about_things_that_are_not_there(
    site: Path, tmp_path: Path, words: tuple[str, ...], code: int, told: str
):
    (tmp_path / "in").mkdir()
    (tmp_path / "bad.dsse.json").write_bytes(b"{}")
    if words == ("queue",):
        _forked_queue(tmp_path / "queue")
    done = run(tmp_path, "status", *words, "--from", site)
    assert done.returncode == code, done
    assert told in done.stdout + done.stderr
    assert max(map(len, (done.stdout + done.stderr).splitlines())) <= 80


def _forked_queue(folder: Path) -> None:
    """A queue that has seen a checkpoint of the log which the site does not continue."""
    from rekap.core.log.checkpoint import sign_checkpoint

    queue = Queue(folder)
    queue.create()
    queue.add(Item.parse(entries()[2]))
    settings = trust.of_entry(entries()[0], "", "site")
    assert settings is not None
    queue.set(settings)
    seen = sign_checkpoint(Checkpoint(published()[2].origin, 9, b"\7" * 32), signer("log"))
    (folder / "checkpoint").write_bytes(seen)


def test_the_command_remembers_the_newest_checkpoint(site: Path, tmp_path: Path):
    queue = Queue(tmp_path / "antrean")
    queue.create()
    queue.add(Item.parse(entries()[2]))
    settings = trust.of_entry(entries()[0], "", "site")
    assert settings is not None
    queue.set(Settings(settings.origin, "", settings.receipt_key, settings.policy, "site"))
    assert run(tmp_path, "status", "--from", site).returncode == 0
    assert (queue.folder / "checkpoint").read_bytes() == shown()["log/checkpoint"]
    old = tmp_path / "old"
    shutil.copytree(site, old)
    for path in ("log/checkpoint", "site.json"):
        (old / path).write_bytes(earlier()[path])
    assert run(tmp_path, "status", "--from", old).returncode in (0, 1)
    assert (queue.folder / "checkpoint").read_bytes() == shown()["log/checkpoint"]


def test_without_a_source_it_says_so(tmp_path: Path):
    done = run(tmp_path, "status", "0" * 64)
    assert done.returncode == 2
    assert "--from" in done.stderr


def test_a_folder_that_is_no_portal(tmp_path: Path):
    done = run(tmp_path, "status", "0" * 64, "--from", tmp_path)
    assert done.returncode == 2
    assert "tidak ada portal" in done.stderr


def test_plain_http_without_a_kit_is_refused(tmp_path: Path):
    done = run(tmp_path, "status", "0" * 64, "--from", "http://rekap.example/")
    assert done.returncode == 2
    assert "https" in done.stderr


# ---------------------------------------------------------------- words


@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_code_of_a_page_has_words(lang: str):
    texts = tomllib.loads((ROOT / f"templates/text/{lang}.toml").read_text("utf-8"))
    assert set(fold.VOID_REASONS) <= texts["void_reason"].keys()
    assert {*model.STATUSES, "effective", "cosigned"} <= texts["status"].keys()
    for table in ("status", "void_reason", "mark"):
        for code, text in texts[table].items():
            assert labels.name(Say(lang), table, code) == unescape(text)


def test_every_standing_has_words_in_80_columns_in_both_languages():
    page = pages.Shown("void", "key-taken", ("S1", "K1"), "a/b/", (("ketua", True),))
    told = receipt.parse(issued("01" * 32, "ab" * 32).split(b"\n\n")[0] + b"\n")
    one = Target("tanda", b"\1" * 32, refusal={"errors": [{"id": "x" * 90, "en": "y z " * 90}]})
    for language in ("id", "en"):
        words = Words(Say(language), "https://rekap.example/", "https://rekap.example/", 9, True)
        for state in State:
            seen = page if state is State.SHOWN else None
            index = 3 if state in (State.SHOWN, State.LOGGED) else None
            promised = told if state in (State.PROMISED, State.OVERDUE) else None
            made = standing.Standing(one, state, index, promised, seen, "")
            for lines in (list(words.brief(made)), list(words.full(made))):
                assert lines
                assert max(map(len, lines)) <= 100
                assert all(len(line) <= 80 or " " not in line.strip() for line in lines), lines


def test_strange_codes_of_a_page_are_shown_as_they_are_but_tamed():
    page = pages.Shown("baru\x1b[31m", "x\ny", ("Z9",), None, ())
    words = Words(Say(), "", "d", 9, False)
    text = "\n".join(words.full(standing.Standing(absent(), State.SHOWN, 1, None, page)))
    assert "\x1b" not in text


def test_words_of_the_command_line_are_read_strictly(tmp_path: Path):
    data = issued("01" * 32, "ab" * 32)
    (tmp_path / "r.tanda-terima").write_bytes(data)
    (tmp_path / "e.dsse.json").write_bytes(entries()[3])
    (tmp_path / "x.dsse.json").write_bytes(b"{")
    found = named.merge(named.read(str(tmp_path)))
    assert {one.leaf for one in found} == {b"\1" * 32, leaf_hash(entries()[3])}
    assert receipts.read(tmp_path / "r.tanda-terima")[0] == data
    key = ReceiptKey.parse(published()[2].origin, opened(shown()).key.key.vkey, "x")  # type: ignore[union-attr]
    assert receipts.verify(data, key).leaf == "01" * 32
    with pytest.raises(NotVerified):
        receipts.verify(issued("01" * 32, "ab" * 32, signer=world_signer("receipt")), key)
