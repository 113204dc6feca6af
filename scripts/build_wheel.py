"""Build the wheel of the command `rekap`: one file, the same bytes from the same files.

    python scripts/build_wheel.py --to var/wheel

It holds `core`, `audit`, `desk`, `net`, `portal` without its adapters to AWS, the handlers that a
replay calls, the templates and the run-time lock. Its metadata ask for the libraries that the
release names, at those versions, and for nothing else; what single commands need are its extras.

    exit status: 0 built, 2 not
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.artifact import pack  # noqa: E402

_SOURCES: Final = (
    "functions",
    "templates",
    "requirements/run.txt",
    "pyproject.toml",
    "setup.py",
    "LICENSE",
    "README.md",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse arguments, build, say what was built; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--to", type=Path, default=ROOT / "var" / "wheel", metavar="DIR")
    parser.add_argument("--root", type=Path, default=ROOT, metavar="DIR", help="another checkout")
    options = parser.parse_args(arguments)
    try:
        wheel = build(options.root, options.to)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"build_wheel: {error}", file=sys.stderr)
        return 2
    print(f"{sha256(wheel.read_bytes()).hexdigest()}  {wheel}")
    return 0


def build(root: Path, to: Path) -> Path:
    """Build the wheel of a checkout into a folder; return its path.

    Raises CalledProcessError if setuptools refuses.
    """
    to.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=to, prefix="work-") as name:
        work = Path(name)
        _copy(root, work / "source")
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
        command += ["--no-build-isolation", "--disable-pip-version-check", "--no-cache-dir"]
        command += ["--wheel-dir", str(work), str(work / "source")]
        # setuptools writes folders of its own among the sources: they are a copy.
        subprocess.run(command, check=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
        (built,) = work.glob("*.whl")
        # Its files carry times and modes of this machine; packed again they carry none.
        zipfile.ZipFile(built).extractall(work / "unpacked")
        pack.pack(work / "unpacked", work / "packed")
        return (work / "packed").replace(to / built.name)


def _copy(root: Path, to: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in _SOURCES:
        target = to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (root / name).is_dir():
            shutil.copytree(root / name, target, ignore=ignored)
        else:
            shutil.copyfile(root / name, target)


if __name__ == "__main__":
    sys.exit(main())
