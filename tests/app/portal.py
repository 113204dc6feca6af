"""A portal on this machine with the officers' app, at an address where passkeys work."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.stack import server, template
from scripts.stack.files import Site
from scripts.stack.officers import Officers
from tests.live_portal import ROOT, upload
from tests.portal.intake.world import (
    KELURAHAN,
    RELEASE,
    World,
    sign,
    signer,
)

from handlers import access, publish, sequence, submit, wiring
from rekap.core.signing.envelope import parse
from rekap.core.signing.keys import WebAuthnScope
from rekap.core.statements.model import BODIES
from rekap.desk.officials.keys.enrolment import Enrolment
from rekap.portal.store.headers import CacheRules
from rekap.portal.store.local import keys
from rekap.portal.store.local.bell import SilentBell
from rekap.portal.store.local.database import Database
from scripts import build_app

STATIONS = tuple(f"{number:03d}" for number in range(1, 17))
"""No KPPS has keys yet: those of the telephones are granted, and of 008 those of files too.

Each test takes a TPS of its own: none waits for what another one left.
"""
WITH_FILES = "008"


def address(tps: str) -> str:
    return f"pilkada-31/gubernur-31/71/06/1001/{tps}/"


class Submit:
    """The function `submit` in this process, as the server calls it."""

    def __init__(self, function: template.Function, portal: access.Portal) -> None:
        self.function, self._portal = function, portal

    def __call__(self, event: Any) -> Any:
        return submit.respond(event, self._portal)


@dataclass
class Served:
    """What a test can reach: the address, the world of statements, the portal, what was asked."""

    base: str
    world: World
    portal: access.Portal
    folder: Path
    officers: Officers

    def log(self, *entries: bytes) -> None:
        """Send statements, order and publish them."""
        for entry in entries:
            answer = submit.respond(upload(entry), self.portal)
            assert answer["statusCode"] == 201, answer["body"]
        self.settle()

    def settle(self) -> None:
        """Order and publish what waits."""
        sequence.respond({}, self.portal)
        publish.respond({}, self.portal)
        publish.respond({}, self.portal)

    def files(self, tps: str, count: int = 3) -> None:
        """Grant keys of files to a KPPS: they sign what its telephones do not."""
        grant = self.world.grant("kpps", KELURAHAN, tps=tps, count=count)
        self.log(sign(grant, *self.world.ppk(2)))

    def grant(self, tps: str, lines: dict[int, str]) -> None:
        """Grant the keys of enrolment lines, as the PPK does: {number of the member: line}."""
        grant = self.world.grant("kpps", KELURAHAN, tps=tps, count=1)
        self.give(grant, lines, *self.world.ppk(2))

    def give(self, grant: dict[str, Any], lines: dict[int, str], *signers: str) -> None:
        """Grant the keys of enrolment lines instead of those that a grant has."""
        first, *_, last = (grant["persons"][0]["position"], *BODIES[grant["body"]].positions)
        for line in lines.values():
            Enrolment.parse(line).verify(WebAuthnScope([self.base.rstrip("/")], "localhost"))
        grant["persons"] = [
            {
                "person": f"telepon-{grant.get('tps', 'semua')}-{number}",
                "position": first if number == 1 else last,
                "alg": line.split(" ")[3],
                "key": line.split(" ")[4],
            }
            for number, line in sorted(lines.items())
        ]
        self.log(sign(grant, *signers))

    def entries(self) -> list[Any]:
        """The envelopes of the log, in order."""
        paths = (self.folder / "public").glob("bukti/*.json")
        files = sorted(paths, key=lambda path: int(path.stem))
        return [parse(path.read_bytes()) for path in files]


@contextmanager
def served(
    folder: Path,
    stations: tuple[str, ...] = STATIONS,
    contests: tuple[dict[str, Any], ...] = (),
) -> Iterator[Served]:
    """Serve a log that has begun: one port, as scripts/gateway.py, functions in this process."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    base = f"http://localhost:{listener.getsockname()[1]}/"
    origin = base.rstrip("/")
    world = World(stations=stations, contests=contests)
    first = world.log_statement(uploaders=[origin], rp_id="localhost")
    entries = world.beginning()
    keep = [sign(first, "operator-1"), *entries[1:11]]
    for role in ("log", "receipt"):
        keys.save(folder / "keys", role, signer(role)._private.private_bytes_raw())
    portal = wiring.embedded(
        folder,
        access.Settings(world.origin, release=RELEASE),
        bell=SilentBell(),
        clock=wiring._seconds,
        journal=lambda _line: None,
        database=Database(folder / "portal.db", durable=False),
    )
    stack = template.load(
        ROOT / "infra" / "template.yaml",
        {"Engine": "local", "Directory": str(folder), "Origin": world.origin},
    )
    build_app.write(folder / "app")
    asked = next(one for one in stack.functions if one.name == "Submit")
    rules = CacheRules.parse(asked.variables["REKAP_CACHE_CONTROL"])
    site = Site(folder / "public", stack.front, rules)
    loaded: Any = (Submit(asked, portal),)
    officers = Officers(folder / "app")
    app = server.App(site, stack.front, loaded, officers)
    made = Served(base, world, portal, folder, officers)
    for entry in keep:
        made.log(entry)
    made.files(WITH_FILES)
    threading.Thread(target=server.serve, args=(listener, app), daemon=True).start()
    # The listener stays open: closed under the thread that polls it, its number goes to the next
    # pipe, whose end nobody is told of for a minute.
    yield made
