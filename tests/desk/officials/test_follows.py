"""An election that follows another is signed with the kit of that one."""

from __future__ import annotations

from tests.core.ledger.realm import Realm, names
from tests.core.ledger.world import key, signer
from tests.core.statements import builders

from rekap.audit.commands.speech import Say
from rekap.core import codec
from rekap.core.signing import envelope
from rekap.desk.officials.kits.cut import Scope, cut
from rekap.desk.officials.paper import Paper
from rekap.desk.officials.signing import quorum


def test_the_kit_of_the_election_that_is_followed_tells_whose_signatures_lack() -> None:
    realm = Realm(other=False)
    kit = cut(realm.state, lambda index: realm.entries[index], Scope(builders.ELECTION, "id"))
    after = {"election": builders.ELECTION, "contest": builders.CONTEST, "why": "rerun"}
    payload = builders.encode(
        builders.election(
            election="ulang",
            log=realm.origin,
            contests=[builders.contest(follows=after)],
            roots={"kpu": builders.keyset(key("ulang"))},
        )
    )
    roles = ["ulang", *names("operator", 2), *names("kpu", 2)]
    for signing, lack in ((roles, 0), (roles[:-1], 1), (roles[1:], 1), (roles[:3], 1)):
        data = envelope.parse(envelope.sign(payload, [signer(role) for role in signing]))
        found = quorum.of(Paper(data.payload, data.signatures), kit)
        assert found.verdict is not None
        assert not found.unknown
        assert len(found.verdict.shortfalls) == lack, signing
        told = list(quorum.lines(found, codec.decode(payload), Say("en")))
        for election in (builders.ELECTION, "ulang"):
            assert sum(f" {election}: " in line for line in told) == 1, told
