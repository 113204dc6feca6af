"""A clean copy is proved; what is cut, wrong or foreign is told apart."""

from __future__ import annotations

from tests.verify.shelf import SIZE, audit, published


def test_a_clean_copy_is_proved() -> None:
    files, _, _ = published()
    report = audit(files)
    assert report.status == 0, report.as_json()
    assert report.facts["size"] == SIZE
    assert report.facts["proofs"] == SIZE
