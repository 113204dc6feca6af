"""`rekap verify` and `rekap rebuild`: exit codes, words, JSON, all or nothing."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.audit.shelf import RELEASE, RENDER, SIZE, published, witnessed
from tests.infra.document import LIVE, evaluate, read

from rekap.audit import again
from rekap.audit.commands import derive
from rekap.audit.commands import verify as verify_command
from rekap.audit.commands.speech import Say
from rekap.audit.commands.verdict import verdict_lines
from rekap.audit.verdict import Report
from rekap.desk import main as command


@pytest.fixture
def public(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The clean copy as a folder; this program has its release."""
    for module in (verify_command, derive):
        monkeypatch.setattr(module, "current", lambda: RELEASE)
        monkeypatch.setattr(module, "Site", RENDER)
    monkeypatch.setattr(again, "_PAUSE_S", 0.01)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)  # forked processes would keep no page
    files, _, _ = published()
    folder = tmp_path / "public"
    for path, data in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return folder


@pytest.fixture
def url(public: Path) -> Iterator[str]:
    """The clean copy behind an address."""

    class Quiet(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(public)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _run(*words: object) -> int:
    return command.main([str(word) for word in words])


def _code(*words: object) -> object:
    """The exit code, also where the arguments end the program."""
    try:
        return _run(*words)
    except SystemExit as stopped:
        return stopped.code


def test_a_folder_is_proved_by_whole_anchors_and_only_seen_by_less(
    public: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = tmp_path / "anchors.txt"
    policy, note = witnessed(published()[0])
    whole.write_bytes(policy.format())
    (public / "log" / "checkpoint").write_bytes(note)
    assert _run("verify", public, "--policy", whole) == 0
    *_, last = lines = capsys.readouterr().out.splitlines()
    assert last == f"TERBUKTI menurut jangkar Anda: {SIZE} catatan, dan semua halaman sampai" + (
        f" catatan {SIZE}."
    )
    assert any(f"{SIZE} catatan" in line for line in lines[:-1])
    assert _run("verify", public) == 3
    assert capsys.readouterr().out.splitlines()[-1] == (
        "SESUAI, sejauh dilihat: jangkarnya milik situs ini sendiri; jangkar tidak meminta saksi"
        " log."
    )
    few = ("--pages", "none", "--lang", "en")
    assert _run("verify", public, "--policy", public / "policy.txt", *few) == 3
    assert capsys.readouterr().out.splitlines()[-1] == (
        "CONSISTENT, as far as was seen: its pages were not looked at; the anchors ask for no"
        " witness."
    )


def test_a_refuted_folder_names_each_file(public: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (public / "index.html").write_bytes(b"<html>")
    (public / "site.json.bak").write_bytes(b"")
    (public / "buku-besar" / "index.json").unlink()
    assert _run("verify", public) == 1
    lines = capsys.readouterr().out.splitlines()
    for start in ("  V16 index.html: ", "  V21 site.json.bak: ", "  V20 buku-besar/index.json: "):
        assert any(line.startswith(start) for line in lines), start
    assert lines[-1] == "TERBANTAH: 3 hal tidak sesuai dengan log."


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"size": 1, "origin": "o", "root": "r"}, ["pages not checked", "bulk data not checked",
                                                   "proofs not checked"]),
        ({"pages": {"checked": 2, "all": 9}, "files": 7, "bulk": 0, "proofs": 3},
         ["pages 2 of 9, 7 files; unknown files were not looked for", "bulk data 0", "proofs 3"]),
        ({"pages": {"checked": 9, "all": 9}, "files": 30, "bulk": 4, "proofs": 0},
         ["pages 9 of 9, 30 files", "bulk data 4", "proofs 0"]),
    ],
)  # fmt: skip
def test_a_verdict_says_what_was_not_looked_at(facts: dict[str, object], told: list[str]) -> None:
    report = Report("site", facts=facts)
    lines = [" ".join(line.split()) for line in verdict_lines(report, Say("en"))]
    assert [line for line in lines if line.startswith(("pages", "bulk", "proofs"))] == told


def test_json_is_the_same_each_time(public: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (public / "index.html").write_bytes(b"<html>")
    outs = []
    for _ in range(2):
        assert _run("verify", public, "--json") == 1
        outs.append(capsys.readouterr().out)
    assert outs[0] == outs[1]
    verdict = json.loads(outs[0])
    assert verdict["status"] == 1
    assert [failure["place"] for failure in verdict["failures"]] == ["index.html"]


def test_names_of_files_cannot_speak_to_the_terminal(
    public: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (public / "a\x1b[2J\nTERBUKTI").write_bytes(b"")
    assert _run("verify", public) == 1
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "a\\x1b[2J\\x0aTERBUKTI" in out


def test_a_verdict_for_machines_is_ascii(public: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The origin of a checkpoint that nobody signed may hold what a terminal obeys."""
    checkpoint = public / "log" / "checkpoint"
    checkpoint.write_bytes(checkpoint.read_bytes().replace(b"rekap", "rekap\x9b2J".encode(), 1))
    (public / "site.json").unlink()
    assert _run("verify", public, "--json", "--pages", "none") == 1
    out = capsys.readouterr().out
    assert out.isascii()
    assert "rekap\x9b2J" in json.loads(out)["facts"]["origin"]


@pytest.mark.parametrize(
    "words",
    [["/none"], ["ftp://a.example/"], [".", "--policy", "/none"], [".", "--receipt", "/none"],
     [".", "--policy", "/dev/zero"], [".", "--receipt", "/dev/zero"],
     [".", "--pages", "some"], [".", "--pages", "-1"], [], [".", "--what"]],
)  # fmt: skip
def test_wrong_arguments_are_undecided(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _code("verify", *words) == 2


@pytest.mark.parametrize("pages", ["some", "-1", "²", "1234567890"])
def test_a_number_of_pages_that_is_none_is_told(
    pages: str, public: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _code("verify", str(public), "--pages", pages) == 2
    assert "all | none | N" in capsys.readouterr().err


def test_a_policy_that_is_none_is_undecided(public: Path, tmp_path: Path) -> None:
    (tmp_path / "anchors").write_bytes(b"what\n")
    assert _run("verify", public, "--policy", tmp_path / "anchors") == 2


def test_an_unexpected_error_keeps_what_was_found(
    public: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*arguments: object) -> None:
        raise ZeroDivisionError("unexpected")

    monkeypatch.setattr("rekap.audit.audit.check_sums", broken)
    assert _run("verify", public) == 2
    out = capsys.readouterr().out
    assert "V23 V13: " in out
    assert "ZeroDivisionError: unexpected" in out
    (public / "log" / "tile" / "0" / "000").write_bytes(b"")
    assert _run("verify", public) == 1


def test_an_address_is_sampled(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("verify", url, "--pages", "9", "--seed", "kata sendiri", "--grace", "0") == 3
    out = capsys.readouterr().out
    assert f"{9 + 9} dari" in out
    assert "--seed kata sendiri" in out
    assert _run("verify", url, "--pages", "none") == 3
    capsys.readouterr()
    seeds = set()
    for _ in range(2):
        assert _run("verify", url, "--pages", "1", "--json") == 3
        seeds.add(json.loads(capsys.readouterr().out)["facts"]["seed"])
    assert len(seeds) == 2, "no publisher can know where this reader will look"


def test_an_address_that_shows_an_old_page_is_read_again(
    url: str, public: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, earlier, _ = published()
    (public / "index.html").write_bytes(earlier["index.html"])
    assert _run("verify", url, "--grace", "0", "--pages", "1") == 1

    def finish(seconds: float) -> None:
        (public / "index.html").write_bytes(files["index.html"])

    seconds = count()
    clock = SimpleNamespace(monotonic=lambda: next(seconds), sleep=finish)
    monkeypatch.setattr(again, "time", clock)
    assert _run("verify", url, "--grace", "60", "--pages", "1") == 3


def test_pages_that_are_newer_than_site_json_are_right_and_counted(
    public: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files, earlier, _ = published()
    for path in ("site.json", *(path for path in files if "/data/" in path)):
        (public / path).write_bytes(earlier[path])
    assert _run("verify", public) == 3
    assert "sudah lebih baru daripada site.json" in capsys.readouterr().out


# ---------------------------------------------------------------- rebuild


def test_a_rebuilt_folder_is_the_published_one(public: Path, tmp_path: Path) -> None:
    target = tmp_path / "again"
    target.mkdir()
    assert _run("rebuild", public, "--to", target) == 0
    assert _contents(public) == _contents(target)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again", "public"]


def test_an_address_is_rebuilt_too(url: str, public: Path, tmp_path: Path) -> None:
    assert _run("rebuild", url, "--to", tmp_path / "again") == 0
    assert _contents(public) == _contents(tmp_path / "again")


def test_pages_are_not_believed_nor_needed(public: Path, tmp_path: Path) -> None:
    """The copy in another Region has none: whoever lost the first one makes them from it."""
    files, _, _ = published()
    rules = evaluate(read(), LIVE).of("AWS::S3::Bucket")["PublicBucket"]["ReplicationConfiguration"]
    copied = tuple(one["Filter"]["Prefix"] for one in rules["Rules"])
    for path in files:
        if not path.startswith(copied):
            (public / path).unlink()
    (public / "index.html").write_bytes(b"<html>")
    (public / "extra").write_bytes(b"")
    assert _run("rebuild", public, "--to", tmp_path / "again") == 0
    assert _contents(tmp_path / "again") == files


@pytest.mark.parametrize(
    "path", ["log/checkpoint", "log/tile/0/000", "log/tile/entries/000", "bukti/9.tlog-proof",
             "site.json", "policy.txt"]
)  # fmt: skip
def test_wrong_evidence_is_refuted_and_nothing_is_written(
    public: Path, tmp_path: Path, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = bytearray((public / path).read_bytes())
    data[len(data) // 2] ^= 1
    (public / path).write_bytes(bytes(data))
    assert _run("rebuild", public, "--to", tmp_path / "again") == 1
    assert path in capsys.readouterr().out
    assert [one.name for one in tmp_path.iterdir()] == ["public"]


def test_a_folder_in_use_is_refused(public: Path, tmp_path: Path) -> None:
    target = tmp_path / "again"
    target.mkdir()
    (target / "kept").write_bytes(b"mine")
    assert _run("rebuild", public, "--to", target) == 2
    assert [path.name for path in target.iterdir()] == ["kept"]


def test_another_release_cannot_rebuild(
    public: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derive, "current", lambda: "0" * 64)
    assert _run("rebuild", public, "--to", tmp_path / "again") == 2
    assert not (tmp_path / "again").exists()


def test_nothing_to_read_cannot_be_rebuilt(tmp_path: Path) -> None:
    assert _run("rebuild", tmp_path / "none", "--to", tmp_path / "again") == 2
    (tmp_path / "empty").mkdir()
    assert _run("rebuild", tmp_path / "empty", "--to", tmp_path / "again") == 2


def test_a_folder_that_never_stands_still_is_undecided(
    public: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (public / "index.html").write_bytes(b"<html>")
    turns = []
    checked = again.audit

    def moving(*arguments: object) -> object:
        turns.append(1)
        outcome = checked(*arguments)
        arguments[2].changed = arguments[2].moved = True
        return outcome

    monkeypatch.setattr(again, "audit", moving)
    assert _run("verify", public) == 2
    assert len(turns) == 4
    (public / "log" / "tile" / "0" / "000").write_bytes(b"")
    assert _run("verify", public) == 1
