"""Append and commit: the C2SP log. Knows bytes, not forms. In the order of reading:

entry        an entry's leaf hash; bundles of entries
merkle       the tree of RFC 6962: growing a root, verifying proofs
tiles        paths of tiles and bundles
checkpoint   origin, size and root, signed
policy       whose signatures make a checkpoint count
proofs       proofs made from tiles, and proofs as files
ports        what the log keeps outside itself
sequencer    one run of the only writer, in ten steps
guards       step 1: what must hold before it starts
ordering     steps 2 to 4: the order, fixed once
edge         steps 5 and 6: the last bundle and tiles, and how they grow
publication  steps 8 and 9: the published checkpoint
witness      step 8: how a witness is asked, and its answer judged
status       the writer says in public that it has stopped
restore      tables again, from the published log alone
"""
