"""Commands as an official types them: arguments, answers on a pipe, what came out, files."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.portal.intake.world import ELECTION, World, signer

from rekap.desk.main import main
from rekap.desk.officials.keys import keyfile
from rekap.desk.officials.keys.enrolment import enrol
from rekap.desk.officials.kits.cut import Scope, cut
from rekap.desk.officials.kits.kit import Kit

PASSPHRASE = "kata sandi uji"
KECAMATAN = "31.71.06"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> str:
        """Both outputs with line breaks as spaces."""
        return " ".join((self.out + self.err).split())

    def check_columns(self) -> None:
        """No line is wider than 80, unless a word of it (a path) cannot be broken."""
        for line in (self.out + self.err).splitlines():
            assert len(line) <= 80 or max(map(len, line.split())) > 50, line


def run(monkeypatch: pytest.MonkeyPatch, *words: object, stdin: str = "") -> Done:
    """Run `rekap` in this process with a pipe on standard input."""
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main([str(word) for word in words])
        except SystemExit as left:
            code = int(left.code or 0)
    done = Done(code, out.getvalue(), err.getvalue())
    done.check_columns()
    return done


def kit_of(world: World, region: str = KECAMATAN, tps: str | None = None) -> Kit:
    """Return a kit cut from the world's state, read back from its bytes."""
    kit = cut(world.state, lambda index: world.entries[index], Scope(ELECTION, region, tps))
    return Kit.parse(kit.serialize())


def kit_file(folder: Path, world: World, region: str = KECAMATAN, name: str = "kit.json") -> Path:
    """Write the world's kit into a folder."""
    path = folder / name
    kit_of(world, region).write(path)
    return path


def key_file(folder: Path, role: str) -> Path:
    """Write the key file of a role of the tests."""
    path = folder / f"{role}.kunci.pem"
    if role not in _locked:
        keyfile.save(path, signer(role)._private.private_bytes_raw(), PASSPHRASE)
        _locked[role] = path.read_bytes()
    path.write_bytes(_locked[role])
    path.chmod(0o600)
    return path


_locked: dict[str, bytes] = {}
"""Key files are slow to make, on purpose: one of each role for all tests."""


def enrolled(world: World, role: str, **other: str) -> str:
    """Return the enrolment line of a role's key."""
    named = {"origin": world.origin, "election": ELECTION} | other
    return enrol(named["origin"], named["election"], signer(role)).line


def inside(folder: Path) -> set[str]:
    """Return the names of everything in a folder, hidden things too."""
    return {path.name for path in folder.iterdir()}
