"""Go's `x/mod/sumdb`, the original implementation of these formats, reads our logs.

Skipped with the reason where Go or the module is missing, unless REKAP_REQUIRE names `go`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.log.builders import LOG_KEY, WITNESS_SIGNER, Portal

from rekap.signing.note import Note, cosign

SOURCE = Path(__file__).parents[1] / "gocheck"
DEBIAN = Path("/usr/share/gocode")
REQUIRED = "go" in os.environ.get("REKAP_REQUIRE", "").replace(",", " ").split()

pytestmark = pytest.mark.go


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the checker with the module proxy or cache, else with Debian's package."""
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin:/usr/lib/go/bin")
    if go is None:
        return missing("no Go toolchain")
    folder = tmp_path_factory.mktemp("gocheck")
    for name in ("check.go", "go.mod", "go.sum"):
        shutil.copy(SOURCE / name, folder)
    problem = build(go, folder, {})
    if problem and (DEBIAN / "src/golang.org/x/mod/sumdb").is_dir():
        problem = build(go, folder, {"GO111MODULE": "off", "GOPATH": str(DEBIAN)})
    return missing(f"x/mod is not available: {problem}") if problem else folder / "check"


def build(go: str, folder: Path, settings: dict[str, str]) -> str:
    environment = {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "-buildvcs=false", **settings}
    command = [go, "build", "-o", "check", "check.go"]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=180,
        )
    except subprocess.TimeoutExpired:
        return "the build took too long"
    return done.stderr.strip() if done.returncode else ""


def missing(reason: str) -> Path:
    if REQUIRED:
        pytest.fail(reason)
    pytest.skip(reason)


def published(portal: Portal, folder: Path) -> Path:
    for path, data in portal.objects.objects.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return folder


def check(program: Path, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [str(program), str(folder), LOG_KEY.vkey, *more]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)


def grown(*sizes: int) -> Portal:
    portal, last = Portal(), 0
    for size in sizes:
        portal.accept_numbers(last, size)
        portal.run()
        last = size
    return portal


@pytest.mark.parametrize("sizes", [(1,), (2,), (255, 256), (256, 257), (3, 300, 1000)])
def test_go_accepts_our_logs(program: Path, tmp_path: Path, sizes: tuple[int, ...]) -> None:
    folder = published(grown(*sizes), tmp_path)
    for old in sizes:
        done = check(program, folder, str(old))
        assert (done.returncode, done.stdout) == (0, f"ok: size {sizes[-1]}\n"), done.stderr


def test_go_ignores_cosignatures_that_it_does_not_know(program: Path, tmp_path: Path) -> None:
    portal = grown(5)
    parsed = Note.parse(portal.objects.objects["log/checkpoint"])
    line = cosign(parsed.text, "saksi.example/w1", WITNESS_SIGNER, 1767225600)
    portal.objects.objects["log/checkpoint"] = parsed.merge([line]).format()
    assert check(program, published(portal, tmp_path)).returncode == 0


@pytest.mark.parametrize(
    ("path", "at", "names"),
    [
        ("log/checkpoint", 20, "checkpoint"),
        ("log/tile/0/001", 5_000, "level 0"),
        ("log/tile/0/003.p/232", 7_400, ""),
        ("log/tile/1/000.p/3", 50, ""),
        ("log/tile/entries/000", 300, "entry"),
        ("log/tile/entries/003.p/232", 1_159, "entry 999"),
    ],
)
def test_go_finds_a_flipped_byte(
    program: Path, tmp_path: Path, path: str, at: int, names: str
) -> None:
    folder = published(grown(1000), tmp_path)
    data = bytearray((folder / path).read_bytes())
    data[at] ^= 1
    (folder / path).write_bytes(data)
    done = check(program, folder)
    assert done.returncode == 1
    assert names in done.stderr
    assert done.stderr.strip()


@pytest.mark.parametrize("path", ["log/tile/0/002", "log/tile/entries/001", "log/checkpoint"])
def test_go_misses_a_missing_file(program: Path, tmp_path: Path, path: str) -> None:
    folder = published(grown(1000), tmp_path)
    (folder / path).unlink()
    done = check(program, folder)
    assert done.returncode == 1
    assert done.stderr.strip()


def test_go_refuses_another_key(program: Path, tmp_path: Path) -> None:
    folder = published(grown(3), tmp_path)
    other = "log.example/rekap+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    command = [str(program), str(folder), other]
    assert subprocess.run(command, check=False, capture_output=True, timeout=60).returncode == 1
