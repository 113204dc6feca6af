"""One run of `publish`, in the order of its steps:

run        one run of `publish`, in five steps
budget     the time that a run has
folding    the log folded up to its checkpoint
entries    entries and nodes, as the publisher reads them
register   the copy that `submit` asks
dirty      which pages must be written, in which order
tasks      ranges of these pages
window     ranges that renderers have: sent, and counted in order
rendering  pages made and written, of a run or of a task
files      pages written, so that the newest stays
proofs     proofs beside the entries
claims     how far the site is
"""
