"""Adds to the wheel what stands outside the package: the templates and the run-time lock.

Everything else is declared in pyproject.toml. An editable installation reads both from the
checkout, so nothing is copied then.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithTemplates(build_py):
    """Puts `templates/` and `requirements/run.txt` into the built package `rekap`."""

    def run(self) -> None:
        """Build as usual, then copy, unless the installation is editable."""
        super().run()
        if self.editable_mode:
            return
        package = Path(self.build_lib) / "rekap"
        shutil.copytree("templates", package / "templates", dirs_exist_ok=True)
        shutil.copyfile("requirements/run.txt", package / "run.txt")


setup(cmdclass={"build_py": BuildWithTemplates})
