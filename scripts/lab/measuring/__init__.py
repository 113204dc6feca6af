"""Parts of `scripts/lab/bench.py` that are a subject of their own."""
