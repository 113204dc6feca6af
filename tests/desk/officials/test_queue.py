"""The queue in a folder: states are files, and no step is half done."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.desk.officials.post import ENVIRONMENT, form, item
from tests.portal.intake.world import World, sign

from rekap.audit.commands import files
from rekap.core.errors import Malformed
from rekap.desk.officials.commands.status import SEEN
from rekap.desk.officials.item import Item
from rekap.desk.officials.outbox.queue import (
    DOUBTFUL,
    LAST,
    LOCK,
    MAX_ANSWER,
    REFUSED,
    SETTINGS,
    TILES,
    Queue,
    Settings,
)
from rekap.desk.officials.standing import targets

WORLD = World()


@pytest.fixture
def queue(tmp_path: Path) -> Queue:
    made = Queue(tmp_path / "antrean")
    made.create()
    return made


def names(queue: Queue) -> set[str]:
    return {path.name[64:] or path.name for path in queue.folder.iterdir()}


def test_a_statement_is_kept_once_and_byte_for_byte(queue: Queue):
    own = item(WORLD)
    assert queue.add(own)
    assert not queue.add(own)
    (found,) = queue.items()
    assert (found.data, found.leaf, found.id) == (form(WORLD), own.leaf, own.id)
    assert names(queue) == {".dsse.json"}


def test_of_envelopes_of_one_statement_the_one_that_holds_the_others_is_sent(queue: Queue):
    fields, signers = WORLD.form(), WORLD.kpps(count=4)
    few, more, others = (Item.parse(sign(fields, *some))
                         for some in (signers[:2], signers[:3], signers[2:]))  # fmt: skip
    for one in (few, more, others, item(WORLD, "002")):
        queue.add(one)
    assert [one.leaf for one in queue.items()] == [more.leaf, others.leaf, item(WORLD, "002").leaf]
    assert queue.covering([few, more, others]) == [more, others]
    assert queue.damaged() == []
    assert {one.leaf.hex() for one in targets.read(str(queue.folder))} == {few.leaf} | {
        one.leaf for one in queue.items()
    }
    queue.set(Settings(WORLD.origin))
    assert few.leaf not in {one.leaf.hex() for one in targets.read(str(queue.folder))}


def test_what_others_build_on_is_sent_first(queue: Queue):
    chain = WORLD.form("002")
    second = {**chain, "revision": 2, "previous": item(WORLD, "002").id}
    second["reason"] = {"code": "typing"}
    bodies = [
        sign(second, *WORLD.kpps("002")),
        form(WORLD, "002"),
        form(WORLD, "001"),
        sign(WORLD.grant("kpps", "31.71.06.1001", tps="002"), *WORLD.ppk(2)),
        sign(WORLD.election(), "operator-1", "root-1", "root-2"),
    ]
    for body in bodies:
        queue.add(Item.parse(body))
    kinds = [
        (one.fields["kind"], one.fields.get("tps"), one.fields.get("revision"))
        for one in queue.items()
    ]
    assert kinds == [
        ("election", None, 1),
        ("grant", "002", None),
        ("form", "001", 1),
        ("form", "002", 1),
        ("form", "002", 2),
    ]


def test_a_receipt_ends_it_and_takes_away_earlier_answers(queue: Queue):
    own = item(WORLD)
    queue.add(own)
    queue.note(own.leaf, {"status": 403})
    queue.refuse(own.leaf, {"status": 422, "errors": []})
    assert queue.last_answer(own.leaf) is None
    assert queue.refusal(own.leaf) == {"status": 422, "errors": []}
    queue.keep_receipt(own.leaf, b"receipt")
    assert queue.refusal(own.leaf) is None
    assert names(queue) == {".dsse.json", ".tanda-terima"}


def test_a_damaged_statement_is_told_and_mended_by_the_original(queue: Queue):
    own = item(WORLD)
    queue.add(own)
    path = queue.folder / f"{own.leaf}.dsse.json"
    for torn in (b"", own.data[:-1], own.data.replace(b"A", b"B", 1)):
        path.write_bytes(torn)
        assert queue.items() == []
        assert queue.damaged() == [path]
    assert queue.add(own)
    assert queue.damaged() == []
    assert path.read_bytes() == own.data


def test_files_of_others_are_left_alone(queue: Queue):
    (queue.folder / "catatan.txt").write_text("note")
    (queue.folder / "tps.dsse.json").write_bytes(form(WORLD))
    assert queue.items() == []
    assert queue.damaged() == []


def test_doubtful_receipts_are_kept_but_not_without_end(queue: Queue):
    for number in range(20):
        queue.doubt("a" * 64, b"receipt %d" % number)
    assert len(list(queue.folder.iterdir())) == 8


def test_a_huge_answer_is_kept_in_part(queue: Queue):
    error = {"code": "unexplained", "id": "x" * 900, "en": "y" * 900}
    queue.refuse("a" * 64, {"status": 422, "code": "unexplained", "errors": [error] * 5_000})
    kept = queue.refusal("a" * 64)
    assert kept is not None
    assert len(kept["errors"]) == 20
    queue.refuse("b" * 64, {"status": 422, "errors": [{"id": "x" * 2 * MAX_ANSWER}] * 30})
    assert queue.refusal("b" * 64) == {"status": 422}


def test_settings_are_strict(queue: Queue):
    assert queue.settings() == Settings()
    queue.set(Settings("rekap.example/log", "https://rekap.example/"))
    assert queue.settings() == Settings("rekap.example/log", "https://rekap.example/")
    for wrong in (b"", b"[]", b'{"origin":1}', b"{"):
        (queue.folder / "antrean.json").write_bytes(wrong)
        with pytest.raises(Malformed):
            queue.settings()


def test_one_sender_at_a_time_until_its_process_dies(queue: Queue):
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        "from rekap.desk.officials.outbox.queue import Queue\n"
        "with Queue(Path(sys.argv[1])).sending() as held:\n"
        "    print(held, flush=True)\n    time.sleep(60)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(queue.folder)], env=ENVIRONMENT, stdout=subprocess.PIPE
    )
    with other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"True\n"
        with queue.sending() as held:
            assert not held
        other.send_signal(signal.SIGKILL)
        other.wait()
    with queue.sending() as held:
        assert held


def test_only_old_drafts_are_swept(queue: Queue):
    new, old = queue.folder / ".x.dsse.json.1", queue.folder / ".y.dsse.json.2"
    for path in (new, old):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 7_200,) * 2)
    with queue.sending():
        pass
    assert (new.exists(), old.exists()) == (True, False)


def test_many_processes_add_at_once_and_nothing_is_lost(queue: Queue, tmp_path: Path):
    """Four processes add the same and different statements while nobody holds anything."""
    bodies = [form(WORLD, f"{n:03d}") for n in range(1, 41)]
    source = tmp_path / "in"
    source.mkdir()
    for number, body in enumerate(bodies):
        (source / f"{number}.dsse.json").write_bytes(body)
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from rekap.desk.officials.item import Item\n"
        "from rekap.desk.officials.outbox.queue import Queue\n"
        "queue = Queue(Path(sys.argv[1]))\n"
        "for path in sorted(Path(sys.argv[2]).iterdir(), reverse=sys.argv[3] == '1'):\n"
        "    queue.add(Item.parse(path.read_bytes()))"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(queue.folder), str(source), str(n % 2)],
            env=ENVIRONMENT,
        )
        for n in range(4)
    ]
    assert [one.wait() for one in running] == [0] * 4
    assert sorted(one.data for one in queue.items()) == sorted(bodies)
    assert names(queue) == {".dsse.json"}


@pytest.mark.parametrize("when", ["write", "fsync", "rename", "folder"])
def test_a_cut_between_any_two_steps_leaves_nothing_or_everything(
    queue: Queue, when: str, monkeypatch: pytest.MonkeyPatch
):
    """The disk fails at each step of writing one file; a later run goes on from what is left."""
    own = item(WORLD)

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        if when == "write":
            broken.setattr(os, "fdopen", fail)
        elif when == "fsync":
            broken.setattr(files.os, "fsync", fail)
        elif when == "rename":
            broken.setattr(Path, "replace", fail)
        else:
            broken.setattr(files, "sync_folder", fail)
        with pytest.raises(OSError, match="No space"):
            queue.add(own)
    assert [one.data for one in queue.items()] in ([], [own.data])
    queue.add(own)
    assert [one.data for one in queue.items()] == [own.data]


def test_answers_are_read_as_json_or_not_at_all(queue: Queue):
    leaf = "c" * 64
    for wrong in (b"", b"[1]", b'"x"', b"\xff", b"[" * 9_999):
        (queue.folder / f"{leaf}.ditolak.json").write_bytes(wrong)
        assert queue.refusal(leaf) is None
    (queue.folder / f"{leaf}.ditolak.json").write_bytes(json.dumps({"status": 422}).encode())
    assert queue.refusal(leaf) == {"status": 422}


def test_the_first_lines_of_the_module_name_every_file_of_a_queue():
    said = sys.modules[Queue.__module__].__doc__ or ""
    written = set(re.findall(r"^      (?:LEAF)?(\S+)  ", said, re.MULTILINE))
    ours = {
        "." + name.lstrip(".") for name in ("dsse.json", "tanda-terima", "tlog-proof")
    } | {REFUSED, LAST, f"{DOUBTFUL}XXXXXXXX", SETTINGS, LOCK, f"{TILES}/…", SEEN}  # fmt: skip
    assert written == ours
