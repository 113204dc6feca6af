"""The verifier in the reader's browser: the one that the publication in force names, and no other.

Its files are rendered and compared as pages are; those of an earlier publication are foreign.
"""

from __future__ import annotations

from hashlib import sha256

from rekap.audit import checks
from rekap.audit.pages import Rendering
from rekap.audit.texts import both
from rekap.audit.verdict import Report, Words
from rekap.core.ledger import addresses
from rekap.core.ledger.state import State


def check_verifier(site: Rendering, state: State, report: Report) -> None:
    """Hold the digest that the last publication names against the rendering (V15)."""
    publication = state.meta.get("publication") or {}
    named = publication.get("verifier")
    if named is None or publication.get("fixed"):
        return
    kept = [data for path, data in site.verifier().items() if path.endswith(".html")]
    found = [sha256(data).hexdigest() for data in kept]
    if named not in found:
        place = addresses.entry(publication["index"])
        wanted = Words(*both("assets.verifier", found=", ".join(found)))
        report.refute(checks.RELEASE, place, wanted, named)
