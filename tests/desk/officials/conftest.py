"""A wrapping key is slow to derive, on purpose: tests derive each once."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest

from rekap.desk.officials.keys import keyfile


@pytest.fixture(autouse=True, scope="session")
def _derived_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyfile, "_wrapping", functools.cache(keyfile._wrapping))
        yield
