"""Who said it: envelopes, keys, signers and signed notes. Knows bytes, not forms."""
