"""The published schemas agree with the code: what tests make is valid, what is changed is not."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from hypothesis import example, given, settings
from jsonschema import Draft202012Validator
from scripts.schemas import twins
from tests.core.ledger.night import Night
from tests.core.ledger.world import payload_of
from tests.core.pages import corpus
from tests.core.statements import builders
from tests.core.statements.strategies import disturbed
from tests.docs.test_docs import slugs
from tests.live_portal import ROOT

from rekap.core import packaged
from rekap.core.pages.data import schemas
from rekap.core.statements import schema
from rekap.core.statements.kinds import KINDS

FILES = schemas.files(packaged.templates_folder())
AGAIN = "a field has changed: run scripts/make_schemas.py and read the difference"
BEYOND = frozenset({"columns", "rows", "order", "repeated", "region", "key", "threshold", "pairs",
                    "origin", "date", "time", "value", "reserved"})  # fmt: skip
"""Codes of findings that compare fields or know the calendar: a schema may miss them."""
Twin = dict[str, Any]


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(FILES[f"cara/schema/{name}.json"]))


def _wrong(name: str, value: Any) -> list[str]:
    found = validator(name).iter_errors(value)
    return [f"{'.'.join(map(str, e.absolute_path))}: {e.message[:120]}" for e in found]


def test_every_schema_is_one_and_none_is_missing() -> None:
    for path in FILES:
        Draft202012Validator.check_schema(json.loads(FILES[path]))
    kinds = {f"cara/schema/statement-{kind}.json" for kind in KINDS}
    pages_ = {f"cara/schema/twin-{twin['page']}.json" for twin in corpus.of_samples()}
    assert set(FILES) == kinds | (pages_ - {"cara/schema/twin-notfound.json"})


# ------------------------------------------------------------------ statements


def test_schemas_of_statements_are_made_alike_in_every_process() -> None:
    program = (
        "import sys\nfrom rekap.core import packaged\n"
        "from rekap.core.pages.data import schemas\n"
        "for path, data in schemas.files(packaged.templates_folder()).items():\n"
        "    sys.stdout.buffer.write(path.encode() + data)"
    )
    wanted = b"".join(path.encode() + data for path, data in FILES.items())
    for seed in "12":
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "functions")}
        made = subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True, env=environment
        )
        assert made.stdout == wanted


def test_every_statement_that_tests_make_is_valid() -> None:
    night = Night(4, mode="replay")
    for _ in range(150):
        night.step()
    entries = [
        entry for entry in night.entries if entry.startswith(b'{"payload"') and entry.endswith(b"}")
    ]
    statements = [*builders.every_payload(), *map(payload_of, entries)]
    counts: Counter[str] = Counter()
    for payload in statements:
        try:
            schema.check_statement(payload)
        except schema.SchemaErrors:
            continue
        assert _wrong(f"statement-{payload['kind']}", payload) == []
        counts[payload["kind"]] += 1
    assert set(counts) == set(KINDS)


@settings(max_examples=250, deadline=None)
@given(disturbed())
@example({key: value for key, value in builders.withhold().items() if key != "reason"})
@example({**builders.withhold("served"), "reason": "court"})
@example({**builders.withhold(), "revision": 2})
def test_a_disturbed_statement_is_judged_as_the_check_judges_it(payload: Any) -> None:
    kind = payload.get("kind") if isinstance(payload, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        return
    wrong = _wrong(f"statement-{kind}", payload)
    try:
        schema.check_statement(payload)
    except schema.SchemaErrors as errors:
        codes = {finding.code for finding in errors.findings}
        assert wrong or codes <= BEYOND, codes
    else:
        assert wrong == []


# ------------------------------------------------------------------ twins


def test_fields_of_twins_say_what_they_are() -> None:
    for page, said in twins.told().items():
        made = json.loads(FILES[f"cara/schema/twin-{page}.json"])
        for path, words in said.items():
            field = made
            for name in path.split("."):
                field = field.get("items", field)["properties"][name]
            assert field["description"] == words, AGAIN


def test_what_they_refer_to_is_there() -> None:
    named = {one for said in twins.told().values() for words in said.values() for one in
             re.findall(r"([a-z]+\.md)#([a-z_-]+)", words)}  # fmt: skip
    assert named
    for document, heading in named:
        assert heading in slugs(ROOT / "docs" / document), (document, heading)


@pytest.mark.parametrize("seed", range(4))
def test_every_twin_that_a_log_gives_is_valid(seed: int) -> None:
    for twin in corpus.of_nights([100 + seed]):
        assert _wrong(f"twin-{twin['page']}", twin) == [], AGAIN


def test_every_invented_twin_is_valid() -> None:
    for twin in corpus.of_samples():
        if twin["page"] != "notfound":
            assert _wrong(f"twin-{twin['page']}", twin) == [], AGAIN


def _places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the places of a twin that are its own, the top last."""
    if isinstance(value, dict):
        for name, one in value.items():
            if name != "payload":  # another format: the statement itself
                yield from _places(one, (*way, name))
    elif isinstance(value, list):
        for at, one in enumerate(value[:2]):
            yield from _places(one, (*way, at))
    yield way


def _put(twin: Twin, way: tuple[Any, ...], value: Any) -> Any:
    changed = deepcopy(twin)
    if not way:
        return value
    holder = changed
    for step in way[:-1]:
        holder = holder[step]
    holder[way[-1]] = value
    return changed


def test_a_changed_twin_is_not_valid() -> None:
    seen: dict[str, Twin] = {}
    for twin in corpus.of_samples():
        seen.setdefault(twin["page"], twin)
    del seen["notfound"]
    count = 0
    for page, twin in seen.items():
        check = validator(f"twin-{page}")
        for way in _places(twin):
            assert not check.is_valid(_put(twin, way, 1.5)), (page, way)
            count += 1
        for name in twin:
            assert not check.is_valid({n: v for n, v in twin.items() if n != name}), (page, name)
        assert not check.is_valid({**twin, "unknown": 1}), page
        assert not check.is_valid({**twin, "as_of": -1}), page
        assert not check.is_valid({**twin, "page": "other"}), page
    assert count > 500
