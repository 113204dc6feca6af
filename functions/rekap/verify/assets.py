"""The verifier in the reader's browser: the one that the publication in force names, and no other.

Its files are rendered and compared as pages are; those of an earlier publication are foreign.
"""

from __future__ import annotations

from hashlib import sha256

from rekap.ledger import addresses
from rekap.ledger.state import State
from rekap.verify import checks
from rekap.verify.pages import Rendering
from rekap.verify.verdict import Report, Words


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
        wanted = Words(f"pemeriksa {', '.join(found)}", f"verifier {', '.join(found)}")
        report.refute(checks.RELEASE, place, wanted, named)
