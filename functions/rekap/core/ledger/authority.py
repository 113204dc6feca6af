"""Who may sign what: decided once, by the register just before the entry's own index.

Intake asks the same question early, of a copy of the register, and the fold decides. A threshold
counts distinct persons. Which offices must sign what is the table of `offices`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.ledger.offices import (
    LOG_KEY,
    OPERATOR,
    RECEIPT_KEY,
    ROOT_BAWASLU,
    ROOT_KPU,
    ROOT_PAIR,
    Office,
    Record,
    Requirement,
    View,
    observes,
)
from rekap.core.signing.keys import ED25519, WebAuthnScope, check_public, read_key
from rekap.core.signing.note import NoteKey
from rekap.core.statements import regions
from rekap.core.statements.model import OBSERVERS, READINESS


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A requirement that is not met yet: `present` of the distinct persons that `office` needs."""

    office: Office
    present: int
    positions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the signers amount to.

    `counted` and `observers` are key ids; `strangers` belong to no office that may sign this.
    `met` are all offices with enough persons: two bodies may sign one answer. `roots` has the
    number that each body of its election's roots must reach; other numbers never change.
    """

    counted: tuple[str, ...]
    observers: tuple[str, ...]
    strangers: tuple[str, ...]
    shortfalls: tuple[Shortfall, ...]
    met: tuple[Office, ...]
    roots: dict[str, int]

    @property
    def effective(self) -> bool:
        """All thresholds are reached and nobody signed who may not."""
        return not self.shortfalls and not self.strangers


def keys_named(fields: Record) -> dict[str, dict[str, Any]]:
    """Return the keys that a `log` or `election` statement itself names, as records by key id.

    Entry 0 and revision 1 of an election are signed by keys that nothing earlier names: paper does.
    """
    if fields["kind"] == "log":
        return _of_the_log(fields)
    if fields["kind"] != "election":
        return {}
    roots = fields["roots"]
    named = _records(roots["kpu"]["keys"], ROOT_KPU, fields["election"])
    if "bawaslu" in roots:
        named |= _records(roots["bawaslu"]["keys"], ROOT_BAWASLU, fields["election"])
    for root in roots.get("pairs", ()):
        pair = root["number"]
        named |= _records(root["keys"], f"{ROOT_PAIR}.{pair}", fields["election"], pair=pair)
    return named


def _of_the_log(fields: Record) -> dict[str, dict[str, Any]]:
    """The keys that sign checkpoints and receipts stand here so that nobody is granted them."""
    named = _records(fields["operators"]["keys"], OPERATOR, "")
    for body, name in ((LOG_KEY, "log_key"), (RECEIPT_KEY, "receipt_key")):
        public = NoteKey.parse(fields[name]).public
        named |= _records([{"alg": ED25519, "key": codec.b64encode(public)}], body, "")
    return named


def _records(
    keys: Sequence[Record], body: str, election: str, pair: int | None = None
) -> dict[str, dict[str, Any]]:
    """Each key is a person of its own, wherever it stands in a later revision's list."""
    records = {}
    for key in keys:
        keyid = read_key(key["alg"], key["key"]).keyid
        records[keyid] = {
            "alg": key["alg"], "key": key["key"], "election": election, "body": body,
            "person": f"{body}/{keyid}", "position": "anggota", "region": regions.COUNTRY,
            **({"pair": pair} if pair is not None else {}),
        }  # fmt: skip
    return records


def passkey_scope(log: Record) -> WebAuthnScope:
    """Return where passkeys sign, as the `log` statement says."""
    return WebAuthnScope(frozenset(log.get("uploaders", ())), log["rp_id"])


def uploaders_in_force(view: View) -> frozenset[str]:
    """Return the web origins on which passkeys sign from the next entry on, once a log began."""
    added = view.get("meta", "uploaders") or {"origins": ()}
    return frozenset(view.get("meta", "log").get("uploaders", ())).union(added["origins"])


def scope_in_force(view: View, fields: Record | None) -> WebAuthnScope | None:
    """Return where passkeys sign at the next entry, whose fields these are if it could be read.

    Entry 0 is held against what it says itself; before it passkeys sign nowhere.
    """
    log = view.get("meta", "log")
    if log is not None:
        return WebAuthnScope(uploaders_in_force(view), log["rp_id"])
    return passkey_scope(fields) if fields is not None and fields["kind"] == "log" else None


def are_acceptable(keys: Iterable[Record]) -> bool:
    """Tell whether each of these keys could sign anything, by the strict profile of `signing`."""
    try:
        for key in keys:
            check_public(key["alg"], read_key(key["alg"], key["key"]).public)
    except Malformed:
        return False
    return True


def known_key(view: View, fields: Record, keyid: str) -> dict[str, Any] | None:
    """Return the record of `keyid`: registered and not ended, or named by the statement itself.

    A key that was revoked is unknown to later entries.
    """
    record: dict[str, Any] | None = view.get("keys", keyid)
    if record is None and not _registered_before(view, fields):
        record = keys_named(fields).get(keyid)
    if record is None or record.get("revoked") is not None:
        return None
    return record


def _registered_before(view: View, fields: Record) -> bool:
    """Tell whether only keys of the register may sign: all but a first `log`, or revision 1."""
    if fields["kind"] == "log":
        return view.get("meta", "log") is not None
    if fields["kind"] == "election":
        begun = view.get("meta", f"election/{fields['election']}") is not None
        return begun or bool(fields["revision"] != 1)
    return True


def still_counts(view: View, fields: Record, keyid: str, signer: Record) -> bool:
    """Tell whether a signature recorded earlier counts: one of a root only while it is a root.

    Nothing says that a root was stolen but the revision that drops it; of any other key that ended
    its granter can still say from where on it is suspect.
    """
    is_root = signer["body"].startswith("roots")
    return not is_root or known_key(view, fields, keyid) is not None


@dataclass(frozen=True, slots=True)
class Joined:
    """What an entry adds to a statement: its `new` signers, and what all of them amount to.

    `past` are signers recorded earlier that count no more. `fault`: why the entry is void, or None.
    """

    new: tuple[tuple[str, Record], ...]
    past: frozenset[str]
    verdict: Verdict
    fault: str | None


def join(
    view: View, fields: Record, wanted: Sequence[Requirement], before: Mapping[str, Record],
    signers: Iterable[tuple[str, Record]],
) -> Joined:  # fmt: skip
    """Join the signers of an entry, verified elsewhere, to those recorded `before` by key id.

    Only an entry's own signers can be strangers to it: who signed earlier was entitled then.
    """
    new = tuple((keyid, key) for keyid, key in signers if keyid not in before)
    past = frozenset(k for k, key in before.items() if not still_counts(view, fields, k, key))
    standing = [(keyid, key) for keyid, key in before.items() if keyid not in past]
    verdict = judge(wanted, fields, [*standing, *new])
    fault = None
    if not new:
        fault = "no-new-signature"
    elif any(keyid in verdict.strangers for keyid, _ in new):
        fault = "not-entitled"
    return Joined(new, past, verdict, fault)


def judge(
    wanted: Sequence[Requirement], fields: Record, signers: Iterable[tuple[str, Record]]
) -> Verdict:
    """Return what the signers of a statement amount to. Signatures are verified elsewhere.

    `fields` is a checked payload and `wanted` what `kinds.requirements` says of it; `signers` are
    (key id, key record), also those recorded earlier for the same statement.
    """
    signers = list(signers)
    counted: set[str] = set()
    shortfalls: list[Shortfall] = []
    met: list[Office] = []
    for requirement in wanted:
        best: Shortfall | None = None
        enough = []
        for office in requirement.offices:
            held = [(keyid, key) for keyid, key in signers if office.holds(key, keyid)]
            counted.update(keyid for keyid, _ in held)
            persons = together([key for _, key in held])
            if len(persons) >= office.number:
                enough.append(office)
            # Of several offices that could sign, the shortfall tells the one that lacks least.
            elif best is None or len(persons) / office.number > best.present / best.office.number:
                positions = tuple(sorted({key["position"] for _, key in held}))
                best = Shortfall(office, len(persons), positions)
        met.extend(enough)
        if not enough and best is not None:
            shortfalls.append(best)
    others = [(k, key) for k, key in signers if k not in counted]
    observers = tuple(k for k, key in others if _may_observe(fields, key))
    return Verdict(
        tuple(k for k, _ in signers if k in counted),
        observers,
        tuple(k for k, _ in others if k not in observers),
        tuple(shortfalls),
        tuple(met),
        {
            office.body: office.number
            for requirement in wanted
            for office in requirement.offices
            if office.body.startswith("roots") and office.election == fields["election"]
        },
    )


def together(held: Sequence[Record]) -> set[str]:
    """Return the most persons of an office that count together: those of the body itself, or those
    of one that acts for it; they never add up.
    """
    by: dict[str, set[str]] = {"": set()}
    for key in held:
        by.setdefault(key.get("acting", ""), set()).add(key["person"])
    return max(by.values(), key=len)


_MAY_OBSERVE: Final = {"form": OBSERVERS, READINESS: ("ptps",)}
"""Kind -> bodies that may co-sign it without counting."""


def _may_observe(fields: Record, key: Record) -> bool:
    return (
        key["body"] in _MAY_OBSERVE.get(fields["kind"], ())
        and key["election"] == fields["election"]
        and observes(key, fields["region"], fields.get("tps"))
    )
