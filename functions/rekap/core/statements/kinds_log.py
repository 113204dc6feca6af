"""Statements of the log itself: `log` is entry 0; then `publication`, `uploaders`, `app`, `clock`.

`close` ends it. `withhold` is about words beside the log.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from msgspec import UNSET, UnsetType

from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.statements import kinds_people as people
from rekap.core.statements import model, shapes
from rekap.core.statements.kinds_people import KeySet
from rekap.core.statements.shapes import Report
from rekap.core.statements.values import (
    Digest,
    Natural,
    Origin,
    Part,
    Positive,
    RelyingParty,
    Root,
    Statement,
    Text,
    WebOrigin,
    among,
    listed,
    plain,
)

WebOrigins = Annotated[tuple[WebOrigin, ...], listed(20)]
Line = Annotated[str, plain(200)]
VerifierKey = Annotated[str, plain(300)]


class Predecessor(Part, frozen=True, kw_only=True):
    """An earlier log that this one continues."""

    origin: Origin
    size: Natural
    root: Root


class Log(Statement, tag="log", frozen=True, kw_only=True):
    """Entry 0: who runs the log, by which keys, and when a checkpoint counts."""

    mode: Annotated[str, among(model.MODES)]
    log_key: VerifierKey
    receipt_key: VerifierKey
    operators: KeySet
    rp_id: RelyingParty
    policy: Annotated[tuple[Line, ...], listed(100)]
    uploaders: WebOrigins | UnsetType = UNSET
    predecessor: Predecessor | UnsetType = UNSET


class Publication(Statement, tag="publication", frozen=True, kw_only=True):
    """From the next entry on, pages are those of this release."""

    release: Digest
    verifier: Digest | UnsetType = UNSET
    fixed: bool = False


class Uploaders(Statement, tag="uploaders", frozen=True, kw_only=True):
    """From the next entry on, passkeys may sign on these pages too."""

    origins: WebOrigins


class Clock(Statement, tag="clock", frozen=True, kw_only=True):
    """The writer says the time: what follows came no earlier than `at`."""


class App(Statement, tag="app", frozen=True, kw_only=True):
    """From the next entry on, officers sign in this app."""

    files: Digest


class Withhold(Statement, tag="withhold", frozen=True, kw_only=True):
    """Words beside the log are no longer served, or are again; `basis` says by what paper."""

    digest: Digest
    revision: Positive
    state: Annotated[str, among(model.WITHHOLDINGS)]
    reason: Annotated[str, among(model.WITHHOLD_REASONS)] | UnsetType = UNSET
    basis: Text
    previous: Digest | UnsetType = UNSET


class Close(Statement, tag="close", frozen=True, kw_only=True):
    """Intake ends."""


def _is_vkey(value: str, name: str) -> bool:
    """Tell whether `value` is the verifier key `name` of an Ed25519 log key (C2SP signed-note)."""
    if not value.startswith(f"{name}+"):
        return False
    key_id, _, encoded = value[len(name) + 1 :].partition("+")
    try:
        data = codec.b64decode(encoded)
    except Malformed:
        return False
    expected = hashlib.sha256(name.encode() + b"\n" + data).hexdigest()[:8]
    return len(data) == 33 and data[0] == 1 and key_id == expected


def check_log(report: Report, fields: dict[str, Any]) -> None:
    """Origin fits the mode; both verifier keys carry their names; operators can reach k.

    Browsers let a passkey of `rp_id` sign on pages of that host and of hosts below it.
    """
    if report.sound("log", "mode"):
        _, _, path = fields["log"].partition("/")
        if path != ("log" if fields["mode"] == "live" else f"{fields['mode']}/log"):
            report.add("origin", "log")
    if report.sound("log"):
        for name, key_name in (("log_key", ""), ("receipt_key", "/receipt")):
            if report.sound(name) and not _is_vkey(fields[name], fields["log"] + key_name):
                report.add("key", name)
    people.check_keyset(report, fields.get("operators"), "operators")
    if report.sound("rp_id", "uploaders"):
        for at, uploader in enumerate(fields.get("uploaders", ())):
            if not may_sign_at(uploader, fields["rp_id"]):
                report.add("uploader", f"uploaders.{at}")


def may_sign_at(uploader: str, rp_id: str) -> bool:
    """Tell whether browsers let a passkey of `rp_id` sign on pages of a web origin."""
    host = uploader.partition("://")[2].partition(":")[0]
    return host == rp_id or host.endswith(f".{rp_id}")


def check_uploaders(report: Report, fields: dict[str, Any]) -> None:
    """Origins stand in order, each once."""
    if report.sound("origins") and not shapes.ascending(fields["origins"]):
        report.add("order", "origins")


def check_withhold(report: Report, fields: dict[str, Any]) -> None:
    """Revisions follow each other; what is withheld has a reason."""
    shapes.check_previous(report, fields)
    if report.sound("state"):
        shapes.require(report, fields, "reason", wanted=fields["state"] == model.WITHHELD)


def check_clock(report: Report, fields: dict[str, Any]) -> None:
    """Every zone can tell it: nobody says a time before the year 2000 or after 2999."""
    if report.sound("at") and not fields["at"].startswith("2"):
        report.add("time", "at")


def publication_of_a_replay(report: Report, fields: dict[str, Any]) -> None:
    """Only a replay's release may be one that a test named."""
    if "fixed" in fields:
        report.add("replay-only", "fixed")
