"""Believe nothing: read what was published and prove or refute all of it.

audit       the whole audit, in ten steps
plan        what it is asked to do
checks      what each V claims
verdict     what it found
opening     step 1: anchors, claim, checkpoint
anchors  claim    what is trusted; what the publisher claims
log         step 2: tiles, bundles, root
blocks  entries  hashes  leftovers    its files, what they hold, what is left over
since       step 3: a checkpoint that the reader kept
history     steps 4 and 6: the fold, held against the anchors
signatures  step 4: all signatures, on all processors
comparison  step 5: published files at their sizes
pages  later  assets    one file; those of later sizes; the verifier in the browser
sums        step 7: every sum again
evidence  attachments    step 8: proofs; words beside the log
receipt  app    step 10
again  owed  an audit again, until the site stands still; what it showed before
reader      where files are read from: a folder or an address
shown  overlay             what a browser makes of an answer; copies and caches
workers     work on all processors
fork        two views of one log
register    the register before an entry
rebuilding  every derived object again
exports     a workbook, NIST's Common Data Format
bundle      a file of evidence for a dispute
nation      many portals on one front
commands    what a reader types
texts       what readers are told
"""
