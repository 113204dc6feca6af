"""Show the log, and nothing else: twins, pages and bulk data as functions of its entries.

release   the digest of what renders
site      which pages there are, and the files of each
pages     twin in, HTML out
engine    Jinja2 as pages use it

twins   twins, by kind of page: what a page says, as data, from the state of the ledger
words   what is said, in a language
tables  how figures are set in rows
look    what is drawn, and what a page carries besides: style, scripts, the check
data    tables for others, what they mean, and what is new
"""
