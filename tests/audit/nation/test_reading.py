"""One portal as a nation reads it: what is believed, and what is not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.audit.nation import province
from tests.audit.nation.province import GOVERNOR, REGENT, Kept, Site, grown, made, read, root_of
from tests.audit.shelf import Files, Portal
from tests.core.ledger.world import World, key, keyid, signer
from tests.core.statements import builders

from rekap.audit.fork import Fork
from rekap.audit.nation import contest, front, reading, shown
from rekap.audit.nation.contest import CERTIFICATE, PORTAL
from rekap.audit.nation.faults import (
    FORKED,
    OLDER,
    READ,
    REFUTED,
    SILENT,
    UNVERIFIED,
    Fault,
)
from rekap.audit.nation.known import Known, Said
from rekap.audit.nation.portals import Portals
from rekap.audit.reader import Redirected, Unreadable
from rekap.core.log.policy import Block, Policy
from rekap.core.signing import envelope as dsse
from rekap.core.signing.note import NoteKey

FRONT = "index.json"
CONTEST = "pemilihan-contoh/bupati/index.json"
OTHER = "pemilihan-contoh/gubernur/index.json"


def state(reading: dict[str, Any]) -> tuple[str, str]:
    return reading["state"], reading["code"]


def rows(reading: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["contest"]: row for row in reading["contests"]}


class TestBelieved:
    def test_a_signed_form_is_a_certificate_and_a_sum_is_the_portals_word(self) -> None:
        reading = read(made())
        assert state(reading) == (READ, "")
        found = rows(reading)
        assert found[REGENT]["basis"] == CERTIFICATE
        assert found[REGENT]["votes"] == [[1, 120], [2, 95]]  # of the form, not of its TPS
        assert (found[REGENT]["body"], found[REGENT]["signers"]) == ("kpu_kabko", 3)
        assert found[GOVERNOR]["basis"] == PORTAL
        assert (found[GOVERNOR]["counted"], found[GOVERNOR]["expected"]) == (1, 2)
        assert found[GOVERNOR]["name"] == "Provinsi Contoh"
        assert reading["unread"] == 0

    def test_a_certificate_without_its_valid_votes_has_those_of_its_pairs(self) -> None:
        log = province.Province()
        columns = {log.kecamatan: {"pair_1": 120, "pair_2": 95}}
        log.form("d_hasil_kabko", contest=REGENT, region=log.kabko, columns=columns)
        reading = read(province.site_of(log))
        assert state(reading) == (READ, "")
        regent = rows(reading)[REGENT]
        assert (regent["basis"], regent["valid"]) == (CERTIFICATE, 215)

    def test_the_checkpoint_is_kept_before_anything_else(self) -> None:
        kept = Kept()
        read(made(), kept)
        assert kept.told[0] == "note"
        assert kept.data["note"] == made().files["log/checkpoint"]

    def test_a_log_that_grew_is_read_again(self) -> None:
        kept = Kept()
        first = read(made(), kept)
        second = read(grown(), kept, province.LATER, first)
        assert state(second) == (READ, "")
        assert rows(second)[GOVERNOR]["counted"] == 2
        assert second["grown"] == province.LATER
        assert kept.data["note"] == grown().files["log/checkpoint"]

    def test_entries_are_read_once(self) -> None:
        kept = Kept()
        read(made(), kept)
        files = Files(grown().files)
        read(grown(), kept, source=files)
        assert not [path for path in files.reads if path.startswith("bukti/")]

    def test_what_a_portal_counts_is_never_called_a_certificate(self) -> None:
        """A front that says `certified` of a contest without a form is not even asked."""
        site = made().edit(FRONT, lambda v: v["elections"][0]["contests"][0].update(index=3))
        assert rows(read(site))[GOVERNOR]["basis"] == PORTAL


@pytest.mark.parametrize(("files", "size"), [(2, 9), (9, 2)])
def test_a_portal_costs_so_many_files_and_bytes_and_no_more(
    files: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "MAX_FILES", files)
    monkeypatch.setattr(shown, "MAX_BYTES", size)
    source = Files({"a": b"12", "b": b"3"})
    bounded = shown.Bounded(source)
    assert [bounded.read(path, 2) for path in "ab"] == [b"12", b"3"]
    with pytest.raises(Fault) as caught:
        bounded.read("a", 2)
    assert (caught.value.code, source.reads) == ("too-many", ["a", "b"])


@pytest.mark.parametrize(
    "data",
    [b"[]", b"{", b'"x"', b'{"address": "","page":"portal"}', b'{"page":"portal","address":""}',
     b'{"address":"","address":"","page":"portal"}', b'{"address":"x/","page":"portal"}',
     b'{"address":"","page":"region"}', b"[" * 100_000],
)  # fmt: skip
def test_a_twin_in_another_spelling_or_of_another_page_is_none(data: bytes) -> None:
    good = b'{"address":"","page":"portal"}\n'
    assert shown.twin(shown.Bounded(Files({FRONT: good})), FRONT, "portal", "")
    with pytest.raises(Fault) as caught:
        shown.twin(shown.Bounded(Files({FRONT: data + b"\n"})), FRONT, "portal", "")
    assert caught.value.code == "twin"


def test_of_a_strangers_words_three_hundred_signs_are_kept() -> None:
    told = reading.failed(reading.blank("p90"), province.AT, Fault("twin", "p" * 400, "f" * 400))
    assert (told["place"], told["found"]) == ("p" * 300, "f" * 300)
    assert told["refuted"]["place"] == told["place"]


def determined(*names: str | None, forms: int = 1) -> Site:
    """A portal whose regent's result was determined by each of `names` in turn: "own" is the first
    of its `forms` certificates, the others came after all of them; None names none.
    """
    world = province.Province("90")
    forms_of = [world.certificate(REGENT)]
    before: dict[str, Any] = {}
    for number, name in enumerate(names, 1):
        fields = {"certificate": forms_of[0] if name == "own" else name} if name else {}
        said = builders.determination(
            contest=REGENT, region=world.kabko, revision=number, number=f"{number}/2024",
            **before, **fields,
        )  # fmt: skip
        before = {"previous": world.add(said, *world.persons(f"kpu-kabko-{world.kabko}"))}
    for revision in range(2, forms + 1):
        reason = {"code": "counting"}
        again = world.certificate(REGENT, previous=forms_of[-1], revision=revision, reason=reason)
        forms_of.append(again)
    portal = Portal(world.entries, world.origin)
    portal.log(len(world.entries))
    portal.publish(now=1_000)
    files = portal.public()
    files["log/checkpoint"] = province.cosign(files["log/checkpoint"])
    return Site(files, world.entries, world.origin, "90")


class TestDetermined:
    def test_a_revised_determination_refutes_no_portal(self) -> None:
        """Its revisions, and a certificate that another replaced, stand in no evidence of a page of
        a region.
        """
        for site, number in (
            (determined("own"), "1/2024"),
            (determined("own", "own"), "2/2024"),
            (determined("own", None, "own"), "3/2024"),
        ):
            reading = read(site)
            assert state(reading) == (READ, "")
            assert reading["faults"] == []
            last = len(site.entries) - 1
            assert rows(reading)[REGENT]["determined"] == {
                "number": number, "index": last, "standing": "determined", "replaced": False,
            }  # fmt: skip

    def test_one_that_names_a_replaced_certificate_says_so(self) -> None:
        for site in (determined("own", forms=2), determined("own", "own", forms=3)):
            reading = read(site)
            assert state(reading) == (READ, "")
            assert rows(reading)[REGENT]["determined"]["replaced"] is True

    def test_one_that_the_ledger_finds_void_is_not_shown(self) -> None:
        """Three officers name a certificate that there is not; the portal calls it in force."""
        site = determined("0" * 64)
        index = len(site.entries) - 1
        own = determined("own")
        told = json.loads(own.files[CONTEST])["determination"]
        site.edit(CONTEST, lambda v: v.update(determination={**told, "index": index}))
        reading = read(site)
        assert [one["code"] for one in reading["faults"]] == ["unproved"]
        assert REGENT not in rows(reading)

    def test_one_whose_own_page_is_missing_is_not_shown(self) -> None:
        site = determined("own")
        del site.files[f"bukti/{len(site.entries) - 1}/index.json"]
        reading = read(site)
        assert [one["code"] for one in reading["faults"]] == ["missing"]
        assert REGENT not in rows(reading)


class TestTwoHistories:
    def other(self, size: int | None = None) -> Site:
        """The same log as if its last entries were others."""
        site = made()
        size = size or len(site.entries)
        entries = [*site.entries[: size - 2], *reversed(site.entries[size - 2 : size])]
        portal = Portal(entries, site.origin)
        portal.tiles(size)
        files = {**site.files, **portal.public()}
        files["log/checkpoint"] = site.sign(size, root_of(entries, size))
        return Site(files, entries, site.origin, site.code)

    def test_a_fork_is_named_with_evidence_and_for_ever(self) -> None:
        kept = Kept()
        first = read(made(), kept)
        reading = read(self.other(), kept, last=first)
        assert state(reading) == (FORKED, "fork")
        Fork.parse(kept.data["fork"]).verify()
        assert kept.data["note"] == made().files["log/checkpoint"]
        again = read(grown(), kept, last=reading)
        assert state(again) == (FORKED, "fork-kept")

    def test_a_fork_is_kept_before_anything_else_is_read(self) -> None:
        kept = Kept()
        read(made(), kept)
        kept.told.clear()
        read(self.other(), kept)
        assert kept.told == ["fork"]

    def test_a_fork_that_hides_behind_a_smaller_size_is_found_by_its_tiles(self) -> None:
        kept = Kept()
        read(self.other(), kept)
        shorter = made()
        size = len(shorter.entries) - 1
        shorter.files["log/checkpoint"] = shorter.sign(size, root_of(shorter.entries, size))
        other = self.other()
        shorter.files |= {p: d for p, d in other.files.items() if p.startswith("log/tile/")}
        assert read(shorter, kept)["state"] == FORKED

    def test_a_log_that_takes_entries_back_is_named_and_the_larger_one_stays_kept(self) -> None:
        kept = Kept()
        first = read(grown(), kept)
        reading = read(made(), kept, last=first)
        assert state(reading) == (OLDER, "older")
        assert kept.data["note"] == grown().files["log/checkpoint"]
        assert reading["refuted"]["code"] == "older"

    def test_a_log_that_cannot_show_that_it_only_grew_is_not_believed(self) -> None:
        kept = Kept()
        first = read(made(), kept)
        site = grown()
        for path in [path for path in site.files if path.startswith("log/tile/0/")]:
            del site.files[path]
        reading = read(site, kept, last=first)
        assert state(reading) == (UNVERIFIED, "growth")
        assert kept.data["note"] == made().files["log/checkpoint"]


class TestAnotherLog:
    def test_the_log_of_another_origin(self) -> None:
        site = made()
        site.files["log/checkpoint"] = made("91").files["log/checkpoint"]
        assert state(read(site)) == (REFUTED, "other-log")

    def test_a_whole_other_portal_under_this_name(self) -> None:
        mine, other = made(), made("91")
        assert state(read(mine, source=Files(other.files))) == (REFUTED, "other-log")

    def test_pages_of_another_log_over_this_one(self) -> None:
        site, other = made(), made("91")
        for path in [FRONT, CONTEST, OTHER]:
            site.files[path] = other.files[path]
        assert state(read(site)) == (REFUTED, "tree")

    def test_a_checkpoint_that_lacks_its_witness_is_kept_and_not_believed(self) -> None:
        site, kept = made(), Kept()
        site.files["log/checkpoint"] = site.sign(
            len(site.entries), root_of(site.entries, len(site.entries)), cosigned=False
        )
        assert state(read(site, kept)) == (UNVERIFIED, "witnesses")
        assert kept.data["note"] == site.files["log/checkpoint"]

    def test_another_key_in_the_list_does_not_make_a_reader_forget(self) -> None:
        kept = Kept()
        read(made("91"), kept)
        assert state(read(made(), kept)) == (UNVERIFIED, "kept-other-key")

    def test_another_entry_0_than_the_anchors_name(self) -> None:
        policy = province.policy_of(made())
        block = replace(policy.logs[0], log_id="0" * 64)
        reading = read(made(), policy=replace(policy, logs=(block,)))
        assert state(reading) == (REFUTED, "entry")

    def test_other_roots_than_the_anchors_name(self) -> None:
        policy = province.policy_of(made())
        block = replace(policy.logs[0], roots=(("pemilihan-contoh", ("0" * 32,)),))
        reading = read(made(), policy=replace(policy, logs=(block,)))
        assert state(reading) == (REFUTED, "entry")

    def test_an_election_that_the_anchors_do_not_name_is_told_and_not_shown(self) -> None:
        policy = province.policy_of(made())
        block = replace(policy.logs[0], roots=(("lain", ("0" * 32,)),))
        reading = read(made(), policy=replace(policy, logs=(block,)))
        assert reading["unanchored"] == ["pemilihan-contoh"]
        assert reading["contests"] == []

    def test_a_rehearsal_does_not_pass_for_live(self) -> None:
        assert state(read(made(), mode="live")) == (REFUTED, "entry")


def _figures(twin: dict[str, Any]) -> None:
    twin["certified"]["figures"]["pair_1"] += 1


def _leads(twin: dict[str, Any]) -> None:
    twin["result"]["pairs"][0]["votes"] += 1


def _both(twin: dict[str, Any]) -> None:
    _figures(twin)
    _leads(twin)


def _valid(twin: dict[str, Any]) -> None:
    twin["result"]["valid"] += 1


def _pair(twin: dict[str, Any]) -> None:
    twin["contest"]["pairs"][0]["names"][0] = "Calon Lain"


def _region(twin: dict[str, Any]) -> None:
    twin["region"]["name"] = "Kabupaten Lain"


def _script(twin: dict[str, Any]) -> None:
    twin["region"]["name"] = "<script>alert(1)</script>"


def _root(twin: dict[str, Any]) -> None:
    twin["root"] = "A" * 43 + "="


def _swap(twin: dict[str, Any]) -> None:
    twin["result"]["pairs"].reverse()


class TestHostile:
    @pytest.mark.parametrize(
        ("lie", "code"),
        [
            (_figures, "figures"), (_leads, "figures"), (_both, "figures"), (_valid, "figures"),
            (_pair, "name"), (_region, "name"), (_script, "name"), (_root, "tree"),
            (_swap, "twin"),
            (lambda v: v.update(as_of=-1), "twin"),
            (lambda v: v.update(as_of="1"), "twin"),
            (lambda v: v.update(page="tps"), "twin"),
            (lambda v: v.update(address="x/"), "twin"),
            (lambda v: v.update(evidence=[5, 3]), "twin"),
            (lambda v: v.update(stations=None), "twin"),
            (lambda v: v["result"].update(pairs=[]), "twin"),
            (lambda v: v["certified"].update(revision=2), "figures"),
            (lambda v: v["stations"].update(expected=300_000), "twin"),
            (lambda v: v["stations"].update(counted=300_000), "twin"),
        ],
    )  # fmt: skip
    def test_a_false_twin_refutes_the_portal(self, lie: Any, code: str) -> None:
        reading = read(made().edit(CONTEST, lie))
        assert state(reading) == (REFUTED, code)
        assert reading["contests"] == []
        assert reading["refuted"]["at"] == province.AT

    def test_running_votes_that_the_twins_own_sums_contradict_refute_the_portal(self) -> None:
        assert rows(read(made()))[GOVERNOR]["basis"] == PORTAL
        for lie in (_leads, lambda v: v["result"]["figures"].pop("pair_1")):
            assert state(read(made().edit(OTHER, lie))) == (REFUTED, "figures")
        for lie in (1, 10**9 - 1):
            site = made().edit(OTHER, lambda v, lie=lie: v["result"].update(valid=lie))
            assert state(read(site)) == (REFUTED, "figures")

    def test_two_contests_of_one_office_and_region_refute_the_portal(self) -> None:
        contests = [builders.contest(id=name, region="90") for name in (GOVERNOR, "lain")]
        world = World(mode="rehearsal")
        world.open()
        roots = {"kpu": builders.keyset(key("root/kpu/1"))}
        world.add(builders.election(contests=contests, roots=roots), "root/kpu/1", "operator/1")
        known = _known(world)
        for index, one in enumerate(world.entries):
            known.read(index, one)
        wanted = [("pemilihan-contoh", one["id"], "") for one in contests]
        with pytest.raises(Fault) as caught:
            reading._must_list_all(wanted, known)
        assert caught.value.code == "rival"
        contests[1]["follows"] = {"contest": GOVERNOR}
        known.election("pemilihan-contoh")["contests"] = contests
        reading._must_list_all(wanted, known)

    def test_a_false_twin_of_one_contest_holds_all_of_a_portal_back(self) -> None:
        first = read(made())
        reading = read(made().edit(OTHER, _region), last=first)
        assert reading["state"] == REFUTED
        assert reading["contests"] == first["contests"]  # as they were, with their time

    def test_a_script_in_a_name_that_was_signed_is_refuted_too(self) -> None:
        for name in ("<script>alert(1)</script>", "x" * 81):
            assert state(read(made(name=name), policy=_own(made(name=name)))) == (REFUTED, "markup")

    def test_a_contest_outside_the_regions_of_the_list(self) -> None:
        assert state(read(made(), regions=("90.01",))) == (REFUTED, "foreign")

    def test_a_contest_left_out_of_the_front(self) -> None:
        site = made().edit(FRONT, lambda v: v["elections"][0]["contests"].pop())
        assert state(read(site)) == (REFUTED, "hidden")

    def test_an_entry_that_is_not_in_the_log(self) -> None:
        site = made()
        form = json.loads(site.files[CONTEST])["certified"]["index"]
        site.files[f"bukti/{form}.json"] = site.files[f"bukti/{form - 1}.json"]
        assert state(read(site)) == (REFUTED, "tree")

    def test_a_claim_that_is_not_of_this_log(self) -> None:
        site = made().edit("site.json", lambda v: v.update(root="A" * 43 + "="))
        assert state(read(site)) == (REFUTED, "tree")
        site = made().edit("site.json", lambda v: v.update(size=9_999))
        assert state(read(site)) == (REFUTED, "claim")

    def test_a_certificate_without_its_proof_is_named_and_shows_no_figure(self) -> None:
        first = read(made())
        site = made().edit(CONTEST, lambda v: v.update(evidence=[0]))
        reading = read(site, last=first)
        assert state(reading) == (READ, "")
        assert REGENT not in rows(reading)
        assert [(one["contest"], one["code"]) for one in reading["faults"]] == [
            (REGENT, "unproved")
        ]

    def test_a_page_that_is_ahead_of_its_site_waits_for_its_entries(self) -> None:
        """A publisher writes pages before `site.json`: nothing is wrong, nothing is shown yet."""
        kept = Kept()
        first = read(made(), kept)
        site, before = grown(), json.loads(made().files["site.json"])
        index = json.loads(site.files[CONTEST])["certified"]["index"]
        site.edit("site.json", lambda v: v.update({**before, "release": v["release"]}))
        site.edit(CONTEST, lambda v: v.update(as_of=len(site.entries), root=site.root()))
        del site.files[f"bukti/{index}.json"], kept.data[f"entry {index}"]
        reading = read(site, kept, province.LATER, first)
        assert (state(reading), reading["faults"]) == ((READ, ""), [])
        assert rows(reading)[REGENT]["at"] == province.AT

    def test_more_stations_than_there_are_give_no_share(self) -> None:
        """Nor do those of another contest, which has as many fewer, hide it; and it is said."""
        site = made().edit(OTHER, lambda v: v["stations"].update(counted=3))
        portal = province.listed(site)
        reading = read(site)
        for offices in (("governor", "regent"), ("regent", "regent")):
            for row, office in zip(reading["contests"], offices, strict=True):
                row["office"] = office
            figures = front.of(
                Portals({"id": "x", "en": "x"}, (portal,)), {portal.id: reading}, province.AT
            )
            assert figures["portals"][0]["progress"]["expected"] is None
            assert figures["total"] is None
            assert [row["more"] for row in figures["contests"]] == [True, False]

    def test_a_form_signed_by_too_few_is_no_certificate(self) -> None:
        """A twin may call it one: the entry that it names waits for signatures."""
        world = province.Province("92")
        world.station(REGENT, "001")
        world.certificate(REGENT)
        entry = world.entries[-1]
        known = _known(world)
        envelope = dsse.parse(entry)
        few = dsse.serialize(dsse.Envelope(envelope.payload, envelope.signatures[:2]))
        for index, one in enumerate(world.entries[:-2]):
            known.read(index, one)
        assert known.read(len(world.entries), few).effect is None
        assert known.read(len(world.entries) + 1, entry).effect is not None

    def test_an_older_page_after_a_newer_one_is_named_and_takes_no_figure_back(self) -> None:
        """Each state was true once and its tree is in the log: only who saw the later one tells."""
        kept = Kept()
        last = read(grown(), kept)
        replayed = grown()
        replayed.files[OTHER] = made().files[OTHER]
        for at in (province.LATER, "2024-11-27T23:00:00+07:00"):
            last = read(replayed, kept, at, last)
            assert state(last) == (READ, "")
            assert [(one["contest"], one["code"]) for one in last["faults"]] == [
                (GOVERNOR, "older-page")
            ]
            row = rows(last)[GOVERNOR]
            assert (row["counted"], row["at"]) == (2, province.AT)
        del replayed.files[OTHER]
        last = read(replayed, kept, at, last)
        assert rows(last).keys() == {REGENT}
        replayed.files[OTHER] = made().files[OTHER]
        last = read(replayed, kept, at, last)
        assert (rows(last).keys(), last["faults"][0]["code"]) == ({REGENT}, "older-page")
        assert read(grown(), kept, at, last)["faults"] == []

    def test_a_page_that_another_release_dates_earlier_and_says_the_same_is_believed(self) -> None:
        site = grown()
        tree = {name: json.loads(made().files[OTHER])[name] for name in ("as_of", "root")}
        again = read(site.copy().edit(OTHER, lambda v: v.update(tree)), last=read(site))
        assert (state(again), again["faults"]) == ((READ, ""), [])
        assert rows(again)[GOVERNOR]["as_of"] == tree["as_of"]

    def test_an_election_that_was_shown_and_is_left_out_refutes_the_portal(self) -> None:
        first = read(made())
        site = grown().edit(FRONT, lambda v: v["elections"].clear())
        reading = read(site, at=province.LATER, last=first)
        assert state(reading) == (REFUTED, "hidden")
        assert reading["contests"] == first["contests"]

    @pytest.mark.parametrize("path", ["site.json", FRONT])
    def test_a_missing_file_is_named(self, path: str) -> None:
        site = made()
        del site.files[path]
        assert state(read(site)) == (UNVERIFIED, "missing")

    def test_a_host_that_answers_all_with_words_of_its_own_is_not_accused(self) -> None:
        for words in (b"", b'{"error":"maintenance"}', b"<html>", b"\xff\xfe", b"ok\n"):
            site = made()
            site.files |= dict.fromkeys(site.files, words)
            assert state(read(site)) == (UNVERIFIED, "no-checkpoint")

    @pytest.mark.parametrize("path", ["site.json", FRONT])
    def test_rubbish_is_refuted(self, path: str) -> None:
        for rubbish in (b"", b"{}", b"<html>", b"[" * 200_000, b"\xff\xfe", b'{"a":1e9}'):
            site = made()
            site.files[path] = rubbish
            large = len(rubbish) > 100_000 and path != FRONT
            assert read(site)["state"] == (UNVERIFIED if large else REFUTED)


def _own(site: Site) -> Policy:
    return replace(province.policy_of(made()), logs=Policy.parse(site.files["policy.txt"]).logs)


def _known(world: province.Province) -> Known:
    key = NoteKey.parse(builders.vkey(world.origin, signer("log").public))
    first = dsse.parse(world.entries[0]).id
    roots = (("pemilihan-contoh", (keyid("root/kpu/1"),)),)
    return Known(Block(key, "", first, roots), "rehearsal")


class Failing(Files):
    """Files of which some, or all after a while, raise."""

    def __init__(self, site: Site, error: Exception, *, after: int = 0) -> None:
        super().__init__(site.files)
        self.error, self.after = error, after

    def read(self, path: str, limit: int) -> bytes | None:
        if len(self.reads) >= self.after:
            raise self.error
        return super().read(path, limit)


class TestSilent:
    def test_a_portal_that_does_not_answer(self) -> None:
        first = read(made())
        reading = read(
            made(), last=first, source=Failing(made(), Unreadable("time out")), at=province.LATER
        )
        assert state(reading) == (SILENT, "no-answer")
        assert (reading["since"], rows(reading)[REGENT]["at"]) == (province.LATER, province.AT)

    def test_a_portal_that_leads_elsewhere_is_not_followed(self) -> None:
        reading = read(made(), source=Failing(made(), Redirected("to https://lain.example/")))
        assert state(reading) == (UNVERIFIED, "redirected")

    def test_every_run_gets_further_however_short_it_is(self) -> None:
        kept, last = Kept(), None
        for after in range(9, 60):
            reading = read(
                made(), kept, source=Failing(made(), Unreadable("cut"), after=after), last=last
            )
            last = reading
            if not reading["unread"] and reading["state"] == READ:
                break
        assert set(rows(last)) == {GOVERNOR, REGENT}
        assert after < 40

    def test_a_run_that_is_cut_shows_what_it_read_and_says_what_it_did_not(self) -> None:
        kept = Kept()
        first = read(made(), kept)
        files = Files(grown().files)
        read(grown(), Kept(dict(kept.data)), source=files)
        for after in range(files.reads.index(FRONT) + 1, len(files.reads) + 1):
            again = Kept(dict(kept.data))
            source = Failing(grown(), Unreadable("cut"), after=after)
            reading = read(grown(), again, province.LATER, first, source)
            assert state(reading) == (READ, "")
            assert set(rows(reading)) == {GOVERNOR, REGENT}
            old = [row for row in reading["contests"] if row["at"] == province.AT]
            assert len(old) == reading["unread"]
        assert reading["unread"] == 0

    def test_huge_files_are_not_read_to_their_end(self) -> None:
        class Endless(Files):
            def read(self, path: str, limit: int) -> bytes | None:
                super().read(path, limit)
                return b" " * (limit + 1) if path == FRONT else self.files.get(path)

        assert state(read(made(), source=Endless(made().files))) == (UNVERIFIED, "too-large")

    def test_of_a_twin_only_what_is_looked_at_is_kept_in_memory(self) -> None:
        """A file of 2 MiB of empty lists takes 45 MiB, and a portal may show sixty."""
        site = made().edit(CONTEST, lambda v: v.update(filler=[[]] * 600_000))
        page = contest.page_of(shown.Bounded(Files(site.files)), CONTEST.removesuffix(FRONT))
        assert "filler" not in page
        assert rows(read(site)).keys() == {GOVERNOR, REGENT}
        reading = read(made().edit(CONTEST, lambda v: v.update(doubts=[[]] * 30_000)))
        assert [one["code"] for one in reading["faults"]] == ["too-large"]

    def test_a_writer_that_says_that_it_stopped_is_told(self) -> None:
        site = made()
        site.files["log/status.json"] = (
            b'{"origin":"p90.example/rehearsal/log","reason":"x","writer":"stopped"}\n'
        )
        assert read(site)["stopped"] is True
        site.files["log/status.json"] = b"<script>"
        assert read(site)["stopped"] is False


def test_a_determination_that_too_few_have_signed_is_not_told() -> None:
    """Its entry is proved; it does not yet determine anything."""
    fields = builders.determination()
    page = {"determination": {"index": 7, "number": fields["number"]}}
    where = (fields["election"], fields["contest"], fields["region"])
    for effect in (None, 7):
        said = {7: Said("id", fields, effect=effect)}
        told = contest._determined(page, where, said, "index.json")
        assert (told is None) is (effect is None)
