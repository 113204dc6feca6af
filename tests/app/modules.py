"""The app's modules in node, without a browser: a program beside them is asked in JSON."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests import needed

from scripts import build_app


def modules(folder: Path, program: str) -> Path:
    """Build the app into a folder, with `answers.js` beside its modules."""
    build_app.write(folder)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "answers.js").write_text(program)
    return folder


def answered(app: Path, asked: dict[str, Any]) -> Any:
    """Return what `answers.js` says to what is asked on its standard input."""
    return json.loads(run(app, "answers.js", json.dumps(asked)))


def run(app: Path, name: str, given: str = "") -> str:
    """Run a program beside the modules; return its standard output."""
    command = [needed.node(), name]
    done = subprocess.run(command, cwd=app, input=given, capture_output=True, text=True, check=True)
    return done.stdout
