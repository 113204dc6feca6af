"""The part of the ledger that an office takes along."""
