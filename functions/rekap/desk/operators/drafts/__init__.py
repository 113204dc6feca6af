"""`rekap draft`: statements that are neither a form nor about keys, as drafts to be signed.

A module is one kind or a few of a sort: it declares its arguments and returns the payloads' fields.
Signing and sending them is the same for all: `rekap sign`, `rekap submit`.
"""
