"""The demonstration's own steps: an earlier one is kept, a difference is named."""

from __future__ import annotations

from scripts import demo


def test_an_earlier_demonstration_is_moved_to_the_first_free_number(tmp_path):
    for kept in ("demo.1", "demo.2"):
        (tmp_path / "demo").mkdir()
        (tmp_path / "demo" / "mine").write_text(kept)
        assert demo.move_aside(tmp_path / "demo") == tmp_path / kept
        assert (tmp_path / kept / "mine").read_text() == kept


def test_equal_folders_leave_one(tmp_path, capsys):
    for name in ("public", "rebuilt"):
        (tmp_path / name / "a").mkdir(parents=True)
        (tmp_path / name / "a" / "b").write_text("same")
    assert demo.compare(tmp_path / "public", tmp_path / "rebuilt") == 0
    assert not (tmp_path / "rebuilt").exists()
    assert "1 files, equal" in capsys.readouterr().out


def test_every_difference_is_named(tmp_path, capsys):
    for name, text in (("public", "one"), ("rebuilt", "two")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page").write_text(text)
        (tmp_path / name / f"only-{text}").write_text("")
    assert demo.compare(tmp_path / "public", tmp_path / "rebuilt") == 1
    out = capsys.readouterr().out
    assert "differs: page" in out
    assert "public: only-one" in out
    assert "rebuilt: only-two" in out
