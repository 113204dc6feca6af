"""Tables for others, what they mean, and what is new.

bulk  codebook  corrections  export  schemas  tables, and what they mean
results         one row for each place of a contest
changes  feeds  what is new
"""
