"""Bells wake or stay silent, and never stop the one who rings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rekap.portal.store.local.bell import PipeBell, make_pipe


def test_a_pipe_bell_is_heard_by_the_reader_and_lost_without_one(tmp_path: Path) -> None:
    path = tmp_path / "bell" / "SequenceQueue"
    bell = PipeBell({"sequence": path})
    bell.ring("sequence")
    bell.ring("publish")
    make_pipe(path)
    bell.ring("sequence")
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    bell.ring("sequence")
    bell.ring("sequence")
    assert os.read(reader, 100) == b"\n\n"
    os.close(reader)


def test_a_place_where_no_pipe_can_be_is_told(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        PipeBell({"sequence": tmp_path}).ring("sequence")


def test_a_full_pipe_does_not_stop_the_ringer(tmp_path: Path) -> None:
    reader = os.open(make_pipe(tmp_path / "q"), os.O_RDONLY | os.O_NONBLOCK)
    bell = PipeBell({"q": tmp_path / "q"})
    filler = os.open(tmp_path / "q", os.O_WRONLY | os.O_NONBLOCK)
    while True:
        try:
            os.write(filler, b"x" * 4096)
        except BlockingIOError:
            break
    bell.ring("q")
    os.close(filler)
    os.close(reader)
