"""What the entries mean: the state after each prefix of the log, and nothing else.

state      named sorted maps, in memory or over nodes
tree       a sorted map of immutable nodes
fold       one entry into the state; decides what takes effect
logged     what is kept of each entry
kinds      the table of kinds: who signs each, when it takes effect, what it changes, how it ends
complete   a statement whose signatures suffice
authority  who may sign what, by the register just before an entry
offices    which offices must sign
effects    what statements change when they take effect
decisions  the same of what decides a contest
clocks     the hours of the log, as its writer says them
keys       who holds which key, granted by whom, ended when
places     where things are: contests, regions, TPS
rosters    which places are expected
revisions  which statement a new one continues, and what went before
rulings    what a court says of a contest, and where the contest stands
recommendations    what supervisors recommend, and what is responded
copies     what holders of a copy of C.Hasil say, beside the form
readiness  what TPS have on the eve, and what came back
pictures   pictures of forms, and who named a file first
incidents  objections, events, and what is answered
withheld   words and pictures that are no longer served
chain      the statements about one form: which counts, which does not
slots      what the form that counts changes
answers    what explains a finding, or decides a chain
totals     exact sums of every region
standings  the totals before and after an entry, kept for its page
corrections    what a D form corrects of the forms below it
findings   rules between forms
doubt      whether a signature or a statement is suspect
suspicion  what rests on a key in doubt
counts     how much stands under a mark, by place
touched    which pages each kind changes
touches    the pages that an entry changes, collected
addresses  changes  feeds  letters    for pages: addresses, what is new, names
entitled   who could sign what at a place
foresight  what a fold will ask for, read before
"""
