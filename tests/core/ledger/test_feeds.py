"""The newest statements of a region: the right ones, at every level, never more than fifty."""

from __future__ import annotations

from typing import Any

import pytest
from tests.core.ledger.realm import Fork, Realm, names
from tests.core.statements import builders

from rekap.core.ledger import feeds

ONE = "90.01.01.1001"
START = f"{builders.ELECTION}/{builders.CONTEST}"
KPPS = names(f"kpps-{ONE}-001")


@pytest.fixture(scope="module")
def realm() -> Realm:
    return Realm(other=False)


def _feed(fork: Fork, name: str) -> list[dict[str, Any]]:
    record = fork.state.feeds.get(f"{START}/{name}") or {"new": []}
    return [dict(zip(feeds.FIELDS, item, strict=True)) for item in record["new"]]


def _form(votes: int = 120, **fields: Any) -> dict[str, Any]:
    figures = {**builders.STATION, "pair_1": votes, "valid": votes + 95, "total": votes + 105}
    return builders.form(region=ONE, tps="001", figures=figures, **fields)


def test_a_form_is_news_from_its_kecamatan_up(realm: Realm) -> None:
    fork = realm.fork()
    fork.try_(_form(), *KPPS)
    item = {
        "index": fork.state.size - 1, "at": builders.AT, "kind": "form", "form": "c_hasil",
        "region": ONE, "place": fork.state.regions.get(f"{builders.ELECTION}/{ONE}")["name"],
        "tps": "001", "revision": 1, "status": "head", "reason": None, "hour": None,
    }  # fmt: skip
    for code in ("90.01.01", "90.01", "90"):
        assert _feed(fork, code) == [item]
    for code in (ONE, "90.01.02", "90.02", feeds.CORRECTIONS):
        assert _feed(fork, code) == []


def test_what_changes_nothing_is_no_news(realm: Realm) -> None:
    fork = realm.fork()
    waiting = _form()
    assert fork.try_(waiting, KPPS[0]) == "waiting"
    assert fork.try_(waiting, *names("ppk-90.01.01")).startswith("void")
    assert _feed(fork, "90") == []
    fork.try_(waiting, *KPPS[1:])
    assert fork.try_(waiting, "pengawas-1") == "cosigned"
    assert fork.try_({**waiting, "at": "2024-11-28T00:00:00+07:00"}, *KPPS) == "repeat"
    assert [item["status"] for item in _feed(fork, "90")] == ["head"]


def test_corrections_are_changes_of_the_head_only(realm: Realm) -> None:
    fork = realm.fork()
    fork.try_(_form(), *KPPS)
    first = fork.state.entry(fork.state.size - 1)["id"]
    fork.try_(_form(125, revision=2, previous=first), *KPPS)
    assert fork.try_(_form(130), *KPPS) == "rival"
    rival = fork.state.entry(fork.state.size - 1)["id"]
    explain = builders.answer(region=ONE, tps="001")
    fork.try_(explain, *names("ppk-90.01.01", 2), KPPS[0])
    accept = {k: v for k, v in explain.items() if k != "explains"} | {"accept": rival}
    fork.try_(accept, *names("ppk-90.01.01", 2))
    assert [(i["kind"], i["revision"], i["reason"]) for i in _feed(fork, feeds.CORRECTIONS)] == [
        ("form", 2, "typing"), ("answer", None, None),
    ]  # fmt: skip
    assert len(_feed(fork, "90.01.01")) == 5


def test_a_determination_is_news_of_its_contest(realm: Realm) -> None:
    fork = realm.fork()
    assert fork.try_(builders.determination(), *names("kpu-prov-90")) == "effective"
    assert [item["kind"] for item in _feed(fork, "90")] == ["determination"]
    assert _feed(fork, "90.01") == []


def test_only_the_newest_are_kept(realm: Realm) -> None:
    fork = realm.fork()
    previous: dict[str, Any] = {}
    for revision in range(1, feeds.NEWEST + 4):
        fork.try_(_form(100 + revision, revision=revision, **previous), *KPPS)
        previous = {"previous": fork.state.entry(fork.state.size - 1)["id"]}
    for name in ("90.01.01", "90", feeds.CORRECTIONS):
        revisions = [item["revision"] for item in _feed(fork, name)]
        assert revisions == list(range(4, feeds.NEWEST + 4))
