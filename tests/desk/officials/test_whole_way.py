"""Officials from the first key to a form in the log, by commands, files and the functions alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests import live_portal
from tests.desk.officials.bench import KECAMATAN, PASSPHRASE, Done, key_file, run
from tests.portal.intake.world import CONTEST, ELECTION, KELURAHAN, RELEASE, World

from handlers import access, publish, sequence, submit, wiring
from rekap.core import codec
from rekap.desk.officials.keys import keyfile
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.paper import Paper
from rekap.portal.store.local.bell import SilentBell

SLOT = f"{ELECTION}/{CONTEST}/c_hasil/{KELURAHAN}/003"
NAMES = ("ani", "budi", "cici")


class Election:
    """A portal in a folder, an official's desk beside it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = World()
        self.desk = folder / "desk"
        self.desk.mkdir()
        self._patch = monkeypatch
        self._folder = folder / "portal"
        live_portal.begin(self._folder, self.world)
        self._portal = wiring.embedded(
            self._folder,
            access.Settings(self.world.origin, release=RELEASE),
            bell=SilentBell(),
            clock=lambda: 1_732_700_000,
            journal=lambda _: None,
        )

    def rekap(self, *words: object, stdin: str = "") -> Done:
        done = run(self._patch, *words, stdin=stdin)
        assert done.code == 0, done
        return done

    def kit(self) -> Path:
        path = self.desk / "ppk.kit.json"
        self.rekap("kit", self._folder / "public", "--region", KECAMATAN, "--to", path)
        return path

    def sign(self, kit: Path, key: Path, *papers: Path) -> None:
        """One officer reads and signs them all; his passphrase is asked for once."""
        typed = ["setuju", PASSPHRASE, *["setuju"] * (len(papers) - 1)]
        self.rekap("sign", "--kit", kit, "--key", key, *papers, stdin="\n".join([*typed, ""]))

    def send(self, *papers: Path) -> list[dict[str, Any]]:
        """Post them all, then let the functions work."""
        answers = [self._post(path.read_bytes()) for path in papers]
        sequence.respond({}, self._portal)
        publish.respond({}, self._portal)
        return answers

    def _post(self, body: bytes) -> dict[str, Any]:
        return submit.respond(live_portal.upload(body), self._portal)


@pytest.fixture
def election(tmp_path, monkeypatch) -> Election:
    return Election(tmp_path, monkeypatch)


def signed(draft: Path) -> Path:
    return draft.with_name(draft.name.replace(".pernyataan.json", ".dsse.json"))


def enrol_and_grant(election: Election) -> None:
    """Three persons make keys, two of the PPK grant them."""
    kit = election.kit()
    rows = ["wilayah;tps;jabatan;kunci"]
    for at, name in enumerate(NAMES):
        twice = f"{PASSPHRASE}\n{PASSPHRASE}\n"
        target = election.desk / f"{name}.kunci.pem"
        election.rekap("keygen", "--to", target, "--kit", kit, stdin=twice)
        rows.append(f"{KELURAHAN};3;{'anggota' if at else 'ketua'};{name}.daftar.txt")
    rows.append(f"{KELURAHAN};2;anggota;dedi.daftar.txt")
    twice = f"{PASSPHRASE}\n{PASSPHRASE}\n"
    election.rekap("keygen", "--to", election.desk / "dedi.kunci.pem", "--kit", kit, stdin=twice)
    (election.desk / "kpps.csv").write_text("\r\n".join(rows))
    folder = election.desk / "grants"
    election.rekap("grant", "--kit", kit, "--list", election.desk / "kpps.csv", "--to", folder)
    drafts = sorted(folder.glob("*.pernyataan.json"))
    assert len(drafts) == 2
    for officer in (1, 2):
        key = key_file(election.desk, f"ppk-{KECAMATAN}-{officer}")
        election.sign(kit, key, *(drafts if officer == 1 else map(signed, drafts)))
    assert [one["statusCode"] for one in election.send(*map(signed, drafts))] == [201, 201]


def test_from_keys_to_a_form_that_counts(election) -> None:
    enrol_and_grant(election)
    kit = election.kit()
    draft = election.desk / "c-003.pernyataan.json"
    Paper(codec.encode(election.world.form("003"))).write(draft)
    for name in NAMES:
        election.sign(kit, election.desk / f"{name}.kunci.pem", draft)
    (answer,) = election.send(signed(draft))
    assert answer["statusCode"] == 201, answer
    now = Kit.read(election.kit())
    assert now.head(SLOT) == signed(draft).read_bytes()


def test_a_lost_key_ends_and_a_new_one_signs(election) -> None:
    enrol_and_grant(election)
    kit = election.kit()
    lost = keyfile.public(election.desk / "budi.kunci.pem").keyid
    draft = election.desk / "end.pernyataan.json"
    words = ("--key", lost, "--reason", "lost", "--to", draft)
    election.rekap("revoke", "--kit", kit, *words)
    for officer in (1, 2):
        election.sign(kit, election.desk / f"ppk-{KECAMATAN}-{officer}.kunci.pem", draft)
    (answer,) = election.send(signed(draft))
    assert answer["statusCode"] == 201, answer
    now = Kit.read(election.kit())
    record = now.get("keys", lost)
    assert record["revoke_reason"] == "lost"
    assert record["revoked"] == now.size - 1
    form = Paper(codec.encode(election.world.form("003")))
    form.write(election.desk / "c.pernyataan.json")
    key = election.desk / "budi.kunci.pem"
    paper = election.desk / "c.pernyataan.json"
    refused = run(
        election._patch, "sign", "--kit", kit.with_name("ppk.kit.json"), "--key", key, paper
    )
    assert refused.code == 1
    assert "sudah dicabut" in refused.told
