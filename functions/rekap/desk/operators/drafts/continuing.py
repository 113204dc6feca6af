"""The next revision of a statement that the kit knows."""

from __future__ import annotations

from typing import Any

from rekap.core.ledger.kinds import KINDS
from rekap.desk.officials.kits.kit import Kit


def continued(kit: Kit | None, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields with their revision, and the statement in force that they continue if the
    kit knows one. Raises TypeError without a kit, and for a kind that has no revisions.
    """
    in_force = KINDS[fields["kind"]].ends.in_force
    if kit is None or in_force is None:
        raise TypeError("only a kind that has revisions is continued, and only by a kit")
    before, revision = in_force(kit, {**fields, "election": kit.election})
    return {**fields, "revision": revision + 1, **({"previous": before} if before else {})}
