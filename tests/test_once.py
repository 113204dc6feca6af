"""What is made once for all workers is made once, and by another where the first one failed."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests import once


def test_many_that_ask_at_once_make_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(once.FOLDER, str(tmp_path))
    made: list[int] = []
    found: list[dict[str, int]] = []

    def make() -> dict[str, int]:
        made.append(1)
        return {"size": 280}

    asking = [
        threading.Thread(target=lambda: found.append(once.shared("x", make))) for _ in range(4)
    ]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert (len(made), found) == (1, [{"size": 280}] * 4)


def test_who_fails_to_make_it_leaves_it_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(once.FOLDER, str(tmp_path))
    with pytest.raises(ZeroDivisionError):
        once.shared("x", lambda: 1 // 0)
    assert once.shared("x", lambda: 7) == 7
