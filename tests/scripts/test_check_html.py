"""The pages that validators of HTML are given, and how their reports are read."""

from __future__ import annotations

import json
from pathlib import Path

from tests.core.pages import samples

from scripts import check_html


def test_every_sample_page_is_written_in_both_languages(tmp_path: Path) -> None:
    files = check_html.write(tmp_path)
    names = {
        f"{language}/{name}.html" for name, _ in samples.all_pages() for language in ("id", "en")
    }
    assert {path.relative_to(tmp_path).as_posix() for path in files} == names
    assert {path.read_bytes()[:31] for path in files} == {
        b'<!DOCTYPE html>\n<html lang="id"', b'<!DOCTYPE html>\n<html lang="en"'
    }  # fmt: skip


def test_a_report_becomes_a_line_for_each_error() -> None:
    said = {"line": 7, "ruleId": "no-dup-id", "message": "Duplicate ID"}
    report = [{"filePath": "/x/id/tps.html", "messages": [said, {**said, "line": 9}]}]
    assert check_html.messages(json.dumps(report)) == [
        "tps.html:7: no-dup-id: Duplicate ID", "tps.html:9: no-dup-id: Duplicate ID",
    ]  # fmt: skip
    assert check_html.messages("[]") == []
