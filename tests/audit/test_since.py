"""`--since`: the log has only grown since a checkpoint that the reader kept."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.audit.shelf import LOG, RELEASE, RENDER, SIZE, SIZES, Files, anchors, audit, published
from tests.core.ledger.world import signer

from rekap.audit.commands import verify as verify_command
from rekap.audit.hashes import TreeHashes
from rekap.audit.verdict import Report
from rekap.core import codec
from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.log.entry import leaf_hash
from rekap.core.log.policy import Policy
from rekap.core.signing import note
from rekap.core.signing.note import NoteKey
from rekap.desk import main as command


def kept(size: int, root: bytes | None = None, *, origin: str = "", key: object = LOG) -> bytes:
    """A checkpoint of this log as it stood at `size`, or with another root."""
    _, _, evening = published()
    if root is None:
        root = TreeHashes([leaf_hash(e) for e in evening.entries[:size]]).root(size)
    return sign_checkpoint(Checkpoint(origin or evening.origin, size, root), key)


def failures(report: Report) -> list[tuple[str, str]]:
    return [(one.check.code, one.place) for one in report.refuted + report.undecided]


def checked(since: bytes, files: dict[str, bytes] | None = None, **plan: object) -> Report:
    return audit(files or published()[0], since=since, pages=0, **plan)


@pytest.mark.parametrize("size", [0, 1, *SIZES, 257, SIZE])
def test_a_log_that_only_grew(size: int) -> None:
    report = checked(kept(size))
    assert report.sound, report.as_json()
    assert report.facts["since"]["size"] == size
    assert report.facts["since"]["grown"] == SIZE - size


@pytest.mark.parametrize("size", [1, 45, 256, SIZE])
def test_another_history_is_refuted(size: int) -> None:
    report = checked(kept(size, b"\x07" * 32))
    assert failures(report) == [("V24", "log/checkpoint")]
    assert report.fork is not None
    assert [one.size for one in report.fork.verify()] == [size, SIZE]
    assert "grown" not in report.as_json()["facts"]["since"]


def test_a_log_that_took_entries_back_is_refuted() -> None:
    report = checked(kept(SIZE + 1, b"\x07" * 32))
    assert failures(report) == [("V24", "log/checkpoint")]
    assert report.moving, "a stale copy at an address may pass"
    assert f"log once had {SIZE + 1} entries" in report.notes[-1].en


@pytest.mark.parametrize(
    "since",
    [
        b"",
        b"what",
        pytest.param("key", id="another key"),
        pytest.param("origin", id="another origin"),
        pytest.param("cut", id="cut"),
    ],
)
def test_a_file_that_the_log_did_not_sign_accuses_nobody(since: bytes | str) -> None:
    if since == "key":
        since = kept(45, b"\x07" * 32, key=signer("other"))
    elif since == "origin":
        since = kept(45, b"\x07" * 32, origin="other.example/log")
    elif since == "cut":
        since = kept(45)[:-5]
    assert isinstance(since, bytes)
    report = checked(since)
    assert report.status == 2
    assert failures(report) == [("V24", "--since")]


def test_a_checkpoint_of_another_log_of_the_anchors_accuses_nobody() -> None:
    files, _, _ = published()
    other = NoteKey.of("other.example/log", note.ED25519, signer("other").public)
    both = Policy.parse(f"log {other.vkey}\n".encode() + files["policy.txt"])
    since = kept(45, b"\x07" * 32, origin="other.example/log", key=signer("other"))
    found = failures(checked(since, policy=both))
    assert [one for one in found if one[0] == "V24"] == [("V24", "--since")]


def test_a_checkpoint_of_the_log_before_this_one_at_the_same_origin_accuses_nobody() -> None:
    """A log whose key was lost ends; the next one may have its name, and anchors name both."""
    files, _, evening = published()
    other = NoteKey.of(evening.origin, note.ED25519, signer("other").public)
    both = Policy.parse(f"log {other.vkey}\n".encode() + files["policy.txt"])
    since = kept(45, b"\x07" * 32, key=signer("other"))
    found = failures(checked(since, policy=both))
    assert [one for one in found if one[0] == "V24"] == [("V24", "--since")]


def test_every_bit_of_the_file_matters() -> None:
    since = kept(45)
    for at in range(len(since)):
        changed = since[:at] + bytes([since[at] ^ 1]) + since[at + 1 :]
        report = Report("memory")
        from rekap.audit.log import LogContent
        from rekap.audit.since import check_since

        _, _, evening = published()
        hashes = TreeHashes([leaf_hash(e) for e in evening.entries])
        content = LogContent(SIZE, None, hashes, SIZE, proved=True)  # type: ignore[arg-type]
        check_since(changed, anchors(published()[0]), evening.origin, content, report)
        assert report.status == 2, at


def test_entries_that_are_not_the_checkpoints_accuse_the_tiles_only() -> None:
    files = dict(published()[0])
    for path in ("log/tile/0/000", "log/tile/entries/000"):
        files[path] = files[path][:40] + bytes([files[path][40] ^ 1]) + files[path][41:]
    report = checked(kept(45), files)
    assert report.status == 1
    assert ("V24", "--since") in failures(report)
    assert not [one for one in report.refuted if one.check.code == "V24"]


def test_a_log_whose_end_is_lost_accuses_nobody() -> None:
    files = {p: d for p, d in published()[0].items() if "/001.p/24" not in p and p[-5:] != ".json"}
    report = checked(kept(270), files | {"site.json": published()[0]["site.json"]})
    assert ("V24", "--since") in failures(report)
    assert not [one for one in report.refuted if one.check.code == "V24"]
    report = checked(kept(256), files | {"site.json": published()[0]["site.json"]})
    assert not [one for one in report.refuted if one.check.code == "V24"]


def test_nothing_more_is_read() -> None:
    files, _, _ = published()
    plain, since = Files(files), Files(files)
    audit(files, source=plain, pages=0)
    audit(files, source=since, pages=0, since=kept(270))
    assert plain.reads == since.reads


# ---------------------------------------------------------------- the command


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(verify_command, "current", lambda: RELEASE)
    monkeypatch.setattr(verify_command, "Site", RENDER)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)  # forked processes would keep no page
    folder = tmp_path / "public"
    for path, data in published()[0].items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def run(*words: object) -> int:
    return command.main([str(word) for word in words])


def test_the_command_and_the_way_to_the_evidence(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    since = tmp_path / "kept"
    since.write_bytes(kept(45))
    ask = ("verify", url, "--pages", "none", "--grace", "0", "--since", since, "--lang", "en")
    assert run(*ask) == 3
    assert f"45 entries, and {SIZE - 45} since" in capsys.readouterr().out
    since.write_bytes(kept(45, b"\x07" * 32))
    assert run(*ask) == 1
    told = capsys.readouterr()
    root = codec.b64encode(b"\x07" * 32)
    assert f"V24 log/checkpoint: expected root {root} at 45" in told.out
    assert "Evidence: rekap-fork.json" in told.err
    assert run(*ask) == 1
    assert "the evidence was not written: rekap-fork.json exists" in capsys.readouterr().err
    evidence = tmp_path / "fork.json"
    assert run("compare", since, url, "--to", evidence) == 2
    assert evidence.read_bytes() == (tmp_path / "rekap-fork.json").read_bytes()
    assert run("compare", "--evidence", evidence, "--policy", tmp_path / "public/policy.txt") == 1
    assert run("verify", url, "--pages", "none", "--since", tmp_path / "none") == 2
