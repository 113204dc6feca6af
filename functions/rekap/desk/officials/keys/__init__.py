"""Officials' keys: made, enrolled, granted, revoked."""
