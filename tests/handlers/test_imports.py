"""What a function's process loads when it starts: what it uses, and nothing of the others'."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from tests.handlers.starting import ENGINES, FUNCTIONS, Machine, imported, machine

COMMON = "aws_lambda_powertools cryptography handlers jmespath rekap typing_extensions"
CLOUD = "boto3 botocore dateutil pynamodb s3transfer six urllib3"
PAGES = "jinja2 markupsafe"
TYPES = "msgspec"
LIBRARIES = {
    ("submit", "aws"): f"{COMMON} {CLOUD} {TYPES}",
    ("sequence", "aws"): f"{COMMON} {CLOUD} {TYPES}",
    ("publish", "aws"): f"{COMMON} {CLOUD} {PAGES} {TYPES}",
    ("render", "aws"): f"{COMMON} {CLOUD} {PAGES} {TYPES}",
    ("watch", "aws"): f"{COMMON} {CLOUD} {PAGES} {TYPES}",
    ("submit", "local"): f"{COMMON} {TYPES}",
    ("sequence", "local"): f"{COMMON} {TYPES}",
    ("publish", "local"): f"{COMMON} {PAGES} {TYPES}",
    ("render", "local"): f"{COMMON} {PAGES} {TYPES}",
    ("watch", "local"): f"{COMMON} {PAGES} {TYPES}",
}
BROUGHT = {"_cffi_backend", "_distutils_hack", "_openssl", "certifi", "__main__", "__mp_main__"}
"""What the interpreter and the libraries load of their own."""

CORE = "core core.codec core.errors core.log core.signing"
MEANING = f"{CORE} core.ledger core.statements"
WRITER = "portal portal.intake portal.store"
PACKAGES = {
    "submit": f"{MEANING} {WRITER} core.texts",
    "sequence": f"{CORE} {WRITER} net portal.sequencing portal.witnesses",
    "publish": f"{MEANING} {WRITER} core.packaged core.pages portal.publishing",
    "render": f"{MEANING} {WRITER} core.packaged core.pages portal.publishing",
    "watch": f"{MEANING} audit core.packaged core.pages core.texts net portal portal.store",
}
ADAPTERS = {
    "submit": "bell clients guard objects records register secrets",
    "sequence": "bell clients guard objects order records signer",
    "publish": "bell clients hold objects register renderers",
    "render": "bell clients hold objects renderers",
    "watch": "clients objects shelf",
}
SHARED = {"patience", "table"}
LIGHT = {"rekap.portal.intake", "rekap.portal.intake.item"}
"""All of intake that a function loads which takes no statements."""


@pytest.fixture(scope="module")
def here() -> Iterator[Machine]:
    with machine() as made:
        yield made


def _room(module: str) -> str:
    """The room of a module; in `core` and `portal` with the part that it belongs to."""
    parts = module.split(".")[1:]
    return ".".join(parts[: 2 if parts[0] in {"core", "portal"} else 1])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_loads_what_it_uses(here: Machine, function: str, engine: str) -> None:
    modules = imported(here, function, engine)
    top = {name.split(".")[0] for name in modules}
    libraries = top - set(sys.stdlib_module_names) - BROUGHT
    if "botocore" not in LIBRARIES[function, engine]:
        # Powertools names itself to botocore, which loads nothing but its root.
        assert {name for name in modules if name.startswith("botocore")} <= {"botocore"}
        libraries -= {"botocore"}
    assert libraries == set(LIBRARIES[function, engine].split())
    own = {_room(name) for name in modules if name.startswith("rekap.")}
    named = {"core.statements"} if engine == "local" else set()  # the folders that outlast a cut
    assert own <= set(PACKAGES[function].split()) | named
    if function != "submit":
        assert {name for name in modules if name.startswith("rekap.portal.intake")} <= LIGHT
    adapters = {
        name.split(".")[4] for name in modules if name.startswith("rekap.portal.store.aws.")
    } - SHARED
    assert adapters == (set(ADAPTERS[function].split()) if engine == "aws" else set())
    assert ("sqlite3" in modules) == (engine == "local" and function != "watch")
    assert "aws_xray_sdk" not in top  # nothing is traced


def test_a_process_that_only_reads_the_handlers_builds_nothing(here: Machine) -> None:
    """`rekap import` loads them too: without an environment there is no portal to prepare."""
    script = (
        "import sys, handlers.submit, handlers.sequence, handlers.publish, handlers.watch\n"
        "print([n for n in sys.modules if n in ('sqlite3', 'boto3', 'handlers.telemetry')])"
    )
    assert here.run(script, {}) == "[]\n"
