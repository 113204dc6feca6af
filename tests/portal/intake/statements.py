"""One sound statement of every kind, with the roles that sign it, in a world that began."""

from __future__ import annotations

from typing import Any

from tests.portal.intake.world import CONTEST, KELURAHAN, PAIRS, World, figures, identify, signer

Signed = tuple[dict[str, Any], tuple[str, ...]]

PROV = tuple(f"kpu_prov-31-{n}" for n in (1, 2, 3))
KABKO = tuple(f"kpu_kabko-31.71-{n}" for n in (1, 2, 3))
PPK = tuple(f"ppk-31.71.06-{n}" for n in (1, 2, 3))
ROOTS = ("root-1", "root-2")
SAKSI = (f"saksi-{KELURAHAN}-1",)
BAWASLU = ("bawaslu_kabko-31.71-1", "bawaslu_kabko-31.71-2")


def examples(world: World) -> dict[str, Signed]:
    """Return statements by name. `log` is another one than the world's own entry 0."""
    child = {"code": "31.71.06", "name": "Tempat", "level": "kecamatan"}
    first = world.form()
    slot = {"contest": CONTEST, "form": "c_hasil", "region": KELURAHAN, "tps": "001"}
    return {
        "log": (
            world.log_statement(
                predecessor={"origin": "old.example/log", "size": 3, "root": "A" * 43 + "="}
            ),
            ("operator-1",),
        ),
        "uploaders": (
            world.of_log("uploaders", origins=["https://unggah.rekap.example"]),
            ("operator-1",),
        ),
        "publication": (
            world.of_log("publication", release="cd" * 32, verifier="ef" * 32),
            ("operator-1",),
        ),
        "app": (world.of_log("app", files="ef" * 32), ("operator-1",)),
        "withhold": (
            world.of_log(
                "withhold",
                digest="ab" * 32,
                revision=1,
                state="withheld",
                reason="threat",
                basis="Surat 4/2024",
            ),
            ("operator-1",),
        ),
        "clock": (world.of_log("clock"), ("operator-1",)),
        "close": (world.of_log("close"), ("operator-1",)),
        "election": (
            world.election(revision=2, previous=identify(world.election()), policy={"c_hasil": 3}),
            ("operator-1", *ROOTS),
        ),
        "roster": (world.roster("31.71", children=[child], revision=2, previous="0" * 64), PROV),
        "roster of stations": (
            world.roster(KELURAHAN, tps=[{"number": "001", "registered": 400}]),
            KABKO,
        ),
        "grant": (world.grant("kpps", KELURAHAN, tps="001", count=2), PPK),
        "grant of a witness": (world.grant("saksi", KELURAHAN, pair=1, count=1), ("pair-root-1",)),
        "revoke": (
            world.of_election(
                "revoke", keyid=signer(PPK[0]).keyid, reason="stolen", suspect_from=3
            ),
            KABKO,
        ),
        "form": (full_form(world), world.kpps()),
        "form of a kecamatan": (sheet(world), PPK),
        "determination": (
            world.of_election(
                "determination",
                contest=CONTEST,
                region="31",
                revision=1,
                number="17/2024",
                basis="first",
                announced_at="2024-12-08T10:00:00+07:00",
            ),
            PROV,
        ),
        "elected": (
            world.of_election(
                "elected",
                contest=CONTEST,
                region="31",
                revision=1,
                pair=1,
                number="5/2025",
                announced_at="2025-01-09T10:00:00+07:00",
            ),
            PROV,
        ),
        "ruling": (
            world.of_election(
                "ruling",
                contest=CONTEST,
                region="31",
                revision=1,
                court="mk",
                number="28/PHPU",
                state="granted",
                date="2025-02-24",
                annuls=[{"decision": "17/2024"}],
                orders=[{"what": "repeat-vote", "by": "kpu_prov", "places": [f"{KELURAHAN}/001"]}],
            ),
            PROV,
        ),
        "objection": (
            world.of_election(
                "objection",
                **slot,
                body="saksi",
                pair=1,
                number=1,
                code="figures",
                claims={"pair_1": 101},
                text="ab" * 32,
            ),
            SAKSI,
        ),
        "event": (
            world.of_election("event", **slot, body="kpps", number=1, code="late"),
            world.kpps(count=1),
        ),
        "recommendation": (
            world.of_election(
                "recommendation",
                contest=CONTEST,
                body="bawaslu_kabko",
                region="31.71",
                number="001/PL",
                to={"body": "ppk", "region": "31.71.06"},
                type="recount",
                ground="voters-differ",
                places=[{"region": KELURAHAN, "tps": "001"}],
                revision=1,
                due="2024-12-02",
            ),
            BAWASLU,
        ),
        "response": (
            world.of_election(
                "response",
                contest=CONTEST,
                body="ppk",
                region="31.71.06",
                to="cd" * 32,
                outcome="not-done",
                reason="no-ground",
                revision=1,
            ),
            PPK,
        ),
        "copy": (
            world.of_election(
                "copy",
                contest=CONTEST,
                region=KELURAHAN,
                tps="001",
                body="saksi",
                pair=1,
                count="first",
                figures={"pair_1": 120},
            ),
            SAKSI,
        ),
        "readiness": (
            world.of_election(
                "readiness",
                region=KELURAHAN,
                tps="001",
                step="returned",
                boxes=1,
                seals_whole=4,
                seals_broken=0,
            ),
            (PPK[0], world.kpps()[0]),
        ),
        "pictures": (
            world.of_election(
                "pictures",
                **slot,
                pages=[
                    {
                        "document": "form",
                        "page": 1,
                        "sha256": "ab" * 32,
                        "bytes": 310_000,
                        "width": 1_700,
                        "height": 2_400,
                    }
                ],
            ),
            world.kpps(count=1),
        ),
        "answer": (
            world.of_election(
                "answer",
                **slot,
                explains=[{"rule": "X3", "child": "001", "text": "salah tulis"}],
                accept=identify(first),
            ),
            PPK,
        ),
    }


def full_form(world: World) -> dict[str, Any]:
    """Return a C form that has every optional field."""
    return world.form(
        revision=2,
        previous=identify(world.form()),
        reason={"code": "typing", "text": "salah ketik"},
        count="recount",
        explanations=[{"rule": "R1", "part": "voted", "text": "salah jumlah"}],
        scans=[{"page": 1, "sha256": "ab" * 32, "bytes": 1, "type": "image/png"}],
        witnesses=[{"pair": 1, "present": True, "signed": False, "reason": "figures"}],
    )


def corrected(world: World, before: int = 100, **changed: Any) -> dict[str, Any]:
    """Return the sheet of the kelurahan that corrects pair 1 of its one TPS from `before`."""
    paper = figures((101, 79, 60))
    cells = [["001", "pair_1", before, 101, 0], ["001", "pair_2", before - 20, 79, 0]]
    fields = {
        "contest": CONTEST, "form": "d_hasil_kelurahan", "region": KELURAHAN, "revision": 1,
        "count": "first", "figures": paper, "children": ["001"],
        "rows": {name: [value] for name, value in paper.items()},
        "because": [{"basis": "event", "initials": {"ketua": True, "pairs": [1, 3]}}],
        "corrections": cells,
    }  # fmt: skip
    return world.of_election("form", **(fields | changed))


def sheet(world: World) -> dict[str, Any]:
    """Return a D form of the kecamatan with its one column."""
    paper = figures()
    fields = {
        "contest": CONTEST,
        "form": "d_hasil_kecamatan",
        "region": "31.71.06",
        "revision": 1,
        "count": "first",
        "figures": paper,
        "children": [KELURAHAN],
        "rows": {name: [value] for name, value in paper.items()},
        "sheets": ["ab" * 32],
    }
    return world.of_election("form", **fields)


assert PAIRS == 3
