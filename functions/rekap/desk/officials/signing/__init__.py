"""Officers read a statement and sign it, one after another."""
