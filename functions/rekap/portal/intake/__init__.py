"""Accept or refuse what officials send, and give a receipt for what was accepted.

accept      one upload, in nine steps
signatures  who signed it
content     what it says, against the register
another     asked before a form stands beside the one that counts
held        a form that too few have signed waits for the others
quota       how often a key says what one person says alone
words       words of objections and events, pictures of forms
answers     every answer, with its sentences
receipt     the signed promise
item        what the store knows of intake
"""
