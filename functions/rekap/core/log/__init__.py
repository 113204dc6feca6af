"""The C2SP log as bytes; it knows no forms. In the order of reading:

entry       an entry's leaf hash; bundles of entries
merkle      the tree of RFC 6962: growing a root, verifying proofs
tiles       paths of tiles and bundles
checkpoint  origin, size and root, signed
policy      whose signatures make a checkpoint count
proofs      proofs made from tiles, and proofs as files
ports       what the log keeps outside itself
witness     step 8: how a witness is asked, and its answer judged
status      the writer says in public that it has stopped
"""
