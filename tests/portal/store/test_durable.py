"""What a power cut leaves: the bytes and the names that were put onto the disk before it."""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path

import pytest

from rekap.core.errors import Conflict
from rekap.core.statements import attachments, pictures
from rekap.portal.store.local import keys
from rekap.portal.store.local.database import Database
from rekap.portal.store.local.objects import FolderObjects
from rekap.portal.store.local.register import SqliteRegister

LASTS = (
    "log/checkpoint",
    "log/tile/0/000.p/5",
    "log/tile/entries/x001/234",
    "state/head",
    "site.json",
)


class Disk:
    """What every `fsync` so far has made certain: content by inode, names by folder."""

    def __init__(self, base: Path, patch: pytest.MonkeyPatch) -> None:
        self._base = base
        self._content: dict[int, bytes] = {}
        self._names: dict[Path, dict[str, int]] = {}
        self._fsync = os.fsync
        patch.setattr(os, "fsync", self._synced)

    def _synced(self, descriptor: int) -> None:
        self._fsync(descriptor)
        place = Path(f"/proc/self/fd/{descriptor}").readlink()
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            with os.scandir(place) as entries:
                self._names[place] = {entry.name: entry.inode() for entry in entries}
        else:
            self._content[os.fstat(descriptor).st_ino] = place.read_bytes()

    def left(self, path: str) -> bytes | None:
        """Return what is in a file after a power cut; None if it may be gone."""
        folder, inode = self._base, 0
        for name in path.split("/"):
            found = self._names.get(folder, {}).get(name)
            if found is None:
                return None
            folder, inode = folder / name, found
        return self._content.get(inode)


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(tmp_path, monkeypatch)


@pytest.mark.parametrize("path", LASTS)
def test_what_nobody_can_compute_again_is_on_the_disk_when_the_call_returns(
    path: str, tmp_path: Path, disk: Disk
) -> None:
    objects = FolderObjects(tmp_path / "portal")
    place = f"portal/{path}" if path.startswith("state/") else f"portal/public/{path}"
    tag = objects.put_if(path, b"first", None)
    assert disk.left(place) == b"first"
    objects.put_if(path, b"second", tag)
    assert disk.left(place) == b"second"


@pytest.mark.parametrize(
    "path",
    ["log/tile/entries/000", attachments.path("ab" * 32), pictures.path("cd" * 32)],
)
def test_what_was_handed_in_is_on_the_disk_and_a_page_need_not_be(
    path: str, tmp_path: Path, disk: Disk
) -> None:
    objects = FolderObjects(tmp_path / "portal")
    open_files = len(list(Path("/proc/self/fd").iterdir()))
    objects.put_new(path, b"given")
    objects.put_new("bukti/0/index.html", b"page")
    assert disk.left(f"portal/public/{path}") == b"given"
    assert disk.left("portal/public/bukti/0/index.html") is None
    assert len(list(Path("/proc/self/fd").iterdir())) <= open_files, "others may close theirs"


def test_what_a_killed_process_has_linked_is_on_the_disk_when_it_is_found(
    tmp_path: Path, disk: Disk
) -> None:
    objects = FolderObjects(tmp_path)
    objects.put_new("log/tile/0/000.p/1", b"one")
    left = tmp_path / "public/log/tile/0/000.p/2"
    with left.open("xb") as file:
        file.write(b"two")
        file.flush()
        os.fsync(file.fileno())
    assert disk.left("public/log/tile/0/000.p/2") is None
    with pytest.raises(Conflict):
        objects.put_new("log/tile/0/000.p/2", b"two")
    assert disk.left("public/log/tile/0/000.p/2") == b"two"


def test_a_key_is_on_the_disk_before_anybody_is_told_of_it(tmp_path: Path, disk: Disk) -> None:
    keys.save(tmp_path / "keys", "log", bytes(range(32)))
    assert disk.left("keys/log.key") == bytes(range(32)).hex().encode() + b"\n"


@pytest.mark.parametrize("settled", [False, True])
def test_a_database_waits_for_the_disk_unless_it_is_a_replays(
    settled: bool, tmp_path: Path
) -> None:
    database = Database(tmp_path / "portal.db", durable=False)
    SqliteRegister(database).apply((), "t1", 5, [("keys", "k", 1)])
    if settled:
        database.settle()
        assert (tmp_path / "portal.db-wal").stat().st_size == 0
    for _ in "now", "and when it is opened again":
        (mode,) = database.connection().execute("PRAGMA synchronous").fetchone()
        assert mode == (2 if settled else 0)
        database.close()
    portal = Database(tmp_path / "portal.db").connection()
    assert portal.execute("PRAGMA synchronous").fetchone() == (2,)
    assert portal.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_thread_keeps_its_connection_and_a_forked_child_does_not(tmp_path: Path) -> None:
    """SQLite forbids to carry a connection across a fork: its locks are the process's."""
    database = Database(tmp_path / "portal.db")
    parents = database.connection()
    assert database.connection() is parents
    child = os.fork()
    if child == 0:
        os._exit(database.connection() is parents)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_forked_child_does_not_share_the_lock_of_its_parent(tmp_path: Path) -> None:
    """Compare and swap among processes would else be none: both would hold the lock at once."""
    objects = FolderObjects(tmp_path)
    objects.put_if("site.json", b"2", objects.put_if("site.json", b"1", None))
    assert objects._lock_file is not None
    parents = objects._lock_file[1]
    child = os.fork()
    if child == 0:
        try:
            with objects._locked():
                fcntl.flock(parents, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os._exit(1)
        except BlockingIOError:
            os._exit(0)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
