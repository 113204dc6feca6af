"""Programs in Go beside our tests: built where a toolchain is, skipped where there is none."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests import needed


def toolchain() -> str:
    """Return the path of `go`."""
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin:/usr/lib/go/bin")
    if go is None:
        needed.lacking("go", "no Go toolchain")
    return go


def compiled(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Have `go` compile the module of a folder.

    One at a time on a machine: what the first compiles of Go's own library, the next ones find.
    """
    go = toolchain()
    settings = {"GOTOOLCHAIN": "local", "GOFLAGS": "-buildvcs=false", **settings}
    with Path(tempfile.gettempdir(), "rekap-go.lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        return run(folder, go, *words, **settings)


def run(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a program in the folder of its module."""
    return subprocess.run(
        words, cwd=folder, env={**os.environ, **settings},
        check=False, capture_output=True, text=True, timeout=needed.PATIENCE,
    )  # fmt: skip
