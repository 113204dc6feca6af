"""Addresses of pages: folders below the site's base, "" for the portal, each with a final slash.

Stable for good, the same before and after a form arrives:

    pilkada-x/                        an election
    pilkada-x/gubernur-91/            a contest: its own region
    pilkada-x/gubernur-91/71/06/1001/004/    by the further parts of the code, down to the TPS
    pilkada-x/pejabat/71/06/1001/     keys of the bodies at that region
    bukti/17/                         a statement

Every page stands again below `en/` in English; what is not a page (twins, CSV, JSON, proofs) is one
for both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rekap.core.statements import regions

PORTAL: Final = ""
LANGUAGES: Final = {"id": "", "en": "en/"}
"""Folder in which the pages of a language lie, below the site's base."""
LEDGER: Final = "buku-besar/"
SEARCH: Final = "cari/"
CHECK: Final = "periksa/"
HOW: Final = "cara/"
ABOUT: Final = "tentang/"
TEXTS: Final = (HOW, "istilah/", CHECK, ABOUT)
"""Pages of text that belong to no election and state no entry's figures."""


def election(election_id: str) -> str:
    """The page of an election: its contests."""
    return f"{election_id}/"


def region(election_id: str, contest: str, top: str, code: str) -> str:
    """The page of region `code` in a contest whose own region is `top`."""
    parts = (election_id, contest, *regions.parts_below(code, top))
    return "/".join(parts) + "/"


def station(election_id: str, contest: str, top: str, code: str, tps: str) -> str:
    """The page of one TPS of kelurahan `code`."""
    return f"{region(election_id, contest, top, code)}{tps}/"


def place(election_id: str, contest: str, top: str, code: str, tps: str | None) -> str:
    """The page of a region, or of one TPS of a kelurahan."""
    if tps is None:
        return region(election_id, contest, top, code)
    return station(election_id, contest, top, code, tps)


def copies(election_id: str, contest: str, top: str, code: str) -> str:
    """The page of the copies of C.Hasil in kelurahan `code`; there once one is recorded."""
    return f"{region(election_id, contest, top, code)}salinan/"


def data(election_id: str) -> str:
    """The page of bulk data of an election."""
    return f"{election_id}/data/"


def missing(election_id: str, contest: str) -> str:
    """The page of bulk data that names the TPS of a contest without a form."""
    return f"{data(election_id)}{contest}/belum-masuk/"


def recommendations(election_id: str, contest: str) -> str:
    """The page of what supervisors recommend in a contest, and what became of it."""
    return f"{election_id}/{contest}/rekomendasi/"


def findings(election_id: str, contest: str, top: str, code: str) -> str:
    """The page of all findings at and below kecamatan `code`."""
    return f"{region(election_id, contest, top, code)}temuan/"


INCIDENTS_LOWEST: Final = 3
"""Depth of the lowest regions that have a page of objections and events: kecamatan."""


def incidents(election_id: str, contest: str, top: str, code: str) -> str:
    """The page of what was objected to and what happened in a region."""
    return f"{region(election_id, contest, top, code)}kejadian/"


def today(election_id: str, base: str, code: str) -> str | None:
    """The page of the day in a kab/kota or kecamatan; there once a TPS of it has said something.

    None for other regions, and for those above the highest region of the election.
    """
    if regions.depth(code) not in (2, 3) or not regions.is_within(code, base):
        return None
    return "/".join((election_id, "hari-ini", *regions.parts_below(code, base))) + "/"


def officials(election_id: str, base: str, code: str) -> str:
    """The page of the keys of the bodies at `code`; `base` is the highest region that has one."""
    return "/".join((election_id, "pejabat", *regions.parts_below(code, base))) + "/"


def officials_base(tops: Iterable[str]) -> str:
    """The deepest region at or above the regions of all contests of an election."""
    tops = sorted(tops)
    base = tops[0]
    while not all(regions.is_within(top, base) for top in tops):
        base = regions.parent(base)
    return base


def search(election_id: str, code: str) -> str:
    """The page that lists the kelurahan of a kab/kota, to find a TPS."""
    return f"{SEARCH}{election_id}/{code}/"


def names(election_id: str, letters: str) -> str:
    """The index of the places of which a word begins with two letters; no page goes with it."""
    return f"{SEARCH}{election_id}/{letters}/"


def statement(index: int) -> str:
    """The page of entry `index`."""
    return f"bukti/{index}/"


def entry(index: int) -> str:
    """The path of the bytes of entry `index`; no page."""
    return f"bukti/{index}.json"


def proof(index: int) -> str:
    """The path of the proof that entry `index` is in the log; no page."""
    return f"bukti/{index}.tlog-proof"
