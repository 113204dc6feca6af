"""A witness that is not ours: `aics-witness`, on loopback, cosigns what `sequence` asks it to.

It grows with the log, corrects a size that we do not know (409), goes on after it was killed, and
keeps evidence of a second history, which stops the writer.
"""

from __future__ import annotations

import http.client
import json
import os
import signal as signals
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.handlers.test_witnesses import Office
from tests.live_portal import PATIENCE
from tests.peers import environment
from tests.portal.intake.world import RELEASE, World, sign, vkey

from rekap.audit.fork import Fork
from rekap.core.errors import Corrupt
from rekap.core.log.witness import request
from rekap.core.signing.note import Note, NoteKey
from rekap.desk import main as command

pytestmark = pytest.mark.peers

ORIGIN = World().origin
LOG_VKEY = vkey(ORIGIN, "log")
NAME = "saksi.example/kampus"
TRIES = 30
"""Runs of `sequence` after which a test gives up: one may pass while a busy machine is slow."""


class Peer:
    """A witness of somebody else: its folder, its process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None
        said = self.command("init", "--name", NAME, "--listen", f"127.0.0.1:{self.port}")
        self.key = NoteKey.parse(next(word for word in said.split() if word.startswith(NAME)))
        self.command("add-log", "--origin", ORIGIN, "--vkey", LOG_VKEY)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *words: str) -> str:
        done = subprocess.run(
            self._line(*words), check=True, capture_output=True, text=True, timeout=PATIENCE
        )
        return done.stdout

    def _line(self, *words: str) -> list[str]:
        program = environment.BIN / "aics-witness"
        return [str(program), words[0], "--config", str(self.folder / "witness.json"), *words[1:]]

    def start(self) -> None:
        with (self.folder / "lines").open("ab") as lines:
            self.process = subprocess.Popen(self._line("serve"), stdout=lines, stderr=lines)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                if self.answer("GET", "/healthz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError((self.folder / "lines").read_text())

    def kill(self, how: int = signals.SIGKILL) -> None:
        if self.process is not None:
            os.kill(self.process.pid, how)
            self.process.wait(PATIENCE)
            self.process = None

    def answer(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body or None)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def size(self) -> int:
        """The size that it cosigned last, as it says itself."""
        (log,) = json.loads(self.command("status", "--json"))["logs"]
        return int(log["size"] or 0)

    def evidence(self) -> list[dict[str, str]]:
        """What it keeps of requests that the log signed and that it refused."""
        told: list[dict[str, str]] = json.loads(self.command("evidence"))
        return told


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[Peer]:
    environment.need()
    peer = Peer(tmp_path / "witness")
    peer.start()
    yield peer
    peer.kill()


def office(folder: Path, peer: Peer) -> Office:
    rows = [f"log {LOG_VKEY}", f"witness kampus {peer.key.vkey} {peer.url}", "quorum kampus"]
    return Office(folder, rows)


def run(office: Office) -> None:
    """The minute run, by a process that remembers nothing."""
    office.run(office.portal())


def until_met(office: Office) -> None:
    for _ in range(TRIES):
        if office.meets():
            return
        run(office)
    raise AssertionError(office.lines[-3:])


def insist(office: Office, entry: bytes) -> None:
    """Send and run: a busy machine may let an answer come too late for one run."""
    office.send(entry)
    for _ in range(TRIES):
        run(office)


def publication(office: Office) -> bytes:
    return sign(office.world.of_log("publication", release=RELEASE), "operator-1")


def election(office: Office) -> bytes:
    return sign(office.world.election(), "root-1", "root-2", "operator-1")


def note(office: Office) -> Note:
    return Note.parse((office.folder / "public/log/checkpoint").read_bytes())


def test_growth_and_restarts(peer: Peer, tmp_path: Path) -> None:
    ours = office(tmp_path / "portal", peer)
    ours.send(publication(ours))
    until_met(ours)
    assert peer.size() == 2
    assert ours.proofs() == ["0.tlog-proof", "1.tlog-proof"]
    peer.kill()
    ours.send(election(ours))
    assert not ours.meets(), "nobody is there"
    assert ours.proofs() == ["0.tlog-proof", "1.tlog-proof"], "a new proof waits"
    peer.start()
    until_met(ours)
    assert peer.size() == 3, "what it signed before it was killed is what it goes on from"
    assert len(ours.proofs()) == 3
    peer.kill(signals.SIGTERM)
    peer.start()
    ours.send(ours.world.beginning()[3])
    until_met(ours)
    assert peer.size() == 4
    assert peer.evidence() == []
    for reader in environment.PEERS:
        published = ours.folder / "public/log/checkpoint"
        done = environment.ask("cosigned", reader, published, LOG_VKEY, peer.key.vkey)
        assert done.returncode == 0, done.stderr


def test_a_size_that_we_do_not_know(peer: Peer, tmp_path: Path) -> None:
    """409: it has signed size 1 for somebody else who asked; our checkpoint has no line of it."""
    ours = office(tmp_path / "portal", peer)
    early = note(ours)
    assert peer.answer("POST", "/add-checkpoint", request(0, (), early))[0] == 200
    assert peer.size() == 1
    assert peer.answer("POST", "/add-checkpoint", request(0, (), early)) == (409, b"1\n")
    ours.send(publication(ours))
    until_met(ours)
    assert peer.size() == 2


def test_a_second_history_stops_the_writer_and_is_evidence(peer: Peer, tmp_path: Path) -> None:
    ours = office(tmp_path / "portal", peer)
    ours.send(publication(ours))
    until_met(ours)
    fork = office(tmp_path / "fork", peer)
    other = sign(fork.world.of_log("publication", release="1" * 64), "operator-1")
    with pytest.raises(Corrupt, match="kampus has another tree of size 2"):
        insist(fork, other)
    assert not fork.meets()
    assert peer.size() == 2
    kept = tmp_path / "kept"
    kept.write_text(peer.evidence()[0]["request"].partition("\n\n")[2])
    public, convicts = ours.folder / "public", tmp_path / "fork.json"
    assert command.main(["compare", str(kept), str(public), "--to", str(convicts)]) == 2
    first, second = Fork.parse(convicts.read_bytes()).verify()
    assert (first.size, second.size) == (2, 2)
