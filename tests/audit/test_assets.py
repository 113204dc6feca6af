"""The verifier in the browser and the sheet as files of the site: changed, missing, foreign."""

from __future__ import annotations

from hashlib import sha256

import pytest
from tests.audit import shelf
from tests.core.ledger.world import signer
from tests.core.statements import builders

from rekap.audit import assets
from rekap.audit.verdict import Report
from rekap.core import packaged
from rekap.core.ledger.state import State
from rekap.core.pages.look import style, verifier
from rekap.core.pages.site import Site
from rekap.core.signing import envelope

KEPT = verifier.path(packaged.templates_folder(), "html")
SCRIPT = verifier.path(packaged.templates_folder(), "js")
SHEET, _ = style.sheet(packaged.templates_folder() / "style")
OLD_SCRIPT = b"export function run() {}\n"
OLD_KEPT = b'<!DOCTYPE html>\n<script type="module">%sopenKept(document);\n</script>\n' % OLD_SCRIPT


def evening(**fields: object) -> tuple[shelf.Portal, str]:
    """A log whose first publication names a verifier; returns the paths' beginning too."""
    night = shelf.Evening(5).grow(20)
    named = sha256(OLD_KEPT).hexdigest()
    entries = list(night.entries)
    for one in (named, None):
        publication = {**builders.publication(release=shelf.RELEASE), "log": night.origin}
        publication |= {"verifier": one} if one else {"at": "2024-11-28T00:00:00+07:00", **fields}
        entries.append(envelope.sign(builders.encode(publication), [signer("operator/1")]))
    portal = shelf.Portal(entries, night.origin)
    portal.log(len(entries))
    portal.publish()
    return portal, f"aset/periksa-{named[:16]}"


@pytest.fixture(scope="module")
def published() -> tuple[dict[str, bytes], str]:
    portal, old = evening()
    return portal.public(), old


def failures(files: dict[str, bytes]) -> set[tuple[str, str]]:
    report = shelf.audit(files)
    return {(one.check.code, one.place) for one in report.refuted}


def test_the_files_of_this_release_are_pages_like_others(published) -> None:
    files, _ = published
    assert failures(files) == set()
    for path in (KEPT, SCRIPT, SHEET):
        assert failures({**files, path: files[path] + b" "}) == {("V16", path)}
        assert failures({p: d for p, d in files.items() if p != path}) == {("V20", path)}
    assert failures({**files, "aset/more.js": b"1"}) == {("V21", "aset/more.js")}


def test_any_page_that_an_earlier_publication_names_is_foreign(published) -> None:
    """Operators may name the digest of any page with any script, and publish again at once."""
    files, old = published
    both = {**files, f"{old}.html": OLD_KEPT, f"{old}.js": OLD_SCRIPT}
    assert failures(both) == {("V21", f"{old}.html"), ("V21", f"{old}.js")}
    assert failures({**files, f"{old}.html": OLD_KEPT}) == {("V21", f"{old}.html")}


@pytest.mark.parametrize(
    "path",
    [
        "aset/index.html", "aset/periksa.html", f"{KEPT}.br", KEPT.upper(), SHEET.upper(),
        "periksa/lain/index.html", "periksa/sw.js", "app/index.html", ".htaccess", "_redirects",
        "index.html.gz", "index.php", "404.htm",
    ],
)  # fmt: skip
def test_a_file_beside_those_of_the_release_is_foreign(published, path: str) -> None:
    """Another page for a folder, a packed one for a server, a list of redirects, a worker."""
    files, _ = published
    assert failures({**files, path: OLD_KEPT}) == {("V21", path)}


@pytest.mark.parametrize("last", [{}, {"verifier": verifier.digest(packaged.templates_folder())}])
def test_to_name_a_verifier_after_another_makes_neither_of_both_the_sites(last) -> None:
    portal, old = evening(**last)
    files = portal.public()
    assert failures(files) == set()
    assert failures({**files, f"{old}.html": OLD_KEPT}) == {("V21", f"{old}.html")}


@pytest.mark.parametrize("at", range(64))
def test_every_digit_of_a_verifiers_digest_counts(at: int) -> None:
    own = verifier.digest(packaged.templates_folder())
    other = own[:at] + ("0" if own[at] != "0" else "1") + own[at + 1 :]
    for named, codes in ((own, []), (other, ["V15"])):
        state = State()
        state.meta.put("publication", {"verifier": named, "index": 3})
        report = Report("memory")
        site = Site(state, lambda index: b"")
        assets.check_verifier(site, state, report)
        assert [one.check.code for one in report.refuted] == codes


def test_a_publication_that_names_another_verifier_is_refuted() -> None:
    portal, _ = evening(verifier="ab" * 32)
    index = len(portal.entries) - 1
    assert failures(portal.public()) == {("V15", f"bukti/{index}.json")}
    portal, _ = evening(verifier=verifier.digest(packaged.templates_folder()))
    assert failures(portal.public()) == set()
