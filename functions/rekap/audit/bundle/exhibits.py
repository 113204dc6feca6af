"""The evidence of a page as the check in the browser reads it, made from the log alone.

Proofs are made anew under one checkpoint, so that an exhibit holds one tree. Everything that the
check asks for is in it; what it would read beyond is reported by it as missing, never as proved.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from rekap.audit.hashes import TreeHashes
from rekap.core import codec
from rekap.core.ledger import addresses
from rekap.core.log import tiles
from rekap.core.log.proofs import HashReader, TlogProof, consistency_proof, inclusion_proof
from rekap.core.pages.site import Site

FORMAT: Final = "rekap-bukti/1"
MANY: Final = 110
"""TPS of a kelurahan that the check adds up by itself."""
_PARTS_MIN: Final = 2
"""Parts of the address of a contest: above it nothing shows a form."""


class Exhibits:
    """Makes the evidence of addresses at one size, under one checkpoint."""

    def __init__(self, site: Site, hashes: TreeHashes, note: bytes, policy: bytes) -> None:
        """`note` is a checkpoint of the tree of `hashes`, which is the site's log."""
        self._site, self._note, self._policy = site, note, policy
        self._tree = hashes
        self._hashes = HashReader(_Recording(hashes), hashes.size)
        self._entries = site.context.entries

    def evidence(self, address: str) -> tuple[bytes, int | None]:
        """Return the saved evidence of a page, and the entry that it shows, None if it has none.

        Where the page shows none, the nearest one above that does stands in it too.
        """
        files = {"policy.txt": self._policy, "log/checkpoint": self._note}
        shown = self._add(files, address)
        above, found = address, shown
        while found is None and above.count("/") > _PARTS_MIN:
            above = above[: above.rindex("/", 0, -1) + 1]
            found = self._add(files, above)
        return encode(address, files), shown

    def _add(self, files: dict[str, bytes], address: str) -> int | None:
        """Add what proves a page; return the entry that it shows."""
        path = f"{address}index.json"
        files[path] = self._site.twins(address)[0]
        twin = json.loads(files[path])
        view = twin.get("head") or twin.get("certified") or twin.get("summary")
        shown = None if view is None else int(view["index"])
        for index in {0, *twin["evidence"], *_of_stations(twin), *filter(None, (shown,))}:
            files[addresses.entry(index)] = self._entries(index)
            files[addresses.proof(index)] = self._proof(index)
        if shown is not None:
            own = addresses.statement(shown)
            files[f"{own}index.json"] = self._site.twins(own)[0]
        asked = _Recording(self._tree)  # tiles that hold the page's tree against the checkpoint
        consistency_proof(twin["as_of"], self._tree.size, asked)
        files.update({f"{tiles.LOG}{path}": data for path, data in asked.files.items()})
        return shown

    def _proof(self, index: int) -> bytes:
        hashes = inclusion_proof(index, self._tree.size, self._hashes)
        return TlogProof(index, tuple(hashes), self._note).format()


def _of_stations(twin: dict[str, Any]) -> Iterator[int]:
    """Yield the entries of the TPS that the check adds up."""
    if twin["page"] != "region":
        return
    found = [one for one in twin["children"] if one["level"] == "tps" and one["index"] is not None]
    for child in found if len(found) <= MANY else ():
        yield child["index"]
        yield from child.get("evidence") or ()


class _Recording:
    """Gives tiles of a tree and remembers which."""

    def __init__(self, tree: TreeHashes) -> None:
        self._tree = tree
        self.files: dict[str, bytes] = {}

    def read(self, path: str) -> bytes | None:
        """See `proofs.TileReader`."""
        tile = tiles.parse_path(path)
        data = self._tree.tile(tile.level, tile.n, tile.width)
        if data is not None:
            self.files[path] = data
        return data


def decode(saved: dict[str, Any]) -> dict[str, bytes]:
    """Return {path: bytes} of saved evidence, as its reader takes them: bytes go before texts."""
    texts = {path: text.encode() for path, text in saved["files"].items()}
    return texts | {path: codec.b64decode(text, path) for path, text in saved["bytes"].items()}


def encode(
    address: str, files: dict[str, bytes], head: str | None = None, log: str | None = None
) -> bytes:
    """Return saved evidence of an address; `head` (a note) and `log` were remembered before."""
    texts: dict[str, codec.JSON] = {}
    others: dict[str, codec.JSON] = {}
    for path, data in files.items():
        try:
            texts[path] = data.decode()
        except UnicodeDecodeError:
            others[path] = codec.b64encode(data)
    return codec.encode_public(
        {"address": address, "bytes": others, "files": texts, "format": FORMAT,
         "head": head, "log": log}
    )  # fmt: skip
