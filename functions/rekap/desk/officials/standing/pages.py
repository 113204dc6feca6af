"""What the pages say about entries of the log, read from their twins.

A twin is believed as far as it fits the checkpoint: it must be about this entry, and the root that
it names must be that of the log at its as_of. Whether the page says what the log says is proved by
`rekap verify`, which renders it again.

For many forms of one kecamatan a single file says which of them count: its `forms.csv`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rekap.audit import claim
from rekap.audit.claim import CLAIM, MAX_CLAIM, Claim
from rekap.core import codec
from rekap.core.errors import Malformed, NotVerified
from rekap.core.ledger import addresses
from rekap.core.statements import regions
from rekap.desk.officials.standing.lookup import Log

MANY: Final = 6
"""Forms of one kecamatan from which on its `forms.csv` is asked before their pages."""
HEAD: Final = "head"

_MAX_TWIN: Final = 16 * 1024 * 1024
_MAX_CSV: Final = 64 * 1024 * 1024
_KECAMATAN: Final = 3
_MOST_ENTRIES: Final = 64


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page says of a statement. `address`: of its place's page, None if it has none.

    `status` and `why` are the ledger's codes; `signers` are (position, counted) pairs.
    """

    status: str
    why: str | None
    marks: tuple[str, ...]
    address: str | None
    signers: tuple[tuple[str, bool], ...]


class Pages:
    """The pages of a site beside a log that was opened. Raises Unreadable."""

    def __init__(self, log: Log) -> None:
        """Raises Malformed, NotVerified if `site.json` does not fit the log."""
        self._log = log
        data = log.files.fetch(CLAIM, MAX_CLAIM)
        self.claim: Claim | None = None if data is None else claim.parse(data)
        if self.claim is not None and self.claim.size <= log.size:
            log.continues(self.claim.size, self.claim.root)
        self._tops: dict[tuple[str, str], str] = {}

    @property
    def size(self) -> int:
        """Entries that the pages show."""
        return self.claim.size if self.claim else 0

    def of(self, index: int, leaf: bytes) -> Shown | None:
        """Return what the page of an entry says; None if it is not published yet.

        Raises NotVerified if it does not fit the log, Malformed if it is no twin.
        """
        place = f"{addresses.statement(index)}index.json"
        data = self._log.files.fetch(place, _MAX_TWIN)
        if data is None:
            return None
        twin = _twin(data, place)
        if twin.get("index") != index or twin.get("leaf") != leaf.hex():
            raise NotVerified(
                "a page about another entry", place, leaf.hex(), str(twin.get("leaf"))
            )
        self._check_root(twin, place)
        shown = _shown(twin, place)
        payload = twin.get("payload")
        if shown.address and isinstance(payload, dict):
            self._learn_top(payload, shown.address)
        return shown

    def _check_root(self, twin: Mapping[str, Any], place: str) -> None:
        as_of = twin.get("as_of")
        if type(as_of) is not int or as_of < 1 or not isinstance(twin.get("root"), str):
            raise Malformed("not a twin", place)
        if as_of <= self._log.size:
            self._log.continues(as_of, codec.b64decode(twin["root"], place))

    def _learn_top(self, payload: Mapping[str, Any], address: str) -> None:
        """Note the region of a contest, which addresses leave out."""
        election, contest, code = (payload.get(name) for name in ("election", "contest", "region"))
        if not (isinstance(election, str) and isinstance(contest, str) and isinstance(code, str)):
            return
        parts = [*code.split("."), *([payload["tps"]] if "tps" in payload else [])]
        above = len(parts) - (address.count("/") - 2)
        top = ".".join(map(str, parts[: max(above, 0)]))
        if regions.is_code(top):
            self._tops[election, contest] = top

    def heads(self, forms: Iterable[Mapping[str, Any]]) -> dict[str, str]:
        """Return id → address of the place's page, of the heads in the lists of the kecamatan in
        which `forms` (statements) lie, as far as the contest's region is known already.
        """
        found: dict[str, str] = {}
        for election, contest, code in sorted(set(filter(None, map(_kecamatan, forms)))):
            top = self._tops.get((election, contest))
            if top is None or not regions.is_within(code, top):
                continue
            place = addresses.region(election, contest, top, code) + "forms.csv"
            data = self._log.files.fetch(place, _MAX_CSV)
            for row in _rows(data or b""):
                if row.get("status") == HEAD:
                    found[str(row.get("id"))] = _address(election, contest, top, row)
        return found


def many(forms: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return those statements that lie in a kecamatan with many of them."""
    groups: dict[Any, list[Mapping[str, Any]]] = {}
    for one in forms:
        groups.setdefault(_kecamatan(one), []).append(one)
    return [one for key, group in groups.items() if key and len(group) >= MANY for one in group]


def _kecamatan(fields: Mapping[str, Any]) -> tuple[str, str, str] | None:
    names = [fields.get(name) for name in ("election", "contest", "region")]
    if fields.get("kind") != "form" or not all(isinstance(name, str) for name in names):
        return None
    election, contest, code = map(str, names)
    groups = code.split(".")
    if not regions.is_code(code) or len(groups) < _KECAMATAN:
        return None
    return election, contest, ".".join(groups[:_KECAMATAN])


def _rows(data: bytes) -> list[dict[str, Any]]:
    """Return the rows of a list; of one that is none, none: its pages are asked instead."""
    try:
        return list(csv.DictReader(io.StringIO(data.decode("utf-8", "replace"))))
    except csv.Error:
        return []


def _address(election: str, contest: str, top: str, row: Mapping[str, Any]) -> str:
    code, tps = str(row.get("region")), row.get("tps")
    if not regions.is_code(code) or not regions.is_within(code, top):
        return ""
    if isinstance(tps, str) and regions.is_tps(tps):
        return addresses.station(election, contest, top, code, tps)
    return addresses.region(election, contest, top, code)


def entries_of(log: Log, index: int) -> list[int]:
    """Return the entries that the page of an entry names for the same statement; unproved."""
    place = f"{addresses.statement(index)}index.json"
    data = log.files.fetch(place, _MAX_TWIN)
    named = _twin(data, place).get("entries") if data else None
    listed = named if isinstance(named, list) else []
    return [one for one in listed if type(one) is int and 0 <= one < log.size][:_MOST_ENTRIES]


def _twin(data: bytes, place: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON", place) from error
    if not isinstance(value, dict):
        raise Malformed("not a twin", place)
    return value


def _shown(twin: Mapping[str, Any], place: str) -> Shown:
    where, signers, marks = twin.get("place"), twin.get("signers"), twin.get("marks")
    try:
        return Shown(
            str(twin["status"]),
            twin["void_reason"],
            tuple(map(str, marks or ())),
            str(where["address"]) if where else None,
            tuple((str(one["position"]), bool(one["counted"])) for one in signers or ()),
        )
    except (KeyError, TypeError) as error:
        raise Malformed("not a twin of a statement", place) from error
