"""`rekap page`: what a page said once is computed from the log alone, and never guessed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.audit.shelf import RELEASE, SIZE, published
from tests.core.ledger.world import signer

from rekap.core.log.entry import encode_bundle, leaf_hash
from rekap.core.log.tiles import WIDTH
from rekap.core.signing.note import COSIGNATURE, NoteKey
from rekap.desk.main import main


@pytest.fixture
def public(tmp_path: Path) -> Path:
    """The log and its anchors alone: no page is there to copy from."""
    folder = tmp_path / "public"
    for path, data in published()[0].items():
        if path.startswith(("log/", "policy.txt", "site.json")):
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
    return folder


def stations() -> list[str]:
    """Addresses of all TPS of the site."""
    return sorted(
        json.loads(data)["address"]
        for path, data in published()[0].items()
        if path.endswith("/index.json") and b'"page":"tps"' in data
    )


@pytest.mark.parametrize("words", [[], ["--lang", "en"]])
def test_the_newest_page_is_the_published_one(public, tmp_path, words):
    for address in (stations()[0], f"{stations()[0].rsplit('/', 3)[0]}/temuan/", "periksa/", ""):
        to = tmp_path / f"{len(address)}.html"
        assert main(["page", str(public), address, "--to", str(to), *words]) == 0
        assert to.read_bytes() == published()[0][f"{'en/' if words else ''}{address}index.html"]


def test_an_earlier_page_has_the_as_of_that_was_asked_for(public, tmp_path, capsys):
    address = stations()[0]
    twin = json.loads(published()[0][f"{address}index.json"])
    first = min(one["index"] for one in twin["history"])
    base = twin["origin"].removesuffix("log")
    for at, before in ((first, f"https://{base}periksa/#"), (first + 1, base), (SIZE, "")):
        to = tmp_path / f"{at}.json"
        code = f"{before}{address}@{at}"
        assert main(["page", str(public), code, "--json", "--to", str(to)]) == 0
        then = json.loads(to.read_bytes())
        assert then["as_of"] <= at
        known = [one["index"] for one in then["history"]]
        assert known == [one["index"] for one in twin["history"] if one["index"] < at]
        assert re.search(r"data sampai catatan [\d.]+, dihitung dari log", capsys.readouterr().err)


def test_the_screen_gets_the_page_and_nothing_else(public, capsysbinary):
    assert main(["page", str(public), stations()[0]]) == 0
    assert capsysbinary.readouterr().out == published()[0][f"{stations()[0]}index.html"]


def test_a_page_that_another_release_would_draw_otherwise_says_so(public, capsys, monkeypatch):
    """The site names a release: only its program knows the words that stood there."""
    for own, is_other in (("0" * 64, True), (RELEASE, False)):
        monkeypatch.setattr("rekap.audit.commands.page.current", lambda own=own: own)
        assert main(["page", str(public), stations()[0]]) == 0
        said = capsys.readouterr().err.splitlines()[-1]
        assert (f"rilis {RELEASE}" in said) is is_other


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("pilkada/nothing/", "tidak ada halaman ini pada catatan"),
        ("{first}@1", "tidak ada halaman ini pada catatan 1"),
        ("../etc/@4", "tidak ada halaman ini"),
        ("bukti/5/@4", "tidak ada halaman ini pada catatan 4"),
        ("{first}@x", "bukan alamat halaman"),
        (f"@{SIZE + 1}", "BELUM TERBUKTI"),
    ],
)
def test_what_is_not_there_is_said(public, capsys, address, said):
    assert main(["page", str(public), address.format(first=stations()[0])]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err


def test_a_changed_log_gives_no_page(public, capsys):
    bundle = next(path for path in sorted(public.glob("log/tile/entries/**/*")) if path.is_file())
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(data)
    assert main(["page", str(public), stations()[0]]) == 1
    assert capsys.readouterr().out == ""


def test_forged_entries_before_a_file_that_cannot_be_read_give_no_page(public, capsys):
    """The head cannot be reached then, so that nothing holds what stands before it."""
    address = stations()[0]
    last = json.loads(published()[0][f"{address}index.json"])["history"][-1]["index"]
    entries = [b"rubbish" if at == last else one for at, one in enumerate(published()[2].entries)]
    assert last < WIDTH < SIZE
    forged = entries[:WIDTH]
    (public / "log/tile/entries/000").write_bytes(encode_bundle(forged))
    (public / "log/tile/0/000").write_bytes(b"".join(map(leaf_hash, forged)))
    for name in ("entries", "0"):
        rest = public / f"log/tile/{name}/001.p/{SIZE - WIDTH}"
        rest.unlink()
        rest.symlink_to("x" * 300)  # no system opens such a name, whoever asks
    for words in (["page", str(public), f"{address}@{WIDTH}"], ["who", str(public), "--at", "9"]):
        assert main(words) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert "V07 log/checkpoint" in err


def test_a_page_of_a_head_that_witnesses_of_the_anchors_did_not_sign_is_not_proved(public, capsys):
    anchors = public.parent / "jangkar.txt"
    key = NoteKey.of("saksi.example/w1", COSIGNATURE, signer("saksi-log").public)
    text = (public / "policy.txt").read_text()
    anchors.write_text(text.replace("quorum none", f"witness w1 {key.vkey}\nquorum w1"))
    assert main(["page", str(public), stations()[0], "--policy", str(anchors)]) == 2
    out, err = capsys.readouterr()
    assert out.startswith("<!DOCTYPE html>")
    assert "V03 log/checkpoint" in err


def test_nothing_is_written_over(public, tmp_path):
    to = tmp_path / "page.html"
    to.write_bytes(b"mine")
    assert main(["page", str(public), stations()[0], "--to", str(to)]) == 2
    assert to.read_bytes() == b"mine"
