"""What only the folder and its database promise."""

from __future__ import annotations

import os
import resource
import sqlite3
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import pytest
from tests.needed import PATIENCE

from rekap.core.errors import Conflict, Malformed
from rekap.portal.store.local import lock
from rekap.portal.store.local.database import Database
from rekap.portal.store.local.objects import FolderObjects
from rekap.portal.store.local.register import SqliteRegister

TRAVERSALS = [
    "",
    "/",
    "/etc/passwd",
    "..",
    "../keys/log.key",
    "state/../keys/log.key",
    "log/./checkpoint",
    "log//checkpoint",
    "log/",
    ".hidden",
    "log/.x",
    "log\\x",
    "LOG/x",
    "log/a\x00b",
    "log/a b",
    "log/%2e%2e/x",
    "log/\u2025/x",
    "log/..\n",
    "a" * 2000,
]


@pytest.mark.parametrize("path", TRAVERSALS)
def test_refuses_a_path_that_could_leave_its_folder(tmp_path: Path, path: str) -> None:
    """Row 22 of the threat table: path traversal in object keys."""
    objects = FolderObjects(tmp_path / "portal")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(Malformed):
        objects.get(path)
    with pytest.raises(Malformed):
        objects.put_new(path, b"x")
    with pytest.raises(Malformed):
        objects.put_if(path, b"x", None)
    assert sorted(tmp_path.rglob("*")) == before


def test_serves_the_site_apart_from_the_state_and_leaves_nothing_temporary(tmp_path: Path) -> None:
    objects = FolderObjects(tmp_path)
    objects.put_new("log/checkpoint", b"note")
    objects.put_new("state/head", b"{}")
    with pytest.raises(Conflict):
        objects.put_new("log/checkpoint", b"other")
    with pytest.raises(Conflict):
        objects.put_if("log/checkpoint", b"other", "0" * 64)
    assert (tmp_path / "public/log/checkpoint").read_bytes() == b"note"
    assert (tmp_path / "state/head").read_bytes() == b"{}"
    assert [p.name for p in (tmp_path / "work").iterdir() if p.name != "lock"] == []
    (tmp_path / "work/12-34-5").write_bytes(b"left by a killed process")
    assert objects.sweep() == 1


def test_a_full_disk_leaves_nothing_temporary(tmp_path: Path) -> None:
    objects = FolderObjects(tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            objects.put_new("log/checkpoint", bytes(65_536))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert objects.get("log/checkpoint") is None
    assert list((tmp_path / "work").iterdir()) == []


def test_a_closed_database_is_opened_again_by_the_next_use(tmp_path: Path) -> None:
    database = Database(tmp_path / "portal.db")
    register = SqliteRegister(database)
    register.apply((), "t1", 5, [("keys", "k", 1)])
    connection = database.connection()
    database.close()
    database.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")
    assert register.get("keys", "k") == 1


def test_a_deleted_state_folder_is_made_again(tmp_path: Path) -> None:
    objects = FolderObjects(tmp_path)
    objects.put_new("state/a", b"a")
    (tmp_path / "state/a").unlink()
    (tmp_path / "state").rmdir()
    objects.put_new("state/a", b"a")
    assert objects.get("state/a").data == b"a"


def test_whoever_has_a_portals_folder_is_alone_until_it_lets_go(tmp_path: Path) -> None:
    first = lock.hold(tmp_path / "portal")
    with pytest.raises(Conflict, match="another gateway runs in"):
        lock.hold(tmp_path / "portal")
    taken: SimpleQueue[int] = SimpleQueue()
    patient = Thread(target=lambda: taken.put(lock.hold(tmp_path / "portal", 60.0)))
    patient.start()
    os.close(first)
    second = taken.get(timeout=PATIENCE)
    patient.join()
    with pytest.raises(Conflict):
        lock.hold(tmp_path / "portal")
    os.close(second)
    os.close(lock.hold(tmp_path / "portal"))


def test_a_settled_database_keeps_what_a_replay_wrote(tmp_path: Path) -> None:
    database = Database(tmp_path / "portal.db", durable=False)
    SqliteRegister(database).apply((), "t1", 5, [("keys", "k", 1)])
    database.settle()
    assert SqliteRegister(Database(tmp_path / "portal.db")).get("keys", "k") == 1


def test_what_an_earlier_release_left_in_a_folder_goes_and_nothing_else(tmp_path: Path) -> None:
    objects = FolderObjects(tmp_path)
    for path in ("aset/a.js", "aset/b.js", "index.html"):
        objects.put_new(path, b"1")
    objects.retire("none", ())
    objects.retire("aset", {"aset/b.js", "aset/c.js"})
    there = {path: objects.get(path) is not None for path in ("aset/a.js", "aset/b.js")}
    assert there == {"aset/a.js": False, "aset/b.js": True}
    assert objects.get("index.html") is not None
