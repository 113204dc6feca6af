"""The front's function, run: folders get their page, prefixes go, nothing leads elsewhere."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
from tests import needed
from tests.infra.document import LIVE, TRIAL, evaluate, read

KEYS = {
    "/": "/index.html",
    "/en/": "/en/index.html",
    "/pilkada-31/gubernur-31/71/06/": "/pilkada-31/gubernur-31/71/06/index.html",
    "/pilkada-31/data/forms.csv": "/pilkada-31/data/forms.csv",
    "/site.json": "/site.json",
    "/404.html": "/404.html",
    "/log/checkpoint": "/log/checkpoint",
    "/log/tile/0/x001/234": "/log/tile/0/x001/234",
    "/log/tile/entries/000.p/7": "/log/tile/entries/000.p/7",
    "/bukti/17.tlog-proof": "/bukti/17.tlog-proof",
    "/bukti/17/": "/bukti/17/index.html",
    "/log/": "/log/",
}
"""Address below the mode's place -> what is asked of an origin."""
MOVED = ("/en", "/pilkada-31", "/bukti/17", "/log", "/v1")
MISSING = (
    "//jahat.example",
    "//jahat.example/",
    "//jahat%2Eexample",
    "/%2F%2Fjahat",
    "/\\jahat",
    "/a//b/",
    "/../state/head",
    "/./a",
    "/.git/config",
    "/a/..",
    "/A",
    "/a b",
    "/a%20b",
    "/a?b",
    "",
    "a",
    "https://jahat.example/",
)


def answers(given: dict[str, Any], paths: list[str], name: str = "Folders") -> list[dict[str, Any]]:
    function = evaluate(read(), given).of("AWS::CloudFront::Function")[name]
    program = (
        f"{function['FunctionCode']}\n"
        "var asked = JSON.parse(require('fs').readFileSync(0, 'utf8'));\n"
        "console.log(JSON.stringify(asked.map("
        "function (uri) { return handler({request: {uri: uri, method: 'GET'}}); })));"
    )
    done = subprocess.run(
        [needed.node(), "-e", program],
        input=json.dumps(paths),
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip
    said: list[dict[str, Any]] = json.loads(done.stdout)
    return said


@pytest.mark.parametrize(("given", "base"), [(LIVE, ""), (TRIAL, "/rehearsal")])
def test_an_address_becomes_a_key_without_the_prefix(given: dict[str, Any], base: str) -> None:
    said = answers(given, [base + path for path in KEYS])
    assert [one["uri"] for one in said] == list(KEYS.values())


@pytest.mark.parametrize(("given", "base"), [(LIVE, ""), (TRIAL, "/rehearsal")])
def test_a_folder_without_its_slash_moves_on_the_same_host(
    given: dict[str, Any], base: str
) -> None:
    said = answers(given, [base + path for path in MOVED])
    assert {one["statusCode"] for one in said} == {301}
    places = [one["headers"]["location"]["value"] for one in said]
    assert places == [f"{base}{path}/" for path in MOVED]


@pytest.mark.parametrize(("given", "base"), [(LIVE, ""), (TRIAL, "/rehearsal")])
def test_what_is_no_address_is_missing_and_leads_nowhere(given: dict[str, Any], base: str) -> None:
    said = answers(given, [base + path for path in MISSING if base + path])
    if base:
        # The place of the mode without its slash is the one redirection to it.
        assert said.pop(MISSING.index(""))["headers"]["location"]["value"] == f"{base}/"
    assert {one["statusCode"] for one in said} == {404}
    assert not any("location" in one["headers"] for one in said)


def test_the_host_shows_where_the_mode_is_and_nothing_beside_it() -> None:
    root, site, other, near = answers(
        TRIAL, ["/", "/site.json", "/replay/", "/rehearsals/site.json"]
    )
    assert (root["statusCode"], root["headers"]["location"]["value"]) == (302, "/rehearsal/")
    assert {one["statusCode"] for one in (site, other, near)} == {404}


def test_the_folder_of_the_app_is_its_page_and_nothing_else_is_another() -> None:
    paths = ["/app/", "/app/index.html", "/app/desk/main.js", "/app/desk/", "/app/%2e%2e/v1"]
    asked = [answer["uri"] for answer in answers(LIVE, paths, "AppPage")]
    assert asked == ["/app/index.html", *paths[1:]]


@pytest.mark.parametrize(
    ("given", "site"),
    [
        (LIVE, "https://rekap.example/"),
        (TRIAL, "https://${Front.DomainName}/rehearsal/"),
    ],
)
def test_the_gate_has_the_data_and_no_page_of_the_site(given: dict[str, Any], site: str) -> None:
    """The app asks its own host alone, and a page that runs there would be the app to a browser."""
    for path, said in zip(KEYS, answers(given, list(KEYS), "Data"), strict=True):
        if path.startswith("/log/") or path.endswith((".json", ".csv", ".tlog-proof")):
            assert said["uri"] == path
        else:
            assert said["headers"]["location"]["value"] == site + path[1:]
    (picture,) = answers(given, ["/gambar/0a.jpg"], "Data")
    assert picture["headers"]["location"]["value"] == f"{site}gambar/0a.jpg"
    missing = answers(given, [path for path in MISSING if path != "/a?b"], "Data")
    assert {one["statusCode"] for one in missing} == {404}
