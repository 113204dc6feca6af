"""Entries that seem to name keys and do not: void, and never the end of an audit."""

from __future__ import annotations

import pytest
from tests.audit.shelf import Portal, audit, places
from tests.core.ledger.world import signer

from rekap.audit import checks
from rekap.core import codec
from rekap.core.log.policy import Policy
from rekap.core.signing import envelope

ORIGIN = "rekap.example/rehearsal/log"


@pytest.mark.parametrize(
    "payload",
    [
        b'"kind":"log"',
        {"kind": "log"},
        {"kind": "log", "operators": {"keys": []}, "uploaders": 1, "rp_id": "x"},
        {"kind": "log", "operators": {"keys": [{"alg": "ed25519"}]}},
        {"kind": "log", "operators": {"keys": [{"alg": "ed25519", "key": "="}]}},
        {"kind": "log", "operators": {"keys": [{"alg": "rsa", "key": "AAAA"}]}},
        {"kind": "log", "operators": {"keys": 7}},
        {"kind": "log", "operators": "x"},
        {"kind": "election", "election": "a"},
        {"kind": "election", "election": "a", "roots": {"kpu": [], "pairs": 1}},
        {"kind": "grant"},
        {"kind": "grant", "persons": [1]},
        {"kind": "grant", "persons": {"a": 1}},
        {"kind": "grant", "persons": [{"alg": "ed25519", "key": 1}]},
    ],
)
def test_what_seems_to_name_keys_is_void_and_ends_no_audit(payload: codec.JSON | bytes) -> None:
    data = payload if isinstance(payload, bytes) else codec.encode(payload)
    entry = envelope.sign(data, [signer("operator/1")])
    portal = Portal([entry, b"rubbish"], ORIGIN)
    portal.log(2)
    policy = Policy.parse(f"log {portal.log_key.vkey}\nquorum none\n".encode())
    report = audit(portal.public(), policy=policy, processes=2)
    assert places(report) == {"entry 0"}
    assert [one["index"] for one in report.facts["void"]] == [0, 1]
    assert checks.FINISHED.code not in {failure.check.code for failure in report.undecided}
