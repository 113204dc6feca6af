"""Two other implementations, by two other authors, read our logs; our readers read theirs.

`aics-tlog` and `tlog-scales` see the files below `log/` as our sequencer wrote them, at the sizes
where a tile, a level or the tree's root begins, and must find what was changed.
"""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest
from tests.check_log import check_log as oracle
from tests.core.log.grown import LARGE, SMALL, Grown
from tests.peers import environment
from tests.peers.environment import PEERS
from tests.portal.sequencing.builders import (
    LOG_KEY,
    LOG_SIGNER,
    ORIGIN,
    WITNESS_KEY,
    WITNESS_SIGNER,
)
from tests.soak import SOAK

from rekap.audit.leftovers import check_leftovers
from rekap.audit.log import LogContent, check_log
from rekap.audit.reader import FolderSource
from rekap.audit.verdict import Report
from rekap.core.log import proofs, tiles
from rekap.core.log.checkpoint import open_checkpoint
from rekap.core.log.merkle import verify_consistency, verify_inclusion
from rekap.core.log.ports import LogFiles, Stored
from rekap.core.log.proofs import HashReader
from rekap.core.signing.note import Note, NoteKey, cosign

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module", autouse=True)
def peers() -> None:
    environment.need()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Grown:
    return Grown(tmp_path_factory.mktemp("small"), SMALL)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Grown:
    return Grown(tmp_path_factory.mktemp("large"), LARGE)


def asked(peer: str, grown: Grown, size: int) -> subprocess.CompletedProcess[str]:
    """Let a peer read the log as of a size, with all older trees that it can know."""
    roots = [grown.root(old) for old in grown.notes if old <= size]
    log = grown.folder / "log"
    return environment.ask("read", peer, log, grown.at(size), LOG_KEY.vkey, *roots)


def accepts(peer: str, grown: Grown, size: int) -> None:
    done = asked(peer, grown, size)
    assert (done.returncode, done.stdout) == (0, f"ok: size {size}\n"), done.stderr


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("size", SMALL)
def test_our_small_logs(peer: str, small: Grown, size: int) -> None:
    accepts(peer, small, size)


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("size", LARGE)
def test_our_logs_where_the_third_level_begins(peer: str, large: Grown, size: int) -> None:
    accepts(peer, large, size)


@pytest.mark.parametrize("peer", PEERS)
def test_our_cosignatures(peer: str, tmp_path: Path, small: Grown) -> None:
    note = Note.parse(small.notes[257])
    line = cosign(note.text, WITNESS_KEY.name, WITNESS_SIGNER, 1_767_225_600)
    merged = tmp_path / "note"
    merged.write_bytes(note.merge([line]).format())
    words = (LOG_KEY.vkey, WITNESS_KEY.vkey)
    assert environment.ask("cosigned", peer, merged, *words).returncode == 0
    assert environment.ask("cosigned", peer, small.at(257), *words).returncode == 1
    accepted = environment.ask("read", peer, small.folder / "log", merged, LOG_KEY.vkey)
    assert accepted.returncode == 0, accepted.stderr


CHANGED = [path for path in tiles.paths_for(1000) if SOAK or not path.endswith(("001", "002"))]
"""Full and partial ones of each level; the soak takes every file."""


def refuses(peer: str, grown: Grown, size: int, path: str, how: str) -> None:
    with grown.changed(path, how):
        done = asked(peer, grown, size)
    assert done.returncode == 1, f"{path} {how} at {size}: {done.stdout}"
    assert done.stderr.startswith("refused: ")


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("how", ["flip", "cut", "delete"])
@pytest.mark.parametrize("path", [f"log/{path}" for path in CHANGED])
def test_they_refuse_every_changed_file(peer: str, path: str, how: str, small: Grown) -> None:
    refuses(peer, small, 1000, path, how)


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("size", [255, 256, 257])
def test_they_refuse_a_changed_edge(peer: str, size: int, small: Grown) -> None:
    for tile in tiles.new_tiles(size - 1, size):
        refuses(peer, small, size, f"log/{tile.path}", "flip")


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("size", LARGE)
def test_they_refuse_a_changed_bundle_where_the_third_level_begins(
    peer: str, size: int, large: Grown
) -> None:
    bundle, *_ = tiles.new_tiles(size - 1, size)
    refuses(peer, large, size, f"log/{bundle.path}", "flip")


@pytest.mark.parametrize("peer", PEERS)
def test_they_refuse_notes_that_were_changed(peer: str, small: Grown, tmp_path: Path) -> None:
    log, note = small.folder / "log", tmp_path / "note"
    data, other = small.notes[1000], small.notes[257]
    changed = [
        data.replace(b"\n1000\n", b"\n999\n"),
        data.replace(b"rekap\n1000", b"other\n1000"),
        data.replace(b"\nY", b"\nZ", 1),
        other[: other.index(b"\n\n")] + data[data.index(b"\n\n") :],
    ]
    for one in changed:
        assert one != data
        note.write_bytes(one)
        assert environment.ask("read", peer, log, note, LOG_KEY.vkey).returncode == 1, one
    stranger = NoteKey.of(ORIGIN, 1, WITNESS_SIGNER.public).vkey
    assert environment.ask("read", peer, log, small.at(1000), stranger).returncode == 1


@pytest.mark.parametrize("peer", PEERS)
def test_they_refuse_another_history(peer: str, small: Grown) -> None:
    log, note = small.folder / "log", small.at(1000)
    old = f"257:{base64.b64encode(bytes(32)).decode()}"
    done = environment.ask("read", peer, log, note, LOG_KEY.vkey, old)
    assert done.returncode == 1, done.stdout


# ---------------------------------------------------------------- theirs


def written(peer: str, folder: Path, *sizes: int) -> NoteKey:
    seed = LOG_SIGNER._private.private_bytes_raw().hex()
    done = environment.ask("write", peer, folder / "log", "peer.example/log", seed, *sizes)
    assert done.returncode == 0, done.stderr
    return NoteKey.parse(done.stdout.strip())


def read(folder: Path, key: NoteKey) -> tuple[Report, LogContent]:
    source, report = FolderSource(folder), Report("peer")
    note = source.read("log/checkpoint", 65_536) or b""
    checkpoint = open_checkpoint(note, key.name, key)
    content = check_log(
        source, checkpoint.size, checkpoint.root, report, lambda what, done, total: None
    )
    check_leftovers(source, source.paths("log/"), content, report)
    return report, content


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize(
    "sizes", [(1,), (2, 3), (255,), (255, 256), (256, 257), (3, 300, 1000), LARGE]
)
def test_we_read_their_logs(peer: str, sizes: tuple[int, ...], tmp_path: Path) -> None:
    size = sizes[-1]
    key = written(peer, tmp_path, *sizes)
    report, content = read(tmp_path, key)
    assert (report.status, content.proved) == (0, True), report.as_json()
    assert content.entries(size - 1) == b"entry %d" % (size - 1)
    assert len(oracle(tmp_path, key.vkey)) == size
    hashes = HashReader(LogFiles(Folder(tmp_path)), size)
    root = content.hashes.root(size)
    for index in {0, size // 2, size - 1}:
        leaf = content.hashes.rows[0][index]
        proof = proofs.inclusion_proof(index, size, hashes)
        verify_inclusion(index=index, size=size, leaf=leaf, proof=proof, root=root)
    for old in sizes:
        proof = proofs.consistency_proof(old, size, hashes)
        verify_consistency(
            old_size=old, old_root=content.hashes.root(old), new_size=size, new_root=root,
            proof=proof,
        )  # fmt: skip


@pytest.mark.parametrize("peer", PEERS)
def test_we_find_what_was_changed_in_theirs(peer: str, tmp_path: Path) -> None:
    key = written(peer, tmp_path, 300, 1000)
    for path in [*tiles.paths_for(1000), *tiles.paths_for(300)]:
        place = tmp_path / "log" / path
        clean = place.read_bytes()
        place.write_bytes(clean[:-1] + bytes([clean[-1] ^ 1]))
        report, _ = read(tmp_path, key)
        assert f"log/{path}" in {failure.place for failure in report.refuted}, path
        place.write_bytes(clean)


class Folder:
    """Objects of a folder, for `LogFiles`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, path: str) -> Stored | None:
        place = self.folder / path
        return Stored(place.read_bytes(), "") if place.is_file() else None
