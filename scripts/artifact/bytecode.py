"""Write unchecked bytecode for every module below a folder; run by the Python that will read it.

    python3.13 -S -B scripts/artifact/bytecode.py TREE SHOWN

SHOWN stands for TREE in the file names that tracebacks show. One process in one order: what
marshal writes depends on what was compiled before.
"""

from __future__ import annotations

import py_compile
import sys
from pathlib import Path


def main(tree: Path, shown: str) -> None:
    """Compile all or raise PyCompileError."""
    for path in sorted(tree.rglob("*.py")):
        py_compile.compile(
            str(path),
            dfile=f"{shown}/{path.relative_to(tree).as_posix()}",
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
