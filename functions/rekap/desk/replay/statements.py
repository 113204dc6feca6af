"""The statements of a replay as signed envelopes: canonical bytes, ready to be sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from rekap.core import codec, packaged
from rekap.core.ledger import offices, rulings
from rekap.core.log.policy import Block, Policy
from rekap.core.signing import envelope, note
from rekap.core.signing.envelope import statement_id
from rekap.core.signing.keys import PublicKey
from rekap.core.signing.note import NoteKey
from rekap.core.signing.signer import Signer, derive
from rekap.core.statements import model, regions
from rekap.desk.elections import rosters
from rekap.desk.elections.values import Election, Paper
from rekap.desk.replay import persons as people
from rekap.desk.replay.persons import Office, Persons
from rekap.portal.intake.receipt import key_name

_OF_AN_ANSWER: Final = ("outcome", "answered")
"""What a line of a folder says of the answer to it."""


def keyid_of(person: Mapping[str, str]) -> str:
    """The id of the key of a person as a grant names it."""
    return PublicKey(person["alg"], codec.b64decode(person["key"])).keyid


@dataclass(frozen=True)
class Writer:
    """Writes and signs the statements of one log. `at` is the time that the log's own carry."""

    origin: str
    seed: str
    at: str

    @cached_property
    def log_signer(self) -> Signer:
        """The key that signs checkpoints."""
        return derive(self.seed, "log")

    @cached_property
    def receipt_signer(self) -> Signer:
        """The key that signs receipts."""
        return derive(self.seed, "receipt")

    def log(self) -> bytes:
        """Entry 0: a replay whose policy asks for no witness."""
        log_key = NoteKey.of(self.origin, note.ED25519, self.log_signer.public).vkey
        receipt = NoteKey.of(key_name(self.origin), note.ED25519, self.receipt_signer.public)
        operator = people.operator(self.seed)
        fields = {
            "kind": "log",
            "mode": "replay",
            "log_key": log_key,
            "receipt_key": receipt.vkey,
            "operators": {"k": 1, "keys": [people.public(operator)]},
            "rp_id": self.origin.split("/")[0].split(":")[0],
            "policy": [f"log {log_key}", "quorum none"],
        }
        return self.signed(fields, self.at, [operator])

    def anchors(self, election_ids: Iterable[str]) -> bytes:
        """The paper anchors of this log, from its keys alone: nothing published is asked."""
        roots = tuple((one, (people.root(self.seed, one).keyid,)) for one in election_ids)
        log_key = NoteKey.of(self.origin, note.ED25519, self.log_signer.public)
        first = envelope.parse(self.log()).id
        return Policy((Block(log_key, log_id=first, roots=roots),)).format()

    def publication(self, release: str, *, fixed: bool) -> bytes:
        """Which release renders from here on; `fixed` says that a test named it.

        Only the release of this very program has a verifier in the browser that is known here.
        """
        from rekap.core.pages.look import verifier

        own = (
            {"fixed": True} if fixed else {"verifier": verifier.digest(packaged.templates_folder())}
        )
        fields = {"kind": "publication", "release": release, **own}
        return self.signed(fields, self.at, [people.operator(self.seed)])

    def signed(self, fields: dict[str, Any], at: str, signers: Sequence[Signer]) -> bytes:
        """The envelope of a statement of this log."""
        payload = codec.encode({**fields, "log": self.origin, "at": at}, nulls=True)
        return envelope.sign(payload, signers)


class ElectionWriter:
    """Writes and signs the statements of one election.

    It remembers the id of each form it wrote, since a revision names the one before and the form
    of a kecamatan its sheets: forms must be written in the order of the log.
    """

    def __init__(self, writer: Writer, election: Election, persons: Persons) -> None:
        self.election = election
        self.persons = persons
        self._writer = writer
        self._at = midnight(election)
        self._children = rosters.children(election.places)
        self._ids: dict[tuple[str, str, str, str | None], str] = {}
        self._sheets: dict[tuple[str, str], dict[str, str]] = {}
        self._certificates: dict[tuple[str, str, int], str] = {}
        self._recommended: dict[int, str] = {}
        self._objected: dict[int, str] = {}
        self._withheld: dict[str, tuple[str, int]] = {}
        self._begun: set[str] = set()
        self._begun_at: tuple[str | None, int] = None, 0
        self._until = election.settings["date"]
        self._decided: dict[tuple[str, str, tuple[str, ...]], tuple[str, int]] = {}

    def election_statement(self, begun: Iterable[str] = (), until: str = "") -> bytes:
        """The next revision of the election, signed by its root and the operator: with the contests
        that have `begun` besides those before, and what became of pairs up to the day `until`. The
        first one also by the roots of the elections that it follows.
        """
        before, revision = self._begun_at
        others = () if before else sorted(offices.followed(self.election.settings))
        roots = [people.root(self.persons.seed, one) for one in (self.election.id, *others)]
        self._begun |= {*begun}
        self._until = max(self._until, until)
        fields = {
            **self.election.settings,
            "contests": [*map(self._so_far, self._contests())],
            "kind": "election",
            "roots": self.persons.roots(),
            "revision": revision + 1,
            **({"previous": before} if before else {}),
        }
        data = self._signed(fields, [*roots, people.operator(self.persons.seed)])
        self._begun_at = envelope.parse(data).id, revision + 1
        return data

    def _contests(self) -> list[dict[str, Any]]:
        """The contests that have begun, in the order in which they stand in the election."""
        return [one for one in self.election.settings["contests"] if one["id"] in self._begun]

    def _so_far(self, contest: dict[str, Any]) -> dict[str, Any]:
        """A contest with what was said of its pairs up to now."""
        pairs = []
        for pair in contest["pairs"]:
            notes = [one for one in pair.get("notes", ()) if one["date"] <= self._until]
            told = {name: value for name, value in pair.items() if name != "notes"}
            pairs.append(told | ({"notes": notes} if notes else {}))
        return {**contest, "pairs": pairs}

    def roster(self, code: str) -> bytes:
        """The children of a region, or the TPS of a kelurahan."""
        fields: dict[str, Any] = {"kind": "roster", "region": code, "revision": 1}
        if code != regions.COUNTRY and regions.child_level(code) == "tps":
            fields["tps"] = rosters.stations(self.election.places, code)
        else:
            fields["children"] = self._children[code]
        depth = regions.depth(code)
        office = self.persons.body(0 if depth < 2 else min(depth - 1, 2), code)
        return self._signed(fields, self.persons.signers(office, "roster"))

    def grant(self, office: Office) -> bytes:
        """The persons of an office with their keys."""
        body, code, tps = office
        kind, _, side = body.partition("/")
        fields = {
            "kind": "grant",
            "body": kind,
            "region": code,
            "persons": self.persons.granted(office),
            **({"tps": tps} if tps else {}),
            **({"pair": int(side)} if kind == "saksi" else {}),
            **({"organisation": side} if kind == "pemantau" else {}),
        }
        return self._signed(fields, self.persons.signers(self.persons.granter(office), "grant"))

    def acting(self, said: Mapping[str, Any]) -> list[bytes]:
        """Another does the work of an office from now on: its keys end, those of others begin."""
        office: Office = (said["body"], said["region"], None)
        signers = self.persons.signers(self.persons.granter(office), "grant")
        ended = [
            self._signed({"kind": "revoke", "keyid": keyid_of(one), "reason": "replaced"}, signers)
            for one in self.persons.granted(office)
        ]
        self.persons.acting[office] = said["acting"]
        begun = {
            "kind": "grant", "body": said["body"], "region": said["region"],
            "acting": said["acting"], "persons": self.persons.granted(office),
        }  # fmt: skip
        return [*ended, self._signed(begun, signers)]

    def form(self, paper: Paper) -> bytes:
        """A form or a running figure; the revision before it must have been written."""
        fields: dict[str, Any] = {
            "kind": "form",
            "contest": paper.contest,
            "form": paper.form,
            "region": paper.region,
            "revision": paper.revision,
            "figures": paper.figures,
        }
        if paper.tps is not None:
            fields["tps"] = paper.tps
        if paper.revision > 1:
            fields["previous"] = self._ids[paper.slot]
            fields["reason"] = paper.reason
        if paper.attended:
            fields["attended"] = dict(paper.attended)
        if paper.explanations:
            fields["explanations"] = list(paper.explanations)
        if paper.form == model.SUMMARY:
            fields["stations_in"] = paper.stations_in
            fields["stations_expected"] = paper.stations_expected
            fields["as_of_text"] = paper.as_of_text
        else:
            fields["count"] = paper.count
        fields |= self._columns(paper)
        office = self.persons.form_office(paper.form, paper.region, paper.tps)
        data = self._signed(fields, self.persons.signers(office, paper.form))
        self._remember(paper, data)
        return data

    def decision(self, kind: str, one: dict[str, Any]) -> bytes:
        """A determination of the result of a contest, a ruling about it, or who is elected.

        Each continues the last one of its contest or number. A determination names the certificate
        whose revision it has in `certificate`, else the last one that is written, if there is one.
        """
        line = (kind, one["contest"], rulings.spelled(one["number"]) if kind == "ruling" else ())
        before, revision = self._decided.get(line, (None, 0))
        fields = {"kind": kind, "revision": revision + 1, **one}
        known = [key[2] for key in self._certificates if key[:2] == (one["contest"], one["region"])]
        named = fields.pop("certificate", max(known, default=0))
        if kind == "determination" and named in known:
            fields["certificate"] = self._certificates[one["contest"], one["region"], named]
        if before is not None:
            fields["previous"] = before
        depth = min(regions.depth(one["region"]), 2)
        office = self.persons.body(depth, one["region"])
        data = self._signed(fields, self.persons.signers(office, "determination"))
        self._decided[line] = (envelope.parse(data).id, revision + 1)
        return data

    def recommendation(self, said: Mapping[str, Any]) -> bytes:
        """What a supervisor recommends."""
        fields = {"kind": "recommendation", **said}
        del fields["response"]
        task = model.ADVICE if said["type"] == model.ADVICE else "recommendation"
        office = said["body"], said["region"], said.get("tps")
        data = self._signed(fields, self.persons.signers(office, task))
        self._recommended[id(said)] = envelope.parse(data).id
        return data

    def response(self, said: Mapping[str, Any]) -> bytes:
        """What the organiser does about a recommendation that was written."""
        fields = {"kind": "response", **said["response"], "to": self._recommended[id(said)]}
        office = self.persons.responder(said["response"])
        return self._signed(fields, self.persons.signers(office, "response"))

    def copy(self, said: Mapping[str, Any]) -> bytes:
        """The figures of a copy."""
        fields = {"kind": "copy", **said}
        del fields["before"]
        office = people.holder(self.election, said)
        return self._signed(fields, self.persons.signers(office, "copy"))

    def incident(self, said: Mapping[str, Any]) -> bytes:
        """A line of the paper of special events: an objection or an event."""
        fields = {name: value for name, value in said.items() if name not in _OF_AN_ANSWER}
        office = people.teller(self.persons, said)
        data = self._signed(fields, self.persons.signers(office, said["kind"]))
        self._objected[id(said)] = envelope.parse(data).id
        return data

    def answer(self, said: Mapping[str, Any]) -> bytes:
        """What became of an objection that was written."""
        slot = ("contest", "form", "region", "tps")
        fields = {
            "kind": "answer", **{name: said[name] for name in slot if name in said},
            "to": [self._objected[id(said)]], "outcome": said["outcome"],
        }  # fmt: skip
        office = people.answerer(self.persons, said)
        return self._signed(fields, self.persons.signers(office, people.answering(said)))

    def readiness(self, said: Mapping[str, Any]) -> bytes:
        """What a TPS has or gave back."""
        giver, taker = people.hands(self.persons, said)
        signers = [
            *self.persons.signers(giver, model.READINESS),
            *self.persons.signers(taker, model.READINESS),
        ]
        return self._signed(dict(said), signers)

    def pictures(self, said: Mapping[str, Any]) -> bytes:
        """The pictures of a form."""
        office = self.persons.form_office(said["form"], said["region"], said.get("tps"))
        return self._signed(dict(said), self.persons.signers(office, "pictures"))

    def withhold(self, said: Mapping[str, Any]) -> bytes:
        """Words or a picture are not served any more, or are again: the operator says so."""
        before, revision = self._withheld.get(said["digest"], ("", 0))
        fields = {"kind": "withhold", **said, "revision": revision + 1}
        if before:
            fields["previous"] = before
        data = self._writer.signed(fields, self._at, [people.operator(self.persons.seed)])
        self._withheld[said["digest"]] = envelope.parse(data).id, revision + 1
        return data

    def _columns(self, paper: Paper) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if paper.sheet is not None:
            fields["children"] = list(paper.sheet.children)
            fields["rows"] = {name: list(cells) for name, cells in paper.sheet.rows.items()}
            fields |= paper.corrected
        if paper.form == "d_hasil_kecamatan":
            sheets = self._sheets.get((paper.contest, paper.region))
            if sheets:
                fields["sheets"] = [sheets[code] for code in sorted(sheets)]
        return fields

    def _remember(self, paper: Paper, data: bytes) -> None:
        if paper.rival:
            return
        name = statement_id(envelope.parse(data).payload)
        self._ids[paper.slot] = name
        if paper.form in model.SHEETS:
            self._certificates[paper.contest, paper.region, paper.revision] = name
        if paper.form == "d_hasil_kelurahan":
            key = paper.contest, regions.parent(paper.region)
            self._sheets.setdefault(key, {})[paper.region] = name

    def _signed(self, fields: dict[str, Any], signers: Sequence[Signer]) -> bytes:
        return self._writer.signed({**fields, "election": self.election.id}, self._at, signers)


def midnight(election: Election) -> str:
    """The first second of the election's day in its own zone, as statements spell it."""
    offset = model.TIMEZONES[election.settings["timezone"]]
    return f"{election.settings['date']}T00:00:00{offset}"
