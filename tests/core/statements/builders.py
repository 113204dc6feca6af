"""Valid payloads of every kind, about an invented province 90: nothing here names a real place.

Each builder takes keyword overrides of fields; `ABSENT` leaves a field out. `form` also takes the
name of a figure: `form(valid=10)` is a form whose paper says so, with everything else unchanged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from rekap.core import codec
from rekap.core.statements import model, regions

ABSENT: Final = object()

ORIGIN: Final = "rekap.example/rehearsal/log"
ELECTION: Final = "pemilihan-contoh"
CONTEST: Final = "gubernur-90"
AT: Final = "2024-11-27T14:05:00+07:00"

PROVINSI: Final = "90"
KABKO: Final = "90.01"
KECAMATAN: Final = "90.01.01"
KELURAHAN: Final = "90.01.01.1001"
TPS: Final = "001"

REGIONS: Final = {
    "c_hasil": KELURAHAN,
    "d_hasil_kelurahan": KELURAHAN,
    "d_hasil_kecamatan": KECAMATAN,
    "d_hasil_kabko": KABKO,
    "d_hasil_prov": PROVINSI,
    "summary": KECAMATAN,
}

STATION: Final[Mapping[str, int]] = {
    "registered_m": 150,
    "registered_f": 160,
    "registered": 310,
    "voted_listed_m": 100,
    "voted_listed_f": 120,
    "voted_listed": 220,
    "voted_moved_m": 2,
    "voted_moved_f": 1,
    "voted_moved": 3,
    "voted_unlisted_m": 1,
    "voted_unlisted_f": 1,
    "voted_unlisted": 2,
    "voted_m": 103,
    "voted_f": 122,
    "voted": 225,
    "ballots_received": 318,
    "ballots_used": 225,
    "ballots_returned": 1,
    "ballots_unused": 92,
    "voted_disabled_m": 2,
    "voted_disabled_f": 3,
    "voted_disabled": 5,
    "pair_1": 120,
    "pair_2": 95,
    "valid": 215,
    "invalid": 10,
    "total": 225,
}
"""Figures of one TPS that break no rule, two pairs."""


def encode(payload: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a payload."""
    return codec.encode(dict(payload), nulls=True)


def hex_id(name: str) -> str:
    """64 hex digits that depend on `name`: an id or a digest."""
    return hashlib.sha256(name.encode()).hexdigest()


def key(name: str, alg: str = "ed25519") -> dict[str, str]:
    """A well-formed key object that depends on `name`; nobody can sign with it."""
    public = hashlib.sha256(name.encode()).digest()
    return named_key(alg, b"\x02" + public if alg == "webauthn-es256" else public)


def named_key(alg: str, public: bytes) -> dict[str, str]:
    """The key object of public key bytes."""
    return {"alg": alg, "key": codec.b64encode(public)}


def keyset(*keys: dict[str, str], k: int = 1) -> dict[str, Any]:
    """Roots or operators: `k` of `keys` must sign."""
    return {"k": k, "keys": list(keys)}


def vkey(name: str, public: bytes | None = None) -> str:
    """The verifier key text of an Ed25519 key (C2SP signed-note)."""
    data = b"\x01" + (public or hashlib.sha256(name.encode()).digest())
    digest = hashlib.sha256(name.encode() + b"\n" + data).hexdigest()
    return f"{name}+{digest[:8]}+{codec.b64encode(data)}"


def log(**overrides: Any) -> dict[str, Any]:
    origin = overrides.get("log", ORIGIN)
    log_key = overrides.get("log_key", vkey(origin))
    return _built(
        {
            "kind": "log",
            "log": origin,
            "at": AT,
            "mode": "rehearsal",
            "log_key": log_key,
            "receipt_key": vkey(f"{origin}/receipt"),
            "operators": keyset(key("operator/1")),
            "uploaders": ["https://unggah.rekap.example"],
            "rp_id": "rekap.example",
            "policy": [f"log {log_key}", "quorum none"],
        },
        overrides,
    )


def publication(**overrides: Any) -> dict[str, Any]:
    return _built({**_head("publication"), "release": hex_id("release")}, overrides)


def uploaders(**overrides: Any) -> dict[str, Any]:
    return _built({**_head("uploaders"), "origins": ["https://kirim.rekap.example"]}, overrides)


def app(**overrides: Any) -> dict[str, Any]:
    return _built({**_head("app"), "files": hex_id("app")}, overrides)


def clock(**overrides: Any) -> dict[str, Any]:
    return _built(_head("clock"), overrides)


def close(**overrides: Any) -> dict[str, Any]:
    return _built(_head("close"), overrides)


def pair(number: int, **overrides: Any) -> dict[str, Any]:
    names = [f"Calon {number}", f"Wakil {number}"]
    return _built({"number": number, "names": names}, overrides)


def note(code: str = "withdrawn") -> dict[str, Any]:
    """What became of a pair."""
    return {"code": code, "date": "2024-11-25", "source": "KPU Contoh"}


def empty_column(number: int) -> dict[str, Any]:
    return {"number": number, "empty_column": True}


def contest(**overrides: Any) -> dict[str, Any]:
    return _built(
        {
            "id": CONTEST,
            "office": "governor",
            "region": PROVINSI,
            "win": "plurality",
            "pairs": [pair(1), pair(2)],
        },
        overrides,
    )


def election(**overrides: Any) -> dict[str, Any]:
    return _built(
        {
            **_head("election", ELECTION),
            "name": {"id": "Pemilihan Contoh", "en": "Example election"},
            "date": "2024-11-27",
            "timezone": "Asia/Jakarta",
            "contests": [contest()],
            "roots": {"kpu": keyset(key("root/kpu/1"))},
            "revision": 1,
        },
        _with_previous(overrides),
    )


def child(code: str) -> dict[str, str]:
    level = regions.level(code)
    return {"code": code, "name": f"{level.capitalize()} Contoh {code[-2:]}", "level": level}


def station(number: str, registered: int | None = None) -> dict[str, Any]:
    return (
        {"number": number} if registered is None else {"number": number, "registered": registered}
    )


def roster(region: str = KELURAHAN, **overrides: Any) -> dict[str, Any]:
    """Two TPS of a kelurahan, or two regions below any other region."""
    payload = {**_head("roster", ELECTION), "region": region, "revision": 1}
    if regions.child_level(region) == "tps":
        payload["tps"] = [station("001", 310), station("002", 310)]
    else:
        payload["children"] = [child(code) for code in children_of(region)]
    return _built(payload, _with_previous(overrides))


def children_of(region: str) -> list[str]:
    """Two codes below a region, the first of which is the one that `REGIONS` names."""
    if region == regions.COUNTRY:
        return [PROVINSI]
    groups = {1: ("01", "02"), 2: ("01", "02"), 3: ("1001", "1002")}[regions.depth(region)]
    return [f"{region}.{group}" for group in groups]


def person(name: str, /, position: str = "anggota", **overrides: Any) -> dict[str, Any]:
    return _built({"person": name, "position": position, **key(name)}, overrides)


def grant(body: str = "kpps", **overrides: Any) -> dict[str, Any]:
    """Three persons of a body; a ketua and two anggota where the body has them."""
    level = model.BODIES[body].level
    region = {"provinsi": PROVINSI, "kabko": KABKO, "kecamatan": KECAMATAN}.get(
        level or "", KELURAHAN
    )
    region = overrides.get("region", region)
    payload = {**_head("grant", ELECTION), "body": body, "region": region}
    if model.BODIES[body].of_tps:
        payload["tps"] = TPS
    if body == "saksi":
        payload["pair"] = 1
    if body == "pemantau":
        payload["organisation"] = "lembaga-contoh"
    tps = overrides.get("tps", payload.get("tps"))
    place = f"{region}-{tps}" if isinstance(tps, str) else region
    name = f"{body}-{place}".replace("_", "-")
    positions = model.BODIES[body].positions
    payload["persons"] = [
        person(f"{name}-{number}", positions[0] if number == 1 else positions[-1])
        for number in (1, 2, 3)
    ]
    return _built(payload, overrides)


def recommendation(body: str = "panwascam", **overrides: Any) -> dict[str, Any]:
    """A repeat vote at one TPS, of PPK; of a `pkd` or `ptps` advice."""
    level = model.BODIES[body].level
    region = {"provinsi": PROVINSI, "kabko": KABKO, "kecamatan": KECAMATAN}.get(
        level or "", KELURAHAN
    )
    payload = {
        **_head("recommendation", ELECTION), "contest": CONTEST, "body": body, "region": region,
        "number": "001/PL/11/2024", "to": {"body": "ppk", "region": KECAMATAN},
        "type": "repeat-vote" if body in model.RECOMMENDERS else model.ADVICE,
        "ground": "double-vote", "places": [{"region": KELURAHAN, "tps": TPS}], "revision": 1,
    }  # fmt: skip
    if model.BODIES[body].of_tps:
        payload["tps"] = TPS
    return _built(payload, overrides)


def response(outcome: str = "done", **overrides: Any) -> dict[str, Any]:
    """Of PPK, about a recommendation."""
    payload = {
        **_head("response", ELECTION), "contest": CONTEST, "body": "ppk", "region": KECAMATAN,
        "to": hex_id("recommendation"), "outcome": outcome, "revision": 1,
    }  # fmt: skip
    if outcome == "not-done":
        payload["reason"] = "other-view"
    if outcome == "scheduled":
        payload["date"] = "2024-12-05"
    return _built(payload, overrides)


def revoke(**overrides: Any) -> dict[str, Any]:
    payload = {**_head("revoke", ELECTION), "keyid": hex_id("key")[:32], "reason": "lost"}
    return _built(payload, overrides)


def form(form: str = "c_hasil", **overrides: Any) -> dict[str, Any]:
    """A form that breaks no rule; a D form has two columns, each of `STATION`.

    `columns` {child: figures} replaces those of a D form and adds them up. From `revision` 2 on
    `previous` and `reason` are there.
    """
    region = overrides.get("region", REGIONS[form])
    payload = {
        **_slot(form, region),
        "revision": 1,
        "count": "first",
        "figures": dict(STATION),
    }
    if form == model.SUMMARY:
        del payload["count"]
        payload |= {"stations_in": 1, "stations_expected": 2, "as_of_text": "28 November 2024"}
        payload["figures"] = {"pair_1": 120, "pair_2": 95}
    if form in model.SHEETS:
        children = ["001", "002"] if form == "d_hasil_kelurahan" else children_of(region)
        columns = overrides.pop("columns", dict.fromkeys(children, STATION))
        payload |= with_columns(columns)
        if form == "d_hasil_kecamatan":
            payload["sheets"] = [hex_id(f"sheet {code}") for code in columns]
    figures = {name: overrides.pop(name) for name in list(overrides) if name in model.FIGURES}
    payload["figures"] = _built(payload["figures"], figures)
    if overrides.get("revision", 1) > 1:
        payload["reason"] = {"code": "typing"}
    return _built(payload, _with_previous(overrides))


REASON: Final = {"basis": "event"}


def corrected(*corrections: list[Any], **overrides: Any) -> dict[str, Any]:
    """The sheet of a kelurahan that corrects figures; by default one, for `REASON`."""
    said = [*corrections] or [["001", "pair_1", 118, 120, 0]]
    fields = {"because": [REASON], "corrections": said, **overrides}
    return form("d_hasil_kelurahan", **fields)


def with_columns(columns: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """`children`, `rows` and the `figures` they add up to; all columns have the same fields."""
    children = sorted(columns)
    rows = {field: [columns[code][field] for code in children] for field in columns[children[0]]}
    figures = {field: sum(cells) for field, cells in rows.items()}
    return {"children": children, "rows": rows, "figures": figures}


def determination(**overrides: Any) -> dict[str, Any]:
    return _built(
        {
            **_head("determination", ELECTION),
            "contest": CONTEST,
            "region": PROVINSI,
            "revision": 1,
            "number": "1 Tahun 2024",
            "basis": "first",
            "announced_at": "2024-12-08T16:01:00+07:00",
        },
        overrides,
    )


def elected(**overrides: Any) -> dict[str, Any]:
    return _built(
        {
            **_head("elected", ELECTION),
            "contest": CONTEST,
            "region": PROVINSI,
            "revision": 1,
            **({} if overrides.get("none") else {"pair": 1}),
            "number": "5 Tahun 2025",
            "announced_at": "2025-01-09T16:01:00+07:00",
        },
        overrides,
    )


def ruling(**overrides: Any) -> dict[str, Any]:
    """A case that the court has taken, before any outcome."""
    return _built(
        {
            **_head("ruling", ELECTION),
            "contest": CONTEST,
            "region": PROVINSI,
            "revision": 1,
            "court": "mk",
            "number": "28/PHPU.GUB-XXIII/2025",
            "state": "registered",
            "date": "2025-01-03",
        },
        overrides,
    )


def objection(form: str = "c_hasil", **overrides: Any) -> dict[str, Any]:
    region = overrides.get("region", REGIONS[form])
    body = overrides.get("body", "saksi")
    payload = {**_slot(form, region, "objection"), "body": body, "number": 1, "code": "figures"}
    payload |= {"pair": 1} if body == "saksi" else {}
    payload |= {"organisation": "lembaga-pantau"} if body == "pemantau" else {}
    return _built(payload, overrides)


def event(form: str = "c_hasil", **overrides: Any) -> dict[str, Any]:
    """What the body of a form tells; of a meeting when it was opened."""
    region = overrides.get("region", REGIONS[form])
    body = model.FORMS[form].body or "bawaslu_prov"
    code = overrides.get("code", "late")
    payload = {**_slot(form, region, "event"), "body": body, "number": 1, "code": code}
    payload |= {"time": AT} if code in model.MEETINGS else {}
    return _built(payload, overrides)


def outcome(
    to: list[str], said: str = "rejected", form: str = "c_hasil", **overrides: Any
) -> dict[str, Any]:
    """What becomes of objections to a slot."""
    region = overrides.get("region", REGIONS[form])
    return _built({**_slot(form, region, "answer"), "to": to, "outcome": said}, overrides)


def answer(form: str = "c_hasil", **overrides: Any) -> dict[str, Any]:
    """An answer that explains R8 of the slot."""
    region = overrides.get("region", REGIONS[form])
    explains = [{"rule": "R8", "text": "Satu surat suara tertinggal di bilik."}]
    return _built({**_slot(form, region, "answer"), "explains": explains}, overrides)


def copy(body: str = "saksi", **overrides: Any) -> dict[str, Any]:
    """A copy of the C.Hasil of TPS 001 with all its figures; figures by name, as in `form`."""
    payload = {
        **_head("copy", ELECTION), "contest": CONTEST, "region": KELURAHAN, "tps": TPS,
        "body": body, "count": "first", "figures": dict(STATION),
    }  # fmt: skip
    if body == "saksi":
        payload["pair"] = 1
    if body == "pemantau":
        payload |= {"organisation": "lembaga-contoh", "source": "board"}
    figures = {name: overrides.pop(name) for name in list(overrides) if name in model.FIGURES}
    payload["figures"] = _built(payload["figures"], figures)
    return _built(payload, overrides)


def readiness(step: str = "arrived", **overrides: Any) -> dict[str, Any]:
    """What TPS 001 has on the eve, complete; or its box that came back."""
    payload = {
        **_head("readiness", ELECTION), "region": KELURAHAN, "tps": TPS, "step": step,
    }  # fmt: skip
    if step == "arrived":
        payload |= {
            "ballots": [{"contest": CONTEST, "sheets": 318}],
            "items": [{"item": "boxes", "number": 1}, {"item": "ink", "number": 2}],
        }
    else:
        payload |= {"boxes": 1, "seals_whole": 4, "seals_broken": 0}
    return _built(payload, overrides)


def pictures(form: str = "c_hasil", **overrides: Any) -> dict[str, Any]:
    """One picture of the form."""
    region = overrides.get("region", REGIONS[form])
    page = {
        "document": "form", "page": 1, "sha256": hex_id("picture"), "bytes": 310_000,
        "width": 1_700, "height": 2_400,
    }  # fmt: skip
    return _built({**_slot(form, region, "pictures"), "pages": [page]}, overrides)


def withhold(state: str = "withheld", **overrides: Any) -> dict[str, Any]:
    """Words that the operators no longer serve."""
    payload = {
        **_head("withhold"), "digest": hex_id("words"), "revision": 1, "state": state,
        "basis": "Surat pengelola 4/2024",
    }  # fmt: skip
    if state == "withheld":
        payload["reason"] = "personal-data"
    return _built(payload, overrides)


BUILDERS: Final = {
    "log": log,
    "publication": publication,
    "uploaders": uploaders,
    "election": election,
    "roster": roster,
    "grant": grant,
    "revoke": revoke,
    "form": form,
    "determination": determination,
    "elected": elected,
    "ruling": ruling,
    "objection": objection,
    "event": event,
    "answer": answer,
    "app": app,
    "pictures": pictures,
    "withhold": withhold,
    "clock": clock,
    "close": close,
}
"""One builder per kind."""


def every_payload() -> list[dict[str, Any]]:
    """A valid payload of every kind, every form, every body and every level of roster."""
    places = (regions.COUNTRY, PROVINSI, KABKO, KECAMATAN, KELURAHAN)
    payloads = [build() for build in BUILDERS.values()]
    for name in model.FORMS:
        accepting = answer(name, accept=hex_id("form"))
        payloads += [form(name), form(name, revision=2), objection(name), accepting]
        payloads += [event(name), event(name, body="bawaslu_prov")]
        payloads += [outcome([hex_id("a")], one, name) for one in model.ANSWERS]
    payloads += [objection(body=body) for body in model.OBSERVERS]
    payloads += [event("d_hasil_kecamatan", code=code) for code in model.MEETINGS]
    payloads += [grant(body) for body in model.BODIES]
    payloads += [recommendation(body) for body in model.SUPERVISORS]
    payloads += [response(outcome) for outcome in model.OUTCOMES]
    payloads += [copy(body) for body in model.HOLDERS]
    payloads += [pictures(name) for name, form in model.FORMS.items() if form.body]
    payloads += [readiness(step) for step in model.STEPS]
    payloads += [roster(place, revision=revision) for place in places for revision in (1, 2)]
    return [*payloads, election(revision=2)]


def _head(kind: str, election: str | None = None) -> dict[str, Any]:
    head = {"kind": kind, "log": ORIGIN, "at": AT}
    return head if election is None else {**head, "election": election}


def _slot(form: str, region: str, kind: str = "form") -> dict[str, Any]:
    slot = {**_head(kind, ELECTION), "contest": CONTEST, "form": form, "region": region}
    return {**slot, "tps": TPS} if form == model.STATION_FORM else slot


def _with_previous(overrides: dict[str, Any]) -> dict[str, Any]:
    if overrides.get("revision", 1) > 1:
        return {"previous": hex_id("previous"), **overrides}
    return overrides


def _built(payload: dict[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**payload, **overrides}
    return {name: value for name, value in merged.items() if value is not ABSENT}
