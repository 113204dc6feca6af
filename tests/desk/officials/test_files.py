"""Files and folders of officials: whole or not at all, also when the power fails."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from tests.desk.officials.bench import PASSPHRASE, inside
from tests.portal.intake.world import signer

from rekap.audit.commands import files
from rekap.core.errors import Conflict, Malformed
from rekap.desk.officials.keys import keyfile

CALLS = ("open", "fsync", "link", "unlink", "replace", "rename", "rmdir", "mkdir", "chmod")


def die_at(step: int, work) -> bool:
    """Run `work` in a child that is gone at its n-th call to the system; tell whether it ended."""
    child = os.fork()
    if child == 0:
        left = [step]

        def dying(call):
            def called(*args, **named):
                left[0] -= 1
                if left[0] < 0:
                    os._exit(1)
                return call(*args, **named)

            return called

        for name in CALLS:
            setattr(os, name, dying(getattr(os, name)))
        try:
            work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def every_death(folder: Path, work, check) -> int:
    """Let `work` die at every step in a folder of its own; return how many steps it has."""
    for step in range(200):
        place = folder / str(step)
        place.mkdir()
        ended = die_at(step, lambda at=place: work(at))
        check(place)
        if ended:
            return step
    raise AssertionError("it never ends")


def test_a_key_file_is_there_whole_or_not_at_all(tmp_path) -> None:
    private = signer("a")._private.private_bytes_raw()

    def work(place: Path) -> None:
        keyfile.save(place / "a.pem", private, PASSPHRASE)

    def check(place: Path) -> None:
        path = place / "a.pem"
        if path.exists():
            assert keyfile.load(path, PASSPHRASE).public == signer("a").public
        for name in inside(place):
            assert (place / name).stat().st_mode & 0o077 == 0, name

    assert every_death(tmp_path, work, check) >= 4


def test_a_folder_is_there_whole_or_not_at_all(tmp_path) -> None:
    def fill(draft: Path) -> None:
        for name in "abc":
            files.write(draft / name, name.encode() * 1000)

    def work(place: Path) -> None:
        files.write_folder(place / "out", fill)

    def check(place: Path) -> None:
        if (place / "out").exists():
            assert inside(place / "out") == {"a", "b", "c"}
            assert all((place / "out" / name).stat().st_size == 1000 for name in "abc")

    assert every_death(tmp_path, work, check) >= 10


def test_an_empty_folder_is_taken_and_a_full_one_is_not(tmp_path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    files.write_folder(target, lambda draft: files.write(draft / "a", b"a"))
    assert inside(target) == {"a"}
    for taken in (target, target / "a"):
        with pytest.raises(Conflict):
            files.write_folder(taken, lambda draft: None)
    assert inside(tmp_path) == {"out"}


def test_an_interrupted_folder_leaves_nothing(tmp_path) -> None:
    def fill(draft: Path) -> None:
        files.write(draft / "a", b"a")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.write_folder(tmp_path / "out", fill)
    assert inside(tmp_path) == set()


@pytest.mark.parametrize("new", [False, True])
def test_after_a_power_failure_no_name_has_an_empty_file(monkeypatch, tmp_path, new) -> None:
    """The bytes are on the medium before they have their name, and the name is after."""
    place, certain = tmp_path / "a", []

    def fsync(file: int) -> None:
        certain.append(os.fstat(file).st_size if not place.exists() else "name")
        os_fsync(file)

    os_fsync = os.fsync
    monkeypatch.setattr(os, "fsync", fsync)
    files.write(place, b"123456789", new=new)
    assert certain == [9, "name"]


def test_reading_is_bounded(tmp_path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 11)
    assert files.read(path, 11) == b"x" * 11
    with pytest.raises(Malformed) as refused:
        files.read(path, 10)
    assert refused.value.code == "too-large"
    with pytest.raises(Malformed):
        files.read(Path("/dev/zero"), 10)


def no_links(code: int):
    def refuse(source, target, **named):
        raise OSError(code, os.strerror(code), str(source))

    return refuse


@pytest.mark.parametrize("code", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_medium_without_hard_links_takes_a_new_file_once(monkeypatch, tmp_path, code) -> None:
    monkeypatch.setattr(os, "link", no_links(code))
    path = tmp_path / "a"
    files.write(path, b"one", mode=files.PRIVATE, new=True)
    with pytest.raises(FileExistsError):
        files.write(path, b"two", new=True)
    with pytest.raises(Conflict):
        files.write_new(path, b"three")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"one", 0o600)
    assert inside(tmp_path) == {"a"}


def test_a_broken_medium_is_no_medium_without_hard_links(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(os, "link", no_links(errno.EIO))
    with pytest.raises(OSError, match="Input/output"):
        files.write(tmp_path / "a", b"one", new=True)
    assert inside(tmp_path) == set()


def killed_while_writing(work) -> None:
    """Let `work` run in a child that dies when it would give the complete file its name."""
    child = os.fork()
    if child == 0:
        os.link = os.replace = os.rename = lambda *args, **named: os._exit(1)
        work()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1


@pytest.mark.parametrize("new", [False, True])
def test_what_a_killed_process_left_is_gone_after_the_next_write(tmp_path, new) -> None:
    path = tmp_path / "a"
    killed_while_writing(lambda: files.write(path, b"first", new=new))
    others = {f".a.{os.getppid()}", ".a.b", ".aa.1", ".b.99999999", "a.99999999"}
    for name in others:
        (tmp_path / name).write_bytes(b"of somebody else")
    assert len(inside(tmp_path)) == len(others) + 1
    files.write(path, b"second", new=new)
    assert inside(tmp_path) == {"a", *others}
    assert path.read_bytes() == b"second"


def test_a_folder_that_a_killed_process_left_is_gone_after_the_next_one(tmp_path) -> None:
    def fill(draft: Path) -> None:
        files.write(draft / "a", b"a")

    killed_while_writing(lambda: files.write_folder(tmp_path / "out", fill))
    assert len(inside(tmp_path)) == 1
    files.write_folder(tmp_path / "out", fill)
    assert inside(tmp_path) == {"out"}
    assert inside(tmp_path / "out") == {"a"}
