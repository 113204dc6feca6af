"""Statements of the log itself: `log` (entry 0), `publication`, `close`."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.statements import kinds_people as people
from rekap.core.statements import model, shapes
from rekap.core.statements.shapes import Report, array, closed, integer, one_of, text


def _root(report: Report, value: Any, path: str) -> None:
    """A root hash as a checkpoint spells it: base64 of 32 bytes."""
    try:
        if len(codec.b64decode(value, path)) != 32:
            report.add("base64", path)
    except Malformed as error:
        report.add(error.code, path)


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


log_fields: Final = closed(
    {
        **shapes.OF_THE_LOG,
        "mode": one_of(model.MODES),
        "log_key": text(300, free=False),
        "receipt_key": text(300, free=False),
        "operators": closed(people.KEYSET),
        "rp_id": shapes.rp_id,
        "policy": array(text(free=False), 100),
    },
    {
        "uploaders": array(shapes.uploader, 20),
        "predecessor": closed({"origin": shapes.origin, "size": integer(0), "root": _root}),
    },
)


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


publication_fields: Final = closed(
    {
        **shapes.OF_THE_LOG,
        "release": shapes.digest,
    },
    {"verifier": shapes.digest, "fixed": shapes.true},
)

uploaders_fields: Final = closed({**shapes.OF_THE_LOG, "origins": array(shapes.uploader, 20)})


def check_uploaders(report: Report, fields: dict[str, Any]) -> None:
    """Origins stand in order, each once."""
    if report.sound("origins") and not shapes.ascending(fields["origins"]):
        report.add("order", "origins")


def publication_of_a_replay(report: Report, fields: dict[str, Any]) -> None:
    """Only a replay's release may be one that a test named."""
    if "fixed" in fields:
        report.add("replay-only", "fixed")


close_fields: Final = closed(shapes.OF_THE_LOG)
