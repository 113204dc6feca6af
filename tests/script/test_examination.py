"""Whole pages examined by the verifier in the browser, in node: true ones, and changed ones."""

from __future__ import annotations

import base64
import json
import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import needed
from tests.verify import shelf

from rekap.codec import encode_public
from rekap.publish import pages, verifier

Told = dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public folder of an evening with statements of every kind and state."""
    made: Path = tmp_path_factory.mktemp("site")
    scripts = verifier.modules(pages.templates_folder()).items()
    own = {f"script/{name}.js": source.encode() for name, source in scripts}
    for path, data in {**shelf.published()[0], **own}.items():
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_bytes(data)
    return made


def examined(root: Path, cases: list[dict[str, Any]]) -> list[Told]:
    given = json.dumps({"base": f"{root.as_uri()}/script/", "root": str(root), "cases": cases})
    done = subprocess.run(
        [needed.node(), str(Path(__file__).parent / "examine.mjs")], input=given,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: list[Told] = json.loads(done.stdout)
    return told


def pages_of(root: Path) -> dict[str, dict[str, Any]]:
    """{address: twin} of all pages with claims."""
    twins = (json.loads(path.read_text()) for path in sorted(root.rglob("index.json")))
    return {t["address"]: t for t in twins if t["page"] in ("tps", "region", "statement")}


def states(told: Told) -> dict[str, str]:
    return {name: claim["state"] for name, claim in told["claims"].items()}


def test_no_true_page_is_refuted_and_what_is_in_effect_is_proved(folder: Path) -> None:
    twins = pages_of(folder)
    answers = examined(folder, [{"address": address} for address in twins])
    proved = 0
    for (address, twin), told in zip(twins.items(), answers, strict=True):
        assert "refuted" not in states(told).values(), (address, told)
        assert states(told)["grown"] == "proved", (address, told)
        summed = twin["page"] == "region" and twin["sum"]["via"] == "forms"
        bare = "signed" not in told["claims"] and not summed
        codes = [code for code, _, _ in told["claims"]["cells"]["faults"]]
        assert codes == (["unsigned"] if bare else []), (address, told)
        status = twin["page"] == "statement" and (twin["kind"], twin["status"])
        if status and (status[0] is None or status[1] in ("void", "waiting")):
            assert states(told)["signed"] == "unchecked", (address, told)
        elif (
            status and status[0] == "revoke"
        ):  # its key was granted by an entry that is not evidence
            assert states(told)["recorded"] == "proved", (address, told)
        elif "signed" in told["claims"]:
            assert set(states(told).values()) == {"proved"}, (address, told)
            proved += 1
    assert proved > 100


def test_evidence_that_a_stranger_made_ends_no_check_and_is_proved_only_where_something_was_signed(
    folder: Path,
) -> None:
    """A twin without a form, of no shape, without a root; entries that lean on each other."""
    station = next(t for t in pages_of(folder).values() if t["page"] == "tps" and t["head"])
    entries = {path: (folder / path).read_text() for path in _files(folder, "bukti/*.*")}

    def file(twin: dict[str, Any], more: dict[str, str] | None = None) -> str:
        own = {"policy.txt": (folder / "policy.txt").read_text(), **entries, **(more or {})}
        own[f"{station['address']}index.json"] = encode_public(twin).decode()
        whole = {"address": station["address"], "files": own, "format": "rekap-bukti/1"}
        return base64.b64encode(encode_public(whole)).decode()

    many = {f"bukti/{at}.json": entries["bukti/1.json"] for at in range(1_000, 3_000)}
    names = {
        "true": file(station), "formless": file({**station, "head": None, "evidence": []}),
        "rootless": file({**station, "root": "x"}), "shapeless": file({**station, "contest": 5}),
        "crowded": file({**station, "head": {**station["head"], "index": 2_999}}, many),
        "empty": base64.b64encode(encode_public({"format": "rekap-bukti/1"})).decode(),
    }  # fmt: skip
    (verdicts,) = examined(folder, [{"given": names}])
    told = {name: (state, codes) for name, state, codes in verdicts}
    assert told.pop("true") == ("proved", [])
    assert told.pop("formless") == ("unchecked", ["unsigned"])
    assert told.keys() == names.keys() - {"true", "formless"}
    assert "proved" not in {state for state, _ in told.values()}, told


def _files(folder: Path, pattern: str) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in folder.glob(pattern)]


FLIPS = 10_000 if os.environ.get("REKAP_SOAK") == "all" else 250


def test_no_changed_bit_is_proved(folder: Path) -> None:
    """Of entry, proof, those of its grants, checkpoint, policy: each has a fault that says so."""
    draw = random.Random(9)
    twins = pages_of(folder)
    shown = [t for t in twins.values() if t["page"] == "tps" and t["head"]]
    cases: list[dict[str, Any]] = []
    while len(cases) < FLIPS:
        twin = draw.choice(shown)
        index = draw.choice([0, twin["head"]["index"], *twin["evidence"]])
        path = draw.choice(
            [f"bukti/{index}.json", f"bukti/{index}.tlog-proof", "log/checkpoint", "policy.txt"]
        )
        data = bytearray((folder / path).read_bytes())
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        changed = base64.b64encode(data).decode()
        cases.append({"address": twin["address"], "changes": {path: changed}, "path": path})
    for case, told in zip(cases, examined(folder, cases), strict=True):
        assert set(states(told).values()) != {"proved"}, case
        assert any(claim["faults"] for claim in told["claims"].values()), case


def changed_twins(twins: dict[str, dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Twins with one lie each, as a portal would publish them that also changes the page."""
    station = next(t for t in twins.values() if t["page"] == "tps" and t["head"] and t["column"])
    region = next(t for t in twins.values() if t["page"] == "region" and t["certified"])
    pair = {"number": 1, "names": ["Orang Lain"], "empty_column": False, "withdrawn": False}
    lies: list[tuple[dict[str, Any], str, Any]] = [
        (station, "mode", "live"),
        (station, "election.date", "2024-11-28"),
        (station, "election.name.id", "Pemilihan Lain"),
        (station, "contest.office", "mayor"),
        (station, "contest.pairs.0", pair),
        (station, "region.code", "90.01.01.1009"),
        (station, "tps", "009"),
        (station, "head.revision", 9),
        (station, "head.index", 0),
        (station, "head.figures.pair_1", 7),
        (station, "head.signers.0.keyid", "0" * 32),
        (station, "head.signers.0.body", "ppk"),
        (station, "head.signers.0.counted", False),
        (station, "head.signers.0.grant", 1),
        (station, "head.signers.0.suspect", not station["head"]["signers"][0]["suspect"]),
        (station, "column.index", 0),
        (station, "column.figures.pair_1", 7),
        (station, "column.region.code", "90.01"),
        (station, "evidence", [0]),
        (station, "root", base64.b64encode(bytes(32)).decode()),
        (station, "as_of", 10**6),
        (region, "result.figures.pair_1", 7),
        (region, "result.pairs.0.votes", 7),
        (region, "result.pairs.0.leads", not region["result"]["pairs"][0]["leads"]),
        (region, "result.valid", 7),
        (region, "sum.fields.pair_1.0", 7),
        (region, "children.0.figures.pair_1", 7),
    ]
    for twin, path, value in lies:
        lie = json.loads(json.dumps(twin))
        *way, last = path.split(".")
        part = lie
        for step in way:
            part = part[int(step) if step.isdigit() else step]
        part[int(last) if last.isdigit() else last] = value
        yield path, lie


def test_no_lie_of_a_twin_is_proved(folder: Path) -> None:
    """Pages agree with their twins; what the twins say must be what was signed."""
    lies = list(changed_twins(pages_of(folder)))
    cases = [
        {
            "address": lie["address"],
            "changes": {
                f"{lie['address']}index.json": base64.b64encode(encode_public(lie)).decode()
            },
        }
        for _, lie in lies
    ]
    told = examined(folder, cases)
    proved = [
        p for (p, _), one in zip(lies, told, strict=True) if set(states(one).values()) == {"proved"}
    ]
    assert proved == []
