"""The demonstration: the elections of this repository through the real functions, proved, served.

    python scripts/demo.py --to var/demo --port 8080 --serve 1

Imports every folder of `elections/`, then verifies the result as a stranger would who holds the
anchors on paper, which renders every page again from the log. An earlier demonstration is moved
aside, never overwritten.
`--serve 0` stops after the verdict.

    exit status: that of the first step that fails, else of `rekap verify`
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
REKAP: Final = (sys.executable, "-m", "rekap.desk.main")
EXPECTED: Final = """\
They are signed, logged, rendered and verified: about 3 minutes on two cores, 1 GB of disk.
The figures are real, but for those of SIMULASI; the signatures are demonstrations."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the steps; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--to", type=Path, default=ROOT / "var" / "demo", metavar="DIR")
    parser.add_argument("--elections", type=Path, default=ROOT / "elections", metavar="DIR")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--serve", type=int, choices=(0, 1), default=1)
    options = parser.parse_args(arguments)
    folders = sorted(path.parent for path in options.elections.glob("*/election.toml"))
    if options.to.exists():
        print(f"{options.to} -> {move_aside(options.to)}")
    print(EXPECTED, flush=True)
    public = options.to / "public"
    steps = (
        ("import", [*REKAP, "import", *map(str, folders), "--to", str(options.to)]),
        ("verify", [*REKAP, "verify", str(public), "--policy", str(options.to / "anchors.txt")]),
    )
    for name, command in steps:
        if code := _step(name, command):
            return code
    if options.serve:
        return _serve(options.to, options.port)
    return 0


def move_aside(folder: Path) -> Path:
    """Rename an earlier demonstration to the first free `folder.N`; return the new name."""
    number = 1
    while (kept := folder.with_name(f"{folder.name}.{number}")).exists():
        number += 1
    return folder.rename(kept)


def _step(name: str, command: Sequence[str]) -> int:
    """Run one command of ours and say how long it took."""
    print(f"\n== rekap {name}", flush=True)
    began = time.perf_counter()
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    print(f"== {name}: {time.perf_counter() - began:.1f} s, exit {code}", flush=True)
    return code


def _serve(folder: Path, port: int) -> int:
    """Become the local portal: the functions and the site on one port."""
    print(f"\nhttp://127.0.0.1:{port}/   (Ctrl-C)", flush=True)
    gateway = str(ROOT / "scripts" / "gateway.py")
    os.execv(  # noqa: S606
        sys.executable, [sys.executable, gateway, "--dir", str(folder), "--port", str(port)]
    )


if __name__ == "__main__":
    sys.exit(main())
