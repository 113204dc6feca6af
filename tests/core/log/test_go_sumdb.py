"""Go's `x/mod/sumdb`, the original implementation of these formats, reads our logs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tests import golang, needed
from tests.core.log.grown import LARGE, SMALL, Grown
from tests.portal.sequencing.builders import LOG_KEY, WITNESS_SIGNER

from rekap.core.log import tiles
from rekap.core.signing.note import Note, cosign

SOURCE = Path(__file__).parents[2] / "gocheck"
DEBIAN = Path("/usr/share/gocode")

pytestmark = pytest.mark.go


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the checker with the module proxy or cache, else with Debian's package."""
    folder = tmp_path_factory.mktemp("gocheck")
    for name in ("check.go", "go.mod", "go.sum"):
        shutil.copy(SOURCE / name, folder)
    command = ("build", "-o", "check", "check.go")
    done = golang.compiled(folder, *command)
    if done.returncode and (DEBIAN / "src/golang.org/x/mod/sumdb").is_dir():
        done = golang.compiled(folder, *command, GO111MODULE="off", GOPATH=str(DEBIAN))
    if done.returncode:
        needed.lacking("go", f"x/mod is not available: {done.stderr}")
    return folder / "check"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Grown:
    return Grown(tmp_path_factory.mktemp("small"), SMALL)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Grown:
    return Grown(tmp_path_factory.mktemp("large"), LARGE)


def read(program: Path, grown: Grown, *words: str) -> subprocess.CompletedProcess[str]:
    command = [str(program), str(grown.folder), *(words or (LOG_KEY.vkey,))]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=needed.PATIENCE
    )


def accepts(program: Path, grown: Grown, size: int) -> None:
    for old in grown.notes:
        if old <= size:
            grown.at(size)
            done = read(program, grown, LOG_KEY.vkey, str(old))
            assert (done.returncode, done.stdout) == (0, f"ok: size {size}\n"), done.stderr


@pytest.mark.parametrize("size", SMALL)
def test_go_accepts_our_small_logs(program: Path, small: Grown, size: int) -> None:
    accepts(program, small, size)


@pytest.mark.parametrize("size", LARGE)
def test_go_accepts_our_logs_where_the_third_level_begins(
    program: Path, large: Grown, size: int
) -> None:
    accepts(program, large, size)


def test_go_ignores_cosignatures_that_it_does_not_know(program: Path, small: Grown) -> None:
    parsed = Note.parse(small.notes[257])
    line = cosign(parsed.text, "saksi.example/w1", WITNESS_SIGNER, 1767225600)
    small.at(257).write_bytes(parsed.merge([line]).format())
    assert read(program, small).returncode == 0


def refuses(program: Path, grown: Grown, size: int, path: str, how: str) -> None:
    grown.at(size)
    with grown.changed(path, how):
        done = read(program, grown)
    assert done.returncode == 1, f"{path} {how} at {size}"
    assert done.stderr.strip()
    tile = tiles.parse_path(path.removeprefix("log/"))
    if tile.level == tiles.ENTRIES and how == "flip":
        assert f"entry {tiles.WIDTH * tile.n + tile.width - 1}: " in done.stderr


@pytest.mark.parametrize("size", SMALL)
@pytest.mark.parametrize("how", ["flip", "cut", "delete"])
def test_go_refuses_every_changed_file_of_small_logs(
    program: Path, small: Grown, size: int, how: str
) -> None:
    for path in tiles.paths_for(size):
        refuses(program, small, size, f"log/{path}", how)


@pytest.mark.parametrize("size", LARGE)
def test_go_refuses_a_changed_right_edge(program: Path, large: Grown, size: int) -> None:
    for tile in tiles.new_tiles(size - 1, size):
        refuses(program, large, size, f"log/{tile.path}", "flip")


def test_go_refuses_a_changed_checkpoint(program: Path, small: Grown) -> None:
    data = small.notes[1000]
    for at in range(len(data)):
        small.at(1000).write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
        done = read(program, small)
        assert done.returncode == 1, at
        assert done.stderr.strip()
    small.at(1000).unlink()
    assert read(program, small).returncode == 1


def test_go_refuses_another_key(program: Path, small: Grown) -> None:
    small.at(3)
    other = "log.example/rekap+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    assert read(program, small, other).returncode == 1
