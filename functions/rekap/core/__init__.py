"""The release: what an entry means, how a page looks. Its bytes, and no others, are the digest.

In the order in which one part knows the other: errors; codec, texts, packaged; statements and
signing; log; ledger; pages.
"""
