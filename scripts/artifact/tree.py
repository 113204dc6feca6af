"""The unpacked artifact: our code, the templates, the lock, the libraries without ballast."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path, PurePosixPath
from typing import Final

from scripts.artifact.target import TASK_ROOT

SERVICES: Final = ("dynamodb", "kms", "s3", "secretsmanager", "sqs")
"""AWS services that the functions call; botocore's models of all others stay out."""

ROOMS: Final = ("handlers", "rekap/audit", "rekap/core", "rekap/net", "rekap/portal")
"""What functions load: `watch` reads a site as a reader does."""
TYPED: Final = "rekap/audit/commands"
"""What a reader types; no function loads it."""

_PRUNED_FOLDERS: Final = ("bin", "boto3/data", "boto3/examples")
_PRUNED_SUFFIXES: Final = (".c", ".h", ".pyi")
_KEPT_METADATA: Final = ("METADATA", "LICENSE", "LICENCE", "NOTICE", "AUTHORS", "COPYING")
_COMPILER: Final = Path(__file__).with_name("bytecode.py")


def add_own(root: Path, tree: Path) -> None:
    """Copy the rooms of the functions, the templates and the run-time lock of a checkout."""
    functions = root / "functions"
    for room in ROOMS:
        for pattern in ("*.py", "text/*.toml"):
            for path in sorted((functions / room).rglob(pattern)):
                if not path.is_relative_to(functions / TYPED):
                    _copy(path, tree / path.relative_to(functions))
    for name in ("rekap/__init__.py", "rekap/py.typed"):
        _copy(functions / name, tree / name)
    templates = root / "templates"
    for path in sorted(path for path in templates.rglob("*") if path.is_file()):
        _copy(path, tree / "rekap" / "templates" / path.relative_to(templates))
    _copy(root / "requirements" / "run.txt", tree / "rekap" / "run.txt")


def prune(tree: Path) -> None:
    """Remove what no function reads; licences stay."""
    for path in sorted(path for path in tree.rglob("*") if path.is_file()):
        if not _stays(PurePosixPath(path.relative_to(tree).as_posix())):
            path.unlink()
    for path in sorted((path for path in tree.rglob("*") if path.is_dir()), reverse=True):
        if not any(path.iterdir()):
            path.rmdir()


def compile_sources(tree: Path, interpreter: str) -> None:
    """Add bytecode to every module, in one order and without a trace of this machine.

    The interpreter must be of the target's minor version. Lambda's copy of the sources cannot be
    written to, so without bytecode every cold start compiles them again.
    """
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONHASHSEED": "0"}
    command = [interpreter, "-S", "-B", str(_COMPILER), str(tree), TASK_ROOT]
    subprocess.run(command, check=True, env=environment)


def _stays(path: PurePosixPath) -> bool:
    first = path.parts[0]
    if first.endswith(".dist-info"):
        return path.parts[1] == "licenses" or path.name.startswith(_KEPT_METADATA)
    if path.suffix in _PRUNED_SUFFIXES or path.name.startswith("examples-"):
        return False
    if any(path.is_relative_to(folder) for folder in _PRUNED_FOLDERS):
        return False
    data = PurePosixPath("botocore/data")
    if path.is_relative_to(data) and len(path.parts) > len(data.parts) + 1:
        return path.parts[len(data.parts)] in SERVICES
    return True


def _copy(source: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, to)
