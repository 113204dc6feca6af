"""What is a pure function is computed once: schedules repeat it a hundred thousand times."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest
from tests.faults.portal import RenderedOnce

from rekap.core.signing import keys
from rekap.portal.publishing import rendering
from rekap.portal.publishing import run as publisher

_VERIFIED_ONCE = functools.cache(keys.verify_ed25519)


@pytest.fixture(autouse=True, scope="module")
def _computed_once() -> Iterator[None]:
    """Verify a signature once, render a page of a log once; look at the log after few pages.

    For a module's tests only: those of other folders run in the same process.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "verify_ed25519", _VERIFIED_ONCE)
        for module in (publisher, rendering):
            patch.setattr(module, "Site", RenderedOnce)
        patch.setattr(publisher, "AT_ONCE", 8)
        yield
