"""Where the files of a release lie that are no modules: in the wheel, else beside `functions/`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).resolve().parents[1]
_CHECKOUT: Final = PACKAGE.parents[1]
_LOCK: Final = "requirements/run.txt"


@lru_cache(maxsize=1)
def templates_folder() -> Path:
    """The folder of the templates."""
    packed = PACKAGE / "templates"
    return packed if packed.is_dir() else _CHECKOUT / "templates"


def lock() -> Path:
    """The file that pins the libraries."""
    packed = PACKAGE / "run.txt"
    return packed if packed.is_file() else _CHECKOUT / _LOCK
