"""What the paper says. In the order of reading:

model      the vocabulary: forms, figures, bodies, reasons, slots
regions    codes of regions
shapes     checks that say what is wrong with objects, lists, texts, ids
values     fields as types: bounds and spelling, each with its check
kinds_log  kinds_election  kinds_people    the type of each kind
kinds_result  kinds_court  kinds_advice  kinds_copy  kinds_incident  kinds_readiness    likewise
kinds_picture    likewise
attachments  words beside the log
pictures   pictures beside the log: the JPEG that one is
kinds      the table of kinds: what each is about, and its type
schema     from payload bytes to a checked statement
ruletable  what must hold, in words and as parts
parts      parts of rules, written out for the pairs of a contest
rules      from figures to results and findings
notices    what is worth a look on a C form, and no finding
shares     majorities, margins, what sums may be compared
"""
