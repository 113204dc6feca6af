"""The measurement of cold starts runs, and says what it should."""

from __future__ import annotations

import json

import pytest
from scripts.lab import cold_start


def test_prints_a_row_for_each_function_engine_and_mode(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cold_start, "FUNCTIONS", ("sequence", "watch"))
    assert cold_start.main(["--runs", "1", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    rows = {(row["function"], row["engine"], row["mode"]) for row in said["cold_start"]}
    assert rows == {
        ("-", "-", "bare"),
        *((f, e, m) for f in ("sequence", "watch") for e in ("aws", "local")
          for m in ("source", "compiled")),
    }  # fmt: skip
    assert "botocore" in dict(said["heaviest"]["sequence"])
    assert "jinja2" in dict(said["heaviest"]["watch"])
    assert cold_start.main(["--runs", "1"]) == 0
    assert "sequence, aws, compiled" in capsys.readouterr().out


def test_source_really_reads_no_compiled_file_of_a_library() -> None:
    """Loading from source takes longer than loading what was compiled: a matter of kind."""
    with cold_start.machine() as here:
        script = "import jinja2.environment as e; print(getattr(e, '__cached__', None))"
        assert "compiled" in here.run(script, {})[0]
        assert here.run(cold_start._PREFIX + script, {})[0] == "None\n"
        own = cold_start._PREFIX + "import decimal; print(bool(decimal.__cached__))"
        assert here.run(own, {})[0] == "True\n"
