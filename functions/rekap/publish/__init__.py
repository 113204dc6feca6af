"""Show the log, and nothing else: twins, pages and bulk data as functions of its entries.

A run, in the order of its steps:

run        one run of `publish`, in five steps
folding    the log folded up to its checkpoint
entries    entries and nodes, as the publisher reads them
register   the copy that `submit` asks
dirty      which pages must be written, in which order
files      pages written, so that the newest stays
proofs     proofs beside the entries
claims     how far the site is
release    the digest of what renders
rebuild    every derived object again

A page, from the state to its bytes:

site       which pages there are, and the files of each
context    what page builders may ask of the state
overview  places  stations  listings  whole  statements  search    twins, by kind of page
slots  standings    a slot with its history; totals before and after an entry
figures  columns  court    both figures; a column beside its form; the court's clock
contests   a contest in few figures
pages      twin in, HTML out
words  numbers  sentences  remarks    what is said, in a language
headlines  the sentence that a contest begins with
rows  ladder  tables  drawings  maps  squares    how numbers are set and drawn
style  scripts  box  summary  verifier    what a page carries besides
bulk  codebook  corrections  export  schemas    tables, and what they mean
results    one row for each place of a contest
changes  feeds    what is new
"""
