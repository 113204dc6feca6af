"""The commonest mistake of the night, through the real portal: the same commands once more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.desk.officials.clerk import PASSPHRASE, Clerk
from tests.desk.officials.post import logged, run, settle
from tests.live_portal import Gateway, begin
from tests.portal.intake.world import CONTEST, ELECTION, World, figures, sign

PAGE = f"/{ELECTION}/{CONTEST}/71/06/1001/001/index.json"
TYPED = figures((100, 90, 50))


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    world = World.begun()
    begin(tmp_path / "portal", world)
    made = Gateway(tmp_path / "portal", world.origin, processes=1)
    made.start()
    yield made
    made.stop()


class Officials:
    """Three officers of TPS 001 at one computer, with a kit of before the first form."""

    def __init__(self, folder: Path, gateway: Gateway) -> None:
        folder.mkdir()
        self.gateway = gateway
        self.clerk = Clerk(folder)

    def write(self, name: str, values: dict[str, int], *more: str) -> None:
        """`rekap form` and `rekap sign` by three, on paper `name`."""
        sheet = self.clerk.sheet(values)
        assert self.clerk.form("--sheet", sheet, *more, to=name).code == 0
        path = f"{name}.pernyataan.json"
        words = [
            word for role in self.clerk.world.kpps() for word in ("--key", self.clerk.key(role))
        ]
        typed = f"setuju\n{PASSPHRASE}\n" * 3
        done = self.clerk.run("sign", "--kit", "kit.json", *words, path, typed=typed)
        assert done.code == 0, done

    def submit(self, name: str, *words: str) -> tuple[int, str]:
        address = f"http://127.0.0.1:{self.gateway.port}/"
        done = run(self.clerk.folder, "submit", f"{name}.dsse.json", "--kit", "kit.json", "--to",
                   address, "--once", *words)  # fmt: skip
        return done.returncode, done.stdout

    def is_contested(self) -> bool:
        return bool(json.loads(self.gateway.wait_for(PAGE))["contested"])


def test_the_same_commands_again_after_a_typo_do_not_make_a_public_bertentangan(
    gateway: Gateway, tmp_path: Path
) -> None:
    size = logged(gateway)
    officials = Officials(tmp_path / "desk", gateway)
    officials.write("a", figures())
    assert officials.submit("a")[0] == 0
    settle(gateway, size + 1)
    asked = officials.clerk.form("--sheet", officials.clerk.sheet(TYPED), to="b", typed="\n")
    assert (asked.code, "rekap correct" in asked.out) == (1, True)
    officials.write("b", TYPED, "--insist")  # they go on all the same
    code, out = officials.submit("b")
    assert code == 1
    assert "PERLU JAWABAN ANDA" in out
    elsewhere = sign({**World().form(), "figures": TYPED}, *World().kpps())
    status, answer = gateway.post(elsewhere)  # from another laptop, which has no such queue
    assert (status, answer["code"], answer["head"]["index"]) == (409, "another-counts", size)
    assert answer["head"]["figures"] == figures()
    assert logged(gateway) == size + 1
    assert not officials.is_contested()
    assert officials.submit("b", "--insist")[0] == 0
    settle(gateway, size + 2)
    assert officials.is_contested()


def test_what_a_killed_portal_was_asked_about_is_asked_again_and_taken_once(
    gateway: Gateway, tmp_path: Path
) -> None:
    """The writer is killed between the question and the answer; nothing acknowledged is lost."""
    world = World()
    size = logged(gateway)
    first, other = (
        sign({**world.form(), "figures": values}, *world.kpps()) for values in (figures(), TYPED)
    )
    status, receipt = gateway.post(first)
    assert status == 201
    gateway.kill()
    gateway.start()
    settle(gateway, size + 1)
    status, asked = gateway.post(other)
    assert (status, asked["head"]["index"]) == (409, size)
    gateway.kill()
    gateway.start()
    kind = {"content-type": "application/json"}
    status, _, data = gateway.ask("POST", "/v1/statements?insist=1", other, kind)
    assert status == 201
    gateway.kill()
    gateway.start()
    settle(gateway, size + 2)
    again = [gateway.post(body) for body in (first, other)]
    assert [(status, one["index"]) for status, one in again] == [(200, size), (200, size + 1)]
    assert again[0][1]["receipt"] == receipt["receipt"]
    assert again[1][1]["receipt"] == json.loads(data)["receipt"]
