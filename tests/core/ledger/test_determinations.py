"""What a determination rests on: the certificate that it names."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest
from tests.core.ledger.realm import Fork, Realm, names
from tests.core.statements import builders

PROV = names("kpu-prov-90")
KABKO = names("kpu-kabko-90.01")
ONE = "90.01.01.1001"


@lru_cache(maxsize=1)
def _realm() -> Realm:
    return Realm(other=False)


def _determines(fork: Fork, **fields: Any) -> str:
    return fork.try_(builders.determination(**fields), *PROV)


def test_it_names_the_certificate_of_its_own_region() -> None:
    fork = _realm().fork()
    named = fork.add(builders.form("d_hasil_prov"), *PROV)
    assert _determines(fork, certificate=named) == "effective"


def test_it_may_name_one_that_was_replaced() -> None:
    """A decision stays about the paper that it was about."""
    fork = _realm().fork()
    named = fork.add(builders.form("d_hasil_prov"), *PROV)
    again = builders.form("d_hasil_prov", revision=2, previous=named, pair_1=119)
    assert fork.try_(again, *PROV) == "head"
    assert _determines(fork, certificate=named) == "effective"


@pytest.mark.parametrize("named", ["nothing", "waiting", "below", "tps", "answer", "roster"])
def test_what_it_names_is_a_certificate_that_took_effect(named: str) -> None:
    fork = _realm().fork()
    ids = {
        "nothing": builders.hex_id("other"),
        "waiting": fork.add(builders.form("d_hasil_prov"), PROV[0]),
        "below": fork.add(builders.form("d_hasil_kabko", region="90.01"), *KABKO),
        "tps": fork.add(builders.form(region=ONE, tps="001"), *names(f"kpps-{ONE}-001")),
        "answer": fork.add(builders.answer("d_hasil_prov", region="90"), *names("kpu", 2)),
        "roster": str(fork.state.regions.get(f"{builders.ELECTION}/90")["roster"]),
    }
    assert _determines(fork, certificate=ids[named]) == "void certificate"


def test_nothing_is_announced_before_it_is_decided() -> None:
    fork = _realm().fork()
    late = {"decided_at": "2024-12-08T18:01:01+09:00", "announced_at": "2024-12-08T16:01:00+07:00"}
    assert _determines(fork, **late) == "void unknown"
    same = {**late, "decided_at": "2024-12-08T18:01:00+09:00"}
    assert _determines(fork, **same) == "effective"


def test_a_date_alone_is_for_a_replay_whose_source_knows_no_hour() -> None:
    """The court's time begins there; an hour that nobody knows was midnight."""
    fork = _realm().fork()
    assert _determines(fork, announced_at="2024-12-04") == "void replay-only"
    assert _determines(fork, decided_at="2024-12-08") == "void replay-only"
    assert _determines(fork, announced_at="2024-02-30") == "void unknown"
    assert _determines(fork, announced_at="2024-12-04T10:00") == "void unknown"
