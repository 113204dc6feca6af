"""The verifier in the reader's browser: this release's against the log, those of earlier ones kept.

A `publication` names the file to keep by its SHA-256. The one in force is rendered and compared as
pages are. Those that earlier publications name stay where they were: nobody deletes them, saved
pages ask for them, and their digest proves them without their release.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from rekap.ledger import addresses
from rekap.ledger.state import State
from rekap.verify import checks
from rekap.verify.pages import Rendering, Wrong, compare
from rekap.verify.reader import Source, Unreadable
from rekap.verify.verdict import Report, Words, digest

CHECK: Final = "periksa/"
_NOBODYS: Final = f"aset/periksa-{'0' * 16}.html"
"""What an address answers here, it answers for any page that it lacks."""
_LARGEST: Final = 1 << 20
_SCRIPT: Final = b'<script type="module">'
_CALL: Final = b"openKept(document);\n</script>"


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


def earlier(
    source: Source, state: State, checked: set[str]
) -> tuple[dict[str, bytes], list[Wrong]]:
    """Return {path: bytes} of the verifiers of earlier publications, and what is wrong with them.

    A site that never showed one, since its publisher ran later, does not lack it.
    """
    found: dict[str, bytes] = {}
    wrong: list[Wrong] = []
    for named in (state.meta.get("verifiers") or {"digests": []})["digests"]:
        kept, script = (f"aset/periksa-{named[:16]}.{suffix}" for suffix in ("html", "js"))
        wanted = Words.same(f"sha256 {named}")
        try:
            page = None if kept in checked else source.read(kept, _LARGEST)
        except Unreadable as error:
            wrong.append(Wrong(checks.PAGES, CHECK, kept, wanted, Words.same(error), unread=True))
            continue
        if page is None:
            continue
        if sha256(page).hexdigest() != named:
            if source.remote and page == source.read(_NOBODYS, _LARGEST):
                continue
            wrong.append(Wrong(checks.PAGES, CHECK, kept, wanted, digest(page)))
            continue
        found[kept] = page
        inner = page.partition(_SCRIPT)[2].rpartition(_CALL)[0]
        differs = compare(source, checks.PAGES, script, inner)
        if differs is None:
            found[script] = inner
        else:
            wrong.append(differs)
    return found, wrong
