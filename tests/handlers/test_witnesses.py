"""`sequence` asks the witnesses of entry 0, and proofs wait until its policy is met."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.live_portal import upload
from tests.portal.intake.world import RELEASE, World, sign, signer, vkey
from tests.witness import Witness, served

from handlers import access, publish, sequence, submit, wiring
from rekap.core.log import status
from rekap.core.log.policy import Policy, meets, open_checkpoint
from rekap.core.log.witness import Reply
from rekap.core.signing.note import NoteKey
from rekap.portal.store.local import keys
from rekap.portal.store.local.bell import SilentBell

CLOCK = 1_732_690_000


class Office:
    """A portal in a folder whose entry 0 names witnesses; what it says is kept."""

    def __init__(self, folder: Path, policy: list[str], questions: int = 0) -> None:
        self.folder, self.world = folder, World()
        self.questions, self.now = questions, CLOCK
        self.lines: list[Any] = []
        self.measured: dict[str, float] = {}
        self.policy = Policy.parse("".join(f"{line}\n" for line in policy).encode())
        for role in ("log", "receipt"):
            keys.save(folder / "keys", role, signer(role)._private.private_bytes_raw())
        self.send(sign(self.world.log_statement(policy=policy), "operator-1"))

    def send(self, entry: bytes) -> None:
        self.world.log(entry)
        assert submit.respond(upload(entry), self.portal())["statusCode"] == 201
        self.run(self.portal())

    def portal(self) -> access.Portal:
        """The portal as a process sees it that remembers nothing."""
        return wiring.embedded(
            self.folder,
            access.Settings(self.world.origin, release=RELEASE, questions=self.questions),
            bell=SilentBell(),
            clock=lambda: self.now,
            journal=self.lines.append,
            meter=lambda _, values, dimensions: self.measured.update(values),
        )

    def run(self, portal: access.Portal) -> None:
        sequence.respond({}, portal)
        publish.respond({}, portal)

    def meets(self) -> bool:
        data = (self.folder / "public/log/checkpoint").read_bytes()
        return meets(self.policy, open_checkpoint(data, self.policy)[1])

    def proofs(self) -> list[str]:
        return sorted(p.name for p in (self.folder / "public/bukti").glob("*.tlog-proof"))


def test_a_checkpoint_is_cosigned_and_proofs_wait_for_the_policy(tmp_path: Path) -> None:
    world = World()
    log_key = NoteKey.parse(vkey(world.origin, "log"))
    witness = Witness("saksi.example/kampus", signer("kampus"), log_key)
    with served(witness) as url:
        rows = [
            f"log {log_key.vkey}",
            f"witness kampus {witness.vkey} {url}",
            "quorum kampus",
        ]
        office = Office(tmp_path / "portal", rows)
        release = sign(office.world.of_log("publication", release=RELEASE), "operator-1")
        office.send(release)
        assert witness.asked == [0], "the policy is in the log from the second run on"
        assert office.meets()
        assert office.proofs() == ["0.tlog-proof", "1.tlog-proof"]
        assert office.measured["Cosigned"] == 1
    election = sign(
        office.world.election(), "root-1", "root-2", "operator-1"
    )  # fmt: skip
    office.send(election)
    assert not office.meets(), "the witness is gone"
    assert office.proofs() == ["0.tlog-proof", "1.tlog-proof"], "a new proof waits"
    end = next(line for line in reversed(office.lines) if "silent" in line)
    assert end["silent"] == {"kampus": "no answer"}
    assert office.measured["SilentWitnesses"] == 1


def test_a_checkpoint_that_meets_the_policy_later_brings_proofs_and_changes_nothing_else(
    tmp_path: Path,
) -> None:
    """How many witnesses signed is evidence: pages, twins and data never say it; site.json says
    only which entries have their proofs.
    """
    world = World()
    log_key = NoteKey.parse(vkey(world.origin, "log"))
    heard = Witness("saksi.example/kampus", signer("kampus"), log_key)
    late = Witness("saksi.example/pers", signer("pers"), log_key)
    answers = late.add_checkpoint
    late.add_checkpoint = lambda body: Reply(503, "text/plain", b"")
    with served(heard) as first, served(late) as second:
        rows = [
            f"log {log_key.vkey}",
            f"witness kampus {heard.vkey} {first}",
            f"witness pers {late.vkey} {second}",
            "group saksi all kampus pers",
            "quorum saksi",
        ]
        office = Office(tmp_path / "portal", rows)
        office.send(sign(office.world.of_log("publication", release=RELEASE), "operator-1"))
        office.run(office.portal())
        before = files(office.folder / "public")
        assert not office.meets()
        assert office.proofs() == []
        late.add_checkpoint = answers
        office.run(office.portal())
        after = files(office.folder / "public")
    assert office.meets()
    proofs = {"bukti/0.tlog-proof", "bukti/1.tlog-proof"}
    changed = {path for path in after if after[path] != before.get(path)}
    assert changed == {"log/checkpoint", "site.json", *proofs}
    claims = [json.loads(one["site.json"]) for one in (before, after)]
    assert claims == [{**claims[1], "proofs": 0}, {**claims[1], "proofs": 2}]
    office.run(office.portal())
    assert files(office.folder / "public") == after


def test_a_witness_is_asked_as_often_a_day_as_the_portal_told_its_network(tmp_path: Path) -> None:
    world = World()
    log_key = NoteKey.parse(vkey(world.origin, "log"))
    witness = Witness("saksi.example/kampus", signer("kampus"), log_key)
    with served(witness) as url:
        rows = [f"log {log_key.vkey}", f"witness kampus {witness.vkey} {url}", "quorum kampus"]
        office = Office(tmp_path / "portal", rows, questions=4_320)
        office.send(sign(office.world.of_log("publication", release=RELEASE), "operator-1"))
        assert office.meets()
        office.now += 19
        office.send(sign(office.world.election(), "root-1", "root-2", "operator-1"))
        assert witness.asked == [0]
        assert not office.meets(), "the log went on without it"
        office.now += 1
        office.run(office.portal())
        assert witness.asked == [0, 2]
        assert office.meets()
    said = status.parse((office.folder / "public/log/status.json").read_bytes())
    assert said == status.Status(
        world.origin, "running", "", (status.Reached("kampus", 3, CLOCK + 40),)
    )


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
