"""Where pages of an election that spans several regions begin."""

from __future__ import annotations

import pytest

from rekap.core.ledger import addresses


@pytest.mark.parametrize(
    ("tops", "base"),
    [
        (["32.07"], "32.07"),
        (["31", "31.71"], "31"),
        (["31.71", "31"], "31"),
        (["32.07", "32.08"], "32"),
        (["32.07", "33.01"], "id"),
        (["32.07.14", "32.07.15", "32.08"], "32"),
    ],
)
def test_the_keys_of_an_election_have_pages_below_the_region_of_all_its_contests(
    tops: list[str], base: str
) -> None:
    assert addresses.officials_base(tops) == base
