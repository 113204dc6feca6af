"""What an answer of a portal means for a statement: done, final, later, or not to be trusted.

Only the portal's own words are final: problem details with a code of `intake.answers`, or with a
status of the table that is final whatever the code. A web page, a proxy's message, an empty body
are not, whatever their status: the statement stays in the queue.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any, Final

from rekap.core.errors import Malformed, NotVerified
from rekap.desk.officials.item import Item
from rekap.desk.officials.outbox import receipts
from rekap.desk.officials.outbox.receipts import ReceiptKey
from rekap.desk.officials.outbox.upload import Raw, Unreached
from rekap.desk.texts import both
from rekap.portal.intake import answers
from rekap.portal.intake.held import HELD_S
from rekap.portal.intake.receipt import Receipt

RETRY_AFTER_MAX_S: Final = 900
"""Seconds that a portal can make us wait at once."""

_PROBLEM: Final = "application/problem+json"
SAME_FIGURES: Final = "same-figures"
HELD: Final = "held"
_FINAL_STATUS: Final = frozenset({400, 410, 413, 415, 422})
_SOON: Final = frozenset(
    {
        "unknown-key", "previous-not-ordered", "no-such-key", "unknown-election", "no-log",
        "unknown-attachment",
    }
)  # fmt: skip
"""Codes that another statement on its way may change; the other passing ones need a person."""


class What(Enum):
    """What to do with the statement."""

    DONE = "done"  # a receipt of these bytes was verified
    LOGGED = "logged"  # the log has it: its proof stands for the receipt
    ELSEWHERE = "elsewhere"  # taken in another envelope: wait for the log, then fetch its proof
    FINAL = "final"  # refused, and the same bytes always will be
    PERSON = "person"  # refused or held until a person does something
    ASKED = "asked"  # taken only if its sender says that he means it
    SAME = "same"  # the same figures count already
    LATER = "later"  # refused until another statement is there: send again
    PORTAL = "portal"  # no portal answered, or a busy one: send again
    DOUBT = "doubt"  # accepted with a receipt that does not verify: keep both


@dataclass(frozen=True, slots=True)
class Reply:
    """A judged answer.

    `receipt` holds the bytes for DONE, ELSEWHERE (in another envelope, named by `told.leaf`) and
    DOUBT; `index` is the entry for LOGGED, and for SAME that of the form that counts the same.
    `retry_after`: seconds, None if nobody said. `said`: the portal's answer or the reason; `reason`
    is one of `troubles.SENTENCES`, "" for a portal's own words. `skew`: seconds that the portal's
    clock is ahead of ours, None if it does not say.
    """

    what: What
    reason: str = ""
    detail: str = ""
    receipt: bytes = field(default=b"", repr=False)
    told: Receipt | None = None
    index: int | None = None
    retry_after: float | None = None
    said: Mapping[str, Any] = field(default_factory=dict)
    skew: float | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of a refusal."""
        return tuple(str(one.get("code")) for one in errors(self.said))


def is_question(said: Mapping[str, Any] | None) -> bool:
    """Tell whether an answer only asks whether the form is meant beside the one that counts."""
    codes = {str(one.get("code")) for one in errors(said or {})}
    return bool(codes) and codes <= answers.ASKED


def counted_already(index: int) -> Reply:
    """The answer to keep for a form whose figures the log has as entry `index`, as was verified."""
    same = both("replies.same", index=index)
    return Reply(What.SAME, index=index, said=_said(SAME_FIGURES, same))


def _held(said: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to keep for a form that waits at the portal: it stays in this queue too.

    Nothing of it is believed: only a receipt ends the waiting.
    """
    keyids = said.get("keyids")
    count = len(keyids) if isinstance(keyids, list) else 0
    return _said(HELD, both("replies.held", count=count, days=HELD_S // 86_400))


def _said(code: str, sentence: tuple[str, str]) -> dict[str, Any]:
    """Words of ours in the shape of a portal's answer."""
    indonesian, english = sentence
    return {"code": code, "errors": [{"code": code, "id": indonesian, "en": english}]}


def is_same(said: Mapping[str, Any] | None) -> bool:
    """Tell whether a kept answer is that of `counted_already`."""
    return said is not None and said.get("code") == SAME_FIGURES


def errors(said: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The findings of a refusal."""
    found = said.get("errors")
    listed = found if isinstance(found, list) else []
    return [one for one in listed if isinstance(one, dict)]


def unreached(error: Unreached) -> Reply:
    """Judge that no answer came: the statement's fate is unknown, and sending again is harmless."""
    return Reply(What.PORTAL, error.reason, error.detail)


def judge(raw: Raw, item: Item, key: ReceiptKey, now: float) -> Reply:
    """Judge an answer to a statement; `now` is our clock, in Unix seconds."""
    said = _read(raw)
    skew = _skew(raw, now)
    if raw.status in {200, 201}:
        return _accepted(raw, said, item, key, skew)
    if raw.status == 202 and said is not None and said.get("status") == HELD:
        return Reply(What.PERSON, said=_held(said), skew=skew)
    return _not_taken(raw, said, now)


def of_file(raw: Raw, path: str, now: float) -> Reply:
    """Judge an answer to a file that a statement names: DONE where it is served at `path`."""
    said = _read(raw)
    taken = raw.status in {200, 201} and said is not None and said.get("path") == path
    return Reply(What.DONE) if taken else _not_taken(raw, said, now)


def _not_taken(raw: Raw, said: dict[str, Any] | None, now: float) -> Reply:
    skew = _skew(raw, now)
    wait = retry_after(raw, now)
    if 300 <= raw.status < 400:
        return Reply(What.PORTAL, "redirect", raw.headers.get("location", "")[:200], skew=skew)
    if said is None or not _is_problem(raw, said):
        if raw.status == 429 or raw.status >= 500:
            return Reply(What.PORTAL, "busy", f"status {raw.status}", retry_after=wait, skew=skew)
        return Reply(What.PORTAL, "not-a-portal", f"status {raw.status}", skew=skew)
    if raw.status == 429 or raw.status >= 500:
        return Reply(What.PORTAL, retry_after=wait, said=said, skew=skew)
    what = _refused(raw.status, said)
    if what is What.PORTAL:
        return Reply(what, "not-a-portal", f"status {raw.status}", skew=skew)
    return Reply(what, said=said, retry_after=wait, skew=skew)


def _read(raw: Raw) -> dict[str, Any] | None:
    try:
        value = json.loads(raw.body.decode())
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _is_problem(raw: Raw, said: Mapping[str, Any]) -> bool:
    kind = raw.headers.get("content-type", "").split(";")[0].strip().lower()
    named = isinstance(said.get("code"), str) and said.get("status") == raw.status
    return kind == _PROBLEM and named and bool(errors(said))


def _refused(status: int, said: Mapping[str, Any]) -> What:
    """Tell whether a refusal is final: one final finding is enough, as in `intake.answers`."""
    kinds: list[answers.Answer] = []
    for one in errors(said):
        with suppress(KeyError):
            kinds.append(answers.answer(str(one.get("code"))))
    codes = {str(one.get("code")) for one in errors(said)}
    if codes & {"unknown-route", "unknown-leaf"}:
        return What.PORTAL
    if status in _FINAL_STATUS or any(kind.final for kind in kinds):
        return What.FINAL
    if is_question(said):
        return What.ASKED
    return What.LATER if codes <= _SOON else What.PERSON


def _accepted(
    raw: Raw, said: dict[str, Any] | None, item: Item, key: ReceiptKey, skew: float | None
) -> Reply:
    if said is None:
        return Reply(What.PORTAL, "web-page" if _is_html(raw) else "half", skew=skew)
    if "leaf" not in said or "id" not in said:
        return Reply(What.PORTAL, "not-a-portal", "JSON", skew=skew)
    index = said.get("index")
    index = index if type(index) is int and index >= 0 else None
    text = said.get("receipt")
    if item.fields.get("kind") == "form" and said["id"] != item.id and raw.status == 200:
        return Reply(What.SAME, index=index, said=said, skew=skew)
    if text is None and index is not None and raw.status == 200:
        return Reply(What.LOGGED, index=index, said=said, skew=skew)
    data = text.encode("utf-8", "replace") if isinstance(text, str) else b""
    try:
        told = receipts.check(data, item, key)
        if said["leaf"] != told.leaf or said["id"] != told.id:
            raise NotVerified("a receipt of another answer", "receipt")
    except (Malformed, NotVerified) as error:
        return Reply(What.DOUBT, "receipt", str(error), data or raw.body, said=said, skew=skew)
    what = What.DONE if told.leaf == item.leaf else What.ELSEWHERE
    return Reply(what, receipt=data, told=told, index=index, said=said, skew=skew)


def _is_html(raw: Raw) -> bool:
    start = raw.body[:200].lstrip().lower()
    return "html" in raw.headers.get("content-type", "") or start.startswith(b"<")


def retry_after(raw: Raw, now: float) -> float | None:
    """Return how many seconds the portal asks us to wait: 0…900; None if it asks for nothing."""
    text = raw.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:10]), RETRY_AFTER_MAX_S))
    at = _date(text)
    if at is None:
        return None
    here = _date(raw.headers.get("date", ""))
    return min(max(at - (now if here is None else here), 0.0), RETRY_AFTER_MAX_S)


def _skew(raw: Raw, now: float) -> float | None:
    there = _date(raw.headers.get("date", ""))
    return None if there is None else there - now


def _date(text: str) -> float | None:
    if not text:
        return None
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
