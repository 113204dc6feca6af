"""Show that a changed byte is found: touch a copy of a published site, verify, put it right.

    python scripts/tamper.py var/demo/public --work var/tampered

The copy is of hard links, so a touched file is written anew and the original stays as it is. Files
that do not carry others are touched together, and no other file may be named: all of them are what
the log gives. The log's files are touched one after another.

    exit status: 0 every change was refuted with its file named, 1 a change was not, or a file that
    nobody touched was named, 2 cannot try
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PATTERNS: Final = {
    "page": "*/*/*/*/*/index.html",
    "twin": "*/*/*/*/index.json",
    "csv": "*/data/forms.csv",
    "table of a kecamatan": "*/*/*/forms.csv",
    "copy of an entry": "bukti/*7.json",
    "proof": "bukti/*5.tlog-proof",
}
"""What is touched together: name -> pattern; the middle file of those that match."""
CARRIERS: Final = {
    "tile": "log/tile/0/**/*",
    "bundle": "log/tile/entries/**/*",
    "checkpoint": "log/checkpoint",
    "claim": "site.json",
}


@dataclass(frozen=True, slots=True)
class Trial:
    """What is touched at once, by path, and how each file is touched."""

    name: str
    touched: dict[str, Callable[[Path], None]]
    pages: str = "none"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all trials; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("public", type=Path)
    parser.add_argument("--work", type=Path, required=True, metavar="DIR")
    names = ("together", *CARRIERS)
    parser.add_argument("--trial", action="append", choices=names, help="no other than these")
    options = parser.parse_args(arguments)
    if options.work.exists():
        print(f"{options.work} exists", file=sys.stderr)
        return 2
    failed = 0
    copy = options.work / "public"
    shutil.copytree(options.public, copy, copy_function=os.link)
    for trial in trials(options.public):
        if options.trial and trial.name not in options.trial:
            continue
        for path, touch in trial.touched.items():
            touch(copy / path)
        failed += _tell(trial, *_verify(copy, trial.pages))
        for path in trial.touched:
            restore(copy / path, options.public / path)
    shutil.rmtree(options.work)
    return 1 if failed else 0


def trials(public: Path) -> Iterable[Trial]:
    """What to try: all that stands alone together, and each file of the log by itself."""
    together: dict[str, Callable[[Path], None]] = {}
    for pattern in PATTERNS.values():
        together[_middle(public, pattern)] = flip
    gone = next(p for p in sorted(public.glob("*/*/*/*/index.html")) if _free(p, public, together))
    together[str(gone.relative_to(public))] = Path.unlink
    together["tambahan.html"] = add
    yield Trial("together", together, pages="all")
    for name, pattern in CARRIERS.items():
        yield Trial(name, {_middle(public, pattern): flip})


def flip(path: Path) -> None:
    """Write the file anew with one bit of its middle byte changed."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.unlink()
    path.write_bytes(data)


def restore(path: Path, original: Path) -> None:
    """Put the original in the place of a touched file, or nothing where it has none."""
    path.unlink(missing_ok=True)
    if original.exists():
        os.link(original, path)


def add(path: Path) -> None:
    """Add a file that the site does not have."""
    path.write_text("<!doctype html>")


def _middle(public: Path, pattern: str) -> str:
    found = sorted(path for path in public.glob(pattern) if path.is_file())
    return str(found[len(found) // 2].relative_to(public))


def _free(path: Path, public: Path, touched: Iterable[str]) -> bool:
    return str(path.relative_to(public)) not in touched


def _verify(public: Path, pages: str) -> tuple[int, str]:
    """Exit code and report of `rekap verify`."""
    command = [sys.executable, "-m", "rekap.desk.main", "verify", str(public), "--json"]
    done = subprocess.run(
        [*command, "--pages", pages], cwd=ROOT, check=False, capture_output=True, text=True
    )
    return done.returncode, done.stdout


def _tell(trial: Trial, code: int, report: str) -> bool:
    """Print the outcome; True if a change was not refuted, not named, or another file was."""
    told = json.loads(report) if report else {"failures": []}
    text = json.dumps(told)
    unnamed = [path for path in trial.touched if path not in text]
    others = {one["place"] for one in told["failures"]} - set(trial.touched)
    wrong = others if trial.pages == "all" else set()
    print(f"{trial.name}: {len(trial.touched)} touched, exit {code}")
    for path in unnamed:
        print(f"  not named: {path}")
    for path in sorted(wrong):
        print(f"  nobody touched: {path}")
    return code != 1 or bool(unnamed or wrong)


if __name__ == "__main__":
    sys.exit(main())
