"""Believe nothing: read what was published and prove or refute all of it."""
