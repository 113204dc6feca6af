"""The modules of the verifier in the browser answer as the Python profile does, case by case."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.script import cases

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "templates" / "script"


def need_node() -> None:
    """Skip, or fail where the browser is required: CI has both."""
    if shutil.which("node") is None:
        if "chromium" in os.environ.get("REKAP_REQUIRE", ""):
            pytest.fail("REKAP_REQUIRE: no node")
        pytest.skip("no node")


def test_node_answers_as_the_python_profile() -> None:
    need_node()
    assert every_answer(cases.every()) == []


def every_answer(asked: list[cases.Case]) -> list[tuple[cases.Case, str]]:
    """Return the cases that node answers in another way, with its answers."""
    wanted = json.dumps({"base": f"{SCRIPTS.as_uri()}/", "cases": asked})
    done = subprocess.run(
        ["node", str(Path(__file__).parent / "answers.mjs")], input=wanted, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    given = json.loads(done.stdout)
    return [(case, said) for case, said in zip(asked, given, strict=True) if said != case["want"]]
