"""Which key must have signed a portal's receipts.

From the kit, which was cut from an audited log; else as the queue has kept it; else from the `log`
statement in the queue; else from entry 0 of the site, over https and only from the host that the
log's origin names or one below it. The statements themselves say which log they are for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from rekap.core.ledger.fold import fold
from rekap.core.ledger.state import State
from rekap.core.log.entry import MAX_ENTRY
from rekap.desk.officials.item import Item
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.outbox.queue import Queue, Settings
from rekap.desk.officials.outbox.receipts import ReceiptKey
from rekap.desk.officials.outbox.upload import Address, Portal, Unreached
from rekap.desk.officials.talk import REFUSED, Fault
from rekap.desk.texts import both

ENTRY_0 = "bukti/0.json"


def settle(queue: Queue, *, kit: Kit | None, url: str | None, items: Iterable[Item]) -> Settings:
    """Return what the queue is for, after comparing what is given with what it has kept.

    Raises Fault if they contradict each other, Malformed if the kept settings are damaged.
    """
    kept = queue.settings()
    origins = {item.origin for item in items}
    if kit is not None:
        origins.add(kit.origin)
    if kept.origin:
        origins.add(kept.origin)
    if len(origins) > 1:
        first, second, *_ = sorted(origins)
        raise Fault(
            *both("trust.these_are_for_two_different_logs", first=first, second=second), REFUSED
        )
    settings = replace(kept, origin=next(iter(origins), ""), url=url or kept.url)
    if kit is not None:
        known = of_record(kit.get("meta", "log"), "kit")
        if kept.receipt_key and kept.receipt_key != known.receipt_key:
            raise _other_key(known.receipt_key, kept.receipt_key)
        settings = replace(known, url=settings.url)
    return settings


def _other_key(given: str, kept: str) -> Fault:
    return Fault(*both("trust.the_receipt_key_of_the_kit", given=given, kept=kept), REFUSED)


def of_record(log: Mapping[str, Any], source: str) -> Settings:
    """Return what the ledger's record of the `log` statement says of receipts and checkpoints."""
    policy = "".join(f"{line}\n" for line in log["policy"])
    return Settings(str(log["log"]), "", str(log["receipt_key"]), policy, source)


def of_entry(entry: bytes, origin: str, source: str) -> Settings | None:
    """Return the same from entry 0; None if these bytes are not the valid entry 0 of the log."""
    state = State()
    fold(state, entry)
    log = state.meta.get("log")
    return of_record(log, source) if log is not None and origin in {"", log["log"]} else None


def find(settings: Settings, items: Iterable[Item], portal: Portal) -> Settings:
    """Return the settings with the key of receipts.

    Raises Unreached if it must come from the site and that cannot be read, Fault if the site must
    not be asked or is another log's.
    """
    if settings.receipt_key:
        return settings
    own = (item for item in items if item.fields.get("kind") == "log")
    found = next(filter(None, (of_entry(one.data, settings.origin, "log") for one in own)), None)
    return replace(found or _ask(settings.origin, portal), url=settings.url)


def _ask(origin: str, portal: Portal) -> Settings:
    check_host(origin, portal.address)
    raw = portal.get(ENTRY_0)
    if raw.status != 200 or len(raw.body) > MAX_ENTRY:
        reason = "redirect" if 300 <= raw.status < 400 else "no-log"
        raise Unreached("busy" if raw.status >= 500 else reason, f"status {raw.status}")
    if raw.body.lstrip().startswith(b"<"):
        raise Unreached("web-page")
    found = of_entry(raw.body, origin, "site")
    if found is None:
        base = portal.address.base
        raise Fault(*both("trust.at_there_is_not_the_log", base=base, origin=origin), REFUSED)
    return found


def receipt_key(settings: Settings) -> ReceiptKey | None:
    """Return the key of receipts, None as long as it is not known; raises Malformed."""
    if not settings.receipt_key:
        return None
    return ReceiptKey.parse(settings.origin, settings.receipt_key, settings.key_from)


def check_host(origin: str, address: Address) -> None:
    """Refuse, as a Fault, to learn a log's key from a host that the log's name does not name."""
    named = origin.partition("/")[0].partition(":")[0]
    if address.is_local or f".{address.host}".endswith(f".{named}"):
        return
    raise Fault(
        *both("trust.the_log_is_at_not_at", origin=origin, named=named, host=address.host), REFUSED
    )
