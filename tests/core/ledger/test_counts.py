"""What a verdict counts, from a log in which each of it happens once."""

from __future__ import annotations

from tests.core.ledger.realm import Realm, names
from tests.core.ledger.world import keyid
from tests.core.statements import builders

from rekap.core.ledger import counts, totals

ONE, TWO = "90.01.01.1001", "90.01.01.1002"


def test_each_mark_is_counted_where_it_stands() -> None:
    realm = Realm(other=False)
    fork = realm.fork()
    assert set(counts.marked(fork.state).values()) == {0}

    def form(region: str, tps: str, **fields: object) -> None:
        payload = builders.form(region=region, tps=tps, **fields)
        assert fork.try_(payload, *names(f"kpps-{region}-{tps}")) in ("head", "rival")

    form(ONE, "001")
    form(ONE, "001", pair_1=1, pair_2=214)
    form(ONE, "002")
    place = fork.state.regions.get(f"{builders.ELECTION}/{ONE}")
    stations = [builders.station("001")]
    roster = builders.roster(ONE, revision=2, previous=place["roster"], tps=stations)
    assert fork.try_(roster, *names("kpu-kabko-90.01", 2)) == "effective"
    start = fork.state.size - 1
    for role, by in ((f"kpps-{ONE}-002-1", "ppk-90.01.01"), ("kpu-kabko-90.01-1", "kpu-prov-90")):
        payload = builders.revoke(keyid=keyid(role), suspect_from=min(start, realm.size + 2))
        assert fork.try_(payload, *names(by, 2)) == "effective"
    sheet = builders.form("d_hasil_kecamatan", region="90.01.01")
    assert fork.try_(sheet, *names("ppk-90.01.01")) == "head"
    form(TWO, "001")
    assert fork.try_(builders.determination(), *names("kpu-prov-90")) == "effective"
    assert fork.try_(builders.close(), *names("operator", 2)) == "effective"
    form(TWO, "002")
    assert fork.try_(builders.form(region=TWO, tps="009"), *names(f"kpps-{TWO}-001")) != "head"
    assert counts.marked(fork.state) == {
        "contested": 1, "K1": 2, "L1": 1, "L2": 1, "L3": 1, "L4": 1, "unlisted": 1,
        "orphans": 0, "void_forms": 1,
    }  # fmt: skip


def test_entries_are_counted_by_kind_and_the_void_ones_among_them() -> None:
    fork = Realm(other=False).fork()
    before = dict(fork.state.meta.get("kinds"))
    assert "void" not in before
    fork.append(b"rubbish")
    fork.try_(builders.form(region=ONE, tps="001"), *names(f"kpps-{TWO}-001"))
    fork.try_(builders.form(region=ONE, tps="001"), *names(f"kpps-{ONE}-001"))
    after = {**before, "form": 2, "unknown": 1, "void": 2}
    assert fork.state.meta.get("kinds") == after


def test_regions_count_the_places_below_them_that_have_rivals() -> None:
    fork = Realm(other=False).fork()
    rivals = []
    for votes in (120, 1):
        payload = builders.form(region=ONE, tps="001", pair_1=votes, valid=votes + 95)
        fork.try_(payload, *names(f"kpps-{ONE}-001"))
        keys = [totals.key(builders.ELECTION, builders.CONTEST, code) for code in (ONE, "90")]
        rivals.append([fork.state.totals.get(one)["rival"] for one in keys])
    assert rivals == [[0, 0], [1, 1]]
