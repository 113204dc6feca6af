"""Adds to the wheel what stands outside the package: the templates and the run-time lock.

It asks for the libraries that the release names, at the versions that the release names: with
others the program would not be that release. Everything else is declared in pyproject.toml. An
editable installation reads templates and lock from the checkout, so nothing is copied then.
"""

from __future__ import annotations

import shutil
import sys
from importlib import import_module
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

LOCK = Path("requirements/run.txt")
# It needs none of the libraries that are asked for here.
sys.path.insert(0, "functions")
release = import_module("rekap.core.pages.release")


class BuildWithTemplates(build_py):
    """Puts `templates/` and `requirements/run.txt` into the built package `rekap`."""

    def run(self) -> None:
        """Build as usual, then copy, unless the installation is editable."""
        super().run()
        if self.editable_mode:
            return
        package = Path(self.build_lib) / "rekap"
        shutil.copytree("templates", package / "templates", dirs_exist_ok=True)
        shutil.copyfile(LOCK, package / "run.txt")


setup(cmdclass={"build_py": BuildWithTemplates}, install_requires=release.pins(LOCK))
