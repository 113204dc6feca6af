"""The script and the file to keep: made of every module, bound by digests, named by the log."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from argparse import Namespace

import pytest
from tests.audit import shelf
from tests.core.ledger.world import signer
from tests.core.pages import samples
from tests.core.statements import builders
from tests.fakes import FakeObjects, FakeRegister

from rekap.core import packaged
from rekap.core.errors import Corrupt
from rekap.core.pages import pages, release
from rekap.core.pages.look import verifier
from rekap.core.signing import envelope
from rekap.desk.operators.drafts import of_the_log
from rekap.desk.replay.statements import Writer
from rekap.portal.publishing.run import Publisher

TEMPLATES = packaged.templates_folder()
OWN = verifier.digest(TEMPLATES)


def sources() -> dict[str, str]:
    found = {p.stem: p.read_text() for p in (TEMPLATES / "script").glob("*.js")}
    del found["load"]
    return found


def test_every_module_is_in_the_script_word_for_word() -> None:
    """But for lines that are comments alone, of which none stands inside a text."""
    script = verifier.script(TEMPLATES).decode()
    told = script + verifier.table(TEMPLATES).decode()
    for name, source in sources().items():
        assert f"// ---- {name}.js\n" in told
        assert not [line for line in source.splitlines() if line.count("`") % 2], name
        assert "/*" not in source, name
        code = [line for line in source.splitlines() if not line.lstrip().startswith("//")]
        lines = [line.removeprefix("export ") for line in code]
        imports = len(re.findall(r"^import \{[^}]*\} from ", source, re.MULTILINE))
        assert source.count("\nimport ") + source.startswith("import ") == imports, name
        for line in lines:
            assert line in told or "import" in line or line.startswith(("  ", "}")), (name, line)
    assert "</script" not in told
    assert len(gzip.compress(script.encode(), 9)) < 80_000
    assert len(gzip.compress(verifier.keep(TEMPLATES), 9)) < 84_000


def test_the_file_to_keep_holds_the_script_and_its_own_policy() -> None:
    page = verifier.keep(TEMPLATES).decode()
    assert hashlib.sha256(page.encode()).hexdigest() == OWN
    assert verifier.script(TEMPLATES).decode() + "openKept(document);\n</script>" in page
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    for kind, tag in (("script", '<script type="module">'), ("style", "<style>")):
        text = page.partition(tag)[2].partition(f"</{kind}>")[0]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy[1]
    assert policy[1].startswith("default-src 'none';")
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert "{{" not in page.partition("<script")[0]


def test_the_page_of_the_check_binds_the_script_by_its_digest() -> None:
    script = verifier.script(TEMPLATES)
    digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
    for path, html in pages.editions(samples.text_page("check")):
        up = "../" * path.count("/")
        assert f'{{"{up}aset/periksa-{OWN[:16]}.js":"sha256-{digest}"}}' in html.decode()
    assert set(verifier.files(TEMPLATES)) == {
        f"aset/periksa-{OWN[:16]}.{s}" for s in ("js", "html")
    }


def test_whoever_writes_a_publication_names_the_verifier_of_this_release() -> None:
    def drafted(given: str | None) -> dict[str, object]:
        options = Namespace(origin="log.example/log", release=given)
        return next(of_the_log.publication(options, None, None))[1]  # type: ignore[arg-type]

    assert drafted(None)["verifier"] == drafted(release.current())["verifier"] == OWN
    assert "verifier" not in drafted("0" * 64)
    writer = Writer("replay.example/replay/log", "seed", "2024-11-27T00:00:00+07:00")
    for fixed in (False, True):
        entry = writer.publication(release.current(), fixed=fixed)
        assert (OWN.encode() in envelope.parse(entry).payload) != fixed


@pytest.mark.parametrize("named", [OWN, None, "ab" * 32])
def test_a_publisher_refuses_a_log_that_names_another_verifier(named: str | None) -> None:
    evening = shelf.Evening(3).grow(2)
    publication = {**builders.publication(release=release.current()), "log": evening.origin}
    publication |= {"verifier": named} if named else {}
    entry = envelope.sign(builders.encode(publication), [signer("operator/1")])
    portal = shelf.Portal([*evening.entries, entry], evening.origin)
    portal.log(len(portal.entries))
    publisher = Publisher(
        portal.objects, FakeRegister(), log_key=portal.log_key, release=release.current()
    )
    if named in (OWN, None):
        assert publisher.run(0).pages > 0
        return
    with pytest.raises(Corrupt, match="verifier"):
        publisher.run(0)
    assert isinstance(portal.objects, FakeObjects)
    assert "index.html" not in portal.objects.objects
