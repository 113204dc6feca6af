"""What the harnesses count is told if their tests pass, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts.lab.harnesses import HARNESSES, ROOT, Harness, main


@pytest.mark.parametrize(("lost", "code"), [(0, 0), (1, 1)])
def test_a_harness_that_fails_has_no_figure(
    lost: int, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test = tmp_path / "test_counted.py"
    test.write_text(f"def test_it():\n    print('7 schedules')\n    assert {lost} == 0\n", "utf-8")
    assert main([], [Harness("faults", (str(test),), "schedules", "lost")]) == code
    told = capsys.readouterr().out.splitlines()
    assert ("faults: 7 schedules" in told, "faults: lost: 0" in told) == (not code, not code)
    assert told[0] == ("faults: FAILED" if code else "faults: 7 schedules")


def test_the_tests_that_count_are_there() -> None:
    assert all((ROOT / one.tests[0]).is_file() for one in HARNESSES)
