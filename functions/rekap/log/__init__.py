"""Append and commit: the C2SP log. Knows bytes, not forms."""
