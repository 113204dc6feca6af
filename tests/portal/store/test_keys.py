"""Key files: private to their owner, written once."""

from __future__ import annotations

from pathlib import Path

import pytest

from rekap.core.errors import Conflict, Corrupt, Malformed
from rekap.portal.store.local import keys

PRIVATE = bytes(range(32))


def test_writes_a_key_file_that_only_the_owner_reads(tmp_path: Path) -> None:
    path = keys.save(tmp_path / "keys", "election/root/kpu/1", PRIVATE)
    assert path.name == "election-root-kpu-1.key"
    assert path.read_text() == PRIVATE.hex() + "\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_the_loaded_signer_has_the_saved_key(tmp_path: Path) -> None:
    keys.save(tmp_path, "log", PRIVATE)
    first, again = keys.load(tmp_path, "log"), keys.load(tmp_path, "log")
    assert first.public == again.public
    assert first.sign(b"message") == again.sign(b"message")


def test_never_replaces_a_key(tmp_path: Path) -> None:
    keys.save(tmp_path, "log", PRIVATE)
    with pytest.raises(Conflict):
        keys.save(tmp_path, "log", bytes(32))
    assert (tmp_path / "log.key").read_text() == PRIVATE.hex() + "\n"


def test_refuses_a_key_file_that_others_can_read(tmp_path: Path) -> None:
    keys.save(tmp_path, "log", PRIVATE).chmod(0o640)
    with pytest.raises(Corrupt, match="0640"):
        keys.load(tmp_path, "log")


@pytest.mark.parametrize("role", ["", "../log", "a/../b", "LOG", "/log", "a//b", "log\n"])
def test_refuses_what_is_no_role(tmp_path: Path, role: str) -> None:
    with pytest.raises(Malformed):
        keys.key_path(tmp_path, role)


def test_refuses_what_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "log.key").write_text("00\n")
    (tmp_path / "log.key").chmod(0o600)
    with pytest.raises(Malformed):
        keys.load(tmp_path, "log")
    for private in (b"short", bytes(31), bytes(33)):
        with pytest.raises(Malformed):
            keys.save(tmp_path, "receipt", private)
    with pytest.raises(FileNotFoundError):
        keys.load(tmp_path, "missing")
