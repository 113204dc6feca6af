"""Payloads of a small election, by roles whose keys come from a public seed."""

from __future__ import annotations

from typing import Any, Final

from rekap.core import codec
from rekap.core.signing import note
from rekap.core.signing.note import NoteKey
from rekap.core.signing.signer import Ed25519Signer, derive
from rekap.core.statements.model import BODIES

Fields = dict[str, Any]

ELECTION: Final = "pemilihan-contoh"
CONTEST: Final = "wali-kota-90.01"
KABKO, KECAMATAN, KELURAHAN = "90.01", "90.01.01", "90.01.01.1001"
AT: Final = "2024-11-27T14:05:00+07:00"
LATER: Final = "2024-11-27T15:05:00+07:00"
VOTES: Final = {"pair_1": 120, "pair_2": 95, "valid": 215, "invalid": 10, "total": 225}


def signer(role: str) -> Ed25519Signer:
    """The key of a role, from the public seed."""
    return derive("rekap vectors", f"ledger/{role}")


def key_of(role: str) -> Fields:
    """The key of a role as statements name it."""
    return {"alg": "ed25519", "key": codec.b64encode(signer(role).public)}


def log_fields(origin: str, mode: str) -> Fields:
    """Entry 0."""
    names = (origin, f"{origin}/receipt")
    log_key, receipt_key = (
        NoteKey.of(name, note.ED25519, signer(role).public).vkey
        for name, role in zip(names, ("log", "receipt"), strict=True)
    )
    return {
        "kind": "log", "mode": mode, "log_key": log_key, "receipt_key": receipt_key,
        "operators": {"k": 1, "keys": [key_of("operator")]}, "rp_id": "log.example",
        "policy": [f"log {log_key}", "quorum none"],
    }  # fmt: skip


def election_fields(mode: str) -> Fields:
    """One contest for mayor; two persons sign a form, an answer, one all else."""
    pairs = [{"number": n, "names": [f"Calon {n}", f"Wakil {n}"]} for n in (1, 2)]
    contest: Fields = {"id": CONTEST, "office": "mayor", "region": KABKO, "win": "plurality",
                       "pairs": pairs}  # fmt: skip
    two = ("c_hasil", "d_hasil_kelurahan", "answer")
    return {
        "kind": "election", "election": ELECTION, "name": {"id": "Contoh", "en": "Example"},
        "date": "2024-11-27", "timezone": "Asia/Jakarta", "contests": [contest], "revision": 1,
        "roots": {role: {"k": 1, "keys": [key_of(name)]}
                  for role, name in (("kpu", "root"), ("bawaslu", "bawaslu"))},
        "policy": {**dict.fromkeys(two, 2), "roster": 1, "grant": 1},
        **({"source": "SIMULASI"} if mode == "replay" else {}),
    }  # fmt: skip


def roster(region: str, children: list[str], **fields: Any) -> Fields:
    """The regions or TPS below a region."""
    head = {"kind": "roster", "election": ELECTION, "region": region, "revision": 1, **fields}
    if region == KELURAHAN:
        return {**head, "tps": [{"number": number, "registered": 310} for number in children]}
    levels = {2: "provinsi", 5: "kabko", 8: "kecamatan", 13: "kelurahan"}
    named = [{"code": c, "name": f"Contoh {c[-2:]}", "level": levels[len(c)]} for c in children]
    return {**head, "children": named}


def grant(body: str, region: str, role: str, *, keys: Any = (), **fields: Any) -> Fields:
    """Three persons of a body, the first its ketua; `keys` are public keys in their place."""
    positions = BODIES[body].positions
    given = [{"alg": "ed25519", "key": codec.b64encode(key)} for key in keys]
    persons = [
        {"person": f"{role.replace('/', '-').replace('_', '-')}-{n}", **key,
         "position": positions[-1 if n > 1 else 0]}
        for n, key in enumerate(given or [key_of(f"{role}/{n}") for n in (1, 2, 3)], 1)
    ]  # fmt: skip
    return {"kind": "grant", "election": ELECTION, "body": body, "region": region,
            "persons": persons, **fields}  # fmt: skip


def slot(tps: str | None, *, kind: str, form: str = "c_hasil", **fields: Any) -> Fields:
    """A statement about a slot of the kelurahan."""
    place: Fields = {"kind": kind, "election": ELECTION, "contest": CONTEST, "form": form,
                     "region": KELURAHAN}  # fmt: skip
    return {**place, **({"tps": tps} if tps else {}), **fields}


def form(tps: str | None, **fields: Any) -> Fields:
    """A form, revision 1 unless `fields` say otherwise."""
    return {"revision": 1, "count": "first", "figures": VOTES, **slot(tps, kind="form", **fields)}


def summary(stations: int) -> Fields:
    """A running figure of the kecamatan."""
    figures = {"pair_1": 100 * stations, "pair_2": 90 * stations}
    place = slot(None, kind="form", form="summary", region=KECAMATAN)
    return {**place, "revision": 1, "figures": figures, "stations_in": stations,
            "stations_expected": 2, "as_of_text": "28 November 2024"}  # fmt: skip


def after(previous: str, revision: int) -> Fields:
    """What a later revision has besides."""
    return {"revision": revision, "previous": previous, "reason": {"code": "typing"}}
