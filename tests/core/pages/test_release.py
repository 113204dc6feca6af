"""The release: what decides bytes changes it, and nothing else does."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.portal.publishing.test_refusals import publish, shelf

from rekap.core.pages import release

ROOT = Path(__file__).parents[3]
LOCK = "requirements/run.txt"
DESK = "functions/rekap/desk/officials/talk.py"
FOLD = "functions/rekap/core/codec.py"
PAGE = "functions/rekap/core/pages/site.py"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    copied = tmp_path / "checkout"
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in ("functions", "templates", "requirements"):
        shutil.copytree(ROOT / name, copied / name, ignore=ignored)
    return copied


def digests(checkout: Path) -> tuple[list[str], list[str]]:
    """The lines of the release, and those of the fold alone."""
    package, lock = checkout / "functions" / "rekap", checkout / LOCK
    return release.lines(package, checkout / "templates", lock), release.fold_lines(package, lock)


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_a_program_with_another_library_is_another_release(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def elsewhere(name: str) -> str:
        return "3.1.2" if name == "jinja2" else importlib.metadata.version(name)

    own, fold = release.current(), release.of_fold()
    for one in (release.current, release.of_fold):
        one.cache_clear()
    try:
        with monkeypatch.context() as patch:
            patch.setattr(release, "version", elsewhere)
            assert release.current() != own
            assert release.of_fold() == fold, "jinja2 folds nothing"
    finally:
        for one in (release.current, release.of_fold):
            one.cache_clear()
    assert (release.current(), release.of_fold()) == (own, fold)


def test_its_lines_name_core_templates_and_four_libraries() -> None:
    said, folded = digests(ROOT)
    paths = [line.split("  ")[1] for line in said if "  " in line]
    assert {"/".join(path.split("/")[:2]) for path in paths if path.startswith("rekap/")} == {
        "rekap/core"
    }
    assert all(path.startswith(("rekap/core/", "templates/")) for path in paths)
    pins = [line.split("==")[0] for line in said if "  " not in line]
    assert pins == ["cryptography", "jinja2", "markupsafe", "msgspec"]
    assert set(folded) < set(said)
    assert not [line for line in folded if "/pages/" in line or "templates/" in line]


@pytest.mark.parametrize(
    ("file", "old", "new", "changes"),
    [
        (DESK, '"""', '"""SIMULASI. ', (False, False)),
        ("functions/rekap/audit/audit.py", '"""', '"""SIMULASI. ', (False, False)),
        ("functions/rekap/portal/intake/accept.py", '"""', '"""SIMULASI. ', (False, False)),
        ("functions/handlers/submit.py", '"""', '"""SIMULASI. ', (False, False)),
        (FOLD, '"""', '"""SIMULASI. ', (True, True)),
        (PAGE, '"""', '"""SIMULASI. ', (True, False)),
        ("templates/notfound.html", "<", "<!-- SIMULASI --><", (True, False)),
        (LOCK, "cryptography==", "cryptography==1.", (True, True)),
        (LOCK, "jinja2==", "jinja2==1.", (True, False)),
        (LOCK, "boto3==", "boto3==1.", (False, False)),
    ],
)
def test_a_change_is_another_release_only_where_it_decides_bytes(
    checkout: Path, file: str, old: str, new: str, changes: tuple[bool, bool]
) -> None:
    before = digests(checkout)
    change(checkout / file, old, new)
    after = digests(checkout)
    assert (before[0] != after[0], before[1] != after[1]) == changes


def verified(checkout: Path, site: Path) -> int:
    """The exit code of `rekap verify` by the program of a checkout."""
    done = subprocess.run(
        [sys.executable, "-B", "-m", "rekap.desk.main", "verify", str(site)],
        env={**os.environ, "PYTHONPATH": str(checkout / "functions")},
        cwd=checkout, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode


def test_another_desk_proves_the_same_site_and_another_core_does_not(
    checkout: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    portal = shelf({"release": release.current()})
    for now in (0, 1_000):
        publish(portal, release.current(), now)
    for path, data in portal.objects.objects.items():
        if not path.startswith("state/"):
            (site / path).parent.mkdir(parents=True, exist_ok=True)
            (site / path).write_bytes(data)
    proved = verified(checkout, site)
    assert proved in {0, 3}
    change(checkout / DESK, '"""', '"""SIMULASI. ')
    assert verified(checkout, site) == proved
    change(checkout / FOLD, '"""', '"""SIMULASI. ')
    assert verified(checkout, site) == 2
