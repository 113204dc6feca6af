"""Whose signatures are in doubt, and which statements do not stand without them (K1).

A signature is suspect if its key is suspect from that entry on, or if the grant that gave the key
is suspect. A statement is suspect while its other signatures do not reach its threshold. A suspect
`revoke` makes nothing suspect. Nothing that took effect is undone.

A key's grant and its revocations are signed by a body above its own, so doubt only runs downward
and ends: an entry that changes what a key is worth asks again what that key signed, and where a
grant falls or stands again by it, what the keys of that grant signed. Nothing else is looked at.

Kept for it: in `keys` `suspect_from`, the least of those in `doubts` whose revocation is not
suspect, and `tainted`, whether the grant is; in `ids` K1 in `m`; map `signed`.
"""

from __future__ import annotations

from collections.abc import Mapping

from rekap.core.ledger import authority, kinds, offices, readiness
from rekap.core.ledger.doubt import K1, Key, is_doubtful, is_marked, mark_form
from rekap.core.ledger.logged import payload
from rekap.core.ledger.places import known_contest
from rekap.core.ledger.state import Record, State
from rekap.core.ledger.touches import Touches
from rekap.core.signing.keys import read_key
from rekap.core.statements import kinds as statements

_OF_A_PLACE = frozenset({statements.CONTEST, statements.PLACE, statements.SLOT})


def settle(
    state: State, touches: Touches, statement_id: str, fields: Record, keys: Mapping[str, Key],
    index: int,
) -> None:  # fmt: skip
    """After entry `index`, by which a statement took effect or was co-signed: who is in doubt now.

    `keys` are those of the entry's signers, read already.
    """
    known = state.ids.get(statement_id)
    revokes = known["effect"] == index and "suspect_from" in fields
    if revokes or _doubtful_signers(state, known, keys):
        cascade = _Cascade(state, touches)
        cascade.begin(statement_id)
        if revokes:
            cascade.restart(fields["keyid"])
        cascade.finish()


def _doubtful_signers(state: State, known: Record, keys: Mapping[str, Key]) -> list[str]:
    """Return the key ids whose signatures under a statement are suspect; `keys` are read before."""
    return [
        signer["keyid"]
        for signer in known["signers"]
        if is_doubtful(
            keys.get(signer["keyid"]) or state.keys.get(signer["keyid"]) or {}, signer["at"]
        )
    ]


def _stands(state: State, known: Record, doubtful: list[str]) -> bool:
    """Tell whether a statement reaches its threshold, by as many persons as its kind asks for,
    without some of its signers.
    """
    fields = payload(state, known["first"])
    clean = [
        (one["keyid"], one)
        for one in known["signers"]
        if one["counted"] and one["keyid"] not in doubtful
    ]
    if not kinds.KINDS[known["kind"]].has_persons(one for _, one in clean):
        return False
    return all(
        any(_has_enough(office, clean, known) for office in requirement.offices)
        for requirement in kinds.requirements(state, fields)
    )


def _has_enough(office: offices.Office, clean: list[tuple[str, Key]], known: Record) -> bool:
    # As many as when it took effect: roots may change later.
    number: int = known.get("roots", {}).get(office.body, office.number)
    held = [key for keyid, key in clean if office.holds(key, keyid)]
    return len(authority.together(held)) >= number


class _Cascade:
    """What one entry changes, from the statement that it is about down to what rests on it."""

    def __init__(self, state: State, touches: Touches) -> None:
        self._state = state
        self._touches = touches
        self._waiting: list[str] = []
        self._before: dict[str, tuple[bool, list[str] | None]] = {}
        """Statement -> whether it was suspect, and its suspect signers (not asked: None)."""
        self._starts: dict[str, int | None] = {}
        """Key -> its `suspect_from` before."""

    def begin(self, statement_id: str) -> None:
        """Ask about the statement of the entry itself."""
        self._before[statement_id] = (is_marked(self._state.ids.get(statement_id)), None)
        self._ask(statement_id)

    def restart(self, keyid: str) -> None:
        """Compute again from where on a key is suspect, by its revocations that are not."""
        key = self._state.keys.edit(keyid)
        ids = self._state.ids
        starts = [start for one, start in key.get("doubts", ()) if not is_marked(ids.get(one))]
        old = dict(key)
        if starts:
            key["suspect_from"] = min(starts)
        else:
            key.pop("suspect_from", None)
        self._starts.setdefault(keyid, old.get("suspect_from"))
        self._changed(keyid, old, key)

    def _taint(self, keyid: str, *, tainted: bool) -> None:
        key = self._state.keys.edit(keyid)
        old = dict(key)
        key.pop("tainted", None)
        if tainted:
            key["tainted"] = True
        self._changed(keyid, old, key)

    def _changed(self, keyid: str, old: Key, new: Key) -> None:
        """Ask again about every statement on which the key's signature has changed its worth."""
        for signed, _ in list(self._state.signed.scan(f"{keyid}/")):
            at = int(signed.split("/")[1])
            if is_doubtful(old, at) == is_doubtful(new, at):
                continue
            statement_id = self._state.entry(at)["id"]
            if statement_id not in self._before:
                known = self._state.ids.get(statement_id)
                names = _doubtful_signers(self._state, known, {keyid: old})
                self._before[statement_id] = (is_marked(known), names)
            self._waiting.append(statement_id)

    def _ask(self, statement_id: str) -> None:
        """Mark a statement that took effect or take its mark, and what rests on it."""
        known = self._state.ids.get(statement_id)
        # By the keys as they are now, not as the cascade found them: the last question decides.
        doubtful = _doubtful_signers(self._state, known, {})
        suspect = bool(doubtful) and not _stands(self._state, known, doubtful)
        if known["effect"] is None or suspect == is_marked(known):
            return
        marks = [mark for mark in known.get("marks", ()) if mark != K1]
        self._state.ids.edit(statement_id)["marks"] = [*marks, K1] if suspect else marks
        if known["kind"] == "revoke":
            self.restart(payload(self._state, known["first"])["keyid"])
        if known["kind"] == "grant":
            for person in payload(self._state, known["first"])["persons"]:
                self._taint(read_key(person["alg"], person["key"]).keyid, tainted=suspect)

    def finish(self) -> None:
        """Go on until nothing changes any more; then touch what shows what has changed."""
        while self._waiting:
            self._ask(self._waiting.pop())
        # Only now: a key may fall and stand again within the cascade, and then its pages stay.
        for keyid, start in self._starts.items():
            key = self._state.keys.get(keyid)
            if key.get("suspect_from") != start:
                self._touches.whole_statement(key["grant"])
                self._touches.officials(self._election(key["election"]), key["region"])
        for statement_id, (was, names) in self._before.items():
            known = self._state.ids.get(statement_id)
            suspect = is_marked(known)
            now = _doubtful_signers(self._state, known, {})
            if suspect != was:
                self._remark(known, statement_id)
            if suspect != was or names not in (None, now):
                self._touch(known)

    def _remark(self, known: Record, statement_id: str) -> None:
        """The mark of a form stands in its slot; an answer may stand for a form; of supplies the
        kelurahan counts it.
        """
        slot_key = str(self._state.entry(known["effect"]).get("slot"))
        if known["kind"] == "form":
            mark_form(self._state, slot_key, statement_id)
        elif known["kind"] == "answer":
            decided = self._state.slots.get(slot_key).get("answer")
            if decided is not None and statement_id in decided[3]:
                mark_form(self._state, slot_key, decided[1])
        elif known["kind"] == "readiness":
            readiness.doubt(self._state, payload(self._state, known["first"]))

    def _touch(self, known: Record) -> None:
        at = known["first"] if known["effect"] is None else known["effect"]
        record = self._state.entry(at)
        self._touches.whole_statement(at)
        if "election" not in record:
            return
        election, slot = self._election(record["election"]), record.get("slot")
        self._touches.front(election)
        if slot is not None:
            contest = known_contest(election, slot.split("/")[1])
            self._touches.slot(election, contest, slot, self._state.slots.get(slot)["entries"])
        elif "region" in record:
            for contest in election["contests"]:
                self._touches.region(election, contest, record["region"])
            self._touches.officials(election, record["region"])
        if known["effect"] is not None and statements.KINDS[known["kind"]].about in _OF_A_PLACE:
            fields = payload(self._state, known["first"])
            kinds.KINDS[known["kind"]].touched(self._touches, self._state, record, fields)

    def _election(self, election_id: str) -> Record:
        record: Record = self._state.meta.get(f"election/{election_id}")
        return record
