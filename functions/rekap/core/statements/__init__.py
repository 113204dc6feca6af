"""What the paper says. In the order of reading:

model      the vocabulary: forms, figures, bodies, reasons, slots
regions    codes of regions
shapes     fields: objects, lists, texts, ids, each bounded
kinds_log  kinds_election  kinds_people  kinds_result    the fields of each kind of statement
kinds      the table of kinds: what each is about, and its fields
schema     from payload bytes to a checked statement
ruletable  what must hold, in words and as parts
parts      parts of rules, written out for the pairs of a contest
rules      from figures to results and findings
sums       exact sums, majorities and margins
"""
