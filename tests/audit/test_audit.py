"""A clean copy is proved; what is cut, early, foreign or of another release is told apart."""

from __future__ import annotations

import contextlib
import copy
import json
import re
from dataclasses import dataclass, field, replace
from functools import cache

import pytest
from tests.audit.shelf import (
    LOG,
    RELEASE,
    RENDER,
    SIZE,
    Evening,
    Files,
    Portal,
    anchors,
    audit,
    places,
    published,
    witnessed,
)
from tests.core.ledger.world import signer
from tests.core.statements import builders
from tests.fakes import AFTER, BEFORE, Fault, Plan, faulty
from tests.soak import SOAK

from rekap.audit import audit as audits
from rekap.audit import pages
from rekap.audit.audit import Plan as AuditPlan
from rekap.audit.reader import Unreadable
from rekap.audit.verdict import Report
from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.ledger.fold import fold_all
from rekap.core.ledger.slots import status_of
from rekap.core.ledger.state import State
from rekap.core.log.entry import leaf_hash
from rekap.core.log.policy import Policy
from rekap.core.pages.site import Site
from rekap.core.signing import envelope, note
from rekap.portal.intake import receipt as receipts

WITNESS = signer("saksi-log")
STEP = 1 if SOAK else 29
"""Of the calls at which a publication is cut, every one or some."""


def test_a_clean_copy_is_proved() -> None:
    files, _, _ = published()
    report = audit(files)
    assert report.sound, report.as_json()
    assert report.facts["size"] == SIZE
    assert report.facts["proofs"] == SIZE
    assert report.facts["pages"]["checked"] == report.facts["pages"]["all"] > SIZE
    assert "jangkarnya milik situs ini sendiri" in [words.id for words in report.limits]


def test_a_proof_that_is_gone_is_named_and_not_counted() -> None:
    files, _, _ = published()
    report = audit({path: data for path, data in files.items() if path != "bukti/9.tlog-proof"})
    assert places(report) == {"bukti/9.tlog-proof"}
    assert report.facts["proofs"] == SIZE - 1


def test_many_processes_say_the_same_as_one() -> None:
    files, _, _ = published()
    changed = {**files, "index.html": b"", "bukti/7/index.html": b"<p>", "bukti/9.tlog-proof": b""}
    changed["en/bukti/7/index.html"] = files["bukti/7/index.html"]
    one, many = audit(changed), audit(changed, processes=2)
    assert one.as_json() == many.as_json()
    assert places(one) == {
        "index.html", "bukti/7/index.html", "en/bukti/7/index.html", "bukti/9.tlog-proof",
    }  # fmt: skip
    found = {failure.place: failure.found.id for failure in one.refuted}
    assert found["index.html"] == "0 bita sha256 e3b0c44298fc1c14, terpotong setelah 0 bita"
    assert found["en/bukti/7/index.html"].endswith("berbeda mulai bita 28 (as_of 159)")


def test_the_verdict_is_the_same_bytes_each_time_and_has_no_clock() -> None:
    files, _, _ = published()
    changed = {**files, "index.html": b"", "log/tile/0/000": b""}
    verdicts = {codec.encode_public(audit(changed, now=now).as_json()) for now in (1, 2_000)}
    assert len(verdicts) == 1


def test_signatures_are_counted_and_a_void_entry_is_told() -> None:
    files, _, evening = published()
    report = audit(files)
    counts = evening.counts()
    assert report.facts["signatures"] > 400
    assert len(report.facts["void"]) == counts["state void"] > 0
    assert sum(report.facts["kinds"].values()) == SIZE


def test_one_contest_is_summed() -> None:
    files, _, _ = published()
    (contest,) = audit(files).facts["contests"]
    twin = json.loads(files["pemilihan-contoh/gubernur-90/index.json"])
    assert contest["stations"]["counted"] == twin["sum"]["counted"]
    assert contest["sum"] == {field: pair[0] for field, pair in twin["sum"]["fields"].items()}


# ---------------------------------------------------------------- sums


def test_a_total_that_is_not_the_plain_sum_is_refuted() -> None:
    files, _, _ = published()

    class Generous(Site):
        def bulk(self):
            record = self._ctx.state.totals.edit("pemilihan-contoh/gubernur-90/90.01")
            record["figures"]["pair_1"][0] += 1
            return super().bulk()

    report = audit(files, render=Generous)
    assert "pemilihan-contoh/gubernur-90/90.01" in places(report)
    assert "V13" in {failure.check.code for failure in report.refuted}


# ---------------------------------------------------------------- anchors


def test_own_anchors_prove_the_clean_copy() -> None:
    files, _, _ = published()
    report = audit(files, policy=anchors(files))
    assert report.sound
    assert report.facts["anchors"] == "given"


def _policy(**fields: object) -> Policy:
    """The site's own anchors with other fields in the block of its log."""
    policy = anchors(published()[0])
    return replace(policy, logs=(replace(policy.logs[0], **fields),))


def test_another_log_key_refutes_the_checkpoint_and_entry_0_and_nothing_else() -> None:
    files, _, evening = published()
    other = builders.vkey(evening.origin, signer("other").public)
    policy = Policy.parse(f"log {other}\nquorum none\n".encode())
    report = audit(files, policy=policy)
    assert report.status == 1
    assert places(report) == {"log/checkpoint", "entry 0"}


def test_another_id_of_entry_0_is_refuted() -> None:
    files, _, _ = published()
    report = audit(files, policy=_policy(log_id=builders.hex_id("another")))
    assert places(report) == {"entry 0"}
    assert report.refuted[0].check.code == "V10"


def test_other_roots_of_an_election_are_refuted() -> None:
    files, _, _ = published()
    policy = _policy(roots=(("pemilihan-contoh", (builders.hex_id("x")[:32],)),))
    report = audit(files, policy=policy)
    assert {failure.check.code for failure in report.refuted} == {"V11"}


def test_an_election_that_the_anchors_name_and_the_log_lacks_is_refuted() -> None:
    files, _, _ = published()
    policy = _policy(roots=(*anchors(files).logs[0].roots, ("pemilihan-lain", ("0" * 32,))))
    report = audit(files, policy=policy)
    assert {failure.check.code for failure in report.refuted} == {"V11"}


def test_anchors_without_ids_prove_nothing_and_refute_nothing() -> None:
    files, _, _ = published()
    report = audit(files, policy=_policy(log_id=None, roots=()))
    assert report.sound
    assert len(report.limits) == 3


def test_a_quorum_that_is_not_met_is_undecided() -> None:
    files, _, _ = published()
    key = note.NoteKey.of("saksi.example/w1", note.COSIGNATURE, WITNESS.public)
    text = files["policy.txt"].decode().replace("quorum none", f"witness w1 {key.vkey}\nquorum w1")
    report = audit(files, policy=Policy.parse(text.encode()))
    assert report.status == 2
    assert {failure.check.code for failure in report.undecided} == {"V03"}
    line = note.cosign(note.Note.parse(files["log/checkpoint"]).text, key.name, WITNESS, 1)
    cosigned = note.Note.parse(files["log/checkpoint"]).merge([line]).format()
    changed = {**files, "log/checkpoint": cosigned}
    proved = audit(changed, policy=Policy.parse(text.encode()))
    assert (proved.status, proved.limits) == (0, [])
    stranger = audit(changed)
    assert stranger.sound
    assert any("kunci tak dikenal" in words.id for words in stranger.notes)


# ---------------------------------------------------------------- publication under way


@cache
def _small() -> Evening:
    return Evening(11).grow(70)


def _copy(first: Portal) -> Portal:
    portal = Portal(first.entries, first.origin)
    portal.objects.objects = dict(first.objects.objects)
    portal.register = copy.deepcopy(first.register)
    portal.log(70)
    return portal


@pytest.mark.usefixtures("remembered")
@pytest.mark.parametrize("kind", [BEFORE, AFTER])
def test_a_publication_cut_anywhere_is_never_refuted(kind: str) -> None:
    evening = _small()
    first = Portal(evening.entries, evening.origin)
    first.log(60)
    first.publish()
    first.publish()
    seen = set()
    counting = Plan()
    whole = _copy(first)
    whole.publish(now=700, objects=faulty(whole.objects, counting))
    before, after = first.public(), whole.public()
    new = {path for path in after if after[path] != before.get(path)}
    for at in range(0, len(counting.calls), STEP):
        portal = _copy(first)
        with contextlib.suppress(Fault):
            portal.publish(now=700, objects=faulty(portal.objects, Plan({at: kind})))
        report = audit(portal.public())
        assert report.sound, (at, report.as_json()["failures"])
        assert {failure.place for failure in report.ahead} <= new
        seen.add(bool(report.ahead))
    portal.publish(now=1_400)
    portal.publish(now=1_400)
    assert audit(portal.public()).sound
    assert True in seen


@pytest.mark.usefixtures("remembered")
def test_the_first_publication_cut_anywhere_is_never_refuted() -> None:
    evening = _small()
    counting = Plan()
    portal = Portal(evening.entries, evening.origin)
    portal.log(70)
    portal.publish(objects=faulty(portal.objects, counting))
    statuses = set()
    for at in range(0, len(counting.calls), 5 * STEP):
        portal = Portal(evening.entries, evening.origin)
        portal.log(70)
        with contextlib.suppress(Fault):
            portal.publish(objects=faulty(portal.objects, Plan({at: BEFORE})))
        report = audit(portal.public())
        assert not report.refuted, at
        statuses.add(report.status)
    assert 2 in statuses


def test_pages_of_several_later_sizes_are_right_and_counted_as_ahead() -> None:
    evening = _small()
    portal = Portal(evening.entries, evening.origin)
    portal.log(50)
    portal.publish()
    portal.publish()
    before = portal.public()
    for size in (55, 62, 70):
        portal.log(size)
        portal.publish(now=0)
    now = portal.public()
    cut = {p: d for p, d in now.items() if "/data/" not in p} | {
        p: d for p, d in before.items() if "/data/" in p or p == "site.json"
    }
    report = audit(cut)
    assert report.sound, report.as_json()["failures"]
    proofs = {f"bukti/{index}.tlog-proof" for index in range(50, 70)}
    assert proofs <= {failure.place for failure in report.ahead}
    wrong = {**cut, "buku-besar/index.html": cut["buku-besar/index.html"] + b"\n"}
    assert places(audit(wrong)) == {"buku-besar/index.html"}


def test_a_log_without_a_site_is_undecided() -> None:
    evening = _small()
    portal = Portal(evening.entries, evening.origin)
    portal.log(1)
    portal.publish()
    report = audit(portal.public())
    assert report.status == 2
    assert {failure.check.code for failure in report.undecided} == {"V01", "V02", "V14"}
    assert audit({}).status == 2


def test_tiles_that_a_cut_sequencer_left_are_early_and_wrong_ones_are_named() -> None:
    evening = Evening(4).grow(SIZE)
    files, _, _ = published()
    portal = Portal([*evening.entries, b"one more", b"two more"], evening.origin)
    portal.objects.objects = dict(files)
    portal.tiles(SIZE + 1)
    portal.tiles(SIZE + 2)
    early = portal.public()
    report = audit(early)
    assert report.status == 2
    assert {failure.place for failure in report.undecided} == set(early) - set(files)
    bundle = f"log/tile/entries/001.p/{SIZE - 256 + 2}"
    report = audit({**early, bundle: early[bundle].replace(b"two more", b"two mare")})
    assert report.status == 1
    tile = f"log/tile/0/001.p/{SIZE - 256 + 2}"
    assert places(report) == {tile}


# ---------------------------------------------------------------- losses


def test_a_lost_bundle_is_read_from_its_copies_and_named() -> None:
    files, _, _ = published()
    kept = {path: data for path, data in files.items() if path != "log/tile/entries/000"}
    report = audit(kept)
    assert places(report) == {"log/tile/entries/000"}
    assert report.facts["proofs"] == SIZE


def test_entries_lost_for_good_are_said_and_the_rest_is_checked() -> None:
    files, _, _ = published()
    gone = ("log/tile/entries/000", "bukti/9.json")
    report = audit({path: data for path, data in files.items() if path not in gone})
    assert report.status == 1
    assert "log/tile/entries/000" in places(report)
    assert "entry 9" in {failure.place for failure in report.undecided}


def test_anchors_are_not_blamed_for_an_election_whose_entry_is_lost() -> None:
    files, _, _ = published()
    gone = {"log/tile/entries/000", "bukti/1.json"}
    report = audit({path: data for path, data in files.items() if path not in gone}, pages=0)
    assert places(report) == {"log/tile/entries/000"}


def test_tile_and_bundle_of_a_block_lost_together() -> None:
    files, _, _ = published()
    gone = {"log/tile/entries/001.p/24", "log/tile/0/001.p/24", "bukti/270.json"}
    report = audit({path: data for path, data in files.items() if path not in gone})
    assert report.status == 1
    assert places(report) >= gone - {"bukti/270.json"}
    assert {failure.check.code for failure in report.undecided} >= {"V07", "V12"}


def test_a_forged_log_of_the_same_key_owner_is_refuted_by_old_proofs() -> None:
    """The log's owner signs another history: proofs handed out before tell."""
    files, _, evening = published()
    forged = Portal([*evening.entries[:-1], b"another last entry"], evening.origin)
    forged.log(SIZE)
    report = audit({**files, **forged.public()})
    assert report.status == 1
    assert f"bukti/{SIZE - 1}.tlog-proof" in places(report)


def test_a_huge_size_ends_at_once() -> None:
    files, _, evening = published()
    from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint

    note_ = sign_checkpoint(Checkpoint(evening.origin, 2**62, b"\0" * 32), LOG)
    report = audit({**files, "log/checkpoint": note_})
    assert report.status == 2
    report = audit({**files, "log/checkpoint": sign_checkpoint(
        Checkpoint(evening.origin, 2**25, b"\0" * 32), LOG)})  # fmt: skip
    assert report.status == 1


# ---------------------------------------------------------------- release, sampling, receipts


def test_another_release_is_undecided_and_the_log_is_still_checked() -> None:
    files, _, _ = published()
    report = audit({**files, "index.html": b"not looked at"}, release=builders.hex_id("other"))
    assert report.status == 2
    assert {failure.check.code for failure in report.undecided} == {"V15", "V17"}
    broken = {**files, "log/tile/0/000": b""}
    assert audit(broken, release=builders.hex_id("other")).status == 1


ALWAYS = ("", "cara/", "cari/", "istilah/", "pemilihan-contoh/", "periksa/", "tentang/", *(
    f"pemilihan-contoh/gubernur-90/{below}" for below in ("", "01/")
))  # fmt: skip
"""Addresses of the evening's site that most people read."""


def test_a_sample_has_what_most_people_read_and_as_many_others_as_were_asked_for() -> None:
    files, _, _ = published()
    for seed in ("a", "b"):
        source = Files(files)
        report = audit(files, source=source, pages=7, seed=seed)
        assert report.sound
        number = 7 + len(ALWAYS)
        assert report.facts["pages"]["checked"] == number
        assert report.facts["seed"] == seed
        assert {f"{one}index.html" for one in ALWAYS} <= set(source.reads)
        read = sum(path.endswith("index.html") for path in source.reads)
        whole = sum(path.endswith("index.html") for path in files)
        assert 2 * number <= read < whole / 4, "an address of a kecamatan has several pages"


@pytest.mark.parametrize("kind", ["css", "js", "html"])
def test_a_false_style_sheet_or_check_is_found_by_every_sample(kind: str) -> None:
    """All pages load the one, by the other readers judge them: true pages showed false figures."""
    files, _, _ = published()
    path = next(path for path in files if path.startswith("aset/") and path.endswith(f".{kind}"))
    false = {**files, path: files[path] + b"/* */"}
    assert path in places(audit(false, pages=1, seed="a"))


def test_a_sample_is_drawn_by_the_seed_alone() -> None:
    addresses = [f"{n}/" for n in range(500)]
    drawn = [pages.sample(addresses, {"3/"}, bytes(32), 40, seed) for seed in ("a", "a", "b")]
    assert drawn[0] == drawn[1] != drawn[2]
    assert all(one[0] == "3/" and len(set(one)) == 41 for one in drawn)
    assert len(set(drawn[0]) & set(drawn[2])) < 15


def test_a_lie_where_one_seed_does_not_look_is_found_by_others() -> None:
    """Whoever knows the seed before he publishes can lie everywhere else."""
    files, _, _ = published()
    source = Files(files)
    audit(files, source=source, pages=60)
    page = next(path for path in files if path.endswith(".html") and path not in source.reads)
    false = {**files, page: files[page].replace(b"</h1>", b"!</h1>")}
    assert audit(false, pages=60).sound
    assert any(page in places(audit(false, pages=60, seed=f"{n}")) for n in range(40))


def test_no_pages_means_the_log_alone() -> None:
    files, _, _ = published()
    source = Files(files)
    report = audit(files, source=source, pages=0)
    assert report.sound
    assert all(p.startswith("log/") or p in ("policy.txt", "site.json") for p in source.reads)


def _receipt(entry: bytes, at: int, key: str = "receipt") -> bytes:
    from rekap.core.log.entry import leaf_hash
    from rekap.core.signing import envelope
    from rekap.portal.intake.receipt import issue

    _, _, evening = published()
    return issue(
        origin=evening.origin, leaf=leaf_hash(entry).hex(), id=envelope.statement_id(entry),
        received_at=at, signer=signer(key),
    )  # fmt: skip


def test_a_receipt_that_is_kept_broken_early_or_foreign() -> None:
    files, _, evening = published()
    payload = json.loads(evening.entries[5])["payload"]
    from rekap.core.log.entry import leaf_hash
    from rekap.core.signing import envelope
    from rekap.portal.intake.receipt import issue

    kept = issue(
        origin=evening.origin, leaf=leaf_hash(evening.entries[5]).hex(),
        id=envelope.statement_id(codec.b64decode(payload)), received_at=100,
        signer=signer("receipt"),
    )  # fmt: skip
    assert audit(files, receipt=kept, now=10_000).sound
    withheld = _receipt(b"withheld", 100)
    address = Files(files, remote=True)
    assert audit(files, source=address, receipt=withheld, now=461).status == 1
    assert audit(files, source=address, receipt=withheld, now=460).status == 2
    assert audit(files, receipt=_receipt(b"x", 100, "other"), now=10_000).status == 2
    assert audit(files, receipt=b"no receipt", now=10_000).status == 2


def test_a_receipt_whose_entry_counts_nowhere_is_never_a_proof() -> None:
    """Too few have signed, or it continues what nobody logged before it: as good as void."""
    files, _, evening = published()
    state = State(read_entry=evening.entries.__getitem__)
    fold_all(state, evening.entries)
    of = {status_of(state, index): index for index in range(state.size)}
    policy, cosigned = witnessed(files)
    for status in ("waiting", "orphan", "head"):
        entry = evening.entries[of[status]]
        kept = receipts.issue(
            origin=evening.origin, leaf=leaf_hash(entry).hex(), id=envelope.parse(entry).id,
            received_at=100, signer=signer("receipt"),
        )  # fmt: skip
        report = audit(
            {**files, "log/checkpoint": cosigned}, policy=policy, receipt=kept, now=10_000
        )
        said = [limit.en for limit in report.limits if "receipt" in limit.en]
        want = f"the receipt is for entry {of[status]}: recorded, without effect ({status})"
        assert said == ([] if status == "head" else [want])
        assert report.status == (0 if status == "head" else 3)


def test_a_promise_that_never_ends_is_no_receipt() -> None:
    """A portal that promises for the year 3000 could never be held to it."""
    files, _, evening = published()
    for later, status in ((60, 1), (61, 2), (10**11, 2)):
        text = receipts.Receipt(evening.origin, "ab" * 32, "cd" * 32, 100, 100 + later).text()
        signed = note.sign(text, receipts.key_name(evening.origin), signer("receipt"))
        address = Files(files, remote=True)
        assert audit(files, source=address, receipt=signed, now=10_000).status == status
        with contextlib.nullcontext() if later == 60 else pytest.raises(Malformed):
            receipts.parse(text)


# ---------------------------------------------------------------- sources that fail


class Failing(Files):
    """A source whose reads of one path fail."""

    broken = ""

    def read(self, path: str, limit: int) -> bytes | None:
        if path == self.broken:
            raise Unreadable(f"{path}: input/output error")
        return super().read(path, limit)


def test_a_page_that_cannot_be_read_hides_nothing_else() -> None:
    files, _, _ = published()
    source = Failing({**files, "404.html": b""})
    source.broken = "index.html"
    report = audit(files, source=source)
    assert report.status == 1
    assert places(report) == {"404.html"}
    assert {failure.place for failure in report.undecided} == {"index.html"}


@dataclass
class Moving(Files):
    """A source that shows `first` at the first read of a path, then its files."""

    first: dict[str, bytes] = field(default_factory=dict)

    def read(self, path: str, limit: int) -> bytes | None:
        data = self.first.get(path) if path not in self.reads else None
        if data is None:
            return super().read(path, limit)
        self.reads.append(path)
        return data


def _moving(files: dict[str, bytes], first: dict[str, bytes]) -> Report:
    return audit(files, source=Moving(files, first=first))


@pytest.mark.parametrize("cut", ["pages", "proofs"])
def test_an_audit_that_runs_out_of_time_keeps_the_false_pages_that_it_saw(cut: str) -> None:
    files, _, _ = published()
    false = {**files, "404.html": b"<html>"}
    for path in (p for p in files if re.fullmatch(r"bukti/[0-9]+/index\.html", p)):
        false[path] = files[path].replace(b"</h1>", b"!</h1>")

    def progress(what: str, done: int, total: int) -> None:
        if what == cut:
            raise Unreadable("no time left")

    report = Report("memory")
    with pytest.raises(Unreadable):
        audits.audit(Files(false), AuditPlan(RENDER, RELEASE), report, progress)
    assert {"bukti/0/index.html"} <= places(report) < set(false)
    assert "404.html" not in places(report)


def test_a_claim_replaced_while_reading_is_noticed() -> None:
    files, earlier, _ = published()
    report = _moving(files, {"site.json": earlier["site.json"]})
    assert (report.changed, report.moved) == (True, True)


def test_a_site_that_moves_excuses_what_may_be_late_and_no_page_of_its_own_as_of() -> None:
    files, earlier, _ = published()
    page = next(p for p in files if p.endswith("index.html") and files[p] == earlier.get(p))
    false = {**files, page: files[page].replace(b"</h1>", b"!</h1>")}
    report = _moving(false, {"log/checkpoint": earlier["log/checkpoint"]})
    assert report.moved
    assert len(places(report)) > 10
    report.excuse_change()
    assert places(report) == {page}


@pytest.mark.parametrize("path", ["log/checkpoint", "site.json"])
def test_lines_and_rubbish_that_come_and_go_excuse_nothing(path: str) -> None:
    """Whoever serves a site could else keep every verdict undecided."""
    files, _, _ = published()
    false = {**files, "index.html": b"<html>"}
    for other in (files[path] + "— orang.example AAAABBBB\n".encode(), b"rubbish"):
        served = {**false, path: other}
        report = _moving(served, {path: files[path]})
        assert (report.changed, report.moved) == (True, False)
        report.excuse_change()
        assert "index.html" in places(report)


def test_a_checkpoint_that_was_rubbish_at_first_excuses_nothing() -> None:
    """`site.json` names the tree then, and may lag: that is no other state of the log."""
    files, earlier, _ = published()
    false = {**files, "site.json": earlier["site.json"], "index.html": b"<html>"}
    report = _moving(false, {"log/checkpoint": b"rubbish"})
    assert (report.changed, report.moved) == (True, False)
    report.excuse_change()
    assert "index.html" in places(report)


def test_a_number_that_reaches_all_pages_finds_foreign_files_as_all_does() -> None:
    files = {**published()[0], "INDEX.html": b"<h1>palsu</h1>"}
    assert places(audit(files, pages=99_999)) == {"INDEX.html"}
    number = audit(files, pages=1).facts["pages"]["all"] - len(ALWAYS)
    assert places(audit(files, pages=number)) == {"INDEX.html"}
    for few in (audit(files, pages=1), audit(files, pages=number - 1)):
        assert few.status == 3
        assert "foreign files were not looked for" in {one.en for one in few.limits}
