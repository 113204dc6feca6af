"""The certificates of Jakarta 2024 as the repository has them: the check refutes none of them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.script.test_examination import examined, laid

from rekap.audit.hashes import TreeHashes
from rekap.core.ledger import addresses
from rekap.core.ledger.fold import fold
from rekap.core.ledger.state import State
from rekap.core.log import tiles
from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.log.entry import leaf_hash
from rekap.core.log.proofs import HashReader, TlogProof, inclusion_proof
from rekap.core.pages.site import Site
from rekap.desk.elections.folder import read
from rekap.desk.replay.importer import ORIGIN
from rekap.desk.replay.stages import waves
from rekap.desk.replay.statements import Writer, midnight

FOLDER = Path(__file__).parents[2] / "elections" / "jakarta-2024"
TOP = "pilkada-2024-jakarta/gubernur-31/"
KOTA = [f"{TOP}{code}/" for code in ("01", "71", "72", "73", "74", "75")]
"""Kepulauan Seribu, Pusat, Utara, Barat, Selatan, Timur."""


def _site() -> dict[str, bytes]:
    """The log of the whole election, and the pages of the province and its kota alone."""
    election = read(FOLDER)
    writer = Writer(ORIGIN, f"rekap replay {election.id}", midnight(election))
    entries = [
        entry
        for wave in waves(writer, [election], "ab" * 32, fixed=True)
        for entry in sorted(wave.envelopes, key=leaf_hash)
    ]
    state = State(read_entry=lambda index: entries[index])
    for entry in entries:
        fold(state, entry)
    size = len(entries)
    hashes = TreeHashes([leaf_hash(entry) for entry in entries])
    note = sign_checkpoint(Checkpoint(ORIGIN, size, hashes.root(size)), writer.log_signer)
    files = {"log/checkpoint": note, "policy.txt": writer.anchors([election.id])}
    for tile in tiles.tiles_for(size):
        if tile.level >= 0:
            data = hashes.tile(tile.level, tile.n, tile.width)
            assert data is not None
            files[f"log/{tile.path}"] = data
    reader = HashReader(_Files(files), size)
    for index, entry in enumerate(entries):
        files[addresses.entry(index)] = entry
        path = tuple(inclusion_proof(index, size, reader))
        files[addresses.proof(index)] = TlogProof(index, path, note).format()
    site = Site(state, lambda index: entries[index])
    for address in (TOP, *KOTA):
        files |= site.files(address)
    return files


class _Files:
    """Files below `log/`, for a reader of tiles."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def read(self, path: str) -> bytes | None:
        return self._files.get(f"log/{path}")


def test_no_kota_whose_certificate_differs_from_its_sum_is_refuted(tmp_path: Path) -> None:
    """Utara, Barat and Timur were, untouched: their sentence was another than for the rest."""
    files = _site()
    twins = [json.loads(files[f"{address}index.json"]) for address in (TOP, *KOTA)]
    different = [twin["region"]["code"] for twin in twins if twin["differences"]]
    assert different
    root = laid(tmp_path, files)
    answers = examined(root, [{"address": twin["address"]} for twin in twins])
    for twin, told in zip(twins, answers, strict=True):
        assert (told["head"], told["faults"]) == ("proved", []), twin["address"]
        assert told["differs"] == [{}, [], []], twin["address"]
        assert told["figures"] == twin["certified"]["figures"]
    false = json.loads(files[f"{KOTA[2]}index.json"])
    false["certified"]["figures"]["pair_1"] += 902
    (root / KOTA[2] / "index.json").write_text(json.dumps(false, separators=(",", ":")))
    (told,) = examined(root, [{"address": KOTA[2]}])
    assert told["head"] == "differs"
