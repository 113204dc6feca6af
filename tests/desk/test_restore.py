"""`rekap restore`: a portal without its tables goes on where its public log ends."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import pytest
from tests.live_portal import begin, upload
from tests.portal.intake.world import RELEASE, World, sign

from handlers import access, publish, sequence, submit, wiring
from rekap.core.errors import Corrupt
from rekap.desk.main import main
from rekap.portal.store.local.bell import SilentBell


def opened(folder: Path, world: World) -> access.Portal:
    return wiring.embedded(
        folder,
        access.Settings(world.origin, release=RELEASE),
        bell=SilentBell(),
        clock=lambda: 1_732_700_000,
        journal=lambda _: None,
    )


def send(portal: access.Portal, body: bytes) -> tuple[int, str]:
    answer = submit.respond(upload(body), portal)
    return answer["statusCode"], answer["body"]


def files(folder: Path) -> dict[str, bytes]:
    public = folder / "public"
    return {str(p.relative_to(public)): p.read_bytes() for p in public.rglob("*") if p.is_file()}


def grow(folder: Path, world: World, number: str) -> None:
    portal = opened(folder, world)
    assert send(portal, sign(world.form(number), *world.kpps(number)))[0] == 201
    sequence.respond({}, portal)
    publish.respond({}, portal)


def without_tables(folder: Path) -> None:
    for path in folder.glob("portal.db*"):
        path.unlink()


@pytest.fixture
def portal(tmp_path):
    folder, world = tmp_path / "portal", World.begun()
    begin(folder, World())
    grow(folder, world, "001")
    return folder, world


def test_a_portal_without_tables_stops_and_goes_on_after_restore(portal, tmp_path, capsys):
    folder, world = portal
    control = shutil.copytree(folder, tmp_path / "control")
    without_tables(folder)
    with pytest.raises(Corrupt):
        sequence.respond({}, opened(folder, world))
    refused, _ = send(opened(folder, world), sign(world.form("002"), *world.kpps("002")))
    assert refused in (401, 422, 503), "nothing is acknowledged without tables"

    assert main(["restore", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "cocok dengan akarnya" in told
    assert "Tanda berhenti masih ada" in told
    assert main(["restore", str(folder), "--lift", "--lang", "en"]) == 0
    assert "The stop is lifted" in capsys.readouterr().out

    for place in (folder, control):
        publish.respond({}, opened(place, world))
        grow(place, world, "002")
    restored, untouched = files(folder), files(control)
    assert b'"writer":"running"' in restored.pop("log/status.json")
    assert restored.keys() == untouched.keys()
    assert [name for name in untouched if restored[name] != untouched[name]] == []

    logged = sign(world.form("001"), *world.kpps("001"))
    status, body = send(opened(folder, world), logged)
    assert status == 200
    assert '"index"' in body
    assert '"receipt"' not in body, "its receipt was in the lost table"


def test_a_running_portal_is_left_alone(portal, capsys):
    folder, _ = portal
    (folder / "work").mkdir(exist_ok=True)
    lock = os.open(folder / "work" / "lock-gateway", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    assert main(["restore", str(folder)]) == 2
    assert "sedang berjalan" in capsys.readouterr().err
    os.close(lock)
    assert main(["restore", str(folder)]) == 0


def test_what_is_no_portal_is_refused(tmp_path, capsys):
    assert main(["restore", str(tmp_path)]) == 2
    assert "bukan folder portal" in capsys.readouterr().err
