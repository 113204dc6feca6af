"""Tables for others, what they mean, and what is new.

bulk  codebook  export  revisions  tables, and what they mean
schemas  statement_schemas  what a program checks what it read by
results         one row for each place of a contest
changes  feeds  what is new
"""
