"""Which key of receipts is believed, and what a queue must not be used for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from tests.desk.officials.bench import kit_of
from tests.desk.officials.post import item, receipt_key
from tests.desk.officials.test_status import Files, entries, shown
from tests.portal.intake.world import World, sign, vkey

from rekap.core.errors import Malformed
from rekap.core.log.entry import leaf_hash
from rekap.core.log.policy import Policy, open_checkpoint
from rekap.core.log.proofs import TlogProof
from rekap.core.signing import envelope as dsse
from rekap.core.signing.envelope import Envelope
from rekap.desk.officials.item import Item
from rekap.desk.officials.outbox import trust
from rekap.desk.officials.outbox.queue import Queue, Settings
from rekap.desk.officials.outbox.receipts import ReceiptKey
from rekap.desk.officials.outbox.upload import Address, Raw, Unreached
from rekap.desk.officials.sending.evidence import Evidence
from rekap.desk.officials.talk import Fault

WORLD = World.begun()
LOG = WORLD.entries[0]
OTHER = replace(WORLD, mode="replay")


@dataclass
class Site:
    """A portal of which only entry 0 is asked."""

    url: str = "https://rekap.example/rehearsal/"
    raw: Raw = field(default_factory=lambda: Raw(200, {}, LOG))
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> Address:
        return Address.parse(self.url)

    def get(self, path: str) -> Raw:
        self.asked.append(path)
        return self.raw


def find(site: Site, settings: Settings | None = None, *items: Item) -> Settings:
    return trust.find(settings or Settings(WORLD.origin, site.url), items, site)  # type: ignore[arg-type]


@pytest.fixture
def queue(tmp_path: Path) -> Queue:
    made = Queue(tmp_path / "antrean")
    made.create()
    return made


def test_entry_0_of_the_logs_own_host_names_the_key():
    site = Site()
    found = find(site)
    assert (found.receipt_key, found.key_from) == (receipt_key(WORLD).key.vkey, "site")
    assert found.url == site.url
    assert site.asked == ["bukti/0.json"]
    assert f"log {vkey(WORLD.origin, 'log')}\n" in found.policy


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/", "http://localhost/", "http://[::1]/"])
def test_this_machine_itself_may_stand_in_for_the_host(url: str):
    assert find(Site(url)).receipt_key


def test_the_gate_lies_below_the_logs_host_and_names_the_key_too():
    """On AWS officers send to a host of its own; the first who did was refused."""
    assert find(Site("https://kirim.rekap.example/v1/statements")).receipt_key


@pytest.mark.parametrize(
    "url",
    [
        "https://rekap.example.evil.example/",
        "https://evil.example/rekap.example/",
        "https://jahatrekap.example/",
    ],
)
def test_another_host_is_not_asked_for_the_key(url: str):
    site = Site(url)
    with pytest.raises(Fault, match="--kit"):
        find(site)
    assert site.asked == []


def test_a_known_key_is_not_asked_for_again():
    site = Site("https://mirror.example/")
    known = find(Site())
    assert find(site, known) == known
    assert site.asked == []


def test_the_log_statement_in_the_queue_names_the_key_of_a_log_that_has_not_begun():
    site = Site("https://new.example/", Raw(404, {}, b""))
    found = find(site, None, item(WORLD), Item.parse(LOG))
    assert (found.receipt_key, found.key_from) == (receipt_key(WORLD).key.vkey, "log")


def test_a_log_statement_that_is_not_validly_signed_names_nothing():
    forged = sign(WORLD.log_statement(), "root-1")
    with pytest.raises(Fault, match="not the log"):
        find(Site(raw=Raw(200, {}, forged)), None, Item.parse(forged))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (Raw(404, {}, b"<html>"), "no-log"),
        (Raw(403, {}, b""), "no-log"),
        (Raw(302, {"location": "https://wifi.example/"}, b""), "redirect"),
        (Raw(503, {}, b""), "busy"),
        (Raw(200, {}, b"  <!DOCTYPE html>"), "web-page"),
        (Raw(200, {}, b"x" * 70_000), "no-log"),
    ],
)
def test_what_is_no_entry_0_may_pass(raw: Raw, reason: str):
    with pytest.raises(Unreached) as told:
        find(Site(raw=raw))
    assert told.value.reason == reason


@pytest.mark.parametrize(
    "body", [b"", b"{}", WORLD.entries[1], sign(OTHER.log_statement(), "operator-1")]
)
def test_another_log_at_the_address_ends_it(body: bytes):
    with pytest.raises(Fault) as told:
        find(Site(raw=Raw(200, {}, body)))
    assert told.value.code == 1


# ---------------------------------------------------------------- one queue, one log


def test_a_queue_is_for_one_log(queue: Queue):
    queue.set(Settings(OTHER.origin))
    with pytest.raises(Fault, match="two different logs"):
        trust.settle(queue, kit=None, url=None, items=[item(WORLD)])
    with pytest.raises(Fault, match="two different logs"):
        trust.settle(queue, kit=kit_of(WORLD), url=None, items=[])


def test_a_kit_names_the_key_and_must_not_contradict_the_queue(queue: Queue):
    kit = kit_of(WORLD)
    found = trust.settle(queue, kit=kit, url="https://x.example/", items=[item(WORLD)])
    assert (found.receipt_key, found.key_from) == (kit.receipt_key, "kit")
    assert find(Site("https://evil.example/"), found) == found
    queue.set(found)
    assert trust.settle(queue, kit=kit, url=None, items=[]) == found
    wrong = vkey(f"{WORLD.origin}/receipt", "log")
    queue.set(replace(found, receipt_key=wrong))
    with pytest.raises(Fault, match="Do not go on"):
        trust.settle(queue, kit=kit, url=None, items=[])


def test_a_key_that_was_learned_is_not_forgotten(queue: Queue):
    queue.set(Settings("o", "https://a/", "key", "policy", "kit"))
    queue.set(Settings("o", "https://b/"))
    assert queue.settings() == Settings("o", "https://b/", "key", "policy", "kit")


def test_a_receipt_key_is_that_of_its_log():
    with pytest.raises(Malformed):
        ReceiptKey.parse(WORLD.origin, vkey(WORLD.origin, "receipt"), "x")
    assert trust.receipt_key(Settings(WORLD.origin)) is None


# ---------------------------------------------------------------- the log, asked by submit


def evidence(queue: Queue, files: object = None) -> Evidence:
    settings = trust.of_entry(entries()[0], "", "site")
    assert settings is not None
    shows = shown() if files is None else files
    return Evidence(queue, settings, lambda: Files(shows))  # type: ignore[arg-type]


def test_the_log_proves_what_it_holds_and_nothing_else(queue: Queue):
    for index in (0, 3, 255, len(entries()) - 1):
        own = Item.parse(entries()[index])
        data = evidence(queue).prove(own, index)
        assert data is not None
        proof = TlogProof.parse(data)
        settings = trust.of_entry(entries()[0], "", "site")
        assert settings is not None
        policy = Policy.parse(settings.policy.encode())
        assert proof.verify(bytes.fromhex(own.leaf), policy).size == len(entries())
        assert open_checkpoint(proof.checkpoint, policy)[0].size == len(entries())
        assert evidence(queue).prove(own, index + 1) is None
        assert evidence(queue, {}).prove(own, index) is None
        broken = {**shown(), "log/checkpoint": b"x"}
        assert evidence(queue, broken).prove(own, index) is None
    strange = Item.parse(sign(WORLD.form("001"), *WORLD.kpps("001")))
    assert evidence(queue).prove(strange, 3) is None


def _cosigned() -> tuple[int, list[int]]:
    """A statement whose signatures came one after another: first entry, and all of them."""
    by_id: dict[str, list[int]] = {}
    for index, entry in enumerate(entries()):
        with suppress(Malformed):
            by_id.setdefault(dsse.parse(entry).id, []).append(index)
    for places in by_id.values():
        signed = [{one.keyid for one in dsse.parse(entries()[at]).signatures} for at in places]
        if set.union(*signed) not in signed:
            return places[0], places
    raise AssertionError("no such statement")


def test_signatures_are_counted_over_all_entries_of_the_statement(queue: Queue):
    first, places = _cosigned()
    assert len(places) > 1
    parts = [dsse.parse(entries()[index]) for index in places]
    everybody = {one.keyid: one for part in parts for one in part.signatures}
    signatures = tuple(everybody[keyid] for keyid in sorted(everybody))
    whole = Item.parse(dsse.serialize(Envelope(parts[0].payload, signatures)))
    leaf = leaf_hash(entries()[first]).hex()
    assert evidence(queue).holds(whole, leaf, first)
    assert not evidence(queue).holds(whole, leaf, None)
    assert not evidence(queue).holds(whole, leaf, places[1])
    assert not evidence(queue).holds(whole, "ab" * 32, first)
    without = {path: data for path, data in shown().items() if path != f"bukti/{places[-1]}.json"}
    assert not evidence(queue, without).holds(whole, leaf, first)
    forged = {**shown(), f"bukti/{places[-1]}.json": whole.data}
    assert not evidence(queue, forged).holds(whole, leaf, first)


def test_an_envelope_in_the_queue_is_enough(queue: Queue):
    full = Item.parse(sign(WORLD.form("001"), *WORLD.kpps("001", 4)))
    queue.add(full)
    assert evidence(queue, {}).holds(item(WORLD), full.leaf, None)
    assert not evidence(queue, {}).holds(item(WORLD, "002"), full.leaf, None)
    more = Item.parse(sign(WORLD.form("001"), *WORLD.kpps("001", 5)))
    assert not evidence(queue, {}).holds(more, full.leaf, None)
