"""The clauses of the contract are no test modules: their assertions are explained all the same."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.portal.store.contract")
