"""Twins, by kind of page: what a page says, as data, from the state of the ledger.

context                  what page builders may ask of the state
overview  places  stations  listings  whole  statements  search  twins, by kind of page
slots  standings         a slot with its history; totals before and after an entry
figures  columns  court  both figures; a column beside its form; the court's clock
decisions                determination, who is elected, rulings
contests                 a contest in few figures
times                    the count over time
recommendations          what supervisors recommend
copies                   copies of C.Hasil, beside the form
pictures                 pictures of a form, beside it
readiness                what TPS have and gave back; the page of the day
notices                  what is worth a look on the form of a TPS
corrected                figures of the forms below that a D form corrects
incidents                objections, and what happened
feed_addresses           where feeds lie
"""
