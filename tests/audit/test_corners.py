"""Corners of the audit: logs that are no logs, quorums, running figures, other programs' pages."""

from __future__ import annotations

from typing import Any

import pytest
from tests.audit.shelf import (
    LOG,
    RELEASE,
    SIZE,
    Evening,
    Files,
    Portal,
    audit,
    places,
    published,
)
from tests.core.ledger.night import KECAMATAN, KELURAHAN, Night
from tests.core.ledger.world import signer
from tests.core.statements import builders

from rekap.audit.commands.compare import log_key
from rekap.audit.reader import Unreadable
from rekap.audit.verdict import ABSENT, Report
from rekap.core.errors import Malformed
from rekap.core.log.policy import Policy
from rekap.core.log.proofs import TlogProof
from rekap.core.pages.site import Site
from rekap.core.signing import envelope, note


def _codes(report: Report) -> set[str]:
    return {failure.check.code for failure in report.refuted}


def _doubts(report: Report) -> set[str]:
    return {failure.check.code for failure in report.undecided}


# ---------------------------------------------------------------- anchors and entry 0


def test_anchors_without_a_log_or_with_two() -> None:
    files, _, evening = published()
    report = audit(files, policy=Policy.parse(b"quorum none\n"))
    assert report.status == 2
    assert _doubts(report) == {"V01", "V02"}
    first = next(one for one in report.undecided if one.check.code == "V01")
    assert (first.place, first.found) == ("--policy", ABSENT)
    other = builders.vkey("log.example/other", signer("other").public)
    two = files["policy.txt"].replace(b"quorum", f"log {other}\nquorum".encode())
    report = audit({**files, "policy.txt": two})
    assert places(report) == {"policy.txt"}
    assert "V01" in _codes(report)
    assert evening.origin in str(report.facts["signed_by"])


def test_a_log_that_begins_with_no_log() -> None:
    portal = Portal([b"junk", b"more"], "rekap.example/rehearsal/log")
    portal.log(2)
    policy = Policy.parse(f"log {portal.log_key.vkey}\nquorum none\n".encode())
    report = audit(portal.public(), policy=policy)
    assert places(report) == {"entry 0"}
    assert report.facts["void"] == [
        {"index": index, "kind": None, "reason": "unreadable"} for index in range(2)
    ]


def test_an_empty_log() -> None:
    portal = Portal([], "rekap.example/rehearsal/log")
    portal.log(0)
    policy = Policy.parse(f"log {portal.log_key.vkey}\nquorum none\n".encode())
    report = audit(portal.public(), policy=policy)
    assert report.status == 2
    assert _doubts(report) == {"V14"}
    assert report.facts["size"] == 0


class _Custom(Evening):
    """An evening whose entry 0 states another policy."""

    lines: tuple[str, ...] = ()

    def add(self, payload: dict[str, Any], *roles: str) -> str:
        if payload["kind"] == "log":
            payload = {**payload, "policy": list(self.lines)}
        return super().add(payload, *roles)


def _custom(*lines: str) -> tuple[_Custom, Portal]:
    made = type("Custom", (_Custom,), {"lines": lines})(5)
    return made, Portal(made.entries, made.origin)


def test_entry_0_without_a_valid_policy() -> None:
    evening, portal = _custom("this is no policy")
    portal.log(len(evening.entries))
    policy = Policy.parse(f"log {portal.log_key.vkey}\nquorum none\n".encode())
    report = audit(portal.public(), policy=policy)
    assert places(report) == {"entry 0"}
    assert report.facts["void"][0] == {"index": 0, "kind": "log", "reason": "policy"}


def test_own_anchors_that_ask_for_other_witnesses_than_entry_0_are_refuted() -> None:
    """Also where no page is compared: else a site could ask for nobody and be proved."""
    key = note.NoteKey.of("saksi.example/w1", note.COSIGNATURE, signer("saksi-log").public)
    log_key = builders.vkey("rekap.example/rehearsal/log", LOG.public)
    lines = (f"log {log_key}", f"witness w1 {key.vkey}", "quorum w1")
    evening, portal = _custom(*lines)
    portal.log(len(evening.entries))
    asked = "".join(f"{line}\n" for line in lines).encode()
    assert _codes(audit({**portal.public(), "policy.txt": asked}, pages=0)) == set()
    for fewer in (
        asked.replace(b"quorum w1", b"quorum none"),
        lines[0].encode() + b"\nquorum none\n",
    ):
        files = {**portal.public(), "policy.txt": fewer}
        report = audit(files, pages=0)
        assert (places(report), _codes(report)) == ({"policy.txt"}, {"V10"})
        assert audit(files, policy=Policy.parse(fewer), pages=0).status != 1


def test_proofs_need_the_quorum_of_the_log_and_may_be_late_without_it() -> None:
    witness = signer("saksi-log")
    name = note.NoteKey.of("saksi.example/w1", note.COSIGNATURE, witness.public)
    log_key = builders.vkey("rekap.example/rehearsal/log", LOG.public)
    lines = (f"log {log_key}", f"witness w1 {name.vkey}", "quorum w1")
    evening, portal = _custom(*lines)
    size = len(evening.entries)
    portal.log(size)
    portal.publish()
    portal.publish()
    files = portal.public()
    assert not [path for path in files if path.endswith(".tlog-proof")]
    report = audit(files)
    assert report.status == 2
    assert _doubts(report) == {"V03"}
    assert audit(files, policy=Policy.of_log(portal.log_key)).sound, "asks for no witness"

    checkpoint = note.Note.parse(files["log/checkpoint"])
    line = note.cosign(checkpoint.text, name.name, witness, 1)
    cosigned = checkpoint.merge([line]).format()
    met = {**files, "log/checkpoint": cosigned}
    report = audit(met)  # witnesses sign while a publisher sleeps: nothing is wrong with the site
    assert report.sound
    told = f"The first 0 entries have proof files; {size} entries on the pages have none yet."
    assert told in [note.en for note in report.notes]
    portal.objects.objects["log/checkpoint"] = cosigned
    portal.publish()
    whole = portal.public()
    report = audit(whole)
    assert report.sound
    assert not [note.en for note in report.notes if "proof files" in note.en]
    path = "bukti/0.tlog-proof"
    proof = TlogProof.parse(whole[path])
    alone = TlogProof(proof.index, proof.hashes, files["log/checkpoint"]).format()
    report = audit({**whole, path: alone})
    assert (places(report), _codes(report)) == ({path}, {"V18"})


def test_a_proof_with_an_unsigned_line_or_of_another_root_is_refuted() -> None:
    files, _, evening = published()
    path = "bukti/3.tlog-proof"
    proof = TlogProof.parse(files[path])
    extra = TlogProof(proof.index, proof.hashes, proof.checkpoint, b"more").format()
    assert places(audit({**files, path: extra})) == {path}
    renamed = TlogProof(4, proof.hashes, proof.checkpoint).format()
    assert places(audit({**files, path: renamed})) == {path}
    from rekap.core.log.proofs import inclusion_proof

    for size in (45, SIZE):
        forged = Portal([*evening.entries[: size - 1], b"another last entry"], evening.origin)
        forged.log(size)

        class Tiles:
            def read(self, name: str, forged: Portal = forged) -> bytes | None:
                return forged.public().get(f"log/{name}")

        hashes = tuple(inclusion_proof(3, size, Tiles()))
        other = TlogProof(3, hashes, forged.public()["log/checkpoint"]).format()
        assert places(audit({**files, path: other})) == {path}


# ---------------------------------------------------------------- running figures


@pytest.mark.parametrize(
    ("forms", "counted", "votes"), [(1, 3, (120, 95)), (3, 3, (21, 624)), (4, 4, (28, 832))]
)
def test_a_running_figure_is_summed_until_forms_catch_up(
    forms: int, counted: int, votes: tuple[int, int]
) -> None:
    night = Night(1, mode="replay")
    for payload in (
        builders.form("summary", region=KECAMATAN, stations_in=3, stations_expected=4),
    ):
        night.add(payload, "root/kpu/1")
        assert night.last["status"] == "head"
    slots = [(region, tps) for region in KELURAHAN for tps in ("001", "002")]
    for region, tps in slots[:forms]:
        form = builders.form(region=region, tps=tps, pair_1=7, pair_2=208)
        night.add(form, *night.persons(f"kpps-{region}-{tps}"))
        assert night.last["status"] == "head"
    portal = Portal(night.entries, night.origin)
    portal.log(len(night.entries))
    portal.publish()
    portal.publish()
    report = audit(portal.public())
    assert report.sound, report.as_json()
    (contest,) = report.facts["contests"]
    assert contest["stations"]["counted"] == counted
    assert (contest["sum"]["pair_1"], contest["sum"]["pair_2"]) == votes


def test_figures_that_are_not_those_that_were_signed_are_refuted() -> None:
    files, _, _ = published()

    class Other(Site):
        def bulk(self) -> Any:
            for key_, slot in list(self._ctx.state.slots.scan("pemilihan-contoh/")):
                if "/c_hasil/" in key_ and slot.get("head"):
                    figures = {**slot["figures"], "pair_1": 1}
                    self._ctx.state.slots.edit(key_)["figures"] = figures
                    break
            return super().bulk()

    report = audit(files, render=Other)
    assert "V13" in _codes(report)
    assert any(place.startswith("entry ") for place in places(report))


# ---------------------------------------------------------------- releases and rendering


def test_what_is_ahead_of_another_release_is_undecided() -> None:
    evening = Evening(12).grow(60)
    publication = {**builders.publication(release="0" * 64), "log": evening.origin}
    entry = envelope.sign(builders.encode(publication), [signer("operator/1")])
    portal = Portal([*evening.entries, entry], evening.origin)
    portal.log(60)
    portal.publish()
    portal.publish()
    portal.log(61)
    files = portal.public()
    report = audit(files)
    assert report.sound
    page = files["index.html"].replace(
        b'<meta name="as-of" content="', b'<meta name="as-of" content="61'
    )
    page = page.replace(b'content="61', b'content="61"><meta content="', 1)
    changed = {**files, "index.html": page, "new/index.html": page}
    report = audit(changed)
    assert report.status == 2, report.as_json()
    assert {failure.place for failure in report.undecided} == {"index.html", "new/index.html"}
    assert _doubts(report) == {"V15"}
    changed["buku-besar/index.html"] = b""
    assert _codes(audit(changed)) <= {"V16"}


def test_a_fixed_release_lets_any_program_try() -> None:
    evening = _fixed()
    portal = Portal(evening.entries, evening.origin)
    portal.log(len(evening.entries))
    portal.publish()
    portal.publish()
    report = audit(portal.public(), release="1" * 64)
    assert report.sound
    assert any("ditetapkan untuk uji" in words.id for words in report.notes)


def _fixed() -> Evening:
    class Fixed(Evening):
        def add(self, payload: dict[str, Any], *roles: str) -> str:
            if payload["kind"] == "publication":
                payload = {**payload, "fixed": True}
            return super().add(payload, *roles)

    return Fixed(6, mode="replay")


def test_a_page_that_cannot_be_rendered_hides_nothing_else() -> None:
    files, _, _ = published()

    class Broken(Site):
        def files(self, address: str) -> dict[str, bytes]:
            if address == "cara/":
                raise KeyError("a text is missing")
            return super().files(address)

    changed = {**files, "404.html": b""}
    report = audit(changed, render=Broken)
    assert "404.html" in places(report)
    assert "cara/index.html" in {failure.place for failure in report.undecided}


def test_a_site_of_another_release_than_the_log_names_is_refuted() -> None:
    files, _, _ = published()
    claim = files["site.json"].replace(RELEASE.encode(), b"2" * 64)
    report = audit({**files, "site.json": claim})
    assert (places(report), _codes(report)) == ({"site.json"}, {"V15"})


# ---------------------------------------------------------------- losses


def test_a_partial_tile_that_is_gone_is_cut_from_the_full_one_and_named() -> None:
    evening = Evening(4).grow(SIZE)
    portal = Portal(evening.entries, evening.origin)
    portal.log(120)
    portal.publish()
    portal.publish()
    portal.tiles(256)
    files = portal.public()
    gone = {"log/tile/0/000.p/120", "log/tile/entries/000.p/120"}
    report = audit({path: data for path, data in files.items() if path not in gone})
    assert places(report) == gone
    assert report.facts["proofs"] == 120
    broken = {**files, "log/tile/0/000": b"", "log/tile/entries/000": b""}
    report = audit({path: data for path, data in broken.items() if path not in gone})
    assert places(report) >= gone


def test_no_checkpoint_and_no_claim() -> None:
    files, _, _ = published()
    gone = {"log/checkpoint", "site.json"}
    report = audit({path: data for path, data in files.items() if path not in gone})
    assert report.status == 1
    assert "log/checkpoint" in places(report)
    assert "V07" in _doubts(report)


def test_all_entries_replaced_by_others_under_the_old_checkpoint() -> None:
    files, _, evening = published()
    forged = Portal([*evening.entries[:-1], b"another last entry"], evening.origin)
    forged.tiles(SIZE)
    changed = {**files, **forged.public()}
    report = audit(changed)
    assert "V07" in _codes(report)
    assert "log/checkpoint" in places(report)


def test_behind_an_address_a_missing_claim_is_told_by_bulk_data() -> None:
    files, _, _ = published()

    class Address(Files):
        remote = True

        def paths(self, below: str = "") -> None:
            return None

    kept = {path: data for path, data in files.items() if path != "site.json"}
    report = audit(kept, source=Address(kept, remote=True))
    assert places(report) == {"site.json"}
    early = {path: data for path, data in kept.items() if "/data/" not in path}
    report = audit(early, source=Address(early, remote=True))
    assert report.status == 2


def test_a_proof_that_cannot_be_read_is_undecided() -> None:
    files, _, _ = published()

    class Failing(Files):
        def read(self, path: str, limit: int) -> bytes | None:
            if path == "bukti/7.tlog-proof":
                raise Unreadable("input/output error")
            return super().read(path, limit)

    report = audit(files, source=Failing(files))
    assert report.status == 2
    assert {failure.place for failure in report.undecided} == {"bukti/7.tlog-proof"}


@pytest.mark.parametrize("page", ["buku-besar/index.html", "buku-besar/index.json"])
def test_an_old_page_may_be_a_caches_and_a_false_one_is_not(page: str) -> None:
    files, earlier, _ = published()
    assert audit({**files, page: earlier[page]}).moving
    assert not audit({**files, page: files[page] + b" "}).moving


def test_of_several_logs_that_anchors_name_the_one_that_signed_is_the_log() -> None:
    files, _, _ = published()
    other = builders.vkey("log.example/other", signer("other").public)
    policy = Policy.parse(files["policy.txt"].replace(b"quorum", f"log {other}\nquorum".encode()))

    class Tiles:
        def __init__(self, checkpoint: bytes | None) -> None:
            self.checkpoint = checkpoint

        def read(self, name: str) -> bytes | None:
            return self.checkpoint

    def say(text: str, words: str) -> str:
        return text

    assert log_key(policy, Tiles(files["log/checkpoint"]), say).vkey != other
    for checkpoint in (None, b"", b"no note"):
        with pytest.raises(Malformed, match="jangkar"):
            log_key(policy, Tiles(checkpoint), say)
