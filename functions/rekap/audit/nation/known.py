"""What some entries of a log prove, read in their order: who said what, and by whose leave.

The rules are those of the whole log (`ledger.authority` decides), asked of the entries at hand: the
form of a contest, the grants of its signers' keys, the grants of theirs, down to the roots and the
first entry that the anchors name. What the whole log may say besides is not known here: a key that
was revoked, a later revision, a rival, another reason for which an entry is void.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rekap.core.errors import NotVerified
from rekap.core.ledger import authority, effects, kinds
from rekap.core.ledger.offices import ROOT_KPU
from rekap.core.log.policy import Block
from rekap.core.signing import envelope as dsse
from rekap.core.signing.keys import read_key, verify
from rekap.core.statements import regions, schema
from rekap.core.statements.model import SHEETS

Record = dict[str, Any]
Signer = Mapping[str, Any]
SILENT: Final = frozenset(
    {
        "publication",
        "app",
        "clock",
        "close",
        "objection",
        "event",
        "answer",
        "recommendation",
        "response",
        "copy",
        "readiness",
        "pictures",
        "withhold",
    }
)
"""Kinds that change nothing here."""
OF_A_WHOLE_CONTEST: Final = frozenset({"determination", "elected", "ruling"})
"""Kinds of which there is none about a place below the contest's own region."""
OF_A_CONTEST: Final = OF_A_WHOLE_CONTEST | {"form"}
"""Kinds that must fit the contest that they name."""


_FAULTS: Final = {
    "no-new-signature": "nobody signs it who did not before",
    "not-entitled": "signed by a key that may not sign it",
}


class Elsewhere(NotVerified):
    """Nothing contradicts itself, but what would prove it is not among these entries."""


@dataclass(slots=True)
class Said:
    """A statement that entries carry. `signers` are key records by key id.

    `effect` is the index of the entry by which enough persons had signed, None while they have not.
    `counted` are the key ids that the thresholds count, those of later entries too.
    """

    id: str
    fields: Record
    signers: dict[str, Signer] = field(default_factory=dict)
    counted: tuple[str, ...] = ()
    effect: int | None = None


class Known:
    """The register as some entries make it: a view (`offices.View`) that grows by `read`."""

    def __init__(self, anchors: Block, mode: str) -> None:
        """`anchors` name the log's key, entry 0 and the first roots of elections."""
        self._anchors = anchors
        self._roots = dict(anchors.roots)
        self._mode = mode
        self._maps: dict[str, Record] = {"meta": {}, "keys": {}}
        self._last: dict[tuple[str, ...], tuple[int, str]] = {}
        self.said: dict[str, Said] = {}
        self.names: dict[tuple[str, str], str] = {}
        """(election, region) -> its name by the newest roster that was read."""

    def get(self, name: str, key: str) -> Any:
        """See `offices.View`; maps of which nothing is known here are empty."""
        return self._maps.get(name, {}).get(key)

    def election(self, election_id: str) -> Record | None:
        """Return an election as its newest revision that was read says it."""
        found: Record | None = self.get("meta", f"election/{election_id}")
        return found

    def read(self, index: int, entry: bytes) -> Said:
        """Take up entry `index`; entries come in their order.

        Raises:
            Malformed: no envelope, or no statement.
            NotVerified: it proves nothing by the entries before it; nothing is changed then.
            Elsewhere: others that were not read could prove it.
        """
        envelope = dsse.parse(entry)
        parsed = schema.parse_statement(envelope.payload)
        fields = parsed.fields
        self._belongs(index, fields, envelope.id)
        if schema.mode_findings(parsed, self._mode):
            raise NotVerified("a statement for a replay only", f"entry {index}")
        before = self.said.get(envelope.id) or Said(envelope.id, fields)
        signers = self._signers(index, envelope, fields)
        wanted = kinds.requirements(self, fields)
        joined = authority.join(self, fields, wanted, before.signers, signers.items())
        if joined.fault is not None:
            raise NotVerified(_FAULTS[joined.fault], f"entry {index}")
        takes_effect = before.effect is None and not joined.verdict.shortfalls
        if takes_effect:
            self._apply(index, fields, envelope.id)
        new = dict(joined.new)
        before.signers |= new
        before.counted += tuple(keyid for keyid in joined.verdict.counted if keyid in new)
        if takes_effect:
            before.effect = index
            self._remember(fields, envelope.id)
            before.counted = tuple(one for one in before.counted if one not in joined.past)
        self.said[envelope.id] = before
        return before

    def _remember(self, fields: Record, statement_id: str) -> None:
        """Keep an objection for who withdraws it: `offices.answer` asks whose it was."""
        if fields["kind"] == "objection":
            key = f"objection/{statement_id}"
            self._maps["meta"] |= {f"objection-of/{statement_id}": {"key": key}, key: fields}

    def _belongs(self, index: int, fields: Record, statement_id: str) -> None:
        place = f"entry {index}"
        if (index == 0) != (fields["kind"] == "log"):
            raise NotVerified("entry 0 alone is a `log`", place)
        if index == 0:
            if statement_id != self._anchors.log_id:
                raise NotVerified("not the entry 0 of the anchors", place)
            if fields["log_key"] != self._anchors.key.vkey:
                raise NotVerified("not the log key of the anchors", place)
            if fields["mode"] != self._mode:
                raise NotVerified("another mode than the list says", place, self._mode)
            return
        log = self.get("meta", "log")
        if log is None or fields["log"] != log["log"]:
            raise NotVerified("a statement of another log", place)
        if fields["kind"] != "election" and "election" in fields:
            self._begun(fields["election"], place)

    def _begun(self, election: str, place: str) -> None:
        if self.election(election) is None:
            raise Elsewhere("an election that nothing began", place)

    def _signers(self, index: int, envelope: dsse.Envelope, fields: Record) -> dict[str, Record]:
        """Return the key of each signature; every one of them verifies."""
        scope = authority.scope_in_force(self, fields)
        found = {}
        for signature in envelope.signatures:
            key = authority.known_key(self, fields, signature.keyid)
            if key is None:
                raise Elsewhere("a key that nothing granted", f"entry {index}")
            verify(read_key(key["alg"], key["key"]), envelope.message, signature, scope)
            found[signature.keyid] = key
        return found

    def _apply(self, index: int, fields: Record, statement_id: str) -> None:
        kind, place = fields["kind"], f"entry {index}"
        line = _line(fields)
        if line is not None:
            revision, previous = self._last.get(line, (0, ""))
            if (fields["revision"], fields.get("previous", "")) != (revision + 1, previous):
                raise NotVerified("not the revision after the one before", place)
        if kind == "log":
            self._open(index, fields, place)
        elif kind == "election":
            self._begin(index, fields, place)
        elif kind == "grant":
            self._grant(index, fields, place)
        elif kind == "revoke":
            self._revoke(index, fields, place)
        elif kind == "roster":
            for child in fields.get("children", ()):
                self.names[fields["election"], child["code"]] = child["name"]
        elif kind == "uploaders":
            self._add_pages(index, fields, place)
        elif kind in OF_A_CONTEST:
            self._fits(fields, place)
        if line is not None:
            self._last[line] = (fields["revision"], statement_id)

    def _open(self, index: int, fields: Record, place: str) -> None:
        named = authority.keys_named(fields)
        whole = len(named) == len(fields["operators"]["keys"]) + 2
        if not whole or not effects.has_policy(fields):
            raise NotVerified("keys or a policy that begin no log", place)
        self._register(index, named, place)
        self._maps["meta"]["log"] = fields

    def _add_pages(self, index: int, fields: Record, place: str) -> None:
        """Passkeys may sign on more pages: signatures of later entries may name them."""
        if schema.uploader_findings(fields, self._maps["meta"]["log"]["rp_id"]):
            raise NotVerified("a page on which no passkey of this log signs", place)
        added = self._maps["meta"].setdefault("uploaders", {"origins": [], "entries": []})
        added["origins"] = sorted({*added["origins"], *fields["origins"]})
        added["entries"].append(index)

    def _begin(self, index: int, fields: Record, place: str) -> None:
        """An election begins with the roots of the anchors, or a revision follows."""
        name = fields["election"]
        named = authority.keys_named(fields)
        before = self.election(name)
        if before is None:
            own = sorted(keyid for keyid, key in named.items() if key["body"] == ROOT_KPU)
            if fields["revision"] != 1 or own != sorted(self._roots.get(name, ())):
                raise NotVerified("roots that the anchors do not name", place)
        elif not effects.may_revise(before, fields):
            raise NotVerified("a revision that changes what it may not", place)
        self._register(index, named, place)
        for keyid in authority.keys_named(before) if before else ():
            if keyid not in named:
                self._maps["keys"][keyid] = {**self._maps["keys"][keyid], "revoked": index}
        governor = any(contest["office"] == "governor" for contest in fields["contests"])
        self._maps["meta"][f"election/{name}"] = {**fields, "provincial": governor}

    def _grant(self, index: int, fields: Record, place: str) -> None:
        names = ("election", "body", "region", "tps", "pair", "organisation", "acting")
        seat = {name: fields[name] for name in names if name in fields}
        keys = {
            read_key(one["alg"], one["key"]).keyid: {**one, **seat} for one in fields["persons"]
        }
        if any(keyid in self._maps["keys"] for keyid in keys):
            raise NotVerified("a key of somebody already", place)
        self._register(index, keys, place)

    def _register(self, index: int, named: dict[str, Record], place: str) -> None:
        """Register all keys, or none: nothing is changed by what is refused."""
        if not authority.are_acceptable(named.values()):
            raise NotVerified("a key by which nothing can verify", place)
        new = {}
        for keyid, key in named.items():
            known = self._maps["keys"].get(keyid)
            if known is None:
                new[keyid] = {**key, "grant": index}
            elif "revoked" in known or (known["election"], known["body"]) != (
                key["election"], key["body"],
            ):  # fmt: skip
                raise NotVerified("a key of somebody already", place)
        self._maps["keys"].update(new)

    def _revoke(self, index: int, fields: Record, place: str) -> None:
        key = self.get("keys", fields["keyid"])
        if key is None or key["election"] != fields["election"]:
            raise Elsewhere("no key that these entries granted", place)
        self._maps["keys"][fields["keyid"]] = {**key, "revoked": index}

    def _fits(self, fields: Record, place: str) -> None:
        """A statement of a contest names one of the election, a region of it, and its pairs."""
        election = self.election(fields["election"]) or {"contests": ()}
        own = [one for one in election["contests"] if one["id"] == fields["contest"]]
        if not own or not regions.is_within(fields["region"], own[0]["region"]):
            raise NotVerified("a contest or region that the election lacks", place)
        if fields["kind"] in OF_A_WHOLE_CONTEST and fields["region"] != own[0]["region"]:
            raise NotVerified("not the contest's own region", place)
        if "certificate" in fields:
            self._names_certificate(fields, place)
        numbers = {f"pair_{pair['number']}" for pair in own[0]["pairs"]}
        if any(
            name.startswith("pair_") and name not in numbers for name in fields.get("figures", ())
        ):
            raise NotVerified("a pair that the contest lacks", place)

    def _names_certificate(self, fields: Record, place: str) -> None:
        """A determination names a D form of the contest's own region that took effect."""
        said = self.said.get(fields["certificate"])
        if said is None:
            raise Elsewhere("a certificate that was not read", place)
        if not certifies(said, fields["election"], fields["contest"], fields["region"]):
            raise NotVerified("no certificate of the contest", place)


def _line(fields: Record) -> tuple[str, ...] | None:
    """Return what a statement is a revision of; None where revisions have rivals, or are none."""
    kind = fields["kind"]
    if kind == "election":
        return kind, fields["election"]
    if kind == "roster":
        return kind, fields["election"], fields["region"]
    if kind == "determination":
        return kind, fields["election"], fields["contest"]
    return None


def certifies(said: Said, election: str, contest: str, region: str) -> bool:
    """Tell whether a statement is the D form of a contest's own region, signed by enough."""
    fields = said.fields
    slot = (fields.get("election"), fields.get("contest"), fields.get("region"))
    whole = fields["kind"] == "form" and fields["form"] in SHEETS and said.effect is not None
    return whole and slot == (election, contest, region)
