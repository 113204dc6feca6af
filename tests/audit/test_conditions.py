"""Single conditions of the checks: each is what one line of the verifier is there for."""

from __future__ import annotations

import json

import pytest
from tests.audit.shelf import (
    SIZE,
    Evening,
    Files,
    Portal,
    audit,
    history,
    places,
    published,
    witnessed,
)
from tests.core.ledger.realm import Realm
from tests.core.ledger.world import signer
from tests.core.signing.passkey import ORIGIN, RP_ID, Passkey
from tests.core.statements import builders

from rekap.audit.register import read_register
from rekap.audit.verdict import Report
from rekap.core import codec
from rekap.core.log import tiles
from rekap.core.log.entry import encode_bundle, leaf_hash
from rekap.core.log.policy import Policy
from rekap.core.signing import envelope, note
from rekap.portal.intake.receipt import issue

pytestmark = pytest.mark.usefixtures("remembered")


def _found(report: Report) -> list[tuple[str, str]]:
    return [(failure.check.code, failure.place) for failure in report.refuted]


# ---------------------------------------------------------------- receipts


def _receipt(entry: bytes, id: str, at: int = 100) -> bytes:
    return issue(
        origin=published()[2].origin, leaf=leaf_hash(entry).hex(), id=id, received_at=at,
        signer=signer("receipt"),
    )  # fmt: skip


def test_a_receipt_that_names_another_statement_than_its_entry_is_refuted() -> None:
    """The log promised one statement and logged the envelope as if it were another's."""
    files, _, evening = published()
    receipt = _receipt(evening.entries[5], builders.hex_id("another"))
    assert _found(audit(files, receipt=receipt, now=10_000)) == [("V22", "entry 5")]


def test_a_receipt_of_what_is_no_statement_is_refuted() -> None:
    """Whoever has the keys of the portal can promise rubbish, and log it."""
    evening = Evening(4).grow(20)
    portal = Portal([*evening.entries, b"rubbish"], evening.origin)
    portal.log(21)
    receipt = _receipt(b"rubbish", builders.hex_id("rubbish"))
    report = audit(portal.public(), receipt=receipt, now=10_000, pages=0)
    assert ("V22", "entry 20") in _found(report)


def test_a_damaged_copy_accuses_nobody_of_a_withheld_statement() -> None:
    """The entry that the receipt names may be one that this copy has lost."""
    files, _, evening = published()
    receipt = _receipt(evening.entries[270], envelope.parse(evening.entries[270]).id)
    for block in ("001.p/24", "000"):
        lost = {f"log/tile/entries/{block}", f"log/tile/0/{block}"}
        kept = {p: d for p, d in files.items() if p not in lost and not p.startswith("bukti/")}
        report = audit(kept, receipt=receipt, now=10_000, pages=0)
        assert report.status == 1
        assert "--receipt" not in places(report)
        assert "--receipt" in {failure.place for failure in report.undecided}


def test_a_receipt_is_kept_by_an_entry_whose_bytes_this_copy_has_lost() -> None:
    """Its hash stands in a tile that leads to the signed root."""
    files, _, evening = published()
    receipt = _receipt(evening.entries[9], envelope.parse(evening.entries[9]).id)
    lost = {"log/tile/entries/000", "bukti/9.json"}
    kept = {path: data for path, data in files.items() if path not in lost}
    report = audit(kept, receipt=receipt, now=10_000, pages=0)
    assert places(report) == {"log/tile/entries/000"}
    assert report.facts["receipt"]["index"] == 9


def test_a_promise_is_broken_only_when_a_head_can_come_late_no_more() -> None:
    files, _, _ = published()
    receipt = _receipt(b"withheld", builders.hex_id("withheld"), at=100)
    address = Files(files, remote=True)
    assert audit(files, source=address, receipt=receipt, now=460).status == 2
    found = _found(audit(files, source=address, receipt=receipt, now=461))
    assert found == [("V22", "--receipt")]


def test_a_copy_from_before_the_promise_is_not_refuted_by_its_receipt() -> None:
    """Who mirrors in the morning and votes at noon holds a true copy and a true receipt."""
    files, _, _ = published()
    receipt = _receipt(b"of noon", builders.hex_id("noon"), at=1_732_700_000)
    report = audit(files, receipt=receipt, now=2**40)
    assert (report.status, _found(report)) == (2, [])
    policy, _ = witnessed(files)
    for at, status in ((1_732_700_360, 2), (1_732_700_361, 1)):
        cosigned = witnessed(files, at)[1]
        report = audit({**files, "log/checkpoint": cosigned}, policy=policy, receipt=receipt)
        assert report.status == status, "the log stood so when its witness saw it"


def test_a_log_whose_own_clock_has_passed_a_promise_is_refuted() -> None:
    realm = Realm(other=False)
    portal = Portal(realm.entries, realm.origin)
    realm.add(builders.clock(at="2024-11-27T12:00:00+07:00"), "log")
    portal.log(len(realm.entries))
    noon = 1_732_683_600
    for at, status in ((noon - 360, 2), (noon - 361, 1)):
        receipt = issue(
            origin=realm.origin, leaf="ab" * 32, id="cd" * 32, received_at=at,
            signer=signer("receipt"),
        )  # fmt: skip
        report = audit(portal.public(), receipt=receipt, pages=0)
        assert _found(report) == [("V22", "--receipt")] * (status == 1)


LEAF = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


@pytest.mark.parametrize(
    "text",
    [
        f"{{name}}\n{LEAF}\n{'0' * 64}\n100\n",
        f"{{name}}\n{LEAF}\n{'0' * 64}\n100\n160\n160\n",
        f"{{name}}x\n{LEAF}\n{'0' * 64}\n100\n160\n",
        f"{{name}}\nAAAA\n{'0' * 64}\n100\n160\n",
        f"{{name}}\n{LEAF}\n{'0' * 63}\n100\n160\n",
        f"{{name}}\n{LEAF}\n{'0' * 64}\n0100\n160\n",
        f"{{name}}\n{LEAF}\n{'0' * 64}\n100\n-1\n",
    ],
)
def test_what_the_receipt_key_signed_and_is_no_receipt_accuses_nobody(text: str) -> None:
    files, _, evening = published()
    name = f"{evening.origin}/receipt"
    signed = note.sign(text.format(name=name).encode(), name, signer("receipt"))
    report = audit(files, receipt=signed, now=10_000, pages=0)
    assert _found(report) == []
    assert {failure.check.code for failure in report.undecided} == {"V22"}


# ---------------------------------------------------------------- tiles


def test_a_wrong_tile_above_the_leaves_is_named() -> None:
    """The root is computed from the entries and does not need it; a reader of proofs does."""
    files, _, _ = published()
    path = "log/tile/1/000.p/1"
    report = audit({**files, path: bytes(32)})
    assert _found(report) == [("V05", path)]


# ---------------------------------------------------------------- site.json


def _claim(**changed: object) -> dict[str, bytes]:
    files, _, _ = published()
    value = {**json.loads(files["site.json"]), **changed}
    return {**files, "site.json": codec.encode_public(value)}


def test_sizes_of_a_claim_stand_in_their_order() -> None:
    """Bulk data cannot be of more entries than pages, nor be made next of fewer than they are."""
    earlier = json.loads(history()[-1]["site.json"])
    smaller = {"size": earlier["size"], "root": earlier["root"]}
    assert ("V14", "site.json") in _found(audit(_claim(**smaller)))
    assert ("V14", "site.json") in _found(audit(_claim(data_next=SIZE - 1)))


def test_a_claim_above_the_checkpoint_is_named_beside_it() -> None:
    """The checkpoint was put back; the proofs show that too."""
    files, earlier, _ = published()
    report = audit({**files, "log/checkpoint": earlier["log/checkpoint"]})
    assert {("V14", "site.json"), ("V02", "log/checkpoint")} <= set(_found(report))


def test_a_checkpoint_whose_size_was_changed_is_all_that_is_named() -> None:
    """The tree of `site.json` is audited then: files that a false size asks for are not missed."""
    path = "log/checkpoint"
    changed = published()[0][path].replace(b"\n%d\n" % SIZE, b"\n%d\n" % (SIZE + 1))
    assert _found(audit({**published()[0], path: changed})) == [("V02", path)]


def test_a_false_claim_hides_no_false_page() -> None:
    files = _claim(size=SIZE + 1, data_size=SIZE + 1, data_next=SIZE + 1)
    found = _found(audit({**files, "index.html": b"<html>"}))
    assert {("V14", "site.json"), ("V16", "index.html")} <= set(found)


def test_a_partial_tile_of_a_size_that_a_proof_names_is_missed() -> None:
    path = "log/tile/0/000.p/45"
    assert _found(audit({p: d for p, d in published()[0].items() if p != path})) == [("V04", path)]


def test_a_proof_of_an_entry_beyond_the_checkpoint_is_a_file_too_many() -> None:
    path = f"bukti/{SIZE}.tlog-proof"
    assert _found(audit({**published()[0], path: b"rubbish"})) == [("V21", path)]


def test_false_bulk_data_are_not_the_claims_fault() -> None:
    """A publication is under way: what is right at no size is named itself."""
    files, earlier, _ = published()
    bulk = {path: data for path, data in earlier.items() if "/data/" in path}
    cut = {**files, **bulk, "site.json": earlier["site.json"]}
    path = "pemilihan-contoh/data/forms.csv"
    report = audit({**cut, path: cut[path] + b"\n"})
    assert _found(report) == [("V17", path)]


# ---------------------------------------------------------------- early files


def test_an_early_bundle_must_repeat_what_is_signed() -> None:
    """One that goes on from another last entry belongs to another history."""
    files, _, evening = published()
    first = SIZE - SIZE % tiles.WIDTH
    true = evening.entries[first:SIZE]
    for changed in ([*true[:-1], b"another"], [b"another", *true[1:]]):
        bundle = encode_bundle([*changed, b"next"])
        path = f"log/{tiles.entries_path(first // tiles.WIDTH, SIZE - first + 1)}"
        report = audit({**files, path: bundle})
        assert _found(report) == [("V08", path)]
    whole = encode_bundle([*true, b"next"])
    assert audit({**files, path: whole}).status == 2


# ---------------------------------------------------------------- signatures


@pytest.mark.parametrize(("rp_id", "why"), [(RP_ID, None), ("lain.example", "bad-signature")])
def test_a_passkey_signs_entry_0_for_the_pages_that_it_names_itself(
    rp_id: str, why: str | None
) -> None:
    """In one process as in two, which verify it before anybody knows what is in force."""
    passkey = Passkey()
    origin = "rekap.example/rehearsal/log"
    portal = Portal([], origin)
    payload = builders.encode(
        builders.log(
            log=origin, log_key=portal.log_key.vkey, rp_id=RP_ID, uploaders=[ORIGIN],
            policy=[f"log {portal.log_key.vkey}", "quorum none"],
            operators=builders.keyset(builders.named_key("webauthn-es256", passkey.key.public)),
        )
    )  # fmt: skip
    signature = passkey.sign(envelope.pae(payload), rp_id=rp_id)
    entry = envelope.serialize(envelope.Envelope(payload, (signature,)))
    portal.entries = [entry, b"more"]
    portal.log(2)
    policy = Policy.parse(f"log {portal.log_key.vkey}\nquorum none\n".encode())
    for processes in (1, 2):
        report = audit(portal.public(), policy=policy, processes=processes)
        assert places(report) == ({"entry 0"} if why else set())
        assert (report.facts["void"][0]["index"] == 0) == (why is not None)
        assert report.facts["void"][0]["reason"] == (why or "unreadable")


def test_a_false_signature_is_void_in_one_process_and_in_two() -> None:
    evening = Evening(4)
    portal = Portal(evening.entries, evening.origin)
    good = json.loads(envelope.sign(builders.encode(builders.close(log=evening.origin)),
                                    [signer("operator/1")]))  # fmt: skip
    good["signatures"][0]["sig"] = codec.b64encode(signer("operator/1").sign(b"something else"))
    evening.append(codec.encode(good))
    size = len(evening.entries)
    portal.log(size)
    portal.publish()
    portal.publish()
    for processes in (1, 2):
        report = audit(portal.public(), processes=processes)
        assert report.sound, report.as_json()
        void = {"index": size - 1, "kind": "close", "reason": "bad-signature"}
        assert void in report.facts["void"]
        source, told = Files(portal.public()), Report("memory")
        state = read_register(source, None, None, processes, told, lambda what, done, total: None)
        assert state is not None
        assert state.entry(size - 1)["why"] == "bad-signature"
