"""The committed vectors are what the code writes today."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "tests/vectors"


def script():
    spec = importlib.util.spec_from_file_location("make_vectors", ROOT / "scripts/make_vectors.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_vectors_are_current() -> None:
    rendered = script().render()
    assert (
        rendered.keys()
        == {path.name for path in VECTORS.glob("*.json") if path.name != "ed25519-profile.json"}
        & rendered.keys()
    )
    for name, data in rendered.items():
        assert (VECTORS / name).read_bytes() == data, f"{name}: run scripts/make_vectors.py"


def test_the_script_writes_what_it_renders(tmp_path: Path) -> None:
    assert script().main(["--to", str(tmp_path / "vectors")]) == 0
    for path in (tmp_path / "vectors").iterdir():
        assert path.read_bytes() == (VECTORS / path.name).read_bytes()


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 1000])
def test_our_tiles_are_those_of_the_independent_routine(size: int) -> None:
    ours = json.loads((VECTORS / "tiles.json").read_text())["cases"]
    theirs = json.loads((VECTORS / "public/tlog-tiles.json").read_text())["logs"]
    want = next(log["sha256"] for log in theirs if log["size"] == size)
    found = next(log["sha256"] for log in ours if log.get("size") == size)
    assert found == {path: digest for path, digest in want.items() if path != "checkpoint"}


def test_our_checkpoints_are_those_of_the_independent_routine() -> None:
    ours = json.loads((VECTORS / "checkpoint.json").read_text())["cases"]
    theirs = json.loads((VECTORS / "public/tlog-tiles.json").read_text())["logs"]
    want = {log["size"]: log["checkpoint"] for log in theirs}
    for case in ours[1:]:
        assert case["text"] == want[case["size"]]
