"""One call of `rekap submit` in this process: its words, exit codes, and disks that fail."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import signal
import subprocess
import time
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.desk.officials.bench import kit_of
from tests.desk.officials.clerk import Typing
from tests.desk.officials.post import ENVIRONMENT, command, form, item, run
from tests.desk.officials.test_sender import NOW, Hours, Step, fails, issued, says
from tests.desk.officials.test_sender import problem as refuses
from tests.fakes import Clock
from tests.live_portal import PATIENCE
from tests.portal.intake.office import Office
from tests.portal.intake.world import World, sign

from rekap.audit.commands import files
from rekap.audit.commands.speech import Say
from rekap.desk.officials.commands.submit import Task
from rekap.desk.officials.item import Item
from rekap.desk.officials.outbox import receipts
from rekap.desk.officials.outbox.queue import Queue
from rekap.desk.officials.outbox.upload import PICTURES, WORDS, Address, Door, Raw, Unreached
from rekap.desk.officials.talk import Talk

WORLD = World.begun()
URL = "https://rekap.example/"


@dataclass
class FakePortal:
    """The real intake in memory behind a connection; scripted answers come first."""

    office: Office
    address: Address
    steps: list[Step] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    pages: dict[str, bytes] = field(default_factory=dict)

    def post(self, envelope: bytes, *, insist: bool = False) -> Raw:
        self.sent.append(envelope)
        if self.steps:
            return self.steps.pop(0)(envelope)
        answer = self.office.insists(envelope) if insist else self.office.send(envelope)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Raw(answer.status, headers, json.dumps(answer.body).encode())

    def hand_in(self, door: Door, data: bytes) -> Raw:
        if self.steps:
            return self.steps.pop(0)(data)
        take = {WORDS: self.office.hands_in, PICTURES: self.office.shows}[door]
        answer = take(data, door.type)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Raw(answer.status, headers, json.dumps(answer.body).encode())

    def get(self, path: str) -> Raw:
        if self.steps and getattr(self.steps[0], "of_key", False):
            return self.steps.pop(0)(b"")
        if path == "bukti/0.json":
            return Raw(200, {}, WORLD.entries[0])
        return Raw(200, {}, self.pages[path]) if path in self.pages else Raw(404, {}, b"{}")

    def close(self) -> None:
        pass


@dataclass
class Desk:
    """An official at a terminal of 80 columns."""

    folder: Path
    steps: list[Step] = field(default_factory=list)
    hours: Hours = field(default_factory=Hours)
    office: Office = field(default_factory=lambda: Office(WORLD, clock=Clock(int(NOW))))
    portals: list[FakePortal] = field(default_factory=list)
    pages: dict[str, bytes] = field(default_factory=dict)
    out: str = ""
    err: str = ""

    @property
    def queue(self) -> Queue:
        return Queue(self.folder / "antrean")

    def file(self, name: str, body: bytes) -> Path:
        path = self.folder / f"{name}.dsse.json"
        path.write_bytes(body)
        return path

    def submit(
        self, *files: Path, lang: str = "id", typed: str | None = None, **options: Any
    ) -> int:
        """Run it; `typed` is what a person at a terminal answers, None where nobody is there."""
        given = {
            "files": list(files), "to": URL, "queue": self.queue.folder, "kit": None,
            "once": False, "wait": False, "patience": 100, "again": False, "insist": False,
            "files_named": [],
        }  # fmt: skip
        stdout, stderr = io.StringIO(), io.StringIO()
        stdin: Any = Typing(typed or "", stdout)
        stdin.isatty = lambda: typed is not None
        talk = Talk(Say(lang), stdin, stdout, stderr)

        def connect(address: Address) -> Any:
            self.portals.append(FakePortal(self.office, address, self.steps, pages=self.pages))
            return self.portals[-1]

        task = Task(Namespace(**(given | options)), talk, self.queue, self.hours.time(), connect)
        code = talk.carry_out(task.run)
        self.out, self.err = stdout.getvalue(), stderr.getvalue()
        for line in (self.out + self.err).splitlines():
            assert len(line) <= 80 or max(map(len, line.split())) > 50, line
        return code

    @property
    def sent(self) -> list[bytes]:
        return [body for portal in self.portals for body in portal.sent]

    @property
    def told(self) -> str:
        return " ".join((self.out + self.err).split())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_it_is_sent_once_and_shown_again_without_a_network(desk: Desk):
    path = desk.file("a", form(WORLD))
    assert desk.submit(path) == 0
    desk.steps = [fails("dns")] * 99
    assert desk.submit(path, to=None) == 0
    assert "TANDA TERIMA PORTAL" in desk.out
    assert len(desk.sent) == 1
    assert desk.submit(to=None) == 0
    assert "Tidak ada yang menunggu" in desk.out


def test_a_statement_that_was_queued_before_all_had_signed(desk: Desk):
    fields, signers = WORLD.form(), WORLD.kpps()
    assert desk.submit(desk.file("a", sign(fields, *signers[:2]))) == 1
    assert "BELUM DITERIMA" in desk.out
    assert "Portal menyimpan 2 tanda tangan formulir ini selama 7 hari" in desk.told
    assert desk.submit(desk.file("a", sign(fields, *signers))) == 0
    assert len(desk.sent) == 2
    assert "1 dengan tanda terima:" in desk.out
    assert desk.submit(desk.file("b", sign(fields, *signers[:2]))) == 0
    assert len(desk.sent) == 2


def test_a_kit_tells_that_signatures_are_missing_before_anything_is_sent(desk: Desk):
    path = desk.folder / "kit.json"
    kit_of(WORLD).write(path)
    few = desk.file("a", sign(WORLD.form(), *WORLD.kpps()[:2]))
    assert desk.submit(few, desk.file("b", form(WORLD, "002")), kit=path, to=None) == 2
    assert "menurut kit, 1 pernyataan belum cukup tanda tangannya" in desk.told
    assert "rekap submit --queue" in desk.told
    assert "--to ALAMAT" in desk.told


def test_offline_it_says_that_everything_is_safe_and_how_to_go_on(desk: Desk):
    path = desk.file("a", form(WORLD))
    desk.steps = [fails("network")] * 99
    assert desk.submit(path) == 2
    assert "Jaringan tidak dapat dipakai" in desk.told
    assert "Semua aman di antrean" in desk.told
    assert f"rekap submit --queue {desk.queue.folder}" in desk.told
    assert "BUKTI ANTREAN" in desk.out
    assert sum(desk.hours.slept) <= 100
    desk.steps = []
    assert desk.submit(to=None) == 0


def test_the_key_of_receipts_is_waited_for_like_everything_else(desk: Desk):
    path = desk.file("a", form(WORLD))

    def down(_: bytes) -> Raw:
        raise Unreached("refused")

    down.of_key = True  # type: ignore[attr-defined]
    desk.steps = [down, down]
    assert desk.submit(path) == 0
    assert len(desk.hours.slept) == 2
    desk.steps = [down] * 99
    assert desk.submit(desk.file("b", form(WORLD, "002")), queue=desk.folder / "q2", once=True) == 2
    assert len(desk.hours.slept) == 2
    assert "menolak sambungan" in desk.told


def test_a_refusal_is_told_in_the_language_of_the_call(desk: Desk):
    wrong = WORLD.form("001")
    wrong["figures"]["valid"] += 1
    path = desk.file("a", sign(wrong, *WORLD.kpps("001")))
    assert desk.submit(path, lang="en") == 1
    assert "REFUSED" in desk.out
    assert "Found 241, expected 240." in desk.told
    assert desk.submit(path) == 1
    assert "Tertulis 241, seharusnya 240." in desk.told
    assert len(desk.sent) == 1


def test_a_refusal_is_sent_again_only_when_asked_for(desk: Desk):
    path = desk.file("a", form(WORLD))
    desk.steps = [refuses(410, "closed")]
    assert desk.submit(path) == 1
    assert desk.submit(path) == 1
    assert desk.submit() == 0
    assert len(desk.sent) == 1
    assert desk.submit(path, again=True) == 0
    assert len(desk.sent) == 2


def test_many_findings_are_cut_with_where_the_rest_is(desk: Desk):
    errors = [
        {"code": "unexplained", "field": f"f{n}", "id": "Salah.", "en": "No."} for n in range(30)
    ]
    body = {"status": 422, "code": "unexplained", "errors": errors}
    desk.steps = [says(422, body, "application/problem+json")]
    path = desk.file("a", form(WORLD))
    assert desk.submit(path) == 1
    assert "dan 22 lagi" in desk.told
    refused = next(desk.queue.folder.glob("*.ditolak.json"))
    assert len(json.loads(refused.read_bytes())["errors"]) == 30


def test_words_of_a_portal_cannot_paint_on_the_terminal(desk: Desk):
    evil = "\x1b[2J\x1b[31mDITERIMA\r\n\u202eabc\u0007"
    errors = [{"code": "unexplained", "field": evil, "id": evil, "en": evil}]
    body = {"status": 422, "code": "unexplained", "errors": errors}
    desk.steps = [says(422, body, "application/problem+json")]
    assert desk.submit(desk.file("a", form(WORLD))) == 1
    assert not set("\x1b\r\u0007\u202e") & set(desk.out + desk.err)


def test_a_doubtful_receipt_is_told_once_and_ends_with_1(desk: Desk):
    own = item(WORLD)
    lie = {"leaf": own.leaf, "id": own.id, "receipt": issued(item(WORLD, "002")).decode()}
    desk.steps = [says(201, lie)] * 9
    assert desk.submit(desk.file("a", own.data)) == 1
    assert desk.told.count("TIDAK dapat dipercaya") == 1
    assert "TANDA TERIMA PORTAL" not in desk.out
    assert list(desk.queue.folder.glob("*.ragu-*"))


def test_one_bad_file_does_not_stop_the_others(desk: Desk):
    good = desk.file("good", form(WORLD))
    files = [
        desk.file("draft", json.dumps({"a": 1}).encode()),
        desk.folder / "gone.dsse.json",
        desk.file("torn", form(WORLD, "002")[:-9]),
        desk.file("unsigned", Item.parse(form(WORLD, "003")).envelope.payload),
        good,
        desk.file("same", form(WORLD)),
    ]
    assert desk.submit(*files) == 2
    assert desk.sent == [form(WORLD)]
    for word in ("draft", "gone", "torn", "unsigned"):
        assert word in desk.err
    assert "rekap sign" in desk.told


def test_nothing_to_queue(desk: Desk):
    empty = desk.folder / "kosong"
    empty.mkdir()
    assert desk.submit(empty) == 2
    assert "rekap sign" in desk.told
    assert not desk.queue.folder.exists()
    assert desk.submit() == 2


@pytest.mark.parametrize(
    ("url", "word"),
    [("http://rekap.example/", "https"), ("rekap.example", "bukan alamat"), ("ftp://x/", "alamat")],
)
def test_a_wrong_address_is_refused_before_anything_is_queued(desk: Desk, url: str, word: str):
    assert desk.submit(desk.file("a", form(WORLD)), to=url) == 2
    assert word in desk.told
    assert not desk.queue.folder.exists()


def test_the_clock_of_the_computer_is_checked_against_the_portals(desk: Desk):
    desk.steps = [says(503, b"{}", date="Wed, 27 Nov 2024 19:33:20 GMT")]
    assert desk.submit(desk.file("a", form(WORLD)), once=True) == 2
    assert "600 menit lebih lambat" in desk.told
    desk.steps = [says(503, b"{}", date="Wed, 27 Nov 2024 09:33:20 GMT")]
    assert desk.submit(once=True) == 2
    assert "menit lebih" not in desk.told


# ---------------------------------------------------------------- disks


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (errno.ENOSPC, "Penyimpanan penuh"),
        (errno.EDQUOT, "Penyimpanan penuh"),
        (errno.EROFS, "hanya dapat dibaca"),
        (errno.EACCES, "milik pengguna lain"),
        (errno.EPERM, "milik pengguna lain"),
        (errno.EIO, "Periksa penyimpanan"),
    ],
)
@pytest.mark.parametrize("nth", [0, 1, 2, 3, 4])
def test_a_disk_that_fails_at_any_write_loses_nothing(
    desk: Desk, nth: int, number: int, word: str, monkeypatch: pytest.MonkeyPatch
):
    """The writes: two statements, the settings twice, two receipts; then the disk is mended."""
    paths = [desk.file("a", form(WORLD)), desk.file("b", form(WORLD, "002"))]
    real, count = files.write, iter(range(99))

    def write(path: Path, data: bytes, **more: Any) -> None:
        if next(count) >= nth:
            raise OSError(number, os.strerror(number), str(path.with_name(f".{path.name}.1")))
        real(path, data, **more)

    with monkeypatch.context() as broken:
        broken.setattr(files, "write", write)
        assert desk.submit(*paths) == 2
    assert word in desk.told
    assert ".dsse.json.1" not in desk.told
    assert desk.submit(*paths) == 0
    for own in desk.queue.items():
        kept = desk.queue.receipt(own.leaf)
        assert kept is not None
        assert receipts.read(desk.queue.folder / f"{own.leaf}.tanda-terima")[1].id == own.id
    assert len(desk.office.records.records) == 2


def test_a_queue_that_is_a_file(desk: Desk):
    desk.queue.folder.write_text("x")
    assert desk.submit(desk.file("a", form(WORLD))) == 2
    assert "bukan folder" in desk.told


def test_damaged_settings_say_which_file(desk: Desk):
    path = desk.file("a", form(WORLD))
    assert desk.submit(path) == 0
    (desk.queue.folder / "antrean.json").write_bytes(b"{")
    assert desk.submit(path) == 2
    assert "antrean.json" in desk.told


def test_a_damaged_statement_in_the_queue_is_told(desk: Desk):
    path = desk.file("a", form(WORLD))
    assert desk.submit(path) == 0
    kept = next(desk.queue.folder.glob("*.dsse.json"))
    kept.write_bytes(b"")
    assert desk.submit() == 2
    assert "rusak" in desk.told
    assert desk.submit(path) == 0


# ---------------------------------------------------------------- other processes, interruption


def test_another_sender_is_waited_for_and_its_receipts_are_ours(desk: Desk):
    path = desk.file("a", form(WORLD))
    own = item(WORLD)
    assert desk.submit(desk.file("b", form(WORLD, "002"))) == 0
    released: list[Callable[[], None]] = []

    def other_is_done(seconds: float) -> None:
        desk.queue.keep_receipt(own.leaf, desk.office.takes(own.data).body["receipt"].encode())
        released.append(lambda: None)

    desk.hours.sleep = other_is_done  # type: ignore[method-assign]
    with desk.queue.sending() as held:
        assert held
        assert desk.submit(path, once=True) == 2
        assert released == []
        assert desk.submit(path) == 0
    assert "proses `rekap submit` lain" in desk.told
    assert len(desk.sent) == 1


def test_ctrl_c_keeps_the_queue(tmp_path: Path):
    (tmp_path / "a.dsse.json").write_bytes(form(WORLD))
    words = command("submit", "a.dsse.json", "--to", "http://127.0.0.1:9/", "--lang", "en")
    process = subprocess.Popen(
        words, cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    end = time.monotonic() + PATIENCE
    while not list(tmp_path.glob("antrean/*.dsse.json")) and time.monotonic() < end:
        time.sleep(0.05)
    assert process.stderr is not None
    process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert b"stay in the queue" in err
    assert [one.data for one in Queue(tmp_path / "antrean").items()] == [form(WORLD)]


def test_the_help_documents_the_exit_codes(tmp_path: Path):
    for name in ("submit", "status"):
        for language, word in (("id", "Kode keluar: 0"), ("en", "Exit code: 0")):
            told = run(tmp_path, name, "--help", "--lang", language).stdout
            assert word in told
            assert re.search(r"\b1\b.*\b2\b", told.partition(word)[2].replace("\n", " "))
            assert max(map(len, told.splitlines())) <= 80
