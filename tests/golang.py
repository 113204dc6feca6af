"""Programs in Go beside our tests: built where a toolchain is, skipped where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests import needed


def toolchain() -> str:
    """Return the path of `go`."""
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin:/usr/lib/go/bin")
    if go is None:
        needed.lacking("go", "no Go toolchain")
    return go


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the folder of a module, with the toolchain that is there."""
    settings = {"GOTOOLCHAIN": "local", "GOFLAGS": "-buildvcs=false"}
    return subprocess.run(
        words, cwd=folder, env={**os.environ, **settings},
        check=False, capture_output=True, text=True, timeout=needed.PATIENCE,
    )  # fmt: skip
