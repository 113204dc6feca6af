"""`rekap mirror`: a true copy, fetched once, replaced whole, never by another history."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.audit.shelf import RELEASE, RENDER, SIZE, Evening, Portal, published
from tests.core.ledger.world import signer
from tests.soak import SOAK

from rekap.audit import again
from rekap.audit.commands import cosigned, derive, exchange, mirror
from rekap.audit.commands import verify as verify_command
from rekap.audit.fork import Fork
from rekap.audit.plan import Plan
from rekap.audit.reader import Source
from rekap.core.codec import encode_public
from rekap.core.signing.note import COSIGNATURE, Note, NoteKey, cosign
from rekap.core.statements import attachments, pictures
from rekap.desk import main as command

Contents = dict[str, bytes]


@pytest.fixture(autouse=True)
def program(monkeypatch: pytest.MonkeyPatch) -> None:
    """This program has the release of the copies, and keeps pages: forked processes would not."""
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    for module in (verify_command, derive, mirror):
        monkeypatch.setattr(module, "current", lambda: RELEASE)
        monkeypatch.setattr(module, "Site", RENDER)
    monkeypatch.setattr(again, "_PAUSE_S", 0.01)
    monkeypatch.setattr(mirror, "_PAUSE_S", 0.01)
    monkeypatch.setattr(os, "sync", lambda: None)  # slow where others write, and not seen here


def run(*words: object) -> int:
    return command.main([str(word) for word in words])


def write(folder: Path, files: Contents) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def contents(folder: Path) -> Contents:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def flip(place: Path) -> None:
    data = bytearray(place.read_bytes())
    data[len(data) // 2] ^= 1
    place.unlink()
    place.write_bytes(bytes(data))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The earlier copy; `grow` makes it the later one."""
    return write(tmp_path / "site", published()[1])


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "copies" / "copy"


def grow(site: Path) -> Contents:
    write(site, published()[0])
    return published()[0]


def evidence(copy: Path) -> Path:
    return copy.with_name("copy-fork.json")


class Address:
    """The site behind an address, and what was asked for."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[str] = []
        self.first: Contents = {}
        asked, first = self.asked, self.first

        class Quiet(SimpleHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments: object) -> None:
                pass

            def do_GET(self) -> None:
                path = self.path.lstrip("/")
                asked.append(path)
                data = first.pop(path, None)
                if data is None:
                    return super().do_GET()
                self.send_response(200)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
                return None

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def address(site: Path) -> Iterator[Address]:
    served = Address(site)
    yield served
    served.server.shutdown()
    served.server.server_close()


# ---------------------------------------------------------------- true copies


def test_a_copy_of_a_folder_and_its_refreshment(
    site: Path, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("mirror", site, "--to", copy, "--lang", "en") == 0
    out = capsys.readouterr().out
    assert "a full copy, 270 entries, 270 of them new" in out
    assert "the anchors are the site's own" in out.splitlines()[-1]
    assert contents(copy) == published()[1]
    assert run("verify", copy) == 3
    capsys.readouterr()
    later = grow(site)
    assert run("mirror", site, "--to", copy, "--lang", "en") == 0
    out = capsys.readouterr().out
    told = f"a full copy, {SIZE} entries, {SIZE - 270} of them new; {len(later):,} files, "
    assert told in out
    assert "the site's own" not in out
    assert contents(copy) == later
    assert run("verify", copy) == 3
    assert names(copy.parent) == [".copy.mirror", "copy"]


def test_words_that_went_or_came_without_an_entry_are_not_called_nothing_new(
    site: Path, copy: Path, address: Address, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """They are no part of the log: its size says nothing of them."""
    had = []
    words, picture = found = {attachments.path("ab" * 32), pictures.path("cd" * 32)}

    def told(source: Source, plan: Plan, *rest: Any) -> Any:
        had.append(plan.had)
        report, outcome = again.repeat(source, plan, *rest)
        report.lacking.append(words)
        return report, outcome

    monkeypatch.setattr(mirror, "repeat", told)
    for where in (site, address.url):
        had.clear()
        shutil.rmtree(copy, ignore_errors=True)
        assert run("mirror", where, "--to", copy) == 0
        assert run("mirror", where, "--to", copy) == 0
        assert had == [frozenset()], "nothing new"
        for path in found:
            (copy / path).parent.mkdir()
            (copy / path).write_bytes(b"words")
        capsys.readouterr()
        assert run("mirror", where, "--to", copy, "--lang", "en") == 0
        assert had == [frozenset(), frozenset(found)]
        assert f"{picture} is no longer in it" in capsys.readouterr().out
    (site / words).parent.mkdir()
    (site / words).write_bytes(b"words")
    assert run("mirror", address.url, "--to", copy) == 0
    assert len(had) == 3


def test_an_address_is_asked_only_for_what_is_new(
    site: Path, copy: Path, address: Address, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("mirror", address.url, "--to", copy) == 0
    assert contents(copy) == published()[1]
    first = set(address.asked) & {p for p in contents(copy) if p.startswith(("log/", "bukti/"))}
    first.remove("log/checkpoint")
    later = grow(site)
    address.asked.clear()
    capsys.readouterr()
    assert run("mirror", address.url, "--to", copy, "--lang", "en") == 0
    assert contents(copy) == later
    asked = set(address.asked)
    assert {path for path in asked & first if not path.startswith("log/tile/1/")} == set()
    assert not [path for path in asked if path.endswith((".html", ".csv", "index.json"))]
    new = [path for path in later if path.startswith("log/tile") or path.endswith(".tlog-proof")]
    assert {path for path in new if path not in published()[1]} <= asked
    fetched = int(capsys.readouterr().out.split("Fetched: ")[1].split(" ")[0])
    assert fetched == len([path for path in address.asked if path in later])
    address.asked.clear()
    assert run("mirror", address.url, "--to", copy) == 0
    assert sorted(address.asked) == ["log/checkpoint", "site.json"]
    assert "tidak ada yang baru" in capsys.readouterr().out


def test_false_pages_of_a_source_do_not_get_into_the_copy(site: Path, copy: Path) -> None:
    (site / "index.html").write_bytes(b"<html>")
    (site / "extra").write_bytes(b"")
    assert run("mirror", site, "--to", copy) == 0
    assert contents(copy) == published()[1]


def test_files_that_did_not_change_are_shared_and_readers_keep_theirs(
    site: Path, copy: Path
) -> None:
    run("mirror", site, "--to", copy)
    tile = copy / "log" / "tile" / "0" / "000"
    before = tile.stat().st_ino
    reader = (copy / "site.json").open("rb")
    grow(site)
    assert run("mirror", site, "--to", copy) == 0
    assert tile.stat().st_ino == before
    assert reader.read() == published()[1]["site.json"]
    reader.close()


def test_damage_of_the_copy_itself_is_repaired(site: Path, copy: Path) -> None:
    run("mirror", site, "--to", copy)
    for path in ("log/tile/0/000", "log/tile/entries/000", "index.html", "bukti/9.tlog-proof"):
        flip(copy / path)
    (copy / "bukti" / "8.json").unlink()
    (copy / "stranger").write_bytes(b"")
    later = grow(site)
    assert run("mirror", site, "--to", copy) == 0
    assert contents(copy) == later


def test_a_site_without_anything_published_is_not_copied(tmp_path: Path, copy: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("mirror", tmp_path / "empty", "--to", copy) == 2
    assert run("mirror", tmp_path / "none", "--to", copy) == 2
    assert not copy.exists()


# ---------------------------------------------------------------- false sources


@cache
def forked() -> Contents:
    """A site of the same key whose entries from number 200 on are others."""
    _, _, evening = published()
    other = Evening(4).grow(200)
    other.entries += [b"%d" % number for number in range(100)]
    assert other.entries[:200] == evening.entries[:200]
    portal = Portal(other.entries, evening.origin)
    portal.log(300)
    return portal.public()


def test_a_fork_leaves_the_copy_and_evidence(
    site: Path, copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("mirror", site, "--to", copy)
    before = contents(copy)
    vkey = before["policy.txt"].decode().split()[1]
    write(site, {**published()[1], **forked()})
    for _ in range(2):
        assert run("mirror", site, "--to", copy, "--lang", "en") == 1
        out = capsys.readouterr().out
        assert f"FORKED: the key {vkey}, which this copy alone" in out
        assert "was not changed" in out
    assert contents(copy) == before
    smaller, larger = Fork.parse(evidence(copy).read_bytes()).verify()
    assert (smaller.size, larger.size) == (270, 300)
    assert run("compare", "--evidence", evidence(copy), "--policy", copy / "policy.txt") == 1
    assert names(copy.parent) == [".copy.mirror", "copy", "copy-fork.json"]
    grow(site)
    assert run("mirror", site, "--to", copy) == 0


def test_only_anchors_of_the_reader_make_a_fork_that_of_a_portal(
    site: Path, copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who serves a copy to somebody without anchors can fork a key of his own under any name."""
    paper = tmp_path / "paper"
    paper.write_bytes((site / "policy.txt").read_bytes())
    run("mirror", site, "--to", copy)
    write(site, {**published()[1], **forked()})
    name = f"FORKED: {published()[2].origin} signed two histories"
    for given, told in (((), False), (("--policy", paper), True)):
        assert run("mirror", site, "--to", copy, "--lang", "en", *given) == 1
        assert (name in capsys.readouterr().out) == told


def test_a_fork_that_is_smaller_than_the_copy(site: Path, copy: Path) -> None:
    portal = Portal([b"%d" % n for n in range(3)], published()[2].origin)
    portal.log(3)
    run("mirror", site, "--to", copy)
    write(site, {**published()[1], **portal.public()})
    assert run("mirror", site, "--to", copy) == 1
    Fork.parse(evidence(copy).read_bytes()).verify()
    assert contents(copy) == published()[1]


def test_a_fork_that_an_address_shows_during_one_run_leaves_evidence_and_is_asked_no_more(
    site: Path, copy: Path, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One run more would see the true history alone, copy it, and forget the other."""
    portal = Portal([b"%d" % n for n in range(3)], published()[2].origin)
    portal.log(3)
    run("mirror", site, "--to", copy)
    before = contents(copy)
    grow(site)
    repeat, asked = mirror.repeat, []

    def turns(*given: object) -> object:
        if not asked:
            address.first["log/checkpoint"] = portal.public()["log/checkpoint"]
        asked.append(given)
        return repeat(*given)

    monkeypatch.setattr(mirror, "repeat", turns)
    assert run("mirror", address.url, "--to", copy, "--grace", "20") == 1
    smaller, larger = Fork.parse(evidence(copy).read_bytes()).verify()
    assert (smaller.size, larger.size, len(asked)) == (3, SIZE, 1)
    assert contents(copy) == before
    assert names(copy.parent) == [".copy.mirror", "copy", "copy-fork.json"]


@pytest.mark.parametrize("place", ["folder", "address"])
def test_a_source_that_goes_back_leaves_the_copy(
    site: Path, copy: Path, address: Address, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    later = grow(site)
    run("mirror", site, "--to", copy)
    write(site, published()[1])
    source = site if place == "folder" else address.url
    assert run("mirror", source, "--to", copy, "--grace", "0", "--lang", "en") == 1
    assert f"this copy holds {SIZE} that the log has signed" in capsys.readouterr().out
    assert contents(copy) == later
    assert not evidence(copy).exists()


def test_pages_that_go_back_under_a_log_that_does_not_leave_the_copy(
    site: Path, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    later = grow(site)
    run("mirror", site, "--to", copy)
    old, new = (json.loads(one["site.json"]) for one in (published()[1], later))
    bulk = {name: old[name] for name in ("data_size", "data_next", "data_root")}
    for claim in (old, {**new, **bulk}):
        write(site, {**later, "site.json": encode_public(claim)})
        assert run("mirror", site, "--to", copy, "--lang", "en") == 1
        assert f"the site shows 270 entries; this copy holds {SIZE}" in capsys.readouterr().out
        assert contents(copy) == later


def test_pages_that_go_back_between_two_reads_leave_the_copy(
    site: Path, copy: Path, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two caches that disagree: what is compared first is newer than what the audit is shown."""
    later = grow(site)
    run("mirror", site, "--to", copy)
    first = published()[1]["site.json"]
    audited = mirror.repeat

    def turns(*given: object) -> object:
        (site / "site.json").write_bytes(first)
        return audited(*given)

    (site / "log/checkpoint").write_bytes(later["log/checkpoint"] + b"\xe2\x80\x94 x AAAAAAA=\n")
    monkeypatch.setattr(mirror, "repeat", turns)
    assert run("mirror", address.url, "--to", copy, "--grace", "0") == 1
    assert contents(copy) == later


def test_an_address_that_is_behind_for_a_moment(
    site: Path, copy: Path, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = grow(site)
    run("mirror", site, "--to", copy)
    write(site, published()[1])
    monkeypatch.setattr(mirror.time, "sleep", lambda seconds: grow(site))
    assert run("mirror", address.url, "--to", copy) == 0
    assert contents(copy) == later


@pytest.mark.parametrize(
    ("path", "how"),
    [("log/checkpoint", "flip"), ("log/tile/0/001.p/24", "flip"), ("site.json", "flip"),
     ("log/tile/entries/001.p/24", "delete"), (f"bukti/{SIZE - 1}.tlog-proof", "delete")]
    + [("log/checkpoint", "delete"), ("log/tile/0/001.p/24", "delete"), ("site.json", "delete"),
       ("log/tile/entries/001.p/24", "flip"), (f"bukti/{SIZE - 1}.tlog-proof", "flip")] * SOAK,
)  # fmt: skip
def test_a_source_that_is_refuted_leaves_the_copy(
    site: Path, copy: Path, path: str, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run("mirror", site, "--to", copy)
    grow(site)
    flip(site / path) if how == "flip" else (site / path).unlink()
    capsys.readouterr()
    assert run("mirror", site, "--to", copy) in ((1,) if how == "flip" else (1, 2))
    said = capsys.readouterr()
    assert path in said.out, said
    assert contents(copy) == published()[1]
    assert names(copy.parent) == [".copy.mirror", "copy"]


def test_other_anchors_than_the_copys_are_not_met_by_nothing_new(
    site: Path, copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first time the anchors were the site's; what is on paper comes later."""
    run("mirror", site, "--to", copy)
    text = (site / "policy.txt").read_text()
    log_id = text.partition("#rekap log ")[2].split()[0]
    paper = tmp_path / "paper.txt"
    for anchors, code, said in (
        (text, 0, "a full copy"),
        (text, 0, "nothing new"),
        (text.replace(log_id, "0" * 64), 1, "V10 entry 0"),
    ):
        paper.write_text(anchors)
        assert run("mirror", site, "--to", copy, "--policy", paper, "--lang", "en") == code
        assert said in capsys.readouterr().out
    assert contents(copy) == published()[1]


def test_nothing_new_says_what_keeps_the_copy_from_being_proved_as_the_first_time_did(
    site: Path, copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Anchors that do not name entry 0 prove less; other ones than last time prove it again."""
    text = (site / "policy.txt").read_text()
    unnamed = "".join(line for line in text.splitlines(True) if not line.startswith("#rekap log"))
    paper = tmp_path / "paper.txt"
    for anchors, new, said in (
        (None, "full copy", "the anchors are the site's own"),
        (None, "nothing new", "the anchors are the site's own"),
        (text, "full copy", "the anchors ask for no witness"),
        (text, "nothing new", "the anchors ask for no witness"),
        (unnamed, "full copy", "the anchors do not name entry 0"),
        (unnamed, "nothing new", "the anchors do not name entry 0"),
    ):
        words = () if anchors is None else ("--policy", paper)
        paper.write_text(anchors or "")
        assert run("mirror", site, "--to", copy, *words, "--lang", "en") == 0
        out = capsys.readouterr().out
        assert new in out
        assert said in out.splitlines()[-1]


def test_the_source_cannot_change_the_anchors_of_the_copy(
    site: Path, copy: Path, tmp_path: Path
) -> None:
    run("mirror", site, "--to", copy)
    later = grow(site)
    (site / "policy.txt").write_bytes(
        b"log other.example/log+530d903a+AekyeRrm56hApGFkyQR4ZCbV54\n"
    )
    assert run("mirror", site, "--to", copy) == 0
    assert contents(copy) == later
    paper = tmp_path / "paper"
    paper.write_text(
        "log log.example/rekap+c126ccb8+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4\nquorum none\n"
    )
    shutil.rmtree(copy)
    assert run("mirror", site, "--to", copy, "--policy", paper) == 1
    assert not copy.exists()


# ---------------------------------------------------------------- cosignatures


def _cosigned(note: bytes, *witnesses: str) -> bytes:
    opened = Note.parse(note)
    lines = [cosign(opened.text, f"saksi.example/{w}", signer(w), 1_732_700_000) for w in witnesses]
    return opened.merge(lines).format()


def test_a_copy_keeps_every_cosignature_that_it_ever_saw(
    site: Path, copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files, _ = small()
    note = files["log/checkpoint"]
    keys = [NoteKey.of(f"saksi.example/{w}", COSIGNATURE, signer(w).public) for w in ("w1", "w2")]
    lines = "".join(f"witness w{n} {key.vkey}\n" for n, key in enumerate(keys, 1))
    paper = tmp_path / "paper.txt"
    paper.write_text(files["policy.txt"].decode().replace("quorum", f"{lines}quorum"))
    for witnesses, kept, said in (
        (["w1"], ["w1"], "full copy"),
        ([], ["w1"], "nothing new"),
        (["w2"], ["w2", "w1"], "full copy"),
        (["w1"], ["w2", "w1"], "nothing new"),
    ):
        write(site, {**files, "log/checkpoint": _cosigned(note, *witnesses)})
        assert run("mirror", site, "--to", copy, "--policy", paper, "--lang", "en") == 0
        assert said in capsys.readouterr().out
        assert contents(copy) == {**files, "log/checkpoint": _cosigned(note, *kept)}


def test_lines_that_verify_are_joined_and_no_others() -> None:
    note = small()[0]["log/checkpoint"]
    key = NoteKey.of("saksi.example/w1", COSIGNATURE, signer("w1").public)
    good, known = _cosigned(note, "w1"), [key]
    line = Note.parse(good).lines[-1]
    false = Note.parse(note).merge([replace(line, signature=line.signature[::-1])]).format()
    crowd = [replace(line, name=f"asing/{n}") for n in range(63)]
    full = Note.parse(note).merge(crowd).format()
    assert cosigned.joined(note, good, known) == good
    assert cosigned.joined(false, note, known) == note
    assert cosigned.joined(note, false, known) == note
    assert cosigned.joined(false, good, known) == good
    assert cosigned.joined(note, good, []) == note
    assert cosigned.joined(note, good.replace(b"\n", b"x\n", 1), known) == note
    assert Note.parse(cosigned.joined(full, good, known)).lines == (
        *Note.parse(note).lines,
        *crowd[:62],
        line,
    )


# ---------------------------------------------------------------- the folder


def test_a_folder_in_use_is_not_touched(site: Path, copy: Path) -> None:
    mine = write(copy, {"mine": b"kept"})
    assert run("mirror", site, "--to", copy) == 2
    assert contents(mine) == {"mine": b"kept"}
    assert names(copy.parent) == ["copy"]
    assert run("mirror", site, "--to", site) == 2
    assert contents(site) == published()[1]


def test_an_empty_folder_and_a_link_to_a_folder(site: Path, copy: Path, tmp_path: Path) -> None:
    copy.mkdir(parents=True)
    (tmp_path / "name").symlink_to(copy)
    assert run("mirror", site, "--to", tmp_path / "name") == 0
    grow(site)
    assert run("mirror", site, "--to", tmp_path / "name") == 0
    assert (tmp_path / "name").is_symlink()
    assert contents(copy) == published()[0]


def test_two_programs_do_not_work_on_one_copy(
    site: Path, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("mirror", site, "--to", copy) == 0
    ready, go = os.pipe()
    child = os.fork()
    if child == 0:
        held = os.open(copy.with_name(".copy.mirror"), os.O_RDWR)
        fcntl.lockf(held, fcntl.LOCK_EX)
        os.write(go, b"x")
        signal.pause()
    os.read(ready, 1)
    try:
        assert run("mirror", site, "--to", copy) == 2
        assert "program lain" in capsys.readouterr().err
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert run("mirror", site, "--to", copy) == 0


# ---------------------------------------------------------------- kill -9


@cache
def small() -> tuple[Contents, Contents]:
    """A small site at two sizes."""
    evening = Evening(7).grow(24)
    portal = Portal(evening.entries, evening.origin)
    portal.log(18)
    portal.publish(now=0)
    portal.publish(now=1_000)
    earlier = portal.public()
    portal.log(24)
    portal.publish(now=2_000)
    portal.publish(now=3_000)
    return earlier, portal.public()


class Counter:
    """Counts what a program changes on the disk; kills it at one of these moments."""

    CHANGES = frozenset(
        {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "ctypes.dlsym"}
    )

    def __init__(self, last: int) -> None:
        self.count = 0
        self.last = last

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_CREAT
        if event in self.CHANGES or opened:
            self.count += 1
            if self.count == self.last:
                os.kill(os.getpid(), signal.SIGKILL)


def killed(last: int, work: Callable[[], int]) -> int | None:
    """Do `work` in a process that is killed at its change number `last`: None, or the count."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        counter = Counter(last)
        sys.addaudithook(counter)
        code = work()
        os.write(into, json.dumps([code, counter.count]).encode())
        os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as answer:
        said = answer.read()
    os.waitpid(child, 0)
    if not said:
        return None
    code, count = json.loads(said)
    assert code == 0
    return count


def test_folders_that_cannot_be_exchanged_are_an_error_that_names_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        exchange._exchange(tmp_path / "none", tmp_path / "other")
    assert caught.value.filename == str(tmp_path / "none")


@pytest.mark.parametrize("system", ["exchange", "rename"])
def test_a_killed_run_leaves_the_old_copy_or_the_new_one(
    tmp_path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    if system == "rename":
        monkeypatch.setattr(exchange, "_exchange", without_exchange)
    earlier, later = small()
    site = write(tmp_path / "site", earlier)
    assert run("mirror", site, "--to", copy) == 0
    write(site, later)

    def begin() -> None:
        shutil.rmtree(copy.parent)
        copy.parent.mkdir()
        shutil.copytree(kept, copy)
        shutil.copy(tmp_path / "mark", copy.with_name(".copy.mirror"))

    kept = Path(shutil.copytree(copy, tmp_path / "kept"))
    shutil.copy(copy.with_name(".copy.mirror"), tmp_path / "mark")
    work = partial(run, "mirror", site, "--to", copy)
    begin()
    changes = killed(-1, work)
    assert changes is not None
    assert contents(copy) == later
    swap = len(later) + 40
    points = {1, 2, 40, swap // 2, *range(changes - 60, changes, 20), changes}
    points |= {changes - left for left in swap_points(system, work, begin)}
    found = set()
    for point in sorted(points):
        begin()
        assert killed(point, work) is None
        if copy.exists():
            state = contents(copy)
            assert state in (earlier, later), point
            found.add("new" if state == later else "old")
        else:
            assert system == "rename", point
            found.add("between")
        assert run("mirror", site, "--to", copy) == 0
        assert contents(copy) == later, point
        assert names(copy.parent) == [".copy.mirror", "copy"]
    assert found == {"old", "new"} | ({"between"} if system == "rename" else set())


def without_exchange(one: Path, other: Path) -> None:
    raise OSError(errno.ENOSYS, "not here")


def swap_points(system: str, work: Callable[[], int], begin: Callable[[], None]) -> set[int]:
    """How many changes from the end the copy is replaced at: all moments around it."""
    begin()
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        counter = Counter(-1)
        sys.addaudithook(counter)
        marks: list[int] = []
        whole = exchange.replace

        def replace(folder: Path, new: Path) -> None:
            marks.append(counter.count)
            whole(folder, new)
            marks.append(counter.count)

        exchange.replace = replace
        work()
        first, last = marks
        os.write(into, json.dumps([counter.count - at for at in range(first, last + 2)]).encode())
        os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as answer:
        said = json.loads(answer.read())
    os.waitpid(child, 0)
    return {left for left in said if left >= 0}
