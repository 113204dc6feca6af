"""The app's kit in node: what the pages of a site say of another place is no kit of this one."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from tests.app.modules import answered, modules
from tests.core.statements import builders
from tests.script.test_strangers import GOVERNOR, REGENT, STATION, Evening

from rekap.core.codec import encode_public

PROGRAM = """
import { existsSync, readFileSync } from "node:fs";
const { root, cases } = JSON.parse(readFileSync(0, "utf8"));
const { fetchKit } = await import("./kit.js");
const said = [];
for (const { me, changes } of cases) {
  globalThis.fetch = async ({ pathname }) => {
    const path = pathname.slice(1);
    if (Object.hasOwn(changes, path)) return new Response(Buffer.from(changes[path], "base64"));
    if (!existsSync(`${root}/${path}`)) return new Response("", { status: 404 });
    return new Response(readFileSync(`${root}/${path}`));
  };
  const stopped = (error) => ({ code: error.code ?? String(error) });
  const told = await fetchKit("https://rekap.example/", me).catch(stopped);
  said.push(told.code ?? [told.election, told.contest, told.region, told.tps ?? null]);
}
process.stdout.write(JSON.stringify(said));
"""
KECAMATAN = f"{builders.ELECTION}/{builders.CONTEST}/01/01/"


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    return Evening(tmp_path_factory.mktemp("evening"))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return modules(tmp_path_factory.mktemp("app"), PROGRAM)


def test_a_kit_is_of_the_place_of_its_address(evening: Evening, app: Path) -> None:
    """Of KPPS and saksi, PPS and PPK; the twin of a neighbour, true and proved, stands there."""
    kpps, pps = {"body": "kpps", "number": "1"}, {"body": "pps", "number": "1"}
    saksi, ppk = {"body": "saksi", "pair": 1}, {"body": "ppk", "number": "1"}
    beside = f"{builders.ELECTION}/{builders.CONTEST}/02/01/1001/"
    lies: list[tuple[dict[str, Any], str, str]] = [
        (kpps, STATION, f"{GOVERNOR}004/"), (saksi, STATION, f"{GOVERNOR}004/"),
        (kpps, STATION, f"{REGENT}002/"), (kpps, f"{GOVERNOR}001/", f"{beside}001/"),
        (pps, GOVERNOR, beside), (pps, GOVERNOR, REGENT), (ppk, KECAMATAN, f"{KECAMATAN[:-3]}02/"),
    ]  # fmt: skip
    true = [{"me": me | {"address": at}, "changes": {}} for me, at, _ in lies]
    false = [{"me": me | {"address": at}, "changes": lie(evening, at, of)} for me, at, of in lies]
    said = answered(app, {"root": str(evening.root), "cases": [*true, *false]})
    election, contest = builders.ELECTION, builders.CONTEST
    assert said[: len(lies)] == [
        *[[election, contest, "90.01.01.1001", tps] for tps in ("002", "002", "002", "001")],
        *[[election, contest, "90.01.01.1001", None]] * 2,
        [election, contest, "90.01.01", None],
    ]
    assert said[len(lies) :] == ["twin"] * len(lies)


def lie(evening: Evening, address: str, other: str) -> dict[str, str]:
    """The twin of another address, which calls itself that of this one."""
    twin: Any = {**evening.twin(other), "address": address}
    return {f"{address}index.json": base64.b64encode(encode_public(twin)).decode()}
