"""Build the Lambda artifact: one zip file for all functions, the same bytes every time.

    python scripts/build_artifact.py --to var/artifact           # arm64, Python 3.13
    python scripts/build_artifact.py --to DIR --for this-machine  # for rehearsals

Writes `lambda.zip` (what infra/template.yaml names as CodeUri), `lambda.cdx.json` (CycloneDX bill
of materials) and `lambda.json` (digests, sizes, release). Libraries come as wheels from the
lock, by hash. Bytecode is added if a Python of the target's minor version starts here, because it
makes cold starts shorter; with and without it are two artifacts with two digests.

    exit status: 0 built, 2 not
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.artifact import pack, sbom, tree, wheels  # noqa: E402
from scripts.artifact.target import LAMBDA, Target, this_machine  # noqa: E402

NAME: Final = "lambda"
_BYTECODE: Final = ("auto", "yes", "no")
_ASK_RELEASE: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from rekap.core.pages import release; "
    "print(release.current())"
)


@dataclass(frozen=True, slots=True)
class Built:
    """An artifact that was written. `bytecode` is the full version of the Python that made it."""

    path: Path
    target: Target
    bytecode: str
    release: str
    packed: pack.Packed


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse arguments, build, say what was built; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--to", type=Path, default=ROOT / "var" / "artifact", metavar="DIR")
    parser.add_argument("--root", type=Path, default=ROOT, metavar="DIR", help="another checkout")
    parser.add_argument(
        "--for", dest="machine", choices=("lambda", "this-machine"), default="lambda"
    )
    parser.add_argument("--bytecode", choices=_BYTECODE, default="auto")
    options = parser.parse_args(arguments)
    target = LAMBDA if options.machine == "lambda" else this_machine()
    try:
        built = build(options.root.resolve(), options.to, target, options.bytecode)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        print(f"build_artifact: {error}", file=sys.stderr)
        return 2
    print("\n".join(_said(built)))
    return 0


def build(root: Path, to: Path, target: Target, bytecode: str = "auto") -> Built:
    """Build the artifact of a checkout into a folder; files appear whole or not at all.

    Raises:
        CalledProcessError: a wheel is missing or has another hash, a module does not compile.
        ValueError: `bytecode` is `yes` and no Python of the target's version starts here; limits.
    """
    lock = root / "requirements" / "lambda.txt"
    compiler = None if bytecode == "no" else target.interpreter()
    if bytecode == "yes" and compiler is None:
        raise ValueError(f"python{target.python} is not on the PATH: no bytecode")
    to.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=to, prefix="work-") as name:
        work = Path(name)
        folder = work / "tree"
        installed = wheels.install(lock, folder, target)
        tree.add_own(root, folder)
        tree.prune(folder)
        digest = _release(folder)
        if compiler:
            tree.compile_sources(folder, compiler[0])
        packed = pack.pack(folder, work / f"{NAME}.zip")
        built = Built(to / f"{NAME}.zip", target, compiler[1] if compiler else "", digest, packed)
        (work / f"{NAME}.json").write_text(json.dumps(facts(built), indent=1) + "\n")
        (work / f"{NAME}.cdx.json").write_bytes(
            sbom.document(_product(root, built, lock), installed)
        )
        for suffix in ("cdx.json", "json", "zip"):
            (work / f"{NAME}.{suffix}").replace(to / f"{NAME}.{suffix}")
    return built


def facts(built: Built) -> dict[str, Any]:
    """Return what `lambda.json` says."""
    return {
        "python": built.target.python,
        "machine": built.target.machine,
        "bytecode": built.bytecode or None,
        "release": built.release,
        **asdict(built.packed),
    }


def _release(tree: Path) -> str:
    """Ask the code of an artifact, in a process of its own, for its release."""
    command = [sys.executable, "-I", "-B", "-c", _ASK_RELEASE, str(tree)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _product(root: Path, built: Built, lock: Path) -> sbom.Product:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    wanted = (root / "requirements" / "lambda.in").read_text()
    return sbom.Product(
        project["name"],
        project["version"],
        project["license"],
        tuple(re.findall(r"^[a-z0-9-]+", wanted, re.MULTILINE)),
        {
            "artifact:sha256": built.packed.sha256,
            "artifact:content": built.packed.content,
            "lock:sha256": sha256(lock.read_bytes()).hexdigest(),
            "machine": built.target.machine,
            "python": built.target.python,
            "release": built.release,
        },
    )


def _said(built: Built) -> list[str]:
    packed, target = built.packed, built.target
    mega = 1024 * 1024
    bytecode = (
        f"with bytecode of Python {built.bytecode}"
        if built.bytecode
        else f"without bytecode (no python{target.python} starts here, or not wanted)"
    )
    return [
        f"artifact  {built.path}",
        f"target    {target.machine}, Python {target.python}, {bytecode}",
        f"size      {packed.zipped / mega:.1f} MB zipped, {packed.unpacked / mega:.1f} MB unpacked,"
        f" {packed.files} files (Lambda takes {pack.ZIPPED_LIMIT // mega} and"
        f" {pack.UNPACKED_LIMIT // mega} MB)",
        f"release   {built.release}",
        f"content   {packed.content}",
        f"sha256    {packed.sha256}",
    ]


if __name__ == "__main__":
    sys.exit(main())
