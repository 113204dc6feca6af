"""What the check in the browser proves of addresses, in node: true ones, and changed ones."""

from __future__ import annotations

import base64
import json
import random
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests import needed
from tests.audit import shelf
from tests.browser import demonstration
from tests.core.ledger.world import signer
from tests.soak import SOAK

from rekap.core import packaged
from rekap.core.codec import encode_public
from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.log.proofs import TlogProof
from rekap.core.pages.look import verifier
from rekap.portal.intake import receipt

Told = dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public folder of an evening with statements of every kind and state."""
    return laid(tmp_path_factory.mktemp("site"), shelf.published()[0])


def laid(made: Path, files: dict[str, bytes]) -> Path:
    """Write a public folder, with the modules of the check below `script/`; return it."""
    scripts = verifier.modules(packaged.templates_folder()).items()
    own = {f"script/{name}.js": source.encode() for name, source in scripts}
    for path, data in {**files, **own}.items():
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


def test_no_true_page_is_refuted_and_what_is_in_effect_is_proved(folder: Path) -> None:
    twins = pages_of(folder)
    answers = examined(folder, [{"address": address} for address in twins])
    proved = 0
    for (address, twin), told in zip(twins.items(), answers, strict=True):
        assert told["head"] != "differs", (address, told)
        assert told["differs"] == [{}, [], []], (address, told)
        assert told["remembered"], (address, told)
        view = twin.get("head") or twin.get("certified") or twin.get("summary")
        if twin["page"] == "statement":
            codes = {code for code, *_ in told["faults"]}
            if twin["kind"] is None or twin["status"] == "void":
                assert codes == {"void"}, (address, told)
            elif twin["status"] == "waiting":
                assert codes == {"threshold"}, (address, told)
            else:
                assert (told["head"], codes) == ("proved", set()), (address, told)
        elif view:
            assert told["figures"] == view["figures"], (address, told)
            assert None not in told["names"], (address, told)
        proved += told["head"] == "proved"
    assert proved > 100


def test_no_true_page_of_a_demonstration_is_refuted(tmp_path: Path) -> None:
    root = laid(tmp_path, demonstration.published())
    twins = pages_of(root)
    for (address, twin), told in zip(
        twins.items(), examined(root, [{"address": a} for a in twins]), strict=True
    ):
        assert told["head"] != "differs", (address, told)
        if twin["page"] == "tps" and twin["head"]:
            assert (told["head"], told["figures"]) == ("proved", twin["head"]["figures"])
    (told,) = examined(root, [{"address": demonstration.PAGE}])
    assert len(told["below"]["proved"]) == len(told["below"]["stations"]) == 29


def test_every_sheet_of_a_true_page_is_drawn_in_words_and_says_what_it_does_not_prove(
    folder: Path,
) -> None:
    """A list of TPS was headed "TPS [object Object]"."""
    twins = pages_of(folder)
    asked = [{"address": address, "drawn": True} for address in twins]
    on_the_list = set()
    for case, told in zip(asked, examined(folder, asked), strict=True):
        twin, verdict = twins[case["address"]], told["lines"][0][2][0]
        if verdict in ("Formulir ini terbukti", "Tanda tangan formulir ini terbukti"):
            doubted = bool({*told["notes"]} - {"listed_late"})
            assert (verdict != "Formulir ini terbukti") == doubted, case
        texts = [text for _, mark, cells in told["lines"] if mark != "pre" for text in cells]
        strange = [one for one in texts if re.search(r"object|undefined|NaN|null|[{}]", one)]
        assert strange == [], case
        assert [one[:2] for one in told["lines"]].count(LIMIT) >= 4, case
        for text in texts:
            listed = re.match("TPS ini (tidak )?ada dalam daftar", text)
            if listed:
                assert (listed[1] is None) == twin["listed"], case
                on_the_list.add(twin["listed"])
    assert on_the_list == {True, False}


LIMIT = ["tidak", "#dt"]


def test_a_kelurahan_is_the_sum_of_its_forms(folder: Path) -> None:
    twins = pages_of(folder)
    asked = [a for a, t in twins.items() if t["page"] == "region" and t["region"]["level"] == LOW]
    for address, told in zip(asked, examined(folder, [{"address": a} for a in asked]), strict=True):
        twin, below = twins[address], told["below"]
        own = [c["figures"] for c in twin["children"] if c["listed"] and c["index"] is not None]
        fields = {field for one in own for field in one}
        assert below["sum"] == {f: sum(one.get(f, 0) for one in own) for f in fields}
        shown = {c["code"] for c in twin["children"] if c["index"] is not None}
        assert {*below["proved"], *below["outside"]} == shown
        listed = {c["code"] for c in twin["children"] if c["listed"]}
        assert set(below["missing"]) == listed - shown
        assert set(below["stations"]) == listed


LOW = "kelurahan"


def test_a_note_that_says_nothing_of_this_log_is_not_called_false(folder: Path) -> None:
    """Signatures that wait for others, and what another portal signed, are true papers too."""
    origin, key = shelf.published()[2].origin, signer("receipt")
    own = {"origin": origin, "id": "cd" * 32, "signer": key}
    kept = receipt.issue(leaf="ab" * 32, received_at=100, **own)
    other = receipt.issue(leaf="ab" * 32, received_at=100, **{**own, "origin": "lain.example/log"})
    waits = receipt.issue_held(until=900, keyids=("ab" * 16,), **own)
    forged = receipt.issue(leaf="ab" * 32, received_at=100, **{**own, "signer": signer("log")})
    given = {name: (folder / name).read_bytes() for name in ("policy.txt", "bukti/0.json")}
    given["0.json"] = given.pop("bukti/0.json")
    proof = TlogProof.parse((folder / "bukti/0.tlog-proof").read_bytes())
    elsewhere = sign_checkpoint(Checkpoint("lain.example/log", 9, bytes(32)), signer("log"))
    notes = {
        "kept": kept, "other": other, "waits": waits, "forged": forged,
        "head": (folder / "log/checkpoint").read_bytes(), "elsewhere": elsewhere,
        "proof": replace(proof, index=7, checkpoint=elsewhere).format(),
        "false head": sign_checkpoint(Checkpoint(origin, 9, bytes(32)), signer("receipt")),
    }  # fmt: skip
    files = {n: base64.b64encode(d).decode() for n, d in {**given, **notes}.items()}
    told = {name: (head, faults) for name, head, faults in examined(folder, [{"given": files}])[0]}
    assert told["kept"] == ("proved", ["promised"])
    assert told["other"] == ("unchecked", ["other-log"])
    assert told["waits"] == ("unchecked", ["held"])
    assert told["forged"] == told["false head"] == ("differs", ["not-verified"])
    assert told["head"] == ("proved", [])
    assert told["elsewhere"] == told["proof"] == ("unchecked", ["other-log"])


def test_evidence_that_a_stranger_made_ends_no_check_and_is_proved_only_where_something_was_signed(
    folder: Path,
) -> None:
    """A twin without a form, of no shape, without a root; entries that lean on each other."""
    station = next(t for t in pages_of(folder).values() if t["page"] == "tps" and t["head"])
    entries = {path: (folder / path).read_text() for path in _files(folder, "bukti/*.*")}
    entries["log/checkpoint"] = (folder / "log/checkpoint").read_text()
    tiles = [path for path in _files(folder, "log/tile/[0-9]/**/*") if (folder / path).is_file()]
    hashes = {path: base64.b64encode((folder / path).read_bytes()).decode() for path in tiles}

    def file(twin: dict[str, Any], more: dict[str, str] | None = None) -> str:
        own = {"policy.txt": (folder / "policy.txt").read_text(), **entries, **(more or {})}
        own[f"{station['address']}index.json"] = encode_public(twin).decode()
        whole = {
            "address": station["address"], "bytes": hashes, "files": own, "format": "rekap-bukti/1",
            "head": None, "log": None,
        }  # fmt: skip
        return base64.b64encode(encode_public(whole)).decode()

    many = {f"bukti/{at}.json": entries["bukti/1.json"] for at in range(1_000, 3_000)}
    names = {
        "true": file(station), "formless": file({**station, "head": None, "evidence": []}),
        "rootless": file({**station, "root": 5}), "shapeless": file({**station, "contest": 5}),
        "crowded": file({**station, "head": {**station["head"], "index": 2_999}}, many),
        "endless": file({**station, "evidence": list(range(5_000))}),
        "empty": base64.b64encode(encode_public({"format": "rekap-bukti/1"})).decode(),
    }  # fmt: skip
    (verdicts,) = examined(folder, [{"given": names}])
    told = {name: (state, codes) for name, state, codes in verdicts}
    assert told.pop("true") == ("proved", [])
    assert told.pop("formless") == ("unchecked", [])
    assert told.keys() == names.keys() - {"true", "formless"}
    assert "proved" not in {state for state, _ in told.values()}, told


def test_two_files_of_anchors_are_nobodys(folder: Path) -> None:
    """A folder of a stranger holds one more: neither stands before the other."""
    policy = (folder / "policy.txt").read_bytes()
    station = next(t for t in pages_of(folder).values() if t["page"] == "tps" and t["head"])
    address, index = station["address"], station["head"]["index"]
    own = [f"{address}index.json", *(f"bukti/{at}.json" for at in {0, index, *station["evidence"]})]
    own += [path.replace(".json", ".tlog-proof") for path in own[1:]]
    files = {path: (folder / path).read_text() for path in [*own, "log/checkpoint"]}
    tiles = [path for path in _files(folder, "log/tile/[0-9]/**/*") if (folder / path).is_file()]
    hashes = {path: base64.b64encode((folder / path).read_bytes()).decode() for path in tiles}
    other = policy.replace(b"#rekap log ", b"#rekap log 0")[: policy.index(b"#rekap log ")]
    whole = {"address": address, "bytes": hashes, "format": "rekap-bukti/1"}
    whole |= {"head": None, "log": None}
    evidence = encode_public({**whole, "files": files})
    strangers = encode_public({**whole, "files": {**files, "policy.txt": policy.decode()}})
    given = [
        {"a.json": evidence, "policy.txt": policy},
        {"a.json": evidence, "policy.txt": policy, "zz.txt": policy},
        {"a.json": evidence, "policy.txt": policy, "zz.txt": other + b"quorum none\n"},
        {"a.json": evidence, "b.json": strangers},
    ]
    cases = [
        {"given": {name: base64.b64encode(data).decode() for name, data in one.items()}}
        for one in given
    ]
    heads = [[(name, state) for name, state, _ in one] for one in examined(folder, cases)]
    assert heads == [
        [("a.json", "proved")], [("a.json", "proved")], [("a.json", "unchecked")],
        [("a.json", "unchecked"), ("b.json", "proved")],
    ]  # fmt: skip


def _files(folder: Path, pattern: str) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in folder.glob(pattern)]


FLIPS = 10_000 if SOAK else 250


def test_no_changed_bit_is_proved(folder: Path) -> None:
    """Of entry, proof, those of its grants, tile, checkpoint, policy: figures stay those signed."""
    size = int((folder / "log/checkpoint").read_text().split("\n")[1])
    last = size // 256
    tile = f"log/tile/0/{last:03d}.p/{size % 256}"
    draw = random.Random(9)
    twins = pages_of(folder)
    shown = [t for t in twins.values() if t["page"] == "tps" and t["head"]]
    cases: list[dict[str, Any]] = []
    while len(cases) < FLIPS:
        twin = draw.choice(shown)
        index = draw.choice([0, twin["head"]["index"], *twin["evidence"]])
        alone = draw.random() < 0.5  # files of a reader: recorded by proofs; on a site by tiles
        record = [f"bukti/{index}.tlog-proof"] if alone else ["log/checkpoint", tile]
        path = draw.choice([f"bukti/{index}.json", "policy.txt", *record])
        data = bytearray((folder / path).read_bytes())
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        changed = base64.b64encode(data).decode()
        cases.append(
            {"address": twin["address"], "changes": {path: changed}, "path": path, "alone": alone}
        )
    for case, told in zip(cases, examined(folder, cases), strict=True):
        head = twins[case["address"]]["head"]
        assert told["faults"], case
        assert told["figures"] in (None, head["figures"]), case
        own = case["path"].startswith((f"bukti/{head['index']}.", "bukti/0.", "policy.txt"))
        assert told["head"] != "proved" or not own, case


def changed_twins(twins: dict[str, dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Twins with one lie each, as a portal would publish them that also changes the page."""
    station = next(t for t in twins.values() if t["page"] == "tps" and t["head"])
    region = next(t for t in twins.values() if t["page"] == "region" and t["certified"])
    low = next(
        t
        for t in twins.values()
        if t["page"] == "region" and t["region"]["level"] == LOW and t["children"][0]["index"]
    )
    pair = {"number": 1, "names": ["Orang Lain"], "empty_column": False}
    lies: list[tuple[dict[str, Any], str, Any]] = [
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
        (station, "head.witnesses", [{"pair": 1, "present": True, "signed": True, "reason": None}]),
        (station, "head.count", "court"),
        (station, "evidence", [0]),
        (station, "root", base64.b64encode(bytes(32)).decode()),
        (region, "result.figures.pair_1", 7),
        (region, "result.pairs.0.votes", 7),
        (low, "sum.fields.pair_1.0", 7),
        (low, "children.0.figures.pair_1", 7),
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
    proved = [p for (p, _), one in zip(lies, told, strict=True) if one["head"] == "proved"]
    assert proved == []
