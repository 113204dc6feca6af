"""What is said, in a language.

words  numbers  sentences  remarks  what is said, in a language
courts     what a court said of a contest
headlines  the sentence that a contest begins with
spoken     what a place calls its levels and bodies
apart      by how many votes form and sum differ
"""
