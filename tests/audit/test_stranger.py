"""A verifier in Go, written from docs/formats.md alone, says of our sites what we say.

It shares no code with us, so a site that both prove and a changed one that both refute are evidence
for the document. Skipped where Go is missing, unless REKAP_REQUIRE names `go`.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests import golang
from tests.audit import test_blocks_of_anchors as two_logs
from tests.audit.matrix import (
    COLUMNS,
    Site,
    Touched,
    apply,
    carries,
    cell,
    together,
    zip_longest_flat,
)
from tests.audit.shelf import Evening, Portal, audit, history, published, witnessed
from tests.core.ledger.crowd import Crowd
from tests.core.ledger.realm import Realm, grant, names
from tests.core.ledger.throng import Throng
from tests.core.ledger.world import keyid, signer
from tests.core.statements import builders
from tests.core.statements.mutants import mutants
from tests.needed import PATIENCE

from rekap.audit.hashes import TreeHashes
from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.ledger.fold import fold_all
from rekap.core.ledger.slots import status_of
from rekap.core.ledger.state import State
from rekap.core.log import checkpoint as checkpoints
from rekap.core.log import proofs
from rekap.core.log.entry import leaf_hash
from rekap.core.log.policy import Policy
from rekap.core.log.status import STATUS, Reached, Status
from rekap.core.signing import envelope, note
from rekap.core.statements import schema
from rekap.portal.intake import receipt

SOURCE = Path(__file__).parents[1] / "stranger"
CLAIMED = {
    **dict.fromkeys(COLUMNS, ("copy of an entry", "proof", "twin tps", "twin region", "twin stat")),
    "delete": ("copy of an entry", "proof", "twin", "page"),
    "truncate": ("copy of an entry", "proof", "twin"),
    "duplicate": ("copy of an entry", "proof"),
}
"""Beginnings of the kinds of files, by the way they are touched, that it holds against the log."""
LEFT = ("cari/pemilihan-contoh/", "/data/")
"""What it does not know: indexes of names, bulk data."""

pytestmark = pytest.mark.go

Check = Callable[..., tuple[int, list[str]]]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled tests: with STRANGER set they are the verifier itself."""
    target = tmp_path_factory.mktemp("stranger") / "stranger.test"
    done = golang.compiled(SOURCE, "test", "-c", "-o", str(target), ".")
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture(scope="module")
def check(program: Path) -> Check:
    def run(*words: object) -> tuple[int, list[str]]:
        done = subprocess.run(
            [str(program), *map(str, words)], env={**os.environ, "STRANGER": "site"},
            check=False, capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip
        return done.returncode, (done.stdout + done.stderr).splitlines()

    return run


def test_it_takes_for_a_statement_what_we_take_for_one(program: Path) -> None:
    payloads = list(mutants(12_000, seed=20241127))
    done = subprocess.run(
        [str(program)], env={**os.environ, "STRANGER": "payloads"}, check=True,
        input="".join(f"{codec.b64encode(one)}\n" for one in payloads),
        capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    said = [line == "true" for line in done.stdout.splitlines()]
    ours = [_is_statement(one) for one in payloads]
    assert [one for one, a, b in zip(payloads, said, ours, strict=True) if a != b] == []
    assert 200 < sum(ours) < len(ours) / 2


def _is_statement(payload: bytes) -> bool:
    try:
        schema.parse_statement(payload)
    except Malformed:
        return False
    return True


def write(folder: Path, touched: Mapping[str, bytes | None]) -> None:
    for path, data in touched.items():
        target = folder / path
        if data is None:
            target.unlink(missing_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The evening's site on disk."""
    made = tmp_path_factory.mktemp("evening")
    write(made, published()[0])
    return made


@contextmanager
def changed(folder: Path, touched: Touched) -> Iterator[None]:
    write(folder, touched)
    yield
    write(folder, {path: published()[0].get(path) for path in touched})


def places(said: list[str]) -> set[str]:
    return {line.partition(": ")[0] for line in said}


def test_it_reads_all_vectors(program: Path) -> None:
    done = golang.run(SOURCE, str(program))
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_reads_logs_that_anybody_signs_as_we_do(program: Path, tmp_path: Path) -> None:
    crowds = [
        *(Crowd(seed, 100) for seed in (*range(8), 33)),
        *(Throng(seed, 90) for seed in range(7)),
    ]
    cases = [crowd.case() for crowd in crowds]
    reasons = {verdict["void_reason"] for one in cases for verdict in one["verdicts"]}
    assert {"not-entitled", "tps", "region", "contest", "already"} <= reasons
    (tmp_path / "vectors").mkdir()
    (tmp_path / "vectors" / "ledger.json").write_text(json.dumps({"cases": cases}))
    (tmp_path / "stranger").mkdir()
    done = golang.run(tmp_path / "stranger", str(program), "-test.run", "TestLedger")
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_proves_the_evening_by_its_anchors(check: Check, folder: Path, tmp_path: Path) -> None:
    status, said = check(folder, folder / "policy.txt")
    assert (status, said) == (3, ["the anchors ask for no witness"])
    files = published()[0]
    policy, note = witnessed(files)
    (tmp_path / "anchors.txt").write_bytes(policy.format())
    with changed(folder, {"log/checkpoint": note}):
        status, said = check(folder, tmp_path / "anchors.txt")
        assert (status, len(said)) == (0, 1)
        assert "proved, but for findings" in said[0], "no claim exceeds what is computed"
        assert check(folder)[0] == 3


def test_a_file_that_cannot_be_read_refutes_nothing_and_what_is_no_file_is_absent(
    check: Check, folder: Path, tmp_path: Path
) -> None:
    """`test_no_files.py` has the same of the other program."""
    locked = ["policy.txt", "bukti/5.json", "bukti/5.tlog-proof", "log/tile/1/000.p/1",
              "index.json", "en/bukti/5/index.html"]  # fmt: skip
    with changed(folder, dict.fromkeys(locked)):
        for path in locked:
            (folder / path).symlink_to("x" * 300)  # no system opens it, whoever asks
        status, said = check(folder)
        for path in locked:
            (folder / path).unlink()
    assert (status, set(said[:-1])) == (2, {f"{path}: cannot be read" for path in locked})
    (tmp_path / "7.json").write_bytes(published()[0]["bukti/7.json"])
    with changed(folder, dict.fromkeys(["bukti/7.json", "bukti/8.json"])):
        (folder / "bukti/7.json").symlink_to(tmp_path / "7.json")
        os.mkfifo(folder / "bukti/8.json")
        status, said = check(folder)
        for number in (7, 8):
            (folder / f"bukti/{number}.json").unlink()
    assert (status, places(said[:-1])) == (1, {"bukti/7.json", "bukti/8.json"})


def test_it_proves_earlier_sizes(check: Check, tmp_path: Path) -> None:
    for number, files in enumerate(history()[1::5]):
        write(tmp_path / str(number), files)
        assert check(tmp_path / str(number))[0] == 3


def _ahead() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Sites of 280 entries whose `site.json` is older, with pages of one later time or several."""
    new, old, _ = published()
    older = history()[4]
    claim = {"site.json": old["site.json"]}
    whole = {path: data for path, data in new.items() if "/data/" not in path}
    bulk = {path: data for path, data in old.items() if "/data/" in path}
    yield "all of one time", {**whole, **bulk, **claim}
    some = ("log/", "bukti/", "index.json", "buku-besar/")
    yield "some of it", {**old, **{p: d for p, d in whole.items() if p.startswith(some)}}
    top = {path: old[path] for path in ("index.html", "index.json", "en/index.html")}
    first = codec.encode_public(
        {
            **json.loads(old["site.json"]),
            **_claim(120),
            "proofs": 120,
            "data_next": 120,
            **_claim(120, "data_"),
        }
    )
    bulk = {path: data for path, data in older.items() if "/data/" in path}
    yield "several times", {**whole, **bulk, **top, "site.json": first}


def _claim(size: int, prefix: str = "") -> dict[str, Any]:
    leaves = [leaf_hash(entry) for entry in published()[2].entries[:size]]
    return {f"{prefix}size": size, f"{prefix}root": codec.b64encode(TreeHashes(leaves).root(size))}


def test_both_hold_the_hour_of_site_json_against_the_log(check: Check, tmp_path: Path) -> None:
    evening = Evening(4).grow(20)
    evening.add(builders.clock(at="2031-01-01T00:00:00+09:00"), "log")
    portal = Portal(evening.entries, evening.origin)
    portal.log(len(evening.entries))
    for now in (0, 1_000):
        portal.publish(now)
    files, hour = portal.public(), "2030-12-31T22:00:00+07:00"
    claim = json.loads(files["site.json"])
    assert claim["hour"] == hour
    write(tmp_path / "site", files)
    for other, status in ((hour, 3), (None, 1), (hour.replace("22:00", "22:01"), 1)):
        told = {"site.json": codec.encode_public({**claim, "hour": other})}
        write(tmp_path / "site", told)
        assert check(tmp_path / "site")[0] == status, other
        report = audit({**files, **told})
        assert report.status == status, report.as_json()["failures"]
        assert [one.check.code for one in report.refuted] == ["V14"] * (status == 1)
        assert audit({**files, **told}, pages=0).status == status, "and who looks at no page"


@pytest.mark.parametrize("case", range(3))
def test_what_is_newer_than_site_json_is_right_and_never_proved(
    check: Check, tmp_path: Path, case: int
) -> None:
    """A tiny `site.json` before pages of several times was proved here, and undecided there."""
    name, files = list(_ahead())[case]
    policy, note = witnessed(files)
    files["log/checkpoint"] = note
    write(tmp_path / "site", files)
    (tmp_path / "anchors.txt").write_bytes(policy.format())
    status, said = check(tmp_path / "site", tmp_path / "anchors.txt")
    report = audit(files, policy=policy)
    assert (report.status, status) == (3, 3), (name, said, report.as_json()["failures"])
    assert ["not of one moment" in one.en for one in report.limits] == [True]
    twin = next(p for p, d in files.items() if p.endswith("/index.json") and newest(d) > 275)
    changed = files[twin].replace(b'"mode":"', b'"mode":"x')
    write(tmp_path / "site", {twin: changed})
    assert check(tmp_path / "site", tmp_path / "anchors.txt")[0] == 1
    assert twin in {one.place for one in audit({**files, twin: changed}, policy=policy).refuted}


def newest(data: bytes) -> int:
    return int(json.loads(data).get("as_of", 0))


@pytest.mark.parametrize("change", ["entry", "key", "root", "election"])
def test_it_refutes_other_anchors(check: Check, folder: Path, tmp_path: Path, change: str) -> None:
    log, entry, root, quorum = published()[0]["policy.txt"].decode().splitlines()
    other = {
        "entry": [log, quorum, f"#rekap log {'5f' * 32}", root],
        "key": ["log log.example/rekap+c126ccb8+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
                quorum, entry, root],
        "root": [log, quorum, entry, root.rpartition(" ")[0] + " " + "5f" * 16],
        "election": [log, quorum, entry, root, "#rekap root pemilihan-lain " + "5f" * 16],
    }[change]  # fmt: skip
    (tmp_path / "anchors.txt").write_text("".join(f"{line}\n" for line in other))
    assert check(folder, tmp_path / "anchors.txt")[0] == 1


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("site", [0, 1])
def test_both_judge_anchors_of_two_logs_alike(
    check: Check, tmp_path: Path, site: int, order: int
) -> None:
    """The true site of one log, and a cut history of it under the checkpoint of the other."""
    files = two_logs.sites()[site]
    write(tmp_path / "site", files)
    (tmp_path / "anchors.txt").write_bytes(two_logs.both(order).format())
    refuted = [check(tmp_path / "site", tmp_path / "anchors.txt")[0] == 1]
    refuted.append(audit(files, policy=two_logs.both(order)).status == 1)
    assert refuted == [bool(site)] * 2


def test_both_refuse_a_checkpoint_signed_by_two_logs_of_the_anchors(
    check: Check, tmp_path: Path
) -> None:
    files = two_logs.signed_by_both()
    write(tmp_path / "site", files)
    (tmp_path / "anchors.txt").write_bytes(two_logs.both(0).format())
    assert check(tmp_path / "site", tmp_path / "anchors.txt")[0] == 1
    assert audit(files, policy=two_logs.both(0)).status == 1


def test_it_asks_for_the_entry_of_a_receipt(check: Check, folder: Path, tmp_path: Path) -> None:
    entries, origin = published()[2].entries, published()[2].origin
    for name, leaf, signed, status in (
        ("kept", leaf_hash(entries[100]), "receipt", 3), ("later", b"5" * 32, "receipt", 2),
        ("foreign", leaf_hash(entries[100]), "log", 2),
    ):  # fmt: skip
        data = receipt.issue(
            origin=origin, leaf=leaf.hex(), id=envelope.parse(entries[100]).id,
            received_at=1_767_225_600, signer=signer(signed),
        )  # fmt: skip
        (tmp_path / name).write_bytes(data)
        assert check(folder, folder / "policy.txt", tmp_path / name)[0] == status, name


def test_both_programs_accuse_of_a_broken_promise_only_what_stood_after_it(
    check: Check, folder: Path, tmp_path: Path
) -> None:
    files, _, evening = published()
    data = receipt.issue(
        origin=evening.origin, leaf="ab" * 32, id="cd" * 32, received_at=1_732_700_000,
        signer=signer("receipt"),
    )  # fmt: skip
    paper, given = tmp_path / "paper", tmp_path / "receipt"
    given.write_bytes(data)
    for at, status in ((1_732_700_360, 2), (1_732_700_361, 1)):
        policy, cosigned = witnessed(files, at)
        paper.write_bytes(policy.format())
        with changed(folder, {"log/checkpoint": cosigned}):
            assert check(folder, paper, given)[0] == status
        shown = {**files, "log/checkpoint": cosigned}
        assert audit(shown, policy=policy, receipt=data).status == status


def test_a_contest_that_follows_another_refutes_no_site(check: Check, tmp_path: Path) -> None:
    again = builders.contest(
        id="ulang", date="2025-05-01", follows={"contest": builders.CONTEST, "why": "repeat-vote"}
    )
    realm = Realm(other=False, contests=[builders.contest(), again])
    portal = Portal(realm.entries, realm.origin)
    portal.log(len(realm.entries))
    portal.publish()
    files = portal.public()
    write(tmp_path, files)
    own = (3, ["the anchors are the site's own"])
    assert check(tmp_path) == own
    for contest, field in ((builders.CONTEST, "followed"), ("ulang", "follows")):
        path = f"{builders.ELECTION}/{contest}/index.json"
        twin = json.loads(files[path])
        assert twin["contest"][field]["why"] == "repeat-vote"
        for lie in (None, {**twin["contest"][field], "date": "2025-05-02"}):
            lying = codec.encode_public({**twin, "contest": {**twin["contest"], field: lie}})
            write(tmp_path, {path: lying})
            assert f"{path}: contest is not the log's" in check(tmp_path)[1]
        write(tmp_path, {path: files[path]})
    assert check(tmp_path) == own


def test_both_programs_say_the_same_of_receipts_that_lie_or_whose_entry_counts_nowhere(
    check: Check, folder: Path, tmp_path: Path
) -> None:
    entries, origin = published()[2].entries, published()[2].origin
    state = State(read_entry=entries.__getitem__)
    fold_all(state, entries)
    of = {status_of(state, index): entries[index] for index in range(state.size)}
    paper, cosigned = witnessed(published()[0])
    (tmp_path / "paper").write_bytes(paper.format())
    receipts = [
        (of["head"], "", 100, 60), (of["waiting"], "", 100, 60), (of["orphan"], "", 100, 60),
        (of["head"], "0" * 64, 100, 60), (of["head"], "", 100, 61), (of["head"], "", 10**12, 60),
    ]  # fmt: skip
    told = []
    with changed(folder, {"log/checkpoint": cosigned}):
        for number, (entry, other, at, later) in enumerate(receipts):
            id = other or envelope.parse(entry).id
            text = receipt.Receipt(origin, leaf_hash(entry).hex(), id, at, at + later).text()
            data = note.sign(text, receipt.key_name(origin), signer("receipt"))
            (tmp_path / f"{number}").write_bytes(data)
            ours = audit(
                {**published()[0], "log/checkpoint": cosigned}, policy=paper, receipt=data, now=999
            ).status
            assert check(folder, tmp_path / "paper", tmp_path / f"{number}")[0] == ours, number
            told.append(ours)
    assert told == [0, 3, 3, 1, 2, 2]


@pytest.mark.parametrize(("more", "refuted"), [(64_000, False), (65_300, True)])
def test_both_refuse_a_proof_above_its_bytes(
    check: Check, folder: Path, more: int, refuted: bool
) -> None:
    """Its checkpoint, which the log signed with a line that means nothing, is within its own."""
    files, path = published()[0], "bukti/7.tlog-proof"
    proof = proofs.TlogProof.parse(files[path])
    whole = checkpoints.parse(note.Note.parse(proof.checkpoint).text)
    longer = checkpoints.sign_checkpoint(replace(whole, extensions=("x" * more,)), signer("log"))
    data = replace(proof, checkpoint=longer).format()
    assert (audit({**files, path: data}).status == 1) is refuted
    with changed(folder, {path: data}):
        assert (check(folder)[0] == 1) is refuted


@pytest.mark.parametrize("column", COLUMNS)
def test_it_names_every_touched_file_that_it_claims_to_check(
    check: Check, folder: Path, column: str
) -> None:
    site = Site.of(published()[0], *history())
    kinds = [
        kind
        for kind, paths in site.rows.items()
        if kind.startswith(CLAIMED[column]) and not any(left in paths[0] for left in LEFT)
    ]
    cells = {kind: cell(site, kind, column, 2) for kind in kinds}
    for gathered in together(cells):
        touched = {path: data for _, one in gathered for path, data in one.items()}
        with changed(folder, touched):
            status, said = check(folder)
        assert status == 1
        assert set(touched) <= places(said), set(touched) - places(said)


ASKED = (Reached("kampus", 31, 1_732_690_010), Reached("pers", 0, 9))


@pytest.mark.parametrize(
    ("rows", "foreign"), [(ASKED, False), (ASKED[::-1], True), ((ASKED[0], ASKED[0]), True)]
)
def test_it_takes_what_the_writer_says_of_witnesses_as_we_do(
    check: Check, folder: Path, rows: tuple[Reached, ...], foreign: bool
) -> None:
    files = published()[0]
    origin = files["log/checkpoint"].split(b"\n")[0].decode()
    data = Status(origin, "running", "", rows).format()
    assert (audit({**files, STATUS: data}).status == 1) is foreign
    with changed(folder, {STATUS: data}):
        status, said = check(folder)
    assert (status == 1, STATUS in places(said)) == (foreign, foreign)


LIES: list[tuple[str, str, Any]] = [
    ("tps", "head.figures.pair_1", 999), ("tps", "head.status", "rival"), ("tps", "head.effect", 3),
    ("tps", "contested", True), ("tps", "head.signers.0.keyid", "5f" * 16), ("tps", "as_of", 20),
    ("tps", "contest.pairs.0.names", ["Lain"]), ("tps", "registered", 7),
    ("region", "region.name", "Lain"), ("region", "election.date", "2024-11-28"),
    ("tps", "head.count", "repeat"), ("tps", "head.marks", ["S1"]), ("tps", "listed", False),
    ("tps", "head.signers.0.grant", 1), ("tps", "head.signers.0.counted", False),
    ("tps", "head.reason", {"code": "court", "text": None}), ("tps", "statements", []),
    ("region", "sum.fields.pair_1", [999, 3]), ("region", "sum.counted", 9),
    ("region", "stations.missing", 0), ("region", "certified.figures.pair_1", 999),
    ("region", "result.figures.pair_1", 999), ("region", "result.pairs.0.votes", 999),
    ("region", "children.0.figures.pair_1", 999), ("region", "children.0.code", "99"),
    ("region", "children.0.listed", False), ("region", "result.pairs", []),
    ("region", "result.basis", None), ("region", "sum.via", "mixed"),
    ("region", "comparison.state", "same"), ("region", "comparison.difference.pair_1", 999),
    ("statement", "payload.at", "2024-11-27T14:05:01+07:00"), ("statement", "status", "cosigned"),
    ("statement", "leaf", "5f" * 32), ("statement", "root", "A" * 43 + "="),
    ("statement", "totals", None), ("statement", "totals.entry", 1),
    ("statement", "totals.places.0.before.counted", 9), ("statement", "totals.change.pair_1", 9),
    ("statement", "totals.places.1.after.fields.pair_1", [999, 1]),
    ("statement", "totals.places.0.expected", 9), ("statement", "totals.places.1.name", "Lain"),
    ("tps", "head.signers.0.suspect", True), ("tps", "summed", False),
    ("region", "doubts", [{"kind": "roster", "index": 5, "mark": "L4"}]),
    ("region", "stations.off", 9), ("portal", "after_close.forms", 9),
    ("officials", "bodies.0.persons.0.tainted", True), ("statement", "marks", ["K1"]),
    ("statement", "named", [{"id": "5f" * 32, "index": 0}]),
    ("statement", "void_reason", "previous"), ("statement", "signers.0.position", "ketua"),
    ("missing", "kelurahan", []), ("officials", "bodies.0.persons.0.revoked", 3),
    ("missing", "kelurahan.0.expected", 9),
    ("missing", "kelurahan.0.missing", [{"address": "", "tps": "001"}]),
    ("officials", "bodies.0.persons.0.keyid", "5f" * 16), ("portal", "origin", "lain.example/log"),
    ("region", "contested", True), ("region", "contested_below", 9), ("tps", "status", "missing"),
    ("region", "children.0.contested_below", 9),
    ("region", "ladder.0.count", 99), ("region", "ladder.0.fields.pair_1", [999, 1]),
    ("region", "ladder", []), ("region", "column.figures.pair_1", 999), ("region", "column", None),
    ("tps", "column.figures.pair_1", 999), ("tps", "column.difference", {"pair_1": 999}),
    ("region", "children.0.contested", True), ("region", "children.0.status", "waiting"),
    ("region", "children.0.comparison.state", "same"), ("region", "children.0.revision", 9),
    ("region", "kecamatan_below.0.figures.pair_1", 999), ("region", "source_has_c", False),
    ("region", "kecamatan_below.0.sum.pair_1", [999, 1]), ("region", "children.0.basis", None),
    ("statement", "before.figures.pair_1", 999), ("statement", "before.revision", 9),
    ("statement", "election", None),
    ("officials", "roots.kpu.k", 9), ("officials", "roots.kpu.keyids", ["5f" * 16]),
    ("portal", "simulated", False), ("region", "simulated", False), ("tps", "page", "region"),
]  # fmt: skip
"""A page, a field of its twin, and what a publisher who lies would write there."""


def test_it_refutes_lies_that_a_page_and_its_twin_agree_on(check: Check, folder: Path) -> None:
    cells: dict[str, list[Touched]] = {}
    taken: set[str] = set()
    for page, field, lie in LIES:
        touched = told(page, field.split("."), lie, taken)
        cells[f"{page} {field}"] = [touched]
        taken |= touched.keys()
    for gathered in together(cells):
        twins = {path for _, one in gathered for path in one if path.endswith(".json")}
        with changed(folder, {path: data for _, one in gathered for path, data in one.items()}):
            status, said = check(folder)
        assert status == 1
        assert twins <= places(said), [lie for lie, one in gathered if not set(one) & places(said)]


def told(page: str, steps: list[str], lie: Any, taken: Collection[str] = ()) -> Touched:
    """Return a twin that has the field and its pages, all of which say the lie.

    It is one of those that are not `taken`, if there is one.
    """
    files = published()[0]
    for path in sorted(_twins()[page], key=lambda path: path in taken):
        twin = json.loads(files[path])
        place = _parent(twin, steps)
        if place and place.get(steps[-1], lie) != lie:
            place[steps[-1]] = lie
            break
    else:
        raise LookupError(f"no twin of a {page} whose {steps} is not {lie} already")
    data = codec.encode_public(twin)
    touched: Touched = {path: data}
    for language in ("", "en/"):
        html = f"{language}{path.removesuffix('json')}html"
        before, after = (codec.sha256_hex(one).encode() for one in (files[path], data))
        touched[html] = files[html].replace(before, after)
    return touched


@cache
def _twins() -> dict[str, list[str]]:
    """Paths of the twins of each kind of page."""
    found: dict[str, list[str]] = {}
    for path, data in sorted(published()[0].items()):
        if path.endswith("index.json"):
            found.setdefault(json.loads(data).get("page", ""), []).append(path)
    return found


def _parent(value: Any, steps: list[str]) -> Any:
    """Return what holds the last step, or None."""
    for step in steps[:-1]:
        try:
            value = value[int(step) if step.isdigit() else step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


@pytest.mark.parametrize("column", COLUMNS)
def test_it_judges_every_file_that_others_lean_on_as_we_do(
    check: Check, folder: Path, column: str
) -> None:
    site = Site.of(published()[0], *history())
    beside = "log/" if column == "duplicate" else ""  # elsewhere it does not know every file
    carriers = {kind: p[0] for kind, p in site.rows.items() if carries(p[0])}
    turn = list(COLUMNS).index(column) % 2  # every other kind of each column, in turns
    for kind in [kind for kind, path in carriers.items() if path.startswith(beside)][turn::2]:
        for touched in cell(site, kind, column, 1):
            with changed(folder, touched):
                status, said = check(folder)
            assert status == 1 or status == audit(apply(site.files, touched)).status, (kind, said)


@pytest.mark.parametrize("anchored", [True, False])
def test_both_hold_anchors_against_entries_that_the_pages_do_not_show_yet(
    check: Check, tmp_path: Path, anchored: bool
) -> None:
    """The log went on, `site.json` lags: the election stands after what the pages show."""
    older, newest = history()[0], published()[0]
    files = {**older, **{p: d for p, d in newest.items() if p.startswith("log/")}}
    policy = newest["policy.txt"] if anchored else older["policy.txt"]
    assert (b"#rekap root" in policy) is anchored
    write(tmp_path / "site", files)
    (tmp_path / "anchors.txt").write_bytes(policy)
    status, said = check(tmp_path / "site", tmp_path / "anchors.txt")
    ours = audit(files, policy=Policy.parse(policy))
    assert (status, ours.status) == (3, 3), said
    named = "an election that the anchors do not name"
    assert any(named in line for line in said) is not anchored
    assert any("do not name the election" in one.en for one in ours.limits) is not anchored


def test_the_page_that_names_the_app_has_its_as_of(check: Check, tmp_path: Path) -> None:
    """Two apps one after the other: `tentang/` changes with each, and the first one's page too."""
    realm = Realm(other=False)
    for name in "ab":
        realm.done(builders.app(files=builders.hex_id(name)), *realm.operators)
    files = Portal(realm.entries, realm.origin).whole()
    write(tmp_path, files)
    assert check(tmp_path)[0] == 3
    shown = json.loads(files["tentang/index.json"])
    assert (shown["as_of"], shown["app"]["index"]) == (len(realm.entries), len(realm.entries) - 1)
    for language in ("", "en/"):
        page = files[f"{language}tentang/index.html"]
        told = page.replace(b'"as-of" content="%d"' % shown["as_of"], b'"as-of" content="1"')
        assert told != page
        write(tmp_path, {f"{language}tentang/index.html": told})
        assert check(tmp_path)[0] == 1
        write(tmp_path, {f"{language}tentang/index.html": page})


KELURAHAN = f"{builders.ELECTION}/{builders.CONTEST}/01/01/1001/"
TPS = f"{KELURAHAN}001/"
DAY = f"{builders.ELECTION}/hari-ini/01/01/"
ADVICE = f"{builders.ELECTION}/{builders.CONTEST}/rekomendasi/"
COPIES = f"{KELURAHAN}salinan/"
TOLD: list[tuple[str, str, Any]] = [
    (TPS, "readiness.arrived.ballots.0.sheets", 999),
    (TPS, "readiness.arrived.items", [{"item": "ink", "number": 77}]),
    (TPS, "incidents.cases.0.text", builders.hex_id("other words")),
    (TPS, "incidents.cases.0.body", "pemantau"), (TPS, "incidents.cases.0.code", "procedure"),
    (TPS, "incidents.cases.0.claims.0.value", 7), (TPS, "incidents.cases.0.state", "withdrawn"),
    (DAY, "silent.0.tps", "009"), (DAY, "silent", []),
    (DAY, "counts.doubtful", 0), (DAY, "children.0.doubtful", 0), (DAY, "doubtful", []),
    (DAY, "doubtful.0.tps", "002"), (TPS, "readiness.arrived.marks", []),
    (KELURAHAN, "readiness.doubtful", 0), (TPS, "ruled", []), (TPS, "ruled.0.date", "2025-02-25"),
    (TPS, "ruled.0.orders.0.received", 1), (TPS, "ruled.0.orders.0.days", 45),
    (KELURAHAN, "ruled.0.orders.0.places.0.tps", "002"), (f"{KELURAHAN}002/", "left_out", []),
    (f"{builders.ELECTION}/{builders.CONTEST}/", "rulings.0.orders.0.received", 1),
    (KELURAHAN, "children.0.awaits", None), (TPS, "recommended.0.response.reason", "too-late"),
    (TPS, "recommended", []), (ADVICE, "cases.0.response.outcome", "done"),
    (ADVICE, "cases.0.response", None), (ADVICE, "cases.0.number", "9/2024"),
    (ADVICE, "cases.0.places.0.tps", "002"), (ADVICE, "cases", []), (COPIES, "sums", []),
    (TPS, "copies.said.0.cells.0.copy", 90), (TPS, "copies.said.0.cells", []),
    (TPS, "incidents.cases", []), (TPS, "incidents", None), (COPIES, "sums.0.holder.pair", 2),
    (COPIES, "stations.0.address", f"{KELURAHAN}002/"),
]  # fmt: skip
"""A page of a TPS or a day, a field of what somebody said there, and a lie."""


def test_it_refutes_lies_about_what_somebody_said_of_a_tps(check: Check, tmp_path: Path) -> None:
    """Of supplies, of an objection, the digest of its words too, of a recommendation and its
    answer, of whose copies differ; one case told twice.
    """
    realm, region = Realm(other=False), builders.KELURAHAN
    realm.done(grant("pps", region, ["pps-1"]), *names("ppk-90.01.01", 2))
    begun = len(realm.entries)
    realm.done(builders.readiness(), "pps-1", f"kpps-{region}-001-1")
    stolen = builders.revoke(keyid=keyid("pps-1"), reason="stolen", suspect_from=begun)
    realm.done(stolen, *names("ppk-90.01.01", 2))
    said = builders.objection(text=builders.hex_id("words"), code="figures", claims={"pair_1": 1})
    realm.done(said, "saksi-tps-1")
    realm.done(builders.copy(pair_1=builders.STATION["pair_1"] + 1), "saksi-tps-1")
    realm.done(builders.form(), *names(f"kpps-{region}-001"))
    advice = realm.done(builders.recommendation("bawaslu_kabko"), *names("pengawas", 2))
    realm.done(builders.response("not-done", to=advice), *names("ppk-90.01.01", 2))
    orders = [
        {"what": "repeat-vote", "by": "kpu_prov", "days": 30, "places": [f"{region}/001"]},
        {"what": "retabulate", "by": "kpu_prov", "except": [f"{region}/002"]},
    ]
    ruling = builders.ruling(state="granted", date="2025-02-24", orders=orders)
    realm.done(ruling, *names("kpu-prov-90"))
    files = Portal(realm.entries, realm.origin).whole()
    write(tmp_path, files)
    assert check(tmp_path) == (3, ["the anchors are the site's own"])
    twice = json.loads(files[f"{TPS}index.json"])["incidents"]["cases"] * 2
    for page, field, lie in [*TOLD, (TPS, "incidents.cases", twice)]:
        path, steps = f"{page}index.json", field.split(".")
        twin = json.loads(files[path])
        place = _parent(twin, steps)
        assert place[steps[-1]] != lie, field
        place[steps[-1]] = lie
        write(tmp_path, {path: codec.encode_public(twin)})
        reasons = [one for one in check(tmp_path)[1] if one.startswith(f"{path}: ")]
        assert any("is not the log's" in one for one in reasons), field
        write(tmp_path, {path: files[path]})


CONTEST, SECOND = f"{builders.ELECTION}/{builders.CONTEST}/", f"{KELURAHAN}002/"
DECIDED: list[tuple[str, Any]] = [
    ("determination.petition.until", "2024-12-10T23:59:00+07:00"), ("determination", None),
    ("determination.petition.holidays", []), ("determination.announced_at", "2024-12-07"),
    ("determination.certificate.counts", False), ("determination.number", "2"),
    ("determination.earlier", [5]), ("elected.pair", 2), ("elected", None),
    ("standing.state", "determined"), ("result.line.above", 1), ("result.valid", 999),
    ("result.pairs.1.leads", True), ("result.pairs.0.votes", 999), ("comparison.state", "same"),
    ("stations.counted", 16),
]  # fmt: skip
"""What the page of a contest says of its result, the first page and that of its election too."""
LIES_OF_RESULTS: list[tuple[str, str, Any]] = [
    *((CONTEST, field, lie) for field, lie in DECIDED),
    *(
        (page, f"{within}contests.0.{field}", lie)
        for page, within in (("", "elections.0."), (f"{builders.ELECTION}/", ""))
        for field, lie in [
            *DECIDED, ("lead.gap", 1), ("lead.number", 2), ("apart", 1),
            ("pairs.0.names", ["Lain"]),
            ("region.name", "Lain"), ("index", 3), ("contested", True), ("win", "plurality"),
            ("doubts", [{"kind": "ruling", "index": 3, "mark": "K1"}]),
        ]
    ),
    (CONTEST, "result.margin.limit", 999), (CONTEST, "result.margin.gap", 1),
    (CONTEST, "result.elected", {"number": 2}), (CONTEST, "result.elected", None),
    (CONTEST, "result.turnout.voters", 999), (CONTEST, "children.0.name", "Lain"),
    ("", "elections.0.name.id", "Lain"), ("", "elections.0.date", "2024-11-28"),
    ("", "elections", []), (f"{builders.ELECTION}/", "contests", []),
    (TPS, "notices.0.figures.voted_listed", 999), (TPS, "notices.0.others", [1]),
    (TPS, "notices", []), (TPS, "notices.0.rule", "W2"), (TPS, "statements.0.index", 3),
    (KELURAHAN, "notices.0.n", 2), (KELURAHAN, "notices.0.tps", ["001"]),
    (KELURAHAN, "notices", []), (SECOND, "notices.0.figures.registered", 999),
    (SECOND, "notices.0.others", [200]), (SECOND, "notices.1.figures.valid", 99),
    (SECOND, "notices.2.figures.invalid", 1),
    ("tentang/", "log_key", "x"), ("tentang/", "statement_id", "5f" * 32),
    ("tentang/", "elections.0.roots.kpu.k", 1), ("tentang/", "elections", []),
    ("tentang/", "elections.0.roots.kpu.keyids.0", "5f" * 16),
    ("tentang/", "elections.0.roots.pairs.0.number", 2),
]  # fmt: skip
"""A page, a field of its twin about a result or the keys behind it, and a lie."""


def _result() -> Realm:
    """A contest that is won by a majority, determined before a holiday, one elected; two TPS of
    which W1, W2, R14 and R16 say something.
    """
    margin = {"per_mille": 15, "source": "UU 10/2016 pasal 158"}
    realm = Realm(
        other=False, contests=[builders.contest(win="majority", margin=margin)],
        holidays=["2024-12-09"],
    )  # fmt: skip
    voted = builders.STATION["voted_listed"]
    one = builders.form(attended={"listed": voted + 1, "moved": 0})
    realm.done(one, *names(f"kpps-{builders.KELURAHAN}-001"))
    votes = {"registered": 200, "voted": 200, "pair_1": 180, "pair_2": 0, "valid": 180}
    two = {**votes, "invalid": 20, "total": 200}
    realm.done(builders.form(tps="002", figures=two), *names(f"kpps-{builders.KELURAHAN}-002"))
    prov = names("kpu-prov-90")
    columns = dict.fromkeys(("90.01", "90.02"), builders.STATION)
    certificate = realm.done(builders.form("d_hasil_prov", columns=columns), *prov)
    realm.done(builders.determination(certificate=certificate), *prov)
    realm.done(builders.elected(), *prov)
    return realm


def test_it_refutes_lies_about_a_result_its_clock_and_what_is_worth_a_look(
    check: Check, tmp_path: Path
) -> None:
    """The first page of a site whose votes, winner and deadline were false was proved by it."""
    realm = _result()
    files = Portal(realm.entries, realm.origin).whole()
    write(tmp_path, files)
    assert check(tmp_path) == (3, ["the anchors are the site's own"])
    for told in zip_longest_flat(_by_page(LIES_OF_RESULTS)):
        touched: dict[str, bytes] = {}
        for page, (field, lie) in told:
            path = f"{page}index.json"
            twin = json.loads(files[path])
            _put(twin, field.split("."), lie)
            touched[path] = codec.encode_public(twin)
            for html in (f"{page}index.html", f"en/{page}index.html"):
                before, after = map(codec.sha256_hex, (files[path], touched[path]))
                touched[html] = files[html].replace(before.encode(), after.encode())
        write(tmp_path, touched)
        said = check(tmp_path)[1]
        for page, lie in told:
            reasons = [one for one in said if one.startswith(f"{page}index.json: ")]
            assert any("is not the log's" in one for one in reasons), (page, lie)
        write(tmp_path, {name: files[name] for name in touched})


def _by_page(lies: list[tuple[str, str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for page, field, lie in lies:
        found.setdefault(page, []).append((field, lie))
    return found


def _put(twin: dict[str, Any], steps: list[str], lie: Any) -> None:
    place: Any = _parent(twin, steps)
    at: Any = int(steps[-1]) if isinstance(place, list) else steps[-1]
    assert place is not None, steps
    assert place[at] != lie, steps
    place[at] = lie


def test_a_determination_that_names_a_repeat_of_its_certificate_names_what_counts(
    check: Check, tmp_path: Path
) -> None:
    """A page said that another certificate counts, and nobody was elected."""
    realm = Realm(other=False)
    prov, columns = names("kpu-prov-90"), dict.fromkeys(("90.01", "90.02"), builders.STATION)
    realm.done(builders.form("d_hasil_prov", columns=columns), *prov)
    again = builders.form("d_hasil_prov", columns=columns, at="2024-11-30T10:00:00+07:00")
    repeat = realm.done(again, *prov)
    assert realm.last["status"] == "repeat"
    realm.done(builders.determination(certificate=repeat), *prov)
    files = Portal(realm.entries, realm.origin).whole()
    shown = json.loads(files[f"{CONTEST}index.json"])
    index = len(realm.entries) - 2
    assert shown["determination"]["certificate"] == {"counts": True, "index": index}
    assert shown["result"]["elected"] == {"number": 1}
    write(tmp_path, files)
    assert check(tmp_path)[0] == audit(files).status == 3
