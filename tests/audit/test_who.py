"""`rekap who`: the register of a published log, by the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.audit.shelf import RELEASE, SIZE, published
from tests.core.ledger.world import keyid, signer

from rekap.audit.commands import who
from rekap.audit.commands.speech import Say
from rekap.core.errors import Malformed
from rekap.core.ledger.state import State
from rekap.core.signing.note import COSIGNATURE, NoteKey
from rekap.desk.main import main

PLACE = "90.01.01.1001"


@pytest.fixture
def public(tmp_path: Path) -> Path:
    for path, data in published()[0].items():
        if path.startswith(("log/", "policy.txt", "site.json")):
            place = tmp_path / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
    return tmp_path


def test_who_can_sign_a_form(public: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["who", str(public), "--region", PLACE, "--kind", "form"]
    assert main([*words, "--at", "30"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Siapa dapat menandatangani catatan 30:\n")
    assert "form d_hasil_kelurahan 90.01.01.1001\n  3 dari ppk 90.01.01\n" in out
    assert f"form c_hasil {PLACE} TPS 001\n  3 dari kpps {PLACE} TPS 001\n" in out
    assert f"    {keyid(f'kpps-{PLACE}-001-1')} ketua kpps-{PLACE}-001-1, catatan " in out
    assert "jangkarnya milik situs ini sendiri" in out.splitlines()[-1]
    assert main([*words, "--at", "3", "--lang", "en"]) == 0
    assert "    no key yet\n" in capsys.readouterr().out


def test_what_another_release_might_tell_otherwise_says_so(
    public: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose rules were applied was told of pages alone."""
    for own, is_other in (("0" * 64, True), (RELEASE, False)):
        monkeypatch.setattr("rekap.audit.commands.who.current", lambda own=own: own)
        assert main(["who", str(public), "--region", PLACE, "--kind", "form"]) == 0
        assert (f"rilis {RELEASE}" in capsys.readouterr().out.splitlines()[-1]) is is_other


def test_keys_that_ended(public: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["who", str(public), "--region", PLACE, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["entry"] == SIZE
    gone = {one["keyid"]: one["revoked"] for one in told["ended"]}
    assert gone
    held = {key["keyid"] for power in told["powers"] for key in power["keys"]}
    assert not held & gone.keys()
    first = min(gone.values())
    ending = [one for one, index in gone.items() if index == first]
    for size, ended in ((first, False), (first + 1, True)):
        assert main(["who", str(public), "--region", PLACE, "--json", "--at", str(size)]) == 0
        told = json.loads(capsys.readouterr().out)
        assert [one["keyid"] for one in told["ended"]] == (ending if ended else [])
    assert main(["who", str(public), "--region", PLACE, "--kind", "close"]) == 0
    assert f", berakhir di catatan {first}" in capsys.readouterr().out


def test_the_top_of_an_election(public: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["who", str(public), "--kind", "election", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "election id\n  1 of roots.kpu id\n" in out
    assert "  1 of operator id\n" in out


@pytest.mark.parametrize(
    "words",
    [["--at", str(SIZE + 1)], ["--at", "-1"], ["--region", "Jakarta"], ["--election", "lain"],
     ["--at", "1"], ["--policy", "/dev/null"]],
)  # fmt: skip
def test_what_cannot_be_told(
    public: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["who", str(public), *words]) == 2
    assert capsys.readouterr().out == ""


def test_another_first_entry_or_other_roots_than_the_anchors_name_tell_nothing(
    public: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever opened the election under the anchors' log could else name his own officers."""
    text = (public / "policy.txt").read_text()
    election, keyid, *_ = text.partition("#rekap root ")[2].split()
    other = public / "jangkar.txt"
    other.write_text(text.replace(keyid, "0" * 32))
    assert main(["who", str(public), "--policy", str(other)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert f"{election}: {keyid}" in told.err
    log_id = text.partition("#rekap log ")[2].split()[0]
    other.write_text(text.replace(log_id, "0" * 64))
    assert main(["who", str(public), "--policy", str(other)]) == 1
    assert f"id {log_id}" in capsys.readouterr().err
    other.write_text(f"{text}#rekap root pemilihan-lain {'0' * 32}\n")
    words = ["who", str(public), "--policy", str(other), "--election", election]
    assert main(words) == 1
    capsys.readouterr()
    assert main([*words, "--at", str(SIZE - 1)]) == 0
    assert capsys.readouterr().out


def test_a_quorum_that_is_not_met_is_said(public: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = NoteKey.of("saksi.example/w1", COSIGNATURE, signer("saksi-log").public)
    text = (public / "policy.txt").read_text()
    other = public / "jangkar.txt"
    other.write_text(text.replace("quorum none", f"witness w1 {key.vkey}\nquorum w1"))
    assert main(["who", str(public), "--policy", str(other)]) == 2
    told = capsys.readouterr()
    assert told.out
    assert "V03 log/checkpoint" in told.err
    other.replace(public / "policy.txt")  # entry 0 asks for no witness
    assert main(["who", str(public)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "V10 policy.txt" in told.err


def test_a_refuted_log_tells_nothing(public: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tile = public / "log" / "tile" / "0" / "000"
    tile.write_bytes(tile.read_bytes()[::-1])
    assert main(["who", str(public)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "log/tile/0/000" in told.err


def test_of_two_elections_one_is_named_and_none_is_guessed() -> None:
    state = State()
    state.meta.put("elections", {"ids": ["pilkada-1", "pilkada-2"]})
    assert who._election(state, "pilkada-2", Say()) == "pilkada-2"
    with pytest.raises(Malformed, match="pilkada-1, pilkada-2"):
        who._election(state, None, Say())
