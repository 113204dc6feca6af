"""For one release the demonstration has one root: the log's bytes are pinned here.

A change of this root is a change of formats, of the order of a replay, or of the folders; it needs
a reason in the changelog.
"""

from __future__ import annotations

from pathlib import Path

from tests.elections import tiny

from rekap.core import codec
from rekap.core.log import checkpoint
from rekap.core.log.entry import leaf_hash
from rekap.core.log.merkle import Frontier
from rekap.core.signing.note import Note
from rekap.desk.elections.folder import read
from rekap.desk.main import main
from rekap.desk.replay.importer import ORIGIN
from rekap.desk.replay.stages import waves
from rekap.desk.replay.statements import Writer, midnight

ELECTIONS = Path(__file__).parents[2] / "elections"
RELEASE = "0" * 64
SIZE = 4840
ROOT = "IYRbefjWA8YAXdVCNWrVwdIZfxC4xsL4tJs9QU4+l2M="


def root_of(*folders: Path) -> tuple[int, str]:
    """Size and root of the log that a replay of the folders gives, without any function."""
    elections = [read(folder) for folder in folders]
    writer = Writer(ORIGIN, f"rekap replay {elections[0].id}", midnight(elections[0]))
    tree = Frontier(0, ())
    for wave in waves(writer, elections, RELEASE, fixed=True):
        for leaf in sorted(map(leaf_hash, wave.envelopes)):
            tree = tree.append(leaf)
    return tree.size, codec.b64encode(tree.root())


def test_both_real_elections_have_the_golden_root():
    folders = (ELECTIONS / "ciamis-2024", ELECTIONS / "jakarta-2024")
    assert root_of(*folders) == (SIZE, ROOT)


def test_the_functions_give_that_root(tmp_path):
    folder = tiny().write(tmp_path / "folder")
    arguments = [str(folder), "--to", str(tmp_path / "portal"), "--release", RELEASE]
    assert main(["import", *arguments]) == 0
    published = (tmp_path / "portal" / "public" / "log" / "checkpoint").read_bytes()
    found = checkpoint.parse(Note.parse(published).text)
    assert (found.size, codec.b64encode(found.root)) == root_of(folder)
