"""Bad templates, each one planted fault in the real one: what a tired or bribed hand would do."""

from __future__ import annotations

from tests.infra.mutations import buckets, front, functions, hostile, rest, rights, stores
from tests.infra.mutations.planting import Mutation

MUTATIONS: dict[str, Mutation] = {
    **rights.MUTATIONS,
    **buckets.MUTATIONS,
    **stores.MUTATIONS,
    **functions.MUTATIONS,
    **front.MUTATIONS,
    **rest.MUTATIONS,
    **hostile.MUTATIONS,
}
"""What was done -> how. Each must be named by at least one rule."""
