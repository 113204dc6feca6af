"""How a statement is called on one line of a terminal, and the clock that its signers read."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from rekap.audit.commands.speech import Say
from rekap.core.statements.kinds import KINDS
from rekap.core.statements.model import FORMS, TIMEZONES
from rekap.core.statements.regions import COUNTRY
from rekap.desk.texts import both

_FORMS: Final = {
    "c_hasil": both("form.c_hasil"),
    "d_hasil_kelurahan": both("form.d_hasil_kelurahan"),
    "d_hasil_kecamatan": both("form.d_hasil_kecamatan"),
    "d_hasil_kabko": both("form.d_hasil_kabko"),
    "d_hasil_prov": both("form.d_hasil_prov"),
    "summary": both("form.summary"),
}
_KINDS: Final = {
    "log": both("kind.log"),
    "publication": both("kind.publication"),
    "uploaders": both("kind.uploaders"),
    "app": both("kind.app"),
    "clock": both("kind.clock"),
    "election": both("kind.election"),
    "roster": both("kind.roster"),
    "grant": both("kind.grant"),
    "revoke": both("kind.revoke"),
    "determination": both("kind.determination"),
    "elected": both("kind.elected"),
    "ruling": both("kind.ruling"),
    "objection": both("kind.objection"),
    "event": both("kind.event"),
    "answer": both("kind.answer"),
    "recommendation": both("kind.recommendation"),
    "response": both("kind.response"),
    "copy": both("kind.copy"),
    "readiness": both("kind.readiness"),
    "pictures": both("kind.pictures"),
    "withhold": both("kind.withhold"),
    "close": both("kind.close"),
}
_ZONES: Final = {"+07:00": "WIB", "+08:00": "WITA", "+09:00": "WIT"}
_MONTHS: Final = (
    "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des".split(),
    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
)


def of(fields: Mapping[str, Any], say: Say) -> str:
    """The name of a statement: "C.Hasil 31.71.06.1001 TPS 004", "Kunci KPPS 31.71 …".

    Fields that are missing or strange are left out; nothing a terminal obeys gets through.
    """
    kind = str(fields.get("kind"))
    known = _FORMS.get(str(fields.get("form"))) if kind == "form" else _KINDS.get(kind)
    words = [say(*known) if known else say(*both("word.statement_label"))]
    words += [str(fields["body"]).replace("_", " ").upper()] if "body" in fields else []
    country = say(*both("caption.country"))
    words += [country if fields[name] == COUNTRY else str(fields[name])
              for name in ("region", "keyid") if name in fields]  # fmt: skip
    if not words[1:] and "election" in fields:
        words.append(str(fields["election"]))
    if "tps" in fields and isinstance(fields["tps"], str):
        words.append(f"TPS {fields['tps']}")
    revision = fields.get("revision", 1)
    if revision != 1:
        words.append(say(*both("caption.revision", revision=revision)))
    text = " ".join(words)
    return "".join(c if c.isprintable() else "?" for c in text)[:60]


def rank(fields: Mapping[str, Any]) -> tuple[int, int, int, str, str]:
    """Where a statement belongs in the order of sending: what others build on comes first."""
    kind, form, revision = (fields.get(name) for name in ("kind", "form", "revision"))
    kinds, forms = list(KINDS), list(FORMS)
    return (
        kinds.index(kind) if kind in kinds else len(kinds),
        forms.index(form) if form in forms else 0,
        revision if isinstance(revision, int) else 0,
        str(fields.get("region", "")),
        str(fields.get("tps", "")),
    )


def offset(fields: Mapping[str, Any]) -> str:
    """The offset of the zone that the signers' clock showed: +07:00, +08:00 or +09:00."""
    found = str(fields.get("at", ""))[-6:]
    return found if found in _ZONES else "+07:00"


def offset_of(timezone: str) -> str:
    """The offset of an election's time zone ("Asia/Makassar")."""
    return TIMEZONES.get(timezone, "+07:00")


def now(timezone: str) -> str:
    """Return the present second as statements spell it; it is compared with nothing.

    The zones are those of statements, so no time zone database is needed.
    """
    zone = datetime.strptime(TIMEZONES[timezone], "%z").tzinfo
    return datetime.now(zone).isoformat(timespec="seconds")


def clock(at: str, say: Say) -> str:
    """The time that a statement carries, as people read it: "27 Nov 2024 14.05.00 WIB".

    What is no such time is shown as it is: it will be refused.
    """
    with suppress(ValueError, KeyError):
        return moment(int(datetime.fromisoformat(at).timestamp()), at[-6:], say)
    return at


def moment(seconds: int, offset: str, say: Say, *, day: bool = True) -> str:
    """A time (Unix seconds) on the clock of a zone: "27 Nov 2024 14.05.09 WIB"."""
    try:
        local = datetime.fromtimestamp(seconds, UTC) + timedelta(hours=int(offset[1:3]))
    except (ValueError, OverflowError, OSError):
        return f"{seconds} s"
    clock = local.strftime(say("%H.%M.%S", "%H:%M:%S"))
    months = _MONTHS[say.lang == "en"]
    date = f"{local.day} {months[local.month - 1]} {local.year} " if day else ""
    return f"{date}{clock} {_ZONES[offset]}"
