"""`rekap submit` against a portal that really runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.check_log import check_log
from tests.desk.officials.post import form, item, logged, receipt_key, run, settle
from tests.live_portal import Gateway, begin
from tests.portal.intake.world import World, sign, vkey

from rekap.desk.officials.outbox import receipts
from rekap.desk.officials.outbox.queue import Queue

WORLD = World()


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("portal") / "portal"
    begin(folder, WORLD)
    running = Gateway(folder, WORLD.origin, processes=2)
    running.start()
    yield running
    running.stop()


def test_a_statement_gets_a_receipt_that_is_kept_and_shown(gateway: Gateway, tmp_path: Path):
    own, before = item(WORLD), logged(gateway)
    (tmp_path / "tps.dsse.json").write_bytes(own.data)
    queued = run(tmp_path, "submit", "tps.dsse.json")
    assert queued.returncode == 2
    assert "BUKTI ANTREAN" in queued.stdout
    assert "--to" in queued.stderr
    sent = run(tmp_path, "submit", "--to", f"http://127.0.0.1:{gateway.port}/")
    assert sent.returncode == 0, sent
    kept = Queue(tmp_path / "antrean").receipt(own.leaf)
    assert kept is not None
    told = receipts.check(kept, own, receipt_key(WORLD))
    for word in ("TANDA TERIMA PORTAL", own.id[:8], own.leaf[-8:], "WIB", WORLD.origin):
        assert word in sent.stdout
    assert max(map(len, sent.stdout.splitlines())) <= 80
    assert told.leaf == own.leaf
    again = run(tmp_path, "submit", "tps.dsse.json", "--lang", "en")
    assert again.returncode == 0
    assert "1 with a receipt" in again.stdout
    settle(gateway, before + 1)
    entries = check_log(gateway.folder / "public", vkey(WORLD.origin, "log"), [kept])
    path = tmp_path / "antrean" / f"{own.leaf}.tanda-terima"
    public = gateway.folder / "public"
    verdict = run(tmp_path, "verify", public, "--receipt", path, "--pages", "none", "--json")
    assert json.loads(verdict.stdout)["facts"]["receipt"]["id"] == own.id
    assert entries.count(own.data) == 1


def test_a_refusal_is_final_and_told_in_full(gateway: Gateway, tmp_path: Path):
    wrong = WORLD.form("002")
    wrong["figures"]["valid"] += 1
    bad = sign(wrong, *WORLD.kpps("002"))
    (tmp_path / "bad.dsse.json").write_bytes(bad)
    url = f"http://127.0.0.1:{gateway.port}/"
    for words in (("--to", url), ()):
        done = run(tmp_path, "submit", "bad.dsse.json", *words)
        assert done.returncode == 1
        assert "DITOLAK" in done.stdout
        assert "Tertulis 241, seharusnya 240" in done.stdout.replace("\n  ", " ")
    refused = next((tmp_path / "antrean").glob("*.ditolak.json"))
    assert json.loads(refused.read_bytes())["code"] == "unexplained"


def test_a_folder_is_sent_in_the_order_in_which_statements_build_on_each_other(
    gateway: Gateway, tmp_path: Path
):
    before = logged(gateway)
    chain = WORLD.form("003")
    second = {**chain, "revision": 2, "reason": {"code": "typing"}}
    second["previous"] = item(WORLD, "003").id
    (tmp_path / "in").mkdir()
    for name, body in (("a", sign(second, *WORLD.kpps("003"))), ("b", form(WORLD, "003"))):
        (tmp_path / "in" / f"{name}.dsse.json").write_bytes(body)
    (tmp_path / "in" / "note.txt").write_text("not a statement")
    url = f"http://127.0.0.1:{gateway.port}"
    done = run(tmp_path, "submit", "in", "--to", url, "--lang", "en", "--once")
    assert done.returncode == 2, done
    lines = done.stdout.splitlines()
    assert lines[1].startswith("1/2 C.Hasil 31.71.06.1001 TPS 003  ")
    assert "1 with a receipt, 1 still queued" in done.stdout
    settle(gateway, before + 1)
    rest = run(tmp_path, "submit", "--wait")
    assert rest.returncode == 0, rest
    assert "berlaku" in rest.stdout
    assert "TPS 003 revisi 2" in rest.stdout
    status = run(tmp_path, "status", "in", "--lang", "en")
    assert status.returncode == 0, status
    assert "in force" in status.stdout
    assert "replaced by a later version" in status.stdout
