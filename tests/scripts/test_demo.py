"""The demonstration's own steps: an earlier one is kept, its length is told."""

from __future__ import annotations

from scripts import demo


def test_an_earlier_demonstration_is_moved_to_the_first_free_number(tmp_path):
    for kept in ("demo.1", "demo.2"):
        (tmp_path / "demo").mkdir()
        (tmp_path / "demo" / "mine").write_text(kept)
        assert demo.move_aside(tmp_path / "demo") == tmp_path / kept
        assert (tmp_path / kept / "mine").read_text() == kept


def test_it_says_how_long_it_takes_before_it_begins(tmp_path, capsys, monkeypatch):
    asked = []
    monkeypatch.setattr(demo, "_step", lambda name, _: asked.append(capsys.readouterr().out) or 7)
    assert demo.main(["--to", str(tmp_path / "demo"), "--serve", "0"]) == 7
    assert len(asked) == 1
    assert "minutes on two cores" in asked[0]
