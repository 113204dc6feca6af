"""The exit code and the last line say the same: what is proved, by whose anchors, and what is not.

Also what a true log may hold and a reader should know of, which refutes nothing.
"""

from __future__ import annotations

from functools import cache

import pytest
from tests.audit.shelf import Portal, anchors, audit, published, witnessed
from tests.core.ledger.world import World, key, keyid, signer
from tests.core.statements import builders

from rekap.audit import checks
from rekap.audit.commands.speech import Say
from rekap.audit.commands.verdict import verdict_lines
from rekap.audit.verdict import Report
from rekap.core.log.entry import leaf_hash
from rekap.core.signing import envelope, note
from rekap.portal.intake.receipt import issue

OTHER = "pemilihan-contoh-2024"
KPPS = "kpps-90.01.01.1001-001"


def site(world: World) -> dict[str, bytes]:
    """The public folder of a world's log."""
    return Portal(world.entries, world.origin).whole()


def told(report: Report, lang: str = "id") -> list[str]:
    """The verdict's lines, with single spaces."""
    return [" ".join(line.split()) for line in verdict_lines(report, Say(lang))]


# ---------------------------------------------------------------- code and sentence


@pytest.mark.parametrize(
    ("found", "status", "word"),
    [
        ("", 0, "TERBUKTI menurut jangkar Anda: "),
        ("r", 1, "TERBANTAH: "), ("ru", 1, "TERBANTAH: "), ("rul", 1, "TERBANTAH: "),
        ("u", 2, "BELUM TERBUKTI: "), ("ul", 2, "BELUM TERBUKTI: "),
        ("l", 3, "SESUAI, sejauh dilihat: "), ("al", 3, "SESUAI, sejauh dilihat: "),
        ("a", 0, "TERBUKTI menurut jangkar Anda: "), ("rl", 1, "TERBANTAH: "),
    ],
)  # fmt: skip
def test_of_several_reasons_the_worst_gives_code_and_sentence(
    found: str, status: int, word: str
) -> None:
    report = Report("site", facts={"size": 7, "origin": "o", "root": "r", "site": {"size": 6}})
    for one in found:
        {"r": lambda: report.refute(checks.PAGES, "x", "a", "b"),
         "u": lambda: report.doubt(checks.PAGES, "x", "a", "b"),
         "a": lambda: report.run_ahead(checks.PAGES, "x", "a", "b"),
         "l": lambda: report.limit("satu sebab", "one reason")}[one]()  # fmt: skip
    assert report.status == status
    assert told(report)[-1].startswith(word)
    assert report.as_json()["status"] == status


def test_the_sentence_of_a_proof_names_both_sizes() -> None:
    report = Report("site", facts={"size": 7, "origin": "o", "root": "r", "site": {"size": 6}})
    assert (
        told(report, "en")[-1] == "PROVED by your anchors: 7 entries, and all pages up to entry 6."
    )


@pytest.mark.parametrize("without", ["log", "root", "witness", "nothing"])
def test_anchors_prove_only_if_they_are_whole(without: str) -> None:
    files = published()[0]
    policy, note = witnessed(files)
    starts = {"log": "#rekap log", "root": "#rekap root", "witness": "witness", "nothing": "?"}
    lines = policy.format().decode().splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith(starts[without]))
    if without == "witness":
        text = text.replace("quorum w1", "quorum none")
    own = type(policy).parse(text.encode())
    report = audit({**files, "log/checkpoint": note}, policy=own)
    assert report.status == (0 if without == "nothing" else 3)
    assert len(report.limits) == (0 if without == "nothing" else 1)


@pytest.mark.parametrize(("mode", "asked"), [("replay", 0), ("rehearsal", 1)])
def test_only_a_replay_is_proved_by_anchors_that_ask_for_no_witness(mode: str, asked: int) -> None:
    """Anybody can make its log again from its sources; of another one might be shown to one."""
    world = World(mode=mode)
    world.begin()
    report = audit(site(world), policy=anchors(site(world)))
    assert [one.en for one in report.limits] == ["the anchors ask for no witness"] * asked
    assert report.status == (3 if asked else 0)


def test_a_second_election_by_one_operator_is_named_in_the_last_sentence() -> None:
    """One operator's key opens an election of the same name and date with roots of his own."""
    world = World()
    world.begin()
    paper = anchors(site(world))
    assert [limit.en for limit in audit(site(world), policy=paper).limits] == [
        "the anchors ask for no witness"
    ]
    roots = {"kpu": builders.keyset(key("palsu/root"))}
    world.add(builders.election(roots=roots, election=OTHER), "palsu/root", "operator/1")
    assert world.last["status"] == "effective"
    report = audit(site(world), policy=paper)
    assert report.status == 3
    assert f"jangkar tidak menyebut pemilihan {OTHER}" in told(report)[-1]
    assert OTHER in told(report, "en")[-1]


@pytest.mark.parametrize(
    "change",
    [
        {"election": "pemilihan-contol"}, {"election": "pemilihan--contoh"},
        {"election": "pemilihan-cont"}, {"date": "2024-11-28"},
        {"contests": [builders.contest(id="gubernur-91", region="91")]},
    ],
)  # fmt: skip
@pytest.mark.parametrize("pages", [0, 1])
def test_a_second_election_is_named_whatever_it_is_called_and_however_little_is_looked_at(
    change: dict[str, object], pages: int
) -> None:
    world = World()
    world.begin()
    paper = anchors(site(world))
    roots = {"kpu": builders.keyset(key("palsu/root"))}
    fields = {"election": OTHER, "roots": roots, **change}
    world.add(builders.election(**fields), "palsu/root", "operator/1")
    assert world.last["status"] == "effective"
    report = audit(site(world), policy=paper, pages=pages)
    assert report.status == 3
    assert f"election {fields['election']} (entry" in told(report, "en")[-1]


# ---------------------------------------------------------------- what is told besides


@cache
def troubled() -> World:
    """A form by a stolen key, a rival, a form after the result, one of a TPS that left, a void."""
    world = World()
    world.begin()
    first = world.form()
    other = {**builders.form("c_hasil")["figures"], "pair_1": 20, "pair_2": 195}
    world.form(at="2024-11-27T15:05:00+07:00", figures=other)
    assert world.last["status"] == "rival", first
    ppk = world.persons("ppk-90.01.01", 2)
    stolen = builders.revoke(keyid=keyid(f"{KPPS}-1"), reason="stolen", suspect_from=0)
    world.add(stolen, *ppk)
    world.form(tps="002")
    roster = builders.encode({**builders.roster("90.01.01.1001"), "log": world.origin})
    world.add(
        builders.roster("90.01.01.1001", revision=2, previous=envelope.statement_id(roster),
                        tps=[builders.station("001")]),
        *world.persons("kpu-kabko-90.01", 2),
    )  # fmt: skip
    assert world.last["status"] == "effective"
    world.add(builders.determination(), *world.persons("kpu-prov-90"))
    world.form(region="90.01.01.1002")
    world.form(tps="001", at="2024-11-27T16:05:00+07:00")
    assert (world.last["status"], world.last["why"]) == ("void", "unknown-key")
    return world


def test_what_a_reader_should_know_of_a_true_log_is_counted_whatever_the_code() -> None:
    world = troubled()
    report = audit(site(world))
    facts = report.facts
    assert report.status == 3
    assert (facts["contested"], facts["unlisted"], facts["void_forms"]) == (1, 1, 1)
    assert facts["marks"] == {"K1": 1, "L2": 1, "L4": 1}
    lines = told(report)
    last = len(world.entries) - 1
    assert {
        "diperebutkan 1",
        "luar daftar 1 TPS, formulirnya berlaku",
        "tanda K1: 1, L2: 1, L4: 1",
        f"tidak berlaku 1, 1 di antaranya formulir: {last} (unknown-key)",
    } <= set(lines)
    broken = audit({**site(world), "index.html": b""})
    assert broken.status == 1
    assert {"diperebutkan 1", "tanda K1: 1, L2: 1, L4: 1"} <= set(told(broken))


def receipt_of(world: World, index: int) -> bytes:
    """What the sender of an entry was given."""
    entry = world.entries[index]
    return issue(
        origin=world.origin, leaf=leaf_hash(entry).hex(), id=envelope.parse(entry).id,
        received_at=100, signer=signer("receipt"),
    )  # fmt: skip


def test_a_receipt_of_a_void_entry_is_recorded_and_without_effect() -> None:
    """The portal kept its promise to log it: that refutes nothing, and the form counts nowhere."""
    world = troubled()
    index = len(world.entries) - 1
    receipts = {at: receipt_of(world, at) for at in (index, 5)}
    files = site(world)
    void = audit(files, receipt=receipts[index], now=10_000)
    assert void.status == 3
    assert void.limits[-1].id == (
        f"tanda terima itu untuk catatan {index}: dicatat, tidak berlaku (unknown-key)"
    )
    assert f"tanda terima catatan {index} (void)" in told(void)
    strange = receipts[5].replace(b"/log/receipt\n", b"/lain/receipt\n", 1)
    signed = note.sign(
        strange.partition(b"\n\n")[0] + b"\n", f"{world.origin}/receipt", signer("receipt")
    )
    assert audit(files, receipt=signed, now=10_000).status == 2, "of the receipt key, of no receipt"
    kept = audit(files, receipt=receipts[5], now=10_000)
    assert len(kept.limits) == len(void.limits) - 1
