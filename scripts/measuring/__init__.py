"""Parts of `scripts/bench.py` that are a subject of their own."""
