"""How many faults and forgeries were tried: the fault schedules and the tamper matrix, counted.

    python scripts/lab/harnesses.py

Runs the tests that try them, and prints what they say of themselves. A schedule after which an
entry is lost, doubled, out of order or in two histories, or a mutation that no check names, fails
its test: then there is no figure, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Harness:
    """Tests that count. `told`: a word of the lines that they print; `never`: what fails them."""

    name: str
    tests: tuple[str, ...]
    told: str
    never: str


HARNESSES: Final = (
    Harness(
        "fault schedules",
        ("tests/faults/test_calls.py", "-k", "every_fault or every_pair or every_single"),
        "schedules",
        "lost, duplicated, reordered, forked",
    ),
    Harness("tamper matrix", ("tests/audit/test_tamper.py",), "mutations", "not named"),
)


def main(arguments: Sequence[str] | None = None, harnesses: Sequence[Harness] = HARNESSES) -> int:
    """Run every harness and print its lines; return the exit code."""
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args(arguments)
    return max([_run(one) for one in harnesses], default=0)


def _run(one: Harness) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-rP", *one.tests]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        print(f"{one.name}: FAILED\n{done.stdout[-4_000:]}{done.stderr[-1_000:]}", flush=True)
        return 1
    for line in done.stdout.splitlines():
        if one.told in line:
            print(f"{one.name}: {line}", flush=True)
    print(f"{one.name}: {one.never}: 0", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
