"""Hold every sample page, in both languages, against two validators of HTML: html-validate and vnu.

    python scripts/check_html.py [--to DIR]

Both come from npm into DIR (exact versions below; no install script runs), vnu needs Java. For the
nightly run: CI has the structural checks of `tests/core/pages`. 0: nothing found.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from rekap.core.ledger.addresses import LANGUAGES
from rekap.core.pages import pages

PACKAGES: Final = ("html-validate@10.17.0", "vnu-jar@26.9.27")
RULES: Final[dict[str, Any]] = {
    "extends": ["html-validate:recommended", "html-validate:document"],
    "rules": {
        # A region that scrolls is a `div` with a name: `section` would be one more landmark.
        "prefer-native-element": ["error", {"exclude": ["region"]}],
        # End tags of cells are left out where a page has thousands of them: HTML allows it.
        "no-implicit-close": "off",
        # The sheet is of our own host and named by its digest; with it, no page opens from disk.
        "require-sri": ["error", {"target": "crossorigin"}],
        # A title names a place and an election as the log does, at any length.
        "long-title": "off",
    },
}
HTML_VALIDATE: Final = "npx html-validate --config rules.json --formatter json=said.json".split()
"""Its report is a file: a long one on a pipe is cut off when the program ends."""
VNU: Final = "node_modules/vnu-jar/build/dist/vnu.jar"


def write(folder: Path) -> list[Path]:
    """Write every sample page in every language; return the files."""
    samples = import_module("tests.core.pages.samples")
    made = []
    for language in LANGUAGES:
        (folder / language).mkdir(parents=True, exist_ok=True)
        for name, twin in samples.all_pages():
            made.append(folder / language / f"{name}.html")
            made[-1].write_bytes(pages.render(twin, language))
    return made


def messages(report: str) -> list[str]:
    """One line for each error in a report of html-validate: file, line, rule, what it says."""
    return [
        f"{Path(one['filePath']).name}:{said['line']}: {said['ruleId']}: {said['message']}"
        for one in json.loads(report)
        for said in one["messages"]
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages, run both validators, print what they say."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--to", type=Path, default=None, metavar="DIR", help="keeps the validators")
    options = parser.parse_args(arguments)
    for program in ("npm", "java"):
        if shutil.which(program) is None:
            print(f"{program} is missing: apt-get install nodejs npm default-jre-headless")
            return 2
    with tempfile.TemporaryDirectory() as made:
        base = options.to or Path(made)
        base.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", *PACKAGES]
        subprocess.run(install, cwd=base, check=True, stdout=subprocess.DEVNULL)
        files = [str(path) for path in write(base / "pages")]
        (base / "rules.json").write_text(json.dumps(RULES))
        _said([*HTML_VALIDATE, *files], base)
        found = messages((base / "said.json").read_text())
        nu = ["java", "-Xss1m", "-jar", VNU, "--errors-only", *files]
        found += _said(nu, base).splitlines()
    print("\n".join([*found, f"{len(files)} pages, {len(found)} errors"]))
    return 1 if found else 0


def _said(command: list[str], base: Path) -> str:
    """What a validator says on either stream; finding errors is no failure of the program."""
    done = subprocess.run(command, cwd=base, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr[:500]}")
    return done.stdout or done.stderr


if __name__ == "__main__":
    sys.exit(main())
