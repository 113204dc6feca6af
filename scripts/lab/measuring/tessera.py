"""As many entries through Tessera's POSIX storage, a log in Go; needs its modules at hand."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from scripts.lab.measuring.site import Say

PROJECT: Final = Path(__file__).resolve().parents[1] / "tessera"


def measure(folder: Path, entries: int, say: Say) -> None:
    """As many entries through Tessera's POSIX storage, or the reason why not."""
    what = "Tessera POSIX, the same entries and disk: entries/s"
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin:/usr/lib/go/bin")
    if go is None:
        say(what, "not measured: no Go toolchain")
        return
    folder.mkdir(parents=True)
    program = folder / "program"
    built = subprocess.run(
        [go, "build", "-o", str(program.resolve()), "."],
        cwd=PROJECT, env={**os.environ, "GOTOOLCHAIN": "local"}, check=False, capture_output=True,
        text=True,
    )  # fmt: skip
    if built.returncode:
        say(what, f"not measured: {built.stderr.strip().splitlines()[-1]}")
        return
    command = [str(program), str(folder / "log"), str(entries)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    say(what, f"{int(done.stdout):,}")
