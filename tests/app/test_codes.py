"""Envelopes as texts for square codes, by the app's modules: in any order, whole or not at all."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from tests.app.modules import answered, modules, run
from tests.portal.intake.world import World, figures, sign

from rekap.core.signing import envelope

ANSWERS = """
import { readFileSync } from "node:fs";
import { codesOf, reading } from "./codes.js";
const asked = JSON.parse(readFileSync(0));
const codes = await Promise.all(asked.envelopes.map(codesOf));
const read = [];
for (const texts of asked.read) {
  const take = reading();
  const said = [];
  for (const text of texts) said.push(await take(text).catch(({ code }) => code));
  read.push(said);
}
process.stdout.write(JSON.stringify({ codes, read }));
"""
FORM = sign(World.begun().form(), *World.begun().kpps()).decode()
OTHER = sign(World.begun().form(figures=figures((99, 81, 60))), *World.begun().kpps()).decode()
MOST_SIGNS = 600
"""Alphanumeric signs that a code of version 15 holds at level M."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return modules(tmp_path_factory.mktemp("app"), ANSWERS)


def asked(app: Path, *read: list[str], envelopes: tuple[str, ...] = ()) -> Any:
    return answered(app, {"envelopes": envelopes, "read": read})


@pytest.fixture(scope="module")
def codes(app: Path) -> tuple[list[str], list[str]]:
    first, second = asked(app, envelopes=(FORM, OTHER))["codes"]
    return first, second


def test_a_form_of_three_signatures_comes_back_byte_for_byte_in_any_order(
    app: Path, codes: tuple[list[str], list[str]]
) -> None:
    texts, _ = codes
    assert 1 < len(texts) < 4
    assert all(len(text) <= MOST_SIGNS for text in texts)
    for order in (texts, texts[::-1], [texts[0], texts[0], *texts[1:]]):
        (said,) = asked(app, order)["read"]
        assert said[-1] == {"have": len(texts), "of": len(texts), "envelope": FORM}
        assert all(one["envelope"] is None for one in said[:-1])


def test_codes_of_two_forms_are_never_joined(app: Path, codes: tuple[list[str], list[str]]) -> None:
    first, second = codes
    (said,) = asked(app, [first[0], *second[1:], *first[1:]])["read"]
    assert all(one["envelope"] is None for one in said)
    (said,) = asked(app, [first[0], second[0], *second[1:]])["read"]
    assert said[-1]["envelope"] == OTHER


@pytest.mark.parametrize("text", ["", "RT1", "https://example.id/", "RT111", "RT11100000000A"])
def test_what_is_no_code_of_ours_is_said_to_be_none(app: Path, text: str) -> None:
    assert asked(app, [text])["read"] == [[None]]


def test_a_sign_that_was_read_wrong_gives_no_form(
    app: Path, codes: tuple[list[str], list[str]]
) -> None:
    texts, _ = codes
    changed = texts[-1][:-3] + ("000" if texts[-1][-3:] != "000" else "100")
    (said,) = asked(app, [*texts[:-1], changed])["read"]
    assert said[-1] is None
    (said,) = asked(app, [*texts[:-1], changed, *texts])["read"]
    assert said[-1]["envelope"] == FORM


def test_what_unpacks_to_more_than_an_entry_is_refused(app: Path) -> None:
    script = """
import { deflateRawSync } from "node:zlib";
import { sha256 } from "./verify/sha2.js";
import { hex } from "./verify/bytes.js";
const packed = new Uint8Array(deflateRawSync(Buffer.alloc(300_000)));
const signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
let text = "";
for (let at = 0; at < packed.length; at += 2) {
  const two = at + 1 < packed.length;
  let number = two ? packed[at] * 256 + packed[at + 1] : packed[at];
  for (let left = two ? 3 : 2; left; left--) {
    text += signs[number % 45];
    number = Math.floor(number / 45);
  }
}
process.stdout.write(`RT111${hex(sha256(packed)).slice(0, 8).toUpperCase()}${text}`);
"""
    (app / "bomb.js").write_text(script)
    code = run(app, "bomb.js")
    assert len(code) < MOST_SIGNS
    assert asked(app, [code])["read"] == [["codes"]]


def test_signatures_of_passkeys_and_of_files_both_come_back(app: Path) -> None:
    parsed = json.loads(FORM)
    one = parsed["signatures"][0]
    data = base64.b64encode(bytes(37)).decode()
    told = {"authenticatorData": data, "clientDataJSON": base64.b64encode(b"{}").decode()}
    parsed["signatures"][0] = {**told, **one}
    text = json.dumps(parsed, separators=(",", ":"), sort_keys=True)
    envelope.parse(text.encode())
    (texts,) = asked(app, envelopes=(text,))["codes"]
    assert asked(app, texts)["read"][0][-1]["envelope"] == text
