"""The machine that an artifact is made for: Lambda's, or this one for rehearsals."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import Final

TASK_ROOT: Final = "/var/task"
"""Where Lambda unpacks an artifact; tracebacks show paths below it."""

_VERSION: Final = "import platform; print(platform.python_version())"


@dataclass(frozen=True, slots=True)
class Target:
    """A Python (`3.13`) and the wheel tags that run there; no tags: whatever runs here."""

    python: str
    machine: str
    tags: tuple[str, ...] = ()

    def pip_options(self) -> list[str]:
        """Return what makes pip choose wheels of this target."""
        if not self.tags:
            return []
        platforms = [word for tag in self.tags for word in ("--platform", tag)]
        return [*platforms, "--python-version", self.python, "--implementation", "cp"]

    def interpreter(self) -> tuple[str, str] | None:
        """Return a Python of the target's minor version and its full version, if one starts here.

        Only such a Python writes bytecode that the target reads.
        """
        names = [sys.executable] if self.python == this_machine().python else []
        for name in [*names, f"python{self.python}"]:
            found = shutil.which(name)
            if found is None:
                continue
            said = subprocess.run(
                [found, "-c", _VERSION], capture_output=True, text=True, check=False
            )
            version = said.stdout.strip()
            if said.returncode == 0 and version.rpartition(".")[0] == self.python:
                return found, version
        return None


# Lambda's runtime is Amazon Linux 2023 with glibc 2.34; older tags first, as the lock has both.
LAMBDA: Final = Target(
    python="3.13", machine="arm64", tags=("manylinux2014_aarch64", "manylinux_2_28_aarch64")
)


def this_machine() -> Target:
    """Return the target of the Python that runs this."""
    machine = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return Target(f"{sys.version_info.major}.{sys.version_info.minor}", machine)
