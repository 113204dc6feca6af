"""The witnesses that entry 0 names, asked by `sequence`, and what is told of their answers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from handlers import access, entry_zero
from rekap.core.log.policy import NO_POLICY, Policy
from rekap.core.log.ports import CHECKPOINT, LogFiles
from rekap.core.log.witness import Asked, Witnesses
from rekap.portal.sequencing.pace import Pace


def policy(portal: access.Portal) -> Policy:
    """Return the policy of entry 0; before the first checkpoint there is none."""
    try:
        return _policy(portal)
    except _NotBegunError:
        return NO_POLICY


def carrier(portal: access.Portal, policy: Policy) -> Witnesses | None:
    """Return what carries questions to the policy's witnesses for one run, None if it has none."""
    urls = {one.name: one.url for one in policy.witnesses if one.url}
    if not urls:
        return None
    from rekap.portal.witnesses import HttpWitnesses

    return HttpWitnesses(urls, private=portal.on_one_machine)


def pace(portal: access.Portal) -> Pace | None:
    """Return how often the witnesses may be asked, None for whenever there is something new."""
    if not portal.settings.questions:
        return None
    objects = access.present(portal.objects, "REKAP_PUBLIC_BUCKET")
    settings = portal.settings
    return Pace(objects, settings.origin, settings.questions, portal.clock())


def said(asked: Asked) -> dict[str, Any]:
    """Return the words of a log line: who gave no line and why, who claims another history."""
    words = {"silent": dict(asked.silent), "claims": dict(asked.claims)}
    return {name: told for name, told in words.items() if told}


def counted(policy: Policy, asked: Asked) -> dict[str, float]:
    """Return the metrics; nothing where no witness belongs to the log."""
    if not policy.witnesses:
        return {}
    return {
        "Cosigned": len(asked.lines),
        "SilentWitnesses": len(asked.silent),
        "WitnessClaims": len(asked.claims),
    }


class _NotBegunError(Exception):
    """There is no checkpoint yet; raised, so that the answer is not remembered."""


@lru_cache(maxsize=2)
def _policy(portal: access.Portal) -> Policy:
    """Entry 0 never changes, so a warm process reads it once."""
    objects = access.present(portal.objects, "REKAP_PUBLIC_BUCKET")
    if objects.get(CHECKPOINT) is None:
        raise _NotBegunError
    return entry_zero.policy(LogFiles(objects))
