"""Changed bytes of a published site are found, and each file is named."""

from __future__ import annotations

import pytest
from tests.elections import simulate

from rekap.desk.main import main
from scripts import tamper


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    top = tmp_path_factory.mktemp("portal")
    folder = simulate(top / "folder", stations=30, per_kelurahan=5, seed=31)
    assert main(["import", str(folder), "--to", str(top / "portal")]) == 0
    return top / "portal"


def test_changed_bytes_are_found_and_named_and_the_original_stays(portal, capsys):
    assert tamper.main([str(portal / "public"), "--work", str(portal / "tampered")]) == 0
    out = capsys.readouterr().out
    assert "together: 8 touched, exit 1" in out
    assert "not named" not in out
    assert main(["verify", str(portal / "public")]) == 3


def test_one_trial_is_tried_alone(portal, capsys):
    words = [str(portal / "public"), "--work", str(portal / "tampered"), "--trial"]
    assert tamper.main([*words, "bundle"]) == 0
    assert capsys.readouterr().out == "bundle: 1 touched, exit 1\n"
    with pytest.raises(SystemExit):
        tamper.main([*words, "bundel"])
    assert "invalid choice" in capsys.readouterr().err
