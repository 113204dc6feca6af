"""What an object is served as: its media type and how long it may be kept."""

from __future__ import annotations

import pytest

from rekap.portal.store.headers import CacheRules, content_type


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("log/checkpoint", "text/plain; charset=utf-8"),
        ("log/tile/0/000.p/5", "application/octet-stream"),
        ("log/tile/entries/x001/234", "application/octet-stream"),
        ("checkpoint", "application/octet-stream"),
        ("x.y/none", "application/octet-stream"),
        ("a/b.c.css", "text/css; charset=utf-8"),
        ("a/css", "application/octet-stream"),
        ("a/b.unknown", "application/octet-stream"),
        ("bukti/7.tlog-proof", "text/plain; charset=utf-8"),
    ],
)
def test_the_media_type_of_an_object(path: str, kind: str) -> None:
    assert content_type(path) == kind


def test_the_first_rule_that_matches_says_how_long_an_object_may_be_kept() -> None:
    rules = CacheRules.parse("log/tile/*.p/* max-age=30\n log/tile/* immutable\n*.html max-age=5\n")
    assert [rules.of(path) for path in ("log/tile/0/000.p/5", "log/tile/0/000", "a.html", "b")] == [
        "max-age=30", "immutable", "max-age=5", "no-store",
    ]  # fmt: skip


def test_a_rule_without_a_value_is_refused() -> None:
    with pytest.raises(ValueError, match="no Cache-Control in the rule 'log/"):
        CacheRules.parse("* max-age=5\nlog/tile/*\n")
